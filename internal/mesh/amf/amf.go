// Package amf reads the Additive Manufacturing File Format (ISO/ASTM 52915:2020), plain or as the only part file of
// a ZIP archive. mesh/format calls it.
//
// Read are objects, the volumes of their meshes, the unit, and constellations, which place objects by turns and
// moves. Normals and edges that make triangles curved are taken for flat, with a note; colours, textures and
// materials are passed over; volumes that are support or only change how others are printed are left out, with a
// note.
package amf

import (
	"archive/zip"
	"bytes"
	"io"
	"path"
	"strings"

	"bassin/internal/mesh"
	"bassin/internal/mesh/scan"
)

// Read reads an AMF file.
func Read(r io.ReaderAt, size int64, limits mesh.Limits) (*mesh.Model, error) {
	if size > limits.Bytes {
		return nil, &mesh.FileError{Key: "limit", Args: map[string]any{"bytes": limits.Bytes}}
	}
	magic := make([]byte, 2)
	if _, err := r.ReadAt(magic, 0); err != nil && err != io.EOF {
		return nil, err
	}
	if string(magic) != "PK" {
		return read(io.NewSectionReader(r, 0, size), limits)
	}
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, &mesh.FileError{Key: "archive"}
	}
	for _, f := range archive.File {
		if strings.ToLower(path.Ext(f.Name)) != ".amf" {
			continue
		}
		body, err := scan.Unpack(f, limits.Bytes)
		if err != nil {
			return nil, err
		}
		defer body.Close()
		return read(body, limits)
	}
	return nil, &mesh.FileError{Key: "no-model"}
}

// units are by the words of the standard (5.2, attribute unit), which are not all those of 3MF.
var units = map[string]mesh.Unit{"": mesh.Millimetre, "millimeter": mesh.Millimetre, "inch": mesh.Inch, "feet": mesh.Foot,
	"foot": mesh.Foot, "meter": mesh.Metre, "micron": mesh.Micron, "micrometer": mesh.Micron, "centimeter": mesh.Centimetre}

func read(body io.Reader, limits mesh.Limits) (*mesh.Model, error) {
	p := parser{XML: scan.NewXML(body), limits: limits, scene: scene{objects: map[string]*object{}, groups: map[string]*constellation{}}}
	token, err := p.Next()
	if err != nil {
		return nil, err
	}
	if token != scan.Start || !bytes.EqualFold(p.Local, []byte("amf")) {
		return nil, p.Fail("no-model")
	}
	model := &mesh.Model{Format: "amf"}
	unit := strings.ToLower(strings.TrimSpace(p.attribute("unit")))
	var known bool
	if model.Unit, known = units[unit]; !known {
		model.Unit = mesh.Millimetre
		model.Notes = append(model.Notes, mesh.Note{Key: "unit-unknown", Args: map[string]any{"unit": scan.Title([]byte(unit))}})
	}
	if err := p.root(model); err != nil {
		return nil, err
	}
	if err := p.scene.lay(model, limits); err != nil {
		return nil, err
	}
	p.notes(model)
	if len(model.Objects) == 0 {
		return nil, &mesh.FileError{Key: "no-surface"}
	}
	return model, nil
}

func (p *parser) notes(model *mesh.Model) {
	for _, n := range []struct {
		key   string
		count int
	}{{"object-missing", p.scene.missing}, {"supports-left-out", p.supports}, {"modifiers-left-out", p.modifiers}, {"curves-flattened", p.curves}} {
		if n.count > 0 {
			model.Notes = append(model.Notes, mesh.Note{Key: n.key, Args: map[string]any{"count": n.count}})
		}
	}
	if p.colours {
		model.Notes = append(model.Notes, mesh.Note{Key: "colours-left-out"})
	}
}
