package mesh

import (
	"math"
	"slices"
)

// farthest is how far out a point may lie, in the unit of its file: beyond, volumes and their squares would be no numbers any more.
// 32 bits hold less.
const farthest = 1e60

// LeaveOutNonfinite takes out of the objects the faces with a corner that is nowhere (NaN, an infinity, or beyond all measure where its
// object is placed), which nothing can be measured of, and notes how many. Readers call it, so that all formats are treated as one.
func (m *Model) LeaveOutNonfinite() {
	points, faces := 0, 0
	clean, reach := map[*Mesh]*Mesh{}, map[*Mesh]float64{}
	for i := range m.Objects {
		o := &m.Objects[i]
		r, known := reach[o.Mesh]
		if !known {
			r = reachOf(o.Mesh)
			reach[o.Mesh] = r
		}
		if o.Place.reaches(r) <= farthest {
			continue
		}
		in := o.Mesh
		if c := clean[in]; c != nil && c.within(&o.Place) {
			o.Mesh = c
			continue
		}
		c, p, f := finiteOf(in, &o.Place)
		if o.Mesh = c; c != in {
			clean[in] = c
		}
		points, faces = points+p, faces+f
	}
	if faces > 0 {
		m.Notes = append(m.Notes, NonfiniteNote(points, faces))
	}
}

// reachOf is the largest coordinate of a mesh, without its sign; of one with a point that is no number an infinity.
func reachOf(m *Mesh) float64 {
	r := 0.0
	for _, p := range m.Points {
		if !p.Finite() {
			return math.Inf(1)
		}
		r = max(r, math.Abs(p.X), math.Abs(p.Y), math.Abs(p.Z))
	}
	return r
}

// reaches is how far out points lie at most that were so far out before they were placed.
func (t *Transform) reaches(r float64) float64 {
	sum := 0.0
	for i, v := range t {
		if i < 9 {
			v *= r
		}
		sum += math.Abs(v)
	}
	if math.IsNaN(sum) {
		return math.Inf(1)
	}
	return sum
}

// nowhere tells whether a point has no place.
func nowhere(p Vec) bool {
	return !(math.Abs(p.X) <= farthest && math.Abs(p.Y) <= farthest && math.Abs(p.Z) <= farthest)
}

// within tells whether all faces of a mesh have a place.
func (m *Mesh) within(place *Transform) bool {
	for _, t := range m.Triangles {
		for _, v := range t {
			if nowhere(place.Apply(m.Points[v])) {
				return false
			}
		}
	}
	return true
}

// NonfiniteNote says how many corners were nowhere, and how many faces were left out with them.
func NonfiniteNote(corners, faces int) Note {
	return Note{Key: "nonfinite", Args: map[string]any{"vertices": corners, "faces": faces}}
}

// finiteOf gives a mesh without the faces that are nowhere when it is placed; the mesh itself when it has none.
func finiteOf(m *Mesh, place *Transform) (clean *Mesh, corners, faces int) {
	lost := make([]bool, len(m.Points))
	some := false
	for i, p := range m.Points {
		lost[i] = nowhere(place.Apply(p))
		some = some || lost[i]
	}
	if !some {
		return m, 0, 0
	}
	clean = &Mesh{Points: slices.Clone(m.Points)}
	for i := range clean.Points {
		if lost[i] { // no face names it any more
			clean.Points[i] = Vec{}
		}
	}
	for _, t := range m.Triangles {
		n := 0
		for _, v := range t {
			if lost[v] {
				n++
			}
		}
		if n > 0 {
			corners, faces = corners+n, faces+1
			continue
		}
		clean.Triangles = append(clean.Triangles, t)
	}
	return clean, corners, faces
}
