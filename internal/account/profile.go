package account

import (
	"context"
	"fmt"
	"time"

	"bassin/internal/db"
	"bassin/internal/fault"
)

// profile is what people change about themselves.
type profile struct {
	Name, Title, Language, Theme string
	Version                      int64 // that they saw
}

// saveProfile keeps what a person says about themself.
func (s *Service) saveProfile(ctx context.Context, by Actor, in profile) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		p, err := getPerson(tx, by.ID)
		if err != nil {
			return err
		}
		p.Name, p.Title, p.Language, p.Theme, p.Version = in.Name, in.Title, in.Language, in.Theme, in.Version
		if err := p.tidy(); err != nil {
			return err
		}
		if err := savePerson(tx, p); err != nil {
			return err
		}
		return Record(tx, by, Event{Verb: "account.person.save", Kind: "person", ID: string(p.ID), Data: map[string]string{"name": p.Name}})
	})
	if err != nil {
		return fmt.Errorf("save the profile of %s: %w", by.ID, err)
	}
	return nil
}

// changePassword replaces the password of whoever knows the current one. Other sessions end: who
// changes a password may have lost one.
func (s *Service) changePassword(ctx context.Context, by Actor, current, fresh string) error {
	if !s.attempts.allow("c:"+string(by.ID), time.Minute, personBurst) {
		return fault.New(fault.TooMany, "account.sign_in.too_many")
	}
	if err := checkPassword(fresh); err != nil {
		return err
	}
	p, err := s.getPerson(ctx, by.ID)
	if err != nil {
		return err
	}
	ok, err := s.match(ctx, current[:min(len(current), maxPassword)], p.Password)
	if err != nil {
		return err
	}
	if !ok {
		var wrong fault.Fields
		wrong.Add("current", "account.password.wrong")
		return wrong.Err()
	}
	hash, err := s.hash(ctx, fresh)
	if err != nil {
		return err
	}
	err = s.db.Do(ctx, func(tx db.Tx) error {
		if err := setPassword(tx, by.ID, hash); err != nil {
			return err
		}
		if err := deleteSessionsOf(tx, by.ID, by.SessionID); err != nil {
			return err
		}
		return Record(tx, by, Event{Verb: "account.password", Kind: "person", ID: string(by.ID)})
	})
	if err != nil {
		return fmt.Errorf("change the password of %s: %w", by.ID, err)
	}
	return nil
}

// leave ends the session that asks, and gives the provider's ID token with which it began.
func (s *Service) leave(ctx context.Context, by Actor) (idToken string, err error) {
	err = s.db.Do(ctx, func(tx db.Tx) error {
		if idToken, err = getIDToken(tx, by.SessionID, by.ID); err != nil {
			return err
		}
		if err := deleteSession(tx, by.SessionID, by.ID); err != nil {
			return err
		}
		return Record(tx, by, Event{Verb: "account.sign_out", Kind: "person", ID: string(by.ID)})
	})
	if err != nil {
		return "", fmt.Errorf("sign out: %w", err)
	}
	return idToken, nil
}

// endSession ends one of the person's own sessions.
func (s *Service) endSession(ctx context.Context, by Actor, id string) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if err := deleteSession(tx, id, by.ID); err != nil {
			return err
		}
		return Record(tx, by, Event{Verb: "account.session.end", Kind: "person", ID: string(by.ID)})
	})
	if err != nil {
		return fmt.Errorf("end session %s: %w", id, err)
	}
	return nil
}

// endOtherSessions ends all of the person's sessions but the one that asks.
func (s *Service) endOtherSessions(ctx context.Context, by Actor) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if err := deleteSessionsOf(tx, by.ID, by.SessionID); err != nil {
			return err
		}
		return Record(tx, by, Event{Verb: "account.session.end", Kind: "person", ID: string(by.ID)})
	})
	if err != nil {
		return fmt.Errorf("end the other sessions of %s: %w", by.ID, err)
	}
	return nil
}

func (s *Service) getPerson(ctx context.Context, id PersonID) (Person, error) {
	var p Person
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		p, err = getPerson(tx, id)
		return err
	})
	return p, err
}
