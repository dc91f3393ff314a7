package programme_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/programme"
	"bassin/internal/web"
	"bassin/internal/when"
)

// hosted is a world whose readers are people of the database: what they may is read anew for each
// request, as it is behind a real sign-in.
type hosted struct {
	*funded
	lead account.Actor
}

func newHosted(t *testing.T, d *db.DB) *hosted {
	t.Helper()
	f := newFunded(t, d)
	accounts := account.New(account.Options{DB: f.d, URL: "https://bassin.example"})
	f.s = programme.New(programme.Options{DB: f.d, Log: discard(), Account: accounts})
	f.do(func(tx db.Tx) error {
		for _, q := range []string{
			`insert into account_person (id, email, name, language, created_at) values ('lead', 'lead@example.org', 'Chef de projet', 'fr', 0)`,
			`insert into account_person (id, email, name, language, created_at) values ('anna', 'anna@bureau.example', 'Anna', 'fr', 0)`,
			`insert into account_person (id, email, name, language, created_at) values ('region', 'region@example.org', 'Pilotage', 'fr', 0)`,
			`insert into account_grant (id, person_id, role, scope_kind, scope_id, created_at) values ('g1', 'lead', 'project_lead', 'territory', 'ti-7602', 0)`,
			`insert into account_grant (id, person_id, role, scope_kind, scope_id, created_at) values ('g2', 'region', 'region_steering', 'region', '76', 0)`,
		} {
			if _, err := tx.Exec(q); err != nil {
				return err
			}
		}
		return nil
	})
	m := web.NewMux(web.Options{DB: f.d, Viewer: account.Viewer, Log: discard(), Authenticate: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			var a account.Actor
			err := f.d.View(r.Context(), func(tx db.Tx) (err error) {
				a, err = account.Load(tx, account.PersonID(r.Header.Get("Test-Actor")))
				return err
			})
			if err != nil && !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
			next.ServeHTTP(rw, r.WithContext(account.WithActor(r.Context(), a)))
		})
	}})
	f.s.Pages(m)
	f.s.API(m)
	m.NotFound()
	srv := httptest.NewServer(m.Handler())
	t.Cleanup(srv.Close)
	f.srv = srv
	h := &hosted{funded: f}
	h.lead = h.load("lead")
	return h
}

func (h *hosted) load(id account.PersonID) (a account.Actor) {
	h.t.Helper()
	h.do(func(tx db.Tx) (err error) {
		a, err = account.Load(tx, id)
		return err
	})
	return a
}

func (h *hosted) page(parts ...string) string {
	return "/actions/" + string(h.action.ID) + strings.Join(append([]string{""}, parts...), "/")
}

func (h *hosted) invite(email string, until when.Date) account.Grant {
	h.t.Helper()
	g, err := h.s.Invite(ctx, h.lead, h.action.ID, programme.Invitation{Email: email, Name: "Bruno", UntilOn: until})
	if err != nil {
		h.t.Fatal(err)
	}
	return g
}

func (h *hosted) trail() (verbs []string) {
	h.t.Helper()
	h.do(func(tx db.Tx) error {
		list, err := account.History(tx, "action", string(h.action.ID), 0, 50)
		for _, e := range list {
			if strings.HasPrefix(e.Verb, "programme.guest.") {
				verbs = append(verbs, e.Verb)
			}
		}
		return err
	})
	return verbs
}

// A guest reads the sheet they were let into and nothing else of the territory, until the last day
// or until the access is taken back, whichever comes first.
func TestGuestOfOneAction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHosted(t, d)
		other, err := h.s.CreateAction(ctx, system, programme.Action{ContractID: h.contract.ID, Identity: programme.Identity{Reference: "ALES-04", Title: "Cachée aux invités"}})
		if err != nil {
			t.Fatal(err)
		}
		hidden := func() {
			t.Helper()
			for _, below := range []string{"", "/funding", "/history", "/documents", "/print"} {
				h.want(h.get("anna", h.page()+below), 404)
			}
		}
		hidden()

		h.want(h.post("lead", h.page("access"), "guest.email", "Anna@bureau.example", "guest.until_on", "2026-06-30"), 303)
		for _, below := range []string{"", "/funding", "/history", "/documents", "/print"} {
			h.want(h.get("anna", h.page()+below), 200)
		}
		for _, path := range []string{"/actions/" + string(other.ID), "/contracts/" + string(h.contract.ID), "/api/v1/actions/" + string(other.ID), "/api/v1/contracts/" + string(h.contract.ID) + "/money"} {
			h.want(h.get("anna", path), 404)
		}
		for _, path := range []string{"/actions", "/actions.csv", "/actions/print", "/api/v1/actions"} {
			a := h.get("anna", path)
			h.want(a, 200)
			if !strings.Contains(a.body, "ALES-03") || strings.Contains(a.body, "ALES-04") {
				t.Errorf("%s shows %.300s", path, a.body)
			}
		}
		h.want(h.get("anna", h.page("access")), 403) // a guest gives nobody access
		h.want(h.post("anna", h.page("access"), "guest.email", "x@example.org", "guest.name", "X", "guest.until_on", "2026-06-30"), 403)
		h.want(h.get("anna", "/territories/ti-7602/access"), 403)

		a := h.get("lead", h.page("access"))
		h.want(a, 200, "#guests tr:contains('anna@bureau.example')", "#ways tr:contains('Chef de projet')", "#ways tr:contains('Pilotage régional')")
		h.want(h.get("lead", "/territories/ti-7602/access"), 200, "#guests tr:contains('Anna'):contains('ALES-03')")

		grant := h.load("anna").Grants[0]
		h.want(h.post("lead", h.page("access", string(grant.ID), "exclude")), 303)
		hidden()
		h.want(h.post("lead", h.page("access", string(grant.ID), "exclude")), 303) // clicked twice
		if got := strings.Join(h.trail(), " "); got != "programme.guest.exclude programme.guest.invite" {
			t.Errorf("the trail holds %s", got)
		}
		h.want(h.get("lead", h.page("history")), 200, "main:contains('Anna a accès à la fiche jusqu’au 30 juin 2026')")
	})
}

func TestGuestAccessEndsByItsDay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHosted(t, d)
		g := h.invite("anna@bureau.example", "2026-05-21")
		h.want(h.get("anna", h.page()), 200)
		h.do(func(tx db.Tx) error {
			_, err := tx.Exec(`update account_grant set until_on = '2026-05-20' where id = $1`, g.ID)
			return err
		})
		h.want(h.get("anna", h.page()), 404)
		h.want(h.get("lead", h.page("access")), 200, "#guests tr.gone:contains('terminé')")
		h.want(h.post("lead", h.page("access", string(g.ID), "prolong"), "prolong."+string(g.ID)+".until_on", "2026-07-01", "version", "20260520"), 303)
		h.want(h.get("anna", h.page()), 200)
	})
}

// Who has no account is invited to make one; whoever is let in is told where the sheet is.
func TestGuestIsWrittenTo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHosted(t, d)
		h.invite("bruno@bureau.example", "2026-06-30")
		var mails []string
		h.do(func(tx db.Tx) (err error) {
			mails, err = db.List[string](tx, `select subject || ' / ' || body from account_mail where recipient = 'bruno@bureau.example' order by id`)
			return err
		})
		if len(mails) != 2 || !strings.Contains(mails[0], "/invitation/") || !strings.Contains(mails[0], "?next=%2Factions%2F") || !strings.Contains(mails[1], "https://bassin.example"+h.page()) ||
			!strings.Contains(mails[1], "30 juin 2026") || !strings.Contains(mails[1], "Think & Mate") || !strings.Contains(mails[1], "ALES-03") {
			t.Errorf("wrote %q", mails)
		}
	})
}

func TestInviteSaysWhatIsWrong(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHosted(t, d)
		h.invite("anna@bureau.example", "2026-06-30")
		form := func(email, name, until, field string) {
			t.Helper()
			a := h.post("lead", h.page("access"), "guest.email", email, "guest.name", name, "guest.until_on", until)
			h.want(a, 422, `details[open] [name="`+field+`"][aria-invalid=true]`)
			if got, _ := a.Find(`[name="guest.email"]`).Attr("value"); got != email {
				t.Errorf("what was typed is lost: %q", got)
			}
		}
		form("nobody", "N", "2026-06-30", "guest.email")
		form("new@example.org", "", "2026-06-30", "guest.name")
		form("new@example.org", "N", "", "guest.until_on")
		form("new@example.org", "N", "2026-05-20", "guest.until_on")
		form("anna@bureau.example", "", "2026-07-31", "guest.email") // has access already
		if got := h.load("anna").Grants; len(got) != 1 || got[0].UntilOn != "2026-06-30" {
			t.Errorf("holds %+v", got)
		}
		if err := h.s.RemoveAction(ctx, system, h.action.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := h.s.Invite(ctx, h.lead, h.action.ID, programme.Invitation{Email: "new@example.org", Name: "N", UntilOn: "2026-06-30"}); !fault.Is(err, fault.Conflict) {
			t.Errorf("into a sheet off the lists: %v", err)
		}
	})
}

// Two who change one access at once: the second is told what the first did, and keeps what was typed.
func TestProlongAfterAnother(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHosted(t, d)
		g := h.invite("anna@bureau.example", "2026-06-30")
		field, to := "prolong."+string(g.ID)+".until_on", h.page("access", string(g.ID), "prolong")
		h.want(h.post("lead", to, field, "2026-07-31", "version", "20260630"), 303)
		a := h.post("lead", to, field, "2026-08-31", "version", "20260630")
		h.want(a, 409, `details[open] [name="`+field+`"][value="2026-08-31"]`, "[role=alert]:contains('31 juillet 2026')", `details[open] [name=version][value="20260731"]`)
		h.want(h.post("lead", to, field, "2026-08-31"), 409) // no version: tampered with
		h.want(h.post("lead", to, field, "2026-08-31", "version", "20260731"), 303)
		h.want(h.post("lead", to, field, "2026-05-20", "version", "20260831"), 422)
		if got := h.load("anna").Grants[0].UntilOn; got != "2026-08-31" {
			t.Errorf("lasts until %s", got)
		}
		if err := h.s.Exclude(ctx, h.lead, h.action.ID, g.ID); err != nil {
			t.Fatal(err)
		}
		h.want(h.post("lead", to, field, "2026-09-30", "version", "20260831"), 409, "main:contains('mis fin à cet accès')")
		if got := h.load("anna").Grants; len(got) != 0 {
			t.Errorf("an access that was taken back came again: %+v", got)
		}
	})
}

func TestGuestsThroughTheAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHosted(t, d)
		at := "/api/v1" + h.page("guests")
		call := func(method, who, path, body string, status int, headers ...string) reply {
			t.Helper()
			a := h.ask(method, who, path, "application/json", body, headers...)
			h.want(a, status)
			return a
		}
		a := call("POST", "lead", at, `{"email": "anna@bureau.example", "until_on": "2026-06-30"}`, 201)
		if got := a.header.Get("ETag"); got != `"v20260630"` {
			t.Errorf("ETag %s", got)
		}
		one := at + "/" + string(h.load("anna").Grants[0].ID)
		call("GET", "lead", one, "", 200)
		call("PATCH", "lead", one, `{"until_on": "2026-07-31"}`, 200, "If-Match", `"v20260630"`)
		call("PATCH", "lead", one, `{"until_on": "2026-08-31"}`, 412, "If-Match", `"v20260630"`)
		call("PATCH", "lead", one, `{"until_on": "2026-08-31"}`, 428)
		for _, who := range []string{"anna", "region"} {
			call("GET", who, at, "", 403)
			call("POST", who, at, `{"email": "x@example.org", "name": "X", "until_on": "2026-06-30"}`, 403)
			call("PATCH", who, one, `{"until_on": "2026-08-31"}`, 403, "If-Match", "*")
			call("DELETE", who, one, "", 403)
		}
		if a := call("GET", "lead", at, "", 200); !strings.Contains(a.body, `"until_on":"2026-07-31"`) {
			t.Errorf("lists %s", a.body)
		}
		call("GET", "lead", at+"/g1", "", 404)    // a grant, but not over this action
		call("DELETE", "lead", at+"/g1", "", 404) // nor is it taken back here
		call("DELETE", "lead", one, "", 204)
		call("DELETE", "lead", one, "", 204)
		call("GET", "anna", "/api/v1"+h.page(), "", 404)
		call("GET", "anna", at, "", 404)
	})
}

// Who runs another territory learns nothing of the sheet's guests.
func TestGuestsOfAnotherTerritory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHosted(t, d)
		g := h.invite("anna@bureau.example", "2026-06-30")
		other := account.Actor{ID: "other", Grants: []account.Grant{{Role: account.ProjectLead, ScopeKind: account.OverTerritory, ScopeID: "ti-7601"}}}
		admin := account.Actor{ID: "admin", Grants: []account.Grant{{Role: account.Admin, ScopeKind: account.OverServer}}}
		for _, by := range []account.Actor{other, admin, {}} {
			for what, do := range map[string]func(context.Context) error{
				"invite": func(ctx context.Context) error {
					_, err := h.s.Invite(ctx, by, h.action.ID, programme.Invitation{Email: "x@example.org", Name: "X", UntilOn: "2026-06-30"})
					return err
				},
				"prolong": func(ctx context.Context) error { return h.s.Prolong(ctx, by, h.action.ID, g.ID, "2026-07-31", 0) },
				"exclude": func(ctx context.Context) error { return h.s.Exclude(ctx, by, h.action.ID, g.ID) },
			} {
				if err := do(ctx); !fault.Is(err, fault.NotFound) {
					t.Errorf("%s by %q: %v", what, by.ID, err)
				}
			}
		}
	})
}
