package document

import (
	"bytes"
	"encoding/xml"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"bassin/internal/db"
	"bassin/internal/when"
)

// liveProps are the properties that the server computes, in the order they are told.
var liveProps = []string{"resourcetype", "displayname", "creationdate", "getlastmodified", "getcontentlength", "getcontenttype", "getetag", "supportedlock", "lockdiscovery"}

// quotaProps are live too, told only when they are named (RFC 4331).
var quotaProps = []string{"quota-available-bytes", "quota-used-bytes"}

// listing is a folder, or one entry, as PROPFIND tells it.
type listing struct {
	path  davPath
	ask   propfind
	now   when.Time
	at    Place
	list  []Entry // below at
	props map[EntryID][]property
	locks []Lock
	used  int64
}

func (s *Service) davPropfind(x *davRequest) error {
	ask, err := parsePropfind(x.Body)
	if err != nil {
		return davStatus{http.StatusBadRequest, ""}
	}
	depth := x.Header.Get("Depth")
	l := listing{path: x.path, ask: ask, props: map[EntryID][]property{}}
	err = s.db.View(x.Context(), func(tx db.Tx) (err error) {
		if l.at, err = x.walk(tx, x.path); err != nil {
			return err
		}
		if depth != "0" && depth != "1" { // a whole tree in one answer is refused, as RFC 4918, 9.1 allows
			return davStatus{http.StatusForbidden, "propfind-finite-depth"}
		}
		l.now = tx.Now()
		return l.read(tx, depth == "1" && l.at.Entry.Is(Folder))
	})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	l.write(&b)
	x.w.Header().Set("Content-Type", `application/xml; charset="utf-8"`)
	x.w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	x.w.WriteHeader(http.StatusMultiStatus)
	_, err = x.w.Write(b.Bytes())
	return ignoreLeft(x, err)
}

// read takes everything in four queries, however many entries there are.
func (l *listing) read(tx db.Tx, below bool) (err error) {
	id := l.at.Entry.ProjectID
	own, err := listProperties(tx, id, l.at.Entry.ID)
	if err != nil {
		return err
	}
	l.props[l.at.Entry.ID] = own
	if l.locks, err = listLocks(tx, id); err != nil {
		return err
	}
	if slices.ContainsFunc(l.ask.Props, func(n davName) bool { return n.Space == "DAV:" && slices.Contains(quotaProps, n.Name) }) {
		if l.used, err = sumBytes(tx, id); err != nil {
			return err
		}
	}
	if !below {
		return nil
	}
	if l.list, err = listEntries(tx, id, l.at.Entry.ID, true); err != nil {
		return err
	}
	all, err := listPropertiesIn(tx, id, l.at.Entry.ID)
	for _, x := range all {
		l.props[x.EntryID] = append(l.props[x.EntryID], x)
	}
	return err
}

func (l *listing) write(b *bytes.Buffer) {
	b.Grow(800 * (len(l.list) + 1))
	b.WriteString(`<?xml version="1.0" encoding="utf-8"?><D:multistatus xmlns:D="DAV:">`)
	l.entry(b, l.at, l.path.Names)
	for _, e := range l.list {
		l.entry(b, l.at.child(e), append(slices.Clip(l.path.Names), e.Name))
	}
	b.WriteString(`</D:multistatus>`)
}

// entry writes one response: what is there, then what was asked for and is not.
func (l *listing) entry(b *bytes.Buffer, p Place, names []string) {
	e := p.Entry
	b.WriteString(`<D:response><D:href>` + escaped(l.path.href(names, e.Is(Folder))) + `</D:href><D:propstat><D:prop>`)
	var missing []davName
	switch {
	case l.ask.Names:
		for _, n := range liveProps {
			if n != "getcontentlength" && n != "getcontenttype" || e.Is(Document) {
				b.WriteString("<D:" + n + "/>")
			}
		}
		for _, x := range l.props[e.ID] {
			writeProperty(b, property{Space: x.Space, Name: x.Name})
		}
	case l.ask.All:
		for _, n := range liveProps {
			l.live(b, p, names, n)
		}
		for _, x := range l.props[e.ID] {
			writeProperty(b, x)
		}
	}
	for _, n := range l.ask.Props {
		if n.Space == "DAV:" && l.live(b, p, names, n.Name) {
			continue
		}
		i := slices.IndexFunc(l.props[e.ID], func(x property) bool { return x.Space == n.Space && x.Name == n.Name })
		if i < 0 {
			missing = append(missing, n)
			continue
		}
		writeProperty(b, l.props[e.ID][i])
	}
	b.WriteString(`</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>`)
	if len(missing) > 0 {
		b.WriteString(`<D:propstat><D:prop>`)
		for _, n := range missing {
			writeProperty(b, property{Space: n.Space, Name: n.Name})
		}
		b.WriteString(`</D:prop><D:status>HTTP/1.1 404 Not Found</D:status></D:propstat>`)
	}
	b.WriteString(`</D:response>`)
}

// live writes a property that the server computes, and reports whether the entry has it.
func (l *listing) live(b *bytes.Buffer, p Place, names []string, name string) bool {
	e, value := p.Entry, ""
	switch name {
	case "resourcetype":
		if e.Is(Folder) {
			value = "<D:collection/>"
		}
	case "displayname":
		if value = escaped(e.Name); p.Root() {
			value = escaped(p.Project.Title)
		}
	case "creationdate":
		value = created(p).UTC().Format(time.RFC3339)
	case "getlastmodified":
		at := e.UpdatedAt.Time()
		if p.Root() {
			at = p.Project.UpdatedAt.Time()
		}
		value = at.UTC().Format(http.TimeFormat)
	case "getcontentlength":
		if e.Is(Folder) {
			return false
		}
		value = strconv.FormatInt(e.Size, 10)
	case "getcontenttype":
		if e.Is(Folder) {
			return false
		}
		value = escaped(e.Type)
	case "getetag":
		value = escaped(etag(e))
	case "supportedlock":
		value = `<D:lockentry><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>` +
			`<D:lockentry><D:lockscope><D:shared/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>`
	case "lockdiscovery":
		b.WriteString("<D:lockdiscovery>")
		l.discover(b, p, names)
		b.WriteString("</D:lockdiscovery>")
		return true
	case "quota-available-bytes":
		value = strconv.FormatInt(max(0, maxProjectBytes-l.used), 10)
	case "quota-used-bytes":
		value = strconv.FormatInt(l.used, 10)
	default:
		return false
	}
	b.WriteString("<D:" + name + ">" + value + "</D:" + name + ">")
	return true
}

func created(p Place) time.Time {
	if p.Root() {
		return p.Project.CreatedAt.Time()
	}
	return p.Entry.CreatedAt.Time()
}

// discover tells the locks that cover an entry.
func (l *listing) discover(b *bytes.Buffer, p Place, names []string) {
	if len(l.locks) == 0 {
		return
	}
	ids := p.ids()
	for _, lock := range covering(l.locks, ids) {
		// How many steps above the entry the lock was taken.
		up := len(ids) - 1 - slices.Index(ids, lock.EntryID)
		if lock.EntryID == "" {
			up = len(ids)
		}
		root := l.path.href(names[:max(0, len(names)-up)], up > 0 || p.Entry.Is(Folder))
		writeLock(b, lock, root, lock.ExpiresAt.Sub(l.now))
	}
}

func writeProperty(b *bytes.Buffer, x property) {
	b.WriteString(`<X:` + x.Name + ` xmlns:X="` + escaped(x.Space) + `"`)
	end := `</X:` + x.Name + `>`
	if x.Space == "" { // a prefix cannot stand for no namespace
		b.Truncate(b.Len() - len(`<X:`+x.Name+` xmlns:X=""`))
		b.WriteString(`<` + x.Name + ` xmlns=""`)
		end = `</` + x.Name + `>`
	}
	if x.Lang != "" {
		b.WriteString(` xml:lang="` + escaped(x.Lang) + `"`)
	}
	if x.Value == "" {
		b.WriteString(`/>`)
		return
	}
	b.WriteString(`>` + x.Value + end)
}

// davProppatch keeps properties of programs: all of them, or none.
func (s *Service) davProppatch(x *davRequest) error {
	list, err := parseProppatch(x.Body)
	if err != nil {
		return davStatus{http.StatusBadRequest, ""}
	}
	live := func(n davName) bool {
		return n.Space == "DAV:" && (slices.Contains(liveProps, n.Name) || slices.Contains(quotaProps, n.Name))
	}
	refused := slices.ContainsFunc(list, func(p proppatch) bool { return live(p.Name) })
	folder := false
	err = s.db.Do(x.Context(), func(tx db.Tx) error {
		at, err := x.walk(tx, x.path)
		if err != nil {
			return err
		}
		folder = at.Entry.Is(Folder)
		if err := errors.Join(x.may(at), x.check(tx)); err != nil {
			return err
		}
		locks, err := listLocks(tx, at.Entry.ProjectID)
		if err != nil {
			return err
		}
		if err := free(x.hand, covering(locks, at.ids())); err != nil || refused {
			return err
		}
		for _, p := range list {
			if p.Set {
				err = saveProperty(tx, at.Entry.ProjectID, property{at.Entry.ID, p.Name.Space, p.Name.Name, p.Lang, p.Value})
			} else {
				err = deleteProperty(tx, at.Entry.ProjectID, at.Entry.ID, p.Name.Space, p.Name.Name)
			}
			if err != nil {
				return err
			}
		}
		have, err := listProperties(tx, at.Entry.ProjectID, at.Entry.ID)
		if err == nil && len(have) > maxDAVProps {
			return davStatus{http.StatusInsufficientStorage, ""}
		}
		return err
	})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString(xml.Header + `<D:multistatus xmlns:D="DAV:"><D:response><D:href>` + escaped(x.path.href(x.path.Names, folder)) + `</D:href>`)
	for _, p := range list {
		status := "200 OK"
		switch {
		case live(p.Name):
			status = "403 Forbidden"
		case refused:
			status = "424 Failed Dependency"
		}
		b.WriteString(`<D:propstat><D:prop>`)
		writeProperty(&b, property{Space: p.Name.Space, Name: p.Name.Name})
		b.WriteString(`</D:prop><D:status>HTTP/1.1 ` + status + `</D:status></D:propstat>`)
	}
	b.WriteString(`</D:response></D:multistatus>`)
	x.w.Header().Set("Content-Type", `application/xml; charset="utf-8"`)
	x.w.WriteHeader(http.StatusMultiStatus)
	_, err = x.w.Write(b.Bytes())
	return ignoreLeft(x, err)
}
