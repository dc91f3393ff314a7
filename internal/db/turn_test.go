package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
)

// together lets the writers queue up behind one that holds the turn, in their order, and gives what
// each got.
func together(t *testing.T, d *db.DB, writers ...func(context.Context, db.Tx) error) []error {
	t.Helper()
	errs := make([]error, len(writers))
	hold, held := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := d.Do(context.Background(), func(db.Tx) error { close(held); <-hold; return nil }); err != nil {
			t.Error(err)
		}
	})
	<-held
	for i, fn := range writers {
		wg.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					errs[i] = fmt.Errorf("panic: %v", v)
				}
			}()
			errs[i] = d.Do(context.Background(), func(tx db.Tx) error { return fn(tx.Context(), tx) })
		})
		time.Sleep(5 * time.Millisecond) // into the queue
	}
	close(hold)
	wg.Wait()
	return errs
}

func person(email string) func(context.Context, db.Tx) error {
	return func(_ context.Context, tx db.Tx) error {
		_, err := tx.Exec(insert, db.NewID(), email, "Test", tx.Now())
		return err
	}
}

// Those who commit together do not share their faults.
func TestWhoCommitTogetherDoNotShareFaults(t *testing.T) {
	failed := errors.New("no")
	for name, bad := range map[string]func(context.Context, db.Tx) error{
		"fails": func(ctx context.Context, tx db.Tx) error {
			return errors.Join(person("bad@example.org")(ctx, tx), failed)
		},
		"panics": func(ctx context.Context, tx db.Tx) error {
			if err := person("bad@example.org")(ctx, tx); err != nil {
				return err
			}
			panic("no")
		},
		"stored twice": func(ctx context.Context, tx db.Tx) error {
			return errors.Join(person("bad@example.org")(ctx, tx), person("bad@example.org")(ctx, tx))
		},
		// As SQLite does by itself when the disk is full.
		"undoes all and goes on": func(ctx context.Context, tx db.Tx) error {
			if _, err := tx.SQLTx().ExecContext(ctx, "rollback"); err != nil {
				return err
			}
			return nil
		},
		"undoes all and fails": func(ctx context.Context, tx db.Tx) error {
			_, err := tx.SQLTx().ExecContext(ctx, "rollback")
			return errors.Join(err, failed)
		},
		"fails at the commit": func(_ context.Context, tx db.Tx) error {
			if _, err := tx.Exec("pragma defer_foreign_keys = on"); err != nil {
				return err
			}
			_, err := tx.Exec(`insert into account_session (id, person_id, token_hash, created_at, seen_at, expires_at) values ('s', 'nobody', 'h', 0, 0, 0)`)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := dbtest.Open(t)
			errs := together(t, d, person("a@example.org"), bad, person("b@example.org"), person("c@example.org"))
			if errs[1] == nil {
				t.Error("the bad one got no error")
			}
			if err := errors.Join(errs[0], errs[2], errs[3]); err != nil {
				t.Error(err)
			}
			if n := count(t, d); n != 3 {
				t.Errorf("%d people stored, want 3", n)
			}
			if err := add(context.Background(), d, "later@example.org"); err != nil {
				t.Errorf("the next writer: %v", err)
			}
		})
	}
}

// A person who goes away, waiting or writing, undoes nothing of what others wrote.
func TestAContextThatEndsUndoesNothingOfOthers(t *testing.T) {
	d := dbtest.Open(t)
	ctx, cancel := context.WithCancel(context.Background())
	errs := together(t, d, person("a@example.org"), func(_ context.Context, tx db.Tx) error {
		cancel()
		return nil
	}, person("b@example.org"))
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	if err := d.Do(ctx, func(tx db.Tx) error { return person("gone@example.org")(ctx, tx) }); err == nil {
		t.Error("who is gone before its turn writes")
	}

	ctx, cancel = context.WithCancel(context.Background())
	written := make(chan error, 1)
	errs = together(t, d, person("c@example.org"), func(context.Context, db.Tx) error {
		go func() {
			written <- d.Do(ctx, func(tx db.Tx) error {
				if err := person("gone@example.org")(ctx, tx); err != nil {
					return err
				}
				cancel()
				return person("gone2@example.org")(ctx, tx)
			})
		}()
		time.Sleep(5 * time.Millisecond)
		return nil
	}, person("d@example.org"))
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	if err := <-written; err == nil {
		t.Error("who went away in the middle got no error")
	}
	if n := count(t, d); n != 4 {
		t.Errorf("%d people stored, want 4", n)
	}
}

// Who is refused for what another wrote is told so once that holds: what it reads next shows it.
func TestARefusalRestsOnWhatIsCommitted(t *testing.T) {
	d := dbtest.Open(t)
	hold, held := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { _ = d.Do(context.Background(), func(db.Tx) error { close(held); <-hold; return nil }) })
	<-held
	for i := range 9 {
		wg.Go(func() {
			if err := add(context.Background(), d, "a@example.org"); (err == nil) != (i == 0) {
				t.Errorf("writer %d: %v", i, err)
			}
			if n := count(t, d); n != 1 {
				t.Errorf("writer %d was answered, and %d people are there", i, n)
			}
		})
		time.Sleep(5 * time.Millisecond) // into the queue, in this order
	}
	close(hold)
	wg.Wait()
}
