package shape

import (
	"math"
	"testing"

	"bassin/internal/mesh"
)

// block is a box with sides x, y, z, each side cut n by n.
func block(x, y, z float64, n int) *mesh.Mesh {
	m := &mesh.Mesh{}
	side := func(at, u, v mesh.Vec) {
		first := uint32(len(m.Points))
		for i := range n + 1 {
			for j := range n + 1 {
				m.Points = append(m.Points, at.Add(u.Times(float64(i)/float64(n))).Add(v.Times(float64(j)/float64(n))))
			}
		}
		for i := range n {
			for j := range n {
				a := first + uint32(i*(n+1)+j)
				b := a + uint32(n+1)
				m.Triangles = append(m.Triangles, [3]uint32{a, b, b + 1}, [3]uint32{a, b + 1, a + 1})
			}
		}
	}
	X, Y, Z := mesh.Vec{X: x}, mesh.Vec{Y: y}, mesh.Vec{Z: z}
	side(mesh.Vec{}, Y, X)
	side(Z, X, Y)
	side(mesh.Vec{}, X, Z)
	side(Y, Z, X)
	side(mesh.Vec{}, Z, Y)
	side(X, Y, Z)
	return mesh.Weld(m)
}

func TestDistance(t *testing.T) {
	of := func(m *mesh.Mesh) Signature {
		t.Helper()
		s, ok := Of(m)
		if !ok {
			t.Fatal("no signature")
		}
		return s
	}
	plate := of(block(40, 30, 5, 1))
	for _, c := range []struct {
		name        string
		other       Signature
		least, most float64
	}{
		{"itself", plate, 0, 0},
		{"standing, in metres", of(block(0.005, 0.04, 0.03, 1)), 0, Same},
		{"cut finely", of(block(40, 30, 5, 12)), 0, Same},
		{"a little thicker", of(block(40, 30, 6, 1)), 0.1, Alike},
		{"twice as thick", of(block(40, 30, 10, 1)), Same, 100},
		{"a cube", of(block(30, 30, 30, 1)), Alike, 200},
		{"a rod", of(block(400, 10, 10, 1)), Alike, 200},
	} {
		if far := plate.Distance(c.other); far < c.least || far > c.most || far != c.other.Distance(plate) {
			t.Errorf("%s: %.2f, want %g to %g", c.name, far, c.least, c.most)
		}
	}
	if s, ok := Parse(plate.Text()); !ok || s != plate {
		t.Error("a signature that was kept is another")
	}
	for _, text := range []string{"", "zz", "00", plate.Text() + "00"} {
		if _, ok := Parse(text); ok {
			t.Errorf("%q is taken for a signature", text)
		}
	}
}

func TestNothing(t *testing.T) {
	for name, m := range map[string]*mesh.Mesh{
		"no face":      {},
		"no area":      {Points: []mesh.Vec{{}, {X: 1}, {X: 2}}, Triangles: [][3]uint32{{0, 1, 2}}},
		"one point":    {Points: []mesh.Vec{{X: 1}}, Triangles: [][3]uint32{{0, 0, 0}}},
		"not a number": {Points: []mesh.Vec{{}, {X: 1}, {Y: math.NaN()}}, Triangles: [][3]uint32{{0, 1, 2}}},
		"no end":       {Points: []mesh.Vec{{}, {X: 1}, {Y: math.Inf(1)}}, Triangles: [][3]uint32{{0, 1, 2}}},
	} {
		if _, ok := Of(m); ok {
			t.Errorf("%s has a shape", name)
		}
	}
	if _, ok := Of(block(1e300, 1e300, 1e300, 1)); !ok {
		t.Error("a huge cube has no shape")
	}
}
