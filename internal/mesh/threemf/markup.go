package threemf

import (
	"strings"

	"bassin/internal/mesh"
	"bassin/internal/mesh/scan"
)

// model reads the root element (core 3.4).
func (p *parser) model() error {
	p.attributes(func(name string, value []byte) bool {
		switch name {
		case "unit":
			if u := mesh.Unit(value); u.Millimetres() > 0 && u != mesh.Unknown {
				p.part.unit = u
			} else {
				p.find("unit", "core 3.4", "unit", scan.Title(value))
				p.file.note("unit-unknown", map[string]any{"unit": scan.Title(value)})
			}
		case "requiredextensions":
			p.required(value)
		case "recommendedextensions": // core 1.3
		default:
			return false
		}
		return true
	})
	names := map[string]bool{}
	resources, builds := 0, 0
	err := p.children(func() (bool, error) {
		if p.Space != coreSpace {
			return false, nil
		}
		switch string(p.Local) {
		case "metadata":
			if resources+builds > 0 {
				p.find("order", "core 3.4", "element", "metadata")
			}
			return true, p.metadata(names)
		case "resources":
			if resources++; builds > 0 || resources > 1 {
				p.find("order", "core 3.4", "element", "resources")
			}
			p.attributes(none)
			return true, p.children(p.resource)
		case "build":
			if builds++; resources == 0 || builds > 1 {
				p.find("order", "core 3.4", "element", "build")
			}
			return true, p.build()
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	if resources == 0 {
		p.find("no-resources", "core 3.4")
	}
	if builds == 0 {
		p.find("no-build", "core 3.4")
	}
	return nil
}

// required resolves the prefixes of the extensions a file requires (core 2.3.1, 3.4).
func (p *parser) required(value []byte) {
	for _, prefix := range strings.Fields(string(value)) {
		space, ok := p.Resolve(prefix)
		if !ok || space == "" {
			p.find("required-prefix", "core 3.4", "prefix", prefix)
			continue
		}
		p.part.required = append(p.part.required, space)
		if !understood[space] {
			p.find("required-extension", "core 2.3.1", "extension", space)
			p.file.note("extension-not-read", map[string]any{"extension": space})
		}
	}
}

// wellKnown are the names of metadata without a prefix (core table 3-1).
var wellKnown = map[string]bool{"Title": true, "Designer": true, "Description": true, "Copyright": true, "LicenseTerms": true,
	"Rating": true, "CreationDate": true, "ModificationDate": true, "Application": true}

// metadata reads one (core 3.4.1).
func (p *parser) metadata(names map[string]bool) error {
	name, named := "", false
	p.attributes(func(attribute string, value []byte) bool {
		switch attribute {
		case "name":
			name, _ = scan.Unescape(value)
			named = true
		case "preserve", "type":
		default:
			return false
		}
		return true
	})
	prefix, _, prefixed := strings.Cut(name, ":")
	space, declared := p.Resolve(prefix)
	switch {
	case !named:
		p.find("metadata-name-missing", "core 3.4.1")
	case !prefixed && !wellKnown[name]:
		p.find("metadata-name-unknown", "core 3.4.1", "name", name)
	case prefixed && (!declared || space == coreSpace):
		p.find("metadata-prefix", "core 3.4.1", "name", name)
	case names[name]:
		p.find("metadata-twice", "core 3.4.1", "name", name)
	}
	names[name] = true
	value, err := p.content()
	if name == "Title" && p.root {
		p.part.title = scan.Title([]byte(value))
	}
	return err
}

// resource reads one resource (core 3.4.2).
func (p *parser) resource() (bool, error) {
	switch {
	case p.Space == coreSpace && string(p.Local) == "object":
		return true, p.object()
	case p.Space == coreSpace && string(p.Local) == "basematerials":
		p.order()
		return true, p.group("core 5")
	case p.Space == materialSpace:
		return true, p.material()
	case p.Space == sliceSpace && string(p.Local) == "slicestack":
		p.part.slices = true
	}
	return false, nil
}

// order: the schema has the objects behind all other resources of the core (core B.1, CT_Resources).
func (p *parser) order() {
	if len(p.part.order) > 0 {
		p.find("order", "core B.1", "element", string(p.Local))
	}
}

// build reads the items. Those of a part that is not the root model do not count (production 2).
func (p *parser) build() error {
	uuid := false
	for _, a := range p.Attrs {
		uuid = uuid || a.Space == productionSpace && string(a.Local) == "UUID"
	}
	p.production(uuid, "build", "production 4.1")
	p.attributes(none)
	return p.children(func() (bool, error) {
		if p.Space != coreSpace || string(p.Local) != "item" {
			return false, nil
		}
		i, err := p.item("item", "core 3.4.3.1")
		if p.root {
			p.part.items = append(p.part.items, i)
		}
		return true, err
	})
}

// production: a file that requires the production extension names all it builds of (production 4).
func (p *parser) production(uuid bool, element, clause string) {
	if uuid || p.file.findings == nil {
		return
	}
	for _, space := range p.part.required {
		if space == productionSpace {
			p.find("uuid-missing", clause, "element", element)
		}
	}
}

// item reads an item or a component, with what is in it.
func (p *parser) item(element, clause string) (item, error) {
	i := item{place: mesh.Identity}
	if p.file.findings != nil {
		i.line = p.Line()
	}
	has, uuid := false, false
	p.attributes(func(name string, value []byte) bool {
		switch name {
		case "objectid":
			i.object, has = p.id(value)
		case "transform":
			i.place = p.matrix(value)
		case "printable": // of slicers, without a namespace
			i.hidden = string(value) == "0"
			return false
		case "partnumber":
			return element == "item"
		default:
			return false
		}
		return true
	})
	for _, a := range p.Attrs {
		switch {
		case a.Space == productionSpace && string(a.Local) == "path":
			i.path, _ = scan.Unescape(a.Value)
			if !p.root {
				p.find("path-not-in-root", "production 3.1.2", "path", i.path)
			}
			if !strings.HasPrefix(i.path, "/") {
				p.find("path-not-absolute", "production 3.1", "path", i.path)
			}
		case a.Space == productionSpace && string(a.Local) == "UUID":
			uuid = true
		case string(a.Local) == "printable":
			i.hidden = i.hidden || string(a.Value) == "0"
		}
	}
	if !p.root {
		i.path = "" // one level only (production 2): no circles over parts
	}
	if !has {
		p.find("objectid", clause, "element", element)
	}
	p.production(uuid, element, "production 4")
	return i, p.children(func() (bool, error) {
		if p.Space == coreSpace && string(p.Local) == "metadatagroup" && element == "item" {
			return true, p.metadataGroup()
		}
		return false, nil
	})
}

// metadataGroup reads one of an object or item; what slicers say there of an object is understood.
func (p *parser) metadataGroup() error {
	p.attributes(none)
	names := map[string]bool{}
	return p.children(func() (bool, error) {
		if p.Space == coreSpace && string(p.Local) == "metadata" {
			return true, p.metadata(names)
		}
		return false, nil
	})
}

// object reads an object (core 4).
func (p *parser) object() error {
	o := &object{kind: "model", line: p.Line()}
	var hasID, hasIndex, uuid bool
	p.attributes(func(name string, value []byte) bool {
		switch name {
		case "id":
			o.id, hasID = p.id(value)
		case "type":
			o.kind = string(value)
		case "pid":
			o.pid, o.hasPid = p.id(value)
		case "pindex":
			o.pindex, hasIndex = index(value)
		case "name":
			text, _ := scan.Unescape(value)
			o.name = scan.Title([]byte(text))
		case "thumbnail":
			path, _ := scan.Unescape(value)
			p.thumbnail(path)
		case "partnumber":
		default:
			return false
		}
		return true
	})
	for _, a := range p.Attrs {
		uuid = uuid || a.Space == productionSpace && string(a.Local) == "UUID"
		if a.Space == sliceSpace {
			p.part.slices = true
		}
	}
	p.production(uuid, "object", "production 4.2")
	switch o.kind {
	case "model", "solidsupport", "support", "surface", "other":
	default:
		p.find("object-type", "core 4", "type", o.kind)
		o.kind = "model"
	}
	if !hasID {
		p.find("id", "core 4", "element", "object")
	}
	if hasIndex && !o.hasPid {
		p.find("pid-missing", "core 4")
	}
	p.unique(o.id)
	if p.part.objects[o.id] == nil {
		p.part.objects[o.id] = o
	}
	meshes, lists := 0, 0
	err := p.children(func() (bool, error) {
		if p.Space != coreSpace {
			return false, nil
		}
		switch string(p.Local) {
		case "metadatagroup":
			return true, p.metadataGroup()
		case "mesh":
			meshes++
			return true, p.mesh(o)
		case "components":
			lists++
			p.attributes(none)
			return true, p.components(o)
		}
		return false, nil
	})
	p.part.order = append(p.part.order, o)
	switch {
	case meshes+lists != 1:
		p.find("object-shape", "core 4", "object", o.id)
	case lists == 1 && (o.hasPid || hasIndex):
		p.find("components-with-property", "core 4", "object", o.id)
	case o.coloured && !(o.hasPid && hasIndex):
		p.find("object-property-missing", "core 4", "object", o.id)
	}
	p.reference(o.hasPid && meshes == 1, o.pid, int64(o.pindex), "core 4")
	return err
}

// unique: identifiers are, over all kinds of resources (core 3.4.2).
func (p *parser) unique(id uint32) {
	if id > 0 && (p.part.objects[id] != nil || p.part.groups[id] != nil) {
		p.find("id-twice", "core 3.4.2", "id", id)
	}
}

// components reads those of an object (core 4.2).
func (p *parser) components(o *object) error {
	err := p.children(func() (bool, error) {
		if p.Space != coreSpace || string(p.Local) != "component" {
			return false, nil
		}
		c, err := p.item("component", "core 4.2.1")
		if known := p.part.objects[c.object]; c.path == "" && (known == nil || known == o) {
			p.find("component-unknown", "core 4.2.1", "object", c.object) // objects come before what refers to them
		}
		o.components = append(o.components, c)
		return true, err
	})
	if len(o.components) == 0 {
		p.find("no-components", "core B.1", "object", o.id)
	}
	return err
}

func (p *parser) thumbnail(path string) {
	if p.file.findings == nil {
		return
	}
	if !strings.HasPrefix(path, "/") || p.file.pack.files[key(path)] == nil {
		p.find("thumbnail", "core 4", "path", path)
	}
}
