// Package threemf reads, checks and writes 3MF, the 3D Manufacturing Format (3MF Core Specification 1.2.3, ISO/IEC
// 25422:2025; Materials and Properties Extension 1.2.1; Production Extension 1.2; ISO/IEC 29500-2 for the package).
// mesh/format calls the reader.
//
// Two things are asked of a file. Read takes what a real file holds, of a slicer's project too, and notes what was
// crooked or left out. Validate is strict: it gives every rule that the file breaks, with its clause.
//
// Words: a package is the archive; its members are parts; a model part holds resources (objects, groups of
// properties) and, in the root model, a build, whose items say what is made. An object is a mesh, or components,
// which are other objects at their places.
//
// It is a reader of our own by decision 0031.
package threemf

import (
	"io"

	"bassin/internal/mesh"
	"bassin/internal/mesh/scan"
)

// Read reads a 3MF file.
func Read(r io.ReaderAt, size int64, limits mesh.Limits) (*mesh.Model, error) {
	f, err := open(r, size, limits, nil)
	if err != nil {
		return nil, err
	}
	if f.settings, err = f.readSettings(); err != nil {
		return nil, err
	}
	switch n, err := f.pack.twice(); {
	case err != nil:
		return nil, err
	case n > 0:
		f.note("part-twice", map[string]any{"count": n})
	}
	return f.build()
}

// file is a package and the models read of it.
type file struct {
	pack     *pack
	limits   mesh.Limits
	root     *part
	parts    map[string]*part // by key
	read     int              // triangles
	settings *settings        // of a slicer's project; nil
	notes    []mesh.Note
	findings *[]Finding // nil when nobody asks for the rules
}

// open reads the root model and what it needs.
func open(r io.ReaderAt, size int64, limits mesh.Limits, findings *[]Finding) (*file, error) {
	p, err := openPack(r, size, limits)
	if err != nil {
		return nil, err
	}
	f := &file{pack: p, limits: limits, parts: map[string]*part{}, findings: findings}
	start, err := f.start()
	if err != nil {
		return nil, err
	}
	if f.root, err = f.model(start); err != nil {
		return nil, err
	}
	for _, o := range f.root.order {
		for _, c := range o.components {
			if err := f.needed(c); err != nil {
				return nil, err
			}
		}
	}
	for _, i := range f.root.items {
		if err := f.needed(i); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// needed reads the part an item refers to. One that is missing is left to build, which notes it.
func (f *file) needed(i item) error {
	if i.path == "" || f.pack.files[key(i.path)] == nil {
		return nil
	}
	_, err := f.model(i.path)
	return err
}

// start finds the root model: the package points at it (core 2.1.1). Files that lost their relationships are read
// all the same, if there is no doubt.
func (f *file) start() (string, error) {
	rels, err := f.pack.relationships("/")
	if err != nil {
		return "", err
	}
	start := ""
	for _, r := range rels {
		switch {
		case r.kind != modelRel || r.external || f.pack.files[key(r.target)] == nil:
		case start == "":
			start = r.target
		case key(r.target) != key(start) && f.findings == nil: // which is meant, programs do not agree on
			return "", &mesh.FileError{Key: "models-several", Part: r.target}
		}
	}
	if start != "" {
		return start, nil
	}
	f.find("start-part", "core 2.1.1", "/_rels/.rels", 0, nil)
	const usual = "/3D/3dmodel.model" // as core 2.2 recommends
	if f.pack.files[key(usual)] != nil {
		f.note("relationship-missing", nil)
		return usual, nil
	}
	return "", &mesh.FileError{Key: "no-model"}
}

// model reads a model part, once.
func (f *file) model(name string) (*part, error) {
	if p := f.parts[key(name)]; p != nil {
		return p, nil
	}
	body, err := f.pack.open(name)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	ahead := scan.ReadAhead(body)
	defer ahead.Close()
	p, err := f.parse(name, ahead)
	if err != nil {
		return nil, in(name, err)
	}
	f.parts[key(name)] = p
	return p, nil
}

func (f *file) note(key string, args map[string]any) {
	f.notes = append(f.notes, mesh.Note{Key: key, Args: args})
}
