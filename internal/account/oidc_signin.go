package account

import (
	"context"
	"fmt"

	"bassin/internal/db"
	"bassin/internal/fault"
)

// welcome finds the person of an identity: by issuer and subject; else, once, by an address that
// the provider vouches for, when nobody else's subject is on it. Unknown people get an account
// without any role when the operator wants that.
func (s *Service) welcome(ctx context.Context, who identity) (Person, error) {
	var p Person
	err := s.db.Do(ctx, func(tx db.Tx) (err error) {
		p, err = getPersonBySubject(tx, who.Issuer, who.Subject)
		if fault.Is(err, fault.NotFound) {
			p, err = s.firstTime(tx, who)
		}
		if err == nil && p.DisabledAt != 0 {
			err = fault.New(fault.Forbidden, "account.oidc.disabled")
		}
		return err
	})
	if err != nil {
		return Person{}, fmt.Errorf("sign in by provider: %w", err)
	}
	return p, nil
}

// firstTime links the identity to the person with its address, or makes one.
func (s *Service) firstTime(tx db.Tx, who identity) (Person, error) {
	unknown := fault.New(fault.Forbidden, "account.oidc.unknown", "email", who.Email)
	if who.Email == "" {
		return Person{}, unknown
	}
	p, err := getPersonByEmail(tx, who.Email)
	switch {
	case fault.Is(err, fault.NotFound):
		if !s.opts.OIDC.AutoCreate {
			return Person{}, unknown
		}
		if !who.Verified {
			return Person{}, fault.New(fault.Forbidden, "account.oidc.unverified", "email", who.Email)
		}
		p = Person{Email: who.Email, Name: who.Name, Language: "fr", Issuer: who.Issuer, Subject: who.Subject}
		if err := p.tidy(); err != nil {
			return Person{}, err
		}
		if err := addPersonIn(tx, System(s.opts.OIDC.label()), &p); err != nil {
			return Person{}, err
		}
		return p, s.attach(tx, p, who.SIRET)
	case err != nil:
		return Person{}, err
	case p.DisabledAt != 0:
		return p, nil // the caller says so
	case !who.Verified:
		return Person{}, fault.New(fault.Forbidden, "account.oidc.unverified", "email", who.Email)
	case p.Subject != "":
		return Person{}, fault.New(fault.Forbidden, "account.oidc.other_subject", "email", who.Email)
	}
	p.Issuer, p.Subject = who.Issuer, who.Subject
	if err := savePerson(tx, p); err != nil {
		return Person{}, err
	}
	if err := voidTickets(tx, p.ID, invitation); err != nil {
		return Person{}, err
	}
	if err := Record(tx, Actor{ID: p.ID, Name: p.Name}, Event{Verb: "account.person.link", Kind: "person", ID: string(p.ID), Data: map[string]string{"provider": s.opts.OIDC.label()}}); err != nil {
		return Person{}, err
	}
	return p, s.attach(tx, p, who.SIRET)
}

// attach makes a person a member of the organisation that the provider names, if it is here: at
// the first sign-in only, so that who was removed does not come back; never its manager.
func (s *Service) attach(tx db.Tx, p Person, siret SIRET) error {
	if siret == "" {
		return nil
	}
	o, err := getOrganisationOf(tx, siret)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = getMembership(tx, p.ID, o.ID)
	if !fault.Is(err, fault.NotFound) {
		return err // nil: whatever the person is there stays
	}
	return joinIn(tx, System(s.opts.OIDC.label()), Membership{PersonID: p.ID, OrganisationID: o.ID, Role: Member})
}
