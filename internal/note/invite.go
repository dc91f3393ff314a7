package note

import (
	"context"
	"fmt"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/talk"
	"bassin/internal/when"
)

// Guest is somebody to let write in one note, until a day.
type Guest struct {
	Email, Name string // the name is asked only of who has no account
	UntilOn     when.Date
}

// Invite lets somebody from outside write in one note. Who runs the project decides.
func (s *Service) Invite(ctx context.Context, by account.Actor, in project.ID, id ID, g Guest) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		e, err := allow(tx, by, in, id, Manages)
		if err != nil {
			return err
		}
		if _, err := project.Allow(tx, by, in, project.Manage); err != nil {
			return err
		}
		if s.opts.Account == nil {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		p, err := s.opts.Account.InviteIn(tx, by, account.Person{Email: g.Email, Name: g.Name, Language: by.Lang}, e.Note.URL())
		if err != nil {
			return err
		}
		_, err = account.GiveIn(tx, by, account.Grant{PersonID: p.ID, Role: account.NoteGuest, ScopeKind: account.OverNote, ScopeID: string(id), UntilOn: g.UntilOn})
		if err != nil {
			return err
		}
		if s.opts.Talk != nil && !p.Invited() { // who has no account yet has the invitation to make one
			sub := talk.Subject{Ref: talk.Ref{Kind: "note", ID: string(e.ID)}, Title: e.Title, URL: e.URL()}
			if err := s.opts.Talk.TellIn(tx, by, p.ID, talk.ByAccess, sub, ""); err != nil {
				return err
			}
		}
		return record(tx, by, e.Note, "note.invite", map[string]any{"name": p.Name, "until_on": string(g.UntilOn)})
	})
	if err != nil {
		return fmt.Errorf("invite to note %s: %w", id, err)
	}
	return nil
}

// Exclude ends a guest's access to a note; who has it open is sent out within seconds.
func (s *Service) Exclude(ctx context.Context, by account.Actor, in project.ID, id ID, grant account.GrantID) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if _, err := project.Enter(tx, by, in); err != nil {
			return err
		}
		if _, err := project.Allow(tx, by, in, project.Manage); err != nil {
			return err
		}
		e, err := Enter(tx, by, in, id)
		if err != nil {
			return err
		}
		g, err := account.RevokeIn(tx, by, grant, account.OverNote, string(id))
		if err != nil {
			return err
		}
		names, err := account.NamesOf(tx, []account.PersonID{g.PersonID})
		if err != nil {
			return err
		}
		return record(tx, by, e.Note, "note.exclude", map[string]any{"name": names[g.PersonID]})
	})
	if err != nil {
		return fmt.Errorf("exclude from note %s: %w", id, err)
	}
	return nil
}

// GuestsOf lists the guests of a note that was entered.
func GuestsOf(tx db.Tx, e Entry) ([]account.Held, error) {
	return account.GrantsOver(tx, account.OverNote, string(e.ID))
}

// AsGuest lists the notes that the actor is a guest of: what they have instead of projects.
func AsGuest(tx db.Tx, by account.Actor) ([]Note, error) {
	var ids []string
	for _, g := range by.Grants {
		if g.Role == account.NoteGuest && g.ScopeKind == account.OverNote && g.Holds(tx.Today()) {
			ids = append(ids, g.ScopeID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return listAmong(tx, ids)
}

// CodeOf names a note for the list of grants by its project's code: who reads that list may not be
// allowed to read the note.
func CodeOf(tx db.Tx, id ID) (string, error) {
	n, err := getNote(tx, id)
	if err != nil {
		return "", err
	}
	return project.CodeOfProject(tx, n.ProjectID)
}
