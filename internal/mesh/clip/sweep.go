package clip

import (
	"cmp"
	"slices"
	"sort"
)

// sweep gives for each side of an arrangement, which are in the order of their points, the winding just below it. A line
// goes from left to right over the points, and knows the sides that it cuts from bottom to top.
func sweep(sides []side) []winding {
	below := make([]winding, len(sides))
	ends := make([]Point, len(sides))
	for i, s := range sides {
		ends[i] = s.b
	}
	slices.SortFunc(ends, compare)
	var line []int32
	var begin []int32
	next := 0
	for next < len(sides) || len(ends) > 0 {
		var at Point
		switch {
		case next == len(sides):
			at = ends[0]
		case len(ends) == 0 || before(sides[next].a, ends[0]):
			at = sides[next].a
		default:
			at = ends[0]
		}
		for len(ends) > 0 && ends[0] == at {
			ends = ends[1:]
		}
		begin = begin[:0]
		for next < len(sides) && sides[next].a == at {
			begin = append(begin, int32(next))
			next++
		}
		slices.SortFunc(begin, func(i, j int32) int { return cmp.Compare(0, turn(at, sides[i].b, sides[j].b)) })
		from := sort.Search(len(line), func(k int) bool { s := &sides[line[k]]; return turn(s.a, s.b, at) <= 0 })
		to := from
		for to < len(line) && turn(sides[line[to]].a, sides[line[to]].b, at) == 0 {
			to++
		}
		var w winding
		if from > 0 {
			under := line[from-1]
			w = plus(below[under], sides[under].turns)
		}
		for _, i := range begin {
			below[i] = w
			w = plus(w, sides[i].turns)
		}
		line = slices.Replace(line, from, to, begin...)
	}
	return below
}
