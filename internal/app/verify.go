package app

import (
	"context"
	"errors"
	"fmt"

	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/db"
	"bassin/internal/document"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/making"
	"bassin/internal/meeting"
	"bassin/internal/printfile"
	"bassin/internal/programme"
)

type verifyCmd struct {
	place
	Deep bool `help:"Read every file too and compare its content with its name."`
	JSON bool `name:"json" help:"Print as JSON."`
}

// Help gives an example.
func (verifyCmd) Help() string {
	return `Checks that no row of the audit trail was changed or removed, that what is stored of financing lines is what their steps
say, that every file that is named is there, and the database file itself. Exit code 1 and what is broken, first the place.

Example:

  bassin verify --data /var/lib/bassin`
}

// verdict is what verify prints.
type verdict struct {
	OK        bool     `json:"ok"`
	AuditRows int64    `json:"audit_rows"`
	Lines     int64    `json:"financing_lines"`
	Files     int64    `json:"files"`
	Broken    []string `json:"broken"`
}

// Run checks and prints what it found.
func (c verifyCmd) Run(ctx context.Context, env *environment) error {
	d, err := c.openReadOnly(ctx, env)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	v := verdict{Broken: []string{}}
	v.AuditRows, err = account.Verify(ctx, d, nil)
	if err := keep[*account.Broken](&v, err); err != nil {
		return err
	}
	v.Lines, err = programme.Check(ctx, d)
	if err := keep[*programme.Wrong](&v, err); err != nil {
		return err
	}
	if err := c.verifyFiles(ctx, env, d, &v); err != nil {
		return err
	}
	pages, err := d.Integrity(ctx)
	if err != nil {
		return err
	}
	for _, p := range pages {
		v.Broken = append(v.Broken, "database file: "+p)
	}
	v.OK = len(v.Broken) == 0
	return c.print(env, v)
}

// keep keeps what a check found broken; another error is one of the check itself.
func keep[E error](v *verdict, err error) error {
	if broken, ok := errors.AsType[E](err); ok {
		v.Broken = append(v.Broken, broken.Error())
		return nil
	}
	return err
}

// verifyFiles looks for every file that a row names.
func (c verifyCmd) verifyFiles(ctx context.Context, env *environment, d *db.DB, v *verdict) error {
	store, err := c.store(ctx, env)
	if err != nil {
		return err
	}
	var hashes []string
	err = d.View(ctx, func(tx db.Tx) (err error) {
		if hashes, err = programme.DocumentHashes(tx); err != nil {
			return err
		}
		for _, of := range []func(db.Tx) ([]string, error){document.Hashes, meeting.Hashes, additive.Hashes, making.Hashes, printfile.Hashes} {
			more, err := of(tx)
			if err != nil {
				return err
			}
			hashes = append(hashes, more...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, h := range hashes {
		there, err := store.Has(ctx, file.Hash(h))
		if err == nil && !there {
			v.Broken = append(v.Broken, "file "+h+": is named by a document and is not there")
			continue
		}
		if err == nil && c.Deep {
			err = file.Verify(ctx, store, file.Hash(h))
		}
		switch {
		case errors.Is(err, file.ErrDamaged), fault.Is(err, fault.NotFound):
			v.Broken = append(v.Broken, "file "+h+": its content is not what its name says")
		case err != nil:
			return err
		}
		v.Files++
	}
	return nil
}

func (c verifyCmd) print(env *environment, v verdict) error {
	var err error
	switch {
	case c.JSON:
		err = printJSON(env.Stdout, v)
	case v.OK:
		_, err = fmt.Fprintf(env.Stdout, "ok, %d audit rows, %d financing lines, %d files\n", v.AuditRows, v.Lines, v.Files)
	default:
		for _, b := range v.Broken {
			_, err = fmt.Fprintln(env.Stdout, "broken:", b)
		}
	}
	if err == nil && !v.OK {
		err = fmt.Errorf("verification failed: %d broken", len(v.Broken))
	}
	return err
}
