package account

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"

	"github.com/PuerkitoBio/goquery"
)

type goquerySelection = goquery.Selection

func TestPeopleAreForTheAdmin(t *testing.T) {
	s := newSite(t, dbtest.Open(t))
	lead := s.person("lead@example.fr")
	s.give(lead, ProjectLead, OverTerritory, "ti-7602")
	s.give(lead, NationalObserver, OverNation, "")
	b := s.as(lead)
	id := "/people/" + string(lead.ID)
	for _, path := range []string{"/people", "/people/new", id, id + "/edit"} {
		b.want(b.get(path), 404)
	}
	for _, path := range []string{"/people", id, id + "/grants", id + "/memberships", id + "/disable", id + "/enable", id + "/invite", id + "/grants/x/revoke"} {
		b.want(b.post(path), 404)
	}
}

// adminSite is a site with an administrator who is signed in.
func adminSite(t *testing.T, d *db.DB, change ...func(*Options)) (*site, *browser, Person) {
	t.Helper()
	s := newSite(t, d, change...)
	admin := s.person("admin@example.fr")
	s.give(admin, Admin, OverServer, "")
	return s, s.as(admin), admin
}

// adminSite2 is another server on the data of adminSite.
func adminSite2(t *testing.T, d *db.DB, change ...func(*Options)) (*site, *browser, Person) {
	t.Helper()
	s := newSite(t, d, change...)
	admin, err := read(d, func(tx db.Tx) (Person, error) { return getPersonByEmail(tx, "admin@example.fr") })
	if err != nil {
		t.Fatal(err)
	}
	return s, s.as(admin), admin
}

func TestPeopleList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, b, _ := adminSite(t, d)
		lead := s.person("lead@example.fr", func(p *Person) { p.Name, p.Title = "Éva Lead", "Chargée" })
		s.give(lead, ProjectLead, OverTerritory, "ti-7602")
		s.join(lead, s.organisation("Alès Agglomération", Grouping), Member)
		gone := s.person("gone@example.fr")
		b.want(b.post("/people/"+string(gone.ID)+"/disable"), 200)
		b.want(b.post("/people", "email", "new@example.fr", "name", "Nouvelle", "language", "fr"), 200, ".b-toast")
		for query, want := range map[string]int{"": 4, "q=lead": 1, "q=charg": 1, "role=project_lead": 1, "role=guest": 0, "state=invited": 1, "state=disabled": 1, "state=active": 2, "q=%25": 0} {
			if got := b.get("/people?" + query).Find("tbody tr").Length(); got != want {
				t.Errorf("%q: %d rows, want %d", query, got, want)
			}
		}
		if got := text(b.get("/people?q=lead").Find("tbody tr")); !strings.Contains(got, "Chef de projet (ti-7602)") || !strings.Contains(got, "Alès Agglomération") {
			t.Errorf("row: %s", got)
		}
	})
}

func TestGivingAndRevokingRoles(t *testing.T) {
	names := func(_ db.Tx, kind ScopeKind, id string) (string, error) {
		if kind == OverTerritory && id == "ti-7602" {
			return "Bassin d’Alès", nil
		}
		return "", fault.New(fault.NotFound, "fault.not_found")
	}
	scopes := func(_ db.Tx, kind ScopeKind) ([]Scope, error) {
		if kind == OverTerritory {
			return []Scope{{"ti-7602", "Bassin d’Alès"}}, nil
		}
		return nil, nil
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := time.Now()
		s, b, me := adminSite(t, d.Clocked(func() time.Time { return now }), func(o *Options) { o.ScopeName, o.Scopes = names, scopes })
		ana := s.person("ana@example.fr")
		url := "/people/" + string(ana.ID)
		b.want(b.get(url), 200, `#f-scope option[value="ti-7602"]`)
		b.want(b.post(url+"/grants", "role", "", "scope", "", "until_on", "01/01/2020"), 422, `#f-role[aria-invalid]`, `#f-until_on[aria-invalid]`)
		b.want(b.post(url+"/grants", "role", "project_lead", "scope", ""), 422, `#f-scope[aria-invalid]`)
		b.want(b.post(url+"/grants", "role", "guest", "scope", "ti-7602", "until_on", "2099-12-31"), 422, `#f-role[aria-invalid]`)
		b.want(b.post(url+"/grants", "role", "project_lead", "scope", "ti-9999"), 422, `#f-scope[aria-invalid]`)
		b.want(b.post(url+"/grants", "role", "project_lead", "until_on", "31/02/2099"), 422, `#f-until_on[aria-invalid][value="31/02/2099"]`)
		until := dayOf(now).AddDays(5)
		p := b.post(url+"/grants", "role", "project_lead", "scope", "ti-7602", "until_on", string(until))
		b.want(p, 200, `#grants tbody tr`)
		if got := text(p.Find("#grants tbody")); !strings.Contains(got, "Territoire : Bassin d’Alès") {
			t.Errorf("role: %q", got)
		}
		if got := text(p.Find("ol.b-log li").First()); !strings.Contains(got, "Bassin d’Alès") || !strings.Contains(got, "jusqu’au") {
			t.Errorf("history: %q", got)
		}
		actor := func() Actor {
			a, err := read(s.db, func(tx db.Tx) (Actor, error) { return Load(tx, ana.ID) })
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		if !actor().Has(ProjectLead, "ti-7602") {
			t.Error("the role does not hold")
		}
		now = now.Add(5 * 24 * time.Hour)
		if !actor().Has(ProjectLead, "ti-7602") {
			t.Error("the role does not hold on its last day")
		}
		now = now.Add(24 * time.Hour)
		if actor().Has(ProjectLead, "") {
			t.Error("the role outlives its last day")
		}
		now = now.Add(-6 * 24 * time.Hour)
		revoke := b.get(url).Find(`form[action*="/grants/"]`).AttrOr("action", "")
		b.want(b.post(revoke), 200)
		if actor().Has(ProjectLead, "") {
			t.Error("a revoked role holds")
		}
		b.want(b.post(revoke), 404)
		b.want(b.post(url+"/grants", "role", "admin", "scope", "ti-7602"), 200)
		if g := actor().Grants; len(g) != 1 || g[0].ScopeID != "" {
			t.Errorf("the admin's scope: %+v", g)
		}
		b.want(b.post("/people/nobody/grants", "role", "admin"), 404)

		mine := b.get("/people/"+string(me.ID)).Find(`form[action*="/grants/"]`).AttrOr("action", "")
		theirs := b.get(url).Find(`form[action*="/grants/"]`).AttrOr("action", "")
		b.want(b.post(theirs), 200)
		b.want(b.post(mine), http.StatusConflict)
		if b.get("/people").Status != 200 {
			t.Error("the last administrator is gone")
		}
	})
}

func TestClosingAnAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, b, me := adminSite(t, d)
		ana := s.person("ana@example.fr")
		a := s.as(ana)
		url := "/people/" + string(ana.ID)
		b.want(b.post("/people/"+string(me.ID)+"/disable"), http.StatusConflict)
		b.want(b.post(url+"/disable"), 200, `form[action$="/enable"]`)
		if a.get("/account").Path == "/account" {
			t.Error("their session lives on")
		}
		b.want(b.post(url+"/enable"), 200, `form[action$="/disable"]`)
		if a.get("/account").Path == "/account" {
			t.Error("the ended session came back")
		}
		if s.as(ana).get("/account").Path != "/account" {
			t.Error("they cannot come back")
		}
	})
}

func TestEditingAPerson(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, b, _ := adminSite(t, d)
		ana := s.person("ana@example.fr")
		s.person("bob@example.fr")
		url := "/people/" + string(ana.ID)
		b.want(b.get(url+"/edit"), 200, `#f-email[value="ana@example.fr"]`)
		b.want(b.post(url, "email", "bob@example.fr", "name", "Ana", "language", "fr", "version", "1"), 422, `#f-email[aria-invalid]`)
		b.want(b.post(url, "email", "nonsense", "name", "", "language", "fr", "version", "1"), 422, `#f-email[aria-invalid]`, `#f-name[aria-invalid]`)
		b.want(b.post(url, "email", "Ana2@example.fr", "name", "Ana", "language", "en", "version", "1"), 200)
		b.want(b.post(url, "email", "ana3@example.fr", "name", "Ana", "language", "en", "version", "1"), http.StatusConflict, `#changed`, `input[name="version"][value="2"]`)
		if p := s.browser().post("/sign-in", "email", "ana2@example.fr", "password", goodPassword); p.Path != "/" {
			t.Error("the new address does not open")
		}
		b.want(b.post("/people", "email", "bob@example.fr", "name", "Double", "language", "fr"), 422, `#f-email[aria-invalid]`)
	})
}

func TestMembershipsOfAPerson(t *testing.T) {
	s, b, _ := adminSite(t, dbtest.Open(t))
	ana := s.person("ana@example.fr")
	o := s.organisation("Mécanique", Company)
	s.organisation("Autre", Company)
	url := "/people/" + string(ana.ID)
	b.want(b.post(url+"/memberships", "organisation", "", "role", "member"), 422, `#f-organisation[aria-invalid]`)
	b.want(b.post(url+"/memberships", "organisation", string(o.ID), "role", "boss"), 422)
	if p := b.post(url+"/memberships", "q", "meca", "find", "1", "role", "manager"); p.Status != 200 || p.Find("#f-organisation option").Length() != 2 {
		t.Errorf("narrowed: %d, %d choices", p.Status, p.Find("#f-organisation option").Length())
	}
	p := b.post(url+"/memberships", "organisation", string(o.ID), "role", "manager")
	b.want(p, 200, `#memberships tbody tr`)
	if got := text(p.Find("ol.b-log li").First()); !strings.Contains(got, "Mécanique") {
		t.Errorf("history: %q", got)
	}
	b.want(b.post(p.Find(`form[action$="/end"]`).AttrOr("action", "")), 200)
	if a, err := read(s.db, func(tx db.Tx) (Actor, error) { return Load(tx, ana.ID) }); err != nil || len(a.Memberships) != 0 {
		t.Errorf("memberships: %v %+v", err, a.Memberships)
	}
	b.want(b.post(url+"/memberships", "organisation", "none", "role", "member"), 404)
	if n, err := Verify(context.Background(), s.db, nil); err != nil {
		t.Errorf("the trail after %d rows: %v", n, err)
	}
}

func TestStateOfAnAccount(t *testing.T) {
	for _, c := range []struct {
		p    Person
		want string
	}{
		{Person{}, stateInvited},
		{Person{SeenAt: 1}, stateActive}, // came without a password of their own
		{Person{Password: "x"}, stateActive},
		{Person{Subject: "x"}, stateActive},
		{Person{Password: "x", SeenAt: 1, DisabledAt: 2}, stateDisabled},
	} {
		if got := c.p.state(); got != c.want {
			t.Errorf("%+v: %s, want %s", c.p, got, c.want)
		}
	}
}

func TestWhenAPersonWasLastHere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
		s, b, _ := adminSite(t, d.Clocked(func() time.Time { return now }))
		ana := s.person("ana@example.fr")
		o := s.organisation("Alès Agglomération", Grouping)
		s.join(ana, o, Member)
		says := func(want string) {
			t.Helper()
			for path, row := range map[string]string{"/people?q=ana": "tbody tr", "/organisations/" + string(o.ID): "tbody tr", "/people/" + string(ana.ID): "aside"} {
				if got := text(b.get(path).Find(row)); !strings.Contains(got, want) {
					t.Errorf("%s: %q does not say %q", path, got, want)
				}
			}
		}
		says("Jamais connecté")
		hers := s.as(ana)
		says("2 mars 2026")
		now = now.Add(3 * 24 * time.Hour)
		hers.want(hers.get("/account"), 200)
		says("5 mars 2026")
		api := s.client(ana, "read")
		me := api.want(api.call("GET", "/api/v1/me", ""), 200)
		if got, _ := me.JSON["seen_at"].(string); !strings.HasPrefix(got, "2026-03-05T12:00:00") {
			t.Errorf("seen_at: %q in %s", got, me.Body)
		}
		if n := b.get("/people?state=invited").Find("tbody tr").Length(); n != 0 {
			t.Errorf("%d people wait, want 0", n)
		}
	})
}
