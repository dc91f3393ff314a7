//go:build !linux

package office

import (
	"context"
	"os/exec"
)

// start runs a command; only Linux gives it a network of its own.
func start(ctx context.Context, how separation, make func(context.Context) *exec.Cmd) error {
	if how == apart {
		return errApart
	}
	return make(ctx).Run()
}
