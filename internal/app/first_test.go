package app

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/programme"

	"github.com/PuerkitoBio/goquery"
)

// On the first morning a project lead who belongs to no organisation finds on each page what comes
// first, with the way to it.
func TestFirstMorning(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		noon := time.Date(2026, 5, 21, 12, 0, 0, 0, time.UTC)
		s, err := newSite(ctx, d.Clocked(func() time.Time { return noon }), siteOptions{Version: "test", Log: discard, NoJobs: true})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Do(ctx, func(tx db.Tx) error {
			for _, q := range []string{
				`insert into territory_territory (id, name, name_key, region_id, created_at, updated_at) values ('ti-7602', 'Bassin d''Alès', 'bassin d''ales', '76', 0, 0)`,
				`insert into territory_span (territory_id, region_id) values ('ti-7602', '76')`,
				`insert into account_person (id, email, name, language, created_at) values ('lead', 'lead@example.org', 'Chef de projet', 'fr', 0)`,
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
		_, token, err := s.account.AddToken(ctx, account.System("test"), account.Token{PersonID: "lead", Name: "test", Scopes: "read"})
		if err != nil {
			t.Fatal(err)
		}
		shows := func(path string, status int, selectors ...string) {
			t.Helper()
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Header.Set("Authorization", "Bearer "+token)
			w := httptest.NewRecorder()
			s.mux.Handler().ServeHTTP(w, r)
			doc, err := goquery.NewDocumentFromReader(w.Body)
			if err != nil || w.Code != status {
				t.Fatalf("%s: %d, %v", path, w.Code, err)
			}
			for _, x := range selectors {
				if doc.Find(x).Length() == 0 {
					t.Errorf("%s: nothing matches %q", path, x)
				}
			}
		}
		shows("/", 200, `main a[href="/territories/ti-7602/contracts/new"]`, `main a[href="/organisations"]`)
		shows("/actions", 200, `main a[href="/"]`)
		shows("/contracts", 200, `main a[href="/contracts/new"]`)
		shows("/projects/new", 403, `main:contains("un de ses gestionnaires ou l’administrateur")`)

		c, err := s.programme.CreateContract(ctx, account.System("test"), programme.Contract{TerritoryID: "ti-7602", Code: "ALES", Title: "Contrat", Phase: 2})
		if err != nil {
			t.Fatal(err)
		}
		write := `main a[href="/contracts/` + string(c.ID) + `/actions/new"]`
		shows("/", 200, write, `main a[href="/organisations"]`, `#todo:not(:contains("une chose"))`)
		shows("/contracts/"+string(c.ID)+"/actions", 200, write)
		shows("/contracts/"+string(c.ID)+"/actions/new", 200)
	})
}
