package plan

import (
	"context"
	"fmt"
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/talk"
	"bassin/internal/when"
)

// Draft is a task with the people to whom it is given.
type Draft struct {
	Task
	People []account.PersonID
	Values map[FieldID]string // those that are said; an empty one is taken away
}

// CreateTask adds a task at the end of its parent, or of the plan.
func (s *Service) CreateTask(ctx context.Context, by account.Actor, d Draft) (Task, error) {
	var t Task
	err := s.db.Do(ctx, func(tx db.Tx) (err error) {
		t, err = s.CreateTaskIn(tx, by, d)
		return err
	})
	if err != nil {
		return Task{}, fmt.Errorf("create task in %s: %w", d.ProjectID, err)
	}
	return t, nil
}

// CreateTaskIn is CreateTask in the caller's transaction: a decision of a meeting becomes a task.
func (s *Service) CreateTaskIn(tx db.Tx, by account.Actor, d Draft) (Task, error) {
	t, err := s.addTask(tx, by, d)
	if err != nil {
		return t, err
	}
	a, err := project.Enter(tx, by, t.ProjectID)
	if err != nil {
		return t, err
	}
	p, err := getPlan(tx, a.Project)
	if err != nil {
		return t, err
	}
	if err := s.reschedule(tx, a, p); err != nil {
		return t, err
	}
	if err := s.tellGiven(tx, by, a.Project, t, d.People); err != nil {
		return t, err
	}
	return getTask(tx, t.ProjectID, t.ID)
}

// tellGiven tells people that a task was given to them. An import tells nobody.
func (s *Service) tellGiven(tx db.Tx, by account.Actor, in project.Project, t Task, people []account.PersonID) error {
	if s.talk == nil {
		return nil
	}
	sub := talk.Subject{Ref: talk.Ref{Kind: subjectKind, ID: string(t.ID)}, Title: Code(project.Access{Project: in}, t) + " " + t.Title, URL: t.URL(), Scope: in.ID.Scope()}
	for _, id := range people {
		if err := s.talk.TellIn(tx, by, id, talk.ByTask, sub, ""); err != nil {
			return err
		}
	}
	return nil
}

// CreateTasksIn adds many tasks and links at once and computes the dates once: for imports and the
// demonstration. Parents and links are given by index into the list.
func (s *Service) CreateTasksIn(tx db.Tx, by account.Actor, id project.ID, list []Draft, parents []int, links []Tie) ([]Task, error) {
	a, err := project.Allow(tx, by, id, project.Contribute)
	if err != nil {
		return nil, err
	}
	out := make([]Task, len(list))
	for i, d := range list {
		d.ProjectID = id
		if parents != nil && parents[i] >= 0 {
			d.ParentID = out[parents[i]].ID
		}
		if out[i], err = s.addTask(tx, by, d); err != nil {
			return nil, err
		}
	}
	for _, l := range links {
		link := Link{ID: LinkID(db.NewID()), ProjectID: id, FromID: out[l.From].ID, ToID: out[l.To].ID, Kind: l.Kind, Lag: l.Lag}
		if err := link.check(); err != nil {
			return nil, err
		}
		if err := insertLink(tx, link); err != nil {
			return nil, err
		}
	}
	p, err := lockPlan(tx, a.Project)
	if err != nil {
		return nil, err
	}
	return out, s.reschedule(tx, a, p)
}

// Tie is a link between two tasks of a list.
type Tie struct {
	From, To int
	Kind     LinkKind
	Lag      int64
}

// addTask writes a new task without computing dates.
func (s *Service) addTask(tx db.Tx, by account.Actor, d Draft) (Task, error) {
	t := d.Task
	a, err := project.Allow(tx, by, t.ProjectID, project.Contribute)
	if err != nil {
		return t, err
	}
	p, err := lockPlan(tx, a.Project)
	if err != nil {
		return t, err
	}
	t.fill(p.Day())
	if err := t.tidy(tx.Today()); err != nil {
		return t, err
	}
	parent, err := parentOf(tx, t)
	if err != nil {
		return t, err
	}
	if err := knownStage(tx, a, t); err != nil {
		return t, err
	}
	edge, err := edgeRank(tx, a.ID, t.ParentID)
	if err != nil {
		return t, err
	}
	t.Rank = rankUnder(parent.Rank, segmentBetween(segmentOf(edge), ""))
	t.ID, t.Number, t.CreatedBy, t.CreatedAt, t.UpdatedAt, t.Version = TaskID(db.NewID()), p.Numbers+1, by.ID, tx.Now(), tx.Now(), 1
	t.Dates, t.RemovedAt = Dates{}, 0
	if t.Depth() >= maxDepth || len(t.Rank) > maxRank {
		return t, tooDeep()
	}
	if err := insertTask(tx, t); err != nil {
		return t, err
	}
	if err := saveNumbers(tx, a.ID, t.Number); err != nil {
		return t, err
	}
	if _, err := give(tx, t, d.People); err != nil {
		return t, err
	}
	if err := setValues(tx, by, t, d.Values); err != nil {
		return t, err
	}
	if err := index(tx, a.Project, t); err != nil {
		return t, err
	}
	return t, record(tx, by, t, "plan.task.create", nil)
}

// parentOf reads the task under which one stands; the zero task at the top.
func parentOf(tx db.Tx, t Task) (Task, error) {
	if t.ParentID == "" {
		return Task{}, nil
	}
	parent, err := getTask(tx, t.ProjectID, t.ParentID)
	if err != nil || parent.RemovedAt != 0 || parent.Milestone() || parent.ID == t.ID {
		if err != nil && !fault.Is(err, fault.NotFound) {
			return parent, err
		}
		var wrong fault.Fields
		wrong.Add("parent", "plan.wrong.parent")
		return parent, wrong.Err()
	}
	again, err := repeats(tx, parent.ID)
	if again {
		var wrong fault.Fields
		wrong.Add("parent", "plan.wrong.repeats_parent")
		err = wrong.Err()
	}
	return parent, err
}

func tooDeep() error {
	var wrong fault.Fields
	wrong.Add("parent", "plan.wrong.deep", "most", maxDepth)
	return wrong.Err()
}

// knownStage checks that the stage is one of the project's.
func knownStage(tx db.Tx, a project.Access, t Task) error {
	if t.StageID == "" {
		return nil
	}
	stages, err := project.StagesOfProject(tx, a)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(stages, func(st project.Stage) bool { return st.ID == t.StageID }) {
		var wrong fault.Fields
		wrong.Add("stage", "fault.choice")
		return wrong.Err()
	}
	return nil
}

// give makes people the assignees of a task, in place of those before; only who works on the
// project today, or had the task already, can have it. It gives those who did not have it.
func give(tx db.Tx, t Task, people []account.PersonID) (added []account.PersonID, err error) {
	had, err := listAssignees(tx, []TaskID{t.ID})
	if err != nil {
		return nil, err
	}
	if len(had) == 0 && len(people) == 0 {
		return nil, nil
	}
	members, err := project.MembersOf(tx, t.ProjectID)
	if err != nil {
		return nil, err
	}
	known := map[account.PersonID]string{}
	for _, x := range had {
		known[x.PersonID] = x.Name
	}
	for _, m := range members {
		known[m.PersonID] = m.Name
	}
	if err := deleteAssignees(tx, t.ID); err != nil {
		return nil, err
	}
	for _, id := range people {
		name, ok := known[id]
		if !ok {
			var wrong fault.Fields
			wrong.Add("people", "plan.wrong.person")
			return nil, wrong.Err()
		}
		if err := insertAssignee(tx, t.ProjectID, Assignee{TaskID: t.ID, PersonID: id, Name: name, Units: 100}); err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(had, func(x Assignee) bool { return x.PersonID == id }) {
			added = append(added, id)
		}
	}
	return added, nil
}

// SaveTask changes what people decide of a task that was read at d.Version. Its place, number and
// dates stay where they are.
func (s *Service) SaveTask(ctx context.Context, by account.Actor, d Draft) (Task, error) {
	return s.edit(ctx, by, d.ProjectID, d.ID, func(tx db.Tx, a project.Access, p Plan, old Task) (Task, error) {
		next := d.Task
		next.ParentID, next.Rank, next.Number, next.Dates, next.CreatedBy, next.CreatedAt = old.ParentID, old.Rank, old.Number, old.Dates, old.CreatedBy, old.CreatedAt
		next.fill(p.Day())
		if old.Summary {
			next.State, next.Percent, next.BegunOn, next.FinishedOn = old.State, old.Percent, old.BegunOn, old.FinishedOn
		}
		if err := next.tidy(tx.Today()); err != nil {
			return next, err
		}
		if next.Milestone() && old.Summary {
			var wrong fault.Fields
			wrong.Add("kind", "plan.wrong.milestone_parts")
			return next, wrong.Err()
		}
		if next.StageID != old.StageID {
			if err := knownStage(tx, a, next); err != nil {
				return next, err
			}
		}
		if d.People != nil {
			added, err := give(tx, next, d.People)
			if err != nil {
				return next, err
			}
			if err := s.tellGiven(tx, by, a.Project, next, added); err != nil {
				return next, err
			}
		}
		return next, setValues(tx, by, next, d.Values)
	})
}

// edit is an operation on one task: it is changed, saved at its version, written down, and dates
// are computed anew.
func (s *Service) edit(ctx context.Context, by account.Actor, id project.ID, task TaskID, change func(tx db.Tx, a project.Access, p Plan, old Task) (Task, error)) (Task, error) {
	var t Task
	err := s.db.Do(ctx, func(tx db.Tx) error {
		a, err := project.Allow(tx, by, id, project.Contribute)
		if err != nil {
			return err
		}
		p, err := lockPlan(tx, a.Project)
		if err != nil {
			return err
		}
		old, err := liveTask(tx, id, task)
		if err != nil {
			return err
		}
		if t, err = change(tx, a, p, old); err != nil {
			return err
		}
		if err := saveTask(tx, t); err != nil {
			return err
		}
		if err := index(tx, a.Project, t); err != nil {
			return err
		}
		if old.State != Done && t.State == Done {
			if err := s.follow(tx, by, p, t); err != nil {
				return err
			}
		}
		if err := s.reschedule(tx, a, p); err != nil {
			return err
		}
		data := map[string]any{"changes": account.Changes(old, t)}
		verb := "plan.task.save"
		if old.State != t.State {
			verb, data["state_key"] = "plan.task.move", t.State.Key()
		}
		if err := record(tx, by, t, verb, data); err != nil {
			return err
		}
		t, err = getTask(tx, id, task)
		return err
	})
	if err != nil {
		return Task{}, fmt.Errorf("change task %s: %w", task, err)
	}
	return t, nil
}

// liveTask reads a task that is on the plan.
func liveTask(tx db.Tx, id project.ID, task TaskID) (Task, error) {
	t, err := getTask(tx, id, task)
	if err == nil && t.RemovedAt != 0 {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return t, err
}

// MoveTask changes the state of a task: a card goes to another column.
func (s *Service) MoveTask(ctx context.Context, by account.Actor, id project.ID, task TaskID, to State) (Task, error) {
	return s.edit(ctx, by, id, task, func(tx db.Tx, _ project.Access, _ Plan, old Task) (Task, error) {
		next := old
		err := next.move(to, tx.Today())
		return next, err
	})
}

// Shift moves a task to begin on a day, and gives it another length when work is not 0: what
// dragging its bar means. A task whose links decide does not begin before the day.
func (s *Service) Shift(ctx context.Context, by account.Actor, id project.ID, task TaskID, to when.Date, work int64) (Task, error) {
	return s.edit(ctx, by, id, task, func(tx db.Tx, _ project.Access, _ Plan, old Task) (Task, error) {
		next := old
		next.shift(to, work)
		err := next.tidy(tx.Today())
		return next, err
	})
}

// Drag puts the bar of a task on other days. It was seen at a version and on some days: what
// somebody else changed since then is not overwritten.
func (s *Service) Drag(ctx context.Context, by account.Actor, id project.ID, task TaskID, version int64, seen, to Span) (Task, error) {
	return s.edit(ctx, by, id, task, func(tx db.Tx, _ project.Access, p Plan, old Task) (Task, error) {
		next := old
		next.Version = version
		cal, err := s.calendarOf(tx, p)
		if err != nil {
			return next, err
		}
		if err := next.drag(seen, to, cal); err != nil {
			return next, err
		}
		err = next.tidy(tx.Today())
		return next, err
	})
}

// ChangeTasks changes several tasks at once and gives how many it touched, and when; those that are gone or
// cannot be changed so are left out.
func (s *Service) ChangeTasks(ctx context.Context, by account.Actor, id project.ID, ids []TaskID, c Change) (done int, at when.Time, err error) {
	err = s.db.Do(ctx, func(tx db.Tx) error {
		done, at = 0, tx.Now()
		a, err := project.Allow(tx, by, id, project.Contribute)
		if err != nil {
			return err
		}
		p, err := lockPlan(tx, a.Project)
		if err != nil {
			return err
		}
		tasks, err := listTasksByID(tx, id, ids)
		if err != nil {
			return err
		}
		for _, t := range tasks {
			changed, err := s.changeOne(tx, by, a, p, t, c)
			if err != nil {
				return err
			}
			if changed {
				done++
			}
		}
		return s.reschedule(tx, a, p)
	})
	if err != nil {
		return 0, 0, fmt.Errorf("change tasks of %s: %w", id, err)
	}
	return done, at, nil
}

// RestoreTasks brings back what left the plan at an instant, by one act, and gives how many they
// are. What lies under a task that left by another act stays with it.
func (s *Service) RestoreTasks(ctx context.Context, by account.Actor, id project.ID, at when.Time) (done int, err error) {
	err = s.db.Do(ctx, func(tx db.Tx) error {
		done = 0
		a, err := project.Allow(tx, by, id, project.Contribute)
		if err != nil {
			return err
		}
		p, err := lockPlan(tx, a.Project)
		if err != nil || at == 0 {
			return err
		}
		gone, err := listRemovedAt(tx, id, at)
		if err != nil {
			return err
		}
		for _, t := range gone {
			if t.ParentID != "" {
				parent, err := getTask(tx, id, t.ParentID)
				if err != nil {
					return err
				}
				if parent.RemovedAt != 0 {
					continue
				}
			}
			if err := saveBack(tx, t); err != nil {
				return err
			}
			if err := index(tx, a.Project, t); err != nil {
				return err
			}
			if err := record(tx, by, t, "plan.task.restore", nil); err != nil {
				return err
			}
			done++
		}
		return s.reschedule(tx, a, p)
	})
	if err != nil {
		return 0, fmt.Errorf("restore tasks of %s: %w", id, err)
	}
	return done, nil
}

// maxChosen bounds what is changed at once.
const maxChosen = 500

func (s *Service) changeOne(tx db.Tx, by account.Actor, a project.Access, p Plan, old Task, c Change) (bool, error) {
	if old.RemovedAt != 0 {
		return false, nil
	}
	if c.Remove {
		now, err := getTask(tx, old.ProjectID, old.ID) // its summary may just have taken it along
		if err != nil || now.RemovedAt != 0 {
			return false, err
		}
		if _, err := saveRemoved(tx, old, 0, tx.Now()); err != nil {
			return false, err
		}
		if err := reindexUnder(tx, a.Project, old, tx.Now()); err != nil {
			return false, err
		}
		return true, record(tx, by, old, "plan.task.remove", nil)
	}
	next := old
	if c.State != "" {
		if old.Summary {
			return false, nil
		}
		if err := next.move(c.State, tx.Today()); err != nil {
			return false, err
		}
	}
	if c.Label != "" {
		next.Labels = JoinLabels(append(next.LabelList(), c.Label))
	}
	if c.Deadline != when.None {
		next.Deadline = c.Deadline
	}
	if err := next.tidy(tx.Today()); err != nil {
		return false, err
	}
	if c.PersonID != "" {
		people, err := peopleOf(tx, old.ID)
		if err != nil {
			return false, err
		}
		added, err := give(tx, old, append(people, c.PersonID))
		if err != nil {
			return false, err
		}
		if err := s.tellGiven(tx, by, a.Project, next, added); err != nil {
			return false, err
		}
	}
	if err := saveTask(tx, next); err != nil {
		return false, err
	}
	if err := index(tx, a.Project, next); err != nil {
		return false, err
	}
	if err := record(tx, by, next, "plan.task.save", map[string]any{"changes": account.Changes(old, next)}); err != nil || old.State == Done || next.State != Done {
		return true, err
	}
	return true, s.follow(tx, by, p, next)
}

func peopleOf(tx db.Tx, id TaskID) ([]account.PersonID, error) {
	had, err := listAssignees(tx, []TaskID{id})
	people := make([]account.PersonID, len(had))
	for i, x := range had {
		people[i] = x.PersonID
	}
	return people, err
}

// RemoveTask takes a task, with what lies under it, off the plan; RestoreTask brings back what went
// with it. Nothing of it is lost.
func (s *Service) RemoveTask(ctx context.Context, by account.Actor, id project.ID, task TaskID) (Task, error) {
	return s.shelve(ctx, by, id, task, true)
}

// RestoreTask brings a removed task back.
func (s *Service) RestoreTask(ctx context.Context, by account.Actor, id project.ID, task TaskID) (Task, error) {
	return s.shelve(ctx, by, id, task, false)
}

func (s *Service) shelve(ctx context.Context, by account.Actor, id project.ID, task TaskID, away bool) (Task, error) {
	var t Task
	err := s.db.Do(ctx, func(tx db.Tx) error {
		a, err := project.Allow(tx, by, id, project.Contribute)
		if err != nil {
			return err
		}
		p, err := lockPlan(tx, a.Project)
		if err != nil {
			return err
		}
		if t, err = getTask(tx, id, task); err != nil {
			return err
		}
		if away == (t.RemovedAt != 0) {
			return nil // done already: a second click
		}
		at, verb := tx.Now(), "plan.task.remove"
		if !away {
			if at, verb = 0, "plan.task.restore"; t.ParentID != "" {
				parent, err := getTask(tx, id, t.ParentID)
				if err != nil {
					return err
				}
				if parent.RemovedAt != 0 {
					return fault.New(fault.Conflict, "plan.wrong.parent_removed", "title", parent.Title)
				}
			}
		}
		if _, err := saveRemoved(tx, t, t.RemovedAt, at); err != nil {
			return err
		}
		if err := reindexUnder(tx, a.Project, t, at); err != nil {
			return err
		}
		if err := s.reschedule(tx, a, p); err != nil {
			return err
		}
		return record(tx, by, t, verb, nil)
	})
	if err != nil {
		return Task{}, fmt.Errorf("remove or restore task %s: %w", task, err)
	}
	return t, nil
}
