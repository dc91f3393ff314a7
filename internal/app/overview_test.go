package app

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/territory"
	"bassin/internal/web"

	"github.com/PuerkitoBio/goquery"
)

var discard = slog.New(slog.DiscardHandler)

// TestTheCountInTheNavigationIsTheList compares the count in SQL with the rule in Go, on the
// demonstration's data, day after day.
func TestTheCountInTheNavigationIsTheList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		err := d.Do(ctx, func(tx db.Tx) error {
			for _, q := range []string{
				`insert into territory_territory (id, name, name_key, region_id, created_at, updated_at) values ('ti-7602', 'Bassin d''Alès', 'bassin d''ales', '76', 0, 0)`,
				`insert into territory_span (territory_id, region_id) values ('ti-7602', '76')`,
				`insert into account_person (id, email, name, created_at) values ('lead', 'lead@example.org', 'Chef de projet', 0)`,
				`insert into account_grant (id, person_id, role, scope_kind, scope_id, created_at) values ('g', 'lead', 'project_lead', 'territory', 'ti-7602', 0)`,
			} {
				if _, err := tx.Exec(q); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := seedContract(ctx, d, account.System("Chef de projet"), "2026-05-21"); err != nil {
			t.Fatal(err)
		}
		homeOfTheNation(t, d)
		var total int
		for days := 0; days < 700; days += 140 {
			at := time.Date(2026, 5, 21+days, 12, 0, 0, 0, time.UTC)
			s, err := newSite(ctx, d.Clocked(func() time.Time { return at }), siteOptions{Version: "test", Log: discard, NoJobs: true})
			if err != nil {
				t.Fatal(err)
			}
			var lead account.Actor
			var n int
			if err := s.db.View(ctx, func(tx db.Tx) (err error) {
				if lead, err = account.Load(tx, "lead"); err != nil {
					return err
				}
				n, err = s.overview.TodoCount(tx, lead, territory.ID("ti-7602"))
				return err
			}); err != nil {
				t.Fatal(err)
			}
			_, token, err := s.account.AddToken(ctx, account.System("test"), account.Token{PersonID: "lead", Name: "test", Scopes: "read"})
			if err != nil {
				t.Fatal(err)
			}
			q := httptest.NewRequest(http.MethodGet, "/territories/ti-7602/todo", nil)
			q.Header.Set("Authorization", "Bearer "+token)
			w := httptest.NewRecorder()
			s.mux.Handler().ServeHTTP(w, q)
			if w.Code != http.StatusOK {
				t.Fatalf("got %d", w.Code)
			}
			doc, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
			if err != nil {
				t.Fatal(err)
			}
			if listed := doc.Find("main .b-todo > li").Length(); listed != n {
				t.Errorf("after %d days: %d counted, %d listed", days, n, listed)
			}
			total += n
		}
		if total < 50 {
			t.Errorf("only %d things waited in all: the demonstration is too quiet to prove anything", total)
		}
	})
}

// homeOfTheNation compares what the observer's home says with the sums of the lines themselves.
func homeOfTheNation(t *testing.T, d *db.DB) {
	ctx := context.Background()
	s, err := newSite(ctx, d, siteOptions{Version: "test", Log: discard, NoJobs: true})
	if err != nil {
		t.Fatal(err)
	}
	var want struct{ Announced, Asked, Decided, Contracted, Paid int64 }
	if err := d.Do(ctx, func(tx db.Tx) (err error) {
		for _, q := range []string{
			`insert into account_person (id, email, name, language, created_at) values ('nation', 'nation@example.org', 'Observateur', 'fr', 0)`,
			`insert into account_grant (id, person_id, role, scope_kind, scope_id, created_at) values ('n', 'nation', 'national_observer', 'nation', '', 0)`,
		} {
			if _, err := tx.Exec(q); err != nil {
				return err
			}
		}
		want, err = db.Get[struct{ Announced, Asked, Decided, Contracted, Paid int64 }](tx, `select (select sum(announced_cents) from programme_contract) as announced,
			sum(l.asked_cents) as asked, sum(l.decided_cents) as decided, sum(l.contracted_cents) as contracted, sum(l.paid_cents) as paid
			from programme_line l join programme_action a on a.id = l.action_id
			where l.removed_at = 0 and a.removed_at = 0 and a.confidentiality <> 'restricted'`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if want.Paid == 0 || want.Announced == 0 {
		t.Fatal("the demonstration has no money to compare")
	}
	_, token, err := s.account.AddToken(ctx, account.System("test"), account.Token{PersonID: "nation", Name: "test", Scopes: "read"})
	if err != nil {
		t.Fatal(err)
	}
	q := httptest.NewRequest(http.MethodGet, "/", nil)
	q.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	s.mux.Handler().ServeHTTP(w, q)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil || w.Code != http.StatusOK {
		t.Fatalf("got %d, %v", w.Code, err)
	}
	v := web.NewView("fr")
	for _, cents := range []int64{want.Announced, want.Asked, want.Decided, want.Contracted, want.Paid} {
		if text := doc.Find("#money").Text(); !strings.Contains(text, v.Money(cents)) {
			t.Errorf("%s is missing in %q", v.Money(cents), strings.Join(strings.Fields(text), " "))
		}
	}
	if n := doc.Find("#territories tbody tr").Length(); n != 1 {
		t.Errorf("%d territories, want 1", n)
	}
}
