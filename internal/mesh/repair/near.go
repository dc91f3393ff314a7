package repair

import (
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

// nearTo gives for points of open edges the point of smaller number that they become.
func (b *body) nearTo(open []use, distance float64) (map[uint32]uint32, int) {
	cell := func(p mesh.Vec) [3]int64 {
		return [3]int64{int64(math.Floor(p.X / distance)), int64(math.Floor(p.Y / distance)), int64(math.Floor(p.Z / distance))}
	}
	kept := map[[3]int64][]uint32{}
	to := map[uint32]uint32{}
	for _, v := range pointsOf(open) {
		p, at := b.points[v], cell(b.points[v])
		best, found := distance, false
		for i := range int64(27) {
			for _, w := range kept[[3]int64{at[0] + i%3 - 1, at[1] + i/3%3 - 1, at[2] + i/9 - 1}] {
				if d := b.points[w].Sub(p).Len(); d <= best {
					best, found, to[v] = d, true, w
				}
			}
		}
		if !found {
			kept[at] = append(kept[at], v)
		}
	}
	return to, len(to)
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
// where a long side meets two short ones.
func (b *body) splitSides() int {
	open := b.openEdges()
	points := pointsOf(open)
	if len(open)*len(points) > maxPairs {
		return 0
	}
	cuts := 0
	split := map[int]bool{}
	for _, u := range open {
		p := b.points[u.low]
		d := b.points[u.high].Sub(p)
		type cut struct {
			at    float64
			point uint32
		}
		var along []cut
		for _, v := range points {
			if v == u.low || v == u.high {
				continue
			}
			off := b.points[v].Sub(p)
			at := off.Dot(d) / d.Dot(d)
			if at > 0 && at < 1 && off.Sub(d.Times(at)).Len() <= onSide*b.diagonal {
				along = append(along, cut{at, v})
			}
		}
		if len(along) == 0 || split[u.face] { // a face is cut at one side in one go
			continue
		}
		split[u.face] = true
		slices.SortFunc(along, func(x, y cut) int {
			if x.at < y.at {
				return -1
			}
			return 1
		})
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
	return cuts
}

func opposite(t [3]uint32, u use) uint32 {
	for _, v := range t {
		if v != u.low && v != u.high {
			return v
		}
	}
	return t[0]
}
