package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/file"
)

// projectLife is a project as programs carry it, from its beginning to its end. Words in braces are what an
// earlier answer gave under keep (name=path in its JSON); If-Match is what the answer before bore.
var projectLife = []struct {
	method, path, body string
	status             int
	keep               string
}{
	{"POST", "/api/v1/projects", `{"title":"Banc de soudage","kind":"additive_trial","confidentiality":"partners","owner_id":"o0","action_id":"a0","starts_on":"2026-06-01","ends_on":"2027-05-31"}`, 201, "project=id code=code stage=stages.0.id"},
	{"GET", "/api/v1/projects/{project}", ``, 200, ""},
	{"PUT", "/api/v1/projects/{project}", `{"title":"Banc de soudage","code":"{code}","summary":"Deux postes.","kind":"additive_trial","confidentiality":"members"}`, 200, ""},
	{"POST", "/api/v1/projects/{project}/people", `{"email":"atelier@example.org","name":"Atelier","role":"project_guest","until_on":"2026-12-31"}`, 201, "grant=grant_id"},
	{"GET", "/api/v1/projects/{project}/people", ``, 200, ""},
	{"GET", "/api/v1/projects/{project}", ``, 200, ""},
	{"POST", "/api/v1/projects/{project}/state", `{"state":"running"}`, 200, ""},
	{"POST", "/api/v1/projects/{project}/decisions", `{"title":"Le besoin est clair","reason":"Trois ateliers l’ont dit.","deciders":"Comité du projet","conditions":"Chiffrer avant juillet.","outcome":"conditional","decided_on":"2026-05-20","stage_id":"{stage}"}`, 201, "decision=id"},
	{"POST", "/api/v1/projects/{project}/decisions", `{"title":"Encore","reason":"x","deciders":"x","outcome":"pass","decided_on":"2026-05-20","stage_id":"{stage}"}`, 409, ""},
	{"GET", "/api/v1/projects/{project}/decisions", ``, 200, ""},

	{"POST", "/api/v1/projects/{project}/risks", `{"title":"Le poste arrive tard","cause":"Un seul fournisseur.","probability":3,"impact":5,"owner_id":"p0","review_on":"2026-06-10"}`, 201, "risk=id"},
	{"PUT", "/api/v1/projects/{project}/risks/{risk}", `{"title":"Le poste arrive tard","response":"Louer un poste.","probability":2,"impact":3,"state":"closed"}`, 200, ""},
	{"GET", "/api/v1/projects", ``, 200, ""},
	{"PUT", "/api/v1/projects/{project}/risks/{risk}", `{"title":"Sans version","probability":2,"impact":3,"state":"open"}`, 428, ""},
	{"POST", "/api/v1/projects/{project}/risks", `{"title":"Hors échelle","probability":6,"impact":1}`, 422, ""},
	{"POST", "/api/v1/projects/{project}/risks", `{"title":"À personne d’ici","probability":1,"impact":1,"owner_id":"nobody"}`, 422, ""},
	{"GET", "/api/v1/projects/{project}/risks", ``, 200, ""},
	{"POST", "/api/v1/projects/{project}/blockers", `{"text":"Le local n’a pas de courant triphasé","unblock":"Le raccordement","since_on":"2026-05-10"}`, 201, "blocker=id"},
	{"POST", "/api/v1/projects/{project}/blockers", `{"text":"Demain","since_on":"2026-12-31"}`, 422, ""},
	{"POST", "/api/v1/projects/{project}/blockers/{blocker}/resolve", `{"resolved_on":"2026-05-12","resolution":"Raccordé"}`, 200, ""},
	{"POST", "/api/v1/projects/{project}/blockers/{blocker}/resolve", `{"resolved_on":"2026-05-12"}`, 409, ""},
	{"GET", "/api/v1/projects/{project}/blockers", ``, 200, ""},

	{"POST", "/api/v1/projects/{project}/tasks", `{"title":"Plans","work_minutes":840,"people":["p0"],"labels":["châssis"]}`, 201, "task=id"},
	{"POST", "/api/v1/projects/{project}/tasks", `{"title":"Revue des plans","kind":"milestone","work_minutes":0,"deadline":"2026-06-30"}`, 201, "review=id"},
	{"POST", "/api/v1/projects/{project}/links", `{"from_id":"{task}","to_id":"{review}"}`, 201, ""},
	{"GET", "/api/v1/projects/{project}/links", ``, 200, ""},
	{"POST", "/api/v1/projects/{project}/plan/baselines", `{"name":"Lancement"}`, 201, "baseline=id"},
	{"GET", "/api/v1/projects/{project}/plan/baselines/{baseline}", ``, 200, ""},
	{"GET", "/api/v1/projects/{project}/tasks/{task}", ``, 200, ""},
	{"POST", "/api/v1/projects/{project}/tasks/{task}/state", `{"state":"doing"}`, 200, ""},
	{"GET", "/api/v1/projects/{project}/tasks", ``, 200, ""},
	{"GET", "/api/v1/projects/{project}/plan/calendar", ``, 200, ""},

	{"POST", "/api/v1/projects/{project}/folders/root/folders", `{"name":"Plans"}`, 201, "folder=id"},
	{"POST", "/api/v1/projects/{project}/folders/{folder}/documents?name=plan.txt&note=Premier+jet", `deux postes`, 201, "document=id sum=sha256"},
	{"POST", "/api/v1/projects/{project}/documents/{document}/versions/1/approvals", `{"sha256":"{sum}"}`, 204, ""},
	{"GET", "/api/v1/projects/{project}/documents/{document}", ``, 200, ""},
	{"GET", "/api/v1/projects/{project}/documents/{document}/versions", ``, 200, ""},
	{"PUT", "/api/v1/projects/{project}/tasks/{task}/documents/{document}", ``, 204, ""},
	{"GET", "/api/v1/projects/{project}/tasks/{task}/documents", ``, 200, ""},
	{"GET", "/api/v1/projects/{project}/folders/root/entries", ``, 200, ""},

	{"POST", "/api/v1/projects/{project}/meetings", `{"title":"Lancement","starts_at":"2026-06-02T12:00:00Z","minutes":60,"place":"Alès"}`, 201, "meeting=id"},
	{"POST", "/api/v1/projects/{project}/meetings/{meeting}/participants", `{"email":"visiteur@example.org","name":"Visiteur"}`, 201, ""},
	{"POST", "/api/v1/projects/{project}/meetings/{meeting}/items", `{"title":"Tour de table","minutes":10}`, 201, ""},
	{"POST", "/api/v1/projects/{project}/meetings/{meeting}/begin", ``, 200, ""},
	{"POST", "/api/v1/projects/{project}/meetings/{meeting}/decisions", `{"title":"Deux postes","reason":"Le local.","deciders":"Présents","outcome":"agreed"}`, 201, ""},
	{"POST", "/api/v1/projects/{project}/meetings/{meeting}/actions", `{"title":"Mesurer le local","person_id":"p0","deadline":"2026-06-15"}`, 201, ""},
	{"POST", "/api/v1/projects/{project}/meetings/{meeting}/close", ``, 200, ""},
	{"GET", "/api/v1/projects/{project}/meetings", ``, 200, ""},

	{"POST", "/api/v1/projects/{project}/notes", `{"title":"Carnet"}`, 201, ""},
	{"GET", "/api/v1/projects/{project}/notes", ``, 200, ""},

	{"POST", "/api/v1/projects/{project}/budget", `{"title":"Postes","category":"equipment","cents":4800000}`, 201, ""},
	{"POST", "/api/v1/projects/{project}/purchases", `{"title":"Poste à souder","supplier":"Fournisseur","category":"equipment","state":"ordered","cents":1250000,"on":"2026-05-20"}`, 201, ""},
	{"PUT", "/api/v1/projects/{project}/hours", `{"task_id":"{task}","on":"2026-05-20","minutes":90}`, 200, ""},
	{"GET", "/api/v1/projects/{project}/hours", ``, 200, ""},
	{"GET", "/api/v1/projects/{project}/costs", ``, 200, ""},

	{"DELETE", "/api/v1/projects/{project}/people/{grant}", ``, 204, ""},
	{"GET", "/api/v1/projects/{project}", ``, 200, ""},
	{"POST", "/api/v1/projects/{project}/state", `{"state":"finished"}`, 200, ""},
	{"PUT", "/api/v1/projects/{project}", `{"title":"Trop tard","code":"{code}","kind":"other","confidentiality":"members"}`, 409, ""},
	{"GET", "/api/v1/projects", ``, 200, ""},
	{"GET", "/api/v1/projects/none", ``, 404, ""},
}

// drawnID is an identifier as it stands in an answer or an address.
var drawnID = regexp.MustCompile(`\b01[0-9a-z]{24}\b`)

// TestLifeOfAProjectThroughTheAPI compares every answer with testdata/project_api.golden, the same on both
// databases: a change of what programs are promised is seen there. Identifiers are numbered as they come.
func TestLifeOfAProjectThroughTheAPI(t *testing.T) {
	golden := filepath.Join("testdata", "project_api.golden")
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ask := lifeCaller(t, d)
		kept, numbers := map[string]string{}, map[string]string{}
		var got strings.Builder
		etag := ""
		for _, x := range projectLife {
			shown := x.method + " " + x.path
			for name, value := range kept {
				x.path, x.body = strings.ReplaceAll(x.path, "{"+name+"}", value), strings.ReplaceAll(x.body, "{"+name+"}", value)
			}
			a := ask(x.method, x.path, x.body, etag)
			if a.Code != x.status {
				t.Errorf("%s %s: got %d, want %d: %s", shown, x.body, a.Code, x.status, a.Body)
			}
			etag = a.Header().Get("ETag")
			keepOf(t, kept, x.keep, a.Body.Bytes())
			fmt.Fprintf(&got, "%s\n%d\n%s\n\n", shown, a.Code, indented(a.Body.Bytes()))
		}
		text := drawnID.ReplaceAllStringFunc(got.String(), func(id string) string {
			if numbers[id] == "" {
				numbers[id] = "ID" + strconv.Itoa(len(numbers)+1)
			}
			return numbers[id]
		})
		if *update {
			if err := os.WriteFile(golden, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if text != string(want) {
			t.Errorf("%s is no longer what programs get; when that is meant, run the test with -update and say it in the changelog:\n%s", golden, firstDifference(string(want), text))
		}
	})
}

// lifeCaller serves a world of one action to a project lead who has a token.
func lifeCaller(t *testing.T, d *db.DB) func(method, path, body, etag string) *httptest.ResponseRecorder {
	t.Helper()
	store, err := file.NewFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	noon := wallToday.Time().Add(12 * time.Hour)
	s, err := newSite(context.Background(), d.Clocked(func() time.Time { return noon }), siteOptions{Version: "test", Log: discard, NoJobs: true, Files: store})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.db.Do(context.Background(), leads(oneAction()).write); err != nil {
		t.Fatal(err)
	}
	h, token := s.mux.Handler(), wallToken(t, s, 0)
	return func(method, path, body, etag string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		if strings.Contains(path, "/documents?") {
			r.Header.Set("Content-Type", "application/octet-stream")
		}
		if etag != "" && method != http.MethodGet {
			r.Header.Set("If-Match", etag)
		}
		a := httptest.NewRecorder()
		h.ServeHTTP(a, r)
		return a
	}
}

// keepOf keeps values of an answer: "project=id code=code stage=stages.0.id".
func keepOf(t *testing.T, kept map[string]string, what string, body []byte) {
	t.Helper()
	for _, pair := range strings.Fields(what) {
		name, path, _ := strings.Cut(pair, "=")
		var x any
		if err := json.Unmarshal(body, &x); err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split(path, ".") {
			switch in := x.(type) {
			case map[string]any:
				x = in[part]
			case []any:
				i, err := strconv.Atoi(part)
				if err != nil || i >= len(in) {
					t.Fatalf("no %s in %s", path, body)
				}
				x = in[i]
			}
		}
		value, ok := x.(string)
		if !ok || value == "" {
			t.Fatalf("no %s in %s", path, body)
		}
		kept[name] = value
	}
}

// indented writes JSON a field a line; what is no JSON stays as it is.
func indented(body []byte) string {
	var b bytes.Buffer
	if json.Indent(&b, bytes.TrimSpace(body), "", "  ") != nil {
		return string(body)
	}
	return b.String()
}
