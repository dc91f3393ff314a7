package account

import (
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/when"
)

// GiveIn gives a role over a scope within the caller's operation; the caller has decided that the
// actor may. A grant of the same role over the same scope that still holds is replaced.
func GiveIn(tx db.Tx, by Actor, g Grant) (Grant, error) {
	if err := g.check(tx.Today()); err != nil {
		return Grant{}, err
	}
	p, err := getPerson(tx, g.PersonID)
	if err != nil {
		return Grant{}, err
	}
	if p.DisabledAt != 0 {
		return Grant{}, fault.New(fault.Conflict, "account.grant.disabled", "name", p.Name)
	}
	held, err := listGrantsOver(tx, g.ScopeKind, g.ScopeID)
	if err != nil {
		return Grant{}, err
	}
	for _, h := range held {
		if h.PersonID != g.PersonID {
			continue
		}
		if err := revokeGrant(tx, h.ID, by.ID); err != nil {
			return Grant{}, err
		}
	}
	g.ID, g.CreatedAt, g.GivenBy = GrantID(db.NewID()), tx.Now(), by.ID
	return g, insertGrant(tx, g)
}

// RevokeIn ends a grant over a scope now, within the caller's operation; the caller has decided
// that the actor may. A grant over another scope is not found.
func RevokeIn(tx db.Tx, by Actor, id GrantID, kind ScopeKind, scopeID string) (Grant, error) {
	g, err := getGrant(tx, id)
	if err != nil {
		return g, err
	}
	if g.ScopeKind != kind || g.ScopeID != scopeID || g.RevokedAt != 0 {
		return g, fault.New(fault.NotFound, "fault.not_found")
	}
	return g, revokeGrant(tx, id, by.ID)
}

// ExtendIn gives a grant that was read another last day, within the caller's operation; the caller
// has decided that the actor may.
func ExtendIn(tx db.Tx, g Grant, until when.Date) error {
	g.UntilOn = until
	if err := g.check(tx.Today()); err != nil {
		return err
	}
	return saveGrantEnd(tx, g.ID, until)
}

// GetGrant reads a grant, also one that was revoked.
func GetGrant(tx db.Tx, id GrantID) (Grant, error) { return getGrant(tx, id) }

// Held is a grant with who holds it.
type Held struct {
	Grant
	Name, Title, Email string
	VisitedAt          when.Time // last seen in Bassin, to within five minutes
	Waiting            bool      // invited, never came
	Unreached          bool      // never came, and a mail to them could not be delivered
	Closed             bool      // the account: it opens nothing any more
}

// GrantsOver lists the grants over scopes of a kind that were not revoked, with their people, in the
// order in which they were given; those that ended by their day are among them.
func GrantsOver(tx db.Tx, kind ScopeKind, ids ...string) ([]Held, error) {
	return listHeld(tx, kind, ids)
}

// PeopleOver lists who has an access today to one of several scopes of a kind, by name.
func PeopleOver(tx db.Tx, kind ScopeKind, ids []string) ([]Person, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return listPeopleOver(tx, kind, ids, tx.Today())
}

// NamesOf gives the names of people by their IDs.
func NamesOf(tx db.Tx, ids []PersonID) (map[PersonID]string, error) {
	list, err := listPeopleAmong(tx, ids)
	names := make(map[PersonID]string, len(list))
	for _, p := range list {
		names[p.ID] = p.Name
	}
	return names, err
}

// MembershipsOf lists the memberships of people that hold today, with their organisations' names.
func MembershipsOf(tx db.Tx, ids []PersonID) ([]Membership, error) { return listMembershipsOf(tx, ids) }

// PeopleAmong reads people with their addresses, for what carries them to another server; those that
// do not exist are not among them.
func PeopleAmong(tx db.Tx, ids []PersonID) ([]Person, error) { return listPeopleAmong(tx, ids) }
