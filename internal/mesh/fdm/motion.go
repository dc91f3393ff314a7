package fdm

import (
	"math"

	"bassin/internal/mesh/motion"
)

// point is in millimetres.
type point struct{ x, y float64 }

func (p point) to(q point) float64 { return math.Hypot(q.x-p.x, q.y-p.y) }

// apart is the square of a distance.
func (p point) apart(q point) float64 { return (q.x-p.x)*(q.x-p.x) + (q.y-p.y)*(q.y-p.y) }

// path is a chain of moves at one speed, from a standstill to the next.
type path struct {
	points []point
	closed bool
	speed  float64
	accel  float64
	long   float64 // length, when it is known
	area   float64 // of the section of what is extruded, in square millimetres
	kind   Kind
}

func (p *path) length() float64 {
	sum := 0.0
	for i := 1; i < len(p.points); i++ {
		sum += p.points[i-1].to(p.points[i])
	}
	if p.closed && len(p.points) > 1 {
		sum += p.points[len(p.points)-1].to(p.points[0])
	}
	return sum
}

func (p *path) end() point {
	if p.closed {
		return p.points[0]
	}
	return p.points[len(p.points)-1]
}

// planner times moves as the firmware plans them (mesh/motion), with no more change of speed on an axis between two of them
// than the jerk.
type planner struct {
	jerk  float64
	moves []motion.Move
}

// seconds of a path.
func (pl *planner) seconds(p *path, speed float64) float64 {
	pl.moves = pl.moves[:0]
	rest := min(speed, pl.jerk) // what is left at a standstill
	last := p.points[0]
	var before point // direction of the last move, of length 1
	for i := 1; i <= len(p.points); i++ {
		q := p.points[i%len(p.points)]
		if i == len(p.points) && !p.closed {
			break
		}
		l := last.to(q)
		if l <= 1e-6 {
			continue
		}
		along, entry := point{(q.x - last.x) / l, (q.y - last.y) / l}, rest
		if len(pl.moves) > 0 {
			jump := speed * max(motion.Jump(before.x, along.x), motion.Jump(before.y, along.y))
			entry = speed * min(1, pl.jerk/max(jump, 1e-9))
		}
		pl.moves = append(pl.moves, motion.Move{Length: l, Speed: speed, Accel: p.accel, Entry: entry})
		before, last = along, q
	}
	motion.Plan(pl.moves, rest)
	return motion.Seconds(pl.moves, rest)
}
