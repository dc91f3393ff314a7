package meeting

import (
	"context"
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/talk"
)

// Add lets somebody take part: one of the project's people by their ID, else an address. When others
// have been invited already, they are too.
func (s *Service) Add(ctx context.Context, by account.Actor, in project.ID, id ID, p Participant) (Participant, error) {
	err := s.edit(ctx, by, in, id, func(tx db.Tx, a project.Access, m Meeting) error {
		members, err := project.MembersOf(tx, in)
		if err != nil {
			return err
		}
		if err := p.find(members); err != nil {
			return err
		}
		if err := p.tidy(); err != nil {
			return err
		}
		have, err := listParticipants(tx, id)
		if err != nil {
			return err
		}
		var wrong fault.Fields
		switch {
		case slices.ContainsFunc(have, func(x Participant) bool { return x.Email == p.Email }):
			wrong.Add(p.field(), "meeting.wrong.twice")
		case len(have) >= maxParticipants:
			wrong.Add(p.field(), "meeting.wrong.full", "max", maxParticipants)
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		p.ID, p.MeetingID, p.Presence = ParticipantID(db.NewID()), id, Expected
		if m.State == Held {
			p.Presence = Present
		}
		if err := insertParticipant(tx, p); err != nil {
			return err
		}
		if m.InvitedAt != 0 && m.State == Planned {
			if err := s.send(tx, by, a, m, []Participant{p}, Request, talk.ByInvitation); err != nil {
				return err
			}
		}
		return s.done(tx, by, a, m, "meeting.participant.add", map[string]any{"name": p.Name})
	})
	return p, err
}

// Leave takes somebody off the list; who was invited hears that it is off for them.
func (s *Service) Leave(ctx context.Context, by account.Actor, in project.ID, id ID, participant ParticipantID) error {
	return s.edit(ctx, by, in, id, func(tx db.Tx, a project.Access, m Meeting) error {
		p, err := participantOf(tx, id, participant)
		if err != nil {
			return err
		}
		if err := deleteParticipant(tx, p); err != nil {
			return err
		}
		if m.InvitedAt != 0 && m.State == Planned {
			if err := s.send(tx, by, a, m, []Participant{p}, Cancel, talk.ByCancel); err != nil {
				return err
			}
		}
		return s.done(tx, by, a, m, "meeting.participant.remove", map[string]any{"name": p.Name})
	})
}

func participantOf(tx db.Tx, id ID, participant ParticipantID) (Participant, error) {
	have, err := listParticipants(tx, id)
	if err != nil {
		return Participant{}, err
	}
	if i := slices.IndexFunc(have, func(x Participant) bool { return x.ID == participant }); i >= 0 {
		return have[i], nil
	}
	return Participant{}, fault.New(fault.NotFound, "fault.not_found")
}

// NotePresence notes who came.
func (s *Service) NotePresence(ctx context.Context, by account.Actor, in project.ID, id ID, who map[ParticipantID]Presence) error {
	return s.edit(ctx, by, in, id, func(tx db.Tx, a project.Access, m Meeting) error {
		have, err := listParticipants(tx, id)
		if err != nil {
			return err
		}
		changed := false
		for _, p := range have {
			to, given := who[p.ID]
			if !given || to == p.Presence {
				continue
			}
			if !slices.Contains(Presences(), to) {
				var wrong fault.Fields
				wrong.Add("presence", "fault.choice")
				return wrong.Err()
			}
			p.Presence, changed = to, true
			if err := savePresence(tx, p); err != nil {
				return err
			}
		}
		if !changed {
			return nil
		}
		return s.done(tx, by, a, m, "meeting.presence", nil)
	})
}

// Invite sends everybody the meeting for their calendar.
func (s *Service) Invite(ctx context.Context, by account.Actor, in project.ID, id ID) (count int, err error) {
	err = s.edit(ctx, by, in, id, func(tx db.Tx, a project.Access, m Meeting) error {
		if m.State != Planned {
			return fault.New(fault.Conflict, "meeting.wrong.begun", "state_key", m.State.Key())
		}
		people, err := listParticipants(tx, id)
		if err != nil {
			return err
		}
		if len(people) == 0 {
			return fault.New(fault.Conflict, "meeting.wrong.nobody")
		}
		m.InvitedAt, count = tx.Now(), len(people)
		if err := s.save(tx, by, &m); err != nil {
			return err
		}
		if err := s.send(tx, by, a, m, people, Request, talk.ByInvitation); err != nil {
			return err
		}
		return s.done(tx, by, a, m, "meeting.invite", map[string]any{"count": count})
	})
	return count, err
}

// letters are the texts of mails, by why they are sent.
var letters = map[talk.Reason]string{talk.ByInvitation: "meeting_invite", talk.ByChange: "meeting_change", talk.ByCancel: "meeting_cancel"}

// send writes to people what their calendars must know, and tells those with an account here.
func (s *Service) send(tx db.Tx, by account.Actor, a project.Access, m Meeting, people []Participant, method Method, why talk.Reason) error {
	from := Organiser{}
	var err error
	if from.Name, from.Email, err = account.AddressOf(tx, m.CreatedBy); err != nil {
		return err
	}
	all, err := listParticipants(tx, m.ID)
	if err != nil {
		return err
	}
	if method == Cancel {
		all = people // who is left out hears of nobody else
	}
	text := m.Invitation(method, from, all, s.opts.URL+m.URL(), tx.Now())
	for _, p := range people {
		values := []any{"title", m.Title, "project", a.Title, "starts_at", m.StartsAt, "count", m.Minutes, "place", m.Location(), "purpose", m.Purpose, "reason", m.Reason,
			"by", by.Name, "outside", p.Outside(), "path", m.URL()}
		l := account.Letter{Name: p.Name, Email: p.Email, PersonID: p.PersonID, Lang: by.Lang, Kind: letters[why], Values: values, Calendar: text, Method: string(method)}
		if err := s.tell(tx, by, m, l, why); err != nil {
			return err
		}
	}
	return nil
}

// tell writes to somebody; to who has an account here as they chose, with a notice.
func (s *Service) tell(tx db.Tx, by account.Actor, m Meeting, l account.Letter, why talk.Reason) error {
	write := func() error {
		if s.opts.Account == nil {
			return nil
		}
		return s.opts.Account.WriteIn(tx, l)
	}
	if s.opts.Talk == nil || l.PersonID == "" {
		return write()
	}
	return s.opts.Talk.TellByIn(tx, by, l.PersonID, why, m.subject(), "", write)
}
