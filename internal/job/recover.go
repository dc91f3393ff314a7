package job

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"bassin/internal/db"
)

// enroll makes this process a worker: others can tell from now on whether it lives.
func (q *Queue) enroll(ctx context.Context) error {
	id := db.NewID()
	if err := q.life.begin(id); err != nil {
		return err
	}
	host, _ := os.Hostname() // shown to operators only
	if err := q.db.Do(ctx, func(tx db.Tx) error { return insertWorker(tx, id, host, os.Getpid()) }); err != nil {
		q.life.end(id)
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.worker = id
	return nil
}

// leave takes this process off the list of workers. When work did not end, the others must find
// its worker dead and take the work up: the process ends now.
func (q *Queue) leave(ctx context.Context, idle bool) {
	id := q.Worker()
	if idle {
		if err := q.db.Do(ctx, func(tx db.Tx) error { _, err := deleteWorker(tx, id); return err }); err != nil {
			q.log.Warn("worker not taken off the list", "error", err)
		}
		q.life.end(id)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.worker = ""
}

// recover takes up the runs of workers that died.
func (q *Queue) recover(ctx context.Context) error {
	var workers []workerRow
	err := q.db.View(ctx, func(tx db.Tx) (err error) {
		workers, err = listWorkers(tx)
		return err
	})
	q.life.looked(err == nil)
	if err != nil {
		return err
	}
	for _, w := range workers {
		if w.ID == q.Worker() || !q.life.dead(w) {
			continue
		}
		if err := q.bury(ctx, w.ID); err != nil {
			return fmt.Errorf("runs of worker %s: %w", w.ID, err)
		}
	}
	return nil
}

// bury takes a dead worker off the list and decides about its runs, in one transaction: of
// several who find it dead one does so, and once it is off the list it can take no run and
// record no end.
func (q *Queue) bury(ctx context.Context, worker string) error {
	var runs []Record
	err := q.db.Do(ctx, func(tx db.Tx) error {
		runs = nil
		n, err := deleteWorker(tx, worker)
		if err != nil || n == 0 {
			return err
		}
		if runs, err = listRunsOf(tx, worker); err != nil {
			return err
		}
		for _, rec := range runs {
			out := rec.lost()
			call, err := q.callAgain(tx, rec, out)
			if err != nil {
				return err
			}
			if _, err := saveEnd(tx, rec, out, call); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	q.life.end(worker)
	for _, rec := range runs {
		q.log.Warn("job of a dead worker", "run", rec.ID, "kind", rec.Kind, "attempt", rec.Attempts, "becomes", rec.lost().State)
	}
	return nil
}

// callOverdue gives a new call to queued runs whose call can start nothing any more: the
// database failed between River's step and ours. A long queue is no reason.
func (q *Queue) callOverdue(ctx context.Context) error {
	var late []Record
	err := q.db.View(ctx, func(tx db.Tx) (err error) {
		late, err = listOverdue(tx, tx.Now().Add(-q.pace.overdue))
		return err
	})
	if err != nil {
		return err
	}
	for _, rec := range late {
		void, err := q.calls.void(ctx, rec.CallID, q.pace.overdue)
		if err != nil {
			return err
		}
		if !void || q.holds(rec.ID) {
			continue
		}
		err = q.db.Do(ctx, func(tx db.Tx) error {
			call, err := q.callAgain(tx, rec, outcome{State: Queued})
			if err != nil {
				return err
			}
			n, err := saveCall(tx, rec, call)
			if err == nil && n == 0 {
				return errVoid
			}
			return err
		})
		if errors.Is(err, errVoid) { // it moved meanwhile
			continue
		}
		if err != nil {
			return err
		}
		q.log.Warn("job had lost its place in the queue", "run", rec.ID, "kind", rec.Kind)
	}
	return nil
}

// beat tells the other workers that this one lives. One that they have given up for dead, or
// that could not tell them for nearly as long as they wait, stops its work and begins anew: its
// runs may be elsewhere already.
func (q *Queue) beat(ctx context.Context) error {
	var n int64
	id := q.Worker()
	short, cancel := context.WithTimeout(ctx, q.pace.silence/2)
	defer cancel()
	err := q.db.Do(short, func(tx db.Tx) (err error) {
		n, err = saveBeat(tx, id)
		return err
	})
	switch {
	case err != nil && time.Since(q.life.heard()) > q.pace.silence*3/4:
		q.drop("out of reach of the database")
		return err
	case err != nil:
		return err
	case n == 0:
		q.drop("given up for dead by another worker")
		return q.enroll(ctx)
	}
	q.life.hear()
	return nil
}

// drop tells all runs here that they may have been given to another worker.
func (q *Queue) drop(why string) {
	for _, run := range q.snapshot() {
		if run.in(working) {
			q.log.Error("job stopped", "run", run.ID, "why", why)
			run.stop(causeLost)
		}
	}
}
