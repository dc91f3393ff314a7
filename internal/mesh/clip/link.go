package clip

import (
	"slices"
	"sort"

	"bassin/internal/mesh/slice"
)

// edge is a side of the outcome, with the inside on its left.
type edge struct {
	from, to Point
	done     bool
}

// link makes polygons of edges. Where several meet in a point it goes on by the one that leaves the least inside between: polygons
// that touch in a point stay apart.
func link(edges []edge) []Polygon {
	slices.SortFunc(edges, func(e, f edge) int {
		if e.from != f.from {
			return compare(e.from, f.from)
		}
		return compare(e.to, f.to)
	})
	var list []Polygon
	for i := range edges {
		if edges[i].done {
			continue
		}
		var p Polygon
		once := true // it goes through no point twice
		for k := i; k >= 0; {
			e := &edges[k]
			e.done = true
			p = append(p, e.from)
			if e.to == edges[i].from && !better(edges, e, i) {
				break
			}
			var others bool
			k, others = follower(edges, e)
			once = once && !others
		}
		if once {
			list = addStraight(list, p)
		} else {
			list = parted(list, p)
		}
	}
	slice.Sort(list)
	return list
}

// parted adds a polygon that may go through a point more than once, as one whose hole touches it does, in pieces that do not.
func parted(list []Polygon, p Polygon) []Polygon {
	var way Polygon
	place := map[Point]int{}
	for _, q := range p {
		if i, been := place[q]; been {
			list = addStraight(list, way[i:])
			for _, r := range way[i:] {
				delete(place, r)
			}
			way = way[:i:i]
		}
		place[q] = len(way)
		way = append(way, q)
	}
	return addStraight(list, way)
}

func addStraight(list []Polygon, p Polygon) []Polygon {
	if p = straightened(p); len(p) >= 3 {
		list = append(list, p)
	}
	return list
}

// starts are the edges that begin at a point.
func starts(edges []edge, at Point) (from, to int) {
	from = sort.Search(len(edges), func(i int) bool { return !before(edges[i].from, at) })
	for to = from; to < len(edges) && edges[to].from == at; to++ {
	}
	return from, to
}

// follower is the edge after e that is not taken yet: the first clockwise from the way back; and whether others begin there. −1 when
// there is none, which is so only of an arrangement that was given up.
func follower(edges []edge, e *edge) (best int, others bool) {
	from, to := starts(edges, e.to)
	best = -1
	for i := from; i < to; i++ {
		if !edges[i].done && (best < 0 || sooner(e.to, e.from, edges[i].to, edges[best].to)) {
			best = i
		}
	}
	return best, to-from > 1
}

// better tells whether an edge that is left goes on sooner than the first of the polygon, which is taken.
func better(edges []edge, e *edge, first int) bool {
	k, _ := follower(edges, e)
	return k >= 0 && sooner(e.to, e.from, edges[k].to, edges[first].to)
}

// sooner tells whether the way from at to p comes before that to q, clockwise from the way back.
func sooner(at, back, p, q Point) bool {
	sp, sq := turn(at, back, p) < 0, turn(at, back, q) < 0 // within half a turn clockwise
	if sp != sq {
		return sp
	}
	return turn(at, p, q) < 0
}

// straightened is a polygon without the points that lie on the line of their neighbours.
func straightened(p Polygon) Polygon {
	for {
		kept := make(Polygon, 0, len(p))
		for i, q := range p {
			last := p[(i+len(p)-1)%len(p)]
			if len(kept) > 0 {
				last = kept[len(kept)-1]
			}
			if turn(last, q, p[(i+1)%len(p)]) != 0 {
				kept = append(kept, q)
			}
		}
		if len(kept) == len(p) || len(kept) < 3 {
			return kept
		}
		p = kept
	}
}
