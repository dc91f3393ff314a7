package meeting

import (
	"strconv"

	"bassin/internal/ical"
	"bassin/internal/when"
)

// Method says what an invitation wants of a calendar.
type Method string

// The methods of RFC 5546 that are sent.
const (
	Request Method = "REQUEST"
	Cancel  Method = "CANCEL"
	Publish Method = "PUBLISH" // for whoever takes it: nobody is asked
)

// Organiser is in whose name an invitation is sent.
type Organiser struct{ Name, Email string }

// Invitation writes the meeting for the calendars of those who are invited. Hours are in UTC: one
// meeting needs no rules of time zones, and every calendar shows it in its own. Stamp is when it is
// written.
func (m Meeting) Invitation(method Method, from Organiser, to []Participant, url string, stamp when.Time) string {
	c := ical.New("VCALENDAR")
	c.Set("VERSION", "2.0")
	c.Set("PRODID", "-//Bassin//Meetings//FR")
	c.Set("METHOD", string(method))
	c.Parts = []*ical.Component{m.Event(from, to, url, stamp)}
	return c.String()
}

// Event writes the meeting as a VEVENT.
func (m Meeting) Event(from Organiser, to []Participant, url string, stamp when.Time) *ical.Component {
	e := ical.New("VEVENT")
	e.Set("UID", m.UID())
	e.Set("DTSTAMP", ical.UTC(stamp.Time()))
	e.Set("DTSTART", ical.UTC(m.StartsAt.Time()))
	e.Set("DTEND", ical.UTC(m.EndsAt().Time()))
	e.SetText("SUMMARY", m.Title)
	e.SetText("DESCRIPTION", m.Description())
	e.SetText("LOCATION", m.Location())
	e.Set("SEQUENCE", strconv.FormatInt(m.Sequence, 10))
	status := "CONFIRMED"
	if m.State == Cancelled {
		status = "CANCELLED"
	}
	e.Set("STATUS", status)
	if url != "" {
		e.Set("URL", url)
	}
	if from.Email != "" {
		e.Set("ORGANIZER", "mailto:"+from.Email, ical.Param{Name: "CN", Value: from.Name})
	}
	for _, p := range to {
		e.Add("ATTENDEE", "mailto:"+p.Email, ical.Param{Name: "CN", Value: p.Name}, ical.Param{Name: "ROLE", Value: "REQ-PARTICIPANT"},
			ical.Param{Name: "PARTSTAT", Value: p.Presence.answer()}, ical.Param{Name: "RSVP", Value: "TRUE"})
	}
	return e
}

// answer is a presence in the words of calendars.
func (p Presence) answer() string {
	switch p {
	case Present:
		return "ACCEPTED"
	case Excused:
		return "DECLINED"
	}
	return "NEEDS-ACTION"
}

// Location is where it takes place; of a call its address.
func (m Meeting) Location() string {
	if m.Place == "" {
		return m.Link
	}
	return m.Place
}

func (m Meeting) Description() string {
	if m.Place == "" || m.Link == "" {
		return m.Purpose
	}
	if m.Purpose == "" {
		return m.Link
	}
	return m.Purpose + "\n\n" + m.Link
}
