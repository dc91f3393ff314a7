package app

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"

	"github.com/PuerkitoBio/goquery"
)

// dayOf reads the titles of a part of somebody's day.
func dayOf(t *testing.T, c *http.Client, url, part string) []string {
	t.Helper()
	r, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	doc, err := goquery.NewDocumentFromReader(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", url, r.Status, err)
	}
	return doc.Find("#" + part + " .b-todo > li > div > a").Map(func(_ int, a *goquery.Selection) string { return strings.TrimSpace(a.Text()) })
}

func TestMyDayGathersWhatWaitsInMyProjects(t *testing.T) {
	s, srv := demoServer(t)
	company := signedIn(t, s, srv, "entreprise")
	for _, part := range []struct {
		name, want string
	}{
		{"late", "Relancer le fournisseur pour le certificat matière"},
		{"asked", "Préhenseur imprimé en métal"}, // a mention in its discussion
		{"soon", "Préparation des essais de traction"},
	} {
		if got := dayOf(t, company, srv.URL+"/", part.name); !slices.Contains(got, part.want) {
			t.Errorf("%s: got %q, want %q among them", part.name, got, part.want)
		}
	}
	if school := dayOf(t, signedIn(t, s, srv, "ecole"), srv.URL+"/day", "late"); slices.Contains(school, "Relancer le fournisseur pour le certificat matière") {
		t.Error("somebody is asked for the task of another")
	}
}

func TestMyDayEndsWithTheAccess(t *testing.T) {
	s, srv := demoServer(t)
	guest := signedIn(t, s, srv, "invite")
	if got := dayOf(t, guest, srv.URL+"/day", "soon"); len(got) == 0 {
		t.Fatal("the guest has nothing to do: the demonstration changed")
	}
	err := s.db.Do(context.Background(), func(tx db.Tx) error {
		who, err := account.PersonByEmail(tx, "invite@bassin.example")
		if err != nil {
			return err
		}
		_, err = tx.Exec(`update account_grant set until_on = '2020-01-01' where person_id = $1 and scope_kind = 'project'`, who.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"late", "today", "soon", "going"} {
		if got := dayOf(t, guest, srv.URL+"/day", part); len(got) > 0 {
			t.Errorf("%s: a guest whose access ended still sees %q", part, got)
		}
	}
}

func TestNothingWaitsInAProjectThatHasEnded(t *testing.T) {
	s, srv := demoServer(t)
	company := signedIn(t, s, srv, "entreprise")
	if got := dayOf(t, company, srv.URL+"/day", "late"); len(got) == 0 {
		t.Fatal("nothing waits: the demonstration changed")
	}
	err := s.db.Do(context.Background(), func(tx db.Tx) error {
		_, err := tx.Exec(`update project_project set state = $1`, project.Finished)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"late", "today", "soon", "going"} {
		if got := dayOf(t, company, srv.URL+"/day", part); len(got) > 0 {
			t.Errorf("%s: %q waits in a project that has ended", part, got)
		}
	}
}

func TestAProjectShowsWhatIsDueNext(t *testing.T) {
	s, srv := demoServer(t)
	school := signedIn(t, s, srv, "ecole")
	r, err := school.Get(srv.URL + "/projects")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	doc, err := goquery.NewDocumentFromReader(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	next := dayOf(t, school, srv.URL+doc.Find("main th a").First().AttrOr("href", ""), "plan")
	if len(next) == 0 || next[0] != "Relancer le fournisseur pour le certificat matière" {
		t.Errorf("got %q, want what is late first", next)
	}
}

// The table of territories counts in SQL what the home of a territory counts by its rules.
func TestTheRegionCountsAsTheTerritory(t *testing.T) {
	s, srv := demoServer(t)
	region := signedIn(t, s, srv, "region")
	open := func(path string) *goquery.Document {
		t.Helper()
		r, err := region.Get(srv.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = r.Body.Close() }()
		doc, err := goquery.NewDocumentFromReader(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return doc
	}
	texts := func(of *goquery.Selection) []string {
		return of.Map(func(_ int, x *goquery.Selection) string { return strings.TrimSpace(x.Text()) })
	}
	const home = "/territories/ti-7602/home"
	cells := texts(open("/").Find(`main tr:has(a[href="` + home + `"]) td`))
	doc := open(home)
	figures, detail := texts(doc.Find(".b-figs .n")), texts(doc.Find(".b-figs .d"))
	if len(cells) < 9 || len(figures) != 4 || len(detail) != 4 {
		t.Fatalf("cells %q, figures %q, details %q", cells, figures, detail)
	}
	late, blocked, toFind := cells[1], cells[2], cells[len(cells)-2]
	if late != figures[0] || blocked != figures[1] || late == "0" || blocked == "0" {
		t.Errorf("the region says %s late and %s blocked, the territory %s and %s", late, blocked, figures[0], figures[1])
	}
	if !strings.Contains(detail[2], toFind) {
		t.Errorf("the region says %s to find, the territory %q", toFind, detail[2])
	}
}
