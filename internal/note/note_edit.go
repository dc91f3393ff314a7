package note

import (
	"context"
	"fmt"
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/when"
)

// Create puts a new note on the project's list, below its parent; Seed, when there is one, is the
// text it begins with.
func (s *Service) Create(ctx context.Context, by account.Actor, n Note) (Note, error) {
	err := s.db.Do(ctx, func(tx db.Tx) (err error) {
		n, err = CreateIn(tx, by, n)
		return err
	})
	if err != nil {
		return Note{}, fmt.Errorf("create note in project %s: %w", n.ProjectID, err)
	}
	return n, nil
}

// CreateIn is Create in the caller's transaction: a meeting begins a note for its minutes.
func CreateIn(tx db.Tx, by account.Actor, n Note) (Note, error) {
	if _, err := project.Allow(tx, by, n.ProjectID, project.Contribute); err != nil {
		return n, err
	}
	if err := n.check(); err != nil {
		return n, err
	}
	all, err := listNotes(tx, n.ProjectID)
	if err != nil {
		return n, err
	}
	if len(all) >= maxNotes {
		return n, fault.New(fault.Conflict, "note.wrong.many", "max", maxNotes)
	}
	if err := n.place(all); err != nil {
		return n, err
	}
	if n.Seed != "" {
		if _, err := Parse([]byte(n.Seed)); err != nil {
			return n, err
		}
	}
	rank, err := lastRank(tx, n.ProjectID)
	if err != nil {
		return n, err
	}
	n.ID, n.Rank, n.CreatedBy, n.CreatedByName, n.CreatedAt, n.Version = ID(db.NewID()), rank+1, by.ID, by.Name, tx.Now(), 1
	n.UpdatedAt, n.UpdatedByName = n.CreatedAt, n.CreatedByName
	if err := insertNote(tx, n); err != nil {
		return n, err
	}
	if err := index(tx, n); err != nil {
		return n, err
	}
	return n, record(tx, by, n, "note.create", nil)
}

// Save changes the title and the place of a note that was read at n.Version.
func (s *Service) Save(ctx context.Context, by account.Actor, n Note) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		e, err := allow(tx, by, n.ProjectID, n.ID, Manages)
		if err != nil {
			return err
		}
		next := e.Note
		next.Title, next.ParentID, next.Version = n.Title, n.ParentID, n.Version
		if err := next.check(); err != nil {
			return err
		}
		if next.ParentID != e.ParentID {
			all, err := listNotes(tx, n.ProjectID)
			if err != nil {
				return err
			}
			if err := next.place(all); err != nil {
				return err
			}
		}
		if err := saveNote(tx, next); err != nil {
			return err
		}
		if err := index(tx, next); err != nil {
			return err
		}
		return record(tx, by, next, "note.save", map[string]any{"was": e.Title})
	})
	if err != nil {
		return fmt.Errorf("save note %s: %w", n.ID, err)
	}
	return nil
}

// Move puts a note one place up or down among its siblings.
func (s *Service) Move(ctx context.Context, by account.Actor, in project.ID, id ID, up bool) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		e, err := allow(tx, by, in, id, Manages)
		if err != nil {
			return err
		}
		all, err := listNotes(tx, in)
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(n Note) bool { return n.ParentID != e.ParentID })
		at := slices.IndexFunc(all, func(n Note) bool { return n.ID == id })
		to := at + 1
		if up {
			to = at - 1
		}
		if at < 0 || to < 0 || to >= len(all) {
			return nil // it is the first or the last already
		}
		a, b := all[at], all[to]
		a.Rank, b.Rank = b.Rank, a.Rank
		if err := saveNote(tx, a); err != nil {
			return err
		}
		return saveNote(tx, b)
	})
}

// Remove takes a note off the list; notes below it stand at the top. Restore puts it back.
func (s *Service) Remove(ctx context.Context, by account.Actor, in project.ID, id ID) error {
	return s.list(ctx, by, in, id, true)
}

// Restore puts a removed note back on the list.
func (s *Service) Restore(ctx context.Context, by account.Actor, in project.ID, id ID) error {
	return s.list(ctx, by, in, id, false)
}

func (s *Service) list(ctx context.Context, by account.Actor, in project.ID, id ID, off bool) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		e, err := Enter(tx, by, in, id)
		if err != nil {
			return err
		}
		if _, err := project.Allow(tx, by, in, project.Contribute); err != nil {
			return err
		}
		verb := "note.restore"
		e.RemovedAt = when.Time(0)
		if off {
			e.RemovedAt, verb = tx.Now(), "note.remove"
		}
		if err := saveNote(tx, e.Note); err != nil {
			return err
		}
		if err := index(tx, e.Note); err != nil {
			return err
		}
		return record(tx, by, e.Note, verb, nil)
	})
	if err != nil {
		return fmt.Errorf("list note %s: %w", id, err)
	}
	return nil
}

// ListOf lists the notes of a project as they stand below each other.
func ListOf(tx db.Tx, a project.Access) ([]Row, error) {
	list, err := listNotes(tx, a.ID)
	return tree(list), err
}

func record(tx db.Tx, by account.Actor, n Note, verb string, data map[string]any) error {
	if data == nil {
		data = map[string]any{}
	}
	data["title"] = n.Title
	return account.Record(tx, by, account.Event{Verb: verb, Kind: "note", ID: string(n.ID), Scope: n.ProjectID.Scope(), Data: data})
}
