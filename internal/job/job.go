// Package job runs long work in the background: imports, exports, analyses, mails, sweeps. Work
// is asked for in the transaction that needs it, survives a killed process, shows its progress,
// can be stopped, and is run again only where that is safe. Underneath is River (decision 0004),
// which only river.go sees.
//
// Words: a kind of work (Handle), a run of it (Record: who asked, state, progress, result), an
// attempt at a run, a worker (a process that runs work), a call (the queue's entry that may start
// a run; a run keeps the number of its one valid call, every other is void).
//
// A run is attempted at least once. Its handler must give the same end when it is run again from
// the start after dying at any line, or be registered as not Safe: then nobody runs it again and
// the person reads that it was cut short. Run.Do and Run.Finish keep an attempt that was given up
// for dead from writing, so that two never write at once.
//
// Tables: job_run, job_worker, job_every, and River's (river_…).
// Called by features' jobs.go (Handle, Every), their operations (Enqueue) and app (Start, Stop).
package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"bassin/internal/db"
	"bassin/internal/web"

	"github.com/prometheus/client_golang/prometheus"
)

// Options are what a queue needs, and the slots that higher packages fill.
type Options struct {
	Log        *slog.Logger
	InsertOnly bool // enqueue and show, but run nothing
	Workers    int  // runs at once in this process, of short and of long work each; 0 = the number of cores, at least 2

	// Grace is how long Stop lets running work go on before it is handed back; 0 = 20 s.
	Grace time.Duration

	// Who tells who asks for a page: the person's id, and whether they see everybody's runs.
	Who func(ctx context.Context) (personID string, admin bool)
	// Names gives the names of people for the list that an admin sees; may be nil.
	Names func(ctx context.Context, ids []string) map[string]string

	Metrics prometheus.Registerer
}

// Queue takes work, and runs it once started.
type Queue struct {
	db    *db.DB
	opts  Options
	log   *slog.Logger
	calls caller
	kinds map[string]kind
	every []periodic
	ended *prometheus.CounterVec
	pace  pace

	streams web.Streams // of pages that follow a run

	mu      sync.Mutex
	worker  string // this process's id among workers, empty before Start
	running map[RunID]*Run
	life    life

	stopping chan struct{} // closed when Stop begins
	stopOnce sync.Once
	closed   context.Context // ends when nothing is recorded any more
	close    context.CancelFunc
	loops    sync.WaitGroup
}

// pace holds the intervals of the loops; tests make them short.
type pace struct {
	flush, watch, recover, beat, silence, overdue time.Duration
}

// kind is a registered kind of work.
type kind struct {
	name  string
	fn    any // as it was registered, for docs/map.txt
	opts  Opts
	check func(args any) error
	run   func(ctx context.Context, run *Run, args []byte) error
}

// Opts say how a kind of work is run.
type Opts struct {
	Timeout     time.Duration                   // of one attempt; 0 = 10 minutes; at most 24 hours
	MaxAttempts int                             // for work that is Safe; 0 = 5
	Safe        bool                            // the handler may be run again after a crash or a passing failure
	Long        bool                            // minutes or more: does not stand in the way of short work
	Backoff     func(attempt int) time.Duration // pause before the next attempt; nil = 5 s, 30 s, 2 min, 10 min, 30 min
}

// maxTimeout is below River's own limit (river.go), which must never be reached.
const maxTimeout = 24 * time.Hour

// New prepares the queue: its tables are made when they are missing. Kinds are registered next,
// then Start.
func New(ctx context.Context, d *db.DB, o Options) (*Queue, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Workers <= 0 {
		o.Workers = max(2, runtime.NumCPU())
	}
	if o.Grace <= 0 {
		o.Grace = 20 * time.Second
	}
	if o.Who == nil {
		o.Who = func(context.Context) (string, bool) { return "", false }
	}
	q := &Queue{
		db: d, opts: o, log: o.Log, kinds: map[string]kind{}, running: map[RunID]*Run{}, stopping: make(chan struct{}),
		pace: pace{flush: 500 * time.Millisecond, watch: time.Second, recover: 2 * time.Second, beat: time.Second,
			silence: 6 * time.Second, overdue: time.Minute},
		ended: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "bassin_job_attempts_total",
			Help: "Attempts at work that ended, by kind and what became of the run."}, []string{"kind", "state"}),
	}
	q.closed, q.close = context.WithCancel(context.WithoutCancel(ctx))
	if o.Metrics != nil {
		o.Metrics.MustRegister(q.ended)
	}
	var err error
	if q.calls, err = newCaller(d, o); err != nil {
		return nil, fmt.Errorf("prepare the queue: %w", err)
	}
	if err := q.calls.migrate(ctx); err != nil {
		return nil, fmt.Errorf("bring the queue's tables up to date: %w", err)
	}
	Every(q, "job.sweep", time.Hour, q.sweep)
	return q, nil
}

// Handle registers a kind of work. Its name, such as territory.import, is also the text key of its
// title. Every process registers every kind, those that only enqueue too.
func Handle[T any](q *Queue, name string, fn func(ctx context.Context, run *Run, args T) error, o Opts) {
	if _, twice := q.kinds[name]; twice || name == "" {
		panic(fmt.Sprintf("job: kind %q is registered twice or has no name", name))
	}
	if o.Timeout <= 0 {
		o.Timeout = 10 * time.Minute
	}
	o.Timeout = min(o.Timeout, maxTimeout)
	switch {
	case !o.Safe:
		o.MaxAttempts = 1
	case o.MaxAttempts <= 0:
		o.MaxAttempts = 5
	}
	if o.Backoff == nil {
		o.Backoff = backoff
	}
	q.kinds[name] = kind{
		name: name, opts: o, fn: fn,
		check: func(args any) error {
			if _, ok := args.(T); !ok {
				return fmt.Errorf("kind %s takes %T, not %T", name, *new(T), args)
			}
			return nil
		},
		run: func(ctx context.Context, run *Run, b []byte) error {
			var args T
			if err := json.Unmarshal(b, &args); err != nil {
				return fmt.Errorf("arguments of %s: %w", name, err)
			}
			return fn(ctx, run, args)
		},
	}
}

// Kinds lists the kinds of work by name, each with its function as it was registered.
func (q *Queue) Kinds() map[string]any {
	m := map[string]any{}
	for name, k := range q.kinds {
		m[name] = k.fn
	}
	return m
}

// Worker is this process's id among the workers, empty when it runs nothing.
func (q *Queue) Worker() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.worker
}

var errNotWriting = errors.New("a job is enqueued in a transaction that writes (db.Do)")
