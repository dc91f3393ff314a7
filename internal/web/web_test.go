package web

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
)

// keyUse finds literal text keys in code: "feature.some_name". Keys built by joining end in a dot
// and are checked by prefix.
var keyUse = regexp.MustCompile(`"((?:web|fault|db|account|territory|programme|file|job|overview|project|plan|document|note|meeting|talk|agenda|cost|transfer|additive|making|park|batch|printfile|calibration|demand)\.[a-z0-9_.]+)"`)

// fill finds a fault, or a wrong field, with what its text is filled with: the key, and pairs of name and value.
var fill = regexp.MustCompile(`(?:fault\.New\(fault\.\w+|fault\.Wrap\(\w+, fault\.\w+|\.Add\("[^"]*"), "([a-z_]+\.[a-z0-9_.]+)"(.*)`)

var (
	nameOf = regexp.MustCompile(`"([a-z_]+)", `)
	needOf = regexp.MustCompile(`{{\.(\w+)}}`)
)

// A text that asks for a value which its fault does not give says "<no value>".
func TestFaultsGiveWhatTheirTextsAskFor(t *testing.T) {
	texts := map[string]string{}
	list, err := filepath.Glob("text/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		var of map[string]json.RawMessage
		if err := json.Unmarshal(b, &of); err != nil {
			t.Fatal(err)
		}
		for k, text := range of {
			texts[k] += string(text)
		}
	}
	seen := 0
	err = filepath.WalkDir("..", func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(p) != ".go" || strings.HasSuffix(p, "_test.go") {
			return err
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		for n, line := range strings.Split(string(b), "\n") {
			for _, m := range fill.FindAllStringSubmatch(line, -1) {
				var given []string
				for _, x := range nameOf.FindAllStringSubmatch(m[2], -1) {
					given = append(given, x[1])
				}
				if strings.HasSuffix(strings.TrimSpace(m[2]), "...)") || !strings.HasSuffix(strings.TrimSpace(m[2]), ")") {
					continue // the pairs are elsewhere
				}
				seen++
				for _, x := range needOf.FindAllStringSubmatch(texts[m[1]], -1) {
					if !slices.Contains(given, x[1]) {
						t.Errorf("%s:%d: %s asks for %s, and is given %v", p, n+1, m[1], x[1], given)
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 300 {
		t.Errorf("only %d faults found: the search is broken", seen)
	}
}

// verbUse finds the verbs of the audit trail, each with a sentence for the history: audit.VERB.
var verbUse = regexp.MustCompile(`Verb:\s*"([a-z0-9_.]+)"`)

// notTexts are literals of the same shape that are not texts: audit verbs, permissions and kinds of jobs.
var notTexts = regexp.MustCompile(`(Verb:|Kind\s*= "|May\(|can\(|permission|Permission)`)

// looseSpace is a space at which a line may break where French allows none.
var looseSpace = regexp.MustCompile(`\S [:;!?%€»](?: |$)|« `)

func TestFrenchSpaces(t *testing.T) {
	names, err := filepath.Glob("text/*.fr.json")
	if err != nil || len(names) == 0 {
		t.Fatal("no texts: ", err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for n, line := range strings.Split(string(b), "\n") {
			_, text, ok := strings.Cut(line, `": "`)
			if ok && looseSpace.MatchString(strings.ReplaceAll(strings.TrimRight(text, `",`), "_ . : ~", "")) {
				t.Errorf("%s:%d: a sign needs a space that does not break (U+00A0 or U+202F): %s", name, n+1, text)
			}
		}
	}
}

func TestEveryTextIsInBothLanguages(t *testing.T) {
	fr, en := Keys("fr"), Keys("en")
	for _, k := range fr {
		if !slices.Contains(en, k) {
			t.Errorf("%s has no English text", k)
		}
	}
	for _, k := range en {
		if !slices.Contains(fr, k) {
			t.Errorf("%s has no French text", k)
		}
	}
	uses, verbs := 0, 0
	err := filepath.WalkDir("..", func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if ext := filepath.Ext(p); ext != ".templ" && (ext != ".go" || strings.HasSuffix(p, "_templ.go") || strings.HasSuffix(p, "_test.go")) {
			return nil
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		for n, line := range strings.Split(string(b), "\n") {
			for _, m := range verbUse.FindAllStringSubmatch(line, -1) {
				verbs++
				if !slices.Contains(fr, "audit."+m[1]) {
					t.Errorf("%s:%d: audit.%s has no text", p, n+1, m[1])
				}
			}
			if notTexts.MatchString(line) {
				continue
			}
			for _, m := range keyUse.FindAllStringSubmatch(line, -1) {
				if room, _, _ := strings.Cut(m[1], "."); (room == "document" || room == "note") && filepath.Base(filepath.Dir(p)) != room {
					continue // a field of one of the programme's small forms
				}
				uses++
				switch key := m[1]; {
				case strings.HasSuffix(key, "."), strings.HasSuffix(key, "_"):
					if !slices.ContainsFunc(fr, func(k string) bool { return strings.HasPrefix(strings.TrimPrefix(k, "audit."), key) }) {
						t.Errorf("%s:%d: no text begins with %s", p, n+1, key)
					}
				case !slices.Contains(fr, key) && !slices.Contains(fr, "audit."+key): // a verb of the trail is said by its audit text
					t.Errorf("%s:%d: %s has no text", p, n+1, key)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if uses < 30 || verbs < 5 {
		t.Errorf("only %d uses of texts and %d verbs found: the search is broken", uses, verbs)
	}
}

func TestFormats(t *testing.T) {
	fr, en := NewView("fr"), NewView("en")
	for _, c := range []struct{ got, want string }{
		{fr.Money(123456789), "1\u202f234\u202f567,89\u00a0€"},
		{en.Money(123456700), "€1,234,567"},
		{fr.Money(-50), "−0,50\u00a0€"},
		{fr.MoneyShort(4_000_000_000), "40\u00a0M€"},
		{en.MoneyShort(280_000_000), "€2.8M"},
		{fr.MoneyShort(99_999_900), "1\u00a0M€"},
		{fr.MoneyShort(1_250_000), "12,5\u00a0k€"},
		{fr.Percent(.494), "49\u00a0%"},
		{fr.Rate(.25), "25,0\u00a0%"},
		{fr.Date("2026-05-01"), "1er\u00a0mai 2026"},
		{en.Date("2026-05-21"), "21\u00a0May 2026"},
		{fr.Date("0000-05-21"), ""},
		{fr.Span(1), "1 jour"},
		{fr.Span(60), "60 jours"},
		{fr.Span(61), "2 mois"},
		{en.Span(729), "23 months"},
		{fr.Span(1335), "3 ans"},
		{fr.Days(fr.Today().AddDays(7)), "dans 7 jours"},
		{fr.Days(fr.Today().AddDays(-1335)), "il y a 3 ans"},
		{en.Days(en.Today().AddDays(-2)), "2 days ago"},
		{fr.T("web.span_ago", "span_days", 400), "il y a 13 mois"},
		{fr.T("fault.amount_large", "max_cents", MaxCents), "Le montant dépasse 10\u202f000\u202f000\u202f000\u00a0€\u00a0: vérifiez les zéros."},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestParseCents(t *testing.T) {
	for _, c := range []struct {
		in    string
		cents int64
		key   string
	}{
		{"1 200,50 €", 120050, ""},
		{"1\u202f200", 120000, ""},
		{"1200.5", 120050, ""},
		{"1,200.50", 120050, ""},
		{"1.200,50", 120050, ""},
		{"1.200.000", 120000000, ""},
		{"1,200,000", 120000000, ""},
		{"1,200", 120000, ""},
		{"1,200,000.5", 120000050, ""},
		{"1'200.50", 120050, ""},
		{"1 000,5", 100050, ""},
		{"12,", 1200, ""},
		{",5", 50, ""},
		{"0,125", 0, "fault.amount_decimals"},
		{"1 000,005", 0, "fault.amount_decimals"}, // not a million and five
		{"1234,567", 0, "fault.amount_decimals"},
		{"1.234,567", 0, "fault.amount_decimals"},
		{"1,2,3", 0, "fault.amount"},
		{"12,34,56.7", 0, "fault.amount"},
		{"1234.567.890", 0, "fault.amount"},
		{"-5", 0, "fault.amount_negative"},
		{"−5", 0, "fault.amount_negative"},
		{"12345678901234567890", 0, "fault.amount_large"},
		{"10000000000", MaxCents, ""},
		{"10000000000,01", 0, "fault.amount_large"},
		{"1e9", 0, "fault.amount"},
		{"1/3", 0, "fault.amount"},
		{"NaN", 0, "fault.amount"},
		{"--1", 0, "fault.amount"},
		{strings.Repeat("9", 100), 0, "fault.amount"},
	} {
		cents, key := ParseCents(c.in)
		if cents != c.cents || key != c.key {
			t.Errorf("%q: got %d %q, want %d %q", c.in, cents, key, c.cents, c.key)
		}
	}
}

func FuzzParseCents(f *testing.F) {
	for _, s := range []string{"1 200,50 €", "-1", "1.2.3", "", "٣"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		cents, key := ParseCents(s)
		if cents < 0 || cents > MaxCents || (key != "" && cents != 0) {
			t.Errorf("%q: %d %q", s, cents, key)
		}
	})
}

// TestAKeyHoldsForWhatWasSaid: the same words again get the first answer; a program that says something
// else with its key is refused, and a form that was changed is done.
func TestAKeyHoldsForWhatWasSaid(t *testing.T) {
	m := testMux(dbtest.Open(t))
	done := 0
	m.Open("POST /things", func(w http.ResponseWriter, r *http.Request) error {
		done++
		return m.opts.DB.Do(r.Context(), func(tx db.Tx) error {
			id := db.NewID()
			_, err := tx.Exec(`insert into account_person (id, email, name, created_at) values ($1, $1, $2, 0)`, id, r.FormValue("name"))
			w.Header().Set("Location", "/things/"+r.FormValue("name"))
			w.WriteHeader(http.StatusCreated)
			return err
		})
	})
	h := m.Handler()
	const plain = "application/x-www-form-urlencoded"
	parts := func(mark, name string) (string, string) {
		return "multipart/form-data; boundary=" + mark, "--" + mark + "\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n" + name + "\r\n--" + mark + "--\r\n"
	}
	kind, body := parts("x1y2z3", "cleo")
	kindAgain, bodyAgain := parts("longer4mark5", "cleo")
	long := "name=long&rest=" + strings.Repeat("x", 2*saidBytes)
	for i, c := range []struct {
		key, path, kind, body string
		code, done            int
		to                    string
	}{
		{"program-1", "/things", plain, "name=ana", 201, 1, "/things/ana"},
		{"program-1", "/things", plain, "name=ana", 201, 1, "/things/ana"},
		{"program-1", "/things", plain, "name=bob", 422, 1, ""},
		{"program-1", "/things?name=bob", plain, "name=ana", 422, 1, ""},
		{"program-2", "/things", plain, long, 201, 2, "/things/long"},
		{"program-2", "/things", plain, long, 201, 2, "/things/long"},
		{"program-2", "/things", plain, long + "x", 422, 2, ""},
		{"", "/things?_once=form-0001", plain, "name=ana", 201, 3, "/things/ana"},
		{"", "/things?_once=form-0001", plain, "name=ana", 201, 3, "/things/ana"},
		{"", "/things?_once=form-0001", plain, "name=bob", 201, 4, "/things/bob"},
		{"", "/things?_once=form-0002", kind, body, 201, 5, "/things/cleo"},
		{"", "/things?_once=form-0002", kindAgain, bodyAgain, 201, 5, "/things/cleo"},
	} {
		r := httptest.NewRequest("POST", c.path, strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.kind)
		if c.key != "" {
			r.Header.Set("Idempotency-Key", c.key)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.code || done != c.done || w.Header().Get("Location") != c.to {
			t.Errorf("%d: got %d %q after %d done, want %d %q after %d", i, w.Code, w.Header().Get("Location"), done, c.code, c.to, c.done)
		}
	}
}

func TestLocalPath(t *testing.T) {
	for in, want := range map[string]string{
		"/actions/1?x=2": "/actions/1?x=2", "//evil.example": "/", "https://evil.example": "/", "/\\evil": "/",
		"javascript:alert(1)": "/", "": "/", "/a\r\nSet-Cookie: x": "/",
	} {
		if got := LocalPath(in, "/"); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

var discard = slog.New(slog.DiscardHandler)

func testMux(d *db.DB) *Mux {
	return NewMux(Options{DB: d, Log: discard, Viewer: func(context.Context) Viewer { return Viewer{ID: "p"} }})
}

func TestAFormSentTwiceIsDoneOnce(t *testing.T) {
	d := dbtest.Open(t)
	m := testMux(d)
	m.Open("POST /things", func(w http.ResponseWriter, r *http.Request) error {
		id := db.NewID()
		err := d.Do(r.Context(), func(tx db.Tx) error {
			_, err := tx.Exec(`insert into account_person (id, email, name, created_at) values ($1, $1, 'x', 0)`, id)
			return err
		})
		if err != nil {
			return err
		}
		return SeeOther(w, r, "/things/"+id, "")
	})
	m.Open("POST /refused", func(http.ResponseWriter, *http.Request) error {
		return fault.New(fault.Conflict, "fault.stale")
	})
	h := m.Handler()
	post := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("POST", path, nil))
		return w
	}
	at := OnceURL("/things", "")
	answers := make([]*httptest.ResponseRecorder, 8)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() { answers[i] = post(at) })
	}
	wg.Wait()
	for _, a := range answers {
		if a.Code != http.StatusSeeOther || a.Header().Get("Location") != answers[0].Header().Get("Location") {
			t.Errorf("got %d %s, want 303 %s", a.Code, a.Header().Get("Location"), answers[0].Header().Get("Location"))
		}
	}
	var n int64
	if err := d.View(context.Background(), func(tx db.Tx) (err error) {
		n, err = db.Get[int64](tx, `select count(*) from account_person`)
		return err
	}); err != nil || n != 1 {
		t.Errorf("%d rows (%v), want 1", n, err)
	}
	if w := post("/refused?_once=12345678"); w.Code != http.StatusConflict {
		t.Errorf("refused: got %d", w.Code)
	}
	if w := post("/things?_once=12345678"); w.Code != http.StatusSeeOther {
		t.Errorf("a refused key is free again: got %d", w.Code)
	}
	if w := post("/things?_once=x"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a bad key: got %d", w.Code)
	}
	if w := post("/refused" + strings.TrimPrefix(at, "/things")); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a key of another form: got %d", w.Code)
	}
}

func TestErrorsBecomePages(t *testing.T) {
	m := testMux(nil)
	for kind, status := range statuses {
		m.Open(fmt.Sprintf("GET /fails/%s", kind), func(http.ResponseWriter, *http.Request) error {
			return fault.New(kind, "fault.stale")
		})
		w := httptest.NewRecorder()
		m.Handler().ServeHTTP(w, httptest.NewRequest("GET", fmt.Sprintf("/fails/%s", kind), nil))
		if w.Code != status || !strings.Contains(w.Body.String(), "<h1>") && !strings.Contains(w.Body.String(), "<h1") {
			t.Errorf("%s: got %d, want %d and a page", kind, w.Code, status)
		}
	}
	m.Open("GET /panics", func(http.ResponseWriter, *http.Request) error { panic("boom") })
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/panics", nil))
	if w.Code != http.StatusInternalServerError {
		t.Errorf("panic: got %d", w.Code)
	}
	if got := w.Header().Get("Content-Security-Policy"); strings.Contains(got, "unsafe") || !strings.Contains(got, "default-src 'none'") {
		t.Errorf("content policy %q", got)
	}
}

func TestOtherSitesCannotPost(t *testing.T) {
	m := testMux(nil)
	m.Open("POST /x", func(w http.ResponseWriter, _ *http.Request) error { w.WriteHeader(204); return nil })
	for name, c := range map[string]struct {
		site, auth string
		want       int
	}{"same": {"same-origin", "", 204}, "cross": {"cross-site", "", 403}, "token": {"cross-site", "Bearer x", 204}} {
		r := httptest.NewRequest("POST", "/x", nil)
		r.Header.Set("Sec-Fetch-Site", c.site)
		if c.auth != "" {
			r.Header.Set("Authorization", c.auth)
		}
		w := httptest.NewRecorder()
		m.Handler().ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: got %d, want %d", name, w.Code, c.want)
		}
	}
}

// What people paste into a form loses the signs that nobody sees, wherever it goes.
func TestFormsLoseWhatIsNotSeen(t *testing.T) {
	m := testMux(dbtest.Open(t))
	var title, body string
	m.Open("POST /things", func(w http.ResponseWriter, r *http.Request) error {
		f, err := ReadForm(w, r)
		if err == nil {
			title, body = f.Text("title"), f.Text("body")
		}
		return err
	})
	r := httptest.NewRequest("POST", "/things", strings.NewReader(url.Values{"title": {"\u200bfacture\u202efdp.exe\ufeff "}, "body": {"un\u2028deux\r\ntrois"}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	m.Handler().ServeHTTP(httptest.NewRecorder(), r)
	if title != "facturefdp.exe" || body != "un\ndeux\ntrois" {
		t.Errorf("%q, %q", title, body)
	}
}
