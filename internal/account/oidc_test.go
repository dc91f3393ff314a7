package account

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"bassin/internal/account/oidctest"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
)

// asProvider makes this test binary the provider instead.
const asProvider = "BASSIN_TEST_OIDC_PROVIDER"

func TestMain(m *testing.M) {
	if os.Getenv(asProvider) != "" {
		oidctest.Main()
		return
	}
	os.Exit(m.Run())
}

// idp is a running provider.
type idp struct {
	t      *testing.T
	issuer string
	conf   oidctest.Config
}

const idpSecret = "the s3cret of the client & more"

// newIDP starts a provider process that knows the site's address.
func newIDP(t *testing.T, proConnect bool, site string) *idp {
	t.Helper()
	p := &idp{t: t, conf: oidctest.Config{ProConnect: proConnect, ClientID: "bassin", ClientSecret: idpSecret, RedirectURI: site + "/sign-in/oidc/callback"}}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asProvider+"=1")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	if err := json.NewEncoder(in).Encode(p.conf); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	p.issuer = strings.TrimSpace(line)
	return p
}

// says orders who signs in, and one lie.
func (p *idp) says(lie string, claims map[string]any) {
	p.t.Helper()
	p.order(oidctest.Orders{Claims: claims, Lie: lie})
}

func (p *idp) order(o oidctest.Orders) {
	p.t.Helper()
	b, err := json.Marshal(o)
	if err != nil {
		p.t.Fatal(err)
	}
	res, err := http.Post(p.issuer+"/orders", "application/json", bytes.NewReader(b))
	if err != nil || res.StatusCode != 200 {
		p.t.Fatal(err, res)
	}
	_ = res.Body.Close()
}

// oidcSite is a site and its provider.
func oidcSite(t *testing.T, d *db.DB, preset string, change ...func(*Options)) (*site, *idp) {
	t.Helper()
	var p *idp
	change = append([]func(*Options){func(o *Options) {
		p = newIDP(t, preset == ProConnect, o.URL)
		o.OIDC = OIDC{Preset: preset, Issuer: p.issuer, ClientID: "bassin", ClientSecret: idpSecret}
	}}, change...)
	return newSiteAt(t, d, change...), p
}

func claimsOf(email string, more ...any) map[string]any {
	c := map[string]any{"sub": "sub-" + email, "email": email, "email_verified": true, "given_name": "Éva", "usual_name": "Martin", "family_name": "Martin"}
	for i := 0; i+1 < len(more); i += 2 {
		c[more[i].(string)] = more[i+1]
	}
	return c
}

func (s *site) invited(email string) Person {
	s.t.Helper()
	p, err := s.Invite(context.Background(), root, Person{Email: email, Name: "Invitée"})
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

func TestSigningInByAProvider(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, p := oidcSite(t, d, "")
		eva := s.invited("eva@example.fr")
		link := s.lastLink()
		p.says("", claimsOf("Eva@example.fr"))
		b := s.browser()
		b.want(b.get("/sign-in?next=/there"), 200, `a[href="/sign-in/oidc?next=%2Fthere"]`)
		if got := b.get("/sign-in/oidc?next=/there"); got.Path != "/there" {
			t.Fatalf("went to %s: %s\n%s", got.Path, text(got.Find("main")), s.log)
		}
		b.want(b.get("/account"), 200)
		b.want(s.browser().get(link), http.StatusGone) // the invitation is used up
		got, err := read(d, func(tx db.Tx) (Person, error) { return getPerson(tx, eva.ID) })
		if err != nil || got.Subject != "sub-Eva@example.fr" || got.Issuer != p.issuer || got.Name != "Invitée" {
			t.Errorf("linked: %v %+v", err, got)
		}
		p.says("", claimsOf("changed@example.fr", "sub", "sub-Eva@example.fr", "email_verified", false))
		if got := s.browser().get("/sign-in/oidc"); got.Path != "/" {
			t.Errorf("the second time: %s %s", got.Path, text(got.Find("main")))
		}
		// Signing out goes on at the provider, and comes back.
		out := b.post("/sign-out")
		b.want(out, 200, `a[href^="`+p.issuer+`/logout?"]`)
		to, ok := strings.CutPrefix(out.Header.Get("Refresh"), "0; url=")
		if !ok {
			t.Fatalf("no way on: %v", out.Header)
		}
		r, err := http.NewRequest("GET", to, nil)
		if err != nil {
			t.Fatal(err)
		}
		if back := b.do(r); !strings.HasPrefix(back.Path, "/sign-in?state=") || back.Status != 200 {
			t.Errorf("signing out there: %d %s %s", back.Status, back.Path, back.Body)
		}
		if b.get("/account").Path == "/account" {
			t.Error("still signed in here")
		}
		if strings.Contains(s.log.String(), idpSecret) {
			t.Error("the client's secret is in the log")
		}
	})
}

func TestProConnect(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, p := oidcSite(t, d, ProConnect)
		ctx := context.Background()
		seat, err := s.AddOrganisation(ctx, root, Organisation{Name: "Mécanique", Kind: Company, SIRET: "73282932000074"})
		if err != nil {
			t.Fatal(err)
		}
		eva, bob := s.invited("eva@example.fr"), s.invited("bob@example.fr")
		s.join(bob, seat, Manager)
		b := s.browser()
		b.want(b.get("/sign-in"), 200, `a.btn-primary[href="/sign-in/oidc"]`)
		p.says("", map[string]any{"sub": "1", "email": "eva@example.fr", "given_name": "Éva", "usual_name": "Martin", "siret": "732 829 320 00074"})
		if got := b.get("/sign-in/oidc"); got.Path != "/" {
			t.Fatalf("went to %s: %s\n%s", got.Path, text(got.Find("main")), s.log)
		}
		role := func(id PersonID) MembershipRole {
			m, err := read(d, func(tx db.Tx) (Membership, error) { return getMembership(tx, id, seat.ID) })
			if err != nil {
				return ""
			}
			return m.Role
		}
		if got := role(eva.ID); got != Member {
			t.Errorf("the siret made her %q", got)
		}
		p.says("", map[string]any{"sub": "2", "email": "bob@example.fr", "siret": "73282932000074"})
		s.browser().get("/sign-in/oidc")
		if got := role(bob.ID); got != Manager {
			t.Errorf("the siret made the manager %q", got)
		}
		if err := s.Leave(ctx, root, eva.ID, seat.ID); err != nil {
			t.Fatal(err)
		}
		p.says("", map[string]any{"sub": "1", "email": "eva@example.fr", "siret": "73282932000074"})
		if got := s.browser().get("/sign-in/oidc"); got.Path != "/" {
			t.Errorf("again: %s", got.Path)
		}
		if got := role(eva.ID); got != "" {
			t.Errorf("who was removed is back as %q", got)
		}
		for i, siret := range []string{"55210055400021", "1", ""} { // not here, wrong, none
			who := s.invited(fmt.Sprintf("p%d@example.fr", i))
			p.says("", map[string]any{"sub": who.Email, "email": who.Email, "siret": siret})
			if got := s.browser().get("/sign-in/oidc"); got.Path != "/" {
				t.Errorf("siret %q: %s", siret, text(got.Find("main")))
			}
		}
		res, err := http.Get(p.issuer + "/seen")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		var seen []string
		if err := json.NewDecoder(res.Body).Decode(&seen); err != nil || strings.Join(seen, " ") != "client_id nonce redirect_uri response_type scope state" {
			t.Errorf("asked with %v (%v)", seen, err)
		}
	})
}

func TestWhatAProviderMayNotGetAwayWith(t *testing.T) {
	for _, preset := range []string{"", ProConnect} {
		t.Run("preset "+preset, func(t *testing.T) {
			d := dbtest.Open(t)
			s, p := oidcSite(t, d, preset)
			s.invited("eva@example.fr")
			lies := []string{oidctest.WrongNonce, oidctest.WrongAudience, oidctest.WrongIssuer, oidctest.WrongSignature, oidctest.NoSignature, oidctest.Expired,
				oidctest.NoIDToken, oidctest.OtherState, oidctest.Denied}
			if preset == ProConnect {
				lies = append(lies, oidctest.UserinfoPlain, oidctest.UserinfoUnsigned, oidctest.UserinfoForged, oidctest.UserinfoAudience, oidctest.UserinfoOther,
					oidctest.UserinfoExpired, oidctest.UserinfoFails)
			}
			for _, lie := range lies {
				p.says(lie, claimsOf("eva@example.fr"))
				b := s.browser()
				got := b.get("/sign-in/oidc")
				if got.Status != http.StatusForbidden || got.Find(`.b-note.stop`).Length() == 0 || got.Find(`form[action="/sign-in"]`).Length() == 0 {
					t.Errorf("%s: got %d: %s", lie, got.Status, text(got.Find("main")))
				}
				if b.get("/account").Path == "/account" {
					t.Errorf("%s: signed in all the same", lie)
				}
			}
			p.order(oidctest.Orders{Claims: claimsOf("eva@example.fr"), CodeLife: time.Nanosecond})
			b := s.browser()
			b.want(b.get("/sign-in/oidc"), http.StatusForbidden)
			p.says("", claimsOf("eva@example.fr"))
			if got := s.browser().get("/sign-in/oidc"); got.Path != "/" {
				t.Errorf("the truth: %d %s", got.Status, text(got.Find("main")))
			}
		})
	}
}

func TestAnAnswerBelongsToItsQuestion(t *testing.T) {
	s, p := oidcSite(t, dbtest.Open(t), "")
	s.invited("eva@example.fr")
	p.says("", claimsOf("eva@example.fr"))
	// depart stops before the provider's answer is brought back.
	depart := func(b *browser) string {
		b.c.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
			if strings.Contains(r.URL.Path, "callback") {
				return http.ErrUseLastResponse
			}
			return nil
		}
		defer func() { b.c.CheckRedirect = nil }()
		res, err := b.c.Get(s.srv.URL + "/sign-in/oidc")
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		u, err := url.Parse(res.Header.Get("Location"))
		if err != nil || u.Query().Get("code") == "" {
			t.Fatalf("no answer: %v %v", err, res)
		}
		return u.RequestURI()
	}
	mine, theirs := s.browser(), s.browser()
	answer := depart(theirs)
	mine.want(mine.get(answer), http.StatusForbidden) // no question at all
	depart(mine)
	mine.want(mine.get(answer), http.StatusForbidden) // another question
	for _, change := range [][2]string{{"state=", "state=x"}, {"code=", "code=x"}, {"iss=http", "iss=https"}} {
		b := s.browser()
		b.want(b.get(strings.Replace(depart(b), change[0], change[1], 1)), http.StatusForbidden)
	}
	answer = depart(theirs)
	if got := theirs.get(answer); got.Path != "/" {
		t.Fatalf("the right answer: %d %s", got.Status, text(got.Find("main")))
	}
	theirs.post("/sign-out")
	theirs.want(theirs.get(answer), http.StatusForbidden) // brought twice
}

func TestWhoMayComeInByAProvider(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, p := oidcSite(t, d, "")
		s.invited("eva@example.fr")
		gone := s.person("gone@example.fr")
		if err := s.Disable(context.Background(), root, gone.ID); err != nil {
			t.Fatal(err)
		}
		refused := func(name, says string, claims map[string]any) {
			t.Helper()
			p.says("", claims)
			b := s.browser()
			got := b.get("/sign-in/oidc")
			if got.Status != http.StatusForbidden || !strings.Contains(text(got.Find(".b-note.stop")), says) {
				t.Errorf("%s: got %d: %s", name, got.Status, text(got.Find("main")))
			}
			if b.get("/account").Path == "/account" {
				t.Errorf("%s: signed in", name)
			}
		}
		refused("unknown", "Personne ici", claimsOf("nobody@example.fr"))
		refused("no address", "Personne ici", map[string]any{"sub": "x"})
		refused("unverified", "vérifié", claimsOf("eva@example.fr", "email_verified", false))
		refused("unverified, as text", "vérifié", claimsOf("eva@example.fr", "email_verified", "false"))
		refused("closed", "fermé", claimsOf("gone@example.fr"))
		p.says("", claimsOf("eva@example.fr", "email_verified", "true"))
		if got := s.browser().get("/sign-in/oidc"); got.Path != "/" {
			t.Errorf("verified, as text: %s", text(got.Find("main")))
		}
		refused("another subject", "autre identité", claimsOf("eva@example.fr", "sub", "other"))
		n, err := read(d, func(tx db.Tx) (int, error) { return countPeople(tx, PeopleFilter{}) })
		if err != nil || n != 2 {
			t.Errorf("%v: %d people, want 2", err, n)
		}
	})
}

func TestUnknownPeopleGetAnAccountWhenTheOperatorWants(t *testing.T) {
	d := dbtest.Open(t)
	s, p := oidcSite(t, d, "", func(o *Options) { o.OIDC.AutoCreate = true })
	p.says("", claimsOf("new@example.fr"))
	if got := s.browser().get("/sign-in/oidc"); got.Path != "/" {
		t.Fatalf("went to %s: %s", got.Path, text(got.Find("main")))
	}
	who, err := read(d, func(tx db.Tx) (Person, error) { return getPersonByEmail(tx, "new@example.fr") })
	if err != nil || who.Name != "Éva Martin" || who.Password != "" {
		t.Errorf("made: %v %+v", err, who)
	}
	if a, err := read(d, func(tx db.Tx) (Actor, error) { return Load(tx, who.ID) }); err != nil || len(a.Grants)+len(a.Memberships) != 0 {
		t.Errorf("with rights: %v %+v", err, a)
	}
	p.says("", claimsOf("squat@example.fr", "email_verified", false))
	b := s.browser()
	b.want(b.get("/sign-in/oidc"), http.StatusForbidden)
	if n, err := read(d, func(tx db.Tx) (int, error) { return countPeople(tx, PeopleFilter{}) }); err != nil || n != 1 {
		t.Errorf("%v: %d people", err, n)
	}
}

func TestAProviderOutOfReach(t *testing.T) {
	d := dbtest.Open(t)
	s := newSite(t, d, func(o *Options) {
		o.OIDC = OIDC{Issuer: fmt.Sprintf("http://127.0.0.1:%d", closedPort(t)), ClientID: "x", ClientSecret: idpSecret, Label: "Mon fournisseur"}
	})
	ana := s.person("ana@example.fr")
	b := s.browser()
	p := b.get("/sign-in/oidc")
	b.want(p, http.StatusServiceUnavailable, `form[action="/sign-in"]`)
	if !strings.Contains(text(p.Find(".b-note.stop")), "Mon fournisseur ne répond pas") {
		t.Errorf("said: %s", text(p.Find("main")))
	}
	if got := b.post("/sign-in", "email", ana.Email, "password", goodPassword); got.Path != "/" {
		t.Error("the password does not open either")
	}
	plain := newSite(t, d)
	b = plain.browser()
	b.want(b.get("/sign-in/oidc"), 404)
	b.want(b.get("/sign-in/oidc/callback"), 404)
}

func TestOIDCSettings(t *testing.T) {
	good := OIDC{Issuer: "https://id.example.fr", ClientID: "x", ClientSecret: idpSecret}
	for name, c := range map[string]struct {
		change func(*OIDC)
		ok     bool
	}{
		"good": {func(*OIDC) {}, true}, "none": {func(o *OIDC) { *o = OIDC{} }, true}, "plain": {func(o *OIDC) { o.Issuer = "http://id.example.fr" }, false},
		"no address": {func(o *OIDC) { o.Issuer = "id" }, false}, "no client": {func(o *OIDC) { o.ClientID = "" }, false}, "preset": {func(o *OIDC) { o.Preset = "x" }, false},
	} {
		x := good
		c.change(&x)
		if err := x.Check(); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s := fmt.Sprintf("%v %+v %#v", good, good, good); strings.Contains(s, idpSecret) {
		t.Errorf("printed: %s", s)
	}
}
