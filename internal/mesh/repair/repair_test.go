package repair_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"bassin/internal/mesh"
	"bassin/internal/mesh/repair"
)

// box is a closed box of sides 10 times size, its corner at a place.
func box(size, at float64) *mesh.Mesh {
	m := &mesh.Mesh{}
	for i := range 8 {
		m.Points = append(m.Points, mesh.Vec{X: at + size*float64(i&1), Y: at + size*float64(i>>1&1), Z: at + size*float64(i>>2)})
	}
	for _, q := range [][4]uint32{{0, 2, 3, 1}, {4, 5, 7, 6}, {0, 1, 5, 4}, {2, 6, 7, 3}, {0, 4, 6, 2}, {1, 3, 7, 5}} {
		m.Triangles = append(m.Triangles, [3]uint32{q[0], q[1], q[2]}, [3]uint32{q[0], q[2], q[3]})
	}
	return m
}

func together(all ...*mesh.Mesh) *mesh.Mesh {
	var model mesh.Model
	for _, m := range all {
		model.Objects = append(model.Objects, mesh.Object{Mesh: m, Place: mesh.Identity})
	}
	return model.Whole()
}

func turned(m *mesh.Mesh) *mesh.Mesh {
	t := &mesh.Mesh{Points: m.Points}
	for _, c := range m.Triangles {
		t.Triangles = append(t.Triangles, [3]uint32{c[0], c[2], c[1]})
	}
	return t
}

// torn gives each triangle points of its own, moved by up to so much.
func torn(m *mesh.Mesh, by float64) *mesh.Mesh {
	random := rand.New(rand.NewPCG(3, 3))
	t := &mesh.Mesh{}
	for _, c := range m.Triangles {
		first := uint32(len(t.Points))
		for _, v := range c {
			shift := mesh.Vec{X: random.Float64() - 0.5, Y: random.Float64() - 0.5, Z: random.Float64() - 0.5}
			t.Points = append(t.Points, m.Points[v].Add(shift.Times(by)))
		}
		t.Triangles = append(t.Triangles, [3]uint32{first, first + 1, first + 2})
	}
	return t
}

func without(m *mesh.Mesh, faces ...int) *mesh.Mesh {
	w := &mesh.Mesh{Points: m.Points}
	for i, t := range m.Triangles {
		keep := true
		for _, f := range faces {
			keep = keep && i != f
		}
		if keep {
			w.Triangles = append(w.Triangles, t)
		}
	}
	return w
}

func TestRepair(t *testing.T) {
	whole := box(10, 0)
	for _, c := range []struct {
		name   string
		mesh   *mesh.Mesh
		steps  string
		volume float64
	}{
		{"in order", whole, "[]", 1000},
		{"in order, with a cavity", together(whole, turned(box(2, 4))), "[]", 992},
		{"a hole", without(whole, 0, 1), "[{holes-filled 1}]", 1000},
		{"two holes", without(whole, 0, 1, 2, 3), "[{holes-filled 2}]", 1000},
		{"inside out", turned(whole), "[{shells-turned 1}]", 1000},
		{"a cavity that shows its outside", together(turned(whole), box(2, 4)), "[{shells-turned 2}]", 992},
		{"jitter", torn(whole, 1e-4), "[{points-joined 28}]", 1000},
		{"far from the origin", without(box(10, 1e5), 0, 1), "[{holes-filled 1}]", 1000},
		{"all faces twice", together(whole, whole), "[{duplicate-faces-removed 12}]", 1000},
		{"a wall within", together(whole, &mesh.Mesh{Points: whole.Points, Triangles: [][3]uint32{{0, 1, 7}, {0, 7, 1}}}), "[{duplicate-faces-removed 2}]", 1000},
		{"a degenerate face", together(without(whole, 0), &mesh.Mesh{Points: whole.Points[:2], Triangles: [][3]uint32{{0, 0, 1}}}), "[{degenerate-faces-removed 1} {holes-filled 1}]", 1000},
		{"bodies that share an edge", together(whole, &mesh.Mesh{Points: moved(whole.Points, mesh.Vec{X: 10, Y: 10}), Triangles: whole.Triangles}), "[{points-parted 2}]", 2000},
		{"nothing", &mesh.Mesh{}, "[]", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := fmt.Sprint(c.mesh)
			m, r := repair.Mesh(c.mesh)
			if got := fmt.Sprint(r.Steps); got != c.steps {
				t.Errorf("steps %s, want %s", got, c.steps)
			}
			if !r.After.Manifold() || math.Abs(r.After.Volume-c.volume) > 1e-3*c.volume {
				t.Errorf("after it: manifold %v, volume %v, want %v", r.After.Manifold(), r.After.Volume, c.volume)
			}
			if again := mesh.Check(m); again.Volume != r.After.Volume || again.Edges != r.After.Edges {
				t.Error("the report is not of the mesh that is given")
			}
			if fmt.Sprint(c.mesh) != before {
				t.Error("the mesh that was given is changed")
			}
		})
	}
}

func moved(points []mesh.Vec, by mesh.Vec) []mesh.Vec {
	var out []mesh.Vec
	for _, p := range points {
		out = append(out, p.Add(by))
	}
	return out
}

func TestChange(t *testing.T) {
	_, r := repair.Mesh(without(box(10, 0), 0, 1))
	if math.Abs(r.VolumeChange()-0.2) > 1e-12 || math.Abs(r.AreaChange()-0.2) > 1e-12 {
		t.Errorf("a box without its bottom grows by %v in volume and %v in area, want a fifth", r.VolumeChange(), r.AreaChange())
	}
}

// Whatever the faces, repairing ends and gives a mesh that can be checked.
func FuzzMesh(f *testing.F) {
	f.Add([]byte{0, 1, 2, 0, 2, 1, 3, 4, 5})
	f.Add([]byte{0, 2, 3, 0, 3, 1, 4, 5, 7, 4, 7, 6, 0, 1, 5, 0, 5, 4})
	f.Fuzz(func(t *testing.T, data []byte) {
		m := box(10, 0)
		m.Points = append(m.Points, moved(m.Points, mesh.Vec{X: 5, Y: 5})...)
		m.Triangles = nil
		for ; len(data) >= 3; data = data[3:] {
			m.Triangles = append(m.Triangles, [3]uint32{uint32(data[0] % 16), uint32(data[1] % 16), uint32(data[2] % 16)})
		}
		if _, r := repair.Mesh(m); r.After.DegenerateFaces > 0 && r.Before.DegenerateFaces == 0 {
			t.Errorf("repairing made %d degenerate faces", r.After.DegenerateFaces)
		}
	})
}
