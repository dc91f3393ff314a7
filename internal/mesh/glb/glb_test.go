package glb

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"testing"

	"bassin/internal/mesh"
)

// opened is a file taken apart by the specification: its JSON and its bytes.
func opened(t *testing.T, m *mesh.Model) (gltf, []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, m); err != nil {
		t.Fatal(err)
	}
	data := b.Bytes()
	word := func(at int) int { return int(binary.LittleEndian.Uint32(data[at:])) }
	if string(data[:4]) != "glTF" || word(4) != 2 || word(8) != len(data) || string(data[16:20]) != "JSON" || word(12)%4 != 0 {
		t.Fatalf("the head is %q", data[:20])
	}
	var doc gltf
	end := 20 + word(12)
	if err := json.Unmarshal(data[20:end], &doc); err != nil {
		t.Fatal(err)
	}
	if end == len(data) {
		return doc, nil
	}
	if string(data[end+4:end+8]) != "BIN\x00" || word(end) != len(data)-end-8 || int64(word(end)) != doc.Buffers[0].ByteLength {
		t.Fatalf("the bytes begin by %q", data[end:end+8])
	}
	return doc, data[end+8:]
}

// corner gives the place of one corner of a node's mesh, as a viewer finds it: by its index, its node, the root.
func corner(doc gltf, bin []byte, n int, index int) mesh.Vec {
	p := doc.Meshes[*doc.Nodes[n].Mesh].Primitives[0]
	at := func(accessor int) []byte { return bin[doc.BufferViews[doc.Accessors[accessor].BufferView].ByteOffset:] }
	i := int(binary.LittleEndian.Uint32(at(p.Indices)[4*index:]))
	var xyz [3]float64
	for k := range xyz {
		xyz[k] = float64(math.Float32frombits(binary.LittleEndian.Uint32(at(p.Attributes["POSITION"])[12*i+4*k:])))
	}
	v := mesh.Vec{X: xyz[0], Y: xyz[1], Z: xyz[2]}
	for _, m := range []*[16]float64{doc.Nodes[n].Matrix, doc.Nodes[0].Matrix} {
		v = mesh.Vec{
			X: m[0]*v.X + m[4]*v.Y + m[8]*v.Z + m[12],
			Y: m[1]*v.X + m[5]*v.Y + m[9]*v.Z + m[13],
			Z: m[2]*v.X + m[6]*v.Y + m[10]*v.Z + m[14],
		}
	}
	return v
}

func TestWrite(t *testing.T) {
	nan := math.NaN()
	// Far from its origin: 32 bits alone would round its corners to a sixteenth of a millimetre.
	part := &mesh.Mesh{Points: []mesh.Vec{{X: 1e6}, {X: 1e6 + 0.01}, {X: 1e6, Y: 0.02}, {X: 1e6, Z: 0.03}, {X: nan}},
		Triangles: [][3]uint32{{0, 2, 1}, {0, 1, 4}, {0, 1, 3}}}
	turned := mesh.Transform{0, 1, 0, -1, 0, 0, 0, 0, 1, 5, 0, 0}
	m := &mesh.Model{Unit: mesh.Centimetre, Objects: []mesh.Object{
		{Name: "one", Mesh: part, Place: mesh.Identity, Plate: 2},
		{Name: "nothing", Mesh: &mesh.Mesh{}, Place: mesh.Identity},
		{Name: "two", Mesh: part, Place: turned},
	}}
	doc, bin := opened(t, m)
	if len(doc.Meshes) != 1 || len(doc.Nodes) != 3 || doc.Nodes[1].Name != "one" || doc.Nodes[1].Extras.Plate != 2 || doc.Nodes[2].Name != "two" {
		t.Fatalf("document %+v", doc)
	}
	if a := doc.Accessors; a[0].Count != 5 || a[1].Count != 6 || len(bin) != 5*12+6*4 {
		t.Errorf("accessors %+v of %d bytes", a, len(bin))
	}
	if least, most := *doc.Accessors[0].Min, *doc.Accessors[0].Max; least[0] >= 0 || most[2] <= 0 || most[0] > 0.01 {
		t.Errorf("box %v to %v", least, most)
	}
	for n, place := range map[int]mesh.Transform{1: mesh.Identity, 2: turned} {
		for i, p := range []uint32{0, 2, 1, 0, 1, 3} {
			want := place.Apply(part.Points[p]).Times(10)                          // millimetres, Z up
			want = mesh.Vec{X: want.X / 1000, Y: want.Z / 1000, Z: -want.Y / 1000} // metres, Y up
			if got := corner(doc, bin, n, i); got.Sub(want).Len() > 1e-8 {
				t.Errorf("corner %d of node %d is at %v, want %v", i, n, got, want)
			}
		}
	}
}

func TestWriteNothing(t *testing.T) {
	doc, bin := opened(t, &mesh.Model{})
	if bin != nil || doc.Asset.Version != "2.0" || len(doc.Nodes) != 1 {
		t.Errorf("got %+v", doc)
	}
}
