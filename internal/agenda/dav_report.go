package agenda

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"bassin/internal/db"
	"bassin/internal/ical"
	"bassin/internal/project"
	"bassin/internal/when"
)

// maxHrefs bounds the addresses of one report, maxChanges what a program learns of at once.
const (
	maxHrefs   = 10_000
	maxChanges = 100_000
)

func (s *Service) davReport(x *davRequest) error {
	var r reportXML
	if empty, err := readXML(x.Body, &r); err != nil || empty {
		return davStatus{code: http.StatusBadRequest}
	}
	if x.at.level != atBook {
		return davStatus{code: http.StatusForbidden, about: "D:supported-report"}
	}
	a, err := s.enter(x)
	if err != nil {
		return err
	}
	want := asked{All: true}
	if r.Prop != nil {
		want = asked{Props: r.Prop.Names}
	}
	switch r.XMLName.Space + " " + r.XMLName.Local {
	case calSpace + " calendar-query":
		return s.query(x, a, r, want)
	case calSpace + " calendar-multiget":
		return s.multiget(x, a, r, want)
	case davSpace + " sync-collection":
		return s.changes(x, a, r, want)
	}
	return davStatus{code: http.StatusForbidden, about: "D:supported-report"}
}

func begin(n int) *bytes.Buffer {
	b := &bytes.Buffer{}
	b.Grow(900 * (n + 1))
	b.WriteString(xmlHead + "<D:multistatus" + namespaces + ">")
	return b
}

func (x *davRequest) end(b *bytes.Buffer) error {
	b.WriteString("</D:multistatus>")
	return x.answer(b)
}

// query answers which objects fit a filter.
func (s *Service) query(x *davRequest, a project.Access, r reportXML, want asked) error {
	if r.Filter == nil || r.Filter.Part == nil || !strings.EqualFold(r.Filter.Part.Name, "VCALENDAR") {
		return davStatus{code: http.StatusForbidden, about: "C:valid-filter"}
	}
	f, err := readFilter(*r.Filter.Part, 0)
	if err != nil {
		return davStatus{code: http.StatusForbidden, about: "C:valid-filter"}
	}
	var list []Object
	err = s.db.View(x.Context(), func(tx db.Tx) error {
		component, from, to := f.coarse()
		list, err = listWithin(tx, a.ID, component, from, to)
		return err
	})
	if err != nil {
		return err
	}
	b := begin(len(list))
	w := &work{}
	for _, o := range list {
		if f.fits(o, w) {
			found{at: x.at.object(o.Name), access: a, object: o}.write(b, want)
		}
	}
	return x.end(b)
}

// multiget answers objects by their addresses.
func (s *Service) multiget(x *davRequest, a project.Access, r reportXML, want asked) error {
	if len(r.Hrefs) > maxHrefs {
		return davStatus{code: http.StatusForbidden, about: "D:number-of-matches-within-limits"}
	}
	names := make([]string, len(r.Hrefs))
	for i, h := range r.Hrefs {
		if at, ok := parsePlace(pathOf(h)); ok && at.level == atObject && at.project == a.ID && at.person == x.by.ID {
			names[i] = at.name
		}
	}
	have := map[string]Object{}
	err := s.db.View(x.Context(), func(tx db.Tx) error {
		for part := range slices.Chunk(names, 500) {
			list, err := listNamed(tx, a.ID, part)
			if err != nil {
				return err
			}
			for _, o := range list {
				have[o.Name] = o
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	b := begin(len(names))
	for i, name := range names {
		o, ok := have[name]
		if !ok {
			b.WriteString("<D:response><D:href>" + escaped(strings.TrimSpace(r.Hrefs[i])) + "</D:href><D:status>HTTP/1.1 404 Not Found</D:status></D:response>")
			continue
		}
		found{at: x.at.object(name), access: a, object: o}.write(b, want)
	}
	return x.end(b)
}

// pathOf takes the path of an address, which may be whole.
func pathOf(href string) string {
	href = strings.TrimSpace(href)
	if _, rest, whole := strings.Cut(href, "://"); whole {
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			return rest[i:]
		}
	}
	return href
}

// changes answers what was changed since a program last asked (RFC 6578).
func (s *Service) changes(x *davRequest, a project.Access, r reportXML, want asked) error {
	since, first := int64(0), strings.TrimSpace(r.Token) == ""
	if !first {
		n, err := strconv.ParseInt(strings.TrimPrefix(strings.TrimSpace(r.Token), syncPrefix), 10, 64)
		if err != nil || n < 0 || !strings.HasPrefix(strings.TrimSpace(r.Token), syncPrefix) {
			return davStatus{code: http.StatusForbidden, about: "D:valid-sync-token"}
		}
		since = n
	}
	var list []Object
	var seq int64
	err := s.db.View(x.Context(), func(tx db.Tx) (err error) {
		if seq, err = getSeq(tx, a.ID); err != nil {
			return err
		}
		if since > seq {
			return davStatus{code: http.StatusForbidden, about: "D:valid-sync-token"}
		}
		list, err = listSince(tx, a.ID, since, maxChanges)
		return err
	})
	if err != nil {
		return err
	}
	if first {
		list = slices.DeleteFunc(list, func(o Object) bool { return o.GoneAt != 0 })
	}
	if r.Limit != nil && r.Limit.Results < len(list) {
		return davStatus{code: http.StatusInsufficientStorage, about: "D:number-of-matches-within-limits"}
	}
	b := begin(len(list))
	for _, o := range list {
		at := x.at.object(o.Name)
		if o.GoneAt != 0 {
			b.WriteString("<D:response><D:href>" + escaped(at.href()) + "</D:href><D:status>HTTP/1.1 404 Not Found</D:status></D:response>")
			continue
		}
		found{at: at, access: a, object: o}.write(b, want)
	}
	b.WriteString("<D:sync-token>" + syncToken(seq) + "</D:sync-token>")
	return x.end(b)
}

// filter is what objects must be like: a component that is there or not, at a time, with lines and
// parts of some kind.
type filter struct {
	name     string
	absent   bool
	timed    bool
	from, to time.Time
	lines    []lineFilter
	parts    []filter
}

type lineFilter struct {
	name     string
	absent   bool
	timed    bool
	from, to time.Time
	text     *textMatchXML
}

func readFilter(x compFilterXML, depth int) (filter, error) {
	f := filter{name: strings.ToUpper(x.Name), absent: x.NotDefined != nil}
	if depth > 5 || len(x.Props)+len(x.Parts) > 100 {
		return f, errBody
	}
	var err error
	if x.Range != nil {
		f.timed = true
		if f.from, f.to, err = x.Range.read(); err != nil {
			return f, err
		}
	}
	for _, p := range x.Props {
		l := lineFilter{name: strings.ToUpper(p.Name), absent: p.NotDefined != nil, text: p.Text}
		if p.Range != nil {
			l.timed = true
			if l.from, l.to, err = p.Range.read(); err != nil {
				return f, err
			}
		}
		f.lines = append(f.lines, l)
	}
	for _, p := range x.Parts {
		part, err := readFilter(p, depth+1)
		if err != nil {
			return f, err
		}
		f.parts = append(f.parts, part)
	}
	return f, nil
}

// The range of what is asked for when a bound is missing.
var (
	earliest = time.Date(1800, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC)
)

func (x timeRangeXML) read() (from, to time.Time, err error) {
	from, to = earliest, latest
	if x.Start != "" {
		if from, err = time.Parse("20060102T150405Z", x.Start); err != nil {
			return from, to, errBody
		}
	}
	if x.End != "" {
		if to, err = time.Parse("20060102T150405Z", x.End); err != nil {
			return from, to, errBody
		}
	}
	if !from.Before(to) || x.Start == "" && x.End == "" {
		return from, to, errBody
	}
	return from, to, nil
}

// coarse is what the database can tell of the filter of a calendar.
func (f filter) coarse() (component string, from, to when.Time) {
	if len(f.parts) != 1 || f.parts[0].absent {
		return "", 0, 0
	}
	p := f.parts[0]
	if p.timed {
		from, to = when.At(p.from), when.At(p.to)
	}
	return p.name, from, to
}

// plain reports whether coarse tells everything but of series.
func (f filter) plain() bool {
	return !f.absent && len(f.lines) == 0 && len(f.parts) == 1 && !f.parts[0].absent && len(f.parts[0].lines) == 0 && len(f.parts[0].parts) == 0
}

func (f filter) fits(o Object, w *work) bool {
	if f.plain() && (!o.Recurs || !f.parts[0].timed) {
		return true
	}
	b, err := readBody(o.Data)
	return err == nil && f.matches([]*ical.Component{b.Calendar}, w)
}

// matches reports whether one of the components fits.
func (f filter) matches(list []*ical.Component, w *work) bool {
	for _, c := range list {
		if c.Name == f.name {
			if f.absent {
				return false
			}
			if f.one(c, w) {
				return true
			}
		}
	}
	return f.absent
}

func (f filter) one(c *ical.Component, w *work) bool {
	if f.timed && (c.Name == vevent || c.Name == vtodo) && !f.within(c, w) {
		return false
	}
	for _, l := range f.lines {
		if !l.matches(c.All(l.name)) {
			return false
		}
	}
	for _, p := range f.parts {
		if !p.matches(c.Parts, w) {
			return false
		}
	}
	return true
}

func (f filter) within(c *ical.Component, w *work) bool {
	if _, recurs := c.Get("RRULE"); recurs {
		return w.happens(c, f.from, f.to)
	}
	if _, recurs := c.Get("RDATE"); recurs {
		return w.happens(c, f.from, f.to)
	}
	start, end, dated := extent(c)
	return !dated || start.Before(f.to) && end.After(f.from)
}

func (l lineFilter) matches(list []ical.Line) bool {
	if l.absent || len(list) == 0 {
		return l.absent && len(list) == 0
	}
	return slices.ContainsFunc(list, l.one)
}

func (l lineFilter) one(x ical.Line) bool {
	if l.timed {
		t, err := x.Time(paris)
		if err != nil || t.Before(l.from) || !t.Before(l.to) {
			return false
		}
	}
	if l.text == nil {
		return true
	}
	text, want := x.Text(), l.text.Text
	if l.text.Collation != "i;octet" {
		text, want = strings.ToLower(text), strings.ToLower(want)
	}
	return strings.Contains(text, want) != (l.text.Negate == "yes")
}
