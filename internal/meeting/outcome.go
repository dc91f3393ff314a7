package meeting

import (
	"context"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/when"
)

// Decide records what the meeting decided in the project's register.
func (s *Service) Decide(ctx context.Context, by account.Actor, in project.ID, id ID, d project.Decision) (project.Decision, error) {
	err := s.edit(ctx, by, in, id, func(tx db.Tx, a project.Access, m Meeting) (err error) {
		if err := m.during(); err != nil {
			return err
		}
		d.ProjectID, d.MeetingID, d.StageID = in, string(id), ""
		if d.DecidedOn == when.None {
			d.DecidedOn = min(m.StartsAt.Date(db.Paris), tx.Today())
		}
		if d, err = project.DecideIn(tx, by, d); err != nil {
			return err
		}
		return s.done(tx, by, a, m, "meeting.decide", map[string]any{"decision": d.Title, "decision_number": d.Number})
	})
	return d, err
}

// Task is what is left to do: it becomes a task of the plan.
type Task struct {
	Title    string
	PersonID account.PersonID // "" nobody yet
	Deadline when.Date
}

// Agree records what is to be done, as a task of the plan, and tells who has it.
func (s *Service) Agree(ctx context.Context, by account.Actor, in project.ID, id ID, x Task) (plan.Task, error) {
	var t plan.Task
	err := s.edit(ctx, by, in, id, func(tx db.Tx, a project.Access, m Meeting) (err error) {
		if err := m.during(); err != nil {
			return err
		}
		d := plan.Draft{Task: plan.Task{ProjectID: in, Title: x.Title, Deadline: x.Deadline}}
		if x.PersonID != "" {
			d.People = []account.PersonID{x.PersonID}
		}
		if t, err = s.opts.Plan.CreateTaskIn(tx, by, d); err != nil {
			return err
		}
		if err := insertAction(tx, action{t.ID, id, in, tx.Now()}); err != nil {
			return err
		}
		return s.done(tx, by, a, m, "meeting.agree", map[string]any{"task": t.Title})
	})
	return t, err
}
