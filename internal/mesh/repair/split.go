package repair

import (
	"cmp"
	"math"
	"slices"

	"bassin/internal/mesh"
)

// apart is how far the copies of a point go from each other, as a share of the diagonal: far enough to stay two points in
// the 32 bits of STL, and below what any machine makes.
const apart = 2e-6

// splitCrowded takes bodies apart that share edges or points. Around a crowded edge faces are paired so that each pair has
// material between them; each fan of paired faces at a point gets a copy of the point, moved a hair into its own
// material, so that the copies stay apart in the file. It gives the number of copies.
func (b *body) splitCrowded() int {
	if b.unbalanced() > 0 {
		return 0
	}
	corner := make([]int, 3*len(b.faces)) // sets of corners that stay one point
	for i := range corner {
		corner[i] = i
	}
	find := func(x int) int {
		for corner[x] != x {
			corner[x] = corner[corner[x]]
			x = corner[x]
		}
		return x
	}
	join := func(u, w use) {
		for _, v := range [2]uint32{u.low, u.high} {
			x := find(3*u.face + slices.Index(b.faces[u.face][:], v))
			y := find(3*w.face + slices.Index(b.faces[w.face][:], v))
			corner[max(x, y)] = min(x, y)
		}
	}
	crowded := map[uint32]bool{}
	eachEdge(b.edges(), func(of []use) {
		if len(of) == 2 {
			join(of[0], of[1])
			return
		}
		crowded[of[0].low], crowded[of[0].high] = true, true
		for _, pair := range b.pairs(of) {
			join(pair[0], pair[1])
		}
	})
	first := map[uint32]int{}
	copies := map[int]uint32{} // set of corners → its copy
	for f := range b.faces {
		for k, v := range b.faces[f] {
			set := find(3*f + k)
			if _, known := first[v]; !known {
				first[v] = set
			} else if _, copied := copies[set]; !copied && first[v] != set {
				copies[set] = uint32(len(b.points))
				b.points = append(b.points, b.points[v])
			}
		}
	}
	if len(copies) == 0 {
		return 0
	}
	inward := map[int]mesh.Vec{}
	for f, t := range b.faces {
		n := b.normal(t)
		for k := range t {
			set := find(3*f + k)
			inward[set] = inward[set].Sub(n)
		}
	}
	for f, t := range b.faces {
		for k := range t {
			if c, copied := copies[find(3*f+k)]; copied {
				b.faces[f][k] = c
			}
		}
	}
	for set, c := range copies {
		if n := inward[set]; n.Len() > 0 {
			b.points[c] = b.points[c].Add(n.Times(apart * b.diagonal / n.Len()))
		}
	}
	return len(copies)
}

// maxPasses bounds how often seams are looked for: a face that has several is cut at one in each pass.
const maxPasses = 8

// splitSeams parts what is left: a body that touches itself along an edge whose ends hang together otherwise. All pairs of
// faces but the first get a middle point of their own on the edge, moved into their material.
func (b *body) splitSeams() int {
	points, more := 0, true
	for pass := 0; more && pass < maxPasses; pass++ {
		more = false
		cut := map[int]bool{}
		eachEdge(b.edges(), func(of []use) {
			if len(of) < 4 {
				return
			}
			pairs := b.pairs(of)
			for _, pair := range pairs[:max(len(pairs)-1, 0)] {
				if cut[pair[0].face] || cut[pair[1].face] {
					more = true
					continue
				}
				cut[pair[0].face], cut[pair[1].face] = true, true
				b.cutAtMiddle(pair)
				points++
			}
		})
	}
	return points
}

func (b *body) cutAtMiddle(pair [2]use) {
	m := uint32(len(b.points))
	n := b.normal(b.faces[pair[0].face]).Add(b.normal(b.faces[pair[1].face]))
	p := b.points[pair[0].low].Add(b.points[pair[0].high]).Times(0.5)
	if n.Len() > 0 {
		p = p.Sub(n.Times(apart * b.diagonal / n.Len()))
	}
	b.points = append(b.points, p)
	for _, u := range pair {
		from, to := u.low, u.high
		if !u.up {
			from, to = to, from
		}
		third := opposite(b.faces[u.face], u)
		b.faces[u.face] = [3]uint32{from, m, third}
		b.faces = append(b.faces, [3]uint32{m, to, third})
	}
}

// pairs goes around an edge by angle, by the right hand about its direction, and puts faces together that have material
// between them. A face that runs up has its outside where angles grow, one that runs down where they fall: so material
// begins at a face down and ends at the face up that closes it, as brackets do.
func (b *body) pairs(of []use) [][2]use {
	p := b.points[of[0].low]
	axis := b.points[of[0].high].Sub(p)
	axis = axis.Times(1 / axis.Len())
	arm := func(u use) mesh.Vec {
		a := b.points[opposite(b.faces[u.face], u)].Sub(p)
		return a.Sub(axis.Times(a.Dot(axis)))
	}
	zero := arm(of[0])
	side := axis.Cross(zero)
	type spoke struct {
		use
		angle float64
	}
	spokes := make([]spoke, len(of))
	for i, u := range of {
		a := arm(u)
		spokes[i] = spoke{u, math.Atan2(a.Dot(side), a.Dot(zero))}
	}
	slices.SortStableFunc(spokes, func(x, y spoke) int { return cmp.Compare(x.angle, y.angle) })
	depth, least, start := 0, 0, 0 // begin where no bracket is open
	for i, s := range spokes {
		if s.up {
			depth--
		} else {
			depth++
		}
		if depth < least {
			least, start = depth, i+1
		}
	}
	var open []use
	var all [][2]use
	for i := range spokes {
		s := spokes[(start+i)%len(spokes)]
		if !s.up {
			open = append(open, s.use)
		} else if n := len(open); n > 0 {
			all = append(all, [2]use{open[n-1], s.use})
			open = open[:n-1]
		}
	}
	return all
}
