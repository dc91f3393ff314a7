package thickness

import (
	"cmp"
	"math"
	"slices"

	"bassin/internal/mesh"
)

// Exact is the part of a limit below which something is thinner than it: walls that are drawn as thick as the limit, and
// cut into triangles, are not.
const Exact = 0.995

// Thin is what of a part is thinner than a limit, or which gaps are narrower.
type Thin struct {
	Limit  float64
	Area   float64 // of the surface: a wall that is thin has two sides
	Places []Place // the largest first
	Missed float64 // area of a side of a wall above which none is missed
}

// Place is a part of the surface that hangs together, both sides of a wall, and is thin.
type Place struct {
	Thinnest Sample
	Middle   float64 // median of the thickness
	Area     float64
	Least    mesh.Vec // box of the samples
	Most     mesh.Vec
	Faces    []uint32 // with a sample here, in order
	Hold     Hold     // of a wall
	Round    bool     // a pin, or of gaps a hole
}

// Larger are the places with at least so much surface. A tip, or an edge that runs out, is thin on little; a wall of 2 mm²
// has 4 mm² of surface.
func (t Thin) Larger(area float64) []Place {
	n, _ := slices.BinarySearchFunc(t.Places, area, func(p Place, area float64) int {
		if p.Area >= area {
			return -1
		}
		return 1
	})
	return t.Places[:n]
}

// Under finds what is thinner than a limit.
func (f *Field) Under(limit float64) Thin {
	t := Thin{Limit: limit, Missed: 2 * f.Area}
	under := f.under(Exact * limit)
	t.Area = float64(len(under)) * f.Area
	for _, group := range f.groups(under, 1, false) {
		t.Places = append(t.Places, f.place(group))
	}
	slices.SortStableFunc(t.Places, func(a, b Place) int { return cmp.Compare(b.Area, a.Area) })
	return t
}

// Thinnest is the least of all samples; false when nothing looks the other way anywhere.
func (f *Field) Thinnest() (Sample, bool) {
	least := math.Inf(1)
	for i := range f.Samples {
		least = min(least, f.Samples[i].Thickness)
	}
	// The least may be of a sample within another body: then what is thicker is looked at.
	for limit := least * (1 + 1e-9); !math.IsInf(limit, 1); limit *= 2 {
		under := f.under(limit)
		if len(under) > 0 {
			return slices.MinFunc(under, func(a, b Sample) int { return cmp.Compare(a.Thickness, b.Thickness) }), true
		}
		if limit > 2*f.part.tree.Extent {
			break
		}
	}
	return Sample{}, false
}

// under gives the samples below a limit, with their thickness by the ball.
func (f *Field) under(limit float64) []Sample {
	f.once.Do(f.findOverlaps)
	blocks := make([][]Sample, (len(f.Samples)+atOnce-1)/atOnce)
	mesh.InBlocks(len(f.Samples), atOnce, func(block, from, to int) {
		for i := from; i < to; i++ {
			s := f.Samples[i]
			if s.Thickness > slant*limit {
				continue
			}
			if s.Thickness = f.refined(&s, limit); s.Thickness < limit {
				blocks[block] = append(blocks[block], s)
			}
		}
	})
	return slices.Concat(blocks...)
}

func (f *Field) place(group []Sample) Place {
	p := Place{Thinnest: group[0], Area: float64(len(group)) * f.Area, Least: group[0].Point, Most: group[0].Point}
	values := make([]float64, len(group))
	for i, s := range group {
		values[i] = s.Thickness
		if s.Thickness < p.Thinnest.Thickness {
			p.Thinnest = s
		}
		q := s.Point
		p.Least = mesh.Vec{X: min(p.Least.X, q.X), Y: min(p.Least.Y, q.Y), Z: min(p.Least.Z, q.Z)}
		p.Most = mesh.Vec{X: max(p.Most.X, q.X), Y: max(p.Most.Y, q.Y), Z: max(p.Most.Z, q.Z)}
		p.Faces = append(p.Faces, s.Face)
	}
	p.Hold, p.Round = f.hold(group), f.mostlyRound(group)
	slices.Sort(values)
	p.Middle = values[len(values)/2]
	slices.Sort(p.Faces)
	p.Faces = slices.Compact(p.Faces)
	return p
}

// Faces gives a value for each face, to colour it by: the least of its samples, or the ray from its middle when it
// has none. +Inf when nothing looks the other way.
func (f *Field) Faces() []float64 {
	m := f.part.mesh
	values := make([]float64, len(m.Triangles))
	sampled := make([]bool, len(values))
	for i := range values {
		values[i] = math.Inf(1)
	}
	for i := range f.Samples {
		s := &f.Samples[i]
		values[s.Face], sampled[s.Face] = min(values[s.Face], s.Thickness), true
	}
	mesh.InBlocks(len(values), atOnce, func(_, from, to int) {
		for i := from; i < to; i++ {
			t := m.Triangles[i]
			n := f.part.normal(uint32(i))
			if sampled[i] || !n.Finite() {
				continue
			}
			s := Sample{Point: m.Points[t[0]].Add(m.Points[t[1]]).Add(m.Points[t[2]]).Times(1.0 / 3), Dir: n, Face: uint32(i)}
			if !f.gaps {
				s.Dir = n.Times(-1)
			}
			values[i] = f.straight(&s)
		}
	})
	return values
}
