package scan

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// startTag reads one, with its attributes and what they say of namespaces.
func (x *XML) startTag() error {
	end, err := x.tagEnd()
	if err != nil {
		return err
	}
	tag := x.buf[x.pos+1 : x.pos+end]
	if len(x.open) == 0 && x.root || len(x.open) >= maxDepth {
		return x.Fail("xml")
	}
	x.root = true
	empty := len(tag) > 0 && tag[len(tag)-1] == '/'
	if empty {
		tag = tag[:len(tag)-1]
	}
	name, rest := cutName(tag)
	if !isName(name) {
		return x.Fail("xml")
	}
	x.open = append(x.open, len(x.names))
	x.names = append(x.names, name...)
	if !x.attributes(rest) {
		return x.Fail("xml")
	}
	var ok bool
	if x.Space, x.Local, ok = x.expand(name, true); !ok {
		return x.Fail("xml-prefix")
	}
	for i := range x.Attrs {
		if x.Attrs[i].Space, x.Attrs[i].Local, ok = x.expand(x.Attrs[i].Local, false); !ok {
			return x.Fail("xml-prefix")
		}
		for j := range i {
			if x.Attrs[j].Space == x.Attrs[i].Space && bytes.Equal(x.Attrs[j].Local, x.Attrs[i].Local) {
				return x.Fail("xml")
			}
		}
	}
	x.pos += end + 1
	x.closed = empty
	return nil
}

// tagEnd finds the ">" of a tag; one within quotes is part of a value.
func (x *XML) tagEnd() (int, error) {
	quote := byte(0)
	for i := 1; ; {
		for ; x.pos+i < len(x.buf); i++ {
			c := x.buf[x.pos+i]
			switch {
			case quote != 0:
				if c == quote {
					quote = 0
				} else if c == '<' {
					return 0, x.Fail("xml")
				}
			case c == '"' || c == '\'':
				quote = c
			case c == '>':
				return i, nil
			case c == '<':
				return 0, x.Fail("xml")
			}
		}
		if x.ended {
			return 0, x.Fail("truncated")
		}
		if err := x.fill(); err != nil {
			return 0, err
		}
	}
}

// attributes cuts what stands behind the name of a tag into attributes; names keep their prefixes for now.
func (x *XML) attributes(rest []byte) bool {
	x.Attrs = x.Attrs[:0]
	for {
		gap := len(rest)
		rest = bytes.TrimLeft(rest, " \t\r\n")
		if len(rest) == 0 {
			return true
		}
		if gap == len(rest) || len(x.Attrs) == maxAttributes {
			return false // attributes have to be parted
		}
		var name []byte
		name, rest = cutName(rest)
		rest = bytes.TrimLeft(rest, " \t\r\n")
		if !isName(name) || len(rest) == 0 || rest[0] != '=' {
			return false
		}
		rest = bytes.TrimLeft(rest[1:], " \t\r\n")
		if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			return false
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return false
		}
		value := rest[1 : 1+end]
		rest = rest[end+2:]
		switch {
		case string(name) == "xmlns":
			x.bind("", value)
		case bytes.HasPrefix(name, []byte("xmlns:")):
			x.bind(string(name[6:]), value)
		default:
			x.Attrs = append(x.Attrs, Attr{Local: name, Value: value})
		}
	}
}

func (x *XML) bind(prefix string, value []byte) {
	space, _ := Unescape(value)
	x.bound = append(x.bound, binding{prefix, space, len(x.open)})
}

// expand parts a name into its namespace and its own part. An attribute without a prefix is in no namespace.
func (x *XML) expand(name []byte, element bool) (string, []byte, bool) {
	i := bytes.IndexByte(name, ':')
	if i < 0 {
		if !element {
			return "", name, true
		}
		space, _ := x.Resolve("")
		return space, name, true
	}
	space, ok := x.Resolve(string(name[:i]))
	return space, name[i+1:], ok && space != ""
}

func (x *XML) endTag() error {
	end, err := x.find(">", 2)
	if err != nil {
		return err
	}
	if end < 0 {
		return x.Fail("truncated")
	}
	name := bytes.TrimRight(x.buf[x.pos+2:x.pos+end], " \t\r\n")
	if len(x.open) == 0 || !bytes.Equal(name, x.names[x.open[len(x.open)-1]:]) {
		return x.Fail("xml")
	}
	x.pos += end + 1
	x.pop()
	return nil
}

func (x *XML) pop() {
	depth := len(x.open)
	x.names = x.names[:x.open[depth-1]]
	x.open = x.open[:depth-1]
	for len(x.bound) > 0 && x.bound[len(x.bound)-1].depth == depth {
		x.bound = x.bound[:len(x.bound)-1]
	}
}

func cutName(b []byte) (name, rest []byte) {
	i := 0
	for i < len(b) && b[i] > ' ' && b[i] != '=' && b[i] != '/' {
		i++
	}
	return b[:i], b[i:]
}

// isName: letters of all languages are let through without a look at their kind.
func isName(b []byte) bool {
	if len(b) == 0 || b[0] == ':' || b[len(b)-1] == ':' || b[0] >= '0' && b[0] <= '9' || b[0] == '-' || b[0] == '.' {
		return false
	}
	colons := 0
	for _, c := range b {
		switch {
		case c >= 0x80, c|0x20 >= 'a' && c|0x20 <= 'z', c >= '0' && c <= '9', c == '-', c == '.', c == '_':
		case c == ':':
			colons++
		default:
			return false
		}
	}
	return colons < 2
}

// Unescape gives a text or value with its references replaced; false when one is not of the five that XML knows
// without a document type, nor a number.
func Unescape(b []byte) (string, bool) {
	if bytes.IndexByte(b, '&') < 0 {
		return string(b), true
	}
	var out strings.Builder
	for {
		i := bytes.IndexByte(b, '&')
		if i < 0 {
			out.Write(b)
			return out.String(), true
		}
		out.Write(b[:i])
		end := bytes.IndexByte(b[i:min(len(b), i+12)], ';')
		if end < 0 {
			return out.String(), false
		}
		r, ok := reference(string(b[i+1 : i+end]))
		if !ok {
			return out.String(), false
		}
		out.WriteRune(r)
		b = b[i+end+1:]
	}
}

func reference(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, number := strings.CutPrefix(name, "#")
	if !number {
		return 0, false
	}
	base := 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	r := rune(n)
	if err != nil || !utf8.ValidRune(r) || n > utf8.MaxRune || r < ' ' && r != '\t' && r != '\n' && r != '\r' {
		return 0, false
	}
	return r, true
}
