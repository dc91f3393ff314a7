package nest

import (
	"context"
	"math"
	"slices"
	"time"
)

// Strip lays all outlines on a strip of a height, as narrow as it can. It ends when the context does, or the work is done;
// one of both must be limited.
func Strip(ctx context.Context, parts []Outline, height float64, o Options) (Result, error) {
	if err := check(parts, &o, height); err != nil {
		return Result{}, err
	}
	began := time.Now()
	kinds, copies := ofAll(parts, o.Spacing)
	room := height + o.Spacing - 2*o.Margin
	r := Result{Plates: 1}
	copies = slices.DeleteFunc(copies, func(c one) bool {
		k := &kinds[c.part]
		if slices.ContainsFunc(k.shapes, func(s shape) bool { return 2*s.halfY <= room }) {
			return false
		}
		r.Left = append(r.Left, Left{c.part, c.copy, TooLarge})
		return true
	})
	if len(copies) == 0 {
		return r, nil
	}
	s := newSearchers(ctx, &o)
	l := s.built(kinds, copies, room)
	st := strip{searchers: s, l: l, o: &o, began: began}
	st.deadline, st.limited = ctx.Deadline()
	st.keep()
	st.explore()
	st.compress()
	l.restore(st.best)
	area := 0.0
	for _, c := range copies {
		area += kinds[c.part].area
	}
	r.Width = l.used() - o.Spacing + 2*o.Margin
	r.Filling = []float64{area / (r.Width * height)}
	r.Placements = placed(l, copies, 0, o.Margin-o.Spacing/2)
	r.Work = s.looks()
	return r, nil
}

// one is a copy of a part.
type one struct{ part, copy int }

// ofAll gives the kinds of parts and their copies, the largest first.
func ofAll(parts []Outline, spacing float64) ([]kind, []one) {
	kinds := make([]kind, len(parts))
	var copies []one
	for i := range parts {
		kinds[i] = kindOf(&parts[i], spacing)
		for c := range parts[i].Count {
			copies = append(copies, one{i, c})
		}
	}
	slices.SortStableFunc(copies, func(a, b one) int {
		switch x, y := kinds[a.part].key, kinds[b.part].key; {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return kinds, copies
}

func kindsOf(copies []one) []int {
	list := make([]int, len(copies))
	for i, c := range copies {
		list[i] = c.part
	}
	return list
}

// placed gives the placements of what is laid; room is moved by that much on the plate.
func placed(l *layout, copies []one, plate int, by float64) []Placement {
	var list []Placement
	for i, c := range copies {
		if s := l.shapes[i]; l.laid(i) {
			list = append(list, Placement{c.part, c.copy, plate, s.degrees, l.x[i] - s.off.X + by, l.y[i] - s.off.Y + by})
		}
	}
	return list
}

// built lays one copy after another, each as far left as chance finds.
func (s *searchers) built(kinds []kind, copies []one, height float64) *layout {
	l := newLayout(kinds, kindsOf(copies), 0, height)
	l.weight = make([]float64, len(copies)*len(copies))
	l.evenly()
	l.loss = make([]float64, len(copies)*len(copies))
	right := 0.0
	for i := range copies {
		widest := 0.0
		for k := range kinds[copies[i].part].shapes {
			widest = max(widest, 2*kinds[copies[i].part].shapes[k].halfX)
		}
		l.width = right + widest*1.01
		b, ok := s.leftmost(l, i, 400)
		if !ok { // beside all others there is always room
			for k := range kinds[copies[i].part].shapes {
				if t := &kinds[copies[i].part].shapes[k]; 2*t.halfY <= height {
					b = spot{s: t, x: right*(1+1e-9) + t.halfX + widest*1e-6, y: t.halfY}
				}
			}
		}
		l.put(i, b.s, b.x, b.y)
		right = max(right, l.x1[i])
	}
	l.width = right
	return l
}

// leftmost finds a free place for a copy, as far left and then down as so many tries find.
func (s *searchers) leftmost(l *layout, i, tries int) (spot, bool) {
	e := s.eyes[0]
	shapes := l.kinds[l.of[i]].shapes
	cost := func(t *shape, x, y float64) float64 { return 10*(x+t.halfX) + y + t.halfY }
	best := spot{v: math.Inf(1)}
	for k := range tries {
		t := &shapes[k%len(shapes)]
		if !l.fits(t) {
			continue
		}
		x, y := t.halfX+e.random.Float64()*(l.width-2*t.halfX), t.halfY+e.random.Float64()*(l.height-2*t.halfY)
		switch e.random.IntN(8) {
		case 0:
			x = t.halfX
		case 1:
			y = t.halfY
		}
		if v := cost(t, x, y); v < best.v && l.free(e, i, t, x, y) {
			best = spot{t, x, y, v}
			for step := min(t.halfX, t.halfY); step > 1e-3*t.halfX; step /= 2 {
				for moved := true; moved; {
					moved = false
					for _, d := range [4][2]float64{{-step, 0}, {0, -step}, {-step, step}, {-step, -step}} {
						x, y := l.clamped(t, best.x+d[0], best.y+d[1])
						if v := cost(t, x, y); v < best.v-1e-9*t.diameter && l.free(e, i, t, x, y) {
							best.x, best.y, best.v, moved = x, y, v, true
							break
						}
					}
				}
			}
		}
	}
	return best, !math.IsInf(best.v, 1)
}

// strip is a layout that is made narrower.
type strip struct {
	*searchers
	l        *layout
	o        *Options
	best     poses
	width    float64 // of the best
	began    time.Time
	deadline time.Time
	limited  bool
}

// spent is how much of the time or the work is over, 0…1.
func (s *strip) spent() float64 { return spent(s.searchers, s.began, s.deadline, s.limited) }

func spent(s *searchers, began, deadline time.Time, limited bool) float64 {
	share := 0.0
	if s.work > 0 {
		share = float64(s.looks()) / float64(s.work)
	}
	if limited {
		share = max(share, float64(time.Since(began))/float64(max(1, deadline.Sub(began))))
	}
	return min(1, share)
}

func (s *strip) keep() {
	s.best, s.width = s.l.poses(), s.l.used()
	if s.o.Told != nil {
		n := len(s.l.of)
		s.o.Told(Progress{Placed: n, Wanted: n, Width: s.width - s.o.Spacing + 2*s.o.Margin, Plates: 1})
	}
}

// The search explores for that share of the time, by steps that become finer when they fail; then it only presses together.
const (
	exploring = 0.8
	firstStep = 0.03
	leastStep = 0.001
)

func (s *strip) explore() {
	step := firstStep
	for s.spent() < exploring && !s.over() {
		s.l.restore(s.best)
		how := effort{100, 3}
		if step > leastStep {
			how = effort{40, 1} // it may be asked for too much
		}
		if s.narrower(step) && s.separate(s.l, how) {
			s.keep()
			continue
		}
		if step > leastStep {
			step = max(leastStep, step/3)
			continue
		}
		s.disturb()
	}
}

// disturb leads away from where the search is caught: it goes from one layout that almost fits to another, by turns of chance,
// until one does fit.
func (s *strip) disturb() {
	target := s.l.width
	from, least := s.l.poses(), math.Inf(1)
	for try := 0; try < 12 && s.spent() < exploring && !s.over(); try++ {
		s.l.restore(from)
		if s.eyes[0].random.IntN(2) == 0 {
			s.swap()
		} else { // pressed much too narrow for a while, all find other neighbours
			s.l.width = target * (0.92 + 0.05*s.eyes[0].random.Float64())
			if s.l.clamp() {
				s.l.evenly()
				s.separate(s.l, effort{12, 1})
			}
			s.l.width = target
		}
		s.l.evenly()
		if s.separate(s.l, effort{100, 3}) {
			s.keep()
			return
		}
		if s.l.total < 2*least { // from the better ones mostly
			from, least = s.l.poses(), min(least, s.l.total)
		}
	}
}

// narrower presses the best to a width that is less by a share: what lies right of some place moves left.
func (s *strip) narrower(share float64) bool {
	by := s.width * share
	at := s.eyes[0].random.Float64() * s.width
	s.l.width = s.width - by
	for i := range s.l.of {
		if x := s.l.x[i]; x > at {
			s.l.put(i, s.l.shapes[i], x-by, s.l.y[i])
		}
	}
	if s.l.weight != nil {
		s.l.evenly()
	}
	return s.l.clamp()
}

// swap lets two copies change places; copies are in the order of their size.
func (s *strip) swap() {
	l, r := s.l, s.eyes[0].random
	large := max(2, len(l.of)/2)
	for range 20 {
		i, k := r.IntN(min(large, len(l.of))), r.IntN(min(large, len(l.of)))
		if l.of[i] == l.of[k] {
			continue
		}
		x, y := l.x[i], l.y[i]
		l.put(i, l.shapes[i], l.x[k], l.y[k])
		l.put(k, l.shapes[k], x, y)
		break
	}
	l.clamp()
}

func (s *strip) compress() {
	for !s.over() {
		t := max(0, min(1, (s.spent()-exploring)/(1-exploring)))
		s.l.restore(s.best)
		if s.narrower(0.0005*math.Pow(0.02, t)) && s.separate(s.l, effort{40, 2}) {
			s.keep()
		}
		if !s.limited && s.work == 0 {
			return
		}
	}
}
