// Package scripts runs stories (testdata/*.txtar) as a person at a terminal would: the program
// itself as processes of their own, on SQLite and, where there is one, on PostgreSQL.
package scripts

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"bassin/internal/app"
	"bassin/internal/db/dbtest"
	"bassin/internal/file"

	"github.com/PuerkitoBio/goquery"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/rogpeppe/go-internal/testscript"
	_ "modernc.org/sqlite"
)

// TestMain makes the test binary answer to the names of the commands that scripts use.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"bassin":   bassin,
		"http":     command(httpCommand),
		"killed":   command(killedCommand),
		"s3":       command(s3Command),
		"stored":   command(storedCommand),
		"load":     command(loadCommand),
		"acked":    command(ackedCommand),
		"await":    command(awaitCommand),
		"sqlexec":  command(sqlexecCommand),
		"flipbyte": command(flipbyteCommand),
		"truncate": command(truncateCommand),
	})
}

func bassin() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(app.Run(ctx, app.Process{Version: "test", Args: os.Args[1:], Env: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}))
}

// command runs a helper: what is wrong goes to the standard error, exit code 1.
func command(do func(args []string) error) func() {
	return func() {
		if err := do(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func TestScripts(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { run(t, nil) })
	t.Run("postgres", func(t *testing.T) {
		dbtest.PostgresURL(t) // skips here, with the reason, when there is none
		run(t, func() string { return dbtest.PostgresURL(t) })
	})
}

// run plays every script. With database, the environment names a PostgreSQL database of the
// script's own: the same commands then work on it.
func run(t *testing.T, database func() string) {
	shared, err := filepath.Abs("../../../shared")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			port, err := freePort()
			if err != nil {
				return err
			}
			e.Setenv("ADDR", "127.0.0.1:"+port)
			if port, err = freePort(); err != nil {
				return err
			}
			e.Setenv("ADDR2", "127.0.0.1:"+port)
			e.Setenv("SHARED", shared)
			e.Setenv("BASSIN_LOG_LEVEL", "warn")
			if database != nil {
				e.Setenv("BASSIN_DATABASE", database())
				e.Setenv("OTHER", database())
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Condition: func(name string) (bool, error) {
			switch name {
			case "postgres":
				return database != nil, nil
			case "shared":
				_, err := os.Stat(filepath.Join(shared, "data", "territories_phase1.csv"))
				return err == nil, nil
			}
			return false, fmt.Errorf("unknown condition %q", name)
		},
	})
}

// exits runs a command that must end with a code: exits CODE COMMAND ARGUMENTS.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code command [arguments]")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

func freePort() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = ln.Close() }()
	_, port, err := net.SplitHostPort(ln.Addr().String())
	return port, err
}

// httpCommand asks a server: http [-token T] [-wait] [-until WORDS] [-status 200] METHOD URL. It
// prints the answer's body, and fails when the status is another.
func httpCommand(args []string) error {
	f := flag.NewFlagSet("http", flag.ContinueOnError)
	token := f.String("token", "", "bearer token, or @FILE")
	wait := f.Bool("wait", false, "try for a minute until the server answers")
	until := f.String("until", "", "ask for 20 s until the answer holds these words")
	status := f.Int("status", 200, "the status wanted")
	if err := f.Parse(args); err != nil {
		return err
	}
	req, err := http.NewRequest(f.Arg(0), f.Arg(1), nil)
	if err != nil {
		return err
	}
	if file, ok := strings.CutPrefix(*token, "@"); ok {
		b, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		*token = strings.TrimSpace(string(b))
	}
	if *token != "" {
		req.Header.Set("Authorization", "Bearer "+*token)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		r, err := client.Do(req)
		if err != nil && *wait && time.Now().Before(end) {
			continue
		}
		if err != nil {
			return err
		}
		body, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		if err != nil {
			return err
		}
		if *until != "" && !bytes.Contains(body, []byte(*until)) {
			if time.Now().Before(end) {
				continue
			}
			return fmt.Errorf("%s %s: no %q in %s", f.Arg(0), f.Arg(1), *until, body)
		}
		_, _ = os.Stdout.Write(body)
		if r.StatusCode != *status {
			return fmt.Errorf("%s %s: %s, want %d", f.Arg(0), f.Arg(1), r.Status, *status)
		}
		return nil
	}
}

// killedCommand runs a command and kills it as soon as a file is there: killed FILE COMMAND…. It
// fails when the command ended before.
func killedCommand(args []string) error {
	cmd := exec.Command(args[1], args[2:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		if _, err := os.Stat(args[0]); err == nil {
			break
		}
		select {
		case err := <-ended:
			return fmt.Errorf("%s ended before %s was there: %v", args[1], args[0], err)
		case <-time.After(200 * time.Microsecond):
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		return err
	}
	if err := <-ended; err == nil {
		return fmt.Errorf("%s ended before it could be killed", args[1])
	}
	return nil
}

// s3Command is S3-compatible storage in memory with one bucket, over TLS: s3 ADDR CERTIFICATE. It
// writes its certificate, for SSL_CERT_FILE, and serves until it is interrupted.
func s3Command(args []string) error {
	backend := s3mem.New()
	if err := backend.CreateBucket("bassin"); err != nil {
		return err
	}
	ln, err := net.Listen("tcp", args[0])
	if err != nil {
		return err
	}
	srv := httptest.NewUnstartedServer(gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server())
	_ = srv.Listener.Close()
	srv.Listener = ln
	srv.StartTLS()
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	if err := os.WriteFile(args[1], cert, 0o600); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	<-ctx.Done()
	srv.CloseClientConnections()
	return nil
}

// storedCommand puts a file into a store and prints its sum, or prints the file of a sum:
// stored put|get WHERE FILE|SUM.
func storedCommand(args []string) error {
	ctx := context.Background()
	store, err := file.Connect(ctx, args[1], os.Getenv)
	if err != nil {
		return err
	}
	if args[0] == "put" {
		f, err := os.Open(args[2])
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		b, err := store.Put(ctx, f, file.Limits{Unchecked: true})
		fmt.Println(b.Hash)
		return err
	}
	c, err := store.Open(ctx, file.Hash(args[2]))
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	_, err = io.Copy(os.Stdout, c)
	return err
}

// loadCommand signs in to a demonstration and makes personal tokens with several clients until
// the server is gone or the file stop is there: load URL ACKED STOP. The name of each token that
// the server acknowledged is a line of ACKED.
func loadCommand(args []string) error {
	base, stop := args[0], args[2]
	acked, err := os.OpenFile(args[1], os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if err := demoSignIn(client, base); err != nil {
		return err
	}
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := 0; ; i++ {
				if _, err := os.Stat(stop); err == nil {
					return
				}
				name := fmt.Sprintf("load-%d-%d", w, i)
				r, err := client.PostForm(base+"/account/tokens", url.Values{"name": {name}, "scopes": {"read"}, "expires_on": {"2199-12-31"}})
				if err != nil {
					return // the server is gone
				}
				_, _ = io.Copy(io.Discard, r.Body)
				_ = r.Body.Close()
				if r.StatusCode >= 400 {
					fmt.Fprintln(os.Stderr, name, r.Status)
					return
				}
				_, _ = fmt.Fprintln(acked, name)
			}
		})
	}
	wg.Wait()
	return acked.Close()
}

// demoSignIn clicks on the first account of the sign-in page.
func demoSignIn(client *http.Client, base string) error {
	r, err := client.Get(base + "/sign-in")
	if err != nil {
		return err
	}
	defer func() { _ = r.Body.Close() }()
	doc, err := goquery.NewDocumentFromReader(r.Body)
	if err != nil {
		return err
	}
	id := doc.Find("[name=person]").First().AttrOr("value", "")
	r, err = client.PostForm(base+"/sign-in/demo", url.Values{"person": {id}})
	if err != nil {
		return err
	}
	_ = r.Body.Close()
	if r.StatusCode != http.StatusSeeOther {
		return fmt.Errorf("sign in as %q: %s", id, r.Status)
	}
	return nil
}

// awaitCommand waits until a file has some lines: await FILE LINES.
func awaitCommand(args []string) error {
	var want int
	if _, err := fmt.Sscan(args[1], &want); err != nil {
		return err
	}
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		b, err := os.ReadFile(args[0])
		if err == nil && bytes.Count(b, []byte("\n")) >= want {
			return nil
		}
	}
	return fmt.Errorf("%s has not %d lines after 30 s", args[0], want)
}

// ackedCommand fails when a line of ACKED is no name in a list of tokens: acked ACKED TOKENS.JSON.
func ackedCommand(args []string) error {
	acked, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	list, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	var tokens []struct{ Name string }
	if err := json.Unmarshal(list, &tokens); err != nil {
		return err
	}
	there := map[string]bool{}
	for _, t := range tokens {
		there[t.Name] = true
	}
	lines := strings.Fields(string(acked))
	if len(lines) == 0 {
		return errors.New("nothing was acknowledged: no load")
	}
	missing := 0
	for _, name := range lines {
		if !there[name] {
			missing++
		}
	}
	fmt.Printf("%d acknowledged, %d missing\n", len(lines), missing)
	if missing > 0 {
		return fmt.Errorf("%d of %d acknowledged creations are missing", missing, len(lines))
	}
	return nil
}

// sqlexecCommand changes a SQLite file behind the program's back: sqlexec FILE STATEMENT.
func sqlexecCommand(args []string) error {
	d, err := sql.Open("sqlite", "file:"+args[0]+"?_pragma=busy_timeout(5000)")
	if err != nil {
		return err
	}
	r, err := d.Exec(args[1])
	if err != nil {
		return err
	}
	n, err := r.RowsAffected()
	if err == nil && n == 0 {
		err = fmt.Errorf("no row was changed")
	}
	if e := d.Close(); err == nil {
		err = e
	}
	return err
}

// flipbyteCommand changes one bit in the middle of a file: flipbyte FROM TO.
func flipbyteCommand(args []string) error {
	b, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	b[len(b)/2] ^= 1
	return os.WriteFile(args[1], b, 0o600)
}

// truncateCommand cuts the last tenth off a file: truncate FROM TO.
func truncateCommand(args []string) error {
	b, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	return os.WriteFile(args[1], b[:len(b)*9/10], 0o600)
}
