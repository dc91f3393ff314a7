package schedule

import (
	"cmp"
	"container/heap"
	"slices"

	"bassin/internal/when"
)

// levelDays is how far from where it could begin a place is looked for: three years. Beyond it
// the answer is more people, not another date.
const levelDays = 3 * 366

// Levelled is a proposal in which no resource is booked twice. Nothing of it is applied.
type Levelled struct {
	Schedule Schedule // as it would be
	Moves    []Moving // what has to wait for somebody, in the order in which it was placed
	// Unfit are the tasks that found no place within three years: they ask for more than there
	// ever is. They stand where links put them.
	Unfit []int
}

// Moving is a task that begins later because somebody is busy before.
type Moving struct {
	Task      int
	NotBefore when.Date // what to set on it; tasks that follow it move by their links
}

// Changes are the moves, for WhatIf.
func (l Levelled) Changes() []Change {
	list := make([]Change, len(l.Moves))
	for i, m := range l.Moves {
		list[i] = func(p *Plan) error {
			p.Tasks[m.Task].NotBefore = m.NotBefore
			return nil
		}
	}
	return list
}

// Level proposes later starts until nobody is booked twice: tasks are placed one after the other,
// each as soon as its links and its resources allow, the higher Priority first, then what must
// start first, then the smaller float (serial schedule generation; Kelley, 1963). It is quick and
// good, not the best there is: finding that takes for ever.
//
// What is fixed, manual or begun stays where it is, even in conflict. A task that waits begins in
// the morning of a day. The error is *Faults, as for Book.
func Level(p Plan, rs []Resource, as []Assignment) (Levelled, error) {
	before, err := computed(p)
	if err != nil {
		return Levelled{}, err
	}
	if err := before.checkResources(rs, as); err != nil {
		return Levelled{}, err
	}
	n, err := newNetwork(p)
	if err != nil {
		return Levelled{}, err
	}
	b := newBookings(rs, as, len(p.Tasks))
	for i := range p.Tasks {
		if d := before.dates[i]; p.Tasks[i].pinned() && !d.Done && !d.Summary {
			b.book(i, before.cals[i], d.Start, d.Finish)
		}
	}
	var l Levelled
	fit := func(task int, k int32) int32 {
		c, work := n.cals[task], int32(p.Tasks[task].Work)
		at, ok := b.place(task, c, k, work)
		if !ok {
			l.Unfit = append(l.Unfit, task)
			at = k
		}
		b.book(task, c, c.begin(at), c.end(at+work))
		if at != k {
			l.Moves = append(l.Moves, Moving{task, c.begin(at).Date()})
		}
		return at
	}
	order := n.orderBy(before.ranks())
	if err := n.forward(order, fit); err != nil {
		return Levelled{}, err
	}
	n.backward(order)
	l.Schedule = n.schedule()
	return l, nil
}

// ranks gives each task its turn.
func (n *network) ranks() []int {
	tasks := make([]int, len(n.Tasks))
	for i := range tasks {
		tasks[i] = i
	}
	slices.SortStableFunc(tasks, func(a, b int) int {
		return cmp.Or(
			cmp.Compare(n.Tasks[b].Priority, n.Tasks[a].Priority),
			cmp.Compare(n.dates[a].LateStart, n.dates[b].LateStart),
			cmp.Compare(n.dates[a].TotalFloat, n.dates[b].TotalFloat),
		)
	})
	rank := make([]int, len(tasks))
	for at, task := range tasks {
		rank[task] = at
	}
	return rank
}

// orderBy sorts the nodes of a network without cycles like order, of those that may come next the
// lowest rank first. Gates and hulls take no time and come at once.
func (n *network) orderBy(rank []int) []int32 {
	tasks := int32(len(n.Tasks))
	waits := n.waits()
	ready := &turns{rank: make([]int, 2*tasks)}
	for i := range tasks {
		ready.rank[i], ready.rank[i+tasks] = rank[i], -1
		if n.dates[i].Summary {
			ready.rank[i] = -1
		}
		if waits[i] == 0 {
			heap.Push(ready, i)
		}
	}
	order := make([]int32, 0, 2*tasks)
	for ready.Len() > 0 {
		node := heap.Pop(ready).(int32)
		order = append(order, node)
		n.after(node, func(to int32) {
			if waits[to]--; waits[to] == 0 {
				heap.Push(ready, to)
			}
		})
	}
	return order
}

// turns is a heap of nodes.
type turns struct {
	nodes []int32
	rank  []int
}

func (t *turns) Len() int           { return len(t.nodes) }
func (t *turns) Less(i, k int) bool { return t.rank[t.nodes[i]] < t.rank[t.nodes[k]] }
func (t *turns) Swap(i, k int)      { t.nodes[i], t.nodes[k] = t.nodes[k], t.nodes[i] }
func (t *turns) Push(x any)         { t.nodes = append(t.nodes, x.(int32)) }
func (t *turns) Pop() any {
	end := len(t.nodes) - 1
	x := t.nodes[end]
	t.nodes = t.nodes[:end]
	return x
}
