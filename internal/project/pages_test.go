package project

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/web"

	"github.com/PuerkitoBio/goquery"
)

// site is the feature's pages and API over a world, asked as one person.
type site struct {
	t *testing.T
	h http.Handler
}

func (w *world) site(t *testing.T, by account.Actor) *site {
	t.Helper()
	m := web.NewMux(web.Options{DB: w.d, Log: slog.New(slog.DiscardHandler), Viewer: account.Viewer,
		Authenticate: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(rw, r.WithContext(account.WithActor(r.Context(), by)))
			})
		}})
	w.s.Pages(m)
	w.s.API(m)
	m.NotFound()
	return &site{t, m.Handler()}
}

func (s *site) get(path string) (int, *goquery.Document) {
	s.t.Helper()
	rec := httptest.NewRecorder()
	s.h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
	doc, err := goquery.NewDocumentFromReader(rec.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return rec.Code, doc
}

func (s *site) post(path string, pairs ...string) (int, *goquery.Document) {
	s.t.Helper()
	f := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(f.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	rec := httptest.NewRecorder()
	s.h.ServeHTTP(rec, r)
	doc, err := goquery.NewDocumentFromReader(rec.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return rec.Code, doc
}

// call asks the API with a JSON body.
func (s *site) call(method, path, body string, headers ...string) (int, string) {
	s.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	s.h.ServeHTTP(rec, r)
	b, _ := io.ReadAll(rec.Body)
	return rec.Code, string(b)
}

func TestPages(t *testing.T) {
	d := dbtest.Open(t)
	w := newWorld(t, d)
	s := w.site(t, w.manager)
	base := w.p.ID.URL()
	for path, want := range map[string]string{
		"/projects": "Robot de soudage", base: "Robot de soudage", base + "/stages": "écrit", base + "/people": "gestion",
		base + "/risks": "Aucun risque", base + "/decisions": "Aucune décision", base + "/history": "commencé", "/projects/new": "Atelier",
	} {
		code, doc := s.get(path)
		if code != http.StatusOK || !strings.Contains(doc.Find("main").Text()+doc.Find("main input").AttrOr("value", ""), want) {
			t.Errorf("%s: %d, without %q", path, code, want)
		}
	}
	stranger := w.site(t, w.person(t, "inconnu"))
	for _, path := range []string{base, base + "/stages", base + "/people", base + "/risks", base + "/decisions", base + "/history", base + "/edit"} {
		if code, _ := stranger.get(path); code != http.StatusNotFound {
			t.Errorf("%s for a stranger: %d, want 404", path, code)
		}
	}
	if code, _ := stranger.post(base+"/risks", "risk.title", "x", "risk.probability", "1", "risk.impact", "1"); code != http.StatusNotFound {
		t.Errorf("a stranger notes a risk: %d", code)
	}
}

func TestFormsKeepWhatWasTyped(t *testing.T) {
	d := dbtest.Open(t)
	w := newWorld(t, d)
	s := w.site(t, w.manager)
	base := w.p.ID.URL()
	code, doc := s.post(base+"/risks", "risk.title", "", "risk.cause", "un fournisseur", "risk.probability", "9", "risk.impact", "2", "risk.review_on", "0000-01-01")
	if code != http.StatusUnprocessableEntity || doc.Find(`textarea[name="risk.cause"]`).Text() != "un fournisseur" {
		t.Errorf("a wrong risk: %d, cause %q", code, doc.Find(`textarea[name="risk.cause"]`).Text())
	}
	if n := doc.Find(".invalid-feedback").Length(); n < 2 {
		t.Errorf("a wrong risk: %d faults are shown beside their fields", n)
	}
	// Two people edit; the second is shown both versions.
	fields := []string{"title", "Robot A", "code", "RDS", "kind", "other", "confidentiality", "members", "version", "1"}
	if code, _ := s.post(base+"/edit", fields...); code != http.StatusSeeOther {
		t.Fatalf("the first saves: %d", code)
	}
	fields[1] = "Robot B"
	code, doc = s.post(base+"/edit", fields...)
	if code != http.StatusConflict || !strings.Contains(doc.Find("#clash").Text(), "Robot A") || doc.Find(`input[name="title"]`).AttrOr("value", "") != "Robot B" {
		t.Errorf("the second saves: %d, %q", code, doc.Find("#clash").Text())
	}
	if v := doc.Find(`input[name="version"]`).AttrOr("value", ""); v != "2" {
		t.Errorf("the form carries version %q, want 2", v)
	}
}

func TestAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		s := w.site(t, w.manager)
		base := "/api/v1/projects/" + string(w.p.ID)
		if code, body := s.call("GET", "/api/v1/projects", ""); code != 200 || !strings.Contains(body, `"code":"RDS"`) {
			t.Errorf("list: %d %s", code, body)
		}
		if code, body := s.call("GET", base, ""); code != 200 || !strings.Contains(body, `"phase":"need"`) || !strings.Contains(body, `"text":"écrit"`) {
			t.Errorf("read: %d %s", code, body)
		}
		body := `{"title":"Robot","code":"R2","kind":"other","confidentiality":"members"}`
		for name, c := range map[string]struct {
			method, path, body, match string
			want                      int
		}{
			"change without If-Match":     {"PUT", base, body, "", 428},
			"change from an old version":  {"PUT", base, body, `"v9"`, 412},
			"a state that is none":        {"POST", base + "/state", `{"state":"lost"}`, "*", 422},
			"a decision without a reason": {"POST", base + "/decisions", `{"title":"x","deciders":"y","outcome":"agreed","decided_on":"2026-01-01"}`, "", 422},
			"a decision of the year 0":    {"POST", base + "/decisions", `{"title":"x","reason":"r","deciders":"y","outcome":"agreed","decided_on":"0000-01-01"}`, "", 422},
			"a gate that is none":         {"POST", base + "/decisions", `{"stage_id":"x","title":"x","reason":"r","deciders":"y","outcome":"pass","decided_on":"2026-01-01"}`, "", 409},
			"a guest without an end":      {"POST", base + "/people", `{"email":"gestion@exemple.fr","role":"project_guest"}`, "", 422},
			"somebody without a name":     {"POST", base + "/people", `{"email":"nouveau@exemple.fr","role":"project_member"}`, "", 422},
			"a project that is none":      {"GET", base + "x", "", "", 404},
			"an owner that is none":       {"POST", "/api/v1/projects", `{"title":"x","kind":"other","confidentiality":"members","owner_id":"x"}`, "", 403},
		} {
			if code, answer := s.call(c.method, c.path, c.body, "If-Match", c.match); code != c.want {
				t.Errorf("%s: %d, want %d: %s", name, code, c.want, answer)
			}
		}
		if code, answer := s.call("PUT", base, body, "If-Match", `"v1"`); code != 200 || !strings.Contains(answer, `"code":"R2"`) {
			t.Errorf("change: %d %s", code, answer)
		}
		if code, answer := s.call("POST", "/api/v1/projects", `{"title":"Neuf","kind":"additive_trial","confidentiality":"partners","owner_id":"`+string(w.own)+`"}`); code != 201 || !strings.Contains(answer, `"phase":"industrialisation"`) {
			t.Errorf("create: %d %s", code, answer)
		}
	})
}
