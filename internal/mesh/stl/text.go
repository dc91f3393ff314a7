package stl

import (
	"bytes"
	"io"

	"bassin/internal/mesh"
)

// bytesAtOnce is the size of a block of text: about 4000 faces. It is also the most that one face may take.
const bytesAtOnce = 1 << 20

// readText reads a text file. Only faces and corners are looked for; solids and loops may be missing, doubled or in a
// line with others.
func readText(r io.ReaderAt, size int64, limits mesh.Limits) (*mesh.Model, error) {
	// The shortest face that programs write has about 150 bytes; 250 is usual.
	expect := int(min(size/200+4, int64(limits.Triangles)))
	w, err := weld(&text{r: r, size: size}, expect, limits.Triangles)
	if err != nil {
		return nil, err
	}
	s := &w.seen
	switch {
	case s.unfinished:
		return nil, &mesh.FileError{Key: "truncated", Line: s.lines + 1}
	case len(w.triangles) == 0 && s.dropped == 0 && (s.solids == 0 || s.ends == 0):
		return nil, &mesh.FileError{Key: "not-a-part"}
	}
	var notes []mesh.Note
	note := func(key string, n int) {
		if n > 0 {
			notes = append(notes, mesh.Note{Key: key, Args: map[string]any{"count": n}})
		}
	}
	if s.solids > 1 {
		note("solids", s.solids)
	}
	note("end-missing", max(s.solids-s.ends, 0))
	note("decimal-comma", s.commas)
	note("short-faces", s.short)
	note("polygons", s.polygons)
	return model("stl-ascii", nameOf(s.name), &mesh.Mesh{Points: w.set.Points(), Triangles: w.triangles, Welded: true}, s, notes), nil
}

// text is the source of a text file. Blocks end after an "endfacet", so that each can be read by itself.
type text struct {
	r          io.ReaderAt
	size, done int64
	carry      []byte // read and not handed out
}

func (s *text) next(b *block) (bool, error) {
	if s.done == s.size && len(s.carry) == 0 {
		return false, nil
	}
	b.data = append(b.data[:0], s.carry...)
	have := len(b.data)
	b.data = append(b.data, make([]byte, min(s.size-s.done, bytesAtOnce))...)
	if err := readFull(s.r, b.data[have:], s.done); err != nil {
		return false, err
	}
	s.done += int64(len(b.data) - have)
	s.carry = s.carry[:0]
	if b.last = s.done == s.size; b.last {
		return true, nil
	}
	cut := afterLastFace(b.data)
	if cut == 0 {
		return false, &mesh.FileError{Key: "not-a-part"}
	}
	s.carry = append(s.carry, b.data[cut:]...)
	b.data = b.data[:cut]
	return true, nil
}

// afterLastFace is the place after the last "endfacet"; 0 when there is none.
func afterLastFace(b []byte) int {
	const word = "endfacet"
	for end := len(b); end >= len(word); end-- {
		if b[end-1]|0x20 == 't' && folded(b[end-len(word):], word) {
			return end
		}
	}
	return 0
}

// folded tells whether b begins with a word of small letters, whatever its case.
func folded(b []byte, word string) bool {
	if len(b) < len(word) {
		return false
	}
	for i := range len(word) {
		if b[i]|0x20 != word[i] {
			return false
		}
	}
	return true
}

// linesIn counts line ends of any kind: LF, CRLF, or CR alone.
func linesIn(b []byte) int64 {
	if n := bytes.Count(b, []byte{'\n'}); n > 0 {
		return int64(n)
	}
	return int64(bytes.Count(b, []byte{'\r'}))
}

func (s *text) parse(b *block) error {
	p := &parser{block: b, rest: b.data}
	if err := p.all(); err != nil {
		b.errorLine = 1 + linesIn(b.data[:len(b.data)-len(p.rest)])
		return err
	}
	b.lines = linesIn(b.data)
	return nil
}
