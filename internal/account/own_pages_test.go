package account

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
)

func TestStrangersSignInFirst(t *testing.T) {
	s := newSite(t, dbtest.Open(t))
	for _, path := range []string{"/account", "/account/security", "/account/tokens"} {
		if p := s.browser().get(path); !strings.HasPrefix(p.Path, "/sign-in?next=") {
			t.Errorf("%s leads a stranger to %s", path, p.Path)
		}
	}
}

func TestProfile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		ana := s.person("ana@example.fr")
		b := s.as(ana)
		p := b.get("/account")
		b.want(p, 200, `input[name="name"][value="Personne ana"]`, `input[name="version"][value="1"]`, `ol.b-log li`)
		b.want(b.post("/account", "name", " ", "title", "Chargée", "language", "xx", "theme", "system", "version", "1"), 422,
			`#f-language`, `input[name="title"][value="Chargée"]`, `.invalid-feedback`)
		if p = b.post("/account", "name", "Ana  B", "title", "Chargée", "language", "en", "theme", "dark", "version", "1"); p.Path != "/account" || p.Status != 200 {
			t.Fatalf("got %d at %s", p.Status, p.Path)
		}
		b.want(p, 200, `html[lang="en"][data-bs-theme="dark"]`, `input[name="name"][value="Ana B"]`, `input[name="version"][value="2"]`, `.b-toast`)

		p = b.post("/account", "name", "Ana C", "title", "Autre", "language", "en", "theme", "dark", "version", "1")
		b.want(p, http.StatusConflict, `#changed`, `input[name="name"][value="Ana C"]`, `input[name="version"][value="2"]`)
		if got := text(p.Find("#changed tbody")); !strings.Contains(got, "Ana B") || !strings.Contains(got, "Ana C") || !strings.Contains(got, "Chargée") || strings.Contains(got, "dark") {
			t.Errorf("what changed: %q", got)
		}
		b.want(b.post("/account", "name", "Ana C", "title", "Autre", "language", "en", "theme", "dark", "version", "2"), 200, `input[name="name"][value="Ana C"]`)
	})
}

func TestChangingThePasswordEndsOtherSessions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		ana := s.person("ana@example.fr")
		here, there := s.as(ana), s.as(ana)
		for _, c := range [][2]string{{"wrong password", "a new long password"}, {goodPassword, "short"}, {goodPassword, strings.Repeat("x", 201)}} {
			b := here.post("/account/password", "current", c[0], "password", c[1])
			here.want(b, 422, `.invalid-feedback`)
			if strings.Contains(b.Body, c[1]) && c[1] != "short" {
				t.Errorf("the page shows the password")
			}
		}
		if p := here.post("/account/password", "current", goodPassword, "password", "a new long password"); p.Path != "/account/security" || p.Status != 200 {
			t.Fatalf("got %d at %s", p.Status, p.Path)
		}
		if p := here.get("/account"); p.Path != "/account" {
			t.Error("this session ended")
		}
		if p := there.get("/account"); p.Path == "/account" {
			t.Error("the other session lives on")
		}
		s.browser().want(s.browser().post("/sign-in", "email", ana.Email, "password", goodPassword), 422)
		if p := s.browser().post("/sign-in", "email", ana.Email, "password", "a new long password"); p.Path != "/" {
			t.Error("the new password does not open")
		}
	})
}

func TestSessionsAreRevoked(t *testing.T) {
	s := newSite(t, dbtest.Open(t))
	ana, bob := s.person("ana@example.fr"), s.person("bob@example.fr")
	here, there, other := s.as(ana), s.as(ana), s.as(bob)
	p := here.get("/account/security")
	form := p.Find(`form[action^="/account/sessions/0"]`)
	if form.Length() != 1 {
		t.Fatalf("%d sessions can be ended, want 1", form.Length())
	}
	action := form.AttrOr("action", "")
	other.want(other.post(action), 404)
	if there.get("/account").Path != "/account" {
		t.Fatal("somebody else ended it")
	}
	here.want(here.post(action), 200)
	if there.get("/account").Path == "/account" {
		t.Error("it lives on")
	}
	here.want(here.post(action), 404)
	again := s.as(ana)
	here.want(here.post("/account/sessions/end-others"), 200)
	if again.get("/account").Path == "/account" || here.get("/account").Path != "/account" || other.get("/account").Path != "/account" {
		t.Error("ending the others ended the wrong ones")
	}
}

func TestTokens(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := time.Now()
		s := newSite(t, d.Clocked(func() time.Time { return now }))
		ana, bob := s.person("ana@example.fr"), s.person("bob@example.fr")
		b := s.as(ana)
		b.want(b.get("/account/tokens"), 200, `input[name="expires_on"]`)
		for name, c := range map[string][]string{
			"no name": {"name", "", "scopes", "read", "expires_on", "2199-01-01"}, "no end": {"name", "x", "scopes", "read", "expires_on", ""},
			"past": {"name", "x", "scopes", "read", "expires_on", "2020-01-01"}, "scope": {"name", "x", "scopes", "admin", "expires_on", "2199-01-01"},
			"no day": {"name", "x", "scopes", "read", "expires_on", "31/02/2099"},
		} {
			if p := b.post("/account/tokens", c...); p.Status != 422 || p.Find("#secret").Length() != 0 {
				t.Errorf("%s: got %d", name, p.Status)
			}
		}
		end := string(dayOf(now).AddDays(10))
		p := b.post("/account/tokens", "name", "tableur", "scopes", "read", "expires_on", end)
		b.want(p, http.StatusCreated, "#secret")
		secret := p.Find("#secret").AttrOr("value", "")
		if !strings.HasPrefix(secret, TokenPrefix) {
			t.Fatalf("secret %q", secret)
		}
		if strings.Contains(b.get("/account/tokens").Body, secret) {
			t.Error("the secret is shown twice")
		}
		if strings.Contains(s.log.String(), secret) {
			t.Error("the secret is in the log")
		}
		ask := func(method, path string) int {
			r, _ := http.NewRequest(method, s.srv.URL+path, nil)
			r.Header.Set("Authorization", "Bearer "+secret)
			c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			res, err := c.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			return res.StatusCode
		}
		if got := ask("GET", "/account"); got != 200 {
			t.Errorf("reading with the token: %d", got)
		}
		if got := ask("POST", "/account/tokens"); got != http.StatusSeeOther {
			t.Errorf("a token changed something through a page: %d", got)
		}
		action := b.get("/account/tokens").Find(`form[action$="/revoke"]`).AttrOr("action", "")
		other := s.as(bob)
		other.want(other.post(action), 404)
		now = now.Add(11 * 24 * time.Hour)
		if got := ask("GET", "/account"); got != http.StatusSeeOther {
			t.Errorf("an expired token: %d", got)
		}
		now = now.Add(-11 * 24 * time.Hour)
		if got := ask("GET", "/account"); got != 200 {
			t.Errorf("before its end: %d", got)
		}
		b = s.as(ana)
		b.want(b.post(action), 200)
		if got := ask("GET", "/account"); got != http.StatusSeeOther {
			t.Errorf("a revoked token: %d", got)
		}
		if n, err := Verify(context.Background(), d, nil); err != nil {
			t.Errorf("the trail after %d rows: %v", n, err)
		}
	})
}

func TestAgentName(t *testing.T) {
	for in, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                                  "Firefox, Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0":                   "Edge, Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1": "Safari, iPhone",
		"curl/8.5": "curl", "": "", "quelque chose": "quelque chose",
	} {
		if got := agentName(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
