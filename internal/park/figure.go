package park

import (
	"slices"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/when"
)

// Name is what a figure is of: "wall_free".
type Name string

// The rules: what a part must keep to. Lengths in millimetres, angles in degrees from the vertical.
const (
	WallSupported Name = "wall_supported"
	WallFree      Name = "wall_free"
	ThinShare     Name = "thin_share" // of the surface, up to which what is too thin is a detail
	Hole          Name = "hole"
	Pin           Name = "pin"
	Gap           Name = "gap"
	Engraving     Name = "engraving"
	Overhang      Name = "overhang"
	Drain         Name = "drain"
	Clearance     Name = "clearance"
	Aspect        Name = "aspect"
)

// What time and material are computed from.
const (
	TimeVolume     Name = "time_volume"
	TimeArea       Name = "time_area"
	UsedVolume     Name = "used_volume"
	UsedArea       Name = "used_area"
	TimeSpread     Name = "time_spread"
	UsedSpread     Name = "used_spread"
	Layer          Name = "layer"
	Exposure       Name = "exposure"
	BottomLayers   Name = "bottom_layers"
	BottomExposure Name = "bottom_exposure"
	Lift           Name = "lift"
	LiftSpeed      Name = "lift_speed"
	Rest           Name = "rest"
	Waste          Name = "waste"
	LayerTime      Name = "layer_time"
	PackingLeast   Name = "packing_least"
	PackingMost    Name = "packing_most"
	Bulk           Name = "bulk"
	Refresh        Name = "refresh"
	HeatTime       Name = "heat_time"
	Hatch          Name = "hatch"
	ScanSpeed      Name = "scan_speed"
	ContourSpeed   Name = "contour_speed"
	RecoatLeast    Name = "recoat_least"
	RecoatMost     Name = "recoat_most"
	SupportShare   Name = "support_share" // of the space below overhangs
	SupportFace    Name = "support_face"  // for the surface that looks down
	Stand          Name = "stand"         // under a part, of supports

	LineWidth        Name = "line_width"
	Walls            Name = "walls"
	Infill           Name = "infill"
	SkinsAbove       Name = "skins_above"
	SkinsBelow       Name = "skins_below"
	WallSpeed        Name = "wall_speed"
	FillSpeed        Name = "fill_speed"
	TravelSpeed      Name = "travel_speed"
	Acceleration     Name = "acceleration"
	LayersTimeSpread Name = "layers_time_spread"
	LayersUsedSpread Name = "layers_used_spread"
)

// Kind is what is known of a figure whatever its value.
type Kind struct {
	Name      Name
	Unit      string // as it is written behind the value
	Rule      bool   // a part is judged by it
	Processes []Process
	Most      float64 // the largest value that can be meant
}

// On tells whether the process has the figure.
func (k Kind) On(p Process) bool { return len(k.Processes) == 0 || slices.Contains(k.Processes, p) }

// Key is the text key of the figure's name.
func (n Name) Key() string { return "park.figure." + string(n) }

// takes tells whether a figure can have the value. Nought is one of supports and of loss: a part may be built without.
func (k Kind) takes(value float64) bool {
	none := k.Name == SupportShare || k.Name == SupportFace || k.Name == Stand || k.Name == Waste
	return (value > 0 || value == 0 && none) && value <= k.Most
}

// Kinds lists the figures in the order of pages.
func Kinds() []Kind {
	powder, beds, lines := []Process{SLS, MJF}, []Process{MSLA, SLA, SLS, MJF, LPBF}, []Process{FDM}
	laser, resins := []Process{SLA, LPBF}, []Process{MSLA, SLA}
	return []Kind{
		{WallSupported, "mm", true, nil, 100}, {WallFree, "mm", true, nil, 100}, {ThinShare, "%", true, nil, 100}, {Hole, "mm", true, nil, 100}, {Pin, "mm", true, nil, 100},
		{Gap, "mm", true, nil, 100}, {Engraving, "mm", true, nil, 100}, {Clearance, "mm", true, nil, 100},
		{Overhang, "°", true, []Process{FDM, MSLA, SLA, LPBF}, 90}, {Drain, "mm", true, beds, 100}, {Aspect, "", true, nil, 1000},
		{LineWidth, "mm", false, lines, 5}, {Walls, "", false, lines, 50}, {Infill, "%", false, lines, 100}, {SkinsAbove, "", false, lines, 100}, {SkinsBelow, "", false, lines, 100},
		{WallSpeed, "mm/s", false, lines, 2000}, {FillSpeed, "mm/s", false, lines, 2000}, {TravelSpeed, "mm/s", false, lines, 2000}, {Acceleration, "mm/s²", false, lines, 100_000},
		{LayersTimeSpread, "%", false, lines, 90}, {LayersUsedSpread, "%", false, lines, 90},
		{TimeVolume, "s/mm³", false, []Process{FDM}, 1000}, {TimeArea, "s/mm²", false, []Process{FDM}, 1000}, {TimeSpread, "%", false, []Process{FDM}, 90},
		{UsedVolume, "mm³/mm³", false, []Process{FDM}, 100}, {UsedArea, "mm³/mm²", false, []Process{FDM}, 1000}, {UsedSpread, "%", false, []Process{FDM}, 90},
		{Layer, "mm", false, nil, 10}, {Exposure, "s", false, []Process{MSLA}, 1000}, {BottomLayers, "", false, []Process{MSLA}, 1000},
		{BottomExposure, "s", false, []Process{MSLA}, 10_000}, {Lift, "mm", false, []Process{MSLA}, 100}, {LiftSpeed, "mm/s", false, []Process{MSLA}, 1000},
		{Rest, "s", false, []Process{MSLA}, 1000},
		{LayerTime, "s", false, powder, 10_000}, {HeatTime, "h", false, powder, 1000}, {PackingLeast, "%", false, powder, 100}, {PackingMost, "%", false, powder, 100},
		{Bulk, "g/cm³", false, powder, 25}, {Refresh, "%", false, powder, 100},
		{Hatch, "mm", false, laser, 10}, {ScanSpeed, "mm/s", false, laser, 100_000}, {ContourSpeed, "mm/s", false, laser, 100_000},
		{RecoatLeast, "s", false, laser, 1000}, {RecoatMost, "s", false, laser, 1000},
		{SupportShare, "%", false, []Process{FDM, MSLA, SLA, LPBF}, 100},
		{SupportFace, "mm³/mm²", false, resins, 100}, {Stand, "mm", false, resins, 100}, {Waste, "%", false, nil, 100},
	}
}

// KindOf finds what is known of a figure of a process.
func KindOf(p Process, n Name) (Kind, bool) {
	for _, k := range Kinds() {
		if k.Name == n && k.On(p) {
			return k, true
		}
	}
	return Kind{}, false
}

// Figure is one number, with where it comes from.
type Figure struct {
	Process    Process
	MaterialID MaterialID // "": whatever the material
	Name       Name
	Value      float64
	Source     string
	UpdatedAt  when.Time
}

const maxSource = 300

// check gathers what is wrong with a figure that is typed. A number without a source is worth nothing to whom it judges.
func (f *Figure) check() error {
	var wrong fault.Fields
	f.Source = strings.Join(strings.Fields(f.Source), " ")
	k, ok := KindOf(f.Process, f.Name)
	switch {
	case !ok:
		wrong.Add("name", "fault.choice")
	case !k.takes(f.Value):
		wrong.Add("value", "park.wrong.value", "most", k.Most)
	}
	wrong.Text("source", f.Source, 1, maxSource)
	return wrong.Err()
}

// Figures are those of one process, for one material and one machine.
type Figures []Figure

// For keeps what holds for a material: its own figure goes before that of the process.
func (list Figures) For(id MaterialID) Figures {
	var own, out Figures // few materials have figures of their own
	for _, f := range list {
		if f.MaterialID == id && id != "" {
			own = append(own, f)
		}
	}
	for _, f := range list {
		if _, other := own.Of(f.Process, f.Name); f.MaterialID == id || f.MaterialID == "" && !other {
			out = append(out, f)
		}
	}
	return out
}

// Of gives a figure of a process; false when nobody said it.
func (list Figures) Of(p Process, n Name) (Figure, bool) {
	for _, f := range list {
		if f.Process == p && f.Name == n {
			return f, true
		}
	}
	return Figure{}, false
}
