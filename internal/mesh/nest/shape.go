package nest

import (
	"math"
	"slices"
	"sort"
)

// shape is an outline in one of its turns, about the middle of its box: what the search looks at.
type shape struct {
	degrees  float64
	off      Point // from the origin of the turned outline to the middle of the box
	edges    []edge
	firsts   []int // of the edges, the first of each ring
	runs     []run
	poles    []pole
	halfX    float64
	halfY    float64
	weight   float64 // fourth root of the area of the hull: larger parts are moved apart first
	diameter float64
}

// edge from a to b, and its box.
type edge struct{ ax, ay, bx, by, x0, x1, y0, y1 float64 }

// run is some edges in a row, with the box around them: most pairs of edges are told apart by it.
type run struct {
	x0, x1, y0, y1 float64
	from, to       int
}

const runLength = 6

// pole is a circle within the material.
type pole struct{ x, y, r float64 }

// kind is an outline with its turns.
type kind struct {
	shapes []shape
	area   float64 // of what was given, without spacing
	key    float64 // area of the hull times diameter: the larger is laid first
}

// simpler is how much an outline may grow by being made simpler, as part of its area; one that still has many points then may
// grow twice as much again: every look at it takes longer.
const (
	simpler = 0.001
	many    = 80
)

func kindOf(o *Outline, spacing float64) kind {
	k := kind{area: areaOf(o.Rings)}
	rings := simplified(oriented(o.Rings), simpler/2*k.area)
	if spacing > 0 {
		rings = simplified(widened(rings, spacing/2), simpler/2*k.area)
	}
	if points := len(slices.Concat(rings...)); points > many {
		rings = simplified(rings, 2*simpler*k.area)
	}
	poles := polesOf(rings)
	hull := hullOf(rings)
	size, across := math.Abs(doubled(hull))/2, 0.0
	for _, p := range hull {
		for _, q := range hull {
			across = max(across, math.Hypot(p.X-q.X, p.Y-q.Y))
		}
	}
	k.key = size * across
	turns := o.Turns
	if len(turns) == 0 {
		turns = []float64{0}
	}
	for _, d := range turns {
		s := turned(rings, poles, d)
		s.weight, s.diameter = math.Sqrt(math.Sqrt(size)), across
		if !slices.ContainsFunc(k.shapes, func(t shape) bool { return same(&s, &t) }) {
			k.shapes = append(k.shapes, s)
		}
	}
	return k
}

// same tells whether two turns look alike: a square has one, a rectangle two.
func same(a, b *shape) bool {
	tol := 1e-9 * a.diameter
	if math.Abs(a.halfX-b.halfX) > tol || math.Abs(a.halfY-b.halfY) > tol {
		return false
	}
	for i := range a.edges {
		e := &a.edges[i]
		if !slices.ContainsFunc(b.edges, func(f edge) bool {
			return math.Abs(e.ax-f.ax) <= tol && math.Abs(e.ay-f.ay) <= tol && math.Abs(e.bx-f.bx) <= tol && math.Abs(e.by-f.by) <= tol
		}) {
			return false
		}
	}
	return true
}

func turned(rings [][]Point, poles []pole, degrees float64) shape {
	sin, cos := sincos(degrees)
	turn := func(p Point) Point { return Point{p.X*cos - p.Y*sin, p.X*sin + p.Y*cos} }
	least, most := Point{math.Inf(1), math.Inf(1)}, Point{math.Inf(-1), math.Inf(-1)}
	for _, r := range rings {
		for _, p := range r {
			q := turn(p)
			least, most = Point{min(least.X, q.X), min(least.Y, q.Y)}, Point{max(most.X, q.X), max(most.Y, q.Y)}
		}
	}
	s := shape{degrees: degrees, off: Point{(least.X + most.X) / 2, (least.Y + most.Y) / 2}, halfX: (most.X - least.X) / 2, halfY: (most.Y - least.Y) / 2}
	for _, r := range rings {
		s.firsts = append(s.firsts, len(s.edges))
		for i, p := range r {
			a, b := turn(p), turn(r[(i+1)%len(r)])
			a.X, a.Y, b.X, b.Y = a.X-s.off.X, a.Y-s.off.Y, b.X-s.off.X, b.Y-s.off.Y
			s.edges = append(s.edges, edge{a.X, a.Y, b.X, b.Y, min(a.X, b.X), max(a.X, b.X), min(a.Y, b.Y), max(a.Y, b.Y)})
		}
	}
	for k, first := range s.firsts {
		last := len(s.edges)
		if k+1 < len(s.firsts) {
			last = s.firsts[k+1]
		}
		for ; first < last; first += runLength {
			r := run{math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1), first, min(last, first+runLength)}
			for _, e := range s.edges[r.from:r.to] {
				r.x0, r.x1, r.y0, r.y1 = min(r.x0, e.x0), max(r.x1, e.x1), min(r.y0, e.y0), max(r.y1, e.y1)
			}
			s.runs = append(s.runs, r)
		}
	}
	for i := range s.edges { // the middle is rounded
		e := &s.edges[i]
		s.halfX, s.halfY = max(s.halfX, -e.x0, e.x1), max(s.halfY, -e.y0, e.y1)
	}
	for _, p := range poles {
		q := turn(Point{p.x, p.y})
		s.poles = append(s.poles, pole{q.X - s.off.X, q.Y - s.off.Y, p.r})
	}
	return s
}

// The circles of a shape: until they cover so much of it, and no more than that many.
const (
	mostPoles  = 12
	polesCover = 0.9
	poleGrid   = 56 // points along the longer side where circles are tried
)

// polesOf gives circles in the material that do not overlap much, the largest first.
func polesOf(rings [][]Point) []pole {
	least, most := Point{math.Inf(1), math.Inf(1)}, Point{math.Inf(-1), math.Inf(-1)}
	area := 0.0
	for _, r := range rings {
		area += doubled(r) / 2
		for _, p := range r {
			least, most = Point{min(least.X, p.X), min(least.Y, p.Y)}, Point{max(most.X, p.X), max(most.Y, p.Y)}
		}
	}
	step := max(most.X-least.X, most.Y-least.Y) / poleGrid
	var tries []pole
	for y := least.Y + step/2; y < most.Y; y += step {
		for x := least.X + step/2; x < most.X; x += step {
			if r := within(rings, Point{x, y}); r > 0 {
				tries = append(tries, pole{x, y, r})
			}
		}
	}
	var list []pole
	covered := 0.0
	for len(list) < mostPoles && covered < polesCover*area {
		best, room := -1, 0.0
		for i, t := range tries {
			free := t.r
			for _, p := range list {
				free = min(free, math.Hypot(p.x-t.x, p.y-t.y)-p.r)
			}
			if free > room {
				best, room = i, free
			}
		}
		if best < 0 {
			break
		}
		p := pole{tries[best].x, tries[best].y, room}
		for s := step / 2; s > step/64; s /= 2 {
			for _, d := range [][2]float64{{s, 0}, {-s, 0}, {0, s}, {0, -s}} {
				q := pole{p.x + d[0], p.y + d[1], 0}
				q.r = within(rings, Point{q.x, q.y})
				for _, o := range list {
					q.r = min(q.r, math.Hypot(o.x-q.x, o.y-q.y)-o.r)
				}
				if q.r > p.r {
					p = q
				}
			}
		}
		list = append(list, p)
		covered += math.Pi * p.r * p.r
		if len(list) > 3 && p.r < list[0].r/20 {
			break
		}
	}
	if len(list) == 0 { // thinner than the grid: a point of it must do
		p := rings[0][0]
		list = append(list, pole{p.X, p.Y, step * 1e-3})
	}
	return list
}

// within is how far a point is from the border, 0 outside of the material.
func within(rings [][]Point, p Point) float64 {
	in, near := false, math.Inf(1)
	for _, r := range rings {
		a := r[len(r)-1]
		for _, b := range r {
			if (a.Y > p.Y) != (b.Y > p.Y) && p.X < a.X+(p.Y-a.Y)/(b.Y-a.Y)*(b.X-a.X) {
				in = !in
			}
			ux, uy := b.X-a.X, b.Y-a.Y
			t := max(0, min(1, ((p.X-a.X)*ux+(p.Y-a.Y)*uy)/max(ux*ux+uy*uy, 1e-300)))
			dx, dy := p.X-a.X-t*ux, p.Y-a.Y-t*uy
			near = min(near, dx*dx+dy*dy)
			a = b
		}
	}
	if !in {
		return 0
	}
	return math.Sqrt(near)
}

// hullOf is the convex hull of all points, counter-clockwise.
func hullOf(rings [][]Point) []Point {
	points := slices.Concat(rings...)
	sort.Slice(points, func(i, k int) bool {
		return points[i].X < points[k].X || points[i].X == points[k].X && points[i].Y < points[k].Y
	})
	var h []Point
	for _, step := range []int{1, -1} {
		base := len(h)
		for i := range points {
			p := points[i]
			if step < 0 {
				p = points[len(points)-1-i]
			}
			for len(h) >= base+2 && cross(h[len(h)-2], h[len(h)-1], p) <= 0 {
				h = h[:len(h)-1]
			}
			h = append(h, p)
		}
		h = h[:len(h)-1]
	}
	return h
}
