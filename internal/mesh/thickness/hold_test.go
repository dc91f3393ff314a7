package thickness_test

import (
	"testing"

	"bassin/internal/mesh"
	"bassin/internal/mesh/thickness"
)

// frame is the body over an outline that need not be convex, given with the triangles that fill it.
func frame(height float64, outline [][2]float64, fill [][3]uint32) *mesh.Mesh {
	m, n := &mesh.Mesh{}, uint32(len(outline))
	for _, z := range []float64{0, height} {
		for _, p := range outline {
			m.Points = append(m.Points, mesh.Vec{X: p[0], Y: p[1], Z: z})
		}
	}
	for i := range n {
		j := (i + 1) % n
		m.Triangles = append(m.Triangles, [3]uint32{i, j, n + j}, [3]uint32{i, n + j, n + i})
	}
	for _, t := range fill {
		m.Triangles = append(m.Triangles, [3]uint32{t[0], t[2], t[1]}, [3]uint32{n + t[0], n + t[1], n + t[2]})
	}
	return m
}

func TestHold(t *testing.T) {
	// A web of 0.5 mm between two blocks of 10 × 10 mm, like an H lying on its side.
	between := frame(15, [][2]float64{{0, 0}, {10, 0}, {10, 4.75}, {30, 4.75}, {30, 0}, {40, 0}, {40, 10}, {30, 10}, {30, 5.25}, {10, 5.25}, {10, 10}, {0, 10}},
		[][3]uint32{{0, 1, 2}, {0, 2, 9}, {0, 9, 11}, {9, 10, 11}, {2, 3, 8}, {2, 8, 9}, {3, 4, 5}, {3, 5, 6}, {3, 6, 8}, {6, 7, 8}})
	// The same with one block: it stands on one side.
	standing := frame(15, [][2]float64{{0, 0}, {10, 0}, {10, 4.75}, {30, 4.75}, {30, 5.25}, {10, 5.25}, {10, 10}, {0, 10}},
		[][3]uint32{{0, 1, 2}, {0, 2, 5}, {0, 5, 7}, {5, 6, 7}, {2, 3, 4}, {2, 4, 5}})
	for _, c := range []struct {
		name string
		mesh *mesh.Mesh
		want thickness.Hold
	}{
		{"web between two blocks", between, thickness.Held},
		{"web between two blocks, turned", turned(between), thickness.Held},
		{"fin on a block", standing, thickness.Free},
		{"fin on a block, turned", turned(standing), thickness.Free},
		{"plate", cuboid(mesh.Vec{}, mesh.Vec{X: 30, Y: 20, Z: 0.5}), thickness.Free},
		{"tube", tube(10, 9.5, 30, 400), thickness.Unknown},
	} {
		got := thickness.Of(c.mesh).Under(1)
		if len(got.Places) != 1 || got.Places[0].Hold != c.want {
			t.Errorf("%s: %d places, held %q; want one, %q", c.name, len(got.Places), got.Places[0].Hold, c.want)
		}
	}
	for _, p := range thickness.Of(readPart(t, "gen/walls.stl")).Under(2.5).Places {
		if p.Hold != thickness.Free {
			t.Errorf("the wall of %v mm is held %q, want free: it stands on its base", p.Middle, p.Hold)
		}
	}
}
