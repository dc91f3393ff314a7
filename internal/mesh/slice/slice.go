// Package slice cuts a part into layers: closed polygons at given heights, on whole coordinates, so that all that follows
// (mesh/clip) can be exact.
//
// A point at the height of a layer counts as above it. So a layer never goes through a point or along an edge, and faces
// that lie in a layer need no rule of their own. The point where an edge is cut is computed once for all its faces, from
// the smaller of its points to the larger; contours are linked from edge to edge, not by looking for near ends.
//
// Layers are cut at once on all processors. A layer takes time in proportion to the faces that it crosses.
package slice

import (
	"cmp"
	"math"
	"slices"

	"bassin/internal/mesh"
)

// PerMM is how many units of the whole coordinates a millimetre has: one is ten nanometres. Coordinates lie within ±2²⁹,
// which is 5.3 m, so that twice the area of a triangle is exact in 64 bits.
const PerMM = 100_000

// Most is the largest coordinate.
const Most = 1 << 29

// Point of a layer, in units.
type Point struct{ X, Y int64 }

// Polygon is closed: its last point joins its first. Material is on its left, so that an outline goes counter-clockwise and
// a hole clockwise.
type Polygon []Point

// Layer is what a plane cuts out of a part.
type Layer struct {
	Z        float64 // in millimetres
	Polygons []Polygon
	Open     int // chains that did not close, where the mesh has holes; they are left out
}

// Doubled is twice the area of a polygon in square units, negative when it goes clockwise. It is exact for polygons of parts up
// to 5 m that turn round once.
func (p Polygon) Doubled() int64 {
	if len(p) == 0 {
		return 0
	}
	sum, o := int64(0), p[0]
	for i := 1; i+1 < len(p); i++ {
		a, b := p[i], p[i+1]
		sum += (a.X-o.X)*(b.Y-o.Y) - (a.Y-o.Y)*(b.X-o.X)
	}
	return sum
}

// Length is the perimeter of a polygon in millimetres.
func (p Polygon) Length() float64 {
	sum := 0.0
	for i, a := range p {
		b := p[(i+1)%len(p)]
		sum += math.Hypot(float64(b.X-a.X), float64(b.Y-a.Y))
	}
	return sum / PerMM
}

// Area of a layer in square millimetres.
func (l *Layer) Area() float64 {
	sum := 0.0
	for _, p := range l.Polygons {
		sum += float64(p.Doubled())
	}
	return sum / (2 * PerMM * PerMM)
}

// Perimeter of a layer in millimetres, holes too.
func (l *Layer) Perimeter() float64 {
	sum := 0.0
	for _, p := range l.Polygons {
		sum += p.Length()
	}
	return sum
}

// Islands is how many outlines a layer has. Bodies that overlap count each.
func (l *Layer) Islands() int {
	n := 0
	for _, p := range l.Polygons {
		if p.Doubled() > 0 {
			n++
		}
	}
	return n
}

// Heights are those of layers of one thickness from the bottom of a part to its top, each in the middle of its layer, as
// slicers cut.
func Heights(bottom, top, thickness float64) []float64 {
	if !(thickness > 0) || !(top > bottom) {
		return nil
	}
	list := make([]float64, 0, int(min(1<<20, (top-bottom)/thickness+1)))
	for i := 0; len(list) < 1<<20; i++ {
		z := bottom + (float64(i)+0.5)*thickness
		if z >= top {
			break
		}
		list = append(list, z)
	}
	return list
}

// Sides is roughly how many sides of contours layers of a thickness have together, which is what cutting takes: each face has one in each
// layer that it goes through.
func Sides(m *mesh.Mesh, thickness float64) float64 {
	sum := 0.0
	for _, t := range m.Triangles {
		a, b, c := m.Points[t[0]].Z, m.Points[t[1]].Z, m.Points[t[2]].Z
		sum += max(a, b, c) - min(a, b, c)
	}
	return sum / thickness
}

// MostSides is of how many sides all layers can be held in memory at once: half a gigabyte.
const MostSides = 1 << 25

// Crossed is how many faces go through each height, which rise: as many sides have the contours there.
func Crossed(m *mesh.Mesh, heights []float64) []int {
	more := make([]int, len(heights)+1) // than at the height before
	for _, t := range m.Triangles {
		a, b, c := m.Points[t[0]].Z, m.Points[t[1]].Z, m.Points[t[2]].Z
		more[above(heights, min(a, b, c))]++
		more[above(heights, max(a, b, c))]--
	}
	for i := range heights[min(1, len(heights)):] {
		more[i+1] += more[i]
	}
	return more[:len(heights)]
}

// At cuts a mesh in millimetres at heights, which rise. What lies farther than 5.3 m from the origin is drawn in to there.
func At(m *mesh.Mesh, heights []float64) []Layer {
	layers := make([]Layer, len(heights))
	first, faces := crossings(m, heights)
	mesh.InBlocks(len(heights), 8, func(_, from, to int) {
		c := cutter{mesh: m}
		for i := from; i < to; i++ {
			layers[i] = c.cut(heights[i], faces[first[i]:first[i+1]])
		}
	})
	return layers
}

// crossings gives for each height the faces that it crosses: those of height i are faces[first[i]:first[i+1]].
func crossings(m *mesh.Mesh, heights []float64) (first []int, faces []uint32) {
	type span struct{ from, to int32 } // heights above the lowest point of a face, not above its highest
	spans := make([]span, len(m.Triangles))
	mesh.InBlocks(len(spans), 1<<14, func(_, from, to int) {
		for f := from; f < to; f++ {
			t := m.Triangles[f]
			a, b, c := m.Points[t[0]].Z, m.Points[t[1]].Z, m.Points[t[2]].Z
			spans[f] = span{int32(above(heights, min(a, b, c))), int32(above(heights, max(a, b, c)))}
		}
	})
	first = make([]int, len(heights)+2)
	for _, s := range spans {
		for i := s.from; i < s.to; i++ {
			first[i+2]++
		}
	}
	for i := 1; i < len(first); i++ {
		first[i] += first[i-1]
	}
	faces = make([]uint32, first[len(first)-1])
	next := first[1:]
	for f, s := range spans {
		for i := s.from; i < s.to; i++ {
			faces[next[i]] = uint32(f)
			next[i]++
		}
	}
	return first[:len(heights)+1], faces
}

// above is how many heights are not above z: the index of the first that is.
func above(heights []float64, z float64) int {
	i, _ := slices.BinarySearchFunc(heights, z, func(h, z float64) int {
		if h <= z {
			return -1
		}
		return 1
	})
	return i
}

// Sort puts polygons in an order that depends on nothing but their points: by their least point, which comes first in each.
func Sort(list []Polygon) {
	for i, p := range list {
		least := 0
		for k := range p {
			if compare(p[k], p[least]) < 0 {
				least = k
			}
		}
		list[i] = slices.Concat(p[least:], p[:least])
	}
	slices.SortFunc(list, func(p, q Polygon) int { return slices.CompareFunc(p, q, compare) })
}

func compare(a, b Point) int { return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y)) }
