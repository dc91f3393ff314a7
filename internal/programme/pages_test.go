package programme_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/file"
	"bassin/internal/programme"
	"bassin/internal/web"

	"github.com/PuerkitoBio/goquery"
)

// pagesWorld is a world whose pages are served; a browser's requests say who asks.
type pagesWorld struct {
	*world
	srv    *httptest.Server
	owner  account.Organisation
	people map[string]account.Actor
}

func newPagesWorld(t *testing.T, d *db.DB) *pagesWorld {
	t.Helper()
	w := &pagesWorld{world: newWorld(t, d)}
	files, err := file.NewFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w.s = programme.New(programme.Options{DB: w.d, Files: files})
	w.do(func(tx db.Tx) (err error) {
		w.owner, err = account.AddOrganisationIn(tx, system, account.Organisation{Kind: account.School, Name: "École des mines"})
		return err
	})
	w.people = map[string]account.Actor{
		"lead":   actor("lead", account.Grant{Role: account.ProjectLead, ScopeKind: account.OverTerritory, ScopeID: "ti-7602"}),
		"pair":   actor("pair", account.Grant{Role: account.LeadPair, ScopeKind: account.OverTerritory, ScopeID: "ti-7602"}),
		"region": actor("region", account.Grant{Role: account.RegionSteering, ScopeKind: account.OverRegion, ScopeID: "76"}),
		"guest":  actor("guest", account.Grant{Role: account.Guest, ScopeKind: account.OverAction, ScopeID: string(w.action.ID)}),
		"other":  actor("other", account.Grant{Role: account.ProjectLead, ScopeKind: account.OverTerritory, ScopeID: "ti-7601"}),
		"owner":  {ID: "owner", Name: "Membre du porteur", Memberships: []account.Membership{{OrganisationID: w.owner.ID, Role: account.Member}}},
		"nobody": {},
	}
	m := web.NewMux(web.Options{DB: w.d, Log: slog.New(slog.DiscardHandler), Viewer: account.Viewer,
		Authenticate: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(rw, r.WithContext(account.WithActor(r.Context(), w.people[r.Header.Get("X-Who")])))
			})
		}})
	w.s.Pages(m)
	m.NotFound()
	w.srv = httptest.NewServer(m.Handler())
	t.Cleanup(w.srv.Close)
	w.own()
	return w
}

func actor(name string, g account.Grant) account.Actor {
	return account.Actor{ID: account.PersonID(name), Name: "Personne " + name, Grants: []account.Grant{g}}
}

// own makes the school the action's owner.
func (w *pagesWorld) own() {
	w.t.Helper()
	a := w.action
	a.Owners = []programme.Owner{{OrganisationID: string(w.owner.ID), Leads: true}}
	if _, err := w.s.SaveSection(ctx, system, programme.SectionPeople, 0, a); err != nil {
		w.t.Fatal(err)
	}
}

func (w *pagesWorld) at(parts ...string) string {
	return strings.TrimSuffix("/actions/"+string(w.action.ID)+strings.Join(append([]string{""}, parts...), "/"), "/")
}

// tab is a browser of one person; it follows redirects and keeps cookies.
type tab struct {
	*pagesWorld
	who string
	c   *http.Client
}

func (w *pagesWorld) as(who string) *tab {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return &tab{w, who, &http.Client{Transport: w.srv.Client().Transport, Jar: jar}}
}

type answer struct {
	*goquery.Document
	status int
	path   string
	header http.Header
	body   string
}

func (b *tab) do(r *http.Request) answer {
	b.t.Helper()
	r.Header.Set("X-Who", b.who)
	b.c.CheckRedirect = func(next *http.Request, _ []*http.Request) error {
		next.Header.Set("X-Who", b.who)
		return nil
	}
	res, err := b.c.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{doc, res.StatusCode, res.Request.URL.RequestURI(), res.Header, string(body)}
}

func (b *tab) get(path string) answer {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodGet, b.srv.URL+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(r)
}

func (b *tab) post(path string, pairs ...string) answer {
	b.t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequest(http.MethodPost, b.srv.URL+path, strings.NewReader(v.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

// send posts a form of the page as a browser would: what stands in it, with some fields changed.
func (b *tab) send(p answer, selector string, pairs ...string) answer {
	b.t.Helper()
	form := p.Find(selector).First()
	if form.Length() == 0 {
		b.t.Fatalf("%s: no form %s in: %s", p.path, selector, words(p.Find("main")))
	}
	changed := map[string]bool{}
	for i := 0; i+1 < len(pairs); i += 2 {
		changed[pairs[i]] = true
	}
	var all []string
	form.Find("input, textarea, select").Each(func(_ int, s *goquery.Selection) {
		name, _ := s.Attr("name")
		if name == "" || changed[name] {
			return
		}
		switch typ, _ := s.Attr("type"); {
		case typ == "checkbox" || typ == "radio":
			if _, on := s.Attr("checked"); on {
				all = append(all, name, s.AttrOr("value", ""))
			}
		case goquery.NodeName(s) == "textarea":
			all = append(all, name, s.Text())
		case goquery.NodeName(s) == "select":
			all = append(all, name, s.Find("option[selected]").AttrOr("value", s.Find("option").First().AttrOr("value", "")))
		default:
			all = append(all, name, s.AttrOr("value", ""))
		}
	})
	return b.post(form.AttrOr("action", ""), append(all, pairs...)...)
}

// want fails unless the page has the status and, for each selector, an element.
func (b *tab) want(p answer, status int, selectors ...string) {
	b.t.Helper()
	if p.status != status {
		b.t.Fatalf("%s as %q: got %d, want %d: %s", p.path, b.who, p.status, status, words(p.Find("main")))
	}
	for _, s := range selectors {
		if p.Find(s).Length() == 0 {
			b.t.Errorf("%s as %q: nothing matches %q in: %s", p.path, b.who, s, words(p.Find("main")))
		}
	}
}

// lacks fails when the page has an element that matches.
func (b *tab) lacks(p answer, selectors ...string) {
	b.t.Helper()
	for _, s := range selectors {
		if p.Find(s).Length() > 0 {
			b.t.Errorf("%s as %q: %q is there", p.path, b.who, s)
		}
	}
}

// says fails unless the page reads the words.
func (b *tab) says(p answer, list ...string) {
	b.t.Helper()
	all := words(p.Find("body"))
	together := strings.ReplaceAll(all, " ", "") // cells of a table have no space between them
	for _, s := range list {
		if !strings.Contains(together, strings.ReplaceAll(s, " ", "")) {
			b.t.Errorf("%s as %q: %q is not in: %s", p.path, b.who, s, all)
		}
	}
}

func words(s *goquery.Selection) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(strings.Join(strings.Fields(s.Text()), " "))
}

func TestActionPagesByRole(t *testing.T) {
	w := newPagesWorld(t, dbtest.Open(t))
	read := []string{w.at(), w.at("calendar"), w.at("indicators"), w.at("documents"), w.at("history"), w.at("print")}
	edit := []string{}
	for _, s := range programme.Sections() {
		if s != programme.SectionFunding {
			edit = append(edit, w.at("edit", string(s)))
		}
	}
	create := "/contracts/" + string(w.contract.ID) + "/actions/new"
	for who, c := range map[string]struct{ read, edit, create int }{
		"lead": {200, 200, 200}, "owner": {200, 200, 404}, "pair": {200, 403, 403}, "region": {200, 403, 403}, "guest": {200, 403, 404}, "other": {404, 404, 404},
	} {
		b := w.as(who)
		for _, p := range read {
			b.want(b.get(p), c.read)
		}
		for _, p := range edit {
			b.want(b.get(p), c.edit)
		}
		b.want(b.get(create), c.create)
	}
	b := w.as("nobody")
	for _, p := range read {
		b.want(b.get(p), 404)
	}
	if p := b.get(edit[0]); p.path != "/sign-in?next="+url.QueryEscape(edit[0]) {
		t.Errorf("a stranger who edits is sent to %s", p.path)
	}
	b = w.as("lead")
	b.want(b.get(w.at("edit", "funding")), 404)
	b.want(b.get(w.at("edit", "nothing")), 404)
	b.want(b.get("/actions/none"), 404)
}

func TestThePublicReadsAPublicSheetOnly(t *testing.T) {
	w := newPagesWorld(t, dbtest.Open(t))
	lead := w.as("lead")
	lead.want(lead.post(w.at("notes"), "note.text", "Entre nous", "note.on", "2026-05-20"), 200)
	lead.want(lead.post(w.at("blockers"), "blocker.text", "Le terrain", "blocker.unblock", "Un accord", "blocker.since_on", "2026-05-20"), 200)
	lead.want(lead.send(lead.get(w.at("edit", "identity")), "form.b-form", "confidentiality", "public"), 200)
	for _, who := range []string{"nobody", "other"} {
		b := w.as(who)
		p := b.get(w.at())
		b.want(p, 200, `[data-condition="carried"]`)
		b.lacks(p, `a[href*="/edit/"]`, `form[action*="/actions/"]`, `a[href$="/documents"]`, `a[href$="/history"]`, "#notes", "#blockers")
		if strings.Contains(p.body, "Entre nous") || strings.Contains(p.body, "Le terrain") || strings.Contains(p.body, "Personne lead") {
			t.Errorf("%s reads what is the parties' own", who)
		}
		b.want(b.get(w.at("print")), 200)
		if strings.Contains(b.get(w.at("print")).body, "Le terrain") {
			t.Errorf("%s prints what blocks", who)
		}
		b.want(b.get(w.at("calendar")), 200)
		b.want(b.get(w.at("documents")), 404)
		b.want(b.get(w.at("history")), 404)
	}
	b := w.as("other")
	for _, p := range []string{"move", "remove", "restore", "milestones", "blockers", "notes", "links", "indicators", "edit/people"} {
		if got := b.post(w.at(p), "to", "planned", "milestone.title", "Jalon", "note.text", "Note"); got.status != 403 {
			t.Errorf("%s: a stranger gets %d, want 403", p, got.status)
		}
	}
}

func TestActsThatOneMayNotDoAreNotShown(t *testing.T) {
	w := newPagesWorld(t, dbtest.Open(t))
	b := w.as("guest")
	p := b.get(w.at())
	b.want(p, 200, `a[href$="/history"]`)
	b.lacks(p, `a[href*="/edit/"]`, `form[action*="/move"]`, `form[action*="/notes"]`, `form[action*="/remove"]`)
	b.want(b.post(w.at("notes"), "note.text", "Bonjour", "note.on", "2026-05-20"), 403)
	b.want(b.post(w.at("milestones"), "milestone.title", "Bonjour"), 403)
	b.want(b.post(w.at("remove")), 403)
	b = w.as("pair")
	p = b.get(w.at())
	b.want(p, 200, `form[action*="/notes"]`)
	b.lacks(p, `a[href*="/edit/"]`, `form[action*="/blockers"]`)
	b.want(b.post(w.at("notes"), "note.text", "Vu en comité", "note.on", "2026-05-20"), 200)
	b = w.as("owner")
	p = b.get(w.at("edit", "identity"))
	b.want(p, 200)
	b.lacks(p, `input[name="reference"]`, `input[name="confidentiality"]`)
	p = b.send(p, "form.b-form", "title", "Autre titre", "confidentiality", "public")
	b.want(p, 422)
	b.says(p, "Seul le chef de projet change la confidentialité.")
	b.want(b.send(b.get(w.at("edit", "identity")), "form.b-form", "title", "Autre titre"), 200)
	b.lacks(b.get(w.at()), `form[action*="/remove"]`)
	b.want(b.post(w.at("remove")), 403)
}

func TestReadinessLeadsToTheFields(t *testing.T) {
	w := newPagesWorld(t, dbtest.Open(t))
	b := w.as("lead")
	p := b.get(w.at())
	b.want(p, 200, `.b-conds li.n[data-condition="funded"]`)
	n := 0
	p.Find(".b-conds li.n a").Each(func(_ int, a *goquery.Selection) {
		to := a.AttrOr("href", "")
		path, field, _ := strings.Cut(to, "#")
		q := b.get(path)
		if q.status != 200 || q.Find("#"+field).Length() != 1 {
			t.Errorf("%q leads to %s: status %d, %d fields", words(a), to, q.status, q.Find("#"+field).Length())
		}
		n++
	})
	if n < 8 {
		t.Errorf("%d things are missing, want at least 8", n)
	}
	if to := p.Find(".b-head .btn-primary").AttrOr("href", ""); to != w.at("edit", "people")+"#f-pilots" {
		t.Errorf("the page's button leads to %s", to)
	}
}

func TestASheetIsWrittenFromNothingToReady(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newPagesWorld(t, d)
		b := w.as("lead")
		p := b.get("/contracts/" + string(w.contract.ID) + "/actions/new")
		b.want(p, 200, `input[name="reference"][value="ALES-04"]`)
		p = b.send(p, "form.b-form", "title", "Plateforme", "owner.new", string(w.owner.ID))
		b.want(p, 200, `.b-toast`, `.b-conds li.n`)
		b.says(p, "ALES-04", "École des mines, maître d’ouvrage")
		at := p.path
		p = b.send(b.get(at+"/edit/people"), "form.b-form", "pilots.0.name", "Enseignante-chercheuse", "pilots.0.title", "École des mines")
		b.want(p, 200, `.b-conds li.y[data-condition="carried"]`)
		long := strings.Repeat("Une phrase assez longue pour décider. ", 4)
		p = b.send(b.get(at+"/edit/description"), "form.b-form", "context", long, "description", long+"\n\nEncore.", "stakes", long, "communes", "Alès")
		b.want(p, 200, `.b-conds li.y[data-condition="described"]`)
		p = b.send(b.get(at+"/edit/calendar"), "form.b-form", "starts_on", "2025-01-15", "ends_on", "31/12/2027")
		b.want(p, 200, `.b-conds li.y[data-condition="ready"]`)
		p = b.send(b.get(at+"/indicators"), `form[action*="/indicators?"]`, "indicator.name", "Entreprises", "indicator.unit", "entreprises",
			"indicator.baseline", "0", "indicator.baseline_on", "2025-01-01", "indicator.target", "40", "indicator.target_on", "2027-12-31")
		b.want(p, 200, `.b-conds li.y[data-condition="evaluated"]`)
		p = b.send(b.get(at+"/edit/costs"), "form.b-form", "costs.0.planned_cents", "1 200,50", "costs.1.planned_cents", "800")
		b.want(p, 200, `#costs table`)
		b.says(p, "1 200,50", "2 000,50", "Il manque 2 000,50 € sur 2 000,50 € en 2025")
		p = b.send(b.get(at+"/edit/indicators"), "form.b-form", "jobs_created_planned", "11")
		b.want(p, 200)
		b.says(p, "0 / 11")
		p = b.send(b.get(at+"/edit/follow_up"), "form.b-form", "outlook", "cloud", "outlook_on", "2026-05-20", "progress", "Le cahier des charges est validé.")
		b.want(p, 200)
		b.says(p, "Météo : Aide utile", "donnée le 20 mai 2026", "Le cahier des charges est validé.")
		p = b.get(at + "/print")
		b.want(p, 200, "main.b-doc", "#people", "#costs")
		b.lacks(p, "main form", `a[href*="/edit/"]`)
		p = b.get(at + "/history")
		b.want(p, 200, ".b-changes")
		b.says(p, "Rubrique « Calendrier » modifiée", "Fin prévue vide 31 décembre 2027", "Pilotes vide Enseignante-chercheuse, École des mines", "Météo vide Aide utile")
		if n, err := account.Verify(ctx, w.d, nil); err != nil || n == 0 {
			t.Errorf("audit trail: %d %v", n, err)
		}
	})
}

func TestASheetSentTwiceIsMadeOnce(t *testing.T) {
	w := newPagesWorld(t, dbtest.Open(t))
	b := w.as("lead")
	p := b.get("/contracts/" + string(w.contract.ID) + "/actions/new")
	first, second := b.send(p, "form.b-form", "title", "Plateforme"), b.send(p, "form.b-form", "title", "Plateforme")
	b.want(first, 200)
	b.want(second, 200)
	if first.path != second.path {
		t.Errorf("two sheets: %s, %s", first.path, second.path)
	}
	if p = b.get("/contracts/" + string(w.contract.ID) + "/actions/new"); p.Find(`input[value="ALES-05"]`).Length() != 1 {
		t.Error("the number after the new sheet's is not proposed")
	}
	p = b.send(p, "form.b-form", "reference", "ALES-03", "title", "Déjà pris")
	b.want(p, 422, `input[name="reference"][value="ALES-03"].is-invalid`, `input[name="title"][value="Déjà pris"]`, "#f-reference-e")
	p = b.get(w.at("calendar"))
	form := `form[action*="/milestones?"]`
	b.want(b.send(p, form, "milestone.title", "Une fois"), 200)
	p = b.send(p, form, "milestone.title", "Une fois")
	if n := p.Find("tbody tr[id^=m-]").Length(); n != 1 {
		t.Errorf("%d milestones, want 1", n)
	}
}

func TestTwoPeopleEditTheSameSection(t *testing.T) {
	w := newPagesWorld(t, dbtest.Open(t))
	lead, owner := w.as("lead"), w.as("owner")
	mine := lead.get(w.at("edit", "description"))
	owner.want(owner.send(owner.get(w.at("edit", "description")), "form.b-form", "context", "Le diagnostic de l’autre", "stakes", "Pareil"), 200)
	p := lead.send(mine, "form.b-form", "context", "Mon diagnostic", "stakes", "Pareil")
	lead.want(p, 409, "#clash", `[role="alert"]`)
	lead.says(p, "Membre du porteur a enregistré cette rubrique", "Le diagnostic de l’autre", "Mon diagnostic")
	if got := words(p.Find("#clash tr.differs")); !strings.HasPrefix(got, "Contexte et diagnostic") || p.Find("#clash tr.differs").Length() != 1 {
		t.Errorf("marked as different: %q", got)
	}
	if got := strings.TrimSpace(p.Find(`textarea[name="context"]`).Text()); got != "Mon diagnostic" {
		t.Errorf("the form holds %q", got)
	}
	lead.says(owner.get(w.at()), "Le diagnostic de l’autre")
	p = lead.send(p, "form.b-form")
	lead.want(p, 200)
	lead.says(p, "Mon diagnostic")
	tampered := lead.send(lead.get(w.at("edit", "description")), "form.b-form", "version", "")
	lead.want(tampered, 409)
	// the same for costs, a milestone and an indicator
	costs := lead.get(w.at("edit", "costs"))
	owner.want(owner.send(costs, "form.b-form", "costs.0.planned_cents", "100"), 200)
	p = lead.send(costs, "form.b-form", "costs.0.planned_cents", "250")
	lead.want(p, 409, "#clash tr.differs", `input[value="250"]`)
	lead.says(p, "Prévu 100 €", "Prévu 250 €")
	lead.post(w.at("milestones"), "milestone.title", "Jalon")
	lead.post(w.at("indicators"), "indicator.name", "Mesure", "indicator.direction", "rise")
	for page, link := range map[string]string{"calendar": `a[href*="/milestones/"]`, "indicators": `main a[href*="/indicators/"]`} {
		to := lead.get(w.at(page)).Find(link).AttrOr("href", "")
		form, field := lead.get(to), "title"
		if page == "indicators" {
			field = "name"
		}
		owner.want(owner.send(form, "form.b-form", field, "Celui de l’autre"), 200)
		p = lead.send(form, "form.b-form", field, "Le mien")
		lead.want(p, 409, "#clash tr.differs", `input[value="Le mien"]`)
		lead.says(p, "Membre du porteur a enregistré", "Celui de l’autre")
		lead.want(lead.send(p, "form.b-form"), 200)
	}
}

func TestBadInputComesBackAsTyped(t *testing.T) {
	w := newPagesWorld(t, dbtest.Open(t))
	b := w.as("lead")
	huge := strings.Repeat("é", 1_500_000)
	for _, c := range []struct {
		page  string
		form  string
		pairs []string
		wrong []string
	}{
		{"edit/calendar", "form.b-form", []string{"starts_on", "0000-05-21", "ends_on", "31/02/2026"}, []string{"starts_on", "ends_on"}},
		{"edit/calendar", "form.b-form", []string{"starts_on", "2026-01-01", "ends_on", "2025-01-01"}, []string{"ends_on"}},
		{"edit/calendar", "form.b-form", []string{"ended_on", "2199-01-01"}, []string{"ended_on", "starts_on"}},
		{"edit/costs", "form.b-form", []string{"costs.0.planned_cents", "12345678901234567890", "costs.1.planned_cents", "-5"}, []string{"costs.0.planned_cents", "costs.1.planned_cents"}},
		{"edit/costs", "form.b-form", []string{"costs.1.planned_cents", "5", "costs.1.year", "12"}, []string{"costs.1.year"}},
		{"edit/description", "form.b-form", []string{"context", huge}, []string{"context"}},
		{"edit/identity", "form.b-form", []string{"title", "", "reference", "trois"}, []string{"title", "reference"}},
		{"edit/identity", "form.b-form", []string{"title", "Deux\nlignes", "commitment", "sworn"}, []string{"title", "commitment"}},
		{"edit/indicators", "form.b-form", []string{"jobs_created_planned", "99999999999999999999", "jobs_kept_actual", "-1"}, []string{"jobs_created_planned", "jobs_kept_actual"}},
		{"edit/follow_up", "form.b-form", []string{"outlook", "hail", "progress", huge}, []string{"outlook", "progress"}},
		{"calendar", `form[action*="/milestones?"]`, []string{"milestone.title", "", "milestone.due_on", "0000-01-01"}, []string{"milestone.title", "milestone.due_on"}},
		{"", `form[action*="/blockers?"]`, []string{"blocker.text", "", "blocker.unblock", huge, "blocker.since_on", "2026-02-30"}, []string{"blocker.text", "blocker.unblock", "blocker.since_on"}},
		{"", `form[action*="/notes?"]`, []string{"note.text", "", "note.on", "1850-01-01"}, []string{"note.text", "note.on"}},
		{"", `form[action*="/links?"]`, []string{"link.other_id", "none", "link.note", "pourquoi"}, []string{"link.other_id"}},
		{"indicators", `form[action*="/indicators?"]`, []string{"indicator.name", "", "indicator.target", "beaucoup", "indicator.target_on", "2027-01-01", "indicator.weight", "200"},
			[]string{"indicator.name", "indicator.target", "indicator.weight"}},
	} {
		p := b.send(b.get(w.at(c.page)), c.form, c.pairs...)
		b.want(p, 422, "[data-errors]")
		for _, f := range c.wrong {
			id := "#f-" + strings.ReplaceAll(f, ".", "-")
			if p.Find(id+"-e").Length() != 1 && p.Find(id+" ~ .invalid-feedback").Length() == 0 {
				t.Errorf("%s: nothing is said beside %s", c.page, f)
			}
			if p.Find(`[data-errors] a[href="`+id+`"]`).Length() != 1 {
				t.Errorf("%s: the summary does not lead to %s", c.page, f)
			}
		}
		for i := 0; i+1 < len(c.pairs); i += 2 {
			field := p.Find(`[name="` + c.pairs[i] + `"]`)
			got := field.AttrOr("value", "")
			if goquery.NodeName(field) == "textarea" {
				got = strings.TrimSpace(field.Text())
			}
			choice := goquery.NodeName(field) == "select" || field.AttrOr("type", "") == "radio"
			if want := strings.TrimSpace(c.pairs[i+1]); !choice && got != want && got != strings.ReplaceAll(want, "\n", "") {
				t.Errorf("%s: %s came back as %.40q, want %.40q", c.page, c.pairs[i], got, want)
			}
		}
	}
	if p := b.get(w.at("edit", "description")); strings.TrimSpace(p.Find(`textarea[name="context"]`).Text()) != "" {
		t.Error("a refused text was stored")
	}
	r, _ := http.NewRequest(http.MethodPost, w.srv.URL+w.at("edit", "description"), strings.NewReader("context="+strings.Repeat("x", 17<<20)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	b.want(b.do(r), http.StatusRequestEntityTooLarge)
}

func TestOrganisationsArePickedWithoutScript(t *testing.T) {
	w := newPagesWorld(t, dbtest.Open(t))
	b := w.as("lead")
	p := b.send(b.get(w.at("edit", "people")), "form.b-form", "do", "find-partners", "partners.q", "region", "pilots.0.name", "Une pilote")
	b.want(p, 200, `select[name="partners.new"] option[value="`+string(w.funder.ID)+`"]`, `input[name="pilots.0.name"][value="Une pilote"]`, `form[data-guard="dirty"]`)
	p = b.send(p, "form.b-form", "do", "add-partners", "partners.new", string(w.funder.ID))
	b.want(p, 200, `input[name="partners.0.organisation_id"][value="`+string(w.funder.ID)+`"]`)
	p = b.send(p, "form.b-form", "do", "find-partners", "partners.q", "Chambre de commerce", "partners.0.role", "Appui")
	b.want(p, 200, `button[value="create-partners"]`)
	p = b.send(p, "form.b-form", "do", "create-partners", "partners.kind", "association")
	b.want(p, 200, `input[name="partners.1.organisation_id"]`, `input[name="partners.0.role"][value="Appui"]`)
	p = b.send(p, "form.b-form", "do", "add-pilots")
	b.want(p, 200, `input[name="pilots.1.name"]`)
	p = b.send(p, "form.b-form", "do", "save")
	b.want(p, 200)
	b.says(p, "Région Occitanie Partenaire Appui", "Chambre de commerce Partenaire", "Une pilote")
	p = b.send(b.get(w.at("edit", "people")), "form.b-form", "partners.0.gone", "1", "owners.leads", "")
	b.want(p, 200)
	if strings.Contains(words(p.Find("#people")), "Région Occitanie") {
		t.Error("a partner that was taken off is still there")
	}
	p = b.send(b.get(w.at("edit", "people")), "form.b-form", "owners.new", string(w.funder.ID), "owners.leads", "nobody")
	b.want(p, 422, "#f-owners-e")
	b.want(b.send(p, "form.b-form", "owners.leads", string(w.funder.ID)), 200)
	p = b.send(b.get(w.at("edit", "people")), "form.b-form", "pilots.0.person_id", "no-such-account")
	b.want(p, 422, "#f-pilots-e")
	p = b.get("/organisations/choices?list=owners&owners.q=mines")
	b.want(p, 200, `select[name="owners.new"] option[value="`+string(w.owner.ID)+`"]`)
	if strings.Contains(p.body, "<html") {
		t.Error("the answer of the search is a whole page")
	}
}

func TestTheStatusSaysWhatItNeeds(t *testing.T) {
	w := newPagesWorld(t, dbtest.Open(t))
	b := w.as("lead")
	p := b.get(w.at())
	b.want(p, 200, `#status input[value="planned"]`)
	p = b.send(p, `#status form:has(input[value="planned"])`)
	b.want(p, 200, `#status a[href*="#f-starts_on"]`, `#status a[href="#blockers"]`)
	b.says(p, "L’action est maintenant : Prévue.")
	b.lacks(p, `#status input[value="under_way"]`)
	b.want(b.post(w.at("move"), "from", "planned", "to", "under_way"), 422, "#status [role=alert]")
	b.want(b.post(w.at("move"), "from", "to_discuss", "to", "abandoned"), 409)
	b.want(b.post(w.at("blockers"), "blocker.text", "Le terrain n’est pas libre", "blocker.unblock", "Un accord signé", "blocker.since_on", "2026-05-01"), 200)
	p = b.send(b.get(w.at()), `#status form:has(input[value="blocked"])`)
	b.want(p, 200, ".b-head .b-state.stop", ".b-note.stop")
	b.says(p, "Le terrain n’est pas libre", "Un accord signé")
	form := `form[action*="/resolve"]`
	p = b.send(p, form, `resolve.`+idIn(p, form, "blockers")+`.resolved_on`, "2026-04-01")
	b.want(p, 422, ".b-open[open] .is-invalid")
	p = b.send(p, form, `resolve.`+idIn(p, form, "blockers")+`.resolved_on`, "2026-05-20", `resolve.`+idIn(p, form, "blockers")+`.resolution`, "Accord obtenu")
	b.want(p, 200)
	b.says(p, "Levé", "Accord obtenu")
	b.lacks(p, ".b-note.stop")
}

// idIn is the ID that follows a word in a form's address.
func idIn(p answer, form, after string) string {
	_, rest, _ := strings.Cut(p.Find(form).AttrOr("action", ""), after+"/")
	id, _, _ := strings.Cut(rest, "/")
	return id
}

func TestMilestones(t *testing.T) {
	w := newPagesWorld(t, dbtest.Open(t))
	b := w.as("lead")
	for title, due := range map[string]string{"À venir": "2199-01-01", "En retard de peu": "2026-05-01", "Très en retard": "2025-01-01", "Sans date": ""} {
		b.want(b.post(w.at("milestones"), "milestone.title", title, "milestone.due_on", due), 200)
	}
	p := b.get(w.at("calendar"))
	b.want(p, 200, "svg.b-timeline", ".b-head .b-state.late")
	var order []string
	p.Find("tbody tr[id^=m-] th").Each(func(_ int, s *goquery.Selection) { order = append(order, words(s)) })
	if got := strings.Join(order, ", "); got != "Très en retard, En retard de peu, À venir, Sans date" {
		t.Errorf("order: %s", got)
	}
	b.says(p, "jours de retard")
	reach := p.Find(`form[action*="/reach"]`).First().AttrOr("action", "")
	id := idIn(p, `form[action*="/reach"]`, "milestones")
	b.want(b.post(reach, "reach."+id+".reached_on", "2199-01-01"), 422, `input[name="reach.`+id+`.reached_on"][value="2199-01-01"]`)
	p = b.post(reach, "reach."+id+".reached_on", "2025-02-01")
	b.want(p, 200, ".b-toast")
	b.says(p, "Atteint", "31 jours après la date")
	b.want(b.post(reach, "reach."+id+".reached_on", "2025-02-02"), 409)
	p = b.post(w.at("milestones", id, "remove"))
	b.want(p, 200, `.b-toast form[action*="/milestones/`+id+`/restore"]`)
	if p.Find("tbody tr[id^=m-]").Length() != 3 {
		t.Error("the milestone is still there")
	}
	if p = b.send(p, ".b-toast form"); p.Find("#m-"+id).Length() != 1 {
		t.Error("undo did not bring it back")
	}
	b.want(b.get(w.at("milestones", "none")), 404)
	b.want(w.as("guest").get(w.at("milestones", id)), 403)
}

func TestIndicators(t *testing.T) {
	w := newPagesWorld(t, dbtest.Open(t))
	b := w.as("lead")
	b.want(b.post(w.at("indicators"), "indicator.name", "Rebuts", "indicator.unit", "%", "indicator.direction", "fall", "indicator.weight", "3",
		"indicator.baseline", "12,5", "indicator.baseline_on", "2025-01-01", "indicator.target", "2,5", "indicator.target_on", "2027-01-01"), 200)
	p := b.get(w.at("indicators"))
	form := `form[action*="/values?"]`
	b.want(p, 200, form, "figure.b-lines")
	id := idIn(p, form, "indicators")
	p = b.send(p, form, "value."+id+".value", "beaucoup", "value."+id+".on", "2026-05-01", "value."+id+".source", "Atelier")
	b.want(p, 422, `input[name="value.`+id+`.value"][value="beaucoup"]`, `input[value="Atelier"]`, ".b-open[open]")
	p = b.send(p, form, "value."+id+".value", "10", "value."+id+".document_id", "none")
	b.want(p, 422)
	p = b.send(b.get(w.at("indicators")), form, "value."+id+".value", "10", "value."+id+".on", "2026-05-01", "value."+id+".source", "Atelier")
	b.want(p, 200, "path.l-1")
	b.says(p, "25 %", "10 %", "Atelier", "1er mai 2026")
	b.want(b.send(p, form, "value."+id+".value", "7,5", "value."+id+".corrects_id", wrongOption(p, id)), 422, `#f-value-`+id+`-note-e`)
	p = b.send(b.get(w.at("indicators")), form, "value."+id+".value", "7,5", "value."+id+".on", "2026-05-02", "value."+id+".corrects_id", wrongOption(p, id), "value."+id+".note", "Mal lu")
	b.want(p, 200, "tr.gone")
	b.says(p, "50 %", "7,5 %", "Mal lu", "Correction d’une mesure")
	b.want(b.get(w.at("history")), 200)
	b.says(b.get(w.at("history")), "7,5 % au 2 mai 2026, au lieu de 10 au 1er mai 2026 (Mal lu)")
	p = b.send(b.get(w.at("indicators")), form, "value."+id+".on", "", "value."+id+".corrects_id", wrongOption(p, id), "value."+id+".cancelled", "1", "value."+id+".note", "Autre ligne")
	b.want(p, 200)
	if n := p.Find("tr.gone").Length(); n != 3 {
		t.Errorf("%d measures no longer count, want 3", n)
	}
	b.lacks(p, ".plot path.l-1")
	p = b.post(w.at("indicators", id, "remove"))
	b.want(p, 200, ".b-toast form")
	b.lacks(p, "#i-"+id)
	p = b.send(p, ".b-toast form")
	b.want(p, 200, "#i-"+id)
	b.says(p, "12,5 %")
}

// wrongOption is the measure that the form offers to correct.
func wrongOption(p answer, id string) string {
	return p.Find(`select[name="value.`+id+`.corrects_id"] option[value!=""]`).First().AttrOr("value", "")
}

// upload posts files as a browser does.
func (b *tab) upload(path string, title string, files ...[2]string) answer {
	b.t.Helper()
	var buf bytes.Buffer
	m := multipart.NewWriter(&buf)
	_ = m.WriteField("document.title", title)
	for _, f := range files {
		part, err := m.CreateFormFile("document.files", f[0])
		if err != nil {
			b.t.Fatal(err)
		}
		_, _ = io.WriteString(part, f[1])
	}
	_ = m.Close()
	r, err := http.NewRequest(http.MethodPost, b.srv.URL+path, &buf)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", m.FormDataContentType())
	return b.do(r)
}

func TestDocuments(t *testing.T) {
	w := newPagesWorld(t, dbtest.Open(t))
	b := w.as("lead")
	p := b.get(w.at("documents"))
	to := p.Find(`form[action*="/documents?"]`).AttrOr("action", "")
	p = b.upload(to, "Compte rendu", [2]string{"réunion.txt", "Présents : trois."})
	b.want(p, 200, ".b-toast")
	b.says(p, "Compte rendu", "réunion.txt", "Personne lead")
	if again := b.upload(to, "Compte rendu", [2]string{"réunion.txt", "Présents : trois."}); again.Find("main tbody tr").Length() != 1 {
		t.Error("sent twice, it is there twice")
	}
	link := p.Find(`main tbody a[download]`).AttrOr("href", "")
	got := b.get(link)
	if got.status != 200 || got.body != "Présents : trois." || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("download: %d %q %v", got.status, got.body, got.header)
	}
	p = b.upload(w.at("documents"), "", [2]string{"a.txt", "un"}, [2]string{"plan.pdf", "pas un PDF"}, [2]string{"vide.txt", ""})
	b.want(p, 422, "#f-document-files-e")
	b.says(p, "plan.pdf : ", "vide.txt : Ce fichier est vide.")
	if n := b.get(w.at("documents")).Find("main tbody tr").Length(); n != 1 {
		t.Errorf("after a refused upload: %d documents, want 1", n)
	}
	b.want(b.upload(w.at("documents"), "Rien"), 422, `input[name="document.title"][value="Rien"]`)
	p = b.upload(w.at("documents"), "", [2]string{"a.txt", "un"}, [2]string{"b.txt", "deux"})
	b.says(p, "2 documents ajoutés.", "a.txt", "b.txt")
	p = b.post(link + "/remove")
	b.want(p, 200, ".b-toast form")
	b.want(b.get(link), 404)
	b.send(p, ".b-toast form")
	b.want(b.get(link), 200)
	b.want(w.as("guest").get(link), 200)
	b.want(w.as("guest").upload(w.at("documents"), "", [2]string{"a.txt", "un"}), 403)
	b.want(w.as("other").get(link), 404)
	b.want(w.as("nobody").get(link), 404)
}

func TestARemovedSheetIsForTheProjectLead(t *testing.T) {
	w := newPagesWorld(t, dbtest.Open(t))
	b := w.as("lead")
	p := b.post(w.at("remove"))
	b.want(p, 200, `.b-toast form[action*="/restore"]`, `.b-note form[action$="/restore"]`)
	b.lacks(p, `a[href*="/edit/"]`, `form[action*="/notes"]`)
	for _, who := range []string{"owner", "guest", "region", "pair"} {
		x := w.as(who)
		x.want(x.get(w.at()), 404)
		x.want(x.post(w.at("notes"), "note.text", "Encore là ?", "note.on", "2026-05-01"), 404)
	}
	b.want(b.get(w.at("edit", "people")), 403)
	p = b.send(p, ".b-toast form")
	b.want(p, 200, `a[href*="/edit/"]`)
	w.as("owner").want(w.as("owner").get(w.at()), 200)
}

func TestLinkedSheets(t *testing.T) {
	w := newPagesWorld(t, dbtest.Open(t))
	var hidden programme.Action
	w.do(func(tx db.Tx) (err error) {
		hidden, err = programme.CreateActionIn(tx, system, programme.Action{ContractID: w.contract.ID,
			Identity: programme.Identity{Reference: "ALES-09", Title: "Fiche restreinte", Confidentiality: programme.Restricted}})
		return err
	})
	b := w.as("lead")
	p := b.send(b.get(w.at()), `form[action*="/links?"]`, "link.other_id", string(hidden.ID), "link.note", "partage le parcours")
	b.want(p, 200, `#links a[href="/actions/`+string(hidden.ID)+`"]`)
	b.says(p, "partage le parcours")
	b.want(b.get("/actions/"+string(hidden.ID)), 200, `#links a[href="`+w.at()+`"]`)
	owner := w.as("owner")
	if strings.Contains(owner.get(w.at()).body, "Fiche restreinte") {
		t.Error("the owner reads the title of a sheet that it may not see")
	}
	owner.want(owner.post(w.at("links", string(hidden.ID), "remove")), 404)
	p = b.send(b.get(w.at()), `form[action*="/links/"]`)
	b.want(p, 200, ".b-toast form")
	b.lacks(p, "#links table")
	p = b.send(p, ".b-toast form")
	b.want(p, 200, "#links table")
	b.says(p, "partage le parcours")
	b.says(b.get(w.at("history")), "Lien retiré avec ALES-09")
}

func TestTheHistoryHasPages(t *testing.T) {
	w := newPagesWorld(t, dbtest.Open(t))
	for range 60 {
		if _, err := w.s.AddNote(ctx, system, programme.Note{ActionID: w.action.ID, On: "2026-05-01", Text: "Encore une"}); err != nil {
			t.Fatal(err)
		}
	}
	b := w.as("lead")
	p := b.get(w.at("history"))
	b.want(p, 200, `a[rel="next"]`)
	if n := p.Find(".b-log > li").Length(); n != 50 {
		t.Errorf("%d entries, want 50", n)
	}
	p = b.get(p.Find(`a[rel="next"]`).AttrOr("href", ""))
	b.want(p, 200)
	b.lacks(p, `a[rel="next"]`)
	b.says(p, "Fiche ALES-03 créée")
	if n := p.Find(".b-log > li").Length(); n != 12 { // 60 notes, the creation and the owner, less 50
		t.Errorf("%d entries on the second page, want 12", n)
	}
}

// TestPrintedDocumentsFollowEachOther: a list too long for one document goes on in the next, each
// sheet once, from the list and from the contract.
func TestPrintedDocumentsFollowEachOther(t *testing.T) {
	w := newPagesWorld(t, dbtest.Open(t))
	w.do(func(tx db.Tx) error {
		for i := range 129 { // and the one that is there
			if _, err := programme.CreateActionIn(tx, system, programme.Action{ContractID: w.action.ContractID,
				Identity: programme.Identity{Reference: fmt.Sprintf("LONG-%03d", i), Title: fmt.Sprint("Action longue ", i)}}); err != nil {
				return err
			}
		}
		return nil
	})
	lead := w.as("lead")
	for _, first := range []string{"/actions/print?contract=" + string(w.action.ContractID), "/contracts/" + string(w.action.ContractID) + "/print"} {
		seen, documents := map[string]int{}, 0
		for at := first; at != ""; documents++ {
			p := lead.get(at)
			lead.want(p, 200)
			sheets := p.Find(".b-brief .ref")
			if sheets.Length() > 60 {
				t.Errorf("%s prints %d sheets", at, sheets.Length())
			}
			sheets.Each(func(_ int, ref *goquery.Selection) { seen[ref.Text()]++ })
			at = p.Find(`main a[href*="from="]`).AttrOr("href", "")
		}
		if documents != 3 || len(seen) != 130 {
			t.Errorf("from %s: %d sheets in %d documents, want 130 in 3", first, len(seen), documents)
		}
		for ref, n := range seen {
			if n != 1 {
				t.Errorf("from %s: %s is printed %d times", first, ref, n)
			}
		}
	}
}

// TestAPublicSheetTellsNothingOfAContractInPreparation: the contract is not public yet, its sheet is.
func TestAPublicSheetTellsNothingOfAContractInPreparation(t *testing.T) {
	w := newPagesWorld(t, dbtest.Open(t))
	lead := w.as("lead")
	lead.want(lead.send(lead.get(w.at("edit", "identity")), "form.b-form", "confidentiality", "public"), 200)
	var title string
	w.do(func(tx db.Tx) (err error) {
		if _, err = tx.Exec(`update programme_contract set state = 'preparation', title = 'Contrat encore secret'`); err != nil {
			return err
		}
		title, err = db.Get[string](tx, `select title from programme_contract`)
		return err
	})
	lead.says(lead.get(w.at()), title)
	for _, who := range []string{"nobody", "other"} {
		for _, page := range [][]string{nil, {"print"}, {"funding"}, {"calendar"}, {"indicators"}} {
			p := w.as(who).get(w.at(page...))
			if p.status != 200 || strings.Contains(p.body, title) || strings.Contains(p.body, `"/contracts/`) {
				t.Errorf("%s on %v: %d, reads of the contract", who, page, p.status)
			}
		}
	}
}

// TestAStepWithItsDocument: the file sent with a step becomes a document of the action and the
// step's proof; a refused file records nothing.
func TestAStepWithItsDocument(t *testing.T) {
	w := newPagesWorld(t, dbtest.Open(t))
	b := w.as("lead")
	l := w.line(2026)
	line := w.at("funding", "lines", string(l.ID))
	send := func(name, content string) answer {
		t.Helper()
		p := b.get(line)
		to := p.Find(`main form[enctype="multipart/form-data"]`).AttrOr("action", "")
		if to == "" {
			t.Fatalf("no form that takes a file: %s", words(p.Find("main")))
		}
		var buf bytes.Buffer
		m := multipart.NewWriter(&buf)
		for _, f := range [][2]string{{"kind", "asked"}, {"effective_on", "2026-05-04"}, {"amount_cents", "1 000,00"}, {"seen", p.Find(`main input[name="seen"]`).AttrOr("value", "")}} {
			_ = m.WriteField(f[0], f[1])
		}
		part, err := m.CreateFormFile("document", name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(part, content)
		_ = m.Close()
		r, err := http.NewRequest(http.MethodPost, b.srv.URL+to, &buf)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", m.FormDataContentType())
		return b.do(r)
	}
	p := send("arrêté.pdf", "pas un PDF")
	b.want(p, 422, "#f-document-e")
	if n := b.get(w.at("documents")).Find("main tbody tr").Length(); n != 0 {
		t.Errorf("%d documents after a refused file", n)
	}
	p = send("demande.txt", "Nous demandons mille euros.")
	b.want(p, 200)
	b.says(p, "demande.txt")
	link := b.get(w.at("documents")).Find(`main tbody a[download]`).AttrOr("href", "")
	if got := b.get(link); got.status != 200 || got.body != "Nous demandons mille euros." {
		t.Errorf("the document: %d %q", got.status, got.body)
	}
}

func TestAPrintedSheetHasItsPapersAndNoLinksOfTheScreen(t *testing.T) {
	w := newPagesWorld(t, dbtest.Open(t))
	lead := w.as("lead")
	lead.want(lead.post(w.at("notes"), "note.on", "2026-05-01", "note.text", "Réunion avec la région"), 200)
	lead.want(lead.upload(w.at("documents"), "Convention signée", [2]string{"convention.txt", "texte"}), 200)
	p := lead.get(w.at("print"))
	lead.want(p, 200, "#notes", "#documents")
	lead.says(p, "Réunion avec la région", "Convention signée", "Météo non donnée")
	lead.lacks(p, "article .b-people", "main table a")
	if strings.Contains(words(p.Find("main")), "Météo : Météo") {
		t.Error("the outlook is named twice")
	}
	nobody := w.as("guest").get(w.at("print"))
	if nobody.status == http.StatusOK && strings.Contains(words(nobody.Find("main")), "Réunion avec la région") && !strings.Contains(words(w.as("guest").get(w.at()).Find("main")), "Réunion avec la région") {
		t.Error("the print tells more than the sheet")
	}
}

func TestTheWayToAFirstIndicatorOpensItsForm(t *testing.T) {
	w := newPagesWorld(t, dbtest.Open(t))
	lead := w.as("lead")
	href, _ := lead.get(w.at()).Find(`[data-condition="evaluated"] a`).Attr("href")
	at, field, _ := strings.Cut(href, "#")
	p := lead.get(at)
	lead.want(p, 200, "details[open] #"+field)
	lead.want(lead.get(w.at("indicators")), 200, "details:not([open]) #"+field)
	lead.says(p, "nécessaire pour « Évaluée »")
}

func TestAFieldSaysItsLeastLengthBefore(t *testing.T) {
	w := newPagesWorld(t, dbtest.Open(t))
	lead := w.as("lead")
	p := lead.get(w.at("edit", "description"))
	for field, least := range map[string]string{"context": "40 caractères au moins", "description": "80 caractères au moins", "stakes": "40 caractères au moins"} {
		if got := words(p.Find("#f-" + field + "-h")); !strings.Contains(got, least) {
			t.Errorf("%s: got %q", field, got)
		}
	}
}

func TestThePrefixOfReferencesIsRaised(t *testing.T) {
	w := newPagesWorld(t, dbtest.Open(t))
	c := w.contract
	c.Code = "alx"
	got, err := w.s.SaveContract(ctx, system, c)
	if err != nil || got.Code != "ALX" {
		t.Errorf("got %q, %v", got.Code, err)
	}
}
