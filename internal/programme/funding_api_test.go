package programme_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/programme"
)

var updateGolden = flag.Bool("update-golden", false, "rewrite the golden files of the API")

// unsteady are values that differ from run to run.
var unsteady = regexp.MustCompile(`"(01[a-z0-9]{24})"|"\d{4}-\d\d-\d\dT[0-9:.]+Z"`)

// golden compares an reply with testdata/NAME.json; identifiers are numbered as they come.
func golden(t *testing.T, name, body string) {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(body), "", "  "); err != nil {
		t.Fatalf("%s: %v: %s", name, err, body)
	}
	names := map[string]string{}
	got := unsteady.ReplaceAllStringFunc(b.String(), func(s string) string {
		if strings.Contains(s, "T") {
			return `"INSTANT"`
		}
		if names[s] == "" {
			names[s] = `"ID` + string(rune('0'+len(names))) + `"`
		}
		return names[s]
	})
	file := filepath.Join("testdata", name+".json")
	if *updateGolden {
		if err := os.WriteFile(file, []byte(got+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.TrimSpace(got) != strings.TrimSpace(string(want)) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

func (f *funded) send(method, who, path, body string, headers ...string) reply {
	f.t.Helper()
	return f.ask(method, who, path, "application/json", body, headers...)
}

func TestFundingAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := newFunded(t, d)
		lines := "/api/v1/actions/" + string(f.action.ID) + "/lines"
		body := `{"funder_id":"` + string(f.funder.ID) + `","nature":"grant","year":2025,"scheme":"Aide aux plateformes","rate_bp":2500}`
		made := f.send("POST", "lead", lines, body, "Idempotency-Key", "line-2025-a")
		f.want(made, 201)
		if again := f.send("POST", "lead", lines, body, "Idempotency-Key", "line-2025-a"); again.body != made.body {
			t.Errorf("sent again: %d %s", again.status, again.body)
		}
		var line struct {
			ID   programme.LineID `json:"id"`
			ETag string           `json:"etag"`
		}
		if err := json.Unmarshal([]byte(made.body), &line); err != nil || made.header.Get("ETag") != line.ETag {
			t.Fatalf("%v, %q: %s", err, made.header.Get("ETag"), made.body)
		}
		one := "/api/v1/lines/" + string(line.ID)
		f.want(f.send("PATCH", "lead", one, `{"scheme":"Autre aide"}`), 428)
		f.want(f.send("PATCH", "guest", one, `{"scheme":"Autre aide"}`, "If-Match", line.ETag), 403)
		f.want(f.send("PATCH", "lead", one, `{"scheme":"Autre aide"}`, "If-Match", line.ETag), 200)
		f.want(f.send("PATCH", "lead", one, `{"scheme":"Trop tard"}`, "If-Match", line.ETag), 412)

		for i, step := range []string{
			`{"kind":"asked","effective_on":"2025-01-10","amount_cents":2400000,"reference":"Dossier 12"}`,
			`{"kind":"decided","effective_on":"2025-03-12","amount_cents":2000000,"reference":"CP 2025-03","note":"Vote unanime"}`,
			`{"kind":"paid","effective_on":"2025-09-01","amount_cents":1200000}`,
		} {
			a := f.send("POST", "funder", one+"/steps", step, "Idempotency-Key", "step-number-"+string(rune('a'+i)))
			f.want(a, 201)
			f.want(f.send("POST", "funder", one+"/steps", step, "Idempotency-Key", "step-number-"+string(rune('a'+i))), 201)
		}
		if n := f.entries(programme.Line{ID: line.ID}); n != 3 {
			t.Errorf("%d entries, want 3", n)
		}
		f.want(f.send("POST", "lead", one+"/steps", `{"kind":"paid","effective_on":"2025-10-01","amount_cents":100}`, "If-Match", line.ETag), 412)
		over := f.send("POST", "lead", one+"/steps", `{"kind":"paid","effective_on":"2025-10-01","amount_cents":900000}`)
		f.want(over, 422)
		golden(t, "step_overpaid", over.body)
		for _, bad := range []string{`{"kind":"paid","effective_on":"2025-10-01","amount_cents":-1}`, `{"kind":"paid","effective_on":"2099-10-01","amount_cents":1}`,
			`{"kind":"paid","effective_on":"0000-10-01","amount_cents":1}`, `{"kind":"paid","effective_on":"2025-10-01","amount_cents":12345678901234567890}`} {
			if a := f.send("POST", "lead", one+"/steps", bad); a.status != 422 && a.status != 400 {
				t.Errorf("%s: got %d", bad, a.status)
			}
		}
		f.want(f.send("POST", "guest", one+"/steps", `{"kind":"paid","effective_on":"2025-10-01","amount_cents":100}`), 403)
		f.want(f.send("POST", "stranger", one+"/steps", `{"kind":"paid","effective_on":"2025-10-01","amount_cents":100}`), 404)

		golden(t, "lines", f.get("lead", lines).body)
		golden(t, "steps", f.get("guest", one+"/steps").body)
		golden(t, "action_money", f.get("lead", "/api/v1/actions/"+string(f.action.ID)+"/money?on=2025-06-30").body)
		contract := "/api/v1/contracts/" + string(f.contract.ID) + "/money"
		golden(t, "contract_money", f.get("lead", contract+"?by=year").body)
		golden(t, "contract_money_known", f.get("lead", contract+"?by=nature&on=2025-12-31&known=true").body)
		for path, want := range map[string]int{
			lines: 404, one: 404, one + "/steps": 404, "/api/v1/actions/" + string(f.action.ID) + "/money": 404, contract: 404,
		} {
			if a := f.get("stranger", path); a.status != want {
				t.Errorf("a stranger at %s: got %d, want %d", path, a.status, want)
			}
			if a := f.get("", path); a.status != 401 {
				t.Errorf("nobody at %s: got %d, want 401", path, a.status)
			}
		}
		for query, want := range map[string]int{"?on=2099-01-01": 422, "?on=0000-01-01": 422, "?on=hier": 422, "?by=colour": 422, "?by=scheme": 200} {
			if a := f.get("lead", contract+query); a.status != want {
				t.Errorf("%s: got %d, want %d: %s", query, a.status, want, a.body)
			}
		}
	})
}
