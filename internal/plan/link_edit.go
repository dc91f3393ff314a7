package plan

import (
	"context"
	"fmt"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
)

// AddLink makes a task wait for another. What would make tasks wait for each other in a circle is
// refused, and the circle named.
func (s *Service) AddLink(ctx context.Context, by account.Actor, l Link) (Link, error) {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		a, err := project.Allow(tx, by, l.ProjectID, project.Contribute)
		if err != nil {
			return err
		}
		if err := l.check(); err != nil {
			return err
		}
		p, err := lockPlan(tx, a.Project)
		if err != nil {
			return err
		}
		to, err := liveTask(tx, l.ProjectID, l.ToID)
		if err != nil {
			return err
		}
		from, err := liveTask(tx, l.ProjectID, l.FromID)
		if err != nil {
			return missingChoice(err, "from")
		}
		l.ID = LinkID(db.NewID())
		if err := insertLink(tx, l); err != nil {
			if f := fault.As(err); f != nil && f.Key == "db.unique" {
				return fault.New(fault.Conflict, "plan.wrong.linked")
			}
			return err
		}
		if err := s.reschedule(tx, a, p); err != nil {
			return err
		}
		return record(tx, by, to, "plan.link.add", map[string]any{"from": from.Title, "kind_key": l.Kind.Key()})
	})
	if err != nil {
		return Link{}, fmt.Errorf("link tasks of %s: %w", l.ProjectID, err)
	}
	return l, nil
}

// RemoveLink takes a link away.
func (s *Service) RemoveLink(ctx context.Context, by account.Actor, id project.ID, link LinkID) (Link, error) {
	var l Link
	err := s.db.Do(ctx, func(tx db.Tx) error {
		a, err := project.Allow(tx, by, id, project.Contribute)
		if err != nil {
			return err
		}
		p, err := lockPlan(tx, a.Project)
		if err != nil {
			return err
		}
		if l, err = getLink(tx, id, link); err != nil {
			return err
		}
		if err := deleteLink(tx, l); err != nil {
			return err
		}
		if err := s.reschedule(tx, a, p); err != nil {
			return err
		}
		to, err := getTask(tx, id, l.ToID)
		if err != nil {
			return err
		}
		from, err := getTask(tx, id, l.FromID)
		if err != nil {
			return err
		}
		return record(tx, by, to, "plan.link.remove", map[string]any{"from": from.Title, "kind_key": l.Kind.Key()})
	})
	return l, err
}

// missingChoice makes a wrong field of something chosen that does not exist.
func missingChoice(err error, field string) error {
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	var wrong fault.Fields
	wrong.Add(field, "fault.choice")
	return wrong.Err()
}
