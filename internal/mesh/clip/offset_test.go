package clip

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"bassin/internal/mesh/slice"
)

const mm = slice.PerMM

func areaMM(list []Polygon) float64 { return Area(list) / (mm * mm) }

func TestOffset(t *testing.T) {
	big := []Polygon{square(0, 0, 20*mm)}
	ring := []Polygon{square(0, 0, 20*mm), reversed(square(5*mm, 5*mm, 10*mm))}
	corner := []Polygon{{{X: 0, Y: 0}, {X: 20 * mm, Y: 0}, {X: 20 * mm, Y: 10 * mm}, {X: 10 * mm, Y: 10 * mm}, {X: 10 * mm, Y: 20 * mm}, {X: 0, Y: 20 * mm}}}
	dumbbell := Union([]Polygon{square(0, 0, 10*mm), square(20*mm, 0, 10*mm)}, []Polygon{{{X: 5 * mm, Y: 4 * mm}, {X: 25 * mm, Y: 4 * mm}, {X: 25 * mm, Y: 5 * mm}, {X: 5 * mm, Y: 5 * mm}}})
	for _, c := range []struct {
		name     string
		from     []Polygon
		by       float64
		join     Join
		polygons int
		area     float64
	}{
		{"square outward, sharp", big, 1, Miter, 1, 22 * 22},
		{"square outward, round", big, 1, Round, 1, 400 + 80 + math.Pi},
		{"square inward", big, -1, Miter, 1, 18 * 18},
		{"square inward, round", big, -1, Round, 1, 18 * 18},
		{"square inward to nothing", big, -10.5, Round, 0, 0},
		{"ring outward", ring, 1, Miter, 2, 22*22 - 8*8},
		{"ring inward", ring, -1, Miter, 2, 18*18 - 12*12},
		{"ring outward until it has no hole", ring, 6, Miter, 1, 32 * 32},
		{"ring inward to nothing", ring, -3, Round, 0, 0},
		{"corner outward", corner, 1, Miter, 1, 300 + 80 + 4 - 1 + 1},
		{"corner inward", corner, -1, Miter, 1, 300 - 80 + 4},
		{"dumbbell inward falls apart", dumbbell, -1, Miter, 2, 2 * 64},
		{"nothing", big, 0, Round, 1, 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Offset(c.from, c.by, c.join)
			if len(got) != c.polygons || math.Abs(areaMM(got)-c.area) > 0.05 {
				t.Errorf("%d polygons of %v mm², want %d of %v", len(got), areaMM(got), c.polygons, c.area)
			}
		})
	}
}

// A point lies in a round offset when it is nearer to the set than the offset; in an inward one when it is in the set and
// farther from its border.
func TestOffsetIsDistance(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	const scale = mm
	inward, outward := 0, 0
	for range 500 {
		set := Clean(random(r, scale))
		by := (r.Float64()*2 - 1) * 2
		got := Offset(set, by, Round)
		if again := Clean(got); fmt.Sprint(again) != fmt.Sprint(got) {
			t.Fatalf("%v is another when cleaned again", got)
		}
		for range 60 {
			x, y := (r.Float64()*16-2)*scale, (r.Float64()*16-2)*scale
			to := distance(set, x, y)
			if windsAround(set, x, y) > 0 {
				to = -to
			}
			d := by * mm
			if math.Abs(to-d) < 1.5*roundMM*mm {
				continue
			}
			n := windsAround(got, x, y)
			if n < 0 || n > 1 || n == 1 != (to < d) {
				t.Fatalf("offset by %v mm, a point at %v mm from the set (%v, %v) is wound around %d times\n%v", by, to/mm, x, y, n, set)
			}
			if n == 1 && by < 0 {
				inward++
			} else if n == 1 {
				outward++
			}
		}
	}
	if inward < 200 || outward < 2000 {
		t.Errorf("only %d and %d points were in: the test says little", inward, outward)
	}
}
