package hull

import (
	"cmp"
	"math"
	"slices"

	"bassin/internal/mesh"
)

// Box is a cuboid however it is turned.
type Box struct {
	Centre mesh.Vec
	Axes   [3]mesh.Vec // of length 1, right-handed
	Size   [3]float64  // along them, the longest first
}

// Volume of the box.
func (b *Box) Volume() float64 { return b.Size[0] * b.Size[1] * b.Size[2] }

// Box is a box around the hull that lies flat on one of its faces, of those the smallest, or a smaller one that is found from
// there by laying it on what it shows along each of its axes in turn. The smallest box of all has two sides that each hold an
// edge (J. O'Rourke, Finding minimal enclosing boxes, 1985) and may be a little smaller: what is off is measured in
// docs/additive.md. Of hulls of many faces the 256 directions of the largest are tried.
func (h *Hull) Box() Box {
	if len(h.Points) == 0 {
		return Box{Axes: [3]mesh.Vec{{X: 1}, {Y: 1}, {Z: 1}}}
	}
	if h.Dimension < 2 {
		along := h.Points[len(h.Points)-1].Sub(h.Points[0])
		if along.Len() == 0 {
			along = mesh.Vec{X: 1}
		}
		return boxAlong(h.Points, along)
	}
	if h.Dimension == 2 { // it lies on its side
		a, f := h.Points[h.Faces[0][0]], h.Faces[0]
		return boxAlong(h.Points, h.Points[f[1]].Sub(a).Cross(h.Points[f[2]].Sub(a)))
	}
	few := h.extremes(512)
	directions := h.Directions()
	if len(directions) > 256 {
		directions = directions[:256]
	}
	directions = append(directions, Direction{Normal: mesh.Vec{X: 1}}, Direction{Normal: mesh.Vec{Y: 1}}, Direction{Normal: mesh.Vec{Z: 1}})
	boxes := make([]Box, len(directions))
	mesh.InBlocks(len(directions), 8, func(_, from, to int) {
		for i := from; i < to; i++ {
			boxes[i] = boxAlong(few, directions[i].Normal)
		}
	})
	slices.SortStableFunc(boxes, func(a, b Box) int { return cmp.Compare(a.Volume(), b.Volume()) })
	best := boxes[0]
	for _, start := range boxes[:min(8, len(boxes))] {
		if b := refined(few, start); b.Volume() < best.Volume() {
			best = b
		}
	}
	if len(few) == len(h.Points) {
		return best
	}
	whole := boxAlong(h.Points, best.Axes[0])
	for _, axis := range best.Axes[1:] {
		if b := boxAlong(h.Points, axis); b.Volume() < whole.Volume() {
			whole = b
		}
	}
	return whole
}

// refined lays a box on what it shows along its axes, until that makes it no smaller.
func refined(points []mesh.Vec, start Box) Box {
	best := boxAlong(points, start.Axes[0])
	for _, axis := range start.Axes[1:] {
		if b := boxAlong(points, axis); b.Volume() < best.Volume() {
			best = b
		}
	}
	for range 20 {
		found := best
		for _, axis := range best.Axes {
			if b := boxAlong(points, axis); b.Volume() < found.Volume()*(1-1e-9) {
				found = b
			}
		}
		if found == best {
			break
		}
		best = found
	}
	return best
}

// Direction is where one or more faces of a hull look.
type Direction struct {
	Normal mesh.Vec // of length 1
	Area   float64
	Face   uint32 // one of the faces
}

// Directions are those of the faces, the largest first; faces within a hundredth of a degree are one.
func (h *Hull) Directions() []Direction {
	const close = 1e-4
	type key [3]int32
	number := map[key]int{}
	var list []Direction
	for i, f := range h.Faces {
		a := h.Points[f[0]]
		n := h.Points[f[1]].Sub(a).Cross(h.Points[f[2]].Sub(a))
		l := n.Len()
		if l == 0 {
			continue
		}
		u := n.Times(1 / l)
		k := key{int32(math.Round(u.X / close)), int32(math.Round(u.Y / close)), int32(math.Round(u.Z / close))}
		at, ok := number[k]
		if !ok {
			at = len(list)
			number[k] = at
			list = append(list, Direction{Face: uint32(i)})
		}
		list[at].Normal = list[at].Normal.Add(n) // the sum, of which each has its share by its area
		list[at].Area += l / 2
	}
	for i := range list {
		list[i].Normal = list[i].Normal.Times(1 / list[i].Normal.Len())
	}
	slices.SortStableFunc(list, func(a, b Direction) int { return cmp.Compare(b.Area, a.Area) })
	return list
}

// extremes are corners that are the farthest in many directions, evenly spread; all when there are no more.
func (h *Hull) extremes(most int) []mesh.Vec {
	if len(h.Points) <= most {
		return h.Points
	}
	taken := make([]bool, len(h.Points))
	var list []mesh.Vec
	golden := math.Pi * (3 - math.Sqrt(5))
	for i := range most {
		z := 1 - (2*float64(i)+1)/float64(most)
		r := math.Sqrt(1 - z*z)
		sin, cos := math.Sincos(golden * float64(i))
		d := mesh.Vec{X: r * cos, Y: r * sin, Z: z}
		best, far := 0, math.Inf(-1)
		for k, p := range h.Points {
			if v := p.Dot(d); v > far {
				best, far = k, v
			}
		}
		if !taken[best] {
			taken[best] = true
			list = append(list, h.Points[best])
		}
	}
	return list
}

// boxAlong is the smallest box around points with an axis along a direction.
func boxAlong(points []mesh.Vec, along mesh.Vec) Box {
	w := along.Times(1 / along.Len())
	u := w.Cross(mesh.Vec{X: 1})
	if math.Abs(w.X) > 0.7 {
		u = w.Cross(mesh.Vec{Y: 1})
	}
	u = u.Times(1 / u.Len())
	v := w.Cross(u)
	flat := make([][2]float64, len(points))
	low, high := math.Inf(1), math.Inf(-1)
	for i, p := range points {
		flat[i] = [2]float64{p.Dot(u), p.Dot(v)}
		z := p.Dot(w)
		low, high = min(low, z), max(high, z)
	}
	r := rectangle(flat)
	sin, cos := r.y, r.x
	x, y := u.Times(cos).Add(v.Times(sin)), v.Times(cos).Add(u.Times(-sin))
	middle := x.Times((r.low[0] + r.high[0]) / 2).Add(y.Times((r.low[1] + r.high[1]) / 2)).Add(w.Times((low + high) / 2))
	return sorted(Box{Centre: middle, Axes: [3]mesh.Vec{x, y, w}, Size: [3]float64{r.high[0] - r.low[0], r.high[1] - r.low[1], high - low}})
}

// sorted is a box whose longest side comes first.
func sorted(b Box) Box {
	order := []int{0, 1, 2}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(b.Size[j], b.Size[i]) })
	s := Box{Centre: b.Centre}
	for k, i := range order {
		s.Axes[k], s.Size[k] = b.Axes[i], b.Size[i]
	}
	s.Axes[2] = s.Axes[0].Cross(s.Axes[1])
	return s
}

// turned is a rectangle: the direction of its first side, and its bounds along that and across.
type turned struct {
	x, y      float64
	low, high [2]float64
}

// rectangle is the smallest around points: one of its sides holds an edge of their hull (H. Freeman, R. Shapira, Determining
// the minimum-area encasing rectangle, 1975).
func rectangle(points [][2]float64) turned {
	rim := rimOf(points)
	best, least := turned{x: 1}, math.Inf(1)
	measure := func(x, y float64) {
		r := turned{x: x, y: y, low: [2]float64{math.Inf(1), math.Inf(1)}, high: [2]float64{math.Inf(-1), math.Inf(-1)}}
		for _, p := range rim {
			a, b := p[0]*x+p[1]*y, p[1]*x-p[0]*y
			r.low = [2]float64{min(r.low[0], a), min(r.low[1], b)}
			r.high = [2]float64{max(r.high[0], a), max(r.high[1], b)}
		}
		if area := (r.high[0] - r.low[0]) * (r.high[1] - r.low[1]); area < least {
			best, least = r, area
		}
	}
	if len(rim) < 2 {
		measure(1, 0)
	}
	stride := 1 + len(rim)/256 // edges of a round thing are much alike
	for i := 0; i < len(rim); i += stride {
		a, b := rim[i], rim[(i+1)%len(rim)]
		if l := math.Hypot(b[0]-a[0], b[1]-a[1]); l > 0 {
			measure((b[0]-a[0])/l, (b[1]-a[1])/l)
		}
	}
	return best
}

// rimOf is the hull of points in a plane, counter-clockwise.
func rimOf(points [][2]float64) [][2]float64 {
	order := slices.Clone(points)
	slices.SortFunc(order, func(a, b [2]float64) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	order = slices.Compact(order)
	if len(order) < 3 {
		return order
	}
	var rim [][2]float64
	for range 2 {
		first := len(rim)
		for _, p := range order {
			for len(rim) >= first+2 {
				a, b := rim[len(rim)-2], rim[len(rim)-1]
				if (b[0]-a[0])*(p[1]-a[1])-(b[1]-a[1])*(p[0]-a[0]) > 0 {
					break
				}
				rim = rim[:len(rim)-1]
			}
			rim = append(rim, p)
		}
		rim = rim[:len(rim)-1]
		slices.Reverse(order)
	}
	return rim
}
