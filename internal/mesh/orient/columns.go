package orient

import (
	"cmp"
	"math"
	"slices"

	"bassin/internal/mesh"
)

// cells is how many cells the longer side of a placement has, seen from above.
const cells = 192

// mostHits bounds the memory that columns take: some two hundred faces above each cell. A part of which more lie upon each other is judged
// by its faces alone.
const mostHits = 1 << 23

// columns judges a placement by what stands above each cell of the plate.
func (p *Part) columns(q *Placement) {
	x, y := across(q.Up)
	v := viewOf(p, q, x, y)
	limit := p.limit()
	rough := *q
	q.Bed, q.Overhang, q.Stairs = 0, 0, 0
	for i := range p.looks {
		l := &p.looks[i]
		if l.area == 0 {
			continue
		}
		if len(v.hits) > mostHits {
			*q = rough
			return
		}
		cos := l.normal.Dot(q.Up) / l.area
		q.Stairs += l.area * stair(cos)
		t := &p.mesh.Triangles[i]
		switch {
		case cos > 1e-6:
			v.cover(t, false)
		case -cos > lyingCos && v.lies(t):
			q.Bed += l.area
		case -cos > limit:
			q.Overhang += l.area
			v.cover(t, true)
		}
	}
	var landed float64
	q.Support, landed = v.supports()
	q.Contact = q.Overhang + landed
	p.judge(q)
}

// view is a placement seen from above.
type view struct {
	at            []spot // points of the mesh, in cells, heights in millimetres above the plate
	cell          float64
	columns, rows int32
	hits          []hit
}

type spot struct {
	x, y, z     float32
	column, row int32 // the first whose middle is not before
}

// hit is where the middle of a cell is covered by a face: by one that needs support, or by one that looks up.
type hit struct {
	column int32
	z      float32
	over   bool
}

// touching is how near a face that looks up may be to one that looks down for them to be one body, in millimetres.
const touching = 0.01

// from is where a hit counts: what looks up comes before what it touches.
func (h hit) from() float32 {
	if h.over {
		return h.z
	}
	return h.z - touching
}

func viewOf(p *Part, q *Placement, x, y mesh.Vec) *view {
	v := &view{at: make([]spot, len(p.mesh.Points))}
	least, most := p.box(x, y, q.Up)
	width, depth := most.X-least.X, most.Y-least.Y
	v.cell = max(width, depth, 1e-9) / cells
	v.columns, v.rows = int32(width/v.cell)+1, int32(depth/v.cell)+1
	for i, r := range p.mesh.Points {
		d := r.Sub(p.middle)
		at := spot{x: float32((d.Dot(x) - least.X) / v.cell), y: float32((d.Dot(y) - least.Y) / v.cell), z: float32(d.Dot(q.Up) - least.Z)}
		at.column, at.row = first(at.x), first(at.y)
		v.at[i] = at
	}
	return v
}

func (v *view) lies(t *[3]uint32) bool {
	return v.at[t[0]].z < lyingMM && v.at[t[1]].z < lyingMM && v.at[t[2]].z < lyingMM
}

// cover adds a hit for each cell whose middle lies under a face.
func (v *view) cover(t *[3]uint32, over bool) {
	a, b, c := &v.at[t[0]], &v.at[t[1]], &v.at[t[2]]
	x0, x1 := min(a.column, b.column, c.column), max(a.column, b.column, c.column)
	y0, y1 := min(a.row, b.row, c.row), max(a.row, b.row, c.row)
	if x0 == x1 || y0 == y1 { // it covers no middle, as most do
		return
	}
	x0, y0, x1, y1 = max(0, x0), max(0, y0), min(x1, v.columns), min(y1, v.rows)
	double := (b.x-a.x)*(c.y-a.y) - (b.y-a.y)*(c.x-a.x)
	if double == 0 {
		return
	}
	for row := y0; row < y1; row++ {
		y := float32(row) + 0.5
		low, high := float32(math.Inf(1)), float32(math.Inf(-1))
		for _, e := range [3][2]*spot{{a, b}, {b, c}, {c, a}} {
			p, q := e[0], e[1]
			if (p.y <= y) == (q.y <= y) {
				continue
			}
			if p.y > q.y { // one way for both faces of an edge, so that no middle is left out between them
				p, q = q, p
			}
			x := p.x + (y-p.y)/(q.y-p.y)*(q.x-p.x)
			low, high = min(low, x), max(high, x)
		}
		for column := max(x0, first(low)); column < min(x1, first(high)); column++ {
			x := float32(column) + 0.5
			s := ((b.x-x)*(c.y-y) - (b.y-y)*(c.x-x)) / double
			u := ((c.x-x)*(a.y-y) - (c.y-y)*(a.x-x)) / double
			v.hits = append(v.hits, hit{row*v.columns + column, s*a.z + u*b.z + (1-s-u)*c.z, over})
		}
	}
}

// first is the first cell whose middle is not before.
func first(x float32) int32 {
	return int32(max(-1, min(x, 1<<20))+1.5) - 1 // of positive numbers, so that what is cut off is rounded down
}

// supports gives the space under faces that need support, down to what is below, and the area where that is the part.
func (v *view) supports() (space, landed float64) {
	first := make([]int32, v.columns*v.rows+2)
	for _, h := range v.hits {
		first[h.column+2]++
	}
	for i := 2; i < len(first); i++ {
		first[i] += first[i-1]
	}
	inOrder := make([]hit, len(v.hits))
	for _, h := range v.hits {
		inOrder[first[h.column+1]] = h
		first[h.column+1]++
	}
	area := v.cell * v.cell
	for i := range v.columns * v.rows {
		column := inOrder[first[i]:first[i+1]]
		slices.SortFunc(column, func(a, b hit) int { return cmp.Compare(a.from(), b.from()) })
		below := float32(0)
		for _, h := range column {
			if h.over && h.z > below+touching {
				space += float64(h.z-below) * area
				if below > lyingMM {
					landed += area
				}
			}
			below = max(below, h.z) // what is above stands on the part
		}
	}
	return space, landed
}
