// Package slicer has PrusaSlicer write the G-code of a part, with the settings that the owner of a machine exported from it: a program
// apart from ours, within limits, where it is installed (decision 51).
//
// Words: settings are the INI file that PrusaSlicer exports; a print file is G-code for one machine.
// Tables: none. Called by printfile.
package slicer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"bassin/internal/mesh"
	"bassin/internal/mesh/threemf"
	"bassin/internal/sandbox"
)

// Limits of one print file.
const (
	MaxSettings = 512 << 10
	MaxCopies   = 100
	maxOutput   = 1 << 30 // of the G-code, in bytes
	maxCPU      = 15 * time.Minute
	maxTime     = 20 * time.Minute
	maxMemory   = 6 << 30
	mostSaid    = 400 // of what the program says, in characters
)

// folders are named so; longest is beyond what a print file lasts.
const (
	folders = "bassin-slicer-"
	longest = time.Hour
)

// Program is PrusaSlicer. The nil one makes nothing, and says so.
type Program struct {
	path string
	time time.Duration
}

// Find looks for PrusaSlicer: a path, "" for the one in PATH, "off" for none. It gives nil when there is none; a path at which there is
// no program is an error.
func Find(where string) (*Program, error) {
	names := []string{where}
	switch where {
	case "off":
		return nil, nil
	case "":
		names = []string{"prusa-slicer", "PrusaSlicer"}
	}
	for _, n := range names {
		if p, err := exec.LookPath(n); err == nil {
			return &Program{p, maxTime}, nil
		}
	}
	if where != "" {
		return nil, fmt.Errorf("there is no program at %s", where)
	}
	return nil, nil
}

// Refused says why there is no print file: a key, and what the program said.
type Refused struct{ Key, Said string }

// Error gives the key and what was said.
func (r *Refused) Error() string { return r.Key + ": " + r.Said }

// forbidden are settings that have a slicer start other programs, send what it makes elsewhere, or write it in another form than text
// (binary_gcode, since PrusaSlicer 2.7; printers that take that form take text too).
var forbidden = []string{"post_process", "print_host", "printhost_apikey", "printhost_cafile", "printhost_user", "printhost_password", "printhost_port", "binary_gcode"}

// Clean checks settings and gives them without what they must not say: whoever sends them is not trusted with our machine.
func Clean(settings []byte) ([]byte, error) {
	if len(settings) > MaxSettings || !utf8.Valid(settings) || bytes.IndexByte(settings, 0) >= 0 {
		return nil, &Refused{Key: "settings"}
	}
	var out bytes.Buffer
	layers := false
	text := strings.TrimPrefix(string(settings), "\ufeff")
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	for line := range strings.Lines(text) {
		name, _, ok := strings.Cut(line, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		switch {
		case strings.TrimSpace(line) == "" || strings.HasPrefix(name, "#") || strings.HasPrefix(name, ";"):
			continue
		case strings.HasPrefix(name, "["): // a bundle of settings is not one of a machine
			return nil, &Refused{Key: "bundle"}
		case !ok:
			return nil, &Refused{Key: "settings"}
		}
		barred := !plain(name) // what no slicer reads as a setting, we do not pass on
		for _, f := range forbidden {
			barred = barred || strings.HasPrefix(name, f)
		}
		if barred {
			continue
		}
		layers = layers || name == "layer_height"
		out.WriteString(strings.TrimRight(line, "\n") + "\n")
	}
	if !layers {
		return nil, &Refused{Key: "settings"}
	}
	return out.Bytes(), nil
}

// plain tells whether a name is one that settings have.
func plain(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// Slice writes the print file of so many copies of a part, in millimetres and as it lies. Its error is Refused when the part or the
// settings are the reason, or when there is no slicer.
func (p *Program) Slice(ctx context.Context, m *mesh.Mesh, settings []byte, copies int, to io.Writer) error {
	model := &mesh.Model{Unit: mesh.Millimetre, Objects: []mesh.Object{{Mesh: m, Place: mesh.Identity}}}
	var words []string
	if copies = min(copies, MaxCopies); copies > 1 {
		words = []string{"--duplicate", strconv.Itoa(copies)}
	}
	return p.slice(ctx, model, settings, to, words)
}

// SliceLaid writes the print file of what lies on a plate, each at its place. Its errors are those of Slice.
func (p *Program) SliceLaid(ctx context.Context, laid *mesh.Model, settings []byte, to io.Writer) error {
	return p.slice(ctx, laid, settings, to, []string{"--dont-arrange"})
}

func (p *Program) slice(ctx context.Context, model *mesh.Model, settings []byte, to io.Writer, words []string) error {
	if p == nil {
		return &Refused{Key: "none"}
	}
	clean, err := Clean(settings)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", folders)
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.WriteFile(filepath.Join(dir, "settings.ini"), clean, 0o600); err != nil {
		return err
	}
	if err := writeModel(filepath.Join(dir, "part.3mf"), model); err != nil {
		return err
	}
	said, err := p.run(ctx, dir, words)
	if err != nil {
		return err
	}
	out, err := os.Open(filepath.Join(dir, "out.gcode"))
	if errors.Is(err, os.ErrNotExist) {
		return &Refused{Key: "failed", Said: said}
	}
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }()
	_, err = io.Copy(to, out)
	return err
}

func writeModel(name string, model *mesh.Model) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(threemf.Write(f, model, threemf.Metadata{Application: "Bassin"}), f.Close())
}

// run runs the program to its end or to a limit, and gives what it said last.
func (p *Program) run(ctx context.Context, dir string, words []string) (string, error) {
	within, cancel := context.WithTimeout(ctx, p.time)
	defer cancel()
	said := &tail{}
	var ended *exec.ExitError
	err := sandbox.Run(within, func(ctx context.Context) *exec.Cmd { return p.command(ctx, dir, words, said) })
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case within.Err() != nil:
		return "", &Refused{Key: "time"}
	case errors.As(err, &ended):
		return "", &Refused{Key: "failed", Said: said.text()}
	}
	return said.text(), err
}

// command gives the words of the program under its limits.
func (p *Program) command(ctx context.Context, dir string, more []string, said io.Writer) *exec.Cmd {
	words := append([]string{p.path, "--export-gcode", "--load", "settings.ini", "--output", "out.gcode", "--datadir", dir}, more...)
	words = append(words, "part.3mf")
	words = sandbox.Limits{CPU: maxCPU, Output: maxOutput, Data: maxMemory}.Command(words...)
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Dir, cmd.Env = dir, sandbox.Environment(dir)
	cmd.Stdout, cmd.Stderr = said, said
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// tail keeps the end of what is written.
type tail struct{ kept []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if most := 4 * mostSaid; len(t.kept) > most {
		t.kept = t.kept[len(t.kept)-most:]
	}
	return len(p), nil
}

// text is the last line that says something: the program's own words, without where on our disk it worked.
func (t *tail) text() string {
	lines := strings.Split(strings.ToValidUTF8(string(t.kept), ""), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		l := strings.TrimSpace(lines[i])
		if l == "" || strings.Contains(l, "[trace]") || strings.Contains(l, folders) || strings.HasPrefix(l, "print warning") {
			continue
		}
		if r := []rune(l); len(r) > mostSaid {
			l = string(r[:mostSaid])
		}
		return l
	}
	return ""
}

// Sweep removes what is left of a server that was killed.
func Sweep() error { return sandbox.Sweep(folders, longest) }
