// Package format reads a part file of any kind: it recognises the kind by what is in the file and calls the reader
// below mesh that knows it. What receives files (pages, the API, the command line) calls this package alone.
//
// The name of a file is believed only when its content says nothing; a name that contradicts the content is noted.
package format

import (
	"io"
	"path"
	"strings"

	"bassin/internal/mesh"
	"bassin/internal/mesh/amf"
	"bassin/internal/mesh/obj"
	"bassin/internal/mesh/off"
	"bassin/internal/mesh/ply"
	"bassin/internal/mesh/stl"
	"bassin/internal/mesh/threemf"
)

// Kind is what a file is.
type Kind string

// The kinds that are read, and those that are recognised to say what has to be done with them.
const (
	Unknown Kind = ""
	STL     Kind = "stl"
	OBJ     Kind = "obj"
	OFF     Kind = "off"
	PLY     Kind = "ply"
	AMF     Kind = "amf"
	ThreeMF Kind = "3mf"
	STEP    Kind = "step" // exact surfaces: a converter has to make triangles of them
	IGES    Kind = "iges"
	Archive Kind = "zip" // one that holds no part of which it is the form
	GCode   Kind = "gcode"
	Picture Kind = "picture"
	PDF     Kind = "pdf"
	GLB     Kind = "glb"
	Native  Kind = "cad" // of a CAD program, which alone reads it
)

// Read reads a file of any kind.
func Read(r io.ReaderAt, size int64, name string, limits mesh.Limits) (*mesh.Model, error) {
	if size > limits.Bytes {
		return nil, &mesh.FileError{Key: "limit", Args: map[string]any{"bytes": limits.Bytes}}
	}
	kind, err := Recognise(r, size, name)
	if err != nil {
		return nil, err
	}
	model, err := read(kind, r, size, limits)
	if err != nil {
		return nil, err
	}
	model.LeaveOutNonfinite()
	if named := Named(name); named != Unknown && named != kind {
		note := mesh.Note{Key: "mislabelled", Args: map[string]any{"name": string(named), "content": string(kind)}}
		model.Notes = append([]mesh.Note{note}, model.Notes...)
	}
	return model, nil
}

func read(kind Kind, r io.ReaderAt, size int64, limits mesh.Limits) (*mesh.Model, error) {
	switch kind {
	case STL:
		return stl.Read(r, size, limits)
	case AMF:
		return amf.Read(r, size, limits)
	case OBJ:
		return obj.Read(r, size, limits)
	case OFF:
		return off.Read(r, size, limits)
	case PLY:
		return ply.Read(r, size, limits)
	case ThreeMF:
		return threemf.Read(r, size, limits)
	case STEP, IGES:
		return nil, &mesh.FileError{Key: "needs-converter", Args: map[string]any{"format": string(kind)}}
	case Unknown:
		if size == 0 {
			return nil, &mesh.FileError{Key: "empty"}
		}
		return nil, &mesh.FileError{Key: "not-a-part"}
	}
	return nil, &mesh.FileError{Key: "not-a-part", Args: map[string]any{"format": string(kind)}}
}

// Named is the kind that the ending of a name says.
func Named(name string) Kind {
	switch strings.ToLower(path.Ext(name)) {
	case ".stl":
		return STL
	case ".obj":
		return OBJ
	case ".off":
		return OFF
	case ".ply":
		return PLY
	case ".amf":
		return AMF
	case ".3mf":
		return ThreeMF
	case ".stp", ".step", ".p21":
		return STEP
	case ".igs", ".iges":
		return IGES
	}
	return Unknown
}
