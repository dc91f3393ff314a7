package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"bassin/internal/when"
)

// A transaction of SQLite is shared by at most so many writers, and for at most so long: who came
// first waits for the last.
const (
	mostWriters = 64
	longShared  = 20 * time.Millisecond
)

// errUndone says that a transaction shared with others was undone for the fault of another: each
// does its own again, alone.
var errUndone = errors.New("undone with the others")

// turns lets writers write one after another, in the order they came, and commit together: who has
// written waits at the end of the queue, and when its turn comes again all who waited before it
// have written too. With nobody waiting that is at once. A commit costs as much as a creation, and
// with --sync full much more.
type turns struct {
	turn chan struct{} // holds one: its sender writes
	open *shared       // begun and not committed; belongs to who has the turn
}

// shared is a transaction of several writers, each within a savepoint but the first.
type shared struct {
	conn    *sql.Conn
	tx      *sql.Tx
	began   time.Time
	writers int
	ended   chan struct{}
	err     error // once ended
}

func newTurns() *turns { return &turns{turn: make(chan struct{}, 1)} }

// do runs fn in a transaction and gives nil once it is committed.
func (w *turns) do(ctx context.Context, pool *sql.DB, fn func(*sql.Tx) error) error {
	err := w.write(ctx, pool, fn, false)
	if errors.Is(err, errUndone) {
		err = w.write(ctx, pool, fn, true)
	}
	return err
}

func (w *turns) write(ctx context.Context, pool *sql.DB, fn func(*sql.Tx) error, alone bool) error {
	select {
	case w.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	s, err := w.run(ctx, pool, fn, alone)
	if err != nil {
		if s == nil {
			return err
		}
		<-s.ended // what it was refused for holds only now
		if s.err != nil {
			return s.err
		}
		return err
	}
	if alone || s.writers >= mostWriters || time.Since(s.began) > longShared {
		w.commit()
		<-w.turn
		return s.err
	}
	<-w.turn
	select {
	case <-s.ended:
	case w.turn <- struct{}{}:
		if w.open == s {
			w.commit()
		}
		<-w.turn
		<-s.ended
	}
	return s.err
}

// run runs fn in the open transaction or in a new one, which it gives, with an error too when others
// wrote in it before. Nothing stays of an fn that fails or panics; the turn is given up then.
func (w *turns) run(ctx context.Context, pool *sql.DB, fn func(*sql.Tx) error, alone bool) (s *shared, err error) {
	done := false
	defer func() {
		if done {
			return
		}
		if w.open != nil && w.open.writers == 0 { // fn was the first
			w.undo(err)
		}
		<-w.turn
	}()
	if alone && w.open != nil {
		w.commit()
	}
	if w.open == nil {
		if err := w.begin(ctx, pool); err != nil {
			return nil, err
		}
		err = fn(w.open.tx)
	} else {
		s = w.open
		err = w.within(fn)
	}
	if err != nil {
		return s, err
	}
	w.open.writers++
	done = true
	return w.open, nil
}

// begin opens a transaction. It does not end with the context of the writer who began it.
func (w *turns) begin(ctx context.Context, pool *sql.DB) error {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		_ = conn.Close()
		return err
	}
	w.open = &shared{conn: conn, tx: tx, began: time.Now(), ended: make(chan struct{})}
	return nil
}

// within runs fn in a savepoint of the open transaction.
func (w *turns) within(fn func(*sql.Tx) error) (err error) {
	tx := w.open.tx
	if err := execute(tx, "savepoint writer"); err != nil {
		return err
	}
	done := false
	defer func() {
		if done {
			return
		}
		// SQLite undoes the whole transaction on some errors, a full disk for one.
		if errors.Join(execute(tx, "rollback to writer"), execute(tx, "release writer")) != nil {
			w.undo(errUndone)
		}
	}()
	if err := fn(tx); err != nil {
		return err
	}
	if err := execute(tx, "release writer"); err != nil {
		return errUndone // fn went on after such an error
	}
	done = true
	return nil
}

func execute(tx *sql.Tx, query string) error {
	_, err := tx.ExecContext(context.Background(), query)
	return err
}

// commit ends the open transaction for all who wrote in it.
func (w *turns) commit() {
	s := w.open
	err := s.tx.Commit()
	if err != nil && s.writers > 1 {
		err = errUndone
	}
	w.end(err)
}

// undo ends it and nothing stays.
func (w *turns) undo(err error) {
	_ = w.open.tx.Rollback()
	w.end(err)
}

func (w *turns) end(err error) {
	s := w.open
	_ = s.conn.Close() // back to the pool
	s.err, w.open = err, nil
	close(s.ended)
}

// doSQLite does a transaction of SQLite.
func (d *DB) doSQLite(ctx context.Context, fn func(Tx) error) error {
	return translate(d.turns.do(ctx, d.writer, func(t *sql.Tx) error {
		return fn(Tx{ctx: ctx, q: patient{t}, now: when.At(d.now()), sqlTx: t, slots: d.slots})
	}))
}

// patient ends no statement halfway: SQLite would undo the whole transaction, with what others
// wrote in it. A context that has ended is noticed before the next statement.
type patient struct{ tx *sql.Tx }

// ExecContext runs a statement to its end.
func (p patient) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return p.tx.ExecContext(context.WithoutCancel(ctx), query, args...)
}

// QueryContext runs a query to its end.
func (p patient) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return p.tx.QueryContext(context.WithoutCancel(ctx), query, args...)
}
