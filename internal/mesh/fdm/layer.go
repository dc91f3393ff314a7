package fdm

import (
	"math"
	"slices"

	"bassin/internal/mesh/clip"
	"bassin/internal/mesh/motion"
	"bassin/internal/mesh/slice"
)

// together is how many layers are drawn at once.
const together = 48

// worker times one layer after another.
type worker struct {
	p       *Profile
	planner planner
	shells  *shells
}

func (w *worker) layer(r *region, i int, planes []plane) Estimate {
	var e Estimate
	paths, idle := w.ordered(r, i, planes, &e)
	w.count(&e, paths, idle)
	return e
}

// count cools a layer down, and counts what it takes.
func (w *worker) count(e *Estimate, paths []path, idle pause) {
	for k := range paths {
		paths[k].long = paths[k].length()
	}
	w.cool(paths, idle.plain)
	e.Seconds += idle.seconds
	for k := range paths {
		x := &paths[k]
		share := Share{w.planner.seconds(x, x.speed), x.long, x.long * x.area}
		e.Seconds += share.Seconds
		e.VolumeMM3 += share.VolumeMM3
		e.ByKind[x.kind].add(share)
		if x.kind.support() {
			e.Support.add(share)
		}
	}
}

// ordered are the paths of layer i one after the other, and what lies between: one island after the other, in each its walls
// and then its infill.
func (w *worker) ordered(r *region, i int, planes []plane, e *Estimate) ([]path, pause) {
	groups := byIsland(r.whole, w.walls(r), w.infill(r, i))
	var base [][]path
	around := r.whole
	if list, outline := w.brim(r); len(list) > 0 {
		base, around = append(base, list), slices.Concat(around, outline)
	}
	idle := w.layerChange()
	for k := range planes {
		list := w.support(&planes[k], i)
		base = append(base, list)
		around = slices.Concat(around, outlineOfPaths(list))
		if planes[k].apart {
			t := w.layerChange()
			idle.add(t)
			e.Support.Seconds += t.seconds
		}
	}
	if i < w.p.SkirtLayers {
		base = slices.Insert(base, 0, w.skirt(r, around))
	}
	return w.inOrder(slices.Concat(base, groups), idle, e)
}

// inOrder puts the paths of groups one after the other: the nearest group first, in each its walls and then the rest.
func (w *worker) inOrder(groups [][]path, idle pause, e *Estimate) ([]path, pause) {
	groups = slices.DeleteFunc(groups, func(g []path) bool { return len(g) == 0 })
	var all []path
	here := point{}
	if len(groups) > 0 {
		here = groups[0][0].points[0]
	}
	for len(groups) > 0 {
		next, least := 0, math.Inf(1)
		for k, g := range groups {
			if d := here.apart(g[0].points[0]); d < least {
				next, least = k, d
			}
		}
		group := groups[next]
		groups = slices.Delete(groups, next, next+1)
		walls := 0
		for walls < len(group) && group[walls].kind.loop() {
			walls++
		}
		for _, part := range [][]path{group[:walls], group[walls:]} {
			for k := range part { // those before k are in their order
				n := k + nearest(part[k:], here)
				part[k], part[n] = part[n], part[k]
				if d := here.to(part[k].points[0]); d > 1e-3 {
					t := w.travel(d)
					idle.add(t)
					e.Travels++
					if part[k].kind.support() {
						e.Support.Seconds += t.seconds
					}
				}
				here = part[k].end()
			}
		}
		all = append(all, group...)
	}
	return all, idle
}

// byIsland groups paths by the outline in which they begin; those of walls come before those of infill.
func byIsland(whole set, lists ...[]path) [][]path {
	var outlines []outline
	for _, p := range whole {
		if p.Doubled() > 0 {
			outlines = append(outlines, outlineOf(p))
		}
	}
	groups := make([][]path, max(1, len(outlines)))
	for _, list := range lists {
		last := 0 // neighbours in the list are often in the same
		for _, x := range list {
			if len(outlines) > 1 && !outlines[last].holds(x.points[0]) {
				for k := range outlines {
					if outlines[k].holds(x.points[0]) {
						last = k
						break
					}
				}
			}
			groups[last] = append(groups[last], x)
		}
	}
	return groups
}

// outline is that of an island, in millimetres.
type outline struct {
	points      []point
	least, most point
}

func outlineOf(p clip.Polygon) outline {
	o := outline{points: points(p)}
	o.least, o.most = o.points[0], o.points[0]
	for _, q := range o.points {
		o.least, o.most = point{min(o.least.x, q.x), min(o.least.y, q.y)}, point{max(o.most.x, q.x), max(o.most.y, q.y)}
	}
	return o
}

// holds tells whether a point is in the outline, holes or no holes.
func (o *outline) holds(q point) bool {
	if q.x < o.least.x || q.x > o.most.x || q.y < o.least.y || q.y > o.most.y {
		return false
	}
	in := false
	a := o.points[len(o.points)-1]
	for _, b := range o.points {
		if (a.y <= q.y) != (b.y <= q.y) && q.x < a.x+(q.y-a.y)/(b.y-a.y)*(b.x-a.x) {
			in = !in
		}
		a = b
	}
	return in
}

// cool slows a layer down that would take less than the time to cool, as slicers do: lengths over speeds, without accelerations,
// make that time at least, the fastest lines are slowed down first, none below the least speed, and bridges not at all.
func (w *worker) cool(paths []path, idle float64) {
	p := w.p
	taken := func(most float64) float64 {
		sum := idle
		for k := range paths {
			sum += paths[k].long / paths[k].slowed(most, p.LeastSpeed)
		}
		return sum
	}
	if p.LeastLayerSeconds <= 0 || taken(math.Inf(1)) >= p.LeastLayerSeconds {
		return
	}
	low, high := p.LeastSpeed, 0.0
	for k := range paths {
		high = max(high, paths[k].speed)
	}
	for range 30 {
		if most := (low + high) / 2; taken(most) < p.LeastLayerSeconds {
			high = most
		} else {
			low = most
		}
	}
	for k := range paths {
		paths[k].speed = paths[k].slowed(low, p.LeastSpeed)
	}
}

// slowed is the speed of a path where none is more than so much, unless that is less than the least.
func (x *path) slowed(most, least float64) float64 {
	if x.kind == Bridge {
		return x.speed
	}
	return min(x.speed, max(most, least, 1))
}

// nearest is the path to which the way is shortest, turned so that it begins there: a loop at any of its points, a chain at
// either end.
func nearest(group []path, here point) int {
	best, at, least := 0, 0, math.Inf(1)
	for k := range group {
		points, step := group[k].points, 1
		if !group[k].closed {
			step = max(1, len(points)-1)
		}
		for i := 0; i < len(points); i += step {
			if d := here.apart(points[i]); d < least {
				best, at, least = k, i, d
			}
		}
	}
	x := &group[best]
	switch {
	case x.closed:
		x.points = slices.Concat(x.points[at:], x.points[:at])
	case at > 0:
		slices.Reverse(x.points)
	}
	return best
}

// pause is time in which nothing is extruded: as the machine takes it, and without accelerations, as slicers count it for cooling.
type pause struct{ seconds, plain float64 }

func (p *pause) add(q pause) { p.seconds, p.plain = p.seconds+q.seconds, p.plain+q.plain }

func (w *worker) travel(d float64) pause {
	p := w.p
	t := pause{w.headMove(d, p.TravelSpeed), d / p.TravelSpeed}
	if d >= p.RetractBefore {
		t.add(w.retraction())
	}
	return t
}

func (w *worker) headMove(d, speed float64) float64 {
	rest := min(w.p.Jerk, w.p.TravelSpeed)
	return motion.Trapezoid(d, rest, speed, rest, min(w.p.TravelAccel, w.p.MaxAccel))
}

func (w *worker) liftMove(d float64) float64 {
	rest := min(w.p.ZJerk, w.p.ZSpeed)
	return motion.Trapezoid(d, rest, w.p.ZSpeed, rest, w.p.ZAccel)
}

// retraction draws the filament back along a wipe, lifts, lowers and pushes it forward again.
func (w *worker) retraction() pause {
	p := w.p
	speed, rest := p.TravelSpeed*0.8, min(p.RetractJerk, p.RetractSpeed)
	wipe := p.RetractLength / p.RetractSpeed * speed
	return pause{
		w.headMove(wipe, speed) + motion.Trapezoid(p.RetractLength, rest, p.RetractSpeed, rest, max(1, p.RetractAccel)) + 2*w.liftMove(p.RetractLift),
		wipe/speed + p.RetractLength/p.RetractSpeed + 2*p.RetractLift/p.ZSpeed,
	}
}

func (w *worker) layerChange() pause {
	t := pause{w.liftMove(w.p.LayerHeight), w.p.LayerHeight / w.p.ZSpeed}
	t.add(w.retraction())
	return t
}

// shortLoop is the length under which a loop is a small one: that of a circle of 6.5 mm radius.
const shortLoop = 2 * math.Pi * 6.5

func (w *worker) walls(r *region) []path {
	p := w.p
	var list []path
	for k, loop := range r.loops {
		kind, width, speed := External, p.ExternalWidth, p.ExternalSpeed
		if k > 0 {
			kind, width, speed = Perimeter, p.PerimeterWidth, p.PerimeterSpeed
		}
		for _, q := range loop {
			x := w.path(r, kind, width, speed, p.PerimeterAccel, points(q))
			x.closed = true
			if !r.first && x.length() < shortLoop {
				x.speed = min(x.speed, p.SmallSpeed)
			}
			list = append(list, x)
		}
	}
	if r.gaps > 0 {
		// Beads in gaps are as long as their area asks for. Where they lie is not known: they follow a loop.
		x := w.path(r, Gap, p.PerimeterWidth, p.GapSpeed, p.PerimeterAccel, []point{{}, {r.gaps / spacing(p.PerimeterWidth, r.height), 0}})
		if len(list) > 0 {
			o := list[len(list)-1].end()
			x.points = []point{o, {o.x + x.points[1].x, o.y}}
		}
		list = append(list, x)
	}
	return list
}

func (w *worker) infill(r *region, i int) []path {
	p := w.p
	angle := math.Pi / 4
	if i%2 == 1 {
		angle = -angle
	}
	var list []path
	s := w.shells
	changed := s.part(i)
	add := func(f *filled, kind Kind, width, distance, speed, accel float64) {
		if f.area == 0 {
			return
		}
		from, length := len(list), 0.0
		// Lines end half a line before the border, and fill all of it.
		if changed {
			s.brush.shrink(f.cells, distance/2)
		}
		for _, c := range s.g.fill(f.cells, distance, angle, 4*distance) {
			x := w.path(r, kind, width, speed, accel, c)
			length += x.length()
			list = append(list, x)
		}
		if length == 0 {
			return
		}
		wide := max(0.7, min(1.6, f.area/distance/length))
		for k := from; k < len(list); k++ {
			list[k].area *= wide
		}
	}
	step := func(width float64) float64 {
		if r.first {
			width = p.FirstWidth
		}
		return spacing(width, r.height)
	}
	add(&s.bridge, Bridge, p.SolidWidth, step(p.SolidWidth), p.BridgeSpeed, p.BridgeAccel)
	add(&s.solid, Solid, p.SolidWidth, step(p.SolidWidth), p.SolidSpeed, p.InfillAccel)
	add(&s.top, Top, p.TopWidth, step(p.TopWidth), p.TopSpeed, p.InfillAccel)
	if p.Density > 0 {
		for _, c := range s.g.pattern(s.sparse, p.Pattern, step(p.SparseWidth), p.Density, i, float64(i)*p.LayerHeight) {
			list = append(list, w.path(r, Sparse, p.SparseWidth, p.SparseSpeed, p.InfillAccel, c))
		}
	}
	return list
}

// support are the lines of a plane of support.
func (w *worker) support(q *plane, i int) []path {
	s := &w.p.Supports
	r := region{height: q.top - q.bottom, first: i == 0}
	var list []path
	for _, c := range q.lines {
		list = append(list, w.path(&r, Support, s.Width, s.Speed, w.p.TravelAccel, c))
	}
	for _, c := range q.thick {
		list = append(list, w.path(&r, Interface, s.Width, s.DenseSpeed, w.p.TravelAccel, c))
	}
	return list
}

// path of a kind; the first layer has a width, a speed and an acceleration of its own.
func (w *worker) path(r *region, kind Kind, width, speed, accel float64, pts []point) path {
	p := w.p
	if r.first {
		width, speed, accel = p.FirstWidth, p.FirstSpeed, p.FirstAccel
	}
	x := path{points: pts, speed: speed, accel: accel, kind: kind, area: spacing(width, r.height) * r.height}
	if kind == Bridge {
		x.area *= p.BridgeRatio
	}
	if x.accel == 0 || x.accel > p.MaxAccel {
		x.accel = p.MaxAccel
	}
	if p.MaxVolumeSpeed > 0 {
		x.speed = min(x.speed, p.MaxVolumeSpeed/x.area)
	}
	return x
}

// skirt goes around the whole of the first layers.
func (w *worker) skirt(r *region, around set) []path {
	p := w.p
	hull := clip.Hull(around)
	if len(hull) < 3 {
		return nil
	}
	var list []path
	for k := range p.Skirts {
		off := p.SkirtDistance + (float64(k)+0.5)*spacing(p.FirstWidth, r.height)
		for _, q := range clip.Offset(set{hull}, off, clip.Round) {
			x := w.path(r, Skirt, p.PerimeterWidth, p.PerimeterSpeed, p.PerimeterAccel, points(q))
			x.closed = true
			list = append(list, x)
		}
	}
	return list
}

func points(q clip.Polygon) []point {
	list := make([]point, len(q))
	for i, v := range q {
		list[i] = point{float64(v.X) / slice.PerMM, float64(v.Y) / slice.PerMM}
	}
	return list
}
