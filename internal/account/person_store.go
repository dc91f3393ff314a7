package account

import (
	"bassin/internal/db"
	"bassin/internal/when"
)

func setDisabled(tx db.Tx, id PersonID, at when.Time) error {
	return found(tx.Exec(`update account_person set disabled_at = $1, version = version + 1 where id = $2`, at, id))
}

// countAdmins counts who can administer the server today.
func countAdmins(tx db.Tx) (int, error) {
	return db.Get[int](tx, `select count(distinct p.id) from account_grant g join account_person p on p.id = g.person_id
		where g.role = $1 and g.revoked_at = 0 and (g.until_on = '' or g.until_on >= $2) and p.disabled_at = 0`, Admin, tx.Today())
}

func (f PeopleFilter) where(today when.Date) *db.Where {
	w := &db.Where{}
	if text := foldEmail(f.Text); text != "" {
		w.And(`lower(name) like ? escape '\' or lower(name) like ? escape '\' or email like ? escape '\' or lower(title) like ? escape '\'`,
			db.Like("", text, "%"), db.Like("% ", text, "%"), db.Like("%", text, "%"), db.Like("%", text, "%"))
	}
	if f.Role != "" {
		w.And(`exists (select 1 from account_grant g where g.person_id = account_person.id and g.role = ? and g.revoked_at = 0 and (g.until_on = '' or g.until_on >= ?))`, f.Role, today)
	}
	switch f.State {
	case stateActive:
		w.And("disabled_at = 0 and (password <> '' or subject <> '' or seen_at <> 0)")
	case stateInvited:
		w.And("disabled_at = 0 and password = '' and subject = '' and seen_at = 0")
	case stateDisabled:
		w.And("disabled_at <> 0")
	}
	return w
}

func countPeople(tx db.Tx, f PeopleFilter) (int, error) {
	w := f.where(tx.Today())
	return db.Get[int](tx, `select count(*) from account_person where `+w.String(), w.Args()...)
}

func listPeople(tx db.Tx, f PeopleFilter, limit, offset int) ([]Person, error) {
	w := f.where(tx.Today())
	order := "lower(name)"
	if f.Sort == "created" {
		order = "created_at"
	}
	if f.Descending {
		order += " desc"
	}
	page := " limit " + w.Arg(limit) + " offset " + w.Arg(offset)
	return db.List[Person](tx, `select `+personColumns+` from account_person where `+w.String()+` order by `+order+`, id`+page, w.Args()...)
}

// listPeopleAfter reads on by ID, which is by age; for cursors.
func listPeopleAfter(tx db.Tx, f PeopleFilter, after PersonID, limit int) ([]Person, error) {
	w := f.where(tx.Today())
	if after != "" {
		w.And("id > ?", after)
	}
	page := " limit " + w.Arg(limit)
	return db.List[Person](tx, `select `+personColumns+` from account_person where `+w.String()+` order by id`+page, w.Args()...)
}

func listGrantsOf(tx db.Tx, ids []PersonID) ([]Grant, error) {
	w := &db.Where{}
	w.And("person_id in "+db.In(len(ids)), db.Anys(ids)...)
	w.And("revoked_at = 0 and (until_on = '' or until_on >= ?)", tx.Today())
	return db.List[Grant](tx, `select `+grantColumns+` from account_grant where `+w.String()+` order by id`, w.Args()...)
}

func listMembershipsOf(tx db.Tx, ids []PersonID) ([]Membership, error) {
	w := &db.Where{}
	w.And("m.person_id in "+db.In(len(ids)), db.Anys(ids)...)
	w.And("m.ends_on = '' or m.ends_on >= ?", tx.Today())
	return db.List[Membership](tx, `select m.person_id, m.organisation_id, m.role, m.ends_on, m.created_at, o.name as organisation
		from account_membership m join account_organisation o on o.id = m.organisation_id
		where `+w.String()+` order by o.name_key`, w.Args()...)
}

// listAllGrantsAfter reads the grants of everybody, revoked ones too when asked; for the API.
func listAllGrantsAfter(tx db.Tx, person PersonID, revoked bool, after GrantID, limit int) ([]Grant, error) {
	w := &db.Where{}
	if person != "" {
		w.And("person_id = ?", person)
	}
	if !revoked {
		w.And("revoked_at = 0")
	}
	if after != "" {
		w.And("id > ?", after)
	}
	page := " limit " + w.Arg(limit)
	return db.List[Grant](tx, `select `+grantColumns+` from account_grant where `+w.String()+` order by id`+page, w.Args()...)
}
