//go:build browser

package browser

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestWalk opens every kind of page that docs/map.txt lists, in the demonstration, as an account that sees it: in French
// and light, in English and dark, at 1440 and 390 pixels. New pages are taken in by themselves, as long as a link leads
// to them.
func TestWalk(t *testing.T) {
	base := demo(t)
	people := visitors(t, base)
	list := crawl(t, people)
	covered(t, pageRoutes(t), list)
	for _, pass := range []struct {
		lang string
		dark bool
		turn int
	}{{"fr", false, 0}, {"en", true, 1}} {
		for _, v := range people {
			if v.person != "" {
				v.post(t, "/preferences", url.Values{"lang": {pass.lang}, "next": {"/"}})
			}
		}
		t.Run(pass.lang, func(t *testing.T) {
			tabs := openTabs(t, atOnce(t))
			for i, s := range list {
				tried := widths[(i+pass.turn)%len(widths)]
				t.Run(name(s.kind), func(t *testing.T) {
					t.Parallel()
					tab := <-tabs
					defer func() { tabs <- tab }()
					look(tab, t, s, Look{tried, pass.lang, pass.dark})
				})
			}
		})
	}
}

// atOnce is how many pages are looked at at once: what go test was told by -parallel. A tab waits as much as it works.
func atOnce(t *testing.T) int {
	t.Helper()
	n, ok := flag.Lookup("test.parallel").Value.(flag.Getter).Get().(int)
	if !ok || n < 1 {
		t.Fatal("go test says no number of parallel tests")
	}
	return n
}

// openTabs opens one browser with some tabs, each with cookies of its own.
func openTabs(t *testing.T, n int) chan context.Context {
	t.Helper()
	first := Open(t)
	tabs := make(chan context.Context, n)
	for range n {
		tab, cancel := chromedp.NewContext(first, chromedp.WithNewBrowserContext())
		t.Cleanup(cancel)
		if err := chromedp.Do(tab, watch); err != nil {
			t.Fatal(err)
		}
		tabs <- tab
	}
	return tabs
}

// widths are those of a desk and of a phone, in pixels.
var widths = []int64{1440, 390}

// wholeWalk has axe-core at both widths of each pass, and pictures taken for people (make browser WALK=whole). Else
// each page has axe-core at one of them in French and at the other in English, in turn: what every page has is tried in
// all four.
var wholeWalk = os.Getenv("WALK") == "whole"

// look opens one page and tries it: errors, width, with the keyboard, and by axe-core.
func look(tab context.Context, t *testing.T, s specimen, tried Look) {
	t.Helper()
	if err := chromedp.Do(tab, be(s.by, t)); err != nil {
		t.Fatal(err)
	}
	at := tried
	at.Width = widths[0]
	if err := visit(tab, s.by.base+s.path, at); err != nil {
		t.Fatal(err)
	}
	where := s.path + " as " + s.by.name
	if got := eval[string](tab, t, `document.documentElement.lang`); got != at.Lang {
		t.Errorf("%s: the page speaks %s, want %s", where, got, at.Lang)
	}
	if at.Lang == "fr" {
		keyboard(tab, t, where)
		dialogs(tab, t, where)
	}
	eval[bool](tab, t, axeSource(t)+`; document.activeElement.blur(), document.querySelectorAll('details[data-menu]').forEach(d => d.open = false), true`)
	for _, width := range widths {
		at.Width = width
		if width != widths[0] {
			if err := chromedp.Do(tab, viewport(width)); err != nil {
				t.Fatal(err)
			}
		}
		if wide := eval[[]string](tab, t, tooWide(width)); len(wide) > 0 {
			t.Errorf("%s at %d px, wider than the window: %s", where, width, strings.Join(wide, " | "))
		}
		if at != tried && !wholeWalk {
			continue
		}
		for _, f := range findings(tab, t) {
			t.Errorf("%s at %d px, axe %s (%s): %s", where, width, f.ID, f.Impact, strings.Join(f.where(), " | "))
		}
		if wholeWalk {
			picture(tab, t, name(s.kind)+"-"+at.String())
		}
	}
	if bad := eval[[]string](tab, t, `window.__bad`); len(bad) > 0 {
		t.Errorf("%s, policy or script: %s", where, strings.Join(bad, " | "))
	}
}

// be gives the tab the session of a visitor.
func be(v visitor, t *testing.T) chromedp.Action[chromedp.Void] {
	cookies := v.cookies(t)
	return func(ctx context.Context, tab *chromedp.Target) (chromedp.Void, error) {
		if _, err := cdp.Call(ctx, tab, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
			return chromedp.Void{}, err
		}
		for _, c := range cookies {
			if _, err := cdp.Call(ctx, tab, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: v.base}); err != nil {
				return chromedp.Void{}, err
			}
		}
		return chromedp.Void{}, nil
	}
}

// maxStops is how far one may have to go with the tab key from the start of the content to the page's full button:
// past the fields of the longest form, the costs of a programme of several years.
const maxStops = 120

// keyboard tries what somebody without a mouse does first: the tab key shows the link that skips to the content, it
// leads there, and the full button is among the next stops. Each stop must be seen.
func keyboard(tab context.Context, t *testing.T, where string) {
	t.Helper()
	press := func(key string) {
		if err := chromedp.Do(tab, chromedp.KeyEvent(key)); err != nil {
			t.Fatal(err)
		}
	}
	eval[bool](tab, t, `(document.activeElement.blur(), getSelection().removeAllRanges(), scrollTo(0, 0), true)`)
	if eval[bool](tab, t, `!document.querySelector('[data-errors], [autofocus]:not(dialog *)')`) {
		press(kb.Tab)
		if !eval[bool](tab, t, `document.activeElement.matches('.skip') && document.activeElement.getBoundingClientRect().left >= 0`) {
			t.Errorf("%s: the first stop of the tab key is not the link to the content", where)
			return
		}
		press(kb.Enter)
		if !soon(tab, `document.activeElement.id === 'content'`) {
			t.Errorf("%s: the link to the content does not lead there", where)
			return
		}
	}
	if eval[int](tab, t, `[...document.querySelectorAll('main .btn-primary')].filter(el => el.checkVisibility()).length`) != 1 {
		return // none, or the page that shows every component
	}
	for range maxStops {
		press(kb.Tab)
		stop := eval[string](tab, t, `(() => {
			const el = document.activeElement, r = el.getBoundingClientRect(), s = getComputedStyle(el);
			if (el.matches('main .btn-primary')) return 'there';
			if (el === document.body) return 'body';
			const wrapped = el.matches(':focus-within > *'); // a field drawn by what is around it
			if (r.width === 0 || r.bottom < 0 || r.top > innerHeight) return 'unseen ' + el.outerHTML.slice(0, 120);
			if (s.outlineStyle === 'none' && s.boxShadow === 'none' && !wrapped) return 'unmarked ' + el.outerHTML.slice(0, 120);
			return ''
		})()`)
		if stop == "there" {
			return
		}
		if stop != "" && stop != "body" {
			t.Errorf("%s: a stop of the tab key is %s", where, stop)
			return
		}
	}
	t.Errorf("%s: the full button is more than %d stops from the content", where, maxStops)
}

// maxDialogs is how many dialogs of one page are tried.
const maxDialogs = 3

// dialogs opens what leads to a dialog, and closes it with Escape.
func dialogs(tab context.Context, t *testing.T, where string) {
	t.Helper()
	n := eval[int](tab, t, `(document.querySelectorAll('details').forEach(d => d.open = true),
		window.__openers = [...document.querySelectorAll('[data-dialog], button[data-confirm]')].filter(el => el.checkVisibility()), __openers.length)`)
	for i := range min(n, maxDialogs) {
		eval[bool](tab, t, fmt.Sprintf(`(window.__opener = __openers[%d], __opener.closest('details')?.setAttribute('open', ''), __opener.focus(), __opener.click(), true)`, i))
		if !soon(tab, `document.querySelector('dialog[open]') !== null`) {
			// A form asks for what it needs first; that is its answer.
			if !eval[bool](tab, t, `__opener.form !== undefined && !__opener.form.checkValidity()`) {
				t.Errorf("%s: a dialog does not open: %s", where, eval[string](tab, t, `__opener.outerHTML`))
			}
			continue
		}
		if err := chromedp.Do(tab, chromedp.KeyEvent(kb.Escape)); err != nil {
			t.Fatal(err)
		}
		if !soon(tab, `document.querySelector('dialog[open]') === null && document.activeElement === __opener`) {
			t.Errorf("%s: Escape does not close a dialog and lead back to what opened it: %s", where, eval[string](tab, t, `__opener.outerHTML`))
		}
	}
}

func eval[T any](tab context.Context, t *testing.T, script string) T {
	t.Helper()
	got, err := chromedp.Run(tab, chromedp.Evaluate[T](script))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// picture keeps what the page looks like, for people: out/browser.
func picture(tab context.Context, t *testing.T, name string) {
	t.Helper()
	b, err := chromedp.Run(tab, chromedp.FullScreenshot(80))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(outFolder(t), name+".jpg"), b, 0o644); err != nil {
		t.Fatal(err)
	}
}
