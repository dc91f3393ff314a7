package cad

import (
	"errors"
	"math"
	"os"
	"testing"
	"time"

	"bassin/internal/mesh"
	"bassin/internal/mesh/repair"
)

// uniting gives the converter with the library that unites, or skips.
func uniting(t testing.TB) *Converter {
	t.Helper()
	c := installed(t)
	c.uniting = map[string][]byte{"unite.mjs": uniter}
	for to, name := range map[string]string{"manifold.mjs": "manifold.js", "manifold.wasm": "manifold.wasm"} {
		b, err := os.ReadFile("../../node_modules/manifold-3d/" + name)
		if err != nil {
			t.Skip("the library is missing (make assets)")
		}
		c.uniting[to] = b
	}
	return c
}

// block is a closed box; inward when it is a cavity.
func block(at, size mesh.Vec, inward bool) *mesh.Mesh {
	m := &mesh.Mesh{Triangles: [][3]uint32{{0, 2, 1}, {1, 2, 3}, {4, 5, 6}, {5, 7, 6}, {0, 1, 4}, {1, 5, 4}, {2, 6, 3}, {3, 6, 7}, {0, 4, 2}, {2, 4, 6}, {1, 3, 5}, {3, 7, 5}}}
	for i := range 8 {
		m.Points = append(m.Points, at.Add(mesh.Vec{X: size.X * float64(i&1), Y: size.Y * float64(i>>1&1), Z: size.Z * float64(i>>2)}))
	}
	if inward {
		for i, t := range m.Triangles {
			m.Triangles[i] = [3]uint32{t[0], t[2], t[1]}
		}
	}
	return m
}

func together(list ...*mesh.Mesh) *mesh.Mesh {
	m := &mesh.Model{}
	for _, o := range list {
		m.Objects = append(m.Objects, mesh.Object{Mesh: o, Place: mesh.Identity})
	}
	return m.Whole()
}

func at(x, y, z float64) mesh.Vec { return mesh.Vec{X: x, Y: y, Z: z} }

// Bodies that overlap become one of the volume that is known; others stay what they are.
func TestUnite(t *testing.T) {
	c := uniting(t)
	cube := at(10, 10, 10)
	for _, x := range []struct {
		name   string
		part   *mesh.Mesh
		volume float64
		shells int
		united int
	}{
		{"through each other", together(block(at(0, 0, 0), cube, false), block(at(5, 3, 2), cube, false)), 2000 - 5*7*8, 1, 2},
		{"sides in one plane", together(block(at(0, 0, 0), cube, false), block(at(5, 0, 0), cube, false)), 1500, 1, 2},
		{"the same twice, one moved by a quarter", together(block(at(0, 0, 0), cube, false), block(at(2.5, 0, 0), cube, false), block(at(50, 0, 0), cube, false)), 1250 + 1000, 2, 2},
		{"three in a row", together(block(at(0, 0, 0), cube, false), block(at(8, 1, 1), cube, false), block(at(16, 2, 2), cube, false)), 3000 - 2*2*9*9, 1, 3},
		{"apart", together(block(at(0, 0, 0), cube, false), block(at(15, 0, 0), cube, false)), 2000, 2, 0},
		{"one upon the other", together(block(at(0, 0, 0), cube, false), block(at(2, 2, 10), at(5, 5, 5), false)), 1125, 2, 0},
		{"a cavity stays", together(block(at(0, 0, 0), cube, false), block(at(1, 1, 1), at(3, 3, 3), true), block(at(8, 2, 2), cube, false)), 2000 - 27 - 2*8*8, 2, 2},
		{"a bar through a cavity", together(block(at(0, 0, 0), cube, false), block(at(2, 2, 2), at(6, 6, 6), true), block(at(5, 3, 3), at(20, 4, 4), false)), 1000 - 216 + 20*16 - 2*16, 2, 2},
		{"far away", together(block(at(1e5, 1e5, 0), cube, false), block(at(1e5+5, 1e5+3, 2), cube, false)), 2000 - 5*7*8, 1, 2},
		{"two pairs", together(block(at(0, 0, 0), cube, false), block(at(5, 3, 2), cube, false), block(at(100, 0, 0), cube, false), block(at(105, 3, 2), cube, false)), 2 * (2000 - 5*7*8), 2, 4},
	} {
		got, r := repair.Uniting(x.part, func(list []*mesh.Mesh) (*mesh.Mesh, error) { return c.Unite(t.Context(), list) })
		united := 0
		for _, s := range r.Steps {
			if s.Key == "bodies-united" {
				united = s.Count
			}
		}
		if r.NotUnited != nil || !r.After.Manifold() || math.Abs(r.After.Volume/x.volume-1) > 1e-5 || len(r.After.Shells) != x.shells || united != x.united || mesh.Measure(got).Volume != r.After.Volume {
			t.Errorf("%s: volume %g, %d shells, %d united, manifold %t, %v; want %g, %d, %d", x.name, r.After.Volume, len(r.After.Shells), united, r.After.Manifold(), r.NotUnited, x.volume, x.shells, x.united)
		}
	}
}

// What cannot be united says why, and stays as it is.
func TestNotUnited(t *testing.T) {
	two := []*mesh.Mesh{block(at(0, 0, 0), at(10, 10, 10), false), block(at(5, 3, 2), at(10, 10, 10), false)}
	var none *Converter
	if _, err := none.Unite(t.Context(), two); keyOf(err) != "unite-none" {
		t.Error(err)
	}
	c := uniting(t)
	open := &mesh.Mesh{Points: two[0].Points, Triangles: two[0].Triangles[1:]}
	if _, err := c.Unite(t.Context(), []*mesh.Mesh{open, two[1]}); keyOf(err) != "unite-failed" {
		t.Error(err)
	}
	for script, want := range map[string]string{
		"process.exit(3)": "unite-memory",
		"":                "unite-failed",
		"fs.writeFileSync('output', 'BSNM\\x01')": "unite-failed",
		"setInterval(() => {}, 1000)":             "unite-time",
	} {
		bad := *c
		bad.uniting, bad.time = map[string][]byte{"unite.mjs": []byte("import fs from 'node:fs';\n" + script)}, 3*time.Second
		got, r := repair.Uniting(together(two...), func(list []*mesh.Mesh) (*mesh.Mesh, error) { return bad.Unite(t.Context(), list) })
		if keyOf(r.NotUnited) != want || len(r.After.Shells) != 2 || len(got.Triangles) != 24 {
			t.Errorf("%q: %v, %d shells", script, r.NotUnited, len(r.After.Shells))
		}
	}
	// What comes back is looked at.
	for name, lie := range map[string]*mesh.Mesh{"too large": block(at(0, 0, 0), at(100, 100, 100), false), "too small": block(at(0, 0, 0), at(1, 1, 1), false)} {
		_, r := repair.Uniting(together(two...), func([]*mesh.Mesh) (*mesh.Mesh, error) { return lie, nil })
		if !errors.Is(r.NotUnited, repair.ErrWrong) {
			t.Errorf("%s: %v", name, r.NotUnited)
		}
	}
}
