package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"bassin/internal/db"
	"bassin/internal/file"
)

// environment is what every command may use.
type environment struct {
	Process
	vars map[string]string
	log  *slog.Logger
}

// place says where the data is: flags that every command that touches data has.
type place struct {
	Data         string `help:"Folder of the data (${default})." default:"./data" placeholder:"DIR" type:"path" group:"Data"`
	Database     string `help:"PostgreSQL instead of the file in the data folder: postgres://user@host/name, the password in PGPASSWORD or the whole address in the environment." placeholder:"URL" group:"Data"`
	DatabaseFile []byte `help:"File that holds the database's address with its password." placeholder:"FILE" type:"filecontent" group:"Data"`
	Files        string `help:"Where uploaded files are: a folder (by default files, in the data folder), or s3+https://host/bucket with keys in BASSIN_S3_KEY and BASSIN_S3_SECRET." placeholder:"WHERE" group:"Data"`
	Sync         string `help:"SQLite: full waits for the disk at each commit; normal may lose the last moment at a power cut, never when the program is killed." enum:"full,normal" default:"full" group:"Data"`
}

// staging is the folder beside the data in which a restore prepares it.
func (p place) staging() string {
	return strings.TrimSuffix(p.Data, string(filepath.Separator)) + ".restoring"
}

func (p place) address() string {
	if len(p.DatabaseFile) > 0 {
		return strings.TrimSpace(string(p.DatabaseFile))
	}
	return p.Database
}

// open opens the database where the flags say. A folder that a restore left unfinished is not
// begun anew: people would find it empty.
func (p place) open(ctx context.Context, env *environment) (*db.DB, error) {
	if p.address() == "" {
		_, there := os.Stat(p.Data)
		_, staged := os.Stat(p.staging())
		if errors.Is(there, os.ErrNotExist) && staged == nil {
			return nil, fmt.Errorf("a restore into %s did not end: run it again, or remove %s", p.Data, p.staging())
		}
	}
	return db.Open(ctx, db.Config{Dir: p.Data, URL: p.address(), FullSync: p.Sync == "full", Log: env.log})
}

// store opens the files' store.
func (p place) store(ctx context.Context, env *environment) (file.Store, error) {
	return file.Connect(ctx, p.filesAt(), env.get)
}

func (p place) filesAt() string {
	if p.Files != "" {
		return p.Files
	}
	return filepath.Join(p.Data, filesFolder)
}

// filesFolder is where files are in the data folder.
const filesFolder = "files"

// secret is what a file holds, else what the environment says.
func (e *environment) secret(content []byte, variable string) string {
	if s := strings.TrimRight(string(content), "\r\n"); s != "" {
		return s
	}
	return e.get(variable)
}

func (e *environment) get(name string) string { return e.vars[name] }

// openReadOnly opens what is there and changes nothing.
func (p place) openReadOnly(ctx context.Context, env *environment) (*db.DB, error) {
	return db.Open(ctx, db.Config{Dir: p.Data, URL: p.address(), ReadOnly: true, Log: env.log})
}

// secureURL reports whether people reach the server over TLS.
func secureURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https"
}

func logger(w io.Writer, level, format string) *slog.Logger {
	var l slog.Level
	_ = l.UnmarshalText([]byte(level)) // kong allows four words only
	o := &slog.HandlerOptions{Level: l}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// buildInfo says which program this is.
type buildInfo struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Go      string `json:"go"`
}

func build(version string) buildInfo {
	b := buildInfo{Version: version, Commit: "unknown commit", Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			b.Commit = s.Value[:min(12, len(s.Value))]
		}
	}
	return b
}
