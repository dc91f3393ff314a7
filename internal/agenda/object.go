package agenda

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"bassin/internal/ical"
	"bassin/internal/project"
	"bassin/internal/when"
)

// Kind says what an object stands for.
type Kind string

// The kinds.
const (
	OfMeeting   Kind = "meeting"
	OfMilestone Kind = "milestone"
	OfTask      Kind = "task"
	Own         Kind = "own" // of programs alone
)

// The components that a book holds.
const (
	vevent = "VEVENT"
	vtodo  = "VTODO"
)

// The limits of a book.
const (
	maxObject  = 256 << 10 // bytes
	maxName    = 250       // bytes of the last part of an address
	maxOwn     = 20_000    // objects of programs in a book
	maxInParts = 1000      // components of one object: a series with its exceptions
)

// Object is one thing in the calendar of a project.
type Object struct {
	ProjectID project.ID
	Name      string // the last part of its address
	UID       string
	Component string
	Kind      Kind
	RefID     string // of the meeting or task
	Facts     string // hash of what Bassin knew when Data was written
	Data      string
	ETag      string `db:"etag"`
	Seq       int64
	GoneAt    when.Time
	FromAt    when.Time // of its first occurrence; 0 undated
	ToAt      when.Time // of its last one; 0 without an end
	Recurs    bool
	UpdatedAt when.Time
}

// keep gives the object its text, with what follows from it.
func (o *Object) keep(data string, b body) {
	o.Data, o.ETag = data, tag(data)
	o.UID, o.Component = b.UID, b.Component
	o.FromAt, o.ToAt, o.Recurs = b.span()
}

// tag names a text.
func tag(data string) string {
	sum := sha256.Sum256([]byte(data))
	return hex.EncodeToString(sum[:16])
}

// The ways in which a body may be wrong: preconditions of RFC 4791, 5.3.2.1.
var (
	errData      = errors.New("valid-calendar-data")
	errObject    = errors.New("valid-calendar-object-resource")
	errComponent = errors.New("supported-calendar-component")
	errSize      = errors.New("max-resource-size")
)

// body is the iCalendar of one object: the master and the exceptions of one event or task.
type body struct {
	Calendar  *ical.Component
	UID       string
	Component string
}

// readBody reads what a program sends as one object.
func readBody(text string) (body, error) {
	if len(text) > maxObject {
		return body{}, errSize
	}
	c, err := ical.Parse(text)
	if err != nil || c.Name != "VCALENDAR" {
		return body{}, errData
	}
	b := body{Calendar: c}
	if _, method := c.Get("METHOD"); method || len(c.Parts) > maxInParts {
		return b, errObject
	}
	for _, p := range c.Parts {
		if p.Name == "VTIMEZONE" {
			continue
		}
		if p.Name != vevent && p.Name != vtodo {
			return b, errComponent
		}
		uid := strings.TrimSpace(p.Text("UID"))
		if uid == "" || len(uid) > 500 || b.UID != "" && (b.UID != uid || b.Component != p.Name) {
			return b, errObject
		}
		b.UID, b.Component = uid, p.Name
		if err := readable(p); err != nil {
			return b, err
		}
	}
	if b.UID == "" {
		return b, errObject
	}
	return b, nil
}

// readable refuses dates that cannot be read: no program could show the object.
func readable(p *ical.Component) error {
	_, some := p.Get("DTSTART")
	if p.Name == vevent && !some {
		return errData
	}
	for _, name := range []string{"DTSTART", "DTEND", "DUE", "RECURRENCE-ID"} {
		if l, ok := p.Get(name); ok {
			if _, err := l.Time(paris); err != nil {
				return fmt.Errorf("%w: %s", errData, name)
			}
		}
	}
	if _, recurs := p.Get("RRULE"); recurs && !some {
		return errData
	}
	for _, l := range p.All("RRULE") {
		if _, err := readRule(l.Value); err != nil {
			return errData
		}
	}
	return nil
}

// master is the component that is no exception of a series; the first one when there is none.
func (b body) master() *ical.Component {
	var first *ical.Component
	for _, p := range b.Calendar.Parts {
		if p.Name != b.Component {
			continue
		}
		if _, exception := p.Get("RECURRENCE-ID"); !exception {
			return p
		}
		if first == nil {
			first = p
		}
	}
	return first
}

// span gives between which instants all of it lies: 0 at the start is undated, 0 at the end has no
// end.
func (b body) span() (from, to when.Time, recurs bool) {
	open := false
	for _, p := range b.Calendar.Parts {
		if p.Name != b.Component {
			continue
		}
		start, end, dated := extent(p)
		if !dated {
			continue
		}
		if f := when.At(start); from == 0 || f < from {
			from = f
		}
		if t := when.At(end); t > to {
			to = t
		}
		if rule, ok := p.Get("RRULE"); ok {
			recurs = true
			o, err := readRule(rule.Value)
			if err != nil || o.Until.IsZero() {
				open = true
			} else if t := when.At(o.Until.Add(end.Sub(start) + 24*time.Hour)); t > to {
				to = t
			}
		}
		if _, ok := p.Get("RDATE"); ok {
			recurs, open = true, true
		}
	}
	if open {
		to = 0
	}
	return from, to, recurs
}

// extent gives from when to when one component lies, as RFC 4791, 9.9 says.
func extent(p *ical.Component) (start, end time.Time, dated bool) {
	l, some := p.Get("DTSTART")
	due, owed := p.Get("DUE")
	if p.Name == vtodo && !some && owed {
		l, some = due, true
	}
	if !some {
		return start, end, false
	}
	start, err := l.Time(paris)
	if err != nil {
		return start, end, false
	}
	end = start
	for _, name := range []string{"DTEND", "DUE"} {
		if e, ok := p.Get(name); ok {
			if t, err := e.Time(paris); err == nil && t.After(end) {
				end = t
			}
		}
	}
	if d, ok := p.Get("DURATION"); ok && end.Equal(start) {
		if long, ok := ical.Duration(d.Value); ok && long > 0 {
			end = start.Add(long)
		}
	}
	if end.Equal(start) && l.Day() {
		end = start.AddDate(0, 0, 1)
	}
	if end.Equal(start) {
		end = start.Add(time.Microsecond) // an instant lies in the range that holds it
	}
	return start, end, true
}
