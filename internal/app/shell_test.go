package app

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/file"

	"github.com/PuerkitoBio/goquery"
)

// demoServer serves a fresh demonstration.
func demoServer(t testing.TB) (*site, *httptest.Server) {
	t.Helper()
	return demoServerOn(t, dbtest.Open(t))
}

func demoServerOn(t testing.TB, d *db.DB) (*site, *httptest.Server) {
	t.Helper()
	store, err := file.NewFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := seedDemo(context.Background(), d, store, "http://bassin.example", time.Now()); err != nil {
		t.Fatal(err)
	}
	s, err := newSite(context.Background(), d, siteOptions{Files: store, Version: "test", URL: "http://bassin.test", Demo: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(rememberTerritory(s.mux.Handler()))
	t.Cleanup(srv.Close)
	return s, srv
}

// signedIn gives a browser in which somebody signed in with a click.
func signedIn(t testing.TB, s *site, srv *httptest.Server, email string) *http.Client {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	c := &http.Client{Jar: jar}
	var who account.Person
	err := s.db.View(context.Background(), func(tx db.Tx) (err error) {
		who, err = account.PersonByEmail(tx, email+"@bassin.example")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.PostForm(srv.URL+"/sign-in/demo", url.Values{"person": {string(who.ID)}, "next": {"/account"}})
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Body.Close()
	if r.StatusCode != http.StatusOK {
		t.Fatalf("sign in as %s: %s", email, r.Status)
	}
	return c
}

func TestNavigationOfEachKindOfUser(t *testing.T) {
	s, srv := demoServer(t)
	const ales = "/territories/ti-7602/"
	for _, test := range []struct {
		who       string
		territory string // shown as current
		switches  int    // territories to choose from, with the link to all
		has       []string
		hasNot    []string
	}{
		{"chef-de-projet", "Bassin d’Alès", 0, []string{"/", ales + "todo"}, []string{"/people"}},
		{"elu", "Bassin d’Alès", 0, []string{"/", ales + "todo"}, []string{"/people"}},
		{"region", "", 11, []string{"/"}, []string{"/people", ales + "todo"}},
		{"nation", "", 1, []string{"/"}, []string{"/people"}},
		{"entreprise", "", 0, []string{"/"}, []string{"/people", ales + "todo"}},
		{"serveur", "", 0, []string{"/", "/people", "/organisations", "/mails", "/jobs", "/territories", "/territories/import"}, []string{ales + "todo"}},
	} {
		t.Run(test.who, func(t *testing.T) {
			c := signedIn(t, s, srv, test.who)
			doc := page(t, c, srv.URL+"/account")
			links := map[string]bool{}
			doc.Find("#navigation a").Each(func(_ int, a *goquery.Selection) { links[a.AttrOr("href", "")] = true })
			for _, want := range test.has {
				if !links[want] {
					t.Errorf("no link to %s in %v", want, links)
				}
			}
			for _, no := range test.hasNot {
				if links[no] {
					t.Errorf("a link to %s", no)
				}
			}
			for link := range links { // every link of the navigation leads somewhere
				if strings.HasPrefix(link, "#") {
					continue
				}
				r, err := c.Get(srv.URL + link)
				if err != nil {
					t.Fatal(err)
				}
				_ = r.Body.Close()
				if r.StatusCode != http.StatusOK {
					t.Errorf("%s: %s", link, r.Status)
				}
			}
			if got := strings.TrimSpace(doc.Find("#navigation .b-terr strong").Text()); test.territory != "" && got != test.territory {
				t.Errorf("current territory %q, want %q", got, test.territory)
			}
			if got := doc.Find("#navigation .b-terr ~ .b-drop li, #navigation .b-terr .b-drop li").Length(); s.has("GET /territories") && got != test.switches {
				t.Errorf("%d territories to choose, want %d", got, test.switches)
			}
		})
	}
}

func page(t *testing.T, c *http.Client, address string) *goquery.Document {
	t.Helper()
	r, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	if r.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(r.Body)
		t.Fatalf("%s: %s: %s", address, r.Status, b)
	}
	doc, err := goquery.NewDocumentFromReader(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestTheRegionKeepsItsChoice(t *testing.T) {
	s, srv := demoServer(t)
	c := signedIn(t, s, srv, "region")
	if got := page(t, c, srv.URL+"/account").Find("#navigation .b-terr strong").First().Text(); strings.Contains(got, "Narbonne") {
		t.Fatalf("territory before any choice: %q", got)
	}
	page(t, c, srv.URL+"/territories/ti-7607/home")
	if got := page(t, c, srv.URL+"/account").Find("#navigation .b-terr strong").First().Text(); strings.TrimSpace(got) != "Narbonne" {
		t.Errorf("territory after the choice: %q", got)
	}
}
