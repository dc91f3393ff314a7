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
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestDemo starts the demonstration, looks at the page one signs in on, signs in as the first account (the project
// lead) and then looks at one page of each kind that links lead to.
func TestDemo(t *testing.T) {
	base := demo(t)
	ctx := Open(t)
	Page(ctx, t, base+"/sign-in", "sign-in")
	if err := visit(ctx, base+"/sign-in", Looks[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.querySelector('form[action="/sign-in/demo"] button').click(), true`)); err != nil {
		t.Fatal(err)
	}
	if !soon(ctx, `location.pathname !== '/sign-in' && document.readyState === 'complete'`) {
		t.Fatal("did not get in")
	}
	here, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.pathname`))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{kindOf(here): true}
	for todo := []string{here}; len(todo) > 0; todo = todo[1:] {
		status, err := chromedp.Run(ctx, chromedp.Evaluate[int]("fetch("+strconv.Quote(todo[0])+").then(r => r.status)", chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		if status != 200 {
			t.Errorf("a link leads to %s, which answers %d", todo[0], status)
			continue
		}
		Page(ctx, t, base+todo[0], name(todo[0]))
		links, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`[...document.querySelectorAll('main a[href], nav a[href]')]
			.filter(a => a.origin === location.origin && !a.hasAttribute('download')).map(a => a.pathname)`))
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range links {
			if k := kindOf(l); !seen[k] && !skip.MatchString(l) {
				seen[k] = true
				todo = append(todo, l)
			}
		}
	}
}

var (
	idPart = regexp.MustCompile(`/(ti-\d+|[0-9a-z]{26}|\d{2,})\b`)
	// skip leaves files, pictures and what signs out.
	skip = regexp.MustCompile(`^/(api|assets|files|export)/|\.(csv|xlsx|pdf|json|ics)$|^/sign-`)
)

// kindOf is a path without what tells one thing from another of its kind.
func kindOf(path string) string { return idPart.ReplaceAllString(path, "/*") }

func name(path string) string {
	n := strings.Trim(strings.NewReplacer("/*", "-one", "/", "-").Replace(kindOf(path)), "-")
	if n == "" {
		return "home"
	}
	return n
}

// demo runs the built program on a free port and gives its address.
func demo(t *testing.T) string {
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
	for range 100 {
		if c, err := net.Dial("tcp", addr); err == nil {
			_ = c.Close()
			return (&url.URL{Scheme: "http", Host: addr}).String()
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("the demonstration does not answer")
	return ""
}
