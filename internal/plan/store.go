package plan

import (
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/when"
)

const planColumns = `project_id, starts_on, numbers, week, holidays, computed_on, ends_on, version`

// getPlan reads the plan of a project; one that was never touched is the usual one.
func getPlan(tx db.Tx, p project.Project) (Plan, error) {
	x, err := db.Get[Plan](tx, `select `+planColumns+` from plan_plan where project_id = $1`, p.ID)
	if fault.Is(err, fault.NotFound) {
		return defaultPlan(p, tx.Today()), nil
	}
	return x, err
}

// lockPlan keeps the plan for this transaction: tasks are numbered and dates computed one after
// the other.
func lockPlan(tx db.Tx, p project.Project) (Plan, error) {
	x := defaultPlan(p, tx.Today())
	_, err := tx.Exec(`insert into plan_plan (project_id, starts_on, numbers, week, holidays) values ($1, $2, 0, $3, $4) on conflict (project_id) do nothing`,
		p.ID, x.StartsOn, x.Week, x.Holidays)
	if err != nil {
		return x, err
	}
	if err := db.Changed(tx.Exec(`update plan_plan set version = version where project_id = $1`, p.ID)); err != nil {
		return x, err
	}
	return db.Get[Plan](tx, `select `+planColumns+` from plan_plan where project_id = $1`, p.ID)
}

func saveNumbers(tx db.Tx, id project.ID, n int64) error {
	return db.Changed(tx.Exec(`update plan_plan set numbers = $1 where project_id = $2`, n, id))
}

func saveComputed(tx db.Tx, id project.ID, on, ends when.Date) error {
	return db.Changed(tx.Exec(`update plan_plan set computed_on = $1, ends_on = $2 where project_id = $3`, on, ends, id))
}

func savePlan(tx db.Tx, p Plan) error {
	return db.Changed(tx.Exec(`update plan_plan set starts_on = $1, week = $2, holidays = $3, version = version + 1 where project_id = $4 and version = $5`,
		p.StartsOn, p.Week, p.Holidays, p.ProjectID, p.Version))
}

func listClosures(tx db.Tx, id project.ID) ([]Closure, error) {
	return db.List[Closure](tx, `select id, project_id, from_on, to_on, name from plan_closure where project_id = $1 order by from_on, id`, id)
}

func getClosure(tx db.Tx, id project.ID, closure string) (Closure, error) {
	return db.Get[Closure](tx, `select id, project_id, from_on, to_on, name from plan_closure where project_id = $1 and id = $2`, id, closure)
}

func insertClosure(tx db.Tx, c Closure) error {
	_, err := tx.Exec(`insert into plan_closure (id, project_id, from_on, to_on, name) values ($1, $2, $3, $4, $5)`, c.ID, c.ProjectID, c.FromOn, c.ToOn, c.Name)
	return err
}

func deleteClosure(tx db.Tx, c Closure) error {
	return db.Changed(tx.Exec(`delete from plan_closure where id = $1`, c.ID))
}

// listStale gives the projects whose dates were computed before a day.
func listStale(tx db.Tx, ids []project.ID, day when.Date) ([]project.ID, error) {
	w := &db.Where{}
	w.And("project_id in "+db.In(len(ids)), db.Anys(ids)...)
	w.And("numbers > 0 and computed_on < ?", day)
	return db.List[project.ID](tx, `select project_id from plan_plan where `+w.String(), w.Args()...)
}
