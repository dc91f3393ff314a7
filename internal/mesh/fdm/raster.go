package fdm

import (
	"math"
	"math/bits"
	"slices"

	"bassin/internal/mesh"
	"bassin/internal/mesh/slice"
)

// grid is the cells in which layers are drawn to tell what is open above and below: rows upward, 64 cells in a word. A cell is
// in when its middle is, so that areas are as often too large as too small.
type grid struct {
	x, y, cell  float64 // corner of the first cell, and how wide one is, in millimetres
	rows, words int
}

// Cells are no round part of a millimetre, lest the sides of a row of like things all lie at the same place in a cell.
const (
	cellMM   = 0.1031
	cellsMax = 1 << 21 // of a layer: larger parts have larger cells
	around   = 5       // empty cells around the part at least
)

// drawn is a set of cells.
type drawn []uint64

func gridOf(least, most mesh.Vec) grid {
	width, height := max(cellMM, most.X-least.X), max(cellMM, most.Y-least.Y)
	cell := max(cellMM, math.Sqrt(width*height/cellsMax), max(width, height)/(1<<16))
	columns, rows := int(width/cell)+1+2*around, int(height/cell)+1+2*around
	return grid{x: least.X - around*cell, y: least.Y - around*cell, cell: cell, rows: rows, words: (columns + 63) / 64}
}

func (g *grid) empty() drawn { return make(drawn, g.rows*g.words) }

func (g *grid) row(b drawn, r int) []uint64 { return b[r*g.words : (r+1)*g.words] }

// area in square millimetres.
func (g *grid) area(b drawn) float64 {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return float64(n) * g.cell * g.cell
}

// occupied are the rows that are not empty.
func (g *grid) occupied(b drawn) (from, to int) {
	first := slices.IndexFunc(b, func(w uint64) bool { return w != 0 })
	if first < 0 {
		return 0, 0
	}
	last := len(b) - 1
	for b[last] == 0 {
		last--
	}
	return first / g.words, last/g.words + 1
}

// box is the rows and the words of rows that are not empty.
func (g *grid) box(b drawn) (low, high, left, right int) {
	low, high = g.occupied(b)
	left = g.words
	for r := low; r < high; r++ {
		row := g.row(b, r)
		for i := range left {
			if row[i] != 0 {
				left = i
				break
			}
		}
		for i := g.words - 1; i >= right; i-- {
			if row[i] != 0 {
				right = i + 1
				break
			}
		}
	}
	return low, high, left, right
}

// drawer draws polygons and keeps its room.
type drawer struct {
	first []int32
	cross []int32
}

// draw sets the cells whose middle is wound around positively. The others must be empty.
func (d *drawer) draw(g *grid, b drawn, list set) {
	d.cut(g, list)
	limit := int32(64 * g.words)
	for r := range g.rows {
		cross := d.cross[d.first[r]:d.first[r+1]]
		if len(cross) < 2 {
			continue
		}
		slices.Sort(cross)
		row, winding := g.row(b, r), 0
		for i, c := range cross {
			if c&1 == 1 {
				winding++
			} else {
				winding--
			}
			if winding > 0 && i+1 < len(cross) {
				setRange(row, max(0, c>>1), min(limit, cross[i+1]>>1))
			}
		}
	}
}

// cut finds where sides cross the middles of rows: the first cell to the right, doubled, and one more where the side goes down.
func (d *drawer) cut(g *grid, list set) {
	d.first = slices.Grow(d.first[:0], g.rows+2)[:g.rows+2]
	clear(d.first)
	g.sides(list, func(from, to int, _, _ float64, _ int32) {
		for r := from; r < to; r++ {
			d.first[r+2]++
		}
	})
	for r := 2; r < len(d.first); r++ {
		d.first[r] += d.first[r-1]
	}
	n := int(d.first[len(d.first)-1])
	d.cross = slices.Grow(d.cross[:0], n)[:n]
	next := d.first[1:]
	g.sides(list, func(from, to int, x, step float64, down int32) {
		for r := from; r < to; r++ {
			d.cross[next[r]] = int32(math.Ceil(x))<<1 | down
			next[r]++
			x += step
		}
	})
}

// sides calls f for each side with the rows whose middles it crosses, where in cells from the first middle it crosses the first
// of them, and how much further in each next.
func (g *grid) sides(list set, f func(from, to int, x, step float64, down int32)) {
	scale := 1 / (slice.PerMM * g.cell)
	ox, oy := g.x/g.cell+0.5, g.y/g.cell+0.5
	for _, p := range list {
		a := p[len(p)-1]
		ax, ay := float64(a.X)*scale-ox, float64(a.Y)*scale-oy
		for _, b := range p {
			bx, by := float64(b.X)*scale-ox, float64(b.Y)*scale-oy
			x0, y0, x1, y1, down := ax, ay, bx, by, int32(0)
			if y0 > y1 {
				x0, y0, x1, y1, down = x1, y1, x0, y0, 1
			}
			from, to := max(0, int(math.Ceil(y0))), min(g.rows, int(math.Ceil(y1)))
			if from < to {
				step := (x1 - x0) / (y1 - y0)
				f(from, to, x0+(float64(from)-y0)*step, step, down)
			}
			ax, ay = bx, by
		}
	}
}

// setRange sets cells from…to−1 of a row.
func setRange(row []uint64, from, to int32) {
	if from >= to {
		return
	}
	first, last := from>>6, (to-1)>>6
	head, tail := ^uint64(0)<<(from&63), ^uint64(0)>>(63-(to-1)&63)
	if first == last {
		row[first] |= head & tail
		return
	}
	row[first] |= head
	for i := first + 1; i < last; i++ {
		row[i] = ^uint64(0)
	}
	row[last] |= tail
}

// brush grows and shrinks sets, and keeps its room.
type brush struct {
	g                      *grid
	copy                   drawn
	none                   []uint64 // an empty row
	low, high, left, right int      // rows and words at work
}

func newBrush(g *grid) brush { return brush{g: g, copy: g.empty(), none: make([]uint64, g.words)} }

// grow adds what is nearer than so many millimetres, measured as an octagon does.
func (b *brush) grow(d drawn, mm float64) { b.octagon(d, mm, 0) }

// shrink takes away what is nearer to the outside than so many millimetres: it grows what is empty.
func (b *brush) shrink(d drawn, mm float64) { b.octagon(d, mm, ^uint64(0)) }

// octagon is made of a square and a square on its corner, and these of rows of cells. Cells that differ from flip are grown.
func (b *brush) octagon(d drawn, mm float64, flip uint64) {
	all := int(math.Round(mm / b.g.cell))
	square := int(math.Round((math.Sqrt2 - 1) * mm / b.g.cell))
	rest := all - square
	b.low, b.high, b.left, b.right = b.g.box(d)
	if b.low == b.high {
		return
	}
	if flip == 0 {
		b.low, b.high = max(0, b.low-all), min(b.g.rows, b.high+all)
		b.left, b.right = max(0, b.left-all/64-1), min(b.g.words, b.right+all/64+1)
	}
	from, to := d, b.copy
	along := func(x, y, n int) {
		for done := 0; done < n; {
			step := min(2*done+1, n-done) // as far as cells are joined already, both ways together
			b.join(to, from, from, step*x, step*y, flip)
			from, to = to, from
			done += step
		}
	}
	along(1, 0, square)
	along(0, 1, square)
	if rest%2 == 1 { // a cell and its four neighbours
		b.join(to, from, from, 1, 0, flip)
		b.join(to, to, from, 0, 1, flip)
		from, to = to, from
	}
	along(1, 1, rest/2)
	along(1, -1, rest/2)
	if &from[0] != &d[0] {
		for r := b.low; r < b.high; r++ {
			copy(b.g.row(d, r)[b.left:b.right], b.g.row(from, r)[b.left:b.right])
		}
	}
}

// join makes each cell what it or one of those x, y and −x, −y away is; x is 0…63.
func (b *brush) join(to, base, from drawn, x, y int, flip uint64) {
	up, down := uint(x)&63, uint(64-x)&63
	n, far := b.right-b.left, y*b.g.words
	none := b.none[:n]
	for r := b.low; r < b.high; r++ {
		k := r*b.g.words + b.left
		out, here, before, after := to[k:k+n], base[k:k+n], none, none
		if r-y >= b.low && r-y < b.high {
			before = from[k-far:][:n]
		}
		if r+y >= b.low && r+y < b.high {
			after = from[k+far:][:n]
		}
		if x == 0 {
			for i, w := range here {
				out[i] = flip ^ ((w ^ flip) | (before[i] ^ flip) | (after[i] ^ flip))
			}
			continue
		}
		last, next := flip, after[0]^flip // beside the rows all is empty
		for i, w := range here {
			a, c := before[i]^flip, next
			next = flip
			if i+1 < len(after) {
				next ^= after[i+1]
			}
			out[i] = flip ^ ((w ^ flip) | a<<up | last>>down | c>>up | next<<down)
			last = a
		}
	}
}
