package orient

import (
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"bassin/internal/mesh"
)

// block adds a cuboid to a mesh, from one corner to the other.
func block(m *mesh.Mesh, x0, y0, z0, x1, y1, z1 float64) *mesh.Mesh {
	first := uint32(len(m.Points))
	for i := range 8 {
		pick := func(bit int, a, b float64) float64 {
			if i>>bit&1 == 1 {
				return b
			}
			return a
		}
		m.Points = append(m.Points, mesh.Vec{X: pick(0, x0, x1), Y: pick(1, y0, y1), Z: pick(2, z0, z1)})
	}
	for _, q := range [][4]uint32{{0, 2, 3, 1}, {4, 5, 7, 6}, {0, 1, 5, 4}, {1, 3, 7, 5}, {3, 2, 6, 7}, {2, 0, 4, 6}} {
		m.Triangles = append(m.Triangles, [3]uint32{first + q[0], first + q[1], first + q[2]}, [3]uint32{first + q[0], first + q[2], first + q[3]})
	}
	return m
}

// table is a plate on four legs: its top is under the legs when it lies best.
func table() *mesh.Mesh {
	m := block(&mesh.Mesh{}, 0, 0, 30, 60, 40, 34)
	for _, at := range [][2]float64{{0, 0}, {55, 0}, {0, 35}, {55, 35}} {
		block(m, at[0], at[1], 0, at[0]+5, at[1]+5, 30)
	}
	return m
}

// lean turns a mesh about Y.
func lean(m *mesh.Mesh, degrees float64) *mesh.Mesh {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	turned := &mesh.Mesh{Triangles: m.Triangles}
	for _, p := range m.Points {
		turned.Points = append(turned.Points, mesh.Vec{X: cos*p.X + sin*p.Z, Y: p.Y, Z: cos*p.Z - sin*p.X})
	}
	return turned
}

func near(a, b, by float64) bool { return math.Abs(a-b) <= by }

// What a placement measures, by hand.
func TestMeasures(t *testing.T) {
	spool := block(block(block(&mesh.Mesh{}, 0, 0, 0, 40, 40, 5), 15, 15, 5, 25, 25, 25), 0, 0, 25, 40, 40, 30)
	for _, c := range []struct {
		name                                     string
		mesh                                     *mesh.Mesh
		up                                       mesh.Vec
		height, bed, overhang, contact, supports float64
	}{
		{"table on its legs", table(), mesh.Vec{Z: 1}, 34, 100, 2400, 2400, (2400 - 100) * 30},
		{"table on its top", table(), mesh.Vec{Z: -1}, 34, 2400, 0, 0, 0},
		{"spool: it stands on itself", spool, mesh.Vec{Z: 1}, 30, 1600, 1600, 3100, 1500 * 20},
		{"cuboid", block(&mesh.Mesh{}, 5, 5, 5, 15, 25, 35), mesh.Vec{X: 1}, 10, 600, 0, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := prepare(c.mesh, FDM)
			q := p.rough(c.up)
			p.columns(&q)
			// Blocks stand on each other with faces that touch: what is between is counted with the part.
			if !near(q.Size.Z, c.height, 1e-9) || !near(q.Bed, c.bed, 1e-6) || q.Overhang < c.overhang-101 || q.Overhang > c.overhang+101 ||
				!near(q.Contact, c.contact, 0.04*c.contact+101) || !near(q.Support, c.supports, 0.02*c.supports) {
				t.Errorf("height %v, bed %v, overhang %v, contact %v, support %v", q.Size.Z, q.Bed, q.Overhang, q.Contact, q.Support)
			}
		})
	}
}

func TestBest(t *testing.T) {
	tower := block(&mesh.Mesh{}, 0, 0, 0, 10, 10, 80)
	leaning := lean(tower, 37)
	for _, c := range []struct {
		name   string
		mesh   *mesh.Mesh
		up     mesh.Vec
		height float64
	}{
		{"table", table(), mesh.Vec{Z: -1}, 34},
		{"tower", tower, mesh.Vec{}, 10},
		{"leaning tower", leaning, mesh.Vec{}, 10},
		{"table that leans by a degree", lean(table(), 1), lean(&mesh.Mesh{Points: []mesh.Vec{{Z: -1}}}, 1).Points[0], 34},
	} {
		t.Run(c.name, func(t *testing.T) {
			list := Best(c.mesh, FDM, 3)
			if len(list) < 2 || !near(list[0].Size.Z, c.height, 1e-6) || c.up != (mesh.Vec{}) && list[0].Up.Sub(c.up).Len() > 1e-6 {
				t.Fatalf("%d placements, the best is %+v", len(list), list[0])
			}
			asFile := false
			for i, q := range list {
				asFile = asFile || q.Up == mesh.Vec{Z: 1}
				if i > 0 && q.Cost < list[i-1].Cost && q.Up != (mesh.Vec{Z: 1}) {
					t.Errorf("placement %d costs less than the one before", i)
				}
				if i > 0 && q.like(&list[i-1]) {
					t.Errorf("placements %d and %d are alike", i-1, i)
				}
				low := math.Inf(1)
				for _, p := range c.mesh.Points {
					v := q.Turn.Apply(p)
					low = min(low, v.X, v.Y, v.Z)
				}
				if !near(low, 0, 1e-9) || !near(q.Turn.Det(), 1, 1e-9) {
					t.Errorf("placement %d is turned by %v: the lowest is %v, the determinant %v", i, q.Turn, low, q.Turn.Det())
				}
			}
			if !asFile {
				t.Error("the placement of the file is missing")
			}
		})
	}
}

// What stands in the file does not matter: a part turned at random costs the same at best.
func TestTurned(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	want := Best(table(), FDM, 1)[0]
	for range 20 {
		up := mesh.Vec{X: r.NormFloat64(), Y: r.NormFloat64(), Z: r.NormFloat64()}
		x, y := across(up.Times(1 / up.Len()))
		z := x.Cross(y)
		m := table()
		for i, p := range m.Points {
			m.Points[i] = x.Times(p.X).Add(y.Times(p.Y)).Add(z.Times(p.Z)).Add(up)
		}
		if got := Best(m, FDM, 1)[0]; !near(got.Cost, want.Cost, 1e-6*want.Cost) {
			t.Errorf("turned it costs %v, want %v", got.Cost, want.Cost)
		}
	}
}

func TestStands(t *testing.T) {
	for _, c := range []struct {
		name string
		feet []mesh.Vec
		want bool
	}{
		{"three around", []mesh.Vec{{X: 1}, {X: -1, Y: 1}, {X: -1, Y: -1}}, true},
		{"three beside", []mesh.Vec{{X: 1}, {X: 2, Y: 1}, {X: 2, Y: -1}}, false},
		{"on an edge", []mesh.Vec{{X: 1}, {X: -1}, {Y: 1}}, false},
		{"a line", []mesh.Vec{{X: 1}, {X: -1}}, false},
		{"nothing", nil, false},
	} {
		if got := within(c.feet, 0, 0); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if Best(&mesh.Mesh{}, FDM, 3) != nil {
		t.Error("nothing has placements")
	}
}

// Faces that lie upon each other by the thousand take no memory for each cell of each.
func TestFacesUponEachOther(t *testing.T) {
	one, many := block(&mesh.Mesh{}, 0, 0, 0, 30, 20, 10), &mesh.Mesh{}
	for range 5000 {
		block(many, 0, 0, 0, 30, 20, 10)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got := Best(many, FDM, 1)
	runtime.ReadMemStats(&after)
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 6<<30 {
		t.Errorf("%d MB for %d faces", taken>>20, len(many.Triangles))
	}
	if want := Best(one, FDM, 1); len(got) == 0 || !near(got[0].Size.Z, want[0].Size.Z, 1e-6) {
		t.Errorf("laid %+v, one lies %+v", got, want)
	}
}
