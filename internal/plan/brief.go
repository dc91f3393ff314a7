package plan

import (
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
)

// Brief is a task as other rooms name it.
type Brief struct {
	ID      TaskID
	Number  int64
	Title   string
	StageID project.StageID
	State   State
	Work    int64 // minutes
}

// Left is the work that is not done yet, by person and stage: a task's rest is shared among those
// it is given to; what is given to nobody has no person.
type Left struct {
	PersonID account.PersonID
	StageID  project.StageID
	Minutes  int64
}

// Briefs names tasks of a project that was entered, removed ones too.
func Briefs(tx db.Tx, id project.ID, ids []TaskID) (map[TaskID]Brief, error) {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	m := map[TaskID]Brief{}
	for some := range slices.Chunk(slices.Compact(ids), 500) {
		list, err := listBriefs(tx, id, some)
		if err != nil {
			return nil, err
		}
		for _, b := range list {
			m[b.ID] = b
		}
	}
	return m, nil
}

// Workable lists the tasks of a project that was entered on which one can work: those of somebody
// first, without summaries, milestones and what is done.
func Workable(tx db.Tx, id project.ID, person account.PersonID, limit int) (own, others []Brief, err error) {
	if own, err = listWorkable(tx, id, person, true, limit); err != nil {
		return nil, nil, err
	}
	others, err = listWorkable(tx, id, person, false, limit)
	return own, others, err
}

// LeftOf adds up the work that is left in a project that was entered.
func LeftOf(tx db.Tx, id project.ID) ([]Left, error) { return listLeft(tx, id) }
