//go:build browser

package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestTheBrowserConverts looks at a part of exact surfaces on a server without Node, as who dropped it and as a colleague on a phone:
// the browser makes its triangles, and the part says so.
func TestTheBrowserConverts(t *testing.T) {
	base := demo(t, "PATH=")
	var owner visitor
	for _, v := range visitors(t, base) {
		if strings.Contains(v.name, "Dirigeante") {
			owner = v
		}
	}
	tab := Open(t)
	if err := chromedp.Do(tab, be(owner, t)); err != nil {
		t.Fatal(err)
	}
	if err := visit(tab, base+"/parts?q=axe", Look{390, "fr", true}); err != nil {
		t.Fatal(err)
	}
	if !late(tab, `['Rien à redire', 'à regarder'].some(w => document.querySelector('#list tbody').textContent.includes(w)) && !document.querySelector('[data-converting]')`) {
		t.Fatalf("the list says %q", eval[string](tab, t, `document.querySelector('#list').textContent`))
	}
	eval[bool](tab, t, `(document.querySelector('#list tbody a').click(), true)`)
	if !late(tab, `!!document.querySelector('.b-viewer')`) {
		t.Fatal("the part is not drawn")
	}
	if !soon(tab, `document.querySelector('#findings').textContent.includes('dans le navigateur de qui a envoyé')`) {
		t.Errorf("the part does not say where its triangles come from: %s", eval[string](tab, t, `document.querySelector('#findings').textContent`))
	}
	eval[bool](tab, t, axeSource(t)+";true")
	for _, f := range findings(tab, t) {
		t.Errorf("%s: %v", f.ID, f.where())
	}
}
