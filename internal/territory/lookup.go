package territory

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/time/rate"

	"bassin/internal/account"
	"bassin/internal/fault"
)

// DefaultLookupURL is the State's public company search service. It asks for no key.
const DefaultLookupURL = "https://recherche-entreprises.api.gouv.fr"

// Limits of the service, and ours.
const (
	lookupRate     = 7 // requests a second and per address; then it answers 429
	lookupPerPage  = 25
	lookupMaxBytes = 4 << 20
	lookupTries    = 3
	lookupPatience = 3 * time.Second // the longest pause that a person is made to wait for
	lookupKeep     = 24 * time.Hour  // how long an answer is kept
)

// Cache keeps answers of the service. A failing cache is a missing answer, never an error.
type Cache interface {
	Get(ctx context.Context, key string) (value []byte, ok bool)
	Put(ctx context.Context, key string, value []byte, keep time.Duration)
}

// LookupConfig says how to reach the service.
type LookupConfig struct {
	URL     string           // "" = DefaultLookupURL
	Timeout time.Duration    // of one request; 0 = 5 s
	Cache   Cache            // nil = none
	Now     func() time.Time // the clock; required
	Client  *http.Client     // nil = one of ours; its redirects are not followed either way
}

// Lookup asks the company search service. It is optional: a nil Lookup answers that the service is
// not there, and so does one that cannot reach it (fault.Unavailable, territory.lookup_down).
type Lookup struct {
	base    string
	client  *http.Client
	timeout time.Duration
	cache   Cache
	now     func() time.Time
	limit   *rate.Limiter

	mu     sync.Mutex
	paused time.Time // the service asked for silence until then
}

// NewLookup makes a client; it sends nothing yet. One for the whole process, since the service
// counts requests by address.
func NewLookup(c LookupConfig) (*Lookup, error) {
	if c.URL == "" {
		c.URL = DefaultLookupURL
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return nil, fmt.Errorf("company search service: %q is not an address such as %s", c.URL, DefaultLookupURL)
	}
	if c.Now == nil {
		return nil, errors.New("company search service: a clock is needed")
	}
	if c.Timeout <= 0 {
		c.Timeout = 5 * time.Second
	}
	client := http.Client{}
	if c.Client != nil {
		client = *c.Client
	}
	// Answers come from the address that the operator chose, or not at all.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Lookup{
		base: strings.TrimRight(c.URL, "/"), client: &client, timeout: c.Timeout, cache: c.Cache, now: c.Now,
		limit: rate.NewLimiter(lookupRate, lookupRate),
	}, nil
}

// Search is a question. A Text of exactly 9 or 14 digits is a direct look-up, for which the
// service ignores the filters without a word.
type Search struct {
	Text       string
	NAF        []string    // activity codes, "25.62B"
	Section    []string    // sections of the nomenclature, "C"
	Headcount  []Headcount // bands
	PostCode   []string
	Department []string
	Region     []RegionID
	Grouping   []account.SIREN
	OpenOnly   bool
	Page       int // from 1
	PerPage    int // 1 to 25; 0 = 10
}

// Found is one page of an answer.
type Found struct {
	Companies      []Company
	Total          int // of all pages
	Page, Pages    int
	FiltersIgnored bool // a direct look-up: the filters of the question had no effect
	Kept           bool // from the cache
}

// Find asks for the companies that answer to a search.
func (l *Lookup) Find(ctx context.Context, s Search) (Found, error) {
	values, ignored, err := s.values()
	if err != nil {
		return Found{}, err
	}
	if l == nil {
		return Found{}, fault.New(fault.Unavailable, "territory.lookup_off")
	}
	key := "/search?" + values.Encode()
	body, kept := l.kept(ctx, key)
	if !kept {
		if body, err = l.get(ctx, key); err != nil {
			return Found{}, fmt.Errorf("company search: %w", err)
		}
	}
	found, err := decodeFound(body)
	if err != nil {
		return Found{}, fault.Wrap(err, fault.Unavailable, "territory.lookup_down")
	}
	if !kept && l.cache != nil {
		l.cache.Put(ctx, key, body, lookupKeep)
	}
	found.FiltersIgnored, found.Kept = ignored, kept
	return found, nil
}

// Company asks for one company by its number; NotFound when the service does not know it.
func (l *Lookup) Company(ctx context.Context, siren account.SIREN) (Company, error) {
	siren, err := account.ParseSIREN(string(siren))
	if err != nil {
		return Company{}, err
	}
	found, err := l.Find(ctx, Search{Text: string(siren), PerPage: 1})
	if err != nil {
		return Company{}, err
	}
	for _, c := range found.Companies {
		if c.SIREN == siren {
			return c, nil
		}
	}
	return Company{}, fault.New(fault.NotFound, "territory.lookup_unknown", "siren", siren.Display())
}

// values writes the question as the service wants it, and tells whether filters will be ignored.
func (s Search) values() (v url.Values, ignored bool, err error) {
	text := strings.Join(strings.Fields(s.Text), " ")
	// A number written with spaces or dots is meant as a number.
	if siren, err := account.ParseSIREN(text); err == nil {
		text = string(siren)
	} else if siret, err := account.ParseSIRET(text); err == nil {
		text = string(siret)
	}
	v = url.Values{}
	set := func(name string, list []string) {
		if len(list) > 0 {
			v.Set(name, strings.Join(list, ","))
		}
	}
	set("activite_principale", s.NAF)
	set("section_activite_principale", s.Section)
	set("tranche_effectif_salarie", plain(s.Headcount))
	set("code_postal", s.PostCode)
	set("departement", s.Department)
	set("region", plain(s.Region))
	set("epci", plain(s.Grouping))
	if s.OpenOnly {
		v.Set("etat_administratif", "A")
	}
	filtered := len(v) > 0
	switch n := utf8.RuneCountInString(text); {
	case n == 0 && !filtered, n > 0 && n < 3:
		return nil, false, fault.New(fault.Invalid, "territory.lookup_short")
	case n > 200:
		return nil, false, fault.New(fault.Invalid, "territory.lookup_long", "max", 200)
	}
	if text != "" {
		v.Set("q", text)
	}
	direct := (len(text) == 9 || len(text) == 14) && strings.Trim(text, "0123456789") == ""
	if s.PerPage <= 0 {
		s.PerPage = 10
	}
	v.Set("per_page", strconv.Itoa(min(s.PerPage, lookupPerPage)))
	v.Set("page", strconv.Itoa(max(s.Page, 1)))
	return v, direct && filtered, nil
}

func plain[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	slices.Sort(out) // the same question in another order is the same in the cache
	return out
}

func (l *Lookup) kept(ctx context.Context, key string) ([]byte, bool) {
	if l.cache == nil {
		return nil, false
	}
	return l.cache.Get(ctx, key)
}

// get asks, waits its turn, and asks again a few times when the service says so or stumbles.
func (l *Lookup) get(ctx context.Context, path string) ([]byte, error) {
	var last error
	for try := range lookupTries {
		if err := l.turn(ctx); err != nil {
			return nil, err
		}
		body, again, err := l.once(ctx, path)
		if err == nil {
			return body, nil
		}
		last = err
		if !again || ctx.Err() != nil {
			break
		}
		if try+1 < lookupTries {
			if err := sleep(ctx, time.Duration(100<<try)*time.Millisecond); err != nil {
				break
			}
		}
	}
	if f := fault.As(last); f != nil {
		return nil, f
	}
	return nil, fault.Wrap(last, fault.Unavailable, "territory.lookup_down")
}

// turn waits for the rate limit and for a pause that the service asked for. A pause that is longer
// than anybody should wait is answered at once.
func (l *Lookup) turn(ctx context.Context) error {
	l.mu.Lock()
	pause := l.paused.Sub(l.now())
	l.mu.Unlock()
	if pause > lookupPatience {
		return fault.New(fault.Unavailable, "territory.lookup_busy", "count", int(pause/time.Second)+1)
	}
	if err := sleep(ctx, pause); err != nil {
		return fault.Wrap(err, fault.Unavailable, "territory.lookup_down")
	}
	wait, cancel := context.WithTimeout(ctx, lookupPatience)
	defer cancel()
	if err := l.limit.Wait(wait); err != nil {
		return fault.Wrap(err, fault.Unavailable, "territory.lookup_busy", "count", int(lookupPatience/time.Second))
	}
	return nil
}

// once sends one request; again says that another try may succeed.
func (l *Lookup) once(ctx context.Context, path string) (body []byte, again bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, l.base+path, nil)
	if err != nil {
		return nil, false, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "bassin")
	res, err := l.client.Do(req)
	if err != nil {
		// A service that does not answer within the time limit is not asked again.
		return nil, !errors.Is(err, context.DeadlineExceeded), err
	}
	defer res.Body.Close()
	body, err = io.ReadAll(io.LimitReader(res.Body, lookupMaxBytes+1))
	switch {
	case res.StatusCode == http.StatusTooManyRequests:
		l.pause(res.Header.Get("Retry-After"))
		return nil, true, fmt.Errorf("status %d", res.StatusCode)
	case res.StatusCode == http.StatusBadRequest:
		return nil, false, fault.Wrap(fmt.Errorf("status 400: %s", shorten(string(body))), fault.Invalid, "territory.lookup_refused")
	case res.StatusCode != http.StatusOK:
		return nil, res.StatusCode >= 500, fmt.Errorf("status %d", res.StatusCode)
	case err != nil:
		return nil, true, err
	case len(body) > lookupMaxBytes:
		return nil, false, fmt.Errorf("the answer is over %d bytes", lookupMaxBytes)
	}
	return body, false, nil
}

// pause notes how long the service wants silence: seconds or a date; one second when it does not
// say, an hour at most.
func (l *Lookup) pause(after string) {
	wait := time.Second
	if n, err := strconv.Atoi(strings.TrimSpace(after)); err == nil && n >= 0 {
		wait = time.Duration(min(n, 3600)) * time.Second
	} else if at, err := http.ParseTime(after); err == nil {
		wait = min(max(at.Sub(l.now()), 0), time.Hour)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if until := l.now().Add(wait); until.After(l.paused) {
		l.paused = until
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
