package nest

import (
	"math"
	"slices"

	"bassin/internal/mesh/clip"
	"bassin/internal/mesh/slice"
)

func cross(a, b, c Point) float64 { return (b.X-a.X)*(c.Y-a.Y) - (b.Y-a.Y)*(c.X-a.X) }

// doubled is twice the signed area of a ring.
func doubled(r []Point) float64 {
	sum := 0.0
	for i := 1; i+1 < len(r); i++ {
		sum += cross(r[0], r[i], r[i+1])
	}
	return sum
}

// areaOf rings that do not cross: those within an odd number of others are holes.
func areaOf(rings [][]Point) float64 {
	sum := 0.0
	for i, r := range rings {
		a := math.Abs(doubled(r)) / 2
		if depth(rings, i)%2 == 1 {
			a = -a
		}
		sum += a
	}
	return sum
}

// depth is how many other rings a ring lies in.
func depth(rings [][]Point, i int) int {
	n := 0
	for k, r := range rings {
		if k != i && len(rings[i]) > 0 && inside(r, rings[i][0]) {
			n++
		}
	}
	return n
}

func inside(r []Point, p Point) bool {
	in := false
	for i, a := range r {
		b := r[(i+1)%len(r)]
		if (a.Y > p.Y) != (b.Y > p.Y) && p.X < a.X+(p.Y-a.Y)/(b.Y-a.Y)*(b.X-a.X) {
			in = !in
		}
	}
	return in
}

// oriented gives the rings with material on their left, without points that repeat.
func oriented(rings [][]Point) [][]Point {
	var list [][]Point
	for i, r := range rings {
		own := slices.Compact(slices.Clone(r))
		for len(own) > 1 && own[0] == own[len(own)-1] {
			own = own[:len(own)-1]
		}
		if len(own) < 3 || doubled(own) == 0 {
			continue
		}
		if (doubled(own) > 0) == (depth(rings, i)%2 == 1) {
			slices.Reverse(own)
		}
		list = append(list, own)
	}
	return list
}

// widened moves sides outward. The whole coordinates of layers reach 5 m: what is larger is drawn to a smaller scale.
func widened(rings [][]Point, by float64) [][]Point {
	if by <= 0 {
		return rings
	}
	reach := by
	for _, r := range rings {
		for _, p := range r {
			reach = max(reach, math.Abs(p.X)+by, math.Abs(p.Y)+by)
		}
	}
	scale := slice.PerMM * min(1, 4000/reach)
	var list []clip.Polygon
	for _, r := range rings {
		var poly clip.Polygon
		for _, p := range r {
			poly = append(poly, slice.Point{X: int64(math.Round(p.X * scale)), Y: int64(math.Round(p.Y * scale))})
		}
		list = append(list, poly)
	}
	// One unit more makes up for rounding, 5 µm for the sides of a round join, which lie within its circle.
	var out [][]Point
	for _, poly := range clip.Offset(list, (by*scale+2)/slice.PerMM+0.005, clip.Round) {
		var r []Point
		for _, p := range poly {
			r = append(r, Point{float64(p.X) / scale, float64(p.Y) / scale})
		}
		out = append(out, r)
	}
	return out
}

// simplified has fewer points and covers at least the same: a point that turns inward is left out, or a side is, whose
// neighbours go on until they meet. It grows by no more than the area given.
func simplified(rings [][]Point, grow float64) [][]Point {
	s := simplifier{}
	for _, r := range rings {
		first := len(s.corners)
		for i, p := range r {
			s.corners = append(s.corners, corner{at: p, before: first + (i+len(r)-1)%len(r), after: first + (i+1)%len(r), ring: len(s.left)})
		}
		s.left = append(s.left, len(r))
	}
	for i := range s.corners {
		s.rate(i)
	}
	for {
		best := -1
		for i := range s.corners {
			if c := &s.corners[i]; !c.gone && c.cost <= grow && (best < 0 || c.cost < s.corners[best].cost) {
				best = i
			}
		}
		if best < 0 {
			break
		}
		cost := s.corners[best].cost
		if s.apply(best) {
			grow -= cost
		} else {
			s.corners[best].cost = math.Inf(1)
		}
	}
	var out [][]Point
	seen := make([]bool, len(s.left))
	for i := range s.corners {
		c := &s.corners[i]
		if c.gone || seen[c.ring] {
			continue
		}
		seen[c.ring] = true
		var r []Point
		for k := i; ; {
			r = append(r, s.corners[k].at)
			if k = s.corners[k].after; k == i {
				break
			}
		}
		out = append(out, r)
	}
	return out
}

type simplifier struct {
	corners []corner
	left    []int // of each ring
}

// corner may go, at the cost of some area: itself when it turns inward, else the side to the next one.
type corner struct {
	at            Point
	before, after int
	ring          int
	gone          bool
	cost          float64
	meet          Point // where the neighbours of the side meet
	side          bool
}

func (s *simplifier) rate(i int) {
	c := &s.corners[i]
	b, n := &s.corners[c.before], &s.corners[c.after]
	c.cost, c.side = math.Inf(1), false
	if turn := cross(b.at, c.at, n.at); turn <= 0 {
		c.cost = -turn / 2
		return
	}
	m := &s.corners[n.after]
	if n.after == c.before || cross(c.at, n.at, m.at) <= 0 {
		return
	}
	// The lines b→c and m→n meet beyond c and n when they turn less than half a turn together.
	ux, uy, vx, vy := c.at.X-b.at.X, c.at.Y-b.at.Y, n.at.X-m.at.X, n.at.Y-m.at.Y
	det := ux*vy - uy*vx
	if !(math.Abs(det) > 1e-9*math.Hypot(ux, uy)*math.Hypot(vx, vy)) {
		return
	}
	t := ((m.at.X-c.at.X)*vy - (m.at.Y-c.at.Y)*vx) / det
	u := ((m.at.X-c.at.X)*uy - (m.at.Y-c.at.Y)*ux) / det
	if t < 0 || u < 1 {
		return
	}
	c.meet = Point{c.at.X + t*ux, c.at.Y + t*uy}
	c.cost, c.side = math.Abs(cross(c.at, c.meet, n.at))/2, true
}

// apply leaves the corner or the side out, unless a ring would cross itself or another.
func (s *simplifier) apply(i int) bool {
	c := &s.corners[i]
	if s.left[c.ring] <= 3 {
		return false
	}
	if !c.side {
		b, n := c.before, c.after
		if s.blocked(s.corners[b].at, s.corners[n].at, c.at, b, i, n) {
			return false
		}
		c.gone = true
		s.corners[b].after, s.corners[n].before = n, b
		s.left[c.ring]--
		s.again(b, n)
		return true
	}
	n := c.after
	b, m := c.before, s.corners[n].after
	if s.blocked(c.at, c.meet, s.corners[n].at, b, i, n, m) || s.blocked(c.meet, s.corners[n].at, c.at, b, i, n, m) {
		return false
	}
	c.at = c.meet
	s.corners[n].gone = true
	c.after, s.corners[m].before = m, i
	s.left[c.ring]--
	s.again(b, i, m)
	return true
}

func (s *simplifier) again(list ...int) {
	for _, i := range list {
		s.rate(i)
		s.rate(s.corners[i].before)
		s.rate(s.corners[s.corners[i].before].before)
	}
}

// blocked tells whether another side meets the new one, or a corner lies in the triangle that is covered.
func (s *simplifier) blocked(a, b, third Point, but ...int) bool {
	for i := range s.corners {
		c := &s.corners[i]
		if c.gone || slices.Contains(but, i) {
			continue
		}
		p, q := c.at, s.corners[c.after].at
		x, y, z := cross(a, b, p), cross(b, third, p), cross(third, a, p)
		if x >= 0 && y >= 0 && z >= 0 || x <= 0 && y <= 0 && z <= 0 {
			return true
		}
		if slices.Contains(but, c.after) {
			continue
		}
		if meet(a.X, a.Y, b.X, b.Y, p.X, p.Y, q.X, q.Y) {
			return true
		}
	}
	return false
}

// meet tells whether two sides have a point in common; sides that are parallel do not, their neighbours tell.
func meet(ax, ay, bx, by, cx, cy, dx, dy float64) bool {
	ux, uy := bx-ax, by-ay
	p, q := ux*(cy-ay)-uy*(cx-ax), ux*(dy-ay)-uy*(dx-ax)
	if p*q > 0 || p == q {
		return false
	}
	vx, vy := dx-cx, dy-cy
	r, s := vx*(ay-cy)-vy*(ax-cx), vx*(by-cy)-vy*(bx-cx)
	return r*s <= 0
}
