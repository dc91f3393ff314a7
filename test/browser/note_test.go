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

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// killable is a demonstration that can be killed and started again on the same data and address.
type killable struct {
	t          *testing.T
	data, addr string
	cmd        *exec.Cmd
}

func newKillable(t *testing.T) *killable {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	k := &killable{t: t, data: t.TempDir(), addr: l.Addr().String()}
	_ = l.Close()
	k.start()
	t.Cleanup(k.kill)
	return k
}

func (k *killable) base() string { return "http://" + k.addr }

func (k *killable) start() {
	k.t.Helper()
	k.cmd = exec.Command(filepath.Join(root(k.t), "bin/bassin"), "demo", "--addr", k.addr, "--data", k.data)
	out, err := k.cmd.StderrPipe()
	if err == nil {
		err = k.cmd.Start()
	}
	if err != nil {
		k.t.Fatal(err)
	}
	go func() {
		for s := bufio.NewScanner(out); s.Scan(); { //nolint:revive // the pipe must not fill
		}
	}()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if c, err := net.Dial("tcp", k.addr); err == nil {
			_ = c.Close()
			return
		}
	}
	k.t.Fatal("the server does not start")
}

// kill is SIGKILL: nothing of the process runs after it.
func (k *killable) kill() {
	_ = k.cmd.Process.Kill()
	_ = k.cmd.Wait()
}

// TestNote writes in one note from two pages; the server is killed in the middle and comes back.
func TestNote(t *testing.T) {
	if _, err := os.Stat(filepath.Join(root(t), "bin/bassin")); err != nil {
		t.Fatal("the program is missing: make build")
	}
	k := newKillable(t)
	var school visitor
	for _, v := range visitors(t, k.base()) {
		if _, status, doc, _ := v.get(t, "/projects"); status == 200 && strings.Contains(v.name, "école") && doc.Find("main a[href^='/projects/']").Length() > 0 {
			school = v
		}
	}
	if school.person == "" {
		t.Fatal("nobody of the school sees a project")
	}
	_, _, doc, _ := school.get(t, "/projects")
	var project string
	for _, a := range doc.Find("main a[href^='/projects/']").EachIter() {
		if href := a.AttrOr("href", ""); idPart.MatchString(href) {
			project = href
			break
		}
	}
	_, _, doc, _ = school.get(t, project+"/notes")
	address := doc.Find("main tbody th a").First().AttrOr("href", "")
	first := Open(t)
	second, cancel := chromedp.NewContext(first)
	t.Cleanup(cancel)
	if err := chromedp.Do(first, be(school, t)); err != nil {
		t.Fatal(err)
	}
	pages := []context.Context{first, second}
	if err := chromedp.Do(second, watch); err != nil {
		t.Fatal(err)
	}
	for _, tab := range pages {
		if err := chromedp.Do(tab, focused); err != nil {
			t.Fatal(err)
		}
		if err := visit(tab, k.base()+address, Look{1440, "fr", false}); err != nil {
			t.Fatal(err)
		}
	}
	stands := func(tab context.Context, is string) {
		t.Helper()
		long(t, tab, `document.querySelector('[data-note-state]').dataset.is === '`+is+`'`)
	}
	holds := func(tab context.Context, text string) {
		t.Helper()
		long(t, tab, `document.querySelector('[data-note-text]').textContent.includes('`+text+`')`)
	}
	for _, tab := range pages {
		stands(tab, "saved")
		holds(tab, "Raideur des doigts") // the text it was begun with, once
		if n := eval[int](tab, t, `document.querySelectorAll('[data-note-text] h2').length`); n != 2 {
			t.Errorf("%d headings, want 2", n)
		}
	}
	typeAtEnd(first, t, "La première écrit.")
	holds(first, "La première écrit.")
	holds(second, "La première écrit.")
	typeAtEnd(second, t, "La seconde aussi.")
	holds(first, "La seconde aussi.")
	stands(first, "saved")
	stands(second, "saved")

	k.kill()
	for _, tab := range pages {
		stands(tab, "offline")
	}
	typeAtEnd(first, t, "Sans serveur, une.")
	typeAtEnd(second, t, "Sans serveur, deux.")
	k.start()
	for _, text := range []string{"La première écrit.", "La seconde aussi.", "Sans serveur, une.", "Sans serveur, deux."} {
		for _, tab := range pages {
			holds(tab, text)
		}
	}
	for _, tab := range pages {
		stands(tab, "saved")
	}
	const words = `(() => { const e = document.querySelector('[data-note-text]').cloneNode(true); e.querySelectorAll('.b-caret').forEach(c => c.remove()); return e.textContent })()`
	if one, two := eval[string](first, t, words), eval[string](second, t, words); one != two {
		t.Errorf("the pages differ:\n%s\n---\n%s", one, two)
	}

	// What is typed when the server is away waits in the browser's own store: the page may be closed.
	k.kill()
	stands(first, "offline")
	typeAtEnd(first, t, "Gardé dans le navigateur.")
	time.Sleep(500 * time.Millisecond)
	k.start()
	if err := visit(first, "about:blank", Look{1440, "fr", false}); err != nil {
		t.Fatal(err)
	}
	if err := visit(first, k.base()+address, Look{1440, "fr", false}); err != nil {
		t.Fatal(err)
	}
	stands(first, "saved")
	holds(second, "Gardé dans le navigateur.")

	// Without script: the version that the pages left with the server, rendered there.
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(300 * time.Millisecond) {
		_, _, doc, _ := school.get(t, address)
		text := doc.Find("[data-note-text]").Text()
		if strings.Contains(text, "Gardé dans le navigateur.") && strings.Contains(text, "Sans serveur, deux.") {
			break
		}
		if time.Now().After(end) {
			t.Errorf("the page without script reads %q", text)
			break
		}
	}
	for _, tab := range pages {
		if bad := eval[[]string](tab, t, `window.__bad.filter(x => !/WebSocket|Failed to (fetch|load)|did not load/.test(x))`); len(bad) > 0 {
			t.Errorf("policy or script: %s", strings.Join(bad, " | "))
		}
	}
	picture(first, t, "note-together")
	u, _ := url.Parse(k.base() + address)
	for _, at := range []struct{ path, name string }{{u.Path, "note"}, {project + "/notes", "notes"}, {u.Path + "/versions", "note-versions"}, {u.Path + "/print", "note-print"}} {
		Page(first, t, k.base()+at.path, at.name)
	}
}

// focused lets a tab believe that it is in front: both pages are typed in, as on two machines.
func focused(ctx context.Context, tab *chromedp.Target) (chromedp.Void, error) {
	_, err := cdp.Call(ctx, tab, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	return chromedp.Void{}, err
}

// typeAtEnd writes a paragraph at the end of the note that a tab shows.
func typeAtEnd(tab context.Context, t *testing.T, text string) {
	t.Helper()
	eval[bool](tab, t, `(() => { const e = document.querySelector('[data-note-text]'); e.focus(); const s = getSelection(); s.selectAllChildren(e); s.collapseToEnd(); return true })()`)
	if err := chromedp.Do(tab, chromedp.KeyEvent(kb.Enter+kb.Enter+text)); err != nil {
		t.Fatal(err)
	}
}

// long waits for a condition longer than soon does: a server may be starting.
func long(t *testing.T, tab context.Context, condition string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); {
		if soon(tab, condition) {
			return
		}
	}
	state, _ := chromedp.Run(tab, chromedp.Evaluate[string](`document.querySelector('[data-note-state]')?.dataset.is + ' ' + document.querySelector('[data-note-text]')?.innerText + window.__bad.join('|')`))
	t.Fatalf("not so within half a minute: %s\n%s", condition, state)
}
