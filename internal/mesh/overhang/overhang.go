// Package overhang says what of a part hangs over when it is built along a direction: how much of its surface at which
// angle, which faces, what stands on the bed, how high it is.
//
// The angle of overhang is that between a face that looks down and the bed: 0° is a ceiling, 90° a vertical wall. What a
// process holds without support is a limit of its table, often 45°. Lengths are those of the mesh; the direction is any
// vector but none.
package overhang

import (
	"math"

	"bassin/internal/mesh"
)

// Surface is a mesh made ready to be asked for many directions.
type Surface struct {
	mesh  *mesh.Mesh
	faces []face
}

type face struct {
	normal mesh.Vec // outward, of length 1; 0 of a face without area
	area   float64
}

// Overhang is what hangs over when a part is built along a direction.
type Overhang struct {
	Up       mesh.Vec    // of length 1
	Height   float64     // along it
	Bed      float64     // area that stands on the bed, which is no overhang
	ByDegree [90]float64 // area of the faces that look down, by angle of overhang: at least i and less than i+1 degrees
	Columns  float64     // volume of what stands straight below the faces at less than 45°, down to the bed, whatever is between

	surface *Surface
	bottom  float64 // along Up
}

// lying is how far the points of a face may be from the lowest, and how much it may lean, to stand on the bed: half of a
// common first layer, in millimetres, and the cosine of 1°.
const (
	lyingMM  = 0.1
	lyingCos = 0.99985
)

const atOnce = 1 << 14

// Of makes a mesh ready.
func Of(m *mesh.Mesh) *Surface {
	s := &Surface{mesh: m, faces: make([]face, len(m.Triangles))}
	mesh.InBlocks(len(s.faces), atOnce, func(_, from, to int) {
		for i := from; i < to; i++ {
			t := m.Triangles[i]
			n := m.Points[t[1]].Sub(m.Points[t[0]]).Cross(m.Points[t[2]].Sub(m.Points[t[0]]))
			if l := n.Len(); l > 0 {
				s.faces[i] = face{n.Times(1 / l), l / 2}
			}
		}
	})
	return s
}

// Along measures for a direction of building.
func (s *Surface) Along(up mesh.Vec) Overhang {
	o := Overhang{Up: up.Times(1 / up.Len()), surface: s}
	if len(s.faces) == 0 {
		return o
	}
	o.bottom = math.Inf(1)
	top := math.Inf(-1)
	for _, p := range s.mesh.Points {
		z := p.Dot(o.Up)
		o.bottom, top = min(o.bottom, z), max(top, z)
	}
	o.Height = top - o.bottom
	blocks := make([]Overhang, (len(s.faces)+atOnce-1)/atOnce)
	mesh.InBlocks(len(s.faces), atOnce, func(block, from, to int) {
		blocks[block] = Overhang{Up: o.Up, surface: s, bottom: o.bottom}
		for i := from; i < to; i++ {
			blocks[block].add(uint32(i))
		}
	})
	for i := range blocks {
		b := &blocks[i]
		o.Bed += b.Bed
		o.Columns += b.Columns
		for k, a := range b.ByDegree {
			o.ByDegree[k] += a
		}
	}
	return o
}

func (o *Overhang) add(i uint32) {
	f := &o.surface.faces[i]
	down := -f.normal.Dot(o.Up)
	switch {
	case !(down > 0) || f.area == 0:
	case o.lies(i, down):
		o.Bed += f.area
	default:
		k := min(89, int(angle(down)))
		o.ByDegree[k] += f.area
		if k < 45 {
			t := o.surface.mesh.Triangles[i]
			p := &o.surface.mesh.Points
			middle := (*p)[t[0]].Add((*p)[t[1]]).Add((*p)[t[2]]).Times(1.0 / 3)
			o.Columns += f.area * down * (middle.Dot(o.Up) - o.bottom)
		}
	}
}

// angle of overhang in degrees, of a face whose normal has such a part downward. A millionth of a degree is added, so that
// faces drawn at 45° are, whatever rounding made of them.
func angle(down float64) float64 { return math.Acos(min(1, down))*180/math.Pi + 1e-6 }

// lies tells whether a face stands on the bed.
func (o *Overhang) lies(i uint32, down float64) bool {
	if down < lyingCos {
		return false
	}
	for _, v := range o.surface.mesh.Triangles[i] {
		if o.surface.mesh.Points[v].Dot(o.Up)-o.bottom > lyingMM {
			return false
		}
	}
	return true
}

// Below is the area of the faces that hang over at less than so many degrees, the bed left out.
func (o *Overhang) Below(degrees int) float64 {
	sum := 0.0
	for _, a := range o.ByDegree[:max(0, min(90, degrees))] {
		sum += a
	}
	return sum
}

// Faces are those that hang over at less than so many degrees, in their order, the bed left out.
func (o *Overhang) Faces(degrees float64) []uint32 {
	var list []uint32
	for i := range o.surface.faces {
		f := &o.surface.faces[i]
		down := -f.normal.Dot(o.Up)
		if down > 0 && f.area > 0 && angle(down) < degrees && !o.lies(uint32(i), down) {
			list = append(list, uint32(i))
		}
	}
	return list
}
