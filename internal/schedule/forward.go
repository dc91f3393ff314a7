package schedule

import "bassin/internal/when"

// forward sets the early dates. fit may move the start of a task that is not pinned to later work
// than it is given: Level places tasks where somebody is free.
//
// Each bound is a moment; where it falls on the calendar of the task that it binds is seen once,
// when all bounds are known.
func (n *network) forward(order []int32, fit func(task int, k int32) int32) error {
	tasks := int32(len(n.Tasks))
	for i := range n.Tasks {
		n.early[i].start = n.floor(i)
	}
	for i, d := range n.dates {
		if d.Summary {
			n.dates[i].Start = last
		}
	}
	for _, node := range order {
		task := int(node % tasks)
		d := &n.dates[task]
		if node < tasks {
			n.inherit(task)
			if d.Summary {
				continue
			}
			if !n.place(task, fit) {
				return &Faults{{Kind: OutOfRange, Tasks: n.names(task)}} // its successors would only repeat it
			}
		}
		if up := n.parent[task]; up >= 0 {
			sum := &n.dates[up]
			sum.Start, sum.Finish = min(sum.Start, d.Start), max(sum.Finish, d.Finish)
		}
		for _, a := range n.out(task) {
			n.push(a, d)
		}
	}
	return nil
}

// floor is the moment before which the task's own dates, or the plan's, do not let it begin.
// What is pinned has none: then early holds what links and summaries ask, for Forced.
func (n *network) floor(i int) (m Moment) {
	t := &n.Tasks[i]
	if t.pinned() && !n.dates[i].Summary {
		return 0
	}
	if day, ok := dayOf(t.NotBefore); ok {
		m = morning(day)
	}
	if !n.dates[i].Summary {
		m = max(m, n.start, n.status)
	}
	return m
}

// pinned tasks do not begin when links say.
func (t *Task) pinned() bool { return t.Mode != Auto || t.Begun != when.None }

// inherit takes over what binds the summary.
func (n *network) inherit(task int) {
	up := n.parent[task]
	if up < 0 {
		return
	}
	e, sum, driver := &n.early[task], n.early[up], n.dates[up].Driver
	d := &n.dates[task]
	if sum.start > e.start || sum.start == e.start && d.Driver == 0 {
		e.start, d.Driver = sum.start, driver
	}
	if sum.finish > e.finish {
		e.finish, n.finishBy[task] = sum.finish, n.finishBy[up]
	}
}

// push hands the bound of a link on to its successor. A start waits on the successor's axis of
// working time; so does a finish, but without lag it must not lie before the moment itself: a
// report that finishes with a build of Sunday is not done on Friday.
func (n *network) push(a arc, from *Dates) {
	c, e, d := n.cals[a.to], &n.early[a.to], &n.dates[a.to]
	m := from.Finish
	if a.typ == SS || a.typ == SF {
		m = from.Start
	}
	by := int(a.link) + 1
	if a.typ == FS || a.typ == SS {
		if m = c.shift(m, a.lag); m > e.start || m == e.start && d.Driver == 0 {
			e.start, d.Driver = m, by
		}
		return
	}
	if a.typ == SF || a.lag != 0 {
		m = c.end(c.work(m) + a.lag)
	}
	if m > e.finish {
		e.finish, n.finishBy[a.to] = m, by
	}
}

// shift moves by working time. What lies at the end of some work stays at an end (from Friday's
// evening to Monday's), anything else at a beginning, so that a later moment is never moved to
// an earlier one.
func (c *Calendar) shift(m Moment, lag int32) Moment {
	if lag == 0 {
		return m
	}
	k := c.work(m) + lag
	if c.closes(m) {
		return c.end(k)
	}
	return c.begin(k)
}

// place gives a task its dates, false when they lie beyond 2200.
func (n *network) place(i int, fit func(int, int32) int32) bool {
	t, c, d, e := &n.Tasks[i], n.cals[i], &n.dates[i], n.early[i]
	work := int32(t.Work)
	switch {
	case t.Finished != when.None:
		d.Start, d.Finish, d.Done = dated(t.Begun, c, false), dated(t.Finished, c, true), true
		d.Driver = 0
	case t.Begun != when.None:
		d.Start, d.Driver = dated(t.Begun, c, false), 0
		k := c.work(d.Start)
		done := work * int32(t.Percent) / 100
		rest := max(k+done, 0)
		if n.Status != when.None {
			rest = max(c.work(n.status), k)
		}
		finish := rest + work - done
		if e.finish > 0 && c.finishFrom(e.finish) > finish {
			finish, d.Driver = c.finishFrom(e.finish), n.finishBy[i]
		}
		d.Finish = max(c.end(finish), d.Start)
		return finish <= c.total()
	case t.Mode == Manual:
		d.Start, d.Finish, d.Driver = dated(t.Begin, c, false), dated(t.End, c, true), 0
		n.force(i)
	case work == 0:
		m := max(e.start, e.finish)
		if e.finish > e.start {
			d.Driver = n.finishBy[i]
		}
		if t.Mode == Fixed {
			m, d.Driver = dated(t.Begin, c, false), 0
		}
		d.Start = c.up(m)
		d.Finish = d.Start
		n.force(i)
		return d.Start < last
	default:
		k := c.work(e.start)
		if e.finish > 0 {
			if by := c.finishFrom(e.finish) - work; by > k {
				k, d.Driver = by, n.finishBy[i]
			}
		}
		if t.Mode == Fixed {
			k, d.Driver = c.work(dated(t.Begin, c, false)), 0
		} else if fit != nil {
			k = fit(i, k)
		}
		d.Start, d.Finish = c.begin(k), c.end(k+work)
		n.force(i)
		return k+work <= c.total()
	}
	return true
}

// dated is the moment of a date that a person gave, on a working day or not: its morning, or the
// end of its work.
func dated(d when.Date, c *Calendar, finish bool) Moment {
	day, _ := dayOf(d)
	if finish {
		return morning(day) + Moment(c.on(day))
	}
	return morning(day)
}

// force notes a pinned task that begins or finishes before its links allow.
func (n *network) force(i int) {
	if n.Tasks[i].pinned() {
		c, d, e := n.cals[i], &n.dates[i], n.early[i]
		d.Forced = c.work(e.start) > c.work(d.Start) || c.work(e.finish) > c.work(d.Finish)
	}
}
