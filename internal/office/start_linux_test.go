package office

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bassin/internal/sandbox"
)

// TestServerForKill is the server of the test below: it converts until it is killed.
func TestServerForKill(t *testing.T) {
	program := os.Getenv("OFFICE_TEST_PROGRAM")
	if program == "" {
		t.Skip("runs as the child of another test")
	}
	c := &Converter{program: program, together: os.Getenv("OFFICE_TEST_TOGETHER") != ""}
	_ = c.PDF(t.Context(), strings.NewReader("x"), docx, func(io.Reader) error { return nil })
}

// A server that is killed leaves no converter behind, nor what that started where it has a space of its own.
func TestTheConverterEndsWithTheServer(t *testing.T) {
	for name, c := range map[string]struct{ together, words string }{
		"itself":              {"1", `while :; do echo >>"$ALIVE"; sleep 0.05; done`},
		"apart":               {"", `while :; do echo >>"$ALIVE"; sleep 0.05; done`},
		"what it has started": {"", `(while :; do echo >>"$ALIVE"; sleep 0.05; done) & wait`},
	} {
		t.Run(name, func(t *testing.T) {
			nothing := func(ctx context.Context) *exec.Cmd { return exec.CommandContext(ctx, "true") }
			if err := sandbox.Start(t.Context(), sandbox.Apart, nothing); c.together == "" && errors.Is(err, sandbox.ErrNone) {
				t.Skip("the system gives no space of their own to processes of ours")
			}
			alive := filepath.Join(t.TempDir(), "alive")
			program := script(t, "ALIVE="+alive+"\n"+c.words).program
			server := exec.Command(os.Args[0], "-test.run", "^TestServerForKill$")
			server.Env = append(os.Environ(), "OFFICE_TEST_PROGRAM="+program, "OFFICE_TEST_TOGETHER="+c.together)
			if err := server.Start(); err != nil {
				t.Fatal(err)
			}
			lines := func() (n int) {
				f, err := os.Open(alive)
				if err != nil {
					return 0
				}
				defer func() { _ = f.Close() }()
				for s := bufio.NewScanner(f); s.Scan(); n++ {
				}
				return n
			}
			until(t, "it runs", func() bool { return lines() > 2 })
			_ = server.Process.Kill()
			_ = server.Wait()
			last := -1
			until(t, "it ended", func() bool {
				n := lines()
				still := n == last
				last = n
				return still
			})
		})
	}
}

// until waits for what comes soon, looking a few times a second.
func until(t *testing.T, what string, there func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(300 * time.Millisecond) {
		if there() {
			return
		}
	}
	t.Fatal("not yet: " + what)
}
