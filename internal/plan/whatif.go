package plan

import (
	"context"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/schedule"
	"bassin/internal/when"
)

// Moved is a task with its dates before and after.
type Moved struct {
	Task     Task
	Was, Now schedule.Held
	Days     int // working days by which its end moves, positive is later
}

// Outcome is what a change would do to a plan.
type Outcome struct {
	Moved         []Moved
	Was, Now      when.Date // the end of the plan
	Days          int
	NewlyCritical int
	NewlyLate     int
}

// WhatIf tells what moving a task to a day, and giving it another length when work is not 0, would
// do. Nothing is changed.
func (s *Service) WhatIf(ctx context.Context, by account.Actor, id project.ID, task TaskID, to when.Date, work int64) (Outcome, error) {
	var out Outcome
	err := s.db.View(ctx, func(tx db.Tx) error {
		a, err := project.Enter(tx, by, id)
		if err != nil {
			return err
		}
		t, err := liveTask(tx, id, task)
		if err != nil {
			return err
		}
		next := t
		next.shift(to, work)
		if err := next.tidy(tx.Today()); err != nil {
			return err
		}
		p, err := getPlan(tx, a.Project)
		if err != nil {
			return err
		}
		n, err := s.network(tx, a, p)
		if err != nil {
			return err
		}
		out, err = n.whatIf(next)
		return err
	})
	return out, err
}
