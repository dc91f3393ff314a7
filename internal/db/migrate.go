package db

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate applies what is missing. On PostgreSQL a session lock lets several nodes start at
// once: one applies, the others wait.
func migrate(ctx context.Context, d *DB, version int64) error {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	dialect, other := goose.DialectSQLite3, ".postgres.sql"
	opts := []goose.ProviderOption{goose.WithAllowOutofOrder(true)} // a number may be merged after a higher one
	if d.pool != nil {
		dialect, other = goose.DialectPostgres, ".sqlite.sql"
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return err
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	p, err := goose.NewProvider(dialect, d.writer, without{sub, other}, opts...)
	if err != nil {
		return err
	}
	if err := refuseNewer(ctx, d, p); err != nil {
		return err
	}
	up := p.Up
	if version != 0 {
		up = func(ctx context.Context) ([]*goose.MigrationResult, error) { return p.UpTo(ctx, version) }
	}
	done, err := up(ctx)
	if n := len(done); n > 0 {
		d.log.Info("tables brought up to date", "migrations", n, "from", done[0].Source.Path, "to", done[n-1].Source.Path)
	}
	return translate(err)
}

// refuseNewer refuses a database that a newer program has changed in ways that this one does not
// know: it would write rows that the newer one cannot read.
func refuseNewer(ctx context.Context, d *DB, p *goose.Provider) error {
	if _, err := p.GetDBVersion(ctx); err != nil { // makes the table of versions
		return translate(err)
	}
	known := map[int64]bool{0: true}
	for _, source := range p.ListSources() {
		known[source.Version] = true
	}
	rows, err := d.writer.QueryContext(ctx, `select version_id from goose_db_version`)
	if err != nil {
		return translate(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var version int64
		if err := rows.Scan(&version); err != nil {
			return translate(err)
		}
		if !known[version] {
			return fmt.Errorf("the database was changed by a newer Bassin (migration %d): run that one, or restore a backup made before it", version)
		}
	}
	return translate(rows.Err())
}

// without hides the migrations written for the other database.
type without struct {
	fs.FS
	suffix string
}

// ReadDir lists what is left.
func (w without) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(w.FS, name)
	var left []fs.DirEntry
	for _, e := range all {
		if !strings.HasSuffix(e.Name(), w.suffix) {
			left = append(left, e)
		}
	}
	return left, err
}
