package polygon

import (
	"math"
	"testing"

	"bassin/internal/mesh"
)

func area(points []mesh.Vec, triangles [][3]uint32) (sum float64) {
	for _, t := range triangles {
		sum += points[t[1]].Sub(points[t[0]]).Cross(points[t[2]].Sub(points[t[0]])).Len() / 2
	}
	return sum
}

// A cut is right when the areas of its triangles, which none of them may turn over, add up to that of the face.
func TestCut(t *testing.T) {
	comb := []mesh.Vec{}
	for i := range 100 { // teeth: every other corner turns in
		comb = append(comb, mesh.Vec{X: float64(i), Y: float64(i%2) * 10})
	}
	comb = append(comb, mesh.Vec{X: 99, Y: -1}, mesh.Vec{X: 0, Y: -1})
	for i, j := 0, len(comb)-1; i < j; i, j = i+1, j-1 {
		comb[i], comb[j] = comb[j], comb[i]
	}
	for name, c := range map[string]struct {
		points []mesh.Vec
		area   float64
		fans   int
	}{
		"square":                 {[]mesh.Vec{{}, {X: 1}, {X: 1, Y: 1}, {Y: 1}}, 1, 0},
		"an arrow head":          {[]mesh.Vec{{}, {X: 4, Y: -2}, {X: 1}, {X: 4, Y: 2}}, 2, 0},
		"an L, its notch second": {[]mesh.Vec{{X: 1, Y: 1}, {X: 1, Y: 3}, {Y: 3}, {}, {X: 3}, {X: 3, Y: 1}}, 5, 0},
		"in the plane of X and Z, the other way round": {[]mesh.Vec{{}, {Z: 4}, {X: 1, Z: 1}, {X: 4}}, 4, 0},
		"a comb":                  {comb, 99*5 + 99, 0},
		"corners on one line":     {[]mesh.Vec{{}, {X: 1}, {X: 2}, {X: 2, Y: 2}}, 2, 0},
		"neither flat nor convex": {[]mesh.Vec{{}, {X: 4, Y: -2}, {X: 1, Z: 0.5}, {X: 4, Y: 2}}, -1, 1},
		"no area at all":          {[]mesh.Vec{{}, {X: 1}, {X: 2}, {X: 3}}, 0, 0},
		"not a number":            {[]mesh.Vec{{}, {X: math.NaN()}, {X: 2}, {X: 3}}, -1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			corners := make([]uint32, len(c.points))
			for i := range corners {
				corners[i] = uint32(i)
			}
			var cutter Cutter
			got := cutter.Cut(nil, c.points, corners)
			if len(got) != len(c.points)-2 {
				t.Errorf("%d triangles of %d corners", len(got), len(c.points))
			}
			if a := area(c.points, got); c.area >= 0 && math.Abs(a-c.area) > 1e-9 {
				t.Errorf("area %v, want %v", a, c.area)
			}
			if cutter.Fans != c.fans {
				t.Errorf("%d fans, want %d", cutter.Fans, c.fans)
			}
		})
	}
}

func TestCutOfFewOrUnknownCorners(t *testing.T) {
	var cutter Cutter
	if got := cutter.Cut(nil, nil, []uint32{1, 2}); len(got) != 0 {
		t.Errorf("two corners give %v", got)
	}
	if got := cutter.Cut(nil, nil, []uint32{9, 8, 7, 6}); len(got) != 2 || got[1] != [3]uint32{9, 7, 6} {
		t.Errorf("corners that come later give %v", got)
	}
}

// A spiral whose ears are all at its ends is the worst there is: it must end in its budget, not after hours.
func TestCutOfHostileFaceEnds(t *testing.T) {
	var points []mesh.Vec
	var corners []uint32
	const n = 100_000
	for i := range n {
		a, r := float64(i)/n*200*math.Pi, float64(i+n)
		points = append(points, mesh.Vec{X: r * math.Cos(a), Y: r * math.Sin(a)})
	}
	for i := n - 1; i >= 0; i-- {
		points = append(points, points[i].Times(0.9999))
	}
	for i := range points {
		corners = append(corners, uint32(i))
	}
	var cutter Cutter
	if got := cutter.Cut(nil, points, corners); len(got) != len(points)-2 {
		t.Errorf("%d triangles", len(got))
	}
}
