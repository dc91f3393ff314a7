package fdm

import (
	"math"
	"strings"
	"testing"

	"bassin/internal/mesh"
	"bassin/internal/mesh/clip"
	"bassin/internal/mesh/slice"
)

// ordinary is a machine for tests: round numbers.
func ordinary() Profile {
	return Profile{
		LayerHeight: 0.2, FirstLayerHeight: 0.2, Nozzle: 0.4, ExternalWidth: 0.45, PerimeterWidth: 0.45, SolidWidth: 0.45, SparseWidth: 0.45,
		TopWidth: 0.45, FirstWidth: 0.45, Perimeters: 2, TopLayers: 5, BottomLayers: 4, Density: 0.2, Overlap: 0.25,
		ExternalSpeed: 30, PerimeterSpeed: 50, SmallSpeed: 30, SolidSpeed: 80, SparseSpeed: 80, TopSpeed: 40, BridgeSpeed: 30, GapSpeed: 40, FirstSpeed: 20, TravelSpeed: 150,
		PerimeterAccel: 1000, InfillAccel: 1000, FirstAccel: 1000, BridgeAccel: 1000, TravelAccel: 1000, MaxAccel: 1000, Jerk: 10, ZJerk: 0.4, ZSpeed: 12, ZAccel: 200,
		RetractLength: 0.8, RetractSpeed: 35, RetractAccel: 1000, RetractJerk: 5, RetractBefore: 1, FilamentDiameter: 1.75, DensityGCM3: 1.25, BridgeRatio: 1,
	}
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

func TestOf(t *testing.T) {
	full := ordinary()
	full.Density = 1
	slow := ordinary()
	slow.LeastLayerSeconds, slow.LeastSpeed = 30, 1
	for _, c := range []struct {
		name        string
		p           Profile
		size        mesh.Vec
		layers      int
		least, most float64 // volume, as part of the part's
		seconds     float64 // at least
	}{
		{"full", full, mesh.Vec{X: 30, Y: 20, Z: 10}, 50, 0.97, 1.02, 6000 / 0.0815 / 80},
		{"hollow", ordinary(), mesh.Vec{X: 40, Y: 40, Z: 20}, 100, 0.29, 0.40, 0},
		{"thin plate, all solid", ordinary(), mesh.Vec{X: 30, Y: 30, Z: 1.8}, 9, 0.97, 1.02, 0},
		{"cooled", slow, mesh.Vec{X: 5, Y: 5, Z: 4}, 20, 0.8, 0.9, 20 * 30},
		{"wall of one bead", ordinary(), mesh.Vec{X: 30, Y: 0.45, Z: 4}, 20, 0.8, 1.05, 0},
		{"nothing", ordinary(), mesh.Vec{}, 0, 0, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := Of(cuboid(c.size.X, c.size.Y, c.size.Z), c.p)
			volume := c.size.X * c.size.Y * c.size.Z
			if e.Layers != c.layers || e.VolumeMM3 < c.least*volume || e.VolumeMM3 > c.most*volume || e.Seconds < c.seconds {
				t.Errorf("%d layers, %v of %v mm³, %v s", e.Layers, e.VolumeMM3, volume, e.Seconds)
			}
			if want := e.VolumeMM3 / 1000 * 1.25; math.Abs(e.Grams-want) > 1e-9 {
				t.Errorf("%v g, want %v", e.Grams, want)
			}
		})
	}
}

// A straight way is a trapezoid from the jerk and back to it; round a corner no axis changes more than the jerk at once.
func TestPlanner(t *testing.T) {
	pl := planner{jerk: 10}
	for _, c := range []struct {
		name   string
		points []point
		want   float64
	}{
		{"straight", []point{{0, 0}, {100, 0}}, 2*0.09 + (100-9.9)/100},
		{"straight in pieces", []point{{0, 0}, {30, 0}, {31, 0}, {100, 0}}, 2*0.09 + (100-9.9)/100},
		{"too short for full speed", []point{{0, 0}, {3, 0}}, 2 * (math.Sqrt(3000+100) - 10) / 1000},
		{"corner", []point{{0, 0}, {100, 0}, {100, 100}}, 2 * (2*0.09 + (100-9.9)/100)},
		{"back", []point{{0, 0}, {100, 0}, {0, 0}}, 2 * (2*0.09 + (100-9.9)/100)},
		{"nowhere", []point{{1, 1}, {1, 1}}, 0},
	} {
		if got := pl.seconds(&path{points: c.points, accel: 1000}, 100); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s takes %v s, want %v", c.name, got, c.want)
		}
	}
}

func rectangle(x, y, width, height float64) clip.Polygon {
	u := slice.Unit
	return clip.Polygon{{X: u(x), Y: u(y)}, {X: u(x + width), Y: u(y)}, {X: u(x + width), Y: u(y + height)}, {X: u(x), Y: u(y + height)}}
}

// drawnOf draws polygons within a square of 200 mm.
func drawnOf(list set) (*grid, drawn) {
	g := gridOf(mesh.Vec{}, mesh.Vec{X: 200, Y: 200})
	b := g.empty()
	new(drawer).draw(&g, b, list)
	return &g, b
}

func TestFill(t *testing.T) {
	g, ring := drawnOf(clip.Difference(set{rectangle(0, 0, 30, 20)}, set{rectangle(10, 5, 10, 10)}))
	for _, angle := range []float64{0, math.Pi / 4, -math.Pi / 4, math.Pi / 2, 1, -1.2, 0.3} {
		inside := 0.0
		for _, c := range g.fill(ring, 0.49, angle, 2) {
			for k := 0; k+1 < len(c); k += 2 { // the others join lines
				inside += c[k].to(c[k+1])
			}
		}
		if math.Abs(inside*0.49-500) > 12 {
			t.Errorf("lines at %v cover %v mm², want 500", angle, inside*0.49)
		}
	}
	g, whole := drawnOf(set{rectangle(0, 0, 30, 20)})
	if c := g.fill(whole, 0.5, 0.3, 2); len(c) != 1 {
		t.Errorf("a rectangle is filled in %d chains, want one", len(c))
	}
}

// Gyroids of any height hold what their density says, to a tenth: in the mean they are calibrated to.
func TestGyroid(t *testing.T) {
	sum, n := 0.0, 0
	for z := 0.1; z < 14; z += 0.2 {
		length := 0.0
		g, whole := drawnOf(set{rectangle(0, 0, 200, 200)})
		for _, c := range g.gyroid(whole, 0.4, 0.2, z) {
			length += (&path{points: c}).length()
		}
		sum, n = sum+length*0.4/40000, n+1
	}
	if got := sum / float64(n); math.Abs(got-0.2) > 0.02 {
		t.Errorf("the gyroid of 0.2 holds %v", got)
	}
}

func TestReadProfile(t *testing.T) {
	_, err := ReadProfile(strings.NewReader("layer_height = 0.2\nfill_density = 0%\n# a line\nperimeter_speed = fast\n"))
	if err == nil || !strings.Contains(err.Error(), "perimeter_speed") || !strings.Contains(err.Error(), "nozzle_diameter") || strings.Contains(err.Error(), "fill_density") {
		t.Errorf("the profile is wrong by %v; want what is missing named", err)
	}
	p := readProfile(t)
	if p.LayerHeight != 0.2 || p.Density != 0.15 || p.Perimeters != 2 || p.TopSpeed != 40 || p.FirstWidth != 0.42 || p.Jerk != 8 || p.DensityGCM3 != 1.24 || len(p.Unheeded) != 0 {
		t.Errorf("the profile is read as %+v", p)
	}
}
