package cad

import (
	"bufio"
	"encoding/binary"
	"io"
	"math"
	"strings"

	"bassin/internal/mesh"
)

// reader reads what a worker wrote, or a person's browser. The worker read what anybody sent, so its words are not believed: no
// count before as much is there, no corner beyond the points.
type reader struct {
	io.Reader
	left int64 // bytes of the file
	err  error
}

func (r *reader) bytes(b []byte) {
	if r.err != nil {
		return
	}
	if r.left -= int64(len(b)); r.left < 0 {
		r.err = io.ErrUnexpectedEOF
		return
	}
	_, r.err = io.ReadFull(r.Reader, b)
}

// count reads how many there are of what has a size.
func (r *reader) count(size int64) int {
	var b [4]byte
	r.bytes(b[:])
	n := int64(binary.LittleEndian.Uint32(b[:]))
	if r.err == nil && n*size > r.left {
		r.err = io.ErrUnexpectedEOF
	}
	if r.err != nil {
		return 0
	}
	return int(n)
}

// Read makes a model of triangles as triangles.cjs writes them, of so many bytes, in millimetres: those of a file of the kind, each
// of its bodies an object. The error is a mesh.FileError.
func Read(in io.Reader, size int64, kind Kind, limits mesh.Limits) (*mesh.Model, error) {
	r := &reader{Reader: bufio.NewReaderSize(in, 1<<20), left: size}
	begin := make([]byte, 4)
	if r.bytes(begin); r.err != nil || !headed(begin) {
		return nil, refused("convert-failed", kind)
	}
	model := &mesh.Model{Format: string(kind), Unit: mesh.Millimetre}
	triangles := 0
	for range r.count(12) {
		o := r.object()
		if triangles += len(o.Mesh.Triangles); triangles > limits.Triangles {
			return nil, &mesh.FileError{Key: "limit", Args: map[string]any{"triangles": limits.Triangles}}
		}
		if r.err != nil {
			return nil, refused("convert-failed", kind)
		}
		if len(o.Mesh.Triangles) > 0 {
			model.Objects = append(model.Objects, o)
		}
	}
	if r.err != nil {
		return nil, refused("convert-failed", kind)
	}
	if triangles == 0 {
		return nil, refused("convert-empty", kind)
	}
	model.LeaveOutNonfinite()
	return model, nil
}

func (r *reader) object() mesh.Object {
	name := make([]byte, r.count(1))
	r.bytes(name)
	m := &mesh.Mesh{Points: make([]mesh.Vec, r.count(24))}
	var b [24]byte
	for i := range m.Points {
		r.bytes(b[:])
		at := func(k int) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b[8*k:])) }
		m.Points[i] = mesh.Vec{X: at(0), Y: at(1), Z: at(2)}
	}
	m.Triangles = make([][3]uint32, r.count(12))
	for i := range m.Triangles {
		r.bytes(b[:12])
		for k := range 3 {
			if m.Triangles[i][k] = binary.LittleEndian.Uint32(b[4*k:]); int64(m.Triangles[i][k]) >= int64(len(m.Points)) && r.err == nil {
				r.err = io.ErrUnexpectedEOF
			}
		}
	}
	return mesh.Object{Name: strings.ToValidUTF8(string(name), "\ufffd"), Mesh: m, Place: mesh.Identity}
}
