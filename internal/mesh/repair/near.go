package repair

import (
	"cmp"
	"iter"
	"math"
	"slices"

	"bassin/internal/mesh"
)

// nearest are the distances tried, as shares of the diagonal: from the rounding of 32 bits to what jitter and bad
// exports make, 100 m from the origin too. A part of 100 mm gets at most 0.1 mm, and none more than a tenth of most open edges.
var nearest = [...]float64{1e-6, 1e-5, 5e-5, 2e-4, 5e-4, 1e-3}

// joinNear makes points of open edges that are nearly one into one, at growing distances, as long as that closes edges
// and makes none crowded.
func (b *body) joinNear() int {
	joined := 0
	for _, share := range nearest {
		open := b.openEdges()
		if len(open) == 0 || share > 2e-4 && 10*share*b.diagonal > b.median(open) {
			break
		}
		to, n := b.nearTo(open, share*b.diagonal)
		if n == 0 {
			continue
		}
		try := &body{points: b.points, diagonal: b.diagonal, faces: slices.Clone(b.faces)}
		for i, t := range try.faces {
			for k, v := range t {
				if w, ok := to[v]; ok {
					try.faces[i][k] = w
				}
			}
		}
		try.dropDegenerate()
		if len(try.openEdges()) < len(open) && try.crowded() <= b.crowded() {
			b.faces = try.faces
			joined += n
		}
	}
	return joined
}

// median is the length that half of the edges have at least.
func (b *body) median(open []use) float64 {
	lengths := make([]float64, len(open))
	for i, u := range open {
		lengths[i] = b.points[u.high].Sub(b.points[u.low]).Len()
	}
	slices.Sort(lengths)
	return lengths[len(lengths)/2]
}

// nearTo gives for points of open edges the point that they become: of those of smaller number that stay, the nearest.
func (b *body) nearTo(open []use, distance float64) (map[uint32]uint32, int) {
	// In cells of the distance itself one would look into 27 for each point; in larger ones, mostly into one.
	kept := newCells(4 * distance)
	to := map[uint32]uint32{}
	for _, v := range pointsOf(open) {
		p := b.points[v]
		best, found := distance, false
		for w := range kept.within(p, distance) {
			if d := b.points[w].Sub(p).Len(); d < best || d == best && (!found || w < to[v]) {
				best, found, to[v] = d, true, w
			}
		}
		if !found {
			kept.add(p, v)
		}
	}
	return to, len(to)
}

// cells finds points by where they are.
type cells struct {
	size  float64
	first map[[3]int64]int32 // the last point that was added to a cell: its place in list
	list  []cell
}

type cell struct {
	point uint32
	next  int32 // of the same cell; -1: none
}

func newCells(size float64) *cells { return &cells{size: size, first: map[[3]int64]int32{}} }

func (c *cells) of(p mesh.Vec) [3]int64 {
	number := func(x float64) int64 { return int64(max(-1e18, min(1e18, math.Floor(x/c.size)))) } // one may be added to it
	return [3]int64{number(p.X), number(p.Y), number(p.Z)}
}

func (c *cells) add(p mesh.Vec, point uint32) {
	at := c.of(p)
	next, known := c.first[at]
	if !known {
		next = -1
	}
	c.first[at] = int32(len(c.list))
	c.list = append(c.list, cell{point, next})
}

// within gives the points in all cells that are no farther than a distance; some of them are.
func (c *cells) within(p mesh.Vec, distance float64) iter.Seq[uint32] {
	d := mesh.Vec{X: distance, Y: distance, Z: distance}
	low, high := c.of(p.Sub(d)), c.of(p.Add(d))
	return func(yield func(uint32) bool) {
		for x := low[0]; x <= high[0]; x++ {
			for y := low[1]; y <= high[1]; y++ {
				for z := low[2]; z <= high[2]; z++ {
					i, known := c.first[[3]int64{x, y, z}]
					for ; known && i >= 0; i = c.list[i].next {
						if !yield(c.list[i].point) {
							return
						}
					}
				}
			}
		}
	}
}

// pointsOf are the points of edges, each once, in order.
func pointsOf(open []use) []uint32 {
	var all []uint32
	for _, u := range open {
		all = append(all, u.low, u.high)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// onSide is how far from a side a point may be to lie on it, as a share of the diagonal.
const onSide = 1e-5

// maxPairs bounds how many pairs of open edge and point are compared.
const maxPairs = 50_000_000

// splitSides cuts faces where a point of another open edge lies on their open side: a T-junction, which exporters make
// where a long side meets two short ones. It gives the number of cuts, and of sides that were not looked at.
func (b *body) splitSides() (cuts, left int) {
	open := b.openEdges()
	points := pointsOf(open)
	far := onSide * b.diagonal
	// As large as the edges are in the mean: one looks then into as many cells as there are edges, a few times over.
	total := 0.0
	for _, u := range open {
		total += b.points[u.high].Sub(b.points[u.low]).Len()
	}
	at := newCells(max(total/float64(len(open)), 2*far))
	for _, v := range points {
		at.add(b.points[v], v)
	}
	split := map[int]bool{}
	pairs := 0
	for i, u := range open {
		if pairs > maxPairs {
			return cuts, len(open) - i
		}
		p := b.points[u.low]
		d := b.points[u.high].Sub(p)
		type cut struct {
			at    float64
			point uint32
		}
		var along []cut
		// Balls about places along the side, a cell apart, hold all that is near it.
		steps := math.Ceil(d.Len() / at.size)
		for k := range int(steps) {
			middle := (float64(k) + 0.5) / steps
			for v := range at.within(p.Add(d.Times(middle)), d.Len()/steps/2+far) {
				pairs++
				if v == u.low || v == u.high {
					continue
				}
				off := b.points[v].Sub(p)
				place := off.Dot(d) / d.Dot(d)
				mine := min(int(place*steps), int(steps)-1) == k // the balls overlap
				if mine && place > 0 && place < 1 && off.Sub(d.Times(place)).Len() <= far {
					along = append(along, cut{place, v})
				}
			}
			pairs++
		}
		if len(along) == 0 || split[u.face] { // a face is cut at one side in one go
			continue
		}
		split[u.face] = true
		slices.SortFunc(along, func(x, y cut) int { return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.point, y.point)) })
		chain := []uint32{u.low}
		for _, c := range along {
			chain = append(chain, c.point)
		}
		chain = append(chain, u.high)
		if !u.up {
			slices.Reverse(chain)
		}
		third := opposite(b.faces[u.face], u)
		if slices.Contains(chain, third) {
			continue
		}
		b.faces[u.face] = [3]uint32{chain[0], chain[1], third}
		for i := 1; i+1 < len(chain); i++ {
			b.faces = append(b.faces, [3]uint32{chain[i], chain[i+1], third})
		}
		cuts += len(along)
	}
	return cuts, 0
}

func opposite(t [3]uint32, u use) uint32 {
	for _, v := range t {
		if v != u.low && v != u.high {
			return v
		}
	}
	return t[0]
}
