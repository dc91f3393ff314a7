package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"bassin/internal/additive"
	"bassin/internal/cad"
	"bassin/internal/mesh"
	"bassin/internal/mesh/cross"
	"bassin/internal/mesh/format"
	"bassin/internal/mesh/hull"
	"bassin/internal/mesh/repair"
	"bassin/internal/web"
	"bassin/internal/web/assets"
)

type partCmd struct {
	Check   partCheckCmd   `cmd:"" help:"Say what is wrong with parts to be made, and what they measure."`
	Repair  partRepairCmd  `cmd:"" help:"Close and orient a part, and say what was changed."`
	Convert partConvertCmd `cmd:"" help:"Write a part in another format."`
	Quote   partQuoteCmd   `cmd:"" help:"Estimate the time and the filament that a part takes."`
	Orient  partOrientCmd  `cmd:"" help:"Find how a part is best laid for building."`
	Slice   partSliceCmd   `cmd:"" help:"Cut a part into layers."`
	Nest    partNestCmd    `cmd:"" help:"Lay parts on plates or in chambers."`
	Render  partRenderCmd  `cmd:"" help:"Draw a picture of a part."`
}

type partCheckCmd struct {
	Files    []string `arg:"" name:"file" help:"STL, OBJ, OFF, PLY, AMF, 3MF, STEP or IGES."`
	Wall     float64  `placeholder:"MM" help:"Find walls thinner than so many millimetres."`
	Gap      float64  `placeholder:"MM" help:"Find gaps narrower than so many millimetres."`
	Hull     bool     `help:"Find the convex hull and the smallest box, however it is turned."`
	Cross    bool     `help:"Find where the surface goes through itself."`
	JSON     bool     `name:"json" help:"Print as JSON, one line for each file."`
	Language string   `help:"Language of what is printed; the system's unless it is given." enum:"fr,en," default:""`
}

// Help gives an example.
func (partCheckCmd) Help() string {
	return `Reads each file, counts and measures, without a database. A file that cannot be read does not stop the others; exit code 1
then. What is counted is said in docs/additive.md.

Example:

  bassin part check bracket.stl cover.3mf --json
  bassin part check bracket.stl --wall 0.8 --gap 0.4`
}

// partLine is what is printed of one file. Lengths are in millimetres; a file without a unit is taken for millimetres.
type partLine struct {
	File                string        `json:"file"`
	Error               *partError    `json:"error,omitempty"`
	Format              string        `json:"format"`
	Units               string        `json:"units"` // "unknown" when the file does not say
	Objects             int           `json:"objects"`
	Triangles           int           `json:"triangles"`
	Vertices            int           `json:"vertices"`
	Edges               int           `json:"edges"`
	OpenEdges           int           `json:"open_edges"`
	NonmanifoldEdges    int           `json:"nonmanifold_edges"`
	MisorientedEdges    int           `json:"misoriented_edges"`
	UnbalancedEdges     int           `json:"unbalanced_edges"`
	NonmanifoldVertices int           `json:"nonmanifold_vertices"`
	Shells              int           `json:"shells"`
	NegativeShells      int           `json:"negative_shells"`
	Euler               int           `json:"euler"`
	DegenerateFaces     int           `json:"degenerate_faces"`
	DuplicateFaces      int           `json:"duplicate_faces"`
	ZeroAreaFaces       int           `json:"zero_area_faces"`
	Watertight          bool          `json:"watertight"`
	Manifold            bool          `json:"manifold"`
	Even                bool          `json:"even"`
	VolumeMM3           float64       `json:"volume_mm3"`
	AreaMM2             float64       `json:"area_mm2"`
	Bbox                partBox       `json:"bbox_mm"`
	Centre              [3]float64    `json:"centre_mm"`
	SelfIntersections   *int          `json:"self_intersections,omitempty"` // pairs of faces, when it was asked for and all were found
	HullVolumeMM3       *float64      `json:"hull_volume_mm3,omitempty"`    // when it was asked for
	OrientedBbox        *partTurned   `json:"oriented_bbox_mm,omitempty"`
	Walls               *partThin     `json:"walls,omitempty"` // when a limit was given
	Gaps                *partThin     `json:"gaps,omitempty"`
	Findings            []partFinding `json:"findings"`
}

type partError struct {
	Key  string         `json:"key"`
	Text string         `json:"text"`
	Line int64          `json:"line,omitempty"`
	Args map[string]any `json:"args,omitempty"`
}

type partBox struct {
	Min  [3]float64 `json:"min"`
	Max  [3]float64 `json:"max"`
	Size [3]float64 `json:"size"`
}

// partTurned is a box however it is turned: its longest side first.
type partTurned struct {
	Size   [3]float64    `json:"size"`
	Centre [3]float64    `json:"centre"`
	Axes   [3][3]float64 `json:"axes"` // of length 1
}

type partFinding struct {
	Key      string         `json:"key"`
	Severity mesh.Severity  `json:"severity"`
	Text     string         `json:"text"`
	Args     map[string]any `json:"args,omitempty"`
	At       [][3]float64   `json:"at_mm,omitempty"` // some of the places
}

// Run checks each file. One that cannot be read is told and leaves the others alone.
func (c partCheckCmd) Run(ctx context.Context, env *environment) error {
	v := web.NewView(partLanguage(c.Language, env))
	failed := 0
	for _, name := range c.Files {
		line, err := c.check(ctx, v, name)
		if err != nil {
			failed++
			line = partLine{File: name, Error: partErrorOf(v, err), Findings: []partFinding{}}
		}
		if c.JSON {
			err = json.NewEncoder(env.Stdout).Encode(line)
		} else {
			err = line.print(env.Stdout, v)
		}
		if err != nil {
			return err
		}
	}
	if failed > 0 {
		return errors.New(v.T("part.unread", "count", failed))
	}
	return nil
}

// partLanguage is that of the flag, or of the person's system, or English as all commands are.
func partLanguage(flag string, env *environment) string {
	if flag != "" {
		return flag
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if l := env.get(name); l != "" {
			if strings.HasPrefix(l, "fr") {
				return "fr"
			}
			break
		}
	}
	return "en"
}

// readPartFile reads a part from the disk.
func readPartFile(ctx context.Context, name string) (*mesh.Model, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &mesh.FileError{Key: "not-a-part"}
	}
	kind, err := format.Recognise(f, info.Size(), filepath.Base(name))
	if err != nil || kind != format.STEP && kind != format.IGES {
		return format.Read(f, info.Size(), filepath.Base(name), mesh.DefaultLimits)
	}
	converter, err := cad.Find("", assets.Data)
	if err != nil {
		return nil, err
	}
	return converter.Convert(ctx, f, info.Size(), cad.Kind(kind), mesh.DefaultLimits)
}

func (c *partCheckCmd) check(ctx context.Context, v *web.View, name string) (partLine, error) {
	model, err := readPartFile(ctx, name)
	if err != nil {
		return partLine{}, err
	}
	welded := mesh.Weld(model.Whole())
	r := mesh.CheckWelded(welded)
	mm := model.Unit.Millimetres()
	m := r.Measures.Scaled(mm)
	l := partLine{
		File: name, Format: model.Format, Units: string(model.Unit), Objects: len(model.Objects),
		Triangles: r.Triangles, Vertices: r.Vertices, Edges: r.Edges, OpenEdges: r.OpenEdges,
		NonmanifoldEdges: r.NonmanifoldEdges, MisorientedEdges: r.MisorientedEdges, UnbalancedEdges: r.UnbalancedEdges,
		NonmanifoldVertices: r.NonmanifoldVertices, Shells: len(r.Shells), NegativeShells: r.NegativeShells(), Euler: r.Euler,
		DegenerateFaces: r.DegenerateFaces, DuplicateFaces: r.DuplicateFaces, ZeroAreaFaces: r.ZeroAreas,
		Watertight: r.Triangles > 0 && r.Watertight(), Manifold: r.Triangles > 0 && r.Manifold(), Even: r.Triangles > 0 && r.Even(),
		VolumeMM3: m.Volume, AreaMM2: m.Area, Bbox: partBox{triple(m.Min), triple(m.Max), triple(m.Size())}, Centre: triple(m.Centre),
		Findings: []partFinding{},
	}
	if model.Unit == mesh.Unknown {
		l.Units = "unknown"
	}
	for _, f := range r.Findings(model.Unit) {
		l.Findings = append(l.Findings, partFinding{f.Key, f.Severity, additive.FindingText(v, f.Key, f.Args), f.Args, placesOf(welded, f, mm)})
	}
	for _, n := range model.Notes {
		l.Findings = append(l.Findings, partFinding{n.Key, n.Severity(), additive.NoteText(v, n.Key, n.Args), n.Args, nil})
	}
	if c.Hull {
		l.hull(welded, mm)
	}
	if c.Cross {
		pairs, all := cross.Pairs(welded)
		if crossings := len(pairs); all {
			l.SelfIntersections = &crossings
		}
		for _, f := range append(cross.Findings(welded, pairs, all, cross.SeenMM/mm), repair.Findings(welded, &r)...) {
			l.Findings = append(l.Findings, partFinding{f.Key, f.Severity, additive.FindingText(v, f.Key, f.Args), f.Args, placesOf(welded, f, mm)})
		}
	}
	c.measure(&l, v, model, &r)
	return l, nil
}

// hull measures the hull of the points that triangles name.
func (l *partLine) hull(m *mesh.Mesh, mm float64) {
	h := hull.Of(m.Named())
	b := h.Box()
	volume := h.Volume() * mm * mm * mm
	l.HullVolumeMM3 = &volume
	l.OrientedBbox = &partTurned{Centre: triple(b.Centre.Times(mm))}
	for k, a := range b.Axes {
		l.OrientedBbox.Size[k], l.OrientedBbox.Axes[k] = b.Size[k]*mm, triple(a)
	}
}

func triple(p mesh.Vec) [3]float64 { return [3]float64{p.X, p.Y, p.Z} }

// maxPlaces is how many places of a finding are printed.
const maxPlaces = 20

// placesOf gives points, the middles of edges and the middles of faces, in millimetres.
func placesOf(m *mesh.Mesh, f mesh.Finding, mm float64) [][3]float64 {
	var at [][3]float64
	middle := func(of ...uint32) {
		var sum mesh.Vec
		for _, v := range of {
			sum = sum.Add(m.Points[v])
		}
		at = append(at, triple(sum.Times(mm/float64(len(of)))))
	}
	for _, v := range f.Points[:min(len(f.Points), maxPlaces)] {
		middle(v)
	}
	for _, e := range f.Edges[:min(len(f.Edges), maxPlaces)] {
		middle(e[:]...)
	}
	for _, face := range f.Faces[:min(len(f.Faces), maxPlaces)] {
		middle(m.Triangles[face][:]...)
	}
	return at
}

// partErrorOf says why a file could not be read.
func partErrorOf(v *web.View, err error) *partError {
	var e *mesh.FileError
	if !errors.As(err, &e) {
		return &partError{Key: "system", Text: err.Error()}
	}
	return &partError{e.Key, additive.FaultText(v, e), e.Line, e.Args}
}

// print writes the lines for a person.
func (l partLine) print(w io.Writer, v *web.View) error {
	var b strings.Builder
	if l.Error != nil {
		fmt.Fprintf(&b, "%s\n  ✗ %s\n", l.File, l.Error.Text)
		_, err := io.WriteString(w, b.String())
		return err
	}
	sizes := func(s [3]float64) string {
		return additive.Length(v, s[0]) + " × " + additive.Length(v, s[1]) + " × " + additive.Length(v, s[2])
	}
	fmt.Fprintf(&b, "%s\n  %s\n", l.File, v.T("part.what", "format", l.Format, "unit", v.T("part.unit."+l.Units), "size", sizes(l.Bbox.Size)))
	fmt.Fprintf(&b, "  %s\n", v.T("part.measures", "volume", additive.Length(v, l.VolumeMM3), "area", additive.Length(v, l.AreaMM2)))
	fmt.Fprintf(&b, "  %s\n", v.T("part.counts", "triangles", l.Triangles, "vertices", l.Vertices, "edges", l.Edges, "shells", l.Shells))
	if l.OrientedBbox != nil {
		fmt.Fprintf(&b, "  %s\n", v.T("part.hull", "volume", additive.Length(v, *l.HullVolumeMM3), "size", sizes(l.OrientedBbox.Size)))
	}
	key := "part.closed"
	switch {
	case l.Manifold:
	case l.Even:
		key = "part.even"
	default:
		key = "part.open"
	}
	fmt.Fprintf(&b, "  %s\n", v.T(key))
	marks := map[mesh.Severity]string{mesh.Blocking: "✗", mesh.Doubtful: "!", mesh.Harmless: "·"}
	for _, f := range l.Findings {
		fmt.Fprintf(&b, "  %s %s\n", marks[f.Severity], f.Text)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
