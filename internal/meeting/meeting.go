package meeting

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/note"
	"bassin/internal/project"
	"bassin/internal/talk"
	"bassin/internal/when"
)

// ID names a meeting.
type ID string

// State is where a meeting stands.
type State string

// The states.
const (
	Planned   State = "planned"
	Held      State = "held"   // begun: minutes are taken, decisions recorded
	Closed    State = "closed" // nothing is changed any more
	Cancelled State = "cancelled"
)

// Key gives the text key of the state's name.
func (s State) Key() string { return "meeting.state." + string(s) }

// The limits of a meeting.
const (
	maxMeetings     = 2000 // of a project
	maxParticipants = 200
	maxItems        = 100
	maxBody         = 20_000
	maxDay          = 24 * 60 // minutes
)

// Meeting is people of a project, and others, who come together at an hour.
type Meeting struct {
	ID            ID
	ProjectID     project.ID
	Number        int64
	Title         string
	Purpose       string
	Place         string
	Link          string // of a call
	StartsAt      when.Time
	Minutes       int64 // how long it lasts
	State         State
	Reason        string    // why it was cancelled
	Sequence      int64     // of the invitation; each change that people must know raises it
	InvitedAt     when.Time // 0: nobody has been invited yet
	NoteID        note.ID   // written together; "" none
	NoteText      string    // of the note, as it was when the meeting was closed: Markdown
	ClosedAt      when.Time
	ClosedByName  string
	PDFHash       string
	PDFBytes      int64
	CreatedBy     account.PersonID
	CreatedByName string
	CreatedAt     when.Time
	UpdatedAt     when.Time
	UpdatedByName string
	Version       int64
}

// URL is the meeting's page.
func (m Meeting) URL() string { return m.ProjectID.URL() + "/meetings/" + string(m.ID) }

// EndsAt is when it ends.
func (m Meeting) EndsAt() when.Time { return m.StartsAt.Add(time.Duration(m.Minutes) * time.Minute) }

// Open reports whether the meeting can be changed.
func (m Meeting) Open() bool { return m.State == Planned || m.State == Held }

// UID is its name in every calendar.
func (m Meeting) UID() string { return "meeting-" + string(m.ID) + "@bassin" }

func (m *Meeting) tidy() error {
	var wrong fault.Fields
	m.Title, m.Place, m.Link = strings.Join(strings.Fields(m.Title), " "), strings.TrimSpace(m.Place), strings.TrimSpace(m.Link)
	wrong.Text("title", m.Title, 1, 200)
	wrong.Text("purpose", m.Purpose, 0, 4000)
	wrong.Text("place", m.Place, 0, 300)
	if m.Link != "" {
		u, err := url.Parse(m.Link)
		if err != nil || u.Scheme != "https" || u.Host == "" || len(m.Link) > 1000 {
			wrong.Add("link", "meeting.wrong.link")
		}
	}
	if y := m.StartsAt.Time().Year(); m.StartsAt == 0 || y < 2000 || y > when.MaxYear {
		wrong.Add("starts_on", "fault.date", "min_year", 2000, "max_year", when.MaxYear)
	}
	if m.Minutes < 5 || m.Minutes > maxDay {
		wrong.Add("minutes", "fault.number", "min", 5, "max", maxDay)
	}
	return wrong.Err()
}

// stale reports whether people who were invited must hear of the change.
func (m Meeting) stale(old Meeting) bool {
	return m.Title != old.Title || m.Purpose != old.Purpose || m.Place != old.Place || m.Link != old.Link || m.StartsAt != old.StartsAt || m.Minutes != old.Minutes
}

// change refuses changes of what is over.
func (m Meeting) change() error {
	if !m.Open() {
		return fault.New(fault.Conflict, "meeting.wrong.over", "state_key", m.State.Key())
	}
	return nil
}

// begin opens the minutes: from now on decisions and actions are recorded.
func (m *Meeting) begin() error {
	if m.State != Planned {
		return fault.New(fault.Conflict, "meeting.wrong.begun", "state_key", m.State.Key())
	}
	m.State = Held
	return nil
}

// during refuses what only a meeting that has begun can do.
func (m Meeting) during() error {
	if err := m.change(); err != nil {
		return err
	}
	if m.State != Held {
		return fault.New(fault.Conflict, "meeting.wrong.not_begun")
	}
	return nil
}

// cancel calls a planned meeting off.
func (m *Meeting) cancel(reason string) error {
	if m.State != Planned {
		return fault.New(fault.Conflict, "meeting.wrong.begun", "state_key", m.State.Key())
	}
	var wrong fault.Fields
	wrong.Text("reason", reason, 0, 1000)
	if err := wrong.Err(); err != nil {
		return err
	}
	m.State, m.Reason = Cancelled, strings.TrimSpace(reason)
	m.Sequence++
	return nil
}

// close freezes what was written.
func (m *Meeting) close(by string, now when.Time) error {
	if err := m.during(); err != nil {
		return err
	}
	m.State, m.ClosedAt, m.ClosedByName = Closed, now, by
	return nil
}

// ParseClock reads an hour as people type it, "9:30", "9h30", "14 h", "1430", as minutes of the day.
func ParseClock(s string) (int, bool) {
	s = strings.ToLower(strings.Join(strings.Fields(s), ""))
	hours, minutes, cut := strings.Cut(strings.Replace(strings.Replace(s, "h", ":", 1), ".", ":", 1), ":")
	if !cut && len(hours) == 4 {
		hours, minutes = hours[:2], hours[2:]
	}
	h, ok := digits(hours, 23)
	if !ok || hours == "" {
		return 0, false
	}
	m, ok := digits(minutes, 59)
	return h*60 + m, ok && (len(minutes) == 2 || minutes == "")
}

func digits(s string, most int) (int, bool) {
	n := 0
	for _, r := range s {
		if r < '0' || r > '9' || len(s) > 2 {
			return 0, false
		}
		n = n*10 + int(r-'0')
	}
	return n, n <= most
}

// Moment makes the instant of an hour of a day in the place.
func Moment(day when.Date, minutes int, in *time.Location) when.Time {
	d := day.Time()
	if d.IsZero() {
		return 0
	}
	return when.At(time.Date(d.Year(), d.Month(), d.Day(), minutes/60, minutes%60, 0, 0, in))
}

// Blob is the record in the file store.
func (m Meeting) Blob() file.Blob {
	return file.Blob{Hash: file.Hash(m.PDFHash), Size: m.PDFBytes, Type: "application/pdf"}
}

// FileName is the name of the record: PREH-CR-3.pdf.
func (m Meeting) FileName(code string) string { return fmt.Sprintf("%s-CR-%d.pdf", code, m.Number) }

// subject is the meeting as notices name it.
func (m Meeting) subject() talk.Subject {
	return talk.Subject{Ref: talk.Ref{Kind: "meeting", ID: string(m.ID)}, Title: m.Title, URL: m.URL(), Scope: m.ProjectID.Scope()}
}
