package nest

import (
	"context"
	"math"
	"slices"
	"time"
)

// Plates lays outlines on plates of a size, as few as it finds. It ends when all lie as few plates as can hold them, or the
// context ends, or the work is done. Each plate is filled before the next is begun: first what finds a free place, then,
// as long as there is time, what only fits when others make room.
func Plates(ctx context.Context, parts []Outline, width, height float64, o Options) (Result, error) {
	if err := check(parts, &o, width, height); err != nil {
		return Result{}, err
	}
	kinds, copies := ofAll(parts, o.Spacing)
	p := plates{
		searchers: newSearchers(ctx, &o), o: &o, kinds: kinds, began: time.Now(), wanted: len(copies),
		width: width + o.Spacing - 2*o.Margin, height: height + o.Spacing - 2*o.Margin,
	}
	p.deadline, p.limited = ctx.Deadline()
	var r Result
	rest := slices.DeleteFunc(copies, func(c one) bool {
		k := &kinds[c.part]
		if slices.ContainsFunc(k.shapes, func(s shape) bool { return 2*s.halfX <= p.width && 2*s.halfY <= p.height }) {
			return false
		}
		r.Left = append(r.Left, Left{c.part, c.copy, TooLarge})
		return true
	})
	for len(rest) > 0 && (o.Plates == 0 || r.Plates < o.Plates) {
		l, on, left := p.fill(rest, r.Plates)
		if len(on) == 0 { // it fits an empty plate by a hair: put it there
			l, on, left = p.alone(rest)
		}
		area := 0.0
		for _, c := range on {
			area += kinds[c.part].area
		}
		r.Filling = append(r.Filling, area/(width*height))
		r.Placements = append(r.Placements, placed(l, on, r.Plates, o.Margin-o.Spacing/2)...)
		r.Plates++
		p.placed += len(on)
		p.tell(r.Plates)
		rest = left
	}
	for _, c := range rest {
		r.Left = append(r.Left, Left{c.part, c.copy, NoRoom})
	}
	r.Work = p.looks()
	return r, nil
}

type plates struct {
	*searchers
	o              *Options
	kinds          []kind
	width, height  float64 // of the room, for parts with half the spacing around them
	began          time.Time
	deadline       time.Time
	limited        bool
	placed, wanted int
}

func (p *plates) tell(plates int) {
	if p.o.Told != nil {
		p.o.Told(Progress{Placed: p.placed, Wanted: p.wanted, Plates: plates})
	}
}

// fullest is how much of a plate may be covered for another part to be tried.
const fullest = 0.97

// fill lays what it can of the copies on an empty plate.
func (p *plates) fill(rest []one, plate int) (l *layout, on, left []one) {
	l = newLayout(p.kinds, kindsOf(rest), p.width, p.height)
	full := map[int]bool{} // kinds that found no place
	tries := 500
	if p.over() {
		tries = 100
	}
	area := 0.0
	for i, c := range rest {
		if full[c.part] {
			continue
		}
		if b, ok := p.leftmost(l, i, tries); ok {
			l.put(i, b.s, b.x, b.y)
			area += p.kinds[c.part].area
		} else {
			full[c.part] = true
		}
	}
	l, on, left = p.parted(l, rest)
	// The time is shared by the plates that will likely be needed.
	restArea := 0.0
	for _, c := range left {
		restArea += p.kinds[c.part].area
	}
	later := math.Ceil(restArea / (0.8 * p.width * p.height))
	if p.o.Plates > 0 {
		later = min(later, float64(p.o.Plates-plate-1))
	}
	until := p.spent() + (1-p.spent())/(later+1)
	failed := map[int]int{}
	for len(left) > 0 && p.spent() < until && !p.over() && (p.limited || p.work > 0) {
		next := -1
		for k, c := range left {
			if area+p.kinds[c.part].area <= fullest*p.width*p.height && (next < 0 || failed[c.part] < failed[left[next].part]) {
				next = k
			}
		}
		if next < 0 || failed[left[next].part] >= 6 {
			break
		}
		c := left[next]
		if wider, ok := p.squeezed(l, on, c); ok {
			l, on = wider, append(on, c)
			left = slices.Delete(left, next, next+1)
			area += p.kinds[c.part].area
		} else {
			failed[c.part]++
		}
	}
	return l, on, left
}

// parted gives the layout of what is laid alone.
func (p *plates) parted(l *layout, rest []one) (laid *layout, on, left []one) {
	for i, c := range rest {
		if l.laid(i) {
			on = append(on, c)
		} else {
			left = append(left, c)
		}
	}
	laid = newLayout(p.kinds, kindsOf(on), p.width, p.height)
	k := 0
	for i := range rest {
		if l.laid(i) {
			laid.put(k, l.shapes[i], l.x[i], l.y[i])
			k++
		}
	}
	return laid, on, left
}

// squeezed lays one copy more, where the others make room for it.
func (p *plates) squeezed(l *layout, on []one, c one) (*layout, bool) {
	wider := newLayout(p.kinds, kindsOf(append(slices.Clone(on), c)), p.width, p.height)
	for i := range on {
		wider.put(i, l.shapes[i], l.x[i], l.y[i])
	}
	e := p.eyes[0]
	for _, k := range e.random.Perm(len(p.kinds[c.part].shapes)) {
		if s := &p.kinds[c.part].shapes[k]; wider.fits(s) {
			x, y := wider.clamped(s, e.random.Float64()*p.width, e.random.Float64()*p.height)
			wider.put(len(on), s, x, y)
			return wider, p.separate(wider, effort{60, 3})
		}
	}
	return nil, false
}

// alone lays the first that fits by itself.
func (p *plates) alone(rest []one) (l *layout, on, left []one) {
	on, left = rest[:1:1], rest[1:]
	l = newLayout(p.kinds, kindsOf(on), p.width, p.height)
	for k := range p.kinds[on[0].part].shapes {
		if s := &p.kinds[on[0].part].shapes[k]; l.fits(s) {
			l.put(0, s, s.halfX, s.halfY)
			break
		}
	}
	return l, on, left
}

// spent is how much of the time or the work is over, 0…1.
func (p *plates) spent() float64 { return spent(p.searchers, p.began, p.deadline, p.limited) }
