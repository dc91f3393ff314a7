package additive

import (
	"math"
	"strings"

	"bassin/internal/mesh"
	"bassin/internal/web"
)

// accepted are the endings that a browser offers first; what a file is, its content says.
const accepted = ".stl,.3mf,.step,.stp,.iges,.igs,.obj,.off,.ply,.amf"

// verdict says of a revision in one word whether it can be made.
func verdict(v *web.View, r Revision, worst mesh.Severity, count int) web.Badge {
	switch {
	case r.State == Waiting:
		return web.Badge{Label: v.T(r.stateKey()), Tone: web.Run}
	case r.convertible():
		return web.Badge{Label: v.T(r.stateKey()), Tone: web.Late}
	case r.State == Unreadable:
		return web.Badge{Label: v.T(r.stateKey()), Tone: web.Stop}
	case worst == mesh.Blocking:
		return web.Badge{Label: v.T("additive.verdict.blocking", "count", count), Tone: web.Stop}
	case worst == mesh.Doubtful:
		return web.Badge{Label: v.T("additive.verdict.care", "count", count), Tone: web.Late, Icon: "alert-triangle"}
	}
	return web.Badge{Label: v.T("additive.verdict.fine"), Tone: web.Done}
}

func (x partView) head(v *web.View) web.Head {
	worst, count := weigh(x.Findings)
	h := web.Head{Title: x.Title, Browser: x.Code() + " " + x.Title, Crumbs: []web.Crumb{{Label: v.T("additive.parts"), URL: partsURL}, {Label: x.Code()}},
		State:   web.State(verdict(v, x.Revision, worst, count)),
		Actions: x.actions(v)}
	facts := []string{v.T("additive.fact.revision", "code", x.Code(), "label", x.Revision.Label()), x.Revision.FileName + ", " + v.Size(x.Revision.Size), x.Holder}
	if x.Revision.State == Checked {
		facts = append(facts, v.T("additive.fact.checked", "on", v.DateTime(x.Revision.CheckedAt)))
	}
	for _, f := range facts {
		h.Facts = append(h.Facts, web.Text(f))
	}
	return h
}

// dimensions writes the three sides of a part in millimetres.
func dimensions(v *web.View, m Measures) string {
	sides := make([]string, len(m.SizeMM))
	for i, mm := range m.SizeMM {
		sides[i] = Length(v, mm)
	}
	return strings.Join(sides, " × ")
}

// cubic writes a volume in cm³, a small one in mm³.
func cubic(v *web.View, mm3 float64) string {
	if mm3 = math.Abs(mm3); mm3 < 100 {
		return v.Decimal(mm3, 4) + " mm³"
	}
	return v.Decimal(mm3/1000, 2) + " cm³"
}

// square writes a surface in cm², a small one in mm².
func square(v *web.View, mm2 float64) string {
	switch {
	case mm2 < 1:
		return v.Decimal(mm2, 4) + " mm²"
	case mm2 < 100:
		return v.Decimal(mm2, 1) + " mm²"
	}
	return v.Decimal(mm2/100, 2) + " cm²"
}

func (x partView) measures(v *web.View) []web.Def {
	m, r := x.Measures, x.Report
	watertight := v.T("additive.no")
	if r.Watertight() {
		watertight = v.T("additive.yes")
	}
	unit := unitName(v, m.Unit)
	if m.Unit == mesh.Unknown {
		unit = v.T("part.unit.unknown")
	}
	return []web.Def{
		{Term: v.T("additive.size"), Value: dimensions(v, m) + " mm"},
		{Term: v.T("additive.volume"), Value: cubic(v, m.VolumeMM3)},
		{Term: v.T("additive.area"), Value: square(v, m.AreaMM2)},
		{Term: v.T("additive.triangles"), Value: v.Number(int64(r.Triangles))},
		{Term: v.T("additive.watertight"), Value: watertight + ", " + v.T("additive.shells", "count", r.Shells)},
		{Term: v.T("additive.field.unit"), Value: unit},
		{Term: v.T("additive.format"), Value: formatName(v, r.Format)},
	}
}

// formatName is how people call the format of a file.
func formatName(v *web.View, format string) string {
	switch format {
	case "stl-binary":
		return v.T("additive.format.stl_binary")
	case "stl-ascii":
		return v.T("additive.format.stl_text")
	}
	return strings.ToUpper(format)
}

// tone is how a repair is shown: one after which somebody must look is no success.
func (x Repaired) tone() web.Tone {
	switch {
	case !x.Closed():
		return web.Stop
	case x.Changed(), x.NotUnited != nil:
		return web.Late
	}
	return web.Done
}

// lines say step by step what a repair did.
func (x Repaired) lines(v *web.View) []string {
	var list []string
	for _, step := range x.Steps {
		list = append(list, v.T("part.repair."+step.Key, "count", step.Count))
	}
	if x.BodiesBefore != x.BodiesAfter {
		list = append(list, v.T("part.repair.bodies", "before", x.BodiesBefore, "after", x.BodiesAfter))
	}
	if x.NotUnited != nil {
		list = append(list, FaultText(v, x.NotUnited))
	}
	if len(list) == 0 {
		list = append(list, v.T("part.repair.nothing"))
	}
	change := v.T("part.repair.unknown")
	if !math.IsInf(x.Change(), 0) && !math.IsNaN(x.Change()) {
		change = v.Decimal(100*x.Change(), 3) + "\u00a0%"
	}
	list = append(list, v.T("additive.repaired.volume", "before", cubic(v, x.VolumeBefore), "after", cubic(v, x.VolumeAfter), "change", change),
		v.T("additive.repaired.area", "before", square(v, x.AreaBefore), "after", square(v, x.AreaAfter)))
	if !x.Closed() {
		list = append(list, v.T("part.repair.still", "open", x.Open, "crowded", x.Crowded, "misoriented", x.Misoriented))
	} else if x.Changed() {
		list = append(list, v.T("additive.repaired.look"))
	}
	return list
}

// unitName is the name of a unit of length.
func unitName(v *web.View, u mesh.Unit) string {
	if u == mesh.Unknown {
		u = mesh.Millimetre
	}
	return v.T("part.unit." + string(u))
}

// units are the choices of a unit; the first is what the file says.
func units(v *web.View, said mesh.Unit) []web.Choice {
	list := []web.Choice{{Label: v.T("additive.unit.as_file", "unit", unitName(v, said))}}
	for _, u := range []mesh.Unit{mesh.Millimetre, mesh.Centimetre, mesh.Metre, mesh.Inch, mesh.Foot, mesh.Micron} {
		list = append(list, web.Choice{Value: string(u), Label: unitName(v, u)})
	}
	return list
}

// shapeKey says how near the shape of a part is.
func (r similarRow) shapeKey() string {
	if r.Same {
		return "additive.similar.same"
	}
	return "additive.similar.alike"
}

func (f Finding) badge(v *web.View) web.Badge {
	b := web.Badge{Label: v.T("additive.severity." + string(f.Severity))}
	switch f.Severity {
	case mesh.Blocking:
		b.Tone = web.Stop
	case mesh.Doubtful:
		b.Tone, b.Icon = web.Late, "alert-triangle"
	default:
		b.Tone, b.Icon = web.Run, "info-circle"
	}
	return b
}

func (f Finding) title(v *web.View) string {
	if f.Note {
		return NoteText(v, f.Key, f.Args)
	}
	return FindingText(v, f.Key, f.Args)
}

// advice says what to do; "" when there is nothing.
func (f Finding) advice(v *web.View) string {
	if key := "additive.advice." + f.Key; !f.Note && web.Known(key) {
		return v.T(key)
	}
	return ""
}
