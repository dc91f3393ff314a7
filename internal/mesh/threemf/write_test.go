package threemf

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"bassin/internal/mesh"
)

// What is written conforms, and is read again as it was: shared meshes, names, places, numbers to the last bit.
func TestWrite(t *testing.T) {
	tetra := &mesh.Mesh{Points: []mesh.Vec{{}, {X: 0.1}, {Y: 1.0 / 3}, {Z: 1e-7}}, Triangles: [][3]uint32{{0, 2, 1}, {0, 1, 3}, {1, 2, 3}, {0, 3, 2}}}
	m := &mesh.Model{Objects: []mesh.Object{
		{Name: `Pièce "A" <1> & co`, Mesh: tetra, Place: mesh.Identity},
		{Name: "again", Mesh: tetra, Place: mesh.Transform{0, 1, 0, -1, 0, 0, 0, 0, 1, 10.5, 0, -1e-9}},
		{Mesh: &mesh.Mesh{Points: tetra.Points, Triangles: append([][3]uint32{{0, 0, 1}}, tetra.Triangles...)}, Place: mesh.Identity},
		{Mesh: &mesh.Mesh{Points: tetra.Points}, Place: mesh.Identity}, // nothing
	}}
	var b, again bytes.Buffer
	about := Metadata{Title: "Essai <é>", Application: "Bassin", CreationDate: "2026-11-26"}
	if err := Write(&b, m, about); err != nil {
		t.Fatal(err)
	}
	if err := Write(&again, m, about); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Errorf("the same model gives other bytes (%v)", err)
	}
	data := b.Bytes()
	if findings, err := Validate(bytes.NewReader(data), int64(len(data)), mesh.DefaultLimits); err != nil || len(findings) > 0 {
		t.Errorf("what was written does not conform: %v, %v", findings, err)
	}
	back, err := Read(bytes.NewReader(data), int64(len(data)), mesh.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	if back.Name != about.Title || back.Unit != mesh.Millimetre || len(back.Objects) != 3 || len(back.Notes) > 0 {
		t.Fatalf("got %+v", back)
	}
	for i, o := range back.Objects {
		if o.Place != m.Objects[i].Place || fmt.Sprint(*o.Mesh) != fmt.Sprint(*tetra) {
			t.Errorf("object %d: %+v at %v", i, *o.Mesh, o.Place)
		}
	}
	if back.Objects[0].Name != m.Objects[0].Name || back.Objects[0].Mesh != back.Objects[1].Mesh {
		t.Errorf("the first is called %q; shared: %v", back.Objects[0].Name, back.Objects[0].Mesh == back.Objects[1].Mesh)
	}
}

// An inch of a file is 25.4 of what is written.
func TestWriteUnits(t *testing.T) {
	m, err := readModel(t, model(tetraObject(1, ""), `<item objectid="1" transform="1 0 0 0 1 0 0 0 1 2 0 0"/>`))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Write(&b, m, Metadata{}); err != nil {
		t.Fatal(err)
	}
	back, err := Read(bytes.NewReader(b.Bytes()), int64(b.Len()), mesh.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	corner := back.Objects[0].Place.Apply(back.Objects[0].Mesh.Points[1])
	if back.Unit != mesh.Millimetre || corner.Sub(mesh.Vec{X: 76.2}).Len() > 1e-12 {
		t.Errorf("the corner is at %v %s", corner, back.Unit)
	}
}

func TestWriteRefusesWhatIsNoNumber(t *testing.T) {
	zero := 0.0
	m := &mesh.Model{Objects: []mesh.Object{{Mesh: &mesh.Mesh{Points: []mesh.Vec{{X: 1 / zero}}, Triangles: [][3]uint32{{0, 0, 0}}}, Place: mesh.Identity}}}
	if err := Write(&bytes.Buffer{}, m, Metadata{}); err == nil || !strings.Contains(err.Error(), "not-finite") {
		t.Errorf("an infinity is written: %v", err)
	}
}
