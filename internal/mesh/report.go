package mesh

// Report is all that is counted and measured of a mesh.
type Report struct {
	Topology
	Measures
	Shells []Shell
}

// Check counts and measures a mesh, welded first if it has equal points.
func Check(m *Mesh) Report { return CheckWelded(Weld(m)) }

// CheckWelded counts and measures a mesh whose points are welded already, as those from an STL file are.
func CheckWelded(m *Mesh) Report {
	topology, in, faces := examine(m)
	r := Report{Topology: topology, Measures: Measure(m)}
	r.Shells = shellsOf(in.mesh, faces, &r.Measures)
	return r
}

// NegativeShells is how many shells have a negative volume: cavities, or bodies turned inside out.
func (r *Report) NegativeShells() int {
	n := 0
	for _, s := range r.Shells {
		if s.Volume < 0 {
			n++
		}
	}
	return n
}
