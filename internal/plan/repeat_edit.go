package plan

import (
	"context"
	"fmt"
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
)

// Repeat makes a task the first of a series; of the latest task of one it changes the rule, which
// then counts from this task on.
func (s *Service) Repeat(ctx context.Context, by account.Actor, id project.ID, task TaskID, r Rule) (Series, error) {
	var x Series
	err := s.series(ctx, by, id, task, func(tx db.Tx, t Task) error {
		if t.Summary {
			return fault.New(fault.Conflict, "plan.wrong.repeats_summary")
		}
		if t.State == Done {
			return fault.New(fault.Conflict, "plan.wrong.repeats_done")
		}
		o, err := getOccurrence(tx, task)
		known := err == nil
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		x = Series{ID: SeriesID(db.NewID()), ProjectID: id, FirstOn: t.begins(), Version: 1}
		if known {
			if x, err = latest(tx, o); err != nil {
				return err
			}
			x.FirstOn, x.StoppedAt = o.DueOn, 0
		}
		if err := r.tidy(x.FirstOn); err != nil {
			return err
		}
		x.Rule, o.Position = r, 1
		if known {
			if err = saveSeries(tx, x); err == nil {
				err = savePosition(tx, o)
			}
		} else {
			o = Occurrence{TaskID: t.ID, SeriesID: x.ID, ProjectID: id, Position: 1, DueOn: x.FirstOn}
			if err = insertSeries(tx, x); err == nil {
				err = insertOccurrence(tx, o)
			}
		}
		if err != nil {
			return err
		}
		return record(tx, by, t, "plan.series.save", map[string]any{"every_key": r.Every.Rhythm(), "interval": r.Interval})
	})
	return x, err
}

// latest gives the series of its latest task; an earlier one has no say in what follows.
func latest(tx db.Tx, o Occurrence) (Series, error) {
	list, err := listOccurrences(tx, o.SeriesID, 1)
	if err != nil {
		return Series{}, err
	}
	if len(list) != 1 || list[0].TaskID != o.TaskID {
		return Series{}, fault.New(fault.Conflict, "plan.wrong.repeats_later")
	}
	return getSeries(tx, o.SeriesID)
}

// StopSeries ends a series: its tasks stay, no other is made.
func (s *Service) StopSeries(ctx context.Context, by account.Actor, id project.ID, task TaskID) error {
	return s.series(ctx, by, id, task, func(tx db.Tx, t Task) error {
		o, err := getOccurrence(tx, task)
		if err != nil {
			return err
		}
		x, err := getSeries(tx, o.SeriesID)
		if err != nil || !x.Running() {
			return err
		}
		x.StoppedAt = tx.Now()
		if err := saveSeries(tx, x); err != nil {
			return err
		}
		return record(tx, by, t, "plan.series.stop", nil)
	})
}

func (s *Service) series(ctx context.Context, by account.Actor, id project.ID, task TaskID, do func(tx db.Tx, t Task) error) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		a, err := project.Allow(tx, by, id, project.Contribute)
		if err != nil {
			return err
		}
		if _, err := lockPlan(tx, a.Project); err != nil {
			return err
		}
		t, err := liveTask(tx, id, task)
		if err != nil {
			return err
		}
		return do(tx, t)
	})
	if err != nil {
		return fmt.Errorf("repeat task %s: %w", task, err)
	}
	return nil
}

// follow makes the next task of the series of which one was just finished; the caller computes dates
// afterwards. Of a task that is in none, or not the latest of one, nothing follows.
func (s *Service) follow(tx db.Tx, by account.Actor, p Plan, t Task) error {
	o, err := getOccurrence(tx, t.ID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	x, err := latest(tx, o)
	if fault.Is(err, fault.Conflict) || err == nil && !x.Running() {
		return nil
	}
	if err != nil {
		return err
	}
	cal, err := s.calendarOf(tx, p)
	if err != nil {
		return err
	}
	to, more, err := x.after(o, tx.Today(), cal)
	if err != nil {
		return err
	}
	if !more {
		x.StoppedAt = tx.Now()
		if err := saveSeries(tx, x); err != nil {
			return err
		}
		return record(tx, by, t, "plan.series.end", nil)
	}
	next, err := s.copyTask(tx, by, t, t.again(o, to, cal))
	if err != nil {
		return err
	}
	to.TaskID = next.ID
	if err := insertOccurrence(tx, to); err != nil {
		return err
	}
	return record(tx, by, t, "plan.series.next", map[string]any{"next": next.Number})
}

// copyTask adds a task with the people, checklist and machines of another. Who has left the project
// since does not get it, and a stage that is gone is left out.
func (s *Service) copyTask(tx db.Tx, by account.Actor, from, to Task) (Task, error) {
	a, err := project.Enter(tx, by, from.ProjectID)
	if err != nil {
		return to, err
	}
	if err := knownStage(tx, a, to); fault.Is(err, fault.Invalid) {
		to.StageID = ""
	} else if err != nil {
		return to, err
	}
	if to, err = s.addTask(tx, by, Draft{Task: to}); err != nil {
		return to, err
	}
	members, err := project.MembersOf(tx, from.ProjectID)
	if err != nil {
		return to, err
	}
	people, err := listAssignees(tx, []TaskID{from.ID})
	if err != nil {
		return to, err
	}
	for _, x := range people {
		if !slices.ContainsFunc(members, func(m account.Held) bool { return m.PersonID == x.PersonID }) {
			continue
		}
		x.TaskID = to.ID
		if err := insertAssignee(tx, to.ProjectID, x); err != nil {
			return to, err
		}
	}
	items, err := listItems(tx, from.ID)
	if err != nil {
		return to, err
	}
	for _, i := range items {
		if err := insertItem(tx, Item{ID: db.NewID(), TaskID: to.ID, Position: i.Position, Text: i.Text}); err != nil {
			return to, err
		}
	}
	if err := copyBookings(tx, from.ID, to.ID); err != nil {
		return to, err
	}
	if err := copyValues(tx, from.ID, to.ID); err != nil {
		return to, err
	}
	for _, copied := range s.Copied {
		if err := copied(tx, from, to); err != nil {
			return to, err
		}
	}
	return to, index(tx, a.Project, to)
}
