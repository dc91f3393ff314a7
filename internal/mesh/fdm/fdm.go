// Package fdm estimates what a part takes on a machine that lays molten filament in lines: time and filament, from its
// layers and the settings of the machine, without a slicer.
//
// Each layer is parted as slicers part it: loops along its contours, what is too narrow for them, solid infill where it is
// open above or below within a few layers, sparse infill elsewhere. Lines are laid over these, and timed as the firmware
// plans them, with the travels, retractions and the time that a layer must take to cool. Supports, brims and rafts are
// not in it. What it is off by is measured in docs/additive.md.
package fdm

import (
	"math"
	"slices"

	"bassin/internal/mesh"
	"bassin/internal/mesh/clip"
	"bassin/internal/mesh/slice"
)

// Kind of what is extruded.
type Kind int

// The kinds.
const (
	External Kind = iota
	Perimeter
	Gap
	Bridge
	Top
	Solid
	Sparse
	Skirt
	kinds
)

// Estimate of a print.
type Estimate struct {
	Seconds    float64
	Layers     int
	VolumeMM3  float64 // extruded
	FilamentMM float64
	Grams      float64
	Travels    int
	ByKind     [kinds]Share // in the order of the kinds
}

// kindNames are those of programs.
var kindNames = [kinds]string{"external", "perimeter", "gap", "bridge", "top", "solid", "sparse", "skirt"}

// String is the name of a kind for programs.
func (k Kind) String() string { return kindNames[k] }

// Share of a kind in a print; its time before layers are slowed down to cool.
type Share struct{ Seconds, LengthMM, VolumeMM3 float64 }

// Of estimates a mesh in millimetres, which stands as it will be built, along Z.
func Of(m *mesh.Mesh, p Profile) Estimate {
	x := mesh.Measure(m)
	cuts := heights(x.Min.Z, x.Max.Z, &p)
	layers := make([]region, len(cuts))
	sliced := slice.At(m, cuts)
	mesh.InBlocks(len(layers), 4, func(_, from, to int) {
		for i := from; i < to; i++ {
			layers[i] = region{height: p.LayerHeight, first: i == 0}
			if i == 0 {
				layers[i].height = p.FirstLayerHeight
			}
			layers[i].walls(&p, sliced[i].Polygons)
		}
	})
	within := windows(layers, p.BottomLayers, p.TopLayers)
	parts := make([]Estimate, len(layers))
	mesh.InBlocks(len(layers), 4, func(_, from, to int) {
		w := worker{p: &p}
		for i := from; i < to; i++ {
			shells(layers, i, within[i], &p)
			parts[i] = w.layer(&layers[i], i)
		}
	})
	total := Estimate{Layers: len(layers)}
	for i := range parts {
		e := &parts[i]
		total.Seconds += e.Seconds
		total.VolumeMM3 += e.VolumeMM3
		total.Travels += e.Travels
		for k := range e.ByKind {
			total.ByKind[k].Seconds += e.ByKind[k].Seconds
			total.ByKind[k].LengthMM += e.ByKind[k].LengthMM
			total.ByKind[k].VolumeMM3 += e.ByKind[k].VolumeMM3
		}
	}
	total.FilamentMM = total.VolumeMM3 / (math.Pi / 4 * p.FilamentDiameter * p.FilamentDiameter)
	total.Grams = total.VolumeMM3 / 1000 * p.DensityGCM3
	return total
}

// heights are the middles of the layers: the first has its own thickness.
func heights(bottom, top float64, p *Profile) []float64 {
	if !(top > bottom) {
		return nil
	}
	list := []float64{bottom + p.FirstLayerHeight/2}
	return append(list, slice.Heights(bottom+p.FirstLayerHeight, top, p.LayerHeight)...)
}

// worker times one layer after another.
type worker struct {
	p       *Profile
	planner planner
}

func (w *worker) layer(r *region, i int) Estimate {
	p := w.p
	w.planner.jerk = p.Jerk
	walls, infill := w.walls(r), w.infill(r, i)
	if i < p.SkirtLayers {
		walls = append(w.skirt(r), walls...)
	}
	var e Estimate
	extruding, slowest := 0.0, 0.0
	here := point{}
	if len(walls) > 0 {
		here = walls[0].points[0]
	}
	travel := w.layerChange()
	for _, group := range [][]path{walls, infill} {
		for len(group) > 0 {
			k := nearest(group, here)
			x := &group[k]
			if d := here.to(x.points[0]); d > 1e-3 {
				travel += w.travel(d)
				e.Travels++
			}
			t, l := w.planner.seconds(x, x.speed), x.length()
			e.ByKind[x.kind].Seconds += t
			e.ByKind[x.kind].LengthMM += l
			e.ByKind[x.kind].VolumeMM3 += l * x.area
			e.VolumeMM3 += l * x.area
			extruding += t
			slowest += max(t, l/max(1, p.LeastSpeed))
			here = x.end()
			group[k] = group[len(group)-1]
			group = group[:len(group)-1]
		}
	}
	e.Seconds = travel + extruding
	if e.Seconds < p.LeastLayerSeconds {
		e.Seconds = min(p.LeastLayerSeconds, travel+slowest)
	}
	return e
}

// nearest is the path to which the way is shortest, turned so that it begins there: a loop at any of its points, a chain at
// either end.
func nearest(group []path, here point) int {
	best, at, least := 0, 0, math.Inf(1)
	try := func(k, i int) {
		if d := here.to(group[k].points[i]); d < least {
			best, at, least = k, i, d
		}
	}
	for k := range group {
		if !group[k].closed {
			try(k, 0)
			try(k, len(group[k].points)-1)
			continue
		}
		for i := range group[k].points {
			try(k, i)
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

func (w *worker) travel(d float64) float64 {
	p := w.p
	accel := min(p.TravelAccel, p.MaxAccel)
	t := trapezoid(d, min(p.Jerk, p.TravelSpeed), p.TravelSpeed, min(p.Jerk, p.TravelSpeed), accel)
	if d < p.RetractBefore {
		return t
	}
	return t + w.retraction()
}

// retraction draws the filament back along a wipe, lifts, lowers and pushes it forward again.
func (w *worker) retraction() float64 {
	p := w.p
	accel := min(p.TravelAccel, p.MaxAccel)
	wipe := p.RetractLength / p.RetractSpeed * p.TravelSpeed * 0.8
	t := trapezoid(wipe, min(p.Jerk, p.TravelSpeed), p.TravelSpeed*0.8, min(p.Jerk, p.TravelSpeed), accel)
	t += trapezoid(p.RetractLength, min(p.RetractJerk, p.RetractSpeed), p.RetractSpeed, min(p.RetractJerk, p.RetractSpeed), max(1, p.RetractAccel))
	if p.RetractLift > 0 {
		t += 2 * trapezoid(p.RetractLift, min(p.ZJerk, p.ZSpeed), p.ZSpeed, min(p.ZJerk, p.ZSpeed), p.ZAccel)
	}
	return t
}

func (w *worker) layerChange() float64 {
	return trapezoid(w.p.LayerHeight, min(w.p.ZJerk, w.p.ZSpeed), w.p.ZSpeed, min(w.p.ZJerk, w.p.ZSpeed), w.p.ZAccel) + w.retraction()
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
	add := func(s set, kind Kind, width, distance, speed, accel float64) {
		from, length := len(list), 0.0
		// Lines end half a line before the border, and fill all of it.
		for _, c := range fill(clip.Offset(s, -distance/2, clip.Miter), distance, angle, 4*distance) {
			x := w.path(r, kind, width, speed, accel, c)
			length += x.length()
			list = append(list, x)
		}
		if length == 0 {
			return
		}
		wide := max(0.7, min(1.6, clip.Area(s)/mm2/distance/length))
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
	add(r.bridge, Bridge, p.SolidWidth, step(p.SolidWidth), p.BridgeSpeed, p.BridgeAccel)
	add(r.solid, Solid, p.SolidWidth, step(p.SolidWidth), p.SolidSpeed, p.InfillAccel)
	add(r.top, Top, p.TopWidth, step(p.TopWidth), p.TopSpeed, p.InfillAccel)
	if p.Density > 0 {
		for _, c := range gyroid(r.sparse, step(p.SparseWidth), p.Density, float64(i)*p.LayerHeight) {
			list = append(list, w.path(r, Sparse, p.SparseWidth, p.SparseSpeed, p.InfillAccel, c))
		}
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
func (w *worker) skirt(r *region) []path {
	p := w.p
	hull := clip.Hull(r.whole)
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
