// Package hull finds the smallest convex body around points, and from that the smallest box around them, however it is turned.
//
// Points are put on a grid of half a billion steps over their box, and whether a point lies above a face is told exactly there
// (C. Barber, D. Dobkin, H. Huhdanpaa, The Quickhull algorithm for convex hulls, 1996): so points on a face or an edge, equal
// points, plates and rods need no tolerance. What comes out names the points given; a hull is off by a step of the grid at
// most, for a part of 100 mm 0.0002 µm.
package hull

import (
	"math"
	"math/bits"

	"bassin/internal/mesh"
)

// Hull is the convex hull of points.
type Hull struct {
	Points    []mesh.Vec  // the corners
	Faces     [][3]uint32 // of corners, counter-clockwise seen from outside; of a plate both sides; none of a rod or a point
	Dimension int         // 3 of a body, 2 of a plate, 1 of a rod, 0 of a point, −1 of nothing
}

// steps is how many the grid has along the longest side of the box: differences fit in 30 bits, areas in 61, volumes in 128.
const steps = 1 << 29

// Of is the hull of points; those that are not finite are left out.
func Of(points []mesh.Vec) Hull {
	b := builder{given: points}
	if !b.grid() {
		return Hull{Dimension: -1}
	}
	dimension, faces := b.build()
	h := Hull{Dimension: dimension}
	number := map[int32]uint32{}
	corner := func(i int32) uint32 {
		n, ok := number[i]
		if !ok {
			n = uint32(len(h.Points))
			number[i] = n
			h.Points = append(h.Points, points[i])
		}
		return n
	}
	for _, f := range faces {
		if dimension < 2 {
			for _, v := range f {
				corner(v)
			}
			continue
		}
		h.Faces = append(h.Faces, [3]uint32{corner(f[0]), corner(f[1]), corner(f[2])})
	}
	return h
}

// Volume is that of the body.
func (h *Hull) Volume() float64 {
	if h.Dimension < 3 {
		return 0
	}
	o, sum := h.Points[0], 0.0
	for _, f := range h.Faces {
		a, b, c := h.Points[f[0]].Sub(o), h.Points[f[1]].Sub(o), h.Points[f[2]].Sub(o)
		sum += a.Dot(b.Cross(c))
	}
	return sum / 6
}

// Area is that of the surface: of a plate both sides.
func (h *Hull) Area() float64 {
	sum := 0.0
	for _, f := range h.Faces {
		a := h.Points[f[0]]
		sum += h.Points[f[1]].Sub(a).Cross(h.Points[f[2]].Sub(a)).Len() / 2
	}
	return sum
}

// spot is a point on the grid.
type spot struct{ x, y, z int64 }

func (p spot) sub(q spot) spot { return spot{p.x - q.x, p.y - q.y, p.z - q.z} }

func (p spot) cross(q spot) spot {
	return spot{p.y*q.z - p.z*q.y, p.z*q.x - p.x*q.z, p.x*q.y - p.y*q.x}
}

type builder struct {
	given  []mesh.Vec
	spots  []spot
	usable []int32 // numbers of the points that are finite
	facets []facet
	around []int32 // for each point the new facet whose horizon edge begins there
}

// grid puts the points on the grid; false when there are none.
func (b *builder) grid() bool {
	least := mesh.Vec{X: math.Inf(1), Y: math.Inf(1), Z: math.Inf(1)}
	most := least.Times(-1)
	for i, p := range b.given {
		if p.Finite() {
			b.usable = append(b.usable, int32(i))
			least = mesh.Vec{X: min(least.X, p.X), Y: min(least.Y, p.Y), Z: min(least.Z, p.Z)}
			most = mesh.Vec{X: max(most.X, p.X), Y: max(most.Y, p.Y), Z: max(most.Z, p.Z)}
		}
	}
	if len(b.usable) == 0 {
		return false
	}
	scale := 0.0
	if size := max(most.X-least.X, most.Y-least.Y, most.Z-least.Z); size > 0 && !math.IsInf(size, 1) {
		scale = steps / size
	}
	if math.IsInf(scale, 1) {
		scale = 0
	}
	b.spots = make([]spot, len(b.given))
	for _, i := range b.usable {
		d := b.given[i].Sub(least).Times(scale)
		b.spots[i] = spot{int64(math.Round(d.X)), int64(math.Round(d.Y)), int64(math.Round(d.Z))}
	}
	return true
}

// farthest is the usable point of the largest value.
func (b *builder) farthest(value func(p spot) float64) (best int32, most float64) {
	best, most = b.usable[0], math.Inf(-1)
	for _, i := range b.usable {
		if v := value(b.spots[i]); v > most {
			best, most = i, v
		}
	}
	return best, most
}

func (b *builder) build() (dimension int, faces [][3]int32) {
	lowest, _ := b.farthest(func(p spot) float64 { return float64(-p.x) })
	o := b.spots[lowest]
	length := func(p spot) float64 {
		x, y, z := float64(p.x), float64(p.y), float64(p.z)
		return x*x + y*y + z*z
	}
	second, l := b.farthest(func(p spot) float64 { return length(p.sub(o)) })
	if l == 0 {
		return 0, [][3]int32{{lowest, lowest, lowest}}
	}
	along := b.spots[second].sub(o)
	third, l := b.farthest(func(p spot) float64 { return length(along.cross(p.sub(o))) })
	if l == 0 {
		return 1, [][3]int32{{lowest, second, second}}
	}
	base := newFacet(b.spots, lowest, second, third)
	above, high := b.farthest(base.height)
	under, low := b.farthest(func(p spot) float64 { return -base.height(p) })
	fourth := above
	if low > high {
		fourth = under
	}
	if base.side(b.spots[fourth]) == 0 {
		return 2, b.plate(base)
	}
	if base.side(b.spots[fourth]) > 0 {
		second, third = third, second
	}
	b.begin(lowest, second, third, fourth)
	return 3, b.grow()
}

// facet is a face of the hull as far as it is known, and the points above it that were not looked at.
type facet struct {
	corners [3]int32
	next    [3]int32 // the facet across the edge from corner i to i+1
	at      spot
	normal  spot
	length  float64
	above   []int32
	far     int32
	tallest float64
	gone    bool
	seen    int32 // the number of the point from which it was found to be seen
}

func newFacet(spots []spot, a, b, c int32) facet {
	f := facet{corners: [3]int32{a, b, c}, at: spots[a]}
	f.normal = spots[b].sub(f.at).cross(spots[c].sub(f.at))
	x, y, z := float64(f.normal.x), float64(f.normal.y), float64(f.normal.z)
	f.length = math.Sqrt(x*x + y*y + z*z)
	f.seen = -1
	return f
}

// height of a point above the facet, in steps and rounded; its sign may be wrong near zero.
func (f *facet) height(p spot) float64 {
	d := p.sub(f.at)
	return (float64(f.normal.x)*float64(d.x) + float64(f.normal.y)*float64(d.y) + float64(f.normal.z)*float64(d.z)) / f.length
}

// side is 1 of a point above the facet, −1 below, 0 on its plane: exactly.
func (f *facet) side(p spot) int {
	d := p.sub(f.at)
	x, y, z := float64(f.normal.x)*float64(d.x), float64(f.normal.y)*float64(d.y), float64(f.normal.z)*float64(d.z)
	if sum, off := x+y+z, 1e-15*(math.Abs(x)+math.Abs(y)+math.Abs(z)); sum > off {
		return 1
	} else if sum < -off {
		return -1
	}
	s := wide{}.plus(f.normal.x, d.x).plus(f.normal.y, d.y).plus(f.normal.z, d.z)
	switch {
	case s.high < 0:
		return -1
	case s.high > 0 || s.low > 0:
		return 1
	}
	return 0
}

// wide is a number of 128 bits.
type wide struct {
	high int64
	low  uint64
}

// plus adds a product.
func (w wide) plus(a, b int64) wide {
	high, low := bits.Mul64(uint64(a), uint64(b))
	if a < 0 { // of the numbers as if they had no sign
		high -= uint64(b)
	}
	if b < 0 {
		high -= uint64(a)
	}
	low, carry := bits.Add64(w.low, low, 0)
	high, _ = bits.Add64(uint64(w.high), high, carry)
	return wide{int64(high), low}
}
