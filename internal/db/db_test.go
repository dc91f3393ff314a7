package db_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
)

const insert = `insert into account_person (id, email, name, created_at) values ($1, $2, $3, $4)`

func add(ctx context.Context, d *db.DB, email string) error {
	return d.Do(ctx, func(tx db.Tx) error {
		// Read, then write: the case in which a deferred SQLite transaction fails.
		if _, err := db.Get[int64](tx, `select count(*) from account_person`); err != nil {
			return err
		}
		_, err := tx.Exec(insert, db.NewID(), email, "Test", tx.Now())
		return err
	})
}

func count(t *testing.T, d *db.DB) (n int64) {
	t.Helper()
	err := d.View(context.Background(), func(tx db.Tx) (err error) {
		n, err = db.Get[int64](tx, `select count(*) from account_person`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSixtyFourWritersAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		errs := make([]error, 64)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() { errs[i] = add(context.Background(), d, fmt.Sprintf("p%d@example.org", i)) })
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		if n := count(t, d); n != 64 {
			t.Errorf("%d people stored, want 64", n)
		}
	})
}

func TestFaults(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		if err := add(ctx, d, "same@example.org"); err != nil {
			t.Fatal(err)
		}
		if err := add(ctx, d, "same@example.org"); !fault.Is(err, fault.Conflict) {
			t.Errorf("twice the same: got %v, want a conflict", err)
		}
		err := d.View(ctx, func(tx db.Tx) error {
			_, err := db.Get[string](tx, `select id from account_person where email = $1`, "nobody")
			return err
		})
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("missing row: got %v, want not found", err)
		}
		err = d.View(ctx, func(tx db.Tx) error {
			_, err := tx.Exec(insert, db.NewID(), "view@example.org", "Test", tx.Now())
			return err
		})
		if err == nil {
			t.Error("a read-only transaction wrote")
		}
		short, cancel := context.WithTimeout(ctx, time.Nanosecond)
		defer cancel()
		if err := add(short, d, "late@example.org"); !fault.Is(err, fault.Unavailable) {
			t.Errorf("deadline passed: got %v, want unavailable", err)
		}
	})
}

func TestNothingStaysOfAFailedTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		boom := errors.New("boom")
		err := d.Do(context.Background(), func(tx db.Tx) error {
			if _, err := tx.Exec(insert, db.NewID(), "a@example.org", "Test", tx.Now()); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatalf("got %v", err)
		}
		if n := count(t, d); n != 0 {
			t.Errorf("%d people stored, want none", n)
		}
	})
}

func TestFourNodesMigrateAtOnce(t *testing.T) {
	s := dbtest.NewServer(t)
	errs := make([]error, 4)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			d, err := db.Open(context.Background(), db.Config{URL: s.URL("postgres"), Conns: 4})
			if err == nil {
				err = d.Close()
			}
			errs[i] = err
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func TestAnOlderProgramRefusesANewerDatabase(t *testing.T) {
	refused := func(t *testing.T, c db.Config) {
		t.Helper()
		d, err := db.Open(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		err = d.Do(context.Background(), func(tx db.Tx) error {
			_, err := tx.Exec(`insert into goose_db_version (version_id, is_applied) values (9999, $1)`, true)
			return err
		})
		if err := errors.Join(err, d.Close()); err != nil {
			t.Fatal(err)
		}
		if d, err = db.Open(context.Background(), c); err == nil {
			_ = d.Close()
		}
		if err == nil || !strings.Contains(err.Error(), "newer Bassin (migration 9999)") {
			t.Errorf("got %v", err)
		}
	}
	t.Run("sqlite", func(t *testing.T) { refused(t, db.Config{Dir: t.TempDir()}) })
	t.Run("postgres", func(t *testing.T) { refused(t, db.Config{URL: dbtest.PostgresURL(t)}) })
}

func TestPostgresRestarts(t *testing.T) {
	s := dbtest.NewServer(t)
	ctx := context.Background()
	d, err := db.Open(ctx, db.Config{URL: s.URL("postgres"), Conns: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	if err := add(ctx, d, "before@example.org"); err != nil {
		t.Fatal(err)
	}
	s.Stop()
	short, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if err := add(short, d, "during@example.org"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("server down: got %v, want unavailable", err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	if err := add(ctx, d, "after@example.org"); err != nil {
		t.Errorf("server back: %v", err)
	}
	if n := count(t, d); n != 2 {
		t.Errorf("%d people stored, want 2", n)
	}
}

// TestInUse: a folder is in use as long as a program has its database open, and its file is for its
// owner alone.
func TestInUse(t *testing.T) {
	dir := t.TempDir()
	in := func() bool {
		t.Helper()
		used, err := db.InUse(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		return used
	}
	if in() {
		t.Error("an empty folder is in use")
	}
	d, err := db.Open(t.Context(), db.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if !in() {
		t.Error("an open database is not in use")
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if in() {
		t.Error("a closed database is in use")
	}
	info, err := os.Stat(filepath.Join(dir, db.FileName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v %v", info.Mode(), err)
	}
}

// A text of any length is looked for without a failure, its signs taken literally.
func TestLikeTakesTextLiterally(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := add(t.Context(), d, `100 %_\x@example.org`); err != nil {
			t.Fatal(err)
		}
		for text, want := range map[string]int64{"%_": 1, `_\`: 1, "%%": 0, "1_0": 0, strings.Repeat("%", 70_000): 0, strings.Repeat("é", 70_000): 0} {
			var n int64
			err := d.View(t.Context(), func(tx db.Tx) (err error) {
				n, err = db.Get[int64](tx, `select count(*) from account_person where email like $1 escape '\'`, db.Like("%", text, "%"))
				return err
			})
			if err != nil || n != want {
				t.Errorf("%.10q: %d (%v), want %d", text, n, err, want)
			}
		}
	})
}
