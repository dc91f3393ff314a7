package printfile

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/mesh/fdm"
)

// setting is one of a slicer's settings that people look for.
type setting struct {
	Key  string
	Unit string // as it is written behind the value
	As   sort
	Zero string // the word for 0 where it is no number
	Of   string // the setting of which a percentage is
}

// sort is how a value reads.
type sort int

const (
	number sort = iota
	yes         // 0 or 1
	word        // one of the slicer's words, which has a name
	text        // as it stands
	bed         // corners of a plate
)

// group is settings that belong together; when its first one says no, the others say nothing.
type group struct {
	Name string
	List []setting
	Led  bool // by its first setting
}

// groups are the settings in the order of the page. Names are those of PrusaSlicer's configuration.
func groups() []group {
	const none, auto, usual, unbounded = "none", "auto", "usual", "unbounded"
	return []group{
		{"layers", []setting{{Key: "layer_height", Unit: "mm"}, {Key: "first_layer_height", Unit: "mm", Of: "layer_height"}, {Key: "elefant_foot_compensation", Unit: "mm", Zero: none}}, false},
		{"walls", []setting{
			{Key: "perimeters"}, {Key: "external_perimeter_extrusion_width", Unit: "mm", Zero: auto, Of: "layer_height"}, {Key: "perimeter_extrusion_width", Unit: "mm", Zero: auto, Of: "layer_height"},
			{Key: "seam_position", As: word}, {Key: "thin_walls", As: yes}, {Key: "spiral_vase", As: yes},
		}, false},
		{"skins", []setting{
			{Key: "top_solid_layers", Zero: none}, {Key: "bottom_solid_layers", Zero: none}, {Key: "top_solid_min_thickness", Unit: "mm", Zero: none}, {Key: "bottom_solid_min_thickness", Unit: "mm", Zero: none},
			{Key: "top_fill_pattern", As: word}, {Key: "bottom_fill_pattern", As: word}, {Key: "ironing", As: yes},
		}, false},
		{"infill", []setting{
			{Key: "fill_density", Unit: "%", Zero: none}, {Key: "fill_pattern", As: word}, {Key: "infill_extrusion_width", Unit: "mm", Zero: auto, Of: "layer_height"}, {Key: "infill_overlap", Unit: "mm", Zero: none},
			{Key: "infill_every_layers"},
		}, false},
		{"supports", []setting{
			{Key: "support_material", As: yes}, {Key: "support_material_auto", As: yes}, {Key: "support_material_style", As: word}, {Key: "support_material_threshold", Unit: "°", Zero: auto},
			{Key: "support_material_buildplate_only", As: yes}, {Key: "support_material_pattern", As: word}, {Key: "support_material_spacing", Unit: "mm"}, {Key: "support_material_with_sheath", As: yes},
			{Key: "support_material_contact_distance", Unit: "mm", Zero: none}, {Key: "support_material_xy_spacing", Unit: "mm", Of: "external_perimeter_extrusion_width"},
			{Key: "support_material_interface_layers", Zero: none}, {Key: "support_material_enforce_layers", Zero: none}, {Key: "dont_support_bridges", As: yes},
		}, true},
		{"base", []setting{
			{Key: "skirts", Zero: none}, {Key: "skirt_distance", Unit: "mm"}, {Key: "skirt_height"}, {Key: "brim_type", As: word}, {Key: "brim_width", Unit: "mm", Zero: none}, {Key: "raft_layers", Zero: none},
		}, false},
		{"speeds", []setting{
			{Key: "perimeter_speed", Unit: "mm/s"}, {Key: "external_perimeter_speed", Unit: "mm/s", Of: "perimeter_speed"}, {Key: "small_perimeter_speed", Unit: "mm/s", Of: "perimeter_speed"},
			{Key: "infill_speed", Unit: "mm/s"}, {Key: "solid_infill_speed", Unit: "mm/s", Of: "infill_speed"}, {Key: "top_solid_infill_speed", Unit: "mm/s", Of: "solid_infill_speed"},
			{Key: "bridge_speed", Unit: "mm/s"}, {Key: "gap_fill_speed", Unit: "mm/s"}, {Key: "support_material_speed", Unit: "mm/s"}, {Key: "first_layer_speed", Unit: "mm/s"}, {Key: "travel_speed", Unit: "mm/s"},
		}, false},
		{"accelerations", []setting{
			{Key: "default_acceleration", Unit: "mm/s²", Zero: usual}, {Key: "perimeter_acceleration", Unit: "mm/s²", Zero: usual}, {Key: "infill_acceleration", Unit: "mm/s²", Zero: usual},
			{Key: "bridge_acceleration", Unit: "mm/s²", Zero: usual}, {Key: "first_layer_acceleration", Unit: "mm/s²", Zero: usual}, {Key: "machine_max_acceleration_x", Unit: "mm/s²", Zero: usual},
		}, false},
		{"heat", []setting{
			{Key: "temperature", Unit: "°C"}, {Key: "first_layer_temperature", Unit: "°C"}, {Key: "bed_temperature", Unit: "°C", Zero: none}, {Key: "first_layer_bed_temperature", Unit: "°C", Zero: none},
			{Key: "min_fan_speed", Unit: "%", Zero: none}, {Key: "max_fan_speed", Unit: "%", Zero: none}, {Key: "slowdown_below_layer_time", Unit: "s", Zero: none},
		}, false},
		{"filament", []setting{
			{Key: "filament_type", As: text}, {Key: "filament_vendor", As: text}, {Key: "filament_diameter", Unit: "mm"}, {Key: "filament_density", Unit: "g/cm³"}, {Key: "filament_cost", Unit: "/kg"},
			{Key: "extrusion_multiplier"}, {Key: "filament_max_volumetric_speed", Unit: "mm³/s", Zero: unbounded},
		}, false},
		{"machine", []setting{
			{Key: "printer_model", As: text}, {Key: "nozzle_diameter", Unit: "mm"}, {Key: "bed_shape", As: bed}, {Key: "max_print_height", Unit: "mm", Zero: unbounded}, {Key: "retract_length", Unit: "mm", Zero: none},
			{Key: "retract_speed", Unit: "mm/s"}, {Key: "retract_lift", Unit: "mm", Zero: none}, {Key: "gcode_flavor", As: text},
		}, false},
	}
}

// words are those of the slicer that have a name of their own; another one is shown as it stands.
func words() []string {
	return []string{
		"rectilinear", "alignedrectilinear", "monotonic", "monotoniclines", "concentric", "hilbertcurve", "archimedeanchords", "octagramspiral", "line", "grid", "triangles", "stars", "cubic",
		"honeycomb", "3dhoneycomb", "gyroid", "adaptivecubic", "supportcubic", "lightning", "rectilinear-grid", "snug", "tree", "organic",
		"no_brim", "outer_only", "inner_only", "outer_and_inner", "aligned", "nearest", "random", "rear",
	}
}

// read is one setting as it is shown.
type read struct {
	setting
	Value   float64
	Text    string  // of what is no number, or the word of a number
	Percent bool    // the value is a percentage, of what comes to
	Comes   float64 // 0: not known
	Width   float64 // of a plate, in millimetres
	Depth   float64
	Taken   string // the pattern for which the estimate takes it; "": it is heeded as it stands
	Left    bool   // the estimate leaves it out
}

// readGroup is what a profile says of a group.
type readGroup struct {
	Name string
	List []read
}

// reading takes the settings that people look for out of a profile.
func reading(profile string) (list []readGroup) {
	values := map[string]string{}
	for line := range strings.Lines(profile) {
		if key, value, ok := strings.Cut(line, "="); ok {
			values[strings.ToLower(strings.TrimSpace(key))] = strings.TrimSpace(value)
		}
	}
	unheeded := fdm.Unheeded(values)
	for _, g := range groups() {
		one := readGroup{Name: g.Name}
		for i, s := range g.List {
			x, ok := s.read(values)
			if !ok {
				continue
			}
			if x.Left = slices.Contains(unheeded, s.Key); x.Left && s.Key == "fill_pattern" {
				x.Left, x.Taken = false, string(fdm.Pattern(values[s.Key]).Laid())
			}
			one.List = append(one.List, x)
			if i == 0 && g.Led && values[s.Key] != "1" {
				break
			}
		}
		if len(one.List) > 0 {
			list = append(list, one)
		}
	}
	return list
}

// read gives the value of a setting; of several extruders the first.
func (s setting) read(values map[string]string) (x read, ok bool) {
	raw := values[s.Key]
	x = read{setting: s, Text: raw}
	switch s.As {
	case bed:
		x.Width, x.Depth, ok = bedSize(raw)
		return x, ok
	case text:
		x.Text, _, _ = strings.Cut(raw, ";")
		x.Text = strings.Trim(x.Text, `"`)
		return x, x.Text != ""
	case word:
		return x, raw != ""
	case yes:
		x.Text = map[string]string{"0": "no", "1": "yes"}[raw]
		return x, x.Text != ""
	}
	first, _, _ := strings.Cut(raw, ",")
	x.Value, x.Percent, ok = amount(first)
	if !ok {
		return x, false
	}
	x.Text = ""
	if of, percent, known := amount(values[s.Of]); x.Percent && known && !percent {
		x.Comes = x.Value / 100 * of
	}
	switch {
	case x.Value == 0 && s.Zero != "":
		x.Text = s.Zero
	case x.Value == 0 && s.Unit == "/kg": // nobody said it
		return x, false
	}
	return x, true
}

// amount reads a number, or a percentage.
func amount(raw string) (value float64, percent, ok bool) {
	first, _, _ := strings.Cut(raw, ",")
	first, percent = strings.CutSuffix(strings.TrimSpace(first), "%")
	value, err := strconv.ParseFloat(strings.TrimSpace(first), 64)
	return value, percent, err == nil && math.Abs(value) <= 1e6
}

// bedSize is how large the plate is that corners enclose: "0x0,250x0,250x210,0x210".
func bedSize(raw string) (width, depth float64, ok bool) {
	least, most := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for corner := range strings.SplitSeq(raw, ",") {
		x, y, _ := strings.Cut(corner, "x")
		for k, text := range [2]string{x, y} {
			v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
			if err != nil || !(math.Abs(v) <= 1e5) {
				return 0, 0, false
			}
			least[k], most[k] = min(least[k], v), max(most[k], v)
		}
	}
	return most[0] - least[0], most[1] - least[1], true
}
