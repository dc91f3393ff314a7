package job

import (
	"context"
	"time"

	"bassin/internal/db"
)

// periodic is work that is due again and again.
type periodic struct {
	name     string
	interval time.Duration
}

// Every registers periodic work, such as sweeps: one run each interval over all workers together,
// the first at once on a new server. A run that is still going on or queued is not joined by a
// second. It must be safe to run at any time; a failed one is simply due again. The name is also
// the text key of its title; its runs are shown to admins.
func Every(q *Queue, name string, interval time.Duration, fn func(ctx context.Context, run *Run) error) {
	Handle(q, name, func(ctx context.Context, run *Run, _ struct{}) error { return fn(ctx, run) },
		Opts{Safe: true, MaxAttempts: 3, Timeout: time.Hour})
	k := q.kinds[name]
	k.fn = fn
	q.kinds[name] = k
	q.every = append(q.every, periodic{name, interval})
}

func (q *Queue) startEvery(ctx context.Context) error {
	return q.db.Do(ctx, func(tx db.Tx) error {
		for _, p := range q.every {
			if err := insertEvery(tx, p.name, p.interval.Microseconds()); err != nil {
				return err
			}
		}
		return nil
	})
}

// everyLoop enqueues what is due and sleeps until the next is.
func (q *Queue) everyLoop() {
	for {
		wait, err := q.enqueueDue(q.closed)
		if err != nil {
			if q.closed.Err() == nil {
				q.log.Warn("periodic work", "error", err)
			}
			wait = 5 * time.Second
		}
		select {
		case <-q.stopping:
			return
		case <-time.After(min(max(wait, 10*time.Millisecond), time.Minute)):
		}
	}
}

// enqueueDue gives how long it is until the next work is due.
func (q *Queue) enqueueDue(ctx context.Context) (time.Duration, error) {
	wait := time.Minute
	for _, p := range q.every {
		var left time.Duration
		err := q.db.View(ctx, func(tx db.Tx) error {
			next, err := getEvery(tx, p.name)
			left = next.Sub(tx.Now())
			return err
		})
		if err == nil && left <= 0 {
			left = p.interval
			err = q.db.Do(ctx, func(tx db.Tx) error { return q.enqueueEvery(tx, p) })
		}
		if err != nil {
			return 0, err
		}
		wait = min(wait, left)
	}
	return wait, nil
}

func (q *Queue) enqueueEvery(tx db.Tx, p periodic) error {
	n, err := takeEvery(tx, p.name, tx.Now().Add(p.interval))
	if err != nil || n == 0 { // another worker was quicker
		return err
	}
	_, err = q.Enqueue(tx, Request{Kind: p.name, Args: struct{}{}, UniqueKey: p.name})
	return err
}

// How long ended runs are kept: the server's own, if they went well, and all others.
const (
	keepServer = 7 * 24 * time.Hour
	keepPeople = 90 * 24 * time.Hour
)

// sweep forgets runs that ended long ago.
func (q *Queue) sweep(_ context.Context, run *Run) error {
	return run.Do(func(tx db.Tx) error {
		n, err := deleteOld(tx, tx.Now().Add(-keepServer), tx.Now().Add(-keepPeople))
		run.Result("", "job.swept", "count", n)
		return err
	})
}

// Get gives a run, for whoever enqueued it.
func Get(tx db.Tx, id RunID) (Record, error) { return getRun(tx, id) }

// URL is the page of a run.
func URL(id RunID) string { return "/jobs/" + string(id) }
