package thickness

import (
	"cmp"
	"math"
	"slices"

	"bassin/internal/mesh"
	"bassin/internal/mesh/bvh"
)

// Pins and holes are thin in two directions across, walls and slots in one. wide is how many times as wide as thin a pin may be; sparse
// is which of the samples are asked, since limits of pins are large and most of a part may be thinner.
// Corners of walls look like pins on a spot of less than leastRound times the square of their thickness: a pin as long as it is thick has
// more.
const (
	wide         = 1.6
	sparse       = 3
	leastRound   = 3
	leastSamples = 3
	alike        = 0.5 // of the median of a place, what its thinnest is at least
)

// Round finds pins thinner than each of some limits, which ascend; of gaps, holes that are narrower. Their sides run alike: a tip is no
// pin, and where two faces meet in a sharp corner is no hole. Of bodies that overlap nothing is told.
func (f *Field) Round(limits ...float64) []Thin { return f.formed(limits, sparse, true) }

// Slots finds gaps narrower than each of some limits, which ascend, that are no holes; of walls, those that are no pins.
func (f *Field) Slots(limits ...float64) []Thin { return f.formed(limits, 1, false) }

// formed finds places thinner than limits, of one form, from each of so many samples.
func (f *Field) formed(limits []float64, each int, round bool) []Thin {
	f.once.Do(f.findOverlaps)
	list := make([]Thin, len(limits))
	some := &Field{Area: float64(each) * f.Area, part: f.part, gaps: f.gaps}
	some.once.Do(func() {}) // what overlaps is known
	for i := range list {
		list[i] = Thin{Limit: limits[i], Missed: 2 * some.Area}
	}
	if f.overlaps || len(limits) == 0 {
		return list
	}
	most := Exact * limits[len(limits)-1]
	for i := 0; i < len(f.Samples); i += each {
		if f.Samples[i].Thickness <= slant*most {
			some.Samples = append(some.Samples, f.Samples[i])
		}
	}
	kept := make([][]Sample, (len(some.Samples)+formedAtOnce-1)/formedAtOnce)
	mesh.InBlocks(len(some.Samples), formedAtOnce, func(block, from, to int) {
		for i := from; i < to; i++ {
			s := some.Samples[i]
			if s.Thickness = f.refined(&s, most); s.Thickness < most && f.round(&s) == round {
				kept[block] = append(kept[block], s)
			}
		}
	})
	all := slices.Concat(kept...)
	for i := range list {
		t := &list[i]
		var under []Sample
		for _, s := range all {
			if s.Thickness < Exact*t.Limit {
				under = append(under, s)
			}
		}
		t.Area = float64(len(under)) * some.Area
		for _, group := range some.groups(under, math.Sqrt(float64(each)), round) {
			p := some.place(group)
			if p.Thinnest.Thickness >= alike*p.Middle && (!round || len(group) >= leastSamples && p.Area >= leastRound*p.Middle*p.Middle) {
				t.Places = append(t.Places, p)
			}
		}
		slices.SortStableFunc(t.Places, func(a, b Place) int { return cmp.Compare(b.Area, a.Area) })
	}
	return list
}

const formedAtOnce = 256

// round tells whether what is thin at a sample is hardly wider in some direction across.
func (f *Field) round(s *Sample) bool {
	p := f.part
	middle := s.Point.Add(s.Dir.Times(s.Thickness / 2))
	u, v := across(s.Dir)
	for i := range ways / 2 {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / ways)
		along := u.Times(cos).Add(v.Times(sin))
		one, ok := p.tree.Ray(bvh.Ray{From: middle, Dir: along, Max: wide * s.Thickness})
		if !ok {
			continue
		}
		if _, ok := p.tree.Ray(bvh.Ray{From: middle, Dir: along.Times(-1), Max: wide*s.Thickness - one.At}); ok {
			return true
		}
	}
	return false
}

// across are two directions upright on one and on each other, all of length 1.
func across(dir mesh.Vec) (u, v mesh.Vec) {
	u = mesh.Vec{X: 1}
	if math.Abs(dir.X) > 0.6 {
		u = mesh.Vec{Y: 1}
	}
	u = u.Sub(dir.Times(u.Dot(dir)))
	u = u.Times(1 / u.Len())
	return u, dir.Cross(u)
}

// mostlyRound tells whether a place is a pin, or a hole, in most of its spots.
func (f *Field) mostlyRound(group []Sample) bool {
	if f.overlaps {
		return false
	}
	n := 0
	for k := range spots {
		if f.round(&group[(2*k+1)*len(group)/(2*spots)]) {
			n++
		}
	}
	return 2*n > spots
}
