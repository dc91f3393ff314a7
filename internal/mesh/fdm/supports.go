package fdm

import (
	"math"

	"bassin/internal/mesh"
	"bassin/internal/mesh/clip"
)

// Supports are the settings of what is built below overhangs.
type Supports struct {
	On           bool
	PlateOnly    bool // only what stands on the plate
	Snug         bool // as wide as what it carries, not in whole squares of its pattern
	Crossed      bool // lines of one layer run across those of the layer below
	Threshold    float64
	Angle        float64 // degrees of its lines
	Width        float64 // of its lines
	Between      float64 // free space between two lines
	InterfaceGap float64 // the same in the layers below the part
	Interfaces   int     // dense layers below the part, that which touches it with them
	Above, Below float64 // free height between support and the part over and under it
	Aside        float64 // free width between support and the part
	MaxHeight    float64 // of its layers, where no overhang asks for one
	Speed        float64
	DenseSpeed   float64
	FirstDensity float64 // of the first layer, 0…1
	FirstGrowth  float64 // by which the first layer is wider
}

const (
	carried = 1.5 // millimetres by which support is wider than what it carries
	steps   = 3   // in which it is grown, lest it come out on the other side of a wall
	dense   = 0.6 // widths of a line: overhangs up to that ask for no dense layers
	blockMM = 6   // millimetres: squares are not made larger
)

// runs is a set of cells, by rows: small where cells are few.
type runs []run

type run struct{ row, from, to int32 }

// contact is where support touches what it carries.
type contact struct {
	any        bool
	z          float64 // top of the support
	all, dense runs
}

// plane is one layer of support.
type plane struct {
	bottom, top float64
	layer       int // of the part, with which it is built
	contacts    []int
	lines       [][]point
	thick       [][]point // lines of dense layers
	apart       bool      // at a height at which no layer of the part ends
}

// supporter finds supports for layers.
type supporter struct {
	p      *Profile
	s      *Supports
	g      grid
	pitch  float64
	centre point
	layers []region
	runOf  []int // first of the layers that are the same as each
}

// supports are the planes of support of layers, from below.
func supportsOf(p *Profile, layers []region, least, most mesh.Vec) []plane {
	s := &p.Supports
	if !s.On || len(layers) == 0 {
		return nil
	}
	x := newSupporter(p, layers, least, most, carried+s.FirstGrowth)
	contacts := x.contacts()
	planes := x.planes(contacts)
	x.fill(planes, contacts)
	return planes
}

// newSupporter has cells as far around as supports may be wider, and a square more.
func newSupporter(p *Profile, layers []region, least, most mesh.Vec, wider float64) *supporter {
	s := &p.Supports
	x := &supporter{p: p, s: s, layers: layers, pitch: s.Between + spacing(s.Width, p.LayerHeight), centre: point{(least.X + most.X) / 2, (least.Y + most.Y) / 2}}
	wider += min(x.pitch, blockMM) + 0.5
	x.g = gridOf(mesh.Vec{X: least.X - wider, Y: least.Y - wider}, mesh.Vec{X: most.X + wider, Y: most.Y + wider})
	x.runOf = make([]int, len(layers))
	for i := range layers {
		x.runOf[i] = i
		if i > 0 && layers[i].same {
			x.runOf[i] = x.runOf[i-1]
		}
	}
	return x
}

// bottom and top of a layer of the part.
func (x *supporter) bottom(i int) float64 {
	if i == 0 {
		return 0
	}
	return x.p.FirstLayerHeight + float64(i-1)*x.p.LayerHeight
}

func (x *supporter) top(i int) float64 { return x.p.FirstLayerHeight + float64(i)*x.p.LayerHeight }

// room is what one worker draws in.
type room struct {
	drawer
	brush brush
	sets  []drawn
}

func (x *supporter) room(sets int) *room {
	r := &room{brush: newBrush(&x.g)}
	for range sets {
		r.sets = append(r.sets, x.g.empty())
	}
	return r
}

// drawn draws polygons moved outward into one of the sets.
func (r *room) drawn(x *supporter, k int, list set, mm float64) drawn {
	d := r.sets[k]
	clear(d)
	if mm > 0 {
		list = clip.Moved(list, mm, clip.Miter)
	}
	r.draw(&x.g, d, list)
	return d
}

// contacts finds for each layer what the one below does not hold.
func (x *supporter) contacts() []contact {
	list := make([]contact, len(x.layers))
	covered := x.covered()
	off := x.p.ExternalWidth / 2
	if x.s.Threshold > 0 {
		off = x.p.LayerHeight / math.Tan(min(89, x.s.Threshold+1)*math.Pi/180)
	}
	mesh.InBlocks(len(list), 16, func(_, from, to int) {
		r := x.room(4)
		for i := max(from, 1); i < to; i++ {
			z := x.bottom(i) - x.s.Above
			if x.layers[i].same || z < x.p.FirstLayerHeight-1e-6 {
				continue
			}
			whole, below := r.drawn(x, 0, x.layers[i].whole, 0), x.layers[i-1].whole
			over := r.drawn(x, 1, below, off)
			any := uint64(0)
			for n, w := range whole {
				over[n] = w &^ over[n]
				any |= over[n]
			}
			if covered != nil {
				any = 0
				c := r.sets[3]
				clear(c)
				x.g.add(c, covered[i])
				for n := range over {
					over[n] &^= c[n]
					any |= over[n]
				}
			}
			if any == 0 {
				continue
			}
			r.brush.grow(over, off+x.g.cell)
			other := r.drawn(x, 2, below, 0)
			for n := range over {
				over[n] &= whole[n] &^ other[n]
			}
			thick := r.sets[3]
			other = r.drawn(x, 2, below, dense*x.p.ExternalWidth)
			for n := range over {
				thick[n] = over[n] &^ other[n]
			}
			other = r.drawn(x, 2, below, min(off, x.s.Aside))
			for n := range over {
				over[n] &^= other[n]
			}
			for range steps {
				r.brush.grow(over, carried/steps)
				for n := range over {
					over[n] &^= other[n]
				}
			}
			x.snap(thick, other)
			list[i] = contact{any: true, z: z, all: x.g.runs(over), dense: x.g.runs(thick)}
		}
	})
	return list
}

// covered is for each layer what stands above a lower one: nothing there is carried by the plate. Nil unless only the plate may
// carry.
func (x *supporter) covered() []runs {
	if !x.s.PlateOnly {
		return nil
	}
	list := make([]runs, len(x.layers))
	r, sum := x.room(1), x.g.empty()
	for i := range x.layers {
		if i > 1 && x.runOf[i-1] == x.runOf[i-2] {
			list[i] = list[i-1]
			continue
		}
		list[i] = x.g.runs(sum)
		for n, w := range r.drawn(x, 0, x.layers[i].whole, x.s.Aside) {
			sum[n] |= w
		}
		if i+1 < len(list) {
			list[i+1] = x.g.runs(sum)
		}
	}
	return list
}

// planes are the layers of support: one ends at each height at which something is carried, and between these they are as thick as they
// may be.
func (x *supporter) planes(contacts []contact) []plane {
	last, first := x.p.FirstLayerHeight, true
	var list []plane
	for i := range contacts {
		c := &contacts[i]
		if !c.any {
			continue
		}
		if first {
			list, first = append(list, plane{top: last}), false
		}
		if n := int(math.Ceil((c.z-last)/max(x.s.MaxHeight, 0.5*x.p.LayerHeight) - 1e-6)); n > 0 {
			from := last
			for k := range n {
				list = append(list, plane{bottom: last, top: from + (c.z-from)*float64(k+1)/float64(n)})
				last = list[len(list)-1].top
			}
		}
		list[len(list)-1].contacts = append(list[len(list)-1].contacts, i)
	}
	for k := range list {
		q := &list[k]
		q.layer = max(0, int(math.Ceil((q.top-x.p.FirstLayerHeight)/x.p.LayerHeight-1e-4)))
		q.apart = math.Abs(x.top(q.layer)-q.top) > 1e-4
	}
	return list
}

// fill goes down from the highest plane: what is carried is carried on, beside the part, to the plate or onto the part.
func (x *supporter) fill(planes []plane, contacts []contact) {
	const block = 32
	carry, recent := x.g.empty(), []runs(nil)
	rooms := make([]*room, block)
	trims, carried, thick := make([]drawn, block), make([]drawn, block), make([]drawn, block)
	for to := len(planes); to > 0; to -= block {
		from := max(0, to-block)
		mesh.InBlocks(to-from, 1, func(_, k, _ int) {
			if rooms[k] == nil {
				rooms[k] = x.room(3)
			}
			if trims[k] = nil; from+k+1 < to && x.around(&planes[from+k]).equal(x, x.around(&planes[from+k+1])) {
				return
			}
			trims[k] = x.trim(rooms[k], x.around(&planes[from+k]))
		})
		for k := to - from - 1; k >= 0; k-- {
			q := &planes[from+k]
			if trims[k] == nil {
				trims[k] = trims[k+1]
			}
			now := runs(nil)
			for _, c := range q.contacts {
				x.g.add(carry, contacts[c].all)
				now = append(now, contacts[c].dense...)
			}
			recent = append(recent, now)
			if len(recent) > x.s.Interfaces {
				recent = recent[1:]
			}
			for n, w := range trims[k] {
				carry[n] &^= w
			}
			x.snap(carry, trims[k])
			carried[k], thick[k] = rooms[k].sets[1], rooms[k].sets[2]
			copy(carried[k], carry)
			clear(thick[k])
			if x.s.Interfaces > 0 {
				for _, c := range recent {
					x.g.add(thick[k], c)
				}
			}
			for n := range carry {
				thick[k][n] &= carry[n]
				carried[k][n] &^= thick[k][n]
			}
		}
		mesh.InBlocks(to-from, 1, func(_, k, _ int) {
			x.lay(&planes[from+k], from+k, rooms[k], carried[k], thick[k], trims[k])
		})
	}
}

// span is the layers of the part from which a plane keeps away.
type span struct{ from, to int }

func (x *supporter) around(q *plane) span {
	at := func(z float64) int { // the layer that ends at a height or beyond
		return int(math.Ceil((z-x.p.FirstLayerHeight)/x.p.LayerHeight - 1e-4))
	}
	from := at(q.bottom - x.s.Below + 1e-3) // that which ends above
	to := at(q.top + x.s.Above - 1e-3)
	return span{min(max(0, from), len(x.layers)-1), min(max(0, to), len(x.layers)-1)}
}

// equal tells whether the layers of two spans are the same.
func (a span) equal(x *supporter, b span) bool {
	return x.runOf[a.from] == x.runOf[b.to] && x.runOf[a.to] == x.runOf[b.from] || a == b
}

func (x *supporter) trim(r *room, s span) drawn {
	var list set
	for i := s.from; i <= s.to; i++ {
		if i == s.from || x.runOf[i] != x.runOf[i-1] {
			list = append(list, clip.Moved(x.layers[i].whole, x.s.Aside, clip.Miter)...)
		}
	}
	return r.drawn(x, 0, list, 0)
}

// lay lays the lines of a plane.
func (x *supporter) lay(q *plane, k int, r *room, loose, thick, trim drawn) {
	s := x.s
	angle := s.Angle * math.Pi / 180
	if k == 0 && x.p.Base.RaftLayers == 0 {
		for n := range loose {
			loose[n] |= thick[n]
			thick[n] = 0
		}
		for grown := 0.0; grown < s.FirstGrowth; grown += 0.5 {
			r.brush.grow(loose, min(0.5, s.FirstGrowth-grown))
			for n := range loose {
				loose[n] &^= trim[n]
			}
		}
		wide := spacing(x.p.FirstWidth, x.p.FirstLayerHeight)
		q.lines = x.strokes(r, loose, trim, wide/s.FirstDensity, angle, wide, 3)
		return
	}
	wide := spacing(s.Width, q.top-q.bottom)
	turned := angle
	if s.Crossed && k%2 == 1 {
		turned = upto90(angle + math.Pi/2)
	}
	q.lines = x.strokes(r, loose, trim, x.pitch, turned, wide, 3)
	q.thick = x.strokes(r, thick, trim, s.InterfaceGap+wide, upto90(angle+math.Pi/2), wide, 3)
}

// upto90 is the angle of a line within −90°…90°.
func upto90(angle float64) float64 { return math.Remainder(angle, math.Pi) }

// strokes lays lines over cells, the first and the last of a square on its sides, and joins them.
func (x *supporter) strokes(r *room, d, trim drawn, pitch, angle, wide, reach float64) [][]point {
	r.brush.grow(d, wide/2)
	for n := range d {
		d[n] &^= trim[n]
	}
	g := x.g
	g.x, g.y = g.x-x.centre.x, g.y-x.centre.y
	all := g.strokes(d, pitch, angle)
	kept := all[:0]
	for _, s := range all {
		l := s.a.to(s.b)
		if l < 1.5*wide {
			continue
		}
		dx, dy := (s.b.x-s.a.x)/l*wide/2, (s.b.y-s.a.y)/l*wide/2
		kept = append(kept, stroke{s.line, point{s.a.x + dx + x.centre.x, s.a.y + dy + x.centre.y}, point{s.b.x - dx + x.centre.x, s.b.y - dy + x.centre.y}})
	}
	return joined(kept, reach*pitch)
}
