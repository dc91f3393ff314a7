package render

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"testing"

	"bassin/internal/mesh"
)

var cubeFaces = [][3]uint32{{0, 2, 1}, {0, 3, 2}, {4, 5, 6}, {4, 6, 7}, {0, 1, 5}, {0, 5, 4}, {1, 2, 6}, {1, 6, 5}, {2, 3, 7}, {2, 7, 6}, {3, 0, 4}, {3, 4, 7}}

// cube has sides of a length, from a corner.
func cube(at mesh.Vec, side float64) *mesh.Mesh {
	m := &mesh.Mesh{Triangles: cubeFaces}
	for _, p := range []mesh.Vec{{}, {X: 1}, {X: 1, Y: 1}, {Y: 1}, {Z: 1}, {X: 1, Z: 1}, {X: 1, Y: 1, Z: 1}, {Y: 1, Z: 1}} {
		m.Points = append(m.Points, at.Add(p.Times(side)))
	}
	return m
}

func opacity(p *image.Paletted, x, y int) uint8 { return p.At(x, y).(color.NRGBA).A }

func bright(p *image.Paletted, x, y int) int {
	c := p.At(x, y).(color.NRGBA)
	return int(c.R) + int(c.G) + int(c.B)
}

var small = Size{160, 120}

func TestCube(t *testing.T) {
	p := Draw(cube(mesh.Vec{}, 20), small)
	for _, corner := range [][2]int{{0, 0}, {159, 0}, {0, 119}, {159, 119}} {
		if a := opacity(p, corner[0], corner[1]); a != 0 {
			t.Errorf("corner %v of the picture has opacity %d", corner, a)
		}
	}
	top, left, side := bright(p, 80, 25), bright(p, 60, 70), bright(p, 105, 70)
	if !(top > left+60 && left > side+40) {
		t.Errorf("the top is %d bright, the front %d, the side %d: each should differ well from the next", top, left, side)
	}
	edge := 0 // along the row 70, the darkest pixel lies between front and side
	for x := range 160 {
		if opacity(p, x, 70) == 255 && (edge == 0 || bright(p, x, 70) < bright(p, edge, 70)) {
			edge = x
		}
	}
	if edge < 75 || edge > 95 || bright(p, edge, 70) > side-30 {
		t.Errorf("no dark edge between front and side: the darkest pixel is at %d, %d bright", edge, bright(p, edge, 70))
	}
}

// Where a part lies and how large it is changes nothing, not even where squares of its numbers would be none.
func TestPlaceAndScale(t *testing.T) {
	want := Draw(cube(mesh.Vec{}, 20), small)
	for _, c := range []struct {
		name string
		at   mesh.Vec
		side float64
	}{
		{"ten thousand away", mesh.Vec{X: 1e4, Y: -1e4, Z: 1e4}, 16},
		{"minute", mesh.Vec{}, 1e-200},
		{"huge", mesh.Vec{X: -1e300, Y: -1e300, Z: -1e300}, 1.7e308},
	} {
		got := Draw(cube(c.at, c.side), small)
		differ := 0
		for i := range want.Pix {
			if want.Pix[i] != got.Pix[i] {
				differ++
			}
		}
		if differ > len(want.Pix)/100 {
			t.Errorf("%s: %d of %d pixels differ", c.name, differ, len(want.Pix))
		}
	}
}

func TestNothingToSee(t *testing.T) {
	nan := mesh.Vec{X: math.NaN()}
	for name, m := range map[string]*mesh.Mesh{
		"no face":        {Points: []mesh.Vec{{}, {X: 1}}},
		"one point":      {Points: []mesh.Vec{{X: 3}, {X: 3}, {X: 3}}, Triangles: [][3]uint32{{0, 1, 2}}},
		"a line":         {Points: []mesh.Vec{{}, {X: 1}, {X: 2}}, Triangles: [][3]uint32{{0, 1, 2}}},
		"not a number":   {Points: []mesh.Vec{{}, {X: 1}, nan}, Triangles: [][3]uint32{{0, 1, 2}}},
		"without bounds": {Points: []mesh.Vec{{}, {X: 1}, {Y: math.Inf(1)}}, Triangles: [][3]uint32{{0, 1, 2}}},
	} {
		for _, c := range Draw(m, small).Pix {
			if c != 0 {
				t.Errorf("%s: something is drawn", name)
				break
			}
		}
	}
	m := cube(mesh.Vec{}, 20)
	m.Points, m.Triangles = append(m.Points, nan), append(m.Triangles[:12:12], [3]uint32{0, 1, 8})
	if !bytes.Equal(Draw(m, small).Pix, Draw(cube(mesh.Vec{}, 20), small).Pix) {
		t.Error("a face that is no face changes the others")
	}
}

// sphere is a ball of many faces.
func sphere(n int) *mesh.Mesh {
	m := &mesh.Mesh{}
	for i := range n + 1 {
		for j := range 2 * n {
			a, b := math.Pi*float64(i)/float64(n), math.Pi*float64(j)/float64(n)
			m.Points = append(m.Points, mesh.Vec{X: math.Sin(a) * math.Cos(b), Y: math.Sin(a) * math.Sin(b), Z: math.Cos(a)})
		}
	}
	at := func(i, j int) uint32 { return uint32(i*2*n + j%(2*n)) }
	for i := range n {
		for j := range 2 * n {
			m.Triangles = append(m.Triangles, [3]uint32{at(i, j), at(i+1, j), at(i+1, j+1)}, [3]uint32{at(i, j), at(i+1, j+1), at(i, j+1)})
		}
	}
	return m
}

// Between faces that touch nothing shows through: neither the ground nor, darker, the far side. The ball is round: no step of
// light from a pixel to the next within it.
func TestClosed(t *testing.T) {
	p := Draw(mesh.Weld(sphere(100)), small)
	radius := float64(small.Height)/2 - margin*float64(small.Height)
	for y := range small.Height {
		for x := 1; x < small.Width; x++ {
			r := math.Hypot(float64(x)-79.5, float64(y)-59.5)
			switch {
			case r > radius+2 && opacity(p, x, y) > 0:
				t.Fatalf("outside the ball, %d %d is drawn", x, y)
			case r < radius-3 && opacity(p, x, y) < 255:
				t.Fatalf("within the ball, %d %d is not whole", x, y)
			case r < radius-4:
				if d := bright(p, x, y) - bright(p, x-1, y); d > 40 || d < -40 {
					t.Fatalf("within the ball, light steps by %d at %d %d", d, x, y)
				}
			}
		}
	}
}

// A mesh of large faces that all lie over each other is drawn in part, and still covers what it covers.
func TestTooMuchWork(t *testing.T) {
	m := cube(mesh.Vec{}, 20)
	for range 13 {
		m.Triangles = append(m.Triangles, m.Triangles...)
	}
	p, ok := project(m, 3*480, 3*360)
	if work := workOf(m, p); !ok || work < 10*mostWork {
		t.Fatalf("%d faces cover %g samples: not too much", len(m.Triangles), work)
	}
	if a := opacity(Draw(m, Size{480, 360}), 240, 180); a != 255 {
		t.Errorf("its middle has opacity %d", a)
	}
}

func TestSize(t *testing.T) {
	for _, c := range []struct {
		Size
		want bool
	}{
		{Size{16, 16}, true}, {Size{15, 16}, false}, {Size{1600, 1200}, true}, {Size{4096, 488}, true}, {Size{4097, 16}, false},
		{Size{2000, 2000}, false}, {Size{1 << 40, 1 << 40}, false}, {Size{-20, -20}, false},
	} {
		if c.OK() != c.want {
			t.Errorf("%v may be drawn: %v", c.Size, c.OK())
		}
	}
}
