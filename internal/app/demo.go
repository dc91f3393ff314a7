package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bassin/internal/account"
	"bassin/internal/cad"
	"bassin/internal/db"
	"bassin/internal/file"
	"bassin/internal/office"
	"bassin/internal/slicer"
	"bassin/internal/territory"
	"bassin/internal/web/assets"
)

type demoCmd struct {
	Data     string `help:"Folder of the data; kept. Without it: a new folder that is removed at the end." placeholder:"DIR" type:"path" group:"Data"`
	Database string `help:"PostgreSQL instead, an empty database; kept." placeholder:"URL" group:"Data"`
	Keep     bool   `help:"Keep the new folder." group:"Data"`
	listen
}

// Help gives an example.
func (demoCmd) Help() string {
	return `Everything in it is public or made up, and says so. Anybody who reaches it may sign in as anybody: for trying only.

Example:

  bassin demo --addr 127.0.0.1:8081`
}

// demoMark is the file that makes a data folder a demonstration: `demo` opens no other, since it
// lets people in without a password.
const demoMark = "DEMONSTRATION"

// Run starts the demonstration and serves until the context ends.
func (c demoCmd) Run(ctx context.Context, env *environment) (err error) {
	remove := false
	if c.Data == "" {
		parent, err := os.MkdirTemp("", "bassin-demo-")
		if err != nil {
			return fmt.Errorf("make a folder for the demonstration: %w", err)
		}
		c.Data, remove = filepath.Join(parent, "data"), !c.Keep
		if remove {
			defer func() { _ = os.RemoveAll(parent) }()
		}
	}
	if err := c.seed(ctx, env); err != nil {
		return err
	}
	reader, err := cad.Find("", assets.Data)
	if err != nil {
		return err
	}
	program, err := slicer.Find("")
	if err != nil {
		return err
	}
	converter, err := office.Find("")
	if err != nil {
		return err
	}
	p := place{Data: c.Data, Database: c.Database, Sync: "normal"}
	return p.with(ctx, env, siteOptions{URL: c.url(), Demo: true, Office: converter, CAD: reader, Slicer: program, Proxied: c.Proxy, Lookup: territory.DefaultLookupURL}, func(s *site) error {
		return s.serve(ctx, c.listen, func(addr string) {
			kept := ""
			if remove {
				kept = ", effacées à l’arrêt"
			}
			_, _ = fmt.Fprintf(env.Stdout, `Bassin, démonstration.

  Ouvrez http://%s et choisissez un compte : un clic suffit.
  Données : %s%s. Pour arrêter : Ctrl-C.
`, addr, c.Data, kept)
		})
	})
}

// seed makes the demonstration where there is none yet. A folder gets its name when it is
// complete, so that a seeding that was interrupted is begun again.
func (c demoCmd) seed(ctx context.Context, env *environment) error {
	if c.Database != "" {
		return c.seedPostgres(ctx, env)
	}
	_, err := os.Stat(filepath.Join(c.Data, db.FileName))
	if err == nil {
		if _, err := os.Stat(filepath.Join(c.Data, demoMark)); err != nil {
			return fmt.Errorf("%s holds data that are no demonstration: give another folder", c.Data)
		}
		return nil
	}
	stage := strings.TrimSuffix(c.Data, string(filepath.Separator)) + ".seeding"
	if err := os.RemoveAll(stage); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(stage) }()
	// Nothing is lost when the machine stops now: the folder is made again.
	d, err := db.Open(ctx, db.Config{Dir: stage, Log: env.log})
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	files, err := file.NewFolder(filepath.Join(stage, filesFolder))
	if err != nil {
		return err
	}
	if err := seedDemo(ctx, d, files, c.url(), time.Now()); err != nil {
		return err
	}
	if err := d.Settle(ctx); err != nil {
		return err
	}
	if err := d.Close(); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(stage, demoMark), []byte("Demonstration of Bassin: anybody may sign in as anybody.\n"), 0o600); err != nil {
		return err
	}
	if err := os.Remove(c.Data); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s is not empty and holds no demonstration: give another folder", c.Data)
	}
	return os.Rename(stage, c.Data)
}

func (c demoCmd) seedPostgres(ctx context.Context, env *environment) error {
	p := place{Data: c.Data, Database: c.Database}
	d, err := p.open(ctx, env)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	var used bool
	err = d.View(ctx, func(tx db.Tx) error {
		seq, _, err := account.Head(tx)
		used = seq > 0
		return err
	})
	if err != nil || used {
		return err
	}
	files, err := p.store(ctx, env)
	if err != nil {
		return err
	}
	return seedDemo(ctx, d, files, c.url(), time.Now())
}
