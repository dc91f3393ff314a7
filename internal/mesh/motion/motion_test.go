package motion

import (
	"math"
	"testing"
)

func TestTrapezoid(t *testing.T) {
	for _, c := range []struct {
		name                              string
		length, entry, speed, exit, accel float64
		want                              float64
	}{
		{"from and to a standstill", 100, 0, 100, 0, 1000, 1.1},
		{"at its speed all along", 50, 100, 100, 100, 1000, 0.5},
		{"too short for its speed", 10, 0, 200, 0, 1000, 0.2},
		{"only faster", 15, 0, 200, 173.20508, 1000, 0.17320508},
	} {
		if got := Trapezoid(c.length, c.entry, c.speed, c.exit, c.accel); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("%s: %v s, wanted %v", c.name, got, c.want)
		}
	}
}

func TestPlan(t *testing.T) {
	moves := []Move{{Length: 5, Speed: 100, Accel: 1000, Entry: 0}, {Length: 50, Speed: 100, Accel: 1000, Entry: 100}, {Length: 1.25, Speed: 100, Accel: 1000, Entry: 100}}
	Plan(moves, 0)
	// The first reaches 100 mm/s just at its end; the last must be slow enough to stop in 1.25 mm.
	for i, want := range []float64{0, 100, 50} {
		if math.Abs(moves[i].Entry-want) > 1e-9 {
			t.Errorf("move %d begins at %v mm/s, wanted %v", i, moves[i].Entry, want)
		}
	}
	// 0.1 s up, 46.25 mm at speed, 0.05 s down to 50, 0.05 s to 0.
	if got, want := Seconds(moves, 0), 0.1+0.4625+0.05+0.05; math.Abs(got-want) > 1e-9 {
		t.Errorf("%v s, wanted %v", got, want)
	}
}

func TestJump(t *testing.T) {
	for _, c := range [][3]float64{{5, 3, 2}, {-5, -3, 2}, {5, -3, 5}, {-1, 3, 3}, {0, 4, 4}} {
		if got := Jump(c[0], c[1]); got != c[2] {
			t.Errorf("from %v to %v: %v, wanted %v", c[0], c[1], got, c[2])
		}
	}
}
