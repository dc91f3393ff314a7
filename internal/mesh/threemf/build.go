package threemf

import (
	"math"

	"bassin/internal/mesh"
)

const (
	// maxLevels is how deep components may stand in components. A circle is an error of its own.
	maxLevels = 32
	// maxInstances bounds objects without triangles too, which the limit of triangles does not.
	maxInstances = 1 << 20
)

// builder lays out what the build of the root model says.
type builder struct {
	*file
	model *mesh.Model
	left  map[string]int // what was left out, by key of its note
}

// build makes the model of a file (core 3.4.3).
func (f *file) build() (*mesh.Model, error) {
	b := builder{file: f, left: map[string]int{}, model: &mesh.Model{Format: "3mf", Unit: f.root.unit, Name: f.root.title}}
	items := f.printed()
	triangles, instances := 0, 0
	for _, i := range items {
		t, n, err := f.count(f.root, i, 0)
		if err != nil {
			return nil, err
		}
		if triangles, instances = triangles+t, instances+n; triangles > f.limits.Triangles || instances > maxInstances {
			return nil, &mesh.FileError{Key: "limit", Args: map[string]any{"triangles": f.limits.Triangles}}
		}
	}
	seen := map[uint32]int{}
	for _, i := range items {
		plate := 0
		if f.settings != nil && i.path == "" {
			plate = f.settings.plate(i.object, seen[i.object])
			seen[i.object]++
		}
		b.place(f.root, i, &mesh.Identity, "", plate, true)
	}
	b.notes()
	if len(b.model.Objects) == 0 {
		return nil, &mesh.FileError{Key: "no-surface"}
	}
	return b.model, nil
}

// printed are the items that are to be made. A slicer's project may have some off the plate, and a file without any
// item (some programs forget the build) is taken for all its models.
func (f *file) printed() []item {
	if len(f.root.items) == 0 {
		inner := map[uint32]bool{}
		for _, o := range f.root.order {
			for _, c := range o.components {
				inner[c.object] = inner[c.object] || c.path == ""
			}
		}
		var all []item
		for _, o := range f.root.order {
			if !inner[o.id] {
				all = append(all, item{object: o.id, place: mesh.Identity})
			}
		}
		f.note("no-build", nil)
		return all
	}
	var shown []item
	for _, i := range f.root.items {
		if !i.hidden {
			shown = append(shown, i)
		}
	}
	if hidden := len(f.root.items) - len(shown); len(shown) > 0 && hidden > 0 {
		f.note("not-printed-left-out", map[string]any{"count": hidden})
		return shown
	}
	return f.root.items
}

// target is the object an item or component means, and the part it stands in.
func (f *file) target(from *part, i item) (*part, *object) {
	to := from
	if i.path != "" {
		if to = f.parts[key(i.path)]; to == nil {
			return nil, nil
		}
	}
	return to, to.objects[i.object]
}

// count counts the triangles and objects behind an item before any is laid out: a few components of components make
// thousands of millions.
func (f *file) count(from *part, i item, level int) (triangles, instances int, err error) {
	to, o := f.target(from, i)
	if o == nil {
		return 0, 0, nil
	}
	if o.counting || level > maxLevels {
		return 0, 0, &mesh.FileError{Key: "component-circle", Part: to.name, Line: o.line, Args: map[string]any{"object": o.id}}
	}
	if o.counted {
		return o.triangles, o.instances, nil
	}
	o.counting = true
	o.instances = 1 // one without a mesh takes time too
	if o.mesh != nil {
		o.triangles = len(o.mesh.Triangles)
	}
	for _, c := range o.components {
		t, n, err := f.count(to, c, level+1)
		if err != nil {
			return 0, 0, err
		}
		o.triangles = min(o.triangles+t, math.MaxInt32)
		o.instances = min(o.instances+n, math.MaxInt32)
	}
	o.counting, o.counted = false, true
	return o.triangles, o.instances, nil
}

// place adds the meshes behind an item.
func (b *builder) place(from *part, i item, outer *mesh.Transform, name string, plate int, top bool) {
	to, o := b.target(from, i)
	if o == nil {
		b.left["object-missing"]++
		return
	}
	place := i.place
	if scale := to.unit.Millimetres() / from.unit.Millimetres(); scale != 1 { // a part says its own unit (core 3.4)
		grow := mesh.Transform{scale, 0, 0, 0, scale, 0, 0, 0, scale}
		place = grow.Then(&place)
	}
	if place == mesh.Identity {
		place = *outer
	} else if *outer != mesh.Identity {
		place = place.Then(outer)
	}
	if top {
		name = b.settings.objectName(i.object)
	}
	if o.name != "" {
		name = o.name
	}
	if o.mesh != nil {
		b.leaf(o, place, name, plate)
	}
	for _, c := range o.components {
		inner := name
		if top {
			role, partName := b.settings.part(i.object, c.object)
			if role != "" {
				b.left[role]++
				continue
			}
			if partName != "" {
				inner = partName
			}
		}
		b.place(to, c, &place, inner, plate, false)
	}
}

// leaf adds one mesh, if it is of the part and not of its making (core 4, table of object).
func (b *builder) leaf(o *object, place mesh.Transform, name string, plate int) {
	switch o.kind {
	case "support", "solidsupport":
		b.left["supports-left-out"]++
		return
	case "other": // MUST NOT be built (core 3.4.3.1); slicers keep their modifiers so
		b.left["modifiers-left-out"]++
		return
	}
	m := o.mesh
	if b.settings != nil {
		m = b.settings.cut(o, b.left)
	}
	if len(m.Triangles) == 0 && o.beams == 0 {
		return
	}
	b.model.Objects = append(b.model.Objects, mesh.Object{Name: name, Mesh: m, Place: place, Plate: plate})
}

// notes says what was left out.
func (b *builder) notes() {
	var beams int
	var slices, colours bool
	bad := 0
	for _, p := range b.parts {
		beams += p.beams
		slices = slices || p.slices
		colours = colours || p.colours
		bad += p.badTransforms
	}
	if beams > 0 {
		b.left["beam-lattice-left-out"] = beams
	}
	if bad > 0 {
		b.left["transform-unreadable"] = bad
	}
	for _, key := range []string{"object-missing", "transform-unreadable", "supports-left-out", "modifiers-left-out", "negatives-left-out", "beam-lattice-left-out"} {
		if n := b.left[key]; n > 0 {
			b.note(key, map[string]any{"count": n})
		}
	}
	if slices {
		b.note("slices-left-out", nil)
	}
	if colours {
		b.note("colours-left-out", nil)
	}
	b.model.Notes = b.file.notes
}
