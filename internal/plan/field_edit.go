package plan

import (
	"context"
	"maps"
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/when"
)

// AddField adds a field to the tasks of a project.
func (s *Service) AddField(ctx context.Context, by account.Actor, f Field) (Field, error) {
	err := s.resources(ctx, by, f.ProjectID, func(tx db.Tx) error {
		if err := f.tidy(); err != nil {
			return err
		}
		list, err := listFields(tx, f.ProjectID)
		if err != nil {
			return err
		}
		if len(list) >= maxFields {
			return fault.New(fault.Conflict, "plan.wrong.many_fields", "most", maxFields)
		}
		if err := freeName(list, f); err != nil {
			return err
		}
		f.ID, f.Position, f.Version, f.RemovedAt = FieldID(db.NewID()), 1, 1, 0
		if len(list) > 0 {
			f.Position = list[len(list)-1].Position + 1
		}
		if err := insertField(tx, f); err != nil {
			return err
		}
		return recordPlan(tx, by, f.ProjectID, "plan.field.add", map[string]any{"name": f.Name})
	})
	return f, err
}

// freeName refuses a name that another field has.
func freeName(list []Field, f Field) error {
	var wrong fault.Fields
	if slices.ContainsFunc(list, func(x Field) bool { return x.ID != f.ID && account.Fold(x.Name) == account.Fold(f.Name) }) {
		wrong.Add("name", "plan.wrong.field_taken")
	}
	return wrong.Err()
}

// SaveField changes a field that was read at f.Version. What it holds stays what it is: its kind
// does not change, and values that are no longer among the choices are kept.
func (s *Service) SaveField(ctx context.Context, by account.Actor, f Field) error {
	return s.resources(ctx, by, f.ProjectID, func(tx db.Tx) error {
		old, err := getField(tx, f.ProjectID, f.ID)
		if err == nil && old.RemovedAt != 0 {
			err = fault.New(fault.NotFound, "fault.not_found")
		}
		if err != nil {
			return err
		}
		f.Kind, f.Position = old.Kind, old.Position
		if err := f.tidy(); err != nil {
			return err
		}
		list, err := listFields(tx, f.ProjectID)
		if err != nil {
			return err
		}
		if err := freeName(list, f); err != nil {
			return err
		}
		if err := saveField(tx, f); err != nil {
			return err
		}
		return recordPlan(tx, by, f.ProjectID, "plan.field.save", map[string]any{"name": f.Name, "changes": account.Changes(old, f)})
	})
}

// MoveField puts a field one place up or down among those of the project: forms, lists and exports show
// them in that order.
func (s *Service) MoveField(ctx context.Context, by account.Actor, id project.ID, field FieldID, up bool) error {
	return s.resources(ctx, by, id, func(tx db.Tx) error {
		list, err := listFields(tx, id)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(list, func(f Field) bool { return f.ID == field })
		if at < 0 {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		changed := moveField(list, field, up)
		for _, f := range changed {
			if err := saveFieldPosition(tx, f); err != nil {
				return err
			}
		}
		if len(changed) == 0 {
			return nil
		}
		return recordPlan(tx, by, id, "plan.field.move", map[string]any{"name": list[at].Name})
	})
}

// RemoveField takes a field off the tasks, RestoreField brings it back with what it held.
func (s *Service) RemoveField(ctx context.Context, by account.Actor, id project.ID, field FieldID) (Field, error) {
	return s.shelveField(ctx, by, id, field, true)
}

// RestoreField brings a field back.
func (s *Service) RestoreField(ctx context.Context, by account.Actor, id project.ID, field FieldID) (Field, error) {
	return s.shelveField(ctx, by, id, field, false)
}

func (s *Service) shelveField(ctx context.Context, by account.Actor, id project.ID, field FieldID, away bool) (f Field, err error) {
	err = s.resources(ctx, by, id, func(tx db.Tx) error {
		if f, err = getField(tx, id, field); err != nil || away == (f.RemovedAt != 0) {
			return err
		}
		at, verb := tx.Now(), "plan.field.remove"
		if !away {
			at, verb = when.Time(0), "plan.field.restore"
			list, err := listFields(tx, id)
			if err != nil {
				return err
			}
			if len(list) >= maxFields {
				return fault.New(fault.Conflict, "plan.wrong.many_fields", "most", maxFields)
			}
			if err := freeName(list, f); err != nil {
				return err
			}
		}
		if err := saveFieldRemoved(tx, f, at); err != nil {
			return err
		}
		return recordPlan(tx, by, id, verb, map[string]any{"name": f.Name})
	})
	return f, err
}

// setValues writes the values of a task that are said; an empty one is taken away.
func setValues(tx db.Tx, by account.Actor, t Task, said map[FieldID]string) error {
	if len(said) == 0 {
		return nil
	}
	fields, err := listFields(tx, t.ProjectID)
	if err != nil {
		return err
	}
	all, err := listValues(tx, []TaskID{t.ID})
	if err != nil {
		return err
	}
	had := all[t.ID]
	var wrong fault.Fields
	next := map[FieldID]string{}
	for _, id := range slices.Sorted(maps.Keys(said)) {
		i := slices.IndexFunc(fields, func(f Field) bool { return f.ID == id })
		if i < 0 {
			wrong.Add("field."+string(id), "fault.choice")
			continue
		}
		if value := fields[i].read(said[id], had[id], &wrong); value != had[id] {
			next[id] = value
		}
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	for _, f := range fields {
		value, changed := next[f.ID]
		if !changed {
			continue
		}
		if err := saveValue(tx, t, f.ID, value); err != nil {
			return err
		}
		data := map[string]any{"field": f.Name, "value": value}
		if f.Kind == YesNoField && value != "" {
			data["value_key"] = "plan.custom." + value
		}
		if err := record(tx, by, t, "plan.value.save", data); err != nil {
			return err
		}
	}
	return nil
}
