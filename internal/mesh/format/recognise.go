package format

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"bassin/internal/mesh/off"
	"bassin/internal/mesh/scan"
)

// headBytes is how much of a file is looked at: files begin with comments, licences for instance.
const headBytes = 64 << 10

// magics are the first bytes of files that say what they are.
var magics = []struct {
	bytes string
	kind  Kind
}{
	{"PK\x03\x04", Archive}, {"PK\x05\x06", Archive}, {"PK\x07\x08", Archive},
	{"ply\n", PLY}, {"ply\r", PLY},
	{"ISO-10303-21", STEP},
	{"glTF", GLB}, {"%PDF-", PDF},
	{"\x89PNG", Picture}, {"\xFF\xD8\xFF", Picture}, {"GIF8", Picture},
	{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Native}, // the compound file of SolidWorks and Inventor
	{"GCDE", GCode}, // binary G-code
}

// Recognise tells what a file is by its content, and by its name only if the content does not say.
func Recognise(r io.ReaderAt, size int64, name string) (Kind, error) {
	head := make([]byte, min(size, headBytes))
	if n, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return Unknown, err
	} else {
		head = head[:n]
	}
	if isBinarySTL(head, size) {
		return STL, nil // before all words: its 80 bytes of title may say anything, and often begin with "solid"
	}
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.bytes)) {
			if m.kind == Archive {
				return archived(r, size), nil
			}
			return m.kind, nil
		}
	}
	if kind := byWords(head); kind != Unknown {
		return kind, nil
	}
	if len(head) > 0 {
		if named := Named(name); named != ThreeMF && named != STEP && named != IGES {
			return named, nil // its reader says what is wrong with it, and on which line
		}
	}
	return Unknown, nil
}

// isBinarySTL: 80 bytes, the number of triangles, 50 bytes for each.
func isBinarySTL(head []byte, size int64) bool {
	return len(head) >= 84 && size == 84+50*int64(binary.LittleEndian.Uint32(head[80:]))
}

// byWords looks at the first lines of a text.
func byWords(head []byte) Kind {
	head = bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF"))
	if bytes.HasPrefix(bytes.TrimSpace(head), []byte("<")) {
		return ofXML(head)
	}
	for first, rest := true, head; len(rest) > 0; {
		var line []byte
		if i := bytes.IndexAny(rest, "\r\n"); i >= 0 {
			line, rest = rest[:i], rest[i+1:]
		} else {
			line, rest = rest, nil
		}
		// IGES: columns 73 to 80 hold the letter of the section, S for the first, and a number. The first line may say nothing else.
		if first && len(line) >= 80 && line[72] == 'S' && string(bytes.TrimLeft(line[73:80], " 0")) == "1" {
			return IGES
		}
		word, after := scan.Word(line)
		if len(word) == 0 || word[0] == '#' {
			continue
		}
		if first {
			switch {
			case bytes.EqualFold(word, []byte("solid")):
				return STL
			case off.Keyword(word):
				return OFF
			case word[0] == ';' || string(word) == "G21" || string(word) == "G90" || string(word) == "M73":
				return GCode
			}
			first = false
		}
		if kind, sure := ofOBJ(string(word), after); sure {
			return kind
		}
	}
	return Unknown
}

// ofOBJ tells whether a line is a statement of an OBJ file that nothing else begins with; anything that no OBJ
// holds is none of it for sure.
func ofOBJ(word string, rest []byte) (Kind, bool) {
	switch word {
	case "v", "vn", "vt":
		number, _ := scan.Word(rest)
		if _, ok := scan.Float(number); ok {
			return OBJ, true
		}
		return Unknown, true
	case "mtllib":
		return OBJ, true
	case "o", "g", "s", "usemtl", "f", "l", "p", "vp":
		return Unknown, false
	}
	return Unknown, true
}

// ofXML looks for the root of an XML text; prefixes of names are cut off.
func ofXML(head []byte) Kind {
	for {
		i := bytes.IndexByte(head, '<')
		if i < 0 || i+1 >= len(head) {
			return Unknown
		}
		head = head[i+1:]
		switch {
		case bytes.HasPrefix(head, []byte("!--")):
			end := bytes.Index(head, []byte("-->"))
			if end < 0 {
				return Unknown
			}
			head = head[end:]
		case head[0] == '?', head[0] == '!':
		default:
			end := bytes.IndexAny(head, " \t\r\n/>")
			if end >= 0 && bytes.EqualFold(head[:end], []byte("amf")) {
				return AMF
			}
			return Unknown
		}
	}
}
