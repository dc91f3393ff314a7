package mesh

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestPointSet(t *testing.T) {
	s := NewPointSet(0) // so that it must grow
	random := rand.New(rand.NewPCG(1, 1))
	known := map[Vec]uint32{}
	for range 50_000 {
		p := Vec{float64(random.IntN(30)), float64(random.IntN(30)), float64(random.IntN(30))}
		want, ok := known[p]
		if !ok {
			want = uint32(len(known))
			known[p] = want
		}
		if got := s.Add(p); got != want {
			t.Fatalf("%v has the index %d, want %d", p, got, want)
		}
	}
	s.Reset()
	if got := s.Add(Vec{7, 7, 7}); got != 0 || len(s.Points()) != 1 {
		t.Errorf("after a reset the first point has the index %d of %d", got, len(s.Points()))
	}
}

func TestPointSetZeroAndNaN(t *testing.T) {
	s := NewPointSet(8)
	zero := s.Add(Vec{})
	if s.Add(Vec{math.Copysign(0, -1), 0, math.Copysign(0, -1)}) != zero {
		t.Error("−0 is another point than 0")
	}
	nan := Vec{math.NaN(), 0, 0}
	for range 100_000 { // quadratic if they were looked for
		s.Add(nan)
	}
	if len(s.Points()) != 100_001 {
		t.Errorf("%d points", len(s.Points()))
	}
}

func TestWeld(t *testing.T) {
	m := &Mesh{Points: []Vec{{9, 9, 9}, {1, 0, 0}, {0, 1, 0}, {1, 0, 0}, {0, 0, 1}}, Triangles: [][3]uint32{{1, 2, 4}, {2, 3, 4}, {1, 3, 2}}}
	w := Weld(m)
	if len(w.Points) != 3 || w.Triangles[1] != [3]uint32{1, 0, 2} || !degenerate(w.Triangles[2]) {
		t.Errorf("welded to %v", w)
	}
	if Weld(w) != w {
		t.Error("a welded mesh is copied")
	}
}
