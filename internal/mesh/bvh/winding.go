package bvh

import (
	"math"

	"bassin/internal/mesh"
)

// Winding is how many bodies hold a point: 0 outside of all of them, less within one that is inside out. It counts the faces
// along a ray, so a mesh with holes may answer wrongly.
func (t *Tree) Winding(p mesh.Vec) int {
	// A direction that hardly any edge of a drawn part lies in the way of: there two faces would be counted, or none.
	dir := mesh.Vec{X: 0.4219, Y: 0.3257, Z: 0.8461}
	return t.Balance(Ray{From: p, Dir: dir.Times(1 / dir.Len()), Max: math.Inf(1)})
}

// Balance is how many faces a ray leaves by more than it comes in by.
func (t *Tree) Balance(r Ray) int {
	if len(t.nodes) == 0 {
		return 0
	}
	s := t.slabs(&r)
	far := float32(math.Min(r.Max, math.MaxFloat32/4)) * (1 + 1e-6)
	var stack [deepest]uint32
	n, balance := 1, 0
	for n > 0 {
		n--
		x := &t.nodes[stack[n]]
		if x.count == 0 {
			for _, child := range [2]uint32{x.first, x.first + 1} {
				if _, in := s.enter(&t.nodes[child].box, far); in {
					stack[n] = child
					n++
				}
			}
			continue
		}
		for _, f := range t.faces[x.first : x.first+x.count] {
			if h, ok := t.cross(&r, f); ok && h.Leaving {
				balance++
			} else if ok {
				balance--
			}
		}
	}
	return balance
}
