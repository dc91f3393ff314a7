package fdm

import (
	"math"
	"math/bits"
	"slices"
)

// snap fills the squares of the pattern in which there is some support, as far as it is not parted from there by the part.
func (x *supporter) snap(d, trim drawn) {
	if x.s.Snug {
		return
	}
	g := &x.g
	low, high := g.occupied(d)
	if low == high {
		return
	}
	size := min(x.pitch, blockMM)
	corner := func(k int, centre, from float64) int {
		return int(math.Round((centre + float64(k)*size - from) / g.cell))
	}
	first := func(cell int, centre, from float64) int {
		return int(math.Floor((from + (float64(cell)+0.5)*g.cell - centre) / size))
	}
	var rows, free [64]uint64 // a square is no wider than that many cells
	for ky := first(low, x.centre.y, g.y); ; ky++ {
		y0, y1 := max(0, corner(ky, x.centre.y, g.y)), min(g.rows, corner(ky+1, x.centre.y, g.y))
		if y0 >= high {
			return
		}
		for kx := first(0, x.centre.x, g.x); ; kx++ {
			x0, x1 := max(0, corner(kx, x.centre.x, g.x)), min(64*g.words, corner(kx+1, x.centre.x, g.x))
			if x0 >= 64*g.words {
				break
			}
			if x1 <= x0 || y1 <= y0 {
				continue
			}
			mask := ^uint64(0) >> (64 - (x1 - x0))
			count, n := 0, y1-y0
			for r := range n {
				rows[r] = g.bits(d, y0+r, x0) & mask
				count += bits.OnesCount64(rows[r])
			}
			if count == 0 {
				continue
			}
			for r := range n {
				free[r] = mask &^ g.bits(trim, y0+r, x0)
			}
			flood(rows[:n], free[:n])
			for r := range n {
				g.orBits(d, y0+r, x0, rows[r])
			}
		}
	}
}

// flood fills what is free from what is filled.
func flood(rows, free []uint64) {
	for changed := true; changed; {
		changed = false
		step := func(r int, from uint64) {
			w := rows[r] | from&free[r]
			for {
				next := w | (w<<1|w>>1)&free[r]
				if next == w {
					break
				}
				w = next
			}
			if w != rows[r] {
				rows[r], changed = w, true
			}
		}
		step(0, 0)
		for r := 1; r < len(rows); r++ {
			step(r, rows[r-1])
		}
		for r := len(rows) - 2; r >= 0; r-- {
			step(r, rows[r+1])
		}
	}
}

// bits are the 64 cells of a row from one on.
func (g *grid) bits(d drawn, row, from int) uint64 {
	line, k, s := g.row(d, row), from>>6, from&63
	w := line[k] >> s
	if s > 0 && k+1 < len(line) {
		w |= line[k+1] << (64 - s)
	}
	return w
}

func (g *grid) orBits(d drawn, row, from int, w uint64) {
	line, k, s := g.row(d, row), from>>6, from&63
	line[k] |= w << s
	if s > 0 && k+1 < len(line) {
		line[k+1] |= w >> (64 - s)
	}
}

// runs are the cells of a set.
func (g *grid) runs(d drawn) runs {
	var list runs
	low, high := g.occupied(d)
	for r := low; r < high; r++ {
		row, begin := g.row(d, r), int32(-1)
		for k, w := range row {
			base := int32(64 * k)
			for at := 0; at < 64; {
				rest := w >> at
				if begin < 0 {
					if rest == 0 {
						break
					}
					at += bits.TrailingZeros64(rest)
					begin = base + int32(at)
					continue
				}
				n := bits.TrailingZeros64(^rest)
				if at+n >= 64 {
					break
				}
				at += n
				list, begin = append(list, run{int32(r), begin, base + int32(at)}), -1
			}
		}
		if begin >= 0 {
			list = append(list, run{int32(r), begin, int32(64 * len(row))})
		}
	}
	return slices.Clip(list)
}

// add puts cells into a set.
func (g *grid) add(d drawn, list runs) {
	for _, x := range list {
		setRange(g.row(d, int(x.row)), x.from, x.to)
	}
}
