package plan

import (
	"bassin/internal/db"
	"bassin/internal/project"
)

const seriesColumns = `id, project_id, every, pace, weekdays, month_day, until_on, times, first_on, stopped_at, version`

func getSeries(tx db.Tx, id SeriesID) (Series, error) {
	return db.Get[Series](tx, `select `+seriesColumns+` from plan_series where id = $1`, id)
}

func insertSeries(tx db.Tx, s Series) error {
	_, err := tx.Exec(`insert into plan_series (`+seriesColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 1)`,
		s.ID, s.ProjectID, s.Every, s.Interval, s.Weekdays, s.MonthDay, s.UntilOn, s.Times, s.FirstOn)
	return err
}

func saveSeries(tx db.Tx, s Series) error {
	return db.Changed(tx.Exec(`update plan_series set every = $1, pace = $2, weekdays = $3, month_day = $4, until_on = $5, times = $6, first_on = $7, stopped_at = $8,
		version = version + 1 where id = $9 and version = $10`, s.Every, s.Interval, s.Weekdays, s.MonthDay, s.UntilOn, s.Times, s.FirstOn, s.StoppedAt, s.ID, s.Version))
}

// savePosition says how many a task of a series is, from where its rule counts.
func savePosition(tx db.Tx, o Occurrence) error {
	return db.Changed(tx.Exec(`update plan_occurrence set position = $1 where task_id = $2`, o.Position, o.TaskID))
}

// repeats reports whether a task is in a series that goes on.
func repeats(tx db.Tx, id TaskID) (bool, error) {
	return db.Get[bool](tx, `select exists (select 1 from plan_occurrence o join plan_series s on s.id = o.series_id where o.task_id = $1 and s.stopped_at = 0)`, id)
}

func getOccurrence(tx db.Tx, task TaskID) (Occurrence, error) {
	return db.Get[Occurrence](tx, `select task_id, series_id, project_id, position, due_on from plan_occurrence where task_id = $1`, task)
}

func insertOccurrence(tx db.Tx, o Occurrence) error {
	_, err := tx.Exec(`insert into plan_occurrence (task_id, series_id, project_id, position, due_on) values ($1, $2, $3, $4, $5)`, o.TaskID, o.SeriesID, o.ProjectID, o.Position, o.DueOn)
	return err
}

// listOccurrences gives the latest tasks of a series, the newest first.
func listOccurrences(tx db.Tx, id SeriesID, most int) ([]Occurrence, error) {
	return db.List[Occurrence](tx, `select task_id, series_id, project_id, position, due_on from plan_occurrence where series_id = $1 order by due_on desc limit $2`, id, most)
}

// listRepeating gives the tasks after which another one comes.
func listRepeating(tx db.Tx, id project.ID) ([]TaskID, error) {
	return db.List[TaskID](tx, `select o.task_id from plan_series s join plan_occurrence o on o.series_id = s.id where s.project_id = $1 and s.stopped_at = 0
		and o.due_on = (select max(x.due_on) from plan_occurrence x where x.series_id = s.id)`, id)
}

func copyBookings(tx db.Tx, from, to TaskID) error {
	_, err := tx.Exec(`insert into plan_booking (task_id, resource_id, project_id, units) select $1, resource_id, project_id, units from plan_booking where task_id = $2`, to, from)
	return err
}
