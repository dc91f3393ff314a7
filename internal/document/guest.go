package document

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

// Invitation is somebody to let into one folder, through a last day.
type Invitation struct {
	Email, Name string // the name is asked only of who has no account
	UntilOn     when.Date
}

// Invite lets somebody into a folder and what lies below it, and into nothing else of the project.
func (s *Service) Invite(ctx context.Context, by account.Actor, id project.ID, folder EntryID, in Invitation) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		p, err := allow(tx, by, id, folder, project.Manage)
		switch {
		case err != nil:
			return err
		case p.Root() || !p.Entry.Is(Folder):
			return fault.New(fault.Conflict, "document.wrong.guest_of_all")
		}
		person, err := s.opts.Account.InviteIn(tx, by, account.Person{Email: in.Email, Name: in.Name, Language: by.Lang}, folderURL(id, folder))
		if err != nil {
			return err
		}
		if _, err := account.GiveIn(tx, by, account.Grant{PersonID: person.ID, Role: account.FolderGuest, ScopeKind: account.OverFolder, ScopeID: string(folder), UntilOn: in.UntilOn}); err != nil {
			return err
		}
		if s.opts.Talk != nil && !person.Invited() { // who has no account yet has the invitation to make one
			sub := talk.Subject{Ref: talk.Ref{Kind: string(Folder), ID: string(folder)}, Title: p.Entry.Name, URL: folderURL(id, folder)}
			if err := s.opts.Talk.TellIn(tx, by, person.ID, talk.ByAccess, sub, ""); err != nil {
				return err
			}
		}
		return record(tx, by, p.Entry, "document.guest.invite", map[string]any{"person": person.Name, "until_on": string(in.UntilOn)})
	})
	if err != nil {
		return fmt.Errorf("invite to folder %s: %w", folder, err)
	}
	return nil
}

// Exclude ends a guest's access to a folder at once.
func (s *Service) Exclude(ctx context.Context, by account.Actor, id project.ID, folder EntryID, grant account.GrantID) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		if _, err := project.Allow(tx, by, id, project.Manage); err != nil {
			return err
		}
		e, err := getEntry(tx, id, folder) // of a removed folder too
		if err != nil {
			return err
		}
		g, err := account.RevokeIn(tx, by, grant, account.OverFolder, string(folder))
		if err != nil {
			return err
		}
		names, err := account.NamesOf(tx, []account.PersonID{g.PersonID})
		if err != nil {
			return err
		}
		return record(tx, by, e, "document.guest.exclude", map[string]any{"person": names[g.PersonID]})
	})
}

// Guest is somebody who may see one folder.
type Guest struct {
	account.Held
	Folder Entry
	SeenAt when.Time
	Ended  bool // by their day
}

// guestsOf lists the guests of folders of a project.
func guestsOf(tx db.Tx, id project.ID, folders []Entry) ([]Guest, error) {
	seen, err := project.VisitsOf(tx, id)
	if err != nil {
		return nil, err
	}
	var out []Guest
	for _, f := range folders {
		held, err := account.GrantsOver(tx, account.OverFolder, string(f.ID))
		if err != nil {
			return nil, err
		}
		for _, h := range held {
			out = append(out, Guest{h, f, seen[h.PersonID], !h.Holds(tx.Today())})
		}
	}
	return out, nil
}

// Shared is a folder that somebody is a guest of.
type Shared struct {
	Entry
	Owner   string // organisation that carries the project
	UntilOn when.Date
}

// sharedFolders lists the folders that the actor is a guest of today and can open.
func sharedFolders(tx db.Tx, by account.Actor) ([]Shared, error) {
	list, err := listAmong(tx, sharedWith(by, tx.Today()))
	if err != nil {
		return nil, err
	}
	var out []Shared
	for _, e := range list {
		p, err := enter(tx, by, e.ProjectID, e.ID)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		x := Shared{Entry: e, Owner: p.Project.OwnerName}
		for _, g := range by.Grants {
			if g.ScopeKind == account.OverFolder && g.ScopeID == string(e.ID) {
				x.UntilOn = g.UntilOn
			}
		}
		out = append(out, x)
	}
	return out, nil
}
