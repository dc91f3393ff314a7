package nest

import (
	"math"
	"math/rand/v2"
)

// layout is where copies lie, middles of their boxes, and how pairs of them overlap.
type layout struct {
	kinds  []kind
	of     []int // kind of each copy
	shapes []*shape
	x, y   []float64
	x0, x1 []float64 // boxes
	y0, y1 []float64
	width  float64 // room: from 0
	height float64

	loss   []float64 // overlap of each pair, n × n, both ways
	weight []float64
	total  float64 // of the overlaps of pairs
}

func newLayout(kinds []kind, of []int, width, height float64) *layout {
	n := len(of)
	l := &layout{kinds: kinds, of: of, width: width, height: height, shapes: make([]*shape, n)}
	flat := make([]float64, 6*n)
	l.x, l.y, l.x0, l.x1, l.y0, l.y1 = flat[:n], flat[n:2*n], flat[2*n:3*n], flat[3*n:4*n], flat[4*n:5*n], flat[5*n:]
	for i := range n {
		l.put(i, &kinds[of[i]].shapes[0], nowhere, nowhere)
	}
	return l
}

// nowhere is where copies wait that are not laid yet.
const nowhere = -1e12

func (l *layout) laid(i int) bool { return l.x[i] > nowhere/2 }

func (l *layout) put(i int, s *shape, x, y float64) {
	l.shapes[i], l.x[i], l.y[i] = s, x, y
	l.x0[i], l.x1[i], l.y0[i], l.y1[i] = x-s.halfX, x+s.halfX, y-s.halfY, y+s.halfY
}

// poses is where copies lie, to come back to.
type poses struct {
	shapes []*shape
	x, y   []float64
}

func (l *layout) poses() poses {
	return poses{append([]*shape(nil), l.shapes...), append([]float64(nil), l.x...), append([]float64(nil), l.y...)}
}

func (l *layout) restore(p poses) {
	for i := range p.x {
		l.put(i, p.shapes[i], p.x[i], p.y[i])
	}
}

// used is how far right the copies reach.
func (l *layout) used() float64 {
	right := 0.0
	for i := range l.x1 {
		right = max(right, l.x1[i])
	}
	return right
}

// clamp brings all into the room; false when one is too large for it, however it is turned.
func (l *layout) clamp() bool {
	for i := range l.of {
		if !l.laid(i) {
			continue
		}
		s := l.shapes[i]
		if !l.fits(s) {
			s = nil
			for k := range l.kinds[l.of[i]].shapes {
				if t := &l.kinds[l.of[i]].shapes[k]; l.fits(t) {
					s = t
				}
			}
			if s == nil {
				return false
			}
		}
		x, y := l.clamped(s, l.x[i], l.y[i])
		l.put(i, s, x, y)
	}
	return true
}

func (l *layout) fits(s *shape) bool { return 2*s.halfX <= l.width && 2*s.halfY <= l.height }

func (l *layout) clamped(s *shape, x, y float64) (float64, float64) {
	return max(s.halfX, min(x, l.width-s.halfX)), max(s.halfY, min(y, l.height-s.halfY))
}

// measure finds the overlaps of all pairs.
func (l *layout) measure(e *eyes) {
	n := len(l.of)
	if l.loss == nil {
		l.loss, l.weight = make([]float64, n*n), make([]float64, n*n)
		l.evenly()
	}
	l.total = 0
	for i := range n {
		for k := range i {
			v := 0.0
			if l.near(i, k) {
				v = e.overlap(l.shapes[i], l.shapes[k], l.x[k]-l.x[i], l.y[k]-l.y[i])
			}
			l.loss[i*n+k], l.loss[k*n+i] = v, v
			l.total += v
		}
	}
}

func (l *layout) evenly() {
	for i := range l.weight {
		l.weight[i] = 1
	}
}

func (l *layout) near(i, k int) bool {
	return l.x0[i] <= l.x1[k] && l.x0[k] <= l.x1[i] && l.y0[i] <= l.y1[k] && l.y0[k] <= l.y1[i]
}

// again finds the overlaps of one copy, after it moved.
func (l *layout) again(i int, e *eyes) {
	n := len(l.of)
	row := l.loss[i*n : i*n+n]
	for k := range n {
		v := 0.0
		if k != i && l.near(i, k) {
			v = e.overlap(l.shapes[i], l.shapes[k], l.x[k]-l.x[i], l.y[k]-l.y[i])
		}
		l.total += v - row[k]
		row[k], l.loss[k*n+i] = v, v
	}
}

// overlaps is the weighted overlap of a copy with all others, and whether there is any.
func (l *layout) overlaps(i int) float64 {
	n, sum := len(l.of), 0.0
	row, w := l.loss[i*n:i*n+n], l.weight[i*n:i*n+n]
	for k, v := range row {
		if v > 0 {
			sum += v * w[k]
		}
	}
	return sum
}

func (l *layout) clear() bool {
	for _, v := range l.loss {
		if v > 0 {
			return false
		}
	}
	return true
}

func (l *layout) weighted() float64 {
	sum := 0.0
	for i, v := range l.loss {
		if v > 0 {
			sum += v * l.weight[i]
		}
	}
	return sum
}

// weigh makes pairs that overlap weigh more, by how much they do, and lets others be forgotten.
func (l *layout) weigh() {
	most := 0.0
	for _, v := range l.loss {
		most = max(most, v)
	}
	for i, v := range l.loss {
		if v > 0 {
			l.weight[i] *= 1.2 + 0.8*v/most
		} else if l.weight[i] > 1 {
			l.weight[i] = max(1, l.weight[i]*0.95)
		}
	}
}

// copyFrom takes over what another layout of the same copies is.
func (l *layout) copyFrom(o *layout) {
	copy(l.shapes, o.shapes)
	copy(l.x, o.x)
	copy(l.y, o.y)
	copy(l.x0, o.x0)
	copy(l.x1, o.x1)
	copy(l.y0, o.y0)
	copy(l.y1, o.y1)
	if l.loss == nil {
		l.loss, l.weight = make([]float64, len(o.loss)), make([]float64, len(o.weight))
	}
	copy(l.loss, o.loss)
	copy(l.weight, o.weight)
	l.width, l.height, l.total = o.width, o.height, o.total
}

// eyes look at placements; one worker has each, with its room and its chance.
type eyes struct {
	random *rand.Rand
	looks  int64
	order  []int
}

func newEyes(seed uint64, n int) *eyes {
	return &eyes{random: rand.New(rand.NewPCG(seed, uint64(n)+0x9e3779b97f4a7c15))}
}

// overlap is how much b, moved by dx and dy, overlaps a: 0 when they do not meet.
func (e *eyes) overlap(a, b *shape, dx, dy float64) float64 {
	if !e.meet(a, b, dx, dy) {
		return 0
	}
	return overlapOf(a, b, dx, dy, math.Inf(1))
}

// farther is how many hundredths of a diameter circles are apart from where on they are all the same.
const farther = 10

// overlapOf sums how deep the circles of both lie in each other. Circles that are apart count a little too, the less the
// farther: so the sum falls all the way to where the parts no longer meet. What is more than enough is not summed up.
func overlapOf(a, b *shape, dx, dy, enough float64) float64 {
	eps := 0.01 * max(a.diameter, b.diameter)
	sum, f := 0.0, a.weight*b.weight
	enough = enough / f * enough / f / math.Pi
	far, little := farther*eps, eps/(farther+2)
	for i := range a.poles {
		p := &a.poles[i]
		px, py, pr := p.x-dx, p.y-dy, p.r
		for k := range b.poles {
			q := &b.poles[k]
			x, y, r, smaller := px-q.x, py-q.y, pr+q.r, q.r
			if pr < smaller {
				smaller = pr
			}
			d := x*x + y*y
			if d > (r+far)*(r+far) {
				sum += little * smaller
				continue
			}
			deep := r - math.Sqrt(d)
			if deep < eps {
				deep = eps * eps / (2*eps - deep)
			}
			sum += deep * smaller
		}
		if sum > enough {
			break
		}
	}
	return math.Sqrt(sum*math.Pi+eps*eps) * f
}

// meet tells whether two shapes whose boxes meet have a point in common.
func (e *eyes) meet(a, b *shape, dx, dy float64) bool {
	for i := range min(4, len(a.poles)) {
		p := &a.poles[i]
		for k := range min(4, len(b.poles)) {
			q := &b.poles[k]
			x, y, r := p.x-q.x-dx, p.y-q.y-dy, p.r+q.r
			if x*x+y*y < r*r {
				return true
			}
		}
	}
	// Boxes are rounded: they may be a little apart where sides touch.
	slack := 1e-9 * (a.diameter + b.diameter)
	for i := range b.runs {
		r := &b.runs[i]
		x0, x1, y0, y1 := r.x0+dx-slack, r.x1+dx+slack, r.y0+dy-slack, r.y1+dy+slack
		if x0 > a.halfX || x1 < -a.halfX || y0 > a.halfY || y1 < -a.halfY {
			continue
		}
		for k := range a.runs {
			q := &a.runs[k]
			if q.x0 <= x1 && q.x1 >= x0 && q.y0 <= y1 && q.y1 >= y0 && crossing(a.edges[q.from:q.to], b.edges[r.from:r.to], q, dx, dy, slack) {
				return true
			}
		}
	}
	// Without a crossing each ring lies wholly within the other part, or wholly without.
	for _, i := range a.firsts {
		if b.holds(a.edges[i].ax-dx, a.edges[i].ay-dy) {
			return true
		}
	}
	for _, i := range b.firsts {
		if a.holds(b.edges[i].ax+dx, b.edges[i].ay+dy) {
			return true
		}
	}
	return false
}

// crossing tells whether two runs of sides, the second moved, have a point in common.
func crossing(a, b []edge, box *run, dx, dy, slack float64) bool {
	for i := range b {
		f := &b[i]
		fx0, fx1, fy0, fy1 := f.x0+dx-slack, f.x1+dx+slack, f.y0+dy-slack, f.y1+dy+slack
		if box.x0 > fx1 || box.x1 < fx0 || box.y0 > fy1 || box.y1 < fy0 {
			continue
		}
		for k := range a {
			g := &a[k]
			if g.x0 > fx1 || g.x1 < fx0 || g.y0 > fy1 || g.y1 < fy0 {
				continue
			}
			if meet(g.ax, g.ay, g.bx, g.by, f.ax+dx, f.ay+dy, f.bx+dx, f.by+dy) {
				return true
			}
		}
	}
	return false
}

// holds tells whether a point lies in the material.
func (s *shape) holds(x, y float64) bool {
	if x < -s.halfX || x > s.halfX || y < -s.halfY || y > s.halfY {
		return false
	}
	in := false
	for i := range s.edges {
		e := &s.edges[i]
		if (e.ay > y) != (e.by > y) && x < e.ax+(y-e.ay)/(e.by-e.ay)*(e.bx-e.ax) {
			in = !in
		}
	}
	return in
}

// look is the weighted overlap of a copy if it lay there, or something above the bound when it is more than that.
func (l *layout) look(e *eyes, i int, s *shape, x, y, bound float64) float64 {
	e.looks++
	n := len(l.of)
	x0, x1, y0, y1 := x-s.halfX, x+s.halfX, y-s.halfY, y+s.halfY
	w := l.weight[i*n : i*n+n]
	sum := 0.0
	lx0, lx1, ly0, ly1 := l.x0[:n], l.x1[:n], l.y0[:n], l.y1[:n]
	for k := range lx0 {
		if lx0[k] > x1 || lx1[k] < x0 || ly0[k] > y1 || ly1[k] < y0 || k == i {
			continue
		}
		dx, dy := l.x[k]-x, l.y[k]-y
		if !e.meet(s, l.shapes[k], dx, dy) {
			continue
		}
		sum += w[k] * overlapOf(s, l.shapes[k], dx, dy, (bound-sum)/w[k])
		if sum > bound {
			return sum
		}
	}
	return sum
}

// free tells whether a copy could lie there.
func (l *layout) free(e *eyes, i int, s *shape, x, y float64) bool {
	e.looks++
	for k := range l.x0 {
		if l.x0[k] > x+s.halfX || l.x1[k] < x-s.halfX || l.y0[k] > y+s.halfY || l.y1[k] < y-s.halfY || k == i {
			continue
		}
		if e.meet(s, l.shapes[k], l.x[k]-x, l.y[k]-y) {
			return false
		}
	}
	return true
}
