package account

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
)

func TestSigningIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		ana := s.person("ana@example.fr")
		b := s.browser()
		b.want(b.get("/sign-in?next=/sessions-of-mine"), 200, `form[action="/sign-in"] input[name="next"][value="/sessions-of-mine"]`, `input[type="password"]`)
		p := b.post("/sign-in", "email", " ANA@example.fr ", "password", goodPassword, "next", "/somewhere?x=1")
		if p.Path != "/somewhere?x=1" {
			t.Errorf("went to %s", p.Path)
		}
		if p = b.get("/sign-in"); p.Path != "/" {
			t.Errorf("the sign-in page of somebody signed in leads to %s", p.Path)
		}
		var sessions []session
		if err := d.View(context.Background(), func(tx db.Tx) (err error) {
			sessions, err = listSessions(tx, ana.ID)
			return err
		}); err != nil || len(sessions) != 1 || sessions[0].Method != "password" {
			t.Errorf("sessions: %v %+v", err, sessions)
		}
		b.post("/sign-in", "email", ana.Email, "password", goodPassword) // again in the same browser
		if err := d.View(context.Background(), func(tx db.Tx) (err error) {
			sessions, err = listSessions(tx, ana.ID)
			return err
		}); err != nil || len(sessions) != 1 {
			t.Errorf("the replaced session lives on: %v, %d sessions", err, len(sessions))
		}
		p = b.post("/sign-out")
		b.want(p, 200, `form[action="/sign-in"]`)
		if p.Path != "/sign-in" {
			t.Errorf("signing out leads to %s", p.Path)
		}
	})
}

func TestEveryFailureSaysTheSame(t *testing.T) {
	s := newSite(t, dbtest.Open(t))
	s.person("ana@example.fr")
	gone := s.person("gone@example.fr")
	invited, err := s.AddPerson(context.Background(), root, Person{Email: "invited@example.fr", Name: "Invitée"}, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.db.Do(context.Background(), func(tx db.Tx) error {
		gone.DisabledAt = tx.Now()
		return savePerson(tx, gone)
	}); err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for name, c := range map[string][2]string{
		"wrong password": {"ana@example.fr", "not the password"}, "no password": {"ana@example.fr", ""},
		"nobody": {"nobody@example.fr", goodPassword}, "nothing": {"", ""},
		"disabled": {gone.Email, goodPassword}, "without a password": {invited.Email, ""}, "decoy": {invited.Email, "nobody has this password"},
		"long": {"ana@example.fr", strings.Repeat("x", 10_000)},
	} {
		b := s.browser()
		p := b.post("/sign-in", "email", c[0], "password", c[1], "next", "/there")
		b.want(p, 422, `[role="alert"]`, `input[name="next"][value="/there"]`)
		if got, _ := p.Find(`input[name="email"]`).Attr("value"); got != c[0] {
			t.Errorf("%s: the form holds %q, want %q", name, got, c[0])
		}
		if _, ok := p.Find(`input[name="password"]`).Attr("value"); ok {
			t.Errorf("%s: the password comes back in the page", name)
		}
		said[text(p.Find(`[role="alert"]`))] = true
		if len(b.c.Jar.Cookies(mustURL(t, s.srv.URL))) != 0 {
			t.Errorf("%s: got a cookie", name)
		}
	}
	if len(said) != 1 {
		t.Errorf("failures tell apart: %v", said)
	}
	if strings.Contains(s.log.String(), goodPassword) || strings.Contains(s.log.String(), "not the password") {
		t.Error("a password is in the log")
	}
}

func TestManyTriesAreRefused(t *testing.T) {
	s := newSite(t, dbtest.Open(t))
	ana, bob := s.person("ana@example.fr"), s.person("bob@example.fr")
	b := s.browser()
	for range personBurst {
		b.want(b.post("/sign-in", "email", ana.Email, "password", "wrong"), 422)
	}
	p := b.post("/sign-in", "email", ana.Email, "password", goodPassword)
	b.want(p, http.StatusTooManyRequests, `input[name="email"][value="ana@example.fr"]`, `[role="alert"]`)
	if p.Header.Get("Retry-After") == "" {
		t.Error("it is not said when to try again")
	}
	if p = b.post("/sign-in", "email", bob.Email, "password", goodPassword); p.Path != "/" {
		t.Errorf("somebody else cannot sign in: %d", p.Status)
	}
	for i := range addressBurst {
		b.post("/sign-in", "email", fmt.Sprintf("p%d@example.fr", i), "password", "x")
	}
	b.want(b.browser().post("/sign-in", "email", bob.Email, "password", goodPassword), http.StatusTooManyRequests)
}

func TestAProxysLastAddressCounts(t *testing.T) {
	for _, c := range []struct {
		proxied          bool
		forwarded, wants string
	}{
		{false, "203.0.113.9", "192.0.2.1"}, {true, "203.0.113.9", "203.0.113.9"}, {true, "10.0.0.1, 203.0.113.9", "203.0.113.9"},
		{true, "", "192.0.2.1"}, {true, "nonsense", "192.0.2.1"},
	} {
		s := New(Options{Proxied: c.proxied})
		r, _ := http.NewRequest("GET", "/", nil)
		r.RemoteAddr = "192.0.2.1:4711"
		r.Header.Set("X-Forwarded-For", c.forwarded)
		if got := s.address(r); got != c.wants {
			t.Errorf("%+v: got %s", c, got)
		}
	}
}

func TestASessionEnds(t *testing.T) {
	d := dbtest.Open(t)
	now := time.Now()
	s := newSite(t, d.Clocked(func() time.Time { return now }))
	ana := s.person("ana@example.fr")
	b := s.as(ana)
	signedIn := func() bool { return b.get("/sign-in").Path == "/" }
	now = now.Add(13 * 24 * time.Hour)
	if !signedIn() {
		t.Fatal("ended after 13 days")
	}
	now = now.Add(13 * 24 * time.Hour)
	if !signedIn() {
		t.Error("its use did not prolong it")
	}
	now = now.Add(sessionLife + time.Minute)
	if signedIn() {
		t.Error("it did not expire")
	}
	b = s.as(ana)
	if err := d.Do(context.Background(), func(tx db.Tx) error {
		p, err := getPerson(tx, ana.ID)
		if err != nil {
			return err
		}
		p.DisabledAt = tx.Now()
		return savePerson(tx, p)
	}); err != nil {
		t.Fatal(err)
	}
	if signedIn() {
		t.Error("a disabled person is still signed in")
	}
}

func TestSigningInLeadsNowhereElse(t *testing.T) {
	s := newSite(t, dbtest.Open(t))
	ana := s.person("ana@example.fr")
	for _, to := range []string{"https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/sign-in", "/sign-out", "evil"} {
		if p := s.browser().post("/sign-in", "email", ana.Email, "password", goodPassword, "next", to); p.Path != "/" {
			t.Errorf("next %q leads to %s", to, p.Path)
		}
		if p := s.browser().post("/preferences", "theme", "dark", "next", to); to != "/sign-in" && to != "/sign-out" && p.Path != "/" {
			t.Errorf("preferences: next %q leads to %s", to, p.Path)
		}
	}
}

func TestDemonstrationAccountsEnterWithOneClick(t *testing.T) {
	d := dbtest.Open(t)
	s := newSite(t, d, func(o *Options) { o.Demo = true })
	demo := func(p *Person) { p.Demo, p.Title = true, "Alès Agglomération" }
	lead, firm := s.person("lead@demo.fr", demo), s.person("firm@demo.fr", demo)
	s.person("admin@demo.fr", func(p *Person) { p.Demo = true })
	real := s.person("real@example.fr")
	s.give(lead, ProjectLead, OverTerritory, "ti-7602")
	s.join(firm, s.organisation("Entreprise d’exemple", Company), Member)
	b := s.browser()
	p := b.get("/sign-in?next=/there")
	b.want(p, 200, `form[action="/sign-in/demo"] button[value="`+string(lead.ID)+`"]`)
	if n := p.Find(`form[action="/sign-in/demo"]`).Length(); n != 3 {
		t.Errorf("%d accounts are shown, want 3", n)
	}
	if heads := text(p.Find("section h3")); heads != "TerritoireEntrepriseAutres" {
		t.Errorf("groups: %q", heads)
	}
	if p = b.post("/sign-in/demo", "person", string(lead.ID), "next", "/there"); p.Path != "/there" {
		t.Errorf("went to %s", p.Path)
	}
	for _, id := range []string{string(real.ID), "", "x"} {
		b.want(s.browser().post("/sign-in/demo", "person", id), http.StatusForbidden)
	}
	plain := newSite(t, d)
	b = plain.browser()
	b.want(b.post("/sign-in/demo", "person", string(lead.ID)), http.StatusNotFound)
	if b.get("/sign-in").Find(`form[action="/sign-in/demo"]`).Length() != 0 {
		t.Error("a real server lists demonstration accounts")
	}
}

func TestPreferences(t *testing.T) {
	d := dbtest.Open(t)
	s := newSite(t, d)
	b := s.browser()
	if p := b.post("/preferences", "lang", "en", "next", "/sign-in"); p.Path != "/sign-in" || p.Find("html").AttrOr("lang", "") != "en" {
		t.Errorf("a stranger's language: %s %s", p.Path, p.Find("html").AttrOr("lang", ""))
	}
	b.want(b.post("/preferences", "lang", "de"), 422)
	b.want(b.post("/preferences", "theme", "pink"), 422)
	b.post("/preferences", "theme", "dark")
	if got := b.get("/sign-in").Find("html").AttrOr("data-bs-theme", ""); got != "dark" {
		t.Errorf("a stranger's theme: %q", got)
	}
	b.post("/preferences", "theme", "system")
	if got := b.get("/sign-in").Find("html").AttrOr("data-bs-theme", ""); got != "" {
		t.Errorf("a stranger's theme, system's again: %q", got)
	}
	ana := s.person("ana@example.fr")
	b = s.as(ana)
	b.post("/preferences", "lang", "en")
	b.post("/preferences", "theme", "dark")
	b.post("/preferences", "lang", "en", "theme", "pink")
	if err := d.View(context.Background(), func(tx db.Tx) (err error) {
		ana, err = getPerson(tx, ana.ID)
		return err
	}); err != nil || ana.Language != "en" || ana.Theme != "dark" || ana.Version != 1 {
		t.Errorf("stored: %v %s %s version %d", err, ana.Language, ana.Theme, ana.Version)
	}
	if p := s.as(ana).get("/nowhere"); p.Find("html").AttrOr("lang", "") != "en" {
		t.Error("another browser of the same person is not in English")
	}
}
