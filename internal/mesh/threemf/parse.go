package threemf

import (
	"bytes"
	"io"
	"strings"

	"bassin/internal/mesh"
	"bassin/internal/mesh/scan"
)

// parser reads one model part.
type parser struct {
	*scan.XML
	file *file
	part *part
	root bool // the part is the root model: builds and paths count in it alone (production 2)
	text strings.Builder
}

// parse reads a model part. Rules are looked at on the way, errors only end it where nothing can be made of it.
func (f *file) parse(name string, body io.Reader) (*part, error) {
	p := &parser{XML: scan.NewXML(body), file: f, root: f.root == nil}
	p.part = &part{name: name, unit: mesh.Millimetre, objects: map[uint32]*object{}, groups: map[uint32]*group{}}
	token, err := p.Next()
	if err != nil {
		return nil, err
	}
	if token != scan.Start || string(p.Local) != "model" || p.Space != coreSpace {
		return nil, p.Fail("no-model")
	}
	if err := p.model(); err != nil {
		return nil, err
	}
	if _, err := p.Next(); err != nil { // there may be nothing behind the root (core 3.4: exactly one model)
		return nil, err
	}
	return p.part, nil
}

// find keeps a finding at the element being read.
func (p *parser) find(key, clause string, args ...any) {
	if p.file.findings == nil {
		return
	}
	values := map[string]any{}
	for i := 0; i+1 < len(args); i += 2 {
		values[args[i].(string)] = args[i+1]
	}
	p.file.find(key, clause, p.part.name, p.Line(), values)
}

// attributes goes through the attributes without a prefix of the element begun last; use tells whether it knows
// one. Those of other namespaces are allowed wherever the schema has anyAttribute, which is everywhere.
func (p *parser) attributes(use func(name string, value []byte) bool) {
	for _, a := range p.Attrs {
		switch {
		case a.Space == "":
			if !use(string(a.Local), a.Value) {
				p.find("attribute", "core 2.3.2", "element", string(p.Local), "attribute", string(a.Local))
			}
		case a.Space == xmlSpace && string(a.Local) == "space":
			p.find("xml-space", "core 2.3.4", "element", string(p.Local))
		case a.Space == xmlSpace && string(a.Local) != "lang", a.Space == schemaSpace, a.Space == coreSpace:
			p.find("attribute", "core 2.3.2", "element", string(p.Local), "attribute", string(a.Local))
		}
	}
}

// none is for elements that have no attributes of their own.
func none(string, []byte) bool { return false }

// children goes through the elements in the one begun last, to its end. each reads a whole one, or leaves it at its
// start to be passed over: it gives false then. Text between elements is against the schema.
func (p *parser) children(each func() (bool, error)) error {
	depth := p.Depth()
	for {
		token, err := p.Next()
		switch {
		case err != nil:
			return err
		case token == scan.End:
			return nil
		case token == scan.Text:
			if p.file.findings != nil && len(bytes.TrimSpace(p.Data)) > 0 {
				p.find("text", "core 2.3.3")
			}
			continue
		case token == scan.Done:
			return p.Fail("truncated")
		}
		known, err := each()
		if err != nil {
			return err
		}
		if !known {
			if p.Space == coreSpace {
				p.find("element", "core 2.3.2", "element", string(p.Local))
			}
			if p.Space == schemaSpace || p.Space == xmlSpace {
				p.find("element", "core 2.3.2", "element", string(p.Local))
			}
			if err := p.skip(depth); err != nil {
				return err
			}
		}
	}
}

// skip passes over what is open below a depth.
func (p *parser) skip(depth int) error {
	for p.Depth() > depth {
		if _, err := p.Next(); err != nil {
			return err
		}
	}
	return nil
}

// content reads the text of the element begun last, to its end.
func (p *parser) content() (string, error) {
	p.text.Reset()
	depth := p.Depth()
	for {
		token, err := p.Next()
		switch {
		case err != nil:
			return "", err
		case token == scan.End && p.Depth() < depth:
			return p.text.String(), nil
		case token == scan.Text && p.Raw:
			p.text.Write(p.Data)
		case token == scan.Text:
			s, ok := scan.Unescape(p.Data)
			if !ok {
				return "", p.Fail("xml")
			}
			p.text.WriteString(s)
		}
	}
}

// id reads an identifier (ST_ResourceID: 1 to 2³¹−1).
func (p *parser) id(value []byte) (uint32, bool) {
	n, ok := scan.Int(bytes.TrimSpace(value))
	return uint32(n), ok && n > 0 && n < 1<<31
}

// index reads one (ST_ResourceIndex: 0 to 2³¹−1).
func index(value []byte) (uint32, bool) {
	n, ok := scan.Int(bytes.TrimSpace(value))
	return uint32(n), ok && n >= 0 && n < 1<<31
}

// number reads one (ST_Number): no infinities, nor "not a number", and a digit on both sides of the point, which
// files in use do not always have.
func (p *parser) number(value []byte) (float64, bool) {
	value = bytes.TrimSpace(value)
	f, n := scan.Leading(value)
	if n == 0 || n != len(value) || f-f != 0 {
		return 0, false
	}
	if i := bytes.IndexByte(value, '.'); i >= 0 && (i+1 == len(value) || value[i+1] > '9' || value[i+1] < '0') {
		p.find("number", "core B.1", "value", string(value))
	}
	return f, true
}

// matrix reads a transform (core 3.3). Twelve numbers or nothing.
func (p *parser) matrix(value []byte) mesh.Transform {
	var t mesh.Transform
	rest := value
	for i := range t {
		var word []byte
		var ok bool
		word, rest = scan.Word(rest)
		if t[i], ok = p.number(word); !ok {
			p.find("transform", "core 3.3", "value", scan.Title(value))
			p.part.badTransforms++
			return mesh.Identity
		}
	}
	if word, _ := scan.Word(rest); len(word) > 0 {
		p.find("transform", "core 3.3", "value", scan.Title(value))
	}
	return t
}
