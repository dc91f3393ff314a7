package programme

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/when"
)

// follow is the frame of the small operations on an action: who may, the change, what lists show,
// the trail. Change gives the data of the event, or errStands.
func (s *Service) follow(ctx context.Context, by account.Actor, id ActionID, p Permission, verb string, change func(tx db.Tx, a Action) (map[string]any, error)) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		if _, err := allow(tx, by, id, p); err != nil {
			return err
		}
		a, err := getAction(tx, id)
		if err != nil {
			return err
		}
		data, err := change(tx, a)
		if errors.Is(err, errStands) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := refresh(tx, id); err != nil {
			return err
		}
		return recordAction(tx, by, verb, a, data)
	})
}

// errStands says that what is asked for stands already: who clicks twice, or sends a call again, is
// answered as the first time, and the trail keeps one line of it.
var errStands = errors.New("stands already")

// stands makes errStands of a change that found no row left to change.
func stands(err error) error {
	if fault.Stale(err) {
		return errStands
	}
	return err
}

// off makes errStands of NotFound when what was looked for was taken off the sheet before.
func off(tx db.Tx, table string, action ActionID, id string, err error) error {
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	switch removed, cause := isRemoved(tx, table, action, id); {
	case cause != nil:
		return cause
	case removed:
		return errStands
	}
	return err
}

// AddMilestone adds a milestone.
func (s *Service) AddMilestone(ctx context.Context, by account.Actor, m Milestone) (Milestone, error) {
	err := s.follow(ctx, by, m.ActionID, EditAction, "programme.milestone.add", func(tx db.Tx, _ Action) (map[string]any, error) {
		if err := m.validate(tx.Today()); err != nil {
			return nil, err
		}
		m.ID, m.Version = MilestoneID(db.NewID()), 1
		return map[string]any{"title": m.Title, "due_on": m.DueOn}, insertMilestone(tx, m)
	})
	return m, err
}

// SaveMilestone changes a milestone that was read at m.Version.
func (s *Service) SaveMilestone(ctx context.Context, by account.Actor, m Milestone) error {
	return s.follow(ctx, by, m.ActionID, EditAction, "programme.milestone.save", func(tx db.Tx, _ Action) (map[string]any, error) {
		old, err := milestoneOf(tx, m.ActionID, m.ID)
		if err != nil {
			return nil, err
		}
		if m.Version == 0 {
			m.Version = old.Version
		}
		if err := m.validate(tx.Today()); err != nil {
			return nil, err
		}
		return map[string]any{"title": m.Title, "due_on": m.DueOn, "changes": changes(old, m)}, saveMilestone(tx, m)
	})
}

// ReachMilestone says that a milestone was reached on a day.
func (s *Service) ReachMilestone(ctx context.Context, by account.Actor, action ActionID, id MilestoneID, on when.Date) error {
	return s.follow(ctx, by, action, EditAction, "programme.milestone.reach", func(tx db.Tx, _ Action) (map[string]any, error) {
		m, err := milestoneOf(tx, action, id)
		if err != nil {
			return nil, err
		}
		if err := m.reach(on, tx.Today()); err != nil {
			return nil, err
		}
		return map[string]any{"title": m.Title, "reached_on": on, "due_on": m.DueOn}, saveMilestone(tx, m)
	})
}

// RemoveMilestone takes a milestone off the sheet; RestoreMilestone brings it back.
func (s *Service) RemoveMilestone(ctx context.Context, by account.Actor, action ActionID, id MilestoneID) error {
	return s.follow(ctx, by, action, EditAction, "programme.milestone.remove", func(tx db.Tx, _ Action) (map[string]any, error) {
		m, err := milestoneOf(tx, action, id)
		if err != nil {
			return nil, off(tx, "programme_milestone", action, string(id), err)
		}
		return map[string]any{"title": m.Title}, stands(removeMilestone(tx, id))
	})
}

// RestoreMilestone undoes RemoveMilestone.
func (s *Service) RestoreMilestone(ctx context.Context, by account.Actor, action ActionID, id MilestoneID) error {
	return s.follow(ctx, by, action, EditAction, "programme.milestone.restore", func(tx db.Tx, _ Action) (map[string]any, error) {
		done := stands(restoreMilestone(tx, id))
		m, err := milestoneOf(tx, action, id)
		if err != nil {
			return nil, err
		}
		return map[string]any{"title": m.Title}, done
	})
}

func milestoneOf(tx db.Tx, action ActionID, id MilestoneID) (Milestone, error) {
	m, err := getMilestone(tx, id)
	if err == nil && m.ActionID != action {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return m, err
}

// AddBlocker says what is in the way and what would take it away.
func (s *Service) AddBlocker(ctx context.Context, by account.Actor, b Blocker) (Blocker, error) {
	err := s.follow(ctx, by, b.ActionID, EditAction, "programme.blocker.add", func(tx db.Tx, _ Action) (map[string]any, error) {
		if b.SinceOn == when.None {
			b.SinceOn = tx.Today()
		}
		if err := b.validate(tx.Today()); err != nil {
			return nil, err
		}
		b.ID, b.CreatedBy, b.Version = BlockerID(db.NewID()), by.Name, 1
		return map[string]any{"text": account.Brief(b.Text)}, insertBlocker(tx, b)
	})
	return b, err
}

// ResolveBlocker says that it is no longer in the way.
func (s *Service) ResolveBlocker(ctx context.Context, by account.Actor, action ActionID, id BlockerID, on when.Date, resolution string) error {
	return s.follow(ctx, by, action, EditAction, "programme.blocker.resolve", func(tx db.Tx, _ Action) (map[string]any, error) {
		b, err := getBlocker(tx, id)
		if err == nil && b.ActionID != action {
			err = fault.New(fault.NotFound, "fault.not_found")
		}
		if err != nil {
			return nil, err
		}
		if err := b.resolve(on, resolution, tx.Today()); err != nil {
			return nil, err
		}
		return map[string]any{"text": account.Brief(b.Text), "resolution": account.Brief(resolution)}, saveBlocker(tx, b)
	})
}

// AddNote adds a dated note.
func (s *Service) AddNote(ctx context.Context, by account.Actor, n Note) (Note, error) {
	err := s.follow(ctx, by, n.ActionID, AddNote, "programme.note.add", func(tx db.Tx, _ Action) (map[string]any, error) {
		if n.On == when.None {
			n.On = tx.Today()
		}
		if err := n.validate(tx.Today()); err != nil {
			return nil, err
		}
		n.ID, n.CreatedAt, n.CreatedBy, n.CreatedName = NoteID(db.NewID()), tx.Now(), string(by.ID), by.Name
		return map[string]any{"text": account.Brief(n.Text)}, insertNote(tx, n)
	})
	return n, err
}

// AddIndicator adds an indicator.
func (s *Service) AddIndicator(ctx context.Context, by account.Actor, i Indicator) (Indicator, error) {
	err := s.follow(ctx, by, i.ActionID, EditAction, "programme.indicator.add", func(tx db.Tx, _ Action) (map[string]any, error) {
		if err := i.validate(tx.Today()); err != nil {
			return nil, err
		}
		i.ID, i.Version = IndicatorID(db.NewID()), 1
		return map[string]any{"name": i.Name}, insertIndicator(tx, i)
	})
	return i, err
}

// SaveIndicator changes an indicator that was read at i.Version.
func (s *Service) SaveIndicator(ctx context.Context, by account.Actor, i Indicator) error {
	return s.follow(ctx, by, i.ActionID, EditAction, "programme.indicator.save", func(tx db.Tx, _ Action) (map[string]any, error) {
		old, err := indicatorOf(tx, i.ActionID, i.ID)
		if err != nil {
			return nil, err
		}
		if i.Version == 0 {
			i.Version = old.Version
		}
		if err := i.validate(tx.Today()); err != nil {
			return nil, err
		}
		return map[string]any{"name": i.Name, "changes": changes(old, i)}, saveIndicator(tx, i)
	})
}

// RemoveIndicator takes an indicator off the sheet; its values stay in the base.
func (s *Service) RemoveIndicator(ctx context.Context, by account.Actor, action ActionID, id IndicatorID) error {
	return s.follow(ctx, by, action, EditAction, "programme.indicator.remove", func(tx db.Tx, _ Action) (map[string]any, error) {
		i, err := indicatorOf(tx, action, id)
		if err != nil {
			return nil, off(tx, "programme_indicator", action, string(id), err)
		}
		return map[string]any{"name": i.Name}, stands(removeIndicator(tx, id))
	})
}

// RestoreIndicator undoes RemoveIndicator.
func (s *Service) RestoreIndicator(ctx context.Context, by account.Actor, action ActionID, id IndicatorID) error {
	return s.follow(ctx, by, action, EditAction, "programme.indicator.restore", func(tx db.Tx, _ Action) (map[string]any, error) {
		done := stands(restoreIndicator(tx, id))
		i, err := indicatorOf(tx, action, id)
		if err != nil {
			return nil, err
		}
		return map[string]any{"name": i.Name}, done
	})
}

func indicatorOf(tx db.Tx, action ActionID, id IndicatorID) (Indicator, error) {
	i, err := getIndicator(tx, id)
	if err == nil && i.ActionID != action {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return i, err
}

// RecordValue adds a dated value to an indicator. Values are added, never edited: a later one of
// the same day replaces it in every computation, and one that names an earlier one stands instead
// of it, or takes it away.
func (s *Service) RecordValue(ctx context.Context, by account.Actor, v Value) (Value, error) {
	err := s.follow(ctx, by, v.ActionID, EditAction, v.verb(), func(tx db.Tx, _ Action) (map[string]any, error) {
		i, err := indicatorOf(tx, v.ActionID, v.IndicatorID)
		if err != nil {
			return nil, err
		}
		v.Source, v.Note = strings.TrimSpace(v.Source), strings.TrimSpace(v.Note)
		old, err := correctable(tx, v)
		if err != nil {
			return nil, err
		}
		if v.Cancelled && v.CorrectsID != "" {
			v.On, v.Value = old.On, old.Value
		}
		if err := v.validate(tx.Today()); err != nil {
			return nil, err
		}
		if v.DocumentID != "" {
			if d, err := getDocument(tx, DocumentID(v.DocumentID)); err != nil || d.ActionID != v.ActionID {
				return nil, missing(fault.New(fault.NotFound, "fault.not_found"), "document_id")
			}
		}
		v.ID, v.RecordedAt, v.RecordedBy = ValueID(db.NewID()), tx.Now(), string(by.ID)
		data := map[string]any{"name": i.Name, "value": v.Value, "unit": i.Unit, "measured_on": v.On}
		if v.CorrectsID != "" {
			data["was"], data["was_on"], data["note"] = old.Value, old.On, account.Brief(v.Note)
		}
		return data, insertValue(tx, v)
	})
	return v, err
}

// correctable reads the measure that v names, which must be one of the same indicator that still
// counts.
func correctable(tx db.Tx, v Value) (Value, error) {
	if v.CorrectsID == "" {
		return Value{}, nil
	}
	old, err := getValue(tx, v.IndicatorID, v.CorrectsID)
	if err != nil {
		return old, missing(err, "corrects_id")
	}
	gone, err := isReplaced(tx, old)
	if err == nil && (gone || old.Cancelled) {
		err = fault.New(fault.Conflict, "programme.value.corrected")
	}
	return old, err
}

// linkTaken is what is said of two sheets that are linked already.
const linkTaken = "programme.link.taken"

// LinkActions links two sheets that the actor may see.
func (s *Service) LinkActions(ctx context.Context, by account.Actor, id, other ActionID, note string) error {
	return s.follow(ctx, by, id, EditAction, "programme.link.add", func(tx db.Tx, a Action) (map[string]any, error) {
		var wrong fault.Fields
		text(&wrong, "note", note, 0, 200)
		if id == other {
			wrong.Add("other_id", "programme.link.itself")
		}
		if _, err := accessTo(tx, by, other); err != nil && !wrong.Has("other_id") {
			wrong.Add("other_id", "programme.wrong.choice")
		}
		if err := wrong.Err(); err != nil {
			return nil, err
		}
		b, err := getAction(tx, other)
		if err != nil {
			return nil, err
		}
		return map[string]any{"other": b.Reference}, taken(insertLink(tx, id, other, note), "other_id", linkTaken)
	})
}

// UnlinkActions takes a link away.
func (s *Service) UnlinkActions(ctx context.Context, by account.Actor, id, other ActionID) error {
	return s.follow(ctx, by, id, EditAction, "programme.link.remove", func(tx db.Tx, _ Action) (map[string]any, error) {
		if _, err := accessTo(tx, by, other); err != nil {
			return nil, err
		}
		b, err := getAction(tx, other)
		if err != nil {
			return nil, err
		}
		return map[string]any{"other": b.Reference}, stands(deleteLink(tx, id, other))
	})
}

// AddDocument notes a file that was stored, with an action.
func (s *Service) AddDocument(ctx context.Context, by account.Actor, d Document) (Document, error) {
	list, err := s.AddDocuments(ctx, by, d.ActionID, []Document{d})
	if err != nil {
		return Document{}, err
	}
	return list[0], nil
}

// AddDocuments notes several files that were stored, all or none, each with its line in the trail.
func (s *Service) AddDocuments(ctx context.Context, by account.Actor, id ActionID, list []Document) ([]Document, error) {
	out := make([]Document, len(list))
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if _, err := allow(tx, by, id, EditAction); err != nil {
			return err
		}
		a, err := getAction(tx, id)
		if err != nil {
			return err
		}
		for i, d := range list {
			var wrong fault.Fields
			text(&wrong, "name", d.Name, 1, 255)
			text(&wrong, "title", d.Title, 0, 200)
			if err := wrong.Err(); err != nil {
				return err
			}
			d.ID, d.ActionID, d.AddedBy, d.AddedName, d.AddedAt = DocumentID(db.NewID()), id, string(by.ID), by.Name, tx.Now()
			if err := insertDocument(tx, d); err != nil {
				return err
			}
			if err := s.readLater(tx, d.ID); err != nil {
				return err
			}
			if err := recordAction(tx, by, "programme.document.add", a, map[string]any{"name": d.Name, "hash": d.Hash}); err != nil {
				return err
			}
			out[i] = d
		}
		return refresh(tx, id)
	})
	if err != nil {
		return nil, fmt.Errorf("add documents to action %s: %w", id, err)
	}
	return out, nil
}

// RemoveDocument takes a document off the lists; the file stays. RestoreDocument undoes it.
func (s *Service) RemoveDocument(ctx context.Context, by account.Actor, action ActionID, id DocumentID) error {
	return s.follow(ctx, by, action, EditAction, "programme.document.remove", func(tx db.Tx, _ Action) (map[string]any, error) {
		d, err := sheetDocument(tx, action, id)
		if err != nil {
			return nil, off(tx, "programme_document", action, string(id), err)
		}
		return map[string]any{"name": d.Name}, stands(removeDocument(tx, id))
	})
}

// RestoreDocument undoes RemoveDocument.
func (s *Service) RestoreDocument(ctx context.Context, by account.Actor, action ActionID, id DocumentID) error {
	return s.follow(ctx, by, action, EditAction, "programme.document.restore", func(tx db.Tx, _ Action) (map[string]any, error) {
		done := stands(restoreDocument(tx, id))
		d, err := sheetDocument(tx, action, id)
		if err != nil {
			return nil, err
		}
		return map[string]any{"name": d.Name}, done
	})
}

func sheetDocument(tx db.Tx, action ActionID, id DocumentID) (Document, error) {
	d, err := getDocument(tx, id)
	if err == nil && d.ActionID != action {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return d, err
}
