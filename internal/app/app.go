// Package app wires the features into one program and gives it its commands: server, worker,
// demonstration, imports, backups. It fills the slots that features declare and holds no rule
// of the domain.
//
// Words: a process (what the operating system gave us), a command, the site (the features on
// one database), findings (a command that did its work and has something to say: exit 3).
// Tables: none.
// Called by cmd/bassin.
package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/search/extract"
	"bassin/internal/territory"
	"bassin/internal/web"

	"github.com/alecthomas/kong"
)

// Process is what a run of the program is given by the outside.
type Process struct {
	Version string
	Self    string   // path of the program, to call itself; "": it does not
	Args    []string // without the program's name
	Env     []string // NAME=value
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
}

// Exit codes of every command.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUsage    = 2
	exitFindings = 3 // done, and there is something that the operator should look at
)

// errFindings makes a command exit 3: it did its work and printed what it found.
var errFindings = errors.New("findings")

// commands is the command line.
type commands struct {
	Demo    demoCmd    `cmd:"" help:"Start a demonstration with made-up data, in French, and sign in with one click."`
	Serve   serveCmd   `cmd:"" help:"Start the server: pages, API and jobs."`
	Worker  workerCmd  `cmd:"" help:"Run jobs only, beside servers that share the database."`
	Import  importCmd  `cmd:"" help:"Read official lists, or a project, into the database."`
	Export  exportCmd  `cmd:"" help:"Write a project for another server."`
	Backup  backupCmd  `cmd:"" help:"Write everything into one file while the server runs."`
	Restore restoreCmd `cmd:"" help:"Put a backup back into an empty place."`
	Reindex reindexCmd `cmd:"" help:"Build the search index anew."`
	Verify  verifyCmd  `cmd:"" help:"Check the audit trail, the files and the database."`
	User    userCmd    `cmd:"" help:"Add, list and disable people; set passwords; give grants."`
	Part    partCmd    `cmd:"" help:"Check and repair parts to be made."`
	Token   tokenCmd   `cmd:"" help:"Make, list and revoke personal tokens for the API."`
	Version versionCmd `cmd:"" help:"Print the version."`
	ReadPDF readPDFCmd `cmd:"" name:"read-pdf" hidden:"" help:"Write the text of a PDF; the program calls itself with it."`

	LogLevel  string `help:"What to log." enum:"debug,info,warn,error" default:"info" group:"Log"`
	LogFormat string `help:"Form of the log on the standard error." enum:"text,json" default:"text" group:"Log"`
}

const about = `Bassin, the shared working place of an industrial territory.

Every flag can be given by environment: --public-url is BASSIN_PUBLIC_URL. Secrets (passwords in addresses, of mail, of the
sign-in provider) are given by environment or by a file, never as flags: flags are seen by everybody on the machine.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done with findings.`

// Run runs one command and gives the exit code.
func Run(ctx context.Context, p Process) (code int) {
	var c commands
	parser, err := kong.New(&c, options(p)...)
	if err != nil {
		fmt.Fprintln(p.Stderr, "bassin:", err)
		return exitFailed
	}
	defer func() { // kong ends the program after --help; here that is a return
		if r := recover(); r != nil {
			exit, ok := r.(helpExit)
			if !ok {
				panic(r)
			}
			code = int(exit)
		}
	}()
	k, err := parser.Parse(p.Args)
	if err != nil {
		fmt.Fprintf(p.Stderr, "bassin: %s\nRun \"bassin --help\", or --help after a command, to see what can be given.\n", err)
		return exitUsage
	}
	env := &environment{Process: p, vars: lookup(p.Env)}
	env.log = logger(p.Stderr, c.LogLevel, c.LogFormat)
	slog.SetDefault(env.log) // for libraries and for the little that has no logger
	k.BindTo(ctx, (*context.Context)(nil))
	err = k.Run(env)
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.As(err, new(usageError)):
		fmt.Fprintln(p.Stderr, "bassin:", err)
		return exitUsage
	}
	fmt.Fprintln(p.Stderr, "bassin:", explain(err))
	return exitFailed
}

// helpExit carries the code with which kong wanted to end the program.
type helpExit int

// usageError is a command line that parses and still makes no sense.
type usageError string

// Error says what is wrong.
func (e usageError) Error() string { return string(e) }

func options(p Process) []kong.Option {
	vars := lookup(p.Env)
	return []kong.Option{
		kong.Name("bassin"), kong.Description(about), kong.Vars{"lookup": territory.DefaultLookupURL}, orientRates(), kong.Writers(p.Stdout, p.Stderr),
		kong.Exit(func(code int) { panic(helpExit(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 110, FlagsLast: true, NoExpandSubcommands: true}),
		kong.ValueFormatter(func(v *kong.Value) string {
			if v.Flag == nil || v.Name == "help" {
				return v.Help
			}
			return strings.TrimSuffix(v.Help, ".") + " ($" + variable(v.Name) + ")."
		}),
		// The environment comes through Process, not from the process itself, so that two runs
		// in one test do not share it.
		kong.Resolvers(kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, f *kong.Flag) (any, error) {
			if v, ok := vars[variable(f.Name)]; ok {
				return v, nil
			}
			return nil, nil
		})),
	}
}

// variable is the environment variable of a flag.
func variable(flag string) string {
	return "BASSIN_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

func lookup(env []string) map[string]string {
	m := map[string]string{}
	for _, e := range env {
		if k, v, ok := strings.Cut(e, "="); ok && v != "" {
			m[k] = v
		}
	}
	return m
}

// explain writes an error for the operator: a fault in words, with each field and its cause.
func explain(err error) string {
	f := fault.As(err)
	if f == nil {
		return err.Error()
	}
	v := web.NewView("en")
	var b strings.Builder
	b.WriteString(v.Fault(f))
	if !web.Known(f.Key) {
		b.WriteString(" (" + f.Key + ")")
	}
	for _, x := range f.Fields {
		fmt.Fprintf(&b, "\n  %s: %s", x.Name, v.TArgs(x.Key, x.Args))
	}
	if f.Cause != nil {
		fmt.Fprintf(&b, "\n  cause: %v", f.Cause)
	}
	return b.String()
}

// printJSON writes a value as indented JSON.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// readPDFCmd is the process in which one PDF is read: nothing else of the program is at stake there.
type readPDFCmd struct{}

// Run reads the standard input.
func (readPDFCmd) Run(env *environment) error {
	return extract.ChildPDF(env.Stdin, env.Stdout, func(error) { os.Exit(exitFailed) })
}

type versionCmd struct {
	JSON bool `name:"json" help:"Print as JSON."`
}

// Help gives an example.
func (versionCmd) Help() string { return "Example:\n\n  bassin version --json" }

// Run prints the version.
func (c versionCmd) Run(env *environment) error {
	b := build(env.Version)
	if c.JSON {
		return printJSON(env.Stdout, b)
	}
	_, err := fmt.Fprintf(env.Stdout, "bassin %s (%s, %s)\n", b.Version, b.Commit, b.Go)
	return err
}
