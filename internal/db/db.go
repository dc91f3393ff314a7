// Package db opens the data of a server and runs transactions on it: SQLite in a folder
// (the default) or PostgreSQL by URL. Features write one SQL text, with $1 $2, that both
// databases run; where they truly differ this package has the two forms.
//
// Words: a writer and its readers (SQLite), a transaction (Tx), a migration.
// Tables: goose's own. Everybody's tables are made by the files in migrations/.
// Called by every feature's operations (Do, View) and stores (Get, List, Tx.Exec).
package db

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	_ "time/tzdata" // a minimal machine has no zone files

	"bassin/internal/when"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Config says where the data is.
type Config struct {
	Dir      string           // folder of the SQLite file bassin.db; used when URL is empty
	URL      string           // postgres://…
	FullSync bool             // SQLite: wait for the disk at each commit (safe at a power cut, slower)
	ReadOnly bool             // SQLite: refuse to create the file and do not migrate
	Version  int64            // stop at this migration: to load a backup of an older program; 0 = the newest
	Conns    int              // PostgreSQL: most connections of this process; 0 = 16
	Now      func() time.Time // the clock; nil = time.Now
	Log      *slog.Logger     // nil = discard
}

// DB is an open database.
type DB struct {
	now      func() time.Time
	log      *slog.Logger
	writer   *sql.DB // SQLite: one connection. PostgreSQL: the pool
	readers  *sql.DB // SQLite: eight connections, query_only. PostgreSQL: the same as writer
	pool     *pgxpool.Pool
	path     string
	waitBusy time.Duration
	slots    *slots
	turns    *turns // SQLite

	mu   sync.Mutex
	keep []io.Closer // closed last; see putFile
}

// Open opens the database and brings its tables up to date.
func Open(ctx context.Context, c Config) (*DB, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	d := &DB{now: c.Now, log: c.Log, waitBusy: 20 * time.Second, slots: &slots{}}
	open := d.openSQLite
	if c.URL != "" {
		open = d.openPostgres
	}
	if err := open(ctx, c); err != nil {
		return nil, err
	}
	if c.ReadOnly {
		return d, nil
	}
	if err := d.Migrate(ctx, c.Version); err != nil {
		_ = d.Close()
		return nil, err
	}
	return d, nil
}

// Clocked gives the same database with another clock: the demonstration and the benchmarks
// record a past that really took place day by day.
func (d *DB) Clocked(now func() time.Time) *DB {
	return &DB{now: now, log: d.log, writer: d.writer, readers: d.readers, pool: d.pool, path: d.path, waitBusy: d.waitBusy, slots: d.slots, turns: d.turns}
}

// Close lets go of the connections.
func (d *DB) Close() error {
	err := d.writer.Close()
	if d.readers != d.writer {
		if e := d.readers.Close(); err == nil {
			err = e
		}
	}
	if d.pool != nil {
		d.pool.Close()
	}
	for _, c := range d.keep {
		_ = c.Close()
	}
	return err
}

// Postgres reports whether the database is PostgreSQL.
func (d *DB) Postgres() bool { return d.pool != nil }

// Path is the SQLite file, empty on PostgreSQL.
func (d *DB) Path() string { return d.path }

// Writer is the handle for libraries that bring their own SQL (goose, River). Features use Do.
func (d *DB) Writer() *sql.DB { return d.writer }

// Pool is PostgreSQL's pool, nil on SQLite; for River.
func (d *DB) Pool() *pgxpool.Pool { return d.pool }

// Ping reports whether the database answers.
func (d *DB) Ping(ctx context.Context) error {
	return translate(d.readers.PingContext(ctx))
}

// querier is what both *sql.Tx and *sql.Conn can do.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Tx is one transaction. A function that takes a Tx never opens one.
type Tx struct {
	ctx   context.Context
	q     querier
	now   when.Time
	sqlTx *sql.Tx // SQLite
	pgTx  pgx.Tx  // PostgreSQL, writing
	pg    bool
	slots *slots
}

// Context is the context the transaction runs in.
func (tx Tx) Context() context.Context { return tx.ctx }

// Now is the instant of the transaction, the only clock in a feature.
func (tx Tx) Now() when.Time { return tx.now }

// Paris is where the programme's days begin and end.
var Paris = paris()

func paris() *time.Location {
	l, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err) // the zone data is linked into the binary (time/tzdata)
	}
	return l
}

// Today is the calendar day of the transaction in France.
func (tx Tx) Today() when.Date { return tx.now.Date(Paris) }

// Postgres reports whether the database is PostgreSQL.
func (tx Tx) Postgres() bool { return tx.pg }

// SQLTx is the SQLite transaction, for libraries that enqueue into it; nil on PostgreSQL.
func (tx Tx) SQLTx() *sql.Tx { return tx.sqlTx }

// PGTx is the PostgreSQL transaction, for libraries that enqueue into it; nil on SQLite.
func (tx Tx) PGTx() pgx.Tx { return tx.pgTx }

// Do runs fn in a transaction that may write, and commits when fn gives no error.
//
// On SQLite writers wait their turn and those who waited commit together. fn is run again when
// that commit fails for another's fault; on PostgreSQL after a deadlock, a serialisation failure
// or a connection lost before the commit. fn must give the same result when run twice, so it sets
// what it captures and does not add to it.
func (d *DB) Do(ctx context.Context, fn func(Tx) error) error {
	fn, committed := joined(ctx, fn)
	do := d.doSQLite
	if d.pool != nil {
		do = d.doPostgres
	}
	err := do(ctx, fn)
	if err == nil {
		committed()
	}
	return err
}

// View runs fn in a read-only transaction on one snapshot of the data.
func (d *DB) View(ctx context.Context, fn func(Tx) error) error {
	var err error
	for try := range 3 {
		var retry bool
		if retry, err = d.view(ctx, fn); !retry || ctx.Err() != nil {
			return err
		}
		d.log.Warn("read again", "try", try+1, "error", err)
		if !pause(ctx, try) {
			return err
		}
	}
	return err
}

// view reports retry when the connection was found dead.
func (d *DB) view(ctx context.Context, fn func(Tx) error) (retry bool, err error) {
	opts := &sql.TxOptions{ReadOnly: true}
	if d.pool != nil {
		opts.Isolation = sql.LevelRepeatableRead
	}
	t, err := d.readers.BeginTx(ctx, opts)
	if err != nil {
		return d.pool != nil, translate(err)
	}
	defer func() { _ = t.Rollback() }()
	if err := fn(Tx{ctx: ctx, q: t, now: when.At(d.now()), pg: d.pool != nil, slots: d.slots}); err != nil {
		return d.pool != nil && gone(err), err
	}
	return false, nil
}

// pause waits a little longer at each try; false when the context ended.
func pause(ctx context.Context, try int) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(time.Duration(50<<(2*try)) * time.Millisecond):
		return true
	}
}

// Migrate brings the tables up to a version, 0 for the newest.
func (d *DB) Migrate(ctx context.Context, version int64) error {
	if err := migrate(ctx, d, version); err != nil {
		return fmt.Errorf("bring the tables up to date: %w", err)
	}
	return nil
}
