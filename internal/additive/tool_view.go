package additive

import (
	"encoding/json"
	"strconv"

	"bassin/internal/park"
	"bassin/internal/web"
)

// tools are the words of the view's tools (model_tools.ts), with what the page fills in later in braces.
var tools = []string{
	"tools", "plain", "thickness", "overhang", "section", "layers", "measure", "face", "loading", "failed", "missed", "thin", "thin_end", "thin_said", "lean",
	"lean_from", "lean_to", "over_said", "axis", "at", "cut_said", "layer", "layer_height", "layer_said", "measure_help", "measure_one", "measure_point",
	"measure_two", "measure_circle", "face_help", "face_area", "face_said", "face_here",
}

// toolWords are the words of the tools as JSON.
func toolWords(v *web.View) string {
	var args []any
	for _, name := range []string{"mm", "percent", "degrees", "cm2", "length", "n", "count", "x", "y", "z", "um"} {
		args = append(args, name, "{"+name+"}")
	}
	words := map[string]string{}
	for _, name := range tools {
		words[name] = v.T("additive.tool."+name, args...)
	}
	b, _ := json.Marshal(words) // of strings
	return string(b)
}

// fieldURL is the address of how thick the part is all over; "" when that cannot be told.
func (x partView) fieldURL() string {
	if x.Report.Walls == nil {
		return ""
	}
	return x.Revision.url() + "/field"
}

// factor is how many millimetres the unit of the file has.
func (x partView) factor() string { return plain(x.Measures.Unit.Millimetres()) }

// leastWall and mostLean are where the tools begin: the limits of the first process that can make the part and has them.
func (x partView) leastWall() string { return plain(x.limit(park.WallFree, 1)) }

func (x partView) mostLean() string { return plain(x.limit(park.Overhang, 45)) }

// limit is that of a rule for the process that is shown, else what is common.
func (x partView) limit(of park.Name, common float64) float64 {
	for _, j := range x.Judged {
		if f, ok := x.Rules.Of(j.Process, of); ok && j.Verdict != NotSo {
			return f.Value
		}
	}
	return common
}

func plain(v float64) string { return strconv.FormatFloat(v, 'g', 9, 64) }
