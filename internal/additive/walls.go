package additive

import (
	"cmp"
	"math"
	"slices"

	"bassin/internal/mesh"
	"bassin/internal/mesh/overhang"
	"bassin/internal/mesh/thickness"
	"bassin/internal/park"
)

// What is kept of how thick walls are, and of how faces lean: enough to be judged by rules that change later. Lengths are
// those of the file, as in the rest of a report.

// Walls are the thin places of a part.
type Walls struct {
	Least float64     `json:"least"` // thinnest of all; 0 when nothing looks the other way anywhere
	Steps []WallsStep `json:"steps,omitempty"`
}

// WallsStep is what is thinner than a limit.
type WallsStep struct {
	Limit  float64     `json:"limit"`
	Places []WallPlace `json:"places,omitempty"` // the largest first
}

// WallPlace is a piece of wall that is thin, or of a gap that is narrow, with where it is thinnest.
type WallPlace struct {
	Thickness float64        `json:"thickness"`
	Area      float64        `json:"area"` // of both its sides
	At        Point          `json:"at"`
	Across    Point          `json:"across"`
	Hold      thickness.Hold `json:"hold,omitempty"`   // of a wall; "": not known
	Middle    float64        `json:"middle,omitempty"` // median of the thickness
	Round     bool           `json:"round,omitempty"`  // a pin, or a hole
}

const (
	maxWallPlaces = 8       // of one limit
	maxMeasured   = 3000000 // triangles: above, walls are not measured
)

// thinLimits are the limits against which a part is measured, in millimetres, each once, ascending: those of all rules of
// walls, of gaps, of gaps between several bodies, of pins, holes and engravings.
type thinLimits struct{ walls, gaps, clearances, pins, holes, engravings []float64 }

// thinPlaces are the places of a part that are thin, by what they are; nil of what was not measured.
type thinPlaces struct {
	Walls *Walls `json:"walls,omitempty"`
	Gaps  *Walls `json:"gaps,omitempty"`  // of any form
	Pins  *Walls `json:"pins,omitempty"`  // walls that are thin in two directions
	Holes *Walls `json:"holes,omitempty"` // gaps that are narrow in two directions
	Slots *Walls `json:"slots,omitempty"` // gaps that are not: engravings
}

// inUnit gives lengths in millimetres in another unit.
func inUnit(list []float64, unit mesh.Unit) []float64 {
	out := make([]float64, len(list))
	for i, mm := range list {
		out[i] = mm / unit.Millimetres()
	}
	return out
}

// thinOf measures walls and gaps of a closed mesh; nothing of what cannot be measured, or is not asked for.
func thinOf(m *mesh.Mesh, r *mesh.Report, unit mesh.Unit, x thinLimits) (t thinPlaces) {
	if !r.Even() || r.Volume <= 0 || r.Triangles > maxMeasured {
		return t
	}
	part := thickness.Prepare(m)
	if part.Crowded() {
		return t
	}
	walls := part.Walls()
	least := 0.0
	if s, ok := walls.Thinnest(); ok {
		least = s.Thickness
	}
	t.Walls = stepsOf(least, inUnit(x.walls, unit), walls.Under)
	t.Pins = formsOf(walls.Round(inUnit(x.pins, unit)...))
	narrow := x.gaps
	if len(r.Shells)-r.NegativeShells() > 1 {
		narrow = slices.Compact(slices.Sorted(slices.Values(slices.Concat(x.gaps, x.clearances))))
	}
	if len(narrow)+len(x.holes)+len(x.engravings) == 0 {
		return t
	}
	gaps := part.Gaps()
	if len(narrow) > 0 {
		if s, ok := gaps.Thinnest(); ok {
			least = s.Thickness
		}
		t.Gaps = stepsOf(least, inUnit(narrow, unit), gaps.Under)
	}
	t.Holes = formsOf(gaps.Round(inUnit(x.holes, unit)...))
	t.Slots = formsOf(gaps.Slots(inUnit(x.engravings, unit)...))
	return t
}

// formsOf gives the places of a form that are thinner than limits; nil without limits.
func formsOf(list []thickness.Thin) *Walls {
	if len(list) == 0 {
		return nil
	}
	w := &Walls{}
	for _, t := range list {
		w.Steps = append(w.Steps, stepOf(t))
	}
	return w
}

// stepOf keeps the largest places.
func stepOf(t thickness.Thin) WallsStep {
	step := WallsStep{Limit: t.Limit}
	for _, p := range t.Places[:min(len(t.Places), maxWallPlaces)] {
		s := p.Thinnest
		step.Places = append(step.Places, WallPlace{s.Thickness, p.Area, pointOf(s.Point), pointOf(s.Point.Add(s.Dir.Times(s.Thickness))), p.Hold, p.Middle, p.Round})
	}
	return step
}

// stepsOf gives the places that are thinner than limits, of a part whose least thickness may be known; nil without limits.
func stepsOf(least float64, limits []float64, under func(limit float64) thickness.Thin) *Walls {
	if len(limits) == 0 {
		return nil
	}
	w := &Walls{Least: least}
	for _, limit := range limits {
		step := WallsStep{Limit: limit}
		if 0 < least && least < limit {
			step = stepOf(under(limit))
		}
		w.Steps = append(w.Steps, step)
	}
	return w
}

// limitsOf are the limits of all rules.
func limitsOf(rules park.Figures) thinLimits {
	of := func(names ...park.Name) []float64 {
		var list []float64
		for _, f := range rules {
			if slices.Contains(names, f.Name) {
				list = append(list, f.Value)
			}
		}
		slices.Sort(list)
		return slices.Compact(list)
	}
	return thinLimits{of(park.WallFree, park.WallSupported), of(park.Gap), of(park.Clearance), of(park.Pin), of(park.Hole), of(park.Engraving)}
}

// under gives the places that are thinner than a limit. When it was no limit at the time of the check, the next larger one
// tells: its places reach further, but those that are thin enough are all among them.
func (w *Walls) under(limit float64) []WallPlace {
	var list []WallPlace
	if w == nil {
		return nil
	}
	for i, step := range w.Steps {
		if step.Limit < limit*(1-1e-9) && i < len(w.Steps)-1 {
			continue
		}
		for _, p := range step.Places {
			if p.Thickness < limit*thickness.Exact {
				list = append(list, p)
			}
		}
		break
	}
	return list
}

// Leaning is how the faces of a part lean as it lies in its file, Z being up.
type Leaning struct {
	Side   float64     `json:"side"`             // area of the surface seen from aside: the sum of the perimeters of all layers, times their height
	Over   []float64   `json:"over"`             // area of what faces down and leans more than 0, 1, … 90 degrees from the vertical, but for what lies on the plate
	Places []LeanPlace `json:"places,omitempty"` // the largest faces, the largest first
}

// LeanPlace is one face that faces down.
type LeanPlace struct {
	Degrees float64  `json:"degrees"`
	Corners [3]Point `json:"corners"`
	area    float64
}

const (
	maxLeanPlaces = 60
	leastLean     = 20 // degrees from which places are kept
)

// leaningOf measures how the faces of a mesh lean whose lengths are in a unit.
func leaningOf(m *mesh.Mesh, unit mesh.Unit) *Leaning {
	f := unit.Millimetres()
	o := overhang.Of(inMillimetres(m, f)).Along(mesh.Vec{Z: 1})
	l := &Leaning{Over: make([]float64, 91)}
	for d := range l.Over {
		l.Over[d] = o.Below(90-d) / (f * f)
	}
	for _, t := range m.Triangles {
		l.Side += sideOf(m, t)
	}
	for _, i := range o.Faces(90 - leastLean) {
		t := m.Triangles[i]
		n, area := crossOf(m, t)
		if area > 0 {
			l.keep(LeanPlace{math.Asin(min(1, max(0, -n.Z/n.Len()))) * 180 / math.Pi, [3]Point{pointOf(m.Points[t[0]]), pointOf(m.Points[t[1]]), pointOf(m.Points[t[2]])}, area})
		}
	}
	return l
}

// inMillimetres is a mesh whose unit has so many: what lies on a plate is told in them.
func inMillimetres(m *mesh.Mesh, f float64) *mesh.Mesh {
	if f == 1 {
		return m
	}
	scaled := &mesh.Mesh{Points: make([]mesh.Vec, len(m.Points)), Triangles: m.Triangles}
	for i, p := range m.Points {
		scaled.Points[i] = p.Times(f)
	}
	return scaled
}

// crossOf gives what stands upright on a face, and its area.
func crossOf(m *mesh.Mesh, t [3]uint32) (mesh.Vec, float64) {
	n := m.Points[t[1]].Sub(m.Points[t[0]]).Cross(m.Points[t[2]].Sub(m.Points[t[0]]))
	return n, n.Len() / 2
}

// sideOf is the area of a face as it is seen from aside.
func sideOf(m *mesh.Mesh, t [3]uint32) float64 {
	n, _ := crossOf(m, t)
	return math.Hypot(n.X, n.Y) / 2
}

// keep notes a face when it is among the largest.
func (l *Leaning) keep(p LeanPlace) {
	i, _ := slices.BinarySearchFunc(l.Places, p, func(a, b LeanPlace) int { return cmp.Compare(b.area, a.area) })
	if i < maxLeanPlaces {
		l.Places = slices.Insert(l.Places, i, p)
		l.Places = l.Places[:min(len(l.Places), maxLeanPlaces)]
	}
}

// over gives how much leans more than an angle, and where.
func (l *Leaning) over(degrees float64) (area float64, marks []Mark) {
	d := int(math.Ceil(degrees - 1e-9))
	if d < 0 || d >= len(l.Over) {
		return 0, nil
	}
	for _, p := range l.Places {
		if p.Degrees > degrees+1e-3 {
			marks = append(marks, Mark{p.Corners[0], p.Corners[1]}, Mark{p.Corners[1], p.Corners[2]}, Mark{p.Corners[2], p.Corners[0]})
		}
	}
	return l.Over[d], marks
}
