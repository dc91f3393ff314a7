package meeting

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/ical"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/search"
	"bassin/internal/talk"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/PuerkitoBio/goquery"
)

const today when.Date = "2026-03-02"

// world is a project with people in it, and its meetings.
type world struct {
	d        *db.DB
	accounts *account.Service
	projects *project.Service
	s        *Service
	files    file.Store
	own      account.OrganisationID
	manager  account.Actor
	p        project.Project
	people   map[string]account.Actor
	srv      *httptest.Server
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	d = d.Clocked(func() time.Time { return today.Time().Add(12 * time.Hour) })
	a := account.New(account.Options{DB: d, URL: "https://bassin.exemple.fr"})
	files, err := file.NewFolder(t.TempDir())
	must(t, err)
	w := &world{d: d, accounts: a, files: files, people: map[string]account.Actor{}}
	talks := talk.New(talk.Options{DB: d})
	w.projects = project.New(project.Options{DB: d, Account: a, Talk: talks})
	w.s = New(Options{DB: d, Files: files, Account: a, Talk: talks, Plan: plan.New(plan.Options{DB: d, Project: w.projects}), Project: w.projects, URL: "https://bassin.exemple.fr"})
	o, err := a.AddOrganisation(t.Context(), account.System("test"), account.Organisation{Kind: account.Company, Name: "Atelier"})
	must(t, err)
	w.own = o.ID
	w.manager = w.person(t, "gestion")
	w.p, err = w.projects.Create(t.Context(), w.manager, project.Draft{Project: project.Project{Title: "Robot de soudage", Code: "ROB", Kind: project.Other, Confidentiality: project.ForMembers,
		OwnerID: w.own, StartsOn: today}, Stages: []project.DraftStage{{Phase: project.Design}}})
	must(t, err)
	w.manager = w.again(t, w.manager.ID)
	w.people["manager"], w.people["reader"], w.people["stranger"] = w.manager, w.invited(t, "lecture", account.ProjectReader), w.person(t, "inconnu")
	m := web.NewMux(web.Options{DB: w.d, Log: slog.New(slog.DiscardHandler), Viewer: account.Viewer,
		Authenticate: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(rw, r.WithContext(account.WithActor(r.Context(), w.people[r.Header.Get("X-Who")])))
			})
		}})
	w.s.Pages(m)
	w.s.API(m)
	m.NotFound()
	w.srv = httptest.NewServer(m.Handler())
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

func (w *world) invited(t testing.TB, name string, role account.Role) account.Actor {
	t.Helper()
	p := w.person(t, name)
	_, err := w.projects.Invite(t.Context(), w.manager, w.p.ID, project.Invitation{Email: name + "@exemple.fr", Role: role})
	must(t, err)
	return w.again(t, p.ID)
}

func (w *world) again(t testing.TB, id account.PersonID) (a account.Actor) {
	t.Helper()
	must(t, w.d.View(t.Context(), func(tx db.Tx) (err error) { a, err = account.Load(tx, id); return err }))
	return a
}

// meeting plans one some days from today, at 14:00 in Paris.
func (w *world) meeting(t testing.TB, title string, days int) Meeting {
	t.Helper()
	m, err := w.s.Create(t.Context(), w.manager, Meeting{ProjectID: w.p.ID, Title: title, StartsAt: Moment(today.AddDays(days), 14*60, db.Paris), Minutes: 60, Place: "Salle 2"})
	must(t, err)
	return m
}

func (w *world) read(t testing.TB, id ID) (x Whole) {
	t.Helper()
	must(t, w.d.View(t.Context(), func(tx db.Tx) (err error) { _, x, err = Read(tx, w.manager, w.p.ID, id); return err }))
	return x
}

// post is a mail of the outbox.
type post struct {
	Recipient, Subject, Body, Calendar, CalendarMethod, FileHash, FileName string
}

// posted gives the mails of the outbox about meetings, oldest first, and forgets them.
func (w *world) posted(t testing.TB) (list []post) {
	t.Helper()
	must(t, w.d.Do(t.Context(), func(tx db.Tx) (err error) {
		list, err = db.List[post](tx, `select recipient, subject, body, calendar, calendar_method, file_hash, file_name from account_mail where calendar <> '' or file_hash <> '' order by id`)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`delete from account_mail`)
		return err
	}))
	return list
}

func event(t testing.TB, p post) *ical.Component {
	t.Helper()
	c, err := ical.Parse(p.Calendar)
	must(t, err)
	if c.Text("METHOD") != p.CalendarMethod || len(c.Parts) != 1 {
		t.Fatalf("%s", p.Calendar)
	}
	return c.Parts[0]
}

func TestInvitationsFollowTheMeeting(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx, by := t.Context(), w.manager
		m := w.meeting(t, "Revue à 14 h", 3)
		guest, err := w.s.Add(ctx, by, w.p.ID, m.ID, Participant{Email: "essais@labo.example", Name: "Laboratoire"})
		must(t, err)
		if got := w.posted(t); len(got) != 0 {
			t.Errorf("%d mails before anybody is invited", len(got))
		}
		n, err := w.s.Invite(ctx, by, w.p.ID, m.ID)
		must(t, err)
		first := w.posted(t)
		if n != 2 || len(first) != 2 {
			t.Fatalf("%d invited, %d mails", n, len(first))
		}
		e := event(t, first[1])
		for name, want := range map[string]string{"UID": m.UID(), "DTSTART": "20260305T130000Z", "DTEND": "20260305T140000Z", "SUMMARY": "Revue à 14 h", "LOCATION": "Salle 2", "SEQUENCE": "0",
			"STATUS": "CONFIRMED", "ORGANIZER": "mailto:gestion@exemple.fr"} {
			if got := e.Text(name); got != want {
				t.Errorf("%s: got %q, want %q", name, got, want)
			}
		}
		if got := len(e.All("ATTENDEE")); got != 2 {
			t.Errorf("%d attendees", got)
		}
		if strings.Contains(first[1].Body, "https://bassin") || !strings.Contains(first[0].Body, "https://bassin.exemple.fr"+m.URL()) {
			t.Errorf("links: %q and %q", first[0].Body, first[1].Body)
		}

		m = w.read(t, m.ID).Meeting
		m.StartsAt = m.StartsAt.Add(time.Hour)
		m, err = w.s.Save(ctx, by, m)
		must(t, err)
		if got := w.posted(t); len(got) != 2 || event(t, got[0]).Text("SEQUENCE") != "1" || event(t, got[0]).Text("DTSTART") != "20260305T140000Z" {
			t.Errorf("after the hour changed: %+v", got)
		}
		if _, err := w.s.Save(ctx, by, m); err != nil {
			t.Fatal(err)
		}
		if got := w.posted(t); len(got) != 0 {
			t.Errorf("%d mails of a change that nobody needs to know", len(got))
		}
		must(t, w.s.Leave(ctx, by, w.p.ID, m.ID, guest.ID))
		if got := w.posted(t); len(got) != 1 || got[0].CalendarMethod != "CANCEL" || got[0].Recipient != "essais@labo.example" {
			t.Errorf("who was taken off: %+v", got)
		}
		must(t, w.s.Cancel(ctx, by, w.p.ID, m.ID, "Neige"))
		got := w.posted(t)
		if len(got) != 1 || got[0].CalendarMethod != "CANCEL" || event(t, got[0]).Text("STATUS") != "CANCELLED" || event(t, got[0]).Text("SEQUENCE") != "2" || !strings.Contains(got[0].Body, "Neige") {
			t.Errorf("after it was cancelled: %+v", got)
		}
		for name, err := range map[string]error{"save": second(w.s.Save(ctx, by, m)), "invite": second(w.s.Invite(ctx, by, w.p.ID, m.ID)), "begin": w.s.Begin(ctx, by, w.p.ID, m.ID),
			"add": second(w.s.Add(ctx, by, w.p.ID, m.ID, Participant{Email: "x@y.example"}))} {
			if !fault.Is(err, fault.Conflict) {
				t.Errorf("%s of a cancelled meeting: %v", name, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestAMeetingFromItsAgendaToItsRecord(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx, by, in := t.Context(), w.manager, w.p.ID
		m := w.meeting(t, "Revue d’avancement", 0)
		item, err := w.s.AddItem(ctx, by, in, m.ID, Item{Title: "Où en est-on ?", Minutes: 20, Speaker: "gestion"})
		must(t, err)
		_, err = w.s.Add(ctx, by, in, m.ID, Participant{PersonID: w.people["reader"].ID})
		must(t, err)
		if _, err := w.s.Decide(ctx, by, in, m.ID, project.Decision{Title: "Trop tôt", Reason: "x", Deciders: "y", Outcome: project.Agreed}); !fault.Is(err, fault.Conflict) {
			t.Errorf("a decision before the meeting: %v", err)
		}
		must(t, w.s.Begin(ctx, by, in, m.ID))
		_, err = w.s.Write(ctx, by, in, m.ID, Item{ID: item.ID, Text: "Le châssis est prêt.\nŒuvre à finir : l’« îlot ».", Version: item.Version})
		must(t, err)
		if _, err := w.s.Write(ctx, by, in, m.ID, Item{ID: item.ID, Text: "Autre chose", Version: item.Version}); !fault.Stale(err) {
			t.Errorf("the second of two who write at once: %v", err)
		}
		dec, err := w.s.Decide(ctx, by, in, m.ID, project.Decision{Title: "Garder l’acier", Reason: "Le prix.", Deciders: "Tous", Outcome: project.Agreed})
		must(t, err)
		task, err := w.s.Agree(ctx, by, in, m.ID, Task{Title: "Commander l’acier", PersonID: by.ID, Deadline: today.AddDays(10)})
		must(t, err)
		if _, err := w.s.Agree(ctx, by, in, m.ID, Task{Title: "x", PersonID: w.people["stranger"].ID}); !fault.Is(err, fault.Invalid) {
			t.Errorf("an action for somebody outside: %v", err)
		}
		x := w.read(t, m.ID)
		if len(x.Decisions) != 1 || x.Decisions[0].ID != dec.ID || x.Decisions[0].MeetingID != string(m.ID) || len(x.Actions) != 1 || x.Actions[0].ID != task.ID || x.Actions[0].People[0].PersonID != by.ID {
			t.Errorf("what came of it: %+v", x)
		}

		w.posted(t)
		must(t, w.s.Close(ctx, by, in, m.ID))
		x = w.read(t, m.ID)
		if x.State != Closed || x.PDFHash == "" || x.ClosedByName != by.Name {
			t.Fatalf("closed: %+v", x.Meeting)
		}
		mails := w.posted(t)
		if len(mails) != 2 || mails[0].FileHash != x.PDFHash || mails[0].FileName != "ROB-CR-1.pdf" {
			t.Errorf("mails: %+v", mails)
		}
		c, err := w.files.Open(ctx, file.Hash(x.PDFHash))
		must(t, err)
		b, err := io.ReadAll(c)
		must(t, err)
		must(t, c.Close())
		if !bytes.HasPrefix(b, []byte("%PDF-")) || !bytes.Contains(b, []byte("/Lang (fr)")) || int64(len(b)) != x.PDFBytes {
			t.Errorf("the record is no PDF of its size: %d bytes", len(b))
		}
		for name, err := range map[string]error{"write": second(w.s.Write(ctx, by, in, m.ID, Item{ID: item.ID, Text: "x"})), "close": w.s.Close(ctx, by, in, m.ID), "save": second(w.s.Save(ctx, by, x.Meeting)),
			"decide": second(w.s.Decide(ctx, by, in, m.ID, project.Decision{Title: "x", Reason: "x", Deciders: "y", Outcome: project.Agreed})),
			"agree":  second(w.s.Agree(ctx, by, in, m.ID, Task{Title: "x"})), "presence": w.s.NotePresence(ctx, by, in, m.ID, map[ParticipantID]Presence{x.Participants[0].ID: Absent})} {
			if !fault.Is(err, fault.Conflict) {
				t.Errorf("%s after the minutes are closed: %v", name, err)
			}
		}

		next := w.meeting(t, "La suivante", 7)
		must(t, w.d.View(ctx, func(tx db.Tx) error {
			a, err := project.Enter(tx, by, in)
			must(t, err)
			list, err := earlier(tx, a, next)
			if len(list) != 1 || list[0].ID != task.ID {
				t.Errorf("actions of the meeting before: %+v", list)
			}
			return err
		}))
	})
}

func TestTheSameMeetingGivesTheSameRecord(t *testing.T) {
	x := Whole{Meeting: Meeting{Title: "Revue « à cœur ouvert »", Number: 3, StartsAt: Moment(today, 600, db.Paris), Minutes: 45, ClosedAt: when.At(today.Time())}, Items: []Item{{Title: "Un point", Text: strings.Repeat("Longue ligne accentuée. ", 400)}},
		Participants: []Participant{{Name: "Ana", Presence: Present}}, Decisions: []project.Decision{{Number: 1, Title: "Oui", Outcome: project.Agreed}}, Actions: []Action{{Task: plan.Task{Number: 4, Title: "Faire"}}}}
	a, err := record(web.NewView("fr"), project.Project{Code: "ROB", Title: "Robot"}, x, "Ana")
	must(t, err)
	b, err := record(web.NewView("fr"), project.Project{Code: "ROB", Title: "Robot"}, x, "Ana")
	must(t, err)
	if !bytes.Equal(a, b) {
		t.Error("two records of one meeting differ")
	}
	if n := bytes.Count(a, []byte("/Type /Page\n")); n < 2 {
		t.Errorf("%d pages", n)
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		m := w.meeting(t, "Revue", 3)
		ctx, in := t.Context(), w.p.ID
		for who, want := range map[string]fault.Kind{"reader": fault.Forbidden, "stranger": fault.NotFound, "nobody": fault.NotFound} {
			by := w.people[who]
			for name, err := range map[string]error{
				"create": second(w.s.Create(ctx, by, Meeting{ProjectID: in, Title: "x"})), "save": second(w.s.Save(ctx, by, m)), "begin": w.s.Begin(ctx, by, in, m.ID), "cancel": w.s.Cancel(ctx, by, in, m.ID, ""),
				"close": w.s.Close(ctx, by, in, m.ID), "invite": second(w.s.Invite(ctx, by, in, m.ID)), "add": second(w.s.Add(ctx, by, in, m.ID, Participant{Email: "a@b.example"})),
				"item": second(w.s.AddItem(ctx, by, in, m.ID, Item{Title: "x"})), "note": second(w.s.BeginNote(ctx, by, in, m.ID)), "agree": second(w.s.Agree(ctx, by, in, m.ID, Task{Title: "x"})),
			} {
				if fault.Of(err) != want {
					t.Errorf("%s by %s: %v", name, who, err)
				}
			}
		}
		other, err := w.projects.Create(ctx, w.manager, project.Draft{Project: project.Project{Title: "Autre", Kind: project.Other, Confidentiality: project.ForMembers, OwnerID: w.own, StartsOn: today}})
		must(t, err)
		w.manager = w.again(t, w.manager.ID)
		if err := w.s.Begin(ctx, w.manager, other.ID, m.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("a meeting by the address of another project: %v", err)
		}
	})
}

func TestMeetingsAreFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx, in := t.Context(), w.p.ID
		w.projects.Renamed = append(w.projects.Renamed, Renamed)
		m := w.meeting(t, "Revue", 0)
		item, err := w.s.AddItem(ctx, w.manager, in, m.ID, Item{Title: "Essais"})
		must(t, err)
		_, err = w.s.Write(ctx, w.manager, in, m.ID, Item{ID: item.ID, Text: "L’extensomètre est étalonné."})
		must(t, err)
		found := func(by account.Actor, text string) (subs []string) {
			t.Helper()
			must(t, w.d.View(ctx, func(tx db.Tx) error {
				walls, err := project.SearchWalls(tx, by)
				must(t, err)
				hits, err := search.Find(tx, search.Query{Text: text, Walls: walls, Limit: 10})
				for _, h := range hits.List {
					sub := ""
					for _, piece := range h.Sub {
						sub += piece.Text
					}
					if h.Kind == SearchEntry {
						subs = append(subs, sub)
					}
				}
				return err
			}))
			return subs
		}
		if got := found(w.manager, "extensomètres"); len(got) != 1 || got[0] != "ROB · Robot de soudage" {
			t.Errorf("found by its minutes: %v", got)
		}
		if got := found(w.people["stranger"], "extensomètres"); len(got) != 0 {
			t.Errorf("a stranger finds %v", got)
		}
		p := w.p
		p.Title = "Robot de peinture"
		_, err = w.projects.Save(ctx, w.manager, p)
		must(t, err)
		if got := found(w.manager, "extensomètres"); len(got) != 1 || got[0] != "ROB · Robot de peinture" {
			t.Errorf("after its project was renamed: %v", got)
		}
	})
}

func TestNumbersOfMeetingsPlannedAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if _, err := w.s.Create(t.Context(), w.manager, Meeting{ProjectID: w.p.ID, Title: "x", StartsAt: when.At(today.Time()), Minutes: 30}); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		must(t, w.d.View(t.Context(), func(tx db.Tx) error {
			n, err := lastNumber(tx, w.p.ID)
			if n != 8 {
				t.Errorf("the last of 8 meetings has number %d", n)
			}
			return err
		}))
	})
}

// Pages and API.

func (w *world) ask(t testing.TB, who, method, path, kind, body string, head ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, w.srv.URL+path, strings.NewReader(body))
	must(t, err)
	r.Header.Set("X-Who", who)
	r.Header.Set("Accept-Language", "fr")
	r.Header.Set("If-Match", "*")
	r.Header.Set("Content-Type", kind)
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	must(t, err)
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	must(t, err)
	return res.StatusCode, string(b)
}

func (w *world) form(t testing.TB, who, path string, status int, pairs ...string) *goquery.Document {
	t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	got, body := w.ask(t, who, "POST", path, "application/x-www-form-urlencoded", v.Encode())
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	must(t, err)
	if got != status {
		t.Fatalf("%s: got %d, want %d: %s", path, got, status, strings.Join(strings.Fields(doc.Find("main").Text()), " "))
	}
	return doc
}

func (w *world) page(t testing.TB, who, path string, status int) *goquery.Document {
	t.Helper()
	got, body := w.ask(t, who, "GET", path, "", "")
	if got != status {
		t.Fatalf("%s: got %d, want %d", path, got, status)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	must(t, err)
	return doc
}

func TestPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		base := w.p.ID.URL() + "/meetings"
		bad := w.form(t, "manager", base+"/new", http.StatusUnprocessableEntity, "title", "Revue", "starts_on", "2026-03-05", "starts_time", "midi", "minutes", "60")
		if v, _ := bad.Find("#f-starts_time").Attr("value"); v != "midi" {
			t.Errorf("an hour that cannot be read comes back as %q", v)
		}
		w.form(t, "manager", base+"/new", http.StatusSeeOther, "title", "Revue", "starts_on", "2026-03-02", "starts_time", "9h30", "minutes", "60")
		url, _ := w.page(t, "manager", base, http.StatusOK).Find("tbody th a").First().Attr("href")
		w.form(t, "manager", url+"/participants", http.StatusSeeOther, "form", "guest", "guest.email", "essais@labo.example")
		w.form(t, "manager", url+"/participants", http.StatusUnprocessableEntity, "form", "guest", "guest.email", "essais@labo.example")
		w.form(t, "manager", url+"/items", http.StatusSeeOther, "item.title", "Premier", "item.minutes", "15")
		w.form(t, "manager", url+"/items", http.StatusSeeOther, "item.title", "Second")
		w.form(t, "manager", url+"/begin", http.StatusSeeOther)
		page := w.page(t, "manager", url, http.StatusOK)
		if got := page.Find(".b-agenda li").Eq(1).Text(); !strings.Contains(got, "09:45") {
			t.Errorf("the second item begins at %q", strings.Join(strings.Fields(got), " "))
		}
		write, _ := page.Find(".b-minutes").First().Attr("action")
		id := strings.TrimSuffix(write[strings.LastIndex(write, "/items/")+7:], "/minutes")
		field := "write-" + id
		// As typed, by the script: the line below the field comes back with the version for the next.
		status, body := w.ask(t, "manager", "POST", write, "application/x-www-form-urlencoded", field+".text=Bonjour&"+field+".version=1", "HX-Request", "true")
		line, err := goquery.NewDocumentFromReader(strings.NewReader(body))
		must(t, err)
		if v, _ := line.Find("input").Attr("value"); status != http.StatusOK || v != "2" {
			t.Errorf("saved while typed: %d, version %q", status, v)
		}
		status, body = w.ask(t, "manager", "POST", write, "application/x-www-form-urlencoded", field+".text=Autre&"+field+".version=1", "HX-Request", "true")
		if status != http.StatusConflict || !strings.Contains(body, "Bonjour") || !strings.Contains(body, `name="over" value="2"`) {
			t.Errorf("overtaken while typing: %d %s", status, body)
		}
		// Without script.
		stale := w.form(t, "manager", write, http.StatusConflict, field+".text", "Autre", field+".version", "1")
		if got := strings.TrimSpace(stale.Find("#f-" + field + "-text").Text()); got != "Autre" {
			t.Errorf("what was typed comes back as %q", got)
		}
		w.form(t, "manager", write, http.StatusSeeOther, field+".text", "Autre", field+".version", "1", "over", "2")
		w.form(t, "manager", url+"/decisions", http.StatusUnprocessableEntity, "decision.title", "Garder l’acier")
		w.form(t, "manager", url+"/decisions", http.StatusSeeOther, "decision.title", "Garder l’acier", "decision.outcome", "agreed", "decision.reason", "Le prix", "decision.deciders", "Tous")
		w.form(t, "manager", url+"/actions", http.StatusSeeOther, "task.title", "Commander", "task.person_id", string(w.manager.ID), "task.deadline", "2026-03-10")
		w.form(t, "manager", url+"/note", http.StatusSeeOther)
		w.form(t, "manager", url+"/close", http.StatusSeeOther)
		done := w.page(t, "reader", url, http.StatusOK)
		if done.Find("form").FilterFunction(func(_ int, f *goquery.Selection) bool { a, _ := f.Attr("action"); return strings.HasPrefix(a, url) }).Length() != 0 || done.Find(`a[href$="record.pdf"]`).Length() != 1 {
			t.Error("a closed meeting can be changed, or its record is not linked")
		}
		if status, body := w.ask(t, "reader", "GET", url+"/record.pdf", "", ""); status != http.StatusOK || !strings.HasPrefix(body, "%PDF-") {
			t.Errorf("record: %d", status)
		}
		for _, path := range []string{base, url, url + "/record.pdf", url + "/event.ics", base + "/new"} {
			w.page(t, "stranger", path, http.StatusNotFound)
		}
		w.page(t, "reader", base+"/new", http.StatusForbidden)
	})
}

func TestAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		base := "/api/v1/projects/" + string(w.p.ID) + "/meetings"
		status, body := w.ask(t, "manager", "POST", base, "application/json", `{"title":"Revue","starts_at":"2026-03-05T13:00:00Z","minutes":60}`)
		if status != http.StatusCreated {
			t.Fatalf("%d %s", status, body)
		}
		at := base + "/" + strings.SplitN(strings.SplitN(body, `"id":"`, 2)[1], `"`, 2)[0]
		for _, x := range []struct {
			method, path, body string
			want               int
		}{
			{"PUT", at, `{"title":"Revue 2","starts_at":"2026-03-05T13:00:00Z","minutes":30}`, 200}, {"POST", at + "/participants", `{"email":"a@b.example"}`, 201}, {"POST", at + "/items", `{"title":"Point"}`, 201},
			{"POST", at + "/invite", ``, 200}, {"POST", at + "/begin", ``, 200}, {"POST", at + "/begin", ``, 409}, {"POST", at + "/cancel", `{}`, 409},
			{"POST", at + "/decisions", `{"title":"Oui","reason":"x","deciders":"y","outcome":"agreed"}`, 201}, {"POST", at + "/actions", `{"title":"Faire"}`, 201},
			{"POST", at + "/close", ``, 200}, {"POST", at + "/items", `{"title":"Point"}`, 409}, {"GET", at, ``, 200}, {"GET", base, ``, 200}, {"POST", base, `{"title":"x","starts_at":null,"minutes":60}`, 422},
		} {
			if got, body := w.ask(t, "manager", x.method, x.path, "application/json", x.body); got != x.want {
				t.Errorf("%s %s %s: got %d, want %d: %s", x.method, x.path, x.body, got, x.want, body)
			}
		}
		if got, _ := w.ask(t, "stranger", "GET", at, "", ""); got != http.StatusNotFound {
			t.Errorf("a stranger reads it: %d", got)
		}
	})
}
