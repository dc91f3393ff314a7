package additive

import (
	"bytes"
	"testing"

	"bassin/internal/account"
	"bassin/internal/mesh"
	"bassin/internal/mesh/stl"
)

func TestLabels(t *testing.T) {
	for n, want := range map[int]string{1: "A", 2: "B", 26: "Z", 27: "AA", 52: "AZ", 53: "BA", 702: "ZZ", 703: "AAA"} {
		if got := label(n); got != want {
			t.Errorf("revision %d is called %q, want %q", n, got, want)
		}
	}
}

func TestTitleOf(t *testing.T) {
	for name, want := range map[string]string{"bride_de_fixation-b.stl": "bride de fixation-b", ".stl": ".stl", "axe  long.3mf": "axe long", "sans": "sans"} {
		if got := titleOf(name); got != want {
			t.Errorf("%q gives the title %q, want %q", name, got, want)
		}
	}
}

func TestHolders(t *testing.T) {
	alone := account.Actor{ID: "p1"}
	member := account.Actor{ID: "p2", Memberships: []account.Membership{{OrganisationID: "o1"}, {OrganisationID: "o2"}}}
	for _, c := range []struct {
		by     account.Actor
		for_   account.OrganisationID
		holder string
	}{
		{alone, "", "p1"},
		{alone, "o1", ""},
		{member, "o2", "o2"},
		{member, "", ""}, // which of two is not guessed
		{member, "o3", ""},
		{account.Actor{}, "", ""},
		{account.System("test"), "", ""},
	} {
		got, err := holderFor(c.by, c.for_)
		if got != c.holder || (err == nil) != (c.holder != "") {
			t.Errorf("%q drops for %q: held by %q (%v), want %q", c.by.ID, c.for_, got, err, c.holder)
		}
	}
	admin := account.Actor{ID: "p3", Grants: []account.Grant{{Role: account.Admin}}}
	p := Part{HolderID: "o1"}
	if !p.seenBy(member) || p.seenBy(alone) || p.seenBy(admin) || p.seenBy(account.Actor{}) {
		t.Error("a part is seen by others than the members of its organisation, or not by them")
	}
}

// cube is a cube of a side from a corner on, its triangles showing outwards.
func cube(corner mesh.Vec, side float64) *mesh.Mesh {
	m := &mesh.Mesh{}
	for i := range 8 {
		m.Points = append(m.Points, corner.Add(mesh.Vec{X: float64(i & 1), Y: float64(i >> 1 & 1), Z: float64(i >> 2)}.Times(side)))
	}
	m.Triangles = [][3]uint32{{0, 2, 1}, {1, 2, 3}, {4, 5, 6}, {5, 7, 6}, {0, 1, 4}, {1, 5, 4}, {2, 6, 3}, {3, 6, 7}, {0, 4, 2}, {2, 4, 6}, {1, 3, 5}, {3, 7, 5}}
	return m
}

// both is two meshes as one.
func both(a, b *mesh.Mesh) *mesh.Mesh {
	m := mesh.Model{Objects: []mesh.Object{{Mesh: a, Place: mesh.Identity}, {Mesh: b, Place: mesh.Identity}}}
	return m.Whole()
}

// inward is a mesh turned inside out.
func inward(m *mesh.Mesh) *mesh.Mesh {
	turned := &mesh.Mesh{Points: m.Points}
	for _, t := range m.Triangles {
		turned.Triangles = append(turned.Triangles, [3]uint32{t[0], t[2], t[1]})
	}
	return turned
}

func without(m *mesh.Mesh, faces int) *mesh.Mesh {
	return &mesh.Mesh{Points: m.Points, Triangles: m.Triangles[faces:]}
}

func reported(m *mesh.Mesh) Report {
	welded := mesh.Weld(m)
	return reportOf(&mesh.Model{Format: "stl-binary", Objects: make([]mesh.Object, 1)}, mesh.Unknown, welded, mesh.CheckWelded(welded), thinLimits{})
}

func kinds(list []Finding) (s string) {
	for _, f := range list {
		s += string(f.Severity) + " " + f.Key + "; "
	}
	return s
}

func TestFindings(t *testing.T) {
	at := func(x float64) mesh.Vec { return mesh.Vec{X: x} }
	turned := cube(mesh.Vec{}, 20)
	turned.Triangles[0] = [3]uint32{0, 1, 2}
	for name, c := range map[string]struct {
		mesh *mesh.Mesh
		want string
	}{
		"a cube":               {cube(mesh.Vec{}, 20), ""},
		"a cube without a lid": {without(cube(mesh.Vec{}, 20), 2), "blocking open-edges; "},
		"a face turned over":   {turned, "blocking misoriented-edges; "},
		"inside out":           {inward(cube(mesh.Vec{}, 20)), "blocking inside-out; "},
		"two cubes":            {both(cube(mesh.Vec{}, 20), cube(at(30), 20)), "doubtful bodies; "},
		"a cube in a cube":     {both(cube(mesh.Vec{}, 20), inward(cube(mesh.Vec{X: 5, Y: 5, Z: 5}, 10))), "doubtful cavities; "},
		"cubes on an edge":     {both(cube(mesh.Vec{}, 20), cube(mesh.Vec{X: 20, Y: 20}, 20)), "doubtful nonmanifold-edges; "},
		"every face twice":     {both(cube(mesh.Vec{}, 20), cube(mesh.Vec{}, 20)), "doubtful nonmanifold-edges; doubtful duplicate-faces; "},
		"nothing":              {&mesh.Mesh{}, "blocking empty; "},
		"in metres":            {cube(mesh.Vec{}, 0.06), "doubtful unit-doubt; "},
		"in microns":           {cube(mesh.Vec{}, 60_000), "doubtful unit-doubt; "},
		"larger than a house":  {cube(mesh.Vec{}, 1e9), "doubtful size-doubt; "},
	} {
		if got := kinds(reported(c.mesh).Findings(mesh.Unknown)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// A doubt offers the unit that makes a part of it, and is over once that is taken.
func TestUnitDoubt(t *testing.T) {
	for side, want := range map[float64]mesh.Unit{0.06: mesh.Metre, 60_000: mesh.Micron, 0.3: mesh.Metre} {
		x := reported(cube(mesh.Vec{}, side))
		list := x.Findings(mesh.Unknown)
		if len(list) != 1 || list[0].Offer() != want {
			t.Errorf("side %v: %+v, want the offer of %q", side, list, want)
			continue
		}
		if again := x.Findings(want); len(again) != 0 {
			t.Errorf("side %v read in %q: %s", side, want, kinds(again))
		}
		if m := x.Measured(want); m.SizeMM[0] != side*want.Millimetres() {
			t.Errorf("side %v read in %q measures %v mm", side, want, m.SizeMM)
		}
	}
}

func TestMarksAreOnThePart(t *testing.T) {
	x := reported(without(cube(mesh.Vec{}, 20), 2))
	if len(x.Found) != 1 || len(x.Found[0].Marks) != 4 {
		t.Fatalf("%+v: marks of an opening of four edges", x.Found)
	}
	for _, m := range x.Found[0].Marks {
		if m[0][2] != 0 || m[1][2] != 0 { // the lid that is missing is the floor
			t.Errorf("the mark %v is not on the border of the opening", m)
		}
	}
}

// file is a mesh as an STL file.
func stlOf(t *testing.T, m *mesh.Mesh) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := stl.Write(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
