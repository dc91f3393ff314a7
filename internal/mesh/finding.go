package mesh

import "math"

// Severity says what a finding means for whoever wants the part made.
type Severity string

// The severities, the worst first.
const (
	Blocking Severity = "blocking" // what is inside of the part is not known: it cannot be made as it is
	Doubtful Severity = "doubtful" // somebody who knows the part should look
	Harmless Severity = "harmless" // the part is the same without it
)

// Finding is one thing that is wrong, or may be: a key for a text and values for it, and where. Places are those of
// the welded mesh, at most MaxPlaces.
type Finding struct {
	Key      string
	Severity Severity
	Args     map[string]any
	Faces    []uint32
	Edges    [][2]uint32
	Points   []uint32
}

// Findings lists what is wrong with a mesh, whose lengths are in the unit, the worst first.
func (r *Report) Findings(unit Unit) []Finding {
	if r.Triangles == 0 {
		return []Finding{{Key: "empty", Severity: Blocking}}
	}
	var all []Finding
	add := func(n int, f Finding) {
		if n > 0 {
			f.Args = map[string]any{"count": n}
			all = append(all, f)
		}
	}
	p := &r.Places
	shared := Doubtful // bodies that share an edge still have an inside
	if !r.Even() {
		shared = Blocking
	}
	add(r.OpenEdges, Finding{Key: "open-edges", Severity: Blocking, Edges: p.OpenEdges})
	add(r.MisorientedEdges, Finding{Key: "misoriented-edges", Severity: Blocking, Edges: p.MisorientedEdges})
	if shared == Blocking {
		add(r.NonmanifoldEdges, Finding{Key: "nonmanifold-edges", Severity: shared, Edges: p.NonmanifoldEdges})
	}
	switch {
	case r.Even() && r.Volume < 0:
		all = append(all, Finding{Key: "inside-out", Severity: Blocking})
	case r.flat():
		all = append(all, Finding{Key: "no-volume", Severity: Blocking})
	}
	if f, doubt := DoubtOfUnit(r.longest(), unit); doubt {
		all = append(all, f)
	}
	if shared == Doubtful {
		add(r.NonmanifoldEdges, Finding{Key: "nonmanifold-edges", Severity: shared, Edges: p.NonmanifoldEdges})
	}
	add(r.DuplicateFaces, Finding{Key: "duplicate-faces", Severity: Doubtful, Faces: p.DuplicateFaces})
	if r.NonmanifoldEdges == 0 {
		add(r.NonmanifoldVertices, Finding{Key: "nonmanifold-vertices", Severity: Doubtful, Points: p.NonmanifoldVertices})
	}
	if r.Even() && r.Volume > 0 {
		add(r.NegativeShells(), Finding{Key: "cavities", Severity: Doubtful, Faces: r.firstFaces(true)})
	}
	if bodies := r.firstFaces(false); len(bodies) > 1 {
		add(len(bodies), Finding{Key: "bodies", Severity: Doubtful, Faces: bodies[:min(len(bodies), MaxPlaces)]})
	}
	add(r.DegenerateFaces, Finding{Key: "degenerate-faces", Severity: Harmless, Faces: p.DegenerateFaces})
	add(r.ZeroAreas-r.DegenerateFaces, Finding{Key: "needle-faces", Severity: Harmless})
	return all
}

// flat tells whether a closed mesh has no inside to speak of: a sheet and its back.
func (r *Report) flat() bool {
	thin := r.Size()
	return r.Even() && math.Abs(r.Volume) <= 1e-12*max(thin.X, thin.Y, thin.Z)*r.Area
}

// firstFaces are the first faces of the shells whose volume is negative, or of the others.
func (r *Report) firstFaces(negative bool) []uint32 {
	var faces []uint32
	for _, s := range r.Shells {
		if s.Volume < 0 == negative {
			faces = append(faces, s.First)
		}
	}
	return faces
}

// Sizes between which a part is taken for what its file says, in millimetres; most parts are ordinary. They are of parts
// made by additive manufacturing: machines that build two metres are few, and parts below three millimetres too.
const (
	leastMM    = 3
	mostMM     = 2000
	ordinaryMM = 60
)

// longest is the longest side of the box.
func (r *Report) longest() float64 {
	size := r.Size()
	return max(size.X, size.Y, size.Z)
}

// The keys of doubts about the size of a part: another unit would make it ordinary, or none would.
const (
	UnitDoubt = "unit-doubt"
	SizeDoubt = "size-doubt"
)

// DoubtOfUnit guesses the unit of a part that is too small or too large for its longest side in a unit: the one in which it comes nearest
// to an ordinary size. A part of 0.06 mm is one of 60 mm in metres, one of 2.5 mm may be in inches, one of 60 m in
// microns.
func DoubtOfUnit(length float64, unit Unit) (Finding, bool) {
	mm := length * unit.Millimetres()
	if mm == 0 || mm >= leastMM && mm <= mostMM {
		return Finding{}, false
	}
	best, bestMM := Unknown, mm
	for _, u := range []Unit{Micron, Millimetre, Centimetre, Inch, Metre} {
		would := length * u.Millimetres()
		if math.Abs(math.Log(would/ordinaryMM)) < math.Abs(math.Log(bestMM/ordinaryMM)) {
			best, bestMM = u, would
		}
	}
	if best == Unknown || best == unit || bestMM < leastMM || bestMM > mostMM {
		return Finding{Key: SizeDoubt, Severity: Doubtful, Args: map[string]any{"size_mm": mm}}, true
	}
	return Finding{Key: UnitDoubt, Severity: Doubtful, Args: map[string]any{"size_mm": mm, "unit": string(best), "would_mm": bestMM}}, true
}

// Scaled gives the measures in another unit, of which one of the present makes so many.
func (m Measures) Scaled(f float64) Measures {
	m.Min, m.Max, m.Centre, m.amid = m.Min.Times(f), m.Max.Times(f), m.Centre.Times(f), m.amid.Times(f)
	m.Area *= f * f
	m.Volume *= f * f * f
	for i := range m.Inertia {
		m.Inertia[i] *= f * f * f * f * f
	}
	return m
}

// Severity of a note is doubtful where the part may be another than its author meant.
func (n Note) Severity() Severity {
	switch n.Key {
	case "nonfinite", "count", "short-faces", "free-form-left-out", "beam-lattice-left-out", "negatives-left-out", "object-missing",
		"transform-unreadable", "unit-unknown":
		return Doubtful
	}
	return Harmless
}
