package shape

import (
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bassin/internal/mesh"
	"bassin/internal/mesh/format"
)

// parts are real files; they lie beside the source, not in it.
const parts = "../../../../shared/data/parts"

// groups are files of one shape, by words of their names; all other files are shapes of their own.
var groups = [][]string{
	{"benchy", "mislabelled_3mf"},
	{"20mm_cube", "ascii_CR", "ascii_weird", "t_junction_cube", "inside_out_cube", "one_face_flipped_cube"},
	{"trimesh_counter"},
	{"unit_sphere", "sphereWithHole"},
}

func groupOf(name string) int {
	for i, words := range groups {
		for _, w := range words {
			if strings.Contains(strings.ToLower(name), strings.ToLower(w)) {
				return i
			}
		}
	}
	return -1
}

// turned is a part at another scale, turned, mirrored and moved.
func turned(m *mesh.Mesh) *mesh.Mesh {
	sin, cos := math.Sincos(0.7)
	out := &mesh.Mesh{Triangles: m.Triangles, Points: make([]mesh.Vec, len(m.Points))}
	for i, p := range m.Points {
		p = mesh.Vec{X: cos*p.X - sin*p.Y, Y: sin*p.X + cos*p.Y, Z: p.Z}
		p = mesh.Vec{X: -p.X, Y: cos*p.Y - sin*p.Z, Z: sin*p.Y + cos*p.Z}
		out.Points[i] = p.Times(25.4).Add(mesh.Vec{X: 100, Y: -300})
	}
	return out
}

func TestParts(t *testing.T) {
	type part struct {
		name string
		Signature
	}
	var all []part
	err := filepath.WalkDir(parts, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(path, "conformance") || strings.Contains(path, "/step/") {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		model, err := format.Read(f, info.Size(), path, mesh.DefaultLimits)
		if err != nil {
			return nil // the broken ones are others' business
		}
		m := mesh.Weld(model.Whole())
		s, ok := Of(m)
		if !ok {
			return nil
		}
		again, _ := Of(turned(m))
		if far := s.Distance(again); far > Same/2 {
			t.Errorf("%s turned, mirrored, moved and in inches is %.2f from itself", d.Name(), far)
		}
		all = append(all, part{d.Name(), s})
		return nil
	})
	if err != nil || len(all) < 50 {
		t.Skip("no parts beside the source:", err)
	}
	found, right, wanted := 0, 0, 0
	for i, a := range all {
		for _, b := range all[:i] {
			far, one := a.Distance(b.Signature), groupOf(a.name) >= 0 && groupOf(a.name) == groupOf(b.name)
			if one {
				wanted++
			}
			if far <= Same && !one {
				t.Errorf("%s and %s are called one shape: %.2f", a.name, b.name, far)
			}
			if far <= Alike {
				found++
				if one {
					right++
				} else {
					t.Logf("%s and %s are said to look alike: %.2f", a.name, b.name, far)
				}
			}
		}
	}
	t.Logf("%d parts; of %d pairs found %d are of one shape; there are %d", len(all), found, right, wanted)
	if right < found*9/10 || right < wanted*9/10 {
		t.Errorf("of %d pairs found %d are of one shape; there are %d", found, right, wanted)
	}
}
