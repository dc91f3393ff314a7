package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func at(path, query string) *View {
	v := NewView("fr")
	v.Path = path
	v.Query, _ = url.ParseQuery(query)
	return v
}

func TestPager(t *testing.T) {
	for _, c := range []struct {
		query             string
		total             int
		page, from, to    int
		offset, pageCount int
		near              []int
	}{
		{"", 20000, 1, 1, 50, 0, 400, []int{1, 2, 0, 400}},
		{"page=200", 20000, 200, 9951, 10000, 9950, 400, []int{1, 0, 199, 200, 201, 0, 400}},
		{"page=9999", 120, 3, 101, 120, 100, 3, []int{1, 2, 3}},
		{"page=-4", 120, 1, 1, 50, 0, 3, []int{1, 2, 3}},
		{"page=x", 0, 1, 0, 0, 0, 1, []int{1}},
	} {
		p := PagerOf(at("/actions", c.query), 50, c.total)
		if p.Page != c.page || p.From() != c.from || p.To() != c.to || p.Offset() != c.offset || p.Pages() != c.pageCount || !slices.Equal(p.near(), c.near) {
			t.Errorf("%q of %d: page %d of %d, rows %d to %d, offset %d, near %v; want %+v", c.query, c.total, p.Page, p.Pages(), p.From(), p.To(), p.Offset(), p.near(), c)
		}
	}
}

func TestSort(t *testing.T) {
	for _, c := range []struct {
		query, column string
		descending    bool
	}{
		{"", "name", false}, {"sort=cost", "cost", false}, {"sort=-cost", "cost", true}, {"sort=-name%3Bdrop", "name", false},
	} {
		if column, desc := SortOf(at("/a", c.query), "name", "cost"); column != c.column || desc != c.descending {
			t.Errorf("%q: %s %t, want %s %t", c.query, column, desc, c.column, c.descending)
		}
	}
	for _, c := range []struct{ query, aria, url string }{
		{"axis=1&page=3", "none", "/a?axis=1&sort=-cost"}, // a number: highest first
		{"sort=-cost", "descending", "/a?sort=cost"},
		{"sort=cost", "ascending", "/a?sort=-cost"},
	} {
		if aria, _, url := (Column{Key: "cost", Number: true, Default: "name"}).state(at("/a", c.query)); aria != c.aria || url != c.url {
			t.Errorf("%q: %s %s, want %s %s", c.query, aria, url, c.aria, c.url)
		}
	}
}

func TestMoneyBar(t *testing.T) {
	parts, total := stacked([]MoneyPart{{ToFind, 10}, {Foreseen, 20}, {Refused, 500}, {Paid, 0}, {Contracted, 70}})
	if want := []MoneyPart{{Contracted, 70}, {Foreseen, 20}, {ToFind, 10}}; !slices.Equal(parts, want) || total != 100 {
		t.Errorf("got %v of %d, want %v of 100: fullest first, what is refused or nothing left out", parts, total, want)
	}
	widths := shares([]MoneyPart{{Paid, 1}, {Asked, 499}, {Foreseen, 500}}, 1000, 200, 5)
	sum := 0.0
	for _, w := range widths {
		sum += w
	}
	if widths[0] != 5 || sum < 199.9 || sum > 200.1 {
		t.Errorf("widths %v add up to %.1f: want the least 5, all 200", widths, sum)
	}
	var b strings.Builder
	if err := MoneyBar(NewView("fr"), RowBar, MoneyPart{Paid, 83000000}, MoneyPart{ToFind, 42000000}).Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`aria-label="Versé 830` + nbsp + `k€, À trouver 420` + nbsp + `k€"`, `fill="url(#p5)"`, `class="seg-gap"`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %s in %s", want, b.String())
		}
	}
}

// TestFieldKeepsTyping renders fields of a form that came back: what was typed stands there, and the fault beside it.
func TestFieldKeepsTyping(t *testing.T) {
	f := NewForm("k", "text", "\n<b>& é\nligne", "on", "31/02/2026", "amount", "12x", "own", "1")
	f.Errors = map[string]string{"on": "Ce jour n’existe pas.", "lost": "Sans champ."}
	v := NewView("fr")
	fields := []Field{{Name: "on", Label: "Date", Hint: "De l’acte."}, {Name: "text", Label: "Texte"}, {Name: "amount", Label: "Montant"}, {Name: "own", Label: "Oui"}}
	var b strings.Builder
	for _, err := range []error{
		FormFaults(v, f, fields...).Render(context.Background(), &b), DateField(v, f, fields[0]).Render(context.Background(), &b),
		TextArea(v, f, fields[1]).Render(context.Background(), &b), MoneyField(v, f, fields[2]).Render(context.Background(), &b),
		CheckField(v, f, fields[3]).Render(context.Background(), &b),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{
		`<a href="#f-on">Date</a>`, "Sans champ.", // a fault without a field is said too
		`type="text" value="31/02/2026"`, // a date field of the browser would drop it
		`aria-describedby="f-on-e f-on-h"`, `aria-invalid="true"`,
		">\n\n&lt;b&gt;&amp; é\nligne</textarea>", // a browser drops the first line end
		`value="12x"`, `checked`,
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

func TestPreferences(t *testing.T) {
	m := NewMux(Options{Log: slog.New(slog.DiscardHandler)})
	for _, c := range []struct {
		body, to, cookie string
		status           int
	}{
		{"theme=dark&next=/actions%3Faxis%3D1", "/actions?axis=1", "theme=dark", 303},
		{"lang=en&next=//elsewhere.example/", "/", "lang=en", 303},
		{"theme=pink&next=/", "", "", 422},
	} {
		r := httptest.NewRequest(http.MethodPost, "/preferences", strings.NewReader(c.body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		m.Handler().ServeHTTP(w, r)
		if w.Code != c.status || w.Header().Get("Location") != c.to || !strings.HasPrefix(w.Header().Get("Set-Cookie"), c.cookie) {
			t.Errorf("%s: %d to %q, cookie %q; want %+v", c.body, w.Code, w.Header().Get("Location"), w.Header().Get("Set-Cookie"), c)
		}
	}
}

// TestSheetsDoNotShareNames keeps the sheet of notes from giving another shape to what the common sheet has named:
// the box of a checklist had the padding of a panel.
func TestSheetsDoNotShareNames(t *testing.T) {
	base := regexp.MustCompile(`(?m)^\.(b-[a-z0-9-]+) \{`)
	named := func(name string) map[string]bool {
		b, err := os.ReadFile(filepath.Join("assets", "src", name))
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]bool{}
		for _, m := range base.FindAllStringSubmatch(string(b), -1) {
			out[m[1]] = true
		}
		return out
	}
	common, notes := named("bassin.css"), named("note.css")
	if len(common) < 100 || len(notes) < 10 {
		t.Fatalf("%d and %d names read", len(common), len(notes))
	}
	for name := range notes {
		if common[name] {
			t.Errorf(".%s is named in both sheets", name)
		}
	}
}
