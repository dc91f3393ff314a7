package mesh

// LeaveOutNonfinite takes out of the objects the faces with a corner that is nowhere (NaN or an infinity), which nothing
// can be measured of, and notes how many. Readers call it, so that all formats are treated as one.
func (m *Model) LeaveOutNonfinite() {
	points, faces := 0, 0
	clean := map[*Mesh]*Mesh{}
	for i := range m.Objects {
		o := &m.Objects[i]
		if clean[o.Mesh] == nil {
			c, p, f := finiteOf(o.Mesh)
			clean[o.Mesh] = c
			points, faces = points+p, faces+f
		}
		o.Mesh = clean[o.Mesh]
	}
	if faces > 0 {
		m.Notes = append(m.Notes, NonfiniteNote(points, faces))
	}
}

// NonfiniteNote says how many corners were nowhere, and how many faces were left out with them.
func NonfiniteNote(corners, faces int) Note {
	return Note{Key: "nonfinite", Args: map[string]any{"vertices": corners, "faces": faces}}
}

// finiteOf gives a mesh without the faces that are nowhere; the mesh itself when it has none.
func finiteOf(m *Mesh) (clean *Mesh, corners, faces int) {
	nowhere := make([]bool, len(m.Points))
	some := false
	for i, p := range m.Points {
		nowhere[i] = !p.Finite()
		some = some || nowhere[i]
	}
	if !some {
		return m, 0, 0
	}
	clean = &Mesh{Points: m.Points}
	for _, t := range m.Triangles {
		n := 0
		for _, v := range t {
			if nowhere[v] {
				n++
			}
		}
		if n > 0 {
			corners, faces = corners+n, faces+1
			continue
		}
		clean.Triangles = append(clean.Triangles, t)
	}
	return clean, corners, faces
}
