package meeting

import (
	"context"
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
)

// AddItem puts an item at the end of the agenda.
func (s *Service) AddItem(ctx context.Context, by account.Actor, in project.ID, id ID, i Item) (Item, error) {
	err := s.edit(ctx, by, in, id, func(tx db.Tx, a project.Access, m Meeting) error {
		if err := i.tidy(); err != nil {
			return err
		}
		have, err := listItems(tx, id)
		if err != nil {
			return err
		}
		if len(have) >= maxItems {
			return fault.New(fault.Conflict, "meeting.wrong.items", "max", maxItems)
		}
		i.ID, i.MeetingID, i.Position, i.Text, i.UpdatedAt, i.UpdatedByName, i.Version = ItemID(db.NewID()), id, 1, "", tx.Now(), by.Name, 1
		if n := len(have); n > 0 {
			i.Position = have[n-1].Position + 1
		}
		if err := insertItem(tx, i); err != nil {
			return err
		}
		return s.done(tx, by, a, m, "meeting.item.add", map[string]any{"item": i.Title})
	})
	return i, err
}

// SaveItem changes title, time and speaker of an item that was read at i.Version.
func (s *Service) SaveItem(ctx context.Context, by account.Actor, in project.ID, id ID, i Item) (Item, error) {
	return s.editItem(ctx, by, in, id, i, "meeting.item.save", func(next *Item) error {
		next.Title, next.Minutes, next.Speaker = i.Title, i.Minutes, i.Speaker
		return next.tidy()
	})
}

// Write changes what was said on an item that was read at i.Version.
func (s *Service) Write(ctx context.Context, by account.Actor, in project.ID, id ID, i Item) (Item, error) {
	return s.editItem(ctx, by, in, id, i, "meeting.item.write", func(next *Item) error { return next.write(i.Text) })
}

func (s *Service) editItem(ctx context.Context, by account.Actor, in project.ID, id ID, i Item, verb string, change func(*Item) error) (Item, error) {
	var next Item
	err := s.edit(ctx, by, in, id, func(tx db.Tx, a project.Access, m Meeting) error {
		old, err := getItem(tx, id, i.ID)
		if err != nil {
			return err
		}
		next = old
		if err := change(&next); err != nil {
			return err
		}
		if i.Version != 0 { // of a form; 0: whatever stands
			next.Version = i.Version
		}
		if next == old {
			return nil
		}
		next.UpdatedAt, next.UpdatedByName = tx.Now(), by.Name
		if err := saveItem(tx, next); err != nil {
			return err
		}
		next.Version++
		return s.done(tx, by, a, m, verb, map[string]any{"item": next.Title})
	})
	return next, err
}

// MoveItem puts an item one place up or down.
func (s *Service) MoveItem(ctx context.Context, by account.Actor, in project.ID, id ID, item ItemID, up bool) error {
	return s.edit(ctx, by, in, id, func(tx db.Tx, _ project.Access, _ Meeting) error {
		have, err := listItems(tx, id)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(have, func(x Item) bool { return x.ID == item })
		to := at + 1
		if up {
			to = at - 1
		}
		if at < 0 {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		if to < 0 || to >= len(have) {
			return nil // it is the first or the last already
		}
		have[at].Position, have[to].Position = have[to].Position, have[at].Position
		if err := placeItem(tx, have[at]); err != nil {
			return err
		}
		return placeItem(tx, have[to])
	})
}

// RemoveItem takes an item off the agenda; one on which something was written stays.
func (s *Service) RemoveItem(ctx context.Context, by account.Actor, in project.ID, id ID, item ItemID) error {
	return s.edit(ctx, by, in, id, func(tx db.Tx, a project.Access, m Meeting) error {
		i, err := getItem(tx, id, item)
		if err != nil {
			return err
		}
		if i.Text != "" {
			return fault.New(fault.Conflict, "meeting.wrong.written", "item", i.Title)
		}
		if err := deleteItem(tx, i); err != nil {
			return err
		}
		return s.done(tx, by, a, m, "meeting.item.remove", map[string]any{"item": i.Title})
	})
}
