package additive

import (
	"math"

	"bassin/internal/mesh"
)

// Severity is how much a finding stands in the way.
type Severity string

// The severities, the gravest first.
const (
	Blocking Severity = "blocking" // it cannot be made so
	Care     Severity = "care"     // it can, if somebody looks at it
	Info     Severity = "info"
)

// Finding is one thing that a designer should know of a part: what, how much, where, and by its text what to do.
type Finding struct {
	Kind     string // of the texts "additive.finding.KIND" and "….KIND_text"
	Severity Severity
	Args     map[string]any
	Marks    []Mark    // where on the part, in the unit of its file
	Unit     mesh.Unit // that is offered instead; of a doubt about the unit
}

// What a part that is made in one piece measures at its longest, in millimetres: under the first it is smaller than the
// spot of a laser, over the second larger than any chamber that is sold (a wall printer's and building printers' aside).
const (
	leastMM = 0.5
	mostMM  = 3000
	// likelyMM is what most parts of a machine shop lie within: another unit is offered only when it leads there.
	likelyLeastMM, likelyMostMM = 3, 1500
)

// Findings judges a report in the unit that is taken. The gravest come first.
func (x Report) Findings(chosen mesh.Unit) []Finding {
	var list []Finding
	add := func(s Severity, kind string, marks []Mark, args map[string]any) {
		list = append(list, Finding{Kind: kind, Severity: s, Args: args, Marks: marks})
	}
	count := func(n int) map[string]any { return map[string]any{"count": n} }
	m := x.Measured(chosen)

	if x.Triangles == 0 {
		add(Blocking, "nothing", nil, nil)
		return list
	}
	if x.OpenEdges > 0 {
		add(Blocking, "open", x.Open, count(x.OpenEdges))
	}
	if x.NonmanifoldEdges > 0 {
		add(Blocking, "nonmanifold", x.Nonmanifold, count(x.NonmanifoldEdges))
	}
	if x.MisorientedEdges > 0 {
		add(Blocking, "misoriented", x.Misoriented, count(x.MisorientedEdges))
	}
	if x.Manifold() && x.Volume < 0 {
		add(Blocking, "inside_out", nil, nil)
	}
	if f, doubt := x.unitDoubt(m); doubt {
		list = append(list, f)
	}
	if x.Manifold() && x.Volume > 0 && x.NegativeShells > 0 {
		add(Care, "cavities", nil, count(x.NegativeShells))
	}
	if bodies := x.Shells - x.NegativeShells; bodies > 1 {
		add(Care, "bodies", nil, count(bodies))
	}
	if x.NonmanifoldVertices > 0 && x.NonmanifoldEdges == 0 {
		add(Care, "touching", nil, count(x.NonmanifoldVertices))
	}
	if n := x.DegenerateFaces + x.DuplicateFaces; n > 0 {
		add(Info, "spare_faces", nil, count(n))
	}
	for _, n := range x.Notes {
		add(Info, "note", nil, map[string]any{"key": n.Key, "args": n.Args})
	}
	return list
}

// unitDoubt tells whether the size of the part speaks against its unit, and which other would lead to a likely size:
// STL says none, and programs write metres and inches into it.
func (x Report) unitDoubt(m Measures) (Finding, bool) {
	longest := m.Longest()
	if longest >= leastMM && longest <= mostMM || longest == 0 || math.IsNaN(longest) {
		return Finding{}, false
	}
	f := Finding{Kind: "unit", Severity: Care, Args: map[string]any{"size": longest}}
	now := m.Unit.Millimetres()
	for _, u := range []mesh.Unit{mesh.Millimetre, mesh.Metre, mesh.Inch, mesh.Centimetre, mesh.Micron} {
		if mm := longest / now * u.Millimetres(); u != m.Unit && mm >= likelyLeastMM && mm <= likelyMostMM {
			f.Unit = u
			f.Args["would"], f.Args["unit"] = mm, string(u)
			return f, true
		}
	}
	f.Kind = "size"
	return f, true
}

// Worst is the gravest severity of findings; Info for none.
func Worst(list []Finding) Severity {
	worst := Info
	for _, f := range list {
		switch {
		case f.Severity == Blocking:
			return Blocking
		case f.Severity == Care:
			worst = Care
		}
	}
	return worst
}
