package schedule

import "bassin/internal/when"

// backward sets late dates, floats and flags. It is the mirror of forward: for each link it asks
// for the latest moment of the predecessor at which forward would still put the successor in
// time. What forward could not put in time (a deadline, a pinned successor) makes floats negative.
func (n *network) backward(order []int32) {
	tasks := int32(len(n.Tasks))
	n.seen, n.soon = make([]bounds, tasks), make([]bounds, tasks)
	n.hulls = make([]hull, tasks)
	end := n.finish()
	for i := range n.Tasks {
		n.seen[i], n.soon[i] = bounds{last, last}, bounds{last, last}
		n.hulls[i].first = -1
	}
	for i := range tasks {
		if up := n.parent[i]; up >= 0 {
			if h := &n.hulls[up]; h.first < 0 || n.dates[i].Start < n.dates[h.first].Start {
				h.first = i
			}
		}
	}
	for at := len(order) - 1; at >= 0; at-- {
		node := order[at]
		task := int(node % tasks)
		gate := node < tasks && n.dates[task].Summary
		if !gate {
			late, soon := n.pull(task, end)
			if node >= tasks {
				n.hulls[task].late, n.hulls[task].soon = late, soon
				continue
			}
			n.slip(task, late, soon)
		} else {
			n.close(task)
		}
		if up := n.parent[task]; up >= 0 {
			n.seen[up] = n.seen[up].tighter(n.seen[task])
			n.soon[up] = n.soon[up].tighter(n.soon[task])
		}
	}
}

func (b bounds) tighter(o bounds) bounds {
	return bounds{min(b.start, o.start), min(b.finish, o.finish)}
}

// finish is the end of the plan.
func (n *network) finish() (m Moment) {
	for i := range n.dates {
		m = max(m, n.dates[i].Finish)
	}
	return m
}

// pull gathers how late the task or the hull may start and finish: for the plan's end and
// deadlines (late), and for nothing else to move (soon).
func (n *network) pull(task int, end Moment) (late, soon bounds) {
	late, soon = bounds{last, end}, bounds{last, end}
	deadline := last
	if day, ok := dayOf(n.Tasks[task].Deadline); ok {
		deadline = evening(day)
	}
	if up := n.parent[task]; up >= 0 {
		h := &n.hulls[up]
		deadline = min(deadline, h.deadline)
		late.finish, soon.finish = min(late.finish, h.late.finish), min(soon.finish, h.soon.finish)
		if int(h.first) == task {
			late.start, soon.start = min(late.start, h.late.start), min(soon.start, h.soon.start)
		}
	}
	late.finish = min(late.finish, deadline)
	n.hulls[task].deadline = deadline
	n.dates[task].Late = n.dates[task].Finish > deadline
	for _, a := range n.out(task) {
		lm, sm := n.before(a, &n.seen[a.to]), n.before(a, &n.soon[a.to])
		if a.typ == SS || a.typ == SF {
			late.start, soon.start = min(late.start, lm), min(soon.start, sm)
		} else {
			late.finish, soon.finish = min(late.finish, lm), min(soon.finish, sm)
		}
	}
	return late, soon
}

// before is the latest moment of the predecessor's end that keeps its successor within b.
func (n *network) before(a arc, b *bounds) Moment {
	c := n.cals[a.to]
	if a.typ == FS || a.typ == SS {
		m := b.start
		if a.lag == 0 || m == last {
			return m
		}
		k := c.work(m) - a.lag
		if c.opens(m) {
			return c.begin(k)
		}
		return c.end(k)
	}
	if m := b.finish; m == last || a.typ == FF && a.lag == 0 {
		return m
	}
	return c.begin(c.work(b.finish) - a.lag)
}

// slip sets the late dates and floats of a task, and what its predecessors see of it.
func (n *network) slip(i int, late, soon bounds) {
	t, c, d := &n.Tasks[i], n.cals[i], &n.dates[i]
	if d.Done {
		d.LateStart, d.LateFinish = d.Start, d.Finish
		return
	}
	start, finish := c.work(d.Start), c.work(d.Finish)
	var float, free int32
	switch {
	case t.Begun != when.None: // the start is a fact; links may still hold the finish
		float, free = c.work(late.finish)-finish, c.work(soon.finish)-finish
		d.LateStart, d.LateFinish = d.Start, c.end(finish+float)
		n.seen[i].finish, n.soon[i].finish = d.LateFinish, d.Finish
	case start == finish:
		to, next := c.down(min(late.start, late.finish)), c.down(min(soon.start, soon.finish))
		float, free = c.work(to)-start, c.work(next)-start
		d.LateStart, d.LateFinish = to, to
		n.seen[i], n.soon[i] = bounds{to, to}, bounds{d.Start, d.Finish}
	default:
		work := finish - start
		float = min(c.work(late.finish)-work, c.startBy(late.start)) - start
		free = min(c.work(soon.finish)-work, c.startBy(soon.start)) - start
		d.LateStart, d.LateFinish = c.begin(start+float), c.end(finish+float)
		n.seen[i], n.soon[i] = bounds{d.LateStart, d.LateFinish}, bounds{d.Start, d.Finish}
	}
	if t.Begun == when.None && t.Mode != Auto { // whatever float it has, it does not move for its predecessors
		n.seen[i] = n.seen[i].tighter(n.soon[i])
	}
	if float == 0 {
		d.LateStart, d.LateFinish = d.Start, d.Finish
	}
	d.TotalFloat = Minutes(float)
	d.FreeFloat = Minutes(max(0, min(free, float)))
	d.Critical = float <= 0
}

// close sums a summary up, once all its parts are done with.
func (n *network) close(i int) {
	c, d, h := n.cals[i], &n.dates[i], n.hulls[i]
	d.Done, d.LateStart = true, last
	for part := n.child[i]; part >= 0; part = n.next[part] {
		p := &n.dates[part]
		d.Done = d.Done && p.Done
		d.Critical = d.Critical || p.Critical
		d.LateStart = min(d.LateStart, p.LateStart)
	}
	d.LateFinish = d.Finish
	if d.Done {
		return
	}
	finish := c.work(d.Finish)
	float, free := c.work(h.late.finish)-finish, c.work(h.soon.finish)-finish
	if float != 0 {
		d.LateFinish = c.end(finish + float)
	}
	d.TotalFloat, d.FreeFloat = Minutes(float), Minutes(max(0, min(free, float)))
}
