package additive

import (
	"slices"

	"bassin/internal/mesh"
)

// Finding is one thing that a designer should know of a part. Its words are the texts "part.finding.KEY", or
// "part.note.KEY" for what was noted while the file was read; what to do is "additive.advice.KEY".
type Finding struct {
	Key      string         `json:"key"`
	Severity mesh.Severity  `json:"severity"`
	Args     map[string]any `json:"args,omitempty"`
	Marks    []Mark         `json:"-"` // where on the part, in the unit of its file; kept apart (Revision.Marks)
	Note     bool           `json:"note,omitempty"`
}

// Offer is the unit that a doubt about the unit offers instead; Unknown for any other finding.
func (f Finding) Offer() mesh.Unit {
	u, _ := f.Args["unit"].(string)
	if f.Key != mesh.UnitDoubt || f.Note {
		return mesh.Unknown
	}
	return mesh.Unit(u)
}

// found makes findings of those of a welded mesh and of what was noted while it was read. A doubt about the unit is left
// out: it depends on the unit that somebody chooses.
func found(m *mesh.Model, welded *mesh.Mesh, r *mesh.Report) []Finding {
	var list []Finding
	for _, f := range r.Findings(m.Unit) {
		if f.Key != mesh.UnitDoubt && f.Key != mesh.SizeDoubt {
			list = append(list, Finding{Key: f.Key, Severity: f.Severity, Args: f.Args, Marks: marks(welded, f)})
		}
	}
	for _, n := range m.Notes {
		list = append(list, Finding{Key: n.Key, Severity: n.Severity(), Args: n.Args, Note: true})
	}
	return list
}

// marks are the edges of a finding, and the outlines of its faces.
func marks(m *mesh.Mesh, f mesh.Finding) []Mark {
	var list []Mark
	line := func(a, b uint32) {
		if len(list) < maxMarks {
			list = append(list, Mark{pointOf(m.Points[a]), pointOf(m.Points[b])})
		}
	}
	for _, e := range f.Edges {
		line(e[0], e[1])
	}
	for _, i := range f.Faces {
		t := m.Triangles[i]
		line(t[0], t[1])
		line(t[1], t[2])
		line(t[2], t[0])
	}
	for _, p := range f.Points {
		line(p, p)
	}
	return list
}

// Findings are those of a report in the unit that is taken, the gravest first.
func (x Report) Findings(chosen mesh.Unit) []Finding {
	list := slices.Clone(x.Found)
	m := x.Measured(chosen)
	if d, doubt := mesh.DoubtOfUnit(m.Longest()/m.Unit.Millimetres(), m.Unit); doubt {
		list = append(list, Finding{Key: d.Key, Severity: d.Severity, Args: d.Args})
	}
	rank := map[mesh.Severity]int{mesh.Blocking: 0, mesh.Doubtful: 1, mesh.Harmless: 2}
	slices.SortStableFunc(list, func(a, b Finding) int { return rank[a.Severity] - rank[b.Severity] })
	return list
}

// weigh gives the gravest severity of findings, Harmless for none, and how many are more than harmless.
func weigh(list []Finding) (worst mesh.Severity, count int) {
	worst = mesh.Harmless
	for _, f := range list {
		if f.Severity == mesh.Harmless {
			continue
		}
		if count++; worst != mesh.Blocking {
			worst = f.Severity
		}
	}
	return worst, count
}
