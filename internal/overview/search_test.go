package overview

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/programme"
	"bassin/internal/search"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/PuerkitoBio/goquery"
)

// searchSite is the pages over an index of 25 public actions, one old action, a contract, and a
// document that only who holds the key "inside" may see.
func searchSite(t *testing.T, walls ...string) func(path string) (int, *goquery.Document) {
	t.Helper()
	d := dbtest.Open(t)
	now := when.At(time.Now())
	err := d.Do(context.Background(), func(tx db.Tx) error {
		list := []search.Entry{
			{Kind: programme.ActionEntry, ID: "old", Walls: []string{search.Public}, Title: "Ancien réseau", URL: "/actions/old", At: now.Add(-300 * 24 * time.Hour)},
			{Kind: programme.ContractEntry, ID: "c", Walls: []string{search.Public}, Title: "Contrat", Text: "Un <b>réseau</b> & ses rives", URL: "/contracts/c", At: now},
			{Kind: programme.DocumentEntry, ID: "d", Walls: []string{"inside"}, Title: "Plan du réseau.pdf", URL: "/actions/a/documents/d", At: now},
		}
		for i := range 25 {
			list = append(list, search.Entry{Kind: programme.ActionEntry, ID: fmt.Sprint(i), Walls: []string{search.Public}, Title: fmt.Sprint("Réseau n° ", i), Sub: "TEST-01", URL: fmt.Sprint("/actions/", i), At: now})
		}
		for _, e := range list {
			if err := search.Put(tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	m := web.NewMux(web.Options{DB: d, Log: slog.New(slog.DiscardHandler), Viewer: account.Viewer})
	New(d, nil, func(db.Tx, account.Actor) ([]string, error) { return walls, nil }).Pages(m)
	m.NotFound()
	return func(path string) (int, *goquery.Document) {
		t.Helper()
		rec := httptest.NewRecorder()
		m.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		doc, err := goquery.NewDocumentFromReader(rec.Body)
		if err != nil {
			t.Fatal(err)
		}
		return rec.Code, doc
	}
}

func TestSearchPage(t *testing.T) {
	get := searchSite(t)
	for _, c := range []struct {
		name, query string
		hits        int
		chosen      string // what the filter of kinds says is chosen
	}{
		{"nothing asked", "", 0, ""},
		{"all", "q=reseaux", 20, "Tout 27"},
		{"one kind", "q=reseaux&kind=contract", 1, "Contrats 1"},
		{"a span of time", "q=ancien&span=month", 0, "Tout 0"},
		{"a longer one", "q=ancien&span=year", 1, "Tout 1"},
		{"an unknown kind and span are none", "q=contrat&kind=x&span=y", 1, "Tout 1"},
		{"behind a wall", "q=plan", 0, "Tout 0"},
		{"signs", "q=" + url.QueryEscape(`"'*(){}<script>\`) + "&after=%00", 0, "Tout 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, doc := get("/search?" + c.query)
			if code != http.StatusOK {
				t.Fatalf("status %d", code)
			}
			if n := doc.Find(".b-hits > li").Length(); n != c.hits {
				t.Errorf("%d hits, want %d", n, c.hits)
			}
			if got := strings.Join(strings.Fields(doc.Find(`.b-kinds [aria-current]`).Text()), " "); got != c.chosen {
				t.Errorf("chosen: %q, want %q", got, c.chosen)
			}
			if doc.Find(`.b-note[role="status"]`).Length() != 1 {
				t.Error("an index that was never built whole is not told")
			}
		})
	}
	_, first := get("/search?q=reseaux")
	next := first.Find(`.b-more a`).Last().AttrOr("href", "")
	_, second := get(next)
	if n := second.Find(".b-hits > li").Length(); n != 7 {
		t.Errorf("%d hits on the second page, want 7", n)
	}
	if got := second.Find(`.b-hits a[href="/contracts/c"]`).Closest("li").Find(".x").Text(); !strings.Contains(got, "Un <b>réseau</b> & ses rives") {
		t.Errorf("snippet %q", got)
	}
	if got := first.Find(`.b-hits mark`).First().Text(); got != "Réseau" {
		t.Errorf("marked %q", got)
	}
	if _, doc := searchSite(t, "inside")("/search?q=plan"); doc.Find(`.b-hits a[href="/actions/a/documents/d"]`).Length() != 1 {
		t.Error("who holds the key does not find the document")
	}
}

func TestHitsPage(t *testing.T) {
	get := searchSite(t, "inside")
	code, doc := get("/search/hits?q=" + url.QueryEscape("réseau"))
	if code != http.StatusOK || doc.Find("h1").Length() != 0 {
		t.Fatalf("status %d, a whole page: %v", code, doc.Find("h1").Length() != 0)
	}
	if n := doc.Find(`a[role="option"]`).Length(); n != hitsOf+1 {
		t.Errorf("%d choices, want %d and the page of the search", n, hitsOf)
	}
	doc.Find(`[role="group"]`).Each(func(_ int, g *goquery.Selection) {
		if doc.Find("#"+g.AttrOr("aria-labelledby", "none")).Length() != 1 {
			t.Error("a group without its name")
		}
	})
	seen := map[string]bool{}
	doc.Find(`[id]`).Each(func(_ int, s *goquery.Selection) {
		if id := s.AttrOr("id", ""); seen[id] {
			t.Errorf("id %s twice", id)
		} else {
			seen[id] = true
		}
	})
	if got := doc.Find(`#hit-all`).AttrOr("href", ""); got != "/search?q=r%C3%A9seau" {
		t.Errorf("all results at %q", got)
	}
	if _, doc := get("/search/hits?q=rien"); doc.Find(`a[role="option"]`).Length() != 0 || strings.TrimSpace(doc.Find(".n").Text()) == "" {
		t.Error("nothing found is not said")
	}
}
