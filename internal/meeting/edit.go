package meeting

import (
	"context"
	"fmt"
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/note"
	"bassin/internal/project"
	"bassin/internal/talk"
)

// Create plans a meeting; who plans it takes part, when they are one of the project's people.
func (s *Service) Create(ctx context.Context, by account.Actor, m Meeting) (Meeting, error) {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		a, err := project.Allow(tx, by, m.ProjectID, project.Contribute)
		if err != nil {
			return err
		}
		if err := m.tidy(); err != nil {
			return err
		}
		if err := project.Lock(tx, a.ID); err != nil {
			return err
		}
		last, err := lastNumber(tx, a.ID)
		if err != nil {
			return err
		}
		if last >= maxMeetings {
			return fault.New(fault.Conflict, "meeting.wrong.many", "max", maxMeetings)
		}
		m.ID, m.Number, m.State, m.Version = ID(db.NewID()), last+1, Planned, 1
		m.CreatedBy, m.CreatedByName, m.CreatedAt, m.UpdatedAt, m.UpdatedByName = by.ID, by.Name, tx.Now(), tx.Now(), by.Name
		if err := insertMeeting(tx, m); err != nil {
			return err
		}
		members, err := project.MembersOf(tx, a.ID)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(members, func(h account.Held) bool { return h.PersonID == by.ID }); i >= 0 {
			p := Participant{ID: ParticipantID(db.NewID()), MeetingID: m.ID, PersonID: by.ID, Name: members[i].Name, Email: members[i].Email, Presence: Expected}
			if err := insertParticipant(tx, p); err != nil {
				return err
			}
		}
		return s.done(tx, by, a, m, "meeting.create", nil)
	})
	if err != nil {
		return Meeting{}, fmt.Errorf("create meeting in %s: %w", m.ProjectID, err)
	}
	return m, nil
}

// Save changes what a meeting is about, when and where, read at m.Version. Who was invited hears of
// it.
func (s *Service) Save(ctx context.Context, by account.Actor, m Meeting) (Meeting, error) {
	var next Meeting
	err := s.edit(ctx, by, m.ProjectID, m.ID, func(tx db.Tx, a project.Access, old Meeting) error {
		next = old
		next.Title, next.Purpose, next.Place, next.Link, next.StartsAt, next.Minutes, next.Version = m.Title, m.Purpose, m.Place, m.Link, m.StartsAt, m.Minutes, m.Version
		if err := next.tidy(); err != nil {
			return err
		}
		tell := old.InvitedAt != 0 && old.State == Planned && next.stale(old)
		if tell {
			next.Sequence++
		}
		if err := s.save(tx, by, &next); err != nil {
			return err
		}
		if tell {
			people, err := listParticipants(tx, next.ID)
			if err != nil {
				return err
			}
			if err := s.send(tx, by, a, next, people, Request, talk.ByChange); err != nil {
				return err
			}
		}
		return s.done(tx, by, a, next, "meeting.save", map[string]any{"changes": account.Changes(old, next)})
	})
	return next, err
}

// save writes a meeting and gives it the version it has then.
func (s *Service) save(tx db.Tx, by account.Actor, m *Meeting) error {
	m.UpdatedAt, m.UpdatedByName = tx.Now(), by.Name
	err := saveMeeting(tx, *m)
	m.Version++
	return err
}

// Begin opens the minutes.
func (s *Service) Begin(ctx context.Context, by account.Actor, in project.ID, id ID) error {
	return s.edit(ctx, by, in, id, func(tx db.Tx, a project.Access, m Meeting) error {
		if err := m.begin(); err != nil {
			return err
		}
		if err := s.save(tx, by, &m); err != nil {
			return err
		}
		return s.done(tx, by, a, m, "meeting.begin", nil)
	})
}

// Cancel calls a meeting off; who was invited hears of it.
func (s *Service) Cancel(ctx context.Context, by account.Actor, in project.ID, id ID, reason string) error {
	return s.edit(ctx, by, in, id, func(tx db.Tx, a project.Access, m Meeting) error {
		if err := m.cancel(reason); err != nil {
			return err
		}
		if err := s.save(tx, by, &m); err != nil {
			return err
		}
		if m.InvitedAt != 0 {
			people, err := listParticipants(tx, m.ID)
			if err != nil {
				return err
			}
			if err := s.send(tx, by, a, m, people, Cancel, talk.ByCancel); err != nil {
				return err
			}
		}
		return s.done(tx, by, a, m, "meeting.cancel", map[string]any{"reason": m.Reason})
	})
}

// BeginNote begins a note that all can write in at once; its text goes into the record.
func (s *Service) BeginNote(ctx context.Context, by account.Actor, in project.ID, id ID) (note.Note, error) {
	var n note.Note
	err := s.edit(ctx, by, in, id, func(tx db.Tx, a project.Access, m Meeting) (err error) {
		if m.NoteID != "" {
			return fault.New(fault.Conflict, "meeting.wrong.note")
		}
		if n, err = note.CreateIn(tx, by, note.Note{ProjectID: in, Title: m.Title}); err != nil {
			return err
		}
		m.NoteID = n.ID
		if err := s.save(tx, by, &m); err != nil {
			return err
		}
		return s.done(tx, by, a, m, "meeting.note", nil)
	})
	return n, err
}

// edit is an operation on a meeting that can still be changed, for who contributes to the project.
func (s *Service) edit(ctx context.Context, by account.Actor, in project.ID, id ID, do func(tx db.Tx, a project.Access, m Meeting) error) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		a, err := project.Allow(tx, by, in, project.Contribute)
		if err != nil {
			return err
		}
		if err := lockMeeting(tx, in, id); err != nil {
			return err
		}
		m, err := getMeeting(tx, in, id)
		if err != nil {
			return err
		}
		if err := m.change(); err != nil {
			return err
		}
		return do(tx, a, m)
	})
	if err != nil {
		return fmt.Errorf("change meeting %s: %w", id, err)
	}
	return nil
}

// done puts the meeting into the index and into the trail.
func (s *Service) done(tx db.Tx, by account.Actor, a project.Access, m Meeting, verb string, data map[string]any) error {
	if err := index(tx, a.Project, m); err != nil {
		return err
	}
	if data == nil {
		data = map[string]any{}
	}
	data["title"], data["number"] = m.Title, m.Number
	return account.Record(tx, by, account.Event{Verb: verb, Kind: "meeting", ID: string(m.ID), Scope: m.ProjectID.Scope(), Data: data})
}
