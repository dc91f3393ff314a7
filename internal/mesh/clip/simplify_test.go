package clip

import (
	"math"
	"testing"
)

func circle(r float64, sides int) Polygon {
	var p Polygon
	for i := range sides {
		s, c := math.Sincos(2 * math.Pi * float64(i) / float64(sides))
		p = append(p, Point{X: int64(r * c * mm), Y: int64(r * s * mm)})
	}
	return p
}

func TestSimplify(t *testing.T) {
	fine := circle(10, 2000)
	for _, off := range []float64{0.001, 0.01, 0.1} {
		got := Simplify([]Polygon{fine}, off)
		if len(got) != 1 || len(got[0]) > int(2.5*math.Pi/math.Sqrt(off/5)) {
			t.Fatalf("%d points are left within %v mm", len(got[0]), off)
		}
		for _, p := range fine {
			if d := distance(got, float64(p.X), float64(p.Y)) / mm; d > off+1e-4 {
				t.Errorf("%v is %v mm off, want %v at most", p, d, off)
			}
		}
	}
	if got := Simplify([]Polygon{square(0, 0, 10*mm), {{X: 0, Y: 0}, {X: 5 * mm, Y: 3}, {X: 9 * mm, Y: 0}}}, 0.01); len(got) != 1 || len(got[0]) != 4 {
		t.Errorf("%v is left, want the square alone", got)
	}
}
