package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"bassin/internal/fault"

	"github.com/jackc/pgx/v5"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Snapshot is the whole database at one instant.
type Snapshot struct {
	Postgres bool
	Version  int64 // of the tables: the last migration
	Tables   []Table
	Waiting  time.Time // since when writers wait
}

// Table is one table with the columns and rows that a snapshot holds.
type Table struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns,omitempty"`
	Rows    int64    `json:"rows"`
	From    int      `json:"from,omitempty"` // the first piece that counts: those before it were overtaken
}

// Put takes one member of a snapshot: a file, or a piece of a table.
type Put func(name string, size int64, r io.Reader) error

// freezeWithin is how long a backup tries to get its turn among the writers.
const freezeWithin = 60 * time.Second

// Snapshot writes the whole database while others write, then calls frozen while they wait, and
// lets them go on when it returns. What was acknowledged before frozen returned is in the
// snapshot, and nothing else is.
//
// SQLite gives its file and its write-ahead log. The file is copied while a read transaction
// keeps checkpoints from resetting the log; then the writers' lock is taken and the log, which
// holds every commit since, is copied. What a checkpoint may have written into the file in
// between stands in the log too, so a page that was copied half-written is put right when the
// copy is first opened, as after a crash. Writers wait for the copy of the log only.
//
// PostgreSQL gives each table as COPY text in pieces, first as it is at one instant while writers
// go on. Then they wait, and each table is compared with what was written of it: one to which rows
// were only added is completed by them, which are all that the large tables ever get; one in which
// rows were changed or removed is written anew.
func (d *DB) Snapshot(ctx context.Context, put Put, frozen func(Snapshot) error) error {
	if d.pool != nil {
		return d.snapshotPostgres(ctx, put, frozen)
	}
	return d.snapshotSQLite(ctx, put, frozen)
}

// FileNames are the members of a SQLite snapshot: the file and its log.
func FileNames() (file, wal string) { return FileName, FileName + "-wal" }

func (d *DB) snapshotSQLite(ctx context.Context, put Put, frozen func(Snapshot) error) error {
	raw, err := sql.Open("sqlite", dsn(d.path, "immediate", "NORMAL"))
	if err != nil {
		return err
	}
	defer func() { _ = raw.Close() }()
	// Begin the log anew if readers leave a gap, so that little of it must be copied while
	// writers wait; if they do not, it is only longer.
	_, _ = raw.ExecContext(ctx, "pragma wal_checkpoint(restart)")
	hold, err := d.readers.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return translate(err)
	}
	defer func() { _ = hold.Rollback() }()
	if _, err := hold.ExecContext(ctx, "select count(*) from sqlite_schema"); err != nil { // the snapshot begins with the first read
		return translate(err)
	}
	if err := d.putFile(d.path, FileName, put); err != nil {
		return err
	}
	lock, err := d.freezeSQLite(ctx, raw)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Rollback() }()
	waiting := time.Now()
	if err := d.putFile(d.path+"-wal", FileName+"-wal", put); err != nil {
		return err
	}
	s, err := d.describe(ctx, Tx{ctx: ctx, q: lock})
	if err != nil {
		return err
	}
	s.Waiting = waiting
	return frozen(s)
}

// freezeSQLite takes the writers' lock, asking often: SQLite's own waiting asks ten times a
// second and may never find the lock free while a busy server writes.
func (d *DB) freezeSQLite(ctx context.Context, raw *sql.DB) (*sql.Tx, error) {
	raw.SetMaxOpenConns(1)
	if _, err := raw.ExecContext(ctx, "pragma busy_timeout(1)"); err != nil {
		return nil, translate(err)
	}
	for end := time.Now().Add(freezeWithin); ; time.Sleep(200 * time.Microsecond) {
		tx, err := raw.BeginTx(ctx, nil)
		var lite *sqlite.Error
		if err == nil || !errors.As(err, &lite) || lite.Code()&0xff != sqlite3.SQLITE_BUSY || time.Now().After(end) {
			return tx, translate(err)
		}
	}
}

// putFile copies as much of a file as it has now.
//
// The file stays open until the database is closed: on POSIX systems closing any descriptor of a
// file drops every lock that the process holds on it, SQLite's too.
func (d *DB) putFile(path, name string, put Put) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	d.mu.Lock()
	d.keep = append(d.keep, f)
	d.mu.Unlock()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	return put(name, info.Size(), io.LimitReader(f, info.Size()))
}

// describe lists tables and counts their rows.
func (d *DB) describe(ctx context.Context, tx Tx) (Snapshot, error) {
	s := Snapshot{Postgres: d.pool != nil}
	var err error
	if s.Version, err = Get[int64](tx, `select max(version_id) from goose_db_version where is_applied`); err != nil {
		return s, err
	}
	s.Tables, err = d.tables(tx)
	if err != nil {
		return s, err
	}
	for i := range s.Tables {
		t := &s.Tables[i]
		if t.Rows, err = Get[int64](tx, `select count(*) from `+quote(t.Name)); err != nil {
			return s, err
		}
	}
	return s, nil
}

// chunkBytes is the size of the pieces in which tables are written.
const chunkBytes = 4 << 20

// snapshotPostgres writes the tables twice: most of them while writers go on, the rest while they
// wait. What other parts write by themselves meanwhile (River's own rows) is nobody's promise.
func (d *DB) snapshotPostgres(ctx context.Context, put Put, frozen func(Snapshot) error) error {
	var before written
	err := d.frozenView(ctx, func(ptx pgx.Tx, tx Tx) (err error) {
		before, err = d.writeTables(tx, ptx, put)
		return err
	})
	if err != nil {
		return err
	}
	hold, err := d.pool.Acquire(ctx)
	if err != nil {
		return translate(err)
	}
	defer hold.Release()
	lock, err := hold.Begin(ctx)
	if err != nil {
		return translate(err)
	}
	defer func() { _ = lock.Rollback(context.WithoutCancel(ctx)) }()
	if _, err := lock.Exec(ctx, fmt.Sprintf("set local lock_timeout = %d", freezeWithin.Milliseconds())); err != nil {
		return translate(err)
	}
	if _, err := lock.Exec(ctx, "select pg_advisory_xact_lock($1)", writersLock); err != nil {
		return translate(err)
	}
	waiting := time.Now()
	return d.frozenView(ctx, func(ptx pgx.Tx, tx Tx) error {
		s, err := d.describe(ctx, tx)
		if err != nil {
			return err
		}
		s.Waiting = waiting
		for i := range s.Tables {
			if err := before.complete(tx, ptx, &s.Tables[i], put); err != nil {
				return err
			}
		}
		return frozen(s)
	})
}

// frozenView runs fn on the data of one instant, with the connection below too.
func (d *DB) frozenView(ctx context.Context, fn func(ptx pgx.Tx, tx Tx) error) error {
	conn, err := d.writer.Conn(ctx)
	if err != nil {
		return translate(err)
	}
	defer func() { _ = conn.Close() }()
	ptx, err := begin(ctx, conn, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return translate(err)
	}
	defer rollback(ctx, conn, ptx)
	return fn(ptx, Tx{ctx: ctx, q: conn, pgTx: ptx, pg: true})
}

// written is what stands in a snapshot of an earlier instant.
type written struct {
	horizon uint32           // every transaction below this number had ended by then
	rows    map[string]int64 // of each table
	pieces  map[string]int
}

func (d *DB) writeTables(tx Tx, ptx pgx.Tx, put Put) (written, error) {
	w := written{rows: map[string]int64{}, pieces: map[string]int{}}
	horizon, err := Get[string](tx, `select pg_snapshot_xmin(pg_current_snapshot())::xid::text`)
	if err != nil {
		return w, err
	}
	n, err := strconv.ParseUint(horizon, 10, 32)
	if err != nil {
		return w, err
	}
	w.horizon = uint32(n)
	s, err := d.describe(tx.ctx, tx)
	if err != nil {
		return w, err
	}
	if len(s.Tables) == 0 {
		return w, fault.New(fault.NotFound, "fault.not_found")
	}
	for _, t := range s.Tables {
		w.rows[t.Name] = t.Rows
		if w.pieces[t.Name], err = copyOut(tx.ctx, ptx, t, "", 0, put); err != nil {
			return w, err
		}
	}
	return w, nil
}

// complete writes what a table has more than was written of it, or the whole of it again.
//
// A row version below the horizon was there then, and a changed row is a new version: so when there
// are as many of those now as rows were written, all of them are still as they were, and the
// others are new.
func (w written) complete(tx Tx, ptx pgx.Tx, t *Table, put Put) error {
	older := fmt.Sprintf("age(xmin) > age('%d'::xid)", w.horizon)
	same, err := Get[int64](tx, `select count(*) from `+quote(t.Name)+` where `+older)
	if err != nil {
		return err
	}
	switch n, known := w.rows[t.Name]; {
	case known && same == n && t.Rows == n:
		return nil
	case known && same == n:
		_, err = copyOut(tx.ctx, ptx, *t, " where not "+older, w.pieces[t.Name], put)
	default:
		t.From = w.pieces[t.Name]
		_, err = copyOut(tx.ctx, ptx, *t, "", t.From, put)
	}
	return err
}

// TableMember is the name of a table's piece in a snapshot.
func TableMember(table string, piece int) string { return fmt.Sprintf("tables/%s.%06d", table, piece) }

// copyOut writes a table, or the rows of a condition, in pieces that end with a row, and gives the
// number after the last piece.
func copyOut(ctx context.Context, ptx pgx.Tx, t Table, where string, first int, put Put) (int, error) {
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		_, err := ptx.Conn().PgConn().CopyTo(ctx, w, "copy (select "+list(t.Columns)+" from "+quote(t.Name)+where+") to stdout")
		w.CloseWithError(err)
		done <- err
	}()
	next := first
	err := pieces(r, func(i int, size int64, piece io.Reader) error {
		next = first + i + 1
		return put(TableMember(t.Name, first+i), size, piece)
	})
	_ = r.CloseWithError(err) // ends CopyTo when we could not write
	if e := <-done; err == nil || errors.Is(err, io.ErrClosedPipe) {
		err = e
	}
	return next, translate(err)
}
