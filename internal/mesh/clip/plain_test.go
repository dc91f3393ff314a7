package clip

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"bassin/internal/cputest"
)

// Where an offset takes no arrangement it is what the arrangement makes of it, but for corners cut off, which that may cut at
// narrow notches once more.
func TestPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	done, refused := 0, 0
	for range 3000 {
		set := Clean(random(r, mm))
		by := (r.Float64()*2 - 1) * 0.8
		for _, join := range []Join{Round, Miter} {
			got, ok := Plain(set, by, join)
			if !ok {
				refused++
				continue
			}
			done++
			want := overlay(Moved(set, by, join), nil, func(w winding) bool { return w[0] > 0 })
			length := 0.0
			for _, p := range want {
				length += p.Length()
			}
			apart := overlay(got, want, func(w winding) bool { return (w[0] > 0) != (w[1] > 0) })
			if a := areaMM(apart); a > 0.002*(1+length) || len(got) != len(want) {
				t.Fatalf("offset by %v of %v: %d polygons, want %d; %v mm² are otherwise\n%v\n%v", by, set, len(got), len(want), a, got, want)
			}
		}
	}
	if done < 1200 || refused < 500 {
		t.Errorf("%d offsets were plain and %d were not: the test says little", done, refused)
	}
}

// Polygons that cross, touch, go back over themselves or lie within others are not taken for apiece.
func TestApiece(t *testing.T) {
	outer, hole := square(0, 0, 100), reversed(square(20, 20, 30))
	for _, c := range []struct {
		name string
		list []Polygon
		ok   bool
	}{
		{"outline", []Polygon{outer}, true},
		{"outline and hole", []Polygon{outer, hole}, true},
		{"island in the hole", []Polygon{outer, hole, square(30, 30, 10)}, true},
		{"side by side", []Polygon{outer, square(200, 0, 50)}, true},
		{"point on a side", []Polygon{{{X: 0, Y: 0}, {X: 50, Y: 0}, {X: 100, Y: 0}, {X: 100, Y: 100}}}, true},
		{"hole alone", []Polygon{hole}, false},
		{"outline in an outline", []Polygon{outer, square(20, 20, 30)}, false},
		{"overlap", []Polygon{outer, square(50, 50, 100)}, false},
		{"touching side", []Polygon{outer, square(100, 0, 50)}, false},
		{"touching corner", []Polygon{outer, square(100, 100, 50)}, false},
		{"bow tie", []Polygon{{{X: 0, Y: 0}, {X: 100, Y: 100}, {X: 100, Y: 0}, {X: 0, Y: 100}}}, false},
		{"through a point twice", []Polygon{{{X: 0, Y: 0}, {X: 50, Y: 50}, {X: 100, Y: 0}, {X: 100, Y: 100}, {X: 50, Y: 50}, {X: 0, Y: 100}}}, false},
	} {
		got, ok := apiece(c.list)
		if ok != c.ok || ok && math.Abs(Area(got)-Area(c.list)) > 0 {
			t.Errorf("%s: %v, %v", c.name, ok, got)
		}
	}
}

// A hundred thousand outlines, each with a hole, take no square of that.
func TestApieceOfVeryMany(t *testing.T) {
	var list []Polygon
	square := func(x, y, side int64, hole bool) Polygon {
		p := Polygon{{X: x, Y: y}, {X: x + side, Y: y}, {X: x + side, Y: y + side}, {X: x, Y: y + side}}
		if hole {
			slices.Reverse(p)
		}
		return p
	}
	for i := range int64(100_000) {
		x, y := 100*(i%316), 100*(i/316)
		list = append(list, square(x, y, 90, false), square(x+10, y+10, 50, true))
	}
	before := cputest.Used(t)
	got, ok := apiece(list)
	took := cputest.Used(t) - before
	if !ok || len(got) != len(list) || took > 6*time.Second {
		t.Errorf("%t, %d polygons of %d in %s", ok, len(got), len(list), took)
	}
	if _, ok = apiece(append(list, square(10+65, 10, 5, true))); !ok {
		t.Error("a second hole is refused")
	}
	if _, ok = apiece(append(list, square(20, 20, 5, true))); ok {
		t.Error("a hole in a hole is taken")
	}
	if _, ok = apiece(append(list, square(95, 95, 3, true))); ok {
		t.Error("a hole outside is taken")
	}
}
