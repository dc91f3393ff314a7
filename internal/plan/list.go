package plan

import (
	"context"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/when"
)

// Filter chooses the tasks of a list.
type Filter struct {
	Text     string
	State    State
	Kind     Kind
	PersonID account.PersonID // or Nobody
	Label    string
	StageID  project.StageID
	Watch    string    // "critical", "late", "undated"
	Open     bool      // those that are not done
	From, To when.Date // those of which a day lies between
	Leaves   bool      // without summaries
	Holds    []Holding
}

// Holding is what a field must hold.
type Holding struct {
	Field Field
	Value string
}

// Nobody in a filter chooses the tasks that are given to nobody.
const Nobody account.PersonID = "-"

// List gives a page of the tasks of a project in the order of the outline, with their number; for
// who may see the project.
func List(tx db.Tx, by account.Actor, id project.ID, f Filter, limit, offset int) ([]Task, int64, error) {
	if _, err := project.Enter(tx, by, id); err != nil {
		return nil, 0, err
	}
	n, err := countTasks(tx, f.where(id))
	if err != nil {
		return nil, 0, err
	}
	list, err := listTasks(tx, f.where(id), "rank", false, limit, offset)
	return list, n, err
}

// Get reads a task of a project that the actor may see.
func Get(tx db.Tx, by account.Actor, id project.ID, task TaskID) (Task, error) {
	if _, err := project.Enter(tx, by, id); err != nil {
		return Task{}, err
	}
	return liveTask(tx, id, task)
}

// Among gives tasks of a project by their IDs in the order of the outline, those off the plan too,
// with the names of who has them: for features above that hold on to tasks. The caller has entered
// the project.
func Among(tx db.Tx, a project.Access, ids []TaskID) ([]Task, map[TaskID][]Assignee, error) {
	list, err := listTasksByID(tx, a.ID, ids)
	if err != nil {
		return nil, nil, err
	}
	given, err := listAssignees(tx, ids)
	people := map[TaskID][]Assignee{}
	for _, x := range given {
		people[x.TaskID] = append(people[x.TaskID], x)
	}
	return list, people, err
}

// Leaves gives the tasks of a project that are no summaries, with their texts, in the order of the
// outline: what calendars show. The caller has entered the project.
func Leaves(tx db.Tx, a project.Access) ([]Task, error) { return listLeaves(tx, a.ID) }

// Repeating gives the tasks of a project after which the plan makes another. The caller has entered
// the project.
func Repeating(tx db.Tx, a project.Access) ([]TaskID, error) { return listRepeating(tx, a.ID) }

// Dated gives the milestones of projects, and the open tasks of a person ("": of all), that are due
// between two days; the caller has entered the projects.
func Dated(tx db.Tx, ids []project.ID, person account.PersonID, from, to when.Date) ([]Task, error) {
	return listDated(tx, ids, person, from, to)
}

// Waiting gives the tasks of projects that wait for a person: those due until a day, and those
// under way. The caller has entered the projects.
func Waiting(tx db.Tx, ids []project.ID, person account.PersonID, until when.Date) ([]Task, error) {
	return listWaiting(tx, ids, person, until)
}

// Books enters the projects to which somebody has access by name, and brings their dates up to
// today: for pages over all of them.
func (s *Service) Books(ctx context.Context, by account.Actor) (books []project.Access, err error) {
	stale := map[project.ID]bool{}
	err = s.db.View(ctx, func(tx db.Tx) error {
		if books, err = project.Mine(tx, by); err != nil || len(books) == 0 {
			return err
		}
		ids := make([]project.ID, len(books))
		for i, a := range books {
			ids[i] = a.ID
		}
		old, err := listStale(tx, ids, tx.Today())
		for _, id := range old {
			stale[id] = true
		}
		return err
	})
	for i := 0; err == nil && i < len(books); i++ {
		if stale[books[i].ID] {
			err = s.refresh(ctx, books[i])
		}
	}
	return books, err
}

// Current brings the dates of a project up to today, as its pages do: for features above that show
// them.
func (s *Service) Current(ctx context.Context, a project.Access) error { return s.refresh(ctx, a) }
