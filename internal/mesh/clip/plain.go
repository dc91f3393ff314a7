package clip

import (
	"cmp"
	"math"
	"slices"

	"bassin/internal/mesh/slice"
)

// Plain is Offset where it takes no arrangement: each side moves, those that shrink to nothing go, and what comes out is proved
// to cross nowhere and to lie in nothing else. False when it cannot be done so: where polygons fall apart, vanish or run into one
// another. The polygons given must not cross, as outcomes of this package do not.
func Plain(list []Polygon, mm float64, join Join) ([]Polygon, bool) {
	d := mm * slice.PerMM
	moved := make([]Polygon, 0, len(list))
	m := mover{d: d, join: join}
	for _, p := range list {
		q, ok := m.move(p)
		if !ok || (q.Doubled() > 0) != (p.Doubled() > 0) {
			return nil, false
		}
		moved = append(moved, q)
	}
	return apiece(moved)
}

// apiece gives polygons as outcomes are, if they need no arrangement: no two sides meet but in their common end, outlines lie in
// nothing but holes, and holes in outlines.
func apiece(list []Polygon) ([]Polygon, bool) {
	straight := make([]Polygon, 0, len(list))
	for _, p := range list {
		q := straightened(p)
		if q.Doubled() != p.Doubled() { // it goes back over itself
			return nil, false
		}
		if len(q) >= 3 {
			straight = append(straight, q)
		}
	}
	if meets(straight) || !nested(straight) {
		return nil, false
	}
	slice.Sort(straight)
	return straight, true
}

// line is a side of a polygon while it is moved.
type line struct {
	from         Point   // where the side began
	x, y         float64 // its normal, outward
	begin, end   [2]float64
	before, next int32
	low, high    float64 // between what it may begin and end, along its side from there: a sharp corner lies beyond that
	cut          bool    // it begins where lines meet that were no neighbours
}

// mover moves the sides of one polygon after another, and keeps its room.
type mover struct {
	d     float64
	join  Join
	lines []line
}

// move is a polygon whose sides are moved outward, as clip.offset moves them, but where sides run into each other they end in
// the point where they meet.
func (m *mover) move(p Polygon) (Polygon, bool) {
	m.lines = slices.Grow(m.lines[:0], len(p))
	for i, q := range p {
		if next := p[(i+1)%len(p)]; next != q {
			x, y := outward(q, next)
			m.lines = append(m.lines, line{from: q, x: x, y: y})
		}
	}
	n := len(m.lines)
	if n < 3 {
		return nil, false
	}
	for i := range m.lines {
		m.lines[i].before, m.lines[i].next = int32((i+n-1)%n), int32((i+1)%n)
	}
	for i := range m.lines {
		if !m.corner(int32(i)) {
			return nil, false
		}
	}
	for i := range m.lines {
		l := &m.lines[i]
		to := m.lines[l.next].from
		l.low = min(0, l.along(l.begin)) - 2
		l.high = max(l.along([2]float64{float64(to.X), float64(to.Y)}), l.along(l.end)) + 2
	}
	first, n, ok := m.shrink(n)
	if !ok || !m.far(first, n) {
		return nil, false
	}
	return m.outcome(first, n), true
}

// corner finds where a line begins and the one before it ends.
func (m *mover) corner(i int32) bool {
	l := &m.lines[i]
	k := &m.lines[l.before]
	cos, sin := k.x*l.x+k.y*l.y, k.x*l.y-k.y*l.x
	qx, qy := float64(l.from.X), float64(l.from.Y)
	switch {
	case l.cut:
		// The lines n·p = c of both, with their normals.
		ck, cl := k.x*float64(k.from.X)+k.y*float64(k.from.Y)+m.d, l.x*qx+l.y*qy+m.d
		if math.Abs(sin) < 1e-4 {
			l.begin = [2]float64{qx + l.x*m.d, qy + l.y*m.d}
			k.end = l.begin
			return cos > 0 && math.Abs(l.begin[0]*k.x+l.begin[1]*k.y-ck) < 2
		}
		l.begin = [2]float64{(ck*l.y - cl*k.y) / sin, (cl*k.x - ck*l.x) / sin}
		k.end = l.begin
	case cos < -0.99:
		return false
	case sin*m.d < 0 || m.join == Miter && 2 <= miterMost*miterMost*(1+cos):
		f := m.d / (1 + cos)
		l.begin = [2]float64{qx + (k.x+l.x)*f, qy + (k.y+l.y)*f}
		k.end = l.begin
	default:
		l.begin = [2]float64{qx + l.x*m.d, qy + l.y*m.d}
		k.end = [2]float64{qx + k.x*m.d, qy + k.y*m.d}
	}
	return true
}

// along is how far a point lies from the begin of the side in its direction, which is its normal turned to the left.
func (l *line) along(at [2]float64) float64 {
	return (at[0]-float64(l.from.X))*-l.y + (at[1]-float64(l.from.Y))*l.x
}

// short tells whether a line has shrunk to nothing: it ends before it begins.
func (l *line) short() bool { return l.along(l.end)-l.along(l.begin) < 2 }

// beside tells whether a point lies beside a line, or beside its sharp corners.
func (l *line) beside(at [2]float64) bool {
	u := l.along(at)
	return u >= l.low && u <= l.high
}

// shrink takes out the lines that have shrunk to nothing. It gives one that is left, and how many are.
func (m *mover) shrink(n int) (first int32, left int, ok bool) {
	i, since := int32(0), 0
	for since < n {
		l := &m.lines[i]
		if !l.short() {
			i = l.next
			since++
			continue
		}
		if n--; n < 3 {
			return 0, 0, false
		}
		before, next := l.before, l.next
		if m.lines[before].end != l.begin || m.lines[next].begin != l.end {
			return 0, 0, false // what joins it would go with it
		}
		m.lines[before].next, m.lines[next].before = next, before
		m.lines[next].cut = true
		if !m.corner(next) {
			return 0, 0, false
		}
		i, since = before, 0
	}
	return i, n, true
}

// far tells whether the points where lines meet that were no neighbours are as far from the sides between, which went, as from
// their own, and lie beside those.
func (m *mover) far(first int32, n int) bool {
	all := int32(len(m.lines))
	most := (math.Abs(m.d) - 2) * (math.Abs(m.d) - 2)
	for i := first; n > 0; i, n = m.lines[i].next, n-1 {
		l := &m.lines[i]
		if !l.cut {
			continue
		}
		if !l.beside(l.begin) || !m.lines[l.before].beside(l.begin) {
			return false
		}
		at := Point{X: clamp(l.begin[0]), Y: clamp(l.begin[1])}
		for k := (l.before + 1) % all; k != i; k = (k + 1) % all {
			if apartFrom(m.lines[k].from, m.lines[(k+1)%all].from, at) < most {
				return false
			}
		}
	}
	return true
}

func (m *mover) outcome(first int32, n int) Polygon {
	moved := make(Polygon, 0, n+8)
	put := func(at [2]float64) {
		q := Point{X: clamp(at[0]), Y: clamp(at[1])}
		if len(moved) == 0 || moved[len(moved)-1] != q {
			moved = append(moved, q)
		}
	}
	for i, k := first, 0; k < n; i, k = m.lines[i].next, k+1 {
		l := &m.lines[i]
		before := &m.lines[l.before]
		if before.end != l.begin {
			put(before.end)
			if m.join == Round {
				q := l.from
				arc(before.x, before.y, l.x, l.y, m.d, func(x, y float64) { put([2]float64{float64(q.X) + x, float64(q.Y) + y}) })
			}
		}
		put(l.begin)
	}
	for len(moved) > 1 && moved[0] == moved[len(moved)-1] {
		moved = moved[:len(moved)-1]
	}
	return moved
}

// stretch is a side and its box, its ends in the order of x.
type stretch struct {
	a, b      Point
	low, high int64 // in y
	before    int32 // number of the side before it in its polygon
}

// meets tells whether two sides have a point in common, other than neighbours their end.
func meets(list []Polygon) bool {
	n := 0
	for _, p := range list {
		n += len(p)
	}
	sides := make([]stretch, 0, n)
	type key struct {
		x int64
		i int32
	}
	order := make([]key, 0, n)
	for _, p := range list {
		first := int32(len(sides))
		before := first + int32(len(p)) - 1
		a := p[0]
		for i := range p {
			b := p[0]
			if i+1 < len(p) {
				b = p[i+1]
			}
			s := stretch{a, b, min(a.Y, b.Y), max(a.Y, b.Y), before}
			if b.X < a.X {
				s.a, s.b = b, a
			}
			before = int32(len(sides))
			order = append(order, key{s.a.X, before})
			sides = append(sides, s)
			a = b
		}
	}
	slices.SortFunc(order, func(k, l key) int { return cmp.Compare(k.x, l.x) })
	type span struct {
		last, low, high int64
		i               int32
	}
	open := make([]span, 0, 64)
	for _, k := range order {
		s := &sides[k.i]
		kept := open[:0]
		for _, o := range open {
			if o.last < s.a.X {
				continue
			}
			kept = append(kept, o)
			if o.low <= s.high && o.high >= s.low && touch(sides, k.i, o.i) {
				return true
			}
		}
		open = append(kept, span{s.b.X, s.low, s.high, k.i})
	}
	return false
}

func touch(sides []stretch, i, j int32) bool {
	s, t := &sides[i], &sides[j]
	ta, tb := turn(s.a, s.b, t.a), turn(s.a, s.b, t.b)
	if ta > 0 && tb > 0 || ta < 0 && tb < 0 {
		return false
	}
	sa, sb := turn(t.a, t.b, s.a), turn(t.a, t.b, s.b)
	if sa > 0 && sb > 0 || sa < 0 && sb < 0 {
		return false
	}
	if s.before != j && t.before != i {
		return true
	}
	// Neighbours meet in their end. When they lie on one line they are one side that goes back over itself, since polygons were
	// straightened.
	return ta == 0 && tb == 0
}

// nested tells whether outlines wind around what is outside of everything or in a hole, and holes around what is inside. No
// two sides may meet.
func nested(list []Polygon) bool {
	type box struct{ least, most Point }
	boxes := make([]box, len(list))
	byFirst, byLeast := make([]int32, len(list)), make([]int32, len(list))
	for i, p := range list {
		b := box{p[0], p[0]}
		for _, q := range p {
			b.least = Point{X: min(b.least.X, q.X), Y: min(b.least.Y, q.Y)}
			b.most = Point{X: max(b.most.X, q.X), Y: max(b.most.Y, q.Y)}
		}
		boxes[i] = b
		byFirst[i], byLeast[i] = int32(i), int32(i)
	}
	// From left to right, with the polygons that have begun and not ended: a layer of very many would else take the square of them.
	slices.SortFunc(byFirst, func(i, j int32) int { return cmp.Compare(list[i][0].X, list[j][0].X) })
	slices.SortFunc(byLeast, func(i, j int32) int { return cmp.Compare(boxes[i].least.X, boxes[j].least.X) })
	var open []int32
	for _, i := range byFirst {
		p := list[i]
		q := p[0]
		for len(byLeast) > 0 && boxes[byLeast[0]].least.X <= q.X {
			open, byLeast = append(open, byLeast[0]), byLeast[1:]
		}
		around := 0
		kept := open[:0]
		for _, j := range open {
			b := &boxes[j]
			if b.most.X < q.X {
				continue
			}
			kept = append(kept, j)
			if j != i && q.Y >= b.least.Y && q.Y <= b.most.Y {
				around += windsAt(list[j], q)
			}
		}
		open = kept
		if p.Doubled() < 0 && around != 1 || p.Doubled() > 0 && around != 0 {
			return false
		}
	}
	return true
}

// windsAt is how often a polygon winds around a point that is not on it.
func windsAt(p Polygon, q Point) int {
	n := 0
	a := p[len(p)-1]
	for _, b := range p {
		switch {
		case a.Y <= q.Y && b.Y > q.Y:
			if turn(a, b, q) > 0 {
				n++
			}
		case b.Y <= q.Y && a.Y > q.Y:
			if turn(a, b, q) < 0 {
				n--
			}
		}
		a = b
	}
	return n
}
