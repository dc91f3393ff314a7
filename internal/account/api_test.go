package account

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
)

// client calls the API with a personal token.
type client struct {
	*site
	secret string
}

func (s *site) client(p Person, scopes string) *client {
	s.t.Helper()
	_, secret, err := s.AddToken(context.Background(), Actor{ID: p.ID, Name: p.Name}, Token{Name: "test", Scopes: scopes})
	if err != nil {
		s.t.Fatal(err)
	}
	return &client{s, secret}
}

type reply struct {
	Status int
	Header http.Header
	JSON   map[string]any
	Body   string
}

func (c *client) call(method, path, body string, head ...string) reply {
	c.t.Helper()
	r, err := http.NewRequest(method, c.srv.URL+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.secret != "" {
		r.Header.Set("Authorization", "Bearer "+c.secret)
	}
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	out := reply{Status: res.StatusCode, Header: res.Header, JSON: map[string]any{}}
	var raw json.RawMessage
	if json.NewDecoder(res.Body).Decode(&raw) == nil {
		out.Body = string(raw)
		_ = json.Unmarshal(raw, &out.JSON)
	}
	return out
}

func (c *client) want(r reply, status int) reply {
	c.t.Helper()
	if r.Status != status {
		c.t.Fatalf("got %d, want %d: %s\n%s", r.Status, status, r.Body, c.log)
	}
	return r
}

func TestTheAPIKnowsWhoAsks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		ana := s.person("ana@example.fr")
		s.give(ana, ProjectLead, OverTerritory, "ti-7602")
		s.join(ana, s.organisation("Mécanique", Company), Member)
		c := s.client(ana, "read")
		me := c.want(c.call("GET", "/api/v1/me", ""), 200)
		if me.JSON["email"] != "ana@example.fr" || !strings.Contains(me.Body, `"role":"project_lead"`) || !strings.Contains(me.Body, `"organisation":"Mécanique"`) {
			t.Errorf("me: %s", me.Body)
		}
		for _, secret := range []string{"password", "subject", "token_hash", "argon2"} {
			if strings.Contains(me.Body, secret) {
				t.Errorf("it tells %s: %s", secret, me.Body)
			}
		}
		nobody := &client{site: s}
		for _, path := range []string{"/me", "/organisations", "/people", "/grants"} {
			if got := nobody.call("GET", "/api/v1"+path, ""); got.Status != 401 || got.Header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s of a stranger: %d", path, got.Status)
			}
		}
	})
}

func TestOrganisationsAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		lead, ana := s.person("lead@example.fr"), s.person("ana@example.fr")
		s.give(lead, ProjectLead, OverTerritory, "ti-7602")
		for i := range 5 {
			s.organisation(fmt.Sprintf("Même nom %d", i/2), Company)
		}
		a, l := s.client(ana, "read write"), s.client(lead, "read write")
		seen := map[string]bool{}
		cursor := ""
		for range 10 {
			page := a.want(a.call("GET", "/api/v1/organisations?limit=2&cursor="+cursor, ""), 200)
			for _, x := range page.JSON["items"].([]any) {
				id := x.(map[string]any)["id"].(string)
				if seen[id] {
					t.Errorf("%s twice", id)
				}
				seen[id] = true
			}
			cursor, _ = page.JSON["next_cursor"].(string)
			if cursor == "" {
				break
			}
		}
		if len(seen) != 5 {
			t.Errorf("%d organisations, want 5", len(seen))
		}
		a.want(a.call("GET", "/api/v1/organisations?cursor=nonsense", ""), 422)
		a.want(a.call("POST", "/api/v1/organisations", `{"kind":"company","name":"X"}`), 403)
		bad := l.want(l.call("POST", "/api/v1/organisations", `{"kind":"company","name":"X","siren":"123456789"}`), 422)
		if !strings.Contains(bad.Body, "body.siren") {
			t.Errorf("where: %s", bad.Body)
		}
		read := s.client(lead, "read")
		read.want(read.call("POST", "/api/v1/organisations", `{"kind":"company","name":"X"}`), 403)
		made := l.want(l.call("POST", "/api/v1/organisations", `{"kind":"company","name":"Mécanique","siren":"732 829 320"}`, "Idempotency-Key", "key-0001"), 201)
		again := l.want(l.call("POST", "/api/v1/organisations", `{"kind":"company","name":"Mécanique","siren":"732 829 320"}`, "Idempotency-Key", "key-0001"), 201)
		if made.JSON["siren"] != "732829320" || made.Header.Get("ETag") != `"v1"` || again.JSON["id"] != made.JSON["id"] {
			t.Errorf("made: %s %v, again: %s", made.Body, made.Header, again.Body)
		}
		path := made.Header.Get("Location")
		l.want(l.call("PUT", path, `{"kind":"company","name":"Autre"}`, "If-Match", `"v1"`), 403) // adding is not changing
		s.join(ana, Organisation{ID: OrganisationID(made.JSON["id"].(string))}, Manager)
		a.want(a.call("PUT", path, `{"kind":"company","name":"Autre"}`), 428)
		changed := a.want(a.call("PUT", path, `{"kind":"company","name":"Autre","siren":"732829320"}`, "If-Match", `"v1"`), 200)
		if changed.Header.Get("ETag") != `"v2"` || changed.JSON["name"] != "Autre" {
			t.Errorf("changed: %s %v", changed.Body, changed.Header)
		}
		a.want(a.call("PUT", path, `{"kind":"company","name":"Perdue"}`, "If-Match", `"v1"`), 412)
		a.want(a.call("PUT", path, `{"kind":"company","name":"Forcée"}`, "If-Match", "*"), 200)
		if got := a.want(a.call("GET", path, ""), 200); got.JSON["name"] != "Forcée" || got.Header.Get("ETag") != `"v3"` {
			t.Errorf("stands: %s", got.Body)
		}
		a.want(a.call("GET", "/api/v1/organisations/none", ""), 404)
	})
}

func TestTheDescriptionHoldsEveryField(t *testing.T) {
	s := newSite(t, dbtest.Open(t))
	c := &client{site: s}
	doc := c.want(c.call("GET", "/api/openapi.json", ""), 200)
	schemas := doc.JSON["components"].(map[string]any)["schemas"].(map[string]any)
	for name, fields := range map[string][]string{
		"OrganisationJSON": {"id", "kind", "name", "siren", "commune", "updated_at"}, "OrganisationBody": {"kind", "name", "siret"},
		"PersonJSON": {"email", "state", "grants", "memberships"}, "GrantJSON": {"role", "scope_id", "until_on"},
	} {
		schema, ok := schemas[name].(map[string]any)
		if !ok {
			t.Errorf("no schema %s", name)
			continue
		}
		for _, f := range fields {
			if _, ok := schema["properties"].(map[string]any)[f]; !ok {
				t.Errorf("%s lacks %s", name, f)
			}
		}
	}
}

func TestPeopleAndGrantsAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		admin, ana := s.person("admin@example.fr"), s.person("ana@example.fr")
		s.give(admin, Admin, OverServer, "")
		a, b := s.client(ana, "read write"), s.client(admin, "read write")
		for _, x := range [][2]string{{"GET", "/people"}, {"GET", "/people/" + string(ana.ID)}, {"GET", "/grants"}, {"DELETE", "/grants/x"}} {
			a.want(a.call(x[0], "/api/v1"+x[1], ""), 404)
		}
		a.want(a.call("POST", "/api/v1/people", `{"email":"x@example.fr","name":"X"}`), 404)
		a.want(a.call("POST", "/api/v1/grants", `{"person_id":"`+string(ana.ID)+`","role":"admin"}`), 404)
		made := b.want(b.call("POST", "/api/v1/people", `{"email":"Eva@example.fr","name":"Éva"}`), 201)
		if made.JSON["state"] != "invited" || made.JSON["email"] != "eva@example.fr" {
			t.Errorf("invited: %s", made.Body)
		}
		s.lastLink()
		b.want(b.call("POST", "/api/v1/people", `{"email":"eva@example.fr","name":"Éva"}`), 422)
		first := b.want(b.call("GET", "/api/v1/people?limit=2", ""), 200)
		second := b.want(b.call("GET", "/api/v1/people?limit=2&cursor="+first.JSON["next_cursor"].(string), ""), 200)
		if n, m := len(first.JSON["items"].([]any)), len(second.JSON["items"].([]any)); n != 2 || m != 1 {
			t.Errorf("pages of %d and %d", n, m)
		}
		give := func(body string, status int) reply {
			t.Helper()
			return b.want(b.call("POST", "/api/v1/grants", body), status)
		}
		id := string(ana.ID)
		for _, wrong := range []string{
			`{"person_id":"` + id + `","role":"project_lead"}`, `{"person_id":"` + id + `","role":"boss"}`,
			`{"person_id":"` + id + `","role":"project_lead","scope_id":"ti-7602","until_on":"2020-01-01"}`,
			`{"person_id":"` + id + `","role":"project_lead","scope_id":"ti-7602","until_on":"2099-02-31"}`,
			`{"person_id":"` + id + `","role":"project_lead","scope_id":"ti-7602","until_on":"whenever"}`,
			`{"person_id":"` + id + `","role":"guest","scope_id":"a"}`,
			`{"person_id":"` + id + `","role":"guest","scope_id":"a","until_on":"2099-12-31"}`,
		} {
			give(wrong, 422)
		}
		give(`{"person_id":"nobody","role":"admin"}`, 404)
		g := give(`{"person_id":"`+id+`","role":"project_lead","scope_id":"ti-7602","until_on":"2099-12-31"}`, 201)
		path := "/api/v1/grants/" + g.JSON["id"].(string)
		list := b.want(b.call("GET", "/api/v1/grants?person="+id, ""), 200)
		if len(list.JSON["items"].([]any)) != 1 {
			t.Errorf("grants: %s", list.Body)
		}
		b.want(b.call("DELETE", path, ""), 204)
		b.want(b.call("DELETE", path, ""), 404)
		if list = b.want(b.call("GET", "/api/v1/grants?person="+id, ""), 200); len(list.JSON["items"].([]any)) != 0 {
			t.Errorf("revoked, and listed: %s", list.Body)
		}
		if list = b.want(b.call("GET", "/api/v1/grants?revoked=true&person="+id, ""), 200); len(list.JSON["items"].([]any)) != 1 {
			t.Errorf("revoked, and gone: %s", list.Body)
		}
		mine := b.want(b.call("GET", "/api/v1/grants?person="+string(admin.ID), ""), 200).JSON["items"].([]any)[0].(map[string]any)["id"].(string)
		b.want(b.call("DELETE", "/api/v1/grants/"+mine, ""), 409)
	})
}
