package agenda

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"strconv"

	"bassin/internal/db"
	"bassin/internal/project"
)

// found is a resource as PROPFIND and REPORT tell it.
type found struct {
	at     place
	access project.Access // of a book and of what is in it
	seq    int64          // of a book
	object Object
}

const syncPrefix = "urn:bassin:sync:"

func syncToken(seq int64) string { return syncPrefix + strconv.FormatInt(seq, 10) }

// known are the properties of each level, as "allprop" tells them.
func (f found) known() []xml.Name {
	d := func(names ...string) (out []xml.Name) {
		for _, n := range names {
			out = append(out, xml.Name{Space: davSpace, Local: n})
		}
		return out
	}
	list := d("resourcetype", "current-user-principal", "displayname")
	switch f.at.level {
	case atObject:
		list = d("resourcetype", "getetag", "getcontenttype", "getcontentlength", "getlastmodified")
	case atBook:
		list = append(list, d("owner", "current-user-privilege-set", "supported-report-set", "sync-token")...)
		list = append(list, xml.Name{Space: calSpace, Local: "supported-calendar-component-set"}, xml.Name{Space: calSpace, Local: "max-resource-size"}, xml.Name{Space: csSpace, Local: "getctag"})
	case atPerson:
		list = append(list, xml.Name{Space: calSpace, Local: "calendar-home-set"})
	}
	return list
}

// prop gives what is inside a property, and whether there is one.
func (f found) prop(n xml.Name) (string, bool) {
	me := place{level: atPerson, person: f.at.person}
	href := func(p place) string { return "<D:href>" + escaped(p.href()) + "</D:href>" }
	switch n.Space {
	case davSpace:
		switch n.Local {
		case "resourcetype":
			return [...]string{"<D:collection/>", "<D:collection/><D:principal/>", "<D:collection/>", "<D:collection/><C:calendar/>", ""}[f.at.level], true
		case "current-user-principal":
			return href(me), true
		case "principal-URL":
			return href(me), f.at.level == atPerson
		case "principal-collection-set":
			return "<D:href>" + davRoot + "</D:href>", true
		}
	case calSpace:
		switch n.Local {
		case "calendar-home-set":
			return href(me.home()), f.at.level <= atHome
		case "calendar-user-address-set":
			return href(me), f.at.level == atPerson
		}
	}
	switch f.at.level {
	case atBook:
		return f.bookProp(n, href(me))
	case atObject:
		return f.objectProp(n)
	}
	if n == (xml.Name{Space: davSpace, Local: "displayname"}) {
		return "Bassin", true
	}
	return "", false
}

func (f found) bookProp(n xml.Name, owner string) (string, bool) {
	switch n {
	case xml.Name{Space: davSpace, Local: "displayname"}:
		return escaped(f.access.Title), true
	case xml.Name{Space: davSpace, Local: "owner"}:
		return owner, true
	case xml.Name{Space: davSpace, Local: "sync-token"}:
		return syncToken(f.seq), true
	case xml.Name{Space: csSpace, Local: "getctag"}:
		return syncToken(f.seq), true
	case xml.Name{Space: davSpace, Local: "current-user-privilege-set"}:
		list := "<D:privilege><D:read/></D:privilege>"
		if f.access.MayNow(project.Contribute) {
			for _, p := range []string{"write", "write-content", "bind", "unbind"} {
				list += "<D:privilege><D:" + p + "/></D:privilege>"
			}
		}
		return list, true
	case xml.Name{Space: davSpace, Local: "supported-report-set"}:
		list := ""
		for _, r := range []string{"C:calendar-query", "C:calendar-multiget", "D:sync-collection"} {
			list += "<D:supported-report><D:report><" + r + "/></D:report></D:supported-report>"
		}
		return list, true
	case xml.Name{Space: calSpace, Local: "supported-calendar-component-set"}:
		return `<C:comp name="VEVENT"/><C:comp name="VTODO"/>`, true
	case xml.Name{Space: calSpace, Local: "supported-calendar-data"}:
		return `<C:calendar-data content-type="text/calendar" version="2.0"/>`, true
	case xml.Name{Space: calSpace, Local: "max-resource-size"}:
		return strconv.Itoa(maxObject), true
	case xml.Name{Space: calSpace, Local: "calendar-description"}:
		return escaped(f.access.Code + " · " + f.access.OwnerName), true
	}
	return "", false
}

func (f found) objectProp(n xml.Name) (string, bool) {
	switch n {
	case xml.Name{Space: davSpace, Local: "getetag"}:
		return "&quot;" + f.object.ETag + "&quot;", true
	case xml.Name{Space: davSpace, Local: "getcontenttype"}:
		return mediaType(f.object), true
	case xml.Name{Space: davSpace, Local: "getcontentlength"}:
		return strconv.Itoa(len(f.object.Data)), f.object.Data != ""
	case xml.Name{Space: davSpace, Local: "getlastmodified"}:
		return f.object.UpdatedAt.Time().UTC().Format(http.TimeFormat), true
	}
	return "", false
}

var calendarData = xml.Name{Space: calSpace, Local: "calendar-data"}

// write writes one response: what is there, then what was asked for and is not.
func (f found) write(b *bytes.Buffer, want asked) {
	b.WriteString("<D:response><D:href>" + escaped(f.at.href()) + "</D:href><D:propstat><D:prop>")
	names := want.Props
	if want.All || want.Names {
		names = f.known()
	}
	var absent []xml.Name
	for _, n := range names {
		if n == calendarData && f.at.level == atObject {
			b.WriteString("<C:calendar-data>")
			writeText(b, f.object.Data)
			b.WriteString("</C:calendar-data>")
			continue
		}
		inside, there := f.prop(n)
		switch {
		case !there:
			absent = append(absent, n)
		case want.Names:
			writeName(b, n, "")
		default:
			writeName(b, n, inside)
		}
	}
	b.WriteString("</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>")
	if len(absent) > 0 {
		b.WriteString("<D:propstat><D:prop>")
		for _, n := range absent {
			writeName(b, n, "")
		}
		b.WriteString("</D:prop><D:status>HTTP/1.1 404 Not Found</D:status></D:propstat>")
	}
	b.WriteString("</D:response>")
}

// maxBooks is how many calendars one person is shown.
const maxBooks = 500

func (s *Service) davPropfind(x *davRequest) error {
	want, err := readPropfind(x.Body)
	if err != nil {
		return davStatus{code: http.StatusBadRequest}
	}
	depth := x.Header.Get("Depth")
	if depth != "0" && depth != "1" { // a whole tree in one answer is refused, as RFC 4918, 9.1 allows
		return davStatus{code: http.StatusForbidden, about: "D:propfind-finite-depth"}
	}
	if x.at.level == atRoot {
		x.at.person = x.by.ID
	}
	var list []found
	if x.at.level < atBook {
		list, err = s.above(x, depth == "1")
	} else {
		list, err = s.inside(x, depth == "1")
	}
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.Grow(700 * (len(list) + 1))
	b.WriteString(xmlHead + "<D:multistatus" + namespaces + ">")
	for _, f := range list {
		f.write(&b, want)
	}
	b.WriteString("</D:multistatus>")
	return x.answer(&b)
}

// above tells the addresses over calendars; below those of one's calendars, the calendars.
func (s *Service) above(x *davRequest, below bool) ([]found, error) {
	list := []found{{at: x.at}}
	if !below {
		return list, nil
	}
	switch x.at.level {
	case atRoot:
		return append(list, found{at: place{level: atPerson, person: x.by.ID}}), nil
	case atPerson:
		return append(list, found{at: x.at.home()}), nil
	}
	err := s.db.View(x.Context(), func(tx db.Tx) error {
		ids, err := project.VisibleIDs(tx, x.by)
		if err != nil {
			return err
		}
		for _, id := range ids[:min(len(ids), maxBooks)] {
			a, err := project.Enter(tx, x.by, id)
			if err != nil {
				return err
			}
			seq, err := getSeq(tx, id)
			if err != nil {
				return err
			}
			list = append(list, found{at: x.at.book(id), access: a, seq: seq})
		}
		return nil
	})
	return list, err
}

// inside tells a calendar and what is in it, or one object.
func (s *Service) inside(x *davRequest, below bool) ([]found, error) {
	a, err := s.enter(x)
	if err != nil {
		return nil, err
	}
	var list []found
	err = s.db.View(x.Context(), func(tx db.Tx) error {
		seq, err := getSeq(tx, a.ID)
		if err != nil {
			return err
		}
		if x.at.level == atObject {
			o, err := live(tx, a.ID, x.at.name)
			if err == nil && o.Name == "" {
				err = missing()
			}
			list = []found{{at: x.at, access: a, object: o}}
			return err
		}
		list = []found{{at: x.at, access: a, seq: seq}}
		if !below {
			return nil
		}
		objects, err := listObjects(tx, a.ID, true)
		for _, o := range objects {
			list = append(list, found{at: x.at.object(o.Name), access: a, object: o})
		}
		return err
	})
	return list, err
}

// davProppatch refuses each property: what a calendar is called follows from its project.
func (s *Service) davProppatch(x *davRequest) error {
	var body proppatchXML
	if empty, err := readXML(x.Body, &body); err != nil || empty {
		return davStatus{code: http.StatusBadRequest}
	}
	if x.at.level >= atBook {
		if _, err := s.enter(x); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	b.WriteString(xmlHead + "<D:multistatus" + namespaces + "><D:response><D:href>" + escaped(x.at.href()) + "</D:href><D:propstat><D:prop>")
	for _, part := range append(body.Set, body.Remove...) {
		if part.Prop != nil {
			for _, n := range part.Prop.Names {
				writeName(&b, n, "")
			}
		}
	}
	b.WriteString("</D:prop><D:status>HTTP/1.1 403 Forbidden</D:status></D:propstat></D:response></D:multistatus>")
	return x.answer(&b)
}
