package stl

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"

	"bassin/internal/mesh"
)

func read(data []byte) (*mesh.Model, error) {
	return Read(bytes.NewReader(data), int64(len(data)), mesh.DefaultLimits)
}

// tetra is the corner of a unit cube.
var tetra = &mesh.Mesh{Points: []mesh.Vec{{}, {X: 1}, {Y: 1}, {Z: 1}}, Triangles: [][3]uint32{{0, 2, 1}, {0, 1, 3}, {1, 2, 3}, {0, 3, 2}}}

func binaryOf(m *mesh.Mesh) []byte {
	var b bytes.Buffer
	if err := Write(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func textOf(m *mesh.Mesh) string {
	var b bytes.Buffer
	if err := WriteText(&b, m, "corner"); err != nil {
		panic(err)
	}
	return b.String()
}

func keys(m *mesh.Model) string {
	var k []string
	for _, n := range m.Notes {
		k = append(k, n.Key)
	}
	return strings.Join(k, " ")
}

// Whatever the form, the same part of four triangles over four points comes out.
func TestForms(t *testing.T) {
	binaryTetra, text := binaryOf(tetra), textOf(tetra)
	head := func(s string, count uint32) []byte {
		b := bytes.Clone(binaryTetra)
		copy(b, s)
		binary.LittleEndian.PutUint32(b[80:], count)
		return b
	}
	replace := func(pairs ...string) []byte { return []byte(strings.NewReplacer(pairs...).Replace(text)) }
	for _, c := range []struct {
		name  string
		data  []byte
		notes string
	}{
		{"binary", binaryTetra, ""},
		{"binary that begins with solid", head("solid facet normal vertex", 4), ""},
		{"binary whose head says none", head("", 0), "count"},
		{"binary whose head says four thousand millions", head("", math.MaxUint32), "count"},
		{"binary with more at its end", append(bytes.Clone(binaryTetra), "signed by somebody"...), "trailing"},
		{"text", []byte(text), ""},
		{"text in capitals", []byte(strings.ToUpper(text)), ""},
		{"text with CR", replace("\n", "\r"), ""},
		{"text with CRLF", replace("\n", "\r\n"), ""},
		{"text in one line", replace("\n", " "), ""},
		{"text with a mark of its encoding", append([]byte("\xef\xbb\xbf"), text...), ""},
		{"text without its last line", replace("endsolid corner\n", ""), "end-missing"},
		{"text without loops", replace("outer loop\n", "", "endloop\n", ""), ""},
		{"text without ends of faces", replace("endfacet\n", ""), ""},
		{"words glued", replace("endloop\nendfacet\n", "endloopendfacet", "outer loop\n", "outerloop", "facet normal", "facetnormal"), ""},
		{"numbers glued", replace("vertex 1", "vertex+1e0", " 0 0\n", "+0+0\n"), ""},
		{"decimal commas", replace("vertex 1 0", "vertex 1,0 0,00"), "decimal-comma"},
		{"commas between numbers", replace("vertex 1 0 0", "vertex 1.0, 0, 0"), ""},
		{"normals that are none", replace("facet normal 0 0 -1", "facet normal -nan(ind) 1.#IND inf"), ""},
		{"two solids", replace("endloop\nendfacet\nfacet normal 0 -1 0", "endloop\nendfacet\nendsolid\nsolid facet of another\nfacet normal 0 -1 0"), "solids"},
		{"minus zero", replace("vertex 0 0 0", "vertex -0 -0.0 -0e5"), ""},
		{"long lines", replace("vertex", strings.Repeat(" ", 300_000)+"vertex"), ""},
		{"a face of two corners", replace("endsolid", "facet outer loop vertex 1 2 3 vertex 4 5 6 endloop endfacet endsolid"), "short-faces"},
		{"a corner nowhere", replace("endsolid", "facet outer loop vertex 1 2 3 vertex nan 5 1e999 vertex 4 5 7 endloop endfacet endsolid"), "nonfinite"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := read(c.data)
			if err != nil {
				t.Fatal(err)
			}
			if got := keys(m); got != c.notes {
				t.Errorf("notes %q, want %q", got, c.notes)
			}
			r := mesh.CheckWelded(m.Objects[0].Mesh)
			if r.Triangles != 4 || r.Vertices != 4 || !r.Manifold() || math.Abs(r.Volume-1./6) > 1e-15 {
				t.Errorf("%d triangles over %d points, manifold %v, volume %v", r.Triangles, r.Vertices, r.Manifold(), r.Volume)
			}
			if want := "stl-" + map[bool]string{true: "binary", false: "ascii"}[strings.HasPrefix(c.name, "binary")]; m.Format != want {
				t.Errorf("format %s, want %s", m.Format, want)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	binaryTetra, text := binaryOf(tetra), textOf(tetra)
	many := make([]byte, headBytes)
	binary.LittleEndian.PutUint32(many[80:], math.MaxUint32)
	for _, c := range []struct {
		name string
		data []byte
		key  string
		line int64
	}{
		{"nothing", nil, "empty", 0},
		{"white space", []byte(" \r\n\t "), "empty", 0},
		{"binary cut", binaryTetra[:len(binaryTetra)-7], "truncated", 0},
		{"binary of a head alone that says four thousand millions", many, "truncated", 0},
		{"a picture", append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), bytes.Repeat([]byte("\xffpixels\x00"), 99)...), "not-a-part", 0},
		{"a letter", []byte("Dear Sir, this solid offer"), "not-a-part", 0},
		{"text cut within a face", []byte(text[:strings.Index(text, "endloop")-4]), "truncated", 6},
		{"text cut between corners", []byte(text[:strings.Index(text, "endloop")-13]), "truncated", 6},
		{"text cut within a number", []byte(text[:strings.Index(text, "vertex")+8]), "truncated", 4},
		{"a word for a number", []byte(strings.Replace(text, "vertex 1 0 0", "vertex 1 wide 0", 1)), "number", 6},
		{"a number missing", []byte(strings.Replace(text, "vertex 1 0 0", "vertex 1,0,0", 1)), "number", 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := read(c.data)
			var e *mesh.FileError
			if !errors.As(err, &e) {
				t.Fatalf("gave %v, want a FileError %s", err, c.key)
			}
			if e.Key != c.key || e.Line != c.line {
				t.Errorf("gave %v, want %s in line %d", e, c.key, c.line)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	data, text := binaryOf(tetra), []byte(textOf(tetra))
	for name, try := range map[string]func() (*mesh.Model, error){
		"triangles": func() (*mesh.Model, error) {
			return Read(bytes.NewReader(data), int64(len(data)), mesh.Limits{Triangles: 3, Bytes: 1 << 20})
		},
		"triangles of text": func() (*mesh.Model, error) {
			return Read(bytes.NewReader(text), int64(len(text)), mesh.Limits{Triangles: 3, Bytes: 1 << 20})
		},
		"bytes": func() (*mesh.Model, error) {
			return Read(bytes.NewReader(data), int64(len(data)), mesh.Limits{Triangles: 9, Bytes: 99})
		},
	} {
		_, err := try()
		var e *mesh.FileError
		if !errors.As(err, &e) || e.Key != "limit" {
			t.Errorf("%s: gave %v, want a limit", name, err)
		}
	}
}

// nothing is a file of any size that holds zeros.
type nothing struct{}

func (nothing) ReadAt(p []byte, _ int64) (int, error) { clear(p); return len(p), nil }

// A head that promises more triangles than the limit is refused before anything is kept for them.
func TestHeadCostsNothing(t *testing.T) {
	limits := mesh.DefaultLimits
	limits.Bytes = math.MaxInt64
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Read(nothing{}, headBytes+recordBytes*int64(math.MaxUint32), limits)
	runtime.ReadMemStats(&after)
	if err == nil {
		t.Fatal("four thousand million triangles were read")
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<20 {
		t.Errorf("%d bytes were taken to refuse a file by its head", grown)
	}
}

// Over many blocks the order is that of the file, so that two readings of a file are the same: where neighbours stand near each
// other in it, and where they do not.
func TestBlocksKeepOrder(t *testing.T) {
	t.Run("in rows", func(t *testing.T) { keepsOrder(t, false) })
	t.Run("scattered", func(t *testing.T) { keepsOrder(t, true) })
}

func keepsOrder(t *testing.T, scattered bool) {
	const n = 5*recordsAtOnce + 7
	m := &mesh.Mesh{}
	for i := range n {
		a := uint32(len(m.Points))
		x := float64(i)
		m.Points = append(m.Points, mesh.Vec{X: x}, mesh.Vec{X: x + 1, Y: 1}, mesh.Vec{X: x + 2})
		m.Triangles = append(m.Triangles, [3]uint32{a, a + 1, a + 2})
	}
	if scattered {
		rand.New(rand.NewPCG(1, 2)).Shuffle(n, func(i, k int) { m.Triangles[i], m.Triangles[k] = m.Triangles[k], m.Triangles[i] })
	}
	want := mesh.Weld(m)
	for name, data := range map[string][]byte{"binary": binaryOf(m), "text": []byte(textOf(m))} {
		got, err := read(data)
		if err != nil {
			t.Fatal(err)
		}
		g := got.Objects[0].Mesh
		if len(g.Points) != len(want.Points) || len(g.Triangles) != n {
			t.Fatalf("%s: %d points and %d triangles, want %d and %d", name, len(g.Points), len(g.Triangles), len(want.Points), n)
		}
		for i := range g.Triangles {
			if g.Triangles[i] != want.Triangles[i] {
				t.Fatalf("%s: triangle %d is %v, want %v", name, i, g.Triangles[i], want.Triangles[i])
			}
		}
		for i := range g.Points {
			if g.Points[i] != want.Points[i] {
				t.Fatalf("%s: point %d is %v, want %v", name, i, g.Points[i], want.Points[i])
			}
		}
	}
}

// A disk that fails is not a part that is wrong.
func TestReadFailure(t *testing.T) {
	failing := io.NewSectionReader(failingFile{}, 0, 1<<20)
	_, err := Read(failing, 1<<20, mesh.DefaultLimits)
	if !errors.Is(err, os.ErrPermission) {
		t.Errorf("gave %v, want the failure of the disk", err)
	}
}

type failingFile struct{}

func (failingFile) ReadAt([]byte, int64) (int, error) { return 0, os.ErrPermission }

func FuzzRead(f *testing.F) {
	text := textOf(tetra)
	f.Add(binaryOf(tetra))
	f.Add([]byte(text))
	f.Add([]byte(strings.ToUpper(strings.ReplaceAll(text, "\n", "\r"))))
	f.Add([]byte("solid\nfacet normal nan 1.#IND inf\nouter loop\nvertex 1,5 -.5e-3 1e400\nvertex 1 2 3vertex 4 5 6endloopendfacet"))
	f.Add(append([]byte("solid "), make([]byte, 200)...))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Read(bytes.NewReader(data), int64(len(data)), mesh.Limits{Triangles: 10_000, Bytes: 1 << 20})
		if err != nil {
			if e := (*mesh.FileError)(nil); !errors.As(err, &e) {
				t.Fatalf("%v is not about the file", err)
			}
			return
		}
		g := m.Objects[0].Mesh
		for _, tri := range g.Triangles {
			for _, v := range tri {
				if int(v) >= len(g.Points) {
					t.Fatalf("triangle %v of %d points", tri, len(g.Points))
				}
			}
		}
		// The reader says that its points are welded: to weld them nevertheless changes nothing.
		again := &mesh.Mesh{Points: g.Points, Triangles: g.Triangles}
		if mesh.Weld(again) != again {
			t.Fatalf("%d points were not welded to %d by reading", 3*len(g.Triangles), len(g.Points))
		}
		mesh.CheckWelded(g)
	})
}

// What is written is read the same, bit for bit in text.
func TestRoundTrip(t *testing.T) {
	m := &mesh.Mesh{Points: []mesh.Vec{{X: 0.1, Y: 1. / 3, Z: 1e-300}, {X: -2e17, Y: 5e-7}, {Z: math.MaxFloat64}}, Triangles: [][3]uint32{{0, 1, 2}}}
	got, err := read([]byte(textOf(m)))
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range got.Objects[0].Mesh.Points {
		if p != m.Points[i] {
			t.Errorf("point %d is %v, want %v", i, p, m.Points[i])
		}
	}
	if got.Name != "corner" {
		t.Errorf("name %q, want corner", got.Name)
	}
}
