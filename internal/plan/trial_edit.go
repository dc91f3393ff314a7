package plan

import (
	"context"
	"fmt"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/when"
)

// Try tells what several changes at once would do to a plan. Nothing is changed.
func (s *Service) Try(ctx context.Context, by account.Actor, id project.ID, steps []Tweak) (Comparison, error) {
	var c Comparison
	err := s.db.View(ctx, func(tx db.Tx) error {
		a, err := project.Enter(tx, by, id)
		if err != nil {
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
		x, err := n.with(steps, tx.Today())
		if err != nil {
			return err
		}
		after := newNetwork(a.Code, p, n.calendar, x.tasks, x.links, tx.Today())
		if c, err = n.compare(after); err != nil {
			return err
		}
		asked, err := s.askedOf(tx, a, p, n.calendar)
		if err != nil {
			return err
		}
		was, err := n.loads(asked.givers, asked.assigned, asked.booked, monday(tx.Today()), 0)
		if err != nil {
			return err
		}
		now, err := after.loads(asked.givers, asked.assigned, asked.booked, monday(tx.Today()), 0)
		c.Overloads = overloads(was, now)
		return err
	})
	return c, err
}

// Apply makes the changes of a trial, all or none. It was told that the plan would end on a day: if
// it does not, somebody changed the plan meanwhile, and nothing is done.
func (s *Service) Apply(ctx context.Context, by account.Actor, id project.ID, steps []Tweak, ends when.Date) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		a, err := project.Allow(tx, by, id, project.Contribute)
		if err != nil {
			return err
		}
		p, err := lockPlan(tx, a.Project)
		if err != nil {
			return err
		}
		n, err := s.network(tx, a, p)
		if err != nil {
			return err
		}
		x, err := n.with(steps, tx.Today())
		if err != nil {
			return err
		}
		if err := s.saveAltered(tx, by, a, n, x); err != nil {
			return err
		}
		if err := s.reschedule(tx, a, p); err != nil {
			return err
		}
		now, err := getPlan(tx, a.Project)
		if err == nil && ends != when.None && now.EndsOn != ends {
			err = fault.New(fault.Conflict, "plan.wrong.try_moved", "ends_on", now.EndsOn)
		}
		if err != nil {
			return err
		}
		return recordPlan(tx, by, id, "plan.trial.apply", map[string]any{"count": len(steps)})
	})
	if err != nil {
		return fmt.Errorf("apply a trial to %s: %w", id, err)
	}
	return nil
}

// saveAltered writes what the steps change, each with its own line in the history.
func (s *Service) saveAltered(tx db.Tx, by account.Actor, a project.Access, n *network, x altered) error {
	for _, t := range x.changed {
		old, err := getTask(tx, a.ID, t.ID)
		if err != nil {
			return err
		}
		next := old // the network has no texts
		next.Work, next.NotBefore, next.BeginOn, next.EndOn = t.Work, t.NotBefore, t.BeginOn, t.EndOn
		if err := saveTask(tx, next); err != nil {
			return err
		}
		if err := index(tx, a.Project, next); err != nil {
			return err
		}
		if err := record(tx, by, next, "plan.task.save", map[string]any{"changes": account.Changes(old, next)}); err != nil {
			return err
		}
	}
	tie := func(l Link, verb string, write func(db.Tx, Link) error) error {
		if err := write(tx, l); err != nil {
			return err
		}
		return record(tx, by, n.tasks[n.index[l.ToID]], verb, map[string]any{"from": n.tasks[n.index[l.FromID]].Title, "kind_key": l.Kind.Key()})
	}
	for _, l := range x.cut {
		if l.ID == "" {
			continue // added and taken away by the same trial
		}
		if err := tie(l, "plan.link.remove", deleteLink); err != nil {
			return err
		}
	}
	for _, l := range x.added {
		if l.ID = LinkID(db.NewID()); !x.holds(l) {
			continue
		}
		if err := tie(l, "plan.link.add", insertLink); err != nil {
			return err
		}
	}
	return nil
}

// holds reports whether a link that was added is still there at the end of the trial.
func (x altered) holds(l Link) bool {
	for _, y := range x.links {
		if y.ID == "" && y.FromID == l.FromID && y.ToID == l.ToID && y.Kind == l.Kind {
			return true
		}
	}
	return false
}
