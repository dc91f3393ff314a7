package project

import (
	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/when"
)

// Portable declares what of a project stands here, the project's own row first. Visits and grants
// stay: they tell who may do what on this server.
func (s *Service) Portable() []db.Slice {
	const mine = "project_id = $1"
	type roles = map[string]db.Role
	return []db.Slice{
		{Table: "project_project", Where: "id = $1", Order: "id", Roles: roles{"id": db.Project, "owner_id": db.Organisation, "created_by": db.Person,
			"origin_kind": db.Blank, "origin_id": db.Blank, "demo": db.Blank, "removed_at": db.Blank, "version": db.Blank}},
		{Table: "project_partner", Where: mine, Order: "joined_at, organisation_name, organisation_id", Roles: roles{"project_id": db.Project, "organisation_id": db.Organisation}},
		{Table: "project_stage", Where: mine, Order: "position, id", Roles: roles{"id": db.Own, "project_id": db.Project, "version": db.Blank}},
		{Table: "project_criterion", Where: mine, Order: "stage_id, position, id", Roles: roles{"id": db.Own, "project_id": db.Project, "stage_id": db.Ref,
			"proof_url": db.Links, "met_by": db.Person, "version": db.Blank}},
		{Table: "project_decision", Where: mine, Order: "number", Roles: roles{"id": db.Own, "project_id": db.Project, "stage_id": db.Loose, "meeting_id": db.Loose,
			"replaces_id": db.Loose, "replaced_by": db.Loose, "recorded_by": db.Person}},
		{Table: "project_risk", Where: mine, Order: "id", Roles: roles{"id": db.Own, "project_id": db.Project, "owner_id": db.Person, "version": db.Blank}},
		{Table: "project_blocker", Where: mine, Order: "id", Roles: roles{"id": db.Own, "project_id": db.Project, "created_by": db.Person, "version": db.Blank}},
		{Table: Past, Where: mine, Order: "position", Roles: roles{"id": db.Own, "project_id": db.Project, "object_id": db.Loose, "data": db.Links}},
	}
}

// Past is the table of what happened before the project came here.
const Past = "project_past"

// PastEntry is something that happened in the project on another server.
type PastEntry struct {
	Position   int64
	At         when.Time
	ActorName  string
	Verb       string
	ObjectKind string
	ObjectID   string
	Data       string
}

func listPast(tx db.Tx, id ID, before int64, limit int) ([]PastEntry, error) {
	return db.List[PastEntry](tx, `select position, at, actor_name, verb, object_kind, object_id, data from project_past
		where project_id = $1 and ($2 = 0 or position < $2) order by position desc limit $3`, id, before, limit)
}

// eachPast reads all of it.
func allPast(tx db.Tx, id ID) ([]PastEntry, error) {
	return db.List[PastEntry](tx, `select position, at, actor_name, verb, object_kind, object_id, data from project_past where project_id = $1 order by position`, id)
}

func takenCodes(tx db.Tx, owner account.OrganisationID) ([]string, error) {
	return db.List[string](tx, `select code from project_project where owner_id = $1`, owner)
}

// restamp keeps the times that a project had elsewhere.
func restamp(tx db.Tx, id ID, created when.Time) error {
	return db.Changed(tx.Exec(`update project_project set created_at = $1 where id = $2`, created, id))
}
