package account

import (
	"slices"

	"bassin/internal/db"
)

func insertOrganisations(tx db.Tx, list []Organisation) error {
	rows := make([][]any, len(list))
	for i, o := range list {
		rows[i] = []any{o.ID, o.Kind, o.Name, o.ShortName, o.NameKey, o.SIREN, o.SIRET, o.NAF, o.Headcount, o.Address, o.Commune,
			o.Latitude, o.Longitude, o.TerritoryID, o.RegionID, o.Demo, o.Source, o.CreatedAt, o.UpdatedAt, 1}
	}
	return db.InsertMany(tx, `account_organisation (`+organisationColumns+`)`, rows, "")
}

// listOrganisationsIn reads by a unique column, five hundred at a time.
func listOrganisationsIn(tx db.Tx, column string, values []any) ([]Organisation, error) {
	var out []Organisation
	for part := range slices.Chunk(values, 500) {
		var w db.Where
		w.And(column+" in "+db.In(len(part)), part...)
		list, err := db.List[Organisation](tx, `select `+organisationColumns+` from account_organisation where `+w.String()+` and `+column+` <> ''`, w.Args()...)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

func listOrganisationsNamed(tx db.Tx, kind OrganisationKind, key string, limit int) ([]OrganisationID, error) {
	return db.List[OrganisationID](tx, `select id from account_organisation
		where kind = $1 and name_key like $2 escape '\' order by name_key limit $3`, kind, db.Like("%", key, "%"), limit)
}

func completeOrganisation(tx db.Tx, s Seat) error {
	_, err := tx.Exec(`update account_organisation set
		siret = case when siret = '' then $1 else siret end,
		naf = case when naf = '' then $2 else naf end,
		headcount = case when headcount = '' then $3 else headcount end,
		address = case when address = '' then $4 else address end,
		commune = case when commune = '' then $5 else commune end,
		latitude = case when latitude = 0 and longitude = 0 then $6 else latitude end,
		longitude = case when latitude = 0 and longitude = 0 then $7 else longitude end,
		updated_at = $8, version = version + 1 where id = $9`,
		s.SIRET, s.NAF, s.Headcount, s.Address, s.Commune, s.Latitude, s.Longitude, tx.Now(), s.Organisation)
	return err
}

func listHolders(tx db.Tx, kind ScopeKind, ids []string, roles []Role) ([]Holder, error) {
	var w db.Where
	w.And("g.scope_kind = ?", kind)
	w.And("g.scope_id in "+db.In(len(ids)), db.Anys(ids)...)
	w.And("g.role in "+db.In(len(roles)), db.Anys(roles)...)
	w.And("g.revoked_at = 0 and p.disabled_at = 0")
	w.And("g.until_on = '' or g.until_on >= ?", tx.Today())
	return db.List[Holder](tx, `select distinct g.scope_id, g.role, g.person_id, p.name, p.title
		from account_grant g join account_person p on p.id = g.person_id where `+w.String()+` order by p.name, g.person_id`, w.Args()...)
}

// listOrganisationsFrom gives organisations in the order of their IDs.
func listOrganisationsFrom(tx db.Tx, after OrganisationID, limit int) ([]Organisation, error) {
	return db.List[Organisation](tx, `select `+organisationColumns+` from account_organisation where id > $1 order by id limit $2`, after, limit)
}

func countAllOrganisations(tx db.Tx) (int, error) {
	return db.Get[int](tx, `select count(*) from account_organisation`)
}
