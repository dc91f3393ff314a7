// Package glb writes glTF 2.0 in its binary form, the format in which the browser shows parts: points as 32-bit
// numbers, triangles by their corners (Khronos, glTF 2.0 specification, 3 and 4.4 for the container). Pages that show
// a part in three dimensions call it.
//
// glTF is in metres with Y up; a root node turns and shrinks the part, whose own coordinates stay millimetres with Z
// up. Each mesh is moved to its own middle, and its node moves it back: 32 bits 100 m from the origin are steps of
// eight thousandths of a millimetre, by its own middle of a billionth of its size.
package glb

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"io"
	"math"

	"bassin/internal/mesh"
)

// body is one mesh as it is written.
type body struct {
	mesh        *mesh.Mesh
	middle      mesh.Vec
	least, most [3]float32
	triangles   int // those whose corners are all numbers: glTF has no others (3.6.2.5)
}

// Write writes a model.
func Write(w io.Writer, m *mesh.Model) error {
	var bodies []*body
	number := map[*mesh.Mesh]int{}
	size := int64(0)
	for _, o := range m.Objects {
		if _, known := number[o.Mesh]; known {
			continue
		}
		b := measure(o.Mesh)
		number[o.Mesh] = -1
		if b.triangles > 0 {
			number[o.Mesh] = len(bodies)
			bodies = append(bodies, b)
			size += 12 * int64(len(o.Mesh.Points)+b.triangles)
		}
	}
	head, err := json.Marshal(document(m, bodies, number, size))
	if err != nil {
		return err
	}
	for len(head)%4 != 0 {
		head = append(head, ' ')
	}
	total := 12 + 8 + int64(len(head)) + 8 + size
	if len(bodies) == 0 {
		total -= 8
	}
	if total > math.MaxUint32 {
		return &mesh.FileError{Key: "limit", Args: map[string]any{"bytes": int64(math.MaxUint32)}}
	}
	b := bufio.NewWriterSize(w, 64<<10)
	out := &writer{b}
	out.words(0x46546C67, 2, uint32(total), uint32(len(head)), 0x4E4F534A) // "glTF", version; "JSON"
	b.Write(head)                                                          //nolint:errcheck // Flush gives the first error
	if len(bodies) > 0 {
		out.words(uint32(size), 0x004E4942) // "BIN"
	}
	for _, body := range bodies {
		out.body(body)
	}
	return b.Flush()
}

// measure finds the middle of a mesh and its box around it.
func measure(m *mesh.Mesh) *body {
	b := &body{mesh: m}
	low, high := mesh.Vec{X: math.Inf(1), Y: math.Inf(1), Z: math.Inf(1)}, mesh.Vec{X: math.Inf(-1), Y: math.Inf(-1), Z: math.Inf(-1)}
	for _, p := range m.Points {
		if p.Finite() {
			low = mesh.Vec{X: min(low.X, p.X), Y: min(low.Y, p.Y), Z: min(low.Z, p.Z)}
			high = mesh.Vec{X: max(high.X, p.X), Y: max(high.Y, p.Y), Z: max(high.Z, p.Z)}
		}
	}
	if low.X <= high.X {
		b.middle = low.Times(0.5).Add(high.Times(0.5))
	}
	for i, p := range m.Points {
		for k, x := range b.point(p) {
			if i == 0 || x < b.least[k] {
				b.least[k] = x
			}
			if i == 0 || x > b.most[k] {
				b.most[k] = x
			}
		}
	}
	for _, t := range m.Triangles {
		if b.drawn(t) {
			b.triangles++
		}
	}
	return b
}

// point is one as it is written; what is no number becomes the middle, and no triangle is drawn there.
func (b *body) point(p mesh.Vec) [3]float32 {
	if !p.Finite() {
		return [3]float32{}
	}
	p = p.Sub(b.middle)
	return [3]float32{float32(p.X), float32(p.Y), float32(p.Z)}
}

func (b *body) drawn(t [3]uint32) bool {
	return b.mesh.Points[t[0]].Finite() && b.mesh.Points[t[1]].Finite() && b.mesh.Points[t[2]].Finite()
}

type writer struct{ *bufio.Writer }

func (w *writer) words(words ...uint32) {
	var b [4]byte
	for _, x := range words {
		binary.LittleEndian.PutUint32(b[:], x)
		w.Write(b[:]) //nolint:errcheck // Flush gives the first error
	}
}

func (w *writer) body(b *body) {
	for _, p := range b.mesh.Points {
		q := b.point(p)
		w.words(math.Float32bits(q[0]), math.Float32bits(q[1]), math.Float32bits(q[2]))
	}
	for _, t := range b.mesh.Triangles {
		if b.drawn(t) {
			w.words(t[0], t[1], t[2])
		}
	}
}
