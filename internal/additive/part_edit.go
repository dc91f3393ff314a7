package additive

import (
	"context"
	"fmt"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/mesh"
)

// Rename gives a part another title.
func (s *Service) Rename(ctx context.Context, by account.Actor, id PartID, title string) (p Part, err error) {
	err = s.db.Do(ctx, func(tx db.Tx) error {
		if p, err = change(tx, by, id); err != nil {
			return err
		}
		var wrong fault.Fields
		if wrong.Text("title", title, 1, maxTitle); wrong.Err() != nil {
			return wrong.Err()
		}
		if p.Title == title {
			return nil
		}
		changes := []map[string]string{{"field": "title", "from": p.Title, "to": title}}
		p.Title, p.UpdatedAt = title, tx.Now()
		if err := savePart(tx, p); err != nil {
			return err
		}
		if err := index(tx, p); err != nil {
			return err
		}
		return record(tx, by, p, "part.rename", map[string]any{"code": p.Code(), "title": title, "changes": changes})
	})
	if err != nil {
		return p, fmt.Errorf("rename part %s: %w", id, err)
	}
	return p, nil
}

// SetUnit has the newest revision read in another unit; Unknown is what its file says. It is checked anew: rules are in
// millimetres.
func (s *Service) SetUnit(ctx context.Context, by account.Actor, id PartID, u mesh.Unit) (p Part, err error) {
	err = s.db.Do(ctx, func(tx db.Tx) error {
		if p, err = change(tx, by, id); err != nil {
			return err
		}
		r, err := getRevision(tx, id, p.Revision)
		if err != nil {
			return err
		}
		if u == r.Unit {
			return nil
		}
		for _, bound := range s.Bound {
			if err := bound(tx, id, r.Number); err != nil {
				return err
			}
		}
		if err := r.setUnit(u); err != nil {
			return err
		}
		if r, err = s.askCheck(tx, by.ID, p.Title, r); err != nil {
			return err
		}
		if err := saveUnit(tx, r); err != nil {
			return err
		}
		return record(tx, by, p, "part.unit", map[string]any{"code": p.Code(), "revision": r.Label(), "unit": string(u)})
	})
	if err != nil {
		return p, fmt.Errorf("set unit of part %s: %w", id, err)
	}
	return p, nil
}

// Remove takes a part off the lists. Restore brings it back.
func (s *Service) Remove(ctx context.Context, by account.Actor, id PartID) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		p, err := change(tx, by, id)
		if err != nil {
			return err
		}
		p.RemovedAt = tx.Now()
		if err := savePart(tx, p); err != nil {
			return err
		}
		if err := index(tx, p); err != nil {
			return err
		}
		return record(tx, by, p, "part.remove", map[string]any{"code": p.Code(), "title": p.Title})
	})
	if err != nil {
		return fmt.Errorf("remove part %s: %w", id, err)
	}
	return nil
}

// Restore brings a removed part back; one that is there stays.
func (s *Service) Restore(ctx context.Context, by account.Actor, id PartID) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		p, err := getPart(tx, id)
		switch {
		case err != nil:
			return err
		case !p.seenBy(by):
			return fault.New(fault.NotFound, "fault.not_found")
		}
		if p, err = lockPart(tx, id); err != nil || p.RemovedAt == 0 {
			return err
		}
		p.RemovedAt = 0
		if err := savePart(tx, p); err != nil {
			return err
		}
		if err := index(tx, p); err != nil {
			return err
		}
		return record(tx, by, p, "part.restore", map[string]any{"code": p.Code(), "title": p.Title})
	})
	if err != nil {
		return fmt.Errorf("restore part %s: %w", id, err)
	}
	return nil
}
