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
