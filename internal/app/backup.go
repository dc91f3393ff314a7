package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"bassin/internal/account"
	"bassin/internal/archive"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
)

type backupCmd struct {
	place
	Output string `short:"o" required:"" help:"File to write; an older one is replaced when the new one is whole." placeholder:"FILE" type:"path"`
	JSON   bool   `name:"json" help:"Print as JSON."`
}

// Help gives an example.
func (backupCmd) Help() string {
	return `The server may go on: it waits for a moment at the end. Everything that it acknowledged before this command prints its
result is in the file.

Example:

  bassin backup --data /var/lib/bassin -o /backup/bassin-$(date +%F).bassin`
}

// backupResult is what backup prints.
type backupResult struct {
	File      string   `json:"file"`
	Bytes     int64    `json:"bytes"`
	Rows      int64    `json:"rows"`
	Files     int64    `json:"files"`
	AuditRows int64    `json:"audit_rows"`
	WaitedMS  int64    `json:"writers_waited_ms"`
	Damaged   []string `json:"damaged_files,omitempty"`
}

// Run writes the backup.
//
// Order matters. First the files that are there: most of the time goes here, and files are only
// ever added. Then the database, most of it while others write. Then, while writers wait: what
// they added to the database meanwhile, the files that are new, the manifest, and the name of
// the finished file. A row that is in the backup was committed before the writers stopped, and
// its file was stored before the row: so no row lacks its file. And since writers go on only
// after the result is printed, nothing that was acknowledged before is missing.
func (c backupCmd) Run(ctx context.Context, env *environment) error {
	d, err := c.openReadOnly(ctx, env)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	store, err := c.store(ctx, env)
	if err != nil {
		return err
	}
	tmp := c.Output + ".tmp"
	out, err := os.OpenFile(tmp, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	defer func() { _ = out.Close(); _ = os.Remove(tmp) }()
	b := backup{db: d, files: store, done: map[file.Hash]bool{}, m: manifest{Program: env.Version, CreatedAt: time.Now().UTC()}}
	if b.archive, err = archive.NewWriter(out, backups, b.m.CreatedAt); err != nil {
		return err
	}
	if err := b.addFiles(ctx); err != nil {
		return err
	}
	return d.Snapshot(ctx, b.archive.Put, func(s db.Snapshot) error {
		if err := b.finish(ctx, s); err != nil {
			return err
		}
		if err := settle(out, tmp, c.Output); err != nil {
			return err
		}
		return c.print(env, b.m, time.Since(s.Waiting))
	})
}

// backup is one backup being written.
type backup struct {
	db      *db.DB
	files   file.Store
	archive *archive.Writer
	done    map[file.Hash]bool
	m       manifest
}

// addFiles writes the files that are not in the backup yet.
func (b *backup) addFiles(ctx context.Context) error {
	return b.files.Each(ctx, func(i file.Info) error {
		if b.done[i.Hash] {
			return nil
		}
		content, err := b.files.Open(ctx, i.Hash)
		if fault.Is(err, fault.NotFound) {
			return nil // removed since it was listed: no row names it
		}
		if err != nil {
			return err
		}
		defer func() { _ = content.Close() }()
		r := &tolerant{r: content, left: i.Size}
		if err := b.archive.Put(memberFiles+string(i.Hash), i.Size, r); err != nil {
			return err
		}
		if r.damaged {
			b.m.Damaged = append(b.m.Damaged, string(i.Hash))
		}
		b.done[i.Hash] = true
		b.m.Files++
		return nil
	})
}

// tolerant reads a damaged file to its announced end: one bad file must not prevent the backup of
// all others. What the store does not give any more is filled with zeros; it is never restored.
type tolerant struct {
	r       io.Reader
	left    int64
	damaged bool
}

// Read turns the damage into a mark.
func (t *tolerant) Read(p []byte) (int, error) {
	if t.damaged {
		if t.left == 0 {
			return 0, io.EOF
		}
		n := min(int64(len(p)), t.left)
		clear(p[:n])
		t.left -= n
		return int(n), nil
	}
	n, err := t.r.Read(p)
	t.left -= int64(n)
	if errors.Is(err, file.ErrDamaged) {
		t.damaged, err = true, nil
	}
	return n, err
}

// finish completes the archive while writers wait.
func (b *backup) finish(ctx context.Context, s db.Snapshot) error {
	if err := b.addFiles(ctx); err != nil {
		return err
	}
	b.m.Database, b.m.Version, b.m.Tables = "sqlite", s.Version, s.Tables
	if s.Postgres {
		b.m.Database = "postgres"
	}
	// Writers wait: what another connection reads now is what the snapshot holds.
	err := b.db.View(ctx, func(tx db.Tx) (err error) {
		b.m.AuditRows, b.m.AuditHash, err = account.Head(tx)
		return err
	})
	if err != nil {
		return err
	}
	b.m.Format = backups.Format
	return b.archive.Finish(&b.m)
}

// settle makes the finished file durable under its name.
func settle(f *os.File, from, to string) error {
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(to))
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	return d.Sync()
}

func (c backupCmd) print(env *environment, m manifest, waited time.Duration) error {
	info, err := os.Stat(c.Output)
	if err != nil {
		return err
	}
	r := backupResult{File: c.Output, Bytes: info.Size(), Files: m.Files, AuditRows: m.AuditRows, WaitedMS: waited.Milliseconds(), Damaged: m.Damaged}
	for _, t := range m.Tables {
		r.Rows += t.Rows
	}
	if c.JSON {
		err = printJSON(env.Stdout, r)
	} else {
		_, err = fmt.Fprintf(env.Stdout, "ok, %s: %d bytes, %d rows, %d audit rows, %d files; writers waited %d ms\n", r.File, r.Bytes, r.Rows, r.AuditRows, r.Files, r.WaitedMS)
		for _, h := range r.Damaged {
			_, err = fmt.Fprintf(env.Stdout, "damaged before the backup: file %s\n", h)
		}
	}
	if err == nil && len(r.Damaged) > 0 {
		err = errFindings
	}
	return err
}
