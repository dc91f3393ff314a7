package repair

import (
	"bassin/internal/mesh"
)

// Within is the finding of closed shells that lie within others and are no cavities though they should be, or the reverse: their
// volume is counted twice.
const Within = "shells-within"

// Findings tells of shells of a closed mesh that a repair would turn.
func Findings(m *mesh.Mesh, r *mesh.Report) []mesh.Finding {
	if len(r.Shells) < 2 || !r.Manifold() {
		return nil
	}
	b := &body{points: m.Points, faces: m.Triangles}
	shells := b.shells()
	var faces []uint32
	n := 0
	for _, i := range b.wrong(shells) {
		if shells[i].volume > 0 { // one of less volume is said to be a cavity or inside out already
			n++
			if len(faces) < mesh.MaxPlaces {
				faces = append(faces, uint32(shells[i].faces[0]))
			}
		}
	}
	if n == 0 {
		return nil
	}
	return []mesh.Finding{{Key: Within, Severity: mesh.Doubtful, Args: map[string]any{"count": n}, Faces: faces}}
}
