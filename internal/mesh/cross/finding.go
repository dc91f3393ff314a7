package cross

import "bassin/internal/mesh"

// SeenMM is how deep faces must go through each other for somebody to be told, in millimetres: what is less no machine shows.
const SeenMM = 0.01

// The keys of what is found.
const (
	Itself = "surface-crosses-itself" // within a body
	Bodies = "bodies-overlap"         // between bodies
	Some   = "crossings-not-all"      // only some pairs of faces were looked at
)

// Findings tells of the pairs that are so deep at least: of those within a body, and of those between bodies. Bodies hang together
// over points. When the pairs are not all, it says so.
func Findings(m *mesh.Mesh, pairs []Pair, all bool, least float64) []mesh.Finding {
	body := make([]uint32, len(m.Points)) // towards the smallest point of each
	for i := range body {
		body[i] = uint32(i)
	}
	find := func(p uint32) uint32 {
		for body[p] != p {
			body[p] = body[body[p]]
			p = body[p]
		}
		return p
	}
	for _, t := range m.Triangles {
		a := find(t[0])
		for _, p := range t[1:] {
			b := find(p)
			a, b = min(a, b), max(a, b)
			body[b] = a
		}
	}
	count := map[string]int{}
	faces := map[string][]uint32{}
	for _, p := range pairs {
		if p.Depth < least {
			continue
		}
		key := Bodies
		if find(m.Triangles[p.A][0]) == find(m.Triangles[p.B][0]) {
			key = Itself
		}
		count[key]++
		for _, f := range [2]uint32{p.A, p.B} {
			if len(faces[key]) < mesh.MaxPlaces {
				faces[key] = append(faces[key], f)
			}
		}
	}
	var list []mesh.Finding
	if !all {
		list = append(list, mesh.Finding{Key: Some, Severity: mesh.Doubtful})
	}
	for _, key := range []string{Bodies, Itself} {
		if n := count[key]; n > 0 {
			list = append(list, mesh.Finding{Key: key, Severity: mesh.Doubtful, Args: map[string]any{"count": n}, Faces: faces[key]})
		}
	}
	return list
}
