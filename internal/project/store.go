package project

import (
	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/when"
)

const projectColumns = `id, code, title, summary, kind, state, confidentiality, owner_id, owner_name, territory_id,
	origin_kind, origin_id, starts_on, ends_on, demo, created_by, created_at, updated_at, removed_at, version`

const listedColumns = `p.id, p.code, p.title, p.summary, p.kind, p.state, p.confidentiality, p.owner_id, p.owner_name, p.territory_id,
	p.origin_kind, p.origin_id, p.starts_on, p.ends_on, p.demo, p.created_by, p.created_at, p.updated_at, p.removed_at, p.version`

func getProject(tx db.Tx, id ID) (Project, error) {
	return db.Get[Project](tx, `select `+projectColumns+` from project_project where id = $1`, id)
}

// lockProject keeps the project for this transaction: two that number decisions or move gates
// come one after the other.
func lockProject(tx db.Tx, id ID) error {
	return db.Changed(tx.Exec(`update project_project set version = version where id = $1`, id))
}

func insertProject(tx db.Tx, p Project) error {
	_, err := tx.Exec(`insert into project_project (`+projectColumns+`, title_key)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 0, 1, $19)`,
		p.ID, p.Code, p.Title, p.Summary, p.Kind, p.State, p.Confidentiality, p.OwnerID, p.OwnerName, p.TerritoryID,
		p.OriginKind, p.OriginID, p.StartsOn, p.EndsOn, p.Demo, p.CreatedBy, p.CreatedAt, p.UpdatedAt, account.Fold(p.Title))
	return err
}

func saveProject(tx db.Tx, p Project) error {
	return db.Changed(tx.Exec(`update project_project set code = $1, title = $2, title_key = $3, summary = $4, kind = $5, state = $6,
		confidentiality = $7, owner_id = $8, owner_name = $9, territory_id = $10, starts_on = $11, ends_on = $12, updated_at = $13,
		removed_at = $14, version = version + 1 where id = $15 and version = $16`,
		p.Code, p.Title, account.Fold(p.Title), p.Summary, p.Kind, p.State, p.Confidentiality, p.OwnerID, p.OwnerName, p.TerritoryID,
		p.StartsOn, p.EndsOn, tx.Now(), p.RemovedAt, p.ID, p.Version))
}

func listAmong(tx db.Tx, ids []ID) ([]Project, error) {
	w := &db.Where{}
	w.And("id in "+db.In(len(ids)), db.Anys(ids)...)
	return db.List[Project](tx, `select `+projectColumns+` from project_project where `+w.String(), w.Args()...)
}

// visible adds to a list's condition exactly what Walls.May(See) lets through, of what is on the
// lists. Table project_project is p.
func visible(w *db.Where, by account.Actor, today when.Date) {
	w.And("p.removed_at = 0")
	if by.System() {
		return
	}
	cond, args := "1 = 0", []any{}
	or := func(c string, more ...any) { cond += " or " + c; args = append(args, more...) }
	var granted, territories []string
	for _, g := range by.Grants {
		if !g.Holds(today) || g.ScopeID == "" {
			continue
		}
		switch {
		case g.ScopeKind == account.OverProject:
			granted = append(granted, g.ScopeID)
		case g.ScopeKind == account.OverTerritory && (g.Role == account.ProjectLead || g.Role == account.LeadPair):
			territories = append(territories, g.ScopeID)
		}
	}
	if len(granted) > 0 {
		or("p.id in "+db.In(len(granted)), db.Anys(granted)...)
	}
	if len(territories) > 0 {
		or("p.confidentiality = 'territory' and p.territory_id in "+db.In(len(territories)), db.Anys(territories)...)
	}
	var managed, all []account.OrganisationID
	for _, m := range by.Memberships {
		all = append(all, m.OrganisationID)
		if m.Role == account.Manager {
			managed = append(managed, m.OrganisationID)
		}
	}
	if len(managed) > 0 {
		or("p.owner_id in "+db.In(len(managed)), db.Anys(managed)...)
	}
	if len(all) > 0 {
		or("p.confidentiality <> 'members' and (p.owner_id in "+db.In(len(all))+" or p.id in (select x.project_id from project_partner x where x.organisation_id in "+db.In(len(all))+"))",
			append(db.Anys(all), db.Anys(all)...)...)
	}
	w.And(cond, args...)
}

func (f Filter) where(by account.Actor, today when.Date) *db.Where {
	w := &db.Where{}
	visible(w, by, today)
	if text := account.Fold(f.Text); text != "" {
		w.And(`p.title_key like ? escape '\' or lower(p.code) like ? escape '\'`, db.Like("%", text, "%"), db.Like("", text, "%"))
	}
	if f.State != "" {
		w.And("p.state = ?", f.State)
	} else if !f.Ended {
		w.And("p.state not in ('finished', 'abandoned')")
	}
	if f.Kind != "" {
		w.And("p.kind = ?", f.Kind)
	}
	if f.OwnerID != "" {
		w.And("p.owner_id = ?", f.OwnerID)
	}
	if f.TerritoryID != "" {
		w.And("p.territory_id = ?", f.TerritoryID)
	}
	return w
}

func countProjects(tx db.Tx, w *db.Where) (int, error) {
	return db.Get[int](tx, `select count(*) from project_project p where `+w.String(), w.Args()...)
}

func listProjects(tx db.Tx, w *db.Where, order string, limit, offset int) ([]Project, error) {
	page := " limit " + w.Arg(limit) + " offset " + w.Arg(offset)
	return db.List[Project](tx, `select `+listedColumns+` from project_project p where `+w.String()+` order by `+order+page, w.Args()...)
}

func listProjectIDs(tx db.Tx, w *db.Where) ([]ID, error) {
	return db.List[ID](tx, `select p.id from project_project p where `+w.String()+` order by p.id`, w.Args()...)
}

func listProjectsAfter(tx db.Tx, w *db.Where, after ID, limit int) ([]Project, error) {
	if after != "" {
		w.And("p.id > ?", after)
	}
	return listProjects(tx, w, "p.id", limit, 0)
}

// listAllAfter gives projects in the order of their IDs, those off the lists too.
func listAllAfter(tx db.Tx, after ID, limit int) ([]Project, error) {
	return db.List[Project](tx, `select `+projectColumns+` from project_project where id > $1 order by id limit $2`, after, limit)
}

// countIndexed counts projects and what is in them.
func countIndexed(tx db.Tx) (int, error) {
	return db.Get[int](tx, `select (select count(*) from project_project) + (select count(*) from project_decision)
		+ (select count(*) from project_risk) + (select count(*) from project_blocker)`)
}

func listPartnerIDs(tx db.Tx, id ID) ([]account.OrganisationID, error) {
	return db.List[account.OrganisationID](tx, `select organisation_id from project_partner where project_id = $1`, id)
}

func listPartners(tx db.Tx, id ID) ([]Partner, error) {
	return db.List[Partner](tx, `select project_id, organisation_id, organisation_name, role, joined_at from project_partner where project_id = $1 order by joined_at, organisation_id`, id)
}

// listPartnersAmong reads the partners of several projects.
func listPartnersAmong(tx db.Tx, ids []ID) ([]Partner, error) {
	w := &db.Where{}
	w.And("project_id in "+db.In(len(ids)), db.Anys(ids)...)
	return db.List[Partner](tx, `select project_id, organisation_id, organisation_name, role, joined_at from project_partner where `+w.String()+` order by project_id, joined_at, organisation_id`, w.Args()...)
}

func savePartner(tx db.Tx, p Partner) error {
	_, err := tx.Exec(`insert into project_partner (project_id, organisation_id, organisation_name, role, joined_at) values ($1, $2, $3, $4, $5)
		on conflict (project_id, organisation_id) do update set role = excluded.role, organisation_name = excluded.organisation_name`,
		p.ProjectID, p.OrganisationID, p.OrganisationName, p.Role, p.JoinedAt)
	return err
}

func deletePartner(tx db.Tx, id ID, org account.OrganisationID) error {
	return db.Changed(tx.Exec(`delete from project_partner where project_id = $1 and organisation_id = $2`, id, org))
}

// touchVisit notes that somebody came; the caller has seen that the last note is old.
func touchVisit(tx db.Tx, id ID, person account.PersonID) error {
	_, err := tx.Exec(`insert into project_visit (project_id, person_id, seen_at) values ($1, $2, $3)
		on conflict (project_id, person_id) do update set seen_at = excluded.seen_at`, id, person, tx.Now())
	return err
}

type visit struct {
	PersonID account.PersonID
	SeenAt   when.Time
}

func listVisits(tx db.Tx, id ID) ([]visit, error) {
	return db.List[visit](tx, `select person_id, seen_at from project_visit where project_id = $1`, id)
}

// listVisit gives when somebody last came, as a list of one or none.
func listVisit(tx db.Tx, id ID, person account.PersonID) ([]when.Time, error) {
	return db.List[when.Time](tx, `select seen_at from project_visit where project_id = $1 and person_id = $2`, id, person)
}
