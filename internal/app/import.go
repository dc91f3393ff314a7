package app

import (
	"context"
	"fmt"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/territory"
	"bassin/internal/web"
)

type importCmd struct {
	Project     importProjectCmd     `cmd:"" help:"A whole project, from the archive that another Bassin exported."`
	Territories importTerritoriesCmd `cmd:"" help:"Territoires d'industrie and their groupings, from either official CSV form."`
}

type importTerritoriesCmd struct {
	File string `arg:"" help:"The CSV file." type:"existingfile"`
	place
	JSON bool `name:"json" help:"Print the report as JSON."`
}

// Help gives an example.
func (importTerritoriesCmd) Help() string {
	return `The same file again changes nothing. Exit code 3: done, and some lines were refused; the report says which and why.

Example:

  bassin import territories territories_phase1.csv --data /var/lib/bassin`
}

// Run imports and prints the report.
func (c importTerritoriesCmd) Run(ctx context.Context, env *environment) error {
	return c.accounts(ctx, env, "", func(d *db.DB, _ *account.Service, _ account.Person) error {
		r, err := territory.New(territory.Options{DB: d, Log: env.log}).ImportFile(ctx, operator, c.File)
		if err != nil {
			return err
		}
		if c.JSON {
			err = printJSON(env.Stdout, r.JSON(web.NewView("en")))
		} else {
			printReport(env, r)
		}
		if err == nil && r.Findings() {
			err = errFindings
		}
		return err
	})
}

func printReport(env *environment, r territory.Report) {
	v := web.NewView("en")
	line := func(name string, t territory.Tally) {
		_, _ = fmt.Fprintf(env.Stdout, "%-12s %6d added %6d changed %6d unchanged %6d kept %6d gone\n", name, t.Added, t.Changed, t.Unchanged, t.Kept, t.Gone)
	}
	line("territories", r.Territories)
	line("groupings", r.Groupings)
	line("communes", r.Communes)
	_, _ = fmt.Fprintf(env.Stdout, "%-12s %6d of %d lines\n", "rejected", r.RejectedCount, r.Lines)
	for _, n := range r.Rejected {
		_, _ = fmt.Fprintf(env.Stdout, "  line %d: %s\n", n.Line, v.TArgs(n.Key, n.Args))
	}
	if r.None() {
		_, _ = fmt.Fprintln(env.Stdout, "0 changes")
	}
}
