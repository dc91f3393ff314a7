// Package orient finds how a part is best laid for building: the few placements that cost least in time, support and finish.
//
// A part that stands by itself stands on a face of its hull, with its centre of mass above it: these are the placements tried,
// and that of its file. All are first judged by their faces alone, supports counted down to the plate; the best of these by
// columns of cells, in which supports end on the part where it is below.
//
// Lengths are millimetres. What a placement costs is told in seconds of a machine and a worker; the rates are inputs.
package orient

import (
	"cmp"
	"math"
	"slices"

	"bassin/internal/mesh"
	"bassin/internal/mesh/hull"
)

// Rates are what a placement is judged by.
type Rates struct {
	Overhang       float64 // degrees between a face and the plate under which it needs support
	HeightSPerMM   float64 // time of the machine for a millimetre of height: moves between layers, cooling, recoating
	SupportSPerMM3 float64 // time for a cubic millimetre of space filled with support
	ContactSPerMM2 float64 // work for a square millimetre where support touched the part
	StairSPerMM2   float64 // worth of a square millimetre of surface in full stairs: one nearly level
	RaftSPerMM2    float64 // time for a square millimetre of raft, where the part lies on a tenth of its outline or less
	PartSPerMM3    float64 // time for a cubic millimetre of the part, however it lies
}

// FDM are rates of a common machine that lays lines, by decision 0039.
var FDM = Rates{Overhang: 45, HeightSPerMM: 7, SupportSPerMM3: 0.06, ContactSPerMM2: 0.5, StairSPerMM2: 0.1, RaftSPerMM2: 0.3, PartSPerMM3: 0.3}

// OK tells whether rates can be judged by.
func (r Rates) OK() bool {
	for _, v := range []float64{r.HeightSPerMM, r.SupportSPerMM3, r.ContactSPerMM2, r.StairSPerMM2, r.RaftSPerMM2, r.PartSPerMM3} {
		if !(v >= 0 && v <= 1e6) {
			return false
		}
	}
	return r.Overhang >= 0 && r.Overhang <= 90 && r.HeightSPerMM+r.PartSPerMM3 > 0
}

// Placement is one way to lay a part.
type Placement struct {
	Up       mesh.Vec       // what of the part's own space is up
	Turn     mesh.Transform // from the part's space to that of the plate: it stands on Z = 0, its box begins at X = Y = 0
	Size     mesh.Vec       // of its box there
	Stands   bool           // its centre of mass is above what it stands on
	Bed      float64        // area on the plate
	Overhang float64        // area that needs support
	Contact  float64        // area that supports touch: what they carry, and where they stand on the part
	Support  float64        // space under overhangs, in cubic millimetres
	Raft     float64        // area of a raft, where the part lies on little
	Stairs   float64        // area of leaning surface, by how much layers show on it
	Seconds  float64        // time of the machine, roughly: for comparing placements of one part
	Cost     float64        // seconds, with work and finish
}

// AsFile tells whether the part lies as in its file.
func (q *Placement) AsFile() bool { return q.Up == mesh.Vec{Z: 1} }

// like tells whether two placements are one. That of the file may lean a little, and is compared closely.
func (q *Placement) like(o *Placement) bool {
	limit := close
	if q.AsFile() || o.AsFile() {
		limit = 1 - 1e-6
	}
	return q.Up.Dot(o.Up) > limit
}

// Part is a mesh made ready.
type Part struct {
	mesh   *mesh.Mesh
	rates  Rates
	volume float64
	centre mesh.Vec
	middle mesh.Vec   // of the box: faces are measured from there
	points []mesh.Vec // that triangles name
	rim    []mesh.Vec // corners of the hull, nearly
	stands []hull.Direction
	looks  []look
	groups []look
}

// look is where a face or several look: the sum of their normals, each as long as its area, and their middle times area.
type look struct {
	normal mesh.Vec
	area   float64
	moment mesh.Vec
}

const (
	tried   = 400    // placements judged by faces
	refined = 12     // of these judged by columns
	close   = 0.9962 // cosine of 5°: placements nearer than that are one
)

// Best are the placements that cost least, the best first, and that of the file with them; no two are within 5° of each other.
func Best(m *mesh.Mesh, rates Rates, most int) []Placement {
	return BestByEach(m, []Rates{rates}, most)
}

// BestByEach are the placements that cost least by any of several rates, of each of them so many, and that of the file with them.
// Their order, cost and overhang are by the first rates.
func BestByEach(m *mesh.Mesh, rates []Rates, most int) []Placement {
	if len(m.Triangles) == 0 {
		return nil
	}
	p := prepare(m, rates[0])
	ups := []mesh.Vec{{Z: 1}}
	for _, d := range p.stands { // the largest faces first
		up := plain(d.Normal.Times(-1))
		if len(ups) <= tried && !slices.ContainsFunc(ups[1:], func(o mesh.Vec) bool { return o.Dot(up) > close }) {
			ups = append(ups, up)
		}
	}
	judged := make([]Placement, len(ups))
	mesh.InBlocks(len(ups), 4, func(_, from, to int) {
		for i := from; i < to; i++ {
			judged[i] = p.rough(ups[i])
		}
	})
	list := judged[:1]
	for _, q := range judged[1:] {
		if q.Stands {
			list = append(list, q)
		}
	}
	chosen := p.cheapest(list, rates, refined)
	mesh.InBlocks(len(chosen), 1, func(_, i, _ int) { p.columns(&chosen[i]) })
	best := p.cheapest(chosen, rates, most)
	slices.SortStableFunc(best, func(a, b Placement) int { return cmp.Compare(a.Cost, b.Cost) })
	for i := range best {
		best[i].Turn = p.turn(best[i].Up)
	}
	return best
}

// cheapest gives the first placement, that of the file, and those that cost least by each of several rates, so many of each.
func (p *Part) cheapest(list []Placement, rates []Rates, most int) []Placement {
	chosen := list[:1:1]
	for _, r := range rates {
		sorted := slices.Clone(list)
		slices.SortStableFunc(sorted, func(a, b Placement) int {
			_, x := r.Of(&a, p.volume)
			_, y := r.Of(&b, p.volume)
			return cmp.Compare(x, y)
		})
		var of []Placement
		for _, q := range sorted {
			if len(of) < most && !slices.ContainsFunc(of, func(o Placement) bool { return o.like(&q) }) {
				of = append(of, q)
			}
		}
		for _, q := range of {
			if !slices.ContainsFunc(chosen, func(o Placement) bool { return o.like(&q) }) {
				chosen = append(chosen, q)
			}
		}
	}
	return chosen
}

// plain is a direction without what rounding left of a zero.
func plain(v mesh.Vec) mesh.Vec {
	zero := func(f float64) float64 {
		if math.Abs(f) < 1e-9 {
			return 0
		}
		return f
	}
	return mesh.Vec{X: zero(v.X), Y: zero(v.Y), Z: zero(v.Z)}
}

func prepare(m *mesh.Mesh, rates Rates) *Part {
	p := &Part{mesh: m, rates: rates}
	x := mesh.Measure(m)
	p.volume, p.centre, p.middle = math.Abs(x.Volume), x.Centre, x.Min.Add(x.Max).Times(0.5)
	p.points = m.Named()
	h := hull.Of(thinned(p.points, x.Min, x.Max))
	p.rim, p.stands = h.Points, h.Directions()
	p.looks = make([]look, len(m.Triangles))
	mesh.InBlocks(len(p.looks), 1<<14, func(_, from, to int) {
		for i := from; i < to; i++ {
			t := m.Triangles[i]
			a, b, c := m.Points[t[0]], m.Points[t[1]], m.Points[t[2]]
			n := b.Sub(a).Cross(c.Sub(a)).Times(0.5)
			area := n.Len()
			p.looks[i] = look{n, area, a.Add(b).Add(c).Times(1.0 / 3).Sub(p.middle).Times(area)}
		}
	})
	p.groups = grouped(p.looks, max(x.Max.Sub(x.Min).Len(), 1e-9))
	return p
}

// thinned are points of a mesh of which there is one at least in each cell where there are any: the hull of fine round surfaces
// would take longer than all else, and shows no place to stand on.
func thinned(points []mesh.Vec, least, most mesh.Vec) []mesh.Vec {
	const cells = 100
	if len(points) < 20_000 {
		return points
	}
	size := most.Sub(least)
	scale := cells / max(size.X, size.Y, size.Z)
	type cell struct{ x, y, z uint16 }
	// In each cell the point that lies farthest out stays: corners do.
	middle := least.Add(most).Times(0.5)
	kept := make(map[cell]int32, len(points)/4)
	for i, p := range points {
		d := p.Sub(least).Times(scale)
		k := cell{uint16(d.X), uint16(d.Y), uint16(d.Z)}
		j, ok := kept[k]
		if u, v := p.Sub(middle), points[j].Sub(middle); !ok || u.Dot(u) > v.Dot(v) {
			kept[k] = int32(i)
		}
	}
	keep := make([]int32, 0, len(kept))
	for _, i := range kept {
		keep = append(keep, i)
	}
	slices.Sort(keep)
	list := make([]mesh.Vec, len(keep))
	for k, i := range keep {
		list[k] = points[i]
	}
	return list
}

// grouped are faces put together by where they look, to some three degrees, and how far out they lie, to a part of the size.
func grouped(looks []look, size float64) []look {
	const fine, layers = 24, 24
	type key struct{ x, y, z, out int8 }
	number := map[key]int{}
	var groups []look
	for _, l := range looks {
		if l.area == 0 {
			continue
		}
		u := l.normal.Times(fine / l.area)
		k := key{int8(math.Round(u.X)), int8(math.Round(u.Y)), int8(math.Round(u.Z)), int8(math.Round(l.normal.Dot(l.moment) / (l.area * l.area) / size * layers))}
		at, ok := number[k]
		if !ok {
			at = len(groups)
			number[k] = at
			groups = append(groups, look{})
		}
		g := &groups[at]
		g.normal, g.area, g.moment = g.normal.Add(l.normal), g.area+l.area, g.moment.Add(l.moment)
	}
	return groups
}

// rough judges a placement by groups of faces: supports go down to the plate.
func (p *Part) rough(up mesh.Vec) Placement {
	q := Placement{Up: up}
	bottom := p.foot(&q)
	limit := p.limit()
	for i := range p.groups {
		g := &p.groups[i]
		cos := g.normal.Dot(up) / g.area
		down := -cos
		high := g.moment.Dot(up)/g.area - bottom
		switch {
		case down > lyingCos && high < lyingMM:
			q.Bed += g.area
		case down > limit:
			q.Overhang += g.area
			q.Support += g.area * down * high
		}
		q.Stairs += g.area * stair(cos)
	}
	q.Contact = q.Overhang
	p.judge(&q)
	return q
}

const (
	lyingMM  = 0.1     // how far a face may be from the plate to lie on it: half of a common first layer
	lyingCos = 0.99985 // and how much it may lean: 1°
)

// limit is the part downward of the normal above which a face needs support. One that is drawn at the angle does not.
func (p *Part) limit() float64 { return math.Cos(p.rates.Overhang*math.Pi/180) + 1e-6 }

// stair is how much layers show on a face: not at all on one that is level or upright, most on one that is nearly level.
func stair(cos float64) float64 {
	if cos = math.Abs(cos); cos > lyingCos {
		return 0
	}
	return cos
}

// foot finds the height of a placement and whether it stands, and gives how far below the middle of the part the plate is,
// as a coordinate along up from there.
func (p *Part) foot(q *Placement) float64 {
	x, y := across(q.Up)
	least, most := p.box(x, y, q.Up)
	q.Size = most.Sub(least)
	bottom := least.Z
	var feet []mesh.Vec
	for _, v := range p.rim {
		if d := v.Sub(p.middle); d.Dot(q.Up) < bottom+lyingMM {
			feet = append(feet, mesh.Vec{X: d.Dot(x), Y: d.Dot(y)})
		}
	}
	c := p.centre.Sub(p.middle)
	q.Stands = within(feet, c.Dot(x), c.Dot(y))
	return bottom
}

// box is that of the part along three directions, measured from its middle.
func (p *Part) box(x, y, up mesh.Vec) (least, most mesh.Vec) {
	least = mesh.Vec{X: math.Inf(1), Y: math.Inf(1), Z: math.Inf(1)}
	most = least.Times(-1)
	for _, r := range p.rim {
		d := r.Sub(p.middle)
		v := mesh.Vec{X: d.Dot(x), Y: d.Dot(y), Z: d.Dot(up)}
		least = mesh.Vec{X: min(least.X, v.X), Y: min(least.Y, v.Y), Z: min(least.Z, v.Z)}
		most = mesh.Vec{X: max(most.X, v.X), Y: max(most.Y, v.Y), Z: max(most.Z, v.Z)}
	}
	return least, most
}

// across are two directions that make a right-handed frame with a third.
func across(up mesh.Vec) (x, y mesh.Vec) {
	x = mesh.Vec{Y: 1}.Cross(up)
	if x.Len() < 0.1 {
		x = mesh.Vec{X: 1}.Sub(up.Times(up.X))
	}
	x = plain(x.Times(1 / x.Len()))
	return x, plain(up.Cross(x))
}

// within tells whether a point lies in the hull of others: from it they are seen all round, with no gap of half a turn.
func within(feet []mesh.Vec, x, y float64) bool {
	var angles []float64
	for _, f := range feet {
		angles = append(angles, math.Atan2(f.Y-y, f.X-x))
	}
	if len(angles) < 3 {
		return false
	}
	slices.Sort(angles)
	gap := angles[0] + 2*math.Pi - angles[len(angles)-1]
	for i := 1; i < len(angles); i++ {
		gap = max(gap, angles[i]-angles[i-1])
	}
	return gap < math.Pi
}

// judge sums up what a placement costs.
func (p *Part) judge(q *Placement) {
	q.Raft = max(0, q.Size.X*q.Size.Y-10*q.Bed)
	q.Seconds, q.Cost = p.rates.Of(q, p.volume)
}

// Of gives what a placement of a part of a volume takes, and what it costs.
func (r Rates) Of(q *Placement, volume float64) (seconds, cost float64) {
	seconds = r.PartSPerMM3*volume + r.HeightSPerMM*q.Size.Z + r.SupportSPerMM3*q.Support + r.RaftSPerMM2*q.Raft
	return seconds, seconds + r.ContactSPerMM2*q.Contact + r.StairSPerMM2*q.Stairs
}

// turn takes the part from its space to the plate.
func (p *Part) turn(up mesh.Vec) mesh.Transform {
	x, y := across(up)
	t := mesh.Transform{x.X, y.X, up.X, x.Y, y.Y, up.Y, x.Z, y.Z, up.Z}
	least := mesh.Vec{X: math.Inf(1), Y: math.Inf(1), Z: math.Inf(1)}
	for _, v := range p.points {
		w := t.Apply(v)
		least = mesh.Vec{X: min(least.X, w.X), Y: min(least.Y, w.Y), Z: min(least.Z, w.Z)}
	}
	t[9], t[10], t[11] = -least.X, -least.Y, -least.Z
	return t
}

// Turn is the turn after which a direction of length 1 is up; any way about it.
func Turn(up mesh.Vec) mesh.Transform {
	if up == (mesh.Vec{Z: 1}) {
		return mesh.Identity
	}
	x, y := across(up)
	return mesh.Transform{x.X, y.X, up.X, x.Y, y.Y, up.Y, x.Z, y.Z, up.Z}
}

// Upright is a mesh turned so that a direction is up. It is given as it is when that is so.
func Upright(m *mesh.Mesh, up mesh.Vec) *mesh.Mesh {
	t := Turn(up)
	if t == mesh.Identity {
		return m
	}
	turned := &mesh.Mesh{Points: make([]mesh.Vec, len(m.Points)), Triangles: m.Triangles}
	for i, p := range m.Points {
		turned.Points[i] = t.Apply(p)
	}
	return turned
}
