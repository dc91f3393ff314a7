package slice_test

import (
	"math"
	"os"
	"slices"
	"testing"

	"bassin/internal/mesh"
	"bassin/internal/mesh/format"
	"bassin/internal/mesh/slice"
)

// parts are real files; they lie beside the source, not in it.
const parts = "../../../../shared/data/parts/"

func readPart(t testing.TB, path string) *mesh.Mesh {
	t.Helper()
	f, err := os.Open(parts + path)
	if err != nil {
		t.Skip("no parts beside the source")
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	m, err := format.Read(f, info.Size(), path, mesh.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return mesh.Weld(m.Whole())
}

func cuboid(x, y, z float64) *mesh.Mesh {
	m := &mesh.Mesh{}
	for i := range 8 {
		m.Points = append(m.Points, mesh.Vec{X: x * float64(i&1), Y: y * float64(i>>1&1), Z: z * float64(i>>2)})
	}
	for _, q := range [][4]uint32{{0, 2, 3, 1}, {4, 5, 7, 6}, {0, 1, 5, 4}, {1, 3, 7, 5}, {3, 2, 6, 7}, {2, 0, 4, 6}} {
		m.Triangles = append(m.Triangles, [3]uint32{q[0], q[1], q[2]}, [3]uint32{q[0], q[2], q[3]})
	}
	return m
}

// box is the corners of a cuboid's layer, without the points on its sides where triangles meet.
func box(p slice.Polygon) (least, most slice.Point) {
	least, most = p[0], p[0]
	for _, q := range p {
		least = slice.Point{X: min(least.X, q.X), Y: min(least.Y, q.Y)}
		most = slice.Point{X: max(most.X, q.X), Y: max(most.Y, q.Y)}
	}
	return least, most
}

func TestCuboid(t *testing.T) {
	m := cuboid(20, 10, 5)
	for _, c := range []struct {
		z   float64
		cut bool
	}{{-1, false}, {0, false}, {1e-9, true}, {2.5, true}, {5, true}, {5.000001, false}} {
		l := slice.At(m, []float64{c.z})[0]
		if len(l.Polygons) > 0 != c.cut || l.Open != 0 || l.Z != c.z {
			t.Errorf("at %v: %+v, want a polygon: %v", c.z, l, c.cut)
		}
		if !c.cut {
			continue
		}
		least, most := box(l.Polygons[0])
		if l.Area() != 200 || l.Perimeter() != 60 || l.Islands() != 1 || least != (slice.Point{}) || most != (slice.Point{X: 20 * slice.PerMM, Y: 10 * slice.PerMM}) {
			t.Errorf("at %v: area %v, perimeter %v, %d islands", c.z, l.Area(), l.Perimeter(), l.Islands())
		}
	}
}

func TestHole(t *testing.T) {
	whole := mesh.Model{Objects: []mesh.Object{
		{Mesh: cuboid(20, 20, 20), Place: mesh.Identity},
		{Mesh: cuboid(10, 10, 10), Place: mesh.Transform{-1, 0, 0, 0, 1, 0, 0, 0, 1, 15, 5, 5}},
	}}
	m := whole.Whole()
	for i := 12; i < 24; i++ { // the inner one is a cavity
		x := m.Triangles[i]
		m.Triangles[i] = [3]uint32{x[0], x[2], x[1]}
	}
	l := slice.At(m, []float64{10})[0]
	if len(l.Polygons) != 2 || l.Islands() != 1 || l.Area() != 300 || l.Perimeter() != 120 {
		t.Errorf("area %v, perimeter %v, %d islands of %d polygons; want 300, 120, 1 of 2", l.Area(), l.Perimeter(), l.Islands(), len(l.Polygons))
	}
}

func TestOpen(t *testing.T) {
	m := cuboid(10, 10, 10)
	m.Triangles = m.Triangles[:10] // a wall is missing
	l := slice.At(m, []float64{5})[0]
	if len(l.Polygons) != 0 || l.Open != 1 {
		t.Errorf("of an open box %d polygons and %d open chains, want 0 and 1", len(l.Polygons), l.Open)
	}
}

func TestHeights(t *testing.T) {
	if h := slice.Heights(1, 2, 0.25); !slices.Equal(h, []float64{1.125, 1.375, 1.625, 1.875}) {
		t.Errorf("heights %v", h)
	}
	if h := slice.Heights(0, 1, 0); h != nil {
		t.Errorf("heights %v of layers without thickness", h)
	}
	if h := slice.Heights(0, 1e300, 1e-9); len(h) != 1<<20 {
		t.Errorf("%d heights of a part without end", len(h))
	}
}

func TestSides(t *testing.T) {
	// Each of the four sides of a cuboid has two faces from bottom to top.
	if got := slice.Sides(cuboid(10, 20, 30), 0.5); got != 8*60 {
		t.Errorf("%v sides of 60 layers", got)
	}
}

// split cuts each triangle in four at the middles of its sides: the same surface.
func split(m *mesh.Mesh) *mesh.Mesh {
	s := &mesh.Mesh{Points: slices.Clone(m.Points)}
	middle := map[[2]uint32]uint32{}
	between := func(a, b uint32) uint32 {
		e := [2]uint32{min(a, b), max(a, b)}
		if _, ok := middle[e]; !ok {
			middle[e] = uint32(len(s.Points))
			s.Points = append(s.Points, m.Points[a].Add(m.Points[b]).Times(0.5))
		}
		return middle[e]
	}
	for _, t := range m.Triangles {
		a, b, c := between(t[0], t[1]), between(t[1], t[2]), between(t[2], t[0])
		s.Triangles = append(s.Triangles, [3]uint32{t[0], a, c}, [3]uint32{a, t[1], b}, [3]uint32{c, b, t[2]}, [3]uint32{a, b, c})
	}
	return s
}

// The layers of real parts hold their volume, close, and are the same however finely the surface is cut.
func TestParts(t *testing.T) {
	for _, name := range []string{
		"gen/bracket.stl", "gen/walls.stl", "gen/trapped.stl", "gen/holes.stl", "stl/i3_x-end-motor.stl", "stl/voron_foot_rear_right.stl", "stl/thingi_520644.stl",
		"gen/nm_edge_shared_cubes.stl", "gen/overhang.stl",
	} {
		t.Run(name, func(t *testing.T) {
			m := readPart(t, name)
			r := mesh.CheckWelded(m)
			const thick = 0.02
			layers := slice.At(m, slice.Heights(r.Min.Z, r.Max.Z, thick))
			volume, open := 0.0, 0
			for i := range layers {
				volume += layers[i].Area() * thick
				open += layers[i].Open
			}
			if math.Abs(volume-r.Volume) > 0.002*r.Volume {
				t.Errorf("the layers hold %v mm³, the part %v", volume, r.Volume)
			}
			if open != 0 {
				t.Errorf("%d chains are open", open)
			}
			fine := slice.At(split(m), slice.Heights(r.Min.Z, r.Max.Z, 1))
			for i, l := range slice.At(m, slice.Heights(r.Min.Z, r.Max.Z, 1)) {
				if a, b := l.Area(), fine[i].Area(); math.Abs(a-b) > 1e-4*(1+a) || l.Islands() != fine[i].Islands() {
					t.Errorf("at %v the area is %v and %v when the surface is cut finely; islands %d, %d", l.Z, a, b, l.Islands(), fine[i].Islands())
				}
			}
		})
	}
}

func BenchmarkAt(b *testing.B) {
	for _, name := range []string{"gen/benchy.stl", "gen/armadillo_86k.stl"} {
		b.Run(name, func(b *testing.B) {
			m := readPart(b, name)
			r := mesh.Measure(m)
			for b.Loop() {
				slice.At(m, slice.Heights(r.Min.Z, r.Max.Z, 0.2))
			}
		})
	}
}

// What a height crosses is what has a side there; points at it count as above.
func TestCrossed(t *testing.T) {
	m := cuboid(10, 20, 30)
	for i, n := range slice.Crossed(m, []float64{-1, 0, 15, 30, 31}) {
		if want := []int{0, 0, 8, 8, 0}[i]; n != want {
			t.Errorf("height %d: %d faces, want %d", i, n, want)
		}
	}
	if n := slice.Crossed(m, nil); len(n) != 0 {
		t.Error(n)
	}
}
