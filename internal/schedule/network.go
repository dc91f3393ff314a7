package schedule

// network is a plan made ready for computing: links sorted by predecessor, and for each task the
// bounds that the passes hand on.
//
// A summary is two nodes: its gate, which hands bounds down to its parts, and its hull, which
// gathers their dates. Node i is task i or the gate of summary i; node n+i is the hull of i.
type network struct {
	Plan
	cals []*Calendar // of each task

	arcs     []arc   // the links, by predecessor
	arcsFrom []int32 // of task i: arcs[arcsFrom[i]:arcsFrom[i+1]]
	parent   []int32 // -1 for none
	child    []int32 // first part, -1 for none; then by next
	next     []int32

	dates []Dates
	early []bounds // forward: no start, no finish before these
	// finishBy is, as Dates.Driver, the link that set early.finish.
	finishBy []int
	seen     []bounds // backward: what predecessors must leave free, by late dates
	soon     []bounds // the same by early dates, for free float
	hulls    []hull   // of summaries

	start, status Moment
}

// arc is a link as the passes read it: in 16 bytes, beside the others of its predecessor. Looking
// links up by their index costs more than computing with them.
type arc struct {
	to, lag, link int32
	typ           Type
}

// bounds of a start and a finish. Forward 0 means none, backward last does.
type bounds struct{ start, finish Moment }

// hull is what a summary hands on to its parts in the backward pass, and which of them starts
// first: only that one holds what waits for the start of the summary.
type hull struct {
	late, soon bounds
	deadline   Moment
	first      int32
}

func newNetwork(p Plan) (*network, error) {
	if faults := p.check(); len(faults) > 0 {
		return nil, &faults
	}
	tasks := len(p.Tasks)
	n := &network{
		Plan: p, cals: make([]*Calendar, tasks),
		arcs: make([]arc, len(p.Links)), arcsFrom: make([]int32, tasks+1),
		dates: make([]Dates, tasks), early: make([]bounds, tasks), finishBy: make([]int, tasks),
	}
	ints := make([]int32, 3*tasks)
	n.parent, n.child, n.next = ints[:tasks], ints[tasks:2*tasks], ints[2*tasks:]
	for i := range ints {
		ints[i] = -1
	}
	for i := tasks - 1; i >= 0; i-- { // backwards, so that parts stand in their order
		n.cals[i] = p.Calendars[p.Tasks[i].Calendar]
		if up := p.Tasks[i].Parent - 1; up >= 0 {
			n.parent[i], n.next[i], n.child[up] = int32(up), n.child[up], int32(i)
			n.dates[up].Summary = true
		}
	}
	if err := n.checkParents(); err != nil {
		return nil, err
	}
	for _, l := range p.Links {
		n.arcsFrom[l.From+1]++
	}
	for i := range tasks {
		n.arcsFrom[i+1] += n.arcsFrom[i]
	}
	at := append([]int32(nil), n.arcsFrom...)
	for i, l := range p.Links {
		n.arcs[at[l.From]] = arc{int32(l.To), int32(l.Lag), int32(i), l.Type}
		at[l.From]++
	}
	day, _ := dayOf(p.Start)
	n.start = morning(day)
	if day, ok := dayOf(p.Status); ok {
		n.status = morning(day)
	}
	return n, nil
}

// checkParents refuses summaries that are parts of each other: from a task that was not seen, go
// up; coming back to the way just gone is a cycle.
func (n *network) checkParents() error {
	way := make([]int32, len(n.Tasks))
	for i := range n.Tasks {
		mark := int32(i) + 1
		at := int32(i)
		for at >= 0 && way[at] == 0 {
			way[at] = mark
			at = n.parent[at]
		}
		if at >= 0 && way[at] == mark {
			round := []int{int(at)}
			for up := n.parent[at]; up != at; up = n.parent[up] {
				round = append(round, int(up))
			}
			return &Faults{{Kind: ParentCycle, Tasks: n.names(round...)}}
		}
	}
	return nil
}

// out are the links that leave a task.
func (n *network) out(task int) []arc { return n.arcs[n.arcsFrom[task]:n.arcsFrom[task+1]] }

// after calls yield with each node that comes after this one.
func (n *network) after(node int32, yield func(node int32)) {
	tasks := int32(len(n.Tasks))
	task := node % tasks
	gate := node < tasks && n.dates[task].Summary
	if gate {
		for part := n.child[task]; part >= 0; part = n.next[part] {
			yield(part)
		}
		return
	}
	for _, a := range n.out(int(task)) {
		yield(a.to)
	}
	if up := n.parent[task]; up >= 0 {
		yield(up + tasks)
	}
}

// waits counts for each node those that come before it.
func (n *network) waits() []int32 {
	tasks := int32(len(n.Tasks))
	count := make([]int32, 2*tasks)
	for _, l := range n.Links {
		count[l.To]++
	}
	for i := range tasks {
		if up := n.parent[i]; up >= 0 {
			count[i]++
			count[up+tasks]++
		}
	}
	return count
}

// order sorts the nodes so that each stands after all that it waits for (Kahn, 1962).
func (n *network) order() ([]int32, error) {
	tasks := int32(len(n.Tasks))
	waits := n.waits()
	order := make([]int32, 0, 2*tasks)
	nodes := 0
	for i := range 2 * tasks {
		if i >= tasks && !n.dates[i-tasks].Summary {
			continue
		}
		nodes++
		if waits[i] == 0 {
			order = append(order, i)
		}
	}
	ready := func(node int32) {
		if waits[node]--; waits[node] == 0 {
			order = append(order, node)
		}
	}
	for i := 0; i < len(order); i++ {
		n.after(order[i], ready)
	}
	if len(order) < nodes {
		return nil, &Faults{{Kind: Cycle, Tasks: n.names(n.cycle(order)...)}}
	}
	return order, nil
}

// schedule is what was computed.
func (n *network) schedule() Schedule {
	s := Schedule{Finish: n.finish(), Tasks: n.dates}
	for i := range n.dates {
		if i == 0 || n.dates[i].Start < s.Start {
			s.Start = n.dates[i].Start
		}
	}
	return s
}
