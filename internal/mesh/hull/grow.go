package hull

import (
	"cmp"
	"slices"
)

// begin makes a tetrahedron; its last corner is below the others, seen so that they go counter-clockwise.
func (b *builder) begin(i, j, k, l int32) {
	for _, c := range [4][3]int32{{i, j, k}, {i, l, j}, {j, l, k}, {k, l, i}} {
		b.facets = append(b.facets, newFacet(b.spots, c[0], c[1], c[2]))
	}
	b.facets[0].next = [3]int32{1, 2, 3}
	b.facets[1].next = [3]int32{3, 2, 0}
	b.facets[2].next = [3]int32{1, 3, 0}
	b.facets[3].next = [3]int32{2, 1, 0}
	b.around = make([]int32, len(b.spots))
	b.share([]int32{0, 1, 2, 3}, b.usable)
}

// share gives each point to the first facet that it lies above; those above none lie within.
func (b *builder) share(facets, points []int32) {
	for _, i := range points {
		p := b.spots[i]
		for _, k := range facets {
			f := &b.facets[k]
			if f.side(p) <= 0 {
				continue
			}
			if h := f.height(p); len(f.above) == 0 || h > f.tallest {
				f.far, f.tallest = i, h
			}
			f.above = append(f.above, i)
			break
		}
	}
}

// grow adds the farthest point above a facet, until none is above any.
func (b *builder) grow() [][3]int32 {
	var seen, fresh, waiting []int32
	for k := 0; k < len(b.facets); k++ {
		if b.facets[k].gone || len(b.facets[k].above) == 0 {
			continue
		}
		eye := b.facets[k].far
		seen = b.sees(seen[:0], int32(k), eye)
		fresh = b.cone(fresh[:0], seen, eye)
		waiting = waiting[:0]
		for _, s := range seen {
			for _, i := range b.facets[s].above {
				if i != eye {
					waiting = append(waiting, i)
				}
			}
			b.facets[s].above = nil
		}
		b.share(fresh, waiting)
	}
	var faces [][3]int32
	for i := range b.facets {
		if !b.facets[i].gone {
			faces = append(faces, b.facets[i].corners)
		}
	}
	return faces
}

// sees adds the facets that a point lies above, which hang together, and marks them.
func (b *builder) sees(seen []int32, first, eye int32) []int32 {
	p := b.spots[eye]
	seen = append(seen, first)
	b.facets[first].gone, b.facets[first].seen = true, eye
	for at := 0; at < len(seen); at++ {
		for _, n := range b.facets[seen[at]].next {
			if f := &b.facets[n]; !f.gone && f.side(p) > 0 {
				f.gone, f.seen = true, eye
				seen = append(seen, n)
			}
		}
	}
	return seen
}

// cone joins the edges between the facets that are seen and the others with the point they are seen from.
func (b *builder) cone(fresh, seen []int32, eye int32) []int32 {
	for _, s := range seen {
		for i := range 3 {
			f := &b.facets[s]
			other := f.next[i]
			if b.facets[other].gone && b.facets[other].seen == eye {
				continue
			}
			from, to := f.corners[i], f.corners[(i+1)%3]
			k := int32(len(b.facets))
			b.facets = append(b.facets, newFacet(b.spots, from, to, eye))
			b.facets[k].next[0] = other
			o := &b.facets[other]
			for j := range 3 {
				if o.corners[j] == to && o.corners[(j+1)%3] == from {
					o.next[j] = k
				}
			}
			b.around[from] = k
			fresh = append(fresh, k)
		}
	}
	for _, k := range fresh { // the edge from its end to the eye is that of the one that begins there
		after := b.around[b.facets[k].corners[1]]
		b.facets[k].next[1] = after
		b.facets[after].next[2] = k
	}
	return fresh
}

// plate is the hull of points in a plane, both sides of it (A. M. Andrew, Another efficient algorithm for convex hulls in two
// dimensions, 1979), seen along the axis that is steepest to it.
func (b *builder) plate(base facet) [][3]int32 {
	n := base.normal
	flat := func(p spot) (x, y int64) {
		switch ax, ay, az := abs(n.x), abs(n.y), abs(n.z); {
		case az >= ax && az >= ay:
			return p.x, p.y
		case ax >= ay:
			return p.y, p.z
		}
		return p.z, p.x
	}
	order := slices.Clone(b.usable)
	slices.SortFunc(order, func(i, j int32) int {
		x0, y0 := flat(b.spots[i])
		x1, y1 := flat(b.spots[j])
		return cmp.Or(cmp.Compare(x0, x1), cmp.Compare(y0, y1))
	})
	turns := func(i, j, k int32) int64 {
		x0, y0 := flat(b.spots[i])
		x1, y1 := flat(b.spots[j])
		x2, y2 := flat(b.spots[k])
		return (x1-x0)*(y2-y0) - (y1-y0)*(x2-x0)
	}
	var rim []int32
	for range 2 {
		first := len(rim)
		for _, i := range order {
			for len(rim) >= first+2 && turns(rim[len(rim)-2], rim[len(rim)-1], i) <= 0 {
				rim = rim[:len(rim)-1]
			}
			rim = append(rim, i)
		}
		rim = rim[:len(rim)-1]
		slices.Reverse(order)
	}
	var faces [][3]int32
	for i := 1; i+1 < len(rim); i++ {
		faces = append(faces, [3]int32{rim[0], rim[i], rim[i+1]}, [3]int32{rim[0], rim[i+1], rim[i]})
	}
	return faces
}

func abs(v int64) int64 { return max(v, -v) }
