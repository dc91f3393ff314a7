package hull

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"bassin/internal/mesh"
)

func vec(x, y, z float64) mesh.Vec { return mesh.Vec{X: x, Y: y, Z: z} }

// turnedBy turns points by an angle about an axis.
func turnedBy(points []mesh.Vec, axis mesh.Vec, angle float64) []mesh.Vec {
	axis = axis.Times(1 / axis.Len())
	sin, cos := math.Sincos(angle)
	list := make([]mesh.Vec, len(points))
	for i, p := range points {
		list[i] = p.Times(cos).Add(axis.Cross(p).Times(sin)).Add(axis.Times(axis.Dot(p) * (1 - cos)))
	}
	return list
}

func cube() []mesh.Vec {
	var list []mesh.Vec
	for x := range 5 { // all points of a lattice: most lie on faces, edges or within
		for y := range 4 {
			for z := range 3 {
				list = append(list, vec(float64(x), float64(y), float64(z)))
			}
		}
	}
	return list
}

func TestOf(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name             string
		points           []mesh.Vec
		dimension        int
		corners, faces   int
		volume, area, by float64
	}{
		{"nothing", nil, -1, 0, 0, 0, 0, 0},
		{"not a number", []mesh.Vec{vec(nan, 0, 0)}, -1, 0, 0, 0, 0, 0},
		{"point", []mesh.Vec{vec(1, 2, 3), vec(1, 2, 3), vec(nan, 2, 3)}, 0, 1, 0, 0, 0, 0},
		{"rod", []mesh.Vec{vec(1, 1, 1), vec(3, 3, 3), vec(2, 2, 2), vec(1, 1, 1)}, 1, 2, 0, 0, 0, 0},
		{"plate", []mesh.Vec{vec(0, 0, 1), vec(4, 0, 1), vec(4, 3, 1), vec(0, 3, 1), vec(2, 1, 1), vec(2, 0, 1), vec(0, 0, 1)}, 2, 4, 4, 0, 24, 1e-12},
		{"upright plate", []mesh.Vec{vec(0, 1, 0), vec(4, 1, 0), vec(4, 1, 3), vec(0, 1, 3)}, 2, 4, 4, 0, 24, 1e-12},
		{"tetrahedron", []mesh.Vec{vec(0, 0, 0), vec(1, 0, 0), vec(0, 1, 0), vec(0, 0, 1)}, 3, 4, 4, 1. / 6, 1.5 + math.Sqrt(3)/2, 1e-12},
		{"lattice", cube(), 3, 8, 12, 24, 52, 1e-12},
		{"lattice, turned", turnedBy(cube(), vec(1, 2, 3), 1), 3, -1, -1, 24, 52, 1e-6},
		{"tiny", []mesh.Vec{vec(0, 0, 0), vec(1e-200, 0, 0), vec(0, 1e-200, 0), vec(0, 0, 1e-200)}, 3, 4, 4, 0, 0, 1e-300},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := Of(c.points)
			if h.Dimension != c.dimension || c.corners >= 0 && (len(h.Points) != c.corners || len(h.Faces) != c.faces) {
				t.Errorf("dimension %d, %d corners, %d faces; want %d, %d, %d", h.Dimension, len(h.Points), len(h.Faces), c.dimension, c.corners, c.faces)
			}
			if math.Abs(h.Volume()-c.volume) > c.by || math.Abs(h.Area()-c.area) > c.by {
				t.Errorf("volume %v, area %v; want %v, %v", h.Volume(), h.Area(), c.volume, c.area)
			}
		})
	}
}

// sets are random points of many kinds.
func sets(n int) map[string][]mesh.Vec {
	r := rand.New(rand.NewPCG(5, 6))
	all := map[string][]mesh.Vec{}
	for range n {
		c := r.Float64
		all["cube"] = append(all["cube"], vec(c(), c(), c()))
		p := vec(r.NormFloat64(), r.NormFloat64(), r.NormFloat64())
		all["ball"] = append(all["ball"], p)
		all["sphere"] = append(all["sphere"], p.Times(1/p.Len()))
		all["lattice"] = append(all["lattice"], vec(float64(r.IntN(5)), float64(r.IntN(5)), float64(r.IntN(5))))
		all["nearly flat"] = append(all["nearly flat"], vec(c(), c(), 1e-8*c()))
		a := 2 * math.Pi * c()
		all["cylinder"] = append(all["cylinder"], vec(math.Cos(a), math.Sin(a), float64(r.IntN(2))))
	}
	for _, k := range []string{"lattice", "cylinder", "cube"} {
		all[k+", turned"] = turnedBy(all[k], vec(1, -2, 0.5), 0.7)
	}
	return all
}

// A hull holds all points, turns left at no edge, is closed with Euler's number 2, and its volume is that of cones from its middle.
func TestHolds(t *testing.T) {
	for name, points := range sets(2000) {
		t.Run(name, func(t *testing.T) {
			h := Of(points)
			if h.Dimension != 3 {
				t.Fatalf("dimension %d", h.Dimension)
			}
			r := mesh.CheckWelded(&mesh.Mesh{Points: h.Points, Triangles: h.Faces})
			if !r.Watertight() || !r.Manifold() || r.Euler != 2 || r.MisorientedEdges != 0 {
				t.Errorf("the hull is no closed body: %d open, %d non-manifold, %d misoriented edges, Euler %d", r.OpenEdges, r.NonmanifoldEdges, r.MisorientedEdges, r.Euler)
			}
			for _, f := range h.Faces {
				a := h.Points[f[0]]
				n := h.Points[f[1]].Sub(a).Cross(h.Points[f[2]].Sub(a))
				for _, p := range points {
					if d := n.Dot(p.Sub(a)); d > 1e-7*math.Max(n.Len(), 1e-2) {
						t.Fatalf("the point %v lies %v above a face", p, d/n.Len())
					}
				}
			}
		})
	}
}

// Of few points the faces are those triangles with all points on one side, found by trying all.
func TestAgainstAll(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for round := range 200 {
		var points []mesh.Vec
		for range 4 + r.IntN(9) {
			if round%2 == 0 {
				points = append(points, vec(r.Float64(), r.Float64(), r.Float64()))
			} else {
				points = append(points, vec(float64(r.IntN(3)), float64(r.IntN(3)), float64(r.IntN(3))))
			}
		}
		want := 0.0 // the area: each plane with points on one side alone, once, by its own hull
		seen := map[[4]float64]bool{}
		for i := range points {
			for j := range i {
				for k := range j {
					n := points[j].Sub(points[i]).Cross(points[k].Sub(points[i]))
					if n.Len() == 0 {
						continue
					}
					n = n.Times(1 / n.Len())
					above, below := false, false
					var on []mesh.Vec
					for _, p := range points {
						switch d := n.Dot(p.Sub(points[i])); {
						case d > 1e-9:
							above = true
						case d < -1e-9:
							below = true
						default:
							on = append(on, p)
						}
					}
					if above && below {
						continue
					}
					if above {
						n = n.Times(-1)
					}
					round := func(v float64) float64 { return math.Round(v*1e6)/1e6 + 0 }
					id := [4]float64{round(n.X), round(n.Y), round(n.Z), round(n.Dot(points[i]))}
					if seen[id] {
						continue
					}
					seen[id] = true
					h := Of(on)
					want += h.Area() / 2
					if !above && !below { // all lie in the plane
						want = h.Area()
					}
				}
			}
		}
		h := Of(points)
		if math.Abs(h.Area()-want) > 1e-6 {
			t.Fatalf("the hull of %v has the area %v, want %v", points, h.Area(), want)
		}
	}
}

// The box holds all points, and is nowhere more than 3 % larger than the smallest of many turned at random and refined.
func TestBox(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for name, points := range sets(60) {
		t.Run(name, func(t *testing.T) {
			h := Of(points)
			b := h.Box()
			for _, p := range points {
				d := p.Sub(b.Centre)
				for k, a := range b.Axes {
					if math.Abs(d.Dot(a)) > b.Size[k]/2+1e-9 {
						t.Fatalf("the point %v is %v out", p, math.Abs(d.Dot(a))-b.Size[k]/2)
					}
				}
			}
			if x := b.Axes[0].Cross(b.Axes[1]).Sub(b.Axes[2]).Len(); x > 1e-9 || !slices.IsSortedFunc(b.Size[:], func(a, b float64) int { return cmp.Compare(b, a) }) {
				t.Errorf("axes %v, sizes %v", b.Axes, b.Size)
			}
			least := math.Inf(1)
			for range 3000 {
				v := boxAlong(h.Points, vec(r.NormFloat64(), r.NormFloat64(), r.NormFloat64()))
				if v.Volume() < least {
					v = refined(h.Points, v)
					least = v.Volume()
				}
			}
			t.Logf("%.6g, %.4f of the smallest found at random", b.Volume(), b.Volume()/least)
			if b.Volume() > 1.03*least {
				t.Errorf("the box has %v, one found at random %v", b.Volume(), least)
			}
		})
	}
}

func TestBoxOfCuboid(t *testing.T) {
	for _, c := range []struct {
		name   string
		points []mesh.Vec
		want   [3]float64
	}{
		{"turned cuboid", turnedBy(cube(), vec(3, 1, 2), 0.9), [3]float64{4, 3, 2}},
		{"plate", turnedBy([]mesh.Vec{vec(0, 0, 0), vec(5, 0, 0), vec(5, 2, 0), vec(0, 2, 0)}, vec(1, 1, 0), 0.5), [3]float64{5, 2, 0}},
		{"rod", []mesh.Vec{vec(0, 0, 0), vec(1, 2, 2)}, [3]float64{3, 0, 0}},
		{"point", []mesh.Vec{vec(1, 2, 2)}, [3]float64{}},
		{"nothing", nil, [3]float64{}},
	} {
		h := Of(c.points)
		b := h.Box()
		for k, want := range c.want {
			if math.Abs(b.Size[k]-want) > 1e-6 {
				t.Errorf("%s: sizes %v, want %v", c.name, b.Size, c.want)
			}
		}
	}
}
