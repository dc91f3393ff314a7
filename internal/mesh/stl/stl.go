// Package stl reads and writes STL, binary and text, as the world writes it: text in any case and with any ends of
// lines, binary that begins like text, headers that lie. What is crooked is noted in the model; what would change the
// part without anybody seeing it is an error.
//
// A file is cut into blocks that are read on all processors; of the file never more than a block for each is in memory. STL
// repeats each point for each triangle, so what is kept is a sixth of it; while a binary file is read, up to as much as it
// holds is kept beside, where its neighbours do not stand near each other. Text is welded by blocks (welding.go), binary by
// places (joining.go).
//
// Called by mesh/format; the model has one object, unit unknown, points welded (mesh.Weld).
package stl

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf8"

	"bassin/internal/mesh"
)

// A binary file: 80 bytes of anything, the number of triangles, then for each normal, three corners and two bytes that
// some programs use for colours. All little-endian, numbers of 32 bits.
const (
	headBytes   = 84
	recordBytes = 50
)

// Read reads a file of so many bytes.
func Read(r io.ReaderAt, size int64, limits mesh.Limits) (*mesh.Model, error) {
	if size > limits.Bytes {
		return nil, &mesh.FileError{Key: "limit", Args: map[string]any{"bytes": limits.Bytes}}
	}
	start := make([]byte, min(size, 1024))
	if err := readFull(r, start, 0); err != nil {
		return nil, err
	}
	switch {
	case len(bytes.TrimSpace(start)) == 0 && size <= int64(len(start)):
		return nil, &mesh.FileError{Key: "empty"}
	case exactBinary(start, size):
		return readBinary(r, start, size, limits)
	case likeText(start):
		return readText(r, size, limits)
	case size < headBytes:
		return nil, &mesh.FileError{Key: "not-a-part"}
	}
	return readBinary(r, start, size, limits)
}

// exactBinary tells whether the size is that of the number of triangles in the head. That a text has it by chance cannot
// be: four letters are a number beyond every limit.
func exactBinary(start []byte, size int64) bool {
	return size >= headBytes && size == headBytes+recordBytes*int64(binary.LittleEndian.Uint32(start[80:]))
}

// likeText tells text from binary that begins with "solid": nobody writes text with bytes of zero, and a binary
// file has one in the number of its triangles.
func likeText(start []byte) bool {
	return bytes.IndexByte(start, 0) < 0 && (holds(start, "facet") || holds(start, "vertex") || holds(start, "solid"))
}

// holds finds a word of small letters, whatever the case of the text.
func holds(text []byte, word string) bool {
	return bytes.Contains(bytes.ToLower(text), []byte(word))
}

// readFull fills b; a file that ends before is truncated.
func readFull(r io.ReaderAt, b []byte, at int64) error {
	n, err := r.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return &mesh.FileError{Key: "truncated"}
	}
	return err
}

// model makes of a welded mesh the model of a file.
func model(format, name string, m *mesh.Mesh, s *seen, notes []mesh.Note) *mesh.Model {
	if s.nonfinite > 0 {
		notes = append(notes, mesh.NonfiniteNote(s.nonfinite, s.dropped))
	}
	return &mesh.Model{Format: format, Name: name, Notes: notes, Objects: []mesh.Object{{Name: name, Mesh: m, Place: mesh.Identity}}}
}

// nameOf makes a name of bytes of any encoding, of which UTF-8 and Latin-1 are met.
func nameOf(b []byte) string {
	b = bytes.TrimSpace(b)
	b = b[:min(len(b), 200)]
	if utf8.Valid(b) {
		return string(b)
	}
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}
