package fdm

import "math"

// stroke is a straight line of infill, on the line of such a number of those that lie side by side.
type stroke struct {
	line int
	a, b point
}

// fill lays lines over cells at a distance and an angle within −90°…90°, one after the other to and fro, and joins those that are
// neighbours along the border, as infill is extruded.
func (g *grid) fill(d drawn, distance, angle, reach float64) [][]point {
	return joined(g.strokes(d, distance, angle), reach)
}

// strokes follows lines from cell to cell, by columns where they are flat, by rows where they are steep.
func (g *grid) strokes(d drawn, distance, angle float64) []stroke {
	low, high, left, right := g.box(d)
	if low == high {
		return nil
	}
	left, right = 64*left, 64*right
	sin, cos := math.Sincos(angle)
	w := walk{g: g, d: d, tiles: g.tiles(d, low, high), steep: cos < math.Abs(sin)-1e-9, low: low, high: high, left: left, right: right}
	x0, x1 := g.x+float64(left)*g.cell, g.x+float64(right)*g.cell
	y0, y1 := g.y+float64(low)*g.cell, g.y+float64(high)*g.cell
	v0 := min(-x0*sin, -x1*sin) + min(y0*cos, y1*cos)
	v1 := max(-x0*sin, -x1*sin) + max(y0*cos, y1*cos)
	for k := int(math.Ceil(v0 / distance)); float64(k)*distance < v1; k++ {
		w.follow(k, float64(k)*distance, sin, cos)
	}
	return w.list
}

// tileRows is how many rows a tile has; it is one word wide.
const tileRows = 16

// tiles tells in which tiles something is, row of tiles by row of tiles: lines need not look at the cells of others.
func (g *grid) tiles(d drawn, low, high int) []bool {
	some := make([]bool, ((g.rows-1)/tileRows+1)*g.words)
	for r := low; r < high; r++ {
		row := some[r/tileRows*g.words:][:g.words]
		for i, w := range g.row(d, r) {
			if w != 0 {
				row[i] = true
			}
		}
	}
	return some
}

type walk struct {
	g                      *grid
	d                      drawn
	tiles                  []bool
	steep                  bool
	low, high, left, right int
	list                   []stroke
}

// follow takes the pieces of the line −x·sin + y·cos = v that lie in cells.
func (w *walk) follow(k int, v, sin, cos float64) {
	g := w.g
	from, to := w.left, w.right // of the steps, and of the other axis
	other0, other1 := w.low, w.high
	u0, o0 := g.x, g.y
	slope, base := sin/cos, v/cos // y = base + x·slope
	if w.steep {
		from, to, other0, other1, u0, o0 = w.low, w.high, w.left, w.right, g.y, g.x
		slope, base = cos/sin, -v/sin
	}
	// The other coordinate, in cells, at the middle of the first step's cell.
	at := (base + (u0+(float64(from)+0.5)*g.cell)*slope - o0) / g.cell
	if math.Abs(slope) > 1e-9 { // where the line comes in and goes out
		in, out := (float64(other0)-at)/slope, (float64(other1)-at)/slope
		if in > out {
			in, out = out, in
		}
		skip := int(max(0, min(in, float64(to-from))))
		to = min(to, from+int(max(0, min(out+2, float64(to-from)))))
		from += skip
		at += float64(skip) * slope
	}
	end := func(i int) point {
		u := u0 + float64(i)*g.cell
		if w.steep {
			return point{base + u*slope, u}
		}
		return point{u, base + u*slope}
	}
	const one = 1 << 32
	fixed, step := int64(math.Floor(at*one)), int64(math.Round(slope*one))
	begin := -1
	d, words, steep := w.d, g.words, w.steep // read each time, they take a fifth longer
	along, across := 63, tileRows-1          // of a tile, less one
	if steep {
		along, across = across, along
	}
	was := uint64(0)
	for i := from; i < to; i++ {
		o := int(fixed >> 32)
		in := uint64(0)
		if o >= other0 && o < other1 {
			r, c := o, i
			if steep {
				r, c = i, o
			}
			if w.tiles[r/tileRows*words+c>>6] {
				in = d[r*words+c>>6] >> (uint(c) & 63) & 1
			} else if was == 0 { // on to where the line leaves the tile
				n := (i | along) + 1 - i
				if step > 0 {
					n = min(n, int((int64((o|across)+1)<<32-fixed+step-1)/step))
				} else if step < 0 {
					n = min(n, int((fixed-int64(o&^across)<<32)/-step)+1)
				}
				i += n - 1
				fixed += int64(n) * step
				continue
			}
		}
		fixed += step
		if in == was {
			continue
		}
		if was = in; in == 1 {
			begin = i
			continue
		}
		w.list = append(w.list, stroke{k, end(begin), end(i)})
		begin = -1
	}
	if begin >= 0 {
		w.list = append(w.list, stroke{k, end(begin), end(to)})
	}
}

// joined are strokes, which are in the order of their lines, in chains.
func joined(all []stroke, reach float64) [][]point {
	var done, open [][]point // open: chains whose last line was the one before
	line := 0
	for i := 0; i < len(all); {
		k := all[i].line
		if k != line+1 {
			done, open = append(done, open...), nil
		}
		line = k
		var next [][]point
		for ; i < len(all) && all[i].line == k; i++ {
			a, b := all[i].a, all[i].b
			best, from, to := -1, a, b
			nearest := reach * reach
			for j, c := range open {
				if c == nil {
					continue
				}
				end := c[len(c)-1]
				if d := end.apart(a); d < nearest {
					best, nearest, from, to = j, d, a, b
				}
				if d := end.apart(b); d < nearest {
					best, nearest, from, to = j, d, b, a
				}
			}
			if best < 0 {
				next = append(next, []point{a, b})
				continue
			}
			next = append(next, append(open[best], from, to))
			open[best] = nil
		}
		for _, c := range open {
			if c != nil {
				done = append(done, c)
			}
		}
		open = next
	}
	return append(done, open...)
}
