// Package mesh is the geometry of parts to be made: triangles over shared points, what is wrong with
// them, what they measure. It is a library: standard library only, of ours it imports only its own
// packages, it opens no file and knows no person, page or table.
//
// Words: a part file gives a Model, which has Objects, each a Mesh with its place. A Mesh as it was read
// may name a point many times (STL does); Weld makes equal points one. Counts of edges, shells and faces
// (Topology) and Measures are of welded meshes. Lengths are those of the file until the model is put into
// millimetres.
//
// The readers of the formats are the packages below: mesh/stl, mesh/obj, mesh/off, mesh/ply, mesh/amf,
// mesh/threemf; mesh/format recognises a file by its content and calls the right one.
package mesh

import (
	"fmt"
	"math"
)

// Vec is a point or a direction in space.
type Vec struct{ X, Y, Z float64 }

// Add is v + w.
func (v Vec) Add(w Vec) Vec { return Vec{v.X + w.X, v.Y + w.Y, v.Z + w.Z} }

// Sub is v − w.
func (v Vec) Sub(w Vec) Vec { return Vec{v.X - w.X, v.Y - w.Y, v.Z - w.Z} }

// Times is v with its length multiplied by f.
func (v Vec) Times(f float64) Vec { return Vec{v.X * f, v.Y * f, v.Z * f} }

// Dot is the scalar product.
func (v Vec) Dot(w Vec) float64 { return v.X*w.X + v.Y*w.Y + v.Z*w.Z }

// Cross is the vector product, by the right hand.
func (v Vec) Cross(w Vec) Vec {
	return Vec{v.Y*w.Z - v.Z*w.Y, v.Z*w.X - v.X*w.Z, v.X*w.Y - v.Y*w.X}
}

// Len is the length of v.
func (v Vec) Len() float64 { return math.Sqrt(v.Dot(v)) }

// Finite tells whether no coordinate is an infinity or not a number.
func (v Vec) Finite() bool {
	sum := v.X*0 + v.Y*0 + v.Z*0 // 0 times an infinity is not a number
	return sum == 0
}

// Mesh is a surface of triangles. Corners go counter-clockwise seen from outside the part.
type Mesh struct {
	Points    []Vec
	Triangles [][3]uint32 // each an index into Points; readers guarantee that they lie within

	// Welded: each point stands once, in the order in which triangles name them, as Weld leaves them. Who makes a mesh says
	// it; who moves its points takes it back.
	Welded bool
}

// Named are the points that triangles name, each once, in the order of the mesh.
func (m *Mesh) Named() []Vec {
	named := make([]bool, len(m.Points))
	for _, t := range m.Triangles {
		named[t[0]], named[t[1]], named[t[2]] = true, true, true
	}
	list := make([]Vec, 0, len(m.Points))
	for i, p := range m.Points {
		if named[i] {
			list = append(list, p)
		}
	}
	return list
}

// Unit is the name of a unit of length as 3MF writes it (core specification 3.4); "" when the file says none,
// as STL, OBJ, OFF and PLY never do.
type Unit string

// The units.
const (
	Unknown    Unit = ""
	Micron     Unit = "micron"
	Millimetre Unit = "millimeter"
	Centimetre Unit = "centimeter"
	Inch       Unit = "inch"
	Foot       Unit = "foot"
	Metre      Unit = "meter"
)

// Millimetres is how many millimetres the unit has; an unknown one is taken for a millimetre, which is the
// custom of STL. Zero for a word that is no unit.
func (u Unit) Millimetres() float64 {
	switch u {
	case Micron:
		return 0.001
	case Unknown, Millimetre:
		return 1
	case Centimetre:
		return 10
	case Inch:
		return 25.4
	case Foot:
		return 304.8
	case Metre:
		return 1000
	}
	return 0
}

// Model is what a part file holds.
type Model struct {
	Format  string // "stl-binary", "stl-ascii", "3mf", "obj", "off", "ply", "amf"
	Unit    Unit
	Name    string   // as the file gives it, "" often
	Objects []Object // what is to be made, in the order of the file; an object placed twice stands twice
	Notes   []Note   // what was crooked in the file and read all the same, or left out
}

// Object is one mesh at its place.
type Object struct {
	Name  string
	Mesh  *Mesh // shared by the objects that are the same mesh at several places: never changed in place
	Place Transform
	Plate int // of a slicer's project with several plates, from 1; 0 when there are none
}

// Note says one thing about a file that was read: a key for a text, and values for it.
type Note struct {
	Key  string         `json:"key"`
	Args map[string]any `json:"args,omitempty"`
}

// Transform is an affine map by rows, as 3MF writes it (core 3.3): a point is a row, p' = p·M + t, where the first
// nine numbers are the rows of M and the last three are t.
type Transform [12]float64

// Identity leaves points where they are.
var Identity = Transform{1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0}

// Apply maps a point.
func (t *Transform) Apply(p Vec) Vec {
	return Vec{
		p.X*t[0] + p.Y*t[3] + p.Z*t[6] + t[9],
		p.X*t[1] + p.Y*t[4] + p.Z*t[7] + t[10],
		p.X*t[2] + p.Y*t[5] + p.Z*t[8] + t[11],
	}
}

// Then is t followed by u.
func (t *Transform) Then(u *Transform) Transform {
	row := func(i int, move float64) [3]float64 {
		a, b, c := t[3*i], t[3*i+1], t[3*i+2]
		return [3]float64{
			a*u[0] + b*u[3] + c*u[6] + move*u[9],
			a*u[1] + b*u[4] + c*u[7] + move*u[10],
			a*u[2] + b*u[5] + c*u[8] + move*u[11],
		}
	}
	var w Transform
	for i, move := range []float64{0, 0, 0, 1} {
		r := row(i, move)
		copy(w[3*i:], r[:])
	}
	return w
}

// Det is the determinant of the linear part: how volumes grow; negative when the map mirrors.
func (t *Transform) Det() float64 {
	return Vec{t[0], t[1], t[2]}.Dot(Vec{t[3], t[4], t[5]}.Cross(Vec{t[6], t[7], t[8]}))
}

// Whole is all objects at their places as one mesh. A mirroring place turns the triangles, so that they still
// show their outside. The only object at its origin is given as it is, not copied.
func (m *Model) Whole() *Mesh {
	if len(m.Objects) == 1 && m.Objects[0].Place == Identity {
		return m.Objects[0].Mesh
	}
	var points, triangles int
	for _, o := range m.Objects {
		points += len(o.Mesh.Points)
		triangles += len(o.Mesh.Triangles)
	}
	whole := &Mesh{Points: make([]Vec, 0, points), Triangles: make([][3]uint32, 0, triangles)}
	for _, o := range m.Objects {
		first := uint32(len(whole.Points))
		for _, p := range o.Mesh.Points {
			whole.Points = append(whole.Points, o.Place.Apply(p))
		}
		mirrored := o.Place.Det() < 0
		for _, t := range o.Mesh.Triangles {
			if mirrored {
				t[1], t[2] = t[2], t[1]
			}
			whole.Triangles = append(whole.Triangles, [3]uint32{first + t[0], first + t[1], first + t[2]})
		}
	}
	return whole
}

// InMillimetres is Whole with its points in millimetres.
func (m *Model) InMillimetres() *Mesh {
	whole, mm := m.Whole(), m.Unit.Millimetres()
	if mm == 1 {
		return whole
	}
	scaled := &Mesh{Points: make([]Vec, len(whole.Points)), Triangles: whole.Triangles}
	for i, p := range whole.Points {
		scaled.Points[i] = p.Times(mm)
	}
	return scaled
}

// Place moves all objects, in millimetres.
func (m *Model) Place(by *Transform) {
	mm := m.Unit.Millimetres()
	t := *by
	for i := 9; i < 12; i++ {
		t[i] /= mm
	}
	for i := range m.Objects {
		m.Objects[i].Place = m.Objects[i].Place.Then(&t)
	}
}

// Limits are what a reader takes from a file before it gives up; a file over them is an error with the key "limit".
type Limits struct {
	Triangles int   // over all objects, placed copies counted
	Bytes     int64 // of the file, and of what an archive holds when unpacked
}

// DefaultLimits fit a server of a small machine: 2 GB files, 50 million triangles.
var DefaultLimits = Limits{Triangles: 50_000_000, Bytes: 2 << 30}

// FileError is a file that cannot be read: a key for a text, values for it, and where in the file.
type FileError struct {
	Key  string         `json:"key"` // of the text: "not-a-part", "truncated", "limit", "index", "number"…
	Args map[string]any `json:"args,omitempty"`
	Line int64          `json:"line,omitempty"` // from 1, of a text or the XML in an archive; 0 when not known
	Part string         `json:"part,omitempty"` // of an archive: the member; "" else
}

// Error says it for a log; people are told by the text of the key.
func (e *FileError) Error() string {
	s := "part file: " + e.Key
	if e.Part != "" {
		s += " in " + e.Part
	}
	if e.Line > 0 {
		s += fmt.Sprintf(", line %d", e.Line)
	}
	if len(e.Args) > 0 {
		s += fmt.Sprintf(" %v", e.Args)
	}
	return s
}
