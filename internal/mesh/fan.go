package mesh

import (
	"cmp"
	"slices"
)

// fewFaces is up to how many faces a point is looked at by comparing all with all, which for the six of
// an ordinary point is much quicker than sorting.
const fewFaces = 16

// fan looks at the faces around one point after another and counts. An edge is counted at the smaller of its points.
type fan struct {
	in    *incidence
	faces unions
	Topology

	spokes []spoke // of the faces of the point
	wings  []wing
	group  []int
}

// spoke is one side of a face that begins or ends at the point.
type spoke struct {
	other uint32 // its other end
	out   bool   // the face runs from the point to the other end
	wing  int    // index of the face among those of the point
}

// wing is a face of the point, by the two others of its points.
type wing struct{ face, next, prev uint32 }

func (x *fan) look(v uint32) {
	corners := x.in.at(v)
	if len(corners) == 0 {
		return
	}
	x.wings = x.wings[:0]
	for _, c := range corners {
		face, next, prev := x.in.around(c)
		x.wings = append(x.wings, wing{face, next, prev})
	}
	if !x.closed(v) {
		x.sort(v)
	}
}

// closed tells whether the faces make one closed fan in which each edge has two faces of opposite directions, and then
// counts them: so it is at nearly all points of nearly all parts. It puts each face after the one with which it shares
// the spoke by which that one comes back to the point.
func (x *fan) closed(v uint32) bool {
	w := x.wings
	if len(w) < 3 || len(w) > fewFaces { // two faces on the same three points are each other's double
		return false
	}
	for i := range w[1:] {
		follower := 0
		for j := i + 1; j < len(w); j++ {
			if w[j].next == w[0].next {
				return false
			}
			if w[j].next == w[i].prev {
				if follower > 0 {
					return false
				}
				follower = j
			}
		}
		if follower == 0 {
			return false
		}
		w[i+1], w[follower] = w[follower], w[i+1]
	}
	last := len(w) - 1
	if w[last].prev != w[0].next {
		return false
	}
	for i := range w {
		if w[i].next > v {
			x.Edges++
			before := i - 1
			if i == 0 {
				before = last
			}
			x.faces.join(w[before].face, w[i].face)
		}
	}
	return true
}

// sort counts at a point of any kind.
func (x *fan) sort(v uint32) {
	x.spokes, x.group = x.spokes[:0], x.group[:0]
	for i, w := range x.wings {
		x.spokes = append(x.spokes, spoke{w.next, true, i}, spoke{w.prev, false, i})
		x.group = append(x.group, i)
	}
	slices.SortFunc(x.spokes, func(a, b spoke) int {
		return cmp.Or(cmp.Compare(a.other, b.other), cmp.Compare(a.wing, b.wing))
	})
	parts, crowded := len(x.wings), false
	for rest := x.spokes; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].other == rest[0].other {
			n++
		}
		crowded = crowded || n > 2
		for i := 1; i < n; i++ {
			if x.joinWings(rest[i-1].wing, rest[i].wing) {
				parts--
			}
		}
		if v < rest[0].other {
			x.edge(v, rest[:n])
		}
		rest = rest[n:]
	}
	if parts > 1 || crowded {
		x.NonmanifoldVertices++
		x.Places.NonmanifoldVertices = capped(x.Places.NonmanifoldVertices, v)
	}
	x.duplicates(v)
}

// edge counts one edge by all its faces.
func (x *fan) edge(v uint32, of []spoke) {
	x.Edges++
	balance := 0
	for i, s := range of {
		if s.out {
			balance++
		} else {
			balance--
		}
		if i > 0 {
			x.faces.join(x.wings[of[i-1].wing].face, x.wings[s.wing].face)
		}
	}
	if balance != 0 {
		x.UnbalancedEdges++
	}
	p := &x.Places
	switch e := [2]uint32{v, of[0].other}; {
	case len(of) == 1:
		x.OpenEdges++
		p.OpenEdges = capped(p.OpenEdges, e)
	case len(of) > 2:
		x.NonmanifoldEdges++
		p.NonmanifoldEdges = capped(p.NonmanifoldEdges, e)
	case balance != 0:
		x.MisorientedEdges++
		p.MisorientedEdges = capped(p.MisorientedEdges, e)
	}
}

// joinWings puts two faces of the point into one group; false when they were.
func (x *fan) joinWings(a, b int) bool {
	for x.group[a] != a {
		x.group[a] = x.group[x.group[a]]
		a = x.group[a]
	}
	for x.group[b] != b {
		x.group[b] = x.group[x.group[b]]
		b = x.group[b]
	}
	x.group[a] = b
	return a != b
}

// duplicates counts the faces of which the point is the smallest and that have the points of an earlier one. They
// are never in a closed fan: each of their edges is shared with the double and with a neighbour, or with the double alone.
func (x *fan) duplicates(v uint32) {
	own := x.wings[:0]
	for _, w := range x.wings {
		if w.next > w.prev {
			w.next, w.prev = w.prev, w.next
		}
		if v < w.next {
			own = append(own, w)
		}
	}
	slices.SortFunc(own, func(a, b wing) int {
		return cmp.Or(cmp.Compare(a.next, b.next), cmp.Compare(a.prev, b.prev), cmp.Compare(a.face, b.face))
	})
	for i := 1; i < len(own); i++ {
		if own[i].next == own[i-1].next && own[i].prev == own[i-1].prev {
			x.DuplicateFaces++
			x.Places.DuplicateFaces = capped(x.Places.DuplicateFaces, own[i].face)
		}
	}
}
