package app

import (
	"context"
	"fmt"
)

type reindexCmd struct {
	place
}

// Help gives an example.
func (reindexCmd) Help() string {
	return `Everything is put into the search index anew, while people search and work. The texts of files that were read are kept.

Example:

  bassin reindex --data /var/lib/bassin`
}

// Run builds the index and prints how much is in it.
func (c reindexCmd) Run(ctx context.Context, env *environment) error {
	return c.with(ctx, env, siteOptions{NoJobs: true}, func(s *site) error {
		shown := int64(0)
		n, err := s.search.Rebuild(ctx, func(done, total int64) {
			if done-shown >= 10_000 {
				shown = done
				_, _ = fmt.Fprintf(env.Stderr, "%d of about %d\n", done, total)
			}
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(env.Stdout, "%d objects indexed\n", n)
		return err
	})
}
