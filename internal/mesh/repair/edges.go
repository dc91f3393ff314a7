package repair

import (
	"cmp"
	"slices"

	"bassin/internal/mesh"
)

// use is one face's use of an edge.
type use struct {
	low, high uint32
	face      int
	up        bool // the face runs from low to high
}

// edges gives all uses, those of one edge together: put in the places of their smaller point, which are then few enough
// to sort each by itself.
func (b *body) edges() []use {
	first := make([]int, len(b.points)+2)
	for _, t := range b.faces {
		for k := range 3 {
			first[min(t[k], t[(k+1)%3])+2]++
		}
	}
	for v := 1; v < len(first); v++ {
		first[v] += first[v-1]
	}
	all := make([]use, 3*len(b.faces))
	for f, t := range b.faces {
		for k := range 3 {
			p, q := t[k], t[(k+1)%3]
			at := &first[min(p, q)+1]
			all[*at] = use{min(p, q), max(p, q), f, p < q}
			*at++
		}
	}
	for v := range b.points {
		slices.SortFunc(all[first[v]:first[v+1]], func(x, y use) int {
			return cmp.Or(cmp.Compare(x.high, y.high), cmp.Compare(x.face, y.face))
		})
	}
	return all
}

// eachEdge calls f with the uses of one edge after the other.
func eachEdge(all []use, f func(of []use)) {
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].low == all[0].low && all[n].high == all[0].high {
			n++
		}
		f(all[:n])
		all = all[n:]
	}
}

// openEdges are the edges of one face.
func (b *body) openEdges() (open []use) {
	eachEdge(b.edges(), func(of []use) {
		if len(of) == 1 {
			open = append(open, of[0])
		}
	})
	return open
}

// crowded is how many edges have more than two faces.
func (b *body) crowded() (n int) {
	eachEdge(b.edges(), func(of []use) {
		if len(of) > 2 {
			n++
		}
	})
	return n
}

func (b *body) dropDegenerate() int {
	before := len(b.faces)
	b.faces = slices.DeleteFunc(b.faces, func(t [3]uint32) bool { return t[0] == t[1] || t[1] == t[2] || t[2] == t[0] })
	return before - len(b.faces)
}

// dropDuplicates takes out of faces on the same three points as many of one direction as of the other: they are a wall
// between two bodies that are one. Of those left in one direction all but one go, unless edges that were in balance lose
// it: then the faces are of bodies that lie on each other, not doubles.
func (b *body) dropDuplicates() int {
	before, unbalanced := len(b.faces), b.unbalanced()
	b.faces = b.thinned(false)
	if once := (&body{points: b.points, faces: b.thinned(true)}); once.unbalanced() <= unbalanced {
		b.faces = once.faces
	}
	return before - len(b.faces)
}

// thinned gives the faces without opposite doubles, and with one of a kind only if once.
func (b *body) thinned(once bool) [][3]uint32 {
	type entry struct {
		key  [3]uint32
		face int
		even bool
	}
	all := make([]entry, len(b.faces))
	for f, t := range b.faces {
		key := t
		slices.Sort(key[:])
		i := slices.Index(t[:], key[0])
		all[f] = entry{key, f, t[(i+1)%3] == key[1]}
	}
	slices.SortFunc(all, func(x, y entry) int { return cmp.Or(slices.Compare(x.key[:], y.key[:]), cmp.Compare(x.face, y.face)) })
	keep := make([]bool, len(b.faces))
	for rest := all; len(rest) > 0; {
		n, balance := 0, 0
		for n < len(rest) && rest[n].key == rest[0].key {
			if rest[n].even {
				balance++
			} else {
				balance--
			}
			n++
		}
		left := max(balance, -balance)
		if once {
			left = min(left, 1)
		}
		for _, e := range rest[:n] {
			if left > 0 && e.even == (balance > 0) {
				keep[e.face] = true
				left--
			}
		}
		rest = rest[n:]
	}
	var kept [][3]uint32
	for f, t := range b.faces {
		if keep[f] {
			kept = append(kept, t)
		}
	}
	return kept
}

// unbalanced is how many edges are run over more often in one direction than in the other.
func (b *body) unbalanced() (edges int) {
	eachEdge(b.edges(), func(of []use) {
		n := 0
		for _, u := range of {
			if u.up {
				n++
			} else {
				n--
			}
		}
		if n != 0 {
			edges++
		}
	})
	return edges
}

func (b *body) normal(t [3]uint32) mesh.Vec {
	p := b.points[t[0]]
	return b.points[t[1]].Sub(p).Cross(b.points[t[2]].Sub(p))
}
