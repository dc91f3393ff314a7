package app

import (
	"bytes"
	"context"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal is a pseudo-terminal: what a person types goes into keys, what they see comes out of it.
type terminal struct {
	keys, tty *os.File
	seen      *shared
}

// shared is a buffer that several write and read.
type shared struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func openTerminal(t *testing.T) terminal {
	t.Helper()
	keys, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	n, err := unix.IoctlGetInt(int(keys.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(int(keys.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	tty, err := os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	x := terminal{keys: keys, tty: tty, seen: &shared{}}
	ended := make(chan struct{})
	go func() { _, _ = io.Copy(x.seen, keys); close(ended) }()
	t.Cleanup(func() {
		_ = tty.Close()
		<-ended // the last hand on the terminal is gone: reading the keys' side ends
		_ = keys.Close()
	})
	return x
}

// echoes reports whether the terminal shows what is typed.
func (x terminal) echoes(t *testing.T) bool {
	t.Helper()
	state, err := unix.IoctlGetTermios(int(x.tty.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return state.Lflag&unix.ECHO != 0
}

// asked waits until the words are on the standard error and the terminal shows nothing.
func (x terminal) asked(t *testing.T, stderr *shared, words string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !strings.Contains(stderr.String(), words) || x.echoes(t); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never asked %q: %s", words, stderr)
		}
	}
}

func (x terminal) typeIn(t *testing.T, s string) {
	t.Helper()
	if _, err := io.WriteString(x.keys, s); err != nil {
		t.Fatal(err)
	}
}

// start runs a command at the terminal.
func (x terminal) start(ctx context.Context, stderr io.Writer, args ...string) <-chan int {
	code := make(chan int, 1)
	go func() {
		code <- Run(ctx, Process{Version: "test", Args: args, Stdin: x.tty, Stdout: io.Discard, Stderr: stderr})
	}()
	return code
}

func TestPasswordIsTypedUnseen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, first, again string
		want               int
		says               string
	}{
		{"the same twice", "une phrase de passe assez longue", "une phrase de passe assez longue", exitDone, "bassin user grant ana@example.fr"},
		{"another the second time", "une phrase de passe assez longue", "une phrase de passe trop longue", exitUsage, "the two passwords differ"},
		{"nothing", "", "", exitUsage, "holds no password"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			x, stderr := openTerminal(t), &shared{}
			code := x.start(t.Context(), stderr, "user", "add", "ana@example.fr", "Ana", "--password-stdin", "--data", t.TempDir(), "--log-level", "error")
			x.asked(t, stderr, "Password for ana@example.fr: ")
			x.typeIn(t, c.first+"\n")
			x.asked(t, stderr, "Once more: ")
			x.typeIn(t, c.again+"\n")
			if got := <-code; got != c.want {
				t.Fatalf("exit code %d, want %d: %s", got, c.want, stderr)
			}
			if !strings.Contains(stderr.String(), c.says) {
				t.Errorf("%q is not said: %s", c.says, stderr)
			}
			if strings.Contains(x.seen.String()+stderr.String(), "phrase") {
				t.Error("the password is shown")
			}
			if !x.echoes(t) {
				t.Error("the terminal shows nothing any more")
			}
		})
	}
}

func TestInterruptGivesTheTerminalBack(t *testing.T) {
	t.Parallel()
	x, stderr := openTerminal(t), &shared{}
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	code := x.start(ctx, stderr, "user", "add", "ana@example.fr", "Ana", "--password-stdin", "--data", t.TempDir())
	x.asked(t, stderr, "Password for ")
	interrupt()
	if got := <-code; got != exitFailed {
		t.Errorf("exit code %d, want %d", got, exitFailed)
	}
	if !x.echoes(t) {
		t.Error("the terminal shows nothing any more")
	}
	x.typeIn(t, "\n") // the read that still waits
}
