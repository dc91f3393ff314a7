package territory

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

var reader = account.Actor{ID: "reader", Name: "Lectrice"}

func TestTerritoryPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d, Options{})
		s.want(s.get("/territories"), 200, `.b-empty a[href="/territories/import"]`)
		s.want(s.as(reader).get("/territories"), 200, `.b-empty`, `!a[href="/territories/import"]`)
		mustImport(t, s.Service, small)
		s.person("p1", "Cheffe de projet", "Direction du développement", account.ProjectLead, "ti-7602")
		s.person("p2", "Élu référent", "", account.LeadPair, "ti-7602")

		a := s.get("/territories")
		s.want(a, 200, `a[href="/territories/ti-7602"]`, `a[href="/regions/76"]`, `select[name="region"] option[value="75"]`, `!select[name="region"] option[value="84"]`,
			`!a[href="/territories/import"]`, `th[aria-sort="ascending"]`)
		s.says(a, "2 territoires", "CA Pau Béarn Pyrénées", "Cheffe de projet")
		s.want(s.get("/territories?region=76"), 200, `a[href="/territories/ti-7602"]`, `!a[href="/territories/ti-7501"]`)
		s.want(s.get("/territories?q=bearn"), 200, `!a[href="/territories/ti-7602"]`, `a[href="/territories/ti-7501"]`)
		s.want(s.get("/territories?q=zzz&page=9&sort=foo"), 200, `.b-empty`)
		s.want(s.as(admin).get("/territories"), 200, `a.btn-primary[href="/territories/import"]`)

		s.Panels = []Panel{
			func(ctx context.Context, v *web.View, id ID) (templ.Component, error) {
				return templ.Raw(`<p id="panel">` + string(account.ActorIn(ctx).ID) + string(id) + `</p>`), nil
			},
			func(context.Context, *web.View, ID) (templ.Component, error) { return nil, nil },
		}
		a = s.as(reader).get("/territories/ti-7602")
		s.want(a, 200, `#panel`, `!a[href="/territories/ti-7602/edit"]`, `!form[action^="/territories/ti-7602/complete"]`)
		s.says(a, "Bassin d’Alès", "Occitanie", "CA Alès Agglomération", "200 066 918", "Chef de projet, Direction du développement", "Élu référent", "readerti-7602")
		s.want(s.as(lead).get("/territories/ti-7602"), 200, `a[href="/territories/ti-7602/edit"]`)
		s.want(s.get("/territories/ti-7501"), 200, `!a[href="/territories/ti-7501/edit"]`)
		s.want(s.get("/territories/ti-9999"), 404)
		s.want(s.get("/territories/x"), 404)

		s.want(s.get("/territories?q=bassin+d%27al"), 200, `a[href="/territories/ti-7602"]`)
		s.want(s.get("/territories?q=bassin+d%E2%80%99al"), 200, `a[href="/territories/ti-7602"]`)
		s.want(s.get("/territories"), 200, `!nav a[href="/regions/04"]`)
		mustImport(t, s.Service, small+"ti-0401,Le Port,249740101,CA Territoire de la Côte Ouest (TCO)\n")
		s.want(s.get("/territories"), 200, `nav[aria-label="Outre-mer"] a[href="/regions/04"]`)

		s.want(s.get("/regions/76"), 200, `a[href="/territories/ti-7602"]`, `!a[href="/territories/ti-7501"]`)
		s.want(s.get("/regions/94"), 200, `.b-empty`)
		s.want(s.get("/regions/99"), 404)
		s.want(s.as(account.Actor{}).get("/territories"), 303)
		s.want(s.get("/territories/ti-7602"), 303)
	})
}

func TestExportImportsAgain(t *testing.T) {
	path := phase1(t)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d, Options{})
		if _, err := s.ImportFile(context.Background(), admin, path); err != nil {
			t.Fatal(err)
		}
		a := s.as(reader).get("/territories/export.csv")
		if a.Code != 200 || !strings.HasPrefix(a.Header().Get("Content-Type"), "text/csv") {
			t.Fatalf("got %d %v", a.Code, a.Header())
		}
		r := mustImport(t, s.Service, a.Body.String())
		if !r.None() || r.Territories.Unchanged != 149 || r.RejectedCount != 0 || r.Territories.Gone+r.Groupings.Gone+r.Groupings.Kept != 0 {
			t.Errorf("got %+v %+v, rejected %v", r.Territories, r.Groupings, r.Rejected)
		}
	})
}

func TestEditPage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d, Options{})
		mustImport(t, s.Service, small)
		s.want(s.as(reader).get("/territories/ti-7602/edit"), 403)
		s.want(s.post("/territories/ti-7602", "version", "1", "summary", "x"), 403)
		s.want(s.as(lead).get("/territories/ti-7602/edit"), 200, `input[name="version"][value="1"]`, `textarea[name="summary"]`, `!input[name="name"]`, `input[name="regions"][value="84"]`, `!input[name="regions"][value="76"]`)

		a := s.post("/territories/ti-7602", "version", "1", "summary", "Mécanique", "jobs", "beaucoup", "latitude", "44,125")
		s.want(a, 422, `#f-jobs.is-invalid`, `#f-longitude.is-invalid`, `textarea[name="summary"]`, `input[name="latitude"][value="44,125"]`, `input[name="jobs"][value="beaucoup"]`)
		s.says(a, "Mécanique")
		for _, wrong := range []string{"91", "NaN", "1e3", "Inf", "0x1p4", "44°"} {
			a := s.post("/territories/ti-7602", "version", "1", "latitude", wrong, "longitude", "4")
			if wrong == "44°" {
				s.want(a, 303)
				continue
			}
			s.want(a, 422, `#f-latitude.is-invalid`)
		}
		a = s.post("/territories/ti-7602", "version", "2", "summary", "Mécanique", "jobs", "4 000", "latitude", "44,125", "longitude", "4,081", "regions", "84")
		s.want(a, 303)
		if to := a.Header().Get("Location"); to != "/territories/ti-7602" {
			t.Errorf("went to %s", to)
		}
		s.says(s.get("/territories/ti-7602"), "Mécanique", "4 000 emplois industriels", "Auvergne-Rhône-Alpes", "44,125 ; 4,081", "Modification de la fiche du territoire")

		// Somebody read version 2, too, and saves after.
		a = s.as(admin).post("/territories/ti-7602", "version", "2", "name", "Bassin d’Alès", "summary", "Aéronautique", "jobs", "4000", "latitude", "44.125", "longitude", "4.081", "regions", "84")
		s.want(a, 409, `.b-note.wait`, `input[name="version"][value="3"]`)
		s.says(a, "Cheffe de projet a enregistré cette fiche", "Mécanique", "Aéronautique")
		if n := a.doc.Find(".b-note.wait dt").Length(); n != 1 {
			t.Errorf("%d fields are told to differ, want the summary alone", n)
		}
		s.want(s.post("/territories/ti-7602", "version", "3", "name", "Bassin d’Alès", "summary", "Aéronautique", "jobs", "4000", "latitude", "44.125", "longitude", "4.081", "regions", "84"), 303)
		s.says(s.get("/territories/ti-7602"), "Aéronautique")
	})
}

func TestImportPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d, Options{})
		s.want(s.as(lead).get("/territories/import"), 403)
		s.want(s.upload("/territories/import", "x.csv", []byte(small)), 403)
		s.want(s.as(admin).get("/territories/import"), 200, `form[enctype="multipart/form-data"] input[type="file"][name="file"]`)

		a := s.upload("/territories/import?_once=abcdefgh1", `C:\listes\liste.csv`, []byte(small+"ti-99,Mauvais,1,=cmd()\n"))
		s.want(a, 303)
		report := a.Header().Get("Location")
		if again := s.upload("/territories/import?_once=abcdefgh1", `C:\listes\liste.csv`, []byte(small+"ti-99,Mauvais,1,=cmd()\n")); again.Header().Get("Location") != report {
			t.Errorf("sent twice: went to %s, then %s", report, again.Header().Get("Location"))
		}
		a = s.get(report)
		s.want(a, 200, `#rejected table`, `#added table`, `a[href="`+report+`/rejected.csv"]`, `.b-figs a[href="#rejected"]`)
		s.says(a, "Import de liste.csv", "Administratrice", "« ti-99 » n’est pas un identifiant de territoire")
		a = s.get(report + "/rejected.csv")
		lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.Body.String(), "\ufeff"))).ReadAll()
		if err != nil || len(lines) != 2 || lines[1][0] != "5" || lines[1][1] != "id_ti" || lines[1][2] != "ti-99" {
			t.Errorf("rejected lines: %v %v", err, lines)
		}
		s.want(s.as(lead).get(report), 404)
		s.want(s.get(report+"/rejected.csv"), 404)
		s.as(admin)
		s.want(s.get("/territory-imports/none"), 404)
		s.want(s.get("/territories/import"), 200, `#past a[href="`+report+`"]`)

		for _, c := range []struct {
			name   string
			data   []byte
			status int
			says   string
		}{
			{"unknown columns", []byte("a,b\n1,2\n"), 422, "Il manque les colonnes"},
			{"a workbook", []byte("PK\x03\x04"), 422, "classeur"},
			{"nothing", nil, 422, "ne contient aucune ligne"},
			{"a little too long", bytes.Repeat([]byte("x"), MaxListingBytes+1), 413, "dépasse 20 Mo"},
			{"100 MB", bytes.Repeat([]byte("x"), 100<<20), 413, "dépasse 20 Mo"},
		} {
			a := s.upload("/territories/import", "x.csv", c.data)
			if a.Code != c.status {
				t.Errorf("%s: got %d, want %d", c.name, a.Code, c.status)
			}
			s.want(a, c.status, `#f-file.is-invalid`)
			s.says(a, c.says)
		}
		s.want(s.post("/territories/import", "file", "typed"), 422)
		if n := counts(t, d)["territory_import"]; n != 1 {
			t.Errorf("%d imports were written, want 1", n)
		}
	})
}

func TestAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d, Options{})
		a := s.send("POST", "/api/v1/territories/imports?name=liste.csv", "text/csv", small+"ti-99,Mauvais,1,x\n", "Idempotency-Key", "0123456789")
		if a.Code != http.StatusCreated || !strings.Contains(a.Body.String(), `"file":"liste.csv"`) || !strings.Contains(a.Body.String(), `"rejected_count":1`) ||
			!strings.Contains(a.Body.String(), `"territories":{"added":2,"changed":0,"unchanged":0,"kept":0,"gone":0}`) {
			t.Fatalf("import: got %d %s", a.Code, a.Body)
		}
		first := a.Body.String()
		a = s.send("POST", "/api/v1/territories/imports?name=liste.csv", "text/csv", small+"ti-99,Mauvais,1,x\n", "Idempotency-Key", "0123456789")
		if a.Code != http.StatusCreated || a.Body.String() != first || a.Header().Get("Idempotent-Replayed") != "true" {
			t.Errorf("import with the same key: got %d %s", a.Code, a.Body)
		}
		if a = s.send("POST", "/api/v1/territories/imports?name=liste.csv", "text/csv", small, "Idempotency-Key", "0123456789"); a.Code != http.StatusUnprocessableEntity {
			t.Errorf("another list with the same key: got %d %s", a.Code, a.Body)
		}
		a = s.upload("/api/v1/territories/imports", "form.csv", []byte(small))
		if a.Code != http.StatusCreated || !strings.Contains(a.Body.String(), `"file":"form.csv"`) || !strings.Contains(a.Body.String(), `"total":{"added":0,"changed":0,"unchanged":5,`) {
			t.Errorf("import of a form: got %d %s", a.Code, a.Body)
		}
		if a = s.send("POST", "/api/v1/territories/imports", "text/csv", "a,b\n1,2\n"); a.Code != 422 || !strings.Contains(a.Body.String(), "urn:bassin:territory.listing.columns") {
			t.Errorf("unknown columns: got %d %s", a.Code, a.Body)
		}
		if a = s.send("POST", "/api/v1/territories/imports", "text/csv", strings.Repeat("x", MaxListingBytes+1<<20)); a.Code != 413 {
			t.Errorf("too long: got %d", a.Code)
		}
		if a = s.as(lead).send("POST", "/api/v1/territories/imports", "text/csv", small); a.Code != 403 {
			t.Errorf("import by a lead: got %d", a.Code)
		}
		if a = s.get("/api/v1/regions"); a.Code != 200 || !strings.Contains(a.Body.String(), `{"id":"76","name":"Occitanie","territories":1}`) {
			t.Errorf("regions: got %d %s", a.Code, a.Body)
		}
		a = s.get("/api/v1/territories?limit=1")
		if a.Code != 200 || !strings.Contains(a.Body.String(), `"id":"ti-7501"`) || !strings.Contains(a.Body.String(), `"next_cursor":"ti-7501"`) {
			t.Errorf("first page: got %d %s", a.Code, a.Body)
		}
		a = s.get("/api/v1/territories?limit=1&cursor=ti-7501")
		if a.Code != 200 || !strings.Contains(a.Body.String(), `"id":"ti-7602"`) || strings.Contains(a.Body.String(), "next_cursor") {
			t.Errorf("second page: got %d %s", a.Code, a.Body)
		}
		if a = s.get("/api/v1/territories?region=75&q=bearn"); !strings.Contains(a.Body.String(), `"id":"ti-7501"`) {
			t.Errorf("filtered: got %s", a.Body)
		}
		a = s.get("/api/v1/territories/ti-7602")
		if a.Code != 200 || a.Header().Get("ETag") != `"v1"` || !strings.Contains(a.Body.String(), `"siren":"200066918"`) || !strings.Contains(a.Body.String(), `"industrial_jobs":null`) {
			t.Errorf("one: got %d %v %s", a.Code, a.Header(), a.Body)
		}
		if a = s.get("/api/v1/territories/ti-0000"); a.Code != 404 {
			t.Errorf("none: got %d", a.Code)
		}
		body := `{"summary":"Mécanique","industrial_jobs":4000,"latitude":44.125,"longitude":4.081,"regions":["84"]}`
		for _, c := range []struct {
			name, id, match string
			status          int
		}{{"no version", "ti-7602", "", 428}, {"an old version", "ti-7602", `"v9"`, 412}, {"another's", "ti-7501", `"v1"`, 403}, {"right", "ti-7602", `"v1"`, 200}} {
			if a = s.send("PUT", "/api/v1/territories/"+c.id, "application/json", body, "If-Match", c.match); a.Code != c.status {
				t.Errorf("%s: got %d, want %d: %s", c.name, a.Code, c.status, a.Body)
			}
		}
		if a.Header().Get("ETag") != `"v2"` || !strings.Contains(a.Body.String(), `"regions":["76","84"]`) || !strings.Contains(a.Body.String(), `"industrial_jobs":4000`) {
			t.Errorf("saved: got %v %s", a.Header(), a.Body)
		}
		if a = s.as(account.Actor{}).get("/api/v1/territories"); a.Code != 401 {
			t.Errorf("the public: got %d", a.Code)
		}
	})
}

// TestServe shows the pages to a browser when BASSIN_SHOW names an address.
func TestServe(t *testing.T) {
	addr := os.Getenv("BASSIN_SHOW")
	if addr == "" {
		t.Skip("for looking only")
	}
	s := newSite(t, dbtest.Open(t), Options{})
	if _, err := s.ImportFile(context.Background(), admin, phase1(t)); err != nil {
		t.Fatal(err)
	}
	s.person("p1", "Cheffe de projet", "Direction du développement", account.ProjectLead, "ti-7602")
	for i, x := range []struct {
		id       ID
		lat, lon float64
	}{{"ti-7602", 44.125, 4.081}, {"ti-7603", 43.34, 3.21}, {"ti-7601", 44.6, 2.03}, {"ti-8401", 45.9, 5.2}, {"ti-3201", 51.03, 2.37}, {"ti-9401", 41.9, 8.7}} {
		_ = s.db.Do(context.Background(), func(tx db.Tx) error {
			x0, err := Get(tx, x.id)
			if err != nil {
				return err
			}
			x0.Latitude, x0.Longitude, x0.Jobs, x0.Summary = x.lat, x.lon, 4000*(i+1), "Mécanique, mobilité durable et agroalimentaire."
			return SaveIn(tx, admin, x0, nil)
		})
	}
	fmt.Println(http.ListenAndServe(addr, s.h))
}
