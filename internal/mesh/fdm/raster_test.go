package fdm

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"bassin/internal/mesh"
	"bassin/internal/mesh/clip"
	"bassin/internal/mesh/slice"
)

func (g *grid) has(b drawn, x, y int) bool {
	if x < 0 || y < 0 || y >= g.rows || x >= 64*g.words {
		return false
	}
	return b[y*g.words+x>>6]>>(x&63)&1 == 1
}

// A cell is drawn when its middle is wound around positively: counted here by a ray, side by side.
func TestDraw(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	in := 0
	for range 20 {
		var list set
		for range 3 {
			var p clip.Polygon
			for range 3 + r.IntN(5) {
				p = append(p, clip.Point{X: slice.Unit(r.Float64() * 14), Y: slice.Unit(r.Float64() * 14)})
			}
			list = append(list, p)
		}
		g := gridOf(mesh.Vec{}, mesh.Vec{X: 14, Y: 14})
		b := g.empty()
		new(drawer).draw(&g, b, list)
		before := in
		for y := range g.rows {
			for x := range 64 * g.words {
				if g.has(b, x, y) {
					in++
				}
				px, py := g.x+(float64(x)+0.5)*g.cell, g.y+(float64(y)+0.5)*g.cell
				if want := winds(list, px, py) > 0; want != g.has(b, x, y) {
					t.Fatalf("the cell at %v %v is drawn: %v", px, py, !want)
				}
			}
		}
		if want := float64(in-before) * g.cell * g.cell; math.Abs(g.area(b)-want) > 1e-9 {
			t.Fatalf("the area is %v, want %v", g.area(b), want)
		}
	}
	if in < 10_000 {
		t.Errorf("only %d cells were in: the test says little", in)
	}
}

func winds(list set, x, y float64) int {
	n := 0
	for _, p := range list {
		for i, a := range p {
			b := p[(i+1)%len(p)]
			ax, ay, bx, by := float64(a.X)/slice.PerMM, float64(a.Y)/slice.PerMM, float64(b.X)/slice.PerMM, float64(b.Y)/slice.PerMM
			if (ay < y) == (by < y) || ax+(y-ay)/(by-ay)*(bx-ax) > x {
				continue
			}
			if by < ay { // it goes down to the left
				n++
			} else {
				n--
			}
		}
	}
	return n
}

// What is grown or shrunk reaches as far as an octagon does, to the width of a cell and a half.
func TestBrush(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	g := gridOf(mesh.Vec{}, mesh.Vec{X: 20, Y: 12})
	brush := newBrush(&g)
	for _, mm := range []float64{0.1, 0.21, 0.3, 1, 2.3, 3} {
		b := g.empty()
		for range 4 {
			x, y := int32(r.IntN(100)), r.IntN(60)
			for row := y; row < y+30; row++ {
				setRange(g.row(b, row+20), 20+x, 20+x+int32(20+r.IntN(30)))
			}
		}
		for _, shrink := range []bool{false, true} {
			got := append(drawn(nil), b...)
			if shrink {
				brush.shrink(got, mm)
			} else {
				brush.grow(got, mm)
			}
			for y := range g.rows {
				for x := range 64 * g.words {
					near := math.Inf(1) // to the nearest cell that is otherwise, as an octagon measures
					reach := int(mm/g.cell) + 3
					for dy := -reach; dy <= reach; dy++ {
						for dx := -reach; dx <= reach; dx++ {
							if g.has(b, x+dx, y+dy) != shrink {
								ax, ay := math.Abs(float64(dx)), math.Abs(float64(dy))
								near = min(near, max(ax, ay, (ax+ay)/math.Sqrt2))
							}
						}
					}
					in := g.has(got, x, y)
					if d := near*g.cell - mm; d < -1.5*g.cell && in == shrink || d > 1.5*g.cell && in != shrink {
						t.Fatalf("by %v, shrink %v: the cell %d %d, which is %v mm away, is in: %v", mm, shrink, x, y, near*g.cell, in)
					}
				}
			}
		}
	}
}

// The time to cool is kept as slicers keep it: no line is slower than the least, bridges stay, and what takes long enough stays too.
func TestCool(t *testing.T) {
	p := ordinary()
	p.LeastLayerSeconds, p.LeastSpeed = 15, 10
	w := worker{p: &p}
	for _, c := range []struct {
		name  string
		paths []path
		idle  float64
		want  []float64
	}{
		{"long enough", []path{{long: 800, speed: 50}}, 0, []float64{50}},
		{"one line", []path{{long: 300, speed: 50}}, 5, []float64{30}},
		{"the faster first", []path{{long: 200, speed: 80}, {long: 200, speed: 25}}, 0, []float64{200.0 / 7, 25}},
		{"both", []path{{long: 100, speed: 80}, {long: 200, speed: 25}}, 0, []float64{20, 20}},
		{"the least speed", []path{{long: 50, speed: 80}, {long: 50, speed: 5}}, 0, []float64{10, 5}},
		{"bridges", []path{{long: 100, speed: 40, kind: Bridge}, {long: 250, speed: 50}}, 0, []float64{40, 20}},
	} {
		w.cool(c.paths, c.idle)
		for k, want := range c.want {
			if got := c.paths[k].speed; math.Abs(got-want) > 1e-4 {
				t.Errorf("%s: line %d at %v mm/s, want %v", c.name, k, got, want)
			}
		}
	}
}

// Lines that pass over empty tiles are those that look at every cell.
func TestTilesChangeNoLine(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for n := range 200 {
		g := grid{x: random.Float64(), y: random.Float64(), cell: 0.1031, rows: 1 + random.IntN(90), words: 1 + random.IntN(4)}
		d := g.empty()
		for range random.IntN(6) {
			r, c := random.IntN(g.rows), random.IntN(64*g.words)
			for k := r; k < min(g.rows, r+1+random.IntN(20)); k++ {
				setRange(g.row(d, k), int32(c), int32(min(64*g.words, c+1+random.IntN(70))))
			}
		}
		angle := []float64{0, math.Pi / 2, -math.Pi / 2, math.Pi / 4, -math.Pi / 4, (random.Float64() - 0.5) * math.Pi}[n%6]
		got := g.strokes(d, 0.37, angle)
		low, high, left, right := g.box(d)
		if low == high {
			continue
		}
		sin, cos := math.Sincos(angle)
		w := walk{g: &g, d: d, tiles: make([]bool, ((g.rows-1)/tileRows+1)*g.words), steep: cos < math.Abs(sin)-1e-9, low: low, high: high, left: 64 * left, right: 64 * right}
		for i := range w.tiles {
			w.tiles[i] = true
		}
		for k := -400; k < 400; k++ {
			w.follow(k, float64(k)*0.37, sin, cos)
		}
		if !slices.Equal(got, w.list) {
			t.Fatalf("case %d, angle %v: %d lines, want %d", n, angle, len(got), len(w.list))
		}
	}
}
