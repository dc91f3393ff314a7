package additive

import (
	"math"
	"slices"
	"strings"
	"testing"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/mesh"
	"bassin/internal/mesh/polygon"
	"bassin/internal/park"
)

// prism pulls an outline, of which the first corner sees all others, along X.
func prism(outline [][2]float64, length float64) *mesh.Mesh {
	m := &mesh.Mesh{}
	n := len(outline)
	for _, x := range []float64{0, length} {
		for _, p := range outline {
			m.Points = append(m.Points, mesh.Vec{X: x, Y: p[0], Z: p[1]})
		}
	}
	at := func(i, end int) uint32 { return uint32(end*n + i%n) }
	corners := make([]uint32, n)
	for i := range corners {
		corners[i] = at(i, 1)
	}
	for _, t := range new(polygon.Cutter).Cut(nil, m.Points, corners) {
		near := uint32(n)
		m.Triangles = append(m.Triangles, t, [3]uint32{t[0] - near, t[2] - near, t[1] - near})
	}
	for i := range n {
		m.Triangles = append(m.Triangles, [3]uint32{at(i, 0), at(i+1, 0), at(i+1, 1)}, [3]uint32{at(i, 0), at(i+1, 1), at(i, 1)})
	}
	return m
}

// bracket is an angle of 60 by 40 mm, 30 mm wide, standing on its long side.
func bracket(thick float64) *mesh.Mesh {
	return prism([][2]float64{{0, 0}, {60, 0}, {60, thick}, {thick, thick}, {thick, 40}, {0, 40}}, 30)
}

// heldWall is a wall between two blocks that hold it.
func heldWall(thick float64) *mesh.Mesh {
	a, b := 10-thick/2, 10+thick/2
	return prism([][2]float64{{0, 0}, {10, 0}, {10, a}, {40, a}, {40, 0}, {50, 0}, {50, 20}, {40, 20}, {40, b}, {10, b}, {10, 20}, {0, 20}}, 30)
}

// fin is a block with a low fin on top.
func fin(thick float64) *mesh.Mesh {
	return prism([][2]float64{{0, 0}, {40, 0}, {40, 20}, {20 + thick, 20}, {20 + thick, 22}, {20, 22}, {20, 20}, {0, 20}}, 30)
}

// turnedAbout is the mesh turned about Z by an angle, and then moved.
func turnedAbout(m *mesh.Mesh, angle float64, by mesh.Vec) *mesh.Mesh {
	out := &mesh.Mesh{Triangles: m.Triangles}
	for _, p := range m.Points {
		out.Points = append(out.Points, mesh.Vec{X: p.X*math.Cos(angle) - p.Y*math.Sin(angle), Y: p.X*math.Sin(angle) + p.Y*math.Cos(angle), Z: p.Z}.Add(by))
	}
	return out
}

// slot is a block with a slot from above.
func slot(width float64) *mesh.Mesh {
	return prism([][2]float64{{0, 0}, {20 + width, 0}, {20 + width, 30}, {10 + width, 30}, {10 + width, 10}, {10, 10}, {10, 30}, {0, 30}}, 30)
}

// turned is the mesh upside down: its highest becomes its lowest.
func turned(m *mesh.Mesh) *mesh.Mesh {
	out := &mesh.Mesh{Triangles: m.Triangles}
	for _, p := range m.Points {
		out.Points = append(out.Points, mesh.Vec{X: p.X, Y: -p.Y, Z: -p.Z})
	}
	return out
}

func joined(a *mesh.Mesh, more ...*mesh.Mesh) *mesh.Mesh {
	out := &mesh.Mesh{Points: a.Points, Triangles: a.Triangles}
	for _, b := range more {
		n := uint32(len(out.Points))
		out.Points = append(out.Points, b.Points...)
		for _, t := range b.Triangles {
			out.Triangles = append(out.Triangles, [3]uint32{t[0] + n, t[1] + n, t[2] + n})
		}
	}
	return out
}

func inverted(m *mesh.Mesh) *mesh.Mesh {
	out := &mesh.Mesh{Points: m.Points}
	for _, t := range m.Triangles {
		out.Triangles = append(out.Triangles, [3]uint32{t[0], t[2], t[1]})
	}
	return out
}

// pinned is a cube with a square pin of a width on it, in one piece: both share a face that is no surface.
func pinned(width float64) *mesh.Mesh {
	return mesh.Weld(prism([][2]float64{{0, 0}, {20, 0}, {20, 20}, {10 + width, 20}, {10 + width, 35}, {10, 35}, {10, 20}, {0, 20}}, width))
}

// plateWithHole is a plate of 8 mm with a square hole of a width through it, which a wall on either side has about it.
func plateWithHole(width float64) *mesh.Mesh {
	m := &mesh.Mesh{}
	outer, inner := [][2]float64{{0, 0}, {20, 0}, {20, 20}, {0, 20}}, [][2]float64{{10, 10}, {10 + width, 10}, {10 + width, 10 + width}, {10, 10 + width}}
	for _, z := range []float64{0, 8} {
		for _, p := range append(slices.Clone(outer), inner...) {
			m.Points = append(m.Points, mesh.Vec{X: p[0], Y: p[1], Z: z})
		}
	}
	quad := func(a, b, c, d uint32) { m.Triangles = append(m.Triangles, [3]uint32{a, b, c}, [3]uint32{a, c, d}) }
	for i := range uint32(4) {
		j := (i + 1) % 4
		quad(i, j, 8+j, 8+i)         // around
		quad(4+j, 4+i, 12+i, 12+j)   // in the hole
		quad(j, i, 4+i, 4+j)         // below
		quad(8+i, 8+j, 8+4+j, 8+4+i) // above
	}
	return m
}

var testRules = park.Figures{
	{Process: park.FDM, Name: park.WallSupported, Value: 0.8}, {Process: park.FDM, Name: park.WallFree, Value: 1.2}, {Process: park.FDM, Name: park.Overhang, Value: 45},
	{Process: park.SLS, Name: park.WallFree, Value: 0.7}, {Process: park.SLS, Name: park.Drain, Value: 5}, {Process: park.FDM, Name: park.Aspect, Value: 20},
	{Process: park.FDM, Name: park.Clearance, Value: 0.5}, {Process: park.FDM, Name: park.ThinShare, Value: 3}, {Process: park.SLS, Name: park.Gap, Value: 0.6},
	{Process: park.MJF, Name: park.Pin, Value: 2}, {Process: park.MJF, Name: park.Hole, Value: 1.5}, {Process: park.MJF, Name: park.Engraving, Value: 1},
}

func subjectFrom(m *mesh.Mesh, u mesh.Unit) Subject {
	model := &mesh.Model{Unit: u, Objects: []mesh.Object{{Mesh: m, Place: mesh.Identity}}}
	welded := mesh.Weld(m)
	return subjectOf(reportOf(model, mesh.Unknown, welded, mesh.CheckWelded(welded), limitsOf(testRules)), mesh.Unknown)
}

func TestJudge(t *testing.T) {
	machine := func(p park.Process, x, y, z float64) park.Machine {
		return park.Machine{Process: p, XMM: x, YMM: y, ZMM: z}
	}
	big := []park.Machine{machine(park.FDM, 200, 200, 200), machine(park.SLS, 200, 200, 200), machine(park.MJF, 200, 200, 200)}
	hollow := joined(cube(mesh.Vec{}, 20), inverted(cube(mesh.Vec{X: 5, Y: 5, Z: 5}, 10)))
	for _, c := range []struct {
		name     string
		mesh     *mesh.Mesh
		process  park.Process
		machines []park.Machine
		verdict  Verdict
		first    string // the gravest judgement
		fit      int
	}{
		{"a cube", cube(mesh.Vec{}, 20), park.FDM, big, Makeable, "", 1},
		{"without a machine", cube(mesh.Vec{}, 20), park.LPBF, big, Makeable, "no-machine", 0},
		{"too large", cube(mesh.Vec{}, 300), park.FDM, big, NotSo, "too-large", 0},
		{"turned over only", bracket(10), park.SLS, []park.Machine{machine(park.SLS, 100, 50, 35)}, WithCare, "turn", 1},
		{"open", without(cube(mesh.Vec{}, 20), 2), park.FDM, big, NotSo, "mesh", 1},
		{"a good wall", bracket(1.5), park.FDM, big, Makeable, "", 1},
		{"a free wall", bracket(1), park.FDM, big, NotSo, "thin-standing", 1},
		{"the same wall, held, a bridge", heldWall(1), park.FDM, big, WithCare, "overhang", 1},
		{"a held wall that is too thin", heldWall(0.6), park.FDM, big, NotSo, "thin", 1},
		{"a thin detail", fin(0.5), park.FDM, big, WithCare, "thin-detail", 1},
		{"too little clearance", joined(cube(mesh.Vec{}, 20), cube(mesh.Vec{X: 20.3}, 20)), park.FDM, big, WithCare, "clearance", 1},
		{"bodies that touch", joined(cube(mesh.Vec{}, 20), turnedAbout(cube(mesh.Vec{}, 10), 0.35, mesh.Vec{X: 20.001 + 10*math.Sin(0.35), Y: 5, Z: 5})), park.FDM, big, WithCare, "bodies", 1},
		{"clearance enough", joined(cube(mesh.Vec{}, 20), cube(mesh.Vec{X: 20.7}, 20)), park.FDM, big, WithCare, "bodies", 1},
		{"a slot that closes", slot(0.4), park.SLS, big, WithCare, "gap", 1},
		{"a slot that stays", slot(0.7), park.SLS, big, Makeable, "", 1},
		{"a slot nobody gave a rule for", slot(0.4), park.FDM, big, Makeable, "", 1},
		{"a thin pin", pinned(1.5), park.MJF, big, WithCare, "pin", 1},
		{"a pin thick enough", pinned(2.5), park.MJF, big, Makeable, "", 1},
		{"a small hole", plateWithHole(1), park.MJF, big, WithCare, "hole", 1},
		{"a hole wide enough", plateWithHole(2), park.MJF, big, Makeable, "", 1},
		{"a narrow engraving", slot(0.8), park.MJF, big, WithCare, "engraving", 1},
		{"an engraving wide enough", slot(1.2), park.MJF, big, Makeable, "", 1},
		{"a thin wall", bracket(0.5), park.FDM, big, NotSo, "thin", 1},
		{"as thick as the rule of held walls", bracket(0.8), park.FDM, big, NotSo, "thin-standing", 1},
		{"a sheet", prism([][2]float64{{0, 0}, {60, 0}, {60, 0.5}, {0, 0.5}}, 60), park.FDM, big, NotSo, "flat", 1},
		{"a needle", prism([][2]float64{{0, 0}, {4, 0}, {4, 4}, {0, 4}}, 150), park.FDM, big, WithCare, "slender", 1},
		{"a ceiling", turned(bracket(5)), park.FDM, big, WithCare, "overhang", 1},
		{"a ceiling in powder", turned(bracket(5)), park.SLS, big, Makeable, "", 1},
		{"a cavity in powder", hollow, park.SLS, big, WithCare, "trapped", 1},
		{"a cavity of filament", hollow, park.FDM, big, WithCare, "overhang", 1},
		{"two bodies", joined(cube(mesh.Vec{}, 20), cube(mesh.Vec{X: 30}, 20)), park.SLS, big, WithCare, "bodies", 1},
		{"a crumb", joined(cube(mesh.Vec{}, 20), cube(mesh.Vec{X: 30}, 0.3)), park.FDM, big, WithCare, "noise", 1},
	} {
		j := Judge(subjectFrom(c.mesh, mesh.Millimetre), c.process, testRules, c.machines)
		first := ""
		if len(j.Judgements) > 0 {
			first = j.Judgements[0].Key
		}
		if j.Verdict != c.verdict || first != c.first || j.Machines != c.fit {
			t.Errorf("%s: %s, %q, %d machines, want %s, %q, %d: %+v", c.name, j.Verdict, first, j.Machines, c.verdict, c.first, c.fit, j.Judgements)
		}
	}
}

func TestRulesThatNobodyGaveJudgeNothing(t *testing.T) {
	j := Judge(subjectFrom(bracket(0.5), mesh.Millimetre), park.FDM, nil, []park.Machine{{Process: park.FDM, XMM: 200, YMM: 200, ZMM: 200}})
	if j.Verdict != Makeable || len(j.Judgements) != 0 {
		t.Errorf("%+v", j)
	}
}

// A thin wall is told with its measure, its limit, its surface and its place, in millimetres whatever the file's unit.
func TestAThinWallIsMeasured(t *testing.T) {
	for unit, scale := range map[mesh.Unit]float64{mesh.Millimetre: 1, mesh.Metre: 0.001} {
		m := bracket(0.5)
		for i := range m.Points {
			m.Points[i] = m.Points[i].Times(scale)
		}
		j := Judge(subjectFrom(m, unit), park.FDM, testRules, nil)
		thin := j.Judgements[0]
		least, _ := thin.Args["least_mm"].(float64)
		area, _ := thin.Args["area"].(float64)
		if thin.Key != "thin" || math.Abs(least-0.5) > 0.005 || math.Abs(area-2*30*99.5) > 120 || thin.Limit.Value != 0.8 || len(thin.Marks) == 0 {
			t.Errorf("in %s: %+v", unit, thin)
		}
	}
}

// The page and the API say what each process makes of a part, with the rule, its source and the place.
func TestVerdictsAreShown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		p, _ := w.drop(w.designer, w.office, "bride.stl", stlOf(t, bracket(0.6)))
		code, body := w.ask(w.designer, "GET", p.URL(), nil)
		for _, words := range []string{"Pas en l’état", "trop minces\u00a0: 0,6\u00a0mm", "Paroi minimale, tenue de deux côtés\u00a0: 0,8\u00a0mm (Protolabs, 3D printing design rules)", `data-mark="fdm-1"`, "Aucune machine de ce procédé"} {
			if code != 200 || !strings.Contains(body, words) {
				t.Errorf("the page (%d) lacks %q", code, words)
			}
		}
		code, body = w.ask(w.designer, "GET", "/api/v1"+p.URL()+"/verdicts", nil)
		for _, words := range []string{`"process":"fdm"`, `"verdict":"not"`, `"key":"thin"`, `"limit":0.8`, `"least_mm":0.6`} {
			if code != 200 || !strings.Contains(body, words) {
				t.Errorf("the API (%d) lacks %q: %s", code, words, body)
			}
		}
		if code, _ := w.ask(w.turner, "GET", "/api/v1"+p.URL()+"/verdicts", nil); code != 404 {
			t.Errorf("who does not see the part: %d", code)
		}
	})
}

// The surface seen from aside, times nothing else, is what all layers' perimeters add up to; ceilings count from the
// angle on, and what lies on the plate does not.
func TestLeaning(t *testing.T) {
	c := cube(mesh.Vec{}, 20)
	if l := leaningOf(c, mesh.Millimetre); math.Abs(l.Side-4*400) > 1e-9 || l.Over[0] != 0 {
		t.Errorf("a cube: side %v, over %v", l.Side, l.Over[0])
	}
	// A roof upside down: a wedge of 45° on its edge.
	roof := prism([][2]float64{{0, 0}, {10, 10}, {-10, 10}}, 30)
	l := leaningOf(roof, mesh.Millimetre)
	faces := 2 * 30 * math.Hypot(10, 10)
	if a, _ := l.over(45); a != 0 {
		t.Errorf("faces at 45° lean more than that: %v", a)
	}
	if a, marks := l.over(44); math.Abs(a-faces) > 1e-6 || len(marks) == 0 {
		t.Errorf("faces at 45° over 44: %v, want %v (%d marks)", a, faces, len(marks))
	}
	small := &mesh.Mesh{Triangles: roof.Triangles}
	for _, p := range roof.Points {
		small.Points = append(small.Points, p.Times(0.001))
	}
	if a, _ := leaningOf(small, mesh.Metre).over(44); math.Abs(a*1e6-faces) > 1e-6 {
		t.Errorf("the same in metres: %v", a)
	}
}
