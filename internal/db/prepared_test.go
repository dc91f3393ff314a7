package db_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
)

// A text that runs again while its rows are being read, and again after they were left half
// read, after a failure and after the table has changed, gives what it would give prepared anew.
func TestStatementsAreUsedAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		exec := func(query string, args ...any) error {
			return d.Do(context.Background(), func(tx db.Tx) error { _, err := tx.Exec(query, args...); return err })
		}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(exec(`create table n (id integer primary key, name text not null)`))
		const insert, list = `insert into n (id, name) values ($1, $2)`, `select name from n where id >= $1 order by id`
		for i := range 200 {
			must(exec(insert, i, fmt.Sprint("n", i)))
		}
		if err := exec(insert, 7, "again"); err == nil {
			t.Fatal("a key was taken twice")
		}
		must(exec(insert, 200, "n200"))
		if d.Postgres() { // its connection reads one result at a time
			return
		}
		must(d.View(context.Background(), func(tx db.Tx) error {
			left := fmt.Errorf("left")
			err := tx.Rows(func(r *sql.Rows) error {
				names, err := db.List[string](tx, list, 198)
				if err == nil && (len(names) != 3 || names[0] != "n198") {
					err = fmt.Errorf("within: %v", names)
				}
				if err != nil {
					return err
				}
				return left
			}, list, 0)
			if err != left {
				return err
			}
			names, err := db.List[string](tx, list, 199)
			if err == nil && (len(names) != 2 || names[0] != "n199") {
				err = fmt.Errorf("after: %v", names)
			}
			return err
		}))
		must(exec(`alter table n add column more text not null default 'm'`))
		must(d.View(context.Background(), func(tx db.Tx) error {
			for i := range 300 { // more texts than are kept
				n, err := db.Get[int](tx, fmt.Sprintf(`select count(*) + %d from n where id < $1`, i), 10)
				if err != nil || n != 10+i {
					return fmt.Errorf("text %d: %d %v", i, n, err)
				}
			}
			names, err := db.List[string](tx, list, 0)
			if err == nil && len(names) != 201 {
				err = fmt.Errorf("at last: %d names", len(names))
			}
			return err
		}))
	})
}
