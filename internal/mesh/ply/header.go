package ply

import (
	"io"
	"strings"

	"bassin/internal/mesh"
	"bassin/internal/mesh/scan"
)

// kind is the type of a value.
type kind int

const (
	int8Kind kind = iota + 1
	uint8Kind
	int16Kind
	uint16Kind
	int32Kind
	uint32Kind
	float32Kind
	float64Kind
)

// kinds are the types by both their names: those of 1994, and those that say their size, which came after.
var kinds = map[string]kind{
	"char": int8Kind, "uchar": uint8Kind, "short": int16Kind, "ushort": uint16Kind,
	"int": int32Kind, "uint": uint32Kind, "float": float32Kind, "double": float64Kind,
	"int8": int8Kind, "uint8": uint8Kind, "int16": int16Kind, "uint16": uint16Kind,
	"int32": int32Kind, "uint32": uint32Kind, "float32": float32Kind, "float64": float64Kind,
}

// size is how many bytes a value takes in the binary forms.
func (k kind) size() int64 {
	switch k {
	case int8Kind, uint8Kind:
		return 1
	case int16Kind, uint16Kind:
		return 2
	case float64Kind:
		return 8
	}
	return 4
}

type property struct {
	name  string
	kind  kind
	list  bool
	count kind // of the number that a list begins with
}

type element struct {
	name       string
	count      int64
	properties []property
}

// least is how few bytes one record takes.
func (e *element) least(in source) int64 {
	var sum int64
	for _, p := range e.properties {
		k := p.kind
		if p.list {
			k = p.count // the list may be empty
		}
		if in.words() {
			sum += 2 // a digit and what parts it from the next
		} else {
			sum += k.size()
		}
	}
	return sum
}

type header struct {
	form     string // "ascii", "binary_little_endian", "binary_big_endian"
	elements []element
	body     int64 // where it begins
	lines    int64 // how many there are before it
}

// maxHeader is more than any program writes; it keeps a file of nothing but a head from being read for long.
const maxHeader = 1 << 20

func readHeader(r io.ReaderAt, size int64) (*header, error) {
	lines := scan.NewLines(r, 0, min(size, maxHeader), 0)
	h := &header{}
	for {
		line, err := lines.Next()
		if err == io.EOF {
			return nil, lines.Fail("truncated")
		}
		if err != nil {
			return nil, err
		}
		words := strings.Fields(string(line))
		switch {
		case lines.Number() == 1:
			if len(words) != 1 || words[0] != "ply" {
				return nil, lines.Fail("not-a-part")
			}
		case len(words) == 0 || words[0] == "comment" || words[0] == "obj_info":
		case words[0] == "end_header":
			if h.form == "" {
				return nil, lines.Fail("header")
			}
			h.lines, h.body = lines.Number(), min(size, maxHeader)-lines.Left()
			return h, h.skipLineFeed(r, size)
		case !h.take(words):
			return nil, lines.Fail("header")
		}
	}
}

// skipLineFeed makes the body begin behind the whole of a CR LF: lines end at the CR already. A body that begins
// by a byte like LF behind a lone CR would lose it; no program writes both.
func (h *header) skipLineFeed(r io.ReaderAt, size int64) error {
	var two [2]byte
	if h.body == 0 || h.body >= size {
		return nil
	}
	if _, err := r.ReadAt(two[:], h.body-1); err != nil && err != io.EOF {
		return err
	}
	if two == [2]byte{'\r', '\n'} {
		h.body++
	}
	return nil
}

// take understands one line of the header.
func (h *header) take(words []string) bool {
	switch {
	case words[0] == "format" && len(words) == 3:
		h.form = words[1]
		return h.form == "ascii" || h.form == "binary_little_endian" || h.form == "binary_big_endian"
	case words[0] == "element" && len(words) == 3:
		n, ok := scan.Int([]byte(words[2]))
		if !ok || n < 0 {
			return false
		}
		h.elements = append(h.elements, element{name: words[1], count: n})
		return true
	case words[0] == "property" && len(h.elements) > 0:
		e := &h.elements[len(h.elements)-1]
		p := property{name: words[len(words)-1]}
		switch {
		case len(words) == 3:
			p.kind = kinds[words[1]]
		case len(words) == 5 && words[1] == "list":
			p.list, p.count, p.kind = true, kinds[words[2]], kinds[words[3]]
		}
		if p.kind == 0 || p.list && (p.count == 0 || p.count >= float32Kind) {
			return false
		}
		e.properties = append(e.properties, p)
		return true
	}
	return false
}

func (h *header) colours() bool {
	for _, e := range h.elements {
		for _, p := range e.properties {
			if p.name == "red" || p.name == "diffuse_red" || p.name == "r" {
				return true
			}
		}
	}
	return false
}

func (h *header) source(r io.ReaderAt, size int64) source {
	if h.form == "ascii" {
		return &words{lines: scan.NewLines(r, h.body, size, h.lines)}
	}
	return newRaw(r, h.body, size, h.form == "binary_big_endian")
}

func fail(key string) error { return &mesh.FileError{Key: key} }
