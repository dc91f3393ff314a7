package transfer

import (
	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/when"
)

const departureColumns = `id, project_id, person_id, job_id, part, size, hash, fingerprint, rows_count, files_count, created_at, made_at, expires_at`

func getDeparture(tx db.Tx, p project.ID, id DepartureID) (Departure, error) {
	return db.Get[Departure](tx, `select `+departureColumns+` from transfer_departure where id = $1 and project_id = $2 and expires_at > $3`, id, p, tx.Now())
}

func listDepartures(tx db.Tx, p project.ID) ([]Departure, error) {
	return db.List[Departure](tx, `select `+departureColumns+` from transfer_departure where project_id = $1 and expires_at > $2 order by id desc`, p, tx.Now())
}

// listExpiredDepartures gives what may be forgotten.
func listExpiredDepartures(tx db.Tx, limit int) ([]Departure, error) {
	return db.List[Departure](tx, `select `+departureColumns+` from transfer_departure where expires_at <= $1 order by expires_at limit $2`, tx.Now(), limit)
}

func insertDeparture(tx db.Tx, d Departure) error {
	_, err := tx.Exec(`insert into transfer_departure (id, project_id, person_id, job_id, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)`,
		d.ID, d.ProjectID, d.PersonID, d.JobID, d.CreatedAt, d.ExpiresAt)
	return err
}

func saveMade(tx db.Tx, d Departure) error {
	return db.Changed(tx.Exec(`update transfer_departure set part = $1, size = $2, hash = $3, fingerprint = $4, rows_count = $5, files_count = $6, made_at = $7, expires_at = $8
		where id = $9 and made_at = 0`, d.Part, d.Size, d.Hash, d.Fingerprint, d.RowsCount, d.FilesCount, d.MadeAt, d.ExpiresAt, d.ID))
}

// expireDeparture ends an archive's time: nobody finds it any more, and the sweep drops what is left.
func expireDeparture(tx db.Tx, id DepartureID) error {
	_, err := tx.Exec(`update transfer_departure set expires_at = $1 where id = $2`, tx.Now(), id)
	return err
}

func deleteDeparture(tx db.Tx, id DepartureID) error {
	_, err := tx.Exec(`delete from transfer_departure where id = $1`, id)
	return err
}

const arrivalColumns = `id, person_id, name, part, size, title, fingerprint, preview, owner_id, job_id, project_id, report, created_at, done_at, expires_at`

// getArrival reads an archive that a person brought; another's is not found.
func getArrival(tx db.Tx, id ArrivalID, person account.PersonID) (Arrival, error) {
	return db.Get[Arrival](tx, `select `+arrivalColumns+` from transfer_arrival where id = $1 and person_id = $2 and fingerprint <> '' and expires_at > $3`, id, person, tx.Now())
}

// lockArrival makes two who take an archive in come one after the other.
func lockArrival(tx db.Tx, id ArrivalID) error {
	return db.Changed(tx.Exec(`update transfer_arrival set size = size where id = $1`, id))
}

// listArrivals gives what a person brought, without what was found in it.
func listArrivals(tx db.Tx, person account.PersonID, before ArrivalID, limit int) ([]Arrival, error) {
	return db.List[Arrival](tx, `select id, person_id, name, part, size, title, fingerprint, '' as preview, owner_id, job_id, project_id, '' as report, created_at, done_at, expires_at
		from transfer_arrival where person_id = $1 and fingerprint <> '' and expires_at > $2 and ($3 = '' or id < $3) order by id desc limit $4`, person, tx.Now(), before, limit)
}

func listExpiredArrivals(tx db.Tx, limit int) ([]Arrival, error) {
	return db.List[Arrival](tx, `select `+arrivalColumns+` from transfer_arrival where expires_at <= $1 order by expires_at limit $2`, tx.Now(), limit)
}

func countArrivals(tx db.Tx, person account.PersonID) (crowd, error) {
	return db.Get[crowd](tx, `select (select count(*) from transfer_arrival where person_id = $1 and done_at = 0 and expires_at > $2) as mine,
		(select count(*) from transfer_arrival where done_at = 0 and expires_at > $2) as "all"`, person, tx.Now())
}

// sameArrival finds the project that the same archive became before, for the same person.
func sameArrival(tx db.Tx, a Arrival) ([]Arrival, error) {
	return db.List[Arrival](tx, `select `+arrivalColumns+` from transfer_arrival where person_id = $1 and fingerprint = $2 and done_at > 0 and id <> $3 order by id desc limit 1`,
		a.PersonID, a.Fingerprint, a.ID)
}

func insertArrival(tx db.Tx, a Arrival) error {
	_, err := tx.Exec(`insert into transfer_arrival (id, person_id, name, part, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)`,
		a.ID, a.PersonID, a.Name, a.Part, a.CreatedAt, a.ExpiresAt)
	return err
}

// saveCome notes that an archive is here and right.
func saveCome(tx db.Tx, a Arrival) error {
	return db.Changed(tx.Exec(`update transfer_arrival set size = $1, title = $2, fingerprint = $3, preview = $4, expires_at = $5 where id = $6 and fingerprint = ''`,
		a.Size, a.Title, a.Fingerprint, a.Preview, a.ExpiresAt, a.ID))
}

func saveAsked(tx db.Tx, a Arrival) error {
	return db.Changed(tx.Exec(`update transfer_arrival set owner_id = $1, job_id = $2, expires_at = $3 where id = $4 and done_at = 0`, a.OwnerID, a.JobID, a.ExpiresAt, a.ID))
}

func saveDone(tx db.Tx, a Arrival, at when.Time) error {
	return db.Changed(tx.Exec(`update transfer_arrival set project_id = $1, report = $2, done_at = $3, expires_at = $4 where id = $5 and done_at = 0`,
		a.ProjectID, a.Report, at, a.ExpiresAt, a.ID))
}

// expireArrival is expireDeparture of an archive that was brought.
func expireArrival(tx db.Tx, id ArrivalID) error {
	_, err := tx.Exec(`update transfer_arrival set expires_at = $1 where id = $2`, tx.Now(), id)
	return err
}

func deleteArrival(tx db.Tx, id ArrivalID) error {
	_, err := tx.Exec(`delete from transfer_arrival where id = $1`, id)
	return err
}
