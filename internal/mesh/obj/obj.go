// Package obj reads and writes Wavefront OBJ, the text format of modellers (Wavefront Technologies, Advanced
// Visualizer manual, appendix B1: "Object files"). mesh/format calls the reader.
//
// Read are corners (v), faces (f, with their texture and normal numbers or without, counted from the beginning or
// back from the end), objects (o) and lines that go on behind a backslash. What only changes the look (vt, vn,
// materials, groups, colours behind a corner) is passed over; free-form curves and surfaces are left out with a
// note. OBJ says no unit.
package obj

import (
	"io"

	"bassin/internal/mesh"
	"bassin/internal/mesh/polygon"
	"bassin/internal/mesh/scan"
)

// reader is what is known of a file so far.
type reader struct {
	lines     *scan.Lines
	limits    mesh.Limits
	cutter    polygon.Cutter
	points    []mesh.Vec
	triangles [][3]uint32
	objects   []object
	corners   []uint32 // of the face being read
	joined    []byte   // a line that went on
	model     mesh.Model
	ahead     int64 // the largest number of a corner that a face names before it comes, and on which line
	aheadLine int64
	freeForm  int
	colours   bool
}

// object is where one begins.
type object struct {
	name  string
	first int // of its triangles
}

// Read reads an OBJ file.
func Read(r io.ReaderAt, size int64, limits mesh.Limits) (*mesh.Model, error) {
	if size > limits.Bytes {
		return nil, &mesh.FileError{Key: "limit", Args: map[string]any{"bytes": limits.Bytes}}
	}
	f := reader{lines: scan.NewLines(r, 0, size, 0), limits: limits, objects: []object{{}}}
	f.model = mesh.Model{Format: "obj"}
	for {
		line, err := f.line()
		if err == io.EOF {
			return f.finish()
		}
		if err == nil {
			err = f.statement(line)
		}
		if err != nil {
			return nil, err
		}
	}
}

// line gives the next statement: a line, with those it goes on in.
func (f *reader) line() ([]byte, error) {
	line, err := f.lines.Next()
	if err != nil || len(line) == 0 || line[len(line)-1] != '\\' {
		return line, err
	}
	f.joined = f.joined[:0]
	for len(line) > 0 && line[len(line)-1] == '\\' {
		f.joined = append(f.joined, line[:len(line)-1]...)
		f.joined = append(f.joined, ' ')
		if len(f.joined) > 16<<20 {
			return nil, f.lines.Fail("line-too-long")
		}
		if line, err = f.lines.Next(); err == io.EOF {
			return f.joined, nil
		} else if err != nil {
			return nil, err
		}
	}
	f.joined = append(f.joined, line...)
	return f.joined, nil
}

func (f *reader) statement(line []byte) error {
	word, rest := scan.Word(line)
	switch string(word) {
	case "v":
		return f.point(rest)
	case "f", "fo": // fo is what f was called before version 3
		return f.face(rest)
	case "o":
		f.object(rest)
	case "curv", "curv2", "surf":
		f.freeForm++
	}
	return nil
}

func (f *reader) point(rest []byte) error {
	var xyz [3]float64
	for i := range xyz {
		var word []byte
		var ok bool
		word, rest = scan.Word(rest)
		if xyz[i], ok = scan.Float(word); !ok {
			return f.lines.Fail("number")
		}
	}
	f.points = append(scan.Roomy(f.points), mesh.Vec{X: xyz[0], Y: xyz[1], Z: xyz[2]})
	if !f.colours && len(rest) > 0 {
		// One number more is a weight for curves; three are a colour, which no manual has but all programs write.
		_, rest = scan.Word(rest)
		word, _ := scan.Word(rest)
		_, f.colours = scan.Float(word)
	}
	return nil
}

// face reads corners as "7", "7/1", "7//3" or "7/1/3", or counted back: "-1" is the corner given last.
func (f *reader) face(rest []byte) error {
	f.corners = f.corners[:0]
	for {
		var word []byte
		if word, rest = scan.Word(rest); len(word) == 0 || word[0] == '#' {
			break
		}
		n, used := scan.LeadingInt(word)
		if used == 0 || used < len(word) && word[used] != '/' {
			return f.lines.Fail("number")
		}
		if n < 0 {
			n += int64(len(f.points)) + 1
		}
		if n < 1 || n > 1<<32-1 {
			return f.lines.Fail("index")
		}
		if n > int64(len(f.points)) && n > f.ahead {
			f.ahead, f.aheadLine = n, f.lines.Number()
		}
		f.corners = append(f.corners, uint32(n-1))
	}
	if len(f.triangles)+len(f.corners)-2 > f.limits.Triangles {
		return &mesh.FileError{Key: "limit", Args: map[string]any{"triangles": f.limits.Triangles}, Line: f.lines.Number()}
	}
	f.triangles = f.cutter.Cut(scan.Roomy(f.triangles), f.points, f.corners)
	return nil
}

func (f *reader) object(rest []byte) {
	name := scan.Title(rest)
	if last := &f.objects[len(f.objects)-1]; last.first == len(f.triangles) {
		last.name = name // the one before holds nothing
		return
	}
	f.objects = append(f.objects, object{name, len(f.triangles)})
}

func (f *reader) finish() (*mesh.Model, error) {
	switch {
	case f.ahead > int64(len(f.points)):
		return nil, &mesh.FileError{Key: "index", Line: f.aheadLine}
	case len(f.triangles) == 0:
		return nil, &mesh.FileError{Key: "no-surface"}
	}
	f.split()
	if f.cutter.Fans > 0 {
		f.note("faces-not-flat", f.cutter.Fans)
	}
	if f.freeForm > 0 {
		f.note("free-form-left-out", f.freeForm)
	}
	if f.colours {
		f.model.Notes = append(f.model.Notes, mesh.Note{Key: "colours-left-out"})
	}
	return &f.model, nil
}

func (f *reader) note(key string, count int) {
	f.model.Notes = append(f.model.Notes, mesh.Note{Key: key, Args: map[string]any{"count": count}})
}

// split gives each object the points its triangles name: in the file all objects share them.
func (f *reader) split() {
	if last := len(f.objects) - 1; f.objects[last].first == len(f.triangles) {
		f.objects = f.objects[:last]
	}
	if len(f.objects) == 1 {
		m := &mesh.Mesh{Points: f.points, Triangles: f.triangles}
		f.model.Name = f.objects[0].name
		f.model.Objects = []mesh.Object{{Name: f.objects[0].name, Mesh: m, Place: mesh.Identity}}
		return
	}
	local := make([]uint32, len(f.points)) // number in the object, plus one
	owner := make([]int32, len(f.points))  // the object whose number it is, plus one
	for k, o := range f.objects {
		end := len(f.triangles)
		if k+1 < len(f.objects) {
			end = f.objects[k+1].first
		}
		m := &mesh.Mesh{Triangles: f.triangles[o.first:end:end]}
		for i, t := range m.Triangles {
			for j, p := range t {
				if owner[p] != int32(k+1) {
					owner[p], local[p] = int32(k+1), uint32(len(m.Points))
					m.Points = append(m.Points, f.points[p])
				}
				m.Triangles[i][j] = local[p]
			}
		}
		f.model.Objects = append(f.model.Objects, mesh.Object{Name: o.name, Mesh: m, Place: mesh.Identity})
	}
}
