package agenda

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// Bodies of CalDAV. Limits first: 1 MB, and a depth that encoding/xml bounds.
const maxBody = 1 << 20

const (
	xmlHead    = `<?xml version="1.0" encoding="utf-8"?>`
	namespaces = ` xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/" xmlns:A="http://apple.com/ns/ical/"`

	davSpace  = "DAV:"
	calSpace  = "urn:ietf:params:xml:ns:caldav"
	csSpace   = "http://calendarserver.org/ns/"
	iconSpace = "http://apple.com/ns/ical/"
)

// prefixes of the namespaces we write.
var prefixes = map[string]string{davSpace: "D:", calSpace: "C:", csSpace: "S:", iconSpace: "A:"}

var errBody = errors.New("unreadable body")

// asked are the properties that a program wants.
type asked struct {
	All   bool
	Names bool
	Props []xml.Name
}

type propNames struct{ Names []xml.Name }

// UnmarshalXML keeps the names of the elements inside.
func (p *propNames) UnmarshalXML(d *xml.Decoder, _ xml.StartElement) error {
	for {
		t, err := d.Token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if len(p.Names) >= 500 {
				return errBody
			}
			p.Names = append(p.Names, t.Name)
			if err := d.Skip(); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

type propfindXML struct {
	XMLName  xml.Name   `xml:"DAV: propfind"`
	AllProp  *struct{}  `xml:"DAV: allprop"`
	PropName *struct{}  `xml:"DAV: propname"`
	Prop     *propNames `xml:"DAV: prop"`
}

type timeRangeXML struct {
	Start string `xml:"start,attr"`
	End   string `xml:"end,attr"`
}

type textMatchXML struct {
	Text      string `xml:",chardata"`
	Collation string `xml:"collation,attr"`
	Negate    string `xml:"negate-condition,attr"`
}

type propFilterXML struct {
	Name       string        `xml:"name,attr"`
	NotDefined *struct{}     `xml:"urn:ietf:params:xml:ns:caldav is-not-defined"`
	Range      *timeRangeXML `xml:"urn:ietf:params:xml:ns:caldav time-range"`
	Text       *textMatchXML `xml:"urn:ietf:params:xml:ns:caldav text-match"`
}

type compFilterXML struct {
	Name       string          `xml:"name,attr"`
	NotDefined *struct{}       `xml:"urn:ietf:params:xml:ns:caldav is-not-defined"`
	Range      *timeRangeXML   `xml:"urn:ietf:params:xml:ns:caldav time-range"`
	Props      []propFilterXML `xml:"urn:ietf:params:xml:ns:caldav prop-filter"`
	Parts      []compFilterXML `xml:"urn:ietf:params:xml:ns:caldav comp-filter"`
}

// reportXML is the body of any report that is answered.
type reportXML struct {
	XMLName xml.Name
	AllProp *struct{}  `xml:"DAV: allprop"`
	Prop    *propNames `xml:"DAV: prop"`
	Filter  *struct {
		Part *compFilterXML `xml:"urn:ietf:params:xml:ns:caldav comp-filter"`
	} `xml:"urn:ietf:params:xml:ns:caldav filter"`
	Hrefs []string `xml:"DAV: href"`
	Token string   `xml:"DAV: sync-token"`
	Level string   `xml:"DAV: sync-level"`
	Limit *struct {
		Results int `xml:"DAV: nresults"`
	} `xml:"DAV: limit"`
}

type proppatchXML struct {
	XMLName xml.Name `xml:"DAV: propertyupdate"`
	Set     []struct {
		Prop *propNames `xml:"DAV: prop"`
	} `xml:"DAV: set"`
	Remove []struct {
		Prop *propNames `xml:"DAV: prop"`
	} `xml:"DAV: remove"`
}

// readXML reads a body; an empty one is reported apart.
func readXML(r io.Reader, into any) (empty bool, err error) {
	b, err := io.ReadAll(io.LimitReader(r, maxBody+1))
	if err != nil || len(b) > maxBody {
		return false, errBody
	}
	if len(bytes.TrimSpace(b)) == 0 {
		return true, nil
	}
	if bytes.Contains(b, []byte("<!")) && !bytes.Contains(b, []byte("<![CDATA[")) && !bytes.Contains(b, []byte("<!--")) {
		return false, errBody // no document types, no entities
	}
	if err := xml.Unmarshal(b, into); err != nil {
		return false, errBody
	}
	return false, nil
}

func readPropfind(r io.Reader) (asked, error) {
	var x propfindXML
	empty, err := readXML(r, &x)
	switch {
	case err != nil:
		return asked{}, err
	case empty, x.AllProp != nil:
		return asked{All: true}, nil
	case x.PropName != nil:
		return asked{Names: true}, nil
	case x.Prop == nil:
		return asked{}, errBody
	}
	return asked{Props: x.Prop.Names}, nil
}

// escaped makes a text safe inside XML.
func escaped(s string) string {
	if !strings.ContainsAny(s, "<>&\"'\r\t\n") {
		return s
	}
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder never fails
	return b.String()
}

// writeText writes a text into XML, line ends of iCalendar kept: a bare CR would be lost in reading.
func writeText(b *bytes.Buffer, s string) {
	last := 0
	for i := range len(s) {
		var as string
		switch s[i] {
		case '<':
			as = "&lt;"
		case '>':
			as = "&gt;"
		case '&':
			as = "&amp;"
		case '\r':
			as = "&#13;"
		default:
			continue
		}
		b.WriteString(s[last:i])
		b.WriteString(as)
		last = i + 1
	}
	b.WriteString(s[last:])
}

// writeName writes an element of a name; inside may be empty.
func writeName(b *bytes.Buffer, n xml.Name, inside string) {
	prefix, known := prefixes[n.Space]
	open, end := prefix+n.Local, prefix+n.Local
	if !known {
		open, end = n.Local+` xmlns="`+escaped(n.Space)+`"`, n.Local
	}
	if inside == "" {
		b.WriteString("<" + open + "/>")
		return
	}
	b.WriteString("<" + open + ">" + inside + "</" + end + ">")
}
