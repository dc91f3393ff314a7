package mesh

import (
	"math"
	"testing"
)

func TestTransform(t *testing.T) {
	turn := Transform{0, 1, 0, -1, 0, 0, 0, 0, 1, 10, 0, 0} // a quarter turn about Z, then 10 along X
	grow := Transform{2, 0, 0, 0, 3, 0, 0, 0, -1, 0, 0, 5}
	p := Vec{1, 2, 3}
	both := turn.Then(&grow)
	if got, want := both.Apply(p), grow.Apply(turn.Apply(p)); got != want {
		t.Errorf("both maps at once give %v, one after the other %v", got, want)
	}
	if d := both.Det(); d != -6 {
		t.Errorf("determinant %v, want -6", d)
	}
	if id := Identity.Then(&turn); id != turn {
		t.Errorf("the identity changes a map to %v", id)
	}
}

func TestFinite(t *testing.T) {
	for _, p := range []Vec{{math.NaN(), 0, 0}, {0, math.Inf(1), 0}, {0, 0, math.Inf(-1)}} {
		if p.Finite() {
			t.Errorf("%v is called finite", p)
		}
	}
	if !(Vec{1e300, -1e300, 0}).Finite() {
		t.Error("large numbers are called infinite")
	}
}

// A mirrored copy must still show its outside, else its volume would take away from that of the part.
func TestWholeTurnsMirroredCopies(t *testing.T) {
	tetra := &Mesh{Points: []Vec{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, Triangles: [][3]uint32{{0, 2, 1}, {0, 1, 3}, {1, 2, 3}, {0, 3, 2}}}
	mirror := Transform{-1, 0, 0, 0, 1, 0, 0, 0, 1, -5, 0, 0}
	m := Model{Objects: []Object{{Mesh: tetra, Place: Identity}, {Mesh: tetra, Place: mirror}}}
	whole := m.Whole()
	var six float64
	for _, f := range whole.Triangles {
		a, b, c := whole.Points[f[0]], whole.Points[f[1]], whole.Points[f[2]]
		six += a.Dot(b.Cross(c))
	}
	if math.Abs(six/6-2.0/6) > 1e-12 {
		t.Errorf("volume of both %v, want a third", six/6)
	}
	if one := (&Model{Objects: m.Objects[:1]}); one.Whole() != tetra {
		t.Error("a single object at its origin was copied")
	}
}
