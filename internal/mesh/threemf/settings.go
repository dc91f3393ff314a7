package threemf

import (
	"bassin/internal/mesh"
	"bassin/internal/mesh/scan"
)

// settings are what the project of a slicer says beside the model: names, which part of an object only changes how
// another is printed, and on which plate each copy stands.
//
// Bambu Studio and OrcaSlicer keep them in model_settings.config, where the parts of an object are its components;
// PrusaSlicer and SuperSlicer in Slic3r_PE_model.config, where they are runs of triangles of one mesh. Both are
// described by nothing but their sources.
type settings struct {
	names  map[uint32]string
	parts  map[[2]uint32]volume // by object and component
	ranges map[uint32][]volume  // of an object's triangles
	plates map[uint32]map[int]int
}

// volume is a part of an object.
type volume struct {
	name        string
	role        string // "" when it is made; else the key of the note that says it was left out
	first, last int    // triangles, where they count
}

// maxSettings keeps a project from having more words than triangles.
const maxSettings = 100_000

// readSettings reads those of the project, if the file is one.
func (f *file) readSettings() (*settings, error) {
	s := &settings{names: map[uint32]string{}, parts: map[[2]uint32]volume{}, ranges: map[uint32][]volume{}, plates: map[uint32]map[int]int{}}
	found := false
	for _, name := range []string{"/Metadata/model_settings.config", "/Metadata/Slic3r_PE_model.config"} {
		if f.pack.files[key(name)] == nil {
			continue
		}
		found = true
		if err := s.read(f, name); err != nil {
			fault, ok := err.(*mesh.FileError)
			if !ok || fault.Key == "limit" || fault.Key == "zip-bomb" {
				return nil, err
			}
			f.note("settings-unreadable", map[string]any{"part": name})
			return nil, nil
		}
	}
	if !found {
		return nil, nil
	}
	return s, nil
}

// reading is where in the settings the reader stands.
type reading struct {
	object  uint32
	part    uint32
	volume  *volume
	plate   int
	of      uint32 // the object of the instance
	entries int
}

func (s *settings) read(f *file, name string) error {
	var at reading
	err := f.pack.elements(name, func(x *scan.XML) {
		if at.entries++; at.entries > maxSettings {
			return
		}
		values := map[string]string{}
		for _, a := range x.Attrs {
			values[string(a.Local)], _ = scan.Unescape(a.Value)
		}
		switch string(x.Local) {
		case "object":
			s.keep(&at)
			at = reading{object: number(values["id"]), entries: at.entries}
		case "part", "volume":
			s.keep(&at)
			at.part = number(values["id"])
			at.volume = &volume{role: role(values["subtype"]), first: int(number(values["firstid"])), last: int(number(values["lastid"]))}
			if string(x.Local) == "part" {
				at.volume.last = -1
			}
		case "plate":
			s.keep(&at)
			at = reading{entries: at.entries}
		case "metadata":
			s.metadata(&at, values)
		}
	})
	s.keep(&at)
	return err
}

// metadata is one line of the settings, of what was begun last.
func (s *settings) metadata(at *reading, values map[string]string) {
	value := values["value"]
	switch values["key"] {
	case "name":
		name := scan.Title([]byte(value))
		if at.volume != nil {
			at.volume.name = name
		} else if at.object > 0 {
			s.names[at.object] = name
		}
	case "volume_type":
		if at.volume != nil {
			at.volume.role = role(value)
		}
	case "modifier":
		if at.volume != nil && value == "1" {
			at.volume.role = "modifiers-left-out"
		}
	case "plater_id":
		at.plate = int(number(value))
	case "object_id":
		at.of = number(value)
	case "instance_id":
		if s.plates[at.of] == nil {
			s.plates[at.of] = map[int]int{}
		}
		s.plates[at.of][int(number(value))] = at.plate
	}
}

// keep keeps the volume that was read.
func (s *settings) keep(at *reading) {
	if at.volume == nil || at.object == 0 {
		return
	}
	if at.volume.last < 0 {
		s.parts[[2]uint32{at.object, at.part}] = *at.volume
	} else {
		s.ranges[at.object] = append(s.ranges[at.object], *at.volume)
	}
	at.volume = nil
}

func number(value string) uint32 {
	n, ok := scan.Int([]byte(value))
	if !ok || n < 0 || n >= 1<<31 {
		return 0
	}
	return uint32(n)
}

// role is the key of the note for a part that is not made; "" for one that is.
func role(kind string) string {
	switch kind {
	case "modifier_part", "support_blocker", "support_enforcer", "ParameterModifier", "SupportBlocker", "SupportEnforcer":
		return "modifiers-left-out"
	case "negative_part", "NegativeVolume":
		return "negatives-left-out"
	}
	return ""
}

func (s *settings) objectName(object uint32) string {
	if s == nil {
		return ""
	}
	return s.names[object]
}

// part tells what a component of an object is.
func (s *settings) part(object, component uint32) (role, name string) {
	if s == nil {
		return "", ""
	}
	v := s.parts[[2]uint32{object, component}]
	return v.role, v.name
}

// plate is the plate the copy of an object stands on; 0 when there is none, or only one.
func (s *settings) plate(object uint32, copy int) int {
	return s.plates[object][copy]
}

// cut leaves the triangles out of a mesh that are of no part that is made.
func (s *settings) cut(o *object, left map[string]int) *mesh.Mesh {
	out := make([]bool, 0)
	for _, v := range s.ranges[o.id] {
		if v.role == "" || v.first > v.last || v.last >= len(o.mesh.Triangles) {
			continue
		}
		if len(out) == 0 {
			out = make([]bool, len(o.mesh.Triangles))
		}
		for i := v.first; i <= v.last; i++ {
			out[i] = true
		}
		left[v.role]++
	}
	if len(out) == 0 {
		return o.mesh
	}
	kept := &mesh.Mesh{Points: o.mesh.Points}
	for i, t := range o.mesh.Triangles {
		if !out[i] {
			kept.Triangles = append(kept.Triangles, t)
		}
	}
	return kept
}
