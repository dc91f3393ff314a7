package clip

import (
	"math"

	"bassin/internal/mesh/slice"
)

// Join is how the sides of an offset polygon are joined where they part.
type Join int

// The joins.
const (
	Round Join = iota // every point of the outcome is as far from the polygon as it was offset
	Miter             // sides go on until they meet, no farther than twice the offset; corners sharper than that are cut off
)

// roundMM is how much a round join may be within its circle, in millimetres, and miterMost how far a corner may stand out, as
// multiple of the offset.
const (
	roundMM   = 0.005
	miterMost = 2
)

// Offset moves the sides of polygons outward by so many millimetres; inward when it is negative: then what is narrower than
// twice that vanishes. Polygons may cross as little as simplifying makes them.
func Offset(list []Polygon, mm float64, join Join) []Polygon {
	if math.Abs(mm*slice.PerMM) < 1 {
		return Clean(list)
	}
	if moved, ok := Plain(list, mm, join); ok {
		return moved
	}
	return Arranged(list, mm, join)
}

// Arranged is Offset for polygons that Plain was tried on. What shrinks stays within its outline: each is arranged on its own.
func Arranged(list []Polygon, mm float64, join Join) []Polygon {
	var islands [][]Polygon
	if mm < 0 && len(list) > 1 && !meets(list) {
		islands = islandsOf(list)
	}
	if len(islands) < 2 {
		return Clean(Moved(list, mm, join))
	}
	var all []Polygon
	for _, island := range islands {
		part, ok := Plain(island, mm, join)
		if !ok {
			part = Clean(Moved(island, mm, join))
		}
		all = append(all, part...)
	}
	slice.Sort(all)
	return all
}

// islandsOf are outlines, each with its holes. No sides may meet.
func islandsOf(list []Polygon) [][]Polygon {
	var groups [][]Polygon
	for _, p := range list {
		if p.Doubled() > 0 {
			groups = append(groups, []Polygon{p})
		}
	}
	for _, p := range list {
		if p.Doubled() >= 0 {
			continue
		}
		in, least := -1, int64(math.MaxInt64) // the smallest outline around it
		for k, g := range groups {
			if size := g[0].Doubled(); size < least && windsAt(g[0], p[0]) != 0 {
				in, least = k, size
			}
		}
		if in >= 0 {
			groups[in] = append(groups[in], p)
		}
	}
	return groups
}

// Moved is the way that the sides of polygons go when they are moved outward, with where it crosses itself: what it winds around
// positively is the offset.
func Moved(list []Polygon, mm float64, join Join) []Polygon {
	var moved []Polygon
	for _, p := range list {
		if p = distinct(p); len(p) >= 3 {
			moved = append(moved, offset(p, mm*slice.PerMM, join))
		}
	}
	return moved
}

// distinct is a polygon without points that are that before.
func distinct(p Polygon) Polygon {
	kept := make(Polygon, 0, len(p))
	for i, q := range p {
		if q != p[(i+len(p)-1)%len(p)] {
			kept = append(kept, q)
		}
	}
	return kept
}

// offset moves each side. Where sides part they are joined; where they run into each other the way goes over the point itself:
// what it goes round there is wound around twice, or less than once, and so it goes in the end.
func offset(p Polygon, d float64, join Join) Polygon {
	var moved Polygon
	add := func(q Point, x, y float64) {
		moved = append(moved, Point{X: clamp(float64(q.X) + x), Y: clamp(float64(q.Y) + y)})
	}
	for i, q := range p {
		x0, y0 := outward(p[(i+len(p)-1)%len(p)], q)
		x1, y1 := outward(q, p[(i+1)%len(p)])
		cos, sin := x0*x1+y0*y1, x0*y1-y0*x1
		switch {
		case sin*d < 0 && cos > -0.9999999: // they run into each other
			add(q, x0*d, y0*d)
			moved = append(moved, q)
			add(q, x1*d, y1*d)
		case join == Miter && 2 <= miterMost*miterMost*(1+cos):
			f := d / (1 + cos)
			add(q, (x0+x1)*f, (y0+y1)*f)
		default:
			add(q, x0*d, y0*d)
			if join == Round {
				arc(x0, y0, x1, y1, d, func(x, y float64) { add(q, x, y) })
			}
			add(q, x1*d, y1*d)
		}
	}
	return moved
}

// arc calls f for the points of a round join between two normals, from its middle.
func arc(x0, y0, x1, y1, d float64, f func(x, y float64)) {
	angle := math.Atan2(x0*y1-y0*x1, x0*x1+y0*y1)
	if angle*d < 0 { // the way back
		angle = math.Copysign(math.Pi, d)
	}
	step := 2 * math.Acos(1-min(1, roundMM*slice.PerMM/math.Abs(d)))
	n := int(math.Ceil(math.Abs(angle) / step))
	for k := 1; k < n; k++ {
		s, c := math.Sincos(angle * float64(k) / float64(n))
		f((x0*c-y0*s)*d, (x0*s+y0*c)*d)
	}
}

// outward is the normal of a side, of length 1, to its right.
func outward(a, b Point) (x, y float64) {
	dx, dy := float64(b.X-a.X), float64(b.Y-a.Y)
	l := math.Hypot(dx, dy)
	return dy / l, -dx / l
}

func clamp(v float64) int64 { return int64(max(-slice.Most, min(slice.Most, math.Round(v)))) }
