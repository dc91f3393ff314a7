package fdm

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Profile is what of a machine, a material and their settings the estimate heeds. Lengths are in millimetres, speeds in
// millimetres a second, accelerations in millimetres a second squared.
type Profile struct {
	LayerHeight, FirstLayerHeight              float64
	Nozzle                                     float64
	ExternalWidth, PerimeterWidth, SolidWidth  float64
	SparseWidth, TopWidth, FirstWidth          float64
	Perimeters, TopLayers, BottomLayers        int
	Density                                    float64 // of the sparse infill, 0…1
	Overlap                                    float64 // of infill with walls, part of their spacing
	ElephantFoot                               float64 // by which the first layer is drawn in
	ExternalSpeed, PerimeterSpeed, SmallSpeed  float64
	SolidSpeed, SparseSpeed, TopSpeed          float64
	BridgeSpeed, GapSpeed, FirstSpeed          float64
	TravelSpeed                                float64
	PerimeterAccel, InfillAccel, FirstAccel    float64
	BridgeAccel, TravelAccel, MaxAccel         float64
	Jerk, ZJerk, ZSpeed, ZAccel                float64
	RetractLength, RetractSpeed, RetractAccel  float64
	RetractLift, RetractBefore, RetractJerk    float64
	LeastLayerSeconds, LeastSpeed              float64 // cooling: a layer takes so long, unless it is that slow
	MaxVolumeSpeed                             float64 // mm³/s; 0 when there is no limit
	Skirts, SkirtLayers                        int
	SkirtDistance                              float64
	FilamentDiameter, DensityGCM3, BridgeRatio float64

	Pattern  Pattern // of the sparse infill
	Supports Supports
	Base     Base

	Unheeded []string // keys of what the profile asks for and the estimate leaves out
}

// ReadProfile reads a file of settings as PrusaSlicer exports it: lines "key = value". Keys that are missing or say nothing
// that a number can be made of are errors, all named at once. What of supports, brims and rafts is missing
// is as PrusaSlicer has it.
func ReadProfile(r io.Reader) (Profile, error) {
	values := map[string]string{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if key, value, ok := strings.Cut(lines.Text(), "="); ok && !strings.HasPrefix(key, "#") {
			values[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	if err := lines.Err(); err != nil {
		return Profile{}, fmt.Errorf("read profile: %w", err)
	}
	s := settings{values: values}
	p := s.profile()
	if len(s.wrong) > 0 {
		slices.Sort(s.wrong)
		return Profile{}, fmt.Errorf("profile: missing, or out of range: %s", strings.Join(slices.Compact(s.wrong), ", "))
	}
	return p, nil
}

type settings struct {
	values map[string]string
	wrong  []string
}

// number reads a value, the first of several; a percentage is one of a length.
func (s *settings) number(key string, of float64) float64 {
	text, _, _ := strings.Cut(s.values[key], ",")
	f := 1.0
	if cut, percent := strings.CutSuffix(text, "%"); percent {
		text, f = cut, of/100
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || math.IsNaN(v) || v < 0 || v > 1e6 {
		s.wrong = append(s.wrong, key)
	}
	return v * f
}

func (s *settings) profile() Profile {
	n := func(key string) float64 { return s.number(key, 1) }
	p := Profile{
		LayerHeight: n("layer_height"), Nozzle: n("nozzle_diameter"), Perimeters: int(n("perimeters")), TopLayers: int(n("top_solid_layers")),
		BottomLayers: int(n("bottom_solid_layers")), Density: n("fill_density"), Overlap: n("infill_overlap"), ElephantFoot: n("elefant_foot_compensation"),
		ExternalSpeed: s.number("external_perimeter_speed", n("perimeter_speed")), PerimeterSpeed: n("perimeter_speed"), SmallSpeed: s.number("small_perimeter_speed", n("perimeter_speed")),
		SparseSpeed: n("infill_speed"), SolidSpeed: s.number("solid_infill_speed", n("infill_speed")), BridgeSpeed: n("bridge_speed"), GapSpeed: n("gap_fill_speed"),
		FirstSpeed: s.number("first_layer_speed", n("infill_speed")), TravelSpeed: n("travel_speed"),
		PerimeterAccel: n("perimeter_acceleration"), InfillAccel: n("infill_acceleration"), FirstAccel: n("first_layer_acceleration"), BridgeAccel: n("bridge_acceleration"),
		TravelAccel: n("default_acceleration"), MaxAccel: n("machine_max_acceleration_x"), Jerk: n("machine_max_jerk_x"), ZJerk: n("machine_max_jerk_z"), ZSpeed: n("machine_max_feedrate_z"),
		ZAccel: n("machine_max_acceleration_z"), RetractLength: n("retract_length"), RetractSpeed: n("retract_speed"), RetractAccel: n("machine_max_acceleration_retracting"),
		RetractLift: n("retract_lift"), RetractBefore: n("retract_before_travel"), RetractJerk: n("machine_max_jerk_e"),
		LeastLayerSeconds: n("slowdown_below_layer_time"), LeastSpeed: n("min_print_speed"),
		MaxVolumeSpeed: n("filament_max_volumetric_speed"), Skirts: int(n("skirts")), SkirtLayers: int(n("skirt_height")), SkirtDistance: n("skirt_distance"),
		FilamentDiameter: n("filament_diameter"), DensityGCM3: n("filament_density"), BridgeRatio: n("bridge_flow_ratio"),
	}
	p.FirstLayerHeight = s.number("first_layer_height", p.LayerHeight)
	p.TopSpeed = s.number("top_solid_infill_speed", p.SolidSpeed)
	for key, to := range map[string]*float64{
		"external_perimeter_extrusion_width": &p.ExternalWidth, "perimeter_extrusion_width": &p.PerimeterWidth, "solid_infill_extrusion_width": &p.SolidWidth,
		"infill_extrusion_width": &p.SparseWidth, "top_infill_extrusion_width": &p.TopWidth, "first_layer_extrusion_width": &p.FirstWidth,
	} {
		if *to = s.number(key, p.LayerHeight); *to == 0 {
			*to = 1.125 * p.Nozzle
		}
	}
	if s.values["cooling"] == "0" {
		p.LeastLayerSeconds = 0
	}
	p.Supports, p.Base = s.supports(&p), s.base(&p)
	p.Pattern = Pattern(s.values["fill_pattern"])
	p.Unheeded = Unheeded(s.values)
	p.check(s)
	return p
}

// Unheeded names the keys of what a profile asks for and the estimate leaves out, or takes for something else: a pattern of infill
// that is none of ours is laid as Pattern.Laid says.
func Unheeded(values map[string]string) []string {
	var list []string
	if pattern := Pattern(values["fill_pattern"]); pattern != "" && pattern != pattern.Laid() {
		list = append(list, "fill_pattern")
	}
	for key, ordinary := range map[string]string{
		"spiral_vase": "0", "ironing": "0", "infill_every_layers": "1",
	} {
		if v, ok := values[key]; ok && v != ordinary {
			list = append(list, key)
		}
	}
	if values["support_material"] == "1" {
		for key, heeded := range map[string][]string{
			"support_material_auto": {"1"}, "support_material_with_sheath": {"0"}, "support_material_style": {"grid", "snug"}, "support_material_pattern": {"rectilinear", "rectilinear-grid"},
			"support_material_enforce_layers": {"0"}, "dont_support_bridges": {"0"},
		} {
			if v, ok := values[key]; ok && !slices.Contains(heeded, v) {
				list = append(list, key)
			}
		}
	}
	slices.Sort(list)
	return list
}

// or reads a value that older profiles do not have.
func (s *settings) or(key string, of, otherwise float64) float64 {
	if _, ok := s.values[key]; !ok {
		return otherwise
	}
	return s.number(key, of)
}

func (s *settings) supports(p *Profile) Supports {
	x := Supports{
		On: s.values["support_material"] == "1" && s.values["support_material_auto"] != "0", PlateOnly: s.values["support_material_buildplate_only"] == "1",
		Snug: s.values["support_material_style"] == "snug", Crossed: s.values["support_material_pattern"] == "rectilinear-grid",
		Threshold: s.or("support_material_threshold", 1, 0), Angle: s.or("support_material_angle", 1, 0), Width: s.or("support_material_extrusion_width", p.LayerHeight, 0),
		Between: s.or("support_material_spacing", 1, 2.5), InterfaceGap: s.or("support_material_interface_spacing", 1, 0), Interfaces: int(s.or("support_material_interface_layers", 1, 3)),
		Above: s.or("support_material_contact_distance", 1, 0.2), Below: s.or("support_material_bottom_contact_distance", 1, 0), Aside: s.or("support_material_xy_spacing", p.ExternalWidth, p.ExternalWidth/2),
		MaxHeight: s.or("max_layer_height", 1, 0), Speed: s.or("support_material_speed", 1, 60),
		FirstDensity: s.or("raft_first_layer_density", 1, 0.9), FirstGrowth: s.or("raft_first_layer_expansion", 1, 3),
	}
	x.DenseSpeed = s.or("support_material_interface_speed", x.Speed, x.Speed)
	if x.Width == 0 {
		x.Width = p.Nozzle
	}
	if x.Below == 0 {
		x.Below = x.Above
	}
	if x.MaxHeight == 0 {
		x.MaxHeight = 0.75 * p.Nozzle
	}
	return x
}

func (s *settings) base(p *Profile) Base {
	b := Base{
		Brim: s.or("brim_width", 1, 0), BrimGap: s.or("brim_separation", 1, 0), RaftLayers: int(s.or("raft_layers", 1, 0)), RaftGrowth: s.or("raft_expansion", 1, 1.5),
	}
	kind := s.values["brim_type"]
	b.Outer, b.Inner = kind != "no_brim" && kind != "inner_only", kind == "inner_only" || kind == "outer_and_inner"
	return b
}

// check names what would make lines without width, or time without end.
func (p *Profile) check(s *settings) {
	for key, v := range map[string]float64{
		"layer_height": p.LayerHeight, "nozzle_diameter": p.Nozzle, "first_layer_height": p.FirstLayerHeight, "external_perimeter_speed": p.ExternalSpeed,
		"perimeter_speed": p.PerimeterSpeed, "small_perimeter_speed": p.SmallSpeed, "infill_speed": p.SparseSpeed, "solid_infill_speed": p.SolidSpeed, "top_solid_infill_speed": p.TopSpeed,
		"bridge_speed": p.BridgeSpeed, "gap_fill_speed": p.GapSpeed, "first_layer_speed": p.FirstSpeed, "travel_speed": p.TravelSpeed, "machine_max_acceleration_x": p.MaxAccel,
		"machine_max_feedrate_z": p.ZSpeed, "machine_max_acceleration_z": p.ZAccel, "retract_speed": p.RetractSpeed, "filament_diameter": p.FilamentDiameter,
		"machine_max_jerk_x": p.Jerk,
	} {
		if !(v > 0.001) {
			s.wrong = append(s.wrong, key)
		}
	}
	for _, w := range []float64{p.ExternalWidth, p.PerimeterWidth, p.SolidWidth, p.SparseWidth, p.TopWidth, p.FirstWidth} {
		if spacing(w, max(p.LayerHeight, p.FirstLayerHeight)) < 0.03 || w > 10 {
			s.wrong = append(s.wrong, "extrusion_width")
		}
	}
	x, b := &p.Supports, &p.Base
	for key, wrong := range map[string]bool{
		"support_material_extrusion_width": spacing(x.Width, max(p.LayerHeight, p.FirstLayerHeight, x.MaxHeight, 0.75*p.Nozzle)) < 0.03 || x.Width > 10,
		"support_material_spacing":         x.Between > 100, "support_material_interface_spacing": x.InterfaceGap > 100, "support_material_interface_layers": x.Interfaces > 1000,
		"support_material_threshold": x.Threshold > 90, "support_material_angle": x.Angle > 360, "support_material_speed": !(x.Speed > 0.001),
		"support_material_interface_speed": !(x.DenseSpeed > 0.001), "raft_first_layer_density": x.FirstDensity < 0.1 || x.FirstDensity > 1, "raft_first_layer_expansion": x.FirstGrowth > 50,
		"max_layer_height": x.MaxHeight < 0.01, "brim_width": b.Brim > 100, "raft_layers": b.RaftLayers > 50, "raft_expansion": b.RaftGrowth > 50,
		"support_material_contact_distance": x.Above > 20, "support_material_bottom_contact_distance": x.Below > 20, "support_material_xy_spacing": x.Aside > 20,
	} {
		if wrong && (x.On || b.Brim > 0 || b.RaftLayers > 0) {
			s.wrong = append(s.wrong, key)
		}
	}
	if p.LayerHeight < 0.01 || p.FirstLayerHeight < 0.01 {
		s.wrong = append(s.wrong, "layer_height")
	}
	if p.Perimeters > 50 || p.Skirts > 50 {
		s.wrong = append(s.wrong, "perimeters")
	}
	if p.Density > 0 && p.Density < 0.01 || p.Density > 1 {
		s.wrong = append(s.wrong, "fill_density")
	}
}
