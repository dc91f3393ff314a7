package thickness

import (
	"math"
	"sync/atomic"

	"bassin/internal/mesh"
)

// close is the part of its size below which a ball shrinks no more.
const close = 1e-4

// coarse is the part of the longest side of a mesh above which a limit asks for no ball.
const coarse = 0.25

// refined is the thickness at a sample whose ray looks thin; +Inf where the sample lies within another body, or on a face
// where two bodies touch.
func (f *Field) refined(s *Sample, limit float64) float64 {
	p, t := f.part, s.Thickness
	if f.overlaps && !f.gaps && p.leaves(s.first) { // else it was followed through already
		t = f.through(s)
	}
	if limit > coarse*p.tree.Extent { // nearly all is thin: what slants a little does not matter
		return t
	}
	size := min(t, slant*limit)
	r, touched, near := size/2, s.Face, mesh.Vec{}
	for range 40 {
		centre := s.Point.Add(s.Dir.Times(r))
		q, ok := p.tree.NearestFacing(centre, r*(1-close), s.Dir.Times(f.side()))
		if !ok {
			break
		}
		v := q.Point.Sub(s.Point)
		d := v.Dot(s.Dir)
		if d <= p.skin {
			break
		}
		smaller := v.Dot(v) / (2 * d)
		if smaller >= r*(1-close) {
			break
		}
		r, touched, near = smaller, q.Face, q.Point
	}
	if touched != s.Face && !(f.overlaps && f.covered(near, touched)) {
		t = 2 * r
	}
	if t < limit && f.overlaps && f.covered(s.Point, s.Face) {
		return math.Inf(1)
	}
	return t
}

// few is how many samples are looked at to tell whether bodies overlap.
const few = 2000

// findOverlaps tells whether some of the samples are covered. When none is, no other is looked at: it costs more than all else.
func (f *Field) findOverlaps() {
	var some atomic.Bool
	step := max(1, len(f.Samples)/few)
	mesh.InBlocks(len(f.Samples)/step, 64, func(_, from, to int) {
		for i := from; i < to && !some.Load(); i++ {
			if s := &f.Samples[i*step]; f.covered(s.Point, s.Face) {
				some.Store(true)
			}
		}
	})
	f.overlaps = some.Load()
}

// side is what directions are multiplied with so that faces which look the other way look along them.
func (f *Field) side() float64 {
	if f.gaps {
		return -f.part.turn
	}
	return f.part.turn
}

// covered tells whether a point of the surface lies within a body, or on one that touches there: the outside of its face is
// not the outside of the part.
func (f *Field) covered(at mesh.Vec, face uint32) bool {
	p := f.part
	out := p.normal(face)
	return p.tree.Winding(at.Add(out.Times(2*p.skin)))*int(p.turn) > 0
}

// normal of a face is outward, of length 1.
func (p *Part) normal(face uint32) mesh.Vec {
	t := p.mesh.Triangles[face]
	a := p.mesh.Points[t[0]]
	n := p.mesh.Points[t[1]].Sub(a).Cross(p.mesh.Points[t[2]].Sub(a))
	return n.Times(p.turn / n.Len())
}
