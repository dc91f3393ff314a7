package account

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"bassin/internal/db"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/PuerkitoBio/goquery"
)

// site is a server with this feature only.
type site struct {
	*Service
	t   *testing.T
	srv *httptest.Server
	log *logBuffer
}

func newSite(t *testing.T, d *db.DB, change ...func(*Options)) *site {
	t.Helper()
	return newSiteAt(t, d, append([]func(*Options){func(o *Options) { o.URL = "http://bassin.test" }}, change...)...)
}

// newSiteAt is newSite with the public address at which the server really listens.
func newSiteAt(t *testing.T, d *db.DB, change ...func(*Options)) *site {
	t.Helper()
	buf := &logBuffer{}
	var h http.Handler
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }))
	t.Cleanup(srv.Close)
	o := Options{DB: d, Log: slog.New(slog.NewTextHandler(buf, nil)), URL: srv.URL}
	for _, fn := range change {
		fn(&o)
	}
	s := New(o)
	m := web.NewMux(web.Options{DB: d, Log: o.Log, Demo: o.Demo, Authenticate: s.Authenticate, Viewer: Viewer, Prefer: s.Prefer})
	s.Pages(m)
	s.API(m)
	m.NotFound()
	h = m.Handler()
	return &site{Service: s, t: t, srv: srv, log: buf}
}

// browser is one person's: it keeps cookies and follows redirects within the site.
type browser struct {
	*site
	c *http.Client
}

func (s *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	c := s.srv.Client()
	c = &http.Client{Transport: c.Transport, Jar: jar}
	return &browser{s, c}
}

// page is an answer: where the browser stands, the status, the document.
type page struct {
	*goquery.Document
	Status int
	Path   string // with its query
	Body   string
	Header http.Header
}

func (b *browser) do(r *http.Request) page {
	b.t.Helper()
	res, err := b.c.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(body)))
	if err != nil {
		b.t.Fatal(err)
	}
	return page{doc, res.StatusCode, res.Request.URL.RequestURI(), string(body), res.Header}
}

func (b *browser) get(path string) page {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodGet, b.srv.URL+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(r)
}

// post sends a form of name and value pairs.
func (b *browser) post(path string, pairs ...string) page {
	b.t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequest(http.MethodPost, b.srv.URL+path, strings.NewReader(v.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

// want fails unless the page has the status and, for each selector, an element.
func (b *browser) want(p page, status int, selectors ...string) {
	b.t.Helper()
	if p.Status != status {
		b.t.Fatalf("%s: got %d, want %d: %s\n%s", p.Path, p.Status, status, text(p.Find("main")), b.log)
	}
	for _, sel := range selectors {
		if p.Find(sel).Length() == 0 {
			b.t.Errorf("%s: nothing matches %q in: %s", p.Path, sel, text(p.Find("main")))
		}
	}
}

func text(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

const goodPassword = "un mot de passe assez long"

var root = System("test")

// person adds somebody with goodPassword.
func (s *site) person(email string, change ...func(*Person)) Person {
	s.t.Helper()
	p := Person{Email: email, Name: "Personne " + strings.Split(email, "@")[0]}
	for _, fn := range change {
		fn(&p)
	}
	p, err := s.AddPerson(context.Background(), root, p, goodPassword)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

func (s *site) give(p Person, role Role, kind ScopeKind, id string) {
	s.t.Helper()
	if _, err := s.Give(context.Background(), root, Grant{PersonID: p.ID, Role: role, ScopeKind: kind, ScopeID: id}, ""); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) organisation(name string, kind OrganisationKind) Organisation {
	s.t.Helper()
	o, err := s.AddOrganisation(context.Background(), root, Organisation{Name: name, Kind: kind})
	if err != nil {
		s.t.Fatal(err)
	}
	return o
}

func (s *site) join(p Person, o Organisation, role MembershipRole) {
	s.t.Helper()
	if err := s.Join(context.Background(), root, Membership{PersonID: p.ID, OrganisationID: o.ID, Role: role}); err != nil {
		s.t.Fatal(err)
	}
}

// as gives a browser in which the person is signed in.
func (s *site) as(p Person) *browser {
	s.t.Helper()
	b := s.browser()
	if got := b.post("/sign-in", "email", p.Email, "password", goodPassword); got.Path != "/" {
		s.t.Fatalf("%s could not sign in: %d %s", p.Email, got.Status, text(got.Find("main")))
	}
	return b
}

// logBuffer gathers what is logged.
type logBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func dayOf(t time.Time) when.Date { return when.At(t).Date(db.Paris) }
