package schedule

import "slices"

// cycleSteps bounds the search for the shortest cycle to some tens of milliseconds. When it is
// used up, the shortest that was found is told.
const cycleSteps = 500_000

// cycle gives a shortest cycle as tasks in their order, the lowest index first, given the nodes
// that could be sorted. A person mends a cycle by reading it, and one of three tasks may hide
// among ten thousand.
func (n *network) cycle(sorted []int32) []int {
	nodes := 2 * len(n.Tasks)
	skip := make([]bool, nodes) // in no cycle
	for _, node := range sorted {
		skip[node] = true
	}
	for i, d := range n.dates {
		if !d.Summary {
			skip[i+len(n.Tasks)] = true
		}
	}
	best := n.someCycle(skip)
	from, seen := make([]int32, nodes), make([]int32, nodes)
	queue := make([]int32, 0, nodes)
	steps := cycleSteps
	for start := range int32(nodes) {
		if skip[start] || steps <= 0 {
			continue
		}
		found := false
		queue = append(queue[:0], start)
		for i, depth, level := 0, 1, 1; i < len(queue) && !found; i++ {
			if i == level {
				depth, level = depth+1, len(queue)
			}
			if depth >= len(best) {
				break
			}
			node := queue[i]
			n.after(node, func(to int32) {
				steps--
				switch {
				case to == start:
					found, from[start] = true, node
				case !skip[to] && seen[to] != start+1:
					seen[to], from[to] = start+1, node
					queue = append(queue, to)
				}
			})
		}
		if found {
			best = back(from, start)
		}
	}
	return n.tasksOf(best)
}

// someCycle goes back from node to node: each that could not be sorted has one like it before it.
func (n *network) someCycle(skip []bool) []int32 {
	before := make([]int32, len(skip))
	at := int32(-1)
	for node := range int32(len(skip)) {
		if !skip[node] {
			n.after(node, func(to int32) { before[to] = node })
			at = node
		}
	}
	seen := make([]bool, len(skip))
	for !seen[at] {
		seen[at] = true
		at = before[at]
	}
	return back(before, at)
}

// back lists a cycle from its last node to its first.
func back(from []int32, start int32) []int32 {
	list := []int32{start}
	for node := from[start]; node != start; node = from[node] {
		list = append(list, node)
	}
	return list
}

// tasksOf turns a cycle of nodes, the last first, into tasks.
func (n *network) tasksOf(nodes []int32) []int {
	var list []int
	for _, node := range slices.Backward(nodes) {
		list = append(list, int(node)%len(n.Tasks))
	}
	list = slices.Compact(list)
	if len(list) > 1 && list[0] == list[len(list)-1] {
		list = list[:len(list)-1]
	}
	first := slices.Index(list, slices.Min(list))
	return slices.Concat(list[first:], list[:first])
}
