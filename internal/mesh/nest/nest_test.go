package nest

import (
	"context"
	"errors"
	"math"
	"reflect"
	"testing"
	"time"

	"bassin/internal/cputest"
	"bassin/internal/mesh"
)

func rectangle(x, y, w, h float64) []Point {
	return []Point{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}}
}

func TestPlates(t *testing.T) {
	parts := []Outline{
		{Rings: [][]Point{rectangle(7, -3, 60, 40)}, Count: 6, Turns: []float64{0, 90}},
		{Rings: [][]Point{rectangle(0, 0, 30, 20)}, Count: 10, Turns: []float64{0, 90, 180, 270}},
	}
	r, err := Plates(t.Context(), parts, 200, 150, Options{Spacing: 3, Margin: 5, Seed: 1, Work: 200_000})
	if err != nil {
		t.Fatal(err)
	}
	if r.Plates != 1 || len(r.Placements) != 16 || len(r.Left) != 0 {
		t.Errorf("%d plates, %d placed, left %v; wanted 1, 16, none", r.Plates, len(r.Placements), r.Left)
	}
	if want := (6*60*40 + 10*30*20) / (200.0 * 150); math.Abs(r.Filling[0]-want) > 1e-9 {
		t.Errorf("filling %v, wanted %v", r.Filling[0], want)
	}
	boxes := make([][2]Point, len(r.Placements))
	for i, p := range r.Placements {
		b := [2]Point{{math.Inf(1), math.Inf(1)}, {math.Inf(-1), math.Inf(-1)}}
		for _, q := range parts[p.Part].Rings[0] {
			q = p.At(q)
			b[0], b[1] = Point{min(b[0].X, q.X), min(b[0].Y, q.Y)}, Point{max(b[1].X, q.X), max(b[1].Y, q.Y)}
		}
		boxes[i] = b
		if b[0].X < 5-1e-6 || b[0].Y < 5-1e-6 || b[1].X > 195+1e-6 || b[1].Y > 145+1e-6 {
			t.Errorf("%v is nearer than 5 to the border", b)
		}
		for _, c := range boxes[:i] {
			if gap := math.Hypot(max(0, b[0].X-c[1].X, c[0].X-b[1].X), max(0, b[0].Y-c[1].Y, c[0].Y-b[1].Y)); gap < 3-1e-6 {
				t.Errorf("%v and %v are %.4f apart, wanted 3", b, c, gap)
			}
		}
	}
}

func TestLeft(t *testing.T) {
	parts := []Outline{{Rings: [][]Point{rectangle(0, 0, 90, 90)}, Count: 3}, {Rings: [][]Point{rectangle(0, 0, 101, 5)}, Count: 1, Turns: []float64{0, 90}}}
	r, err := Plates(t.Context(), parts, 100, 100, Options{Plates: 2, Work: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	want := []Left{{1, 0, TooLarge}, {0, 2, NoRoom}}
	if r.Plates != 2 || !reflect.DeepEqual(r.Left, want) {
		t.Errorf("%d plates, left %v; wanted 2, %v", r.Plates, r.Left, want)
	}
	parts[0].Rings[0][0].X = math.NaN()
	if _, err := Plates(t.Context(), parts, 100, 100, Options{}); err == nil {
		t.Error("a point that is no number was taken")
	}
	speck := []Outline{{Rings: [][]Point{rectangle(0, 0, 2e-6, 2e-6)}, Count: 1}}
	if _, err := Plates(t.Context(), speck, 100, 100, Options{Spacing: 2}); !errors.Is(err, ErrOutlines) {
		t.Errorf("a speck: %v", err)
	}
}

func TestHolesAndIslands(t *testing.T) {
	frame := Outline{Rings: [][]Point{rectangle(0, 0, 100, 100), rectangle(10, 10, 80, 80)}, Count: 1}
	inner := Outline{Rings: [][]Point{rectangle(0, 0, 60, 60)}, Count: 1}
	pair := Outline{Rings: [][]Point{rectangle(0, 0, 10, 90), rectangle(90, 0, 10, 90)}, Count: 1} // two islands that stay together
	for _, c := range []struct {
		name  string
		parts []Outline
	}{{"in a hole", []Outline{frame, inner}}, {"between islands", []Outline{pair, inner}}} {
		r, err := Plates(t.Context(), c.parts, 101, 101, Options{Spacing: 1, Seed: 1, Work: 200_000})
		if err != nil {
			t.Fatal(err)
		}
		if r.Plates != 1 || len(r.Placements) != 2 {
			t.Errorf("%s: %d plates, wanted 1", c.name, r.Plates)
		}
		if shared, outside := overlapping(c.parts, r.Placements, 101, 101); shared > 0 || outside > 1e-9 {
			t.Errorf("%s: overlap %v, outside %v", c.name, shared, outside)
		}
	}
}

// The same work and seed give the same outcome, whatever the machine does meanwhile.
func TestSameAgain(t *testing.T) {
	star := []Point{}
	for i := range 10 {
		sin, cos := math.Sincos(float64(i) * math.Pi / 5)
		r := 10 + 15*float64(i%2)
		star = append(star, Point{r * cos, r * sin})
	}
	parts := []Outline{{Rings: [][]Point{star}, Count: 20, Turns: []float64{0, 36}}}
	o := Options{Seed: 3, Work: 60_000}
	a, err := Strip(t.Context(), parts, 150, o)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Strip(t.Context(), parts, 150, o)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) {
		t.Errorf("widths %v and %v, work %d and %d", a.Width, b.Width, a.Work, b.Work)
	}
	if shared, outside := overlapping(parts, a.Placements, a.Width, 150); shared > 0 || outside > 1e-9 {
		t.Errorf("overlap %v, outside %v", shared, outside)
	}
}

// It ends with its context.
func TestEnds(t *testing.T) {
	parts := []Outline{{Rings: [][]Point{rectangle(0, 0, 7, 11), rectangle(2, 2, 3, 3)}, Count: 120, Turns: []float64{0, 30, 90}}}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	began := time.Now()
	r, err := Strip(ctx, parts, 60, Options{})
	if err != nil || len(r.Placements) != 120 {
		t.Fatalf("%d placed, %v", len(r.Placements), err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("took %v, wanted little more than a fifth of a second", took)
	}
	if shared, outside := overlapping(parts, r.Placements, r.Width, 60); shared > 0 || outside > 1e-9 {
		t.Errorf("overlap %v, outside %v", shared, outside)
	}
}

func TestSimplified(t *testing.T) {
	var ring []Point
	for i := range 300 {
		sin, cos := math.Sincos(float64(i) * math.Pi / 150)
		r := 50 + 3*math.Sin(float64(i)/3)
		ring = append(ring, Point{r * cos, r * sin})
	}
	rings := [][]Point{ring}
	s := simplified(rings, 0.01*areaOf(rings))
	if len(s) != 1 || len(s[0]) >= 200 || areaOf(s) > 1.0101*areaOf(rings) {
		t.Fatalf("%d points, area %v of %v", len(s[0]), areaOf(s), areaOf(rings))
	}
	for _, p := range ring {
		if d := math.Hypot(p.X, p.Y); !inside(s[0], Point{p.X * (d - 1e-6) / d, p.Y * (d - 1e-6) / d}) {
			t.Errorf("%v is no longer within", p)
		}
	}
}

func TestFootprint(t *testing.T) {
	table := joined(moved(cuboid(100, 60, 5), 10, 20, 40), moved(cuboid(5, 5, 40), 10, 20, 0))
	got := Footprint(table)
	if len(got) != 1 {
		t.Fatalf("%d rings", len(got))
	}
	if a := areaOf(got); a < 6000 || a > 6000*1.01 {
		t.Errorf("area %v, wanted 6000 and at most a hundredth more", a)
	}
	frame := joined(cuboid(100, 10, 5), moved(cuboid(100, 10, 5), 0, 90, 0), moved(cuboid(10, 80, 5), 0, 10, 0), moved(cuboid(10, 80, 5), 90, 10, 0))
	if got := Footprint(frame); len(got) != 2 || areaOf(got) < 3600 || areaOf(got) > 3750 {
		t.Errorf("a frame: %d rings of %v", len(got), areaOf(got))
	}
	if got := Footprint(&mesh.Mesh{}); got != nil {
		t.Errorf("nothing: %v", got)
	}
}

// copies is a square of two triangles, very often, each moved by a little.
func copies(n int, by float64) *mesh.Mesh {
	m := &mesh.Mesh{}
	for i := range n {
		x, y, at := by*float64(i%100), by*float64(i/100), uint32(len(m.Points))
		m.Points = append(m.Points, mesh.Vec{X: x, Y: y}, mesh.Vec{X: x + 10, Y: y}, mesh.Vec{X: x + 10, Y: y + 10}, mesh.Vec{X: x, Y: y + 10})
		m.Triangles = append(m.Triangles, [3]uint32{at, at + 1, at + 2}, [3]uint32{at, at + 2, at + 3})
	}
	return m
}

// The shadow of very many copies upon each other is that of what they cover, and takes little more than that of one.
func TestShadowOfVeryMany(t *testing.T) {
	for _, by := range []float64{0, 0.01} {
		before := cputest.Used(t)
		rings := Footprint(copies(200_000, by))
		took := cputest.Used(t) - before
		want := (10 + 99*by) * (10 + 1999*by)
		if got := areaOf(rings); got < want || got > want*1.03 || took > 15*time.Second {
			t.Errorf("moved by %g: %g mm², want %g, in %s", by, got, want, took)
		}
	}
	// What is dark where it was not counted yet is drawn all the same.
	s := shadow{cell: 1, nx: 10, ny: 10, dark: make([]bool, 100)}
	for range 500 {
		s.triangle(mesh.Vec{X: 0.5, Y: 0.5}, mesh.Vec{X: 4.5, Y: 0.5}, mesh.Vec{X: 0.5, Y: 4.5})
	}
	s.triangle(mesh.Vec{X: 6.5, Y: 6.5}, mesh.Vec{X: 8.5, Y: 6.5}, mesh.Vec{X: 6.5, Y: 8.5})
	if s.sums == nil || !s.dark[0] || !s.dark[66] || !s.dark[86] || s.dark[55] || s.dark[99] {
		t.Error("drawn wrong")
	}
}

// What is wrong is told with its place.
func TestWrong(t *testing.T) {
	square := Outline{Rings: Footprint(copies(1, 0)), Count: 1}
	many := square
	many.Count = 100_000
	for name, c := range map[string]struct {
		parts []Outline
		want  Wrong
	}{
		"copies": {[]Outline{square, many}, Wrong{Key: "many", Most: mostCopies}},
		"area":   {[]Outline{square, {Count: 1}}, Wrong{Key: "nothing", Part: 2}},
		"count":  {[]Outline{{Rings: square.Rings, Count: -1}}, Wrong{Key: "count", Part: 1}},
	} {
		_, err := Plates(t.Context(), c.parts, 100, 100, Options{Spacing: 2})
		var w *Wrong
		if !errors.As(err, &w) || *w != c.want || !errors.Is(err, ErrOutlines) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Plates(t.Context(), []Outline{square}, 0, 100, Options{}); err == nil {
		t.Error("a plate without width is taken")
	}
}
