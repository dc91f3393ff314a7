package account

import "bassin/internal/db"

// OrganisationNamed finds an organisation by its name, whatever its accents and capitals; the
// oldest when several bear it.
func OrganisationNamed(tx db.Tx, name string) (Organisation, error) {
	return db.Get[Organisation](tx, `select `+organisationColumns+` from account_organisation where name_key = $1 order by id limit 1`, Fold(name))
}
