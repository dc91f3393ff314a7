package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"bassin/internal/when"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

func (d *DB) openPostgres(ctx context.Context, c Config) error {
	cfg, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		return errors.New("the database address is not a postgres:// URL") // pgx would print the password
	}
	cfg.MaxConns = 16
	if c.Conns > 0 {
		cfg.MaxConns = int32(c.Conns)
	}
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return fmt.Errorf("reach PostgreSQL: %w", translate(err))
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return fmt.Errorf("reach PostgreSQL: %w", translate(err))
	}
	d.pool = pool
	d.writer = stdlib.OpenDBFromPool(pool)
	d.readers = d.writer
	return nil
}

func (d *DB) doPostgres(ctx context.Context, fn func(Tx) error) error {
	var err error
	for try := range 4 {
		var retry bool
		if retry, err = d.tryPostgres(ctx, fn); !retry || ctx.Err() != nil {
			return err
		}
		d.log.Warn("transaction again", "try", try+1, "error", err)
		if !pause(ctx, try) {
			return err
		}
	}
	return err
}

// tryPostgres runs fn once. Retry is true when nothing was committed and the same call may
// succeed: a deadlock, or a connection that died before the commit was sent.
//
// The transaction is begun on the pgx connection below database/sql, so that River's driver,
// which wants a pgx.Tx, and our SQL run in one and the same transaction.
func (d *DB) tryPostgres(ctx context.Context, fn func(Tx) error) (retry bool, err error) {
	conn, err := d.writer.Conn(ctx)
	if err != nil {
		return true, translate(err)
	}
	defer func() { _ = conn.Close() }()
	ptx, err := begin(ctx, conn, pgx.TxOptions{BeginQuery: beginWriting})
	if err != nil {
		return true, translate(err)
	}
	if err := fn(Tx{ctx: ctx, q: conn, now: when.At(d.now()), pgTx: ptx, pg: true, slots: d.slots}); err != nil {
		rollback(ctx, conn, ptx)
		return again(err) || gone(err), err
	}
	if err := ptx.Commit(ctx); err != nil {
		rollback(ctx, conn, ptx)
		return again(err), translate(err) // a lost answer to a commit is not tried again: it may be done
	}
	return false, nil
}

// rollback undoes the transaction, by way of database/sql: when a cancelled statement broke the
// connection, that has given it back to be destroyed, and it is not ours to touch any more.
func rollback(ctx context.Context, conn *sql.Conn, ptx pgx.Tx) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_ = conn.Raw(func(any) error { return ptx.Rollback(ctx) })
}

// Every writing transaction shares an advisory lock from its first statement, sent with it; a
// backup takes it whole to make writers wait. They then hold nothing yet, so nobody is in the way
// of anybody: locking the tables themselves, one after the other, would end in deadlocks.
const (
	writersLock  = 4_620_210_003 // any number that nobody else uses in this database
	beginWriting = "begin; select pg_advisory_xact_lock_shared(4620210003)"
)

func begin(ctx context.Context, conn *sql.Conn, opts pgx.TxOptions) (ptx pgx.Tx, err error) {
	err = conn.Raw(func(dc any) error {
		c, ok := dc.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("connection is %T, not pgx", dc)
		}
		ptx, err = c.Conn().BeginTx(ctx, opts)
		return err
	})
	return ptx, err
}
