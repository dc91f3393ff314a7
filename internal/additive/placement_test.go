package additive

import (
	"math"
	"testing"

	"bassin/internal/mesh"
	"bassin/internal/park"
	"bassin/internal/web"
)

// mushroom is a hat of 40 × 40 × 10 on a stem of 10 × 10 × 30, in one piece of two bodies that touch.
func mushroom() *mesh.Mesh {
	m := &mesh.Mesh{}
	for _, b := range [][2]mesh.Vec{{{X: 15, Y: 15}, {X: 25, Y: 25, Z: 30}}, {{Z: 30}, {X: 40, Y: 40, Z: 40}}} {
		first := uint32(len(m.Points))
		for i := range 8 {
			at := [2]mesh.Vec(b)
			m.Points = append(m.Points, mesh.Vec{X: at[i&1].X, Y: at[i>>1&1].Y, Z: at[i>>2].Z})
		}
		for _, q := range [][4]uint32{{0, 2, 3, 1}, {4, 5, 7, 6}, {0, 1, 5, 4}, {1, 3, 7, 5}, {3, 2, 6, 7}, {2, 0, 4, 6}} {
			m.Triangles = append(m.Triangles, [3]uint32{first + q[0], first + q[1], first + q[2]}, [3]uint32{first + q[0], first + q[2], first + q[3]})
		}
	}
	return m
}

// A part is laid the same whatever the unit of its file; figures are kept in that.
func TestPlacementsOf(t *testing.T) {
	for _, c := range []struct {
		name string
		unit mesh.Unit
	}{{"millimetres", mesh.Millimetre}, {"inches", mesh.Inch}} {
		t.Run(c.name, func(t *testing.T) {
			m := mushroom()
			f := c.unit.Millimetres()
			for i := range m.Points {
				m.Points[i] = m.Points[i].Times(1 / f)
			}
			r := mesh.CheckWelded(m)
			list := placementsOf(m, &r, c.unit)
			if len(list) < 2 || list[0].Up != (Point{0, 0, -1}) || !list[0].Stands {
				t.Fatalf("placements %+v", list)
			}
			best := list[0].scaled(f)
			if math.Abs(best.Size[2]-40) > 1e-6 || math.Abs(best.Bed-1600) > 1e-3 || best.Support != 0 || best.Raft != 0 {
				t.Errorf("the best is %+v", best)
			}
			for _, p := range list {
				if p := p.scaled(f); p.AsFile() && math.Abs(p.Support-1500*30) > 0.03*45000 {
					t.Errorf("as in the file it needs %v mm³ of support, want 45,000", p.Support)
				}
			}
		})
	}
	open := mushroom()
	open.Triangles = open.Triangles[1:]
	r := mesh.CheckWelded(open)
	if list := placementsOf(open, &r, mesh.Millimetre); list != nil {
		t.Errorf("an open mesh has placements: %+v", list)
	}
}

func TestTimeShare(t *testing.T) {
	flat, upright := Placement{Size: Point{40, 40, 10}}, Placement{Size: Point{40, 10, 40}, Support: 1000}
	for _, c := range []struct {
		process park.Process
		laid    bool
		want    float64
	}{
		{park.FDM, true, (0.3*16000 + 7*40 + 0.06*1000) / (0.3*16000 + 7*10)},
		{park.MSLA, true, 4},
		{park.LPBF, true, (0.21*16000 + 670*40 + 0.08*1000) / (0.21*16000 + 670*10)},
		{park.SLS, false, 0},
		{park.MJF, false, 0},
	} {
		rates, ok := layingRates(c.process)
		if ok != c.laid {
			t.Errorf("%s lays parts on a plate: %v", c.process, ok)
		}
		if got := upright.timeShare(rates, 16000, flat); ok && math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: upright takes %v of the time, want %v", c.process, got, c.want)
		}
	}
}

func TestPlacementTitle(t *testing.T) {
	v := web.NewView("en")
	for _, c := range []struct {
		up   Point
		want string
	}{
		{Point{0, 0, 1}, "As in the file"},
		{Point{0, 0, -1}, "Upside down"},
		{Point{1, 0, 0}, "On its side −X"},
		{Point{0, -1, 0}, "On its side +Y"},
		{Point{0, 0.6, 0.8}, "Tilted by 37°"},
	} {
		if got := (Placement{Up: c.up}).title(v); got != c.want {
			t.Errorf("up %v: %q, want %q", c.up, got, c.want)
		}
	}
}

// A dome lies on its flat side; that it could stand on one of the facets of its round side is told to nobody.
func TestPlacementsLie(t *testing.T) {
	const round, steps = 24, 6
	m := &mesh.Mesh{Points: []mesh.Vec{{Z: -20}}} // its tip down
	for i := 1; i <= steps; i++ {
		for k := range round {
			polar, around := float64(i)*math.Pi/2/steps, float64(k)*2*math.Pi/round
			m.Points = append(m.Points, mesh.Vec{X: 20 * math.Sin(polar) * math.Cos(around), Y: 20 * math.Sin(polar) * math.Sin(around), Z: -20 * math.Cos(polar)})
		}
	}
	at := func(i, k int) uint32 { return uint32(1 + (i-1)*round + k%round) }
	for k := range round {
		m.Triangles = append(m.Triangles, [3]uint32{0, at(1, k+1), at(1, k)})
		for i := 1; i < steps; i++ {
			m.Triangles = append(m.Triangles, [3]uint32{at(i, k), at(i, k+1), at(i+1, k+1)}, [3]uint32{at(i, k), at(i+1, k+1), at(i+1, k)})
		}
		if k > 1 {
			m.Triangles = append(m.Triangles, [3]uint32{at(steps, 0), at(steps, k-1), at(steps, k)})
		}
	}
	r := mesh.CheckWelded(m)
	list := placementsOf(m, &r, mesh.Millimetre)
	if len(list) != 2 || list[0].Up != (Point{0, 0, -1}) || !list[1].AsFile() {
		t.Errorf("placements %+v of %+v", list, r)
	}
}
