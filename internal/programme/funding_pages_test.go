package programme_test

import (
	"io"
	"log/slog"
	"net/http"
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

// funded is a world behind a server; who asks is named in a header.
type funded struct {
	*world
	srv    *httptest.Server
	people map[string]account.Actor
	client *http.Client
}

func newFunded(t *testing.T, d *db.DB) *funded {
	t.Helper()
	w := newWorld(t, d)
	files, err := file.NewFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w.s = programme.New(programme.Options{DB: w.d, Log: discard(), Files: files})
	lead := account.Actor{ID: "lead", Name: "Chef de projet", Grants: []account.Grant{{Role: account.ProjectLead, ScopeKind: account.OverTerritory, ScopeID: "ti-7602"}}}
	f := &funded{world: w, people: map[string]account.Actor{
		"lead":     lead,
		"funder":   {ID: "funder", Name: "Instructrice", Memberships: []account.Membership{{OrganisationID: w.funder.ID, Role: account.Member}}},
		"guest":    {ID: "guest", Name: "Invité", Grants: []account.Grant{{Role: account.Guest, ScopeKind: account.OverAction, ScopeID: string(w.action.ID)}}},
		"stranger": {ID: "stranger", Name: "Personne d’ailleurs"},
		"pair":     {ID: "pair", Name: "Élue", Grants: []account.Grant{{Role: account.LeadPair, ScopeKind: account.OverTerritory, ScopeID: "ti-7602"}}},
	}}
	m := web.NewMux(web.Options{DB: w.d, Viewer: account.Viewer, Log: discard(), Authenticate: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(rw, r.WithContext(account.WithActor(r.Context(), f.people[r.Header.Get("Test-Actor")])))
		})
	}})
	w.s.Pages(m)
	w.s.API(m)
	m.NotFound()
	f.srv = httptest.NewServer(m.Handler())
	t.Cleanup(f.srv.Close)
	f.client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return f
}

type reply struct {
	*goquery.Document
	status int
	body   string
	header http.Header
}

func (f *funded) ask(method, who, path, kind, body string, headers ...string) reply {
	f.t.Helper()
	r, err := http.NewRequest(method, f.srv.URL+path, strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	r.Header.Set("Test-Actor", who)
	r.Header.Set("Accept-Language", "fr")
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := f.client.Do(r)
	if err != nil {
		f.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(b)))
	if err != nil {
		f.t.Fatal(err)
	}
	return reply{doc, res.StatusCode, string(b), res.Header}
}

func (f *funded) get(who, path string) reply { f.t.Helper(); return f.ask("GET", who, path, "", "") }

func (f *funded) post(who, path string, pairs ...string) reply {
	f.t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return f.ask("POST", who, path, "application/x-www-form-urlencoded", v.Encode())
}

func (f *funded) want(a reply, status int, selectors ...string) {
	f.t.Helper()
	if a.status != status {
		f.t.Fatalf("got %d, want %d: %s", a.status, status, textOf(a.Find("main")))
	}
	for _, sel := range selectors {
		if without, not := strings.CutPrefix(sel, "!"); not {
			if a.Find(without).Length() > 0 {
				f.t.Errorf("%q should not be there", without)
			}
		} else if a.Find(sel).Length() == 0 {
			f.t.Errorf("nothing matches %q in: %s", sel, textOf(a.Find("main")))
		}
	}
}

// wantText fails unless the element says this, whatever its spaces.
func (f *funded) wantText(a reply, selector, text string) {
	f.t.Helper()
	if got := textOf(a.Find(selector)); !strings.Contains(got, text) {
		f.t.Errorf("%s: got %q, want %q in it", selector, got, text)
	}
}

// textOf is the text of a selection, cells apart, spaces alike.
func textOf(s *goquery.Selection) string {
	if cells := s.Find("td, th"); cells.Length() > 0 {
		return strings.Join(strings.Fields(strings.Join(cells.Map(func(_ int, c *goquery.Selection) string { return textOf(c) }), " ")), " ")
	}
	return strings.Join(strings.Fields(strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s.Text())), " ")
}

func (f *funded) planURL() string { return "/actions/" + string(f.action.ID) + "/funding" }

func (f *funded) lineURL(l programme.Line) string { return f.planURL() + "/lines/" + string(l.ID) }

// granted makes a line of 20,000 € contracted and 12,000 € paid, of 24,000 € asked.
func (f *funded) granted() programme.Line {
	f.t.Helper()
	l := f.line(2025)
	for _, s := range []programme.Step{
		{Kind: programme.Asked, EffectiveOn: "2025-01-10", AmountCents: 24_000_00}, {Kind: programme.Decided, EffectiveOn: "2025-03-12", AmountCents: 20_000_00},
		{Kind: programme.Contracted, EffectiveOn: "2025-05-05", AmountCents: 20_000_00}, {Kind: programme.Paid, EffectiveOn: "2025-09-01", AmountCents: 12_000_00},
	} {
		if err := f.step(l, s.Kind, s.EffectiveOn, s.AmountCents); err != nil {
			f.t.Fatal(err)
		}
	}
	return l
}

// entries counts the journal of a line by the API.
func (f *funded) entries(l programme.Line) int {
	f.t.Helper()
	return strings.Count(f.get("lead", "/api/v1/lines/"+string(l.ID)+"/steps").body, `"kind"`)
}

func TestFundingPageByRole(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := newFunded(t, d)
		l := f.granted()
		other, err := f.addLine("Autre financeur")
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			who                 string
			plan, mine, theirs  int // statuses of the pages
			selectors           []string
			record, recordOther int // statuses of recording
		}{
			{"lead", 200, 200, 200, []string{"a[href$='/lines/new']", ".b-menu", "#journal .b-log li", "a[href$='/history']"}, 303, 303},
			{"funder", 200, 200, 200, []string{"!a[href$='/lines/new']", ".b-menu"}, 303, 403},
			{"guest", 200, 200, 200, []string{"!a[href$='/lines/new']", "!.b-menu", "#journal .b-log li"}, 403, 403},
			{"pair", 200, 200, 200, []string{"!a[href$='/lines/new']", "!.b-menu"}, 403, 403},
			{"stranger", 404, 404, 404, nil, 404, 404},
			{"", 404, 404, 404, nil, 303, 303}, // sent to sign in
		} {
			f.want(f.get(c.who, f.planURL()), c.plan, c.selectors...)
			f.want(f.get(c.who, f.lineURL(l)), c.mine)
			f.want(f.get(c.who, f.lineURL(other)), c.theirs)
			for line, want := range map[programme.Line]int{l: c.record, other: c.recordOther} {
				kind, amount := "paid", "10"
				if line == other {
					kind, amount = "foreseen", "100"
				}
				a := f.post(c.who, f.lineURL(line)+"/steps", "kind", kind, "effective_on", "2026-01-15", "amount_cents", amount)
				if a.status != want {
					t.Errorf("%q records on the line of %s: got %d, want %d: %s", c.who, line.FunderName, a.status, want, textOf(a.Find("main")))
				}
				if c.who == "" && !strings.HasPrefix(a.header.Get("Location"), "/sign-in") {
					t.Errorf("the public is sent to %q", a.header.Get("Location"))
				}
			}
		}
		if a := f.get("lead", "/actions/nothing/funding"); a.status != 404 {
			t.Errorf("an action that is not: %d", a.status)
		}
	})
}

// addLine adds a line of another funder.
func (f *funded) addLine(name string) (programme.Line, error) {
	o, err := f.other(name)
	if err != nil {
		return programme.Line{}, err
	}
	return f.s.AddLine(ctx, system, programme.Line{ActionID: f.action.ID, FunderID: string(o.ID), Nature: programme.Grant, Year: 2026})
}

func (f *funded) other(name string) (o account.Organisation, err error) {
	err = f.d.Do(ctx, func(tx db.Tx) error {
		o, err = account.AddOrganisationIn(tx, system, account.Organisation{Kind: account.StateService, Name: name})
		return err
	})
	return o, err
}

func TestWrongStepsComeBackAsTyped(t *testing.T) {
	f := newFunded(t, dbtest.Open(t))
	l := f.granted()
	before := f.entries(l)
	for _, c := range []struct{ name, kind, on, amount, field, text string }{
		{"above the contract", "paid", "2025-10-01", "9 000", "#f-amount_cents-e", "Il reste 8 000 € à verser sur 20 000 € (12 000 € déjà versés) : le versement de 9 000 €"},
		{"negative", "paid", "2025-10-01", "-5", "#f-amount_cents-e", "ne peut pas être négatif"},
		{"of twenty digits", "paid", "2025-10-01", "12345678901234567890", "#f-amount_cents-e", "vérifiez les zéros"},
		{"of three decimals", "paid", "2025-10-01", "0,001", "#f-amount_cents-e", "centimes"},
		{"no number", "paid", "2025-10-01", "beaucoup", "#f-amount_cents-e", "montant en euros"},
		{"in the future", "paid", "2099-01-01", "10", "#f-effective_on-e", "à venir"},
		{"in the year 0", "paid", "0000-01-01", "10", "#f-effective_on-e", "date qui existe"},
		{"on a day that is none", "paid", "2025-02-30", "10", "#f-effective_on-e", "date qui existe"},
		{"before the decision", "paid", "2025-02-01", "10", "#f-kind-e", "Rien n’est encore décidé"},
		{"of a stage that is past", "asked", "2025-10-01", "10", "#f-effective_on-e", "ne peut pas venir après « Versé »"},
		{"of no kind", "given", "2025-10-01", "10", "#f-kind-e", "valeurs proposées"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := f.post("lead", f.lineURL(l)+"/steps", "kind", c.kind, "effective_on", c.on, "amount_cents", c.amount, "reference", "CP 2025-12", "note", "À garder")
			f.want(a, 422, "[data-errors] a[href^='#f-']")
			f.wantText(a, c.field, c.text)
			for name, typed := range map[string]string{"effective_on": c.on, "amount_cents": c.amount, "reference": "CP 2025-12"} {
				if got := a.Find("#f-"+name).AttrOr("value", ""); got != typed {
					t.Errorf("%s: got %q back, typed %q", name, got, typed)
				}
			}
		})
	}
	if n := f.entries(l); n != before {
		t.Errorf("%d entries, want the %d of before", n, before)
	}
}

func TestAStepSentTwiceIsRecordedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := newFunded(t, d)
		l := f.granted()
		before := f.entries(l)
		form := f.get("lead", f.lineURL(l)).Find("#record form")
		action := form.AttrOr("action", "")
		fields := []string{"kind", "paid", "effective_on", "2025-10-01", "amount_cents", "1 000,50", "seen", form.Find("[name=seen]").AttrOr("value", "")}
		for range 3 {
			a := f.post("lead", action, fields...)
			f.want(a, 303)
			if got := a.header.Get("Location"); got != f.lineURL(l) {
				t.Errorf("sent to %q", got)
			}
		}
		if n := f.entries(l); n != before+1 {
			t.Errorf("%d entries, want %d", n, before+1)
		}
		if m := f.money(programme.AsOf{}); m.PaidCents != 13_000_50 {
			t.Errorf("paid %d", m.PaidCents)
		}
	})
}

// TestTwoPeopleRecordOnOneLine: the second is shown what the first recorded; sending again is
// judged on what stands then.
func TestTwoPeopleRecordOnOneLine(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := newFunded(t, d)
		l := f.granted()
		form := f.get("lead", f.lineURL(l)).Find("#record form")
		typed := func(form *goquery.Selection) []string {
			return []string{"kind", "paid", "effective_on", "2025-10-01", "amount_cents", "6000", "seen", form.Find("[name=seen]").AttrOr("value", ""), "last", form.Find("[name=last]").AttrOr("value", "")}
		}
		f.want(f.post("funder", f.lineURL(l)+"/steps", "kind", "paid", "effective_on", "2025-09-20", "amount_cents", "5000"), 303)
		a := f.post("lead", f.lineURL(l)+"/steps", typed(form)...)
		f.want(a, 409, "[data-errors]", "#record .b-log li")
		f.wantText(a, "#record .b-log", "versé, 5 000 €")
		f.wantText(a, "#record .b-log", "Instructrice")
		if n := a.Find("#record .b-log li").Length(); n != 1 {
			t.Errorf("%d entries shown as new, want 1", n)
		}
		a = f.post("lead", f.lineURL(l)+"/steps", typed(a.Find("#record form"))...)
		f.want(a, 422)
		f.wantText(a, "#f-amount_cents-e", "Il reste 3 000 € à verser sur 20 000 € (17 000 € déjà versés)")
	})
}

func TestCorrectAndCancel(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := newFunded(t, d)
		l := f.granted()
		link := func(which string, n int) string {
			return f.get("lead", f.lineURL(l)).Find("#journal a[href$='/"+which+"']").Eq(n).AttrOr("href", "")
		}
		correct := link("correct", 0) // the payment, newest first
		form := f.get("lead", correct).Find("form.b-form")
		if got := form.Find("#f-amount_cents").AttrOr("value", ""); !strings.HasPrefix(got, "12") {
			t.Errorf("the amount to correct is %q", got)
		}
		a := f.post("lead", correct, "kind", "paid", "effective_on", "2025-09-01", "amount_cents", "11000")
		f.want(a, 422)
		f.wantText(a, "#f-note-e", "À remplir")
		f.want(f.post("lead", correct, "kind", "paid", "effective_on", "2025-09-01", "amount_cents", "11000", "note", "deux chiffres inversés"), 303)
		page := f.get("lead", f.lineURL(l))
		f.wantText(page, "#journal s", "12 000 €")
		f.wantText(page, "#journal .b-log", "deux chiffres inversés")
		if href := page.Find("#journal s + a").AttrOr("href", ""); page.Find(href).Length() != 1 {
			t.Errorf("the struck entry leads to %q", href)
		}
		f.want(f.get("lead", correct), 409) // it no longer holds

		cancel := link("cancel", 0)
		f.want(f.post("guest", cancel, "note", "pour voir"), 403)
		f.want(f.post("lead", cancel, "note", "versement rejeté par la banque"), 303)
		if m := f.money(programme.AsOf{}); m.PaidCents != 0 || m.ContractedCents != 20_000_00 {
			t.Errorf("after the cancellation: %s", m)
		}
		f.want(f.post("lead", f.lineURL(l)+"/remove"), 409)
	})
}

func TestNewLinesForSeveralYears(t *testing.T) {
	f := newFunded(t, dbtest.Open(t))
	url := f.planURL() + "/lines/new"
	f.want(f.get("guest", url), 403)
	f.want(f.get("stranger", url), 404)
	page := f.get("lead", url)
	f.want(page, 200, "form.b-form", "a[href^='/organisations/new']")
	found := f.post("lead", url, "find", "1", "funder_text", "occitanie", "scheme", "À garder")
	f.want(found, 200, "input[name=funder_id][value='"+string(f.funder.ID)+"']", "#f-scheme[value='À garder']")
	a := f.post("lead", url, "nature", "grant", "kind", "asked", "effective_on", "2026-01-10", "years", "2026", "amount.2026", "-3")
	f.want(a, 422)
	f.wantText(a, "#f-amount-2026-e", "négatif")
	f.wantText(a, "#f-funder_id", "À remplir")
	a = f.post("lead", url, "funder_id", string(f.funder.ID), "nature", "grant", "kind", "asked", "effective_on", "2026-01-10", "years", "2026", "years", "2027")
	f.want(a, 422)
	f.wantText(a, "[data-errors]", "Indiquez le montant d’une année")
	f.want(f.post("lead", url, "funder_id", string(f.funder.ID), "nature", "grant", "scheme", "Aide aux plateformes", "kind", "asked", "effective_on", "2026-01-10",
		"years", "2026", "years", "2027", "years", "2028", "amount.2026", "150 000", "amount.2027", "200 000,50", "rate_bp", "25,5"), 303)
	page = f.get("lead", f.planURL())
	f.wantText(page, "#plan tbody tr", "Région Occitanie Subvention, Aide aux plateformes 150 000 200 000,50 350 000,50")
	if n := page.Find("#plan tbody tr").Length(); n != 1 {
		t.Errorf("%d rows, want the two years in one", n)
	}
	line := page.Find("#plan tbody a").First().AttrOr("href", "")
	f.wantText(f.get("lead", line), ".b-head .meta", "25,5 %")
	f.want(f.post("lead", line+"/remove"), 409)
}

func TestPlanOnAPastDay(t *testing.T) {
	f := newFunded(t, dbtest.Open(t))
	f.granted()
	now := f.get("lead", f.planURL())
	f.wantText(now, "#plan tbody", "dont 12 000 versés")
	f.wantText(now, "#steps dl", "61 jours (médiane de 1 ligne)")
	past := f.get("lead", f.planURL()+"?on=2025-04-01")
	f.want(past, 200, ".b-note", "!a[href$='/lines/new']", "!.b-menu")
	f.wantText(past, "#plan tbody", "20 000")
	f.wantText(past, "#journal", "décidé, 20 000 € (demandé : 24 000 €)")
	if strings.Contains(textOf(past.Find("#journal")), "versé") {
		t.Error("a payment stands in the journal before its day")
	}
	known := f.get("lead", f.planURL()+"?on=2025-04-01&known=1") // all was recorded in 2026
	f.want(known, 200, "input[name=known][checked]", "!#plan tbody tr")
	for _, on := range []string{"2099-01-01", "0000-00-00", "hier"} {
		a := f.get("lead", f.planURL()+"?on="+url.QueryEscape(on))
		f.want(a, 200, ".b-note", ".b-menu")
		f.wantText(a, ".b-note", "Cette date ne peut pas être montrée")
	}
}

func TestContractMoneyPage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := newFunded(t, d)
		f.granted()
		l, err := f.addLine("Agence")
		if err != nil {
			t.Fatal(err)
		}
		if err := f.step(l, programme.Asked, "2025-02-01", 10_000_00); err != nil {
			t.Fatal(err)
		}
		if err := f.step(l, programme.Refused, "2025-06-01", 0); err != nil {
			t.Fatal(err)
		}
		path := "/contracts/" + string(f.contract.ID) + "/funding"
		a := f.get("lead", path)
		f.want(a, 200, ".b-views [aria-current]", "a[href*='funding.csv']")
		f.wantText(a, "#groups tbody", "Région Occitanie 1 ligne 20 000 24 000 20 000 20 000 12 000 83 % 61 jours 173 jours")
		f.wantText(a, "#groups tbody", "Agence 1 ligne 0 0 0 0 0 0 % – –")
		f.wantText(a, "#groups tfoot", "59 %")
		for _, by := range programme.Bys() {
			f.want(f.get("lead", path+"?by="+string(by)+"&on=2025-04-01&known=1"), 200)
			f.want(f.get("lead", path+"?by="+string(by)), 200, "#groups tbody tr")
		}
		f.want(f.get("stranger", path), 404) // it is being prepared
		csv := f.get("lead", path+".csv?by=funder&on=2025-04-01")
		if csv.status != 200 || !strings.Contains(csv.body, "Région Occitanie;1;24000,00;24000,00;20000,00;0,00;0,00") {
			t.Errorf("%d %s", csv.status, csv.body)
		}
		heads, _, _ := strings.Cut(csv.body, "\n")
		for _, word := range []string{"Total", "Part accordée", "Décision en", "Versement en"} { // those of the page
			f.wantText(a, "#groups thead", word)
			if !strings.Contains(heads, ";"+word+" (") {
				t.Errorf("the page says %q, the file %q", word, heads)
			}
		}
	})
}

// TestContractMoneyHidesWhatOneMayNotSee: the sums of the public hold public actions only.
func TestContractMoneyHidesWhatOneMayNotSee(t *testing.T) {
	f := newFunded(t, dbtest.Open(t))
	f.granted()
	if err := f.d.Do(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(`update programme_contract set state = 'signed'`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	path := "/api/v1/contracts/" + string(f.contract.ID) + "/money"
	for who, want := range map[string]string{"lead": `"actions":1`, "guest": `"actions":1`, "funder": `"actions":1`, "stranger": `"actions":0`} {
		if a := f.get(who, path); a.status != 200 || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d %s", who, a.status, a.body)
		}
	}
	if a := f.get("stranger", path); strings.Contains(a.body, "2400000") || strings.Contains(a.body, "Occitanie") {
		t.Errorf("a stranger reads %s", a.body)
	}
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }
