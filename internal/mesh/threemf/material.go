package threemf

import (
	"bytes"
	"strings"

	"bassin/internal/mesh/scan"
)

// properties are the groups whose members a triangle, an object or a multiproperties may have.
var properties = map[string]bool{"basematerials": true, "colorgroup": true, "texture2dgroup": true, "compositematerials": true, "multiproperties": true}

// reference looks whether a property exists: a group of properties with so many members, given before (core 3.4).
func (p *parser) reference(asked bool, pid uint32, index int64, clause string) {
	if !asked || p.file.findings == nil {
		return
	}
	g := p.part.groups[pid]
	switch {
	case g == nil || !properties[g.kind] && understoodKind(g.kind):
		p.find("property-group-unknown", clause, "pid", pid)
	case properties[g.kind] && index >= int64(g.count):
		p.find("property-index", clause, "pid", pid, "index", index)
	}
}

// understoodKind: of the groups of other extensions nothing is known.
func understoodKind(kind string) bool { return properties[kind] || kind == "texture2d" }

// begin begins a group: its identifier is unique over all resources.
func (p *parser) begin(value []byte) *group {
	g := &group{kind: string(p.Local), line: p.Line()}
	ok := false
	if g.id, ok = p.id(value); !ok {
		p.find("id", "core 3.4.2", "element", g.kind)
	}
	p.unique(g.id)
	if p.part.groups[g.id] == nil {
		p.part.groups[g.id] = g
	}
	return g
}

// attribute gives the value of an attribute without prefix.
func (p *parser) attribute(name string) ([]byte, bool) {
	for _, a := range p.Attrs {
		if a.Space == "" && string(a.Local) == name {
			return a.Value, true
		}
	}
	return nil, false
}

// group reads base materials (core 5).
func (p *parser) group(clause string) error {
	id, _ := p.attribute("id")
	g := p.begin(id)
	p.attributes(func(name string, _ []byte) bool { return name == "id" || name == "displaypropertiesid" })
	err := p.children(func() (bool, error) {
		if p.Space != coreSpace || string(p.Local) != "base" {
			return false, nil
		}
		g.count++
		if _, ok := p.attribute("name"); !ok {
			p.find("material-name", "core 5.1")
		}
		p.colour("displaycolor", "core 5.1.1")
		p.attributes(func(name string, _ []byte) bool { return name == "name" || name == "displaycolor" })
		return true, p.skip(p.Depth() - 1)
	})
	if g.count == 0 {
		p.find("group-empty", clause, "id", g.id)
	}
	return err
}

// colour looks at one: #RRGGBB or #RRGGBBAA.
func (p *parser) colour(name, clause string) {
	value, ok := p.attribute(name)
	good := ok && (len(value) == 7 || len(value) == 9) && value[0] == '#'
	if good {
		for _, c := range value[1:] {
			good = good && (c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f')
		}
	}
	if !good {
		p.find("colour", clause, "value", scan.Title(value))
	}
}

// members are the elements of the groups of the materials extension.
var members = map[string]string{"colorgroup": "color", "texture2dgroup": "tex2coord", "compositematerials": "composite", "multiproperties": "multi"}

// material reads a resource of the materials extension: as much of it as its rules need.
func (p *parser) material() error {
	kind := string(p.Local)
	if _, named := p.attribute("id"); !named && members[kind] == "" && kind != "texture2d" {
		return p.skip(p.Depth() - 1)
	}
	id, _ := p.attribute("id")
	g := p.begin(id)
	p.part.colours = true
	switch kind {
	case "texture2d":
		p.texture()
	case "texture2dgroup":
		p.refer(g, "texid", "texture2d", "materials 3")
	case "compositematerials":
		p.composite(g)
	case "multiproperties":
		p.multi(g)
	}
	return p.children(func() (bool, error) {
		if p.Space != materialSpace {
			return false, nil
		}
		if string(p.Local) == members[kind] {
			g.count++
			p.member(kind)
		}
		return true, p.skip(p.Depth() - 1)
	})
}

// member looks at one of a group.
func (p *parser) member(kind string) {
	if p.file.findings == nil {
		return
	}
	switch kind {
	case "colorgroup":
		p.colour("color", "materials 2.1")
	case "texture2dgroup":
		for _, name := range []string{"u", "v"} {
			value, _ := p.attribute(name)
			if _, ok := p.number(value); !ok {
				p.find("number", "materials 3.1", "value", scan.Title(value))
			}
		}
	case "compositematerials":
		p.list("values", "materials 4.1", func(word []byte) bool {
			f, ok := p.number(word)
			return ok && f >= 0 && f <= 1
		})
	case "multiproperties":
		p.list("pindices", "materials 5.1", func(word []byte) bool {
			_, ok := index(word)
			return ok
		})
	}
}

// list looks at an attribute that lists values, which must be there.
func (p *parser) list(name, clause string, good func(word []byte) bool) {
	value, ok := p.attribute(name)
	words := bytes.Fields(value)
	if !ok || len(words) == 0 {
		p.find("list-missing", clause, "attribute", name)
	}
	for _, word := range words {
		if !good(word) {
			p.find("list-value", clause, "attribute", name, "value", scan.Title(word))
			return
		}
	}
}

// refer follows an attribute that names a group of a kind.
func (p *parser) refer(g *group, name, kind, clause string) *group {
	value, ok := p.attribute(name)
	id, good := p.id(value)
	to := p.part.groups[id]
	if !ok || !good || to == nil || to.kind != kind {
		p.find("reference", clause, "element", g.kind, "attribute", name)
		return nil
	}
	g.refs = append(g.refs, id)
	return to
}

func (p *parser) composite(g *group) {
	base := p.refer(g, "matid", "basematerials", "materials 4")
	p.list("matindices", "materials 4", func(word []byte) bool {
		n, ok := index(word)
		return ok && (base == nil || int(n) < base.count)
	})
}

// multi looks at the layers: one material at most, and first; one group of colours at most; no multiproperties
// (materials 5).
func (p *parser) multi(g *group) {
	value, _ := p.attribute("pids")
	layers := bytes.Fields(value)
	if len(layers) == 0 {
		p.find("list-missing", "materials 5", "attribute", "pids")
	}
	count := map[string]int{}
	for i, word := range layers {
		id, _ := p.id(word)
		to := p.part.groups[id]
		switch {
		case to == nil:
			p.find("reference", "materials 5", "element", g.kind, "attribute", "pids")
			continue
		case to == g || to.kind == "multiproperties":
			p.find("multi-in-multi", "materials 5", "id", g.id)
		case to.kind == "basematerials" || to.kind == "compositematerials":
			if count["material"]++; count["material"] > 1 {
				p.find("multi-materials", "materials 5", "id", g.id)
			} else if i > 0 {
				p.find("multi-material-first", "materials 5", "id", g.id)
			}
		case to.kind == "colorgroup":
			if count["colour"]++; count["colour"] > 1 {
				p.find("multi-colours", "materials 5", "id", g.id)
			}
		}
		g.refs = append(g.refs, id)
	}
	blends, _ := p.attribute("blendmethods")
	if words := strings.Fields(string(blends)); len(words) > max(0, len(layers)-1) {
		p.find("blendmethods", "materials 5", "id", g.id)
	}
}

// texture looks at an image: it stands in the package, related to the model as a texture (materials 6).
func (p *parser) texture() {
	if p.file.findings == nil {
		return
	}
	if kind, _ := p.attribute("contenttype"); string(kind) != "image/png" && string(kind) != "image/jpeg" {
		p.find("texture-type", "materials 6", "type", scan.Title(kind))
	}
	value, ok := p.attribute("path")
	path, _ := scan.Unescape(value)
	switch {
	case !ok || !strings.HasPrefix(path, "/"):
		p.find("texture-path", "materials 6")
	case p.file.pack.files[key(path)] == nil:
		p.find("texture-missing", "materials 6", "path", path)
	case !p.file.related(p.part.name, path, textureRel):
		p.find("texture-not-related", "materials 6", "path", path)
	}
	for _, name := range []string{"tilestyleu", "tilestylev"} {
		if style, ok := p.attribute(name); ok {
			switch string(style) {
			case "wrap", "mirror", "clamp", "none":
			default:
				p.find("tilestyle", "materials 6", "value", scan.Title(style))
			}
		}
	}
}
