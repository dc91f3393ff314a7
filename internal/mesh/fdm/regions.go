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
