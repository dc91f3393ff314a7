package fdm

import "math"

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

// planner times moves as the firmware plans them: trapezoids, and between two moves no more change of speed on an axis than
// the jerk.
type planner struct {
	jerk  float64
	moves []move
}

type move struct{ length, x, y, entry float64 } // direction of length 1; entry: speed at its begin

// seconds of a path.
func (pl *planner) seconds(p *path, speed float64) float64 {
	pl.moves = pl.moves[:0]
	last := p.points[0]
	for i := 1; i <= len(p.points); i++ {
		q := p.points[i%len(p.points)]
		if i == len(p.points) && !p.closed {
			break
		}
		if l := last.to(q); l > 1e-6 {
			pl.moves = append(pl.moves, move{length: l, x: (q.x - last.x) / l, y: (q.y - last.y) / l})
			last = q
		}
	}
	return pl.plan(speed, p.accel)
}

func (pl *planner) plan(speed, accel float64) float64 {
	m := pl.moves
	if len(m) == 0 {
		return 0
	}
	rest := min(speed, pl.jerk) // what is left at a standstill
	for i := range m {
		m[i].entry = rest
		if i > 0 {
			jump := speed * max(jumpOf(m[i-1].x, m[i].x), jumpOf(m[i-1].y, m[i].y))
			m[i].entry = speed * min(1, pl.jerk/max(jump, 1e-9))
		}
	}
	exit := rest
	for i := len(m) - 1; i >= 0; i-- {
		m[i].entry = min(m[i].entry, math.Sqrt(exit*exit+2*accel*m[i].length))
		exit = m[i].entry
	}
	total := 0.0
	for i := range m {
		exit = rest
		if i+1 < len(m) {
			exit = min(m[i+1].entry, math.Sqrt(m[i].entry*m[i].entry+2*accel*m[i].length))
			m[i+1].entry = exit
		}
		total += trapezoid(m[i].length, m[i].entry, speed, exit, accel)
	}
	return total
}

// jumpOf is how much of the speed an axis must change at once. Where it turns back it stops first: the larger of both counts, as
// in the firmware of Marlin's kind.
func jumpOf(a, b float64) float64 {
	if a*b < 0 {
		return max(math.Abs(a), math.Abs(b))
	}
	return math.Abs(a - b)
}

// trapezoid is the time over a length: faster from the entry to the speed, if there is room, and slower to the exit.
func trapezoid(length, entry, speed, exit, accel float64) float64 {
	up, down := (speed*speed-entry*entry)/(2*accel), (speed*speed-exit*exit)/(2*accel)
	if up+down <= length {
		return (speed-entry)/accel + (speed-exit)/accel + (length-up-down)/speed
	}
	top := math.Sqrt(max(0, (2*accel*length+entry*entry+exit*exit)/2))
	top = max(top, entry, exit)
	return (top-entry)/accel + (top-exit)/accel
}
