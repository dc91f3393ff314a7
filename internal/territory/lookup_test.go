package territory

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/fault"
)

// service stands in for the company search service, with its ways: at most 25 a page, three
// characters at least, a number of 9 or 14 digits answered without regard to filters, 429.
type service struct {
	mu       sync.Mutex
	asked    []string
	tooMany  int    // answers 429 so many times
	after    string // its Retry-After
	failures int    // answers 503 so many times
	answer   func(w http.ResponseWriter, r *http.Request) bool
}

var standIns = []map[string]any{
	{
		"siren": "200066918", "nom_complet": "CA ALES AGGLOMERATION", "nature_juridique": "7348", "date_creation": "2017-01-01",
		"categorie_entreprise": "ETI", "tranche_effectif_salarie": "42", "etat_administratif": "A",
		"siege": map[string]any{
			"siret": "20006691800018", "adresse": "BATIMENT ATOME 2 RUE MICHELET 30100 ALES", "code_postal": "30100", "commune": "30007",
			"epci": "200066918", "activite_principale": "84.11Z", "activite_principale_naf25": "84.11Y",
			"latitude": "44.128", "longitude": "4.0815", "tranche_effectif_salarie": "42", "etat_administratif": "A",
		},
	},
	{
		"siren": "356000000", "nom_complet": "LA \x00 POSTE", "siege": map[string]any{
			"siret": "35600000000048", "latitude": 48.8, "longitude": nil, "epci": nil, "etat_administratif": "A",
			"activite_principale": "53.10Z", "code_postal": "75015",
		},
		"matching_etablissements": []map[string]any{{"siret": "35600000009075", "etat_administratif": "F"}},
		"date_creation":           nil, "tranche_effectif_salarie": nil,
	},
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, r.URL.RequestURI())
	if s.tooMany > 0 {
		s.tooMany--
		if s.after != "" {
			w.Header().Set("Retry-After", s.after)
		}
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	if s.failures > 0 {
		s.failures--
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if s.answer != nil && s.answer(w, r) {
		return
	}
	q := r.URL.Query()
	perPage, err := strconv.Atoi(q.Get("per_page"))
	if err != nil || perPage > 25 || r.URL.Path != "/search" {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"erreur":"Veuillez indiquer un paramètre per_page entre 1 et 25."}`)
		return
	}
	text := q.Get("q")
	direct := (len(text) == 9 || len(text) == 14) && strings.Trim(text, "0123456789") == ""
	results := []map[string]any{}
	for _, c := range standIns {
		siege := c["siege"].(map[string]any)
		switch {
		case direct && !strings.HasPrefix(text, c["siren"].(string)):
			continue
		case !direct && !strings.Contains(strings.ToLower(c["nom_complet"].(string)), strings.ToLower(text)):
			continue
		case !direct && q.Get("code_postal") != "" && q.Get("code_postal") != siege["code_postal"]:
			continue
		}
		results = append(results, c)
	}
	json.NewEncoder(w).Encode(map[string]any{"results": results, "total_results": len(results), "page": 1, "per_page": perPage, "total_pages": 1})
}

func (s *service) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.asked)
}

func (s *service) last() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[len(s.asked)-1]
}

// clock is a hand-moved clock.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }
func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func newService(t *testing.T, s *service) (*Lookup, *clock) {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	c := &clock{t: time.Date(2026, 5, 21, 9, 0, 0, 0, time.UTC)}
	l, err := NewLookup(LookupConfig{URL: server.URL + "/", Now: c.now, Timeout: 2 * time.Second, Cache: NewMemoryCache(1<<20, c.now)})
	if err != nil {
		t.Fatal(err)
	}
	return l, c
}

func TestFindCompany(t *testing.T) {
	t.Parallel()
	s := &service{}
	l, _ := newService(t, s)
	got, err := l.Find(context.Background(), Search{Text: "ales", PostCode: []string{"30100"}, PerPage: 500, OpenOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Companies) != 1 || got.Total != 1 || got.FiltersIgnored || got.Kept {
		t.Fatalf("got %+v", got)
	}
	want := Company{
		SIREN: "200066918", Name: "CA ALES AGGLOMERATION", Category: "ETI", LegalForm: "7348", Headcount: "42", CreatedOn: "2017-01-01", Open: true,
		Head: Establishment{
			SIRET: "20006691800018", Address: "BATIMENT ATOME 2 RUE MICHELET 30100 ALES", PostCode: "30100", Commune: "30007", Grouping: "200066918",
			NAF: "84.11Z", NAF25: "84.11Y", Headcount: "42", Open: true, Located: true, Latitude: 44.128, Longitude: 4.0815,
		},
	}
	if fmt.Sprintf("%+v", got.Companies[0]) != fmt.Sprintf("%+v", want) {
		t.Errorf("\n got  %+v\n want %+v", got.Companies[0], want)
	}
	if asked := s.last(); !strings.Contains(asked, "per_page=25") || !strings.Contains(asked, "etat_administratif=A") {
		t.Errorf("asked %s", asked)
	}
}

func TestDirectLookUpIgnoresFiltersAndSaysSo(t *testing.T) {
	t.Parallel()
	s := &service{}
	l, _ := newService(t, s)
	got, err := l.Find(context.Background(), Search{Text: " 200\u00a0066 918 ", PostCode: []string{"75001"}})
	if err != nil || len(got.Companies) != 1 || !got.FiltersIgnored {
		t.Errorf("got %+v, %v", got, err)
	}
	if !strings.Contains(s.last(), "q=200066918") {
		t.Errorf("asked %s", s.last())
	}
	if got, err = l.Find(context.Background(), Search{Text: "35600000009075"}); err != nil || len(got.Companies) != 1 || got.FiltersIgnored {
		t.Errorf("SIRET: got %+v, %v", got, err)
	}
	c := got.Companies[0]
	if c.Name != "LA POSTE" || c.Head.Located || c.CreatedOn != "" || !c.Open || len(c.Matching) != 1 || c.Matching[0].SIRET != "35600000009075" || c.Matching[0].Open {
		t.Errorf("got %+v", c)
	}
}

func TestCompanyByNumber(t *testing.T) {
	t.Parallel()
	l, _ := newService(t, &service{})
	if c, err := l.Company(context.Background(), "200066918"); err != nil || c.SIREN != "200066918" {
		t.Errorf("got %+v, %v", c, err)
	}
	if _, err := l.Company(context.Background(), "200034528"); fault.Of(err) != fault.NotFound {
		t.Errorf("unknown: got %v", err)
	}
	if _, err := l.Company(context.Background(), "200034529"); fault.Of(err) != fault.Invalid {
		t.Errorf("wrong number: got %v", err)
	}
}

func TestAnswersAreKept(t *testing.T) {
	t.Parallel()
	s := &service{}
	l, c := newService(t, s)
	ctx := context.Background()
	one := Search{Text: "poste", Region: []RegionID{"76", "11"}}
	other := Search{Text: "poste", Region: []RegionID{"11", "76"}}
	if got, err := l.Find(ctx, one); err != nil || got.Kept {
		t.Fatalf("got %+v, %v", got, err)
	}
	if got, err := l.Find(ctx, other); err != nil || !got.Kept || len(got.Companies) != 1 || s.count() != 1 {
		t.Errorf("the same question: got %+v, %v, asked %d", got, err, s.count())
	}
	c.move(lookupKeep)
	if got, err := l.Find(ctx, one); err != nil || got.Kept || s.count() != 2 {
		t.Errorf("a day later: got %+v, %v, asked %d", got, err, s.count())
	}
}

func TestTooManyRequestsWaitsAsTold(t *testing.T) {
	t.Parallel()
	s := &service{tooMany: 1, after: "600"}
	l, c := newService(t, s)
	ctx := context.Background()
	for range 3 {
		_, err := l.Find(ctx, Search{Text: "poste"})
		if f := fault.As(err); f == nil || f.Kind != fault.Unavailable || f.Key != "territory.lookup_busy" {
			t.Errorf("got %v", err)
		}
	}
	if s.count() != 1 {
		t.Errorf("asked %d times during the silence that was asked for", s.count())
	}
	c.move(10 * time.Minute)
	if _, err := l.Find(ctx, Search{Text: "poste"}); err != nil || s.count() != 2 {
		t.Errorf("after it: %v, asked %d", err, s.count())
	}
}

func TestShortPauseIsWaitedFor(t *testing.T) {
	t.Parallel()
	s := &service{tooMany: 1, after: "0"}
	l, _ := newService(t, s)
	if _, err := l.Find(context.Background(), Search{Text: "poste"}); err != nil || s.count() != 2 {
		t.Errorf("got %v, asked %d", err, s.count())
	}
}

func TestRetryAfterForms(t *testing.T) {
	t.Parallel()
	c := &clock{t: time.Date(2026, 5, 21, 9, 0, 0, 0, time.UTC)}
	for _, x := range []struct {
		after string
		want  time.Duration
	}{
		{"", time.Second}, {"soon", time.Second}, {"-5", time.Second}, {"30", 30 * time.Second}, {"999999999", time.Hour},
		{"Thu, 21 May 2026 09:02:00 GMT", 2 * time.Minute}, {"Thu, 21 May 2020 09:02:00 GMT", 0},
	} {
		l := &Lookup{now: c.now}
		l.pause(x.after)
		if got := max(l.paused.Sub(c.now()), 0); got != x.want {
			t.Errorf("%q: got %s, want %s", x.after, got, x.want)
		}
	}
}

func TestServiceInTrouble(t *testing.T) {
	t.Parallel()
	big := strings.Repeat(" ", lookupMaxBytes+10)
	for _, c := range []struct {
		name  string
		s     *service
		kind  fault.Kind
		key   string
		asked int
	}{
		{"recovers", &service{failures: 2}, "", "", 3},
		{"stays down", &service{failures: 9}, fault.Unavailable, "territory.lookup_down", 3},
		{"a page instead of JSON", &service{answer: say(200, "<html>Maintenance</html>")}, fault.Unavailable, "territory.lookup_down", 1},
		{"JSON of another kind", &service{answer: say(200, `{"message":"ok"}`)}, fault.Unavailable, "territory.lookup_down", 1},
		{"another type in JSON", &service{answer: say(200, `{"results":[{"siren":200066918}]}`)}, fault.Unavailable, "territory.lookup_down", 1},
		{"an endless answer", &service{answer: say(200, big)}, fault.Unavailable, "territory.lookup_down", 1},
		{"forbidden", &service{answer: say(403, "")}, fault.Unavailable, "territory.lookup_down", 1},
		{"refuses the question", &service{answer: say(400, `{"erreur":"non"}`)}, fault.Invalid, "territory.lookup_refused", 1},
		{"sends elsewhere", &service{answer: func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
			return true
		}}, fault.Unavailable, "territory.lookup_down", 1},
	} {
		l, _ := newService(t, c.s)
		_, err := l.Find(context.Background(), Search{Text: "poste"})
		if c.key == "" {
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		} else if f := fault.As(err); f == nil || f.Kind != c.kind || f.Key != c.key {
			t.Errorf("%s: got %v, want %s %s", c.name, err, c.kind, c.key)
		}
		if got := c.s.count(); got != c.asked {
			t.Errorf("%s: asked %d times, want %d", c.name, got, c.asked)
		}
	}
}

func TestServiceAbsent(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	l, err := NewLookup(LookupConfig{URL: server.URL, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	_, err = l.Find(context.Background(), Search{Text: "poste"})
	if f := fault.As(err); f == nil || f.Kind != fault.Unavailable || f.Key != "territory.lookup_down" {
		t.Errorf("nobody there: got %v", err)
	}
	var off *Lookup
	_, err = off.Find(context.Background(), Search{Text: "poste"})
	if f := fault.As(err); f == nil || f.Kind != fault.Unavailable || f.Key != "territory.lookup_off" {
		t.Errorf("switched off: got %v", err)
	}
}

func TestServiceHangs(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	l, err := NewLookup(LookupConfig{URL: server.URL, Now: time.Now, Timeout: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if _, err = l.Find(context.Background(), Search{Text: "poste"}); fault.Of(err) != fault.Unavailable || time.Since(start) > 2*time.Second {
		t.Errorf("got %v after %s", err, time.Since(start))
	}
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	s := &service{}
	l, _ := newService(t, s)
	start := time.Now()
	for i := range lookupRate + 3 {
		if _, err := l.Find(context.Background(), Search{Text: "poste", Page: i + 1}); err != nil {
			t.Fatal(err)
		}
	}
	// Seven at once, then one each seventh of a second.
	if took := time.Since(start); took < 3*time.Second/lookupRate-50*time.Millisecond {
		t.Errorf("%d requests took %s", lookupRate+3, took)
	}
}

func TestQuestionsThatAreNotSent(t *testing.T) {
	t.Parallel()
	s := &service{}
	l, _ := newService(t, s)
	for _, c := range []struct {
		name string
		q    Search
		key  string
	}{
		{"nothing", Search{}, "territory.lookup_short"},
		{"two letters", Search{Text: " ab "}, "territory.lookup_short"},
		{"a book", Search{Text: strings.Repeat("a", 201)}, "territory.lookup_long"},
	} {
		if f := fault.As(errOf(l.Find(context.Background(), c.q))); f == nil || f.Kind != fault.Invalid || f.Key != c.key {
			t.Errorf("%s: got %v", c.name, f)
		}
	}
	if s.count() != 0 {
		t.Errorf("asked %d", s.count())
	}
	if _, err := l.Find(context.Background(), Search{Grouping: []account.SIREN{"200066918"}}); err != nil {
		t.Errorf("filters alone: %v", err)
	}
}

func TestLookupAddress(t *testing.T) {
	for _, bad := range []string{"ftp://x", "x", "https://", "https://user:pass@host", "https://host?x=1", "://"} {
		if _, err := NewLookup(LookupConfig{URL: bad, Now: time.Now}); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	if _, err := NewLookup(LookupConfig{}); err == nil {
		t.Error("no clock is taken")
	}
	if l, err := NewLookup(LookupConfig{Now: time.Now}); err != nil || l.base != DefaultLookupURL {
		t.Errorf("default: %+v, %v", l, err)
	}
}

func TestMemoryCache(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := &clock{t: time.Date(2026, 5, 21, 9, 0, 0, 0, time.UTC)}
	m := NewMemoryCache(10, c.now)
	has := func() []string {
		var keys []string
		for _, k := range []string{"a", "b", "c", "d"} {
			if _, ok := m.at[k]; ok {
				keys = append(keys, k)
			}
		}
		return keys
	}
	m.Put(ctx, "a", []byte("aaaa"), time.Minute)
	m.Put(ctx, "b", []byte("bbbb"), time.Hour)
	m.Get(ctx, "a")
	m.Put(ctx, "c", []byte("cccc"), time.Hour)
	if got := has(); !slices.Equal(got, []string{"a", "c"}) {
		t.Errorf("the one used longest ago must go: %v", got)
	}
	m.Put(ctx, "d", []byte("far too long to keep"), time.Hour)
	if got := has(); !slices.Equal(got, []string{"a", "c"}) {
		t.Errorf("too long: %v", got)
	}
	c.move(time.Minute)
	if _, ok := m.Get(ctx, "a"); ok || m.bytes != 4 {
		t.Errorf("its time is over: %v, %d bytes", has(), m.bytes)
	}
	m.Put(ctx, "c", []byte("CC"), time.Hour)
	if v, ok := m.Get(ctx, "c"); !ok || string(v) != "CC" || m.bytes != 2 {
		t.Errorf("replaced: %q %v, %d bytes", v, ok, m.bytes)
	}
}

func TestHeadcount(t *testing.T) {
	for _, c := range []struct {
		band        Headcount
		least, most int
		ok          bool
	}{{"NN", 0, 0, false}, {"", 0, 0, false}, {"00", 0, 0, true}, {"12", 20, 49, true}, {"53", 10_000, -1, true}} {
		if least, most, ok := c.band.Range(); least != c.least || most != c.most || ok != c.ok {
			t.Errorf("%q: got %d %d %v", c.band, least, most, ok)
		}
	}
}

func say(status int, body string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
		return true
	}
}

func errOf(_ Found, err error) error { return err }
