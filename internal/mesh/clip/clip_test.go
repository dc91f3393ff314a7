package clip

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"bassin/internal/mesh/slice"
)

func square(x, y, size int64) Polygon {
	return Polygon{{X: x, Y: y}, {X: x + size, Y: y}, {X: x + size, Y: y + size}, {X: x, Y: y + size}}
}

func reversed(p Polygon) Polygon {
	q := slices.Clone(p)
	slices.Reverse(q)
	return q
}

func TestOverlay(t *testing.T) {
	a, ring := []Polygon{square(0, 0, 10)}, []Polygon{square(0, 0, 10), reversed(square(3, 3, 4))}
	for _, c := range []struct {
		name string
		got  []Polygon
		want []Polygon
	}{
		{"apart", Union(a, []Polygon{square(20, 0, 10)}), []Polygon{square(0, 0, 10), square(20, 0, 10)}},
		{"the same", Union(a, a), a},
		{"side by side", Union(a, []Polygon{square(10, 0, 10)}), []Polygon{{{X: 0, Y: 0}, {X: 20, Y: 0}, {X: 20, Y: 10}, {X: 0, Y: 10}}}},
		{"corner on corner", Union(a, []Polygon{square(10, 10, 10)}), []Polygon{square(0, 0, 10), square(10, 10, 10)}},
		{"overlapping", Intersection(a, []Polygon{square(4, 4, 10)}), []Polygon{square(4, 4, 6)}},
		{"touching", Intersection(a, []Polygon{square(10, 0, 10)}), nil},
		{"nothing left", Difference(a, []Polygon{square(-1, -1, 20)}), nil},
		{"hole cut", Difference(a, []Polygon{square(3, 3, 4)}), []Polygon{square(0, 0, 10), {{X: 3, Y: 3}, {X: 3, Y: 7}, {X: 7, Y: 7}, {X: 7, Y: 3}}}},
		{"hole filled", Union(ring, []Polygon{square(3, 3, 4)}), a},
		{"hole half filled", Union(ring, []Polygon{square(2, 2, 3)}), []Polygon{square(0, 0, 10), {{X: 3, Y: 5}, {X: 3, Y: 7}, {X: 7, Y: 7}, {X: 7, Y: 3}, {X: 5, Y: 3}, {X: 5, Y: 5}}}},
		{"bodies that overlap", Clean([]Polygon{square(0, 0, 10), square(2, 2, 3)}), a},
		{"turned over", Clean([]Polygon{reversed(square(0, 0, 10))}), nil},
		{"bow tie", Clean([]Polygon{{{X: 0, Y: 0}, {X: 10, Y: 10}, {X: 10, Y: 0}, {X: 0, Y: 10}}}), []Polygon{{{X: 0, Y: 0}, {X: 5, Y: 5}, {X: 0, Y: 10}}}},
		{"nothing", Union(nil, nil), nil},
		{"a line", Clean([]Polygon{{{X: 0, Y: 0}, {X: 10, Y: 0}, {X: 5, Y: 0}}}), nil},
	} {
		if fmt.Sprint(c.got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}

// random polygons of few points on a coarse grid: many sides cross in a point, lie on each other, or touch.
func random(r *rand.Rand, scale int64) []Polygon {
	var list []Polygon
	for range 1 + r.IntN(4) {
		var p Polygon
		for range 3 + r.IntN(8) {
			p = append(p, Point{X: scale * r.Int64N(12), Y: scale * r.Int64N(12)})
		}
		list = append(list, p)
	}
	return list
}

// windsAround counts how often polygons wind around a point on none of their sides.
func windsAround(list []Polygon, x, y float64) int {
	n := 0
	for _, p := range list {
		for i, a := range p {
			b := p[(i+1)%len(p)]
			ax, ay, bx, by := float64(a.X), float64(a.Y), float64(b.X), float64(b.Y)
			if (ay > y) == (by > y) {
				continue
			}
			if x < ax+(y-ay)/(by-ay)*(bx-ax) {
				if by > ay {
					n++
				} else {
					n--
				}
			}
		}
	}
	return n
}

// distance is that of a point to the nearest side.
func distance(list []Polygon, x, y float64) float64 {
	least := math.Inf(1)
	for _, p := range list {
		for i, a := range p {
			b := p[(i+1)%len(p)]
			ax, ay := float64(a.X), float64(a.Y)
			dx, dy := float64(b.X)-ax, float64(b.Y)-ay
			f := 0.0
			if l := dx*dx + dy*dy; l > 0 {
				f = max(0, min(1, ((x-ax)*dx+(y-ay)*dy)/l))
			}
			least = min(least, math.Hypot(ax+f*dx-x, ay+f*dy-y))
		}
	}
	return least
}

// check tries a pair of sets: what is inside of outcomes at points, areas that must add up, and that outcomes are clean.
func check(t *testing.T, r *rand.Rand, a, b []Polygon, extent float64) {
	t.Helper()
	union, both, first, second := Union(a, b), Intersection(a, b), Difference(a, b), Difference(b, a)
	ca, cb := Clean(a), Clean(b)
	length := 0.0
	for _, list := range [][]Polygon{a, b} {
		for _, p := range list {
			length += p.Length() * slice.PerMM
		}
	}
	off := 2*length + 10 // each side may move by a unit or two, by rounding in several passes
	for _, c := range []struct {
		name string
		a, b float64
	}{
		{"union and intersection", Area(union) + Area(both), Area(ca) + Area(cb)},
		{"difference and intersection", Area(first) + Area(both), Area(ca)},
		{"both differences", Area(first) + Area(second) + Area(both), Area(union)},
	} {
		if math.Abs(c.a-c.b) > off {
			t.Errorf("%s: %v and %v of %v, %v", c.name, c.a, c.b, a, b)
		}
	}
	for _, list := range [][]Polygon{union, both, first, second, ca, cb} {
		if again := Clean(list); fmt.Sprint(again) != fmt.Sprint(list) {
			t.Errorf("%v is another when cleaned again: %v", list, again)
		}
	}
	sides := slices.Concat(a, b)
	for range 60 {
		x, y := r.Float64()*extent, r.Float64()*extent
		if distance(sides, x, y) < 4 {
			continue
		}
		inA, inB := windsAround(a, x, y) > 0, windsAround(b, x, y) > 0
		for _, c := range []struct {
			name string
			list []Polygon
			want bool
		}{{"union", union, inA || inB}, {"intersection", both, inA && inB}, {"difference", first, inA && !inB}} {
			if n := windsAround(c.list, x, y); n < 0 || n > 1 || n == 1 != c.want {
				t.Fatalf("%s winds %d times around %v, %v; inside: %v\n%v\n%v", c.name, n, x, y, c.want, a, b)
			}
		}
	}
}

func TestRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 600 {
		check(t, r, random(r, 1000), random(r, 1000), 11000)
	}
	for range 300 {
		check(t, r, random(r, 7_654_321), random(r, 7_654_321), 11*7_654_321)
	}
}

// A grid without room for rounding: it must still end, and what comes out must not cross itself.
func TestCrowded(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 600 {
		a, b := random(r, 1), random(r, 1)
		union := Union(a, b)
		for range 40 {
			x, y := r.Float64()*11, r.Float64()*11
			if n := windsAround(union, x, y); n < 0 || n > 1 {
				t.Fatalf("%v winds %d times around %v, %v", union, n, x, y)
			}
		}
		for _, p := range union {
			for _, q := range p {
				if q.X < 0 || q.X > 11 || q.Y < 0 || q.Y > 11 {
					t.Fatalf("%v lies outside of all", q)
				}
			}
		}
	}
}

func FuzzOverlay(f *testing.F) {
	f.Add(uint64(1), uint64(2), int64(1000))
	f.Fuzz(func(t *testing.T, s1, s2 uint64, scale int64) {
		if scale < 100 || scale > slice.Most/12 {
			t.Skip()
		}
		r := rand.New(rand.NewPCG(s1, s2))
		check(t, r, random(r, scale), random(r, scale), 11*float64(scale))
	})
}
