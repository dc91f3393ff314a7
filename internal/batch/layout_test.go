package batch

import (
	"testing"

	"bassin/internal/mesh"
)

// What lies on a plate comes to its middle, each plate by itself.
func TestCentre(t *testing.T) {
	at := func(round int, x, y, w, d float64) Place {
		return Place{Round: round, At: mesh.Transform{1, 0, 0, 0, 1, 0, 0, 0, 1, x, y, 0}, FromMM: [3]float64{x, y, 0}, ToMM: [3]float64{x + w, y + d, 5},
			Outline: [][][2]float64{{{x, y}, {x + w, y}, {x + w, y + d}}}}
	}
	l := Layout{Rounds: 2, Places: []Place{at(0, 0, 0, 20, 30), at(0, 22, 0, 18, 10), at(1, 0, 0, 100, 100)}}
	centre(&l, 200, 100)
	for i, want := range [][2]float64{{80, 35}, {102, 35}, {50, 0}} {
		p := l.Places[i]
		if p.FromMM[0] != want[0] || p.FromMM[1] != want[1] || p.At[9] != want[0] || p.At[10] != want[1] || p.Outline[0][0] != want {
			t.Errorf("place %d: %+v, want at %v", i, p, want)
		}
	}
}
