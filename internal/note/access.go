package note

import (
	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
)

// Entry is a note with what one person may do in it today.
type Entry struct {
	Note
	Project  project.Access
	By       account.Actor
	Standing Standing
	Inside   bool // they see the project too; a guest of the note does not
}

// Enter reads a note for the actor; what they may not see is not found.
func Enter(tx db.Tx, by account.Actor, in project.ID, id ID) (Entry, error) {
	n, err := getNote(tx, id)
	if err != nil {
		return Entry{}, err
	}
	if n.ProjectID != in {
		return Entry{}, fault.New(fault.NotFound, "fault.not_found")
	}
	a, err := project.Enter(tx, account.System("note"), n.ProjectID) // the walls, whoever asks: standing decides
	if err != nil {
		return Entry{}, err
	}
	a.By = by
	e := Entry{Note: n, Project: a, By: by, Standing: standing(n, a, by, tx.Today()), Inside: a.May(project.See)}
	if e.Standing == None {
		return Entry{}, fault.New(fault.NotFound, "fault.not_found")
	}
	return e, nil
}

// allow is Enter for an act that needs a standing.
func allow(tx db.Tx, by account.Actor, in project.ID, id ID, need Standing) (Entry, error) {
	e, err := Enter(tx, by, in, id)
	switch {
	case err != nil:
		return e, err
	case e.Standing == Manages, e.Standing == need:
		return e, nil
	case e.Project.Frozen():
		return e, fault.New(fault.Conflict, "project.wrong.ended", "state_key", e.Project.State.Key())
	case e.RemovedAt != 0:
		return e, fault.New(fault.Conflict, "note.wrong.removed")
	}
	return e, fault.New(fault.Forbidden, "note.forbidden")
}
