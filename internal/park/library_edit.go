package park

import (
	"context"
	"fmt"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
)

func editsLibrary(by account.Actor) error {
	switch {
	case !by.Known():
		return fault.New(fault.Forbidden, "fault.unauthorized")
	case !MayEditLibrary(by):
		return fault.New(fault.Forbidden, "park.forbidden.library")
	}
	return nil
}

// SetFigure says a figure of a process, or of one of its materials.
func (s *Service) SetFigure(ctx context.Context, by account.Actor, f Figure) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if err := editsLibrary(by); err != nil {
			return err
		}
		if err := f.check(); err != nil {
			return err
		}
		material, err := materialOf(tx, f.Process, f.MaterialID)
		if err != nil {
			return err
		}
		before, err := figureBefore(tx, f)
		if err != nil {
			return err
		}
		if err := saveFigure(tx, f); err != nil {
			return err
		}
		return record(tx, by, "park.figure.set", "process", string(f.Process), map[string]any{"name_key": f.Name.Key(), "material": material, "from": before, "to": f.Value, "source": f.Source})
	})
	if err != nil {
		return fmt.Errorf("set figure %s of %s: %w", f.Name, f.Process, err)
	}
	return nil
}

// figureBefore is the value that stands, nil when there is none.
func figureBefore(tx db.Tx, f Figure) (any, error) {
	list, err := listFigures(tx, f.Process)
	for _, g := range list {
		if g.Name == f.Name && g.MaterialID == f.MaterialID {
			return g.Value, err
		}
	}
	return nil, err
}

// materialOf gives the name of a material of the process; "" is whatever the material.
func materialOf(tx db.Tx, p Process, id MaterialID) (string, error) {
	if id == "" {
		return "", nil
	}
	m, err := getMaterial(tx, id)
	if fault.Is(err, fault.NotFound) || err == nil && (m.Process != p || m.RemovedAt != 0) {
		var wrong fault.Fields
		wrong.Add("material_id", "fault.choice")
		return "", wrong.Err()
	}
	return m.Name, err
}

// RemoveFigure takes a figure away: nobody is judged by it any more, and what is computed from it is not known.
func (s *Service) RemoveFigure(ctx context.Context, by account.Actor, f Figure) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if err := editsLibrary(by); err != nil {
			return err
		}
		before, err := figureBefore(tx, f)
		if err != nil {
			return err
		}
		if before == nil {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		if err := deleteFigure(tx, f); err != nil {
			return err
		}
		return record(tx, by, "park.figure.remove", "process", string(f.Process), map[string]any{"name_key": f.Name.Key(), "from": before})
	})
	if err != nil {
		return fmt.Errorf("remove figure %s of %s: %w", f.Name, f.Process, err)
	}
	return nil
}

// AddMaterial puts a material into the library.
func (s *Service) AddMaterial(ctx context.Context, by account.Actor, m Material) (Material, error) {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if err := editsLibrary(by); err != nil {
			return err
		}
		m.ID, m.Version, m.CreatedAt, m.UpdatedAt, m.RemovedAt = MaterialID(db.NewID()), 1, tx.Now(), tx.Now(), 0
		if err := m.check(); err != nil {
			return err
		}
		if err := nameIsFree(tx, m); err != nil {
			return err
		}
		if err := insertMaterial(tx, m); err != nil {
			return err
		}
		return record(tx, by, "park.material.add", "process", string(m.Process), map[string]any{"name": m.Name})
	})
	if err != nil {
		return m, fmt.Errorf("add material: %w", err)
	}
	return m, nil
}

func nameIsFree(tx db.Tx, m Material) error {
	_, err := materialNamed(tx, m)
	if err == nil {
		var wrong fault.Fields
		wrong.Add("name", "park.wrong.material_there", "name", m.Name)
		return wrong.Err()
	}
	return fault.IgnoreMissing(err)
}

// SaveMaterial changes a material that was read at m.Version.
func (s *Service) SaveMaterial(ctx context.Context, by account.Actor, m Material) (Material, error) {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if err := editsLibrary(by); err != nil {
			return err
		}
		before, err := getMaterial(tx, m.ID)
		if err != nil {
			return err
		}
		m.Process, m.CreatedAt, m.RemovedAt = before.Process, before.CreatedAt, before.RemovedAt
		if err := m.check(); err != nil {
			return err
		}
		if err := nameIsFree(tx, m); err != nil {
			return err
		}
		if err := saveMaterial(tx, m); err != nil {
			return err
		}
		return record(tx, by, "park.material.save", "process", string(m.Process), map[string]any{"name": m.Name, "changes": account.Changes(before, m)})
	})
	if err != nil {
		return m, fmt.Errorf("save material %s: %w", m.ID, err)
	}
	m.Version++
	return m, nil
}

// RemoveMaterial takes a material off the library, or brings it back. Machines that have it in stock keep it.
func (s *Service) RemoveMaterial(ctx context.Context, by account.Actor, id MaterialID, removed bool) (m Material, err error) {
	err = s.db.Do(ctx, func(tx db.Tx) error {
		if err := editsLibrary(by); err != nil {
			return err
		}
		if m, err = getMaterial(tx, id); err != nil || removed == (m.RemovedAt != 0) {
			return err
		}
		verb := "park.material.restore"
		if m.RemovedAt = 0; removed {
			verb, m.RemovedAt = "park.material.remove", tx.Now()
		}
		if err := saveMaterial(tx, m); err != nil {
			return err
		}
		return record(tx, by, verb, "process", string(m.Process), map[string]any{"name": m.Name})
	})
	if err != nil {
		return m, fmt.Errorf("remove material %s: %w", id, err)
	}
	return m, nil
}
