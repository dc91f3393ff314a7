package scan

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"bassin/internal/mesh"
)

// Token is what XML.Next came to.
type Token int

// The tokens. An element without content gives Start and End.
const (
	Done Token = iota
	Start
	End
	Text
)

const (
	// maxToken bounds the memory one tag, comment or text can ask for.
	maxToken = 16 << 20
	// maxDepth is far more than any part file nests.
	maxDepth = 64
	// maxAttributes keeps the look for doubles from being quadratic.
	maxAttributes = 256
	xmlSpace      = "http://www.w3.org/XML/1998/namespace"
)

// XML reads the tokens of an XML text in UTF-8, in pieces: memory is that of the longest token. It knows
// namespaces and insists on well-formedness (XML 1.0, Namespaces in XML 1.0), since a conformance check stands on
// it; a document type is an error, and with it every bomb of entities.
//
// It is not encoding/xml because that one reads 25 MB a second: what the corners and triangles of a model are read
// by is Ahead and Advance, and all around them is the same text.
type XML struct {
	Space string // of the element, "" for none
	Local []byte
	Attrs []Attr
	Data  []byte // of a text, as it stands: Unescape it; CDATA is given with Raw
	Raw   bool

	r       io.Reader
	buf     []byte
	pos     int
	checked int // up to where buf is known to be UTF-8
	ended   bool
	lines   int64 // ended before counted
	counted int   // up to where in buf
	names   []byte
	open    []int // where in names the names of the open elements begin
	bound   []binding
	closed  bool // the element begun last has no content: its end comes next
	root    bool // was seen
	began   bool
	slid    bool // something was passed over and is not in buf any more
}

// Attr is an attribute; those that declare namespaces are not among them.
type Attr struct {
	Space string // "" when it has no prefix
	Local []byte
	Value []byte // as it stands
}

type binding struct {
	prefix, space string
	depth         int
}

// NewXML reads tokens from r.
func NewXML(r io.Reader) *XML { return &XML{r: r} }

// Line is where the reader stands, from 1.
func (x *XML) Line() int64 {
	x.lines += int64(bytes.Count(x.buf[x.counted:x.pos], []byte{'\n'}))
	x.counted = x.pos
	return x.lines + 1
}

// Depth is how many elements are open.
func (x *XML) Depth() int { return len(x.open) }

// Fail is an error where the reader stands.
func (x *XML) Fail(key string) error { return &mesh.FileError{Key: key, Line: x.Line()} }

// Resolve gives the namespace that a prefix stands for.
func (x *XML) Resolve(prefix string) (string, bool) {
	for i := len(x.bound) - 1; i >= 0; i-- {
		if x.bound[i].prefix == prefix {
			return x.bound[i].space, true
		}
	}
	if prefix == "xml" {
		return xmlSpace, true
	}
	return "", prefix == ""
}

// Ahead gives what comes next, at least n bytes where there are as many; none when the element is empty. It is for
// reading a long run of like elements faster than Next does; Advance passes over what was read so.
func (x *XML) Ahead(n int) ([]byte, error) {
	for !x.closed && len(x.buf)-x.pos < n && !x.ended {
		if err := x.fill(); err != nil {
			return nil, err
		}
	}
	if x.closed {
		return nil, nil
	}
	return x.buf[x.pos:], nil
}

// Advance passes over n bytes of Ahead.
func (x *XML) Advance(n int) { x.pos += n }

// fill reads more behind what was not given yet; ended is set when there is none.
func (x *XML) fill() error {
	if len(x.buf)-x.pos > maxToken {
		return x.Fail("xml-too-long")
	}
	x.Line()
	x.slid = x.slid || x.pos > 0
	kept := copy(x.buf, x.buf[x.pos:])
	x.checked = max(0, x.checked-x.pos)
	x.pos, x.counted = 0, 0
	if cap(x.buf)-kept < piece {
		grown := make([]byte, kept, 2*kept+piece)
		copy(grown, x.buf[:kept])
		x.buf = grown
	}
	n, err := io.ReadFull(x.r, x.buf[kept:kept+piece])
	x.buf = x.buf[:kept+n]
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		x.ended = true
	case err != nil:
		return err
	}
	end := len(x.buf)
	if !x.ended { // a letter may be cut in two
		for back := 1; back <= min(3, end); back++ {
			if c := x.buf[end-back]; c >= 0xC0 {
				end -= back
				break
			} else if c < 0x80 {
				break
			}
		}
	}
	if end > x.checked && !utf8.Valid(x.buf[x.checked:end]) {
		return x.Fail("xml-encoding")
	}
	x.checked = max(end, x.checked)
	return nil
}

// find gives where a mark stands behind the reader, from from on; −1 when it does not come any more.
func (x *XML) find(mark string, from int) (int, error) {
	for {
		if at := x.pos + from; at < len(x.buf) {
			if i := bytes.Index(x.buf[at:], []byte(mark)); i >= 0 {
				return from + i, nil
			}
			from = max(from, len(x.buf)-x.pos-len(mark)+1)
		}
		if x.ended {
			return -1, nil
		}
		if err := x.fill(); err != nil {
			return -1, err
		}
	}
}

// Next goes to the next token.
func (x *XML) Next() (Token, error) {
	if x.closed {
		x.closed = false
		x.pop()
		return End, nil
	}
	if err := x.begin(); err != nil {
		return Done, err
	}
	for {
		i, err := x.find("<", 0)
		if err != nil {
			return Done, err
		}
		if i < 0 {
			return x.done()
		}
		if i > 0 {
			data := x.buf[x.pos : x.pos+i]
			x.pos += i
			if len(x.open) > 0 {
				x.Data, x.Raw = data, false
				return Text, nil
			}
			if len(bytes.TrimSpace(data)) > 0 {
				return Done, x.Fail("xml")
			}
		}
		if _, err := x.Ahead(9); err != nil {
			return Done, err
		}
		token, err := x.markup()
		if err != nil || token != Done {
			return token, err
		}
	}
}

// begin passes over a byte order mark.
func (x *XML) begin() error {
	if x.began {
		return nil
	}
	x.began = true
	head, err := x.Ahead(3)
	if bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")) {
		x.pos += 3
	}
	return err
}

// done is the end of the text, which may come only behind the root.
func (x *XML) done() (Token, error) {
	if len(x.open) > 0 || !x.root {
		x.pos = len(x.buf)
		return Done, x.Fail("truncated")
	}
	if len(bytes.TrimSpace(x.buf[x.pos:])) > 0 {
		return Done, x.Fail("xml")
	}
	return Done, nil
}

// markup reads what begins by "<"; Done for what says nothing.
func (x *XML) markup() (Token, error) {
	rest := x.buf[x.pos:]
	switch {
	case bytes.HasPrefix(rest, []byte("</")):
		return End, x.endTag()
	case bytes.HasPrefix(rest, []byte("<?")):
		return Done, x.instruction()
	case bytes.HasPrefix(rest, []byte("<!--")):
		return Done, x.comment()
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		end, err := x.find("]]>", 9)
		if err != nil || end < 0 || len(x.open) == 0 {
			return Done, errors.Join(err, x.Fail("xml"))
		}
		x.Data, x.Raw = x.buf[x.pos+9:x.pos+end], true
		x.pos += end + 3
		return Text, nil
	case bytes.HasPrefix(rest, []byte("<!")):
		return Done, x.Fail("xml-dtd")
	}
	return Start, x.startTag()
}

func (x *XML) comment() error {
	end, err := x.find("--", 4)
	if err != nil {
		return err
	}
	if _, err := x.Ahead(end + 3); err != nil {
		return err
	}
	if end < 0 || x.pos+end+2 >= len(x.buf) || x.buf[x.pos+end+2] != '>' { // "--" ends it or is wrong (2.5)
		return x.Fail("xml")
	}
	x.pos += end + 3
	return nil
}

// instruction passes over one; the declaration stands only at the very beginning, and names no other encoding.
func (x *XML) instruction() error {
	end, err := x.find("?>", 2)
	if err != nil {
		return err
	}
	if end < 0 {
		return x.Fail("truncated")
	}
	body := x.buf[x.pos+2 : x.pos+end]
	target, rest := Word(body)
	if bytes.EqualFold(target, []byte("xml")) {
		first := !x.slid && (x.pos == 0 || x.pos == 3 && x.buf[0] == 0xEF)
		if !first || len(x.open) > 0 || x.root {
			return x.Fail("xml")
		}
		if _, after, named := bytes.Cut(rest, []byte("encoding")); named {
			name := bytes.FieldsFunc(after, func(r rune) bool { return strings.ContainsRune("=\"' \t\r\n", r) })
			if len(name) == 0 || !bytes.EqualFold(name[0], []byte("utf-8")) {
				return x.Fail("xml-encoding")
			}
		}
	}
	x.pos += end + 2
	return nil
}
