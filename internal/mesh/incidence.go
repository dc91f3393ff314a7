package mesh

import (
	"runtime"
	"sync"
)

// incidence knows the corners at each point. Corner 3·f+k is the k-th of triangle f. Degenerate triangles, which
// name a point twice, have no corners here: they bound no edge of the surface.
type incidence struct {
	mesh  *Mesh
	first []uint32 // of point v the corners are corner[first[v]:first[v+1]], in the order of the triangles
	corner,
	degenerate []uint32 // degenerate: triangles, in order
}

func degenerate(t [3]uint32) bool { return t[0] == t[1] || t[1] == t[2] || t[2] == t[0] }

// newIncidence counts the corners of each point and then puts them in their places. All workers go over all triangles and
// each heeds its own points, so that no two write in one place.
func newIncidence(m *Mesh) *incidence {
	// Two places on: filling moves each begin to its end, which is the begin of the next.
	in := &incidence{mesh: m, first: Room[uint32](len(m.Points) + 2)}
	for f, t := range m.Triangles {
		if degenerate(t) {
			in.degenerate = append(in.degenerate, uint32(f))
		}
	}
	count := in.first[2:]
	ownPoints(len(m.Points), func(from, n uint32) {
		own := count[from : from+n]
		for _, t := range m.Triangles {
			for _, v := range t {
				if v-from < n && !degenerate(t) {
					own[v-from]++
				}
			}
		}
	})
	for v := 1; v < len(in.first); v++ {
		in.first[v] += in.first[v-1]
	}
	in.corner = Room[uint32](3 * (len(m.Triangles) - len(in.degenerate)))
	at := in.first[1:]
	ownPoints(len(m.Points), func(from, n uint32) {
		own := at[from : from+n]
		for f, t := range m.Triangles {
			for k, v := range t {
				if v-from < n && !degenerate(t) {
					in.corner[own[v-from]] = uint32(3*f + k)
					own[v-from]++
				}
			}
		}
	})
	in.first = in.first[:len(m.Points)+1]
	return in
}

// ownPoints gives each worker its points.
func ownPoints(n int, f func(from, n uint32)) {
	workers := runtime.GOMAXPROCS(0)
	var wait sync.WaitGroup
	for w := range workers {
		from, to := n*w/workers, n*(w+1)/workers
		wait.Go(func() { f(uint32(from), uint32(to-from)) })
	}
	wait.Wait()
}

// at gives the corners at a point.
func (in *incidence) at(v uint32) []uint32 { return in.corner[in.first[v]:in.first[v+1]] }

// around gives, of a corner, its triangle and the points that follow and precede it there.
func (in *incidence) around(corner uint32) (face, next, prev uint32) {
	face = corner / 3
	t := &in.mesh.Triangles[face]
	switch corner - 3*face {
	case 0:
		return face, t[1], t[2]
	case 1:
		return face, t[2], t[0]
	}
	return face, t[0], t[1]
}
