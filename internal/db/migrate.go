package db

import (
	"context"
	"embed"
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
	up := p.Up
	if version != 0 {
		up = func(ctx context.Context) ([]*goose.MigrationResult, error) { return p.UpTo(ctx, version) }
	}
	done, err := up(ctx)
	for _, m := range done {
		d.log.Info("migration applied", "file", m.Source.Path, "took", m.Duration)
	}
	return translate(err)
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
