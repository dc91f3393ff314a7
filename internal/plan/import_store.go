package plan

import (
	"bassin/internal/db"
	"bassin/internal/job"
	"bassin/internal/project"
	"bassin/internal/when"
)

const importColumns = `id, project_id, name, form, encoding, content, settings, report, made, job_id, created_by, created_at, done_at`

func getImport(tx db.Tx, id project.ID, x ImportID) (Import, error) {
	return db.Get[Import](tx, `select `+importColumns+` from plan_import where id = $1 and project_id = $2`, x, id)
}

func listImports(tx db.Tx, id project.ID, limit int) ([]Import, error) {
	return db.List[Import](tx, `select id, project_id, name, form, encoding, '' as content, '' as settings, '' as report, made, job_id, created_by, created_at, done_at
		from plan_import where project_id = $1 order by created_at desc, id desc limit $2`, id, limit)
}

func insertImport(tx db.Tx, x Import) error {
	_, err := tx.Exec(`insert into plan_import (id, project_id, name, form, encoding, content, settings, created_by, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		x.ID, x.ProjectID, x.Name, x.Form, x.Encoding, x.Content, x.Settings, x.CreatedBy, x.CreatedAt)
	return err
}

func saveSettings(tx db.Tx, x Import) error {
	return db.Changed(tx.Exec(`update plan_import set settings = $1 where id = $2 and done_at = 0`, x.Settings, x.ID))
}

func saveImportJob(tx db.Tx, x ImportID, run job.RunID) error {
	return db.Changed(tx.Exec(`update plan_import set job_id = $1 where id = $2 and done_at = 0`, run, x))
}

// finishImport keeps the report of what was taken in; the text of the file goes.
func finishImport(tx db.Tx, x Import) error {
	return db.Changed(tx.Exec(`update plan_import set report = $1, made = $2, done_at = $3, content = '' where id = $4 and done_at = 0`, x.Report, x.Made, x.DoneAt, x.ID))
}

func deleteImport(tx db.Tx, x Import) error {
	return db.Changed(tx.Exec(`delete from plan_import where id = $1 and done_at = 0`, x.ID))
}

// deleteDrafts forgets files that nobody took in.
func deleteDrafts(tx db.Tx, id project.ID, before when.Time) error {
	_, err := tx.Exec(`delete from plan_import where project_id = $1 and done_at = 0 and created_at < $2`, id, before)
	return err
}

func countDrafts(tx db.Tx, id project.ID) (int, error) {
	return db.Get[int](tx, `select count(*) from plan_import where project_id = $1 and done_at = 0`, id)
}

// listOrigins gives the names of one origin whose tasks are on the plan.
func listOrigins(tx db.Tx, id project.ID, source string) (map[string]TaskID, error) {
	list, err := db.List[origin](tx, `select o.source, o.name, o.task_id from plan_origin o join plan_task t on t.id = o.task_id and t.removed_at = 0
		where o.project_id = $1 and o.source = $2`, id, source)
	m := make(map[string]TaskID, len(list))
	for _, o := range list {
		m[o.Name] = o.TaskID
	}
	return m, err
}

func insertOrigins(tx db.Tx, id project.ID, list []origin) error {
	rows := make([][]any, len(list))
	for i, o := range list {
		rows[i] = []any{id, o.Source, o.Name, o.TaskID}
	}
	return db.InsertMany(tx, `plan_origin (project_id, source, name, task_id)`, rows, `on conflict (project_id, source, name) do update set task_id = excluded.task_id`)
}
