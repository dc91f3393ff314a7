package clip

import (
	"cmp"
	"math/bits"
	"slices"
)

// side is a piece of line from the point that comes first. What lies above it is wound around so much more than what
// lies below; of an upright side above is left.
type side struct {
	a, b  Point
	turns winding
	fresh bool // not yet compared with the others
}

// put adds the side from a to b; none when they are one.
func put(list []side, a, b Point, w winding) []side {
	switch {
	case a == b:
		return list
	case before(b, a):
		a, b, w = b, a, minus(w)
	}
	return append(list, side{a, b, w, true})
}

// passes is how often sides are cut at most. Rounding moves sides, so that new ones may cross; it takes three passes or four.
const passes = 64

// arrange cuts sides until they meet in their ends alone, and makes those on the same points one. They come out in the
// order of their points.
func arrange(pieces []side) []side {
	var sides []side
	for range passes {
		slices.SortFunc(pieces, inOrder)
		sides = merge(sides, pieces)
		cuts := crossings(sides)
		if len(cuts) == 0 {
			break
		}
		sides, pieces = cutAt(sides, cuts)
	}
	return sides
}

func compare(a, b Point) int {
	if a.X != b.X {
		return cmp.Compare(a.X, b.X)
	}
	return cmp.Compare(a.Y, b.Y)
}

func inOrder(s, t side) int {
	switch {
	case s.a.X != t.a.X:
		return cmp.Compare(s.a.X, t.a.X)
	case s.a.Y != t.a.Y:
		return cmp.Compare(s.a.Y, t.a.Y)
	}
	return compare(s.b, t.b)
}

// merge makes one list of two that are in order. Equal sides become one; those that cancel each other go.
func merge(old, pieces []side) []side {
	all := make([]side, 0, len(old)+len(pieces))
	for len(old) > 0 || len(pieces) > 0 {
		var s side
		if len(pieces) == 0 || len(old) > 0 && inOrder(old[0], pieces[0]) <= 0 {
			s, old = old[0], old[1:]
		} else {
			s, pieces = pieces[0], pieces[1:]
		}
		if n := len(all); n > 0 && all[n-1].a == s.a && all[n-1].b == s.b {
			all[n-1].turns, all[n-1].fresh = plus(all[n-1].turns, s.turns), all[n-1].fresh || s.fresh
			continue
		}
		if n := len(all); n > 0 && all[n-1].turns == (winding{}) {
			all = all[:n-1]
		}
		all = append(all, s)
	}
	if n := len(all); n > 0 && all[n-1].turns == (winding{}) {
		all = all[:n-1]
	}
	return all
}

// at is a point at which a side is to be cut.
type at struct {
	side int32
	p    Point
}

// spread is what a sweep knows of a side that it has not left.
type spread struct {
	last, low, high int64 // where it ends in x, and its ends in y
	side            int32
}

// crossings compares each fresh side with all that overlap it in x and y, or nearly.
func crossings(sides []side) []at {
	var cuts []at
	var open, fresh []spread
	compared := func(list []spread, i int32, s *side, low, high int64) []spread {
		kept := list[:0]
		for _, x := range list {
			if x.last < s.a.X-1 {
				continue
			}
			kept = append(kept, x)
			if x.low <= high && x.high >= low {
				cuts = meet(cuts, i, x.side, s, &sides[x.side])
			}
		}
		return kept
	}
	for i := range sides {
		s := &sides[i]
		low, high := min(s.a.Y, s.b.Y), max(s.a.Y, s.b.Y)
		// One that is not fresh has been compared with all others that are not.
		fresh = compared(fresh, int32(i), s, low-1, high+1)
		x := spread{s.b.X, low, high, int32(i)}
		if s.fresh {
			open = compared(open, int32(i), s, low-1, high+1)
			fresh = append(fresh, x)
		} else {
			open = append(open, x)
		}
	}
	for i := range sides {
		sides[i].fresh = false
	}
	return cuts
}

// meet adds the points at which two sides are to be cut by each other: at an end of one that lies on the other or beside it, else where
// they cross. Without the ends beside, the crossing of two sides that are nearly one would creep along them, a unit in each pass.
func meet(cuts []at, i, j int32, s, t *side) []at {
	ta, tb := turn(s.a, s.b, t.a), turn(s.a, s.b, t.b)
	most := reach(s)
	nearA, nearB := near(ta, most), near(tb, most)
	if !nearA && !nearB && (ta > 0) == (tb > 0) {
		return cuts
	}
	sa, sb := turn(t.a, t.b, s.a), turn(t.a, t.b, s.b)
	before := len(cuts)
	if nearA {
		cuts = cutBeside(cuts, i, s, t.a)
	}
	if nearB {
		cuts = cutBeside(cuts, i, s, t.b)
	}
	if most = reach(t); near(sa, most) {
		cuts = cutBeside(cuts, j, t, s.a)
	}
	if near(sb, most) {
		cuts = cutBeside(cuts, j, t, s.b)
	}
	if len(cuts) == before && (ta > 0) != (tb > 0) && (sa > 0) != (sb > 0) && ta != 0 && tb != 0 && sa != 0 && sb != 0 {
		p := crossing(s, sa, sb)
		cuts = cutAtPoint(cutAtPoint(cuts, i, s, p), j, t, p)
	}
	return cuts
}

// reach is the square of twice the area that a side has with a point beside it, which is nearer than 0.7 units. A little farther, at
// √½, points beside a diagonal of the grid would cut it, and be cut by it, without end; nearer ones leave only shorter sides.
func reach(s *side) float64 { return apart(s.a, s.b) * 0.49 }

func near(doubled int64, most float64) bool { return float64(doubled)*float64(doubled) <= most }

// cutBeside cuts a side at a point beside it, unless that lies beyond its ends.
func cutBeside(cuts []at, i int32, s *side, p Point) []at {
	if along(s, p) <= 0 || (p.X-s.b.X)*(s.a.X-s.b.X)+(p.Y-s.b.Y)*(s.a.Y-s.b.Y) <= 0 {
		return cuts
	}
	return append(cuts, at{i, p})
}

func cutAtPoint(cuts []at, i int32, s *side, p Point) []at {
	if p == s.a || p == s.b {
		return cuts
	}
	return append(cuts, at{i, p})
}

// crossing is the whole point nearest to where a side crosses another, of which its ends lie at twice the areas sa and sb,
// of opposite signs.
func crossing(s *side, sa, sb int64) Point {
	d := sa - sb
	if d < 0 {
		sa, d = -sa, -d
	}
	return Point{X: s.a.X + share(s.b.X-s.a.X, sa, d), Y: s.a.Y + share(s.b.Y-s.a.Y, sa, d)}
}

// share is x·n/d, rounded, for 0 ≤ n ≤ d.
func share(x, n, d int64) int64 {
	negative := x < 0
	if negative {
		x = -x
	}
	hi, lo := bits.Mul64(uint64(x), uint64(n))
	lo, carry := bits.Add64(lo, uint64(d)/2, 0)
	q, _ := bits.Div64(hi+carry, lo, uint64(d)) // the quotient is x at most
	if negative {
		return -int64(q)
	}
	return int64(q)
}

// cutAt cuts sides at points, in the order in which these lie along them. It gives the sides that are whole, in their order, and
// the pieces of the others.
func cutAt(sides []side, cuts []at) (whole, pieces []side) {
	slices.SortFunc(cuts, func(c, d at) int {
		if c.side != d.side {
			return cmp.Compare(c.side, d.side)
		}
		s := &sides[c.side]
		return cmp.Or(cmp.Compare(along(s, c.p), along(s, d.p)), compare(c.p, d.p))
	})
	whole = sides[:0]
	i := 0
	for n, s := range sides {
		if i == len(cuts) || int(cuts[i].side) != n {
			whole = append(whole, s)
			continue
		}
		from := s.a
		for ; i < len(cuts) && int(cuts[i].side) == n; i++ {
			pieces = put(pieces, from, cuts[i].p, s.turns)
			from = cuts[i].p
		}
		pieces = put(pieces, from, s.b, s.turns)
	}
	return whole, pieces
}

func along(s *side, p Point) int64 {
	return (p.X-s.a.X)*(s.b.X-s.a.X) + (p.Y-s.a.Y)*(s.b.Y-s.a.Y)
}
