// Package cad reads parts of exact surfaces, STEP and IGES, with Open CASCADE compiled to WebAssembly (occt-import-js), in a
// Node process apart from ours and within limits: the server itself never parses them (decision 42).
//
// Words: a converter is Node with the library; a conversion makes triangles of one file.
// Tables: none. Called by additive (the check of a part) and the command line.
package cad

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	_ "embed"

	"bassin/internal/mesh"
	"bassin/internal/sandbox"
)

// Kind is what a file is.
type Kind string

// The kinds.
const (
	STEP Kind = "step"
	IGES Kind = "iges"
)

// Limits of one conversion.
const (
	MaxBytes  = 100 << 20 // of a file
	maxOutput = 1 << 30   // of the triangles, in bytes
	maxMemory = 3 << 30   // data of the process; the largest file tried took 0.4 GB
	maxCPU    = 60 * time.Second
	maxTime   = 90 * time.Second
)

// folders are named so; longest is beyond what a conversion lasts.
const (
	folders = "bassin-cad-"
	longest = 10 * time.Minute
)

//go:embed worker.cjs
var worker []byte

// Converter is Node with the library. The nil one converts nothing, and says so.
type Converter struct {
	node   string
	files  map[string][]byte // what the process needs in its folder
	time   time.Duration
	memory int64
}

// Find looks for Node: a path, "" for the one in PATH, "off" for none. Data gives the files of the library. It gives nil when
// there is none; a path at which there is no program is an error.
func Find(where string, data func(name string) ([]byte, error)) (*Converter, error) {
	names := []string{where}
	switch where {
	case "off":
		return nil, nil
	case "":
		names = []string{"node", "nodejs"}
	}
	for _, n := range names {
		p, err := exec.LookPath(n)
		if err != nil {
			continue
		}
		c := &Converter{node: p, files: map[string][]byte{"worker.cjs": worker}, time: maxTime, memory: maxMemory}
		for _, name := range []string{"occt-import-js.js", "occt-import-js.wasm"} {
			if c.files[name], err = data(name); err != nil {
				return nil, nil // the program was built without it
			}
		}
		return c, nil
	}
	if where != "" {
		return nil, fmt.Errorf("there is no program at %s", where)
	}
	return nil, nil
}

// refused is a file that cannot be converted, with the reason for whoever sent it.
func refused(key string, kind Kind, pairs ...any) error {
	args := map[string]any{"format": string(kind)}
	for i := 0; i < len(pairs); i += 2 {
		args[pairs[i].(string)] = pairs[i+1]
	}
	return &mesh.FileError{Key: key, Args: args}
}

// Convert makes triangles of a file, in millimetres, each of its bodies an object. The error is a mesh.FileError when the file is the
// reason, or when there is no converter.
func (c *Converter) Convert(ctx context.Context, r io.Reader, size int64, kind Kind, limits mesh.Limits) (*mesh.Model, error) {
	switch {
	case c == nil:
		return nil, refused("no-converter", kind)
	case size > MaxBytes:
		return nil, refused("convert-large", kind, "mb", int64(MaxBytes>>20))
	}
	dir, err := os.MkdirTemp("", folders)
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := c.prepare(dir, r); err != nil {
		return nil, err
	}
	if err := c.run(ctx, dir, kind); err != nil {
		return nil, err
	}
	out, err := os.Open(filepath.Join(dir, "output"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, refused("convert-failed", kind)
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = out.Close() }()
	return read(out, kind, limits)
}

func (c *Converter) prepare(dir string, r io.Reader) error {
	for name, content := range c.files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(filepath.Join(dir, "input"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, io.LimitReader(r, MaxBytes))
	return errors.Join(err, f.Close())
}

// exitMemory is the exit code of the worker when memory is used up.
const exitMemory = 3

// run runs the worker to its end or to a limit.
func (c *Converter) run(ctx context.Context, dir string, kind Kind) error {
	within, cancel := context.WithTimeout(ctx, c.time)
	defer cancel()
	var ended *exec.ExitError
	err := sandbox.Run(within, func(ctx context.Context) *exec.Cmd { return c.command(ctx, dir, kind) })
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, context.DeadlineExceeded), within.Err() != nil:
		return refused("convert-time", kind, "seconds", int64(c.time/time.Second))
	case errors.As(err, &ended):
		switch key := ending(ended); key {
		case "":
			if x, err := os.Lstat(filepath.Join(dir, "output")); err == nil && x.Size() >= maxOutput {
				return refused("convert-output", kind, "mb", int64(maxOutput>>20))
			}
			return refused("convert-failed", kind)
		case "convert-time":
			return refused(key, kind, "seconds", int64(maxCPU/time.Second))
		case "convert-memory":
			return refused(key, kind, "mb", c.memory>>20)
		default:
			return refused(key, kind, "mb", int64(maxOutput>>20))
		}
	}
	return err
}

// command gives the words of the worker under its limits. Its output is not listened to.
func (c *Converter) command(ctx context.Context, dir string, kind Kind) *exec.Cmd {
	words := []string{c.node, fmt.Sprintf("--max-old-space-size=%d", c.memory/3>>20), "--no-warnings", "worker.cjs", string(kind)}
	if runtime.GOOS != "windows" {
		// A limit that a system does not know is passed over; the time holds everywhere. The address space is not limited: Node
		// reserves far more than it uses.
		limits := fmt.Sprintf("ulimit -c 0; ulimit -t %d; ulimit -f %d; ulimit -d %d; exec \"$@\"", int(maxCPU.Seconds()), maxOutput/512, c.memory/1024)
		words = append([]string{"/bin/sh", "-c", limits, "sh"}, words...)
	}
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Dir = dir
	cmd.Env = sandbox.Environment(dir)
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// Sweep removes what conversions left behind whose server was killed.
func Sweep() error { return sandbox.Sweep(folders, longest) }

// head is how the output of the worker begins.
var head = []byte("BSNM")

func headed(b []byte) bool { return bytes.Equal(b, head) }
