package printfile

import (
	"context"
	"errors"
	"fmt"
	"io"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/park"
	"bassin/internal/slicer"
)

// managed opens a machine to who manages its organisation; of others it is not found, or theirs to look at.
func managed(tx db.Tx, by account.Actor, id park.MachineID) (park.Machine, error) {
	m, err := park.MachineFor(tx, by, id)
	switch {
	case err != nil:
		return m, err
	case !m.Ours(by):
		return m, fault.New(fault.NotFound, "fault.not_found")
	case !m.MayEdit(by):
		return m, fault.New(fault.Forbidden, "park.forbidden.machine")
	case m.Process != park.FDM:
		return m, fault.New(fault.Conflict, "printfile.wrong.process")
	}
	return m, nil
}

// SetSettings keeps what a slicer exported for a machine, without what would have it start programs.
func (s *Service) SetSettings(ctx context.Context, by account.Actor, id park.MachineID, name string, content io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(content, slicer.MaxSettings+1))
	if err != nil {
		return file.Broken(err)
	}
	clean, err := slicer.Clean(text)
	var refused *slicer.Refused
	if errors.As(err, &refused) {
		var wrong fault.Fields
		wrong.Add("file", "printfile.wrong."+refused.Key)
		return wrong.Err()
	}
	if err != nil {
		return err
	}
	err = s.db.Do(ctx, func(tx db.Tx) error {
		m, err := managed(tx, by, id)
		if err != nil {
			return err
		}
		name := file.CleanName(name)
		if err := saveSettings(tx, Settings{MachineID: id, Name: name, Settings: string(clean), UpdatedAt: tx.Now()}); err != nil {
			return err
		}
		return record(tx, by, "printfile.settings", "machine", string(id), map[string]any{"name": m.Name, "file": name})
	})
	if err != nil {
		return fmt.Errorf("settings of machine %s: %w", id, err)
	}
	return nil
}

// RemoveSettings takes them away.
func (s *Service) RemoveSettings(ctx context.Context, by account.Actor, id park.MachineID) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		m, err := managed(tx, by, id)
		if err != nil {
			return err
		}
		if err := deleteSettings(tx, id); err != nil {
			return err
		}
		return record(tx, by, "printfile.unsettings", "machine", string(id), map[string]any{"name": m.Name})
	})
	if err != nil {
		return fmt.Errorf("remove settings of machine %s: %w", id, err)
	}
	return nil
}
