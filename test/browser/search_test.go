//go:build browser

package browser

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestSearch looks at what is found, at nothing found, and at the list under the search field, in which arrows and
// Enter work.
func TestSearch(t *testing.T) {
	ctx := Open(t)
	base := demo(t)
	v := visitors(t, base)[0]
	if err := chromedp.Do(ctx, be(v, t)); err != nil {
		t.Fatal(err)
	}
	Page(ctx, t, base+"/search?q=chaleur", "search-found")
	if err := chromedp.Do(ctx, be(newVisitor(t, base, "stranger", ""), t)); err != nil { // who has chosen no language
		t.Fatal(err)
	}
	Page(ctx, t, base+"/search?q=contrat", "search-stranger")
	if err := chromedp.Do(ctx, be(v, t)); err != nil {
		t.Fatal(err)
	}
	Page(ctx, t, base+"/search?q=introuvable&span=year&kind=document", "search-none")
	for _, look := range Looks {
		if look.Width < 600 {
			continue // no field there: Ctrl-K opens the page
		}
		t.Run("list-"+look.String(), func(t *testing.T) {
			if err := visit(ctx, base+"/search", look); err != nil {
				t.Fatal(err)
			}
			if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.dispatchEvent(new KeyboardEvent('keydown', {key: 'k', ctrlKey: true, bubbles: true})),
				document.activeElement.value = 'act', document.activeElement.dispatchEvent(new Event('input', {bubbles: true})), true`)); err != nil {
				t.Fatal(err)
			}
			if !soon(ctx, `!document.getElementById('search-hits').hidden && document.querySelectorAll('#search-hits [role=option]').length > 2`) {
				t.Fatal("no list opens under the field")
			}
			if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowDown', bubbles: true, cancelable: true})), true`)); err != nil {
				t.Fatal(err)
			}
			if !soon(ctx, `document.querySelector('#search-hits [aria-selected=true]')?.id === document.activeElement.getAttribute('aria-activedescendant')`) {
				t.Error("the arrow chooses nothing")
			}
			picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(outFolder(t), "search-list-"+look.String()+".png"), picture, 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](axeSource(t)+";true")); err != nil {
				t.Fatal(err)
			}
			for _, f := range findings(ctx, t) {
				t.Errorf("axe %s (%s): %s", f.ID, f.Impact, strings.Join(f.where(), " | "))
			}
			if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true})), true`)); err != nil {
				t.Fatal(err)
			}
			if !soon(ctx, `location.pathname !== '/search'`) {
				t.Error("Enter does not open what is chosen")
			}
		})
	}
}
