// Package cross finds where the surface of a mesh goes through itself: pairs of faces that meet elsewhere than at the corners and
// sides they share. Every sign is exact (predicate.go), so that what touches is told from what does not.
//
// Faces without area are left out. Called by additive, for what a customer should know of a part, and by the command line.
package cross

import (
	"math"
	"slices"
	"sync/atomic"

	"bassin/internal/mesh"
	"bassin/internal/mesh/bvh"
)

// Pair is two faces that meet.
type Pair struct {
	A, B  uint32  // A is the smaller
	Depth float64 // how far one goes through the other at most; 0 when they only touch, or lie in one plane
}

// Effort and memory: a mesh is looked at in proportion to its faces, and somewhat beyond. The sample parts take 40 to 115 boxes and pairs
// for each face; of faces that all lie upon each other only some pairs are looked at, and kept.
const (
	effortAtLeast = 1 << 25 // boxes and pairs
	effortPerFace = 128
	effortForSome = 8       // what part of it is spent when it does not reach for all
	effortOfSlow  = 16      // of a sign that plain arithmetic does not tell
	mostKept      = 1 << 22 // pairs
	leastOfLeaf   = 64      // boxes and pairs: down the tree at least
)

// Pairs finds the pairs of faces of a welded mesh that meet, in the order of their faces. All tells whether it found them all; of a mesh
// that has too many it gives some, always the same.
func Pairs(m *mesh.Mesh) (list []Pair, all bool) {
	tree := bvh.New(m)
	effort := bvh.Effort{All: effortAtLeast + effortPerFace*int64(len(m.Triangles))}
	if list, all = pairs(m, tree, effort, mostKept, mostKept); all {
		return list, true
	}
	leaves := int64(tree.Leaves())
	effort.Leaf = max(leastOfLeaf, effort.All/effortForSome/leaves)
	effort.All = math.MaxInt64 / 2 // never reached: which pairs are found is not by chance
	list, _ = pairs(m, tree, effort, math.MaxInt64, max(1, mostKept/int64(tree.Workers())))
	return list, false
}

// pairs finds pairs until there are so many, and keeps so many of one worker.
func pairs(m *mesh.Mesh, tree *bvh.Tree, effort bvh.Effort, most, ofWorker int64) ([]Pair, bool) {
	found := make([][]Pair, tree.Workers())
	var count atomic.Int64
	all := tree.Pairs(effort, func(worker int, a, b uint32) (int64, bool) {
		if int64(len(found[worker])) >= ofWorker {
			return 0, most == math.MaxInt64
		}
		if a > b {
			a, b = b, a
		}
		var s signs
		if s.meet(m, a, b) {
			found[worker] = append(found[worker], Pair{a, b, depth(m, a, b)})
			return effortOfSlow * s.slow, count.Add(1) < most
		}
		return effortOfSlow * s.slow, true
	})
	if !all && most != math.MaxInt64 {
		return nil, false
	}
	list := slices.Concat(found...)
	slices.SortFunc(list, func(x, y Pair) int {
		if x.A != y.A {
			return int(x.A) - int(y.A)
		}
		return int(x.B) - int(y.B)
	})
	return list, all
}

// triangle is the corners of a face.
type triangle [3]mesh.Vec

func corners(m *mesh.Mesh, f uint32) triangle {
	t := m.Triangles[f]
	return triangle{m.Points[t[0]], m.Points[t[1]], m.Points[t[2]]}
}

// meet tells whether two faces meet elsewhere than at what they share.
func (s *signs) meet(m *mesh.Mesh, f, g uint32) bool {
	u, t := m.Triangles[f], m.Triangles[g]
	var in, at [3]int // corners that are shared, of each
	shared := 0
	for i, v := range u {
		for k, w := range t {
			if v == w {
				in[shared], at[shared] = i, k
				shared++
				break
			}
		}
	}
	a, b := corners(m, f), corners(m, g)
	switch shared {
	case 0:
		return s.apart(&a, &b)
	case 1:
		i, k := in[0], at[0]
		return s.corner(&a, &b, i, k)
	case 2:
		i, k := 3-in[0]-in[1], 3-at[0]-at[1] // the corners that are not
		if s.side(a[0], a[1], a[2], b[k]) != 0 {
			return false
		}
		// In one plane: they lie one upon the other when both are on one side of what they share.
		x := planeOf(&a)
		p, q := x.of(a[in[0]]), x.of(a[in[1]])
		return s.turn(p, q, x.of(a[i])) == s.turn(p, q, x.of(b[k]))
	}
	return true // the same corners
}

// corner tells whether faces that share a corner meet elsewhere too.
func (s *signs) corner(a, b *triangle, i, k int) bool {
	p, q := b[(k+1)%3], b[(k+2)%3]
	if sp, sq := s.side(a[0], a[1], a[2], p), s.side(a[0], a[1], a[2], q); sp*sq > 0 {
		return false
	}
	return s.segment(p, q, a) || s.segment(a[(i+1)%3], a[(i+2)%3], b)
}

// apart tells whether faces that share nothing meet.
func (s *signs) apart(a, b *triangle) bool {
	if s.beside(a, b) || s.beside(b, a) {
		return false
	}
	for i := range 3 {
		if s.segment(a[i], a[(i+1)%3], b) || s.segment(b[i], b[(i+1)%3], a) {
			return true
		}
	}
	return false
}

// beside tells whether all corners of b lie on one side of a's plane.
func (s *signs) beside(a, b *triangle) bool {
	n := s.side(a[0], a[1], a[2], b[0])
	return n != 0 && n == s.side(a[0], a[1], a[2], b[1]) && n == s.side(a[0], a[1], a[2], b[2])
}

// segment tells whether a side meets a face.
func (s *signs) segment(p, q mesh.Vec, t *triangle) bool {
	sp, sq := s.side(t[0], t[1], t[2], p), s.side(t[0], t[1], t[2], q)
	if sp*sq > 0 {
		return false
	}
	if sp == 0 && sq == 0 {
		return s.inPlane(p, q, t)
	}
	x, y, z := s.side(p, q, t[0], t[1]), s.side(p, q, t[1], t[2]), s.side(p, q, t[2], t[0])
	return x >= 0 && y >= 0 && z >= 0 || x <= 0 && y <= 0 && z <= 0
}

// plane leaves out the coordinate along which a face is least seen.
type plane struct{ x, y int }

func planeOf(t *triangle) plane {
	n := t[1].Sub(t[0]).Cross(t[2].Sub(t[0]))
	x, y, z := math.Abs(n.X), math.Abs(n.Y), math.Abs(n.Z)
	switch {
	case x >= y && x >= z:
		return plane{1, 2}
	case y >= z:
		return plane{2, 0}
	}
	return plane{0, 1}
}

func (x plane) of(v mesh.Vec) [2]float64 {
	c := [3]float64{v.X, v.Y, v.Z}
	return [2]float64{c[x.x], c[x.y]}
}

// inPlane tells whether a side in the plane of a face meets it.
func (s *signs) inPlane(p, q mesh.Vec, t *triangle) bool {
	x := planeOf(t)
	u, v := x.of(p), x.of(q)
	w := [3][2]float64{x.of(t[0]), x.of(t[1]), x.of(t[2])}
	for i := range 3 {
		if s.sidesMeet(u, v, w[i], w[(i+1)%3]) {
			return true
		}
	}
	a, b, c := s.turn(w[0], w[1], u), s.turn(w[1], w[2], u), s.turn(w[2], w[0], u)
	return a == b && b == c
}

// sidesMeet tells whether two sides in a plane meet, ends included.
func (s *signs) sidesMeet(a, b, c, d [2]float64) bool {
	w, x, y, z := s.turn(a, b, c), s.turn(a, b, d), s.turn(c, d, a), s.turn(c, d, b)
	if w*x < 0 && y*z < 0 {
		return true
	}
	return w == 0 && between(a, b, c) || x == 0 && between(a, b, d) || y == 0 && between(c, d, a) || z == 0 && between(c, d, b)
}

// between tells whether a point on the line through a and b lies between them.
func between(a, b, p [2]float64) bool {
	return min(a[0], b[0]) <= p[0] && p[0] <= max(a[0], b[0]) && min(a[1], b[1]) <= p[1] && p[1] <= max(a[1], b[1])
}

// depth is how far the faces go through each other's planes.
func depth(m *mesh.Mesh, f, g uint32) float64 {
	a, b := corners(m, f), corners(m, g)
	return min(through(&a, &b), through(&b, &a))
}

// through is how far b reaches to both sides of the plane of a: the lesser of both.
func through(a, b *triangle) float64 {
	n := a[1].Sub(a[0]).Cross(a[2].Sub(a[0]))
	l := n.Len()
	if l == 0 {
		return 0
	}
	above, below := 0.0, 0.0
	for _, p := range b {
		d := p.Sub(a[0]).Dot(n) / l
		above, below = max(above, d), max(below, -d)
	}
	return min(above, below)
}
