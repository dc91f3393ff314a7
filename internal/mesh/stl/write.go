package stl

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"

	"bassin/internal/mesh"
)

// Write writes a binary file. Coordinates become numbers of 32 bits, which is all that STL has.
func Write(w io.Writer, m *mesh.Mesh) error {
	b := bufio.NewWriterSize(w, 1<<16)
	head := make([]byte, headBytes)
	copy(head, "binary STL, millimetres, by Bassin")
	if int64(len(m.Triangles)) > math.MaxUint32 {
		return fmt.Errorf("write STL: %d triangles", len(m.Triangles))
	}
	binary.LittleEndian.PutUint32(head[80:], uint32(len(m.Triangles)))
	if _, err := b.Write(head); err != nil {
		return err
	}
	var record [recordBytes]byte
	for _, t := range m.Triangles {
		p, q, r := m.Points[t[0]], m.Points[t[1]], m.Points[t[2]]
		for i, v := range [4]mesh.Vec{normal(p, q, r), p, q, r} {
			for k, x := range [3]float64{v.X, v.Y, v.Z} {
				binary.LittleEndian.PutUint32(record[12*i+4*k:], math.Float32bits(float32(x)))
			}
		}
		if _, err := b.Write(record[:]); err != nil {
			return err
		}
	}
	return b.Flush()
}

// WriteText writes a text file, with as many digits as each number needs to be read the same.
func WriteText(w io.Writer, m *mesh.Mesh, name string) error {
	b := bufio.NewWriterSize(w, 1<<16)
	var line []byte
	put := func(word string, v mesh.Vec) {
		line = append(line[:0], word...)
		for _, x := range [3]float64{v.X, v.Y, v.Z} {
			line = strconv.AppendFloat(append(line, ' '), x, 'g', -1, 64)
		}
		b.Write(append(line, '\n')) //nolint:errcheck // Flush gives the first error
	}
	name = oneLine(name)
	fmt.Fprintf(b, "solid %s\n", name)
	for _, t := range m.Triangles {
		p, q, r := m.Points[t[0]], m.Points[t[1]], m.Points[t[2]]
		put("facet normal", normal(p, q, r))
		fmt.Fprint(b, "outer loop\n")
		put("vertex", p)
		put("vertex", q)
		put("vertex", r)
		fmt.Fprint(b, "endloop\nendfacet\n")
	}
	fmt.Fprintf(b, "endsolid %s\n", name)
	return b.Flush()
}

// oneLine makes of line ends spaces: a name must not end the line it stands in.
func oneLine(s string) string {
	r := []rune(s)
	for i, c := range r {
		if c < ' ' {
			r[i] = ' '
		}
	}
	return string(r)
}

// normal is of length 1, or 0 for a face without area.
func normal(p, q, r mesh.Vec) mesh.Vec {
	n := q.Sub(p).Cross(r.Sub(p))
	if l := n.Len(); l > 0 && !math.IsInf(l, 0) {
		return n.Times(1 / l)
	}
	return mesh.Vec{}
}
