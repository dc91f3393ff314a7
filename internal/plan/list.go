package plan

import (
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
