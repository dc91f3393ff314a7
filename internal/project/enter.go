package project

import (
	"maps"
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/when"
)

// Access is a project with what one person may do in it today.
type Access struct {
	Project
	Walls Walls `db:"-"`
	By    account.Actor
	Today when.Date
}

// May decides for the person.
func (a Access) May(p Permission) bool { return a.Walls.May(a.By, p, a.Today) }

// Frozen reports whether the project has ended or is off the lists: it is read, not changed.
func (a Access) Frozen() bool { return a.State.Ended() || a.RemovedAt != 0 }

// MayNow is May for changes: what has ended is not changed any more.
func (a Access) MayNow(p Permission) bool { return !a.Frozen() && a.May(p) }

// Enter reads a project for the actor; what they may not see is not found. Every operation of the
// workspace begins with it or with Allow.
func Enter(tx db.Tx, by account.Actor, id ID) (Access, error) {
	p, err := getProject(tx, id)
	if err != nil {
		return Access{}, err
	}
	w, err := wallsOf(tx, p)
	if err != nil {
		return Access{}, err
	}
	a := Access{Project: p, Walls: w, By: by, Today: tx.Today()}
	if !a.May(See) {
		return Access{}, fault.New(fault.NotFound, "fault.not_found")
	}
	return a, nil
}

// Allow is Enter for an act: what one sees but may not do is forbidden, and a project that has
// ended is not changed.
func Allow(tx db.Tx, by account.Actor, id ID, p Permission) (Access, error) {
	a, err := Enter(tx, by, id)
	switch {
	case err != nil:
		return a, err
	case !a.May(p):
		return a, fault.New(fault.Forbidden, "project.forbidden."+string(p))
	case a.Frozen():
		return a, fault.New(fault.Conflict, "project.wrong.ended", "state_key", a.State.Key())
	}
	return a, nil
}

func wallsOf(tx db.Tx, p Project) (Walls, error) {
	partners, err := listPartnerIDs(tx, p.ID)
	return wallsWith(p, partners), err
}

func wallsWith(p Project, partners []account.OrganisationID) Walls {
	return Walls{ID: p.ID, OwnerID: p.OwnerID, PartnerIDs: partners, TerritoryID: p.TerritoryID, Confidentiality: p.Confidentiality, Removed: p.RemovedAt != 0}
}

// Find reads a project whoever asks: for the index, whose entries carry its walls.
func Find(tx db.Tx, id ID) (Project, error) { return getProject(tx, id) }

// Lock keeps the project for this transaction: features that number their things in it do so one
// after the other.
func Lock(tx db.Tx, id ID) error { return lockProject(tx, id) }

// VisibleIDs lists the projects that the actor may see, those off the lists left out: what lists
// and searches over several projects are limited to.
func VisibleIDs(tx db.Tx, by account.Actor) ([]ID, error) {
	w := &db.Where{}
	visible(w, by, tx.Today())
	return listProjectIDs(tx, w)
}

// Titles gives the titles of projects, whoever asks; callers have checked that they may be shown.
func Titles(tx db.Tx, ids []ID) (map[ID]string, error) {
	list, err := listAmong(tx, ids)
	m := make(map[ID]string, len(list))
	for _, p := range list {
		m[p.ID] = p.Title
	}
	return m, err
}

// Among gives those of the projects that the actor may see, removed ones left out.
func Among(tx db.Tx, by account.Actor, ids []ID) (map[ID]Project, error) {
	w := &db.Where{}
	w.And("p.id in "+db.In(len(ids)), db.Anys(ids)...)
	visible(w, by, tx.Today())
	list, err := listProjects(tx, w, "p.id", len(ids), 0)
	m := make(map[ID]Project, len(list))
	for _, p := range list {
		m[p.ID] = p
	}
	return m, err
}

// Mine enters the projects to which somebody has access by name and that they may see: "my projects",
// the oldest first.
func Mine(tx db.Tx, by account.Actor) ([]Access, error) {
	var ids []ID
	for _, g := range by.Grants {
		if g.ScopeKind == account.OverProject && g.Holds(tx.Today()) {
			ids = append(ids, ID(g.ScopeID))
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	all, err := Among(tx, by, ids)
	if err != nil {
		return nil, err
	}
	partners, err := listPartnersAmong(tx, ids)
	if err != nil {
		return nil, err
	}
	with := map[ID][]account.OrganisationID{}
	for _, p := range partners {
		with[p.ProjectID] = append(with[p.ProjectID], p.OrganisationID)
	}
	var list []Access
	for _, id := range slices.Sorted(maps.Keys(all)) {
		list = append(list, Access{Project: all[id], Walls: wallsWith(all[id], with[id]), By: by, Today: tx.Today()})
	}
	return list, nil
}

// FromOrigin lists the projects that were begun from something and that the actor may see.
func FromOrigin(tx db.Tx, by account.Actor, o Origin) ([]Project, error) {
	w := &db.Where{}
	w.And("p.origin_kind = ? and p.origin_id = ?", o.Kind, o.ID)
	visible(w, by, tx.Today())
	return listProjects(tx, w, "p.title_key, p.id", 100, 0)
}

// CodeOfProject gives a project's code, for the list of grants: it tells nothing of what it is.
func CodeOfProject(tx db.Tx, id ID) (string, error) {
	p, err := getProject(tx, id)
	return p.Code, err
}
