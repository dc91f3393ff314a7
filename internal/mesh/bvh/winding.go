package bvh

import (
	"math"

	"bassin/internal/mesh"
)

// Winding is how many bodies hold a point: 0 outside of all of them, less within one that is inside out. It counts the faces
// along a ray, so a mesh with holes may answer wrongly.
func (t *Tree) Winding(p mesh.Vec) int {
	if len(t.nodes) == 0 {
		return 0
	}
	return t.Balance(Ray{From: p, Dir: t.shortest(p), Max: math.Inf(1)})
}

// shortest is a direction to the side of the box that is nearest, so that the ray meets few faces. It slants a little, as hardly
// any edge of a drawn part does: where an edge lies in the way two faces would be counted, or none.
func (t *Tree) shortest(p mesh.Vec) mesh.Vec {
	const long, middle, short = 0.8461, 0.4219, 0.3257
	all := &t.nodes[0]
	at := p.Sub(t.Middle)
	axis, least, sign := 0, math.Inf(1), 1.0
	for k, v := range [3]float64{at.X, at.Y, at.Z} {
		if d := float64(all.most[k]) - v; d < least {
			axis, least, sign = k, d, 1
		}
		if d := v - float64(all.least[k]); d < least {
			axis, least, sign = k, d, -1
		}
	}
	d := [3]float64{}
	d[axis], d[(axis+1)%3], d[(axis+2)%3] = sign*long, middle, short
	v := mesh.Vec{X: d[0], Y: d[1], Z: d[2]}
	return v.Times(1 / v.Len())
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
