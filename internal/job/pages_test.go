package job

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/web"
)

// site is the queue's pages and API behind everything that a request passes through. The header
// As tells who asks.
func site(t *testing.T, q *Queue) *httptest.Server {
	t.Helper()
	who := func(ctx context.Context) string { p, _ := ctx.Value(whoKey{}).(string); return p }
	m := web.NewMux(web.Options{
		DB: q.db, Log: slog.New(slog.DiscardHandler),
		Authenticate: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), whoKey{}, r.Header.Get("As"))))
			})
		},
		Viewer: func(ctx context.Context) web.Viewer { return web.Viewer{ID: who(ctx), Lang: "fr"} },
	})
	q.Pages(m)
	q.API(m)
	m.NotFound()
	s := httptest.NewUnstartedServer(m.Handler())
	s.Config.WriteTimeout = 2 * time.Second // a stream must outlive it
	s.Start()
	t.Cleanup(s.Close)
	return s
}

func ask(t *testing.T, s *httptest.Server, as, method, path string) (int, string) {
	t.Helper()
	res := open1(t, s, as, method, path)
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

func open1(t *testing.T, s *httptest.Server, as, method, path string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("As", as)
	r.Header.Set("Accept-Encoding", "gzip")
	c := &http.Client{Transport: &http.Transport{DisableCompression: path != "" && strings.HasSuffix(path, "/events")},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if !strings.HasSuffix(path, "/events") {
		r.Header.Del("Accept-Encoding")
	}
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func TestOnlyOwnersAndAdminsSeeARun(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	q := newQueue(t, d, false, func(q *Queue) {
		Handle(q, "job.sweep2", func(context.Context, *Run, count) error { return nil }, Opts{})
	})
	s := site(t, q)
	mine := enqueue(t, q, Request{Kind: "job.sweep2", TitleKey: "job.sweep", Args: count{}, OwnerID: "ana"})
	enqueue(t, q, Request{Kind: "job.sweep2", TitleKey: "job.sweep", Args: count{}})
	for _, c := range []struct {
		as     string
		status int
		listed int
	}{{"ana", 200, 1}, {"bob", 404, 0}, {"admin", 200, 2}} {
		for _, path := range []string{"/jobs/" + string(mine), "/jobs/" + string(mine) + "/line", "/api/v1/jobs/" + string(mine)} {
			if status, _ := ask(t, s, c.as, "GET", path); status != c.status {
				t.Errorf("%s %s: got %d, want %d", c.as, path, status, c.status)
			}
		}
		if status, body := ask(t, s, c.as, "GET", "/jobs"); status != 200 || strings.Count(body, `class="b-job"`) != c.listed {
			t.Errorf("%s sees %d runs (%d), want %d", c.as, strings.Count(body, `class="b-job"`), status, c.listed)
		}
		var list web.List[jobJSON]
		_, body := ask(t, s, c.as, "GET", "/api/v1/jobs")
		if err := json.Unmarshal([]byte(body), &list); err != nil || len(list.Items) != c.listed {
			t.Errorf("%s: %d in the API (%v), want %d: %s", c.as, len(list.Items), err, c.listed, body)
		}
	}
	for _, path := range []string{"/jobs/" + string(mine) + "/cancel", "/api/v1/jobs/" + string(mine) + "/cancel"} {
		if status, _ := ask(t, s, "bob", "POST", path); status != 404 {
			t.Errorf("bob %s: got %d", path, status)
		}
	}
	if status, _ := ask(t, s, "bob", "GET", "/jobs/"+string(mine)+"/events"); status != 404 {
		t.Errorf("bob's stream: got %d", status)
	}
	if status, _ := ask(t, s, "", "GET", "/jobs"); status != http.StatusSeeOther {
		t.Errorf("a stranger: got %d", status)
	}
	if status, _ := ask(t, s, "", "GET", "/api/v1/jobs"); status != http.StatusUnauthorized {
		t.Errorf("a stranger in the API: got %d", status)
	}
	if status, _ := ask(t, s, "ana", "POST", "/jobs/"+string(mine)+"/cancel"); status != http.StatusSeeOther {
		t.Errorf("ana stops: got %d", status)
	}
	if status, body := ask(t, s, "ana", "GET", "/jobs/"+string(mine)); status != 200 || !strings.Contains(body, "Arrêté") {
		t.Errorf("after stopping: %d %s", status, body)
	}
	if status, body := ask(t, s, "ana", "POST", "/api/v1/jobs/"+string(mine)+"/cancel"); status != http.StatusConflict || !strings.Contains(body, "urn:bassin:job.ended") {
		t.Errorf("stopping again: %d %s", status, body)
	}
}

// TestResultLeadsWhoMaySeeIt: an admin sees everybody's runs, and no way to what only others may enter.
func TestResultLeadsWhoMaySeeIt(t *testing.T) {
	v := web.NewView("fr")
	v.Viewer.ID = "admin"
	for owner, want := range map[string]string{"": "/x", "admin": "/x", "ana": ""} {
		if got := Line(v, Record{State: Done, OwnerID: owner, ResultURL: "/x"}).Link.URL; got != want {
			t.Errorf("asked for by %q: leads to %q, want %q", owner, got, want)
		}
	}
}

func TestFailureIsShownWithItsPlaces(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	q := newQueue(t, d, true, func(q *Queue) {
		Handle(q, "test.fail", func(context.Context, *Run, count) error {
			var f fault.Fields
			f.Add("ligne 18, montant", "fault.amount")
			return f.Err()
		}, Opts{})
	})
	s := site(t, q)
	id := enqueue(t, q, Request{Kind: "test.fail", TitleKey: "job.sweep", Args: count{}, OwnerID: "ana"})
	await(t, d, id, state(Failed))
	_, page := ask(t, s, "ana", "GET", URL(id))
	_, list := ask(t, s, "ana", "GET", "/jobs")
	_, api := ask(t, s, "ana", "GET", "/api/v1"+URL(id))
	for _, want := range []string{"Un champ est à corriger.", "ligne 18, montant", "Indiquez un montant en euros"} {
		if !strings.Contains(page, want) || !strings.Contains(api, want) {
			t.Errorf("%q is not shown:\n%s\n%s", want, page, api)
		}
	}
	if !strings.Contains(list, "En échec") || !strings.Contains(list, "Un champ est à corriger.") {
		t.Errorf("list: %s", list)
	}
}

// One person's streams are bounded; those of others are not touched, and a closed one makes room.
func TestStreamsOfAPersonAreBounded(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	q := newQueue(t, d, false, func(q *Queue) {
		Handle(q, "test.count", func(context.Context, *Run, count) error { return nil }, Opts{})
	})
	s := site(t, q)
	of := func(person string) string {
		return URL(enqueue(t, q, Request{Kind: "test.count", TitleKey: "job.sweep", Args: count{}, OwnerID: person})) + "/events"
	}
	ana, bob := of("ana"), of("bob")
	var open []*http.Response
	for i := range 10 {
		res := open1(t, s, "ana", "GET", ana)
		defer func() { _ = res.Body.Close() }()
		if res.StatusCode != http.StatusOK {
			t.Fatalf("stream %d: %d", i+1, res.StatusCode)
		}
		open = append(open, res)
	}
	status, zipped := ask(t, s, "ana", "GET", ana) // the error page is compressed, a stream is not
	page, err := gzip.NewReader(strings.NewReader(zipped))
	if err != nil {
		t.Fatalf("one too many: %d %v", status, err)
	}
	if body, _ := io.ReadAll(page); status != http.StatusTooManyRequests || !strings.Contains(string(body), "fermez-en une") {
		t.Errorf("one too many: %d %s", status, body)
	}
	res := open1(t, s, "bob", "GET", bob)
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("somebody else: %d", res.StatusCode)
	}
	_ = open[0].Body.Close()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		res := open1(t, s, "ana", "GET", ana)
		_ = res.Body.Close()
		if res.StatusCode == http.StatusOK {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("after closing one: %d", res.StatusCode)
		}
	}
}

func TestProgressIsStreamed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		step := make(chan struct{})
		q := newQueue(t, d, true, func(q *Queue) {
			Handle(q, "test.steps", func(ctx context.Context, run *Run, _ count) error {
				run.Progress(31, 48)
				<-step
				return run.Do(func(tx db.Tx) error { // nobody else writes now on SQLite
					run.Progress(47, 48)
					<-step
					run.Result("/parts", "job.swept", "count", 48)
					return nil
				})
			}, Opts{})
		})
		s := site(t, q)
		id := enqueue(t, q, Request{Kind: "test.steps", TitleKey: "job.sweep", Args: count{}, OwnerID: "ana"})
		await(t, d, id, func(r Record) bool { return r.Done == 31 })
		if _, page := ask(t, s, "ana", "GET", URL(id)); !strings.Contains(page, `hx-sse:connect="`+URL(id)+`/events"`) || !strings.Contains(page, "31 sur 48") {
			t.Errorf("page: %s", page)
		}
		res := open1(t, s, "ana", "GET", URL(id)+"/events")
		defer func() { _ = res.Body.Close() }()
		if res.Header.Get("Content-Encoding") != "" || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
			t.Fatalf("headers %v", res.Header)
		}
		lines := bufio.NewScanner(res.Body)
		next := func(want string) {
			t.Helper()
			for lines.Scan() {
				if strings.Contains(lines.Text(), want) {
					return
				}
			}
			t.Fatalf("the stream ended before %q: %v; the run: %+v", want, lines.Err(), read(t, d, id))
		}
		next("31 sur 48")
		time.Sleep(2500 * time.Millisecond) // longer than the server's limit for an answer
		step <- struct{}{}
		next("47 sur 48")
		step <- struct{}{}
		next("48 traitements oubliés")
		next("event: end")
		if lines.Scan(); lines.Text() != "data: done" {
			t.Errorf("last line %q", lines.Text())
		}
	})
}
