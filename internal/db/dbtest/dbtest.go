// Package dbtest opens empty, migrated databases for tests: SQLite in the test's folder, and
// PostgreSQL in a database of its own on a private server that starts with the first test that
// wants it and dies with the test process.
package dbtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"bassin/internal/db"

	"github.com/jackc/pgx/v5"
)

// Open gives an empty migrated SQLite database that is closed with the test.
func Open(t testing.TB) *db.DB {
	t.Helper()
	content, err := migrated()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, db.FileName), content, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(context.Background(), db.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// migrated is an empty SQLite file with all tables, made once: copying it takes a fraction of the
// time of making it for each test.
var migrated = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "bassin-lite-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	d, err := db.Open(context.Background(), db.Config{Dir: dir})
	if err != nil {
		return nil, err
	}
	if err := d.Close(); err != nil { // the last connection empties the log into the file
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, db.FileName))
})

// Postgres gives an empty migrated PostgreSQL database, or skips the test and says why.
func Postgres(t testing.TB) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), db.Config{URL: PostgresURL(t), Conns: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// Each runs the test on SQLite and on PostgreSQL.
func Each(t *testing.T, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, Open(t)) })
	t.Run("postgres", func(t *testing.T) { fn(t, Postgres(t)) })
}

// PostgresURL makes a database of its own, a clone of a migrated template, and gives its
// address. It skips the test when no server can be had, unless BASSIN_NEED_POSTGRES is set:
// CI sets it, so that a missing server is a failure there.
func PostgresURL(t testing.TB) string {
	t.Helper()
	s, err := server()
	if err != nil {
		if os.Getenv("BASSIN_NEED_POSTGRES") != "" {
			t.Fatalf("PostgreSQL is needed: %v", err)
		}
		t.Skipf("no PostgreSQL: %v (set TEST_POSTGRES or install Debian's postgresql)", err)
	}
	name := "bassin_" + random()
	if err := s.exec(fmt.Sprintf(`create database %s template %s`, name, s.template)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.exec(fmt.Sprintf(`drop database if exists %s with (force)`, name)) })
	return s.url(name)
}

type postgres struct {
	mu       sync.Mutex
	admin    string // address of the server, any database
	template string
}

var server = sync.OnceValues(start)

func start() (*postgres, error) {
	admin := os.Getenv("TEST_POSTGRES")
	if admin == "" {
		var err error
		if admin, err = launch(); err != nil {
			return nil, err
		}
	}
	s := &postgres{admin: admin, template: "bassin_template_" + random()}
	if err := s.exec("create database " + s.template); err != nil {
		return nil, err
	}
	d, err := db.Open(context.Background(), db.Config{URL: s.url(s.template), Conns: 2})
	if err != nil {
		return nil, err
	}
	return s, d.Close()
}

func (s *postgres) url(database string) string {
	u, err := url.Parse(s.admin)
	if err != nil {
		return s.admin
	}
	u.Path = "/" + database
	return u.String()
}

func (s *postgres) exec(query string) error {
	s.mu.Lock() // a template that is being cloned accepts no other session
	defer s.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	c, err := pgx.Connect(ctx, s.admin)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(ctx) }()
	_, err = c.Exec(ctx, query)
	return err
}

// Server is a private PostgreSQL that a test may stop and start again.
type Server struct {
	dir, socket, bin string
	cred             *syscall.Credential
	cmd              *exec.Cmd
}

// URL is the address of a database on the server.
func (s *Server) URL(database string) string {
	v := url.Values{"host": {s.socket}, "user": {"postgres"}}
	return "postgres:///" + database + "?" + v.Encode()
}

// NewServer starts a server of the test's own, stopped with it; it skips when the binaries are
// not installed.
func NewServer(t testing.TB) *Server {
	t.Helper()
	s, err := newServer()
	if err != nil {
		if os.Getenv("BASSIN_NEED_POSTGRES") != "" {
			t.Fatalf("PostgreSQL is needed: %v", err)
		}
		t.Skipf("no PostgreSQL: %v", err)
	}
	t.Cleanup(func() { s.Stop(); _ = os.RemoveAll(s.dir) })
	return s
}

// KeptServer starts a server whose data stays in the folder for the next run: for benchmarks on
// what takes minutes to make.
func KeptServer(t testing.TB, dir string) *Server {
	t.Helper()
	s, err := serverIn(dir)
	if err == nil {
		err = s.Start()
	}
	if err != nil {
		t.Skipf("no PostgreSQL: %v", err)
	}
	t.Cleanup(s.Stop)
	return s
}

func launch() (string, error) {
	s, err := newServer()
	if err != nil {
		return "", err
	}
	// The folder outlives the process (nobody runs after a test binary); the server does not:
	// the kernel kills it with its parent. Old folders are swept at the next start.
	return s.URL("postgres"), nil
}

const folder = "bassin-pg-"

func newServer() (*Server, error) {
	sweep()
	dir, err := os.MkdirTemp("", folder)
	if err != nil {
		return nil, err
	}
	s, err := serverIn(dir)
	if err != nil {
		return nil, err
	}
	return s, s.Start()
}

// serverIn makes the files of a server in a folder that is there, if they are not there yet.
func serverIn(dir string) (*Server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, socket: dir, bin: bin}
	if os.Geteuid() == 0 { // PostgreSQL refuses to run as root
		u, err := user.Lookup("postgres")
		if err != nil {
			return nil, errors.New("root, and no user postgres")
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		s.cred = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(dir, uid, gid); err != nil {
			return nil, err
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "data", "PG_VERSION")); err == nil {
		return s, nil
	}
	init := exec.Command(filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	init.SysProcAttr = &syscall.SysProcAttr{Credential: s.cred}
	init.Dir = dir
	if out, err := init.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	return s, nil
}

// Start runs the server and waits until it answers.
func (s *Server) Start() error {
	s.cmd = exec.Command(filepath.Join(s.bin, "postgres"), "-D", filepath.Join(s.dir, "data"), "-k", s.socket,
		"-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off", "-c", "max_connections=200")
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.cred, Pdeathsig: syscall.SIGKILL}
	s.cmd.Dir = s.dir
	log, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		return err
	}
	s.cmd.Stdout, s.cmd.Stderr = log, log
	// Pdeathsig follows the thread that started the child: os/exec keeps the process alive, and
	// Go may end an idle thread only when it was locked, which this one is not.
	if err := s.cmd.Start(); err != nil {
		return err
	}
	for range 200 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		c, err := pgx.Connect(ctx, s.URL("postgres"))
		if err == nil {
			_ = c.Close(ctx)
			cancel()
			return nil
		}
		cancel()
		time.Sleep(50 * time.Millisecond)
	}
	out, _ := os.ReadFile(log.Name())
	return fmt.Errorf("PostgreSQL did not start: %s", out)
}

// Stop ends the server at once, as a crash or an operator would.
func (s *Server) Stop() {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Signal(syscall.SIGINT)
		_, _ = s.cmd.Process.Wait()
		s.cmd = nil
	}
}

// binaries finds the folder of initdb and postgres: PATH, or Debian's.
func binaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	sort.Strings(found)
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	p, err := exec.LookPath("initdb")
	if err != nil {
		return "", errors.New("initdb is not installed")
	}
	if p, err = filepath.EvalSymlinks(p); err != nil {
		return "", err
	}
	return filepath.Dir(p), nil
}

// sweep removes the folders of servers that are gone.
func sweep() {
	old, _ := filepath.Glob(filepath.Join(os.TempDir(), folder+"*"))
	for _, dir := range old {
		if info, err := os.Stat(dir); err != nil || time.Since(info.ModTime()) < time.Minute {
			continue
		}
		pid, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
		if err == nil {
			n, err := strconv.Atoi(strings.TrimSpace(strings.SplitN(string(pid), "\n", 2)[0]))
			if err == nil && syscall.Kill(n, 0) == nil {
				continue
			}
		}
		_ = os.RemoveAll(dir)
	}
}

func random() string {
	var b [6]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
