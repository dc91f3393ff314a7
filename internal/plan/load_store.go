package plan

import (
	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/when"
)

const resourceColumns = `id, project_id, name, units, hours, removed_at, version`

func getResource(tx db.Tx, id project.ID, resource ResourceID) (Resource, error) {
	return db.Get[Resource](tx, `select `+resourceColumns+` from plan_resource where id = $1 and project_id = $2`, resource, id)
}

func listResources(tx db.Tx, id project.ID) ([]Resource, error) {
	return db.List[Resource](tx, `select `+resourceColumns+` from plan_resource where project_id = $1 and removed_at = 0 order by name, id`, id)
}

func insertResource(tx db.Tx, r Resource) error {
	_, err := tx.Exec(`insert into plan_resource (id, project_id, name, units, hours, removed_at, version) values ($1, $2, $3, $4, $5, 0, 1)`,
		r.ID, r.ProjectID, r.Name, r.Units, r.Hours)
	return err
}

func saveResource(tx db.Tx, r Resource) error {
	return db.Changed(tx.Exec(`update plan_resource set name = $1, units = $2, hours = $3, version = version + 1 where id = $4 and version = $5`,
		r.Name, r.Units, r.Hours, r.ID, r.Version))
}

func saveResourceRemoved(tx db.Tx, r Resource, at when.Time) error {
	return db.Changed(tx.Exec(`update plan_resource set removed_at = $1 where id = $2`, at, r.ID))
}

const bookingColumns = `b.task_id, b.resource_id, b.project_id, b.units, r.name from plan_booking b join plan_resource r on r.id = b.resource_id and r.removed_at = 0`

func listBookings(tx db.Tx, id project.ID) ([]Booking, error) {
	return db.List[Booking](tx, `select `+bookingColumns+` where b.project_id = $1 order by b.task_id, b.resource_id`, id)
}

func listBookingsOf(tx db.Tx, task TaskID) ([]Booking, error) {
	return db.List[Booking](tx, `select `+bookingColumns+` where b.task_id = $1 order by r.name`, task)
}

func saveBooking(tx db.Tx, b Booking) error {
	_, err := tx.Exec(`insert into plan_booking (task_id, resource_id, project_id, units) values ($1, $2, $3, $4)
		on conflict (task_id, resource_id) do update set units = excluded.units`, b.TaskID, b.ResourceID, b.ProjectID, b.Units)
	return err
}

func deleteBooking(tx db.Tx, b Booking) error {
	return db.Changed(tx.Exec(`delete from plan_booking where task_id = $1 and resource_id = $2`, b.TaskID, b.ResourceID))
}

func listAllAssignees(tx db.Tx, id project.ID) ([]Assignee, error) {
	return db.List[Assignee](tx, `select task_id, person_id, name, units from plan_assignee where project_id = $1 order by name, task_id`, id)
}

func listCapacity(tx db.Tx, id project.ID) ([]Capacity, error) {
	return db.List[Capacity](tx, `select person_id, units from plan_capacity where project_id = $1 order by person_id`, id)
}

func saveCapacity(tx db.Tx, id project.ID, person account.PersonID, units int64) error {
	_, err := tx.Exec(`insert into plan_capacity (project_id, person_id, units) values ($1, $2, $3) on conflict (project_id, person_id) do update set units = excluded.units`,
		id, person, units)
	return err
}
