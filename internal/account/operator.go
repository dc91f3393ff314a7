package account

import (
	"context"
	"fmt"
	"slices"

	"bassin/internal/db"
	"bassin/internal/fault"
)

// What the operator does on the command line of the server, as System: no page offers it.

// People lists everybody who has an account, by mail address.
func People(tx db.Tx) ([]Person, error) { return listEverybody(tx) }

// PersonByEmail finds a person by mail address.
func PersonByEmail(tx db.Tx, email string) (Person, error) {
	p, err := getPersonByEmail(tx, foldEmail(email))
	if fault.Is(err, fault.NotFound) {
		return Person{}, fault.New(fault.NotFound, "account.person.unknown", "email", email)
	}
	return p, err
}

// PeopleByEmail finds people by mail addresses, as these are written; who has no account is left out.
func PeopleByEmail(tx db.Tx, emails []string) (map[string]Person, error) {
	found := map[string]Person{}
	for some := range slices.Chunk(emails, 500) { // a statement takes only so many values
		folded := make([]string, len(some))
		for i, e := range some {
			folded[i] = foldEmail(e)
		}
		list, err := listPeopleByEmail(tx, folded)
		if err != nil {
			return nil, err
		}
		for i, e := range some {
			if k := slices.IndexFunc(list, func(p Person) bool { return p.Email == folded[i] }); k >= 0 {
				found[e] = list[k]
			}
		}
	}
	return found, nil
}

// GrantsOf lists the grants of a person that were not revoked.
func GrantsOf(tx db.Tx, id PersonID) ([]Grant, error) { return listGrants(tx, id) }

// TokensOf lists the tokens of a person that were not revoked.
func TokensOf(tx db.Tx, id PersonID) ([]Token, error) { return listTokens(tx, id) }

// SetPassword gives a person a new password without asking for the old one, and ends all sessions.
func (s *Service) SetPassword(ctx context.Context, by Actor, id PersonID, password string) error {
	if by.ID != system {
		return fault.New(fault.Forbidden, "account.person.admin_only")
	}
	if err := checkPassword(password); err != nil {
		return err
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	err = s.db.Do(ctx, func(tx db.Tx) error {
		if err := setPassword(tx, id, hash); err != nil {
			return err
		}
		if err := deleteSessionsOf(tx, id, ""); err != nil {
			return err
		}
		return Record(tx, by, Event{Verb: "account.password", Kind: "person", ID: string(id)})
	})
	if err != nil {
		return fmt.Errorf("set the password of %s: %w", id, err)
	}
	return nil
}

// RevokeTokenOf ends a token of somebody else.
func (s *Service) RevokeTokenOf(ctx context.Context, by Actor, person PersonID, id TokenID) error {
	if by.ID != system {
		return fault.New(fault.Forbidden, "account.token.own_only")
	}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if err := revokeToken(tx, id, person); err != nil {
			return err
		}
		return Record(tx, by, Event{Verb: "account.token.revoke", Kind: "person", ID: string(person)})
	})
	if err != nil {
		return fmt.Errorf("revoke token %s: %w", id, err)
	}
	return nil
}
