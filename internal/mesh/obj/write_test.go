package obj

import (
	"bytes"
	"strings"
	"testing"

	"bassin/internal/mesh"
)

// What is written is read again: names, places, numbers to the last bit, and the outside of mirrored copies.
func TestWrite(t *testing.T) {
	part, err := read(tetra + "f 1 3 2\nf 1 2 4\nf 2 3 4\nf 1 4 3\n")
	if err != nil {
		t.Fatal(err)
	}
	m := part.Objects[0].Mesh
	m.Points[1].X = 0.1 + 0.2
	mirror := mesh.Transform{-1, 0, 0, 0, 1, 0, 0, 0, 1, 10, 0, 0}
	var b bytes.Buffer
	err = Write(&b, &mesh.Model{Unit: mesh.Centimetre, Objects: []mesh.Object{{Name: "a\nv 1 2 3\\", Mesh: m, Place: mesh.Identity}, {Mesh: m, Place: mirror}}})
	if err != nil {
		t.Fatal(err)
	}
	back, err := read(b.String())
	if err != nil {
		t.Fatal(err)
	}
	if len(back.Objects) != 2 || back.Objects[0].Name != "a v 1 2 3" || back.Objects[1].Name != "2" {
		t.Fatalf("objects %+v", back.Objects)
	}
	x := 0.1 + 0.2
	if got := back.Objects[0].Mesh.Points; len(got) != 4 || got[2].X != x*10 {
		t.Errorf("points %v", got)
	}
	for i, o := range back.Objects {
		var six float64
		for _, f := range o.Mesh.Triangles {
			six += o.Mesh.Points[f[0]].Dot(o.Mesh.Points[f[1]].Cross(o.Mesh.Points[f[2]]))
		}
		if six <= 0 {
			t.Errorf("object %d shows its inside", i)
		}
	}
	if strings.Contains(b.String(), "\nv 1 2 3") {
		t.Error("a name became a corner")
	}
}
