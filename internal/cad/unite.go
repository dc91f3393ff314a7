package cad

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"strings"

	_ "embed"

	"bassin/internal/mesh"
)

//go:embed unite.mjs
var uniter []byte

// MaxUnited is how many triangles bodies that are united may have together: some 20 s and 1 GB.
const MaxUnited = 2_000_000

// bodies is the kind of what Unite sends.
const bodies Kind = "bodies"

// Unite makes one mesh of closed, oriented bodies that overlap, by manifold-3d (decision 52). It computes with 32 bits about their
// middle. The error is a mesh.FileError when the bodies are the reason, or when there is no Node.
func (c *Converter) Unite(ctx context.Context, list []*mesh.Mesh) (*mesh.Mesh, error) {
	triangles := 0
	for _, m := range list {
		triangles += len(m.Triangles)
	}
	switch {
	case c == nil || c.uniting == nil:
		return nil, &mesh.FileError{Key: "unite-none"}
	case triangles > MaxUnited:
		return nil, &mesh.FileError{Key: "unite-large", Args: map[string]any{"triangles": MaxUnited}}
	}
	all := &mesh.Model{}
	for _, m := range list {
		all.Objects = append(all.Objects, mesh.Object{Mesh: m, Place: mesh.Identity})
	}
	box := mesh.Measure(all.Whole())
	middle := box.Min.Add(box.Max).Times(0.5)
	input, write := io.Pipe()
	go func() { write.CloseWithError(writeBodies(write, list, middle)) }()
	model, err := c.work(ctx, c.uniting, input, bodies, mesh.Limits{Triangles: 10 * MaxUnited}, "unite.mjs")
	_ = input.Close()
	var refused *mesh.FileError
	if errors.As(err, &refused) {
		return nil, &mesh.FileError{Key: strings.Replace(refused.Key, "convert-", "unite-", 1), Args: refused.Args}
	}
	if err != nil {
		return nil, err
	}
	united := model.Objects[0].Mesh
	for i := range united.Points {
		united.Points[i] = united.Points[i].Add(middle)
	}
	return united, nil
}

// writeBodies writes meshes as the worker's output is read: about a point, for numbers of 32 bits are finest near zero.
func writeBodies(to io.Writer, list []*mesh.Mesh, middle mesh.Vec) error {
	w := bufio.NewWriterSize(to, 1<<16) // which keeps its first failure, and tells it by Flush
	_, _ = w.Write(head)
	put := func(v any) { _ = binary.Write(w, binary.LittleEndian, v) }
	put(uint32(len(list)))
	for _, m := range list {
		put(uint32(0))
		put(uint32(len(m.Points)))
		for _, p := range m.Points {
			put(p.Sub(middle))
		}
		put(uint32(len(m.Triangles)))
		put(m.Triangles)
	}
	return w.Flush()
}
