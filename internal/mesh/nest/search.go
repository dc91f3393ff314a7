package nest

import (
	"context"
	"math"
	"sync"
)

// spot is a place that was looked at.
type spot struct {
	s       *shape
	x, y, v float64
}

// How many places are looked at for a copy that overlaps: anywhere, near where it lies, and how many of the best are
// followed downhill.
const (
	anywhere = 25
	nearby   = 12
	followed = 2
)

// better finds a place for a copy where it overlaps less.
func (l *layout) better(e *eyes, i int) spot {
	shapes := l.kinds[l.of[i]].shapes
	s := l.shapes[i]
	best := make([]spot, 0, followed+1)
	try := func(s *shape, x, y float64) {
		bound := math.Inf(1)
		if len(best) == followed {
			bound = best[followed-1].v
		}
		v := l.look(e, i, s, x, y, bound)
		if v >= bound {
			return
		}
		for k := range best { // one of each place
			if o := &best[k]; o.s == s && math.Abs(o.x-x)+math.Abs(o.y-y) < 0.02*s.diameter {
				if v < o.v {
					o.x, o.y, o.v = x, y, v
					for ; k > 0 && best[k].v < best[k-1].v; k-- {
						best[k], best[k-1] = best[k-1], best[k]
					}
				}
				return
			}
		}
		best = append(best, spot{s, x, y, v})
		for k := len(best) - 1; k > 0 && best[k].v < best[k-1].v; k-- {
			best[k], best[k-1] = best[k-1], best[k]
		}
		if len(best) > followed {
			best = best[:followed]
		}
	}
	try(s, l.x[i], l.y[i])
	pick := func() *shape {
		if len(shapes) == 1 {
			return &shapes[0]
		}
		return &shapes[e.random.IntN(len(shapes))]
	}
	for range nearby {
		t := s
		if e.random.IntN(4) == 0 {
			t = pick()
		}
		if !l.fits(t) {
			continue
		}
		x, y := l.clamped(t, l.x[i]+(2*e.random.Float64()-1)*s.halfX, l.y[i]+(2*e.random.Float64()-1)*s.halfY)
		try(t, x, y)
		if best[0].v == 0 {
			return best[0]
		}
	}
	for range anywhere {
		t := pick()
		if !l.fits(t) {
			continue
		}
		try(t, t.halfX+e.random.Float64()*(l.width-2*t.halfX), t.halfY+e.random.Float64()*(l.height-2*t.halfY))
		if best[0].v == 0 {
			return best[0]
		}
	}
	found := spot{v: math.Inf(1)}
	for _, b := range best {
		if b = l.descend(e, i, b); b.v < found.v {
			found = b
			if b.v == 0 {
				break
			}
		}
	}
	return found
}

// descend follows a place downhill along the axes and between them, by steps that grow and shrink.
func (l *layout) descend(e *eyes, i int, b spot) spot {
	size := min(b.s.halfX, b.s.halfY)
	stepX, stepY := size/4, size/4
	for b.v > 0 && max(stepX, stepY) > size/500 {
		dx, dy := stepX, stepY
		switch e.random.IntN(4) {
		case 0:
			dy = 0
		case 1:
			dx = 0
		case 2:
			dy = -dy
		}
		moved := false
		for _, sign := range [2]float64{1, -1} {
			x, y := l.clamped(b.s, b.x+sign*dx, b.y+sign*dy)
			if x == b.x && y == b.y {
				continue
			}
			if v := l.look(e, i, b.s, x, y, b.v); v < b.v {
				b.x, b.y, b.v, moved = x, y, v, true
				break
			}
		}
		f := 0.5
		if moved {
			f = 1.1
		}
		if dx != 0 {
			stepX *= f
		}
		if dy != 0 {
			stepY *= f
		}
	}
	return b
}

// move moves each copy that overlaps once, in an order by chance.
func (l *layout) move(ctx context.Context, e *eyes) {
	e.order = e.order[:0]
	for i := range l.of {
		if l.overlaps(i) > 0 {
			e.order = append(e.order, i)
		}
	}
	e.random.Shuffle(len(e.order), func(i, k int) { e.order[i], e.order[k] = e.order[k], e.order[i] })
	for _, i := range e.order {
		now := l.overlaps(i)
		if now == 0 {
			continue
		}
		if ctx.Err() != nil {
			return
		}
		if b := l.better(e, i); b.v < now {
			l.put(i, b.s, b.x, b.y)
			l.again(i, e)
		}
	}
}

// searchers part overlaps of one layout together: each moves all copies in its own way, and all go on from the best.
// Their number does not depend on the machine, so that the outcome does not either.
type searchers struct {
	ctx     context.Context
	work    int64
	eyes    []*eyes
	layouts []*layout
}

const together = 2

func newSearchers(ctx context.Context, o *Options) *searchers {
	s := &searchers{ctx: ctx, work: o.Work}
	for i := range together {
		s.eyes = append(s.eyes, newEyes(o.Seed, i))
	}
	return s
}

func (s *searchers) looks() int64 {
	sum := int64(0)
	for _, e := range s.eyes {
		sum += e.looks
	}
	return sum
}

func (s *searchers) over() bool { return s.ctx.Err() != nil || s.work > 0 && s.looks() >= s.work }

// effort is how long overlaps are fought: rounds without a better outcome until a strike, and strikes until it is given up.
type effort struct{ rounds, strikes int }

// separate moves copies until none overlap; false when that does not come about. The layout then is where they overlapped
// least.
func (s *searchers) separate(l *layout, how effort) bool {
	l.measure(s.eyes[0])
	if s.layouts == nil || len(s.layouts[0].of) != len(l.of) {
		s.layouts = nil
		for range together {
			s.layouts = append(s.layouts, newLayout(l.kinds, l.of, l.width, l.height))
		}
	}
	for _, o := range s.layouts {
		o.kinds, o.of = l.kinds, l.of
	}
	least := &layout{kinds: l.kinds, of: l.of, shapes: make([]*shape, len(l.of))}
	*least = *newLayout(l.kinds, l.of, l.width, l.height)
	least.copyFrom(l)
	for range how.strikes {
		begin := least.total
		for idle := 0; idle < how.rounds; {
			if l.clear() {
				return true
			}
			if s.over() {
				l.copyFrom(least)
				return false
			}
			s.round(l)
			if l.total < least.total*0.98 || l.clear() {
				idle = 0
			} else {
				idle++
			}
			if l.total < least.total {
				least.copyFrom(l)
			}
			l.weigh()
		}
		if least.total > begin*0.98 {
			break
		}
		l.copyFrom(least)
	}
	l.copyFrom(least)
	return l.clear()
}

// round lets all move, and takes the best.
func (s *searchers) round(l *layout) {
	var wait sync.WaitGroup
	for i, o := range s.layouts {
		o.copyFrom(l)
		e := s.eyes[i]
		if i+1 < len(s.layouts) {
			wait.Go(func() { o.move(s.ctx, e) })
		} else {
			o.move(s.ctx, e)
		}
	}
	wait.Wait()
	best := s.layouts[0]
	for _, o := range s.layouts[1:] {
		if o.weighted() < best.weighted() {
			best = o
		}
	}
	l.copyFrom(best)
}
