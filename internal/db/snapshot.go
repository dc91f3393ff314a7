package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
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
}

// Table is one table with the columns and rows that a snapshot holds.
type Table struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns,omitempty"`
	Rows    int64    `json:"rows"`
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
// PostgreSQL gives each table as COPY text in pieces, while writers wait for the whole of it.
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
	if err := d.putFile(d.path+"-wal", FileName+"-wal", put); err != nil {
		return err
	}
	s, err := d.describe(ctx, Tx{ctx: ctx, q: lock})
	if err != nil {
		return err
	}
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

// snapshotPostgres makes writers wait, then reads everything in one snapshot. What other parts
// write by themselves meanwhile (River's own rows) is not in it, and is nobody's promise.
func (d *DB) snapshotPostgres(ctx context.Context, put Put, frozen func(Snapshot) error) error {
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
	s, err := d.describe(ctx, Tx{ctx: ctx, q: conn, pgTx: ptx})
	if err != nil {
		return err
	}
	if len(s.Tables) == 0 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	for _, t := range s.Tables {
		if err := copyOut(ctx, ptx, t, put); err != nil {
			return translate(err)
		}
	}
	return frozen(s)
}

// TableMember is the name of a table's piece in a snapshot.
func TableMember(table string, piece int) string { return fmt.Sprintf("tables/%s.%06d", table, piece) }

// copyOut writes a table in pieces that end with a row.
func copyOut(ctx context.Context, ptx pgx.Tx, t Table, put Put) error {
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		_, err := ptx.Conn().PgConn().CopyTo(ctx, w, "copy (select "+list(t.Columns)+" from "+quote(t.Name)+") to stdout")
		w.CloseWithError(err)
		done <- err
	}()
	err := pieces(r, func(i int, size int64, piece io.Reader) error { return put(TableMember(t.Name, i), size, piece) })
	_ = r.CloseWithError(err) // ends CopyTo when we could not write
	if e := <-done; err == nil || errors.Is(err, io.ErrClosedPipe) {
		err = e
	}
	return err
}
