package document

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// Bodies of WebDAV. Limits first: 1 MB, 40 elements in one another, a thousand properties.
const (
	maxDAVBody  = 1 << 20
	maxDAVDeep  = 40
	maxDAVProps = 1000
	maxDAVValue = 64 << 10
)

var errDAVBody = errors.New("unreadable body")

// davName is the name of a property.
type davName struct{ Space, Name string }

// propfind is what a PROPFIND asks for.
type propfind struct {
	All, Names bool
	Props      []davName
}

// proppatch is one change of a PROPPATCH.
type proppatch struct {
	Set         bool
	Name        davName
	Lang, Value string
}

// lockAsk is the body of a LOCK.
type lockAsk struct {
	Shared bool
	Owner  string
}

// davReader reads tokens within limits, and refuses a prefix that is declared for nothing.
type davReader struct {
	*xml.Decoder
	deep int
}

func newDAVReader(r io.Reader) *davReader {
	return &davReader{Decoder: xml.NewDecoder(&limited{r: r, left: maxDAVBody})}
}

type limited struct {
	r    io.Reader
	left int
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errDAVBody
	}
	n, err := l.r.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}

func (d *davReader) next() (xml.Token, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case xml.StartElement:
		if d.deep++; d.deep > maxDAVDeep {
			return nil, errDAVBody
		}
		for _, a := range t.Attr {
			if a.Name.Space == "xmlns" && a.Value == "" {
				return nil, errDAVBody
			}
		}
	case xml.EndElement:
		d.deep--
	case xml.Directive:
		return nil, errDAVBody // no document types, no entities
	}
	return t, nil
}

// children calls f with each element inside the one that was opened; f reads it to its end.
func (d *davReader) children(f func(xml.StartElement) error) error {
	for {
		t, err := d.next()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := f(t); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

func (d *davReader) skip() error {
	return d.children(func(xml.StartElement) error { return d.skip() })
}

// root opens the first element, nil for an empty body.
func (d *davReader) root(name string) (bool, error) {
	for {
		t, err := d.next()
		if err == io.EOF {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if t, ok := t.(xml.StartElement); ok {
			if t.Name != (xml.Name{Space: "DAV:", Local: name}) {
				return false, errDAVBody
			}
			return true, nil
		}
	}
}

// end makes sure that nothing but space follows.
func (d *davReader) end() error {
	for {
		t, err := d.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if _, ok := t.(xml.StartElement); ok {
			return errDAVBody
		}
	}
}

func parsePropfind(r io.Reader) (propfind, error) {
	d := newDAVReader(r)
	p := propfind{}
	some, err := d.root("propfind")
	if err != nil {
		return p, err
	}
	if !some {
		return propfind{All: true}, nil
	}
	kinds := 0
	err = d.children(func(e xml.StartElement) error {
		if e.Name.Space != "DAV:" {
			return d.skip()
		}
		switch e.Name.Local {
		case "allprop":
			kinds++
			p.All = true
		case "propname":
			kinds++
			p.Names = true
		case "prop", "include":
			if e.Name.Local == "prop" {
				kinds++
			}
			return d.children(func(e xml.StartElement) error {
				if len(p.Props) >= maxDAVProps {
					return errDAVBody
				}
				p.Props = append(p.Props, davName{e.Name.Space, e.Name.Local})
				return d.skip()
			})
		}
		return d.skip()
	})
	if err == nil {
		err = d.end()
	}
	if err == nil && kinds != 1 {
		err = errDAVBody
	}
	return p, err
}

func parseProppatch(r io.Reader) ([]proppatch, error) {
	d := newDAVReader(r)
	var list []proppatch
	some, err := d.root("propertyupdate")
	if err != nil || !some {
		return nil, errors.Join(err, errDAVBody)
	}
	err = d.children(func(e xml.StartElement) error {
		if e.Name.Space != "DAV:" || e.Name.Local != "set" && e.Name.Local != "remove" {
			return d.skip()
		}
		set, outer := e.Name.Local == "set", langOf(e)
		return d.children(func(e xml.StartElement) error {
			if e.Name != (xml.Name{Space: "DAV:", Local: "prop"}) {
				return d.skip()
			}
			if l := langOf(e); l != "" {
				outer = l
			}
			return d.children(func(e xml.StartElement) error {
				x := proppatch{Set: set, Name: davName{e.Name.Space, e.Name.Local}, Lang: outer}
				if l := langOf(e); l != "" {
					x.Lang = l
				}
				var b strings.Builder
				if err := d.inner(&b); err != nil {
					return err
				}
				if len(list) >= maxDAVProps || b.Len() > maxDAVValue || len(x.Name.Space)+len(x.Name.Name)+len(x.Lang) > 1000 {
					return errDAVBody
				}
				x.Value = b.String()
				list = append(list, x)
				return nil
			})
		})
	})
	if err == nil {
		err = d.end()
	}
	if err == nil && len(list) == 0 {
		err = errDAVBody
	}
	return list, err
}

// parseLock reads the body of a LOCK; nil when there is none.
func parseLock(r io.Reader) (*lockAsk, error) {
	d := newDAVReader(r)
	some, err := d.root("lockinfo")
	if err != nil || !some {
		return nil, err
	}
	ask, scope, write := &lockAsk{}, false, false
	err = d.children(func(e xml.StartElement) error {
		if e.Name.Space != "DAV:" {
			return d.skip()
		}
		switch e.Name.Local {
		case "owner":
			var b strings.Builder
			err := d.inner(&b)
			if ask.Owner = b.String(); len(ask.Owner) > 4000 {
				return errDAVBody
			}
			return err
		case "lockscope":
			return d.children(func(e xml.StartElement) error {
				scope = scope || e.Name.Local == "exclusive" || e.Name.Local == "shared"
				ask.Shared = e.Name.Local == "shared"
				return d.skip()
			})
		case "locktype":
			return d.children(func(e xml.StartElement) error {
				write = write || e.Name.Local == "write"
				return d.skip()
			})
		}
		return d.skip()
	})
	if err == nil {
		err = d.end()
	}
	if err == nil && (!scope || !write) {
		err = errDAVBody
	}
	return ask, err
}

func langOf(e xml.StartElement) string {
	for _, a := range e.Attr {
		if a.Name.Local == "lang" && (a.Name.Space == "xml" || a.Name.Space == "http://www.w3.org/XML/1998/namespace") {
			return a.Value
		}
	}
	return ""
}

// inner writes what is inside the element that was opened, each element with its own namespace, so
// that it can stand anywhere.
func (d *davReader) inner(b *strings.Builder) error {
	for {
		t, err := d.next()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			b.WriteString("<" + t.Name.Local + ` xmlns="` + escaped(t.Name.Space) + `"`)
			for _, a := range t.Attr {
				switch a.Name.Space {
				case "xmlns":
				case "":
					if a.Name.Local != "xmlns" {
						b.WriteString(" " + a.Name.Local + `="` + escaped(a.Value) + `"`)
					}
				case "xml", "http://www.w3.org/XML/1998/namespace":
					b.WriteString(" xml:" + a.Name.Local + `="` + escaped(a.Value) + `"`)
				default:
					b.WriteString(` xmlns:a="` + escaped(a.Name.Space) + `" a:` + a.Name.Local + `="` + escaped(a.Value) + `"`)
				}
			}
			b.WriteString(">")
			if err := d.inner(b); err != nil {
				return err
			}
			b.WriteString("</" + t.Name.Local + ">")
		case xml.CharData:
			b.WriteString(escaped(string(t)))
		case xml.EndElement:
			return nil
		}
	}
}

// escaped makes a text safe inside XML.
func escaped(s string) string {
	if !strings.ContainsAny(s, "<>&\"'\r\n\t") && isPlain(s) {
		return s
	}
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder never fails
	return b.String()
}

func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] >= 0x7F {
			return false
		}
	}
	return true
}
