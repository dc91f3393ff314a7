package job

import (
	"context"
	"fmt"

	"bassin/internal/db"
	"bassin/internal/fault"
)

// Cancel asks a run to stop, for somebody who may see it. A queued one ends at once; a running
// one is told, and ends when its handler does. Asking twice is no fault; asking too late is.
func (q *Queue) Cancel(ctx context.Context, person string, admin bool, id RunID) (Record, error) {
	rec, err := q.find(ctx, person, admin, id)
	if err != nil {
		return rec, err
	}
	if rec.State.Ended() {
		return rec, fault.New(fault.Conflict, "job.ended")
	}
	// A run in this process is told first: on SQLite its own open transaction may be the one
	// that the line below would have to wait for.
	q.mu.Lock()
	run := q.running[id]
	q.mu.Unlock()
	if run != nil {
		run.stop(causeAsked)
	}
	err = q.db.Do(ctx, func(tx db.Tx) error {
		if _, err := saveCancel(tx, id); err != nil {
			return err
		}
		rec, err = getRun(tx, id)
		return err
	})
	if err != nil {
		return rec, fmt.Errorf("cancel run %s: %w", id, err)
	}
	return rec, nil
}

// find gives a run that the person may see, with the newest progress; NotFound otherwise.
func (q *Queue) find(ctx context.Context, person string, admin bool, id RunID) (Record, error) {
	var rec Record
	err := q.db.View(ctx, func(tx db.Tx) (err error) {
		rec, err = getRun(tx, id)
		return err
	})
	if err != nil {
		return rec, err
	}
	if !rec.visibleTo(person, admin) {
		return Record{}, fault.New(fault.NotFound, "fault.not_found")
	}
	return q.live(rec), nil
}

// live takes progress from memory when the run is in this process: a handler in one long
// transaction on SQLite keeps everybody from writing, its own progress included.
func (q *Queue) live(rec Record) Record {
	q.mu.Lock()
	run := q.running[rec.ID]
	q.mu.Unlock()
	if run == nil || rec.State != Running || !run.in(working) {
		return rec
	}
	now := run.record()
	if now.Attempts == rec.Attempts {
		rec.Done, rec.Total, rec.Findings = now.Done, now.Total, now.Findings
		rec.MessageKey, rec.MessageArgs = now.MessageKey, now.MessageArgs
	}
	return rec
}
