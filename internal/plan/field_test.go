package plan

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/web"

	"github.com/PuerkitoBio/goquery"
)

func TestWhatFieldsHold(t *testing.T) {
	choice := Field{ID: "x", Kind: ChoiceField, Choices: "acier\nalu"}
	for _, c := range []struct {
		field           Field
		text, was, want string
		wrong           string
	}{
		{Field{Kind: TextField}, "  deux   mots ", "", "deux mots", ""},
		{Field{Kind: TextField}, strings.Repeat("é", 501), "", strings.Repeat("é", 501), "field. fault.too_long"},
		{Field{Kind: NumberField}, "1 234,50", "", "1234.5", ""},
		{Field{Kind: NumberField}, "−0", "", "0", ""},
		{Field{Kind: NumberField}, "1e9", "", "", "field. plan.wrong.field_number"},
		{Field{Kind: NumberField}, ".5", "", "", "field. plan.wrong.field_number"},
		{Field{Kind: NumberField}, "1234567890123", "", "", "field. plan.wrong.field_number"},
		{Field{Kind: DateField}, "2026-02-29", "", "2026-02-29", "field. fault.date"},
		{Field{Kind: DateField}, "2028-02-29", "", "2028-02-29", ""},
		{choice, "alu", "", "alu", ""},
		{choice, "bois", "", "bois", "field.x fault.choice"},
		{choice, "bois", "bois", "bois", ""},
		{choice, "", "bois", "", ""},
		{Field{Kind: YesNoField}, "yes", "", "yes", ""},
		{Field{Kind: YesNoField}, "peut-être", "", "peut-être", "field. fault.choice"},
	} {
		var wrong fault.Fields
		got, said := c.field.read(c.text, c.was, &wrong), ""
		if err := wrong.Err(); err != nil {
			said = fieldsOf(err)
		}
		if got != c.want || said != c.wrong {
			t.Errorf("%s %q: got %q %q, want %q %q", c.field.Kind, c.text, got, said, c.want, c.wrong)
		}
	}
	v := web.NewView("fr")
	for _, c := range []struct {
		field       Field
		value, want string
	}{
		{Field{Kind: NumberField, Unit: "kg"}, "1234.5", "1\u202f234,5\u00a0kg"}, {Field{Kind: YesNoField}, "no", "non"}, {Field{Kind: DateField}, "2026-03-02", "2\u00a0mars 2026"}, {Field{Kind: NumberField}, "", ""},
	} {
		if got := valueText(v, c.field, c.value); got != c.want {
			t.Errorf("%s %s: got %q, want %q", c.field.Kind, c.value, got, c.want)
		}
	}
}

// field adds a field.
func (w *world) field(t testing.TB, f Field) Field {
	t.Helper()
	f.ProjectID = w.p.ID
	f, err := w.s.AddField(t.Context(), w.manager, f)
	must(t, err)
	return f
}

func TestFieldsOfTheTasksOfAProject(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := serve(t, d)
		base := planURL(w.p.ID)
		w.post("manager", base+"/fields", http.StatusUnprocessableEntity, "custom.name", "Matière", "custom.kind", "choice")
		w.post("reader", base+"/fields", http.StatusForbidden, "custom.name", "Matière", "custom.kind", "text")
		w.post("manager", base+"/fields", http.StatusSeeOther, "custom.name", "Matière", "custom.kind", "choice", "custom.choices", "acier\nalu", "custom.listed", "1")
		w.post("manager", base+"/fields", http.StatusUnprocessableEntity, "custom.name", "matiere", "custom.kind", "text")
		mass := w.field(t, Field{Name: "Masse", Kind: NumberField, Unit: "kg"})
		x := w.task(t, "Châssis", 2)
		w.task(t, "Mât", 1)
		edit := w.get("manager", x.URL()+"/edit", http.StatusOK)
		name, _ := edit.Find(`select[name^="field."]`).Attr("name")
		version, _ := edit.Find(`input[name="version"]`).Attr("value")
		form := []string{"title", "Châssis", "kind", "task", "state", "todo", "mode", "auto", "work", "2 j", "percent", "0", "version", version}
		bad := w.post("manager", x.URL()+"/edit", http.StatusUnprocessableEntity, append(form, name, "bois", mass.form(), "lourd")...)
		if v, _ := bad.Find(`input[name="` + mass.form() + `"]`).Attr("value"); v != "lourd" || bad.Find("[data-errors] a").Length() != 2 {
			t.Errorf("wrong values come back as %q", v)
		}
		w.post("manager", x.URL()+"/edit", http.StatusSeeOther, append(form, name, "acier", mass.form(), "12,5")...)
		page := w.get("reader", x.URL(), http.StatusOK)
		if got := page.Find("aside").Text(); !strings.Contains(got, "acier") || !strings.Contains(got, "12,5\u00a0kg") {
			t.Errorf("the page says: %s", got)
		}
		tested := w.field(t, Field{Name: "Essayé", Kind: YesNoField})
		_, err := w.s.SaveTask(t.Context(), w.manager, Draft{Task: w.read(t, x), Values: map[FieldID]string{tested.ID: yes}})
		must(t, err)
		if got := w.get("reader", x.URL(), http.StatusOK).Find("#history").Text(); !strings.Contains(got, "Essayé\u00a0: oui") {
			t.Errorf("the history says of a yes: %s", got)
		}
		if got := page.Find("#history").Text(); !strings.Contains(got, "Masse\u00a0: 12.5") {
			t.Errorf("the history says: %s", got)
		}
		// columns and filters
		list := w.get("manager", base, http.StatusOK)
		if got := list.Find(`.b-plan td[data-l="Matière"]`).First().Text(); got != "acier" || list.Find(`.b-plan td[data-l="Masse"]`).Length() != 0 {
			t.Errorf("the list shows %q", got)
		}
		filter := "f-" + strings.TrimPrefix(name, "field.")
		if list = w.get("manager", base+"?cols="+string(mass.ID)+"&"+filter+"=acier", http.StatusOK); list.Find(".b-plan tbody tr").Length() != 1 || list.Find(`.b-plan td[data-l="Masse"]`).Text() != "12,5\u00a0kg" {
			t.Errorf("filtered: %s", list.Find(".b-plan").Text())
		}
		if n := w.get("manager", base+"?f-"+string(mass.ID)+"=12,50", http.StatusOK).Find(".b-plan tbody tr").Length(); n != 1 {
			t.Errorf("%d tasks of 12,50 kg", n)
		}
		if _, csv := w.ask("reader", "GET", base+".csv?"+filter+"=acier", "", ""); !strings.Contains(csv, "Matière;Masse") || !strings.Contains(csv, "acier;12,5") || strings.Contains(csv, "Mât") {
			t.Errorf("CSV: %s", csv)
		}
		if n := w.found(t, "acier"); n != 1 {
			t.Errorf("%d tasks are found by what a field holds", n)
		}
		// its own form, and its version
		own := base + "/fields/" + strings.TrimPrefix(name, "field.")
		w.get("reader", own, http.StatusForbidden)
		w.get("stranger", own, http.StatusNotFound)
		w.post("manager", own, http.StatusSeeOther, "custom.name", "Matière", "custom.choices", "alu\nbois", "custom.version", "1")
		w.post("manager", own, http.StatusConflict, "custom.name", "Métal", "custom.choices", "alu", "custom.version", "1")
		w.post("manager", own, http.StatusUnprocessableEntity, "custom.name", "MASSE", "custom.choices", "alu", "custom.version", "2")
		if v, _ := w.get("manager", x.URL()+"/edit", http.StatusOK).Find(`select[name="` + name + `"] option[selected]`).Attr("value"); v != "acier" {
			t.Errorf("a value that is no longer offered is %q", v)
		}
		w.post("manager", own+"/remove", http.StatusSeeOther)
		w.get("manager", own, http.StatusNotFound)
		if strings.Contains(w.get("manager", x.URL(), http.StatusOK).Find("aside").Text(), "acier") {
			t.Error("a field that was removed is shown")
		}
		w.post("manager", own+"/restore", http.StatusSeeOther)
		if !strings.Contains(w.get("manager", x.URL(), http.StatusOK).Find("aside").Text(), "acier") {
			t.Error("a field that was brought back has lost what it held")
		}
		// what comes next in a series holds the same
		_, err = w.s.Repeat(t.Context(), w.manager, w.p.ID, x.ID, Rule{Every: EveryWeek, Interval: 1})
		must(t, err)
		_, err = w.s.MoveTask(t.Context(), w.manager, w.p.ID, x.ID, Done)
		must(t, err)
		if got := w.get("manager", w.numbered(t, 3).URL(), http.StatusOK).Find("aside").Text(); !strings.Contains(got, "12,5\u00a0kg") {
			t.Errorf("the next of a series: %s", got)
		}
		for i := range maxFields - 3 {
			w.field(t, Field{Name: "Champ " + string(rune('a'+i)), Kind: TextField})
		}
		if _, err := w.s.AddField(t.Context(), w.manager, Field{ProjectID: w.p.ID, Name: "De trop", Kind: TextField}); !fault.Is(err, fault.Conflict) {
			t.Errorf("one field too many: %v", err)
		}
	})
}

func TestMoveField(t *testing.T) {
	for _, c := range []struct {
		name, id  string
		up        bool
		positions [3]int64
		want      string
	}{
		{"up", "c", true, [3]int64{1, 2, 3}, "c2 b3"},
		{"down", "a", false, [3]int64{1, 2, 3}, "b1 a2"},
		{"the first", "a", true, [3]int64{1, 2, 3}, ""},
		{"the last", "c", false, [3]int64{1, 2, 3}, ""},
		{"none", "x", true, [3]int64{1, 2, 3}, ""},
		{"positions shared and with gaps", "c", true, [3]int64{1, 4, 4}, "c2 b3"},
	} {
		list := []Field{{ID: "a", Position: c.positions[0]}, {ID: "b", Position: c.positions[1]}, {ID: "c", Position: c.positions[2]}}
		var got []string
		for _, f := range moveField(list, FieldID(c.id), c.up) {
			got = append(got, string(f.ID)+strconv.FormatInt(f.Position, 10))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestFieldsAreReordered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := serve(t, d)
		one, two := w.field(t, Field{Name: "Masse", Kind: NumberField}), w.field(t, Field{Name: "Lot", Kind: TextField})
		order := func(who string) string {
			t.Helper()
			return strings.Join(w.get(who, planURL(w.p.ID)+"/settings", http.StatusOK).Find("#fields li strong").Map(func(_ int, s *goquery.Selection) string { return s.Text() }), " ")
		}
		w.post("reader", two.url()+"/move", http.StatusForbidden, "to", "up")
		w.post("manager", planURL(w.p.ID)+"/fields/none/move", http.StatusNotFound, "to", "up")
		w.post("manager", two.url()+"/move", http.StatusSeeOther, "to", "up")
		w.post("manager", two.url()+"/move", http.StatusSeeOther, "to", "up") // it is the first already
		if got := order("reader"); got != "Lot Masse" {
			t.Errorf("moved up: %s", got)
		}
		_, err := w.s.RemoveField(t.Context(), w.manager, w.p.ID, two.ID)
		must(t, err)
		w.field(t, Field{Name: "Fournisseur", Kind: TextField})
		_, err = w.s.RestoreField(t.Context(), w.manager, w.p.ID, two.ID)
		must(t, err)
		w.post("manager", one.url()+"/move", http.StatusSeeOther, "to", "down")
		if got := order("manager"); got != "Lot Fournisseur Masse" {
			t.Errorf("moved down: %s", got)
		}
		if page := w.get("manager", planURL(w.p.ID)+"/settings", http.StatusOK); page.Find(`#fields form[action$="/move"]`).Length() != 4 {
			t.Errorf("%d buttons to move three fields", page.Find(`#fields form[action$="/move"]`).Length())
		}
	})
}

func TestFieldsByTheAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := serve(t, d)
		f := w.field(t, Field{Name: "Lot", Kind: TextField})
		base := "/api/v1" + w.p.ID.URL()
		for _, c := range []struct {
			who, method, path, body string
			want                    int
			holds                   string
		}{
			{"manager", "POST", "/plan/fields", `{"name":"Essayé","kind":"yesno"}`, http.StatusCreated, `"kind":"yesno"`},
			{"manager", "POST", "/plan/fields", `{"name":"x","kind":"colour"}`, http.StatusUnprocessableEntity, ""},
			{"reader", "POST", "/plan/fields", `{"name":"x","kind":"text"}`, http.StatusForbidden, ""},
			{"reader", "GET", "/plan/fields", "", http.StatusOK, `"name":"Lot"`},
			{"stranger", "GET", "/plan/fields", "", http.StatusNotFound, ""},
			{"manager", "PUT", "/plan/fields/" + string(f.ID), `{"name":"Lot de poudre","kind":"date"}`, http.StatusOK, `"kind":"text"`},
			{"manager", "POST", "/tasks", `{"title":"Imprimer","fields":{"` + string(f.ID) + `":"AB-12"}}`, http.StatusCreated, `"fields":{"` + string(f.ID) + `":"AB-12"}`},
			{"manager", "POST", "/tasks", `{"title":"Imprimer","fields":{"nothing":"AB-12"}}`, http.StatusUnprocessableEntity, "field.nothing"},
			{"reader", "GET", "/tasks?field=" + string(f.ID) + "&field_value=ab-1", "", http.StatusOK, `"title":"Imprimer"`},
			{"reader", "GET", "/tasks?field=nothing&field_value=ab-1", "", http.StatusUnprocessableEntity, ""},
			{"manager", "DELETE", "/plan/fields/" + string(f.ID), "", http.StatusNoContent, ""},
			{"manager", "GET", "/plan/fields/" + string(f.ID), "", http.StatusNotFound, ""},
			{"manager", "POST", "/plan/fields/" + string(f.ID) + "/restore", "", http.StatusOK, `"name":"Lot de poudre"`},
		} {
			kind := ""
			if c.body != "" {
				kind = "application/json"
			}
			if code, text := w.ask(c.who, c.method, base+c.path, kind, c.body); code != c.want || !strings.Contains(text, c.holds) {
				t.Errorf("%s %s: got %d, want %d: %s", c.method, c.path, code, c.want, text)
			}
		}
	})
}
