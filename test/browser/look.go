//go:build browser

// Package browser looks at pages in a real browser: at 1440 and 390 pixels, light and dark, for axe-core's findings,
// breaches of the content policy, errors of scripts, and anything wider than the window. Pictures go to out/browser.
// Run it with make browser; it needs chromium and built assets.
package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Look is one way to look at a page.
type Look struct {
	Width int64
	Lang  string
	Dark  bool
}

// Looks are the ways each page is looked at: both widths, both languages, light and dark, in four visits.
var Looks = []Look{{1440, "fr", false}, {390, "fr", false}, {1440, "en", true}, {390, "en", true}}

func (l Look) String() string {
	if l.Dark {
		return fmt.Sprintf("%d-%s-dark", l.Width, l.Lang)
	}
	return fmt.Sprintf("%d-%s", l.Width, l.Lang)
}

// Open starts a browser for the test; without one the test is skipped.
func Open(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed")
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Flag("hide-scrollbars", true))...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 10*time.Minute)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, watch); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// watch has every document note breaches of the content policy and errors of scripts in window.__bad.
func watch(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
	_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `
		window.__bad = [];
		document.addEventListener('securitypolicyviolation', e => __bad.push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sourceFile));
		window.addEventListener('error', e => __bad.push(e.message || 'did not load: ' + (e.target.src || e.target.href)), true);
		for (const say of [console.error]) console.error = (...what) => { __bad.push(what.map(String).join(' ')); say(...what) };
		window.addEventListener('unhandledrejection', e => __bad.push(String(e.reason)));`})
	return chromedp.Void{}, err
}

// Page looks at one address in every way and reports what is wrong with it. The name is that of the pictures.
func Page(ctx context.Context, t *testing.T, url, name string) {
	t.Helper()
	axe, out := axeSource(t), outFolder(t)
	t.Run(name+"-widths", func(t *testing.T) {
		for _, width := range []int64{320, 820, 1024, 1280} {
			if err := visit(ctx, url, Look{width, "fr", false}); err != nil {
				t.Fatal(err)
			}
			if wide, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](tooWide(width))); err != nil || len(wide) > 0 {
				t.Errorf("at %d px, wider than the window: %s (%v)", width, strings.Join(wide, " | "), err)
			}
		}
	})
	for _, look := range Looks {
		t.Run(name+"-"+look.String(), func(t *testing.T) {
			if err := visit(ctx, url, look); err != nil {
				t.Fatal(err)
			}
			if wide, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](tooWide(look.Width))); err != nil {
				t.Error(err)
			} else if len(wide) > 0 {
				t.Errorf("wider than the window: %s", strings.Join(wide, " | "))
			}
			if bad, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`window.__bad`)); err != nil {
				t.Error(err)
			} else if len(bad) > 0 {
				t.Errorf("policy or script: %s", strings.Join(bad, " | "))
			}
			picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(out, name+"-"+look.String()+".png"), picture, 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](axe+";true")); err != nil {
				t.Fatal(err)
			}
			for _, f := range findings(ctx, t) {
				t.Errorf("axe %s (%s): %s", f.ID, f.Impact, strings.Join(f.where(), " | "))
			}
		})
	}
}

func visit(ctx context.Context, url string, look Look) error {
	scheme := "light"
	if look.Dark {
		scheme = "dark"
	}
	if err := chromedp.Do(ctx, viewport(look.Width), media(scheme), speak(look.Lang), chromedp.Navigate(url)); err != nil {
		return err
	}
	// Fonts change widths; wait for them.
	_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.fonts.ready.then(() => true)`, chromedp.EvalAwaitPromise))
	return err
}

func viewport(width int64) chromedp.Action[chromedp.Void] {
	var opts []chromedp.EmulateViewportOption
	if width < 600 {
		opts = append(opts, chromedp.EmulateMobile)
	}
	return chromedp.EmulateViewport(width, 900, opts...)
}

func media(scheme string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return chromedp.Void{}, err
	}
}

func speak(lang string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": lang}})
		return chromedp.Void{}, err
	}
}

// tooWide asks whether the page can be moved sideways, and for the elements that reach out of the window and are not
// inside something that scrolls. The window of a phone grows with its content: the width is given.
func tooWide(width int64) string {
	return fmt.Sprintf(`((width) => {
  const out = [], whole = document.scrollingElement.scrollWidth;
  if (whole <= width) return out;
  for (const el of document.body.querySelectorAll('*')) {
    const r = el.getBoundingClientRect();
    if (r.right <= width + 1 || r.width === 0) continue;
    let p = el.parentElement, inside = false;
    for (; p; p = p.parentElement) if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(p).overflowX)) inside = true;
    if (!inside) out.push(el.tagName + '.' + (el.getAttribute('class') || '') + ' ' + Math.round(r.right));
  }
  return ['the page is ' + whole, ...out.slice(0, 6)];
})(%d)`, width)
}

type finding struct {
	ID, Impact string
	Nodes      []struct {
		Target         []any
		FailureSummary string
	}
}

func (f finding) where() []string {
	var out []string
	for i, n := range f.Nodes {
		if i == 5 {
			out = append(out, fmt.Sprintf("and %d more", len(f.Nodes)-i))
			break
		}
		out = append(out, fmt.Sprint(n.Target, " ", strings.ReplaceAll(n.FailureSummary, "\n", " ")))
	}
	return out
}

// findings are those of axe-core, which stands in the page already.
func findings(ctx context.Context, t *testing.T) []finding {
	t.Helper()
	const run = `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations']}).then(r => JSON.stringify(r.violations))`
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](run, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	var list []finding
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func axeSource(t *testing.T) string {
	t.Helper()
	axe, err := os.ReadFile(filepath.Join(root(t), "node_modules/axe-core/axe.min.js"))
	if err != nil {
		t.Fatal("axe-core is missing: make assets")
	}
	return string(axe)
}

func outFolder(t *testing.T) string {
	t.Helper()
	out := filepath.Join(root(t), "out/browser")
	if err := os.MkdirAll(out, 0o755); err != nil {
		t.Fatal(err)
	}
	return out
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
