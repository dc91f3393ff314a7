// Package off reads the Object File Format of Geomview and of research on geometry (Geomview manual, "OFF Files").
// mesh/format calls it.
//
// Read is the text form with its letters for textures, normals and colours, which are passed over. The binary form
// and points of four or n dimensions are refused by name. OFF says no unit.
package off

import (
	"bytes"
	"io"
	"strings"

	"bassin/internal/mesh"
	"bassin/internal/mesh/polygon"
	"bassin/internal/mesh/scan"
)

type reader struct {
	lines  *scan.Lines
	limits mesh.Limits
	mesh   mesh.Mesh
	cutter polygon.Cutter
}

// Read reads an OFF file.
func Read(r io.ReaderAt, size int64, limits mesh.Limits) (*mesh.Model, error) {
	if size > limits.Bytes {
		return nil, &mesh.FileError{Key: "limit", Args: map[string]any{"bytes": limits.Bytes}}
	}
	f := reader{lines: scan.NewLines(r, 0, size, 0), limits: limits}
	points, faces, colours, err := f.header()
	if err != nil {
		return nil, err
	}
	if err := f.points(points); err != nil {
		return nil, err
	}
	if err := f.faces(faces); err != nil {
		return nil, err
	}
	if len(f.mesh.Triangles) == 0 {
		return nil, &mesh.FileError{Key: "no-surface"}
	}
	model := &mesh.Model{Format: "off", Objects: []mesh.Object{{Mesh: &f.mesh, Place: mesh.Identity}}}
	if f.cutter.Fans > 0 {
		model.Notes = append(model.Notes, mesh.Note{Key: "faces-not-flat", Args: map[string]any{"count": f.cutter.Fans}})
	}
	if colours {
		model.Notes = append(model.Notes, mesh.Note{Key: "colours-left-out"})
	}
	return model, nil
}

// next gives the next line that says something, without its comment.
func (f *reader) next() ([]byte, error) {
	for {
		line, err := f.lines.Next()
		if err == io.EOF {
			return nil, f.lines.Fail("truncated")
		}
		if err != nil {
			return nil, err
		}
		if i := bytes.IndexByte(line, '#'); i >= 0 {
			line = line[:i]
		}
		if word, _ := scan.Word(line); len(word) > 0 {
			return line, nil
		}
	}
}

// Keyword tells whether a word is the first of an OFF file: OFF behind letters for texture coordinates, colours,
// normals, a fourth coordinate and n dimensions.
func Keyword(word []byte) bool {
	letters, ok := strings.CutSuffix(string(word), "OFF")
	if !ok {
		return false
	}
	letters = strings.TrimPrefix(letters, "ST")
	for _, letter := range []string{"C", "N", "4", "n"} {
		letters = strings.TrimPrefix(letters, letter)
	}
	return letters == ""
}

// header reads the keyword and the counts, which may stand on its line.
func (f *reader) header() (points, faces int, colours bool, err error) {
	line, err := f.next()
	if err != nil {
		return 0, 0, false, err
	}
	word, rest := scan.Word(line)
	if !Keyword(word) {
		return 0, 0, false, f.lines.Fail("not-a-part")
	}
	second, _ := scan.Word(rest)
	switch {
	case bytes.ContainsAny(word, "4n"):
		return 0, 0, false, &mesh.FileError{Key: "not-supported", Args: map[string]any{"what": string(word)}, Line: f.lines.Number()}
	case string(second) == "BINARY":
		return 0, 0, false, &mesh.FileError{Key: "not-supported", Args: map[string]any{"what": "OFF BINARY"}, Line: f.lines.Number()}
	case len(second) == 0:
		if rest, err = f.next(); err != nil {
			return 0, 0, false, err
		}
	}
	p, rest, ok1 := integer(rest)
	q, _, ok2 := integer(rest) // the number of edges comes third; nobody needs it, some leave it out
	switch {
	case !ok1 || !ok2:
		return 0, 0, false, f.lines.Fail("number")
	case q > int64(f.limits.Triangles):
		return 0, 0, false, &mesh.FileError{Key: "limit", Args: map[string]any{"triangles": f.limits.Triangles}, Line: f.lines.Number()}
	case p > 1<<32-1 || 6*p+2*q > f.lines.Left()+1: // "0 0 0", "0", and an end of line each
		return 0, 0, false, f.lines.Fail("truncated")
	}
	return int(p), int(q), bytes.ContainsRune(word, 'C'), nil
}

func integer(line []byte) (int64, []byte, bool) {
	word, rest := scan.Word(line)
	n, ok := scan.Int(word)
	return n, rest, ok && n >= 0
}

func (f *reader) points(count int) error {
	f.mesh.Points = make([]mesh.Vec, count)
	for i := range f.mesh.Points {
		line, err := f.next()
		if err != nil {
			return err
		}
		var xyz [3]float64
		for j := range xyz {
			var word []byte
			var ok bool
			word, line = scan.Word(line)
			if xyz[j], ok = scan.Float(word); !ok {
				return f.lines.Fail("number")
			}
		}
		f.mesh.Points[i] = mesh.Vec{X: xyz[0], Y: xyz[1], Z: xyz[2]}
	}
	return nil
}

func (f *reader) faces(count int) error {
	f.mesh.Triangles = make([][3]uint32, 0, min(int64(count), f.lines.Left()/8)) // "3 0 1 2" and its end
	var corners []uint32
	for range count {
		line, err := f.next()
		if err != nil {
			return err
		}
		n, rest, ok := integer(line)
		if !ok {
			return f.lines.Fail("number")
		}
		if n > int64(len(line)) {
			return f.lines.Fail("truncated")
		}
		if len(f.mesh.Triangles)+int(n)-2 > f.limits.Triangles {
			return &mesh.FileError{Key: "limit", Args: map[string]any{"triangles": f.limits.Triangles}, Line: f.lines.Number()}
		}
		corners = corners[:0]
		for range n {
			var p int64
			if p, rest, ok = integer(rest); !ok {
				return f.lines.Fail("number")
			}
			if p >= int64(len(f.mesh.Points)) {
				return f.lines.Fail("index")
			}
			corners = append(corners, uint32(p))
		}
		f.mesh.Triangles = f.cutter.Cut(scan.Roomy(f.mesh.Triangles), f.mesh.Points, corners)
	}
	return nil
}
