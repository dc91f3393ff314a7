package cad

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
)

// looked reads a file for the worker and looks whether a surface may be in it, since Open CASCADE takes a gigabyte and a minute to
// say of 44 MB of nonsense that there is none. At the end of a file without one its error says so. It looks for the words alone
// without which Open CASCADE finds nothing, wherever they stand: a file that is broken in places is still read as far as it goes.
type looked struct {
	io.Reader
	kind Kind
	look interface {
		io.Writer
		missing() string
	}
}

func look(r io.Reader, kind Kind) io.Reader {
	l := &looked{Reader: r, kind: kind, look: &stepLook{}}
	if kind == IGES {
		l.look = &igesLook{}
	}
	return l
}

func (l *looked) Read(b []byte) (int, error) {
	n, err := l.Reader.Read(b)
	_, _ = l.look.Write(b[:n])
	if errors.Is(err, io.EOF) {
		if key := l.look.missing(); key != "" {
			return n, refused(key, l.kind)
		}
	}
	return n, err
}

// stepLook finds the names of instances in ISO 10303-21: words before a parenthesis. Strings and comments are looked into as well,
// since a lonely apostrophe would turn the rest of a file into one.
type stepLook struct {
	word    [80]byte // the last word, in capitals; the longest name of the standards has 69
	length  int      // its length; beyond the room: no name
	after   bool     // space followed it
	data    bool     // the section was begun
	shape   bool     // something stands for the form of a product
	surface bool
}

func (l *stepLook) Write(b []byte) (int, error) {
	for _, c := range b {
		switch {
		case c >= 'a' && c <= 'z':
			l.letter(c - 'a' + 'A')
		case c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_':
			l.letter(c)
		case c == ' ', c == '\t', c == '\r', c == '\n':
			l.after = true
		default:
			// Comments and signs for printers may stand between a name and its parenthesis.
			if l.length > 0 && l.length <= len(l.word) {
				switch c {
				case ';', '(', '/', '\\':
					l.named(string(l.word[:l.length]), c == ';')
				}
			}
			l.length = 0
		}
	}
	return len(b), nil
}

func (l *stepLook) letter(c byte) {
	if l.after {
		l.length, l.after = 0, false
	}
	if l.length < len(l.word) {
		l.word[l.length] = c
	}
	l.length++
}

// shortNames are those that the application protocols give to faces, surfaces, shells and solids beside the long ones.
var shortNames = []string{"ADVFC", "BLNRSL", "BNDSRF", "BRWTVD", "BSPSR", "BZRSRF", "CLSSHL", "CNCSRF", "CRBNSR", "CSGSLD", "CYLSRF", "DGTRSR", "ELMSRF", "EXARSL", "EXFCSL", "FCBND", "FCOTBN", "FCSRF", "FCTBR", "MNSLBR", "OFFSRF", "OPNSHL", "ORCLSH", "ORNFC", "ORNSRF", "OROPSH", "QSUNSR", "RCCMSR", "RCTRSR", "RVARSL", "RVFCSL", "SBFC", "SLDMDL", "SPHSRF", "SWARSL", "SWFCSL", "SWPSRF", "TRDSRF", "UNFSRF"}

// named takes a name, or a keyword that a semicolon ends. What is drawn on a surface, a curve or its colour, is none of it.
func (l *stepLook) named(word string, keyword bool) {
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(word, p) })
	}
	switch {
	case word == "DATA":
		l.data = true
	case keyword:
	case has("REPRESENTATION"):
		l.shape = l.shape || !has("CONTEXT", "DEFINITIONAL", "PRESENTATION_REPRESENTATION")
	case has("STYLE", "SOLID_ANGLE"), strings.HasSuffix(word, "_CURVE"):
	case has("FACE", "SHELL", "SOLID", "BREP", "TESSELLATED", "TRIANGULATED", "RIGHT_"), slices.Contains([]string{"PLANE", "BLOCK", "SPHERE", "TORUS"}, word):
		l.surface = true // the surfaces have FACE in their names
	case slices.Contains(shortNames, word):
		l.surface, l.shape = true, true // the others will be short, too
	}
}

func (l *stepLook) missing() string {
	switch {
	case !l.data:
		return "convert-failed"
	case !l.surface || !l.shape:
		return "convert-empty"
	}
	return ""
}

// igesLook reads the directory of an IGES file: lines with a D in column 73 and the type of an entity in columns 1 to 8.
type igesLook struct {
	line    [80]byte
	length  int
	lines   int // of the directory
	surface bool
}

func (l *igesLook) Write(b []byte) (int, error) {
	for _, c := range b {
		// Files of records without ends of lines have 80 columns.
		if c == '\n' || c == '\r' || l.length == len(l.line) {
			l.take()
		}
		if c != '\n' && c != '\r' {
			l.line[l.length] = c
			l.length++
		}
	}
	return len(b), nil
}

// surfaces are the types of planes, surfaces, faces, shells and solids.
func surfaces(kind int) bool {
	return kind == 108 || kind == 114 || kind >= 118 && kind <= 122 || kind == 128 || kind >= 140 && kind <= 144 ||
		kind >= 150 && kind <= 198 || kind == 510 || kind == 514
}

func (l *igesLook) take() {
	line := l.line[:l.length]
	l.length = 0
	if len(line) < 73 || line[72] != 'D' {
		return
	}
	l.lines++
	kind := 0
	for _, c := range bytes.TrimSpace(line[:8]) {
		if c < '0' || c > '9' {
			return
		}
		kind = 10*kind + int(c-'0')
	}
	l.surface = l.surface || surfaces(kind)
}

func (l *igesLook) missing() string {
	l.take()
	switch {
	case l.lines < 2:
		return "convert-failed"
	case !l.surface:
		return "convert-empty"
	}
	return ""
}
