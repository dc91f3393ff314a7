package cost

import (
	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/when"
)

const rateColumns = `id, project_id, role, from_on, cents, version`

func listRates(tx db.Tx, id project.ID) (Rates, error) {
	return db.List[Rate](tx, `select `+rateColumns+` from cost_rate where project_id = $1 order by role_key, from_on desc`, id)
}

func getRate(tx db.Tx, id project.ID, rate RateID) (Rate, error) {
	return db.Get[Rate](tx, `select `+rateColumns+` from cost_rate where project_id = $1 and id = $2`, id, rate)
}

// saveRate writes a rate; the same role and day is the same rate.
func saveRate(tx db.Tx, r Rate) error {
	_, err := tx.Exec(`insert into cost_rate (id, project_id, role, role_key, from_on, cents, version) values ($1, $2, $3, $4, $5, $6, 1)
		on conflict (project_id, role_key, from_on) do update set cents = excluded.cents, role = excluded.role, version = cost_rate.version + 1`,
		r.ID, r.ProjectID, r.Role, account.Fold(r.Role), r.FromOn, r.Cents)
	return err
}

func deleteRate(tx db.Tx, r Rate) error {
	return db.Changed(tx.Exec(`delete from cost_rate where id = $1 and version = $2`, r.ID, r.Version))
}

func listStaff(tx db.Tx, id project.ID) ([]Staff, error) {
	return db.List[Staff](tx, `select project_id, person_id, role from cost_staff where project_id = $1 order by person_id`, id)
}

func roleOf(tx db.Tx, id project.ID, person account.PersonID) (string, error) {
	return db.Get[string](tx, `select coalesce(max(role), '') from cost_staff where project_id = $1 and person_id = $2`, id, person)
}

func saveStaff(tx db.Tx, s Staff) error {
	if s.Role == "" {
		_, err := tx.Exec(`delete from cost_staff where project_id = $1 and person_id = $2`, s.ProjectID, s.PersonID)
		return err
	}
	_, err := tx.Exec(`insert into cost_staff (project_id, person_id, role) values ($1, $2, $3)
		on conflict (project_id, person_id) do update set role = excluded.role`, s.ProjectID, s.PersonID, s.Role)
	return err
}

// giveRole gives a role to the hours that somebody worked before they had one.
func giveRole(tx db.Tx, s Staff) error {
	_, err := tx.Exec(`update cost_hours set role = $1, version = version + 1 where project_id = $2 and person_id = $3 and role = ''`, s.Role, s.ProjectID, s.PersonID)
	return err
}

const hoursColumns = `id, project_id, person_id, person_name, task_id, on_day, minutes, role, note, created_at, updated_at, version`

// getHours gives what somebody worked on a task on a day; none is not found.
func getHours(tx db.Tx, id project.ID, person account.PersonID, task plan.TaskID, on when.Date) (Hours, error) {
	return db.Get[Hours](tx, `select `+hoursColumns+` from cost_hours where project_id = $1 and person_id = $2 and on_day = $3 and task_id = $4`, id, person, on, task)
}

// listHours gives hours of some days, of one person or, without one, of all.
func listHours(tx db.Tx, id project.ID, person account.PersonID, from, to when.Date) ([]Hours, error) {
	w := &db.Where{}
	w.And("project_id = ?", id)
	w.And("on_day between ? and ?", from, to)
	if person != "" {
		w.And("person_id = ?", person)
	}
	return db.List[Hours](tx, `select `+hoursColumns+` from cost_hours where `+w.String()+` order by on_day, person_name, id`, w.Args()...)
}

// listHoursOf gives what somebody worked on a task, the newest day first.
func listHoursOf(tx db.Tx, id project.ID, person account.PersonID, task plan.TaskID) ([]Hours, error) {
	return db.List[Hours](tx, `select `+hoursColumns+` from cost_hours where project_id = $1 and person_id = $2 and task_id = $3 order by on_day desc, id`, id, person, task)
}

// listHoursAfter pages through hours in the order in which they were written first.
func listHoursAfter(tx db.Tx, id project.ID, person account.PersonID, after HoursID, limit int) ([]Hours, error) {
	w := &db.Where{}
	w.And("project_id = ?", id)
	if person != "" {
		w.And("person_id = ?", person)
	}
	if after != "" {
		w.And("id > ?", after)
	}
	return db.List[Hours](tx, `select `+hoursColumns+` from cost_hours where `+w.String()+` order by id limit `+w.Arg(limit), w.Args()...)
}

// lockHours makes two who write what somebody worked on the same days come one after the other.
func lockHours(tx db.Tx, person account.PersonID, on []when.Date) error {
	w := &db.Where{}
	w.And("person_id = ?", person)
	w.And("on_day in "+db.In(len(on)), db.Anys(on)...)
	_, err := tx.Exec(`update cost_hours set version = version where `+w.String(), w.Args()...)
	return err
}

// listHoursOn gives what somebody worked in a project on some days.
func listHoursOn(tx db.Tx, id project.ID, person account.PersonID, on []when.Date) ([]Hours, error) {
	w := &db.Where{}
	w.And("project_id = ?", id)
	w.And("person_id = ?", person)
	w.And("on_day in "+db.In(len(on)), db.Anys(on)...)
	return db.List[Hours](tx, `select `+hoursColumns+` from cost_hours where `+w.String(), w.Args()...)
}

// dayMinutes is what somebody worked on a day.
type dayMinutes struct {
	OnDay   when.Date
	Minutes int64
}

// minutesOn is what somebody worked on some days in all projects.
func minutesOn(tx db.Tx, person account.PersonID, on []when.Date) ([]dayMinutes, error) {
	w := &db.Where{}
	w.And("person_id = ?", person)
	w.And("on_day in "+db.In(len(on)), db.Anys(on)...)
	return db.List[dayMinutes](tx, `select on_day, cast(sum(minutes) as bigint) as minutes from cost_hours where `+w.String()+` group by on_day`, w.Args()...)
}

// saveHours writes hours, new ones and those whose minutes or note changed.
func saveHours(tx db.Tx, list []Hours) error {
	rows := make([][]any, len(list))
	for i, h := range list {
		rows[i] = []any{h.ID, h.ProjectID, h.PersonID, h.PersonName, h.TaskID, h.OnDay, h.Minutes, h.Role, h.Note, h.CreatedAt, tx.Now(), h.Version + 1}
	}
	return db.InsertMany(tx, `cost_hours (`+hoursColumns+`)`, rows, `on conflict (id) do update set minutes = excluded.minutes, note = excluded.note,
		updated_at = excluded.updated_at, version = excluded.version`)
}

func deleteHours(tx db.Tx, list []Hours) error {
	if len(list) == 0 {
		return nil
	}
	w := &db.Where{}
	ids := make([]any, len(list))
	for i, h := range list {
		ids[i] = h.ID
	}
	w.And("id in "+db.In(len(ids)), ids...)
	_, err := tx.Exec(`delete from cost_hours where `+w.String(), w.Args()...)
	return err
}

// listWorked adds hours up by task, day and role.
func listWorked(tx db.Tx, id project.ID) ([]Worked, error) {
	return db.List[Worked](tx, `select task_id, on_day, role, cast(sum(minutes) as bigint) as minutes
		from cost_hours where project_id = $1 group by task_id, on_day, role order by on_day, task_id, role`, id)
}

// taskMinutes is what was worked on each task, and by how many people.
type taskMinutes struct {
	TaskID  plan.TaskID
	Minutes int64
	People  int64
}

// listTaskMinutes gives the tasks on which most was worked.
func listTaskMinutes(tx db.Tx, id project.ID, limit int) ([]taskMinutes, error) {
	return db.List[taskMinutes](tx, `select task_id, cast(sum(minutes) as bigint) as minutes, count(distinct person_id) as people from cost_hours
		where project_id = $1 group by task_id order by 2 desc, 1 limit $2`, id, limit)
}

// personMinutes is what somebody worked.
type personMinutes struct {
	PersonID   account.PersonID
	PersonName string
	Minutes    int64
	LastOn     when.Date
}

func listPersonMinutes(tx db.Tx, id project.ID) ([]personMinutes, error) {
	return db.List[personMinutes](tx, `select person_id, max(person_name) as person_name, cast(sum(minutes) as bigint) as minutes, max(on_day) as last_on from cost_hours
		where project_id = $1 group by person_id order by 3 desc, 1`, id)
}

const purchaseColumns = `id, project_id, title, supplier, category, state, stage_id, cents, on_day, reference, created_at, updated_at, removed_at, version`

func getPurchase(tx db.Tx, id project.ID, p PurchaseID) (Purchase, error) {
	return db.Get[Purchase](tx, `select `+purchaseColumns+` from cost_purchase where project_id = $1 and id = $2`, id, p)
}

func listPurchases(tx db.Tx, id project.ID) ([]Purchase, error) {
	return db.List[Purchase](tx, `select `+purchaseColumns+` from cost_purchase where project_id = $1 and removed_at = 0 order by on_day desc, id desc`, id)
}

func insertPurchase(tx db.Tx, p Purchase) error {
	_, err := tx.Exec(`insert into cost_purchase (`+purchaseColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 1)`,
		p.ID, p.ProjectID, p.Title, p.Supplier, p.Category, p.State, p.StageID, p.Cents, p.OnDay, p.Reference, p.CreatedAt, p.UpdatedAt)
	return err
}

func savePurchase(tx db.Tx, p Purchase) error {
	return db.Changed(tx.Exec(`update cost_purchase set title = $1, supplier = $2, category = $3, state = $4, stage_id = $5, cents = $6, on_day = $7, reference = $8,
		updated_at = $9, removed_at = $10, version = version + 1 where id = $11 and version = $12`,
		p.Title, p.Supplier, p.Category, p.State, p.StageID, p.Cents, p.OnDay, p.Reference, tx.Now(), p.RemovedAt, p.ID, p.Version))
}

const lineColumns = `id, project_id, title, category, stage_id, role, minutes, cents, version`

func getLine(tx db.Tx, id project.ID, l LineID) (Line, error) {
	return db.Get[Line](tx, `select `+lineColumns+` from cost_budget where project_id = $1 and id = $2`, id, l)
}

func listLines(tx db.Tx, id project.ID) ([]Line, error) {
	return db.List[Line](tx, `select `+lineColumns+` from cost_budget where project_id = $1 order by category, id`, id)
}

func insertLine(tx db.Tx, l Line) error {
	_, err := tx.Exec(`insert into cost_budget (`+lineColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, 1)`,
		l.ID, l.ProjectID, l.Title, l.Category, l.StageID, l.Role, l.Minutes, l.Cents)
	return err
}

func saveLine(tx db.Tx, l Line) error {
	return db.Changed(tx.Exec(`update cost_budget set title = $1, category = $2, stage_id = $3, role = $4, minutes = $5, cents = $6, version = version + 1 where id = $7 and version = $8`,
		l.Title, l.Category, l.StageID, l.Role, l.Minutes, l.Cents, l.ID, l.Version))
}

func deleteLine(tx db.Tx, l Line) error {
	return db.Changed(tx.Exec(`delete from cost_budget where id = $1 and version = $2`, l.ID, l.Version))
}
