// Package repair closes and orients meshes that bound no volume: doubled faces, points that should be one, corners on the
// sides of their neighbours, faces turned over, holes. It changes a copy, says each step, and leaves to the caller
// whether the change of volume is acceptable: a repair that is silent about what it changes is worse than none.
//
// Distances are shares of the diagonal of the part's box, for files often do not say their unit.
//
// Bodies that overlap are united by what the caller has for it (Uniting): to intersect surfaces safely is not done here.
//
// Called by additive, for a revision that is repaired, and by the command line.
package repair

import (
	"slices"

	"bassin/internal/mesh"
)

// WorthSaying is the change of volume, as a share, from which somebody must look at the part: half a per cent.
const WorthSaying = 0.005

// Step is one thing that was done, or was too much to do, and to how many faces, points or holes.
type Step struct {
	Key   string
	Count int
}

// Report says what was done and what the mesh was before and is now.
type Report struct {
	Steps         []Step
	Before, After mesh.Report
	NotUnited     error // why bodies that overlap were not united; nil when there are none, or they were
}

// Bodies is how many there were, and are: shells that are no cavities.
func (r *Report) Bodies() (before, after int) {
	return len(r.Before.Shells) - r.Before.NegativeShells(), len(r.After.Shells) - r.After.NegativeShells()
}

// VolumeChange is the change of volume as a share of what it was; of a mesh that had none it is infinite.
func (r *Report) VolumeChange() float64 { return change(r.Before.Volume, r.After.Volume) }

// AreaChange is the change of area as a share of what it was.
func (r *Report) AreaChange() float64 { return change(r.Before.Area, r.After.Area) }

func change(before, after float64) float64 {
	if after == before {
		return 0
	}
	return (after - before) / before
}

// body is the mesh in work: points stay in their places, so that their numbers hold; faces come and go.
type body struct {
	points   []mesh.Vec
	faces    [][3]uint32
	diagonal float64
	steps    []Step
}

func (b *body) did(key string, n int) {
	if n > 0 {
		b.steps = append(b.steps, Step{key, n})
	}
}

// Mesh repairs a mesh. What is in order is given back as it came, welded.
func Mesh(m *mesh.Mesh) (*mesh.Mesh, Report) {
	m = mesh.Weld(m)
	r := Report{Before: mesh.CheckWelded(m)}
	if r.Before.Manifold() && r.Before.DegenerateFaces == 0 && r.Before.NegativeShells() == 0 && len(r.Before.Shells) == 1 {
		r.After = r.Before
		return m, r
	}
	b := &body{points: slices.Clone(m.Points), faces: slices.Clone(m.Triangles), diagonal: r.Before.Size().Len()}
	if r.Before.Manifold() && r.Before.DegenerateFaces == 0 {
		b.did("shells-turned", b.turnShells())
		if len(b.steps) == 0 {
			r.After = r.Before
			return m, r
		}
		m = &mesh.Mesh{Points: b.points, Triangles: b.faces}
		r.Steps, r.After = b.steps, mesh.Check(m)
		return m, r
	}
	b.did("degenerate-faces-removed", b.dropDegenerate())
	b.did("duplicate-faces-removed", b.dropDuplicates())
	if open := b.openEdges(); len(open) > 0 {
		b.did("points-joined", b.joinNear())
		cuts, left := b.splitSides()
		b.did("sides-split", cuts)
		b.did("sides-left", left)
		b.did("duplicate-faces-removed", b.dropDuplicates())
	}
	b.did("loose-faces-removed", b.dropSheets())
	b.did("faces-turned", b.orient())
	b.did("holes-filled", b.fill())
	if b.unbalanced() == 0 {
		b.did("inner-faces-removed", b.dropInner())
	}
	b.did("points-parted", b.splitCrowded())
	if b.unbalanced() == 0 {
		b.did("seams-parted", b.splitSeams())
	}
	b.did("shells-turned", b.turnShells())
	repaired := mesh.Weld(&mesh.Mesh{Points: b.points, Triangles: b.faces})
	r.Steps, r.After = b.steps, mesh.CheckWelded(repaired)
	return repaired, r
}
