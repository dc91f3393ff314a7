package threemf

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"

	"bassin/internal/mesh"
)

// Metadata are the well-known words on a file (core table 3-1); those that are empty are not written.
type Metadata struct {
	Title, Designer, Description, Copyright, LicenseTerms string
	CreationDate                                          string // 2026-11-26
	Application                                           string
}

// Write writes a model in millimetres: of the core specification alone, so that every program reads it. An object that
// stands at several places is written once. What is written conforms, as far as the markup goes: triangles that name a
// point twice, which 3MF forbids (4.1.4.1), are left out. The same model gives the same bytes.
func Write(w io.Writer, m *mesh.Model, about Metadata) error {
	archive := zip.NewWriter(w)
	for _, member := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{typesPart, text(`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
			`<Default Extension="rels" ContentType="` + relsType + `"/><Default Extension="model" ContentType="` + modelType + `"/></Types>`)},
		{"_rels/.rels", text(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			`<Relationship Id="model" Type="` + modelRel + `" Target="/3D/3dmodel.model"/></Relationships>`)},
		{"3D/3dmodel.model", func(w io.Writer) error { return writeModel(w, m, about) }},
	} {
		out, err := archive.CreateHeader(&zip.FileHeader{Name: member.name, Method: zip.Deflate})
		if err != nil {
			return err
		}
		if err := member.write(out); err != nil {
			return err
		}
	}
	return archive.Close()
}

const declaration = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

func text(body string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, declaration+body)
		return err
	}
}

// writer writes the model part; b keeps the first error.
type writer struct {
	b    *bufio.Writer
	mm   float64
	line []byte
}

func writeModel(out io.Writer, m *mesh.Model, about Metadata) error {
	w := &writer{b: bufio.NewWriterSize(out, 64<<10), mm: m.Unit.Millimetres()}
	fmt.Fprint(w.b, declaration, `<model unit="millimeter" xml:lang="und" xmlns="`, coreSpace, `">`)
	for _, d := range []struct{ name, value string }{{"Title", about.Title}, {"Designer", about.Designer}, {"Description", about.Description},
		{"Copyright", about.Copyright}, {"LicenseTerms", about.LicenseTerms}, {"CreationDate", about.CreationDate}, {"Application", about.Application}} {
		if d.value != "" {
			fmt.Fprintf(w.b, "\n<metadata name=%q>%s</metadata>", d.name, escape(d.value))
		}
	}
	fmt.Fprint(w.b, "\n<resources>")
	ids := map[*mesh.Mesh]int{}
	for _, o := range m.Objects {
		if ids[o.Mesh] > 0 || len(o.Mesh.Triangles) == 0 {
			continue
		}
		ids[o.Mesh] = len(ids) + 1
		if err := w.object(ids[o.Mesh], o); err != nil {
			return err
		}
	}
	fmt.Fprint(w.b, "</resources>\n<build>")
	for _, o := range m.Objects {
		if id := ids[o.Mesh]; id > 0 {
			w.item(id, &o.Place)
		}
	}
	fmt.Fprint(w.b, "</build>\n</model>\n")
	return w.b.Flush()
}

func (w *writer) object(id int, o mesh.Object) error {
	fmt.Fprintf(w.b, "\n<object id=\"%d\" type=\"model\"", id)
	if o.Name != "" {
		fmt.Fprintf(w.b, ` name="%s"`, escape(o.Name))
	}
	fmt.Fprint(w.b, "><mesh><vertices>\n")
	for i, p := range o.Mesh.Points {
		if !p.Finite() {
			return &mesh.FileError{Key: "not-finite", Args: map[string]any{"point": i}}
		}
		w.line = append(w.line[:0], "<vertex"...)
		for k, x := range [3]float64{p.X, p.Y, p.Z} {
			w.line = append(w.line, ' ', "xyz"[k], '=', '"')
			w.line = append(strconv.AppendFloat(w.line, x*w.mm, 'g', -1, 64), '"')
		}
		w.b.Write(append(w.line, "/>\n"...)) //nolint:errcheck // Flush gives the first error
	}
	fmt.Fprint(w.b, "</vertices><triangles>\n")
	for _, t := range o.Mesh.Triangles {
		if t[0] == t[1] || t[1] == t[2] || t[2] == t[0] {
			continue
		}
		w.line = append(w.line[:0], "<triangle"...)
		for k, c := range t {
			w.line = append(w.line, ' ', 'v', "123"[k], '=', '"')
			w.line = append(strconv.AppendUint(w.line, uint64(c), 10), '"')
		}
		w.b.Write(append(w.line, "/>\n"...)) //nolint:errcheck // Flush gives the first error
	}
	_, err := io.WriteString(w.b, "</triangles></mesh></object>\n")
	return err
}

// item places an object: its move is in millimetres too.
func (w *writer) item(id int, place *mesh.Transform) {
	fmt.Fprintf(w.b, "\n<item objectid=\"%d\"", id)
	if *place != mesh.Identity {
		w.line = append(w.line[:0], ` transform="`...)
		for i, x := range place {
			if i > 0 {
				w.line = append(w.line, ' ')
			}
			if i >= 9 {
				x *= w.mm
			}
			w.line = strconv.AppendFloat(w.line, x, 'g', -1, 64)
		}
		w.b.Write(append(w.line, '"')) //nolint:errcheck // Flush gives the first error
	}
	fmt.Fprint(w.b, "/>")
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}
