package mesh

// incidence knows the corners at each point. Corner 3·f+k is the k-th of triangle f. Degenerate triangles, which
// name a point twice, have no corners here: they bound no edge of the surface.
type incidence struct {
	mesh  *Mesh
	first []uint32 // of point v the corners are corner[first[v]:first[v+1]], in the order of the triangles
	corner,
	degenerate []uint32 // degenerate: triangles, in order
}

func degenerate(t [3]uint32) bool { return t[0] == t[1] || t[1] == t[2] || t[2] == t[0] }

func newIncidence(m *Mesh) *incidence {
	in := &incidence{mesh: m, first: make([]uint32, len(m.Points)+2)}
	count := in.first[2:] // two places on: filling moves each begin to its end, which is the begin of the next
	for f, t := range m.Triangles {
		if degenerate(t) {
			in.degenerate = append(in.degenerate, uint32(f))
			continue
		}
		for _, v := range t {
			count[v]++
		}
	}
	for v := 1; v < len(in.first); v++ {
		in.first[v] += in.first[v-1]
	}
	in.corner = make([]uint32, 3*(len(m.Triangles)-len(in.degenerate)))
	at := in.first[1:]
	for f, t := range m.Triangles {
		if degenerate(t) {
			continue
		}
		for k, v := range t {
			in.corner[at[v]] = uint32(3*f + k)
			at[v]++
		}
	}
	in.first = in.first[:len(m.Points)+1]
	return in
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
