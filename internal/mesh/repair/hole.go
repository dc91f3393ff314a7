package repair

import (
	"math"
	"slices"

	"bassin/internal/mesh/polygon"
)

// maxExact is up to how many sides a hole is closed by the least area over all ways to cut it; larger ones are closed
// as polygons in a plane. The exact way takes time with the third power.
const maxExact = 120

// fill closes the loops of open edges.
func (b *body) fill() int {
	filled := 0
	loops := b.loops()
	taken := b.sidesWithin(loops)
	for _, loop := range loops {
		if len(loop) < 3 {
			continue
		}
		if len(loop) <= maxExact {
			faces := b.leastArea(loop, taken)
			for _, t := range faces {
				note(taken, t)
			}
			b.faces = append(b.faces, faces...)
		} else {
			var cutter polygon.Cutter
			b.faces = cutter.Cut(b.faces, b.points, loop)
		}
		filled++
	}
	return filled
}

// loops walks along open edges against their faces. A loop that comes back to one of its points is cut there in two.
func (b *body) loops() [][]uint32 {
	next := map[uint32][]uint32{}
	var starts []uint32
	for _, u := range b.openEdges() {
		from, to := u.high, u.low // the face runs up, what fills it runs down
		if !u.up {
			from, to = to, from
		}
		next[from] = append(next[from], to)
		starts = append(starts, from)
	}
	var all [][]uint32
	for _, start := range starts {
		var path []uint32
		for v := start; ; {
			if i := slices.Index(path, v); i >= 0 {
				all = append(all, slices.Clone(path[i:]))
				path = path[:i]
			}
			out := next[v]
			if len(out) == 0 {
				break
			}
			path = append(path, v)
			next[v] = out[:len(out)-1]
			v = out[len(out)-1]
		}
	}
	return all
}

// leastArea cuts a loop into the triangles of least area together (Barequet and Sharir 1995), with shorter sides where
// areas are equal. A side that some face has already would be crowded and is avoided.
func (b *body) leastArea(loop []uint32, taken map[[2]uint32]bool) [][3]uint32 {
	n := len(loop)
	cost, via := make([]float64, n*n), make([]int, n*n)
	for span := 2; span < n; span++ {
		for i := 0; i+span < n; i++ {
			k := i + span
			cost[i*n+k] = math.Inf(1)
			extra := 0.0
			if span < n-1 {
				p, q := loop[i], loop[k]
				extra = 1e-6 * b.points[q].Sub(b.points[p]).Len() * b.diagonal
				if taken[[2]uint32{min(p, q), max(p, q)}] {
					extra = 1e3 * b.diagonal * b.diagonal
				}
			}
			for m := i + 1; m < k; m++ {
				c := cost[i*n+m] + cost[m*n+k] + extra + b.normal([3]uint32{loop[i], loop[m], loop[k]}).Len()/2
				if c < cost[i*n+k] {
					cost[i*n+k], via[i*n+k] = c, m
				}
			}
		}
	}
	var faces [][3]uint32
	var cut func(i, k int)
	cut = func(i, k int) {
		if k-i < 2 {
			return
		}
		m := via[i*n+k]
		faces = append(faces, [3]uint32{loop[i], loop[m], loop[k]})
		cut(i, m)
		cut(m, k)
	}
	cut(0, n-1)
	return faces
}

// sidesWithin are the edges of the mesh both of whose ends are on a loop.
func (b *body) sidesWithin(loops [][]uint32) map[[2]uint32]bool {
	on := make([]bool, len(b.points))
	for _, loop := range loops {
		for _, v := range loop {
			on[v] = true
		}
	}
	sides := map[[2]uint32]bool{}
	for _, t := range b.faces {
		if n := [3]bool{on[t[0]], on[t[1]], on[t[2]]}; n[0] && n[1] || n[1] && n[2] || n[2] && n[0] {
			note(sides, t)
		}
	}
	return sides
}

// note notes the sides of a face.
func note(sides map[[2]uint32]bool, t [3]uint32) {
	for k := range 3 {
		p, q := t[k], t[(k+1)%3]
		sides[[2]uint32{min(p, q), max(p, q)}] = true
	}
}
