package plan

import (
	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/when"
)

const fieldColumns = `id, project_id, name, kind, unit, choices, position, listed, removed_at, version`

func listFields(tx db.Tx, id project.ID) ([]Field, error) {
	return db.List[Field](tx, `select `+fieldColumns+` from plan_field where project_id = $1 and removed_at = 0 order by position, id`, id)
}

func getField(tx db.Tx, id project.ID, field FieldID) (Field, error) {
	return db.Get[Field](tx, `select `+fieldColumns+` from plan_field where id = $1 and project_id = $2`, field, id)
}

func insertField(tx db.Tx, f Field) error {
	_, err := tx.Exec(`insert into plan_field (`+fieldColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, 0, 1)`,
		f.ID, f.ProjectID, f.Name, f.Kind, f.Unit, f.Choices, f.Position, f.Listed)
	return err
}

func saveField(tx db.Tx, f Field) error {
	return db.Changed(tx.Exec(`update plan_field set name = $1, unit = $2, choices = $3, listed = $4, version = version + 1 where id = $5 and version = $6`,
		f.Name, f.Unit, f.Choices, f.Listed, f.ID, f.Version))
}

// saveFieldPosition leaves the version: who edits the field meanwhile does not overwrite its place.
func saveFieldPosition(tx db.Tx, f Field) error {
	return db.Changed(tx.Exec(`update plan_field set position = $1 where id = $2`, f.Position, f.ID))
}

func saveFieldRemoved(tx db.Tx, f Field, at when.Time) error {
	return db.Changed(tx.Exec(`update plan_field set removed_at = $1 where id = $2`, at, f.ID))
}

// valueRow is the value of a field of a task.
type valueRow struct {
	TaskID  TaskID
	FieldID FieldID
	Value   string `db:"body"`
}

// values are those of tasks, by field.
type values map[TaskID]map[FieldID]string

// listValues gives the values of tasks, of fields that are there.
func listValues(tx db.Tx, ids []TaskID) (values, error) {
	w := &db.Where{}
	w.And("v.task_id in "+db.In(len(ids)), db.Anys(ids)...)
	list, err := db.List[valueRow](tx, `select v.task_id, v.field_id, v.body from plan_value v join plan_field f on f.id = v.field_id and f.removed_at = 0
		where `+w.String()+` order by f.position, f.id`, w.Args()...)
	out := values{}
	for _, x := range list {
		if out[x.TaskID] == nil {
			out[x.TaskID] = map[FieldID]string{}
		}
		out[x.TaskID][x.FieldID] = x.Value
	}
	return out, err
}

func saveValue(tx db.Tx, t Task, field FieldID, value string) error {
	if value == "" {
		_, err := tx.Exec(`delete from plan_value where task_id = $1 and field_id = $2`, t.ID, field)
		return err
	}
	_, err := tx.Exec(`insert into plan_value (task_id, field_id, project_id, body, body_key) values ($1, $2, $3, $4, $5)
		on conflict (task_id, field_id) do update set body = excluded.body, body_key = excluded.body_key`, t.ID, field, t.ProjectID, value, account.Fold(value))
	return err
}

func copyValues(tx db.Tx, from, to TaskID) error {
	_, err := tx.Exec(`insert into plan_value (task_id, field_id, project_id, body, body_key)
		select $1, field_id, project_id, body, body_key from plan_value where task_id = $2`, to, from)
	return err
}

// holding is the condition of a list for one field: a text holds the words, another value is it.
func holding(w *db.Where, f Field, value string) {
	if f.Kind == TextField {
		w.And(`t.id in (select x.task_id from plan_value x where x.field_id = ? and x.body_key like ? escape '\')`, f.ID, db.Like("%", account.Fold(value), "%"))
		return
	}
	w.And("t.id in (select x.task_id from plan_value x where x.field_id = ? and x.body = ?)", f.ID, value)
}
