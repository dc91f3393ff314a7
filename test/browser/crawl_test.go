//go:build browser

package browser

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/chromedp"
)

// notPages are routes whose answers are no pages, with what they are.
var notPages = map[string]string{
	"/actions.csv": "file", "/actions.xlsx": "file", "/contracts/{id}/funding.csv": "file", "/organisations.csv": "file",
	"/demand/export.csv": "file", "/batches/{batch}/file": "file", "/machines/{machine}/print-settings/file": "file", "/territories/export.csv": "file", "/territory-imports/{id}/rejected.csv": "file", "/actions/{id}/documents/{document}": "file",
	"/assets/": "files", "/regions/outlines.svg": "picture", "/healthz": "for machines", "/readyz": "for machines",
	"/projects/{project}/folders/{entry}/zip": "file",
	"/projects/{project}/costs/hours.csv":     "file", "/projects/{project}/costs/purchases.csv": "file",
	"/projects/{project}/plan/imports/{import}/refused.csv": "file",
	"/projects/{project}/plan.csv":                          "file", "/projects/{project}/documents/{entry}/versions/{number}/file": "file",
	"/projects/{project}/documents/{entry}/versions/{number}/view": "file, shown in the page of its document",
	"/projects/{project}/documents/{entry}/versions/{number}/pdf":  "file, shown in the page of its document",
	"/projects/{project}/documents/{entry}/preview":                "part of a page",
	"/notices/{notice}": "leads to what a notice is about", "/search/hits": "part of a page",
	"/projects/{project}/meetings/{meeting}/record.pdf": "file", "/projects/{project}/meetings/{meeting}/event.ics": "file", "/feeds/{token}": "feed of a calendar",
	"/projects/{project}/notes/{note}/live": "socket", "/projects/{project}/notes/{note}/markdown": "file", "/projects/{project}/notes/{note}/pdf": "file",
	"/projects/{project}/archives/{archive}/file": "file", "/projects/{project}/archives/{archive}/line": "part of a page", "/project-imports/{import}/line": "part of a page",
	"/orders/{order}/view": "file, drawn in the page of its order", "/orders/{order}/picture": "picture", "/orders/{order}/file": "file", "/orders/{order}/photos/{photo}": "file",
	"/parts/{part}/state": "part of a page", "/parts/{part}/revisions/{number}/file": "file", "/parts/{part}/revisions/{number}/view": "file, drawn in the page of its part", "/parts/{part}/revisions/{number}/picture": "picture",
	"/parts/{part}/revisions/{number}/lying": "picture", "/parts/{part}/revisions/{number}/lying/list": "part of a page", "/parts/{part}/revisions/{number}/field": "file, drawn in the page of its part",
	"/orders/{order}/print-file":          "file",
	"/batches/{batch}/print-file/{plate}": "file",
	"/jobs/{id}/events":                   "stream", "/live": "stream", "/jobs/{id}/line": "part of a page", "/organisations/choices": "part of a page",
	"/sign-in/oidc": "leads to the provider, of which a demonstration has none", "/sign-in/oidc/callback": "comes from the provider",
}

// perKind is how many pages of one kind each account opens in search of links and of the fullest one.
const perKind = 3

// pageRoutes are the patterns of docs/map.txt behind which there are pages.
func pageRoutes(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root(t), "docs/map.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	_, routes, _ := strings.Cut(string(b), "\nRoutes")
	routes, _, ok := strings.Cut(routes, "\nJobs\n")
	for line := range strings.Lines(routes) {
		f := strings.Fields(line)
		if len(f) < 2 || f[1] != "GET" || strings.HasPrefix(f[0], "/api/") || notPages[f[0]] != "" {
			continue
		}
		list = append(list, f[0])
	}
	if !ok || len(list) == 0 {
		t.Fatal("docs/map.txt lists no pages")
	}
	return list
}

// visitor is one account of the demonstration, or a stranger.
type visitor struct {
	name, person string // person "" for a stranger
	first        bool   // of the sign-in page: the project lead
	base         string
	client       *http.Client
}

// cookies are those of the session, for the browser.
func (v visitor) cookies(t *testing.T) []*http.Cookie {
	t.Helper()
	u, err := url.Parse(v.base)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(v.client.Jar.Cookies(u), func(c *http.Cookie) bool { return c.Name == "toast" }) // shown once
}

// short is the name for files.
func (v visitor) short() string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(v.name), func(r rune) bool { return r < 'a' || r > 'z' }), "-")
}

func (v visitor) get(t *testing.T, path string) (final string, status int, doc *goquery.Document, size int) {
	t.Helper()
	resp, err := v.client.Get(v.base + path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		if doc, err = goquery.NewDocumentFromReader(bytes.NewReader(body)); err != nil {
			t.Fatal(err)
		}
	}
	return resp.Request.URL.RequestURI(), resp.StatusCode, doc, len(body)
}

func (v visitor) post(t *testing.T, path string, form url.Values) {
	t.Helper()
	resp, err := v.client.PostForm(v.base+path, form)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s answers %d", v.name, path, resp.StatusCode)
	}
}

func newVisitor(t *testing.T, base, name, person string) visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := visitor{name: name, person: person, base: base, client: &http.Client{Jar: jar, Timeout: 30 * time.Second}}
	if person != "" {
		v.post(t, "/sign-in/demo", url.Values{"person": {person}})
	}
	return v
}

// visitors signs in with every account that the sign-in page offers; the stranger comes last.
func visitors(t *testing.T, base string) []visitor {
	t.Helper()
	stranger := newVisitor(t, base, "stranger", "")
	_, _, doc, _ := stranger.get(t, "/sign-in")
	var list []visitor
	doc.Find(`form[action="/sign-in/demo"] button`).Each(func(_ int, b *goquery.Selection) {
		label := strings.Join(strings.Fields(b.Text()), " ")
		v := newVisitor(t, base, label, b.AttrOr("value", ""))
		v.first = len(list) == 0
		list = append(list, v)
	})
	if len(list) == 0 {
		t.Fatal("the sign-in page offers no account")
	}
	return append(list, stranger)
}

// specimen is one page to look at, with who looks.
type specimen struct {
	kind, path string
	by         visitor
	size       int
}

// crawl opens what links lead to, as every visitor, and keeps the fullest page of each kind; of the home page, each
// visitor's own. It fails where a link leads to nothing.
func crawl(t *testing.T, list []visitor) []specimen {
	t.Helper()
	best := map[string]specimen{}
	for _, v := range list {
		opened, done := map[string]int{}, map[string]bool{}
		mailed := map[string]bool{} // a mail leads where its recipient may go, not who reads the outbox
		for todo := append([]string{"/"}, ways(t, v)...); len(todo) > 0; todo = todo[1:] {
			path, kind := todo[0], kindOf(todo[0])
			if done[path] || opened[kind] == perKind {
				continue
			}
			done[path] = true
			opened[kind]++
			final, status, doc, size := v.get(t, path)
			if status == http.StatusNotFound && mailed[path] {
				continue
			}
			if status != http.StatusOK {
				t.Errorf("%s: a link leads to %s, which answers %d", v.name, path, status)
				continue
			}
			if doc == nil {
				continue
			}
			if path != "/" && final != path {
				continue // sent on, to a page that has its own address
			}
			if path == "/" {
				kind = "home-of-" + v.short()
			}
			// As the first who sees it, unless somebody sees clearly more.
			if b, ok := best[kind]; !ok || size > b.size*11/10 {
				best[kind] = specimen{kind, path, v, size}
			}
			doc.Find(`main a[href], nav a[href], header a[href]`).Each(func(_ int, a *goquery.Selection) {
				u, err := url.Parse(a.AttrOr("href", ""))
				if err != nil {
					t.Errorf("%s: a link of %s cannot be read: %v", v.name, path, err)
					return
				}
				here := u.Host == "" || "http://"+u.Host == v.base // links of mails are whole
				if _, file := a.Attr("download"); file || !here || !strings.HasPrefix(u.Path, "/") || skip.MatchString(u.Path) {
					return
				}
				if a.Closest(".b-mail").Length() > 0 {
					mailed[u.RequestURI()] = true
				}
				todo = append(todo, u.RequestURI())
			})
		}
	}
	var out []specimen
	for _, s := range best {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b specimen) int { return strings.Compare(a.kind, b.kind) })
	return out
}

// ways are pages that no link leads to, or not until somebody has done something; it is done here.
func ways(t *testing.T, v visitor) []string {
	t.Helper()
	switch {
	case v.person == "":
		return []string{"/sign-in", "/search?q=alès", "/contracts", "/actions", "/style", "/style/entry", "/style/document"}
	case v.first:
		project := v.link(t, "/projects", `main th a`)
		task := v.link(t, project+"/plan", `main a[href*="/plan/tasks/"]:contains("Essais de traction")`) // not begun, no summary
		return []string{
			"/contracts/new", "/territories/ti-7602/contracts/new", // linked while there is no contract
			strings.Replace(project, "/projects/", "/talk/project/", 1), // linked from a long discussion
			task + "/try?try.to=2027-03-01",
		}
	case strings.Contains(v.name, "école"): // writes in notes
		v.writeNote(t, v.link(t, v.link(t, "/projects", `main th a`)+"/notes", `main th a`)) // keeps its first version
		project := v.link(t, "/projects", `main th a`)
		order := v.link(t, "/orders", `main a[href^="/orders/0"]`)
		return []string{
			"/day", v.bring(t, v.archive(t, project)), // in the menu of those whose home is another page
			order + "/floor", order + "/label", // linked while an order is made
		}
	case v.runsServer(t):
		v.submit(t, "/people/new", url.Values{"name": {"Nouvelle personne"}, "email": {"nouvelle@bassin.example"}})
		v.post(t, "/reset", url.Values{"email": {"elu@bassin.example"}})
	}
	return nil
}

// link is the address of the first link of a page that a selector finds.
func (v visitor) link(t *testing.T, path, selector string) string {
	t.Helper()
	_, _, doc, _ := v.get(t, path)
	href, ok := doc.Find(selector).First().Attr("href")
	if !ok {
		t.Fatalf("%s: %s has no link %s", v.name, path, selector)
	}
	return href
}

// writeNote adds a sentence to a note, and waits until the server keeps a version with it.
func (v visitor) writeNote(t *testing.T, path string) {
	t.Helper()
	tab, cancel := chromedp.NewContext(Open(t), chromedp.WithNewBrowserContext())
	defer cancel()
	if err := chromedp.Do(tab, watch); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(tab, be(v, t)); err != nil {
		t.Fatal(err)
	}
	if err := visit(tab, v.base+path, Look{1440, "fr", false}); err != nil {
		t.Fatal(err)
	}
	long(t, tab, `document.querySelector('[data-note-state]').dataset.is === 'saved'`)
	const sentence = "Une mesure de plus."
	typeAtEnd(tab, t, sentence)
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(300 * time.Millisecond) {
		if _, _, doc, _ := v.get(t, path); strings.Contains(doc.Find("[data-note-text]").Text(), sentence) {
			return
		}
		if time.Now().After(end) {
			t.Fatal("the server keeps no version of the note")
		}
	}
}

func (v visitor) runsServer(t *testing.T) bool {
	t.Helper()
	_, status, _, _ := v.get(t, "/people")
	return status == http.StatusOK
}

// submit sends the main form of a page with some fields filled in.
func (v visitor) submit(t *testing.T, path string, fields url.Values) {
	t.Helper()
	_, _, doc, _ := v.get(t, path)
	form := doc.Find("main form.b-form")
	v.post(t, form.AttrOr("action", ""), fields)
}

// covered reports the routes of pages that no specimen opens.
func covered(t *testing.T, routes []string, list []specimen) {
	t.Helper()
	mux := http.NewServeMux()
	open := map[string]bool{}
	for _, r := range routes {
		mux.HandleFunc("GET "+r, func(http.ResponseWriter, *http.Request) { open[r] = true })
	}
	for _, s := range list {
		path, _, _ := strings.Cut(s.path, "?")
		if r, err := http.NewRequest(http.MethodGet, path, nil); err == nil {
			mux.ServeHTTP(nil, r)
		}
	}
	for _, r := range routes {
		if !open[r] {
			t.Errorf("no link that somebody sees leads to a page of %s: link to it, or say in ways how to come there, or in notPages what it is", r)
		}
	}
}

var (
	idPart = regexp.MustCompile(`/(ti-\d+|[0-9a-z]{26}|\d[\dab]|[A-Za-z0-9_-]{40,})(/|$)`)
	// skip leaves files, pictures and what signs out.
	skip = regexp.MustCompile(`^/(api|assets|files|export)/|\.(csv|xlsx|pdf|json|ics|svg)$|^/sign-in/|^/actions/[0-9a-z]{26}/documents/`)
)

// kindOf is an address without what tells one thing from another of its kind; another view of a list is another kind.
func kindOf(address string) string {
	path, query, _ := strings.Cut(address, "?")
	for idPart.MatchString(path) {
		path = idPart.ReplaceAllString(path, "/*$2")
	}
	q, _ := url.ParseQuery(query)
	if view := q.Get("view"); view != "" {
		path += "?view=" + view
	}
	return path
}

// archive has an archive of a project made, and gives it.
func (v visitor) archive(t *testing.T, project string) []byte {
	t.Helper()
	v.post(t, project+"/archives", nil)
	for range 100 {
		_, _, doc, _ := v.get(t, project+"/archives")
		if file, ok := doc.Find(`main a[href$="/file"]`).Attr("href"); ok {
			resp, err := v.client.Get(v.base + file)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			b, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("no archive is made")
	return nil
}

// bring brings an archive, and gives the page on which it is looked at.
func (v visitor) bring(t *testing.T, archive []byte) string {
	t.Helper()
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	part, err := m.CreateFormFile("file", "projet.bassin-project")
	if err == nil {
		_, err = part.Write(archive)
	}
	if err != nil || m.Close() != nil {
		t.Fatal("form:", err)
	}
	resp, err := v.client.Post(v.base+"/project-imports", m.FormDataContentType(), &form)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("bring an archive: %d", resp.StatusCode)
	}
	return resp.Request.URL.Path
}
