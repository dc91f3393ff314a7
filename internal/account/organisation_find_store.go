package account

import (
	"strings"

	"bassin/internal/db"
)

// OrganisationNamed finds an organisation by its name, whatever its accents and capitals; the
// oldest when several bear it.
func OrganisationNamed(tx db.Tx, name string) (Organisation, error) {
	return db.Get[Organisation](tx, `select `+organisationColumns+` from account_organisation where name_key = $1 order by id limit 1`, Fold(name))
}

// FindOrganisations finds organisations by a part of their name, short name or SIREN, whatever
// accents and capitals, by name.
func FindOrganisations(tx db.Tx, text string, limit int) ([]Organisation, error) {
	key := Fold(text)
	if key == "" {
		return nil, nil
	}
	like := db.Like("%", key, "%")
	return db.List[Organisation](tx, `select `+organisationColumns+` from account_organisation
		where name_key like $1 escape '\' or lower(short_name) like $1 escape '\' or siren = $2
		order by name_key, id limit $3`, like, strings.ReplaceAll(key, " ", ""), limit)
}

// OrganisationsCalled finds the organisations of exactly these names, whatever their accents and capitals;
// several may share one.
func OrganisationsCalled(tx db.Tx, names ...string) ([]Organisation, error) {
	keys := make([]any, 0, len(names))
	for _, n := range names {
		if key := Fold(n); key != "" {
			keys = append(keys, key)
		}
	}
	return listOrganisationsIn(tx, "name_key", keys)
}
