package job

import (
	"bassin/internal/db"
	"bassin/internal/when"
)

const columns = `id, kind, title_key, title_args, owner_id, scope, unique_key, args, long, safe, max_attempts, state, attempts,
	call_id, worker_id, done, total, message_key, message_args, findings, result_url, result_key, result_args,
	error_key, error_args, error_fields, created_at, due_at, started_at, finished_at, cancel_requested_at`

// insertRun gives 0 when a run with the same unique key is queued or running.
func insertRun(tx db.Tx, r Record) (int64, error) {
	return tx.Exec(`insert into job_run (id, kind, title_key, title_args, owner_id, scope, unique_key, args, long, safe, max_attempts,
			state, call_id, created_at, due_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) on conflict do nothing`,
		r.ID, r.Kind, r.TitleKey, r.TitleArgs, r.OwnerID, r.Scope, r.UniqueKey, r.Args, r.Long, r.Safe, r.MaxAttempts,
		r.State, r.CallID, r.CreatedAt, r.DueAt)
}

func getRun(tx db.Tx, id RunID) (Record, error) {
	return db.Get[Record](tx, `select `+columns+` from job_run where id = $1`, id)
}

func getUnique(tx db.Tx, kind, key string) (RunID, error) {
	return db.Get[RunID](tx, `select id from job_run where kind = $1 and unique_key = $2 and state in ('queued', 'running')`, kind, key)
}

// part is a half of the runs.
type part int

const (
	every part = iota
	open
	ended
)

// filter chooses the runs of a list.
type filter struct {
	all    bool   // everybody's; otherwise the owner's alone
	owner  string // who sees nothing when empty
	part   part
	before RunID // older ones, when not empty
	limit  int
}

func listRuns(tx db.Tx, f filter) ([]Record, error) {
	var w db.Where
	if !f.all {
		w.And("owner_id = ? and owner_id <> ''", f.owner)
	}
	switch f.part {
	case open:
		w.And("state in ('queued', 'running')")
	case ended:
		w.And("finished_at > 0")
	}
	if f.before != "" {
		w.And("id < ?", f.before)
	}
	return db.List[Record](tx, `select `+columns+` from job_run where `+w.String()+` order by id desc limit `+w.Arg(f.limit), w.Args()...)
}

// claimRun makes a worker the one who runs it; 0 when the call is void or the worker is not
// among the living.
func claimRun(tx db.Tx, id RunID, call int64, worker string) (int64, error) {
	return tx.Exec(`update job_run set state = 'running', worker_id = $3, attempts = attempts + 1, started_at = $4,
			done = 0, total = 0, message_key = '', message_args = '', findings = 0
		where id = $1 and call_id = $2 and state = 'queued' and exists (select 1 from job_worker where id = $3)`,
		id, call, worker, tx.Now())
}

// holdRun keeps the run with this attempt until the transaction ends; 0 when it was taken away.
func holdRun(tx db.Tx, r Record) (int64, error) {
	return tx.Exec(`update job_run set worker_id = worker_id
		where id = $1 and worker_id = $2 and attempts = $3 and state = 'running'`, r.ID, r.WorkerID, r.Attempts)
}

func saveProgress(tx db.Tx, r Record) (int64, error) {
	return tx.Exec(`update job_run set done = $4, total = $5, message_key = $6, message_args = $7, findings = $8
		where id = $1 and worker_id = $2 and attempts = $3 and state = 'running'`,
		r.ID, r.WorkerID, r.Attempts, r.Done, r.Total, r.MessageKey, r.MessageArgs, r.Findings)
}

// saveEnd records the end of an attempt; 0 when the run was taken away.
func saveEnd(tx db.Tx, r Record, o outcome, call int64) (int64, error) {
	less := 0
	if o.Uncount {
		less = 1
	}
	finished := tx.Now()
	if !o.State.Ended() {
		finished = 0
	}
	return tx.Exec(`update job_run set state = $4, attempts = attempts - $5, call_id = $6, due_at = $7, finished_at = $8,
			done = $9, total = $10, message_key = $11, message_args = $12, findings = $13, result_url = $14, result_key = $15, result_args = $16,
			error_key = $17, error_args = $18, error_fields = $19
		where id = $1 and worker_id = $2 and attempts = $3 and state = 'running'`,
		r.ID, r.WorkerID, r.Attempts, o.State, less, call, tx.Now().Add(o.After), finished,
		r.Done, r.Total, r.MessageKey, r.MessageArgs, r.Findings, r.ResultURL, r.ResultKey, r.ResultArgs,
		o.Key, encodeArgs(o.Args), encodeFields(o.Fields))
}

// saveCancel asks a running run to stop, and ends a queued one.
func saveCancel(tx db.Tx, id RunID) (int64, error) {
	return tx.Exec(`update job_run set cancel_requested_at = cast($2 as bigint),
			finished_at = case when state = 'queued' then cast($2 as bigint) else 0 end,
			state = case when state = 'queued' then 'cancelled' else state end
		where id = $1 and state in ('queued', 'running') and cancel_requested_at = 0`, id, tx.Now())
}

// saveCall gives an overdue run a new call, unless it moved meanwhile.
func saveCall(tx db.Tx, r Record, call int64) (int64, error) {
	return tx.Exec(`update job_run set call_id = $3 where id = $1 and call_id = $2 and state = 'queued'`, r.ID, r.CallID, call)
}

// running is what a worker's watch must know of a run.
type runningRow struct {
	ID                RunID
	Attempts          int
	CancelRequestedAt when.Time
}

func listRunning(tx db.Tx, worker string) ([]runningRow, error) {
	return db.List[runningRow](tx, `select id, attempts, cancel_requested_at from job_run where worker_id = $1 and state = 'running'`, worker)
}

func listRunsOf(tx db.Tx, worker string) ([]Record, error) {
	return db.List[Record](tx, `select `+columns+` from job_run where worker_id = $1 and state = 'running' order by id`, worker)
}

// listOverdue gives queued runs that should have been taken long ago.
func listOverdue(tx db.Tx, before when.Time) ([]Record, error) {
	return db.List[Record](tx, `select `+columns+` from job_run where state = 'queued' and due_at < $1 order by due_at limit 100`, before)
}

func deleteOld(tx db.Tx, server, people when.Time) (int64, error) {
	return tx.Exec(`delete from job_run where finished_at > 0
		and (finished_at < $2 or (finished_at < $1 and owner_id = '' and state <> 'failed'))`, server, people)
}

// workerRow is one process that runs jobs.
type workerRow struct {
	ID   string
	Beat int64
}

func insertWorker(tx db.Tx, id, host string, pid int) error {
	_, err := tx.Exec(`insert into job_worker (id, host, pid, started_at) values ($1, $2, $3, $4)`, id, host, pid, tx.Now())
	return err
}

func listWorkers(tx db.Tx) ([]workerRow, error) {
	return db.List[workerRow](tx, `select id, beat from job_worker order by id`)
}

func saveBeat(tx db.Tx, id string) (int64, error) {
	return tx.Exec(`update job_worker set beat = beat + 1 where id = $1`, id)
}

// deleteWorker gives 0 when another process was quicker.
func deleteWorker(tx db.Tx, id string) (int64, error) {
	return tx.Exec(`delete from job_worker where id = $1`, id)
}

func insertEvery(tx db.Tx, name string, interval int64) error {
	if _, err := tx.Exec(`insert into job_every (name, next_at) values ($1, $2) on conflict do nothing`, name, tx.Now()); err != nil {
		return err
	}
	// An interval that was made shorter must not wait for the end of the old one.
	_, err := tx.Exec(`update job_every set next_at = $2 where name = $1 and next_at > $2`, name, tx.Now()+when.Time(interval))
	return err
}

// takeEvery moves a due name on; 0 when it is not due, or another worker took it.
func takeEvery(tx db.Tx, name string, next when.Time) (int64, error) {
	return tx.Exec(`update job_every set next_at = $2 where name = $1 and next_at <= $3`, name, next, tx.Now())
}

func getEvery(tx db.Tx, name string) (when.Time, error) {
	return db.Get[when.Time](tx, `select next_at from job_every where name = $1`, name)
}
