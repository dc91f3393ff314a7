package app

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/programme"
)

// oneAction is a world in which nobody but the system sees the action a0, in the contract k0.
func oneAction() wallWorld {
	return wallWorld{Regions: [][]string{{"76"}}, Contracts: []wallContract{{Territory: 0, Phase: 1, State: programme.Signed}},
		Actions: []wallAction{{Contract: 0, Level: programme.Restricted}}, People: make([]wallPerson, 2)}
}

// wallSite serves a world, with people who sign in as those of a demonstration do.
func wallSite(t *testing.T, d *db.DB, w wallWorld) *site {
	t.Helper()
	ctx := context.Background()
	noon := wallToday.Time().Add(12 * time.Hour)
	s, err := newSite(ctx, d.Clocked(func() time.Time { return noon }), siteOptions{Version: "test", Log: discard, NoJobs: true, Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.db.Do(ctx, func(tx db.Tx) error {
		if err := w.write(tx); err != nil {
			return err
		}
		_, err := tx.Exec(`update account_person set demo = $1`, true)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return s
}

// wallSession signs a person in and gives the cookie.
func wallSession(t *testing.T, h http.Handler, person int) string {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, "/sign-in/demo", strings.NewReader(url.Values{"person": {wallPersonID(person)}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	h.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.Name == "bassin" {
			return c.Name + "=" + c.Value
		}
	}
	t.Fatalf("sign in: %d %s", w.Code, w.Body)
	return ""
}

func wallToken(t *testing.T, s *site, person int) string {
	t.Helper()
	_, secret, err := s.account.AddToken(context.Background(), account.System("test"), account.Token{PersonID: account.PersonID(wallPersonID(person)), Name: "test", Scopes: "read write"})
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// hiddenBodies are the bodies of the API's changes, right but for what they are about.
var hiddenBodies = map[string]string{
	"POST /api/v1/actions/{id}/lines":                         `{"funder_id":"purse","nature":"grant","year":2026}`,
	"POST /api/v1/actions/{id}/guests":                        `{"email":"x@example.fr","until_on":"2026-06-30"}`,
	"PATCH /api/v1/actions/{id}/guests/{grant}":               `{"until_on":"2026-06-30"}`,
	"POST /api/v1/actions/{id}/status":                        `{"to":"done"}`,
	"POST /api/v1/lines/{id}/steps":                           `{"kind":"asked","effective_on":"2026-05-20","amount_cents":100}`,
	"PATCH /api/v1/lines/{id}":                                `{"note":"x"}`,
	"PUT /api/v1/actions/{id}/sections/identity":              `{"reference":"A-1","title":"Titre","objective_id":"","axis_ids":[],"commitment":"firm","priority":"high","confidentiality":"public"}`,
	"PUT /api/v1/actions/{id}/sections/description":           `{"context":"","description":"","stakes":"","beneficiaries":"","communes":"","grouping_ids":[],"technical_needs":"","simplification":""}`,
	"PUT /api/v1/actions/{id}/sections/people":                `{"owners":[],"partners":[],"pilots":[],"sponsor_person_id":"","sponsor_name":"","sponsor_title":""}`,
	"PUT /api/v1/actions/{id}/sections/calendar":              `{"starts_on":"2026-01-01","ends_on":"","ended_on":""}`,
	"PUT /api/v1/actions/{id}/sections/indicators":            `{"jobs_created_planned":1,"jobs_created_actual":0,"jobs_kept_planned":0,"jobs_kept_actual":0}`,
	"PUT /api/v1/actions/{id}/sections/follow_up":             `{"outlook":"sun","outlook_on":"","progress":""}`,
	"PUT /api/v1/actions/{id}/sections/costs":                 `{"costs":[]}`,
	"POST /api/v1/actions/{id}/milestones":                    `{"title":"Jalon"}`,
	"PATCH /api/v1/actions/{id}/milestones/{milestone}":       `{"note":"x"}`,
	"POST /api/v1/actions/{id}/milestones/{milestone}/reach":  `{"reached_on":"2026-03-12"}`,
	"POST /api/v1/actions/{id}/indicators":                    `{"name":"Stagiaires","direction":"rise"}`,
	"PATCH /api/v1/actions/{id}/indicators/{indicator}":       `{"name":"Stagiaires"}`,
	"POST /api/v1/actions/{id}/indicators/{indicator}/values": `{"on":"2026-03-12","value":1}`,
	"POST /api/v1/actions/{id}/blockers":                      `{"text":"Le sol","unblock":"Une étude"}`,
	"POST /api/v1/actions/{id}/blockers/{blocker}/resolve":    `{"resolved_on":"2026-03-12"}`,
	"POST /api/v1/actions/{id}/notes":                         `{"text":"Réunion"}`,
	"POST /api/v1/actions/{id}/links":                         `{"other_id":"x0"}`,
}

// TestAHiddenActionIsNotThere asks every route about an action that one may not see, and about one
// that does not exist: a stranger gets the same 404, so that nothing tells that the sheet is there.
func TestAHiddenActionIsNotThere(t *testing.T) {
	s := wallSite(t, dbtest.Open(t), oneAction())
	h := s.mux.Handler()
	cookie, token := wallSession(t, h, 0), wallToken(t, s, 0)
	ask := func(pattern, path, body string, signedIn bool) (int, string) {
		method, _, _ := strings.Cut(pattern, " ")
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		switch {
		case !signedIn:
		case strings.HasPrefix(path, "/api/"):
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer "+token)
			r.Header.Set("If-Match", "*")
		default:
			r.Header.Set("Cookie", cookie)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	part := regexp.MustCompile(`\{[a-z]+\}`)
	asked := 0
	for _, route := range s.mux.Routes() {
		_, path, _ := strings.Cut(route.Pattern, " ")
		of := map[bool][2]string{true: {"a0", "nothing"}, false: {"l0", "nothing"}}[!strings.HasPrefix(path, "/api/v1/lines/")]
		if !strings.HasPrefix(path, "/actions/{id}") && !strings.HasPrefix(path, "/api/v1/actions/{id}") && !strings.HasPrefix(path, "/api/v1/lines/{id}") {
			continue
		}
		asked++
		path = strings.NewReplacer("{line}", "l0", "{step}", "sl0", "{section}", "identity").Replace(path)
		at := func(id string) string { return part.ReplaceAllString(strings.Replace(path, "{id}", id, 1), "x0") }
		for _, signedIn := range []bool{true, false} {
			code, text := ask(route.Pattern, at(of[0]), hiddenBodies[route.Pattern], signedIn)
			missing, none := ask(route.Pattern, at(of[1]), hiddenBodies[route.Pattern], signedIn)
			if signedIn && code != http.StatusNotFound {
				t.Errorf("%s: got %d, want 404", route.Pattern, code)
			}
			if code != missing || told(text, of[0]) != told(none, of[1]) {
				t.Errorf("%s, signed in %v: %d for what is hidden, %d for what is not there\n%s\n%s", route.Pattern, signedIn, code, missing, told(text, of[0]), told(none, of[1]))
			}
		}
	}
	if asked < 50 {
		t.Fatalf("only %d routes asked: the test looks for the wrong addresses", asked)
	}
	// Where an action is named by a field, the answer is the same too.
	for _, x := range []struct{ path, body string }{
		{"/actions/move", "id=ID&to=done"},
		{"/actions/chosen", "id=ID&do=remove"},
		{"/actions/chosen", "id=ID&do=priority&priority=high"},
		{"/actions/chosen/restore?id=ID", ""},
	} {
		at := func(id string) (int, string) {
			code, text := ask("POST", strings.Replace(x.path, "ID", id, 1), strings.Replace(x.body, "ID", id, 1), true)
			return code, told(text, id)
		}
		code, text := at("a0")
		missing, none := at("nothing")
		if code < 400 || code >= 500 || code != missing || text != none {
			t.Errorf("POST %s: %d for what is hidden, %d for what is not there", x.path, code, missing)
		}
	}
}

var passing = regexp.MustCompile(`[0-9A-Za-z_-]{16,}`) // numbers of requests and keys of forms

// told is an answer without what differs from one request to the next.
func told(text, id string) string {
	if id != "" {
		text = strings.ReplaceAll(text, id, "ID")
	}
	return passing.ReplaceAllString(text, "*")
}
