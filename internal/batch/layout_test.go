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

// The number of a piece stands in it, though the middle of its box lies beside it.
func TestANumberStandsInItsPiece(t *testing.T) {
	angle := [][][2]float64{{{0, 0}, {60, 0}, {60, 8}, {8, 8}, {8, 40}, {0, 40}}}
	if at := inside(angle, [2]float64{30, 20}, 3); !(at[0] > 1 && at[1] > 1 && (at[0] < 7 || at[1] < 7)) {
		t.Errorf("beside the piece: %v", at)
	}
	square := [][][2]float64{{{0, 0}, {20, 0}, {20, 20}, {0, 20}}}
	if at := inside(square, [2]float64{10, 10}, 3); at != [2]float64{10, 10} {
		t.Errorf("not in the middle: %v", at)
	}
	ring := append(square, [][2]float64{{6, 6}, {14, 6}, {14, 14}, {6, 14}})
	if at := inside(ring, [2]float64{10, 10}, 2); at[0] > 6 && at[0] < 14 && at[1] > 6 && at[1] < 14 {
		t.Errorf("in the hole: %v", at)
	}
}
