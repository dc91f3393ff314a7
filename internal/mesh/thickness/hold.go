package thickness

import (
	"math"
	"slices"

	"bassin/internal/mesh"
	"bassin/internal/mesh/bvh"
)

// Hold says how a flat wall is held by thicker material.
type Hold string

// The holds. Machines make walls that are held thinner than free ones.
const (
	Unknown Hold = ""     // the place is curved, or bodies overlap, or it is held in some spots alone
	Held    Hold = "held" // on two opposite sides at least
	Free    Hold = "free" // on one side, on two that meet in a corner, or none
)

// flat is the cosine up to which the sides of a wall may lean against each other to have directions within it: 20°.
const flat = 0.94

// spots is from how many samples of a place is looked, and ways into how many directions: an even number.
const (
	spots = 9
	ways  = 16
)

// hold looks from the middle of a wall along it, to where the part ends. Where the part is as thin there as the wall the wall
// has come to its rim; where it is thicker the wall is held.
func (f *Field) hold(group []Sample) Hold {
	axis := group[0].Dir
	curved := func(s Sample) bool { return math.Abs(s.Dir.Dot(axis)) < flat }
	if f.gaps || f.overlaps || slices.ContainsFunc(group, curved) {
		return Unknown
	}
	u, v := across(axis)
	held := 0
	for k := range spots {
		s := &group[(2*k+1)*len(group)/(2*spots)]
		var by [ways]bool
		for i := range by {
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / ways)
			by[i] = f.thicker(s, u.Times(cos).Add(v.Times(sin)))
		}
		for i := range ways / 2 {
			if by[i] && by[i+ways/2] {
				held++
				break
			}
		}
	}
	switch {
	case held == 0:
		return Free
	case 2*held > spots:
		return Held
	}
	return Unknown
}

// thicker tells whether the part is, just before it ends in a direction along a wall, half as thick again as the wall.
func (f *Field) thicker(s *Sample, along mesh.Vec) bool {
	p := f.part
	middle := s.Point.Add(s.Dir.Times(s.Thickness / 2))
	end, ok := p.tree.Ray(bvh.Ray{From: middle, Dir: along, Min: p.skin, Max: math.Inf(1)})
	if !ok {
		return false
	}
	before := middle.Add(along.Times(end.At - min(s.Thickness/2, end.At/2)))
	through := 0.0
	for _, side := range [2]mesh.Vec{s.Dir, s.Dir.Times(-1)} {
		h, ok := p.tree.Ray(bvh.Ray{From: before, Dir: side, Max: math.Inf(1)})
		if !ok {
			return false
		}
		through += h.At
	}
	return through > 1.5*s.Thickness
}
