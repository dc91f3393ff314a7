package account

import (
	"context"
	"fmt"
	"time"

	"bassin/internal/db"
	"bassin/internal/fault"
)

// check finds the person by mail address and password. Every failure says the same.
func (s *Service) check(ctx context.Context, email, password, address string) (Person, error) {
	email = foldEmail(email)
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
	if err != nil {
		return takenEmail(err)
	}
	return Record(tx, by, Event{Verb: "account.person.add", Kind: "person", ID: string(p.ID), Data: map[string]string{"name": p.Name}})
}
