package app

import (
	"context"
	"errors"
	"fmt"

	"bassin/internal/account"
	"bassin/internal/programme"
)

type verifyCmd struct {
	place
	JSON bool `name:"json" help:"Print as JSON."`
}

// Help gives an example.
func (verifyCmd) Help() string { return "Example:\n\n  bassin verify --data /var/lib/bassin" }

// verdict is what verify prints.
type verdict struct {
	OK        bool     `json:"ok"`
	AuditRows int64    `json:"audit_rows"`
	Lines     int64    `json:"financing_lines"`
	Broken    []string `json:"broken"`
}

// Run checks and prints what it found.
func (c verifyCmd) Run(ctx context.Context, env *environment) error {
	d, err := c.openReadOnly(ctx, env)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	var v verdict
	v.AuditRows, err = account.Verify(ctx, d, nil)
	var broken *account.Broken
	switch {
	case errors.As(err, &broken):
		v.Broken = append(v.Broken, broken.Error())
	case err != nil:
		return err
	}
	v.Lines, err = programme.Check(ctx, d)
	var wrong *programme.Wrong
	switch {
	case errors.As(err, &wrong):
		v.Broken = append(v.Broken, wrong.Error())
	case err != nil:
		return err
	}
	v.OK = len(v.Broken) == 0
	if c.JSON {
		err = printJSON(env.Stdout, v)
	} else if v.OK {
		_, err = fmt.Fprintf(env.Stdout, "ok, %d audit rows, %d financing lines\n", v.AuditRows, v.Lines)
	} else {
		for _, b := range v.Broken {
			_, err = fmt.Fprintln(env.Stdout, "broken:", b)
		}
	}
	if err == nil && !v.OK {
		err = errors.New("verification failed")
	}
	return err
}
