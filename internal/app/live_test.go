package app

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/project"
	"bassin/internal/talk"
)

// heard is one event of a stream.
type heard struct {
	name, data string
	at         time.Time
}

// hear opens the live news of a project and passes its events on, until the stream ends.
func hear(t testing.TB, c *http.Client, srv *httptest.Server, id project.ID) (<-chan heard, int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL+"/live?"+url.Values{"kind": {"project"}, "id": {string(id)}}.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	events := make(chan heard, 100)
	go func() {
		defer close(events)
		defer func() { _ = resp.Body.Close() }()
		var e heard
		for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
			switch name, data, _ := strings.Cut(lines.Text(), ": "); name {
			case "event":
				e.name = data
			case "data":
				e.data, e.at = data, time.Now()
				events <- e
			}
		}
	}()
	return events, resp.StatusCode
}

// await gives the next event of a name; false when the stream ends or says nothing of it in time.
func await(events <-chan heard, name string, within time.Duration) (heard, bool) {
	end := time.After(within)
	for {
		select {
		case e, ok := <-events:
			if !ok || e.name == name {
				return e, ok
			}
		case <-end:
			return heard{}, false
		}
	}
}

// pilotOf gives the demonstration's project and an account of it.
func pilotOf(t testing.TB, s *site, email string) (id project.ID, by account.Actor) {
	t.Helper()
	err := s.db.View(context.Background(), func(tx db.Tx) error {
		who, err := account.PersonByEmail(tx, email+"@bassin.example")
		if err != nil {
			return err
		}
		if by, err = account.Load(tx, who.ID); err != nil {
			return err
		}
		books, err := project.Mine(tx, by)
		if len(books) > 0 {
			id = books[0].ID
		}
		return err
	})
	if err != nil || id == "" {
		t.Fatalf("no project of %s: %v", email, err)
	}
	return id, by
}

func say(t testing.TB, s *site, by account.Actor, id project.ID, text string) {
	t.Helper()
	if _, err := s.talk.Say(context.Background(), by, talk.Ref{Kind: "project", ID: string(id)}, text); err != nil {
		t.Fatal(err)
	}
}

func TestOthersAreToldWhileTheyLook(t *testing.T) {
	s, srv := demoServer(t)
	id, school := pilotOf(t, s, "ecole")
	own, _ := hear(t, signedIn(t, s, srv, "ecole"), srv, id)
	other, _ := hear(t, signedIn(t, s, srv, "entreprise"), srv, id)
	before, ok := await(other, "news", 5*time.Second)
	if _, too := await(own, "news", 5*time.Second); !ok || !too {
		t.Fatal("a stream does not say how many notices wait")
	}
	time.Sleep(time.Second) // the first look of the process is behind
	say(t, s, school, id, "@Dirigeante d’entreprise, la poudre est là.")
	e, ok := await(other, "news", 5*time.Second)
	if !ok || e.data == before.data {
		t.Errorf("a mention does not raise the number of notices: %q after %q", e.data, before.data)
	}
	if e, ok := await(other, "change", 5*time.Second); !ok || !strings.Contains(e.data, school.Name) {
		t.Errorf("somebody who looks is told %q, want that %s changed it", e.data, school.Name)
	}
	if e, ok := await(own, "change", time.Second); ok {
		t.Errorf("who changes it is told of it: %q", e.data)
	}
}

func TestLiveNewsKeepWalls(t *testing.T) {
	s, srv := demoServer(t)
	id, school := pilotOf(t, s, "ecole")
	if _, status := hear(t, signedIn(t, s, srv, "serveur"), srv, id); status != http.StatusNotFound {
		t.Errorf("somebody outside of the project gets %d", status)
	}
	guest, _ := hear(t, signedIn(t, s, srv, "invite"), srv, id)
	if _, ok := await(guest, "news", 5*time.Second); !ok {
		t.Fatal("the guest hears nothing")
	}
	err := s.db.Do(context.Background(), func(tx db.Tx) error {
		_, err := tx.Exec(`update account_grant set until_on = '2020-01-01' where scope_kind = 'project' and role = 'project_guest'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	say(t, s, school, id, "Entre nous.")
	if e, ok := await(guest, "change", 5*time.Second); ok {
		t.Errorf("a guest whose access ended is told %q", e.data)
	}
}

// ended waits for a stream to end, and gives what it still said of changes.
func ended(events <-chan heard, within time.Duration) (said []heard, ok bool) {
	end := time.After(within)
	for {
		select {
		case e, more := <-events:
			if !more {
				return said, true
			}
			if e.name == "change" {
				said = append(said, e)
			}
		case <-end:
			return said, false
		}
	}
}

// TestAStreamEndsWithTheAccess: whose access is ended, by a manager or by themselves, hears nothing
// more of the project: the stream is closed within seconds, and does not open again.
func TestAStreamEndsWithTheAccess(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, srv := demoServerOn(t, d)
		id, school := pilotOf(t, s, "ecole")
		for email, end := range map[string]func(guest account.Actor, grant account.GrantID) error{
			"sortant": func(_ account.Actor, grant account.GrantID) error {
				return s.project.Exclude(t.Context(), school, id, grant)
			},
			"partant": func(guest account.Actor, grant account.GrantID) error {
				return s.project.Exclude(t.Context(), guest, id, grant)
			},
		} {
			p, err := s.account.AddPerson(t.Context(), account.Demonstration(), account.Person{Email: email + "@bassin.example", Name: email, Language: "fr", Demo: true}, "")
			if err != nil {
				t.Fatal(err)
			}
			g, err := s.project.Invite(t.Context(), school, id, project.Invitation{Email: p.Email, Role: account.ProjectGuest, UntilOn: "2199-12-31"})
			if err != nil {
				t.Fatal(err)
			}
			c := signedIn(t, s, srv, email)
			events, status := hear(t, c, srv, id)
			if _, ok := await(events, "news", 5*time.Second); !ok || status != http.StatusOK {
				t.Fatalf("the guest hears nothing: %d", status)
			}
			for behind := false; !behind; { // the invitation itself may still be told
				_, more := await(events, "change", time.Second)
				behind = !more
			}
			var guest account.Actor
			if err := s.db.View(t.Context(), func(tx db.Tx) (err error) { guest, err = account.Load(tx, p.ID); return err }); err != nil {
				t.Fatal(err)
			}
			if err := end(guest, g.ID); err != nil {
				t.Fatal(err)
			}
			if said, ok := ended(events, 5*time.Second); !ok || len(said) > 0 {
				t.Errorf("%s: closed %v, and was still told %v", email, ok, said)
			}
			if _, status := hear(t, c, srv, id); status != http.StatusNotFound {
				t.Errorf("%s: the stream opens again with %d", email, status)
			}
		}
	})
}

// TestNewsStayInTheTerritory: a lead of another territory hears, reads and is told nothing of a project.
func TestNewsStayInTheTerritory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, srv := demoServerOn(t, d)
		id, school := pilotOf(t, s, "ecole")
		lead, err := s.account.AddPerson(t.Context(), account.Demonstration(), account.Person{Email: "ailleurs@bassin.example", Name: "Ailleurs", Language: "fr", Demo: true}, "")
		if err != nil {
			t.Fatal(err)
		}
		err = s.db.Do(t.Context(), func(tx db.Tx) error {
			if _, err := tx.Exec(`update project_project set confidentiality = 'territory' where id = $1`, id); err != nil { // the widest there is
				return err
			}
			own, err := db.Get[string](tx, `select territory_id from project_project where id = $1`, id)
			if err != nil {
				return err
			}
			other, err := db.Get[string](tx, `select id from territory_territory where id <> $1 order by id limit 1`, own)
			if err != nil {
				return err
			}
			_, err = account.GiveIn(tx, account.System("test"), account.Grant{PersonID: lead.ID, Role: account.ProjectLead, ScopeKind: account.OverTerritory, ScopeID: other})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		c := signedIn(t, s, srv, "ailleurs")
		if _, status := hear(t, c, srv, id); status != http.StatusNotFound {
			t.Errorf("the stream of the project opens with %d", status)
		}
		say(t, s, school, id, "@Ailleurs, cela reste entre nous.")
		if lines, _ := activityOf(t, c, srv.URL+"/activity"); len(lines) != 0 {
			t.Errorf("the activity shows %q", lines)
		}
		if n := first(t, s.db, `select cast(count(*) as text) from talk_notice where person_id = '`+string(lead.ID)+`'`); n != "0" {
			t.Errorf("%s notices", n)
		}
		for _, path := range []string{id.URL(), id.URL() + "/history", id.URL() + "/discussion", "/talk/project/" + string(id), "/api/v1" + id.URL()} {
			r, err := c.Get(srv.URL + path)
			if err != nil {
				t.Fatal(err)
			}
			_ = r.Body.Close()
			if r.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %d", path, r.StatusCode)
			}
		}
	})
}

// BenchmarkWatchers has 200 people look at one project: ms until the last of them knows of a change,
// and the memory that their streams hold. Peers: workspace.md asks for 1 s and 200 MB.
func BenchmarkWatchers(b *testing.B) {
	const people = 200
	s, srv := demoServer(b)
	id, school := pilotOf(b, s, "ecole")
	var clients []*http.Client // somebody may have ten windows
	for i := range people / 10 {
		name := "lecteur-" + strconv.Itoa(i)
		who, err := s.account.AddPerson(context.Background(), account.Demonstration(), account.Person{Email: name + "@bassin.example", Name: name, Language: "fr", Demo: true}, "")
		if err != nil {
			b.Fatal(err)
		}
		err = s.db.Do(context.Background(), func(tx db.Tx) error {
			return s.project.AdmitIn(tx, school, id, who.ID, account.ProjectReader, "2199-12-31")
		})
		if err != nil {
			b.Fatal(err)
		}
		clients = append(clients, signedIn(b, s, srv, name))
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var streams []<-chan heard
	for i := range people {
		events, status := hear(b, clients[i%len(clients)], srv, id)
		if status != http.StatusOK {
			b.Fatal(status)
		}
		streams = append(streams, events)
	}
	for _, e := range streams {
		await(e, "news", 10*time.Second)
	}
	time.Sleep(time.Second)
	runtime.GC()
	runtime.ReadMemStats(&after)
	var slowest, total time.Duration
	for b.Loop() {
		said := time.Now()
		say(b, s, school, id, "Mesure.")
		var all sync.WaitGroup
		var mu sync.Mutex
		for _, e := range streams {
			all.Go(func() {
				got, ok := await(e, "change", 20*time.Second)
				mu.Lock()
				defer mu.Unlock()
				if !ok {
					b.Error("somebody was not told")
					return
				}
				slowest, total = max(slowest, got.at.Sub(said)), total+got.at.Sub(said)
			})
		}
		all.Wait()
	}
	b.ReportMetric(float64(slowest.Milliseconds()), "ms-slowest")
	b.ReportMetric(float64(total.Milliseconds())/float64(people*b.N), "ms-each")
	b.ReportMetric(float64(after.Alloc-before.Alloc)/1e6, "MB-both-ends")
}
