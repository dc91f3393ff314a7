package additive

import (
	"encoding/json"
	"slices"

	"bassin/internal/mesh"
	"bassin/internal/mesh/cross"
	"bassin/internal/mesh/repair"
)

// maxMarks is how many places of one kind a report keeps to be marked on the part.
const maxMarks = 200

// Point is a place on a part, in the unit of its file.
type Point [3]float64

// Mark is a line on a part, from point to point.
type Mark [2]Point

// Report is what was counted and measured of a file, with all its objects at their places as one mesh. Lengths,
// areas and volumes are in the file's unit: which one it is may be doubted later.
type Report struct {
	Format  string    `json:"format"`
	Unit    mesh.Unit `json:"unit,omitempty"` // as the file says
	Objects int       `json:"objects"`

	Triangles           int `json:"triangles"`
	Vertices            int `json:"vertices"`
	Edges               int `json:"edges"`
	OpenEdges           int `json:"open_edges"`
	NonmanifoldEdges    int `json:"nonmanifold_edges"`
	MisorientedEdges    int `json:"misoriented_edges"`
	NonmanifoldVertices int `json:"nonmanifold_vertices"`
	DegenerateFaces     int `json:"degenerate_faces"`
	DuplicateFaces      int `json:"duplicate_faces"`
	Shells              int `json:"shells"`
	NegativeShells      int `json:"negative_shells"`

	Volume float64 `json:"volume"`
	Area   float64 `json:"area"`
	Least  Point   `json:"least"`
	Most   Point   `json:"most"`

	Found []Finding `json:"found,omitempty"` // but for doubts about the unit

	Bodies []float64 `json:"bodies,omitempty"` // volumes of its bodies, the smallest first, of more than one
	thinPlaces
	Overhangs *Leaning `json:"overhangs,omitempty"`
}

const maxBodies = 100

// bodiesOf gives the volumes of the smallest bodies of a part that has several.
func bodiesOf(r *mesh.Report) []float64 {
	var list []float64
	for _, s := range r.Shells {
		if s.Volume > 0 {
			list = append(list, s.Volume)
		}
	}
	if len(list) < 2 {
		return nil
	}
	slices.Sort(list)
	return list[:min(len(list), maxBodies)]
}

// reportOf makes a report of a mesh that was checked, measured against limits.
//
// Lengths are those of the file, but the limits of rules are millimetres: walls are measured in the unit that somebody chose.
func reportOf(m *mesh.Model, chosen mesh.Unit, whole *mesh.Mesh, r mesh.Report, limits thinLimits) Report {
	unit := taken(m.Unit, chosen)
	return Report{
		Format: m.Format, Unit: m.Unit, Objects: len(m.Objects),
		Triangles: r.Triangles, Vertices: r.Vertices, Edges: r.Edges, OpenEdges: r.OpenEdges, NonmanifoldEdges: r.NonmanifoldEdges,
		MisorientedEdges: r.MisorientedEdges, NonmanifoldVertices: r.NonmanifoldVertices, DegenerateFaces: r.DegenerateFaces,
		DuplicateFaces: r.DuplicateFaces, Shells: len(r.Shells), NegativeShells: r.NegativeShells(),
		Volume: r.Volume, Area: r.Area, Least: pointOf(r.Min), Most: pointOf(r.Max),
		Found: found(m, whole, &r), Bodies: bodiesOf(&r), thinPlaces: thinOf(whole, &r, unit, limits), Overhangs: leaningOf(whole, unit),
	}
}

func pointOf(v mesh.Vec) Point { return Point{v.X, v.Y, v.Z} }

// keep makes a report that of a revision.
func (r *Revision) keep(x Report) error {
	marks := make([][]Mark, len(x.Found))
	for i, f := range x.Found {
		marks[i] = f.Marks
	}
	report, err := json.Marshal(x)
	if err != nil {
		return err
	}
	drawn, err := json.Marshal(marks)
	r.State, r.Report, r.Marks, r.Measured = Checked, string(report), string(drawn), measured
	return err
}

// keepCrossings adds to the report where the surface crosses itself, of which nobody waits for the verdict.
func (r *Revision) keepCrossings(m *mesh.Mesh, unit mesh.Unit) error {
	if len(m.Triangles) > maxCrossed {
		return nil
	}
	x, err := r.ReportOf()
	if err != nil {
		return err
	}
	x.Found = slices.DeleteFunc(x.Found, Finding.crossing)
	report := mesh.CheckWelded(m)
	pairs, all := cross.Pairs(m)
	for _, f := range append(cross.Findings(m, pairs, all, cross.SeenMM/unit.Millimetres()), repair.Findings(m, &report)...) {
		x.Found = append(x.Found, Finding{Key: f.Key, Severity: f.Severity, Args: f.Args, Marks: marks(m, f)})
	}
	return r.keep(x)
}

// maxCrossed is of how many triangles a mesh may be that is asked whether it crosses itself.
const maxCrossed = 1_000_000

// crossing tells whether the finding came after the verdict.
func (f Finding) crossing() bool {
	return f.Key == cross.Itself || f.Key == cross.Bodies || f.Key == cross.Some || f.Key == repair.Within
}

// ReportOf reads the report of a revision that was checked, with the places of what was found when the revision was read
// with them.
func (r Revision) ReportOf() (Report, error) {
	var x Report
	if err := json.Unmarshal([]byte(r.Report), &x); err != nil || r.Marks == "" {
		return x, err
	}
	var marks [][]Mark
	err := json.Unmarshal([]byte(r.Marks), &marks)
	for i := range min(len(marks), len(x.Found)) {
		x.Found[i].Marks = marks[i]
	}
	return x, err
}

// Measures are those of a part in millimetres.
type Measures struct {
	Unit      mesh.Unit // that was taken
	SizeMM    Point
	AreaMM2   float64
	VolumeMM3 float64 // negative when the part is inside out
}

// taken is the unit in which a file is read.
func taken(said, chosen mesh.Unit) mesh.Unit {
	if chosen != mesh.Unknown {
		return chosen
	}
	return said
}

// Measured gives the measures in a unit, that of the file when none was chosen.
func (x Report) Measured(chosen mesh.Unit) Measures {
	u := taken(x.Unit, chosen)
	f := u.Millimetres()
	m := Measures{Unit: u, AreaMM2: x.Area * f * f, VolumeMM3: x.Volume * f * f * f}
	for i := range m.SizeMM {
		m.SizeMM[i] = (x.Most[i] - x.Least[i]) * f
	}
	return m
}

// Longest is the longest side, in millimetres.
func (m Measures) Longest() float64 { return max(m.SizeMM[0], m.SizeMM[1], m.SizeMM[2]) }

// Watertight tells whether each edge has two faces.
func (x Report) Watertight() bool { return x.OpenEdges == 0 && x.NonmanifoldEdges == 0 }

// Manifold tells whether the part is watertight and all its faces agree on where its outside is.
func (x Report) Manifold() bool { return x.Watertight() && x.MisorientedEdges == 0 }
