package fdm

import (
	"math"

	"bassin/internal/mesh"
	"bassin/internal/mesh/clip"
	"bassin/internal/mesh/slice"
)

// Base are the settings of what lies around the first layer, or below it.
type Base struct {
	Brim, BrimGap float64 // width; free width to the part
	Inner, Outer  bool    // in holes, around outlines
	RaftLayers    int
	RaftGrowth    float64
}

// brim are loops around the first layer, the nearest to the part last, and the outlines of all of them.
func (w *worker) brim(r *region) ([]path, set) {
	b := &w.p.Base
	if !r.first || b.Brim <= 0 {
		return nil, nil
	}
	var outlines set
	for _, q := range r.whole {
		if out := q.Doubled() > 0; out && b.Outer || !out && b.Inner {
			outlines = append(outlines, q)
		}
	}
	if b.Outer && !b.Inner {
		outlines = clip.Union(outlines, nil) // what lies in a hole of another is within its outline
	}
	if b.Inner && !b.Outer { // the part around holes
		outlines = r.whole
	}
	step := spacing(w.p.FirstWidth, r.height)
	n := int(b.Brim/step + 1e-9)
	var list []path
	var outermost set
	for k := n - 1; k >= 0; k-- {
		loops := clip.Offset(outlines, b.BrimGap+(float64(k)+0.5)*step, clip.Round)
		if k == n-1 {
			outermost = loops
		}
		for _, q := range loops {
			if out := q.Doubled() > 0; !out && !b.Inner || out && !b.Outer {
				continue
			}
			x := w.path(r, Brim, w.p.FirstWidth, w.p.FirstSpeed, w.p.FirstAccel, points(q))
			x.closed = true
			list = append(list, x)
		}
	}
	return list, outermost
}

// raftOf are the planes of a raft below a first layer, from below: the lowest is wide and nearly full, those above carry the part.
func raftOf(p *Profile, whole set, least, most mesh.Vec) []plane {
	n := p.Base.RaftLayers
	if n == 0 {
		return nil
	}
	s := &p.Supports
	x := newSupporter(p, nil, least, most, p.Base.RaftGrowth+s.FirstGrowth+1)
	r := x.room(3)
	d, nothing := r.drawn(x, 0, whole, p.Base.RaftGrowth), r.sets[1]
	x.snap(d, nothing)
	full, angle := append(drawn(nil), d...), s.Angle*math.Pi/180
	if n > 1 {
		r.brush.grow(full, 0.5)
	}
	wide := append(drawn(nil), full...)
	var list []plane
	z := 0.0
	for k := range n {
		height := p.FirstLayerHeight
		if k > 0 {
			height = 0.75 * p.Nozzle
		}
		q := plane{bottom: z, top: z + height}
		z += height
		line := spacing(s.Width, height)
		switch {
		case n > 1 && k == 0:
			r.brush.grow(wide, s.FirstGrowth)
			line = spacing(p.FirstWidth, height)
			q.lines = x.strokes(r, wide, nothing, line/s.FirstDensity, angle, line, 3)
		case k == n-1:
			q.lines = x.strokes(r, d, nothing, s.InterfaceGap+line, upto90(angle+math.Pi/2), line, 3)
		default:
			q.lines = x.strokes(r, append(drawn(nil), full...), nothing, s.InterfaceGap+line, upto90(angle+math.Pi/2), line, 3)
		}
		list = append(list, q)
	}
	return list
}

// raft times the planes of a raft.
func (w *worker) raft(planes []plane) Estimate {
	var total Estimate
	for k := range planes {
		q := &planes[k]
		r := region{height: q.top - q.bottom, first: k == 0}
		s := &w.p.Supports
		width := s.Width
		if len(planes) == 1 { // a raft of one layer has the lines of those that carry
			r.first = false
		}
		var group []path
		for _, c := range q.lines {
			x := w.path(&r, Raft, width, s.DenseSpeed, w.p.TravelAccel, c)
			if k == 0 {
				x.speed, x.accel = w.p.FirstSpeed, w.p.FirstAccel
			}
			group = append(group, x)
		}
		groups := [][]path{group}
		if k < w.p.SkirtLayers {
			groups = append(groups, w.skirt(&r, outlineOfPaths(group)))
		}
		var e Estimate
		paths, idle := w.inOrder(groups, w.layerChange(), &e)
		w.count(&e, paths, idle)
		total.add(&e)
	}
	return total
}

// outlineOfPaths is the hull of paths.
func outlineOfPaths(list []path) set {
	var p clip.Polygon
	for _, x := range list {
		for _, q := range x.points {
			p = append(p, clip.Point{X: slice.Unit(q.x), Y: slice.Unit(q.y)})
		}
	}
	if len(p) < 3 {
		return nil
	}
	return set{clip.Hull(set{p})}
}
