package plan

import (
	"database/sql"

	"bassin/internal/db"
	"bassin/internal/project"
)

const baselineColumns = `id, project_id, name, ends_on, taken_by, taken_at`

func getBaseline(tx db.Tx, id project.ID, baseline BaselineID) (Baseline, error) {
	return db.Get[Baseline](tx, `select `+baselineColumns+` from plan_baseline where id = $1 and project_id = $2`, baseline, id)
}

// listBaselines gives the newest first.
func listBaselines(tx db.Tx, id project.ID) ([]Baseline, error) {
	return db.List[Baseline](tx, `select `+baselineColumns+` from plan_baseline where project_id = $1 order by taken_at desc, id desc limit 100`, id)
}

func insertBaseline(tx db.Tx, b Baseline, tasks [][]any) error {
	_, err := tx.Exec(`insert into plan_baseline (`+baselineColumns+`) values ($1, $2, $3, $4, $5, $6)`, b.ID, b.ProjectID, b.Name, b.EndsOn, b.TakenBy, b.TakenAt)
	if err != nil {
		return err
	}
	return db.InsertMany(tx, "plan_baseline_task (baseline_id, task_id, early_on, finish_on)", tasks, "")
}

func listHeld(tx db.Tx, id BaselineID) ([]heldTask, error) {
	return db.List[heldTask](tx, `select task_id, early_on, finish_on from plan_baseline_task where baseline_id = $1 order by task_id`, id)
}

// listHeldIn reads the rows of a window of the outline, for the diagram.
func listHeldIn(tx db.Tx, id BaselineID, of project.ID, w window) (list []heldTask, err error) {
	err = tx.Rows(func(r *sql.Rows) error {
		var h heldTask
		err := r.Scan(&h.TaskID, &h.EarlyOn, &h.FinishOn)
		list = append(list, h)
		return err
	}, `select h.task_id, h.early_on, h.finish_on from plan_task t join plan_baseline_task h on h.baseline_id = $4 and h.task_id = t.id where `+inWindow, of, w.from, w.to, id)
	return list, err
}
