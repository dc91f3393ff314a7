// Package cad reads parts of exact surfaces, STEP and IGES, with Open CASCADE compiled to WebAssembly (occt-import-js), and unites
// bodies that overlap with Manifold (manifold-3d), in a Node process apart from ours and within limits: the server itself never
// parses the one nor intersects the other (decisions 42 and 52).
//
// Words: a converter is Node with the libraries; a conversion makes triangles of one file.
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
	maxInput  = 256 << 20 // of what is sent to the worker
	maxOutput = 1 << 30   // of the triangles, in bytes
	maxMemory = 3 << 30   // data of the process; the largest file tried took 0.4 GB
	maxCPU    = 60 * time.Second
	maxTime   = 90 * time.Second
)

// NoConverter is the key of the error of a file for which there is no converter.
const NoConverter = "no-converter"

// folders are named so; longest is beyond what a conversion lasts.
const (
	folders = "bassin-cad-"
	longest = 10 * time.Minute
)

//go:embed worker.cjs
var worker []byte

//go:embed triangles.cjs
var triangles []byte

// Converter is Node with the libraries. The nil one converts nothing, and says so.
type Converter struct {
	node    string
	files   map[string][]byte // what the process needs in its folder, to convert
	uniting map[string][]byte // the same, to unite; nil: the program was built without
	time    time.Duration
	memory  int64
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
		c := &Converter{node: p, files: map[string][]byte{"worker.cjs": worker, "triangles.cjs": triangles}, time: maxTime, memory: maxMemory}
		for _, name := range []string{"occt-import-js.js", "occt-import-js.wasm"} {
			if c.files[name], err = data(name); err != nil {
				return nil, nil // the program was built without it
			}
		}
		script, err := data("manifold.js")
		binary, berr := data("manifold.wasm")
		if err == nil && berr == nil {
			c.uniting = map[string][]byte{"unite.mjs": uniter, "manifold.mjs": script, "manifold.wasm": binary}
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
	case size > MaxBytes:
		return nil, refused("convert-large", kind, "mb", int64(MaxBytes>>20))
	case c == nil:
		return nil, refused(NoConverter, kind)
	}
	return c.work(ctx, c.files, look(r, kind), kind, limits, "worker.cjs", string(kind))
}

// work has a worker read what is sent, and reads what it wrote.
func (c *Converter) work(ctx context.Context, files map[string][]byte, r io.Reader, kind Kind, limits mesh.Limits, words ...string) (*mesh.Model, error) {
	dir, err := os.MkdirTemp("", folders)
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := prepare(dir, files, r); err != nil {
		return nil, err
	}
	if err := c.run(ctx, dir, kind, words); err != nil {
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
	info, err := out.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, refused("convert-failed", kind)
	}
	return Read(out, info.Size(), kind, limits)
}

func prepare(dir string, files map[string][]byte, r io.Reader) error {
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(filepath.Join(dir, "input"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, io.LimitReader(r, maxInput))
	return errors.Join(err, f.Close())
}

// exitMemory is the exit code of the worker when memory is used up.
const exitMemory = 3

// run runs the worker to its end or to a limit.
func (c *Converter) run(ctx context.Context, dir string, kind Kind, words []string) error {
	within, cancel := context.WithTimeout(ctx, c.time)
	defer cancel()
	var ended *exec.ExitError
	err := sandbox.Run(within, func(ctx context.Context) *exec.Cmd { return c.command(ctx, dir, words) })
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
func (c *Converter) command(ctx context.Context, dir string, words []string) *exec.Cmd {
	words = append([]string{c.node, fmt.Sprintf("--max-old-space-size=%d", c.memory/3>>20), "--no-warnings"}, words...)
	words = sandbox.Limits{CPU: maxCPU, Output: maxOutput, Data: c.memory}.Command(words...)
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
