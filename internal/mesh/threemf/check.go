package threemf

import (
	"archive/zip"
	"path"
	"strings"

	"bassin/internal/mesh/scan"
)

// check looks at the rules that are not of one element: on the package, and on what refers to what.
func (f *file) check() error {
	types, err := f.contentTypes()
	if err != nil {
		return err
	}
	f.names(types)
	for _, source := range append([]string{"/"}, f.partNames()...) {
		rels, err := f.pack.relationships(source)
		if err != nil {
			return err
		}
		f.relations(source, rels, types)
	}
	for _, p := range f.parts {
		for _, o := range p.order {
			for _, c := range o.components {
				f.refers(p, c, "core 4.2.1")
			}
		}
	}
	for _, i := range f.root.items {
		f.refers(f.root, i, "core 3.4.3.1")
		if f.other(f.root, i, 0) {
			f.find("other-built", "core 3.4.3.1", f.root.name, i.line, map[string]any{"object": i.object})
		}
	}
	return nil
}

func (f *file) partNames() []string {
	var names []string
	for _, p := range f.parts {
		names = append(names, p.name)
	}
	return names
}

// types are the types of content of a package, by ending and by name (OPC 7.2.3).
type types struct{ endings, names map[string]string }

func (t types) of(name string) string {
	if kind, ok := t.names[key(name)]; ok {
		return kind
	}
	return t.endings[strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))]
}

func (f *file) contentTypes() (types, error) {
	t := types{map[string]string{}, map[string]string{}}
	if f.pack.files[key(typesPart)] == nil {
		f.find("no-content-types", "opc 7.2.3", "/"+typesPart, 0, nil)
		return t, nil
	}
	err := f.pack.elements("/"+typesPart, func(x *scan.XML) {
		values := map[string]string{}
		for _, a := range x.Attrs {
			values[string(a.Local)], _ = scan.Unescape(a.Value)
		}
		switch string(x.Local) {
		case "Default":
			t.endings[strings.ToLower(values["Extension"])] = values["ContentType"]
		case "Override":
			t.names[key(values["PartName"])] = values["ContentType"]
		}
	})
	return t, err
}

// names looks at the names of the parts, and that each has a type.
func (f *file) names(t types) {
	seen := map[string]bool{}
	for _, z := range f.pack.order {
		name := "/" + strings.TrimPrefix(z.Name, "/")
		if key(z.Name) == key(typesPart) {
			continue
		}
		if !partName(z) {
			f.find("part-name", "opc 6.2.2", name, 0, nil)
		}
		if seen[key(z.Name)] {
			f.find("part-twice", "opc 6.2.2.3", name, 0, nil)
		}
		seen[key(z.Name)] = true
		if t.of(name) == "" {
			f.find("no-content-type", "opc 7.2.3", name, 0, nil)
		}
	}
}

// partName tells whether the name of a member can be one of a part (OPC 6.2.2.2): segments that are neither empty
// nor end by a dot, no backslashes, no ways up. Core 2.2 wants no segment to begin by a dot either, but for .rels.
func partName(z *zip.File) bool {
	if strings.ContainsAny(z.Name, "\\:\x00") || strings.HasPrefix(z.Name, "/") {
		return false
	}
	for _, segment := range strings.Split(z.Name, "/") {
		if segment == "" || strings.HasSuffix(segment, ".") {
			return false
		}
	}
	base := path.Base(z.Name)
	return !strings.HasPrefix(base, ".") || base == ".rels"
}

// relations looks at the relationships of the package or of a model part.
func (f *file) relations(source string, rels []relationship, t types) {
	name := path.Join(path.Dir(source), "_rels", path.Base(source)+".rels")
	if source == "/" {
		name = "/_rels/.rels"
	}
	ids, count := map[string]bool{}, map[string]int{}
	for _, r := range rels {
		args := map[string]any{"target": r.target}
		if r.id == "" || ids[r.id] {
			f.find("relationship-id", "opc 6.5.3", name, r.line, args)
		}
		ids[r.id] = true
		if twice := r.kind + " " + key(r.target); ids[twice] {
			f.find("relationship-twice", "core 2.1.1", name, r.line, args)
		} else {
			ids[twice] = true
		}
		count[r.kind]++
		switch r.kind {
		case modelRel, ticketRel, textureRel, thumbnailRel:
		default:
			continue // of others nothing is known
		}
		switch {
		case r.external:
			f.find("relationship-external", "core 2.1.1", name, r.line, args)
			continue
		case f.pack.files[key(r.target)] == nil:
			f.find("relationship-target", "core 2.1.1", name, r.line, args)
			continue
		}
		kind := t.of(r.target)
		if r.kind == thumbnailRel && kind != "image/png" && kind != "image/jpeg" {
			f.find("thumbnail-type", "core 2.1.3", name, r.line, args)
		}
		if r.kind == modelRel && kind != modelType {
			f.find("model-type", "core 2.1.2", name, r.line, args)
		}
	}
	if source == "/" && count[modelRel] > 1 {
		f.find("start-part", "core 2.1.1", name, 0, nil)
	}
	if count[ticketRel] > 1 {
		f.find("print-tickets", "core 2.1.4", name, 0, nil)
	}
}

// related tells whether a part is the target of a relationship from another.
func (f *file) related(source, target, kind string) bool {
	rels, err := f.pack.relationships(source)
	if err != nil {
		return false
	}
	for _, r := range rels {
		if r.kind == kind && key(r.target) == key(target) {
			return true
		}
	}
	return false
}

// refers looks whether what an item or component names is there, in a part the model points at.
func (f *file) refers(from *part, i item, clause string) {
	if i.path != "" {
		if f.pack.files[key(i.path)] == nil {
			f.find("path-missing", "production 3.1", from.name, i.line, map[string]any{"path": i.path})
			return
		}
		if !f.related(from.name, i.path, modelRel) {
			f.find("path-not-related", "production 3.3", from.name, i.line, map[string]any{"path": i.path})
		}
	}
	if _, o := f.target(from, i); o == nil {
		f.find("object-unknown", clause, from.name, i.line, map[string]any{"object": i.object})
	}
}

// other tells whether an item comes to an object of the type "other". Each object is looked at once; one that comes
// to itself has no answer and is a finding already (objects come before what refers to them).
func (f *file) other(from *part, i item, level int) bool {
	to, o := f.target(from, i)
	if o == nil || level > maxLevels || o.counted {
		return o != nil && o.other
	}
	o.counted = true
	o.other = o.kind == "other" && len(o.components) == 0
	for _, c := range o.components {
		o.other = f.other(to, c, level+1) || o.other
	}
	return o.other
}
