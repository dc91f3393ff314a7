// Package office makes PDF of office documents with LibreOffice, where that is installed. Documents
// come from anybody: the program runs apart from ours, without our environment, with a profile of its
// own that runs no macro and follows no link, without network where the system allows it, within
// limits of time, memory and output.
//
// Words: a converter is the program; a profile is the folder of its settings.
// Tables: none.
package office

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	_ "embed"

	"bassin/internal/sandbox"
)

// Limits of one conversion.
const (
	MaxBytes  = 50 << 20  // of a document
	MaxOutput = 100 << 20 // of the PDF, in bytes
	maxMemory = 4 << 30   // address space: twice what the largest documents tried took
	maxCPU    = 60 * time.Second
	maxTime   = 90 * time.Second
)

// folders are named so; longest is beyond what a conversion lasts.
const (
	folders = "bassin-office-"
	longest = 10 * time.Minute
)

// ErrUnreadable says that the converter made nothing of a document: it is damaged, needs a password,
// or went beyond a limit.
var ErrUnreadable = errors.New("the document could not be converted")

// settings of the profile: see profile.xcu.
//
//go:embed profile.xcu
var settings []byte

// Converter is an installed LibreOffice. The nil one converts nothing.
type Converter struct {
	program  string
	together bool // never apart: for tests
}

// Find looks for the converter: a path, "" for the usual names, "off" for none. It gives nil when
// there is none; a path at which there is no program is an error.
func Find(where string) (*Converter, error) {
	names := []string{where}
	switch where {
	case "off":
		return nil, nil
	case "":
		names = []string{"soffice", "libreoffice", "/opt/libreoffice/program/soffice", "/Applications/LibreOffice.app/Contents/MacOS/soffice"}
	}
	for _, n := range names {
		if p, err := exec.LookPath(n); err == nil {
			return &Converter{program: p}, nil
		}
	}
	if where != "" {
		return nil, fmt.Errorf("there is no program at %s", where)
	}
	return nil, nil
}

// extensions of the types that are converted: the name that the converter sees tells it what to expect.
var extensions = map[string]string{
	"application/msword":                                                        "doc",
	"application/rtf":                                                           "rtf",
	"application/vnd.ms-excel":                                                  "xls",
	"application/vnd.ms-powerpoint":                                             "ppt",
	"application/vnd.ms-excel.sheet.macroenabled.12":                            "xlsm",
	"application/vnd.ms-powerpoint.presentation.macroenabled.12":                "pptm",
	"application/vnd.ms-word.document.macroenabled.12":                          "docm",
	"application/vnd.oasis.opendocument.graphics":                               "odg",
	"application/vnd.oasis.opendocument.presentation":                           "odp",
	"application/vnd.oasis.opendocument.spreadsheet":                            "ods",
	"application/vnd.oasis.opendocument.text":                                   "odt",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         "xlsx",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   "docx",
}

// Is reports whether a media type is that of an office document.
func Is(typ string) bool { return extensions[typ] != "" }

// Converts reports whether a document of this type and size can be converted here.
func (c *Converter) Converts(typ string, size int64) bool {
	return c != nil && Is(typ) && size > 0 && size <= MaxBytes
}

// PDF converts a document and hands the PDF to save. The error is ErrUnreadable when the document is
// the reason, else that of the system, of the context or of save.
func (c *Converter) PDF(ctx context.Context, r io.Reader, typ string, save func(io.Reader) error) error {
	dir, err := os.MkdirTemp("", folders)
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	source := filepath.Join(dir, "document."+extensions[typ])
	if err := prepare(dir, source, r); err != nil {
		return err
	}
	if err := c.run(ctx, dir, source); err != nil {
		return err
	}
	out, err := os.Open(filepath.Join(dir, "out", "document.pdf"))
	if errors.Is(err, os.ErrNotExist) {
		return ErrUnreadable
	}
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }()
	head := make([]byte, 5)
	if _, err := io.ReadFull(out, head); err != nil || !bytes.Equal(head, []byte("%PDF-")) {
		return ErrUnreadable
	}
	if _, err := out.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return save(out)
}

// Sweep removes what conversions left behind whose server was killed: the folder holds the document.
// Those of other servers on the machine that run are young, or not ours to remove.
func Sweep() error { return sandbox.Sweep(folders, longest) }

// prepare writes the document and the profile.
func prepare(dir, source string, r io.Reader) error {
	user := filepath.Join(dir, "profile", "user")
	if err := errors.Join(os.MkdirAll(user, 0o700), os.Mkdir(filepath.Join(dir, "out"), 0o700)); err != nil {
		return err
	}
	f, err := os.OpenFile(source, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, io.LimitReader(r, MaxBytes))
	return errors.Join(err, f.Close(), os.WriteFile(filepath.Join(user, "registrymodifications.xcu"), settings, 0o600))
}

// run runs the converter to its end or to a limit.
func (c *Converter) run(ctx context.Context, dir, source string) error {
	within, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	profile := url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(dir, "profile"))}
	args := []string{"-env:UserInstallation=" + profile.String(), "--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard",
		"--convert-to", "pdf", "--outdir", filepath.Join(dir, "out"), source}
	run := sandbox.Run
	if c.together {
		run = func(ctx context.Context, make func(context.Context) *exec.Cmd) error {
			return sandbox.Start(ctx, sandbox.Together, make)
		}
	}
	err := run(within, c.command(dir, args))
	var ended *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &ended), errors.Is(err, context.DeadlineExceeded), within.Err() != nil:
		return ErrUnreadable
	}
	return err
}

// command gives the words of the converter under its limits, and nothing of our environment: that holds secrets.
func (c *Converter) command(dir string, args []string) func(context.Context) *exec.Cmd {
	return func(ctx context.Context) *exec.Cmd {
		words := sandbox.Limits{CPU: maxCPU, Output: MaxOutput, Space: maxMemory}.Command(append([]string{c.program}, args...)...)
		cmd := exec.CommandContext(ctx, words[0], words[1:]...)
		cmd.Dir = dir
		cmd.Env = sandbox.Environment(dir, "SAL_USE_VCLPLUGIN=svp")
		cmd.WaitDelay = 5 * time.Second
		return cmd
	}
}
