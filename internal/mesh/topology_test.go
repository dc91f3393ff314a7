package mesh

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
)

// cube is the unit cube with its corner at a point.
func cube(at Vec) *Mesh {
	m := &Mesh{}
	for i := range 8 {
		m.Points = append(m.Points, at.Add(Vec{float64(i & 1), float64(i >> 1 & 1), float64(i >> 2)}))
	}
	for _, q := range [][4]uint32{{0, 2, 3, 1}, {4, 5, 7, 6}, {0, 1, 5, 4}, {2, 6, 7, 3}, {0, 4, 6, 2}, {1, 3, 7, 5}} {
		m.Triangles = append(m.Triangles, [3]uint32{q[0], q[1], q[2]}, [3]uint32{q[0], q[2], q[3]})
	}
	return m
}

func join(all ...*Mesh) *Mesh {
	var model Model
	for _, m := range all {
		model.Objects = append(model.Objects, Object{Mesh: m, Place: Identity})
	}
	return model.Whole()
}

// counts are what the cases below look at.
type counts struct{ vertices, edges, open, nonmanifold, misoriented, unbalanced, corners, shells, degenerate, double int }

func countsOf(r Report) counts {
	return counts{r.Vertices, r.Edges, r.OpenEdges, r.NonmanifoldEdges, r.MisorientedEdges, r.UnbalancedEdges,
		r.NonmanifoldVertices, len(r.Shells), r.DegenerateFaces, r.DuplicateFaces}
}

func TestCounts(t *testing.T) {
	whole := cube(Vec{})
	change := func(f func(m *Mesh)) *Mesh {
		m := cube(Vec{})
		f(m)
		return m
	}
	triangles := func(points int, t ...[3]uint32) *Mesh {
		m := &Mesh{Triangles: t}
		for i := range points {
			x := float64(i)
			m.Points = append(m.Points, Vec{x, x * x, x * x * x})
		}
		return m
	}
	for _, c := range []struct {
		name string
		mesh *Mesh
		want counts
	}{
		{"nothing", &Mesh{}, counts{}},
		{"a cube", whole, counts{vertices: 8, edges: 18, shells: 1}},
		{"a face missing", change(func(m *Mesh) { m.Triangles = m.Triangles[1:] }), counts{vertices: 8, edges: 18, open: 3, unbalanced: 3, shells: 1}},
		{"a face turned over", change(func(m *Mesh) { m.Triangles[0] = [3]uint32{0, 3, 2} }), counts{vertices: 8, edges: 18, misoriented: 3, unbalanced: 3, shells: 1}},
		{"a face twice", change(func(m *Mesh) { m.Triangles = append(m.Triangles, [3]uint32{3, 0, 2}) }), counts{vertices: 8, edges: 18, nonmanifold: 3, unbalanced: 3, corners: 3, shells: 1, double: 1}},
		{"a face and its back", change(func(m *Mesh) { m.Triangles = append(m.Triangles, m.Triangles[0], [3]uint32{0, 3, 2}) }), counts{vertices: 8, edges: 18, nonmanifold: 3, corners: 3, shells: 1, double: 2}},
		{"a degenerate face", change(func(m *Mesh) { m.Triangles = append(m.Triangles, [3]uint32{0, 1, 1}) }), counts{vertices: 8, edges: 18, shells: 1, degenerate: 1}},
		{"a point that degenerate faces alone name", join(whole, &Mesh{Points: []Vec{{}, {X: 9}}, Triangles: [][3]uint32{{0, 1, 1}}}), counts{vertices: 9, edges: 18, shells: 1, degenerate: 1}},
		{"cubes apart", join(whole, cube(Vec{X: 5})), counts{vertices: 16, edges: 36, shells: 2}},
		{"cubes that share a point", join(whole, cube(Vec{1, 1, 1})), counts{vertices: 15, edges: 36, corners: 1, shells: 2}},
		{"cubes that share an edge", join(whole, cube(Vec{X: 1, Y: 1})), counts{vertices: 14, edges: 35, nonmanifold: 1, corners: 2, shells: 1}},
		{"one triangle", triangles(3, [3]uint32{0, 1, 2}), counts{vertices: 3, edges: 3, open: 3, unbalanced: 3, shells: 1}},
		{"a triangle and its back", triangles(3, [3]uint32{0, 1, 2}, [3]uint32{1, 0, 2}), counts{vertices: 3, edges: 3, shells: 1, double: 1}},
		{"a triangle twice", triangles(3, [3]uint32{0, 1, 2}, [3]uint32{1, 2, 0}), counts{vertices: 3, edges: 3, misoriented: 3, unbalanced: 3, shells: 1, double: 1}},
		{"triangles that share a point", triangles(5, [3]uint32{0, 1, 2}, [3]uint32{0, 3, 4}), counts{vertices: 5, edges: 6, open: 6, unbalanced: 6, corners: 1, shells: 2}},
		{"three faces on an edge", triangles(5, [3]uint32{0, 1, 2}, [3]uint32{1, 0, 3}, [3]uint32{0, 1, 4}), counts{vertices: 5, edges: 7, open: 6, nonmanifold: 1, unbalanced: 7, corners: 2, shells: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Check(c.mesh)
			if got := countsOf(r); got != c.want {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
			faces := r.Triangles - r.DegenerateFaces
			if r.Euler != r.Vertices-r.Edges+faces {
				t.Errorf("Euler's number %d", r.Euler)
			}
		})
	}
}

// The order of triangles and of their corners, and which numbers points have, change no count; nor does the number of
// faces around a point, which are compared when few and sorted when many.
func TestCountsDoNotDependOnOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	for n := 3; n < 40; n++ {
		m := &Mesh{Points: []Vec{{}, {Z: 1}}}
		for i := range n { // a double cone of n sides
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
			m.Points = append(m.Points, Vec{cos, sin, 0.5})
			a, b := uint32(2+i), uint32(2+(i+1)%n)
			m.Triangles = append(m.Triangles, [3]uint32{1, a, b}, [3]uint32{0, b, a})
		}
		want := countsOf(Check(m))
		if ideal := (counts{vertices: n + 2, edges: 3 * n, shells: 1}); want != ideal {
			t.Fatalf("%d sides: %+v, want %+v", n, want, ideal)
		}
		m.Triangles = append(m.Triangles[random.IntN(3):], m.Triangles[n], [3]uint32{0, 1, 2})
		want = countsOf(Check(m))
		for range 20 {
			if got := countsOf(Check(shuffled(m, random))); got != want {
				t.Fatalf("%d sides: %+v in another order, %+v before", n, got, want)
			}
		}
	}
}

func shuffled(m *Mesh, random *rand.Rand) *Mesh {
	to := random.Perm(len(m.Points))
	s := &Mesh{Points: make([]Vec, len(m.Points))}
	for i, p := range m.Points {
		s.Points[to[i]] = p
	}
	for _, t := range m.Triangles {
		k := random.IntN(3)
		s.Triangles = append(s.Triangles, [3]uint32{uint32(to[t[k]]), uint32(to[t[(k+1)%3]]), uint32(to[t[(k+2)%3]])})
	}
	random.Shuffle(len(s.Triangles), func(i, j int) { s.Triangles[i], s.Triangles[j] = s.Triangles[j], s.Triangles[i] })
	return s
}

// Places are found over many blocks and by many hands; two looks at a mesh give the same.
func TestPlaces(t *testing.T) {
	m := &Mesh{}
	for i := range 3 * pointsAtOnce {
		m.Points = append(m.Points, Vec{X: float64(i), Y: float64(i % 2)})
		if i >= 2 {
			m.Triangles = append(m.Triangles, [3]uint32{uint32(i - 2), uint32(i - 1), uint32(i)})
		}
	}
	m.Triangles[5] = [3]uint32{5, 6, 6}
	a, b := Check(m), Check(m)
	if !reflect.DeepEqual(a.Places, b.Places) {
		t.Error("two looks give different places")
	}
	p := a.Places
	if got, want := fmt.Sprint(p.OpenEdges[:4], p.DegenerateFaces), "[[0 1] [0 2] [1 3] [2 4]] [5]"; got != want {
		t.Errorf("places %s, want %s", got, want)
	}
	if len(p.OpenEdges) != MaxPlaces || a.OpenEdges <= MaxPlaces {
		t.Errorf("%d places of %d open edges are kept", len(p.OpenEdges), a.OpenEdges)
	}
}

func TestMeasure(t *testing.T) {
	for _, at := range []Vec{{}, {1e5, -1e5, 1e5}} {
		r := Check(cube(at))
		if math.Abs(r.Volume-1) > 1e-15 || math.Abs(r.Area-6) > 1e-15 {
			t.Errorf("a unit cube at %v has volume %v and area %v", at, r.Volume, r.Area)
		}
		if d := r.Centre.Sub(at.Add(Vec{0.5, 0.5, 0.5})).Len(); d > 1e-15*(1+at.Len()) {
			t.Errorf("its centre is %v", r.Centre)
		}
		for i, want := range [6]float64{1. / 6, 1. / 6, 1. / 6, 0, 0, 0} {
			if math.Abs(r.Inertia[i]-want) > 1e-15 {
				t.Errorf("its inertia is %v", r.Inertia)
			}
		}
	}
}

// A body of 2 by 3 by 5 turned about an axis keeps volume and area, and the sum of its moments.
func TestMeasureTurned(t *testing.T) {
	sin, cos := math.Sincos(0.7)
	grow, turn := Transform{2, 0, 0, 0, 3, 0, 0, 0, 5, 0, 0, 0}, Transform{cos, sin, 0, -sin, cos, 0, 0, 0, 1, 9, 9, 9}
	place := grow.Then(&turn)
	m := Model{Objects: []Object{{Mesh: cube(Vec{}), Place: place}}}
	r := Check(m.Whole())
	if math.Abs(r.Volume-30) > 1e-12 || math.Abs(r.Area-62) > 1e-12 {
		t.Errorf("volume %v and area %v, want 30 and 62", r.Volume, r.Area)
	}
	if sum := r.Inertia[0] + r.Inertia[1] + r.Inertia[2]; math.Abs(sum-190) > 1e-10 || math.Abs(r.Inertia[2]-32.5) > 1e-10 {
		t.Errorf("inertia %v, want 32.5 about the axis and 190 in all", r.Inertia)
	}
}

func TestShells(t *testing.T) {
	inside := cube(Vec{1, 1, 1})
	for i, t := range inside.Triangles {
		inside.Triangles[i] = [3]uint32{t[0], t[2], t[1]}
	}
	grow := Transform{3, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0}
	m := Model{Objects: []Object{{Mesh: cube(Vec{}), Place: grow}, {Mesh: inside, Place: Identity}}}
	r := Check(m.Whole())
	if len(r.Shells) != 2 || r.NegativeShells() != 1 || r.Shells[1].First != 12 || r.Shells[1].Faces != 12 ||
		math.Abs(r.Shells[0].Volume-27) > 1e-12 || math.Abs(r.Shells[1].Volume+1) > 1e-12 {
		t.Errorf("a box with a cavity has the shells %+v", r.Shells)
	}
}
