package app

import (
	"context"
	"errors"
	"fmt"
	"os"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/transfer"
)

type exportCmd struct {
	Project exportProjectCmd `cmd:"" help:"A whole project as one archive, for another Bassin."`
}

type exportProjectCmd struct {
	ID project.ID `arg:"" help:"Identifier of the project, from its address."`
	place
	Output string `short:"o" required:"" help:"File to write; an older one is replaced when the new one is whole." placeholder:"FILE" type:"path"`
	JSON   bool   `name:"json" help:"Print as JSON."`
}

// Help gives an example.
func (exportProjectCmd) Help() string {
	return `The archive holds plan, documents, notes, meetings, costs, discussion and history, and the names and addresses of the
people who stand in them. Tell who imports it the fingerprint by another way than the file.

Example:

  bassin export project 01jz3m5t9x7v8q2w4e6r8t0y1u -o preh.bassin-project --data /var/lib/bassin`
}

// Run exports.
func (c exportProjectCmd) Run(ctx context.Context, env *environment) error {
	return c.transfer(ctx, env, func(s *transfer.Service, _ *db.DB) error {
		tmp := c.Output + ".tmp"
		out, err := os.OpenFile(tmp, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		if err != nil {
			return fmt.Errorf("write the archive: %w", err)
		}
		defer func() { _ = out.Close(); _ = os.Remove(tmp) }()
		x, err := s.Export(ctx, operator, c.ID, out)
		if err != nil {
			return err
		}
		if err := settle(out, tmp, c.Output); err != nil {
			return err
		}
		if c.JSON {
			return printJSON(env.Stdout, x)
		}
		_, err = fmt.Fprintf(env.Stdout, "ok, %s: %q, %d rows, %d files\nfingerprint %s\n", c.Output, x.Title, x.Rows, x.Files, x.Fingerprint)
		return err
	})
}

// transfer opens the database with what carries projects.
func (p place) transfer(ctx context.Context, env *environment, do func(s *transfer.Service, d *db.DB) error) error {
	d, err := p.open(ctx, env)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	files, err := p.store(ctx, env)
	if err != nil {
		return err
	}
	s, err := newSite(ctx, d, siteOptions{Files: files, Version: env.Version, NoJobs: true, Log: env.log})
	if err != nil {
		return err
	}
	return do(s.transfer, d)
}

type importProjectCmd struct {
	File string `arg:"" help:"The archive." type:"existingfile"`
	place
	Owner        string `required:"" help:"Mail address of who will manage the project." placeholder:"EMAIL"`
	Organisation string `help:"Name of the organisation that will own it; by default the one of the person, or that of the archive." placeholder:"NAME"`
	Look         bool   `help:"Only tell what is in the archive."`
	JSON         bool   `name:"json" help:"Print as JSON."`
}

// Help gives an example.
func (importProjectCmd) Help() string {
	return `All of the archive is checked before anything is taken in, and one fault undoes everything. Compare the fingerprint with
the one that was printed at the export. People are known again by their mail address; of others the name stays.

Example:

  bassin import project preh.bassin-project --owner ana@example.fr --data /var/lib/bassin`
}

// Run imports, or only looks.
func (c importProjectCmd) Run(ctx context.Context, env *environment) error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return c.transfer(ctx, env, func(s *transfer.Service, d *db.DB) error {
		seen, err := s.Look(ctx, operator, f)
		if err != nil {
			return err
		}
		if c.Look {
			return printJSON(env.Stdout, seen)
		}
		if _, err := f.Seek(0, 0); err != nil {
			return err
		}
		into, err := c.into(ctx, d, seen)
		if err != nil {
			return err
		}
		x, err := s.Import(ctx, operator, into, f)
		if err != nil {
			return err
		}
		return c.print(env, x)
	})
}

// into decides who owns and manages the project. On a server that knows nobody yet, the organisation
// of the archive is made.
func (c importProjectCmd) into(ctx context.Context, d *db.DB, seen transfer.Preview) (transfer.Into, error) {
	var in transfer.Into
	err := d.Do(ctx, func(tx db.Tx) error {
		who, err := account.PersonByEmail(tx, c.Owner)
		if err != nil {
			return err
		}
		by, err := account.Load(tx, who.ID)
		if err != nil {
			return err
		}
		in.Manager = who.ID
		switch {
		case c.Organisation != "":
			in.OwnerID, err = organisationCalled(tx, c.Organisation)
		case len(by.Memberships) == 1:
			in.OwnerID = by.Memberships[0].OrganisationID
		case len(by.Memberships) > 1:
			err = usageError(c.Owner + " belongs to several organisations: name one with --organisation")
		default:
			in.OwnerID, err = ownerOf(tx, seen)
		}
		return err
	})
	return in, err
}

func organisationCalled(tx db.Tx, name string) (account.OrganisationID, error) {
	list, err := account.OrganisationsCalled(tx, name)
	if err == nil && len(list) != 1 {
		err = fmt.Errorf("%d organisations are called %q", len(list), name)
	}
	if err != nil {
		return "", err
	}
	return list[0].ID, nil
}

// ownerOf finds the organisation that owned the project, or makes it.
func ownerOf(tx db.Tx, seen transfer.Preview) (account.OrganisationID, error) {
	for _, o := range seen.Organisations {
		if o.ID != seen.OwnerID {
			continue
		}
		id, err := transfer.OrganisationHere(tx, o)
		if err != nil || id != "" {
			return id, err
		}
		made, err := account.AddOrganisationIn(tx, operator, account.Organisation{Kind: o.Kind, Name: o.Name, SIREN: o.SIREN})
		if fault.Is(err, fault.Invalid) {
			err = errors.New("the organisation of the archive cannot be made: name another with --organisation")
		}
		return made.ID, err
	}
	return "", usageError("the archive names no organisation: name one with --organisation")
}

func (c importProjectCmd) print(env *environment, x transfer.Imported) error {
	if c.JSON {
		return printJSON(env.Stdout, map[string]any{"project_id": x.Project.ID, "code": x.Project.Code, "title": x.Project.Title, "fingerprint": x.Fingerprint,
			"rows": x.Rows, "files": x.Files, "strangers": x.Strangers, "left": x.Left})
	}
	_, err := fmt.Fprintf(env.Stdout, "ok, %s %q, project %s: %d rows, %d files\nfingerprint %s\n", x.Project.Code, x.Project.Title, x.Project.ID, x.Rows, x.Files, x.Fingerprint)
	for _, p := range x.Strangers {
		_, err = fmt.Fprintf(env.Stdout, "without an account here: %q <%s>\n", p.Name, p.Email)
	}
	for _, o := range x.Left {
		_, err = fmt.Fprintf(env.Stdout, "not here, no longer a partner: %q\n", o.Name)
	}
	return err
}
