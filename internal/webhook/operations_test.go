package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/project"
	"bassin/internal/web"
	"bassin/internal/when"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// request is what a receiver got.
type request struct {
	header http.Header
	body   []byte
	payload
}

// receiver is a program that is told; its answers are chosen by the test.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []request
	answer func(n int) (code int, body string) // of the nth request, from 0; nil: 204
	came   chan struct{}
}

func newReceiver(t testing.TB) *receiver {
	t.Helper()
	x := &receiver{came: make(chan struct{}, 1000)}
	x.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		q := request{header: r.Header.Clone(), body: b}
		_ = json.Unmarshal(b, &q.payload)
		x.mu.Lock()
		n := len(x.got)
		x.got = append(x.got, q)
		code, body := http.StatusNoContent, ""
		if x.answer != nil {
			code, body = x.answer(n)
		}
		x.mu.Unlock()
		if code/100 == 3 {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
		x.came <- struct{}{}
	}))
	t.Cleanup(x.Close)
	return x
}

func (x *receiver) all() []request {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.got)
}

// world is a project with people; a header says who asks.
type world struct {
	t        *testing.T
	d        *db.DB
	accounts *account.Service
	projects *project.Service
	s        *Service
	q        *job.Queue
	own      account.OrganisationID
	p        project.Project
	people   map[string]account.Actor
	srv      *httptest.Server
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	a := account.New(account.Options{DB: d, URL: "https://bassin.test"})
	w := &world{t: t, d: d, accounts: a, projects: project.New(project.Options{DB: d, Account: a}), people: map[string]account.Actor{}}
	o, err := a.AddOrganisation(t.Context(), account.System("test"), account.Organisation{Kind: account.Company, Name: "Atelier"})
	must(t, err)
	w.own = o.ID
	w.person("manager")
	w.p = w.begin("Robot")
	for who, role := range map[string]account.Role{"second": account.ProjectManager, "member": account.ProjectMember, "reader": account.ProjectReader} {
		w.person(who)
		_, err := w.projects.Invite(t.Context(), w.people["manager"], w.p.ID, project.Invitation{Email: who + "@exemple.fr", Role: role})
		must(t, err)
		w.again(who)
	}
	w.person("stranger")
	w.s, w.q = w.service(Options{})
	m := web.NewMux(web.Options{DB: d, Log: slog.New(slog.DiscardHandler), Viewer: account.Viewer,
		Authenticate: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(rw, r.WithContext(account.WithActor(r.Context(), w.people[r.Header.Get("X-Who")])))
			})
		}})
	w.projects.PeoplePanels = append(w.projects.PeoplePanels, w.s.PeoplePanel)
	w.projects.Pages(m)
	w.s.Pages(m)
	w.s.API(m)
	m.NotFound()
	w.srv = httptest.NewServer(m.Handler())
	t.Cleanup(w.srv.Close)
	return w
}

// service makes a process of its own on the same data: what it registers last hears of events.
func (w *world) service(o Options) (*Service, *job.Queue) {
	w.t.Helper()
	o.DB, o.Account, o.Project, o.URL, o.Loopback = w.d, w.accounts, w.projects, "https://bassin.test", true
	if o.Pauses == nil {
		o.Pauses = []time.Duration{time.Millisecond, time.Millisecond, time.Millisecond}
	}
	s := New(o)
	q, err := job.New(w.t.Context(), w.d, job.Options{Workers: 2, Grace: time.Second})
	must(w.t, err)
	s.Jobs(q)
	return s, q
}

func (w *world) run(q *job.Queue) {
	w.t.Helper()
	must(w.t, q.Start(w.t.Context()))
	w.t.Cleanup(func() { _ = q.Stop(context.Background()) })
}

func (w *world) begin(title string) project.Project {
	w.t.Helper()
	p, err := w.projects.Create(w.t.Context(), w.people["manager"], project.Draft{Project: project.Project{Title: title, Kind: project.Other,
		Confidentiality: project.ForMembers, OwnerID: w.own, StartsOn: "2026-01-05"}, Stages: []project.DraftStage{{Phase: project.Design}}})
	must(w.t, err)
	w.again("manager")
	return p
}

func (w *world) person(name string) {
	w.t.Helper()
	p, err := w.accounts.AddPerson(w.t.Context(), account.System("test"), account.Person{Email: name + "@exemple.fr", Name: name}, "")
	must(w.t, err)
	if name != "stranger" {
		must(w.t, w.accounts.Join(w.t.Context(), account.System("test"), account.Membership{PersonID: p.ID, OrganisationID: w.own, Role: account.Member}))
	}
	w.people[name] = account.Actor{ID: p.ID}
	w.again(name)
}

func (w *world) again(name string) {
	w.t.Helper()
	must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) (err error) { w.people[name], err = account.Load(tx, w.people[name].ID); return err }))
}

func (w *world) hook(who string, id project.ID, address, kinds string) Hook {
	w.t.Helper()
	h, err := w.s.Create(w.t.Context(), w.people[who], Hook{ProjectID: id, URL: address, Kinds: kinds})
	must(w.t, err)
	return h
}

func (w *world) risk(id project.ID, title string) {
	w.t.Helper()
	_, err := w.projects.AddRisk(w.t.Context(), w.people["manager"], project.Risk{ProjectID: id, Title: title, Probability: 3, Impact: 3})
	must(w.t, err)
}

func (w *world) log(h Hook) []Delivery {
	w.t.Helper()
	var list []Delivery
	must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) (err error) { list, err = listDeliveries(tx, h.ID, "", 1000); return err }))
	return list
}

func (w *world) state(h Hook) Hook {
	w.t.Helper()
	must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) (err error) { h, err = getHook(tx, h.ProjectID, h.ID); return err }))
	return h
}

// until asks again until it holds: what a job does is seen when it is done.
func (w *world) until(what string, holds func() bool) {
	w.t.Helper()
	end := time.After(time.Minute)
	for !holds() {
		select {
		case <-end:
			w.t.Fatalf("still not: %s", what)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func ended(list []Delivery) bool {
	return !slices.ContainsFunc(list, func(d Delivery) bool { return d.State == Waiting })
}

// TestRefusedTwiceThenTaken plays a receiver that is down twice: the third try arrives, signed.
func TestRefusedTwiceThenTaken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, x := newWorld(t, d), newReceiver(t)
		long := strings.Repeat("é", 5000)
		x.answer = func(n int) (int, string) { return []int{500, 503, 204}[min(n, 2)], long[:n*2000] }
		w.run(w.q)
		h := w.hook("manager", w.p.ID, x.URL+"/in?key=k", "risk")
		w.risk(w.p.ID, "Le moteur chauffe")
		w.until("the delivery is taken", func() bool { list := w.log(h); return len(list) == 1 && list[0].State == Sent })
		got := x.all()
		if len(got) != 3 {
			t.Fatalf("got %d requests, want 3", len(got))
		}
		wh, err := standard.NewWebhook(h.Secret)
		must(t, err)
		for i, q := range got {
			if err := wh.Verify(q.body, q.header); err != nil {
				t.Errorf("request %d: %v", i, err)
			}
			if q.header.Get("webhook-id") != got[0].header.Get("webhook-id") || string(q.ID) != q.header.Get("webhook-id") {
				t.Errorf("request %d has the id %s", i, q.header.Get("webhook-id"))
			}
			if err := wh.Verify(append(slices.Clone(q.body), ' '), q.header); err == nil {
				t.Error("a changed body has a valid signature")
			}
		}
		q := got[2]
		if q.Verb != "project.risk.add" || q.Project != w.p.ID || q.Object.Kind != "project" || q.Object.ID != string(w.p.ID) || q.Actor != "manager" ||
			q.URL != "https://bassin.test"+w.p.ID.URL()+"/risks" {
			t.Errorf("got %s", q.body)
		}
		if strings.Contains(string(q.body), "moteur") || strings.Contains(string(q.body), h.Secret) {
			t.Errorf("tells more than it should: %s", q.body)
		}
		if last := w.log(h)[0]; last.Attempts != 3 || last.Code != 204 || w.state(h).FailingSince != 0 {
			t.Errorf("the log says %+v", last)
		}
	})
}

// TestGivenUp lets every try fail, by a redirect that is not followed; a manager sends it again.
func TestGivenUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, x := newWorld(t, d), newReceiver(t)
		x.answer = func(n int) (int, string) {
			if n < 4 {
				return http.StatusTemporaryRedirect, strings.Repeat("é", 3000)
			}
			return http.StatusOK, "merci"
		}
		w.run(w.q)
		h := w.hook("manager", w.p.ID, x.URL, "")
		w.risk(w.p.ID, "Perdu")
		w.until("given up", func() bool { list := w.log(h); return len(list) == 1 && list[0].State == GivenUp })
		last := w.log(h)[0]
		if last.Attempts != 4 || last.Code != 307 || last.Answer != strings.Repeat("é", keepAnswer/2) || w.state(h).FailingSince == 0 {
			t.Errorf("got %d tries, code %d, %d bytes kept", last.Attempts, last.Code, len(last.Answer))
		}
		_, err := w.s.Resend(t.Context(), w.people["manager"], w.p.ID, h.ID, last.ID)
		must(t, err)
		w.until("sent again", func() bool { return w.log(h)[0].State == Sent })
		if again := w.log(h)[0]; again.Answer != "merci" || w.state(h).FailingSince != 0 {
			t.Errorf("got %+v", again)
		}
	})
}

// TestNothingIsLost records an event in a process that dies before it sends anything; and one whose
// operation fails, of which nothing may be sent.
func TestNothingIsLost(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, x := newWorld(t, d), newReceiver(t)
		h := w.hook("manager", w.p.ID, x.URL, "") // w.q is never started: it is the process that dies
		w.risk(w.p.ID, "Avant l’arrêt")
		undone := errors.New("undone")
		err := w.d.Do(t.Context(), func(tx db.Tx) error {
			must(t, account.Record(tx, w.people["manager"], account.Event{Verb: "project.save", Kind: "project", ID: string(w.p.ID), Scope: w.p.ID.Scope()}))
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		if list := w.log(h); len(list) != 1 || list[0].State != Waiting || len(x.all()) != 0 {
			t.Fatalf("got %+v and %d requests", list, len(x.all()))
		}
		_, next := w.service(Options{})
		w.run(next)
		w.until("the next process sends it", func() bool { return ended(w.log(h)) })
		if got := x.all(); len(got) != 1 || got[0].Verb != "project.risk.add" {
			t.Errorf("got %d requests", len(got))
		}
	})
}

// TestOnlyItsProject does random things in two projects: each hook gets exactly the events of its
// own project and of its subjects, as the audit trail tells them.
func TestOnlyItsProject(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		other := w.begin("Autre")
		w.run(w.q)
		type ear struct {
			x *receiver
			h Hook
		}
		var ears []ear
		for _, p := range []project.ID{w.p.ID, other.ID} {
			for _, kinds := range []string{"", "risk", "decision,stage"} {
				x := newReceiver(t)
				ears = append(ears, ear{x, w.hook("manager", p, x.URL, kinds)})
			}
		}
		var since int64
		must(t, d.View(t.Context(), func(tx db.Tx) (err error) { since, _, err = account.Head(tx); return err }))
		r := rand.New(rand.NewPCG(1, 2))
		ctx, by := t.Context(), w.people["manager"]
		for i := range 40 {
			id := []project.ID{w.p.ID, other.ID}[r.IntN(2)]
			var err error
			switch r.IntN(4) {
			case 0:
				w.risk(id, fmt.Sprint("Risque ", i))
			case 1:
				_, err = w.projects.AddBlocker(ctx, by, project.Blocker{ProjectID: id, Text: fmt.Sprint("Blocage ", i)})
			case 2:
				_, err = w.projects.Decide(ctx, by, project.Decision{ProjectID: id, Title: fmt.Sprint("Décision ", i), Reason: "r", Deciders: "d", Outcome: project.Agreed, DecidedOn: when.At(time.Now()).Date(db.Paris)})
			case 3:
				err = w.d.Do(ctx, func(tx db.Tx) error {
					return account.Record(tx, by, account.Event{Verb: "territory.save", Kind: "territory", ID: "ti", Scope: "territory:" + string(id)})
				})
			}
			must(t, err)
		}
		for _, e := range ears {
			var want []string
			must(t, d.View(ctx, func(tx db.Tx) error {
				list, err := account.ScopeHistory(tx, e.h.ProjectID.Scope(), 0, 1000)
				for _, x := range list {
					if x.Seq > since && e.h.hears(x.Verb) {
						want = append(want, x.Verb)
					}
				}
				return err
			}))
			w.until("all are sent", func() bool { return ended(w.log(e.h)) })
			var got []string
			for _, q := range e.x.all() {
				if q.Project != e.h.ProjectID {
					t.Errorf("an event of %s arrived at a hook of %s", q.Project, e.h.ProjectID)
				}
				got = append(got, q.Verb)
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) || len(want) == 0 {
				t.Errorf("subjects %q: got %v, want %v", e.h.Kinds, got, want)
			}
		}
	})
}

// TestLostAccess: nothing leaves for who no longer manages the project, nor from a project that was
// taken off the lists, even what was waiting already.
func TestLostAccess(t *testing.T) {
	for _, tt := range []struct {
		name string
		lose func(w *world)
	}{
		{"excluded", func(w *world) {
			must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) error {
				members, err := project.MembersOf(tx, w.p.ID)
				for _, m := range members {
					if m.PersonID == w.people["second"].ID {
						defer func(id account.GrantID) {
							must(w.t, w.projects.Exclude(w.t.Context(), w.people["manager"], w.p.ID, id))
						}(m.ID)
					}
				}
				return err
			}))
		}},
		{"disabled", func(w *world) {
			must(w.t, w.accounts.Disable(w.t.Context(), account.System("test"), w.people["second"].ID))
		}},
		{"project withdrawn", func(w *world) { must(w.t, w.projects.Withdraw(w.t.Context(), w.people["manager"], w.p.ID)) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				w, x := newWorld(t, d), newReceiver(t)
				h := w.hook("second", w.p.ID, x.URL, "")
				w.risk(w.p.ID, "Confidentiel")
				tt.lose(w)
				w.run(w.q)
				w.until("the hook is off", func() bool { return w.state(h).State == Off && ended(w.log(h)) })
				if n := len(x.all()); n != 0 || w.state(h).OffReason != offAccess {
					t.Errorf("got %d requests, reason %q", n, w.state(h).OffReason)
				}
				for _, one := range w.log(h) {
					if one.State != Dropped {
						t.Errorf("%s is %s", one.Verb, one.State)
					}
				}
			})
		})
	}
}

// TestFiveDays switches a hook off that fails for five days, and tells the managers, once.
func TestFiveDays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		h := w.hook("manager", w.p.ID, "http://127.0.0.1:9/", "")
		w.risk(w.p.ID, "Rien ne répond")
		one := w.log(h)[0]
		refused := func() {
			must(t, w.d.Do(t.Context(), func(tx db.Tx) error {
				return w.s.note(tx, sendArgs{w.p.ID, h.ID, one.ID}, outcome{Problem: "webhook.problem.connection"}, 1)
			}))
		}
		refused()
		if got := w.state(h); got.State != On || got.FailingSince == 0 {
			t.Fatalf("after the first failure: %+v", got)
		}
		must(t, w.d.Do(t.Context(), func(tx db.Tx) error { return saveHealth(tx, h.ID, tx.Now().Add(-failFor)) }))
		refused()
		refused()
		if got := w.state(h); got.State != Off || got.OffReason != offFailing {
			t.Fatalf("after five days: %+v", got)
		}
		_, body := w.ask("manager", "GET", h.page(), "", "")
		if !strings.Contains(body, "cinq jours") {
			t.Error("the page does not say why it is off")
		}
		type mail struct{ Recipient, Body string }
		var mails []mail
		must(t, w.d.View(t.Context(), func(tx db.Tx) (err error) {
			mails, err = db.List[mail](tx, `select recipient, body from account_mail`)
			return err
		}))
		var to []string
		for _, m := range mails {
			if strings.Contains(m.Body, h.Host()) && strings.Contains(m.Body, "https://bassin.test"+h.page()) {
				to = append(to, m.Recipient)
			}
		}
		slices.Sort(to)
		if want := []string{"manager@exemple.fr", "second@exemple.fr"}; !slices.Equal(to, want) {
			t.Errorf("told %v, want %v", to, want)
		}
		_, err := w.s.Resume(t.Context(), w.people["second"], w.p.ID, h.ID)
		must(t, err)
		if got := w.state(h); got.State != On || got.FailingSince != 0 || got.OwnerID != w.people["second"].ID {
			t.Errorf("turned on again: %+v", got)
		}
	})
}

// TestRotate: after a rotation both secrets verify for a day, then the new one alone.
func TestRotate(t *testing.T) {
	w, x := newWorld(t, dbtest.Open(t)), newReceiver(t)
	w.run(w.q)
	h := w.hook("manager", w.p.ID, x.URL, "")
	next, err := w.s.Rotate(t.Context(), w.people["manager"], w.p.ID, h.ID)
	must(t, err)
	if next.Secret == h.Secret {
		t.Fatal("the secret is the same")
	}
	_, err = w.s.Test(t.Context(), w.people["manager"], w.p.ID, h.ID)
	must(t, err)
	w.until("sent", func() bool { return ended(w.log(h)) })
	q := x.all()[0]
	for _, secret := range []string{h.Secret, next.Secret} {
		wh, err := standard.NewWebhook(secret)
		must(t, err)
		if err := wh.Verify(q.body, q.header); err != nil {
			t.Error(err)
		}
	}
	if got := next.secrets(next.OldUntil); len(got) != 1 || got[0] != next.Secret {
		t.Errorf("after a day %d secrets sign", len(got))
	}
}

func TestPauseAndSweep(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, x := newWorld(t, d), newReceiver(t)
		by := w.people["manager"]
		h := w.hook("manager", w.p.ID, x.URL, "")
		w.risk(w.p.ID, "Avant la pause")
		_, err := w.s.Pause(t.Context(), by, w.p.ID, h.ID)
		must(t, err)
		w.risk(w.p.ID, "Pendant la pause")
		tried, err := w.s.Test(t.Context(), by, w.p.ID, h.ID)
		must(t, err)
		w.run(w.q)
		w.until("all ended", func() bool { return ended(w.log(h)) })
		if list := w.log(h); len(list) != 2 || list[0].ID != tried.ID || list[0].State != Sent || list[1].State != Dropped || len(x.all()) != 1 {
			t.Errorf("got %+v", list)
		}
		must(t, w.d.Do(t.Context(), func(tx db.Tx) error { return deleteOldDeliveries(tx, tx.Now().Add(-keepDeliveries)) }))
		if n := len(w.log(h)); n != 2 {
			t.Errorf("the sweep left %d", n)
		}
		w.s.db = d.Clocked(func() time.Time { return time.Now().Add(keepDeliveries + time.Hour) })
		must(t, w.s.sweep(t.Context()))
		if n := len(w.log(h)); n != 0 {
			t.Errorf("%d are kept after thirty days", n)
		}
	})
}

func (w *world) ask(who, method, path, kind, body string) (int, string) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.srv.URL+path, strings.NewReader(body))
	must(w.t, err)
	r.Header.Set("X-Who", who)
	r.Header.Set("Accept-Language", "fr")
	r.Header.Set("If-Match", "*")
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	must(w.t, err)
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	must(w.t, err)
	return res.StatusCode, string(b)
}

const formKind = "application/x-www-form-urlencoded"

// TestPages plays a manager: register, read the secret once, change, pause, test, remove.
func TestPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, x := newWorld(t, d), newReceiver(t)
		list := listURL(w.p.ID)
		post := func(path string, want int, pairs ...string) string {
			t.Helper()
			v := url.Values{}
			for i := 0; i+1 < len(pairs); i += 2 {
				v.Add(pairs[i], pairs[i+1])
			}
			code, body := w.ask("manager", "POST", path, formKind, v.Encode())
			if code != want {
				t.Fatalf("POST %s: got %d, want %d", path, code, want)
			}
			return body
		}
		for _, bad := range []string{"https://10.0.0.1/", "https://169.254.169.254/latest", "https://[fd00::1]/", "http://example.org/", "nonsense"} {
			if body := post(list, http.StatusUnprocessableEntity, "hook.url", bad); !strings.Contains(body, `value="`+bad+`"`) {
				t.Errorf("%s: what was typed is lost", bad)
			}
		}
		body := post(list, http.StatusCreated, "hook.url", x.URL+"/in", "hook.kinds", "task", "hook.kinds", "risk")
		var hooks []Hook
		must(t, d.View(t.Context(), func(tx db.Tx) (err error) { hooks, err = listHooks(tx, w.p.ID); return err }))
		if len(hooks) != 1 || hooks[0].Kinds != "task,risk" || !strings.Contains(body, hooks[0].Secret) {
			t.Fatalf("got %d hooks, or the secret is not shown", len(hooks))
		}
		h := hooks[0]
		w.risk(w.p.ID, "Un")
		for _, path := range []string{list, h.page(), w.p.ID.URL() + "/people"} {
			code, body := w.ask("manager", "GET", path, "", "")
			if code != http.StatusOK || strings.Contains(body, h.Secret) || !strings.Contains(body, list) {
				t.Errorf("%s: got %d, or it shows the secret, or leads nowhere", path, code)
			}
		}
		post(h.page(), http.StatusSeeOther, "hook.url", x.URL+"/other", "hook.version", "1")
		post(h.page(), http.StatusConflict, "hook.url", x.URL+"/late", "hook.version", "1")
		if got := w.state(h); got.URL != x.URL+"/other" || got.Kinds != "" || got.Secret != h.Secret {
			t.Errorf("saved as %+v", got)
		}
		post(h.page()+"/pause", http.StatusSeeOther)
		post(h.page()+"/resume", http.StatusSeeOther)
		post(h.page()+"/test", http.StatusSeeOther)
		if body := post(h.page()+"/secret", http.StatusOK); !strings.Contains(body, w.state(h).Secret) {
			t.Error("the new secret is not shown")
		}
		post(h.page()+"/deliveries/"+string(w.log(h)[0].ID)+"/resend", http.StatusConflict)
		post(h.page()+"/remove", http.StatusSeeOther)
		if code, _ := w.ask("manager", "GET", h.page(), "", ""); code != http.StatusNotFound {
			t.Errorf("after removal: got %d", code)
		}
	})
}

// TestWho asks every route as everybody: who may not manage changes and reads nothing.
func TestWho(t *testing.T) {
	w := newWorld(t, dbtest.Open(t))
	h := w.hook("manager", w.p.ID, "http://127.0.0.1:9/secret-path", "")
	w.risk(w.p.ID, "Un")
	api, one := "/api/v1"+listURL(w.p.ID), string(w.log(h)[0].ID)
	other := w.begin("Autre")
	for _, path := range []string{"GET " + listURL(w.p.ID), "GET " + h.page(), "POST " + listURL(w.p.ID), "POST " + h.page(), "POST " + h.page() + "/pause", "POST " + h.page() + "/resume",
		"POST " + h.page() + "/secret", "POST " + h.page() + "/test", "POST " + h.page() + "/remove", "POST " + h.page() + "/deliveries/" + one + "/resend",
		"GET " + api, "POST " + api, "GET /api/v1" + h.page(), "PUT /api/v1" + h.page(), "DELETE /api/v1" + h.page(), "POST /api/v1" + h.page() + "/pause", "POST /api/v1" + h.page() + "/resume",
		"POST /api/v1" + h.page() + "/secret", "POST /api/v1" + h.page() + "/test", "GET /api/v1" + h.page() + "/deliveries", "POST /api/v1" + h.page() + "/deliveries/" + one + "/resend"} {
		method, p, _ := strings.Cut(path, " ")
		kind, body := formKind, "hook.url=https://10.0.0.1/&hook.version=1"
		if strings.HasPrefix(p, "/api/") {
			kind, body = "application/json", `{"url":"https://10.0.0.1/"}`
		}
		for who, want := range map[string]int{"member": http.StatusForbidden, "reader": http.StatusForbidden, "stranger": http.StatusNotFound} {
			code, got := w.ask(who, method, p, kind, body)
			if code != want || strings.Contains(got, "secret-path") {
				t.Errorf("%s %s: got %d, want %d", who, path, code, want)
			}
		}
		if strings.Contains(p, string(h.ID)) { // a hook is not reached by way of another project
			if code, _ := w.ask("manager", method, strings.Replace(p, string(w.p.ID), string(other.ID), 1), kind, strings.Replace(body, "https://10.0.0.1/", "http://127.0.0.1:9/", 1)); code != http.StatusNotFound {
				t.Errorf("by another project %s: got %d", path, code)
			}
		}
	}
	if got := w.state(h); got.Version != 1 || len(w.log(h)) != 1 {
		t.Errorf("something was changed: %+v", got)
	}
}

// TestAPI plays a program of a manager.
func TestAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, x := newWorld(t, d), newReceiver(t)
		w.run(w.q)
		base := "/api/v1" + listURL(w.p.ID)
		call := func(method, path, body string, want int, into any) {
			t.Helper()
			code, got := w.ask("manager", method, path, "application/json", body)
			if code != want {
				t.Fatalf("%s %s: got %d, want %d: %s", method, path, code, want, got)
			}
			if into != nil {
				must(t, json.Unmarshal([]byte(got), into))
			}
		}
		call("POST", base, `{"url":"https://192.168.0.1/"}`, http.StatusUnprocessableEntity, nil)
		call("POST", base, `{"url":"`+x.URL+`","subjects":["nothing"]}`, http.StatusUnprocessableEntity, nil)
		var made, read webhookJSON
		call("POST", base, `{"url":"`+x.URL+`","subjects":["risk"]}`, http.StatusCreated, &made)
		one := base + "/" + string(made.ID)
		call("GET", one, "", http.StatusOK, &read)
		if made.Secret == "" || read.Secret != "" || read.URL != x.URL || !slices.Equal(read.Subjects, []Kind{Risks}) {
			t.Errorf("made %+v, read %+v", made, read)
		}
		call("PUT", one, `{"url":"`+x.URL+`/new"}`, http.StatusOK, &read)
		call("POST", one+"/test", "", http.StatusAccepted, nil)
		w.until("the test is sent", func() bool { return ended(w.log(Hook{ID: made.ID})) })
		var log struct{ Items []webhookDeliveryJSON }
		call("GET", one+"/deliveries?limit=1", "", http.StatusOK, &log)
		if len(log.Items) != 1 || log.Items[0].Verb != tested || log.Items[0].State != Sent || log.Items[0].Code != 204 {
			t.Errorf("got %+v", log)
		}
		call("POST", one+"/deliveries/"+string(log.Items[0].ID)+"/resend", "", http.StatusAccepted, nil)
		call("POST", one+"/pause", "", http.StatusOK, &read)
		call("POST", one+"/resume", "", http.StatusOK, &read)
		var turned webhookJSON
		call("POST", one+"/secret", "", http.StatusOK, &turned)
		if turned.Secret == "" || turned.Secret == made.Secret {
			t.Error("no new secret")
		}
		call("DELETE", one, "", http.StatusNoContent, nil)
		call("GET", one, "", http.StatusNotFound, nil)
	})
}

func TestTooMany(t *testing.T) {
	w := newWorld(t, dbtest.Open(t))
	for range maxHooks {
		w.hook("manager", w.p.ID, "http://127.0.0.1:9/", "")
	}
	if _, err := w.s.Create(t.Context(), w.people["manager"], Hook{ProjectID: w.p.ID, URL: "http://127.0.0.1:9/"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("one more: got %v", err)
	}
}
