package meeting

import (
	"net/mail"
	"strings"

	"bassin/internal/account"
	"bassin/internal/fault"
)

// ParticipantID names a participant.
type ParticipantID string

// Presence says whether somebody came.
type Presence string

// The presences.
const (
	Expected Presence = "expected"
	Present  Presence = "present"
	Excused  Presence = "excused"
	Absent   Presence = "absent"
)

// Presences lists them in the order of forms.
func Presences() []Presence { return []Presence{Expected, Present, Excused, Absent} }

// Key gives the text key of the presence's name.
func (p Presence) Key() string { return "meeting.presence." + string(p) }

// Participant is somebody who comes: one of the project's people, or an address outside.
type Participant struct {
	ID        ParticipantID
	MeetingID ID
	PersonID  account.PersonID // "" outside
	Name      string
	Email     string
	Presence  Presence
}

// Outside reports whether they are none of the project's people.
func (p Participant) Outside() bool { return p.PersonID == "" }

func (p *Participant) tidy() error {
	var wrong fault.Fields
	p.Name, p.Email = strings.Join(strings.Fields(p.Name), " "), strings.ToLower(strings.TrimSpace(p.Email))
	if p.Name == "" {
		p.Name, _, _ = strings.Cut(p.Email, "@")
	}
	wrong.Text("name", p.Name, 0, 200)
	if a, err := mail.ParseAddress(p.Email); err != nil || a.Address != p.Email || len(p.Email) > 254 {
		wrong.Add("email", "meeting.wrong.email")
	}
	return wrong.Err()
}

// find takes name and address of one of the project's people; an address of one of them is theirs.
func (p *Participant) find(members []account.Held) error {
	for _, h := range members {
		if h.PersonID == p.PersonID && p.PersonID != "" || p.PersonID == "" && account.Fold(h.Email) == account.Fold(p.Email) && p.Email != "" {
			p.PersonID, p.Name, p.Email = h.PersonID, h.Name, h.Email
			return nil
		}
	}
	if p.PersonID == "" {
		return nil
	}
	var wrong fault.Fields
	wrong.Add("person_id", "fault.choice")
	return wrong.Err()
}

// field is what was typed to name them.
func (p Participant) field() string {
	if p.Outside() {
		return "email"
	}
	return "person_id"
}
