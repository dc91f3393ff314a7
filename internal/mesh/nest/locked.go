package nest

import (
	"cmp"
	"slices"
)

// untangle lays anew, above all others, copies that hold each other like the links of a chain: what was built could not be
// taken apart. The smallest of them is moved first; what lies on top comes out upward, so it is never held again.
func (p *packer) untangle() {
	for k := 0; k < len(p.beds); k++ {
		for held := p.held(k); len(held) > 0; held = p.held(k) {
			smallest := slices.MaxFunc(held, func(a, b int) int { return cmp.Compare(slices.Index(p.orderly, a), slices.Index(p.orderly, b)) })
			p.placed[smallest] = nil
			p.mark()
			p.seat(smallest, true)
		}
	}
}

// held gives the copies in a chamber that do not come out of it one after the other, each straight along an axis while the
// others stay: chains, hooks in each other, and what only they hold. What comes out aslant or turned alone counts as held.
func (p *packer) held(bed int) []int {
	var inside []int
	for i, s := range p.placed {
		if s != nil && s.bed == bed {
			inside = append(inside, i)
		}
	}
	stuck := 0                                                           // axes along which nothing came out, since something did
	for axis := 2; len(inside) > 0 && stuck < 3; axis = (axis + 1) % 3 { // upward first: so most do
		before := len(inside)
		inside = p.takeOut(inside, axis)
		stuck++
		if len(inside) < before {
			stuck = 1
		}
	}
	return inside
}

// span is what a copy reaches of a line of cells along an axis.
type span struct {
	line, copy int32
	lo, hi     int16
}

// takeOut takes out all copies that leave along an axis, in one direction or the other, and gives those that stay.
func (p *packer) takeOut(copies []int, axis int) []int {
	spans := p.spans(copies, axis)
	own := make(map[int32][]span, len(copies))
	for i := 0; i < len(spans); {
		n := i + 1
		for n < len(spans) && spans[n].copy == spans[i].copy {
			n++
		}
		own[spans[i].copy], i = spans[i:n:n], n
	}
	// Of each line the spans that end last, and those that begin first.
	ends, begins := map[int32][]span{}, map[int32][]span{}
	for _, s := range spans {
		ends[s.line] = append(ends[s.line], s)
	}
	for line, list := range ends {
		begins[line] = slices.SortedFunc(slices.Values(list), func(a, b span) int { return cmp.Compare(a.lo, b.lo) })
		slices.SortFunc(list, func(a, b span) int { return cmp.Compare(b.hi, a.hi) })
	}
	out := map[int32]bool{}
	// first is the first of a line that is still there and not of the copy itself.
	first := func(lines map[int32][]span, s span) (span, bool) {
		list := lines[s.line]
		for len(list) > 0 && out[list[0].copy] {
			list = list[1:]
		}
		lines[s.line] = list
		for _, o := range list {
			if o.copy != s.copy && !out[o.copy] {
				return o, true
			}
		}
		return span{}, false
	}
	free := func(i int) bool {
		up, down := true, true
		for _, s := range own[int32(i)] {
			if o, ok := first(ends, s); ok && o.hi > s.lo {
				up = false
			}
			if o, ok := first(begins, s); ok && o.lo < s.hi {
				down = false
			}
			if !up && !down {
				return false
			}
		}
		return true
	}
	for more := true; more; {
		more = false
		copies = slices.DeleteFunc(copies, func(i int) bool {
			if !free(i) {
				return false
			}
			out[int32(i)], more = true, true
			return true
		})
	}
	return copies
}

// spans are what copies reach of each line along an axis, one copy after the other.
func (p *packer) spans(copies []int, axis int) []span {
	var list []span
	u, v := (axis+1)%3, (axis+2)%3
	for _, i := range copies {
		s, b := p.placed[i], p.bodies[p.copies[i].part]
		q, at := &b.turns[s.turn], [3]int{s.x, s.y, s.z}
		n := q.size(b.n)
		own := make([]span, n[u]*n[v])
		for k := range own {
			own[k] = span{line: int32((k/n[u]+at[v])*p.n[u] + k%n[u] + at[u]), copy: int32(i), lo: -1}
		}
		for _, c := range b.probes {
			x, y, z := q.cell(c, b.n)
			in := [3]int{x, y, z}
			l, d := &own[in[v]*n[u]+in[u]], int16(in[axis]+at[axis])
			if l.lo < 0 {
				l.lo, l.hi = d, d
			}
			l.lo, l.hi = min(l.lo, d), max(l.hi, d)
		}
		list = append(list, slices.DeleteFunc(own, func(s span) bool { return s.lo < 0 })...)
	}
	return list
}
