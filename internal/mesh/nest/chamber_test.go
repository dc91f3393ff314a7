package nest

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"testing"
	"time"

	"bassin/internal/cputest"
	"bassin/internal/mesh"
	"bassin/internal/mesh/format"
)

// mixed are the closed parts of 20 to 180 mm in the folders stl and obj of the sample files, and three of 3mf: 25 kinds,
// two of each.
var mixed = []string{
	"stl/cura_testModel.stl", "stl/i3_extruder-body.stl", "stl/i3_x-end-motor.stl", "stl/ps_ascii_CR.stl", "stl/ps_ascii_CRLF.stl",
	"stl/thingi_112932.stl", "stl/thingi_1514499.stl", "stl/thingi_520644.stl", "stl/thingi_58011.stl", "stl/thingi_65004.stl",
	"stl/thingi_79741.stl", "stl/thingi_88566.stl", "stl/thingi_908460.stl", "stl/thingi_99865.stl", "stl/tweaker_death_star.stl",
	"stl/voron_MiniSB_Bowden_ECAS04.stl", "stl/voron_foot_rear_right.stl", "stl/voron_rear_skirt_multibody.stl",
	"obj/ps_bridge.obj", "obj/ps_cube_with_hole.obj", "obj/ps_extruder_idler.obj", "obj/ps_overhang.obj",
	"3mf/creativetools_3DBenchy.3mf", "3mf/3mfc_heartgears.3mf", "3mf/3mfc_spinal_implant.3mf",
}

func mixedBuild(t testing.TB) []Body {
	var bodies []Body
	for _, name := range mixed {
		f, err := os.Open(filepath.Join(shared, "parts", name))
		if err != nil {
			t.Skip("no sample files beside the repository")
		}
		info, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		m, err := format.Read(f, info.Size(), filepath.Base(name), mesh.DefaultLimits)
		f.Close()
		if err != nil {
			t.Fatal(name, err)
		}
		bodies = append(bodies, Body{Mesh: mesh.Weld(m.InMillimetres()), Count: 2, Turn: Anyhow})
	}
	return bodies
}

// TestMixedBuild packs 50 parts into a chamber of 200 × 250 × 330 mm, 2 mm apart: for little work, or for so many seconds when
// BASSIN_NEST_SECONDS says so.
func TestMixedBuild(t *testing.T) {
	bodies := mixedBuild(t)
	room := Chamber{200, 250, 330}
	o := ChamberOptions{Spacing: 2, Seed: 1, Work: 50, CellMM: 2.5}
	floor := 0.15
	ctx := t.Context()
	if seconds, _ := strconv.ParseFloat(os.Getenv("BASSIN_NEST_SECONDS"), 64); seconds > 0 {
		var cancel func()
		ctx, cancel = context.WithTimeout(ctx, time.Duration(seconds*float64(time.Second)))
		defer cancel()
		o.Work, floor = 0, 0.20
		o.CellMM, _ = strconv.ParseFloat(os.Getenv("BASSIN_NEST_CELL"), 64)
	}
	began := cputest.Used(t)
	r, err := Chambers(ctx, bodies, room, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("filling %.1f %% to a height of %.1f mm, cells of %.2f mm, %d attempts, %.1f s of processors", 100*r.Filling[0], r.Heights[0], r.CellMM, r.Work, (cputest.Used(t) - began).Seconds())
	if r.Chambers != 1 || len(r.Placements) != 50 || r.Filling[0] < floor {
		t.Errorf("%d chambers, %d placements, filling %.3f; wanted 1, 50, at least %.2f", r.Chambers, len(r.Placements), r.Filling[0], floor)
	}
	apart(t, bodies, &r, room)
}

// apart draws all parts at their places in finer cells, all that each reaches: no two may be in one.
func apart(t *testing.T, bodies []Body, r *ChamberResult, room Chamber) {
	t.Helper()
	const fine = 0.8
	for chamber := range r.Chambers {
		nx, ny, nz := int(room.X/fine)+1, int(room.Y/fine)+1, int(r.Heights[chamber]/fine)+2
		owner := make([]int16, nx*ny*nz)
		for n, p := range r.Placements {
			if p.Chamber != chamber {
				continue
			}
			b := bodies[p.Part].Mesh
			m := &mesh.Mesh{Points: make([]mesh.Vec, len(b.Points)), Triangles: b.Triangles}
			least, most := mesh.Vec{X: math.Inf(1), Y: math.Inf(1), Z: math.Inf(1)}, mesh.Vec{}
			for i, q := range b.Points {
				q = p.Place.Apply(q)
				least = mesh.Vec{X: min(least.X, q.X), Y: min(least.Y, q.Y), Z: min(least.Z, q.Z)}
				most = mesh.Vec{X: max(most.X, q.X), Y: max(most.Y, q.Y), Z: max(most.Z, q.Z)}
				m.Points[i] = q.Times(1 / fine)
			}
			if min(least.X, least.Y, least.Z) < -1e-6 || most.X > room.X+1e-6 || most.Y > room.Y+1e-6 || most.Z > r.Heights[chamber]+1e-6 {
				t.Errorf("placement %d reaches out of the chamber: %v to %v", n, least, most)
				continue
			}
			if d := p.Place.Det(); math.Abs(d-1) > 1e-9 {
				t.Errorf("placement %d: determinant %v", n, d)
			}
			x0, y0, z0 := int(least.X/fine), int(least.Y/fine), int(least.Z/fine)
			for i := range m.Points {
				m.Points[i] = m.Points[i].Sub(mesh.Vec{X: float64(x0), Y: float64(y0), Z: float64(z0)})
			}
			g := gridOf(m, int(most.X/fine)-x0+1, int(most.Y/fine)-y0+1, int(most.Z/fine)-z0+1)
			for z := range g.nz {
				for y := range g.ny {
					for x := range g.nx {
						if !g.full[g.at(x, y, z)] {
							continue
						}
						o := &owner[((z+z0)*ny+y+y0)*nx+x+x0]
						if *o != 0 {
							t.Fatalf("parts %d and %d are in one cell of %.1f mm", *o-1, n, fine)
						}
						*o = int16(n + 1)
					}
				}
			}
		}
	}
}

// cuboid is a closed box of a size, a corner at the origin.
func cuboid(x, y, z float64) *mesh.Mesh {
	m := &mesh.Mesh{}
	for i := range 8 {
		m.Points = append(m.Points, mesh.Vec{X: x * float64(i&1), Y: y * float64(i>>1&1), Z: z * float64(i>>2)})
	}
	m.Triangles = [][3]uint32{{0, 2, 1}, {1, 2, 3}, {4, 5, 6}, {5, 7, 6}, {0, 1, 4}, {1, 5, 4}, {2, 6, 3}, {3, 6, 7}, {0, 4, 2}, {2, 4, 6}, {1, 3, 5}, {3, 7, 5}}
	return m
}

// joined is several meshes as one.
func joined(list ...*mesh.Mesh) *mesh.Mesh {
	m := &mesh.Model{}
	for _, o := range list {
		m.Objects = append(m.Objects, mesh.Object{Mesh: o, Place: mesh.Identity})
	}
	return m.Whole()
}

func moved(m *mesh.Mesh, x, y, z float64) *mesh.Mesh {
	place := mesh.Identity
	place[9], place[10], place[11] = x, y, z
	return (&mesh.Model{Objects: []mesh.Object{{Mesh: m, Place: place}}}).Whole()
}

// boxesOf are the boxes of what is placed.
func boxesOf(bodies []Body, r *ChamberResult) [][2]mesh.Vec {
	var list [][2]mesh.Vec
	for _, p := range r.Placements {
		least, most := mesh.Vec{X: math.Inf(1), Y: math.Inf(1), Z: math.Inf(1)}, mesh.Vec{X: math.Inf(-1), Y: math.Inf(-1), Z: math.Inf(-1)}
		for _, q := range bodies[p.Part].Mesh.Points {
			q = p.Place.Apply(q)
			least = mesh.Vec{X: min(least.X, q.X), Y: min(least.Y, q.Y), Z: min(least.Z, q.Z)}
			most = mesh.Vec{X: max(most.X, q.X), Y: max(most.Y, q.Y), Z: max(most.Z, q.Z)}
		}
		list = append(list, [2]mesh.Vec{least, most})
	}
	return list
}

func TestSpacingInChamber(t *testing.T) {
	for _, turn := range []Turn{AsItLies, AboutVertical, Anyhow} {
		bodies := []Body{
			{cuboid(30, 20, 10), 8, turn}, {cuboid(12.3, 7.7, 41), 6, turn}, {moved(cuboid(5, 5, 5), -100, 3, 7), 20, turn}, {cuboid(55, 3, 3), 9, turn},
		}
		room := Chamber{70, 80, 90}
		for _, spacing := range []float64{0, 0.7, 3} {
			r, err := Chambers(t.Context(), bodies, room, ChamberOptions{Spacing: spacing, Margin: 2, CellMM: 1, Work: 120})
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Placements) != 43 || len(r.Left) != 0 {
				t.Fatalf("%d placed, left %v; wanted all 43", len(r.Placements), r.Left)
			}
			boxes := boxesOf(bodies, &r)
			for i, b := range boxes {
				if min(b[0].X, b[0].Y, b[0].Z) < 2-1e-9 || b[1].X > 68+1e-9 || b[1].Y > 78+1e-9 || b[1].Z > 88+1e-9 {
					t.Errorf("turn %d: %v is nearer than 2 mm to the chamber", turn, b)
				}
				for k := range i {
					c := boxes[k]
					gap := mesh.Vec{X: max(0, b[0].X-c[1].X, c[0].X-b[1].X), Y: max(0, b[0].Y-c[1].Y, c[0].Y-b[1].Y), Z: max(0, b[0].Z-c[1].Z, c[0].Z-b[1].Z)}
					if r.Placements[i].Chamber == r.Placements[k].Chamber && gap.Len() < spacing-1e-9 {
						t.Errorf("turn %d: %v and %v are %.3f mm apart, wanted %.3f", turn, b, c, gap.Len(), spacing)
					}
				}
			}
		}
	}
}

// A part stands in another that is open, but never within one that is closed.
func TestInsideOfOthers(t *testing.T) {
	tub := joined(cuboid(40, 40, 3), moved(cuboid(3, 40, 37), 0, 0, 3), moved(cuboid(3, 40, 37), 37, 0, 3), moved(cuboid(34, 3, 37), 3, 0, 3), moved(cuboid(34, 3, 37), 3, 37, 3))
	closed := joined(tub, moved(cuboid(40, 40, 3), 0, 0, 40))
	for _, c := range []struct {
		name   string
		outer  *mesh.Mesh
		height float64
	}{{"open", tub, 40}, {"closed", closed, 73}} {
		bodies := []Body{{c.outer, 1, AsItLies}, {cuboid(20, 20, 29), 1, AsItLies}}
		r, err := Chambers(t.Context(), bodies, Chamber{40, 40, 100}, ChamberOptions{Spacing: 1, CellMM: 1, Work: 2})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Heights) != 1 || math.Abs(r.Heights[0]-c.height) > 1e-9 {
			t.Errorf("%s: heights %v, wanted %v", c.name, r.Heights, c.height)
		}
		apart(t, bodies, &r, Chamber{40, 40, 100})
	}
}

func TestSeveralChambers(t *testing.T) {
	bodies := []Body{{cuboid(50, 50, 50), 3, Anyhow}, {cuboid(200, 1, 1), 1, Anyhow}}
	r, err := Chambers(t.Context(), bodies, Chamber{60, 60, 60}, ChamberOptions{Chambers: 2})
	if err != nil {
		t.Fatal(err)
	}
	want := []Left{{1, 0, TooLarge}, {0, 2, NoRoom}}
	if r.Chambers != 2 || len(r.Left) != 2 || r.Left[0] != want[0] || r.Left[1] != want[1] {
		t.Errorf("%d chambers, left %v; wanted 2, %v", r.Chambers, r.Left, want)
	}
}

// The same work and seed give the same outcome, whatever processors do meanwhile.
func TestChambersSameAgain(t *testing.T) {
	bodies := []Body{{cuboid(30, 20, 10), 8, Anyhow}, {cuboid(12, 7, 41), 6, Anyhow}, {cuboid(5, 5, 5), 20, AboutVertical}}
	o := ChamberOptions{Spacing: 1, Seed: 5, Work: 300}
	a, err := Chambers(t.Context(), bodies, Chamber{60, 60, 60}, o)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Chambers(t.Context(), bodies, Chamber{60, 60, 60}, o)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) {
		t.Errorf("%v and %v", a.Heights, b.Heights)
	}
}
