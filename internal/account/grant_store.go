package account

import "bassin/internal/db"

// listGrantsOver reads the grants over a scope that were not revoked.
func listGrantsOver(tx db.Tx, kind ScopeKind, id string) ([]Grant, error) {
	return db.List[Grant](tx, `select `+grantColumns+` from account_grant where scope_kind = $1 and scope_id = $2 and revoked_at = 0 order by id`, kind, id)
}

func listHeld(tx db.Tx, kind ScopeKind, id string) ([]Held, error) {
	return db.List[Held](tx, `select g.id, g.person_id, g.role, g.scope_kind, g.scope_id, g.until_on, g.given_by, g.created_at, g.revoked_at, g.revoked_by,
		p.name, p.title, p.email
		from account_grant g join account_person p on p.id = g.person_id
		where g.scope_kind = $1 and g.scope_id = $2 and g.revoked_at = 0 order by g.id`, kind, id)
}

func listPeopleAmong(tx db.Tx, ids []PersonID) ([]Person, error) {
	w := &db.Where{}
	w.And("id in "+db.In(len(ids)), db.Anys(ids)...)
	return db.List[Person](tx, `select `+personColumns+` from account_person where `+w.String(), w.Args()...)
}
