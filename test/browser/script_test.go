//go:build browser

package browser

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"bassin/internal/web"
)

// TestScript tries what the script adds to a page, one thing after the other on fresh pages.
func TestScript(t *testing.T) {
	ctx := Open(t)
	m := web.NewMux(web.Options{Log: slog.New(slog.DiscardHandler), Demo: true, Version: "test"})
	server := httptest.NewServer(m.Handler())
	t.Cleanup(server.Close)

	for _, c := range []struct {
		name  string
		width int64
		act   string // run in the page
		want  string // then true, within a moment
	}{
		{"ctrl-k goes to the search field", 1440,
			`document.dispatchEvent(new KeyboardEvent('keydown', {key: 'k', ctrlKey: true, bubbles: true}))`,
			`document.activeElement.id === 'q'`},
		{"ctrl-k opens the search page where there is no field", 390,
			`document.dispatchEvent(new KeyboardEvent('keydown', {key: 'k', ctrlKey: true, bubbles: true}))`,
			`location.pathname === '/search'`},
		{"dark at once and remembered", 1440,
			`document.querySelector('button[name=theme][value=dark]').click()`,
			`document.documentElement.dataset.bsTheme === 'dark' && document.querySelector('button[value=dark]').ariaPressed === 'true' &&
			 fetch('/style').then(r => r.text()).then(t => t.includes('data-bs-theme="dark"'))`},
		{"and back to the system's", 1440,
			`document.querySelector('button[name=theme][value=system]').click()`,
			`!('bsTheme' in document.documentElement.dataset) && fetch('/style').then(r => r.text()).then(t => !t.includes('data-bs-theme'))`},
		{"a message goes when dismissed", 1440,
			`document.querySelector('.b-toast [data-dismiss]').click()`,
			`document.querySelectorAll('.b-toast').length === 0`},
		{"escape closes a menu", 1440,
			`document.querySelector('.b-terr').open = true; document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'}))`,
			`!document.querySelector('.b-terr').open`},
		{"a dangerous act asks first", 1440,
			`document.querySelector('.s-row button[data-confirm]').click()`,
			`document.getElementById('confirm').open && document.querySelector('#confirm [data-yes]').textContent === 'Retirer l’accès'`},
		{"no means no", 1440,
			`document.querySelector('.s-row button[data-confirm]').click(); document.querySelector('#confirm [value=no]').click()`,
			`!document.getElementById('confirm').open && location.pathname === '/style'`},
		{"a choice of rows shows its bar", 1440,
			`document.querySelectorAll('[data-bulk-row]')[1].click()`,
			`document.querySelector('[data-bulk-bar]').checkVisibility() && document.querySelector('[data-bulk-count]').textContent === '1' && document.querySelector('[data-bulk-all]').indeterminate`},
		{"all rows", 1440,
			`document.querySelector('[data-bulk-all]').click()`,
			`document.querySelector('[data-bulk-count]').textContent === '6' && document.querySelectorAll('tr.chosen').length === 6`},
		{"a form goes once", 1440,
			`const f = document.querySelector('form.b-form'); f.addEventListener('submit', e => setTimeout(() => e.preventDefault())); f.action = '/slow'; f.target = 'nowhere'; f.requestSubmit()`,
			`document.querySelector('form.b-form [type=submit]').disabled`},
		{"a filter is applied when chosen", 1440,
			`const s = document.querySelector('select[name=axis]'); s.value = '2'; s.dispatchEvent(new Event('change', {bubbles: true}))`,
			`new URLSearchParams(location.search).get('axis') === '2' && document.querySelector('.b-found a') !== null`},
		{"faults take the focus", 1440, `0`,
			`document.activeElement.matches('[data-errors]')`},
		{"a comment names somebody by a few letters", 1440,
			`const d = document.createElement('div'), t = document.createElement('textarea'); d.dataset.people = 'Ana\nCheffe d’atelier'; d.append(t); document.querySelector('main').append(d); t.focus();
			t.value = 'Bonjour @atel'; t.setSelectionRange(13, 13); t.dispatchEvent(new Event('input', {bubbles: true}));
			window.offered = [...d.querySelectorAll('[role=option]')].map(o => o.textContent).join(); t.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}))`,
			`window.offered === 'Cheffe d’atelier' && document.querySelector('[data-people] textarea').value === 'Bonjour @Cheffe d’atelier ' && !document.querySelector('[data-people] [role=option]')`},
		{"the phone's menu opens", 390, `document.querySelector('.b-burger').click()`,
			`document.getElementById('navigation').checkVisibility()`},
		{"and closes by escape", 390,
			`document.querySelector('.b-burger').click(); document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'}))`,
			`!document.getElementById('navigation').checkVisibility()`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := visit(ctx, server.URL+"/style", Look{c.width, "fr", false}); err != nil {
				t.Fatal(err)
			}
			if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("{"+c.act+"}; true")); err != nil {
				t.Fatal(err)
			}
			if !soon(ctx, c.want) {
				t.Errorf("not so: %s", c.want)
			}
		})
	}
}

// TestGuard leaves a form with typing that was not sent: the browser asks; without typing it does not.
func TestGuard(t *testing.T) {
	ctx := Open(t)
	m := web.NewMux(web.Options{Log: slog.New(slog.DiscardHandler), Demo: true, Version: "test"})
	server := httptest.NewServer(m.Handler())
	t.Cleanup(server.Close)
	const leaving = `(() => { const e = new Event('beforeunload', {cancelable: true}); dispatchEvent(e); return e.defaultPrevented })()`
	for _, c := range []struct {
		name, act string
		want      bool
	}{
		{"came back with faults", `0`, true},
		{"clean", `document.querySelector('form.b-form').dataset.guard = 'clean'`, false},
		{"typed", `document.querySelector('form.b-form').dataset.guard = 'clean'; document.getElementById('f-ref').value = 'x'`, true},
		{"chosen", `document.querySelector('form.b-form').dataset.guard = 'clean'; document.getElementById('f-funder').selectedIndex = 1`, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := visit(ctx, server.URL+"/style", Look{1440, "fr", false}); err != nil {
				t.Fatal(err)
			}
			got, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("{"+c.act+"}; "+leaving))
			if err != nil {
				t.Fatal(err)
			}
			if got != c.want {
				t.Errorf("the browser asks: %t, want %t", got, c.want)
			}
			// Or the next visit waits for an answer.
			_, _ = chromedp.Run(ctx, chromedp.Evaluate[bool](`document.querySelector('form.b-form').remove(), true`))
		})
	}
}

// soon waits up to two seconds for a condition of the page, a promise too; the page may be on its way to another.
func soon(ctx context.Context, condition string) bool {
	const wait = `new Promise(done => { const end = Date.now() + 2000; (async function look() { if (await (async () => (%s))().catch(() => false)) return done(true); if (Date.now() > end) return done(false); setTimeout(look, 50) })() })`
	for range 5 {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](strings.Replace(wait, "%s", condition, 1), chromedp.EvalAwaitPromise))
		if err == nil {
			return ok
		}
	}
	return false
}

// late waits ten times as long, for what other work comes before.
func late(ctx context.Context, condition string) bool {
	for range 10 {
		if soon(ctx, condition) {
			return true
		}
	}
	return false
}
