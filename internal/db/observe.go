package db

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Observe registers the figures of the connection pools.
func (d *DB) Observe(r prometheus.Registerer) {
	if d.readers == d.writer {
		r.MustRegister(collectors.NewDBStatsCollector(d.writer, "postgres"))
		return
	}
	r.MustRegister(collectors.NewDBStatsCollector(d.writer, "writer"), collectors.NewDBStatsCollector(d.readers, "readers"))
}

// Current reports whether the database answers and its tables are those that this program
// wants: an error says which of the two is not so.
func (d *DB) Current(ctx context.Context) error {
	want, err := Newest()
	if err != nil {
		return err
	}
	have, err := d.Version(ctx)
	if err != nil {
		return err
	}
	if have != want {
		return fmt.Errorf("tables are at version %d, the program wants %d", have, want)
	}
	return nil
}

// Version is the number of the last migration applied.
func (d *DB) Version(ctx context.Context) (int64, error) {
	var n int64
	err := d.View(ctx, func(tx Tx) (err error) {
		n, err = Get[int64](tx, `select max(version_id) from goose_db_version where is_applied`)
		return err
	})
	return n, err
}

// Newest is the number of the last migration of this program.
func Newest() (int64, error) {
	list, err := fs.ReadDir(migrations, "migrations")
	if err != nil {
		return 0, err
	}
	var newest int64
	for _, e := range list {
		head, _, _ := strings.Cut(e.Name(), "_")
		n, err := strconv.ParseInt(head, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("migration %s has no number", e.Name())
		}
		newest = max(newest, n)
	}
	return newest, nil
}

// Integrity lets SQLite check every page and index of its file and gives what it found wrong;
// nothing on PostgreSQL, which checks what it reads.
func (d *DB) Integrity(ctx context.Context) ([]string, error) {
	if d.pool != nil {
		return nil, nil
	}
	var found []string
	err := d.View(ctx, func(tx Tx) (err error) {
		if found, err = List[string](tx, `select integrity_check from pragma_integrity_check`); err != nil {
			return err
		}
		broken, err := List[string](tx, `select distinct 'a row of ' || "table" || ' names one of ' || parent || ' that is not there' from pragma_foreign_key_check`)
		found = append(found, broken...)
		return err
	})
	return slices.DeleteFunc(found, func(s string) bool { return s == "ok" }), err
}
