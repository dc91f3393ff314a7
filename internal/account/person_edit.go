package account

import (
	"context"
	"fmt"

	"bassin/internal/db"
	"bassin/internal/fault"
)

// errNoPerson is the answer to who may not see people: they do not exist.
func errNoPerson() error { return fault.New(fault.NotFound, "fault.not_found") }

// SavePerson changes a person that was read at p.Version: name, position, address, language.
func (s *Service) SavePerson(ctx context.Context, by Actor, p Person) (Person, error) {
	if !by.Admin() {
		return Person{}, errNoPerson()
	}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		old, err := getPerson(tx, p.ID)
		if err != nil {
			return err
		}
		in := old
		in.Email, in.Name, in.Title, in.Language, in.Version = p.Email, p.Name, p.Title, p.Language, p.Version
		if err := in.tidy(); err != nil {
			return err
		}
		if err := savePerson(tx, in); err != nil {
			return takenEmail(err)
		}
		if in.Email != old.Email { // links that went to the old address open nothing any more
			if err := voidTickets(tx, p.ID, ""); err != nil {
				return err
			}
		}
		p = in
		p.Version++
		return Record(tx, by, Event{Verb: "account.person.save", Kind: "person", ID: string(p.ID), Data: map[string]string{"name": p.Name}})
	})
	if err != nil {
		return Person{}, fmt.Errorf("save person %s: %w", p.ID, err)
	}
	return p, nil
}

// takenEmail says beside the field that somebody has the address.
func takenEmail(err error) error {
	if f := fault.As(err); f == nil || f.Key != "db.unique" {
		return err
	}
	var wrong fault.Fields
	wrong.Add("email", "account.person.taken")
	return wrong.Err()
}

// Disable closes an account: the person's sessions end and nothing opens one again.
func (s *Service) Disable(ctx context.Context, by Actor, id PersonID) error {
	if !by.Admin() {
		return errNoPerson()
	}
	if by.ID == id {
		return fault.New(fault.Conflict, "account.person.not_oneself")
	}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		p, err := getPerson(tx, id)
		if err != nil {
			return err
		}
		if p.DisabledAt != 0 {
			return nil
		}
		if err := setDisabled(tx, id, tx.Now()); err != nil {
			return err
		}
		if err := keepAnAdmin(tx, by); err != nil {
			return err
		}
		if err := deleteSessionsOf(tx, id, ""); err != nil {
			return err
		}
		if err := voidTickets(tx, id, ""); err != nil {
			return err
		}
		return Record(tx, by, Event{Verb: "account.person.disable", Kind: "person", ID: string(id), Data: map[string]string{"name": p.Name}})
	})
	if err != nil {
		return fmt.Errorf("disable person %s: %w", id, err)
	}
	return nil
}

// Enable opens a disabled account again, with the grants and memberships that still hold.
func (s *Service) Enable(ctx context.Context, by Actor, id PersonID) error {
	if !by.Admin() {
		return errNoPerson()
	}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		p, err := getPerson(tx, id)
		if err != nil || p.DisabledAt == 0 {
			return err
		}
		if err := setDisabled(tx, id, 0); err != nil {
			return err
		}
		return Record(tx, by, Event{Verb: "account.person.enable", Kind: "person", ID: string(id), Data: map[string]string{"name": p.Name}})
	})
	if err != nil {
		return fmt.Errorf("enable person %s: %w", id, err)
	}
	return nil
}
