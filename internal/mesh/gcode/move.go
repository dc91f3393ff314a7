package gcode

import (
	"math"
)

// mm is a length of the file in millimetres.
func (p *reader) mm(v float64) float64 {
	if p.inch {
		return 25.4 * v
	}
	return v
}

// target is where the words of a move lead.
func (p *reader) target() [axes]float64 {
	to := p.at
	for a, c := range [axes]byte{'X', 'Y', 'Z', 'E'} {
		v, ok := p.word(c)
		if !ok {
			continue
		}
		if v = p.mm(v); a == axisE && p.relE || a != axisE && p.relative {
			v += p.at[a]
		}
		to[a] = v
	}
	if f, ok := p.word('F'); ok && f > 0 {
		p.feed = p.mm(f) / 60
	}
	return to
}

func (p *reader) straight() { p.move(p.target()) }

// usualFeed is the speed of a file that never says one: that of Marlin.
const usualFeed = 25

// move goes straight to a place.
func (p *reader) move(to [axes]float64) {
	var d [axes]float64
	for a := range d {
		d[a] = to[a] - p.at[a]
	}
	p.at = to
	if d == [axes]float64{} {
		return
	}
	p.print.Moves++
	d[axisE] *= p.flow
	p.count(&d)
	feed := p.feed
	if feed == 0 {
		feed = usualFeed
	}
	p.plan.add(&p.m, &d, feed)
}

// count sums up ways, filament and layers.
func (p *reader) count(d *[axes]float64) {
	p.out += d[axisE] / p.flow
	pushed := p.out > p.farthest
	p.farthest = max(p.farthest, p.out)
	way := math.Sqrt(d[0]*d[0] + d[1]*d[1] + d[2]*d[2])
	if !pushed || d[axisE] <= 0 || d[0] == 0 && d[1] == 0 {
		p.print.Travelled += way
		return
	}
	p.print.Extruded += way
	if z := int64(math.Round(p.at[axisZ] * 1000)); len(p.heights) < 1_000_000 {
		p.heights[z] = true
	}
	t := &p.print
	for _, back := range [2]float64{0, 1} { // both ends
		x, y, z := p.at[0]-back*d[0], p.at[1]-back*d[1], p.at[2]-back*d[2]
		t.Min.X, t.Min.Y, t.Min.Z = min(t.Min.X, x), min(t.Min.Y, y), min(t.Min.Z, z)
		t.Max.X, t.Max.Y, t.Max.Z = max(t.Max.X, x), max(t.Max.Y, y), max(t.Max.Z, z)
	}
}

// An arc is cut into chords of that length, as firmware does, but no more of them than that.
const (
	chordMM   = 1
	mostChord = 10_000
)

// arc goes around a centre (I, J) or with a radius (R), in the plane of X and Y.
func (p *reader) arc(clockwise bool) {
	from, to := p.at, p.target()
	i, okI := p.word('I')
	j, okJ := p.word('J')
	r, okR := p.word('R')
	cx, cy := from[0]+p.mm(i), from[1]+p.mm(j)
	if !okI && !okJ {
		dx, dy := to[0]-from[0], to[1]-from[1]
		l := math.Hypot(dx, dy)
		if r = p.mm(r); !okR || l == 0 {
			p.move(to)
			return
		}
		h := math.Sqrt(max(0, r*r-l*l/4)) / l
		if clockwise == (r > 0) {
			h = -h
		}
		cx, cy = from[0]+dx/2-h*dy, from[1]+dy/2+h*dx
	}
	radius := math.Hypot(from[0]-cx, from[1]-cy)
	a, b := math.Atan2(from[1]-cy, from[0]-cx), math.Atan2(to[1]-cy, to[0]-cx)
	turn := b - a
	switch {
	case clockwise && turn >= -1e-9:
		turn -= 2 * math.Pi
	case !clockwise && turn <= 1e-9:
		turn += 2 * math.Pi
	}
	n := int(max(1, min(mostChord, math.Ceil(math.Abs(turn)*radius/chordMM))))
	for k := 1; k < n; k++ {
		f := float64(k) / float64(n)
		sin, cos := math.Sincos(a + f*turn)
		p.move([axes]float64{cx + radius*cos, cy + radius*sin, from[2] + f*(to[2]-from[2]), from[3] + f*(to[3]-from[3])})
	}
	p.move(to)
}

// dwell waits: S in seconds, P in milliseconds.
func (p *reader) dwell() {
	s, ok := p.word('S')
	if !ok {
		s, _ = p.word('P')
		s /= 1000
	}
	p.plan.flush()
	p.plan.seconds += max(0, s)
}

// drawn draws the filament back, or pushes it again: firmware does it by its own settings.
func (p *reader) drawn(back bool) {
	if back == p.back {
		return
	}
	p.back = back
	d := [axes]float64{axisE: p.m.RetractLength}
	if back {
		d[axisE] = -d[axisE]
	}
	p.out += d[axisE]
	p.farthest = max(p.farthest, p.out)
	p.print.Moves++
	if d[axisE] != 0 {
		p.plan.add(&p.m, &d, max(1, p.m.RetractSpeed))
	}
}

// home brings axes to 0: those that are named, or all.
func (p *reader) home() {
	to := p.at
	some := false
	for a, c := range [3]byte{'X', 'Y', 'Z'} {
		if _, ok := p.word(c); ok {
			to[a], some = 0, true
		}
	}
	if !some {
		to[0], to[1], to[2] = 0, 0, 0
	}
	p.move(to)
}

// set says where axes are, without a move.
func (p *reader) set() {
	some := false
	for a, c := range [axes]byte{'X', 'Y', 'Z', 'E'} {
		if v, ok := p.word(c); ok {
			p.at[a], some = p.mm(v), true
		}
	}
	if !some {
		p.at = [axes]float64{}
	}
}
