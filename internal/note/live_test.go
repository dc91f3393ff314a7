package note

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/coder/websocket"
)

// world is a project with a note, its manager, a member, a reader and a guest of the note.
type world struct {
	d                              *db.DB
	accounts                       *account.Service
	projects                       *project.Service
	s                              *Service
	url                            string // of a server
	p                              project.Project
	n                              Note
	manager, member, reader, guest account.Actor
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	accounts := account.New(account.Options{DB: d})
	w := &world{d: d, accounts: accounts, projects: project.New(project.Options{DB: d, Account: accounts})}
	o, err := accounts.AddOrganisation(t.Context(), account.System("test"), account.Organisation{Kind: account.Company, Name: "Atelier"})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		name string
		to   *account.Actor
	}{{"gestion", &w.manager}, {"membre", &w.member}, {"lecture", &w.reader}, {"invite", &w.guest}} {
		p, err := accounts.AddPerson(t.Context(), account.System("test"), account.Person{Email: x.name + "@exemple.fr", Name: x.name}, "")
		if err != nil {
			t.Fatal(err)
		}
		x.to.ID = p.ID
	}
	if err := accounts.Join(t.Context(), account.System("test"), account.Membership{PersonID: w.manager.ID, OrganisationID: o.ID, Role: account.Member}); err != nil {
		t.Fatal(err)
	}
	w.again(t, &w.manager)
	w.p, err = w.projects.Create(t.Context(), w.manager, project.Draft{Project: project.Project{Title: "Robot", Kind: project.Other, Confidentiality: project.ForMembers, OwnerID: o.ID},
		Stages: []project.DraftStage{{Phase: project.Need}}})
	if err != nil {
		t.Fatal(err)
	}
	w.again(t, &w.manager)
	for who, role := range map[string]account.Role{"membre": account.ProjectMember, "lecture": account.ProjectReader} {
		if _, err := w.projects.Invite(t.Context(), w.manager, w.p.ID, project.Invitation{Email: who + "@exemple.fr", Role: role}); err != nil {
			t.Fatal(err)
		}
	}
	w.s, w.url = w.server(t)
	if w.n, err = w.s.Create(t.Context(), w.manager, Note{ProjectID: w.p.ID, Title: "Essais"}); err != nil {
		t.Fatal(err)
	}
	if err := w.s.Invite(t.Context(), w.manager, w.p.ID, w.n.ID, Guest{Email: "invite@exemple.fr", UntilOn: w.today(t).AddDays(3)}); err != nil {
		t.Fatal(err)
	}
	for _, a := range []*account.Actor{&w.member, &w.reader, &w.guest} {
		w.again(t, a)
	}
	return w
}

// server is one of the processes that share the database.
func (w *world) server(t *testing.T) (*Service, string) {
	t.Helper()
	s := New(Options{DB: w.d, Account: w.accounts, Projects: w.projects})
	t.Cleanup(s.Stop)
	m := web.NewMux(web.Options{DB: w.d, Log: slog.New(slog.DiscardHandler), Viewer: account.Viewer, Authenticate: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			var a account.Actor
			_ = w.d.View(r.Context(), func(tx db.Tx) (err error) {
				a, err = account.Load(tx, account.PersonID(r.Header.Get("X-Person")))
				return err
			})
			a.Token = r.Header.Get("X-Token") != ""
			next.ServeHTTP(rw, r.WithContext(account.WithActor(r.Context(), a)))
		})
	}})
	s.Pages(m)
	server := httptest.NewServer(m.Handler())
	t.Cleanup(server.Close)
	return s, server.URL
}

func (w *world) again(t *testing.T, a *account.Actor) {
	t.Helper()
	err := w.d.View(t.Context(), func(tx db.Tx) (err error) {
		*a, err = account.Load(tx, a.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) today(t *testing.T) (day when.Date) {
	t.Helper()
	_ = w.d.View(t.Context(), func(tx db.Tx) error { day = tx.Today(); return nil })
	return day
}

// client is a page of a browser, as far as the server sees one: bytes mean nothing to it.
type client struct {
	t    *testing.T
	conn *websocket.Conn
}

func (w *world) dial(t *testing.T, url string, by account.Actor, header ...string) (*client, *http.Response, error) {
	h := http.Header{"X-Person": {string(by.ID)}}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	conn, resp, err := websocket.Dial(t.Context(), url+w.n.URL()+"/live", &websocket.DialOptions{HTTPHeader: h})
	if err != nil {
		return nil, resp, err
	}
	conn.SetReadLimit(maxMessage)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &client{t, conn}, resp, nil
}

func (w *world) open(t *testing.T, url string, by account.Actor, seq int64) *client {
	t.Helper()
	c, _, err := w.dial(t, url, by)
	if err != nil {
		t.Fatal(err)
	}
	c.say(message{T: msgHello, Seq: seq})
	return c
}

func (c *client) say(m message) {
	c.t.Helper()
	b, err := json.Marshal(m)
	if err == nil {
		err = c.conn.Write(c.t.Context(), websocket.MessageText, b)
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// until reads messages until one of a kind, and gives it and the updates that came before.
func (c *client) until(kind string) (message, []string) {
	c.t.Helper()
	var updates []string
	for {
		m, err := c.next(10 * time.Second)
		if err != nil {
			c.t.Fatalf("waiting for %s: %v", kind, err)
		}
		for _, u := range m.List {
			updates = append(updates, string(u))
		}
		if m.T == kind {
			return m, updates
		}
	}
}

func (c *client) next(within time.Duration) (m message, err error) {
	ctx, cancel := context.WithTimeout(c.t.Context(), within)
	defer cancel()
	_, b, err := c.conn.Read(ctx)
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	return m, err
}

func ref(n int) string { return fmt.Sprintf("change-%04d", n) }

func TestTwoWriteTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		_, other := w.server(t) // the second page is at another process on the same database
		a, b := w.open(t, w.url, w.manager, 0), w.open(t, other, w.guest, 0)
		if m, _ := a.until(msgStart); !m.Writes || m.Seq != 0 {
			t.Errorf("start: %+v", m)
		}
		a.until(msgReady)
		b.until(msgReady)
		a.say(message{T: msgUpdate, Ref: ref(1), Data: []byte("from a")})
		if m, _ := a.until(msgAck); m.Ref != ref(1) || m.Seq != 1 {
			t.Errorf("ack: %+v", m)
		}
		if m, got := b.until(msgUpdates); len(got) != 1 || got[0] != "from a" || m.Seq != 1 {
			t.Errorf("the other got %q at %d", got, m.Seq)
		}
		b.say(message{T: msgUpdate, Ref: ref(2), Data: []byte("from b")})
		b.until(msgAck)
		_, got := a.until(msgUpdates)
		for len(got) == 0 { // the first tells the place after its own change
			_, got = a.until(msgUpdates)
		}
		if len(got) != 1 || got[0] != "from b" {
			t.Errorf("the first got %q", got)
		}
		// Sent again, after an acknowledgement that was lost: not twice.
		a.say(message{T: msgUpdate, Ref: ref(1), Data: []byte("from a")})
		if m, _ := a.until(msgAck); m.Seq != 1 {
			t.Errorf("the same again: %+v", m)
		}
		late := w.open(t, w.url, w.reader, 0)
		if m, _ := late.until(msgStart); m.Writes || m.Seq != 2 {
			t.Errorf("a reader's start: %+v", m)
		}
		if _, got := late.until(msgReady); strings.Join(got, ",") != "from a,from b" {
			t.Errorf("who comes late got %q", got)
		}
		late.say(message{T: msgUpdate, Ref: ref(3), Data: []byte("no")})
		if m, _ := late.until(msgRefused); m.Ref != ref(3) || m.Text == "" {
			t.Errorf("a reader writes: %+v", m)
		}
	})
}

func TestVersionsStandForTheLog(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.open(t, w.url, w.member, 0)
		a.until(msgReady)
		for i := range 120 { // more than one batch
			a.say(message{T: msgUpdate, Ref: ref(i), Data: []byte(ref(i))})
			a.until(msgAck)
		}
		doc := json.RawMessage(`{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"cent"}]}]}`)
		a.say(message{T: msgSave, Seq: 100, Data: []byte("state"), Doc: doc})
		if m, _ := a.until(msgSaved); m.Seq != 100 {
			t.Errorf("saved: %+v", m)
		}
		b := w.open(t, w.url, w.guest, 0)
		if m, _ := b.until(msgState); m.Seq != 100 || string(m.Data) != "state" {
			t.Errorf("state: %+v", m)
		}
		if _, got := b.until(msgReady); len(got) != 20 || got[0] != ref(100) {
			t.Errorf("after the version: %d updates", len(got))
		}
		b.say(message{T: msgWhole})
		if _, got := b.until(msgReady); len(got) != 120 || got[0] != ref(0) || got[119] != ref(119) {
			t.Errorf("the whole log: %d updates", len(got))
		}
		c := w.open(t, w.url, w.guest, 119) // a day offline, and most is known
		if _, got := c.until(msgReady); len(got) != 1 || got[0] != ref(119) {
			t.Errorf("after a day offline: %q", got)
		}
		// What is wrong is not kept, and the socket goes on: the log has everything.
		a.say(message{T: msgSave, Seq: 121, Data: []byte("state"), Doc: doc})
		a.say(message{T: msgSave, Seq: 110, Data: []byte("state"), Doc: json.RawMessage(`{"type":"script"}`)})
		a.say(message{T: msgUpdate, Ref: ref(500), Data: []byte("after")})
		a.until(msgAck)
		err := d.View(t.Context(), func(tx db.Tx) error {
			e, err := Enter(tx, w.reader, w.p.ID, w.n.ID)
			if err != nil {
				return err
			}
			r, err := Read(tx, e)
			if r.Seq != 100 || r.Root.Plain() != "cent" || r.Author != "membre" {
				t.Errorf("read: %+v", r)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestWhoseAccessEndedIsSentOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		c := w.open(t, w.url, w.guest, 0)
		c.until(msgReady)
		var grant account.GrantID
		_ = d.View(t.Context(), func(tx db.Tx) error {
			e, err := Enter(tx, w.manager, w.p.ID, w.n.ID)
			if err != nil {
				return err
			}
			list, err := GuestsOf(tx, e)
			grant = list[0].ID
			return err
		})
		if err := w.s.Exclude(t.Context(), w.member, w.p.ID, w.n.ID, grant); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a member ends a guest's access: %v", err)
		}
		if err := w.s.Exclude(t.Context(), w.manager, w.p.ID, w.n.ID, grant); err != nil {
			t.Fatal(err)
		}
		ended := time.Now()
		c.say(message{T: msgUpdate, Ref: ref(1), Data: []byte("too late")})
		for {
			m, err := c.next(2*askEvery + 5*time.Second)
			if m.T == msgAck {
				t.Fatal("a change after the end is taken")
			}
			if err != nil {
				if websocket.CloseStatus(err) != closeEnded {
					t.Errorf("closed with %v", err)
				}
				break
			}
		}
		if took := time.Since(ended); took > 10*time.Second {
			t.Errorf("sent out after %s", took)
		}
		if _, resp, err := w.dial(t, w.url, w.guest); err == nil || resp.StatusCode != http.StatusNotFound {
			t.Errorf("comes back: %v", err)
		}
	})
}

// Who only listens is sent out too.
func TestSilentGuestIsSentOut(t *testing.T) {
	d := dbtest.Open(t)
	w := newWorld(t, d)
	c := w.open(t, w.url, w.guest, 0)
	c.until(msgReady)
	if err := w.accounts.Disable(t.Context(), account.System("test"), w.guest.ID); err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := c.next(2*askEvery + 5*time.Second); err != nil {
			if websocket.CloseStatus(err) != closeEnded {
				t.Errorf("closed with %v", err)
			}
			return
		}
	}
}

func TestWhoMayOpen(t *testing.T) {
	d := dbtest.Open(t)
	w := newWorld(t, d)
	for _, c := range []struct {
		name   string
		by     account.Actor
		header []string
		want   int
	}{
		{"somebody else", account.Actor{}, nil, http.StatusUnauthorized},
		{"a program", w.manager, []string{"X-Token", "yes"}, http.StatusForbidden},
		{"a page of another site", w.manager, []string{"Origin", "https://ailleurs.example"}, http.StatusForbidden},
	} {
		_, resp, err := w.dial(t, w.url, c.by, c.header...)
		if err == nil || resp == nil || resp.StatusCode != c.want && (c.by.ID != "" || resp.StatusCode == http.StatusSwitchingProtocols) {
			t.Errorf("%s: %v %+v", c.name, err, resp)
		}
	}
	c := w.open(t, w.url, w.member, 0)
	c.until(msgReady)
	if err := c.conn.Write(t.Context(), websocket.MessageText, []byte(`{"t":"drop table"}`)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.next(5 * time.Second); websocket.CloseStatus(err) != closeWrong {
		t.Errorf("nonsense: %v", err)
	}
	for range maxSockets {
		w.open(t, w.url, w.reader, 0).until(msgReady)
	}
	over, _, err := w.dial(t, w.url, w.reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := over.next(5 * time.Second); websocket.CloseStatus(err) != closeTooBig {
		t.Errorf("one socket too many: %v", err)
	}
}

func TestCursorsAreHandedOn(t *testing.T) {
	d := dbtest.Open(t)
	w := newWorld(t, d)
	a, b := w.open(t, w.url, w.member, 0), w.open(t, w.url, w.guest, 0)
	a.until(msgReady)
	b.until(msgReady)
	a.say(message{T: msgAware, Data: []byte("here"), Text: "the director"})
	if m, _ := b.until(msgAware); m.Text != "membre" || string(m.Data) != "here" || m.From == 0 {
		t.Errorf("got %+v: the name is the account's", m)
	}
}

func TestStopSendsAway(t *testing.T) {
	d := dbtest.Open(t)
	w := newWorld(t, d)
	c := w.open(t, w.url, w.member, 0)
	c.until(msgReady)
	w.s.Stop()
	if _, err := c.next(5 * time.Second); err == nil {
		t.Error("the socket is still open")
	}
}
