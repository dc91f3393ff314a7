package job

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"bassin/internal/db"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

// This file alone sees River. A River job is a call: it holds the id of a run and nothing else.
// Attempts, retries and rescue of runs are ours (run.go, recover.go): one place decides.

// call is what stands in River's queue.
type call struct {
	Run RunID `json:"run"`
}

// Kind is River's name of the one kind of job that we give it.
func (call) Kind() string { return "bassin.run" }

// caller is the queue below: River on SQLite, River on PostgreSQL.
type caller interface {
	migrate(ctx context.Context) error
	insert(tx db.Tx, c call, long bool, in time.Duration) (int64, error)
	start(ctx context.Context, workers int, work func(ctx context.Context, id int64, c call) error) error
	stop(ctx context.Context) error  // takes no more, waits for what runs
	abort(ctx context.Context) error // ends the contexts of what runs, and waits
	// void reports a call that will never start anything: it is gone, ended, or was taken
	// longer ago than the given time.
	void(ctx context.Context, id int64, since time.Duration) (bool, error)
}

const (
	shortQueue = "default"
	longQueue  = "long"

	// River's own limit and rescue stand far above our longest time limit: they only tidy up
	// entries that a dead process left behind, whose runs have new calls long since.
	riverTimeout = 2 * maxTimeout
	riverRescue  = riverTimeout + time.Hour

	// callAttempts is how often River may offer a call when the database fails in the moment of
	// taking a run.
	callAttempts = 1000
)

// These make River offer the same call again, without counting it as a failure.
var (
	errSoon  = errors.New("in a moment")
	errLater = errors.New("in half a minute")
)

type rivers[T any] struct {
	driver riverdriver.Driver[T]
	txOf   func(db.Tx) (T, bool)
	log    *slog.Logger
	db     *db.DB
	insrt  *river.Client[T]
	work   *river.Client[T]
}

func newCaller(d *db.DB, o Options) (caller, error) {
	if d.Postgres() {
		return newRivers(d, o, riverpgxv5.New(d.Pool()), func(tx db.Tx) (pgx.Tx, bool) { t := tx.PGTx(); return t, t != nil })
	}
	return newRivers(d, o, riversqlite.New(d.Writer()), func(tx db.Tx) (*sql.Tx, bool) { t := tx.SQLTx(); return t, t != nil })
}

func newRivers[T any](d *db.DB, o Options, driver riverdriver.Driver[T], txOf func(db.Tx) (T, bool)) (*rivers[T], error) {
	r := &rivers[T]{driver: driver, txOf: txOf, log: slog.New(warnings{o.Log.Handler()}), db: d}
	var err error
	r.insrt, err = river.NewClient(driver, &river.Config{
		Logger:              r.log,
		SkipUnknownJobCheck: true,
		FetchCooldown:       20 * time.Millisecond, // workers are woken at most once in this time; between, they poll
	})
	return r, err
}

// migrateLock is the PostgreSQL lock under which one node makes River's tables.
const migrateLock = 0x62617373696e // "bassin"

// migrate makes River's tables. Several processes may start at once: on PostgreSQL a session
// lock lets one work and the others wait; on SQLite each step is a transaction of the one writer
// and who comes second tries again and finds it done.
func (r *rivers[T]) migrate(ctx context.Context) error {
	m, err := rivermigrate.New(r.driver, &rivermigrate.Config{Logger: r.log})
	if err != nil {
		return err
	}
	if pool := r.db.Pool(); pool != nil {
		conn, err := pool.Acquire(ctx)
		if err != nil {
			return err
		}
		defer conn.Release()
		if _, err := conn.Exec(ctx, `select pg_advisory_lock($1)`, int64(migrateLock)); err != nil {
			return err
		}
		defer func() {
			_, _ = conn.Exec(context.WithoutCancel(ctx), `select pg_advisory_unlock($1)`, int64(migrateLock))
		}()
	}
	for try := 1; ; try++ {
		if _, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil); err == nil || try == 5 || ctx.Err() != nil {
			return err
		}
		r.log.Warn("queue's tables: again", "try", try, "error", err)
		time.Sleep(time.Duration(try) * 100 * time.Millisecond)
	}
}

func (r *rivers[T]) insert(tx db.Tx, c call, long bool, in time.Duration) (int64, error) {
	t, ok := r.txOf(tx)
	if !ok {
		return 0, errNotWriting
	}
	o := &river.InsertOpts{MaxAttempts: callAttempts, Queue: shortQueue}
	if long {
		o.Queue = longQueue
	}
	if in > 0 {
		o.ScheduledAt = time.Now().Add(in)
	}
	res, err := r.insrt.InsertTx(tx.Context(), t, c, o)
	if err != nil {
		return 0, fmt.Errorf("call run %s: %w", c.Run, err)
	}
	return res.Job.ID, nil
}

func (r *rivers[T]) start(ctx context.Context, workers int, work func(ctx context.Context, id int64, c call) error) error {
	ws := river.NewWorkers()
	river.AddWorker(ws, &worker{work: work})
	var err error
	r.work, err = river.NewClient(r.driver, &river.Config{
		Logger:  r.log,
		Workers: ws,
		Queues: map[string]river.QueueConfig{
			shortQueue: {MaxWorkers: workers},
			longQueue:  {MaxWorkers: workers},
		},
		FetchCooldown:               50 * time.Millisecond,
		FetchPollInterval:           time.Second,
		JobTimeout:                  riverTimeout,
		RescueStuckJobsAfter:        riverRescue,
		RetryPolicy:                 soon{},
		CompletedJobRetentionPeriod: time.Hour, // the history is in job_run
		CancelledJobRetentionPeriod: time.Hour,
	})
	if err != nil {
		return err
	}
	// Stop ends the client, not the context: its end would cut running work short.
	return r.work.Start(context.WithoutCancel(ctx))
}

func (r *rivers[T]) stop(ctx context.Context) error {
	if r.work == nil {
		return nil
	}
	return r.work.Stop(ctx)
}

func (r *rivers[T]) abort(ctx context.Context) error {
	if r.work == nil {
		return nil
	}
	return r.work.StopAndCancel(ctx)
}

func (r *rivers[T]) void(ctx context.Context, id int64, since time.Duration) (bool, error) {
	j, err := r.insrt.JobGet(ctx, id)
	switch {
	case errors.Is(err, rivertype.ErrNotFound):
		return true, nil
	case err != nil:
		return false, err
	}
	switch j.State {
	case rivertype.JobStateCancelled, rivertype.JobStateCompleted, rivertype.JobStateDiscarded:
		return true, nil
	case rivertype.JobStateRunning:
		return j.AttemptedAt == nil || time.Since(*j.AttemptedAt) > since, nil
	}
	return false, nil
}

// worker hands River's jobs to the queue.
type worker struct {
	river.WorkerDefaults[call]
	work func(ctx context.Context, id int64, c call) error
}

// Work runs one call.
func (w *worker) Work(ctx context.Context, j *river.Job[call]) error {
	err := w.work(ctx, j.ID, j.Args)
	switch {
	case errors.Is(err, errSoon):
		return river.JobSnooze(moment())
	case errors.Is(err, errLater):
		return river.JobSnooze(30 * time.Second)
	}
	return err
}

// soon offers a call again shortly after the database failed us.
type soon struct{}

// NextRetry is in a moment.
func (soon) NextRetry(*rivertype.JobRow) time.Time { return time.Now().Add(moment()) }

// moment is a pause before a call is offered again. At random: all workers look once a second,
// and with a fixed pause the one that cannot take the call is mostly the first to see it again.
func moment() time.Duration { return 200*time.Millisecond + rand.N(2*time.Second) }

// warnings keeps River's running commentary out of the log.
type warnings struct{ slog.Handler }

// Enabled lets warnings and errors pass.
func (w warnings) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && w.Handler.Enabled(ctx, l)
}

// WithAttrs keeps the filter.
func (w warnings) WithAttrs(a []slog.Attr) slog.Handler { return warnings{w.Handler.WithAttrs(a)} }

// WithGroup keeps the filter.
func (w warnings) WithGroup(g string) slog.Handler { return warnings{w.Handler.WithGroup(g)} }
