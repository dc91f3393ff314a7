package clip

import (
	"slices"

	"bassin/internal/mesh/slice"
)

// Simplify leaves out points of polygons so that no side goes farther than so many millimetres from the points left out
// (D. Douglas, T. Peucker, Algorithms for the reduction of the number of points, 1973). Sides may come to cross a little: Clean, Offset
// and the others take that. What becomes a line goes.
func Simplify(list []Polygon, mm float64) []Polygon {
	d := mm * slice.PerMM
	var simple []Polygon
	var room Polygon
	for _, p := range list {
		if len(p) < 3 {
			continue
		}
		p = fromLeast(p) // a corner, wherever the polygon was begun
		far := 0         // the point farthest from the first: both stay
		for i, q := range p {
			if apart(p[0], q) > apart(p[0], p[far]) {
				far = i
			}
		}
		room = thin(room[:0], p[:far+1], d*d)
		room = thin(room, append(p[far:len(p):len(p)], p[0]), d*d)
		kept := slices.Clone(room)
		if len(kept) >= 3 {
			simple = append(simple, kept)
		}
	}
	return simple
}

func fromLeast(p Polygon) Polygon {
	least := 0
	for i, q := range p {
		if before(q, p[least]) {
			least = i
		}
	}
	if least == 0 {
		return p
	}
	return slices.Concat(p[least:], p[:least])
}

// thin adds a chain to another without points that lie near its sides, and without its last.
func thin(to, chain Polygon, most float64) Polygon {
	type piece struct{ from, to int }
	stack := []piece{{0, len(chain) - 1}}
	for len(stack) > 0 {
		x := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		far, farthest := -1, most
		for i := x.from + 1; i < x.to; i++ {
			if d := apartFrom(chain[x.from], chain[x.to], chain[i]); d > farthest {
				far, farthest = i, d
			}
		}
		if far < 0 {
			if x.from < x.to {
				to = append(to, chain[x.from])
			}
			continue
		}
		stack = append(stack, piece{far, x.to}, piece{x.from, far})
	}
	return to
}

// apart is the square of a distance.
func apart(a, b Point) float64 {
	x, y := float64(b.X-a.X), float64(b.Y-a.Y)
	return x*x + y*y
}

// apartFrom is the square of the distance of a point from a side.
func apartFrom(a, b, p Point) float64 {
	l := apart(a, b)
	if l == 0 {
		return apart(a, p)
	}
	x, y := float64(b.X-a.X), float64(b.Y-a.Y)
	f := max(0, min(1, (float64(p.X-a.X)*x+float64(p.Y-a.Y)*y)/l))
	dx, dy := float64(p.X-a.X)-f*x, float64(p.Y-a.Y)-f*y
	return dx*dx + dy*dy
}
