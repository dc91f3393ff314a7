package fdm

import (
	"math"

	"bassin/internal/mesh"
	"bassin/internal/mesh/clip"
	"bassin/internal/mesh/slice"
)

// set is a set of polygons.
type set = []clip.Polygon

const (
	fine   = 0.02 // millimetres: what contours may be simplified by
	margin = 3    // millimetres by which top surfaces and bridges are grown into the infill around, that they hold
	ledge  = 0.03 // millimetres of half of what is open above or below and heeded: an inclined wall leaves less
	mm2    = slice.PerMM * slice.PerMM
)

// region is one layer, parted into what is extruded in which way.
type region struct {
	height     float64
	first      bool
	whole      set     // what the part is there
	less, more set     // the same a ledge smaller, and larger
	loops      []set   // middles of the walls, from outside
	gaps       float64 // area of what is too narrow for another loop
	inner      set     // what is within the walls, for infill
	bridge     set
	top        set
	solid      set
	sparse     set
}

// spacing is how far apart the middles of lines lie: their ends are round.
func spacing(width, height float64) float64 { return width - height*(1-math.Pi/4) }

// opened is a set without what is narrower than twice a distance.
func opened(s set, mm float64) set {
	return clip.Offset(clip.Offset(s, -mm, clip.Miter), mm, clip.Miter)
}

// walls lays the loops of a layer and finds what is left in them.
func (r *region) walls(p *Profile, contours set) {
	r.whole = clip.Clean(clip.Simplify(contours, fine))
	r.less, r.more = clip.Offset(r.whole, -ledge, clip.Miter), clip.Offset(r.whole, ledge, clip.Miter)
	external, width := p.ExternalWidth, p.PerimeterWidth
	rest := r.whole
	if r.first {
		external, width = p.FirstWidth, p.FirstWidth
		if p.ElephantFoot > 0 {
			rest = clip.Offset(rest, -p.ElephantFoot, clip.Miter)
		}
	}
	for k := range p.Perimeters {
		w, half := width, spacing(width, r.height)/2
		if k == 0 {
			w, half = external, external/2
		}
		loop := clip.Simplify(clip.Offset(rest, -half, clip.Miter), fine/4)
		// Where no loop goes round, what is left is filled by beads of another width, unless it is narrower than one can be.
		around := clip.Area(clip.Offset(loop, half, clip.Miter))
		if left := clip.Area(rest) - around; left > 0.01*around {
			left = clip.Area(opened(rest, 0.425*p.Nozzle)) - around
			if k > 0 {
				left = clip.Area(opened(rest, 0.1)) - around
			}
			r.gaps += max(0, left) / mm2
		}
		r.loops = append(r.loops, loop)
		rest = clip.Offset(loop, -spacing(w, r.height)/2, clip.Miter)
	}
	r.inner = clip.Simplify(clip.Offset(rest, p.Overlap*spacing(width, r.height), clip.Miter), fine/4)
}

// shells parts the infill of layer i: what is open above or below, what lies within a few layers of that, and the rest.
func shells(layers []region, i int, window set, p *Profile) {
	r := &layers[i]
	var above, below set
	if i+1 < len(layers) {
		above = layers[i+1].more
	}
	rest := r.inner
	grown := func(s set) set {
		if s = clip.Intersection(s, r.inner); len(s) == 0 {
			return nil
		}
		return clip.Intersection(clip.Offset(s, margin, clip.Miter), rest)
	}
	if i > 0 && len(rest) > 0 {
		below = layers[i-1].more
		if r.bridge = grown(clip.Difference(r.less, below)); len(r.bridge) > 0 {
			rest = clip.Difference(rest, r.bridge)
		}
	}
	if p.TopLayers > 0 && len(rest) > 0 {
		if r.top = grown(clip.Difference(r.less, above)); len(r.top) > 0 {
			rest = clip.Difference(rest, r.top)
		}
	}
	if p.Density < 1 && len(rest) > 0 && len(window) > 0 {
		r.sparse = opened(clip.Intersection(rest, window), 0.3)
	}
	r.solid = rest
	if len(r.sparse) > 0 {
		r.solid = clip.Difference(rest, r.sparse)
	}
}

// windows gives for each layer what is infill in all layers from so many below to so many above; nothing where there are not as
// many. Intersections over twice as many layers are made of those over half: there are few for each layer then.
func windows(layers []region, below, above int) []set {
	n, size := len(layers), below+above+1
	list := make([]set, n)
	over := make([]set, n) // over[i]: of the layers i…i+width−1
	for i := range layers {
		over[i] = layers[i].inner
	}
	width := 1
	for ; 2*width <= size; width *= 2 {
		next := make([]set, n)
		mesh.InBlocks(n, 4, func(_, from, to int) {
			for i := from; i < min(to, n-2*width+1); i++ {
				next[i] = clip.Intersection(over[i], over[i+width])
			}
		})
		over = next
	}
	mesh.InBlocks(n, 4, func(_, from, to int) {
		for i := from; i < to; i++ {
			if first, last := i-below, i+above; first >= 0 && last < n {
				list[i] = over[first]
				if width < size {
					list[i] = clip.Intersection(over[first], over[last-width+1])
				}
			}
		}
	})
	return list
}
