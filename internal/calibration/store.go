package calibration

import (
	"bassin/internal/db"
	"bassin/internal/park"
	"bassin/internal/when"
)

func getLink(tx db.Tx, id park.MachineID) (Link, error) {
	return db.Get[Link](tx, `select machine_id, kind, address, secret, fetched_at, problem, created_at, updated_at from calibration_link where machine_id = $1`, id)
}

// listLinks gives the machines that are asked, but for removed ones' when they are asked and not found.
func listLinks(tx db.Tx) ([]park.MachineID, error) {
	return db.List[park.MachineID](tx, `select machine_id from calibration_link order by machine_id`)
}

func saveLink(tx db.Tx, l Link) error {
	_, err := tx.Exec(`insert into calibration_link (machine_id, kind, address, secret, created_at, updated_at) values ($1, $2, $3, $4, $5, $6)
		on conflict (machine_id) do update set kind = excluded.kind, address = excluded.address, secret = excluded.secret, fetched_at = 0, problem = '', updated_at = excluded.updated_at`,
		l.MachineID, l.Kind, l.Address, l.Secret, l.CreatedAt, l.UpdatedAt)
	return err
}

func saveFetched(tx db.Tx, id park.MachineID, problem string) error {
	_, err := tx.Exec(`update calibration_link set fetched_at = $1, problem = $2 where machine_id = $3`, tx.Now(), problem, id)
	return err
}

func deleteLink(tx db.Tx, id park.MachineID) error {
	return db.Changed(tx.Exec(`delete from calibration_link where machine_id = $1`, id))
}

// insertRuns keeps the runs that were not told before.
func insertRuns(tx db.Tx, id park.MachineID, list []Run) (int64, error) {
	before, err := countRuns(tx, id)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	rows := make([][]any, len(list))
	for i, r := range list {
		rows[i] = []any{db.NewID(), id, r.Source, r.Trace, r.EndedAt, r.EstimatedS, r.RealS, r.EstimatedMM, r.UsedMM, tx.Now()}
	}
	if err := db.InsertMany(tx, `calibration_run (id, machine_id, source, trace, ended_at, estimated_s, real_s, estimated_mm, used_mm, created_at)`, rows, `on conflict (machine_id, source, trace) do nothing`); err != nil {
		return 0, err
	}
	after, err := countRuns(tx, id)
	return after - before, err
}

func countRuns(tx db.Tx, id park.MachineID) (int64, error) {
	return db.Get[int64](tx, `select count(*) from calibration_run where machine_id = $1`, id)
}

// listRuns gives so many runs of orders and as many of others since a moment, the newest first.
func listRuns(tx db.Tx, id park.MachineID, since when.Time, limit int) ([]Run, error) {
	const columns = `select id, machine_id, source, trace, ended_at, estimated_s, real_s, estimated_mm, used_mm, created_at from calibration_run where machine_id = $1 and ended_at >= $2 and `
	own, err := db.List[Run](tx, columns+`source = 'bassin' order by ended_at desc, id desc limit $3`, id, since, limit)
	if err != nil {
		return nil, err
	}
	told, err := db.List[Run](tx, columns+`source <> 'bassin' order by ended_at desc, id desc limit $3`, id, since, limit)
	return append(own, told...), err
}

const factorColumns = `machine_id, since_at, heeded, own_jobs, own_low, own_median, own_high, told_jobs, told_low, told_median, told_high, fed_jobs, fed_low, fed_median, fed_high, updated_at`

// lockFactor makes two who teach a machine come one after the other; its row is made when there is none.
func lockFactor(tx db.Tx, id park.MachineID) error {
	if _, err := tx.Exec(`insert into calibration_factor (machine_id) values ($1) on conflict do nothing`, id); err != nil {
		return err
	}
	_, err := tx.Exec(`update calibration_factor set updated_at = updated_at where machine_id = $1`, id)
	return err
}

func getFactor(tx db.Tx, id park.MachineID) (Factor, error) {
	return db.Get[Factor](tx, `select `+factorColumns+` from calibration_factor where machine_id = $1`, id)
}

func listFactors(tx db.Tx, ids []park.MachineID) ([]Factor, error) {
	w := &db.Where{}
	w.And("machine_id in "+db.In(len(ids)), db.Anys(ids)...)
	return db.List[Factor](tx, `select `+factorColumns+` from calibration_factor where `+w.String()+` order by machine_id`, w.Args()...)
}

func saveFactor(tx db.Tx, f Factor) error {
	return db.Changed(tx.Exec(`update calibration_factor set since_at = $1, heeded = $2, own_jobs = $3, own_low = $4, own_median = $5, own_high = $6, told_jobs = $7, told_low = $8, told_median = $9,
			told_high = $10, fed_jobs = $11, fed_low = $12, fed_median = $13, fed_high = $14, updated_at = $15 where machine_id = $16`,
		f.SinceAt, f.Heeded, f.OwnJobs, f.OwnLow, f.OwnMedian, f.OwnHigh, f.ToldJobs, f.ToldLow, f.ToldMedian, f.ToldHigh, f.FedJobs, f.FedLow, f.FedMedian, f.FedHigh, tx.Now(), f.MachineID))
}
