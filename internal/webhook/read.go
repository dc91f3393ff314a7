package webhook

import (
	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
)

// enter lets in who manages the project, also one that has ended: its log is still read.
func enter(tx db.Tx, by account.Actor, id project.ID) (project.Access, error) {
	a, err := project.Enter(tx, by, id)
	if err == nil && !a.May(project.Manage) {
		err = fault.New(fault.Forbidden, "project.forbidden.manage")
	}
	return a, err
}

// hookFor is enter with one of the hooks.
func hookFor(tx db.Tx, by account.Actor, id project.ID, hook ID) (project.Access, Hook, error) {
	a, err := enter(tx, by, id)
	if err != nil {
		return a, Hook{}, err
	}
	h, err := getHook(tx, id, hook)
	return a, h, err
}
