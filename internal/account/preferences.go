package account

import (
	"context"
	"fmt"

	"bassin/internal/db"
)

// preferences are the choices to change; nil leaves one as it is.
type preferences struct{ Language, Theme *string }

// setPreferences keeps the person's own language and theme. Nobody else sees them, so they are
// not written into the audit trail, and the last choice wins.
func (s *Service) setPreferences(ctx context.Context, by Actor, p preferences) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		old, err := getPerson(tx, by.ID)
		if err != nil {
			return err
		}
		if p.Language != nil {
			old.Language = *p.Language
		}
		if p.Theme != nil {
			old.Theme = *p.Theme
		}
		return savePreferences(tx, old.ID, old.Language, old.Theme)
	})
	if err != nil {
		return fmt.Errorf("preferences of %s: %w", by.ID, err)
	}
	return nil
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
