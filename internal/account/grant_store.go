package account

import (
	"bassin/internal/db"
	"bassin/internal/when"
)

// listGrantsOver reads the grants over a scope that were not revoked.
func listGrantsOver(tx db.Tx, kind ScopeKind, id string) ([]Grant, error) {
	return db.List[Grant](tx, `select `+grantColumns+` from account_grant where scope_kind = $1 and scope_id = $2 and revoked_at = 0 order by id`, kind, id)
}

func listHeld(tx db.Tx, kind ScopeKind, ids []string) ([]Held, error) {
	var w db.Where
	w.And("g.scope_kind = ?", kind)
	w.And("g.scope_id in "+db.In(len(ids)), db.Anys(ids)...)
	w.And("g.revoked_at = 0")
	return db.List[Held](tx, `select g.id, g.person_id, g.role, g.scope_kind, g.scope_id, g.until_on, g.given_by, g.created_at, g.revoked_at, g.revoked_by,
		p.name, p.title, p.email, p.seen_at as visited_at,
		(p.password = '' and p.subject = '' and p.seen_at = 0) as waiting, (p.disabled_at <> 0) as closed,
		(p.seen_at = 0 and exists (select 1 from account_mail m where m.recipient = p.email and m.sent_at = 0 and m.error <> '')) as unreached
		from account_grant g join account_person p on p.id = g.person_id
		where `+w.String()+` order by g.id`, w.Args()...)
}

func saveGrantEnd(tx db.Tx, id GrantID, until when.Date) error {
	_, err := tx.Exec(`update account_grant set until_on = $1 where id = $2`, until, id)
	return err
}

func listPeopleOver(tx db.Tx, kind ScopeKind, ids []string, today when.Date) ([]Person, error) {
	w := &db.Where{}
	w.And("scope_kind = ? and revoked_at = 0 and (until_on = '' or until_on >= ?)", kind, today)
	w.And("scope_id in "+db.In(len(ids)), db.Anys(ids)...)
	return db.List[Person](tx, `select `+personColumns+` from account_person where id in (select person_id from account_grant where `+w.String()+`) order by name, id`, w.Args()...)
}

func listPeopleAmong(tx db.Tx, ids []PersonID) ([]Person, error) {
	w := &db.Where{}
	w.And("id in "+db.In(len(ids)), db.Anys(ids)...)
	return db.List[Person](tx, `select `+personColumns+` from account_person where `+w.String(), w.Args()...)
}
