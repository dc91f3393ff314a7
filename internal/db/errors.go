package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"bassin/internal/fault"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// translate turns a driver's error into a fault where a person or a caller can act on it.
// Nobody else reads driver errors.
func translate(err error) error {
	switch {
	case err == nil, fault.As(err) != nil:
		return err
	case errors.Is(err, sql.ErrNoRows):
		return fault.New(fault.NotFound, "fault.not_found")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fault.Wrap(err, fault.Unavailable, "db.timeout")
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return translateSQLite(lite)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return translatePostgres(pg)
	}
	if lost(err) {
		return fault.Wrap(err, fault.Unavailable, "db.down")
	}
	return err
}

func translateSQLite(err *sqlite.Error) error {
	switch err.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return fault.Wrap(err, fault.Conflict, "db.unique")
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return fault.Wrap(err, fault.Conflict, "db.reference")
	}
	switch err.Code() & 0xff { // the primary code
	case sqlite3.SQLITE_FULL:
		return fault.Wrap(err, fault.Unavailable, "db.full")
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN:
		return fault.Wrap(err, fault.Unavailable, "db.io")
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fault.Wrap(err, fault.Unavailable, "db.busy")
	case sqlite3.SQLITE_INTERRUPT:
		return fault.Wrap(err, fault.Unavailable, "db.timeout")
	}
	return err
}

func translatePostgres(err *pgconn.PgError) error {
	switch err.Code {
	case "23505":
		return fault.Wrap(err, fault.Conflict, "db.unique")
	case "23503":
		return fault.Wrap(err, fault.Conflict, "db.reference")
	case "53100":
		return fault.Wrap(err, fault.Unavailable, "db.full")
	case "40001", "40P01", "55P03", "53300":
		return fault.Wrap(err, fault.Unavailable, "db.busy")
	case "57014":
		return fault.Wrap(err, fault.Unavailable, "db.timeout")
	}
	if class := err.Code[:min(2, len(err.Code))]; class == "57" || class == "08" {
		return fault.Wrap(err, fault.Unavailable, "db.down")
	}
	return err
}

// lost reports a connection that broke or could not be made.
func lost(err error) bool {
	var connect *pgconn.ConnectError
	var op *net.OpError
	return errors.As(err, &connect) || errors.As(err, &op) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		pgconn.SafeToRetry(err)
}

// gone reports a fault that came from a dead connection.
func gone(err error) bool {
	f := fault.As(err)
	return f != nil && f.Key == "db.down"
}

// again reports a transaction that PostgreSQL gave up for the sake of another.
func again(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}
