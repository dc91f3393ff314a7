package thickness_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"bassin/internal/mesh"
	"bassin/internal/mesh/thickness"
)

// prism is the body over a polygon, which goes counter-clockwise and is convex, from z = 0 to a height.
func prism(height float64, outline ...[2]float64) *mesh.Mesh {
	m, n := &mesh.Mesh{}, uint32(len(outline))
	for _, z := range []float64{0, height} {
		for _, p := range outline {
			m.Points = append(m.Points, mesh.Vec{X: p[0], Y: p[1], Z: z})
		}
	}
	for i := range n {
		j := (i + 1) % n
		m.Triangles = append(m.Triangles, [3]uint32{i, j, n + j}, [3]uint32{i, n + j, n + i})
		if i > 1 {
			m.Triangles = append(m.Triangles, [3]uint32{0, i, i - 1}, [3]uint32{n, n + i - 1, n + i})
		}
	}
	return m
}

func cuboid(at, size mesh.Vec) *mesh.Mesh {
	m := prism(size.Z, [2]float64{0, 0}, [2]float64{size.X, 0}, [2]float64{size.X, size.Y}, [2]float64{0, size.Y})
	return moved(m, func(p mesh.Vec) mesh.Vec { return p.Add(at) })
}

func moved(m *mesh.Mesh, f func(mesh.Vec) mesh.Vec) *mesh.Mesh {
	c := &mesh.Mesh{Triangles: m.Triangles}
	for _, p := range m.Points {
		c.Points = append(c.Points, f(p))
	}
	return c
}

// turned is about an axis that is none of the grid's, and far from the origin.
func turned(m *mesh.Mesh) *mesh.Mesh {
	s, c := math.Sincos(0.7)
	return moved(m, func(p mesh.Vec) mesh.Vec {
		p = mesh.Vec{X: c*p.X - s*p.Y, Y: s*p.X + c*p.Y, Z: p.Z}
		return mesh.Vec{X: p.X + 1000, Y: c*p.Y - s*p.Z - 500, Z: s*p.Y + c*p.Z}
	})
}

func together(of ...*mesh.Mesh) *mesh.Mesh {
	model := mesh.Model{}
	for _, m := range of {
		model.Objects = append(model.Objects, mesh.Object{Mesh: m, Place: mesh.Identity})
	}
	return model.Whole()
}

func insideOut(m *mesh.Mesh) *mesh.Mesh {
	c := &mesh.Mesh{Points: m.Points}
	for _, t := range m.Triangles {
		c.Triangles = append(c.Triangles, [3]uint32{t[0], t[2], t[1]})
	}
	return c
}

func tube(outer, inner, height float64, sides int) *mesh.Mesh {
	m := &mesh.Mesh{}
	n := uint32(sides)
	for i := range sides {
		s, c := math.Sincos(2 * math.Pi * float64(i) / float64(sides))
		for _, r := range []float64{outer, inner} {
			for _, z := range []float64{0, height} {
				m.Points = append(m.Points, mesh.Vec{X: r * c, Y: r * s, Z: z})
			}
		}
	}
	for i := range n {
		a, b := 4*i, 4*((i+1)%n) // outer low, outer high, inner low, inner high
		for _, q := range [][4]uint32{{a, b, b + 1, a + 1}, {b + 2, a + 2, a + 3, b + 3}, {a + 1, b + 1, b + 3, a + 3}, {a + 2, b + 2, b, a}} {
			m.Triangles = append(m.Triangles, [3]uint32{q[0], q[1], q[2]}, [3]uint32{q[0], q[2], q[3]})
		}
	}
	return m
}

func TestUnder(t *testing.T) {
	plate := cuboid(mesh.Vec{}, mesh.Vec{X: 40, Y: 30, Z: 0.8})
	upper := cuboid(mesh.Vec{Z: 0.8}, mesh.Vec{X: 40, Y: 30, Z: 0.8})
	block := cuboid(mesh.Vec{X: 10, Y: 10, Z: -5}, mesh.Vec{X: 20, Y: 10, Z: 10})
	angle := 20 * math.Pi / 180
	wedge := prism(20, [2]float64{0, 0}, [2]float64{40 * math.Cos(angle), 0}, [2]float64{40 * math.Cos(angle), 40 * math.Sin(angle)})
	for _, c := range []struct {
		name       string
		mesh       *mesh.Mesh
		limit      float64
		places     int
		thickness  float64 // of the first, in its middle
		area, byMM float64 // of the surface, and how much it may be off
	}{
		{"plate", plate, 1, 1, 0.8, 2400, 1},
		{"plate, turned", turned(plate), 1, 1, 0.8, 2400, 1},
		{"plate, inside out", insideOut(plate), 1, 1, 0.8, 2400, 1},
		{"plate at its limit", plate, 0.8, 0, 0, 0, 0},
		{"two plates apart", together(plate, moved(plate, func(p mesh.Vec) mesh.Vec { p.Z += 1; return p })), 1, 2, 0.8, 4800, 2},
		{"two plates that touch", together(plate, upper), 1, 0, 0, 0, 0},
		{"two plates that touch, below more", together(plate, upper), 2, 1, 1.6, 2400, 1},
		{"plate with a block through it", together(plate, block), 1, 1, 0.8, 2000, 10},
		{"tube", tube(10, 9.5, 30, 400), 1, 1, 0.5, 2 * math.Pi * 19.5 * 30, 15},
		{"tube, turned", turned(tube(10, 9.5, 30, 400)), 1, 1, 0.5, 2 * math.Pi * 19.5 * 30, 15},
		{"pin", prism(30, circle(0.4, 200)...), 1, 1, 0.8, 0.8 * math.Pi * 30, 0.5},
		// The ball at x from the edge of a wedge of angle α measures 2x·tan(α/2).
		{"wedge", wedge, 1, 1, 0.5, 2 * 20 * 0.995 / (2 * math.Tan(angle/2)), 4},
		{"cube", cuboid(mesh.Vec{}, mesh.Vec{X: 10, Y: 10, Z: 10}), 9, 0, 0, 0, 0},
		{"nothing", &mesh.Mesh{}, 1, 0, 0, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := thickness.Of(c.mesh).Under(c.limit)
			if len(got.Places) != c.places {
				t.Fatalf("%d places are thin, want %d: %+v", len(got.Places), c.places, got.Places)
			}
			if math.Abs(got.Area-c.area) > c.byMM {
				t.Errorf("%v mm² is thin, want %v", got.Area, c.area)
			}
			if c.places > 0 && math.Abs(got.Places[0].Middle-c.thickness) > 0.01*c.thickness {
				t.Errorf("it is %v mm thick, want %v", got.Places[0].Middle, c.thickness)
			}
		})
	}
}

func circle(r float64, sides int) [][2]float64 {
	var list [][2]float64
	for i := range sides {
		s, c := math.Sincos(2 * math.Pi * float64(i) / float64(sides))
		list = append(list, [2]float64{r * c, r * s})
	}
	return list
}

func TestGaps(t *testing.T) {
	a := cuboid(mesh.Vec{}, mesh.Vec{X: 20, Y: 20, Z: 5})
	b := cuboid(mesh.Vec{X: 5, Y: 5, Z: 5.3}, mesh.Vec{X: 10, Y: 10, Z: 5})
	p := thickness.Prepare(turned(together(a, b)))
	got := p.Gaps().Under(0.5)
	if len(got.Places) != 1 || math.Abs(got.Places[0].Middle-0.3) > 0.003 || math.Abs(got.Area-200) > 5 {
		t.Errorf("found %+v, want one gap of 0.3 mm with 200 mm² of surface", got)
	}
	if walls := p.Walls().Under(4); len(walls.Places) != 0 {
		t.Errorf("%d walls are thin, want none", len(walls.Places))
	}
	if wide := p.Gaps().Under(0.2); len(wide.Places) != 0 {
		t.Errorf("a gap of 0.3 mm is narrower than 0.2 in %d places", len(wide.Places))
	}
}

// A wall of 2 mm² on a large body is not missed, wherever it stands.
func TestSmallWalls(t *testing.T) {
	bodies := []*mesh.Mesh{cuboid(mesh.Vec{}, mesh.Vec{X: 180, Y: 150, Z: 100})}
	for i := range 40 {
		x, y := 3+4.3*float64(i), 3+float64(i*37%140)
		bodies = append(bodies, cuboid(mesh.Vec{X: x, Y: y, Z: 99.5}, mesh.Vec{X: 0.4, Y: 1.45, Z: 1.95}))
	}
	got := thickness.Of(together(bodies...)).Under(0.8)
	if len(got.Places) != 40 {
		t.Errorf("of 40 walls of 2 mm² %d are found", len(got.Places))
	}
	for _, p := range got.Places {
		if math.Abs(p.Middle-0.4) > 0.004 {
			t.Errorf("a wall is %v mm thick, want 0.4", p.Middle)
		}
	}
	if got.Missed > 3 {
		t.Errorf("walls up to %v mm² may be missed", got.Missed)
	}
}

func TestFaces(t *testing.T) {
	f := thickness.Of(cuboid(mesh.Vec{}, mesh.Vec{X: 40, Y: 30, Z: 0.8}))
	least := map[float64]int{}
	for _, v := range f.Faces() {
		least[math.Round(10*v)/10]++
	}
	if least[0.8] != 4 || least[30] != 4 || least[40] != 4 {
		t.Errorf("the faces are worth %v, want four of 0.8, 30 and 40 each", least)
	}
}

func TestThinnest(t *testing.T) {
	s, ok := thickness.Of(together(cuboid(mesh.Vec{}, mesh.Vec{X: 20, Y: 20, Z: 5}), cuboid(mesh.Vec{X: 50}, mesh.Vec{X: 20, Y: 0.7, Z: 20}))).Thinnest()
	if !ok || math.Abs(s.Thickness-0.7) > 1e-6 || s.Point.X < 50 {
		t.Errorf("the thinnest is %v at %v, want 0.7 at the plate", s.Thickness, s.Point)
	}
	if _, ok := thickness.Of(&mesh.Mesh{}).Thinnest(); ok {
		t.Error("nothing has a thinnest place")
	}
}

// A cube is as thick everywhere as its side, and its cloud says so.
func TestWriteCloud(t *testing.T) {
	var b bytes.Buffer
	f := thickness.Of(cuboid(mesh.Vec{X: 5, Y: -3, Z: 100}, mesh.Vec{X: 20, Y: 10, Z: 2}))
	if err := f.WriteCloud(&b, 5); err != nil {
		t.Fatal(err)
	}
	var head struct {
		Name  [4]byte
		Count uint32
		Least [3]float32
		Side  float32
		Most  float32
	}
	if err := binary.Read(&b, binary.LittleEndian, &head); err != nil {
		t.Fatal(err)
	}
	list := make([][4]uint16, head.Count)
	if err := binary.Read(&b, binary.LittleEndian, list); err != nil || b.Len() != 0 {
		t.Fatalf("%v, %d bytes are left", err, b.Len())
	}
	near := func(a, b float32) bool { return math.Abs(float64(a-b)) < 0.3 }
	if string(head.Name[:]) != "BTH1" || int(head.Count) != len(f.Samples) || !near(head.Least[0], 5) || !near(head.Least[1], -3) || !near(head.Least[2], 100) || !near(head.Side, 20) {
		t.Errorf("head %+v of %d samples", head, len(f.Samples))
	}
	flat := 0
	for _, s := range list {
		thick := float32(s[3]) / 65534 * head.Most
		if near(thick, 2) {
			flat++
		} else if s[3] != 65535 && !near(thick, 10) && !near(thick, 20) {
			t.Fatalf("a sample is %v thick", thick)
		}
	}
	if share := float64(flat) / float64(len(list)); share < 0.76 || share > 0.78 { // 400 of 520 mm²
		t.Errorf("%v of the surface is 2 mm thick", share)
	}
}

// ring is a regular polygon.
func ring(at [2]float64, r float64, sides int) (list [][2]float64) {
	for _, p := range circle(r, sides) {
		list = append(list, [2]float64{at[0] + p[0], at[1] + p[1]})
	}
	return list
}

func TestRound(t *testing.T) {
	block := cuboid(mesh.Vec{}, mesh.Vec{X: 40, Y: 30, Z: 5})
	for _, c := range []struct {
		name  string
		mesh  *mesh.Mesh
		gaps  bool
		limit float64
		round int
		flat  int
		least float64
	}{
		{"a round pin", prism(12, ring([2]float64{}, 0.5, 24)...), false, 1.5, 1, 0, 1},
		{"a square pin", cuboid(mesh.Vec{}, mesh.Vec{X: 1, Y: 1, Z: 12}), false, 1.5, 1, 0, 1},
		{"a pin that is turned", turned(prism(12, ring([2]float64{}, 0.5, 24)...)), false, 1.5, 1, 0, 1},
		{"a pin thick enough", prism(12, ring([2]float64{}, 1, 24)...), false, 1.5, 0, 0, 0},
		{"a wall", cuboid(mesh.Vec{}, mesh.Vec{X: 1, Y: 20, Z: 12}), false, 1.5, 0, 1, 1},
		{"a tube", tube(5, 4, 12, 64), false, 1.5, 0, 1, 1},
		{"the hole of a tube", tube(6, 0.5, 12, 64), true, 1.5, 1, 0, 1},
		{"a hole wide enough", tube(6, 1, 12, 64), true, 1.5, 0, 0, 0},
		{"a slot between blocks", together(block, moved(block, func(p mesh.Vec) mesh.Vec { return p.Add(mesh.Vec{Z: 6}) })), true, 1.5, 0, 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := thickness.Of(c.mesh)
			if c.gaps {
				f = thickness.Prepare(c.mesh).Gaps()
			}
			round, flat := f.Round(c.limit/2, c.limit)[1], f.Slots(c.limit/2, c.limit)[1]
			if len(round.Places) != c.round || len(flat.Larger(1)) != c.flat {
				t.Errorf("%d round places, %d flat ones", len(round.Places), len(flat.Places))
			}
			for _, p := range append(round.Places, flat.Larger(1)...) {
				if math.Abs(p.Middle-c.least) > 0.03*c.least {
					t.Errorf("a place is %v thick, want %v", p.Middle, c.least)
				}
			}
		})
	}
}

func TestCrowded(t *testing.T) {
	one := cuboid(mesh.Vec{}, mesh.Vec{X: 10, Y: 10, Z: 10})
	var copies, shells, beside []*mesh.Mesh
	for i := range 10_000 {
		copies = append(copies, one)
		shells = append(shells, moved(one, func(v mesh.Vec) mesh.Vec { return v.Times(1 + float64(i)*1e-5) }))
		beside = append(beside, moved(one, func(v mesh.Vec) mesh.Vec {
			return v.Add(mesh.Vec{X: 12 * float64(i%100), Y: 12 * float64(i/100)})
		}))
	}
	for _, c := range []struct {
		name string
		mesh *mesh.Mesh
		want bool
	}{{"a cube", one, false}, {"in one place", together(copies...), true}, {"in each other", together(shells...), true}, {"beside each other", together(beside...), false}} {
		if got := thickness.Prepare(c.mesh).Crowded(); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}
