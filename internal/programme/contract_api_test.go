package programme_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/url"
	"strings"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/programme"

	"github.com/PuerkitoBio/goquery"
)

func TestContractAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := newFunded(t, d)
		one := "/api/v1/contracts/" + string(f.contract.ID)
		read := f.get("lead", one)
		f.want(read, 200)
		tag := read.header.Get("ETag")
		f.want(f.get("stranger", one), 404)
		f.want(f.get("", one), 401)
		f.want(f.send("PATCH", "lead", one, `{"title":"Contrat de territoire"}`), 428)
		f.want(f.send("PATCH", "lead", one, `{"title":"Contrat de territoire"}`, "If-Match", tag), 200)
		late := f.send("PATCH", "lead", one, `{"title":"Trop tard"}`, "If-Match", tag)
		f.want(late, 412)
		if !strings.Contains(late.body, `"stored":"Contrat de territoire"`) || !strings.Contains(late.body, `"sent":"Trop tard"`) {
			t.Errorf("what changed: %s", late.body)
		}
		f.want(f.send("PATCH", "lead", one, `{"colour":"red"}`, "If-Match", "*"), 422)
		f.want(f.send("PATCH", "lead", one, `{"announced_cents":-1}`, "If-Match", "*"), 422)
		f.want(f.send("POST", "lead", one+"/state", `{"to":"memorandum"}`, "If-Match", "*"), 422)
		f.want(f.send("POST", "stranger", one+"/state", `{"to":"memorandum"}`, "If-Match", "*"), 404)

		body := `{"organisation_id":"` + string(f.funder.ID) + `","college":"public","assembly":"Commission permanente","deliberation_number":"CP-12","deliberated_on":"2026-03-12"}`
		made := f.send("POST", "lead", one+"/signatories", body, "Idempotency-Key", "signatory-1")
		f.want(made, 201)
		if again := f.send("POST", "lead", one+"/signatories", body, "Idempotency-Key", "signatory-1"); again.body != made.body {
			t.Errorf("sent again: %d %s", again.status, again.body)
		}
		var part struct{ ID, ETag string }
		if err := json.Unmarshal([]byte(made.body), &part); err != nil {
			t.Fatal(err)
		}
		f.want(f.send("PATCH", "lead", one+"/signatories/"+part.ID, `{"signed_on":"2026-03-13"}`, "If-Match", part.ETag), 200)
		f.want(f.send("PATCH", "lead", one+"/signatories/"+part.ID, `{"signed_on":"2026-03-14"}`, "If-Match", part.ETag), 412)
		golden(t, "signatories", f.get("lead", one+"/signatories").body)
		f.want(f.send("DELETE", "stranger", one+"/signatories/"+part.ID, ""), 404)
		f.want(f.send("DELETE", "lead", one+"/signatories/"+part.ID, ""), 204)
		f.want(f.send("DELETE", "lead", one+"/signatories/"+part.ID, ""), 404)

		f.want(f.send("POST", "lead", one+"/axes", `{"label_fr":"Logement"}`), 201)
		f.want(f.send("POST", "lead", one+"/axes", `{"label_fr":"Logement"}`), 422)
		f.want(f.send("POST", "lead", one+"/axes", `{"label_fr":"Eau","position":100000}`), 422)
		f.want(f.get("lead", one+"/axes?limit=2"), 200)
		f.want(f.get("lead", one+"/axes?cursor=none"), 422)
		f.want(f.send("POST", "lead", one+"/objectives", `{"label":"Recruter"}`), 201)
		f.want(f.send("POST", "lead", one+"/objectives", `{"label":"Recruter","parent_id":"none"}`), 422)
		golden(t, "contract_actions", f.get("lead", one+"/actions").body)
		f.want(f.get("stranger", one+"/actions"), 404)
	})
}

func TestActionSheetAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := newFunded(t, d)
		one := "/api/v1/actions/" + string(f.action.ID)
		calendar := f.get("lead", one+"/sections/calendar")
		f.want(calendar, 200)
		tag := calendar.header.Get("ETag")
		f.want(f.send("PUT", "lead", one+"/sections/calendar", `{"starts_on":"2026-01-01","ends_on":"2027-01-01","ended_on":""}`), 428)
		f.want(f.send("PUT", "guest", one+"/sections/calendar", `{"starts_on":"2026-01-01","ends_on":"","ended_on":""}`, "If-Match", tag), 403)
		f.want(f.send("PUT", "stranger", one+"/sections/calendar", `{"starts_on":"2026-01-01","ends_on":"","ended_on":""}`, "If-Match", tag), 404)
		f.want(f.send("PUT", "lead", one+"/sections/calendar", `{"starts_on":"0000-01-01","ends_on":"","ended_on":""}`, "If-Match", tag), 422)
		f.want(f.send("PUT", "lead", one+"/sections/calendar", `{"starts_on":"2026-01-01","ends_on":"2027-01-01","ended_on":""}`, "If-Match", tag), 200)
		late := f.send("PUT", "lead", one+"/sections/calendar", `{"starts_on":"2026-02-01","ends_on":"2027-01-01","ended_on":""}`, "If-Match", tag)
		f.want(late, 412)
		golden(t, "section_stale", late.body)
		if late.header.Get("ETag") == tag || late.header.Get("ETag") == "" {
			t.Errorf("the new ETag: %q", late.header.Get("ETag"))
		}
		for _, section := range []string{"identity", "description", "people", "costs", "indicators", "follow_up"} { // what is read can be saved as it is
			read := f.get("lead", one+"/sections/"+section)
			f.want(read, 200)
			f.want(f.send("PUT", "lead", one+"/sections/"+section, read.body, "If-Match", read.header.Get("ETag")), 200)
		}
		golden(t, "readiness", f.get("lead", one+"/readiness").body)

		made := f.send("POST", "lead", one+"/milestones", `{"title":"Permis déposé","due_on":"2026-06-01"}`, "Idempotency-Key", "milestone-1")
		f.want(made, 201)
		var m struct{ ID, ETag string }
		if err := json.Unmarshal([]byte(made.body), &m); err != nil {
			t.Fatal(err)
		}
		f.want(f.send("PATCH", "lead", one+"/milestones/"+m.ID, `{"due_on":"2026-07-01"}`, "If-Match", m.ETag), 200)
		f.want(f.send("PATCH", "lead", one+"/milestones/"+m.ID, `{"due_on":"2026-08-01"}`, "If-Match", m.ETag), 412)
		f.want(f.send("DELETE", "lead", one+"/milestones/"+m.ID, ""), 204)
		f.want(f.send("POST", "lead", one+"/milestones/"+m.ID+"/restore", ""), 200)

		f.want(f.send("POST", "lead", one+"/blockers", `{"text":"Le sol est pollué","unblock":"Une étude de l’opérateur"}`), 201)
		f.want(f.send("POST", "lead", one+"/notes", `{"text":"Réunion tenue"}`), 201)
		f.want(f.send("POST", "guest", one+"/notes", `{"text":"Réunion tenue"}`), 403)
		f.want(f.get("guest", one+"/notes"), 200)
		indicator := f.send("POST", "lead", one+"/indicators", `{"name":"Stagiaires","direction":"rise","baseline_on":"2026-01-01","target":100,"target_on":"2027-01-01"}`)
		f.want(indicator, 201)
		if err := json.Unmarshal([]byte(indicator.body), &m); err != nil {
			t.Fatal(err)
		}
		f.want(f.send("POST", "lead", one+"/indicators/"+m.ID+"/values", `{"on":"2026-03-01","value":25}`), 201)
		f.want(f.send("POST", "lead", one+"/indicators/"+m.ID+"/values", `{"on":"2026-03-01","value":1e300}`), 422)
		golden(t, "indicators", f.get("lead", one+"/indicators").body)
		f.correctsValues(one + "/indicators/" + m.ID + "/values")
		f.want(f.get("stranger", one+"/history"), 404)
		page := f.get("lead", one+"/history?limit=2")
		f.want(page, 200)
		if !strings.Contains(page.body, `"next_cursor"`) {
			t.Errorf("history: %s", page.body)
		}
	})
}

func TestDocumentAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := newFunded(t, d)
		docs := "/api/v1/actions/" + string(f.action.ID) + "/documents"
		const minutes = "Présents : trois.\n"
		added := f.upload("lead", docs, "Compte rendu", [2]string{"réunion.txt", minutes})
		f.want(added, 201)
		golden(t, "documents", added.body)
		if list := f.get("guest", docs); list.body != added.body {
			t.Errorf("read again: %s", list.body)
		}
		var page struct{ Items []struct{ ID string } }
		if err := json.Unmarshal([]byte(added.body), &page); err != nil || len(page.Items) != 1 {
			t.Fatal(err, added.body)
		}
		one := docs + "/" + page.Items[0].ID
		got := f.get("guest", one+"/content")
		if f.want(got, 200); got.body != minutes || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") {
			t.Errorf("download: %q %v", got.body, got.header)
		}
		part := f.ask("GET", "guest", one+"/content", "", "", "Range", "bytes=0-7")
		if f.want(part, 206); part.body != minutes[:8] {
			t.Errorf("a range: %q", part.body)
		}

		refused := f.upload("lead", docs, "", [2]string{"a.txt", "un"}, [2]string{"plan.pdf", "pas un PDF"})
		f.want(refused, 422)
		if !strings.Contains(refused.body, "plan.pdf") {
			t.Errorf("which file is refused: %s", refused.body)
		}
		f.want(f.upload("lead", docs, "Rien"), 422)
		f.want(f.send("POST", "lead", docs, "{}"), 422)
		f.want(f.upload("guest", docs, "", [2]string{"a.txt", "un"}), 403)
		for who, want := range map[string]int{"stranger": 404, "": 401} {
			f.want(f.upload(who, docs, "", [2]string{"a.txt", "un"}), want)
			f.want(f.get(who, docs), want)
			f.want(f.get(who, one+"/content"), want)
			f.want(f.send("DELETE", who, one, ""), want)
		}
		if list := f.get("lead", docs); list.body != added.body {
			t.Errorf("after refused uploads: %s", list.body)
		}

		f.want(f.send("DELETE", "lead", one, ""), 204)
		f.want(f.send("DELETE", "lead", one, ""), 204)
		f.want(f.get("lead", one+"/content"), 404)
		f.want(f.send("POST", "lead", one+"/restore", ""), 200)
		f.want(f.get("lead", one+"/content"), 200)
	})
}

// upload sends files as a program does.
func (f *funded) upload(who, path, title string, files ...[2]string) reply {
	f.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	_ = m.WriteField("title", title)
	for _, x := range files {
		part, err := m.CreateFormFile("files", x[0])
		if err != nil {
			f.t.Fatal(err)
		}
		_, _ = part.Write([]byte(x[1]))
	}
	_ = m.Close()
	return f.ask("POST", who, path, m.FormDataContentType(), b.String())
}

// TestWhatStandsIsDoneAlready: a second click, or a call sent again, is answered as the first was, and the
// history keeps one line of it; what was never there is not found.
func TestWhatStandsIsDoneAlready(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := newFunded(t, d)
		sheet := "/actions/" + string(f.action.ID)
		one := "/api/v1" + sheet
		var m struct{ ID string }
		if err := json.Unmarshal([]byte(f.send("POST", "lead", one+"/milestones", `{"title":"Permis déposé","due_on":"2026-06-01"}`).body), &m); err != nil {
			t.Fatal(err)
		}
		milestone := one + "/milestones/" + m.ID
		for range 2 {
			f.want(f.send("DELETE", "lead", milestone, ""), 204)
		}
		f.want(f.ask("POST", "lead", sheet+"/milestones/"+m.ID+"/remove", "application/x-www-form-urlencoded", ""), 303)
		for range 2 {
			f.want(f.send("POST", "lead", milestone+"/restore", ""), 200)
		}
		f.want(f.ask("POST", "lead", sheet+"/milestones/"+m.ID+"/restore", "application/x-www-form-urlencoded", ""), 303)
		f.want(f.send("DELETE", "lead", one+"/milestones/none", ""), 404)
		f.want(f.send("POST", "lead", one+"/milestones/none/restore", ""), 404)

		var other programme.Action
		f.do(func(tx db.Tx) (err error) {
			other, err = programme.CreateActionIn(tx, system, programme.Action{ContractID: f.contract.ID, Identity: programme.Identity{Reference: "ales-04", Title: "Autre fiche"}})
			return err
		})
		f.want(f.send("POST", "lead", one+"/links", `{"other_id":"`+string(other.ID)+`"}`), 201)
		for range 2 {
			f.want(f.send("DELETE", "lead", one+"/links/"+string(other.ID), ""), 204)
		}
		f.want(f.send("DELETE", "lead", one+"/links/none", ""), 404)
		for range 2 {
			f.want(f.ask("POST", "lead", sheet+"/links/"+string(other.ID)+"/restore", "application/x-www-form-urlencoded", ""), 303)
		}

		var got []string
		f.do(func(tx db.Tx) error {
			list, err := account.History(tx, "action", string(f.action.ID), 0, 50)
			for _, e := range list {
				got = append(got, strings.TrimPrefix(e.Verb, "programme."))
			}
			return err
		})
		if want := "link.add link.remove link.add milestone.restore milestone.remove milestone.add action.create"; strings.Join(got, " ") != want {
			t.Errorf("history: got %s, want %s", got, want)
		}
	})
}

// TestPartsOfAContractClash: of two who change the same part of a contract the second is shown both
// versions, and can overwrite knowingly.
func TestPartsOfAContractClash(t *testing.T) {
	f := newFunded(t, dbtest.Open(t))
	contract := "/contracts/" + string(f.contract.ID)
	made := f.send("POST", "lead", "/api/v1"+contract+"/signatories", `{"organisation_id":"`+string(f.funder.ID)+`","college":"public","signer_title":"Présidente"}`)
	var signatory struct{ ID string }
	if err := json.Unmarshal([]byte(made.body), &signatory); err != nil {
		t.Fatal(err)
	}
	f.want(f.send("POST", "lead", "/api/v1"+contract+"/objectives", `{"label":"Recruter"}`), 201)
	for _, c := range []struct{ name, page, form, field, first, second string }{
		{"signatory", contract + "/signatories/" + signatory.ID, `main form[action$="/signatories/` + signatory.ID + `"]`, "signer_title", "Présidente par intérim", "Vice-président"},
		{"axis", contract + "/axes", `main .b-edits form.b-edit`, "label_fr", "Axe repris", "Axe autrement"},
		{"objective", contract + "/objectives", `main .b-edits form.b-edit`, "label", "Recruter et former", "Recruter ici"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := f.get("lead", c.page).Find(c.form).First()
			f.want(f.fill("lead", before, c.field, c.first), 303)
			late := f.fill("lead", before, c.field, c.second)
			f.want(late, 409, "#clash .differs", "[data-errors]")
			f.wantText(late, "#clash-h", "Chef de projet")
			f.wantText(late, "#clash .differs", c.first+" "+c.second)
			again := late.Find(c.form).First()
			if got := again.Find(`[name="`+c.field+`"]`).AttrOr("value", ""); got != c.second {
				t.Errorf("what was typed: %q", got)
			}
			f.want(f.fill("lead", again, c.field, c.second), 303)
			again.Find(`[name="version"]`).Remove()
			f.want(f.fill("lead", again, c.field, c.first), 409)
		})
	}
}

// fill sends a form of a page with one field typed anew.
func (f *funded) fill(who string, form *goquery.Selection, field, value string) reply {
	f.t.Helper()
	values := url.Values{}
	form.Find("input, textarea, select").Each(func(_ int, x *goquery.Selection) {
		kind, _ := x.Attr("type")
		_, checked := x.Attr("checked")
		switch {
		case goquery.NodeName(x) == "select":
			values.Set(x.AttrOr("name", ""), x.Find("option[selected]").AttrOr("value", ""))
		case kind != "radio" && kind != "checkbox" || checked:
			values.Set(x.AttrOr("name", ""), x.AttrOr("value", x.Text()))
		}
	})
	values.Set(field, value)
	return f.ask("POST", who, form.AttrOr("action", ""), "application/x-www-form-urlencoded", values.Encode())
}
