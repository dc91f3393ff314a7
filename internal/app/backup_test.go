package app

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/file"
)

// runCommand runs a command of the program in this process.
func runCommand(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = Run(context.Background(), Process{Version: "test", Args: args, Env: []string{"BASSIN_LOG_LEVEL=error"}, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs})
	return code, out.String(), errs.String()
}

// hook calls when with the first line that is written.
type hook struct {
	bytes.Buffer
	once sync.Once
	when func()
}

// Write notes the moment.
func (h *hook) Write(p []byte) (int, error) {
	h.once.Do(h.when)
	return h.Buffer.Write(p)
}

// TestBackupHoldsWhatWasAcknowledged writes all the time, and takes the list of what was
// acknowledged at the very moment at which the backup prints its result.
func TestBackupHoldsWhatWasAcknowledged(t *testing.T) {
	ctx := context.Background()
	for name, on := range map[string]func(t *testing.T) (args []string, into []string, d *db.DB){
		"sqlite": func(t *testing.T) ([]string, []string, *db.DB) {
			dir := t.TempDir()
			d, err := db.Open(ctx, db.Config{Dir: dir})
			if err != nil {
				t.Fatal(err)
			}
			return []string{"--data", dir}, []string{"--data", filepath.Join(t.TempDir(), "e")}, d
		},
		"postgres": func(t *testing.T) ([]string, []string, *db.DB) {
			url, other, files := dbtest.PostgresURL(t), dbtest.PostgresURL(t), t.TempDir()
			d, err := db.Open(ctx, db.Config{URL: url})
			if err != nil {
				t.Fatal(err)
			}
			return []string{"--database", url, "--data", files}, []string{"--database", other, "--data", filepath.Join(t.TempDir(), "e")}, d
		},
	} {
		t.Run(name, func(t *testing.T) {
			from, into, d := on(t)
			defer func() { _ = d.Close() }()
			s := account.New(account.Options{DB: d})
			who, err := s.AddPerson(ctx, operator, account.Person{Email: "a@example.fr", Name: "Anne"}, "")
			if err != nil {
				t.Fatal(err)
			}
			var mu sync.Mutex
			var acked []string
			stop := make(chan struct{})
			var wg sync.WaitGroup
			for w := range 4 {
				wg.Go(func() {
					for i := 0; ; i++ {
						select {
						case <-stop:
							return
						default:
						}
						name := fmt.Sprintf("token %d of %d", i, w)
						if _, _, err := s.AddToken(ctx, operator, account.Token{PersonID: who.ID, Name: name, Scopes: "read"}); err != nil {
							t.Error(err)
							return
						}
						mu.Lock()
						acked = append(acked, name)
						mu.Unlock()
					}
				})
			}
			var held []string
			out := &hook{when: func() { mu.Lock(); held = append(held, acked...); mu.Unlock() }}
			path := filepath.Join(t.TempDir(), "b.bassin")
			var errs bytes.Buffer
			for len(held) < 50 { // a slow machine may not have begun yet
				out.once, held = sync.Once{}, nil
				code := Run(ctx, Process{Args: append([]string{"backup", "-o", path, "--log-level", "error"}, from...), Stdout: out, Stderr: &errs})
				if code != exitDone {
					t.Fatalf("backup: %d %s %s", code, out.String(), errs.String())
				}
			}
			close(stop)
			wg.Wait()
			code, stdout, stderr := runCommand(t, append([]string{"restore", path}, into...)...)
			if code != exitDone {
				t.Fatalf("restore: %d %s %s", code, stdout, stderr)
			}
			code, stdout, stderr = runCommand(t, append([]string{"token", "list", "a@example.fr", "--json"}, into...)...)
			if code != exitDone {
				t.Fatalf("list: %d %s", code, stderr)
			}
			missing := 0
			for _, name := range held {
				if !strings.Contains(stdout, fmt.Sprintf("%q", name)) {
					missing++
				}
			}
			if missing > 0 {
				t.Errorf("%d of %d creations that were acknowledged before the backup ended are missing", missing, len(held))
			}
			if code, stdout, _ = runCommand(t, append([]string{"verify"}, into...)...); code != exitDone {
				t.Errorf("verify: %d %s", code, stdout)
			}
		})
	}
}

// TestBackupOfADamagedFile: one bad file does not prevent the backup of all others, and is told.
func TestBackupOfADamagedFile(t *testing.T) {
	dir := t.TempDir()
	if code, _, stderr := runCommand(t, "user", "add", "a@example.fr", "Anne", "--data", dir); code != exitDone {
		t.Fatal(stderr)
	}
	store, err := file.NewFolder(filepath.Join(dir, filesFolder))
	if err != nil {
		t.Fatal(err)
	}
	var blobs []file.Blob
	for _, text := range []string{"one", "two"} {
		b, err := store.Put(context.Background(), strings.NewReader(text), file.Limits{Unchecked: true})
		if err != nil {
			t.Fatal(err)
		}
		blobs = append(blobs, b)
	}
	bad := string(blobs[0].Hash)
	path := filepath.Join(dir, filesFolder, bad[:2], bad[2:4], bad)
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("onE"), 0o600); err != nil {
		t.Fatal(err)
	}
	backup, to := filepath.Join(t.TempDir(), "b.bassin"), filepath.Join(t.TempDir(), "e")
	if code, stdout, stderr := runCommand(t, "backup", "--data", dir, "-o", backup); code != exitFindings || !strings.Contains(stdout, bad) {
		t.Fatalf("backup: %d %s %s", code, stdout, stderr)
	}
	if code, stdout, stderr := runCommand(t, "restore", backup, "--data", to); code != exitFindings || !strings.Contains(stdout, bad) {
		t.Fatalf("restore: %d %s %s", code, stdout, stderr)
	}
	restored, err := file.NewFolder(filepath.Join(to, filesFolder))
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Verify(context.Background(), restored, blobs[1].Hash); err != nil {
		t.Errorf("the good file: %v", err)
	}
	if there, _ := restored.Has(context.Background(), blobs[0].Hash); there {
		t.Error("the damaged file came back under the name of the good one")
	}
}
