package app

import (
	"context"
	"fmt"
	"os"
)

type demoCmd struct {
	Data string `help:"Folder of the data; kept. Without it: a new folder that is removed at the end." placeholder:"DIR" type:"path" group:"Data"`
	Keep bool   `help:"Keep the new folder." group:"Data"`
	listen
}

// Help gives an example.
func (demoCmd) Help() string {
	return `Example:

  bassin demo --addr 127.0.0.1:8081`
}

// Run starts the demonstration and serves until the context ends.
func (c demoCmd) Run(ctx context.Context, env *environment) (err error) {
	if c.Data == "" {
		if c.Data, err = os.MkdirTemp("", "bassin-demo-"); err != nil {
			return fmt.Errorf("make a folder for the demonstration: %w", err)
		}
		if !c.Keep {
			defer func() {
				if e := os.RemoveAll(c.Data); err == nil {
					err = e
				}
			}()
		}
	}
	d, err := place{Data: c.Data, Sync: "normal"}.open(ctx, env)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	metrics := newMetrics()
	d.Observe(metrics)
	s := newSite(d, siteOptions{Version: env.Version, URL: c.url(), Demo: true, Log: env.log, Metrics: metrics})
	return s.serve(ctx, c.listen, metrics, func(addr string) {
		_, _ = fmt.Fprintf(env.Stdout, "Bassin : démonstration prête.\n\n  Ouvrez  http://%s  et choisissez un compte de démonstration.\n  Données : %s%s\n  Pour arrêter : Ctrl-C.\n", addr, c.Data, c.fate())
	})
}

func (c demoCmd) fate() string {
	if c.Keep {
		return ""
	}
	return " (effacées à l’arrêt, sauf avec --keep ou --data)"
}
