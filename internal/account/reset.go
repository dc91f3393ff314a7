package account

import (
	"context"
	"fmt"
	"time"

	"bassin/internal/db"
	"bassin/internal/fault"
)

// AskReset sends a link to choose a new password, if somebody has the address. It never tells
// whether somebody has.
func (s *Service) AskReset(ctx context.Context, email, address string) error {
	email = foldEmail(email)
	if !s.attempts.allow("a:"+address, 2*time.Second, addressBurst) || !s.attempts.allow("r:"+email, 10*time.Minute, 3) {
		return fault.New(fault.TooMany, "account.sign_in.too_many")
	}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		p, err := getPersonByEmail(tx, email)
		if fault.Is(err, fault.NotFound) || err == nil && p.DisabledAt != 0 {
			return nil
		}
		if err != nil {
			return err
		}
		secret, err := newTicket(tx, passwordReset, p.ID)
		if err != nil {
			return err
		}
		if err := s.mailIn(tx, p, "reset", "name", p.Name, "url", s.opts.URL+"/reset/"+secret, "count", int(resetLife.Minutes())); err != nil {
			return err
		}
		return Record(tx, Actor{}, Event{Verb: "account.reset.ask", Kind: "person", ID: string(p.ID), Data: map[string]string{"name": p.Name}})
	})
	if err != nil {
		return fmt.Errorf("ask for a new password: %w", err)
	}
	return nil
}

// ticketOf reads who may choose a password with the secret.
func (s *Service) ticketOf(ctx context.Context, kind, secret string) (Person, error) {
	var p Person
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		_, p, err = openTicket(tx, kind, secret)
		return err
	})
	return p, err
}

func openTicket(tx db.Tx, kind, secret string) (ticket, Person, error) {
	t, err := getTicket(tx, kind, hashSecret(secret))
	if fault.Is(err, fault.NotFound) {
		return ticket{}, Person{}, errTicket(kind)
	}
	if err != nil {
		return ticket{}, Person{}, err
	}
	if err := t.check(tx.Now()); err != nil {
		return ticket{}, Person{}, err
	}
	p, err := getPerson(tx, t.PersonID)
	if err == nil && p.DisabledAt != 0 {
		err = errTicket(kind)
	}
	return t, p, err
}

// choosePassword uses a ticket, once. All sessions end and every other open ticket is void: who
// resets a password may have lost the old one.
func (s *Service) choosePassword(ctx context.Context, kind, secret, password, address string) (Person, error) {
	if !s.attempts.allow("a:"+address, 2*time.Second, addressBurst) {
		return Person{}, fault.New(fault.TooMany, "account.sign_in.too_many")
	}
	p, err := s.ticketOf(ctx, kind, secret) // before the costly hash
	if err != nil {
		return Person{}, err
	}
	if err := checkPassword(password); err != nil {
		return Person{}, err
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return Person{}, err
	}
	err = s.db.Do(ctx, func(tx db.Tx) (err error) {
		var t ticket
		if t, p, err = openTicket(tx, kind, secret); err != nil {
			return err
		}
		if err := useTicket(tx, t.ID); err != nil {
			return err
		}
		if err := voidTickets(tx, p.ID, ""); err != nil {
			return err
		}
		if err := setPassword(tx, p.ID, hash); err != nil {
			return err
		}
		if err := deleteSessionsOf(tx, p.ID, ""); err != nil {
			return err
		}
		return Record(tx, Actor{ID: p.ID, Name: p.Name}, Event{Verb: "account.password", Kind: "person", ID: string(p.ID)})
	})
	if err != nil {
		return Person{}, fmt.Errorf("choose a password: %w", err)
	}
	return p, nil
}
