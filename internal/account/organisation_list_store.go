package account

import (
	"database/sql"
	"strings"

	"bassin/internal/db"
	"bassin/internal/when"
)

func (f OrganisationFilter) where() *db.Where {
	w := &db.Where{}
	if text := Fold(f.Text); text != "" {
		digits := strings.NewReplacer(" ", "", ".", "").Replace(text)
		if len(digits) >= 3 && strings.Trim(digits, "0123456789") == "" {
			w.And(`siren like ? escape '\' or siret like ? escape '\' or name_key like ? escape '\'`, db.Like("", digits, "%"), db.Like("", digits, "%"), db.Like("%", text, "%"))
		} else {
			w.And(`name_key like ? escape '\' or name_key like ? escape '\' or name_key like ? escape '\'`, db.Like("", text, "%"), db.Like("% ", text, "%"), db.Like("%'", text, "%"))
		}
	}
	if f.Kind != "" {
		w.And("kind = ?", f.Kind)
	}
	return w
}

func (f OrganisationFilter) order() string {
	way := ""
	if f.Descending {
		way = " desc"
	}
	switch f.Sort {
	case "kind":
		return "kind" + way + ", name_key, id"
	case "commune":
		return "commune" + way + ", name_key, id"
	}
	return "name_key" + way + ", id" + way
}

func countOrganisations(tx db.Tx, f OrganisationFilter) (int, error) {
	w := f.where()
	return db.Get[int](tx, `select count(*) from account_organisation where `+w.String(), w.Args()...)
}

func listOrganisations(tx db.Tx, f OrganisationFilter, limit, offset int) ([]Organisation, error) {
	w := f.where()
	page := " limit " + w.Arg(limit) + " offset " + w.Arg(offset)
	return db.List[Organisation](tx, `select `+organisationColumns+` from account_organisation where `+w.String()+` order by `+f.order()+page, w.Args()...)
}

// listOrganisationsAfter reads on by name from behind an organisation; for cursors.
func listOrganisationsAfter(tx db.Tx, f OrganisationFilter, nameKey string, id OrganisationID, limit int) ([]Organisation, error) {
	w := f.where()
	if id != "" {
		w.And("name_key > ? or (name_key = ? and id > ?)", nameKey, nameKey, id)
	}
	page := " limit " + w.Arg(limit)
	return db.List[Organisation](tx, `select `+organisationColumns+` from account_organisation where `+w.String()+` order by name_key, id`+page, w.Args()...)
}

// eachOrganisation reads the columns of the export only.
func eachOrganisation(tx db.Tx, f OrganisationFilter, fn func(Organisation) error) error {
	w := f.where()
	return tx.Rows(func(r *sql.Rows) error {
		var o Organisation
		if err := r.Scan(&o.ID, &o.Kind, &o.Name, &o.ShortName, &o.SIREN, &o.SIRET, &o.NAF, &o.Headcount, &o.Address, &o.Commune, &o.Demo); err != nil {
			return err
		}
		return fn(o)
	}, `select id, kind, name, short_name, siren, siret, naf, headcount, address, commune, demo from account_organisation where `+w.String()+` order by `+f.order(), w.Args()...)
}

// member is a person of an organisation, as its page lists them.
type member struct {
	PersonID   PersonID
	Name       string
	Title      string
	Email      string
	Role       MembershipRole
	EndsOn     when.Date
	Invited    bool
	DisabledAt when.Time
	SeenAt     when.Time
}

func listMembers(tx db.Tx, id OrganisationID) ([]member, error) {
	return db.List[member](tx, `select m.person_id, p.name, p.title, p.email, m.role, m.ends_on,
			(p.password = '' and p.subject = '') as invited, p.disabled_at, p.seen_at
		from account_membership m join account_person p on p.id = m.person_id
		where m.organisation_id = $1 and (m.ends_on = '' or m.ends_on >= $2) order by m.role, p.name, p.id`, id, tx.Today())
}

func getMembership(tx db.Tx, person PersonID, org OrganisationID) (Membership, error) {
	return db.Get[Membership](tx, `select m.person_id, m.organisation_id, m.role, m.ends_on, m.created_at, o.name as organisation
		from account_membership m join account_organisation o on o.id = m.organisation_id
		where m.person_id = $1 and m.organisation_id = $2`, person, org)
}

func deleteMembership(tx db.Tx, person PersonID, org OrganisationID) error {
	return found(tx.Exec(`delete from account_membership where person_id = $1 and organisation_id = $2`, person, org))
}
