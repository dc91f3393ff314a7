package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
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
	"bassin/internal/file"
	"bassin/internal/park"
)

// made are the beginnings of the names of the tables of what is made, and of what runs in the background.
var made = []string{"additive_", "batch_", "calibration_", "making_", "park_", "printfile_", "demand_", "job_run"}

// rows is a sum of each of those tables.
func rows(t *testing.T, d *db.DB) map[string]string {
	t.Helper()
	sums := map[string]string{}
	err := d.View(t.Context(), func(tx db.Tx) error {
		var names []string
		if err := tx.Rows(func(r *sql.Rows) error {
			var n string
			err := r.Scan(&n)
			for _, m := range made {
				if strings.HasPrefix(n, m) {
					names = append(names, n)
					break
				}
			}
			return err
		}, `select name from sqlite_master where type = 'table'`); err != nil {
			return err
		}
		for _, n := range names {
			h, count := sha256.New(), 0
			if err := tx.Rows(func(r *sql.Rows) error {
				columns, err := r.Columns()
				if err != nil {
					return err
				}
				row := make([]any, len(columns))
				for i := range row {
					row[i] = new(any)
				}
				if err := r.Scan(row...); err != nil {
					return err
				}
				for _, x := range row {
					fmt.Fprintf(h, "%v\x00", *x.(*any))
				}
				count++
				return nil
			}, `select * from `+n+` order by rowid`); err != nil {
				return err
			}
			sums[n] = fmt.Sprintf("%d %x", count, h.Sum(nil))
		}
		return nil
	})
	if err != nil || len(sums) < 20 {
		t.Fatal(len(sums), err)
	}
	return sums
}

// one reads one word of the database.
func one(t *testing.T, d *db.DB, query string, args ...any) (word string) {
	t.Helper()
	if err := d.View(t.Context(), func(tx db.Tx) error {
		return tx.Rows(func(r *sql.Rows) error { return r.Scan(&word) }, query, args...)
	}); err != nil || word == "" {
		t.Fatalf("%s: %q, %v", query, word, err)
	}
	return word
}

const machineBody = `{"name":"x","asked_by":"ours","x_mm":100,"y_mm":100,"z_mm":100,"least_layer_mm":0.1,"most_layer_mm":0.2,"open_days":"12345","open_from":480,"open_to":1080,"unattended":true}`

// madeBodies are bodies that the API takes, by the route, or by the end of its address.
var madeBodies = map[string]string{
	"unit": `{"unit":"millimeter"}`, "quote": `{"price_cents":1,"ready_on":"2030-01-01","valid_on":"2030-01-02"}`, "refuse": `{"answer":"x"}`,
	"finish": `{"lot":"x","operator":"x"}`, "redo": `{"builds":[{"build":1,"pieces":1}]}`,
	"measures": `{"name":"x","nominal_mm":1,"lower_mm":0,"upper_mm":0,"measured_mm":1}`, "inspect": `{}`, "deliver": `{}`, "rate": `{"rating":3}`,
	"space": `{}`, "start": `{}`, "orders": `{"order_ids":["x"]}`,
	"PUT /api/v1/machines/{machine}":                   machineBody,
	"PUT /api/v1/machines/{machine}/stock/{material}":  `{"price_cents":1}`,
	"POST /api/v1/machines/{machine}/slots":            `{"kind":"maintenance","title":"x","from_at":"2030-01-01T08:00:00Z","to_at":"2030-01-01T09:00:00Z"}`,
	"POST /api/v1/machines/{machine}/calibration/jobs": `{"jobs":[{"key":"x","ended_at":"2026-01-01T08:00:00Z","estimated_seconds":100,"real_seconds":100}]}`,
	"PUT /api/v1/machines/{machine}/calibration/link":  `{"kind":"moonraker","address":"https://printer.example"}`,
	"POST /api/v1/materials":                           `{"process":"fdm","name":"x","source":"x"}`,
	"PUT /api/v1/materials/{material}":                 `{"name":"x","source":"x"}`,
	"PUT /api/v1/processes/{process}/figures/{figure}": `{"value":1,"source":"x"}`,
}

// What somebody changes of the orders, parts, batches, machines and materials of others is refused, whatever they ask for and with
// whatever token; where they may not see a thing, in the words for what is not there; and nothing changes.
func TestStrangersChangeNothing(t *testing.T) {
	d, ctx := dbtest.Open(t), context.Background()
	files, err := file.NewFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := seedDemo(ctx, d, files, "http://127.0.0.1", time.Now()); err != nil {
		t.Fatal(err)
	}
	s, err := newSite(ctx, d, siteOptions{Files: files, Version: "test", Log: discard, NoJobs: true, Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	h := s.mux.Handler()
	by := account.System("test")
	o, err := s.account.AddOrganisation(ctx, by, account.Organisation{Name: "Ailleurs", Kind: "company"})
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := s.account.AddPerson(ctx, by, account.Person{Email: "ailleurs@bassin.example", Name: "Ailleurs", Language: "fr", Demo: true}, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.account.Join(ctx, by, account.Membership{PersonID: stranger.ID, OrganisationID: o.ID, Role: account.Manager}); err != nil {
		t.Fatal(err)
	}
	token := func(who account.PersonID, scopes string) string {
		kept, secret, err := s.account.AddToken(ctx, account.System("test"), account.Token{PersonID: who, Name: "test " + scopes, Scopes: strings.TrimPrefix(scopes, "revoked ")})
		if err == nil && strings.HasPrefix(scopes, "revoked ") {
			err = s.account.RevokeTokenOf(ctx, by, who, kept.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	owner := account.PersonID(one(t, d, `select m.person_id from park_machine p join account_membership m on m.organisation_id = p.organisation_id where m.role = 'manager' limit 1`))
	open := one(t, d, `select id from park_machine where asked_by = 'everyone' limit 1`)
	hidden := one(t, d, `select id from park_machine where id <> $1 limit 1`, open)
	if err := d.Do(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(`update park_machine set asked_by = $1 where id = $2`, string(park.Ours), hidden)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	there := map[string]string{
		"{part}": one(t, d, `select id from additive_part limit 1`), "{order}": one(t, d, `select id from making_order limit 1`), "{batch}": one(t, d, `select id from batch_batch limit 1`),
		"{machine}": hidden, "{material}": one(t, d, `select id from park_material limit 1`), "{slot}": one(t, d, `select id from park_slot limit 1`),
	}
	fill := func(path string, ids map[string]string) string {
		for blank, id := range ids {
			path = strings.ReplaceAll(path, blank, id)
		}
		path = strings.NewReplacer("{process}", "fdm", "{number}", "1", "{plate}", "1", "{figure}", "wall").Replace(path)
		return regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(path, "x") + "?name=x.stl&sha256=" + strings.Repeat("0", 64)
	}
	cookie := ""
	{
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodPost, "/sign-in/demo", strings.NewReader(url.Values{"person": {string(stranger.ID)}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		h.ServeHTTP(w, r)
		for _, c := range w.Result().Cookies() {
			if c.Name == "bassin" {
				cookie = c.Name + "=" + c.Value
			}
		}
	}
	whole, reading, revoked := token(stranger.ID, "read write"), token(owner, "read"), token(owner, "revoked read write")
	ids := regexp.MustCompile(`[0-9a-z]{26}`)
	ask := func(pattern, path, token string) (int, string) {
		method, _, _ := strings.Cut(pattern, " ")
		kind, body := "application/x-www-form-urlencoded", "title=x&unit=mm&quantity=1&shows=file&version=1&quote.price_cents=1&slot.kind=maintenance&slot.title=x&slot.from=2030-01-01&slot.from_at=08:00&slot.to=2030-01-01&slot.to_at=09:00"
		if strings.HasPrefix(path, "/api/") {
			kind, body = "application/json", cmp.Or(madeBodies[pattern], madeBodies[pattern[strings.LastIndex(pattern, "/")+1:]], "{}")
		}
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		r.Header.Set("If-Match", "*")
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		} else {
			r.Header.Set("Cookie", cookie)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code, passing.ReplaceAllString(ids.ReplaceAllString(w.Body.String(), "ID"), "*")
	}
	of := regexp.MustCompile(`^(/api/v1)?/(machines|materials|processes|orders|parts|batches|print-files)(/|$)`)
	before := rows(t, d)
	same := func(what string) {
		t.Helper()
		after := rows(t, d)
		for name, sum := range before {
			if after[name] != sum {
				t.Errorf("%s changed %s: %.20s, before %.20s", what, name, after[name], sum)
			}
		}
		before = after
	}
	asked, api := 0, 0
	for _, route := range s.mux.Routes() {
		method, path, _ := strings.Cut(route.Pattern, " ")
		if !of.MatchString(path) || method == http.MethodGet || path == "/parts" || path == "/api/v1/parts" { // a part of one's own may be sent
			continue
		}
		asked++
		what := route.Pattern
		secret := ""
		if strings.HasPrefix(path, "/api/") {
			secret = whole
			api++
			if code, _ := ask(what, fill(path, there), reading); code != http.StatusForbidden {
				t.Errorf("%s with the owner's token that reads: %d", what, code)
			}
			if code, _ := ask(what, fill(path, there), revoked); code != http.StatusUnauthorized {
				t.Errorf("%s with the owner's token that was revoked: %d", what, code)
			}
		}
		code, text := ask(what, fill(path, there), secret)
		if code != http.StatusForbidden && code != http.StatusNotFound && (code != http.StatusUnprocessableEntity || strings.Contains(path, "{")) {
			t.Errorf("%s: %d\n%s", what, code, text) // what is about nothing yet may be refused for its form
		}
		if strings.Contains(path, "{part}") || strings.Contains(path, "{order}") || strings.Contains(path, "{batch}") || strings.Contains(path, "{machine}") {
			none, empty := ask(what, fill(path, map[string]string{"{material}": there["{material}"], "{part}": strings.Repeat("0", 26), "{order}": strings.Repeat("0", 26), "{batch}": strings.Repeat("0", 26), "{machine}": strings.Repeat("0", 26), "{slot}": there["{slot}"]}), secret)
			if code != http.StatusNotFound || none != code || text != empty {
				t.Errorf("%s: %d, and %d of what is not there; the same words: %t", what, code, none, text == empty)
			}
		}
		if strings.Contains(path, "{machine}") { // one that anybody may see
			seen := map[string]string{}
			for k, v := range there {
				seen[k] = v
			}
			seen["{machine}"] = open
			if code, text := ask(what, fill(path, seen), secret); code != http.StatusForbidden && code != http.StatusNotFound {
				t.Errorf("%s of a machine that is seen: %d\n%s", what, code, text)
			}
		}
		same(what)
	}
	if asked < 75 || api < 35 {
		t.Errorf("%d routes asked, %d of the API: the test looks for the wrong addresses", asked, api)
	}
}
