package app

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"bassin/internal/db"

	"github.com/PuerkitoBio/goquery"
)

// activityOf reads the sentences of the activity that somebody sees.
func activityOf(t *testing.T, c *http.Client, address string) (lines []string, page *goquery.Document) {
	t.Helper()
	r, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	page, err = goquery.NewDocumentFromReader(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", address, r.Status, err)
	}
	return page.Find("#list .b-log > li .x").Map(func(_ int, s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }), page
}

// TestActivityOfMyProjects: what people did in the projects of the reader, by person, page after page
// without a gap, and gone with the access.
func TestActivityOfMyProjects(t *testing.T) {
	s, srv := demoServer(t)
	school := signedIn(t, s, srv, "ecole")
	_, by := pilotOf(t, s, "ecole")
	all, page := activityOf(t, school, srv.URL+"/activity")
	if len(all) != 60 || !strings.Contains(all[0], "Préhenseur imprimé en métal") {
		t.Fatalf("%d lines, first: %q", len(all), all[:min(1, len(all))])
	}
	next, _ := page.Find("#list p a").Attr("href")
	later, _ := activityOf(t, school, srv.URL+next)
	if len(later) == 0 || later[0] == all[59] {
		t.Error("the next page:", later[:min(1, len(later))])
	}
	company := page.Find("select[name=person] option").FilterFunction(func(_ int, o *goquery.Selection) bool {
		return strings.TrimSpace(o.Text()) == "Dirigeante d’entreprise"
	})
	id, ok := company.Attr("value")
	if !ok {
		t.Fatal("the company is no choice:", page.Find("select[name=person]").Text())
	}
	hers, _ := activityOf(t, school, srv.URL+"/activity?"+url.Values{"person": {id}}.Encode())
	if len(hers) == 0 {
		t.Error("she did nothing")
	}
	for _, line := range hers {
		if !strings.Contains(line, "Dirigeante d’entreprise") {
			t.Error("not hers:", line)
		}
	}
	if got, _ := activityOf(t, school, srv.URL+"/activity?project=nowhere"); len(got) != 0 {
		t.Error("a project that is not there:", got)
	}
	if err := s.db.Do(t.Context(), func(tx db.Tx) error {
		_, err := tx.Exec(`update account_grant set until_on = '2020-01-01' where person_id = $1 and scope_kind = 'project'`, by.ID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if got, _ := activityOf(t, school, srv.URL+"/activity?person="+id); len(got) != 0 {
		t.Error("after the end of the access:", got)
	}
}
