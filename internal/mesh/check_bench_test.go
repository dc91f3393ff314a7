package mesh_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"bassin/internal/mesh"
	"bassin/internal/mesh/stl"
)

// split cuts each triangle in four at the middles of its sides.
func split(m *mesh.Mesh) *mesh.Mesh {
	s := &mesh.Mesh{Points: append([]mesh.Vec(nil), m.Points...)}
	middle := map[[2]uint32]uint32{}
	between := func(a, b uint32) uint32 {
		e := [2]uint32{min(a, b), max(a, b)}
		v, ok := middle[e]
		if !ok {
			p := m.Points[a].Add(m.Points[b]).Times(0.5)
			v = uint32(len(s.Points))
			middle[e] = v
			s.Points = append(s.Points, mesh.Vec{X: float64(float32(p.X)), Y: float64(float32(p.Y)), Z: float64(float32(p.Z))})
		}
		return v
	}
	for _, t := range m.Triangles {
		a, b, c := between(t[0], t[1]), between(t[1], t[2]), between(t[2], t[0])
		s.Triangles = append(s.Triangles, [3]uint32{t[0], a, c}, [3]uint32{a, t[1], b}, [3]uint32{c, b, t[2]}, [3]uint32{a, b, c})
	}
	return s
}

// BenchmarkCheck reads files and checks them: what a customer waits for at upload.
func BenchmarkCheck(b *testing.B) {
	for _, x := range []struct {
		part   string
		splits int
	}{{"benchy", 0}, {"armadillo_86k", 2}, {"armadillo_86k", 3}} {
		b.Run(fmt.Sprintf("%s_%d", x.part, x.splits), func(b *testing.B) {
			path := parts + "parts/gen/" + x.part + ".stl"
			if x.splits > 0 {
				path = splitPart(b, path, x.splits)
			}
			f, err := os.Open(path)
			if err != nil {
				b.Skip("no parts beside the source")
			}
			defer f.Close()
			info, err := f.Stat()
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(info.Size())
			for b.Loop() {
				m, err := stl.Read(f, info.Size(), mesh.DefaultLimits)
				if err != nil {
					b.Fatal(err)
				}
				if r := mesh.CheckWelded(m.Objects[0].Mesh); !r.Manifold() {
					b.Fatal("the part is not manifold")
				}
			}
		})
	}
}

func splitPart(b *testing.B, path string, times int) string {
	model, err := readPart(b, path)
	if err != nil {
		b.Fatal(err)
	}
	m := model.Objects[0].Mesh
	for range times {
		m = split(m)
	}
	f, err := os.Create(filepath.Join(b.TempDir(), "split.stl"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	if err := stl.Write(f, m); err != nil {
		b.Fatal(err)
	}
	return f.Name()
}
