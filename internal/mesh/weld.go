package mesh

import "math"

// Weld makes points that are equal bit for bit one (−0 is 0) and leaves out those that no triangle names; points stand
// in the order in which triangles name them. Triangles stay as many and in their order; one whose corners become equal
// is degenerate, which Topology counts. A mesh that is so already is given as it is.
func Weld(m *Mesh) *Mesh {
	if m.Welded { // to look all points up again would take as long as to read the file
		return m
	}
	const none = math.MaxUint32
	set := NewPointSet(len(m.Points))
	to := make([]uint32, len(m.Points))
	for i := range to {
		to[i] = none
	}
	same := true
	for _, t := range m.Triangles {
		for _, v := range t {
			if to[v] == none {
				to[v] = set.Add(m.Points[v])
				same = same && to[v] == v
			}
		}
	}
	if same && len(set.points) == len(m.Points) {
		return m
	}
	w := &Mesh{Points: set.points, Triangles: make([][3]uint32, len(m.Triangles)), Welded: true}
	for i, t := range m.Triangles {
		w.Triangles[i] = [3]uint32{to[t[0]], to[t[1]], to[t[2]]}
	}
	return w
}
