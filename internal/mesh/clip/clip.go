// Package clip joins, cuts and offsets the polygons of layers, exactly: walls, skins and supports are made of that.
//
// All sides of both operands become one arrangement: sides are cut where they cross, at the nearest whole point, and bent to
// points that lie on them to within a unit, until none cross (snap rounding: J. Hobby, Practical segment intersection with
// finite precision output, 1999). Sides on the same two points become one. A sweep then counts how often each operand winds around both sides of each; those that part inside from outside
// are linked to new polygons. There are no special cases, and no distances.
//
// Inside is where the winding is positive: material is on the left of a polygon, bodies that overlap are one, and what
// is turned over is a hole. Outcomes have outlines counter-clockwise and holes clockwise, no two sides of which cross, in
// an order that depends on nothing but the points.
//
// Points lie within ±2²⁹ units (slice.PerMM); a crossing is off by half a unit at most.
package clip

import "bassin/internal/mesh/slice"

// Point and Polygon are those of layers.
type (
	Point   = slice.Point
	Polygon = slice.Polygon
)

// winding is how often each of the two operands winds around a place.
type winding [2]int32

// Union is what is in either.
func Union(a, b []Polygon) []Polygon {
	return overlay(a, b, func(w winding) bool { return w[0] > 0 || w[1] > 0 })
}

// Intersection is what is in both.
func Intersection(a, b []Polygon) []Polygon {
	return overlay(a, b, func(w winding) bool { return w[0] > 0 && w[1] > 0 })
}

// Difference is what is in the first and not in the second.
func Difference(a, b []Polygon) []Polygon {
	return overlay(a, b, func(w winding) bool { return w[0] > 0 && w[1] <= 0 })
}

// Clean is one set without what crosses itself or lies in another.
func Clean(a []Polygon) []Polygon {
	if clean, ok := apiece(a); ok {
		return clean
	}
	return overlay(a, nil, func(w winding) bool { return w[0] > 0 })
}

// Area is in square units, holes taken off.
func Area(list []Polygon) float64 {
	sum := 0.0
	for _, p := range list {
		sum += float64(p.Doubled()) / 2
	}
	return sum
}

func overlay(a, b []Polygon, inside func(winding) bool) []Polygon {
	n := 0
	for _, p := range a {
		n += len(p)
	}
	for _, p := range b {
		n += len(p)
	}
	sides := make([]side, 0, n)
	for k, list := range [2][]Polygon{a, b} {
		for _, p := range list {
			for i, q := range p {
				sides = put(sides, q, p[(i+1)%len(p)], one(k))
			}
		}
	}
	sides = arrange(sides)
	below := sweep(sides)
	var edges []edge
	for i, s := range sides {
		under, over := inside(below[i]), inside(plus(below[i], s.turns))
		switch {
		case over && !under:
			edges = append(edges, edge{from: s.a, to: s.b})
		case under && !over:
			edges = append(edges, edge{from: s.b, to: s.a})
		}
	}
	return link(edges)
}

func one(operand int) (w winding) {
	w[operand] = 1
	return w
}

func plus(v, w winding) winding { return winding{v[0] + w[0], v[1] + w[1]} }

func minus(w winding) winding { return winding{-w[0], -w[1]} }

// turn is twice the area of a triangle: positive when c lies to the left of the way from a to b. It is exact.
func turn(a, b, c Point) int64 { return (b.X-a.X)*(c.Y-a.Y) - (b.Y-a.Y)*(c.X-a.X) }

// before is the order of points of a sweep from left to right, and upward where they stand above each other.
func before(a, b Point) bool { return a.X < b.X || a.X == b.X && a.Y < b.Y }
