package agenda

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/meeting"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/web"
	"bassin/internal/when"
)

const today when.Date = "2026-03-02"

// world is a project with people in it, its plan, its meetings and its calendar, all served.
type world struct {
	d        *db.DB
	accounts *account.Service
	projects *project.Service
	plans    *plan.Service
	meetings *meeting.Service
	s        *Service
	own      account.OrganisationID
	manager  account.Actor
	reader   account.Actor
	stranger account.Actor
	p        project.Project
	srv      *httptest.Server
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	clock := today.Time().Add(12 * time.Hour)
	d = d.Clocked(func() time.Time { clock = clock.Add(time.Millisecond); return clock })
	a := account.New(account.Options{DB: d})
	w := &world{d: d, accounts: a}
	w.projects = project.New(project.Options{DB: d, Account: a})
	w.plans = plan.New(plan.Options{DB: d, Project: w.projects})
	w.meetings = meeting.New(meeting.Options{DB: d, Account: a, Plan: w.plans, Project: w.projects})
	o, err := a.AddOrganisation(t.Context(), account.System("test"), account.Organisation{Kind: account.Company, Name: "Atelier"})
	must(t, err)
	w.own = o.ID
	w.manager = w.person(t, "gestion")
	w.p, err = w.projects.Create(t.Context(), w.manager, project.Draft{Project: project.Project{Title: "Robot & soudage", Code: "ROB", Kind: project.Other, Confidentiality: project.ForMembers,
		OwnerID: w.own, StartsOn: today}, Stages: []project.DraftStage{{Phase: project.Design}}})
	must(t, err)
	w.manager = w.again(t, w.manager.ID)
	w.reader = w.person(t, "lecture")
	_, err = w.projects.Invite(t.Context(), w.manager, w.p.ID, project.Invitation{Email: "lecture@exemple.fr", Role: account.ProjectReader})
	must(t, err)
	w.reader, w.stranger = w.again(t, w.reader.ID), w.person(t, "inconnu")
	var who account.Actor // of pages: the manager unless a header says otherwise
	m := web.NewMux(web.Options{DB: w.d, Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})), Viewer: account.Viewer, Authenticate: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			who = account.Actor{}
			switch r.Header.Get("X-Who") {
			case "manager":
				who = w.manager
			case "reader":
				who = w.reader
			case "stranger":
				who = w.stranger
			}
			next.ServeHTTP(rw, r.WithContext(account.WithActor(r.Context(), who)))
		})
	}})
	w.srv = httptest.NewUnstartedServer(nil)
	w.s = New(Options{DB: d, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)), Account: a, Plan: w.plans, Meeting: w.meetings, URL: "https://bassin.exemple.fr"})
	w.s.Pages(m)
	m.NotFound()
	w.srv.Config.Handler = m.Handler()
	w.srv.Start()
	t.Cleanup(w.srv.Close)
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) person(t testing.TB, name string) account.Actor {
	t.Helper()
	p, err := w.accounts.AddPerson(t.Context(), account.System("test"), account.Person{Email: name + "@exemple.fr", Name: name}, "")
	must(t, err)
	must(t, w.accounts.Join(t.Context(), account.System("test"), account.Membership{PersonID: p.ID, OrganisationID: w.own, Role: account.Member}))
	return w.again(t, p.ID)
}

func (w *world) again(t testing.TB, id account.PersonID) (a account.Actor) {
	t.Helper()
	must(t, w.d.View(t.Context(), func(tx db.Tx) (err error) { a, err = account.Load(tx, id); return err }))
	return a
}

func (w *world) token(t testing.TB, by account.Actor, scopes string) string {
	t.Helper()
	_, secret, err := w.accounts.AddToken(t.Context(), by, account.Token{Name: "agenda", Scopes: scopes})
	must(t, err)
	return secret
}

func (w *world) task(t testing.TB, x plan.Task) plan.Task {
	t.Helper()
	x.ProjectID = w.p.ID
	x, err := w.plans.CreateTask(t.Context(), w.manager, plan.Draft{Task: x})
	must(t, err)
	return x
}

func (w *world) meet(t testing.TB, title string) meeting.Meeting {
	t.Helper()
	m, err := w.meetings.Create(t.Context(), w.manager, meeting.Meeting{ProjectID: w.p.ID, Title: title, StartsAt: meeting.Moment(today.AddDays(3), 14*60, paris), Minutes: 60})
	must(t, err)
	return m
}

func (w *world) readTask(t testing.TB, id plan.TaskID) (x plan.Task) {
	t.Helper()
	must(t, w.d.View(t.Context(), func(tx db.Tx) (err error) { x, err = plan.Get(tx, w.manager, w.p.ID, id); return err }))
	return x
}

// seq is how far the calendar is.
func (w *world) seq(t testing.TB) (n int64) {
	t.Helper()
	must(t, w.d.View(t.Context(), func(tx db.Tx) (err error) { n, err = getSeq(tx, w.p.ID); return err }))
	return n
}

// client is a program that knows one person's token.
type client struct {
	w      *world
	secret string
	book   string // its address
}

func (w *world) client(t testing.TB, by account.Actor, scopes string) client {
	t.Helper()
	return client{w, w.token(t, by, scopes), "/caldav/people/" + string(by.ID) + "/calendars/" + string(w.p.ID) + "/"}
}

func (c client) do(t testing.TB, method, path, body string, head ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, c.w.srv.URL+path, strings.NewReader(body))
	must(t, err)
	r.SetBasicAuth("x", c.secret)
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(r)
	must(t, err)
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	must(t, err)
	return res, string(b)
}

// want asks and holds the status against what is wanted.
func (c client) want(t testing.TB, status int, method, path, body string, head ...string) (*http.Response, string) {
	t.Helper()
	res, text := c.do(t, method, path, body, head...)
	if res.StatusCode != status {
		t.Fatalf("%s %s: got %d, want %d\n%s", method, path, res.StatusCode, status, text)
	}
	return res, text
}

// benchWorld is a world with a calendar of own events.
func benchWorld(b *testing.B, events int) *world {
	b.Helper()
	w := newWorld(b, dbtest.Open(b))
	must(b, w.d.Do(b.Context(), func(tx db.Tx) error {
		if _, err := lockBook(tx, w.p.ID); err != nil {
			return err
		}
		for i := range events {
			text := vcal("VEVENT", fmt.Sprintf("UID:%d", i), "DTSTAMP:20260101T000000Z", fmt.Sprintf("SUMMARY:Événement n° %d de l’atelier", i), "LOCATION:Salle 2", "DESCRIPTION:Quelques mots sur ce qui se passe",
				"DTSTART:"+today.AddDays(i%300).Time().Format("20060102")+"T090000Z", "DTEND:"+today.AddDays(i%300).Time().Format("20060102")+"T100000Z")
			body, err := readBody(text)
			if err != nil {
				return err
			}
			o := Object{ProjectID: w.p.ID, Name: fmt.Sprintf("%d.ics", i), Kind: Own, Seq: 1, UpdatedAt: tx.Now()}
			o.keep(text, body)
			if err := saveObject(tx, o); err != nil {
				return err
			}
		}
		return saveSeq(tx, w.p.ID, 1)
	}))
	return w
}
