package mesh

// Shell is a part of a mesh whose faces hang together over edges.
type Shell struct {
	First  uint32 // its first face; shells stand in the order of these
	Faces  int
	Volume float64 // signed, about the mean of the points of the whole mesh
}

// shellsOf makes a list of the sets of faces, and puts in each face's place the number of its shell. Degenerate faces
// are in none.
func shellsOf(m *Mesh, faces unions, measured *Measures) []Shell {
	var list []Shell
	for f, t := range m.Triangles {
		if degenerate(t) {
			continue
		}
		if up := faces[f]; up != uint32(f) {
			faces[f] = faces[up] // which came before and holds its number already
		} else {
			faces[f] = uint32(len(list))
			list = append(list, Shell{First: up})
		}
		list[faces[f]].Faces++
	}
	if len(list) == 1 {
		list[0].Volume = measured.Volume
		return list
	}
	amid := measured.amid
	volumes := make([]sum, len(list))
	for f, t := range m.Triangles {
		if !degenerate(t) {
			a, b, c := m.Points[t[0]].Sub(amid), m.Points[t[1]].Sub(amid), m.Points[t[2]].Sub(amid)
			volumes[faces[f]].add(a.Dot(b.Cross(c)))
		}
	}
	for i := range list {
		list[i].Volume = volumes[i].value() / 6
	}
	return list
}
