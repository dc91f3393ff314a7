package gcode

import (
	"math"

	"bassin/internal/mesh/motion"
)

// planner times moves in the order in which they come, some hundred at a time: beyond that no firmware looks ahead.
type planner struct {
	seconds float64
	moves   []motion.Move
	most    []float64 // speed at which each move may begin: planning lowers it until more moves are known
	last    step
	rolling bool // the last move counts for the next
}

// step is a move as the next one sees it.
type step struct {
	speed float64
	axis  [axes]float64 // speed of each
	safe  float64
}

// How many moves are planned together, and how many of them are planned again with those that follow.
const (
	window = 512
	again  = 128
)

// add plans a move by so much of each axis.
func (pl *planner) add(m *Machine, d *[axes]float64, feed float64) {
	length := math.Sqrt(d[0]*d[0] + d[1]*d[1] + d[2]*d[2])
	accel := m.Travel
	switch {
	case length == 0:
		length, accel = math.Abs(d[axisE]), m.Retract
		feed = max(feed, m.LeastExtrude)
	case d[axisE] > 0:
		accel = m.Extrude
		feed = max(feed, m.LeastExtrude)
	default:
		feed = max(feed, m.LeastTravel)
	}
	if !(length > 0) || !(feed > 0) {
		return
	}
	now := step{speed: feed}
	share := [axes]float64{d[0] / length, d[1] / length, d[2] / length, d[3] / length}
	for a, s := range share {
		s = math.Abs(s)
		if most := m.Speed[a]; most > 0 && s*now.speed > most {
			now.speed = most / s
		}
		if most := m.Accel[a]; most > 0 && s*accel > most {
			accel = most / s
		}
	}
	accel = max(accel, 1)
	now.safe = now.speed
	for a, s := range share {
		now.axis[a] = s * now.speed
		if math.Abs(now.axis[a]) > m.Jerk[a] { // of the whole move, as firmware has it
			now.safe = min(now.safe, max(m.Jerk[a], leastJerk))
		}
	}
	entry := now.safe
	if pl.rolling {
		entry = pl.junction(m, &now)
	}
	pl.moves = append(pl.moves, motion.Move{Length: length, Speed: now.speed, Accel: accel, Entry: entry})
	pl.most = append(pl.most, entry)
	pl.last, pl.rolling = now, true
	if len(pl.moves) == window {
		pl.run(again)
	}
}

// leastJerk keeps a file that says 0 from standing still.
const leastJerk = 1e-3

// junction is the highest speed at which the machine may go from the last move to the next. As in firmware of Marlin's kind the
// last move counts at the smaller speed of both, the next at its own.
func (pl *planner) junction(m *Machine, now *step) float64 {
	last := &pl.last
	speed := min(last.speed, now.speed)
	f := speed / last.speed
	factor := 1.0
	for a := range axes {
		jump := motion.Jump(f*last.axis[a], now.axis[a])
		if most := max(m.Jerk[a], leastJerk); jump*factor > most {
			factor = most / jump
		}
	}
	speed *= factor
	if last.safe > 0.99*speed && now.safe > 0.99*speed {
		speed = min(now.safe, last.speed)
	}
	return speed
}

// run plans what waits, and counts all of it but the last moves.
func (pl *planner) run(keep int) {
	n := len(pl.moves) - keep
	if n <= 0 {
		return
	}
	for i := 1; i < len(pl.moves); i++ { // the first goes on from what was counted
		pl.moves[i].Entry = pl.most[i]
	}
	motion.Plan(pl.moves, pl.last.safe)
	exit := pl.last.safe
	if keep > 0 {
		exit = pl.moves[n].Entry
	}
	pl.seconds += motion.Seconds(pl.moves[:n], exit)
	pl.moves, pl.most = pl.moves[:copy(pl.moves, pl.moves[n:])], pl.most[:copy(pl.most, pl.most[n:])]
}

// flush counts all: the machine stands still then.
func (pl *planner) flush() {
	pl.run(0)
	pl.rolling = false
}
