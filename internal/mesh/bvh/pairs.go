package bvh

import (
	"cmp"
	"slices"
	"sync/atomic"

	"bassin/internal/mesh"
)

// Effort bounds how much Pairs looks at: boxes that are passed and pairs of faces. Faces that all lie upon each other have as many
// pairs as their number squared.
type Effort struct {
	All  int64 // of the whole; the search ends there
	Leaf int64 // of the faces of one leaf, with those behind; 0 is no limit. With one, workers have the same leaves each time
}

// Pairs calls for each two faces whose boxes meet, each pair once. It works in parallel: visit is told which worker calls, of as many
// as Workers says, and one worker's calls come one after the other; it says what effort that took, and whether to go on. Boxes are a little wider than the faces.
// Done tells whether all pairs were looked at; which ones were, when the whole was bounded, is by chance.
func (t *Tree) Pairs(most Effort, visit func(worker int, a, b uint32) (effort int64, on bool)) (done bool) {
	if len(t.nodes) == 0 {
		return true
	}
	var spent atomic.Int64
	var cut, ended atomic.Bool
	leaves := t.leaves()
	if most.Leaf == 0 {
		most.Leaf = most.All
	} else { // the numbers of nodes are by chance, the order of faces is not
		slices.SortFunc(leaves, func(a, b uint32) int { return cmp.Compare(t.nodes[a].first, t.nodes[b].first) })
	}
	mesh.InBlocks(len(leaves), leavesAtOnce, func(block, from, to int) {
		s := search{tree: t, visit: func(a, b uint32) (int64, bool) { return visit(block, a, b) }}
		for _, leaf := range leaves[from:to] {
			if ended.Load() {
				return
			}
			s.left = min(most.Leaf, max(1, most.All-spent.Load()))
			had := s.left
			if !s.leaf(leaf) {
				cut.Store(true)
			}
			if spent.Add(had-s.left) >= most.All || s.stopped {
				cut.Store(true)
				ended.Store(true)
			}
		}
	})
	return !cut.Load()
}

// Workers is how many workers Pairs tells apart.
func (t *Tree) Workers() int { return (len(t.leaves()) + leavesAtOnce - 1) / leavesAtOnce }

// Leaves is how many leaves the tree has.
func (t *Tree) Leaves() int { return len(t.leaves()) }

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

// search is one worker's.
type search struct {
	tree    *Tree
	visit   func(a, b uint32) (int64, bool)
	stack   []uint32
	left    int64 // of the effort
	stopped bool  // by who is called
}

// leaf visits the pairs of the faces of a leaf with each other, and with those of leaves behind it; false when the effort did not
// reach, or the visits were to end.
func (s *search) leaf(leaf uint32) bool {
	t := s.tree
	own := &t.nodes[leaf]
	faces := t.faces[own.first : own.first+own.count]
	for i, a := range faces {
		if !s.pairs(a, faces[i+1:]) {
			return false
		}
	}
	for s.stack = append(s.stack[:0], 0); len(s.stack) > 0; {
		n := &t.nodes[s.stack[len(s.stack)-1]]
		s.stack = s.stack[:len(s.stack)-1]
		if s.left--; s.left <= 0 {
			return false
		}
		if !n.box.meets(&own.box) {
			continue
		}
		if n.count == 0 {
			s.stack = append(s.stack, n.first, n.first+1)
			continue
		}
		if n.first <= own.first {
			continue
		}
		for _, a := range faces {
			if !s.pairs(a, t.faces[n.first:n.first+n.count]) {
				return false
			}
		}
	}
	return true
}

func (s *search) pairs(a uint32, with []uint32) bool {
	for _, b := range with {
		if s.left--; s.left <= 0 {
			return false
		}
		effort, on := s.visit(a, b)
		s.left -= effort
		if !on {
			s.stopped = true
			return false
		}
	}
	return true
}

func (b *box) meets(o *box) bool {
	for k := range 3 {
		if b.least[k] > o.most[k] || o.least[k] > b.most[k] {
			return false
		}
	}
	return true
}
