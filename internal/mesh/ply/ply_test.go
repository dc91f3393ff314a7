package ply

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"bassin/internal/mesh"
)

const head = "comment by hand\nelement vertex 4\nproperty float x\nproperty double y\nproperty float32 z\nproperty uchar red\n" +
	"element edge 1\nproperty list uchar short what\nelement face 2\nproperty uchar flags\nproperty list uchar int vertex_indices\nend_header\n"

const text = "0 0 0 255\n1 0 0 255\n0 1 0 255\n0 0 1 255\n2 7 8\n1 3 0 2 1\n1 4 0 1 3 2\n"

// bytesOf is what text says, as bytes of an order.
func bytesOf(order binary.AppendByteOrder) []byte {
	var b []byte
	f32 := func(v uint32) { b = order.AppendUint32(b, v) }
	for _, p := range [][3]int{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}} {
		f32([]uint32{0, 0x3F800000}[p[0]])
		b = order.AppendUint64(b, []uint64{0, 0x3FF0000000000000}[p[1]])
		f32([]uint32{0, 0x3F800000}[p[2]])
		b = append(b, 255)
	}
	b = append(b, 2)
	b = order.AppendUint16(order.AppendUint16(b, 7), 8)
	for _, face := range [][]uint32{{0, 2, 1}, {0, 1, 3, 2}} {
		b = append(b, 1, byte(len(face)))
		for _, c := range face {
			f32(c)
		}
	}
	return b
}

func read(data []byte) (*mesh.Model, error) {
	return Read(bytes.NewReader(data), int64(len(data)), mesh.Limits{Triangles: 8, Bytes: 4000})
}

func TestRead(t *testing.T) {
	const want = "[[0 2 1] [0 1 3] [0 3 2]]"
	for name, data := range map[string][]byte{
		"text":          []byte("ply\nformat ascii 1.0\n" + head + text),
		"text by CR LF": []byte(strings.ReplaceAll("ply\nformat ascii 1.0\n"+head+text, "\n", "\r\n")),
		"a broken line": []byte("ply\nformat ascii 1.0\n" + head + strings.ReplaceAll(text, "1 4 0 1", "1 4\n0 1")),
		"little endian": append([]byte("ply\nformat binary_little_endian 1.0\n"+head), bytesOf(binary.LittleEndian)...),
		"big endian":    append([]byte("ply\nformat binary_big_endian 1.0\n"+head), bytesOf(binary.BigEndian)...),
		"bytes behind a head by CR LF": append([]byte(strings.ReplaceAll("ply\nformat binary_big_endian 1.0\n"+head, "\n", "\r\n")),
			bytesOf(binary.BigEndian)...),
	} {
		t.Run(name, func(t *testing.T) {
			m, err := read(data)
			if err != nil {
				t.Fatal(err)
			}
			part := m.Objects[0].Mesh
			if got := fmt.Sprint(part.Triangles); got != want || part.Points[3] != (mesh.Vec{Z: 1}) || part.Points[2] != (mesh.Vec{Y: 1}) {
				t.Errorf("got %s of %v", got, part.Points)
			}
			if got := fmt.Sprint(m.Notes); got != "[{faces-not-flat map[count:1]} {colours-left-out map[]}]" && got != "[{colours-left-out map[]}]" {
				t.Errorf("notes %s", got)
			}
		})
	}
}

func TestReadStrips(t *testing.T) {
	m, err := read([]byte("ply\nformat ascii 1.0\nelement vertex 4\nproperty float x\nproperty float y\nproperty float z\n" +
		"element tristrips 1\nproperty list int int vertex_indices\nend_header\n0 0 0\n1 0 0\n0 1 0\n1 1 0\n8 0 1 2 3 -1 3 1 0\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(m.Objects[0].Mesh.Triangles); got != "[[0 1 2] [2 1 3] [3 1 0]]" {
		t.Errorf("got %s", got)
	}
}

func TestReadRefuses(t *testing.T) {
	const corner = "element vertex 3\nproperty float x\nproperty float y\nproperty float z\n"
	const face = "element face 1\nproperty list uchar int vertex_index\nend_header\n"
	const three = "0 0 0\n1 0 0\n0 1 0\n"
	ascii := func(s string) string { return "ply\nformat ascii 1.0\n" + s }
	for name, c := range map[string]struct {
		data string
		key  string
		line int64
	}{
		"another magic":                 {"plx\n", "not-a-part", 1},
		"no format":                     {"ply\nend_header\n", "header", 2},
		"a format unknown":              {"ply\nformat ebcdic 1.0\n", "header", 2},
		"a type unknown":                {ascii("element vertex 1\nproperty half x\n"), "header", 4},
		"a list counted by floats":      {ascii("element face 1\nproperty list float int vertex_index\n"), "header", 4},
		"a property of nothing":         {ascii("property float x\n"), "header", 3},
		"head without end":              {ascii(corner), "truncated", 0},
		"a count beyond the file":       {ascii("element vertex 4000000000\nproperty float x\nend_header\n"), "truncated", 0},
		"no z":                          {ascii("element vertex 1\nproperty float x\nproperty float y\nend_header\n0 0\n"), "no-coordinates", 0},
		"a corner outside":              {ascii(corner + face + three + "3 0 1 3\n"), "index", 0},
		"a corner of a half":            {ascii(corner + face + three + "3 0 1 1.5\n"), "index", 13},
		"a word":                        {ascii(corner + face + "0 0 zero\n" + three), "number", 10},
		"ends early":                    {ascii(corner + face + three + "3 0 1\n"), "truncated", 13},
		"a list longer than the file":   {ascii(corner + face + three + "900 0 1\n"), "truncated", 13},
		"over the limit":                {ascii(corner + face + three + "11 0 1 2 0 1 2 0 1 2 0 1\n"), "limit", 0},
		"no faces":                      {ascii(corner + "end_header\n" + three), "no-surface", 0},
		"bytes that end early":          {"ply\nformat binary_little_endian 1.0\n" + corner + face + strings.Repeat("\x00", 36) + "\x03\x00\x00", "truncated", 0},
		"a thousand million of nothing": {ascii("element ghost 1000000000000\n" + corner + "end_header\n" + three), "no-surface", 0},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read([]byte(c.data))
			var fault *mesh.FileError
			if !errors.As(err, &fault) || fault.Key != c.key || c.line > 0 && fault.Line != c.line {
				t.Errorf("got %v, want %s at line %d", err, c.key, c.line)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("ply\nformat ascii 1.0\n" + head + text))
	f.Add(append([]byte("ply\nformat binary_little_endian 1.0\n"+head), bytesOf(binary.LittleEndian)...))
	f.Add(append([]byte("ply\nformat binary_big_endian 1.0\n"+head), bytesOf(binary.BigEndian)...))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Read(bytes.NewReader(data), int64(len(data)), mesh.Limits{Triangles: 1000, Bytes: 1 << 20})
		var fault *mesh.FileError
		if err != nil {
			if !errors.As(err, &fault) {
				t.Fatalf("an error without a key: %v", err)
			}
			return
		}
		part := m.Objects[0].Mesh
		for _, tri := range part.Triangles {
			if int(max(tri[0], tri[1], tri[2])) >= len(part.Points) {
				t.Fatalf("triangle %v of %d points", tri, len(part.Points))
			}
		}
		if n := len(part.Triangles); n == 0 || n > 1000 {
			t.Fatalf("%d triangles", n)
		}
	})
}
