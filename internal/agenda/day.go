package agenda

import (
	"slices"
	"strings"
	"time"

	"bassin/internal/ical"
	"bassin/internal/project"
	"bassin/internal/when"
)

// Entry is something on a day of a calendar, as people see it.
type Entry struct {
	Kind      Kind
	ID        string
	ProjectID project.ID
	Project   string // its title
	Title     string
	URL       string
	Place     string
	Day       when.Date
	Start     when.Time // 0: all day
	End       when.Time
	Late      bool // should be done by now
	Done      bool
	Updated   when.Time
}

// order puts entries by day, those of the whole day first, then by hour.
func order(list []Entry) {
	slices.SortStableFunc(list, func(a, b Entry) int {
		if c := strings.Compare(string(a.Day), string(b.Day)); c != 0 {
			return c
		}
		if a.Start != b.Start {
			return int(min(1, max(-1, a.Start-b.Start)))
		}
		return strings.Compare(a.Title, b.Title)
	})
}

// event writes an entry for a feed. Tasks are days there: many calendars show no others.
func (e Entry) event(origin string) *ical.Component {
	c := ical.New(vevent)
	c.Set("UID", string(e.Kind)+"-"+e.ID+"@bassin")
	c.Set("DTSTAMP", ical.UTC(e.Updated.Time()))
	if e.Start == 0 {
		c.Set("DTSTART", compact(e.Day), ical.Param{Name: "VALUE", Value: "DATE"})
		c.Set("TRANSP", "TRANSPARENT")
	} else {
		c.Set("DTSTART", ical.UTC(e.Start.Time()))
		c.Set("DTEND", ical.UTC(e.End.Time()))
	}
	c.SetText("SUMMARY", e.Title)
	c.SetText("LOCATION", e.Place)
	c.SetText("CATEGORIES", e.Project)
	if e.URL != "" {
		c.Set("URL", origin+e.URL)
	}
	return c
}

// Day is one square of a month.
type Day struct {
	On      when.Date
	Outside bool // of the month
	Entries []Entry
}

// Month is the weeks around a month, Monday first.
type Month struct {
	First when.Date // of the month
	Days  []Day
}

// monthOf reads "2026-11"; anything else is the month of today.
func monthOf(s string, today when.Date) Month {
	t, err := time.Parse("2006-01", s)
	if err != nil || t.Year() < when.MinYear+1 || t.Year() > when.MaxYear-1 {
		t = today.Time().AddDate(0, 0, 1-today.Time().Day())
	}
	m := Month{First: when.Date(t.Format(time.DateOnly))}
	from := t.AddDate(0, 0, -(int(t.Weekday())+6)%7)
	for d := from; d.Before(t.AddDate(0, 1, 0)) || d.Weekday() != time.Monday; d = d.AddDate(0, 0, 1) {
		m.Days = append(m.Days, Day{On: when.Date(d.Format(time.DateOnly)), Outside: d.Month() != t.Month()})
	}
	return m
}

// fill puts entries into their squares.
func (m *Month) fill(list []Entry) {
	order(list)
	for i := range m.Days {
		for _, e := range list {
			if e.Day == m.Days[i].On {
				m.Days[i].Entries = append(m.Days[i].Entries, e)
			}
		}
	}
}

// beside is the month before (-1) or after (1), as addresses name it.
func (m Month) beside(n int) string { return m.First.Time().AddDate(0, n, 0).Format("2006-01") }
