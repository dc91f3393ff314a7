package obj

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"bassin/internal/mesh"
)

const tetra = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\n"

func read(text string) (*mesh.Model, error) {
	return Read(strings.NewReader(text), int64(len(text)), mesh.DefaultLimits)
}

func TestRead(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want string // of the triangles of all objects
	}{
		"numbers":                {tetra + "f 1 3 2\nf 1 2 4", "[[0 2 1] [0 1 3]]"},
		"texture and normals":    {tetra + "vt 0 0\nvn 0 0 1\nf 1/1 3/1 2/1\nf 1//1 2//1 4//1\nf 1/1/1 2/1/1 3/1/1", "[[0 2 1] [0 1 3] [0 1 2]]"},
		"back from the end":      {tetra + "f -4 -2 -3", "[[0 2 1]]"},
		"a line that goes on":    {tetra + "f 1 \\\n 3 \\\r\n 2\n", "[[0 2 1]]"},
		"it goes on at the end":  {tetra + "f 1 3 2 \\", "[[0 2 1]]"},
		"a square":               {"v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1 2 3 4", "[[0 1 2] [0 2 3]]"},
		"an arrow head":          {"v 0 0 0\nv 4 -2 0\nv 1 0 0\nv 4 2 0\nf 2 3 4 1", "[[0 1 2] [2 3 0]]"},
		"two corners":            {tetra + "f 1 2\nf 1 3 2", "[[0 2 1]]"},
		"comments and materials": {"# v 1\nmtllib a.mtl\n" + tetra + "usemtl x\ng a b\ns off\nf 1 3 2 # first", "[[0 2 1]]"},
		"faces first":            {"f 1 3 2\n" + tetra, "[[0 2 1]]"},
		"old Macintosh":          {strings.ReplaceAll(tetra+"f 1 3 2", "\n", "\r"), "[[0 2 1]]"},
		"weights":                {"v 0 0 0 1\nv 1 0 0 1\nv 0 1 0 1.0\nf 1 2 3", "[[0 1 2]]"},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := read(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(m.Whole().Triangles); got != c.want || m.Format != "obj" || len(m.Notes) > 0 {
				t.Errorf("got %s %v, want %s", got, m.Notes, c.want)
			}
		})
	}
}

// The objects of a file share its points; each gets those it names.
func TestReadObjects(t *testing.T) {
	m, err := read("o empty\no base\n" + tetra + "f 1 3 2\nf 1 2 4\no lid\nv 5 5 5\nf 2 3 5\n")
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Objects) != 2 || m.Objects[0].Name != "base" || m.Objects[1].Name != "lid" {
		t.Fatalf("objects %+v", m.Objects)
	}
	if lid := m.Objects[1].Mesh; len(lid.Points) != 3 || lid.Points[2] != (mesh.Vec{X: 5, Y: 5, Z: 5}) || lid.Triangles[0] != [3]uint32{0, 1, 2} {
		t.Errorf("the lid is %+v", lid)
	}
	if base := m.Objects[0].Mesh; len(base.Points) != 4 {
		t.Errorf("the base has %d points", len(base.Points))
	}
}

func TestReadNotes(t *testing.T) {
	m, err := read("v 0 0 0 1 0 0\nv 1 0 0 1 0 0\nv 0 1 1 1 0 0\nv .1 .1 0 1 0 0\nf 1 2 4 3\ncurv 0 1 1 2\n")
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(m.Notes); got != "[{faces-not-flat map[count:1]} {free-form-left-out map[count:1]} {colours-left-out map[]}]" {
		t.Errorf("notes %s", got)
	}
}

func TestReadRefuses(t *testing.T) {
	small := mesh.Limits{Triangles: 2, Bytes: 1000}
	for name, c := range map[string]struct {
		text string
		key  string
		line int64
	}{
		"a word for a number":     {"v 0 0 0\nv 1 x 0\n", "number", 2},
		"two numbers":             {"v 0 0\n", "number", 1},
		"corner zero":             {tetra + "f 0 1 2", "index", 5},
		"too far back":            {tetra + "f -5 1 2", "index", 5},
		"a corner never given":    {tetra + "f 1 2 3\nf 1 2 9", "index", 6},
		"a number beyond 32 bits": {tetra + "f 1 2 4294967297", "index", 5},
		"a corner that is none":   {tetra + "f 1 2 x", "number", 5},
		"three triangles":         {tetra + "f 1 2 3\nf 1 2 3\nf 1 2 3", "limit", 7},
		"a face of too many":      {tetra + "f 1 2 3 4 1", "limit", 5},
		"only points":             {tetra, "no-surface", 0},
		"nothing":                 {"", "no-surface", 0},
		"too many bytes":          {strings.Repeat("#\n", 501), "limit", 0},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(strings.NewReader(c.text), int64(len(c.text)), small)
			var fault *mesh.FileError
			if !errors.As(err, &fault) || fault.Key != c.key || fault.Line != c.line {
				t.Errorf("got %v, want %s at line %d", err, c.key, c.line)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{tetra + "f 1/1/1 -2 3//2 4", "o a\n" + tetra + "f 1 2 \\\n3\no b\nf 2 3 4", "v 1e400 nan -inf\nf 1 1 1 1", "f 4294967295 1 2\rv 1 2 3 4 5 6"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Read(strings.NewReader(string(data)), int64(len(data)), mesh.Limits{Triangles: 1000, Bytes: 1 << 20})
		var fault *mesh.FileError
		if err != nil {
			if !errors.As(err, &fault) {
				t.Fatalf("an error without a key: %v", err)
			}
			return
		}
		total := 0
		for _, o := range m.Objects {
			total += len(o.Mesh.Triangles)
			for _, tri := range o.Mesh.Triangles {
				if int(max(tri[0], tri[1], tri[2])) >= len(o.Mesh.Points) {
					t.Fatalf("triangle %v of %d points", tri, len(o.Mesh.Points))
				}
			}
		}
		if total == 0 || total > 1000 {
			t.Fatalf("%d triangles", total)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	var text strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&text, "v %.6f %.6f %.6f\n", math.Sin(float64(i)), math.Cos(float64(i)), float64(i)/1000)
	}
	for i := range 200_000 {
		fmt.Fprintf(&text, "f %d %d %d\n", i/2+1, i/3+1, i/4+1)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		if _, err := read(text.String()); err != nil {
			b.Fatal(err)
		}
	}
}
