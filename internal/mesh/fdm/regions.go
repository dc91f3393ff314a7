package fdm

import (
	"math"
	"slices"

	"bassin/internal/mesh/clip"
	"bassin/internal/mesh/slice"
)

// set is a set of polygons.
type set = []clip.Polygon

const (
	fine   = 0.02 // millimetres: what contours may be simplified by
	margin = 3    // millimetres by which top surfaces and bridges are grown into the infill around, that they hold
	narrow = 0.3  // millimetres on each side: sparse infill that is narrower is made solid
	mm2    = slice.PerMM * slice.PerMM
)

// region is one layer: its walls, and what is within them.
type region struct {
	height float64
	first  bool
	same   bool    // as the layer below
	whole  set     // what the part is there
	loops  []set   // middles of the walls, from outside
	gaps   float64 // area of what is too narrow for another loop
	inner  set     // what is left for infill, where it is wound around positively
}

// spacing is how far apart the middles of lines lie: their ends are round.
func spacing(width, height float64) float64 { return width - height*(1-math.Pi/4) }

// walls lays the loops of a layer and finds what is left in them. Those of the layer below are taken where it is the same.
func (r *region) walls(p *Profile, contours set, below *region) {
	r.whole = clip.Clean(clip.Simplify(contours, fine))
	if below != nil && !below.first && slices.EqualFunc(r.whole, below.whole, slices.Equal) {
		*r = *below
		r.same = true
		return
	}
	external, width := p.ExternalWidth, p.PerimeterWidth
	base, gone := r.whole, 0.0 // from which the next loop is offset, and how much of that is taken by those before
	if r.first {
		external, width = p.FirstWidth, p.FirstWidth
		if p.ElephantFoot > 0 {
			base = clip.Offset(base, -p.ElephantFoot, clip.Miter)
		}
	}
	for k := range p.Perimeters {
		w, half := width, spacing(width, r.height)/2
		if k == 0 {
			w, half = external, external/2
		}
		loop, plain := clip.Plain(base, -gone-half, clip.Miter)
		if !plain {
			loop = clip.Arranged(base, -gone-half, clip.Miter)
			r.gaps += gaps(clip.Offset(base, -gone, clip.Miter), loop, half, p.Nozzle, k == 0)
		}
		base = clip.Simplify(loop, fine/4)
		gone = spacing(w, r.height) / 2
		r.loops = append(r.loops, base)
	}
	r.inner = clip.Moved(clip.Offset(base, -gone, clip.Miter), p.Overlap*spacing(width, r.height), clip.Miter)
}

// gaps is the area where no loop goes round: it is filled by beads of another width, unless it is narrower than one can be.
func gaps(rest, loop set, half, nozzle float64, outermost bool) float64 {
	round := areaAround(loop, half)
	if clip.Area(rest)/mm2-round <= 0.01*round {
		return 0
	}
	least := 0.1
	if outermost {
		least = 0.425 * nozzle
	}
	return max(0, areaAround(clip.Offset(rest, -least, clip.Miter), least)-round)
}

// areaAround is the area in square millimetres of a set that is offset outward, with sharp corners, if nothing in it grows
// together (J. Steiner's formula).
func areaAround(list set, mm float64) float64 {
	length, corners := 0.0, 0.0
	for _, p := range list {
		length += p.Length()
		a := p[len(p)-1]
		for i, b := range p {
			c := p[(i+1)%len(p)]
			x0, y0, x1, y1 := float64(b.X-a.X), float64(b.Y-a.Y), float64(c.X-b.X), float64(c.Y-b.Y)
			// The tangent of half the angle between the sides, sharp corners cut off.
			cross, dot := x0*y1-y0*x1, x0*x1+y0*y1
			corners += max(-2, min(2, cross/(math.Sqrt((x0*x0+y0*y0)*(x1*x1+y1*y1))+dot+1)))
			a = b
		}
	}
	return clip.Area(list)/mm2 + mm*length + mm*mm*corners
}

// shells are layers that follow each other, drawn in cells, for as many below and above as what is solid in one depends on.
type shells struct {
	g            *grid
	p            *Profile
	drawer       drawer
	brush        brush
	first        int // number of the first layer drawn
	whole, inner []drawn
	spare        []drawn
	low, high    int // words of what the infill is parted into; all others are 0

	// What the infill of a layer is parted into.
	bridge, top, solid, sparse, wide drawn
}

func newShells(g *grid, p *Profile) *shells {
	return &shells{g: g, p: p, brush: brush{g: g, copy: g.empty()}, bridge: g.empty(), top: g.empty(), solid: g.empty(), sparse: g.empty(), wide: g.empty()}
}

// draw draws the layers from…to−1, and those around on which they depend.
func (s *shells) draw(layers []region, from, to int) {
	s.first = max(0, from-max(1, s.p.BottomLayers))
	s.whole, s.inner = s.whole[:0], s.inner[:0]
	used := 0
	next := func(list set) drawn {
		if used == len(s.spare) {
			s.spare = append(s.spare, s.g.empty())
		}
		used++
		b := s.spare[used-1]
		low, high := s.g.occupied(b) // what was drawn before
		clear(b[low*s.g.words : high*s.g.words])
		s.drawer.draw(s.g, b, list)
		return b
	}
	for i := s.first; i < min(len(layers), to+max(1, s.p.TopLayers)); i++ {
		if r, k := &layers[i], i-s.first; r.same && k > 0 {
			s.whole, s.inner = append(s.whole, s.whole[k-1]), append(s.inner, s.inner[k-1])
		} else {
			s.whole, s.inner = append(s.whole, next(r.whole)), append(s.inner, next(r.inner))
		}
	}
}

// part parts the infill of layer i of so many: what is open above or below, what lies within a few layers of that, and the rest.
func (s *shells) part(i, layers int) {
	p, k := s.p, i-s.first
	for _, d := range [...]drawn{s.bridge, s.top, s.solid, s.sparse} {
		clear(d[s.low:s.high])
	}
	low, high := s.g.occupied(s.inner[k])
	low, high = low*s.g.words, high*s.g.words
	s.low, s.high = low, high
	copy(s.solid[low:high], s.inner[k][low:high])
	if i > 0 {
		s.open(s.bridge, k, s.whole[k-1], low, high)
	}
	if p.TopLayers > 0 {
		var above drawn
		if i+1 < layers {
			above = s.whole[k+1]
		}
		s.open(s.top, k, above, low, high)
	}
	if p.Density >= 1 || i-p.BottomLayers < 0 || i+p.TopLayers >= layers {
		return
	}
	rest, sparse, wide := s.solid[low:high], s.sparse[low:high], s.wide[low:high]
	copy(sparse, rest)
	for j := k - p.BottomLayers; j <= k+p.TopLayers; j++ {
		for n, w := range s.inner[j][low:high] {
			sparse[n] &= w
		}
	}
	copy(wide, sparse)
	s.brush.shrink(s.wide, narrow)
	s.brush.grow(s.wide, narrow)
	for n, w := range wide {
		sparse[n] &= w
		rest[n] &^= sparse[n]
	}
	clear(s.wide[max(0, low-around*s.g.words):min(len(s.wide), high+around*s.g.words)])
}

// open takes from what is left of the infill what another layer does not cover, and a margin around.
func (s *shells) open(to drawn, k int, cover drawn, low, high int) {
	any := uint64(0)
	inner := s.inner[k]
	for n := low; n < high; n++ {
		w := inner[n]
		if cover != nil {
			w &^= cover[n]
		}
		to[n] = w
		any |= w
	}
	if any == 0 {
		return
	}
	s.brush.grow(to, margin)
	reach := (int(margin/s.g.cell) + 1) * s.g.words
	clear(to[max(0, low-reach):low])
	clear(to[high:min(len(to), high+reach)])
	for n := low; n < high; n++ {
		to[n] &= s.solid[n]
		s.solid[n] &^= to[n]
	}
}
