package bvh

import "bassin/internal/mesh"

// Pairs calls for each two faces whose boxes meet, each pair once. It works in parallel: visit is told which worker calls, of as many
// as Workers says, and one worker's calls come one after the other. Boxes are a little wider than the faces.
func (t *Tree) Pairs(visit func(worker int, a, b uint32)) {
	if len(t.nodes) == 0 {
		return
	}
	leaves := t.leaves()
	mesh.InBlocks(len(leaves), leavesAtOnce, func(block, from, to int) {
		var stack []uint32
		for _, leaf := range leaves[from:to] {
			stack = t.pairsOf(leaf, stack[:0], func(a, b uint32) { visit(block, a, b) })
		}
	})
}

// Workers is how many workers Pairs tells apart.
func (t *Tree) Workers() int { return (len(t.leaves()) + leavesAtOnce - 1) / leavesAtOnce }

const leavesAtOnce = 1 << 9

// leaves are the numbers of the nodes that have faces.
func (t *Tree) leaves() []uint32 {
	var list []uint32
	for i := range t.nodes {
		if t.nodes[i].count > 0 {
			list = append(list, uint32(i))
		}
	}
	return list
}

// pairsOf visits the pairs of the faces of a leaf with each other, and with those of leaves behind it.
func (t *Tree) pairsOf(leaf uint32, stack []uint32, visit func(a, b uint32)) []uint32 {
	own := &t.nodes[leaf]
	faces := t.faces[own.first : own.first+own.count]
	for i, a := range faces {
		for _, b := range faces[i+1:] {
			visit(a, b)
		}
	}
	for stack = append(stack, 0); len(stack) > 0; {
		n := &t.nodes[stack[len(stack)-1]]
		stack = stack[:len(stack)-1]
		if !n.box.meets(&own.box) {
			continue
		}
		if n.count == 0 {
			stack = append(stack, n.first, n.first+1)
			continue
		}
		if n.first <= own.first {
			continue
		}
		for _, a := range faces {
			for _, b := range t.faces[n.first : n.first+n.count] {
				visit(a, b)
			}
		}
	}
	return stack
}

func (b *box) meets(o *box) bool {
	for k := range 3 {
		if b.least[k] > o.most[k] || o.least[k] > b.most[k] {
			return false
		}
	}
	return true
}
