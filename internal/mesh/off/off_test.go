package off

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"bassin/internal/mesh"
)

const points = "0 0 0\n1 0 0\n0 1 0\n0 0 1\n"

func read(text string) (*mesh.Model, error) {
	return Read(strings.NewReader(text), int64(len(text)), mesh.Limits{Triangles: 4, Bytes: 1000})
}

func TestRead(t *testing.T) {
	for name, c := range map[string]struct{ text, want, notes string }{
		"plain":               {"OFF\n4 2 0\n" + points + "3 0 2 1\n3 0 1 3\n", "[[0 2 1] [0 1 3]]", "[]"},
		"counts on one line":  {"OFF 4 1 6\n" + points + "3 0 2 1", "[[0 2 1]]", "[]"},
		"no count of edges":   {"OFF\n4 1\n" + points + "3 0 2 1", "[[0 2 1]]", "[]"},
		"comments and blanks": {"# made by\n\nOFF # this\n4 1 0\n\n" + points + "# faces\n3 0 2 1 255 0 0\n", "[[0 2 1]]", "[]"},
		"a square":            {"OFF\n4 1 0\n0 0 0\n1 0 0\n1 1 0\n0 1 0\n4 0 1 2 3\n", "[[0 1 2] [0 2 3]]", "[]"},
		"normals and colours": {"CNOFF\n3 1 0\n0 0 0 0 0 1 255 0 0 1\n1 0 0 0 0 1 1 1 1 1\n0 1 0 0 0 1 1 1 1 1\n3 0 1 2\n", "[[0 1 2]]", "[{colours-left-out map[]}]"},
		"a bent face":         {"OFF\n4 1 0\n0 0 0\n1 0 0\n.1 .1 0\n0 1 1\n4 0 1 2 3\n", "[[0 1 2] [0 2 3]]", "[{faces-not-flat map[count:1]}]"},
		"faces of one corner": {"OFF\n4 2 0\n" + points + "1 0\n3 0 2 1\n", "[[0 2 1]]", "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := read(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(m.Objects[0].Mesh.Triangles); got != c.want || fmt.Sprint(m.Notes) != c.notes {
				t.Errorf("got %s %v, want %s %s", got, m.Notes, c.want, c.notes)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		key  string
		line int64
	}{
		"no keyword":                 {"4 1 0\n" + points, "not-a-part", 1},
		"four dimensions":            {"4OFF\n1 1 0\n0 0 0 1\n", "not-supported", 1},
		"bytes":                      {"OFF BINARY\n\x00\x00", "not-supported", 1},
		"more points than bytes":     {"OFF\n4000000000 1 0\n" + points, "truncated", 2},
		"more faces than are taken":  {"OFF\n4 5 0\n" + points, "limit", 2},
		"too few points":             {"OFF\n3 1 0\n0 0 0\n0 0 0\n3 0 1 1\n", "truncated", 5},
		"ends early":                 {"OFF\n4 2 0\n" + points + "3 0 1 2\n", "truncated", 7},
		"a corner outside":           {"OFF\n4 1 0\n" + points + "3 0 1 4\n", "index", 7},
		"a corner before the first":  {"OFF\n4 1 0\n" + points + "3 0 1 -1\n", "number", 7},
		"a word":                     {"OFF\n1 1 0\n0 0 zero\n3 0 0 0\n", "number", 3},
		"a face larger than a limit": {"OFF\n4 1 0\n" + points + "9 0 1 2 3 0 1 2 3 0\n", "limit", 7},
		"a face of a billion":        {"OFF\n4 1 0\n" + points + "1000000000 0 1\n", "truncated", 7},
		"no face":                    {"OFF\n4 0 0\n" + points, "no-surface", 0},
		"nothing":                    {"", "truncated", 0},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(c.text)
			var fault *mesh.FileError
			if !errors.As(err, &fault) || fault.Key != c.key || c.line > 0 && fault.Line != c.line {
				t.Errorf("got %v, want %s at line %d", err, c.key, c.line)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"OFF\n4 2 0\n" + points + "3 0 2 1\n4 0 1 3 2\n", "STCNOFF 1 1 1\n1 2 3 4\n5 0 0 0 0 0", "OFF\r4000000000 1 0\r"} {
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
		part := m.Objects[0].Mesh
		for _, tri := range part.Triangles {
			if int(max(tri[0], tri[1], tri[2])) >= len(part.Points) {
				t.Fatalf("triangle %v of %d points", tri, len(part.Points))
			}
		}
		if n := len(part.Triangles); n == 0 || n > 1000 {
			t.Fatalf("%d triangles", n)
		}
	})
}
