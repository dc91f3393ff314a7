package account

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
)

var secretLink = regexp.MustCompile(`/(?:invitation|reset)/[A-Za-z0-9_-]{43}(?:\?next=[A-Za-z0-9%.+-]+)?`)

// lastLink gives the path of the link in the newest mail.
func (s *site) lastLink() string {
	s.t.Helper()
	mails, err := read(s.db, func(tx db.Tx) ([]Mail, error) { return listMails(tx, 1, 0) })
	if err != nil || len(mails) != 1 {
		s.t.Fatalf("mails: %v, %d", err, len(mails))
	}
	link := secretLink.FindString(mails[0].Body)
	if link == "" {
		s.t.Fatalf("no link in %q", mails[0].Body)
	}
	return link
}

func TestAnInvitationOpensOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, admin, _ := adminSite(t, d)
		admin.want(admin.post("/people", "email", "Eva@example.fr", "name", "Éva", "language", "en"), 200, `form[action$="/invite"]`)
		link := s.lastLink()
		b := s.browser()
		p := b.get(link)
		b.want(p, 200, `html`, `input[autocomplete="username"][value="eva@example.fr"]`, `input[autocomplete="new-password"]`)
		b.want(b.post(link, "password", "short"), 422, `#f-password[aria-invalid]`)
		if p = b.post(link, "password", "a long enough password"); p.Path != "/" {
			t.Fatalf("got %d at %s", p.Status, p.Path)
		}
		if b.get("/account").Path != "/account" {
			t.Error("not signed in")
		}
		b.want(b.get(link), http.StatusGone, `a[href="/sign-in"]`)
		b.want(b.post(link, "password", "a long enough password"), http.StatusGone)
		b.want(b.get("/invitation/nonsense"), http.StatusGone)
		b.want(b.get(strings.Replace(link, "invitation", "reset", 1)), http.StatusGone)
		if secret := link[strings.LastIndex(link, "/")+1:]; strings.Contains(s.log.String(), secret) {
			t.Errorf("the secret is in the log")
		}
		if !strings.Contains(s.log.String(), "path=/invitation/{token}") {
			t.Error("the route is not in the log")
		}
		if p := s.browser().post("/sign-in", "email", "eva@example.fr", "password", "a long enough password"); p.Path != "/" {
			t.Error("the password does not open")
		}
		eva, err := read(s.db, func(tx db.Tx) (Person, error) { return getPersonByEmail(tx, "eva@example.fr") })
		if err != nil {
			t.Fatal(err)
		}
		admin.want(admin.post("/people/"+string(eva.ID)+"/invite"), http.StatusConflict)
	})
}

// Who was invited to something lands there, and nowhere outside.
func TestAnInvitationLeadsOn(t *testing.T) {
	for next, want := range map[string]string{"/account": "/account", "https://evil.example/": "/", "//evil.example": "/", "/\\evil.example": "/"} {
		s, _, admin := adminSite(t, dbtest.Open(t))
		err := s.db.Do(t.Context(), func(tx db.Tx) error {
			_, err := s.InviteIn(tx, Actor{ID: admin.ID, Name: admin.Name}, Person{Email: "eva@example.fr", Name: "Éva", Language: "fr"}, next)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		b, link := s.browser(), s.lastLink()
		action, _ := b.get(link).Find("form[method=post]").Attr("action")
		if action != link {
			t.Fatalf("the form leads to %q, the mail to %q", action, link)
		}
		b.want(b.post(action, "password", "short"), 422, `form[action="`+action+`"]`)
		if p := b.post(action, "password", "a long enough password"); p.Path != want {
			t.Errorf("%q leads to %s, want %s", next, p.Path, want)
		}
	}
}

func TestAnInvitationEnds(t *testing.T) {
	now := time.Now()
	d := dbtest.Open(t).Clocked(func() time.Time { return now })
	s, admin, _ := adminSite(t, d)
	url := admin.post("/people", "email", "eva@example.fr", "name", "Éva", "language", "fr").Path
	first := s.lastLink()
	b := s.browser()
	now = now.Add(invitationLife - time.Minute)
	b.want(b.get(first), 200)
	now = now.Add(2 * time.Minute)
	b.want(b.get(first), http.StatusGone)
	b.want(b.post(first, "password", goodPassword), http.StatusGone)
	now = now.Add(-24 * time.Hour)
	b.want(b.get(first), 200)
	admin.want(admin.post(url+"/invite"), 200)
	second := s.lastLink()
	b.want(b.get(first), http.StatusGone)
	b.want(b.get(second), 200)
	admin.want(admin.post(url, "email", "eva2@example.fr", "name", "Éva", "language", "fr", "version", "1"), 200)
	b.want(b.get(second), http.StatusGone)
	admin.want(admin.post(url+"/invite"), 200)
	third := s.lastLink()
	admin.want(admin.post(url+"/disable"), 200)
	b.want(b.get(third), http.StatusGone)
}

func TestResettingAPassword(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := time.Now()
		s := newSite(t, d.Clocked(func() time.Time { return now }))
		ana := s.person("ana@example.fr")
		there := s.as(ana)
		b := s.browser()
		b.want(b.get("/reset"), 200, `form[action="/reset"]`)
		b.want(b.post("/reset", "email", " "), 422)
		known, unknown := b.post("/reset", "email", "Ana@example.fr"), b.post("/reset", "email", "nobody@example.fr")
		b.want(known, 200, ".b-note.ok")
		if k, u := text(known.Find("main")), text(unknown.Find("main")); strings.ReplaceAll(k, "Ana@", "x@") != strings.ReplaceAll(u, "nobody@", "x@") {
			t.Errorf("the answers tell apart:\n%s\n%s", k, u)
		}
		if n, err := read(s.db, countMails); err != nil || n != 1 {
			t.Errorf("%v: %d mails, want 1", err, n)
		}
		old := s.lastLink()
		b.post("/reset", "email", ana.Email)
		link := s.lastLink()
		b.want(b.get(old), http.StatusGone)
		now = now.Add(59 * time.Minute)
		b.want(b.get(link), 200)
		now = now.Add(2 * time.Minute)
		b.want(b.post(link, "password", "another long password"), http.StatusGone)
		now = now.Add(-10 * time.Minute)
		b.want(b.post(link, "password", "short"), 422)
		if p := b.post(link, "password", "another long password"); p.Path != "/" {
			t.Fatalf("got %d at %s", p.Status, p.Path)
		}
		if there.get("/account").Path == "/account" {
			t.Error("the session of before lives on")
		}
		if b.get("/account").Path != "/account" {
			t.Error("not signed in")
		}
		b.want(b.get(link), http.StatusGone)
		s.browser().want(s.browser().post("/sign-in", "email", ana.Email, "password", goodPassword), 422)
		if strings.Contains(s.log.String(), link[7:]) {
			t.Error("the secret is in the log")
		}
		b.post("/reset", "email", ana.Email)
		b.want(b.post("/reset", "email", ana.Email), http.StatusTooManyRequests)
		b.want(b.post("/reset", "email", "other@example.fr"), 200)
		if n, err := Verify(context.Background(), d, nil); err != nil {
			t.Errorf("the trail after %d rows: %v", n, err)
		}
	})
}

func TestADisabledPersonGetsNoLink(t *testing.T) {
	s, admin, _ := adminSite(t, dbtest.Open(t))
	ana := s.person("ana@example.fr")
	b := s.browser()
	b.post("/reset", "email", ana.Email)
	link := s.lastLink()
	admin.want(admin.post("/people/"+string(ana.ID)+"/disable"), 200)
	b.want(b.post(link, "password", "another long password"), http.StatusGone)
	b.post("/reset", "email", ana.Email)
	if n, err := read(s.db, countMails); err != nil || n != 1 {
		t.Errorf("%v: %d mails, want 1", err, n)
	}
}

func TestOneLinkForTwoAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		ana := s.person("ana@example.fr")
		if err := s.AskReset(context.Background(), ana.Email, "x"); err != nil {
			t.Fatal(err)
		}
		secret := strings.TrimPrefix(s.lastLink(), "/reset/")
		errs := make(chan error, 4)
		for range 4 {
			go func() {
				_, err := s.choosePassword(context.Background(), passwordReset, secret, "another long password", "x")
				errs <- err
			}()
		}
		won := 0
		for range 4 {
			if <-errs == nil {
				won++
			}
		}
		if won != 1 {
			t.Errorf("%d used the link", won)
		}
	})
}

func TestWhoReadsTheMails(t *testing.T) {
	d := dbtest.Open(t)
	s, admin, _ := adminSite(t, d)
	ana := s.person("ana@example.fr")
	if err := s.AskReset(context.Background(), ana.Email, "x"); err != nil {
		t.Fatal(err)
	}
	p := admin.get("/mails")
	admin.want(p, 200, `.b-mail a[href^="http://bassin.test/reset/"]`)
	b := s.as(ana)
	b.want(b.get("/mails"), 404)
	if p := s.browser().get("/mails"); !strings.HasPrefix(p.Path, "/sign-in") {
		t.Errorf("a stranger: %s", p.Path)
	}
	demo := newSite(t, d, func(o *Options) { o.Demo = true })
	b = demo.as(ana)
	b.want(b.get("/mails"), 200, `.b-mail a`)
	var ids []string
	real, boss, _ := adminSite2(t, d, enqueued(&ids), func(o *Options) { o.SMTP = SMTP{Host: "post.test", From: "a@b.fr"} })
	p = boss.get("/mails")
	boss.want(p, 200, "section")
	if strings.Contains(p.Body, "/reset/") {
		t.Error("the admin reads a mail that will leave")
	}
	mails, err := read(real.db, func(tx db.Tx) ([]Mail, error) { return listMails(tx, 1, 0) })
	if err != nil {
		t.Fatal(err)
	}
	boss.want(boss.post("/mails/"+mails[0].ID+"/retry"), 200)
	if len(ids) != 1 {
		t.Errorf("asked again: %v", ids)
	}
	b = real.as(ana)
	b.want(b.post("/mails/"+mails[0].ID+"/retry"), 404)
}
