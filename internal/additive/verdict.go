package additive

import (
	"math"
	"slices"

	"bassin/internal/mesh"
	"bassin/internal/mesh/thickness"
	"bassin/internal/park"
)

// Verdict says in one word whether a part can be made by a process.
type Verdict string

// The verdicts.
const (
	Makeable Verdict = "makeable"
	WithCare Verdict = "with_care" // it can be, once somebody has looked
	NotSo    Verdict = "not"       // not as it is
)

// Key is the text key of the verdict.
func (v Verdict) Key() string { return "additive.judged." + string(v) }

// Judgement is one thing of a part that a process does not bear, or bears with care. Its words are the texts
// "additive.rule.KEY" and "additive.rule.KEY.do".
type Judgement struct {
	Key      string
	Severity mesh.Severity
	Args     map[string]any
	Limit    park.Figure // the rule it was judged by; none when its Name is ""
	Marks    []Mark      // where on the part, in the unit of its file
}

// Judged is what a process says of a part.
type Judged struct {
	Process    park.Process
	Verdict    Verdict
	Judgements []Judgement // the gravest first
	Machines   int         // that hold the part and may be asked for
}

// Subject is what of a part is judged.
type Subject struct {
	Report
	Measures
	Findings []Finding // in the unit that is taken
}

// subjectOf takes a report in a unit.
func subjectOf(r Report, chosen mesh.Unit) Subject {
	return Subject{r, r.Measured(chosen), r.Findings(chosen)}
}

// Judge says whether a process can make a part: by the rules of the library, and by the machines that may be asked for.
// A rule that nobody gave judges nothing.
func Judge(x Subject, p park.Process, rules park.Figures, machines []park.Machine) Judged {
	j := judging{Subject: x, process: p, rules: rules}
	j.mesh()
	j.size(machines)
	j.walls()
	j.gaps()
	j.pins()
	j.bodies()
	j.cavities()
	j.overhangs()
	rank := map[mesh.Severity]int{mesh.Blocking: 0, mesh.Doubtful: 1, mesh.Harmless: 2}
	slices.SortStableFunc(j.list, func(a, b Judgement) int { return rank[a.Severity] - rank[b.Severity] })
	out := Judged{Process: p, Verdict: Makeable, Judgements: j.list, Machines: j.machines}
	if len(j.list) > 0 {
		switch j.list[0].Severity {
		case mesh.Blocking:
			out.Verdict = NotSo
		case mesh.Doubtful:
			out.Verdict = WithCare
		}
	}
	return out
}

// judging gathers judgements.
type judging struct {
	Subject
	process  park.Process
	rules    park.Figures
	machines int
	list     []Judgement
}

func (j *judging) add(key string, s mesh.Severity, limit park.Figure, args map[string]any, marks ...Mark) {
	j.list = append(j.list, Judgement{Key: key, Severity: s, Args: args, Limit: limit, Marks: marks})
}

// mesh passes on what the check found: what has no inside cannot be made by any process.
func (j *judging) mesh() {
	worst, count := weigh(j.Subject.Findings)
	switch {
	case worst == mesh.Blocking:
		j.add("mesh", mesh.Blocking, park.Figure{}, map[string]any{"count": count})
	case slices.ContainsFunc(j.Subject.Findings, func(f Finding) bool { return f.Key == mesh.UnitDoubt || f.Key == mesh.SizeDoubt }):
		j.add("unit", mesh.Doubtful, park.Figure{}, nil)
	}
}

// size asks which machines hold the part as it lies, or turned over.
func (j *judging) size(machines []park.Machine) {
	turned, ours := 0, 0
	for _, m := range machines {
		if m.Process != j.process {
			continue
		}
		ours++
		switch {
		case m.Holds(j.SizeMM):
			j.machines++
		case m.HoldsTurned(j.SizeMM):
			turned++
		}
	}
	switch {
	case ours == 0:
		j.add("no-machine", mesh.Harmless, park.Figure{}, nil)
	case j.machines == 0 && turned > 0:
		j.machines = turned
		j.add("turn", mesh.Doubtful, park.Figure{}, map[string]any{"count": turned})
	case j.machines == 0:
		j.add("too-large", mesh.Blocking, park.Figure{}, map[string]any{"length_mm": j.Longest(), "count": ours})
	default:
		j.machines += turned
	}
	if limit, ok := j.rules.Of(j.process, park.Aspect); ok && j.Thinnest() > 0 && j.Longest()/j.Thinnest() > limit.Value {
		j.add("slender", mesh.Doubtful, limit, map[string]any{"ratio": math.Round(10*j.Longest()/j.Thinnest()) / 10})
	}
}

// leastWall is the surface in mm² from which what is thin is a wall and no tip or edge that runs out: both sides of one of
// 2 mm².
const leastWall = 4

// walls compares thin places with the rules: one that is held on two sides is allowed less than a free one. Where the form
// does not tell which of both it is, one should look.
func (j *judging) walls() {
	free, ok := j.rules.Of(j.process, park.WallFree)
	held, both := j.rules.Of(j.process, park.WallSupported)
	if !ok {
		free, ok = held, both
	}
	if !ok {
		return
	}
	if !both || held.Value > free.Value {
		held = free
	}
	if least := j.Thinnest(); least > 0 && least < held.Value {
		j.add("flat", mesh.Blocking, held, map[string]any{"least_mm": least})
		return
	}
	if j.Walls == nil {
		j.add("walls-unknown", mesh.Harmless, free, nil)
		return
	}
	heldLimit := held.Value / j.Unit().Millimetres()
	_, pins := j.rules.Of(j.process, park.Pin)
	thin := func(p WallPlace) bool { return p.Thickness < heldLimit*thickness.Exact && !(p.Round && pins) }
	j.tooThin(held, "thin", thin)
	j.tooThin(free, "thin-standing", func(p WallPlace) bool { return !thin(p) && p.Hold == thickness.Free })
	j.narrow(j.Walls, free, "thin-free", mesh.Doubtful, func(p WallPlace) bool { return !thin(p) && p.Hold == thickness.Unknown && !(p.Round && pins) })
}

// pins looks at what is thin in two directions, and at holes and engravings that close up.
func (j *judging) pins() {
	for _, x := range []struct {
		of   *Walls
		rule park.Name
		key  string
	}{{j.Pins, park.Pin, "pin"}, {j.Holes, park.Hole, "hole"}, {j.Slots, park.Engraving, "engraving"}} {
		limit, ok := j.rules.Of(j.process, x.rule)
		if !ok || x.of == nil {
			continue
		}
		closed := touching * limit.Value / j.Unit().Millimetres()
		j.judge(x.of, limit, x.key, mesh.Doubtful, 0, func(p WallPlace) bool {
			return p.Thickness > closed && (p.Round || p.Area >= leastWall/(j.Unit().Millimetres()*j.Unit().Millimetres()))
		})
	}
}

// tooThin adds walls that cannot be made. What is too thin on a small share of the surface is a detail: the part can be
// made, and the detail may be lost.
func (j *judging) tooThin(limit park.Figure, key string, counts func(WallPlace) bool) {
	before := len(j.list)
	j.narrow(j.Walls, limit, key, mesh.Blocking, counts)
	share, ok := j.rules.Of(j.process, park.ThinShare)
	if len(j.list) == before || !ok || j.AreaMM2 <= 0 {
		return
	}
	x := &j.list[before]
	if of := 100 * x.Args["area"].(float64) / j.AreaMM2; of <= share.Value {
		x.Key, x.Severity = "thin-detail", mesh.Doubtful
		x.Args["percent"] = math.Round(10*of) / 10
	}
}

// gaps looks at gaps that close up: within a part by its own rule, between several bodies by that of what moves.
func (j *judging) gaps() {
	if j.Gaps == nil {
		return
	}
	limit, ok := j.rules.Of(j.process, park.Clearance)
	key := "clearance"
	if !ok || j.Shells-j.NegativeShells < 2 {
		limit, ok = j.rules.Of(j.process, park.Gap)
		key = "gap"
	}
	if ok {
		closed := touching * limit.Value / j.Unit().Millimetres()
		j.narrow(j.Gaps, limit, key, mesh.Doubtful, func(p WallPlace) bool { return p.Thickness > closed })
	}
}

// touching is the part of a limit below which a gap is none: there two bodies run into each other, or sides meet in a corner.
const touching = 0.05

// narrow adds what of walls or gaps is under a limit, of the places that count and are no tips.
func (j *judging) narrow(of *Walls, limit park.Figure, key string, s mesh.Severity, counts func(WallPlace) bool) {
	j.judge(of, limit, key, s, leastWall, counts)
}

// judge adds what is under a limit, of the places that count and have so much surface.
func (j *judging) judge(of *Walls, limit park.Figure, key string, s mesh.Severity, leastArea float64, counts func(WallPlace) bool) {
	f := j.Unit().Millimetres()
	var marks []Mark
	area, least := 0.0, math.Inf(1)
	for _, place := range of.under(limit.Value / f) {
		if place.Area*f*f < leastArea || !counts(place) {
			continue
		}
		area, least = area+place.Area*f*f, math.Min(least, place.Thickness*f)
		marks = append(marks, Mark{place.At, place.Across})
	}
	if len(marks) > 0 {
		j.add(key, s, limit, map[string]any{"count": len(marks), "least_mm": least, "area": math.Round(10*area) / 10}, marks...)
	}
}

// bodies looks at shells so small that no wall of them can be made, and at several that can.
func (j *judging) bodies() {
	limit, ok := j.rules.Of(j.process, park.WallSupported)
	noise, f := 0, j.Unit().Millimetres()
	for _, v := range j.Bodies {
		if ok && math.Cbrt(6*v/math.Pi)*f < limit.Value {
			noise++
		}
	}
	if noise > 0 {
		j.add("noise", mesh.Doubtful, limit, map[string]any{"count": noise})
	}
	if more := j.Shells - j.NegativeShells - noise; more > 1 {
		j.add("bodies", mesh.Doubtful, park.Figure{}, map[string]any{"count": more})
	}
}

// cavities asks what stays in them.
func (j *judging) cavities() {
	if j.NegativeShells == 0 || j.VolumeMM3 <= 0 {
		return
	}
	trapped := j.process.Trapped()
	if trapped == "" {
		j.add("cavities", mesh.Harmless, park.Figure{}, map[string]any{"count": j.NegativeShells})
		return
	}
	limit, _ := j.rules.Of(j.process, park.Drain)
	j.add("trapped", mesh.Doubtful, limit, map[string]any{"count": j.NegativeShells, "what_key": trapped})
}

// overhangs says how much must be supported, where a process needs it.
func (j *judging) overhangs() {
	limit, ok := j.rules.Of(j.process, park.Overhang)
	if !ok || !j.process.Supported() || j.Overhangs == nil {
		return
	}
	f := j.Unit().Millimetres()
	if area, marks := j.Overhangs.over(limit.Value); area*f*f >= leastWall {
		j.add("overhang", mesh.Doubtful, limit, map[string]any{"area": math.Round(area*f*f/10) / 10}, marks...)
	}
}

// Unit is the one that is taken for lengths of the file.
func (x Subject) Unit() mesh.Unit { return x.Measures.Unit }

// Thinnest is the least side of the box, in millimetres.
func (m Measures) Thinnest() float64 { return min(m.SizeMM[0], m.SizeMM[1], m.SizeMM[2]) }
