package fdm

import "math"

// Pattern of sparse infill.
type Pattern string

// The patterns that lines are laid for. Others are taken for a gyroid.
const (
	Gyroid      Pattern = "gyroid"
	Rectilinear Pattern = "rectilinear" // lines, across those of the layer below
	Aligned     Pattern = "alignedrectilinear"
	Line        Pattern = "line"
	Grid        Pattern = "grid" // of each layer in two directions
	Triangles   Pattern = "triangles"
	Stars       Pattern = "stars"
	Cubic       Pattern = "cubic"
)

// directions are those of the lines of a pattern in a layer.
var directions = map[Pattern]int{Rectilinear: 1, Aligned: 1, Line: 1, Grid: 2, Triangles: 3, Stars: 3, Cubic: 3}

// Laid is the pattern that the estimate lays in the place of one.
func (p Pattern) Laid() Pattern {
	if directions[p] == 0 {
		return Gyroid
	}
	return p
}

// pattern lays sparse infill over the cells of a layer: of straight lines all directions together have the density.
func (g *grid) pattern(d drawn, pattern Pattern, spacing, density float64, layer int, z float64) [][]point {
	n, straight := directions[pattern]
	if !straight {
		return g.gyroid(d, spacing, density, z)
	}
	angle := math.Pi / 4
	if layer%2 == 1 && n == 1 && pattern != Aligned {
		angle = -angle
	}
	distance := float64(n) * spacing / density
	var list [][]point
	for k := range n {
		turn := angle - float64(k)*math.Pi/float64(n)
		if turn <= -math.Pi/2 {
			turn += math.Pi
		}
		list = append(list, g.fill(d, distance, turn, min(4*distance, farAnchor))...)
	}
	return list
}

// gyroid lays the waves of a gyroid over cells at a height above the bed. A gyroid is the surface sin x·cos y + sin y·cos z +
// sin z·cos x = 0 (A. Schoen, Infinite periodic minimal surfaces without self-intersections, NASA TN D-5541, 1970); cut at a height
// it is waves in turns along both axes. The period makes the density: 2.44 waves' widths, as PrusaSlicer calibrates it.
//
// Waves are cut where the straight line in their middle leaves the cells.
func (g *grid) gyroid(d drawn, spacing, density, z float64) [][]point {
	scale := spacing / (density * 2.44)
	sin, cos := math.Sincos(z / scale)
	upright := math.Abs(sin) <= math.Abs(cos)
	angle := 0.0
	if upright {
		angle = math.Pi / 2
	}
	chains := g.fill(d, math.Pi*scale, angle, farAnchor)
	var period [8]float64
	for k := range period {
		period[k] = scale * swing(float64(k)*math.Pi/4, sin, cos, upright)
	}
	for i, c := range chains {
		waves := make([]point, 0, 4*len(c))
		for k := 0; k+1 < len(c); k += 2 {
			waves = append(waves, c[k])
			waves = wave(waves, c[k], c[k+1], scale, &period, upright)
			waves = append(waves, c[k+1])
		}
		chains[i] = anchored(waves, c[0], c[1], c[len(c)-1])
	}
	return chains
}

// anchor is how long a line goes along the wall where no other follows, and farAnchor how far the next may be to be joined, in
// millimetres.
const (
	anchor    = 2.5
	farAnchor = 12
)

// anchored adds an anchor to both ends of a chain, across its first line.
func anchored(chain []point, a, b, last point) []point {
	l := a.to(b)
	if l == 0 {
		return chain
	}
	x, y := -(b.y-a.y)/l*anchor, (b.x-a.x)/l*anchor
	return append(append([]point{{a.x + x, a.y + y}}, chain...), point{last.x + x, last.y + y})
}

// wave adds the points of a wave between two of its middle line, eight in a period.
func wave(to []point, a, b point, scale float64, period *[8]float64, upright bool) []point {
	const step = math.Pi / 4
	along := func(p point) float64 {
		if upright {
			return p.y / scale
		}
		return p.x / scale
	}
	from, until := along(a), along(b)
	at := func(k int) {
		u := float64(k) * step
		f := (u - from) / (until - from)
		p := point{a.x + f*(b.x-a.x), a.y + f*(b.y-a.y)}
		if off := period[k&7]; upright {
			p.x += off
		} else {
			p.y += off
		}
		to = append(to, p)
	}
	if from < until {
		for k := int(math.Ceil(from/step + 1e-9)); float64(k)*step < until; k++ {
			at(k)
		}
		return to
	}
	for k := int(math.Floor(from/step - 1e-9)); float64(k)*step > until; k-- {
		at(k)
	}
	return to
}

// swing is how far a wave is from its middle line.
func swing(u, sin, cos float64, upright bool) float64 {
	if !upright {
		sin, cos = cos, sin
		u += math.Pi / 2
	}
	if cos < 0 {
		u += math.Pi
	}
	s, c := math.Sincos(u)
	r := math.Hypot(s, cos)
	if r == 0 {
		return 0
	}
	return math.Asin(s/r) + math.Asin(max(-1, min(1, sin*c/r)))
}
