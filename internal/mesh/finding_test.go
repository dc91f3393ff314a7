package mesh

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

func keysOf(all []Finding) string {
	var k []string
	for _, f := range all {
		k = append(k, fmt.Sprintf("%s:%s", f.Key, f.Severity[:1]))
	}
	return strings.Join(k, " ")
}

// sized is the unit cube grown to so many on a side, moved.
func sized(side, at float64) *Mesh {
	m := Model{Objects: []Object{{Mesh: cube(Vec{}), Place: Transform{side, 0, 0, 0, side, 0, 0, 0, side, at, at, at}}}}
	return m.Whole()
}

func turned(m *Mesh) *Mesh {
	t := &Mesh{Points: m.Points}
	for _, c := range m.Triangles {
		t.Triangles = append(t.Triangles, [3]uint32{c[0], c[2], c[1]})
	}
	return t
}

func TestFindings(t *testing.T) {
	whole := sized(20, 0)
	with := func(more ...[3]uint32) *Mesh {
		return &Mesh{Points: whole.Points, Triangles: append(append([][3]uint32(nil), whole.Triangles...), more...)}
	}
	for _, c := range []struct {
		name string
		mesh *Mesh
		want string
	}{
		{"a cube", whole, ""},
		{"nothing", &Mesh{}, "empty:b"},
		{"a face missing", &Mesh{Points: whole.Points, Triangles: whole.Triangles[1:]}, "open-edges:b"},
		{"inside out", turned(whole), "inside-out:b"},
		{"a face turned over", with().flip(0), "misoriented-edges:b"},
		{"a cavity", join(whole, turned(sized(2, 5))), "cavities:d"},
		{"two bodies", join(whole, sized(20, 50)), "bodies:d"},
		{"bodies that touch in a point", join(whole, sized(20, 20)), "nonmanifold-vertices:d bodies:d"},
		{"all faces twice", join(whole, whole), "nonmanifold-edges:d duplicate-faces:d"},
		{"a third face on an edge", join(whole, &Mesh{Points: []Vec{{}, {X: 20}, {Y: -9}}, Triangles: [][3]uint32{{0, 1, 2}}}), "open-edges:b nonmanifold-edges:b"},
		{"a degenerate face", with([3]uint32{0, 0, 1}), "degenerate-faces:h"},
		{"a sheet and its back", &Mesh{Points: []Vec{{}, {X: 20}, {Y: 20}}, Triangles: [][3]uint32{{0, 1, 2}, {0, 2, 1}}}, "no-volume:b duplicate-faces:d"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Check(c.mesh)
			if got := keysOf(r.Findings(Unknown)); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func (m *Mesh) flip(face int) *Mesh {
	t := &m.Triangles[face]
	t[1], t[2] = t[2], t[1]
	return m
}

func TestUnitDoubt(t *testing.T) {
	for _, c := range []struct {
		side float64
		unit Unit
		want string
	}{
		{60, Unknown, ""}, {3, Unknown, ""}, {2000, Millimetre, ""}, {0.06, Metre, ""}, {2, Inch, ""},
		{0.06, Unknown, "meter 60"}, {0.06, Millimetre, "meter 60"}, {2.5, Unknown, "inch 63.5"}, {60_000, Unknown, "micron 60"},
		{60, Metre, "millimeter 60"}, {60, Inch, ""}, {100, Inch, "millimeter 100"}, {1e-9, Unknown, "? 1e-09"}, {1e9, Unknown, "? 1e+09"},
	} {
		r := Check(sized(c.side, 0))
		got := ""
		for _, f := range r.Findings(c.unit) {
			switch f.Key {
			case "unit-doubt":
				got = fmt.Sprintf("%v %.4g", f.Args["unit"], f.Args["would_mm"])
			case "size-doubt":
				got = fmt.Sprintf("? %.4g", f.Args["size_mm"])
			}
		}
		if got != c.want {
			t.Errorf("a cube of %v %s: %q, want %q", c.side, c.unit, got, c.want)
		}
	}
}

func TestScaled(t *testing.T) {
	inches, mm := Measure(sized(2, 1)).Scaled(25.4), Measure(sized(50.8, 25.4))
	for name, v := range map[string][2]float64{
		"volume": {inches.Volume, mm.Volume}, "area": {inches.Area, mm.Area}, "box": {inches.Max.X, mm.Max.X},
		"centre": {inches.Centre.Y, mm.Centre.Y}, "inertia": {inches.Inertia[0], mm.Inertia[0]},
	} {
		if math.Abs(v[0]-v[1]) > 1e-12*math.Abs(v[1]) {
			t.Errorf("%s %v, want %v", name, v[0], v[1])
		}
	}
}
