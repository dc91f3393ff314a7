package nest

import (
	"math"

	"bassin/internal/mesh"
)

// across is how many cells the longer side of a footprint has.
const across = 700

// mostDrawn is how many cells are drawn, over each other too: some seconds of work.
const mostDrawn = 10_000_000_000

// Footprint is the shadow of a part from straight above, in the plane of its plate: what no other part may stand in. It is
// drawn in cells of a 700th of its longer side, each of which the part reaches: so it is never too small, and too large by
// two cells at most; the box of a part of which too much lies upon each other to be drawn. Nil when the mesh has no area there.
func Footprint(m *mesh.Mesh) [][]Point {
	least, most := Point{math.Inf(1), math.Inf(1)}, Point{math.Inf(-1), math.Inf(-1)}
	for _, t := range m.Triangles {
		for _, i := range t {
			p := m.Points[i]
			least, most = Point{min(least.X, p.X), min(least.Y, p.Y)}, Point{max(most.X, p.X), max(most.Y, p.Y)}
		}
	}
	cell := max(most.X-least.X, most.Y-least.Y) / across
	if !(cell > 0) || math.IsInf(cell, 1) {
		return nil
	}
	s := shadow{least: least, cell: cell, nx: int((most.X-least.X)/cell) + 1, ny: int((most.Y-least.Y)/cell) + 1}
	s.dark = make([]bool, s.nx*s.ny)
	for _, t := range m.Triangles {
		if s.triangle(m.Points[t[0]], m.Points[t[1]], m.Points[t[2]]); s.drawn > mostDrawn {
			for i := range s.dark {
				s.dark[i] = true
			}
			break
		}
	}
	rings := s.rings()
	corners := 0
	for _, r := range rings {
		corners += len(r)
	}
	return simplified(rings, float64(corners)/2*cell*cell)
}

type shadow struct {
	least  Point
	cell   float64
	nx, ny int
	dark   []bool
	drawn  int     // cells, with those that were dark already
	until  int     // how many were drawn when the sums were made
	sums   []int32 // of the dark cells left of and below a corner, as they were then; nil
}

// column and row are the cell of a coordinate.
func (s *shadow) column(x float64) int { return max(0, min(s.nx-1, int((x-s.least.X)/s.cell))) }
func (s *shadow) row(y float64) int    { return max(0, min(s.ny-1, int((y-s.least.Y)/s.cell))) }

// full tells whether all cells of a box were dark when they were counted last: of very many copies in one place, all but the first
// have nothing to add.
func (s *shadow) full(left, bottom, right, top int) bool {
	w := s.nx + 1
	if s.drawn-s.until > 8*len(s.dark) {
		if s.until = s.drawn; s.sums == nil {
			s.sums = make([]int32, w*(s.ny+1))
		}
		for j := range s.ny {
			row := int32(0)
			for i := range s.nx {
				if s.dark[j*s.nx+i] {
					row++
				}
				s.sums[(j+1)*w+i+1] = s.sums[j*w+i+1] + row
			}
		}
	}
	if s.sums == nil {
		return false
	}
	n := s.sums[(top+1)*w+right+1] - s.sums[bottom*w+right+1] - s.sums[(top+1)*w+left] + s.sums[bottom*w+left]
	return int(n) == (right-left+1)*(top-bottom+1)
}

// triangle marks all cells that it reaches: row by row from its least to its greatest X there.
func (s *shadow) triangle(a, b, c mesh.Vec) {
	from, to := s.row(min(a.Y, b.Y, c.Y)), s.row(max(a.Y, b.Y, c.Y))
	if s.full(s.column(min(a.X, b.X, c.X)), from, s.column(max(a.X, b.X, c.X)), to) {
		return
	}
	corners := [3]mesh.Vec{a, b, c}
	for j := from; j <= to; j++ {
		y0, y1 := s.least.Y+float64(j)*s.cell, s.least.Y+float64(j+1)*s.cell
		x0, x1 := math.Inf(1), math.Inf(-1)
		for k, p := range corners {
			q := corners[(k+1)%3]
			lo, hi := max(y0, min(p.Y, q.Y)), min(y1, max(p.Y, q.Y))
			if lo > hi && from != to {
				continue
			}
			if p.Y == q.Y {
				x0, x1 = min(x0, p.X, q.X), max(x1, p.X, q.X)
				continue
			}
			for _, y := range [2]float64{lo, hi} {
				x := p.X + max(0, min(1, (y-p.Y)/(q.Y-p.Y)))*(q.X-p.X)
				x0, x1 = min(x0, x), max(x1, x)
			}
		}
		if x0 > x1 {
			continue
		}
		first, last := s.column(x0), s.column(x1)
		s.drawn += last - first + 8 // what a row takes beside its cells
		for i := first; i <= last; i++ {
			s.dark[j*s.nx+i] = true
		}
	}
}

// rings follows the borders of the marked cells, material on the left. Where two cells touch at a corner only, they are two.
func (s *shadow) rings() [][]Point {
	dark := func(i, j int) bool { return i >= 0 && j >= 0 && i < s.nx && j < s.ny && s.dark[j*s.nx+i] }
	// Sides by where they begin: bit d is a side in direction d, of 0 right, 1 up, 2 left, 3 down.
	w := s.nx + 1
	sides := make([]uint8, w*(s.ny+1))
	for j := range s.ny {
		for i := range s.nx {
			if !dark(i, j) {
				continue
			}
			if !dark(i, j-1) {
				sides[j*w+i] |= 1
			}
			if !dark(i+1, j) {
				sides[j*w+i+1] |= 2
			}
			if !dark(i, j+1) {
				sides[(j+1)*w+i+1] |= 4
			}
			if !dark(i-1, j) {
				sides[(j+1)*w+i] |= 8
			}
		}
	}
	step := [4]int{1, w, -1, -w}
	var rings [][]Point
	for start := range sides {
		for sides[start] != 0 {
			var ring []Point
			at, before := start, -1
			for {
				d := -1
				if before < 0 {
					for d = 0; sides[at]&(1<<d) == 0; d++ {
					}
				} else {
					for _, turn := range [3]int{1, 0, 3} { // left first: so cells that touch at a corner stay apart
						if t := (before + turn) % 4; sides[at]&(1<<t) != 0 {
							d = t
							break
						}
					}
				}
				if d < 0 {
					break
				}
				sides[at] &^= 1 << d
				if d != before {
					ring = append(ring, Point{s.least.X + float64(at%w)*s.cell, s.least.Y + float64(at/w)*s.cell})
				}
				at, before = at+step[d], d
				if at == start {
					break
				}
			}
			rings = append(rings, ring)
		}
	}
	return rings
}
