package programme

import (
	"context"
	"fmt"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
)

// maxChosen bounds how many sheets one act may change: four pages of a list.
const maxChosen = 200

// Change is what is done to every chosen sheet. Empty fields change nothing.
type Change struct {
	Outlook  Outlook  // given today
	Priority Priority //
}

func (c Change) validate() error {
	var wrong fault.Fields
	if c.Outlook != "" {
		oneOf(&wrong, "outlook", c.Outlook, Outlooks())
	}
	if c.Priority != "" {
		oneOf(&wrong, "priority", c.Priority, Priorities())
	}
	if c == (Change{}) {
		wrong.Add("do", "programme.wrong.choice")
	}
	return wrong.Err()
}

func choosable(ids []ActionID) error {
	switch {
	case len(ids) == 0:
		return fault.New(fault.Invalid, "programme.chosen.none")
	case len(ids) > maxChosen:
		return fault.New(fault.Invalid, "programme.chosen.many", "max", maxChosen)
	}
	return nil
}

// ChangeActions changes each of the chosen sheets that the actor may change, all at once, and gives
// those that were. Sheets that the actor may only read are left as they are.
func (s *Service) ChangeActions(ctx context.Context, by account.Actor, ids []ActionID, c Change) ([]ActionID, error) {
	var done []ActionID
	if err := choosable(ids); err != nil {
		return nil, err
	}
	if err := c.validate(); err != nil {
		return nil, err
	}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		done = nil
		for _, id := range ids {
			changed, err := changeIn(tx, by, id, c)
			switch {
			case fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound):
			case err != nil:
				return err
			case changed:
				done = append(done, id)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("change %d actions: %w", len(ids), err)
	}
	return done, nil
}

func changeIn(tx db.Tx, by account.Actor, id ActionID, c Change) (bool, error) {
	if _, err := allow(tx, by, id, EditAction); err != nil {
		return false, err
	}
	before, err := getAction(tx, id)
	if err != nil || before.RemovedAt != 0 {
		return false, err
	}
	now, section := before, SectionIdentity
	if c.Priority != "" {
		now.Priority = c.Priority
	}
	if c.Outlook != "" {
		now.Outlook, now.OutlookOn, section = c.Outlook, tx.Today(), SectionFollowUp
	}
	if err := saveAction(tx, now); err != nil {
		return false, err
	}
	if err := advanceSection(tx, id, section, 0, by); err != nil {
		return false, err
	}
	if err := refresh(tx, id); err != nil {
		return false, err
	}
	return true, recordAction(tx, by, "programme.action.save", now, map[string]any{"section_key": section.Key(), "changes": changes(before, now)})
}

// RemoveActions takes each of the chosen sheets that the actor may take off the lists, and gives
// those that were; RestoreActions brings them back.
func (s *Service) RemoveActions(ctx context.Context, by account.Actor, ids []ActionID) ([]ActionID, error) {
	return s.setAllRemoved(ctx, by, ids, true)
}

// RestoreActions undoes RemoveActions.
func (s *Service) RestoreActions(ctx context.Context, by account.Actor, ids []ActionID) ([]ActionID, error) {
	return s.setAllRemoved(ctx, by, ids, false)
}

func (s *Service) setAllRemoved(ctx context.Context, by account.Actor, ids []ActionID, removed bool) ([]ActionID, error) {
	var done []ActionID
	if err := choosable(ids); err != nil {
		return nil, err
	}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		done = nil
		for _, id := range ids {
			err := setRemovedIn(tx, by, id, removed)
			switch {
			case fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound):
			case err != nil:
				return err
			default:
				done = append(done, id)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("remove %d actions: %w", len(ids), err)
	}
	return done, nil
}
