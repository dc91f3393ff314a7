package threemf

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"net/url"
	"path"
	"strings"

	"bassin/internal/mesh"
	"bassin/internal/mesh/scan"
)

// The types of relationships and of content that count (core C.1, C.2; materials E.2).
const (
	modelRel     = "http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"
	ticketRel    = "http://schemas.microsoft.com/3dmanufacturing/2013/01/printticket"
	textureRel   = "http://schemas.microsoft.com/3dmanufacturing/2013/01/3dtexture"
	thumbnailRel = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail"
	modelType    = "application/vnd.ms-package.3dmanufacturing-3dmodel+xml"
	relsType     = "application/vnd.openxmlformats-package.relationships+xml"
	typesPart    = "[Content_Types].xml"
)

// pack is an OPC package: a ZIP archive whose members have types and point at one another.
type pack struct {
	files   map[string]*zip.File // by key
	doubles []*zip.File          // members whose name another had before
	opened  map[string]bool      // by key
	order   []*zip.File
	budget  int64 // how many bytes may still be unpacked
	rels    map[string][]relationship
}

// openPack opens the archive. Names that only differ by case are one name (OPC 6.2.2.3); which of two members it
// means is then the first, until twice looks at them.
func openPack(r io.ReaderAt, size int64, limits mesh.Limits) (*pack, error) {
	if size > limits.Bytes {
		return nil, &mesh.FileError{Key: "limit", Args: map[string]any{"bytes": limits.Bytes}}
	}
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, &mesh.FileError{Key: "archive"}
	}
	p := &pack{files: map[string]*zip.File{}, opened: map[string]bool{}, budget: limits.Bytes, rels: map[string][]relationship{}}
	for _, f := range archive.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		p.order = append(p.order, f)
		if k := key(f.Name); p.files[k] == nil {
			p.files[k] = f
		} else {
			p.doubles = append(p.doubles, f)
		}
	}
	return p, nil
}

// twice tells how many members have a name that another has too. No package may have such (OPC 6.2.2.3), and programs differ in
// which they take, the first, the last or all: where one that was read is another each time, a person would see another part than
// is made, and it is an error.
func (p *pack) twice() (int, error) {
	for _, f := range p.doubles {
		if k := key(f.Name); p.opened[k] {
			switch same, err := sameBytes(p.files[k], f); {
			case err != nil:
				return 0, in(f.Name, &mesh.FileError{Key: "archive"})
			case !same:
				return 0, in(f.Name, &mesh.FileError{Key: "part-twice", Args: map[string]any{"part": f.Name}})
			}
		}
	}
	return len(p.doubles), nil
}

// sameBytes tells whether two members are packed to the same bytes. A sum would not do: it is easily made to agree.
func sameBytes(a, b *zip.File) (bool, error) {
	if a.Method != b.Method || a.CompressedSize64 != b.CompressedSize64 {
		return false, nil
	}
	x, err := a.OpenRaw()
	if err != nil {
		return false, err
	}
	y, err := b.OpenRaw()
	if err != nil {
		return false, err
	}
	var p, q [4096]byte
	for {
		n, err := io.ReadFull(x, p[:])
		m, other := io.ReadFull(y, q[:])
		switch {
		case n != m || !bytes.Equal(p[:n], q[:m]):
			return false, nil
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return true, nil
		case err != nil:
			return false, err
		case other != nil:
			return false, other
		}
	}
}

// key is how a part is looked for: absolute, in small letters, by slashes, its escapes resolved.
func key(name string) string {
	name = strings.ReplaceAll(name, `\`, "/")
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	return strings.ToLower(path.Clean("/" + name))
}

// resolve makes the target of a relationship absolute: it is relative to the part it is said of (OPC 8.3).
func resolve(source, target string) string {
	if strings.HasPrefix(target, "/") {
		return target
	}
	return path.Join(path.Dir(source), target)
}

// open unpacks a part, as far as limits allow.
func (p *pack) open(name string) (io.ReadCloser, error) {
	f := p.files[key(name)]
	if f == nil {
		return nil, &mesh.FileError{Key: "part-missing", Part: name}
	}
	p.opened[key(name)] = true
	body, err := scan.Unpack(f, p.budget)
	if err != nil {
		return nil, in(name, err)
	}
	p.budget -= int64(f.UncompressedSize64)
	return body, nil
}

// relationship is one line of a .rels part.
type relationship struct {
	id, kind, target string
	external         bool
	line             int64
}

// relationships reads those of a part; of the package itself when it is "/". None is no error.
func (p *pack) relationships(source string) ([]relationship, error) {
	name := path.Join(path.Dir(source), "_rels", path.Base(source)+".rels")
	if source == "/" {
		name = "/_rels/.rels"
	}
	if known, ok := p.rels[key(name)]; ok || p.files[key(name)] == nil {
		return known, nil
	}
	var found []relationship
	err := p.elements(name, func(x *scan.XML) {
		if string(x.Local) != "Relationship" {
			return
		}
		r := relationship{line: x.Line()}
		for _, a := range x.Attrs {
			value, _ := scan.Unescape(a.Value)
			switch string(a.Local) {
			case "Id":
				r.id = value
			case "Type":
				r.kind = value
			case "Target":
				r.target = value
			case "TargetMode":
				r.external = value == "External"
			}
		}
		if u, err := url.Parse(r.target); err != nil || u.Scheme != "" || u.Host != "" {
			r.external = true // "C:/part.png" is a URI of the scheme C
		} else if !r.external {
			r.target = resolve(source, r.target)
		}
		found = append(found, r)
	})
	p.rels[key(name)] = found
	return found, err
}

// elements goes through the elements of a small part.
func (p *pack) elements(name string, each func(*scan.XML)) error {
	body, err := p.open(name)
	if err != nil {
		return err
	}
	defer body.Close()
	x := scan.NewXML(body)
	for {
		token, err := x.Next()
		if err != nil || token == scan.Done {
			return in(name, err)
		}
		if token == scan.Start {
			each(x)
		}
	}
}

// in names the part in which an error was met.
func in(part string, err error) error {
	if fault, ok := err.(*mesh.FileError); ok && fault.Part == "" {
		named := *fault
		named.Part = part
		return &named
	}
	return err
}
