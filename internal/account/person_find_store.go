package account

import "bassin/internal/db"

// PersonBrief is a person as lists of choices name them.
type PersonBrief struct {
	ID    PersonID
	Name  string
	Title string
}

// PeopleAround lists who may be named on a sheet: members of the organisations, and holders of a
// grant over the territory; by name, without closed accounts.
func PeopleAround(tx db.Tx, territoryID string, organisations []OrganisationID) ([]PersonBrief, error) {
	var w db.Where
	w.And("p.disabled_at = 0")
	cond, args := `p.id in (select g.person_id from account_grant g where g.scope_kind = 'territory' and g.scope_id = ? and g.revoked_at = 0
		and (g.until_on = '' or g.until_on >= ?))`, []any{territoryID, tx.Today()}
	if len(organisations) > 0 {
		cond += ` or p.id in (select m.person_id from account_membership m where m.organisation_id in ` + db.In(len(organisations)) + ` and (m.ends_on = '' or m.ends_on >= ?))`
		args = append(append(args, db.Anys(organisations)...), tx.Today())
	}
	w.And(cond, args...)
	return db.List[PersonBrief](tx, `select p.id, p.name, p.title from account_person p where `+w.String()+` order by p.name, p.id`, w.Args()...)
}

// PeopleByID reads people; those that do not exist are not among them.
func PeopleByID(tx db.Tx, ids []PersonID) ([]PersonBrief, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var w db.Where
	w.And("p.id in "+db.In(len(ids)), db.Anys(ids)...)
	return db.List[PersonBrief](tx, `select p.id, p.name, p.title from account_person p where `+w.String()+` order by p.name, p.id`, w.Args()...)
}
