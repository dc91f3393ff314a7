package account

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bassin/internal/db"
	"bassin/internal/fault"
)

// check finds the person by mail address and password. Every failure says the same.
func (s *Service) check(ctx context.Context, email, password, address string) (Person, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if !s.attempts.allow("a:"+address, 2*time.Second, addressBurst) || !s.attempts.allow("p:"+email, time.Minute, personBurst) {
		return Person{}, fault.New(fault.TooMany, "account.sign_in.too_many")
	}
	var p Person
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		p, err = getPersonByEmail(tx, email)
		return err
	})
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Person{}, err
	}
	ok, err := s.match(ctx, password[:min(len(password), maxPassword)], p.Password)
	if err != nil {
		return Person{}, err
	}
	if !ok || p.DisabledAt != 0 {
		return Person{}, fault.New(fault.Invalid, "account.sign_in.wrong")
	}
	s.attempts.forget("p:" + email)
	return p, nil
}

// AddPerson creates a person. Password may be empty: the person is then invited, or signs in by
// a provider.
func (s *Service) AddPerson(ctx context.Context, by Actor, p Person, password string) (Person, error) {
	if !by.Admin() {
		return Person{}, fault.New(fault.Forbidden, "account.person.admin_only")
	}
	if err := p.tidy(); err != nil {
		return Person{}, err
	}
	if password != "" {
		if err := checkPassword(password); err != nil {
			return Person{}, err
		}
		hash, err := s.hash(ctx, password)
		if err != nil {
			return Person{}, err
		}
		p.Password = hash
	}
	err := s.db.Do(ctx, func(tx db.Tx) error { return addPersonIn(tx, by, &p) })
	if err != nil {
		return Person{}, fmt.Errorf("add person: %w", err)
	}
	return p, nil
}

func addPersonIn(tx db.Tx, by Actor, p *Person) error {
	p.ID, p.CreatedAt, p.Version = PersonID(db.NewID()), tx.Now(), 1
	err := insertPerson(tx, *p)
	if fault.Is(err, fault.Conflict) {
		return &fault.Fault{Kind: fault.Invalid, Key: "fault.fields", Args: fault.Args{"count": 1}, Fields: []fault.Field{{Name: "email", Key: "account.person.taken"}}}
	}
	if err != nil {
		return err
	}
	return Record(tx, by, Event{Verb: "account.person.add", Kind: "person", ID: string(p.ID), Data: map[string]string{"name": p.Name}})
}

// Give gives a grant. TerritoryID is where the scope lies, for project leads who invite.
func (s *Service) Give(ctx context.Context, by Actor, g Grant, territoryID string) (Grant, error) {
	if !g.mayGive(by, territoryID) {
		return Grant{}, fault.New(fault.Forbidden, "account.grant.not_yours")
	}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if err := g.check(tx.Today()); err != nil {
			return err
		}
		g.ID, g.CreatedAt, g.GivenBy = GrantID(db.NewID()), tx.Now(), by.ID
		if err := insertGrant(tx, g); err != nil {
			return err
		}
		return Record(tx, by, Event{Verb: "account.grant.give", Kind: "person", ID: string(g.PersonID), Scope: string(g.ScopeKind) + ":" + g.ScopeID,
			Data: map[string]string{"role_key": g.Role.Key(), "over_key": g.ScopeKind.Key(), "over": g.ScopeID, "until_on": string(g.UntilOn)}})
	})
	if err != nil {
		return Grant{}, fmt.Errorf("give %s over %s %s: %w", g.Role, g.ScopeKind, g.ScopeID, err)
	}
	return g, nil
}

// Revoke ends a grant now.
func (s *Service) Revoke(ctx context.Context, by Actor, id GrantID, territoryID string) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		g, err := getGrant(tx, id)
		if err != nil {
			return err
		}
		if !g.mayGive(by, territoryID) {
			return fault.New(fault.Forbidden, "account.grant.not_yours")
		}
		if err := revokeGrant(tx, id, by.ID); err != nil {
			return err
		}
		return Record(tx, by, Event{Verb: "account.grant.revoke", Kind: "person", ID: string(g.PersonID), Scope: string(g.ScopeKind) + ":" + g.ScopeID,
			Data: map[string]string{"role_key": g.Role.Key(), "over_key": g.ScopeKind.Key(), "over": g.ScopeID}})
	})
}

// Join makes a person a member of an organisation, or changes the membership.
func (s *Service) Join(ctx context.Context, by Actor, m Membership) error {
	if !by.Admin() && !by.Manages(m.OrganisationID) {
		return fault.New(fault.Forbidden, "account.membership.not_yours")
	}
	return s.db.Do(ctx, func(tx db.Tx) error {
		m.CreatedAt = tx.Now()
		if err := saveMembership(tx, m); err != nil {
			return err
		}
		return Record(tx, by, Event{Verb: "account.membership.save", Kind: "person", ID: string(m.PersonID), Scope: "organisation:" + string(m.OrganisationID),
			Data: map[string]string{"role": string(m.Role), "ends_on": string(m.EndsOn)}})
	})
}
