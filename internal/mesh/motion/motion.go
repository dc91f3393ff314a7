// Package motion times the moves of a machine as its firmware plans them: each is a trapezoid of speed over its length, and
// two that follow each other share the speed at which the machine goes from one to the other. What estimates a print without
// a slicer (mesh/fdm) and what reads the moves of one (mesh/gcode) both stand on it.
package motion

import "math"

// Move is a straight one. Lengths are in millimetres, speeds in millimetres a second, accelerations in millimetres a second
// squared.
type Move struct {
	Length float64
	Speed  float64 // at most
	Accel  float64
	Entry  float64 // speed at its begin: at most before Plan, as planned after it
}

// Plan lowers the speeds at which moves begin to what can be reached: braked down to from behind, and sped up to from
// before. The speed at the end of the last is given; that at the begin of the first stays, unless it must brake sooner.
func Plan(moves []Move, last float64) {
	exit := last
	for i := len(moves) - 1; i >= 0; i-- {
		m := &moves[i]
		m.Entry = min(m.Entry, math.Sqrt(exit*exit+2*m.Accel*m.Length))
		exit = m.Entry
	}
	for i := range len(moves) - 1 {
		m := &moves[i]
		moves[i+1].Entry = min(moves[i+1].Entry, math.Sqrt(m.Entry*m.Entry+2*m.Accel*m.Length))
	}
}

// Seconds of moves that are planned; the speed at the end of the last is brought down to what it reaches.
func Seconds(moves []Move, last float64) float64 {
	total := 0.0
	for i := range moves {
		m, exit := &moves[i], last
		if i+1 < len(moves) {
			exit = moves[i+1].Entry
		}
		total += Trapezoid(m.Length, m.Entry, m.Speed, exit, m.Accel)
	}
	return total
}

// Jump is how much of its speed an axis must change at once. Where it turns back it stops first: the larger of both counts, as
// in the firmware of Marlin's kind.
func Jump(a, b float64) float64 {
	if a*b < 0 {
		return max(math.Abs(a), math.Abs(b))
	}
	return math.Abs(a - b)
}

// Trapezoid is the time over a length: faster from the entry to the speed, if there is room, and slower to the exit.
func Trapezoid(length, entry, speed, exit, accel float64) float64 {
	up, down := (speed*speed-entry*entry)/(2*accel), (speed*speed-exit*exit)/(2*accel)
	if up+down <= length {
		return (speed-entry)/accel + (speed-exit)/accel + (length-up-down)/speed
	}
	top := math.Sqrt(max(0, (2*accel*length+entry*entry+exit*exit)/2))
	top = max(top, entry, exit)
	return (top-entry)/accel + (top-exit)/accel
}
