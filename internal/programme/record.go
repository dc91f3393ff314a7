package programme

import (
	"context"
	"fmt"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
)

// RecordStep adds an entry to the journal of a line: a new step, or a correction of an earlier one.
func (s *Service) RecordStep(ctx context.Context, by account.Actor, step Step) (Step, error) {
	return s.Record(ctx, by, Entry{Step: step})
}

// RecordStepIn is RecordStep in the caller's transaction.
func RecordStepIn(tx db.Tx, by account.Actor, step Step) (Step, error) {
	return record(tx, by, Entry{Step: step})
}

// Entry is a step to be recorded by somebody who looked at the line first.
type Entry struct {
	Step
	Seen  int64     // the version of the line that was looked at; 0: whatever stands
	Proof *Document // a stored file, to be kept with the action's documents as the step's
}

// Record is RecordStep for an entry. Fault fault.stale when the line changed since it was seen: the
// person must see what the other recorded before deciding again.
func (s *Service) Record(ctx context.Context, by account.Actor, e Entry) (Step, error) {
	var step Step
	err := s.db.Do(ctx, func(tx db.Tx) (err error) {
		if step, err = record(tx, by, e); err != nil || e.Proof == nil {
			return err
		}
		return s.readLater(tx, DocumentID(step.DocumentID))
	})
	if err != nil {
		return Step{}, fmt.Errorf("record %s on line %s: %w", e.Kind, e.LineID, err)
	}
	return step, nil
}

// Cancel takes an entry away, for a reason, by a later entry. The step named may be the one that
// was first recorded or any of its corrections.
func (s *Service) Cancel(ctx context.Context, by account.Actor, line LineID, id StepID, seen int64, why string) (Step, error) {
	var step Step
	err := s.db.Do(ctx, func(tx db.Tx) error {
		old, err := stepOf(tx, line, id)
		if err != nil {
			return err
		}
		step, err = record(tx, by, Entry{Step: old.cancelling(why), Seen: seen})
		return err
	})
	if err != nil {
		return Step{}, fmt.Errorf("cancel step %s of line %s: %w", id, line, err)
	}
	return step, nil
}

// stepOf reads an entry of a line.
func stepOf(tx db.Tx, line LineID, id StepID) (Step, error) {
	s, err := getStep(tx, id)
	if err == nil && s.LineID != line {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return s, err
}

// record decides on an entry and stores it with what it changes. Whoever else records on the same
// action waits for the end of this transaction, so that no rule is decided on a line that changes
// meanwhile.
func record(tx db.Tx, by account.Actor, e Entry) (Step, error) {
	step := e.Step
	l, err := recordable(tx, by, step.LineID)
	if err != nil {
		return step, err
	}
	if e.Seen != 0 && e.Seen != l.Version {
		return step, fault.New(fault.Conflict, "fault.stale")
	}
	steps, err := listSteps(tx, l.ID)
	if err != nil {
		return step, err
	}
	step.Reference, step.Note = strings.TrimSpace(step.Reference), strings.TrimSpace(step.Note)
	step.ID, step.RecordedAt, step.RecordedBy, step.RecordedName = StepID(db.NewID()), tx.Now(), string(by.ID), by.Name
	if n := len(steps); n > 0 && step.RecordedAt <= steps[n-1].RecordedAt {
		step.RecordedAt = steps[n-1].RecordedAt + 1 // entries of a line are in one order, whatever two nodes' clocks say
	}
	if err := l.append(steps, step, tx.Today()); err != nil {
		return step, err
	}
	if step.DocumentID, err = proof(tx, by, l.ActionID, e); err != nil {
		return step, err
	}
	if err := insertStep(tx, step, l.ActionID); err != nil {
		return step, err
	}
	for _, d := range DeltasOf(steps, step) {
		if err := insertDelta(tx, d, l.ActionID, l.ContractID); err != nil {
			return step, err
		}
	}
	if err := saveLineState(tx, l.ID, Fold(append(steps, step), AsOf{})); err != nil {
		return step, err
	}
	if err := refresh(tx, l.ActionID); err != nil {
		return step, err
	}
	a, err := getAction(tx, l.ActionID)
	if err != nil {
		return step, err
	}
	return step, recordAction(tx, by, step.verb(), a, stepData(l.Line, step))
}

// recordable reads a line on which the actor may record, and keeps it as it is until the end of the
// transaction.
func recordable(tx db.Tx, by account.Actor, id LineID) (storedLine, error) {
	l, err := getLine(tx, id)
	if err != nil {
		return l, err
	}
	access, err := accessTo(tx, by, l.ActionID)
	if err != nil {
		return l, err
	}
	if !MayRecord(viewerOf(by), access, l.FunderID, tx.Today()) {
		return l, fault.New(fault.Forbidden, "programme.forbidden.record_step")
	}
	if err := lockAction(tx, l.ActionID); err != nil {
		return l, err
	}
	return getLine(tx, id)
}

// proof gives the document of an entry: a file that comes with it, or one that the action has.
func proof(tx db.Tx, by account.Actor, action ActionID, e Entry) (string, error) {
	if e.Proof != nil {
		d := *e.Proof
		d.ID, d.ActionID, d.AddedBy, d.AddedName, d.AddedAt = DocumentID(db.NewID()), action, string(by.ID), by.Name, tx.Now()
		var wrong fault.Fields
		text(&wrong, "document", d.Name, 1, 255)
		text(&wrong, "document", d.Title, 0, 200)
		if err := wrong.Err(); err != nil {
			return "", err
		}
		return string(d.ID), insertDocument(tx, d)
	}
	if e.DocumentID == "" {
		return "", nil
	}
	d, err := getDocument(tx, DocumentID(e.DocumentID))
	if err != nil || d.ActionID != action {
		return "", missing(fault.New(fault.NotFound, "fault.not_found"), "document_id")
	}
	return e.DocumentID, nil
}

func stepData(l Line, s Step) map[string]any {
	data := lineData(l)
	data["stage_key"], data["amount_cents"], data["effective_on"], data["act"] = s.Kind.Key(), s.AmountCents, s.EffectiveOn, s.Reference
	data["step_id"], data["note"] = s.ID, account.Brief(s.Note)
	return data
}

// AddLines adds lines for several years at once, all or none. A fault of one year's amount stands
// at "amount.2026".
func (s *Service) AddLines(ctx context.Context, by account.Actor, n NewLines) ([]Line, error) {
	var lines []Line
	err := s.db.Do(ctx, func(tx db.Tx) (err error) {
		lines, err = addLines(tx, by, n)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("add lines to action %s: %w", n.ActionID, err)
	}
	return lines, nil
}

func addLines(tx db.Tx, by account.Actor, n NewLines) ([]Line, error) {
	if _, err := allow(tx, by, n.ActionID, EditAction); err != nil {
		return nil, err
	}
	if err := n.validate(tx.Today()); err != nil {
		return nil, err
	}
	var lines []Line
	for _, y := range n.Years {
		l := n.Line
		l.Year = y.Year
		l, err := AddLineIn(tx, by, l)
		if err != nil {
			return nil, err
		}
		step := Step{LineID: l.ID, Kind: n.Kind, EffectiveOn: n.EffectiveOn, AmountCents: y.Cents}
		if _, err := RecordStepIn(tx, by, step); err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	return lines, nil
}
