package account

import "bassin/internal/db"

// Where the name of an organisation comes from.
const (
	SourceTyped = "typed" // by hand: no list changes it
	SourceList  = "list"  // an official list, which may change it

	SourceRegister = "register" // the public register, taken over by somebody
)

// ImportOrganisationsIn adds the organisations without an ID and saves the others, which were read
// in this transaction, as an official list has them. One event tells of the lot: a national list
// names hundreds.
func ImportOrganisationsIn(tx db.Tx, by Actor, list []Organisation) ([]Organisation, error) {
	if len(list) == 0 {
		return nil, nil
	}
	out := make([]Organisation, len(list))
	var added []Organisation
	for i, o := range list {
		if err := o.tidy(); err != nil {
			return nil, err
		}
		if o.ID == "" {
			o.ID, o.CreatedAt, o.UpdatedAt, o.Version = OrganisationID(db.NewID()), tx.Now(), tx.Now(), 1
			added = append(added, o)
		} else {
			if err := saveOrganisation(tx, o); err != nil {
				return nil, err
			}
			o.Version++
		}
		out[i] = o
	}
	if err := insertOrganisations(tx, added); err != nil {
		return nil, err
	}
	for _, o := range out {
		if err := indexOrganisation(tx, o); err != nil {
			return nil, err
		}
	}
	return out, Record(tx, by, Event{Verb: "account.organisation.import", Kind: "organisation",
		Data: map[string]int{"added": len(added), "changed": len(list) - len(added)}})
}

// OrganisationsBySIREN finds the organisations that have one of the numbers, in no order.
func OrganisationsBySIREN(tx db.Tx, numbers []SIREN) ([]Organisation, error) {
	return listOrganisationsIn(tx, "siren", db.Anys(numbers))
}

// OrganisationsByID reads organisations, in no order; those that are not there are left out.
func OrganisationsByID(tx db.Tx, ids []OrganisationID) ([]Organisation, error) {
	return listOrganisationsIn(tx, "id", db.Anys(ids))
}

// OrganisationsNamed finds organisations of a kind with the text in their name, whatever its case
// and accents.
func OrganisationsNamed(tx db.Tx, kind OrganisationKind, text string, limit int) ([]OrganisationID, error) {
	return listOrganisationsNamed(tx, kind, Fold(text), limit)
}

// Seat is what the national register tells of an organisation.
type Seat struct {
	Organisation        OrganisationID
	SIRET               SIRET
	NAF                 string
	Headcount           string
	Address             string
	Commune             string
	Latitude, Longitude float64
}

// CompleteOrganisationsIn fills what is empty of organisations from the register and leaves what
// stands; one event tells of the lot.
func CompleteOrganisationsIn(tx db.Tx, by Actor, seats []Seat) error {
	if len(seats) == 0 {
		return nil
	}
	for _, s := range seats {
		if err := completeOrganisation(tx, s); err != nil {
			return err
		}
	}
	return Record(tx, by, Event{Verb: "account.organisation.complete", Kind: "organisation", Data: map[string]int{"changed": len(seats)}})
}

// Holder is a person who holds a role over something.
type Holder struct {
	ScopeID  string
	Role     Role
	PersonID PersonID
	Name     string
	Title    string
}

// Holders tells who holds one of the roles over each of the things today, by role as given and name.
// People whose account is closed hold nothing.
func Holders(tx db.Tx, kind ScopeKind, ids []string, roles ...Role) ([]Holder, error) {
	if len(ids) == 0 || len(roles) == 0 {
		return nil, nil
	}
	all, err := listHolders(tx, kind, ids, roles)
	if err != nil {
		return nil, err
	}
	var out []Holder
	for _, r := range roles {
		for _, h := range all {
			if h.Role == r {
				out = append(out, h)
			}
		}
	}
	return out, nil
}
