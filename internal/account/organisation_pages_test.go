package account

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
)

func TestOrganisationsList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		ana := s.person("ana@example.fr")
		if _, err := s.AddOrganisation(context.Background(), root, Organisation{Name: "Alès Agglomération", Kind: Grouping, SIREN: "200066918"}); err != nil {
			t.Fatal(err)
		}
		for i := range 55 {
			s.organisation(fmt.Sprintf("Mécanique %02d", i), Company)
		}
		s.organisation("École d’été 100 %_x", School)
		b := s.as(ana)
		p := b.get("/organisations")
		b.want(p, 200, `nav.b-pages`, `a[href="/organisations.csv?"]`)
		if n := p.Find("tbody tr").Length(); n != pageSize {
			t.Errorf("%d rows", n)
		}
		if b.get("/organisations?page=2").Find("tbody tr").Length() != 7 {
			t.Error("second page")
		}
		for query, want := range map[string]int{
			"q=ales": 1, "q=AGGLO": 1, "q=200+066": 1, "q=200066918": 1, "kind=school": 1, "kind=company&page=2": 5, "q=ecole": 1, "q=ete": 1,
			"q=%25": 1, "q=_": 0, "q=100+%25_x": 1, "q=mecanique+0": 10, "q=gglom": 0, "kind=nonsense": 0, "q='": 0,
		} {
			if got := b.get("/organisations?" + query).Find("tbody tr").Length(); got != want {
				t.Errorf("%s: %d rows, want %d", query, got, want)
			}
		}
		if got := text(b.get("/organisations?sort=-name").Find("tbody tr th").First()); got != "Mécanique 54" {
			t.Errorf("last first: %q", got)
		}
		p = b.get("/organisations.csv?q=ales")
		want := "\ufeffSorte;Nom;Nom court;SIREN;SIRET du siège;Code d’activité (NAF);Effectif;Adresse;Commune\r\nGroupement de communes;Alès Agglomération;;200066918;;;;;\r\n"
		if p.Body != want || !strings.HasPrefix(p.Header.Get("Content-Type"), "text/csv") {
			t.Errorf("export: %q, want %q", p.Body, want)
		}
	})
}

func TestExportIsNoFormula(t *testing.T) {
	s := newSite(t, dbtest.Open(t))
	s.organisation(`=HYPERLINK("http://evil")`, Company)
	p := s.as(s.person("ana@example.fr")).get("/organisations.csv")
	if !strings.Contains(p.Body, `"'=HYPERLINK(""http://evil"")"`) {
		t.Errorf("export: %q", p.Body)
	}
}

func TestAddingAnOrganisation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		lead, ana := s.person("lead@example.fr"), s.person("ana@example.fr")
		s.give(lead, ProjectLead, OverTerritory, "ti-7602")
		b, stranger := s.as(lead), s.as(ana)
		stranger.want(stranger.get("/organisations/new"), 403)
		stranger.want(stranger.post("/organisations", "kind", "company", "name", "X"), 403)
		if stranger.get("/organisations").Find(`a[href="/organisations/new"]`).Length() != 0 {
			t.Error("a button for what one may not do")
		}
		b.want(b.get("/organisations/new"), 200, `form[action^="/organisations?_once="]`)
		p := b.post("/organisations", "kind", "company", "name", " Mécanique ", "siren", "123 456 789", "siret", "12", "naf", "x", "address", "2 rue")
		b.want(p, 422, `#f-siren[aria-invalid]`, `#f-siret[aria-invalid]`, `#f-naf[aria-invalid]`, `#f-address[value="2 rue"]`, `#f-siren[value="123 456 789"]`)
		p = b.post("/organisations", "kind", "company", "name", " Mécanique  de précision ", "siren", "732 829 320", "siret", "732 829 320 00074", "naf", "25.62b", "headcount", "12")
		b.want(p, 200, `.b-toast`)
		if got := text(p.Find("h1")); !strings.HasPrefix(got, "Mécanique de précision") {
			t.Errorf("title %q", got)
		}
		p = b.post("/organisations", "kind", "company", "name", "Autre", "siren", "732829320")
		b.want(p, 422, `#f-siren[aria-invalid]`)
		if got := text(p.Find("#f-siren-e")); !strings.Contains(got, "Mécanique de précision") {
			t.Errorf("who has it: %q", got)
		}
		p = b.post("/organisations", "kind", "company", "name", "Autre", "siret", "732 829 320 00074", "siren", "552 100 554")
		b.want(p, 422, `#f-siret[aria-invalid]`)
	})
}

func TestEditingAnOrganisationShowsTheOthersChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		boss, other, member := s.person("boss@example.fr"), s.person("other@example.fr"), s.person("member@example.fr")
		o := s.organisation("Mécanique", Company)
		s.join(boss, o, Manager)
		s.join(other, o, Manager)
		s.join(member, o, Member)
		url := "/organisations/" + string(o.ID)
		b, c, m := s.as(boss), s.as(other), s.as(member)
		m.want(m.get(url), 200, `#members`)
		m.want(m.get(url+"/edit"), 403)
		m.want(m.post(url, "kind", "company", "name", "Mienne", "version", "1"), 403)
		b.want(b.get(url+"/edit"), 200, `input[name="version"][value="1"]`)
		c.want(c.post(url, "kind", "company", "name", "Mécanique SA", "commune", "Alès", "version", "1"), 200)
		p := b.post(url, "kind", "company", "name", "Mécanique & fils", "commune", "", "version", "1")
		b.want(p, http.StatusConflict, `#changed`, `input[name="name"][value="Mécanique & fils"]`, `input[name="version"][value="2"]`)
		got := text(p.Find("#changed"))
		for _, want := range []string{"Personne other", "Mécanique SA", "Mécanique & fils", "Alès"} {
			if !strings.Contains(got, want) {
				t.Errorf("the comparison lacks %q: %s", want, got)
			}
		}
		if p.Find("#changed tbody tr").Length() != 2 {
			t.Errorf("fields that are the same are compared: %s", got)
		}
		b.want(b.post(url, "kind", "company", "name", "Mécanique & fils", "commune", "Alès", "version", "2"), 200)
		if got := text(b.get(url).Find("ol.b-log li").First()); !strings.Contains(got, "Nom") || strings.Contains(got, "Commune") {
			t.Errorf("the history does not say what changed: %q", got)
		}
		b.want(b.post(url, "kind", "company", "name", "", "version", "3"), 422, `#f-name[aria-invalid]`)
		b.want(b.get("/organisations/none"), 404)
		b.want(b.get("/organisations/none/edit"), 404)
		b.want(b.post("/organisations/none", "name", "x"), 404)
	})
}

func TestMembersAreForMembers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		boss, ana, admin := s.person("boss@example.fr"), s.person("ana@example.fr"), s.person("admin@example.fr")
		s.give(admin, Admin, OverServer, "")
		o, other := s.organisation("Mécanique", Company), s.organisation("Autre", Company)
		s.join(boss, o, Manager)
		url := "/organisations/" + string(o.ID)
		a := s.as(ana)
		p := a.get(url)
		if a.want(p, 200); strings.Contains(p.Body, "boss@example.fr") || p.Find("#invite").Length() != 0 || p.Find("ol.b-log").Length() != 0 {
			t.Error("a stranger sees the people")
		}
		a.want(a.post(url+"/members", "email", "x@example.fr", "name", "X", "role", "member"), 403)
		a.want(a.post(url+"/members/"+string(boss.ID)+"/remove"), 404)
		x := s.as(admin)
		x.want(x.get(url), 200, "#invite")
		b := s.as(boss)
		if n := b.get(url).Find("#members tbody tr").Length(); n != 1 {
			t.Errorf("%d members", n)
		}
		b.want(b.post(url+"/members", "email", "not an address", "name", "X", "role", "chief"), 422, `#f-role`)
		b.want(b.post(url+"/members", "email", "not an address", "name", "", "role", "member"), 422, `#f-email[aria-invalid][value="not an address"]`, `#f-name[aria-invalid]`)
		b.want(b.post("/organisations/"+string(other.ID)+"/members", "email", "x@example.fr", "name", "X", "role", "member"), 403)
		b.want(b.post(url+"/members", "email", "ANA@example.fr", "name", "", "role", "member"), 200)
		b.want(b.post(url+"/members", "email", "new@example.fr", "name", "Nouvelle", "role", "manager"), 200)
		got := text(b.get(url).Find("#members"))
		for _, want := range []string{"Personne ana", "Nouvelle", "Invité", "Gestionnaire"} {
			if !strings.Contains(got, want) {
				t.Errorf("members lack %q: %s", want, got)
			}
		}
		mails, err := read(d, func(tx db.Tx) ([]Mail, error) { return listMails(tx, 10, 0) })
		if err != nil || len(mails) != 1 || mails[0].Recipient != "new@example.fr" {
			t.Errorf("mails: %v %+v", err, mails)
		}
		a.want(a.get(url), 200, "#members table")
		a.want(a.post(url+"/members", "email", "y@example.fr", "name", "Y", "role", "member"), 403)
		b.want(b.post(url+"/members/"+string(ana.ID)+"/remove"), 200)
		if p := a.get(url); p.Find("#members table").Length() != 0 {
			t.Error("a removed member still sees the people")
		}
		b.want(b.post(url+"/members/"+string(ana.ID)+"/remove"), 404)
	})
}

func TestTheRegisterFillsTheForm(t *testing.T) {
	var down error
	lookup := func(_ context.Context, text string) ([]RegisterHit, error) {
		if down != nil {
			return nil, down
		}
		if text == "nothing" {
			return nil, nil
		}
		return []RegisterHit{{SIREN: "552100554", Name: "Autre"}, {SIREN: "732829320", SIRET: "73282932000074", Name: "Mécanique", NAF: "25.62B", Headcount: "12", Address: "2 rue Michelet", Commune: "Alès", Latitude: 44.1, Longitude: 4.08}}, nil
	}
	d := dbtest.Open(t)
	s := newSite(t, d, func(o *Options) { o.Lookup = lookup })
	lead := s.person("lead@example.fr")
	s.give(lead, ProjectLead, OverTerritory, "ti-7602")
	b := s.as(lead)
	b.want(b.get("/organisations/new"), 200, `#find`)
	p := b.get("/organisations/new?find=mecanique")
	b.want(p, 200, `#find[value="mecanique"]`, `a[href="/organisations/new?find=mecanique&pick=732829320"]`)
	p = b.get("/organisations/new?find=mecanique&pick=732829320")
	b.want(p, 200, `#f-name[value="Mécanique"]`, `#f-siren[value="732829320"]`, `#f-naf[value="25.62B"]`, `#f-headcount option[value="12"][selected]`, `#f-kind option[value="company"][selected]`)
	fields := []string{}
	p.Find(`form[action^="/organisations?"] input, form[action^="/organisations?"] select option[selected]`).Each(func(_ int, e *goquerySelection) {
		name := e.AttrOr("name", e.Parent().AttrOr("name", ""))
		fields = append(fields, name, e.AttrOr("value", ""))
	})
	p = b.post(p.Find(`form[action^="/organisations?"]`).AttrOr("action", ""), fields...)
	b.want(p, 200, `.b-toast`)
	o, err := read(d, func(tx db.Tx) (Organisation, error) { return OrganisationBySIREN(tx, "732829320") })
	if err != nil || o.Source != SourceRegister || o.Latitude != 44.1 || o.Headcount != "12" || o.Commune != "Alès" {
		t.Errorf("stored: %v %+v", err, o)
	}
	p = b.get("/organisations/new?find=nothing")
	b.want(p, 200, `#f-name`)
	if p.Find("#register table").Length() != 0 {
		t.Error("a table of nothing")
	}
	for _, down = range []error{fault.New(fault.Unavailable, "account.mail.down"), fmt.Errorf("secret of ours")} {
		p = b.get("/organisations/new?find=x")
		b.want(p, 200, `#register .b-note.wait`, `#f-name`)
		if strings.Contains(p.Body, "secret of ours") {
			t.Error("the cause is on the page")
		}
	}
	plain := newSite(t, d)
	lb := plain.as(lead)
	if p := lb.get("/organisations/new"); p.Find("#find").Length() != 0 {
		t.Error("a search field without a register")
	}
}
