package project

import (
	"context"
	"fmt"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
)

// Filter chooses the projects of a list.
type Filter struct {
	Text        string
	State       State
	Kind        Kind
	OwnerID     string
	TerritoryID string
	Ended       bool // with those that have ended, when no state is chosen
}

// List gives a page of the projects that the actor may see, with their number.
func List(tx db.Tx, by account.Actor, f Filter, limit, offset int) ([]Project, int, error) {
	w := f.where(by, tx.Today())
	n, err := countProjects(tx, w)
	if err != nil {
		return nil, 0, err
	}
	list, err := listProjects(tx, w, "p.title_key, p.id", limit, offset)
	return list, n, err
}

// ListAfter reads on by ID, which is by age; for cursors.
func ListAfter(tx db.Tx, by account.Actor, f Filter, after ID, limit int) ([]Project, error) {
	return listProjectsAfter(tx, f.where(by, tx.Today()), after, limit)
}

// Save changes the plain fields of a project that was read at p.Version. State, owner, origin and
// territory stay.
func (s *Service) Save(ctx context.Context, by account.Actor, p Project) (Project, error) {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		a, err := Allow(tx, by, p.ID, Manage)
		if err != nil {
			return err
		}
		next := a.Project
		next.Code, next.Title, next.Summary, next.Kind, next.Confidentiality = p.Code, p.Title, p.Summary, p.Kind, p.Confidentiality
		next.StartsOn, next.EndsOn, next.Version = p.StartsOn, p.EndsOn, p.Version
		if err := next.tidy(); err != nil {
			return err
		}
		if err := saveProject(tx, next); err != nil {
			return takenCode(err)
		}
		if err := s.reindex(tx, a.Project, next); err != nil {
			return err
		}
		p = next
		return record(tx, by, p.ID, "project.save", map[string]any{"title": p.Title, "changes": account.Changes(a.Project, next)})
	})
	if err != nil {
		return Project{}, fmt.Errorf("save project %s: %w", p.ID, err)
	}
	p.Version++
	return p, nil
}

// Move changes the state of a project that was read at a version; what has ended may be reopened.
func (s *Service) Move(ctx context.Context, by account.Actor, id ID, to State, version int64) (Project, error) {
	var p Project
	err := s.db.Do(ctx, func(tx db.Tx) error {
		a, err := mayManage(tx, by, id)
		if err != nil {
			return err
		}
		p = a.Project
		from := p.State
		p.State, p.Version = to, version
		if err := p.tidy(); err != nil {
			return err
		}
		if err := saveProject(tx, p); err != nil {
			return err
		}
		return record(tx, by, id, "project.move", map[string]any{"from_key": from.Key(), "to_key": to.Key()})
	})
	if err != nil {
		return Project{}, fmt.Errorf("move project %s: %w", id, err)
	}
	p.Version++
	return p, nil
}

// mayManage is Allow(Manage) for projects that have ended too.
func mayManage(tx db.Tx, by account.Actor, id ID) (Access, error) {
	a, err := Enter(tx, by, id)
	if err == nil && !a.May(Manage) {
		err = fault.New(fault.Forbidden, "project.forbidden.manage")
	}
	return a, err
}

// Withdraw takes a project off the lists; Restore brings it back. Nothing of it is lost.
func (s *Service) Withdraw(ctx context.Context, by account.Actor, id ID) error {
	return s.shelve(ctx, by, id, true)
}

// Restore brings a project back onto the lists.
func (s *Service) Restore(ctx context.Context, by account.Actor, id ID) error {
	return s.shelve(ctx, by, id, false)
}

func (s *Service) shelve(ctx context.Context, by account.Actor, id ID, away bool) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		a, err := Enter(tx, by, id)
		if err != nil {
			return err
		}
		if !a.May(Remove) {
			return fault.New(fault.Forbidden, "project.forbidden.remove")
		}
		if away == (a.RemovedAt != 0) {
			return nil // done already: a second click
		}
		p, verb := a.Project, "project.restore"
		p.RemovedAt = 0
		if away {
			p.RemovedAt, verb = tx.Now(), "project.withdraw"
		}
		if err := saveProject(tx, p); err != nil {
			return err
		}
		return record(tx, by, id, verb, map[string]any{"title": p.Title})
	})
}

// Visit notes that the actor came, at most once an hour.
func (s *Service) Visit(ctx context.Context, by account.Actor, id ID) error {
	if !by.Known() || by.System() {
		return nil
	}
	fresh := false
	err := s.db.View(ctx, func(tx db.Tx) error {
		seen, err := listVisit(tx, id, by.ID)
		fresh = len(seen) > 0 && tx.Now().Sub(seen[0]) < visitEvery
		return err
	})
	if err != nil || fresh {
		return err
	}
	return s.db.Do(ctx, func(tx db.Tx) error { return touchVisit(tx, id, by.ID) })
}
