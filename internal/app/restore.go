package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bassin/internal/account"
	"bassin/internal/archive"
	"bassin/internal/db"
	"bassin/internal/file"
	"bassin/internal/job"
)

type restoreCmd struct {
	File string `arg:"" help:"The backup." type:"existingfile"`
	place
	Force bool `help:"Replace what is there. A data folder is kept under another name; a PostgreSQL database is overwritten."`
	JSON  bool `name:"json" help:"Print as JSON."`
}

// Help gives an example.
func (restoreCmd) Help() string {
	return `The whole backup is read and every sum compared before anything is touched. A backup of SQLite can be restored into
PostgreSQL and back; only the queue of waiting jobs stays behind then. Stop the server of the place first.

Example:

  bassin restore /backup/bassin-2026-05-21.bassin --data /var/lib/bassin`
}

// restoreResult is what restore prints.
type restoreResult struct {
	Into      string    `json:"into"`
	MadeAt    time.Time `json:"made_at"`
	MadeBy    string    `json:"made_by"`
	Rows      int64     `json:"rows"`
	Files     int64     `json:"files"`
	AuditRows int64     `json:"audit_rows"`
	Kept      string    `json:"kept,omitempty"`     // where the old data folder is now
	Findings  []string  `json:"findings,omitempty"` // what was wrong when the backup was made
}

// Run restores.
//
// All is prepared in a folder beside the target, on the same disk, and checked there; the last
// act is one rename (or, on PostgreSQL, one commit). Killed at any moment, the target is as it
// was before or as it is to be.
func (c restoreCmd) Run(ctx context.Context, env *environment) error {
	if err := c.refuseUsed(ctx, env); err != nil {
		return err
	}
	stage := c.staging()
	if err := os.RemoveAll(stage); err != nil { // of a restore that was killed
		return err
	}
	if err := os.MkdirAll(stage, 0o700); err != nil {
		return fmt.Errorf("make a folder beside the target: %w", err)
	}
	defer func() { _ = os.RemoveAll(stage) }()
	m, err := c.unpack(ctx, stage)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	newest, err := db.Newest()
	if err != nil {
		return err
	}
	if m.Version > newest {
		return fmt.Errorf("%s: made by a newer program (%s, tables at version %d; this one knows %d)", c.File, m.Program, m.Version, newest)
	}
	r := restoreResult{Into: c.Data, MadeAt: m.CreatedAt, MadeBy: m.Program, Files: m.Files}
	for _, t := range m.Tables {
		r.Rows += t.Rows
	}
	for _, h := range m.Damaged {
		r.Findings = append(r.Findings, "file "+h+" was damaged before the backup")
	}
	if c.address() != "" {
		r.Into = "PostgreSQL"
		err = c.intoPostgres(ctx, env, m, stage, &r)
	} else {
		err = c.intoFolder(ctx, env, m, stage, &r)
	}
	if err != nil {
		return err
	}
	return c.print(env, r)
}

// refuseUsed protects a place where something is.
func (c restoreCmd) refuseUsed(ctx context.Context, env *environment) error {
	if c.Force && c.address() == "" {
		used, err := db.InUse(ctx, c.Data)
		if used {
			err = fmt.Errorf("a program works on %s: stop the server (and its workers) first", c.Data)
		}
		return err
	}
	if c.Force {
		return nil
	}
	if c.address() == "" {
		list, err := os.ReadDir(c.Data)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if len(list) > 0 {
			return fmt.Errorf("%s is not empty: give another folder, or --force (the old one is kept under another name)", c.Data)
		}
		return nil
	}
	d, err := c.open(ctx, env)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	return d.View(ctx, func(tx db.Tx) error {
		seq, _, err := account.Head(tx)
		if err == nil && seq > 0 {
			err = fmt.Errorf("the database is in use (%d audit rows): give an empty one, or --force to overwrite it", seq)
		}
		return err
	})
}

// unpack reads the whole backup into the folder and checks it.
func (c restoreCmd) unpack(ctx context.Context, stage string) (manifest, error) {
	f, err := os.Open(c.File)
	if err != nil {
		return manifest{}, err
	}
	defer func() { _ = f.Close() }()
	store, err := file.NewFolder(filepath.Join(stage, filesFolder))
	if err != nil {
		return manifest{}, err
	}
	var wrong []string
	var m manifest
	err = archive.Read(f, backups, archive.Limits{}, &m, func(name string, size int64, r io.Reader) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		main, wal := db.FileNames()
		switch hash, isFile := strings.CutPrefix(name, memberFiles); {
		case name == backups.Mark:
			return nil
		case name == main || name == wal:
			return writeFile(filepath.Join(stage, name), r)
		case isFile && file.Hash(hash).Valid():
			blob, err := store.Put(ctx, r, file.Limits{Unchecked: true, Size: size, MaxBytes: size + 1})
			if err == nil && blob.Hash != file.Hash(hash) {
				wrong = append(wrong, hash)
				err = store.Delete(ctx, blob.Hash)
			}
			return err
		case strings.HasPrefix(name, "tables/") && filepath.IsLocal(name) && strings.Count(name, "/") == 1:
			return writeFile(filepath.Join(stage, filepath.FromSlash(name)), r)
		}
		return fmt.Errorf("member %q is none that this program knows", name)
	})
	if err != nil {
		return m, err
	}
	for _, hash := range wrong {
		if !slices.Contains(m.Damaged, hash) {
			return m, fmt.Errorf("file %s has another content than its name says", hash)
		}
	}
	return m, nil
}

func writeFile(path string, r io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	if e := f.Sync(); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

// intoFolder completes the staged folder and gives it its name.
func (c restoreCmd) intoFolder(ctx context.Context, env *environment, m manifest, stage string, r *restoreResult) error {
	version := int64(0)
	if m.Database == "postgres" {
		version = m.Version
	}
	d, err := db.Open(ctx, db.Config{Dir: stage, Version: version, Log: env.log}) // SQLite replays the log here
	if err != nil {
		return fmt.Errorf("open the restored database: %w", err)
	}
	defer func() { _ = d.Close() }()
	if m.Database == "postgres" {
		if err := d.Load(ctx, m.Tables, tablesIn(stage, m.Tables), false); err != nil {
			return err
		}
		if err := d.Migrate(ctx, 0); err != nil {
			return err
		}
		if err := os.RemoveAll(filepath.Join(stage, "tables")); err != nil {
			return err
		}
	}
	if err := c.look(ctx, d, m, r); err != nil {
		return err
	}
	if err := d.Settle(ctx); err != nil {
		return err
	}
	if err := d.Close(); err != nil {
		return err
	}
	if c.Files != "" {
		if err := c.copyFiles(ctx, env, stage); err != nil {
			return err
		}
		if err := os.RemoveAll(filepath.Join(stage, filesFolder)); err != nil {
			return err
		}
	}
	return c.swap(stage, r)
}

// swap gives the staged folder the target's name. Between the two renames of --force there is no
// folder of that name, but both others are whole.
func (c restoreCmd) swap(stage string, r *restoreResult) error {
	err := os.Remove(c.Data) // an empty folder stands in the way
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		r.Kept = c.Data + ".before-" + time.Now().UTC().Format("20060102-150405")
		if err := os.Rename(c.Data, r.Kept); err != nil {
			return err
		}
	}
	if err := os.Rename(stage, c.Data); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(c.Data))
}

// intoPostgres loads the staged backup in one transaction, after its files.
func (c restoreCmd) intoPostgres(ctx context.Context, env *environment, m manifest, stage string, r *restoreResult) error {
	if err := c.copyFiles(ctx, env, stage); err != nil {
		return err
	}
	if m.Database == "sqlite" {
		from, err := db.Open(ctx, db.Config{Dir: stage, Log: env.log})
		if err != nil {
			return fmt.Errorf("open the restored database: %w", err)
		}
		defer func() { _ = from.Close() }()
		to, err := c.open(ctx, env)
		if err != nil {
			return err
		}
		defer func() { _ = to.Close() }()
		if err := db.Transfer(ctx, from, to); err != nil {
			return err
		}
		return c.look(ctx, to, m, r)
	}
	to, err := db.Open(ctx, db.Config{URL: c.address(), Version: m.Version, Log: env.log})
	if err != nil {
		return err
	}
	defer func() { _ = to.Close() }()
	have, err := to.Version(ctx)
	if err != nil {
		return err
	}
	if have != m.Version {
		return fmt.Errorf("the database has tables at version %d, the backup at %d: give an empty database", have, m.Version)
	}
	if _, err := job.New(ctx, to, job.Options{InsertOnly: true}); err != nil { // makes the queue's tables
		return err
	}
	if err := to.Load(ctx, m.Tables, tablesIn(stage, m.Tables), true); err != nil {
		return err
	}
	if err := to.Migrate(ctx, 0); err != nil {
		return err
	}
	return c.look(ctx, to, m, r)
}

func (c restoreCmd) copyFiles(ctx context.Context, env *environment, stage string) error {
	from, err := file.NewFolder(filepath.Join(stage, filesFolder))
	if err != nil {
		return err
	}
	to, err := c.store(ctx, env)
	if err != nil {
		return err
	}
	return from.Each(ctx, func(i file.Info) error {
		content, err := from.Open(ctx, i.Hash)
		if err != nil {
			return err
		}
		defer func() { _ = content.Close() }()
		_, err = to.Put(ctx, content, file.Limits{Unchecked: true, Hash: i.Hash, Size: i.Size, MaxBytes: i.Size + 1})
		return err
	})
}

// tablesIn reads the pieces of each table one after the other, from the first that counts.
func tablesIn(stage string, tables []db.Table) func(string) (io.Reader, error) {
	from := map[string]int{}
	for _, t := range tables {
		from[t.Name] = t.From
	}
	return func(table string) (io.Reader, error) {
		var all []io.Reader
		for i := from[table]; ; i++ {
			path := filepath.Join(stage, filepath.FromSlash(db.TableMember(table, i)))
			if _, err := os.Stat(path); err != nil {
				return io.MultiReader(all...), nil
			}
			all = append(all, &lazyFile{path: path})
		}
	}
}

// lazyFile opens its file when it is read and closes it at its end.
type lazyFile struct {
	path string
	f    *os.File
}

// Read reads on.
func (l *lazyFile) Read(p []byte) (n int, err error) {
	if l.f == nil {
		if l.f, err = os.Open(l.path); err != nil {
			return 0, err
		}
	}
	if n, err = l.f.Read(p); err != nil {
		_ = l.f.Close()
	}
	return n, err
}

// look verifies what was restored. An audit trail that was broken when the backup was made is a
// finding; one that is not the one of the manifest is a failure.
func (c restoreCmd) look(ctx context.Context, d *db.DB, m manifest, r *restoreResult) error {
	var hash string
	err := d.View(ctx, func(tx db.Tx) (err error) {
		r.AuditRows, hash, err = account.Head(tx)
		return err
	})
	if err != nil {
		return err
	}
	if r.AuditRows != m.AuditRows || hash != m.AuditHash {
		return fmt.Errorf("the restored audit trail ends at row %d, the manifest says %d", r.AuditRows, m.AuditRows)
	}
	_, err = account.Verify(ctx, d, nil)
	if broken, ok := errors.AsType[*account.Broken](err); ok {
		r.Findings = append(r.Findings, broken.Error()+" (so it was when the backup was made)")
		return nil
	}
	return err
}

func (c restoreCmd) print(env *environment, r restoreResult) error {
	var err error
	if c.JSON {
		err = printJSON(env.Stdout, r)
	} else {
		_, err = fmt.Fprintf(env.Stdout, "ok, restored into %s: %d rows, %d audit rows, %d files; made %s by %s\n",
			r.Into, r.Rows, r.AuditRows, r.Files, r.MadeAt.Format(time.DateTime), r.MadeBy)
		if r.Kept != "" {
			_, err = fmt.Fprintf(env.Stdout, "what was there before is in %s\n", r.Kept)
		}
		for _, f := range r.Findings {
			_, err = fmt.Fprintln(env.Stdout, "finding:", f)
		}
	}
	if err == nil && len(r.Findings) > 0 {
		err = errFindings
	}
	return err
}
