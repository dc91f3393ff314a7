package render_test

import (
	"bytes"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bassin/internal/mesh"
	"bassin/internal/mesh/format"
	"bassin/internal/mesh/render"
)

// parts are real files; they lie beside the source, not in it.
const parts = "../../../../shared/data/parts"

func readPart(t testing.TB, path string) *mesh.Mesh {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Skip("no parts beside the source")
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	m, err := format.Read(f, info.Size(), path, mesh.DefaultLimits)
	if err != nil {
		return &mesh.Mesh{}
	}
	return mesh.Weld(m.Whole())
}

// Every part that has faces fills a good part of its picture's width or height, and its file is small enough for a list.
func TestParts(t *testing.T) {
	seen := 0
	err := filepath.WalkDir(parts, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(path, "conformance") || strings.Contains(path, "/step/") {
			return err
		}
		m := readPart(t, path)
		if len(m.Triangles) == 0 {
			return nil
		}
		seen++
		p := render.Draw(m, render.Size{Width: 240, Height: 180})
		low, high, left, right := 180, -1, 240, -1
		for i, c := range p.Pix {
			if c != 0 {
				low, high, left, right = min(low, i/240), max(high, i/240), min(left, i%240), max(right, i%240)
			}
		}
		if high-low < 160 && right-left < 220 || low < 3 || left < 3 || high > 176 || right > 236 {
			t.Errorf("%s fills %d to %d, %d to %d", path, left, right, low, high)
		}
		var b bytes.Buffer
		if err := png.Encode(&b, p); err != nil || b.Len() > 20_000 {
			t.Errorf("%s: %d bytes, %v", path, b.Len(), err)
		}
		return nil
	})
	if err != nil {
		t.Skip("no parts beside the source")
	}
	if seen < 50 {
		t.Errorf("only %d parts were drawn", seen)
	}
}

// BenchmarkDraw draws 1.4 million faces.
func BenchmarkDraw(b *testing.B) {
	m := readPart(b, parts+"/gen/armadillo_86k.stl")
	for range 2 {
		m = split(m)
	}
	m = mesh.Weld(m)
	b.ReportMetric(float64(len(m.Triangles)), "faces")
	for b.Loop() {
		render.Draw(m, render.Size{Width: 480, Height: 360})
	}
}

// split makes four faces of each.
func split(m *mesh.Mesh) *mesh.Mesh {
	out := &mesh.Mesh{}
	for _, t := range m.Triangles {
		a, b, c := m.Points[t[0]], m.Points[t[1]], m.Points[t[2]]
		n := uint32(len(out.Points))
		out.Points = append(out.Points, a, b, c, a.Add(b).Times(0.5), b.Add(c).Times(0.5), c.Add(a).Times(0.5))
		out.Triangles = append(out.Triangles, [3]uint32{n, n + 3, n + 5}, [3]uint32{n + 3, n + 1, n + 4}, [3]uint32{n + 5, n + 4, n + 2}, [3]uint32{n + 3, n + 4, n + 5})
	}
	return out
}
