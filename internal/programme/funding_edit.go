package programme

import (
	"context"
	"fmt"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
)

// AddLine adds a financing line to an action's plan.
func (s *Service) AddLine(ctx context.Context, by account.Actor, l Line) (Line, error) {
	err := s.db.Do(ctx, func(tx db.Tx) (err error) {
		l, err = AddLineIn(tx, by, l)
		return err
	})
	if err != nil {
		return Line{}, fmt.Errorf("add line to action %s: %w", l.ActionID, err)
	}
	return l, nil
}

// AddLineIn is AddLine in the caller's transaction.
func AddLineIn(tx db.Tx, by account.Actor, l Line) (Line, error) {
	if _, err := allow(tx, by, l.ActionID, EditAction); err != nil {
		return l, err
	}
	l.Scheme, l.Note = strings.TrimSpace(l.Scheme), strings.TrimSpace(l.Note)
	if err := l.validate(); err != nil {
		return l, err
	}
	o, err := account.GetOrganisation(tx, account.OrganisationID(l.FunderID))
	if err != nil {
		return l, missing(err, "funder_id")
	}
	a, err := getAction(tx, l.ActionID)
	if err != nil {
		return l, err
	}
	l.ID, l.FunderName, l.CreatedAt, l.UpdatedAt, l.Version = LineID(db.NewID()), o.Label(), tx.Now(), tx.Now(), 1
	if err := insertLine(tx, storedLine{Line: l, ContractID: a.ContractID}); err != nil {
		return l, err
	}
	if err := saveFunders(tx, l.ActionID); err != nil {
		return l, err
	}
	if err := refresh(tx, l.ActionID); err != nil {
		return l, err
	}
	return l, recordAction(tx, by, "programme.line.add", a, lineData(l))
}

func lineData(l Line) map[string]any {
	return map[string]any{"line_id": l.ID, "funder": l.FunderName, "year": l.Year, "nature_key": l.Nature.Key(), "scheme": l.Scheme}
}

// SaveLine changes a line that was read at l.Version. Once money moved on it, funder, nature and
// year stay: they are what the steps were decided on.
func (s *Service) SaveLine(ctx context.Context, by account.Actor, l Line) (Line, error) {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		old, err := getLine(tx, l.ID)
		if err != nil {
			return err
		}
		if _, err := allow(tx, by, old.ActionID, EditAction); err != nil {
			return err
		}
		if old, err = getLine(tx, l.ID); err != nil {
			return err
		}
		l.ActionID, l.CreatedAt = old.ActionID, old.CreatedAt
		if l.Version == 0 {
			l.Version = old.Version
		}
		l.Scheme, l.Note = strings.TrimSpace(l.Scheme), strings.TrimSpace(l.Note)
		if err := l.validate(); err != nil {
			return err
		}
		if old.Stage != "" && (l.FunderID != old.FunderID || l.Nature != old.Nature || l.Year != old.Year) {
			return fault.New(fault.Conflict, "programme.line.has_steps")
		}
		o, err := account.GetOrganisation(tx, account.OrganisationID(l.FunderID))
		if err != nil {
			return missing(err, "funder_id")
		}
		l.FunderName = o.Label()
		if err := saveLine(tx, l); err != nil {
			return err
		}
		return afterLine(tx, by, l, "programme.line.save")
	})
	if err != nil {
		return Line{}, fmt.Errorf("save line %s: %w", l.ID, err)
	}
	l.Version++
	return l, nil
}

// RemoveLine takes a line without steps out of the plan. A line with steps ends by being refused or
// withdrawn, so that its story stays.
func (s *Service) RemoveLine(ctx context.Context, by account.Actor, id LineID) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		l, err := getLine(tx, id)
		if err != nil {
			return err
		}
		if _, err := allow(tx, by, l.ActionID, EditAction); err != nil {
			return err
		}
		steps, err := listSteps(tx, id)
		if err != nil {
			return err
		}
		if len(steps) > 0 {
			return fault.New(fault.Conflict, "programme.line.withdraw_instead")
		}
		if err := removeLine(tx, id); err != nil {
			return err
		}
		return afterLine(tx, by, l.Line, "programme.line.remove")
	})
	if err != nil {
		return fmt.Errorf("remove line %s: %w", id, err)
	}
	return nil
}

func afterLine(tx db.Tx, by account.Actor, l Line, verb string) error {
	if err := saveFunders(tx, l.ActionID); err != nil {
		return err
	}
	if err := refresh(tx, l.ActionID); err != nil {
		return err
	}
	a, err := getAction(tx, l.ActionID)
	if err != nil {
		return err
	}
	return recordAction(tx, by, verb, a, lineData(l))
}
