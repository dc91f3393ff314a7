package plan

import (
	"context"
	"fmt"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
)

// Step says where a task goes in the outline.
type Step string

// The steps: up and down among its siblings, in under the sibling above, out behind its parent.
const (
	Up   Step = "up"
	Down Step = "down"
	In   Step = "in"
	Out  Step = "out"
)

// Place puts a task one step elsewhere. Among its siblings it writes one row.
func (s *Service) Place(ctx context.Context, by account.Actor, id project.ID, task TaskID, step Step) error {
	return s.place(ctx, by, id, task, func(tx db.Tx, t Task) (TaskID, string, string, error) { return stepFrom(tx, t, step) })
}

// PlaceAfter puts a task behind another one, under the same parent; with no other, first of all.
func (s *Service) PlaceAfter(ctx context.Context, by account.Actor, id project.ID, task, after TaskID) error {
	return s.place(ctx, by, id, task, func(tx db.Tx, t Task) (TaskID, string, string, error) {
		if after == "" {
			first, err := besideRank(tx, id, "", "", true, false)
			return "", "", segmentOf(first), err
		}
		prev, err := liveTask(tx, id, after)
		if err != nil {
			return "", "", "", err
		}
		next, err := besideRank(tx, id, prev.ParentID, prev.Rank, true, false)
		return prev.ParentID, segmentOf(prev.Rank), segmentOf(next), err
	})
}

// PlaceUnder puts a task at the end of another one, or of the plan.
func (s *Service) PlaceUnder(ctx context.Context, by account.Actor, id project.ID, task, parent TaskID) error {
	return s.place(ctx, by, id, task, func(tx db.Tx, _ Task) (TaskID, string, string, error) {
		edge, err := edgeRank(tx, id, parent)
		return parent, segmentOf(edge), "", err
	})
}

// place finds the new parent and the segments between which the task goes, and puts it there.
func (s *Service) place(ctx context.Context, by account.Actor, id project.ID, task TaskID, find func(tx db.Tx, t Task) (TaskID, string, string, error)) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		a, err := project.Allow(tx, by, id, project.Contribute)
		if err != nil {
			return err
		}
		p, err := lockPlan(tx, a.Project)
		if err != nil {
			return err
		}
		t, err := liveTask(tx, id, task)
		if err != nil {
			return err
		}
		old := t
		var low, high string
		if t.ParentID, low, high, err = find(tx, t); err != nil {
			return err
		}
		parent, err := parentOf(tx, t)
		if err != nil {
			return err
		}
		if parent.ID == t.ID || len(parent.Rank) > len(t.Rank) && parent.Rank[:len(t.Rank)+1] == t.Rank+rankSeparator {
			var wrong fault.Fields
			wrong.Add("parent", "plan.wrong.parent_cycle", "tasks", t.Title)
			return wrong.Err()
		}
		if mine := segmentOf(old.Rank); t.ParentID == old.ParentID && (low == mine || high == mine) {
			return nil // it stands there
		}
		t.Rank = rankUnder(parent.Rank, segmentBetween(low, high))
		deepest, err := lowest(tx, id, old.Rank)
		if err != nil {
			return err
		}
		if int(deepest)-old.Depth()+t.Depth() >= maxDepth || len(t.Rank) > maxRank {
			return tooDeep()
		}
		if err := savePlace(tx, t, old.Rank); err != nil {
			return err
		}
		if t.ParentID != old.ParentID { // the order alone decides no date
			if err := s.reschedule(tx, a, p); err != nil {
				return err
			}
		}
		return record(tx, by, t, "plan.task.place", nil)
	})
	if err != nil {
		return fmt.Errorf("place task %s: %w", task, err)
	}
	return nil
}

// stepFrom finds where one step leads: the parent and the neighbouring segments. Neighbours that
// were removed keep their place, so the nearest of all is asked once the visible one is known.
func stepFrom(tx db.Tx, t Task, step Step) (TaskID, string, string, error) {
	beside := func(parent TaskID, rank string, after, visible bool) (string, error) {
		return besideRank(tx, t.ProjectID, parent, rank, after, visible)
	}
	none := fault.New(fault.Conflict, "plan.wrong.edge")
	switch step {
	case Up, Down, In:
		near, err := beside(t.ParentID, t.Rank, step == Down, true)
		if err != nil {
			return "", "", "", err
		}
		if near == "" {
			return "", "", "", none
		}
		if step == In {
			into, err := getRanked(tx, t.ProjectID, near)
			if err != nil {
				return "", "", "", err
			}
			edge, err := edgeRank(tx, t.ProjectID, into.ID)
			return into.ID, segmentOf(edge), "", err
		}
		far, err := beside(t.ParentID, near, step == Down, false)
		if step == Up {
			return t.ParentID, segmentOf(far), segmentOf(near), err
		}
		return t.ParentID, segmentOf(near), segmentOf(far), err
	case Out:
		if t.ParentID == "" {
			return "", "", "", none
		}
		parent, err := getTask(tx, t.ProjectID, t.ParentID)
		if err != nil {
			return "", "", "", err
		}
		next, err := beside(parent.ParentID, parent.Rank, true, false)
		return parent.ParentID, segmentOf(parent.Rank), segmentOf(next), err
	}
	return "", "", "", fault.New(fault.Invalid, "fault.choice")
}
