// Package sandbox starts programs that read what anybody sends, apart from ours: in a group of processes that ends as a whole and
// with our own, without our environment, and without network where the system allows it. It is called by the libraries that
// have other programs read for them: office (LibreOffice), cad (Node), slicer (PrusaSlicer).
//
// Tables: none.
package sandbox

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Separation is how far a process stands apart from ours.
type Separation bool

// The separations.
const (
	Apart    Separation = true  // with a network of its own that leads nowhere, and its processes by themselves
	Together Separation = false // with ours
)

// ErrNone says that the system gives no network of its own.
var ErrNone = errors.New("no network of its own")

// Run runs a command apart, or together where the system gives no network of its own to a process of ours.
func Run(ctx context.Context, make func(context.Context) *exec.Cmd) error {
	err := Start(ctx, Apart, make)
	if errors.Is(err, ErrNone) {
		err = Start(ctx, Together, make)
	}
	return err
}

// Sweep removes folders for temporary files whose names begin so and that are older: those that a killed server left behind. Those of
// other servers on the machine that run are young, or not ours to remove.
func Sweep(prefix string, older time.Duration) error {
	left, err := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*"))
	for _, dir := range left {
		if x, serr := os.Lstat(dir); serr == nil && time.Since(x.ModTime()) > older {
			if rerr := os.RemoveAll(dir); !errors.Is(rerr, os.ErrPermission) {
				err = errors.Join(err, rerr)
			}
		}
	}
	return err
}

// Environment is what a program needs to live in a folder, and nothing of ours: that holds secrets.
func Environment(dir string, more ...string) []string {
	list := append([]string{"HOME=" + dir, "TMPDIR=" + dir, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8"}, more...)
	if root := os.Getenv("SYSTEMROOT"); root != "" {
		list = append(list, "SYSTEMROOT="+root)
	}
	return list
}
