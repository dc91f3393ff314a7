package fdm

import (
	"math"
	"slices"

	"bassin/internal/mesh"
	"bassin/internal/mesh/clip"
)

// Supports are drawn in cells: so many along the distance of their lines, a square of which, a block, is built as a whole. They
// are larger where there would be too many in all layers.
const (
	perBlock        = 6
	supportCellsMax = 1 << 29
)

// supportReach is how far supports stand out from under what they hold, in millimetres.
const supportReach = 1.2

// supports are what is built below overhangs, layer by layer: lines far apart, and near what they hold, close ones.
type supports struct {
	g     *grid
	base  []drawn // by layer; nil is none
	dense []drawn // near what is held
}

// supportsOf finds where a part must be held: where a layer stands out over the one below by more than the threshold. From
// there supports go down to the plate, or to the part, keeping a distance from it.
func supportsOf(layers []region, x *mesh.Measures, p *Profile) *supports {
	reach := supportReach + p.SupportFirstExpansion
	edge := mesh.Vec{X: reach, Y: reach}
	g := gridOf(x.Min.Sub(edge), x.Max.Add(edge))
	size := x.Size().Add(edge).Add(edge)
	shrinkTo(&g, max((p.SupportSpacing+spacing(p.SupportWidth, p.LayerHeight))/perBlock, cellMM, math.Sqrt(size.X*size.Y*float64(len(layers))/supportCellsMax)))
	s := &supports{g: &g, base: make([]drawn, len(layers)), dense: make([]drawn, len(layers))}
	over := make([]drawn, len(layers)) // what must be held
	near := make([]drawn, len(layers)) // the part, and its distance to supports
	plain := make([]drawn, len(layers))
	mesh.InBlocks(len(layers), 16, func(_, from, to int) {
		var d drawer
		b := brush{g: &g, copy: g.empty()}
		for i := from; i < to; i++ {
			near[i] = g.empty()
			d.draw(&g, near[i], layers[i].whole)
			if i > 0 && !layers[i].same {
				over[i] = overhang(&g, &d, &b, &layers[i], &layers[i-1], near[i], p)
			}
			if p.SupportPlateOnly {
				plain[i] = slices.Clone(near[i])
			}
			b.grow(near[i], p.SupportXY)
		}
	})
	if p.SupportPlateOnly {
		overPlate(&g, over, plain)
	}
	// Down from the top; the distance to what is held is in whole layers.
	gap := 1 + int(math.Round(p.SupportZ/p.LayerHeight))
	fresh := make([]drawn, len(layers)) // tops of supports
	b := brush{g: &g, copy: g.empty()}
	down := g.empty()
	for i := len(layers) - 1; i >= 0; i-- {
		if k := i + gap; k < len(layers) && over[k] != nil {
			top := over[k]
			b.grow(top, supportReach)
			for n := range top {
				top[n] &^= near[k-1][n]
				down[n] |= top[n]
			}
			fresh[i] = top
		}
		any := uint64(0)
		for n, w := range near[i] {
			down[n] &^= w
			any |= down[n]
		}
		if any != 0 {
			s.base[i] = g.blocks(down)
			if i == 0 {
				b.grow(s.base[i], p.SupportFirstExpansion)
			}
			for n, w := range near[i] {
				s.base[i][n] &^= w
			}
		}
	}
	if p.SupportPlateOnly { // what stands out around
		overPlate(&g, s.base, plain)
	}
	s.part(fresh, p.SupportInterfaces)
	return s
}

// blocks are the whole blocks in which something is.
func (g *grid) blocks(d drawn) drawn {
	out := g.empty()
	for low := 0; low < g.rows; low += perBlock {
		high := min(g.rows, low+perBlock)
		for from := 0; from < 64*g.words; from += perBlock {
			to := min(64*g.words, from+perBlock)
			if !g.some(d, low, high, from, to) {
				continue
			}
			for r := low; r < high; r++ {
				setRange(g.row(out, r), int32(from), int32(to))
			}
		}
	}
	return out
}

// some tells whether one of the cells of a rectangle is in.
func (g *grid) some(d drawn, low, high, from, to int) bool {
	first, last := from>>6, (to-1)>>6
	head, tail := ^uint64(0)<<(from&63), ^uint64(0)>>(63-(to-1)&63)
	for r := low; r < high; r++ {
		row := g.row(d, r)
		if first == last && row[first]&head&tail != 0 || first != last && (row[first]&head|row[last]&tail) != 0 {
			return true
		}
	}
	return false
}

// shrinkTo makes the cells of a grid no smaller than so much.
func shrinkTo(g *grid, cell float64) {
	if g.cell >= cell {
		return
	}
	columns := int(float64(64*g.words)*g.cell/cell) + 1 + 2*around
	g.rows = int(float64(g.rows)*g.cell/cell) + 1 + 2*around
	g.x, g.y, g.cell, g.words = g.x-around*cell, g.y-around*cell, cell, (columns+63)/64
}

// overhang is what of a layer stands out over the one below by more than the threshold: then all of it, nil when nothing does.
func overhang(g *grid, d *drawer, b *brush, r, below *region, whole drawn, p *Profile) drawn {
	out := p.ExternalWidth / 2
	if p.SupportThreshold > 0 {
		out = r.height / math.Tan((p.SupportThreshold+1)*math.Pi/180) // what is as steep as the threshold stands by itself
	}
	far := clip.Difference(r.whole, clip.Offset(below.whole, out, clip.Miter))
	if len(far) == 0 {
		return nil
	}
	all := g.empty()
	d.draw(g, all, far)
	if low, high := g.occupied(all); low == high {
		return nil
	}
	b.grow(all, out)
	for n, w := range whole {
		all[n] &= w
	}
	return all
}

// overPlate leaves of each layer what has nothing of the part below.
func overPlate(g *grid, layers, plain []drawn) {
	below := g.empty()
	for i, d := range layers {
		for n := range d {
			d[n] &^= below[n]
		}
		for n, w := range plain[i] {
			below[n] |= w
		}
	}
}

// part parts supports into those near what they hold, for so many layers, and the rest.
func (s *supports) part(fresh []drawn, layers int) {
	for i, d := range s.base {
		if d == nil {
			continue
		}
		for k := i; k < min(len(fresh), i+layers); k++ {
			if fresh[k] == nil {
				continue
			}
			if s.dense[i] == nil {
				s.dense[i] = s.g.empty()
			}
			for n, w := range fresh[k] {
				s.dense[i][n] |= w & d[n]
			}
		}
		if s.dense[i] != nil {
			for n, w := range s.dense[i] {
				d[n] &^= w
			}
		}
	}
}

// supports lays the lines of a layer's supports. Those of the first are close, and framed.
func (w *worker) supports(r *region, i int) []path {
	s, p := w.held, w.p
	if s == nil {
		return nil
	}
	var list []path
	add := func(d drawn, kind Kind, distance, angle, speed float64) {
		if d == nil {
			return
		}
		for _, c := range s.g.fill(d, distance, angle, 4*distance) {
			list = append(list, w.path(r, kind, p.SupportWidth, speed, p.InfillAccel, c))
		}
	}
	width := spacing(p.SupportWidth, r.height)
	distance := p.SupportSpacing + width
	if r.first {
		distance = spacing(p.FirstWidth, r.height) / max(0.1, p.SupportFirstDensity)
	}
	add(s.base[i], Support, distance, 0, p.SupportSpeed)
	add(s.dense[i], Interface, p.InterfaceSpacing+width, math.Pi/2, p.InterfaceSpeed)
	return list
}

// brim lays loops around the islands of the first layer, and within their holes.
func (w *worker) brim(r *region) []path {
	p := w.p
	var outer, holes set
	for _, q := range r.whole {
		if q.Doubled() > 0 {
			outer = append(outer, q)
		} else {
			q = slices.Clone(q)
			slices.Reverse(q) // a hole by itself is a thing of its own, and shrinks
			holes = append(holes, q)
		}
	}
	var list []path
	step := spacing(p.FirstWidth, r.height)
	loops := func(of set, side float64) {
		for k := range int(p.BrimWidth / step) {
			for _, q := range clip.Offset(of, side*(p.BrimSeparation+(float64(k)+0.5)*step), clip.Round) {
				x := w.path(r, Brim, p.PerimeterWidth, p.PerimeterSpeed, p.PerimeterAccel, points(q))
				x.closed = true
				list = append(list, x)
			}
		}
	}
	if p.BrimOuter {
		loops(outer, 1)
	}
	if p.BrimInner {
		loops(holes, -1)
	}
	return list
}
