package stl

import (
	"bytes"

	"bassin/internal/mesh"
)

// parser reads words wherever they begin: "endloopendfacet" is two of them.
type parser struct {
	*block
	rest []byte
	face []mesh.Vec // corners since the last face ended
}

func (p *parser) all() error {
	for p.toLetter() {
		r := p.rest
		switch r[0] | 0x20 {
		case 'v':
			if !p.word("vertex") {
				continue
			}
			v, err := p.point()
			if err != nil {
				return err
			}
			p.face = append(p.face, v)
		case 'n':
			if p.word("normal") {
				p.skipNormal()
			}
		case 'f':
			if p.word("facet") {
				p.endFace()
			}
		case 's':
			if p.word("solid") {
				p.begin()
			}
		case 'e':
			switch {
			case p.word("endloop"), p.word("endfacet"):
				p.endFace()
			case p.word("endsolid"):
				p.ends++
				p.line()
			default:
				p.otherWord()
			}
		case 'o', 'l':
			if !p.word("outer") {
				p.word("loop")
			}
		default:
			p.otherWord()
		}
	}
	switch {
	case len(p.face) >= 3:
		p.endFace()
	case len(p.face) > 0:
		p.unfinished = true
	}
	return nil
}

// toLetter goes on to the next letter; false at the end.
func (p *parser) toLetter() bool {
	for i, c := range p.rest {
		if letter(c) {
			p.rest = p.rest[i:]
			return true
		}
	}
	p.rest = nil
	return false
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// word takes a word if it is there; of another word that begins like it the letters are passed over.
func (p *parser) word(w string) bool {
	if folded(p.rest, w) {
		p.rest = p.rest[len(w):]
		return true
	}
	if w[0] != 'e' && w != "outer" {
		p.otherWord()
	}
	return false
}

func (p *parser) otherWord() {
	for len(p.rest) > 0 && letter(p.rest[0]) {
		p.rest = p.rest[1:]
	}
}

// skipNormal passes over the normal, which is computed from the corners: what files say is wrong often. Numbers, "nan"
// and "inf" have none of the letters of the words that may follow.
func (p *parser) skipNormal() {
	if i := bytes.IndexAny(p.rest, "oOlLvV"); i >= 0 {
		p.rest = p.rest[i:]
	} else {
		p.rest = nil
	}
}

// begin takes the name of a solid: the rest of its line, or of a file without lines all before the first facet.
func (p *parser) begin() {
	p.endFace()
	name := p.line()
	if p.solids == 0 {
		p.name = name
	}
	p.solids++
}

// line passes over the rest of the line, but not over a facet.
func (p *parser) line() []byte {
	n := bytes.IndexAny(p.rest, "\r\n")
	if n < 0 {
		n = len(p.rest)
	}
	if i := bytes.Index(bytes.ToLower(p.rest[:n]), []byte("facet normal")); i >= 0 {
		n = i
	}
	l := p.rest[:n]
	p.rest = p.rest[n:]
	return l
}

// endFace makes triangles of the corners: one of three, and of more a fan, as if the face were convex.
func (p *parser) endFace() {
	f := p.face
	p.face = f[:0]
	switch {
	case len(f) == 0:
		return
	case len(f) < 3:
		p.short++
		return
	case len(f) > 3:
		p.polygons++
	}
	for i := 2; i < len(f); i++ {
		p.triangle(f[0], f[i-1], f[i])
	}
}

func (p *parser) point() (mesh.Vec, error) {
	var v [3]float64
	for i := range v {
		x, n, comma := number(p.rest)
		if n == 0 {
			if p.last && len(bytes.TrimSpace(p.rest)) == 0 {
				return mesh.Vec{}, &mesh.FileError{Key: "truncated"}
			}
			return mesh.Vec{}, &mesh.FileError{Key: "number", Args: map[string]any{"text": excerpt(p.rest)}}
		}
		if comma {
			p.commas++
		}
		v[i], p.rest = x, p.rest[n:]
	}
	return mesh.Vec{X: v[0], Y: v[1], Z: v[2]}, nil
}

// excerpt is the beginning of what could not be read, to be shown.
func excerpt(b []byte) string {
	b = bytes.TrimSpace(b[:min(len(b), 40)])
	if i := bytes.IndexAny(b, "\r\n"); i >= 0 {
		b = b[:i]
	}
	return nameOf(b)
}
