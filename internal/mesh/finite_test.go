package mesh

import (
	"fmt"
	"math"
	"testing"
)

func TestLeaveOutNonfinite(t *testing.T) {
	whole := cube(Vec{})
	torn := cube(Vec{})
	torn.Points[0].X = math.Inf(1)
	m := Model{Objects: []Object{{Mesh: whole, Place: Identity}, {Mesh: torn, Place: Identity}, {Mesh: torn, Place: Identity}}}
	m.LeaveOutNonfinite()
	if m.Objects[0].Mesh != whole {
		t.Error("a mesh without fault is copied")
	}
	if m.Objects[1].Mesh != m.Objects[2].Mesh {
		t.Error("a mesh at two places becomes two")
	}
	r := Check(m.Objects[1].Mesh)
	if r.Vertices != 7 || r.Triangles != 6 || math.IsNaN(r.Volume) || r.OpenEdges != 6 {
		t.Errorf("what is left has %d points, %d triangles, %d open edges, volume %v", r.Vertices, r.Triangles, r.OpenEdges, r.Volume)
	}
	if got := fmt.Sprint(m.Notes); got != "[{nonfinite map[faces:6 vertices:6]}]" {
		t.Errorf("notes %s", got)
	}
	if len(torn.Triangles) != 12 {
		t.Error("the mesh that was given is changed")
	}
}

// A point may be a number and lie so far out, as it is placed, that nothing can be measured of it.
func TestLeaveOutWhatIsBeyondMeasure(t *testing.T) {
	huge, far, nowhere, turned := Identity, Identity, Identity, Identity
	huge[0], huge[4], huge[8] = 1e300, 1e300, 1e300
	far[9] = -1e61
	nowhere[5] = math.NaN()
	turned[0], turned[4], turned[9] = -1, -1, 1e59
	part := cube(Vec{})
	out := cube(Vec{})
	out.Points[7] = Vec{X: 1e308, Y: -1e308}
	m := Model{Objects: []Object{{Mesh: part, Place: huge}, {Mesh: part, Place: far}, {Mesh: part, Place: nowhere}, {Mesh: part, Place: turned}, {Mesh: out, Place: Identity}}}
	m.LeaveOutNonfinite()
	if m.Objects[3].Mesh != part {
		t.Error("one that has its place is changed")
	}
	if r := Check(m.Whole()); r.Triangles == 0 || math.IsNaN(r.Volume) || math.IsInf(r.Volume, 0) || math.IsNaN(r.Area) || !r.Max.Finite() || !r.Size().Finite() {
		t.Errorf("%d triangles, volume %g, area %g, to %v", r.Triangles, r.Volume, r.Area, r.Max)
	}
	if len(m.Notes) != 1 {
		t.Errorf("notes %v", m.Notes)
	}
}
