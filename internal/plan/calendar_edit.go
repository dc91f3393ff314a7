package plan

import (
	"context"
	"fmt"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
)

// SavePlan changes when the plan starts and which days are worked; p was read at p.Version. The
// first save of a plan that has no row yet is at version 1.
func (s *Service) SavePlan(ctx context.Context, by account.Actor, p Plan) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		a, err := project.Allow(tx, by, p.ProjectID, project.Manage)
		if err != nil {
			return err
		}
		if err := p.check(); err != nil {
			return err
		}
		old, err := lockPlan(tx, a.Project)
		if err != nil {
			return err
		}
		next := old
		next.StartsOn, next.Week, next.Holidays, next.Version = p.StartsOn, WeekText(p.Hours()), p.Holidays, p.Version
		if err := savePlan(tx, next); err != nil {
			return err
		}
		if err := s.reschedule(tx, a, next); err != nil {
			return err
		}
		return recordPlan(tx, by, p.ProjectID, "plan.calendar.save", map[string]any{"changes": account.Changes(old, next)})
	})
	if err != nil {
		return fmt.Errorf("save plan of %s: %w", p.ProjectID, err)
	}
	return nil
}

// AddClosure closes the plan's calendar for a run of days.
func (s *Service) AddClosure(ctx context.Context, by account.Actor, c Closure) (Closure, error) {
	err := s.closure(ctx, by, c.ProjectID, func(tx db.Tx) error {
		if err := c.tidy(); err != nil {
			return err
		}
		if err := c.bounded(); err != nil {
			return err
		}
		c.ID = db.NewID()
		if err := insertClosure(tx, c); err != nil {
			return err
		}
		return recordPlan(tx, by, c.ProjectID, "plan.closure.add", map[string]any{"name": c.Name, "from_on": string(c.FromOn), "to_on": string(c.ToOn)})
	})
	return c, err
}

// RemoveClosure opens these days again.
func (s *Service) RemoveClosure(ctx context.Context, by account.Actor, id project.ID, closure string) (Closure, error) {
	var c Closure
	err := s.closure(ctx, by, id, func(tx db.Tx) (err error) {
		if c, err = getClosure(tx, id, closure); err != nil {
			return err
		}
		if err := deleteClosure(tx, c); err != nil {
			return err
		}
		return recordPlan(tx, by, id, "plan.closure.remove", map[string]any{"name": c.Name})
	})
	return c, err
}

func (s *Service) closure(ctx context.Context, by account.Actor, id project.ID, do func(tx db.Tx) error) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		a, err := project.Allow(tx, by, id, project.Manage)
		if err != nil {
			return err
		}
		p, err := lockPlan(tx, a.Project)
		if err != nil {
			return err
		}
		if err := do(tx); err != nil {
			return err
		}
		return s.reschedule(tx, a, p)
	})
}
