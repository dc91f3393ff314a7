//go:build browser

package browser

import (
	"bufio"
	"context"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func name(path string) string {
	n := strings.Trim(strings.NewReplacer("/*", "-one", "/", "-").Replace(kindOf(path)), "-")
	if n == "" {
		return "home"
	}
	return n
}

// demo runs the built program on a free port, with what is set in its environment, and gives its address.
func demo(t *testing.T, environment ...string) string {
	t.Helper()
	program := filepath.Join(root(t), "bin/bassin")
	if _, err := os.Stat(program); err != nil {
		t.Fatal("the program is missing: make build")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program, "demo", "--addr", addr, "--data", t.TempDir())
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.Env = append(os.Environ(), environment...)
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		for s := bufio.NewScanner(out); s.Scan(); {
			if strings.Contains(s.Text(), "level=ERROR") {
				t.Error("the server says: ", s.Text())
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait()
	})
	for range 600 {
		if c, err := net.Dial("tcp", addr); err == nil {
			_ = c.Close()
			return (&url.URL{Scheme: "http", Host: addr}).String()
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("the demonstration does not answer")
	return ""
}
