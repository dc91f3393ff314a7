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
func arrange(sides []side) []side {
	for range passes {
		sides = merge(sides)
		cuts := crossings(sides)
		if len(cuts) == 0 {
			break
		}
		sides = cutAt(sides, cuts)
	}
	return sides
}

func compare(a, b Point) int { return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y)) }

// merge sorts sides and makes equal ones one; those that cancel each other go.
func merge(sides []side) []side {
	slices.SortFunc(sides, func(s, t side) int { return cmp.Or(compare(s.a, t.a), compare(s.b, t.b)) })
	kept := sides[:0]
	for i := 0; i < len(sides); {
		s := sides[i]
		for i++; i < len(sides) && sides[i].a == s.a && sides[i].b == s.b; i++ {
			s.turns, s.fresh = plus(s.turns, sides[i].turns), s.fresh || sides[i].fresh
		}
		if s.turns != (winding{}) {
			kept = append(kept, s)
		}
	}
	return kept
}

// at is a point at which a side is to be cut.
type at struct {
	side int32
	p    Point
}

// crossings compares each fresh side with all that overlap it in x and y, or nearly.
func crossings(sides []side) []at {
	var cuts []at
	var open []int32
	for i := range sides {
		s := &sides[i]
		low, high := min(s.a.Y, s.b.Y)-1, max(s.a.Y, s.b.Y)+1
		kept := open[:0]
		for _, j := range open {
			t := &sides[j]
			if t.b.X < s.a.X-1 {
				continue
			}
			kept = append(kept, j)
			if (s.fresh || t.fresh) && min(t.a.Y, t.b.Y) <= high && max(t.a.Y, t.b.Y) >= low {
				cuts = meet(cuts, int32(i), j, s, t)
			}
		}
		open = append(kept, int32(i))
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

// cutAt cuts sides at points, in the order in which these lie along them.
func cutAt(sides []side, cuts []at) []side {
	slices.SortFunc(cuts, func(c, d at) int {
		if c.side != d.side {
			return cmp.Compare(c.side, d.side)
		}
		s := &sides[c.side]
		return cmp.Or(cmp.Compare(along(s, c.p), along(s, d.p)), compare(c.p, d.p))
	})
	var pieces []side
	whole := make([]bool, len(sides))
	for i := range whole {
		whole[i] = true
	}
	for i := 0; i < len(cuts); {
		n := cuts[i].side
		s := sides[n]
		whole[n] = false
		from := s.a
		for ; i < len(cuts) && cuts[i].side == n; i++ {
			pieces = put(pieces, from, cuts[i].p, s.turns)
			from = cuts[i].p
		}
		pieces = put(pieces, from, s.b, s.turns)
	}
	for i, s := range sides {
		if whole[i] {
			pieces = append(pieces, s)
		}
	}
	return pieces
}

func along(s *side, p Point) int64 {
	return (p.X-s.a.X)*(s.b.X-s.a.X) + (p.Y-s.a.Y)*(s.b.Y-s.a.Y)
}
