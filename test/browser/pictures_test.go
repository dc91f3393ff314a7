//go:build browser

package browser

import (
	"flag"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

var update = flag.Bool("update", false, "write the pictures of the documents into docs/pictures")

// TestPictures looks at the pages that the documents show, and with -update keeps the pictures.
func TestPictures(t *testing.T) {
	base := demo(t)
	ctx := Open(t)
	show := func(name, path string) {
		t.Helper()
		Page(ctx, t, base+path, "picture-"+name)
		if !*update {
			return
		}
		for _, look := range Looks {
			b, err := os.ReadFile(filepath.Join(root(t), "out/browser", "picture-"+name+"-"+look.String()+".png"))
			if err != nil {
				t.Fatal(err)
			}
			to := filepath.Join(root(t), "docs/pictures", name+"-"+look.String()+".png")
			if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(to, b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	show("sign-in", "/sign-in")
	if err := visit(ctx, base+"/sign-in", Looks[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.querySelector('form[action="/sign-in/demo"] button').click(), true`)); err != nil {
		t.Fatal(err)
	}
	if !soon(ctx, `location.pathname !== '/sign-in' && document.readyState === 'complete'`) {
		t.Fatal("did not get in")
	}
	show("home", "/")
	link := func(from, selector string) string {
		t.Helper()
		if err := visit(ctx, base+from, Looks[0]); err != nil {
			t.Fatal(err)
		}
		path, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(document.querySelector('`+selector+`') || {pathname: ''}).pathname`))
		if err != nil || path == "" {
			t.Fatalf("no %s on %s: %v", selector, from, err)
		}
		return path
	}
	contract := strings.TrimSuffix(link("/", `main a[href^="/contracts/"][href$="/print"]`), "/print")
	action := link("/search?q=Think", `main a[href^="/actions/"]`)
	show("contract", contract)
	show("actions", contract+"/actions")
	show("action", action)
	show("action-funding", action+"/funding")
	show("action-calendar", action+"/calendar")
	show("territory", "/territories/ti-7602")
	project := link("/projects", `main td a[href^="/projects/"], main th a[href^="/projects/"]`)
	show("project", project)
	show("project-gantt", project+"/plan/gantt")
	if *update { // TestWalk looks at these; here they are only taken
		workspacePictures(t, base, project)
	}
}

// workspacePictures takes the rooms of a project, as somebody who works in it: at a desk and on a phone.
func workspacePictures(t *testing.T, base, project string) {
	t.Helper()
	var school visitor
	for _, v := range visitors(t, base) {
		if strings.Contains(v.name, "école") {
			school = v
		}
	}
	tab := <-openTabs(t, 1)
	if err := chromedp.Do(tab, be(school, t)); err != nil {
		t.Fatal(err)
	}
	const someOrder = `main a[href^="/orders/0"]`
	part, order, closed := school.link(t, "/parts", `main th a`), school.link(t, "/orders", someOrder), school.link(t, "/orders?state=rated", someOrder)
	for _, page := range []struct{ name, path, do string }{
		{name: "day", path: "/"}, {name: "calendar", path: "/calendar"}, {name: "project-board", path: project + "/plan/board"}, {name: "project-load", path: project + "/plan/load"}, {name: "project-costs", path: project + "/costs"},
		{name: "project-meeting", path: school.link(t, project+"/meetings", `main a[href*="/meetings/0"]`)}, {name: "project-note", path: school.link(t, project+"/notes", `main th a`)},
		{name: "project-document", path: school.documentOf(t, project)}, {name: "project-people", path: project + "/people"}, {name: "project-archives", path: school.archives(t, project)},
		{name: "part", path: part}, {name: "part-offers", path: part + "/offers"}, {name: "order", path: order}, {name: "order-certificate", path: closed + "/certificate"}, {name: "machines", path: "/machines"},
		{name: "part-thickness", path: part, do: thickness}, {name: "batch", path: school.link(t, "/batches", `main th a`)}, {name: "demand", path: "/demand"},
		{name: "parts", path: "/parts"}, {name: "machine", path: school.link(t, "/machines", `main th a:contains("Fil, plateau technique")`)},
	} {
		for _, look := range []Look{{1440, "fr", false}, {390, "fr", false}, {1440, "en", true}} {
			school.post(t, "/preferences", url.Values{"lang": {look.Lang}, "next": {"/"}})
			if _, status, _, _ := school.get(t, page.path); status != http.StatusOK {
				t.Fatalf("%s: %s answers %d", page.name, page.path, status)
			}
			if err := visit(tab, base+page.path, look); err != nil {
				t.Fatal(err)
			}
			if !soon(tab, `document.querySelector("[data-model]:not(:has(canvas)), [hx-trigger^='load delay']") === null`) {
				t.Fatalf("%s: the part is not drawn, or something is still computed", page.name)
			}
			if page.do != "" && !soon(tab, page.do) {
				t.Fatalf("%s does not come to what it shows", page.name)
			}
			b, err := chromedp.Run(tab, chromedp.FullScreenshot(100))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(root(t), "docs/pictures", page.name+"-"+look.String()+".png"), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// thickness shows the walls of a part under 8 mm in colours; true once it does.
const thickness = `(() => {
	const i = document.querySelector('.b-tool input[type=range]');
	if (!i) { document.querySelectorAll('.b-tool-row button')[1]?.click(); return false; }
	if (i.value !== '8') { i.value = 8; i.dispatchEvent(new Event('input')); return false; }
	return true;
})()`

// archives is the page of a project's archives, with one that can be fetched.
func (v visitor) archives(t *testing.T, project string) string {
	t.Helper()
	v.archive(t, project)
	return project + "/archives"
}

// documentOf is the page of a document in one of the project's folders.
func (v visitor) documentOf(t *testing.T, project string) string {
	t.Helper()
	return v.link(t, v.link(t, project+"/documents", `main a[href*="/folders/"]:contains("Conception")`), `main a[href*="/documents/"]`)
}
