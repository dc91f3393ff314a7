// Package ply reads the Polygon File Format of scanners (G. Turk, The PLY Polygon File Format, 1994), as text and
// as bytes in both orders. mesh/format calls it.
//
// Read are the corners and faces, or strips of triangles; elements and properties with other names are passed
// over, whatever their types, with a note where they would show. PLY says no unit.
package ply

import (
	"io"

	"bassin/internal/mesh"
	"bassin/internal/mesh/polygon"
	"bassin/internal/mesh/scan"
)

// source gives the values of the body one after the other, whether they are words or bytes.
type source interface {
	value(k kind) (float64, error)
	left() int64           // bytes of the file not read yet
	words() bool           // of a text
	fail(key string) error // an error here
}

type reader struct {
	in     source
	limits mesh.Limits
	mesh   mesh.Mesh
	cutter polygon.Cutter
	list   []uint32 // of the face being read
}

// Read reads a PLY file.
func Read(r io.ReaderAt, size int64, limits mesh.Limits) (*mesh.Model, error) {
	if size > limits.Bytes {
		return nil, &mesh.FileError{Key: "limit", Args: map[string]any{"bytes": limits.Bytes}}
	}
	head, err := readHeader(r, size)
	if err != nil {
		return nil, err
	}
	f := reader{in: head.source(r, size), limits: limits}
	for i := range head.elements {
		if err := f.element(&head.elements[i]); err != nil {
			return nil, err
		}
	}
	for _, t := range f.mesh.Triangles {
		if n := uint32(len(f.mesh.Points)); t[0] >= n || t[1] >= n || t[2] >= n {
			return nil, &mesh.FileError{Key: "index"}
		}
	}
	if len(f.mesh.Triangles) == 0 {
		return nil, &mesh.FileError{Key: "no-surface", Args: map[string]any{"points": len(f.mesh.Points)}}
	}
	model := &mesh.Model{Format: "ply", Objects: []mesh.Object{{Mesh: &f.mesh, Place: mesh.Identity}}}
	if f.cutter.Fans > 0 {
		model.Notes = append(model.Notes, mesh.Note{Key: "faces-not-flat", Args: map[string]any{"count": f.cutter.Fans}})
	}
	if head.colours() {
		model.Notes = append(model.Notes, mesh.Note{Key: "colours-left-out"})
	}
	return model, nil
}

// element reads the records of one element, or passes over them.
func (f *reader) element(e *element) error {
	// A count that the file has no bytes for is told before anything is reserved for it.
	least := e.least(f.in)
	if least == 0 { // no properties: any count of nothing
		return nil
	}
	if e.count > f.in.left()/least+1 {
		return f.in.fail("truncated")
	}
	switch e.name {
	case "vertex":
		return f.vertices(e)
	case "face":
		if e.count > int64(f.limits.Triangles) {
			return &mesh.FileError{Key: "limit", Args: map[string]any{"triangles": f.limits.Triangles}}
		}
		return f.lists(e, []string{"vertex_indices", "vertex_index"}, f.face)
	case "tristrips":
		return f.lists(e, []string{"vertex_indices", "vertex_index"}, f.strip)
	}
	return f.lists(e, nil, nil)
}

func (f *reader) vertices(e *element) error {
	if e.count > 1<<32-1 {
		return f.in.fail("limit")
	}
	where := [3]int{-1, -1, -1}
	for i, p := range e.properties {
		for j, name := range []string{"x", "y", "z"} {
			if p.name == name && !p.list {
				where[j] = i
			}
		}
	}
	if where[0] < 0 || where[1] < 0 || where[2] < 0 {
		return f.in.fail("no-coordinates")
	}
	f.mesh.Points = make([]mesh.Vec, e.count)
	row := make([]float64, len(e.properties))
	for i := range f.mesh.Points {
		for j, p := range e.properties {
			v, err := f.property(p, nil)
			if err != nil {
				return err
			}
			row[j] = v
		}
		f.mesh.Points[i] = mesh.Vec{X: row[where[0]], Y: row[where[1]], Z: row[where[2]]}
	}
	return nil
}

// lists reads the records of an element of which one list counts, called by any of the names.
func (f *reader) lists(e *element, names []string, use func() error) error {
	wanted := -1
	for i, p := range e.properties {
		for _, name := range names {
			if p.list && p.name == name {
				wanted = i
			}
		}
	}
	for range e.count {
		for i, p := range e.properties {
			if i != wanted {
				if _, err := f.property(p, nil); err != nil {
					return err
				}
				continue
			}
			f.list = f.list[:0]
			if _, err := f.property(p, &f.list); err != nil {
				return err
			}
			if err := use(); err != nil {
				return err
			}
		}
	}
	return nil
}

// property reads the value of one, or a list into what is given for it.
func (f *reader) property(p property, into *[]uint32) (float64, error) {
	if !p.list {
		return f.in.value(p.kind)
	}
	n, err := f.in.value(p.count)
	if err != nil {
		return 0, err
	}
	if n < 0 || n != float64(int64(n)) || int64(n) > f.in.left() {
		return 0, f.in.fail("truncated")
	}
	for range int64(n) {
		v, err := f.in.value(p.kind)
		if err != nil {
			return 0, err
		}
		if into == nil {
			continue
		}
		if v != float64(int64(v)) || v < -1 || v > 1<<32-1 {
			return 0, f.in.fail("index")
		}
		*into = append(*into, uint32(int64(v))) // −1, the end of a strip, becomes the largest number
	}
	return n, nil
}

func (f *reader) face() error {
	if len(f.mesh.Triangles)+len(f.list)-2 > f.limits.Triangles {
		return &mesh.FileError{Key: "limit", Args: map[string]any{"triangles": f.limits.Triangles}}
	}
	f.mesh.Triangles = f.cutter.Cut(scan.Roomy(f.mesh.Triangles), f.mesh.Points, f.list)
	return nil
}

// strip reads a strip of triangles: each corner makes one with the two before it, every other of them the other
// way round; −1 begins a new strip.
func (f *reader) strip() error {
	const cut = 1<<32 - 1
	if len(f.mesh.Triangles)+len(f.list) > f.limits.Triangles {
		return &mesh.FileError{Key: "limit", Args: map[string]any{"triangles": f.limits.Triangles}}
	}
	first := 0
	for i, c := range f.list {
		switch {
		case c == cut:
			first = i + 1
		case i-first < 2:
		case (i-first)%2 == 0:
			f.mesh.Triangles = append(f.mesh.Triangles, [3]uint32{f.list[i-2], f.list[i-1], c})
		default:
			f.mesh.Triangles = append(f.mesh.Triangles, [3]uint32{f.list[i-1], f.list[i-2], c})
		}
	}
	return nil
}
