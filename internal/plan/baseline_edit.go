package plan

import (
	"context"
	"fmt"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
)

// TakeBaseline keeps the dates of the plan as they are, under a name. It is never changed.
func (s *Service) TakeBaseline(ctx context.Context, by account.Actor, id project.ID, name string) (Baseline, error) {
	b := Baseline{ProjectID: id, Name: name}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		a, err := project.Allow(tx, by, id, project.Manage)
		if err != nil {
			return err
		}
		if err := b.tidy(); err != nil {
			return err
		}
		p, err := lockPlan(tx, a.Project)
		if err != nil {
			return err
		}
		if err := s.reschedule(tx, a, p); err != nil {
			return err
		}
		tasks, err := listNodes(tx, id, p.Numbers)
		if err != nil {
			return err
		}
		if len(tasks) == 0 {
			return fault.New(fault.Conflict, "plan.wrong.empty")
		}
		b.ID, b.TakenBy, b.TakenAt, b.EndsOn = BaselineID(db.NewID()), by.Name, tx.Now(), ""
		rows := make([][]any, len(tasks))
		for i, t := range tasks {
			rows[i] = []any{b.ID, t.ID, t.EarlyOn, t.FinishOn}
			b.EndsOn = max(b.EndsOn, t.FinishOn)
		}
		if err := insertBaseline(tx, b, rows); err != nil {
			return err
		}
		return recordPlan(tx, by, id, "plan.baseline.take", map[string]any{"name": b.Name})
	})
	if err != nil {
		return Baseline{}, fmt.Errorf("take baseline of %s: %w", id, err)
	}
	return b, nil
}

// driftFrom holds the plan against a baseline.
func (s *Service) driftFrom(tx db.Tx, a project.Access, id BaselineID) (Drifted, error) {
	b, err := getBaseline(tx, a.ID, id)
	if err != nil {
		return Drifted{}, err
	}
	held, err := listHeld(tx, b.ID)
	if err != nil {
		return Drifted{}, err
	}
	p, err := getPlan(tx, a.Project)
	if err != nil {
		return Drifted{}, err
	}
	n, err := s.network(tx, a, p)
	if err != nil {
		return Drifted{}, err
	}
	return n.drift(b, held)
}
