package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite" // also the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// FileName is the SQLite file in the data folder.
const FileName = "bassin.db"

// readerConns is how many pages may read at once; more only fight for the two cores of a
// small machine.
const readerConns = 8

func (d *DB) openSQLite(ctx context.Context, c Config) error {
	if c.Dir == "" {
		return fmt.Errorf("no data folder given")
	}
	d.path = filepath.Join(c.Dir, FileName)
	if c.ReadOnly {
		if _, err := os.Stat(d.path); err != nil {
			return fmt.Errorf("no database in %s: %w", c.Dir, err)
		}
	} else if err := ownFile(c.Dir, d.path); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	sync := "NORMAL"
	if c.FullSync {
		sync = "FULL"
	}
	// One connection writes: SQLite has one writer at a time whatever we do, and a queue before
	// it (turns) is fair and silent where its own lock answers "database is locked". IMMEDIATE,
	// because a transaction that reads first and writes later cannot wait for the lock.
	connect, err := openPreparing(dsn(d.path, "immediate", sync, "foreign_keys(1)"))
	if err != nil {
		return fmt.Errorf("open %s: %w", d.path, err)
	}
	w := sql.OpenDB(connect)
	w.SetMaxOpenConns(1)
	w.SetMaxIdleConns(1)
	if err := w.PingContext(ctx); err != nil {
		_ = w.Close()
		return fmt.Errorf("open %s: %w", d.path, translate(err))
	}
	if connect, err = openPreparing(dsn(d.path, "deferred", sync, "query_only(1)")); err != nil {
		_ = w.Close()
		return fmt.Errorf("open %s: %w", d.path, err)
	}
	r := sql.OpenDB(connect)
	r.SetMaxOpenConns(readerConns)
	r.SetMaxIdleConns(readerConns)
	d.writer, d.readers, d.turns = w, r, newTurns()
	return nil
}

// ownFile makes folder and file for their owner alone; SQLite gives its log the file's rights.
func ownFile(dir, path string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// InUse reports whether a program has the SQLite database of a folder open: then the whole file
// cannot be locked.
func InUse(ctx context.Context, dir string) (bool, error) {
	path := filepath.Join(dir, FileName)
	if _, err := os.Stat(path); err != nil {
		return false, nil
	}
	v := url.Values{"_pragma": {"busy_timeout(0)", "locking_mode(EXCLUSIVE)"}, "_txlock": {"immediate"}}
	c, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+v.Encode())
	if err != nil {
		return false, err
	}
	defer func() { _ = c.Close() }()
	t, err := c.BeginTx(ctx, nil)
	var lite *sqlite.Error
	switch {
	case errors.As(err, &lite) && lite.Code()&0xff == sqlite3.SQLITE_BUSY:
		return true, nil
	case err != nil:
		return false, translate(err)
	}
	return false, t.Rollback()
}

// dsn is the address of the file with its settings. The file is not mapped into memory: each page
// that is read after a change would unmap and map it again, which costs more than reading does.
func dsn(path, lock, sync string, more ...string) string {
	v := url.Values{"_txlock": {lock}}
	for _, p := range append([]string{
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(" + sync + ")",
		"cache_size(-8000)", "temp_store(2)",
	}, more...) {
		v.Add("_pragma", p)
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + v.Encode()
}

// Settle empties the write-ahead log and refreshes the planner's statistics: after a bulk load.
func (d *DB) Settle(ctx context.Context) error {
	queries := []string{"pragma wal_checkpoint(truncate)", "analyze"}
	if d.pool != nil {
		queries = []string{"analyze"}
	}
	for _, q := range queries {
		if _, err := d.writer.ExecContext(ctx, q); err != nil {
			return translate(err)
		}
	}
	return nil
}

// CopyTo writes a consistent copy of the SQLite database to a new file while others write.
func (d *DB) CopyTo(ctx context.Context, path string) error {
	if d.path == "" {
		return fmt.Errorf("copy of the file: the database is not SQLite")
	}
	// query_only forbids nothing here: the statement writes the other file only.
	c, err := sql.Open("sqlite", dsn(d.path, "deferred", "NORMAL"))
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if _, err := c.ExecContext(ctx, "vacuum into $1", path); err != nil {
		return fmt.Errorf("copy the database: %w", translate(err))
	}
	return nil
}
