package cost

import (
	"errors"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
)

// Portable declares the costs of a project.
func (s *Service) Portable() []db.Slice {
	type roles = map[string]db.Role
	const mine = "project_id = $1"
	return []db.Slice{
		{Table: "cost_rate", Where: mine, Order: "role_key, from_on", Roles: roles{"id": db.Own, "project_id": db.Project, "version": db.Blank}},
		{Table: "cost_staff", Where: mine, Order: "role, person_id", Roles: roles{"project_id": db.Project, "person_id": db.PersonKey}},
		{Table: "cost_budget", Where: mine, Order: "id", Roles: roles{"id": db.Own, "project_id": db.Project, "stage_id": db.Loose, "version": db.Blank}},
		{Table: "cost_purchase", Where: mine, Order: "id", Roles: roles{"id": db.Own, "project_id": db.Project, "stage_id": db.Loose, "version": db.Blank}},
		{Table: "cost_hours", Where: mine, Order: "id", Roles: roles{"id": db.Own, "project_id": db.Project, "person_id": db.PersonKey, "task_id": db.Loose, "version": db.Blank}},
	}
}

// rateRow is a rate with the key of its role.
type rateRow struct {
	Rate
	RoleKey string
}

// Settle checks what an import put into the costs of a project.
func (s *Service) Settle(tx db.Tx, in string) error {
	id := project.ID(in)
	rates, err := db.List[rateRow](tx, `select `+rateColumns+`, role_key from cost_rate where project_id = $1`, id)
	if err != nil {
		return err
	}
	for _, r := range rates {
		e := r.check()
		if e == nil && r.RoleKey != account.Fold(r.Role) {
			e = errors.New("the role and its key differ")
		}
		if e != nil {
			return db.Wrong("cost_rate", r.Role, e)
		}
	}
	lines, err := db.List[Line](tx, `select `+lineColumns+` from cost_budget where project_id = $1`, id)
	if err != nil {
		return err
	}
	for _, l := range lines {
		e := l.check()
		if e == nil && (l.Minutes < 0 || l.Minutes > maxLineMinutes) {
			e = errors.New("has hours that no project has")
		}
		if e != nil {
			return db.Wrong("cost_budget", l.Title, e)
		}
	}
	purchases, err := db.List[Purchase](tx, `select `+purchaseColumns+` from cost_purchase where project_id = $1`, id)
	if err != nil {
		return err
	}
	for _, x := range purchases {
		if e := x.check(tx.Today()); e != nil {
			return db.Wrong("cost_purchase", x.Title, e)
		}
	}
	worked, err := db.List[Hours](tx, `select `+hoursColumns+` from cost_hours where project_id = $1`, id)
	for _, h := range worked {
		e := h.check(h.OnDay) // however long ago
		if e == nil && h.OnDay > tx.Today() {
			e = h.check(tx.Today())
		}
		if e != nil {
			return db.Wrong("cost_hours", string(h.OnDay), e)
		}
	}
	return err
}
