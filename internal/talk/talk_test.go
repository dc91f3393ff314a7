package talk

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/web"
)

func TestMentioned(t *testing.T) {
	people := []Person{{"1", "Ana"}, {"2", "Ana Maria"}, {"3", "Cheffe d’atelier"}, {"4", "Élue du binôme"}, {"5", ""}}
	for text, want := range map[string][]account.PersonID{
		"":                                   nil,
		"bonjour":                            nil,
		"@Ana regarde":                       {"1"},
		"@Ana Maria regarde":                 {"2"},
		"@anabelle non":                      nil,
		"@ANA, @elue du binome et @Ana":      {"1", "4"},
		"@cheffe d'atelier : la pièce ?":     {"3"},
		"écrire à ana@ana.fr":                {"1"}, // an address with a member's name: told once too often rather than not
		"@@Ana":                              {"1"},
		"@":                                  nil,
		"deux fois @Ana puis @Ana Maria Ana": {"1", "2"},
	} {
		if got := Mentioned(text, people); !slices.Equal(got, want) {
			t.Errorf("%q mentions %v, want %v", text, got, want)
		}
	}
}

func FuzzMentioned(f *testing.F) {
	f.Add("@Ana @ana\x00é @")
	f.Fuzz(func(t *testing.T, text string) {
		if n := len(Mentioned(text, []Person{{"1", "Ana"}, {"2", "Ana Maria"}})); n > 2 {
			t.Errorf("%d people of two", n)
		}
	})
}

// world is a database with three people who talk about one thing, and one who may not see it.
type world struct {
	d                 *db.DB
	accounts          *account.Service
	s                 *Service
	ana, bob, eve, up account.Actor
	now               time.Time
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{now: time.Date(2026, 5, 21, 10, 0, 0, 0, time.UTC)}
	w.d = d.Clocked(func() time.Time { return w.now })
	w.accounts = account.New(account.Options{DB: w.d, URL: "https://bassin.example"})
	w.s = New(Options{DB: w.d, Account: w.accounts})
	for name, a := range map[string]*account.Actor{"Ana": &w.ana, "Bob": &w.bob, "Eve": &w.eve, "Ursule": &w.up} {
		p, err := w.accounts.AddPerson(t.Context(), account.System("test"), account.Person{Email: name + "@exemple.fr", Name: name}, "")
		if err != nil {
			t.Fatal(err)
		}
		*a = account.Actor{ID: p.ID, Name: p.Name}
	}
	w.s.Subjects["thing"] = func(_ db.Tx, by account.Actor, id string) (Subject, error) {
		if by.ID == w.eve.ID || id != "1" {
			return Subject{}, fault.New(fault.NotFound, "fault.not_found")
		}
		return Subject{Ref: Ref{"thing", "1"}, Title: "Pièce", URL: "/things/1", Scope: "project:1", MayComment: by.ID != w.up.ID,
			People: []Person{{w.ana.ID, "Ana"}, {w.bob.ID, "Bob"}, {w.up.ID, "Ursule"}}}, nil
	}
	return w
}

var thing = Ref{"thing", "1"}

func (w *world) notices(t *testing.T, of account.Actor) (list []Notice) {
	t.Helper()
	err := w.d.View(t.Context(), func(tx db.Tx) (err error) {
		list, err = Notices(tx, of, "", 50)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (w *world) say(t *testing.T, by account.Actor, text string) Comment {
	t.Helper()
	c, err := w.s.Say(t.Context(), by, thing, text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for name, c := range map[string]struct {
			by   account.Actor
			ref  Ref
			text string
			want fault.Kind
		}{
			"who may not see it": {w.eve, thing, "x", fault.NotFound},
			"who may only read":  {w.up, thing, "x", fault.Forbidden},
			"nothing":            {w.ana, thing, "  ", fault.Invalid},
			"an unknown kind":    {w.ana, Ref{"moon", "1"}, "x", fault.NotFound},
			"the public":         {account.Actor{}, thing, "x", fault.NotFound},
		} {
			if _, err := w.s.Say(t.Context(), c.by, c.ref, c.text); !fault.Is(err, c.want) {
				t.Errorf("%s: got %v, want %s", name, err, c.want)
			}
		}
		w.say(t, w.ana, "La pièce est prête, @Bob et @Ursule. @Eve ne la voit pas, @Ana c’est moi.")
		if n := w.notices(t, w.bob); len(n) != 1 || n[0].Reason != ByMention || n[0].URL != "/things/1" {
			t.Errorf("Bob is mentioned: %+v", n)
		}
		if n := w.notices(t, w.up); len(n) != 1 {
			t.Errorf("who only reads is mentioned: %d notices", len(n))
		}
		if len(w.notices(t, w.eve))+len(w.notices(t, w.ana)) != 0 {
			t.Error("who may not see it, or wrote it, was told")
		}
		w.say(t, w.bob, "Je la prends.")
		if n := w.notices(t, w.ana); len(n) != 1 || n[0].Reason != ByComment {
			t.Errorf("who has written before: %+v", n)
		}
	})
}

func TestTakeBackAndReact(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		c := w.say(t, w.ana, "secret tapé par erreur")
		if _, err := w.s.TakeBack(t.Context(), w.bob, c.ID); !fault.Is(err, fault.Forbidden) {
			t.Errorf("by somebody else: %v", err)
		}
		if _, err := w.s.TakeBack(t.Context(), w.eve, c.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("by who may not see it: %v", err)
		}
		if _, err := w.s.React(t.Context(), w.bob, c.ID, "agree"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.React(t.Context(), w.bob, c.ID, "boo"); !fault.Is(err, fault.Invalid) {
			t.Errorf("an unknown sign: %v", err)
		}
		read := func() Thread {
			var th Thread
			if err := w.d.View(t.Context(), func(tx db.Tx) (err error) { th, err = w.s.Read(tx, w.ana, thing, false); return err }); err != nil {
				t.Fatal(err)
			}
			return th
		}
		if r := read().Comments[0].Reactions[0]; r.Sign != "agree" || !slices.Equal(r.Names, []string{"Bob"}) || r.Mine {
			t.Errorf("reaction: %+v", r)
		}
		if _, err := w.s.React(t.Context(), w.bob, c.ID, "agree"); err != nil || len(read().Comments[0].Reactions[0].Names) != 0 {
			t.Errorf("the sign taken away again: %v", err)
		}
		if _, err := w.s.TakeBack(t.Context(), w.ana, c.ID); err != nil {
			t.Fatal(err)
		}
		if got := read().Comments[0]; got.Text != "" || got.RemovedAt == 0 {
			t.Errorf("taken back: %+v", got)
		}
	})
}

// mails reads the outbox.
func (w *world) mails(t *testing.T) []account.Mail {
	t.Helper()
	var list []account.Mail
	err := w.d.View(t.Context(), func(tx db.Tx) (err error) {
		list, err = db.List[account.Mail](tx, `select id, recipient, subject, body, created_at, sent_at, error from account_mail order by id`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestMails(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.say(t, w.bob, "Je commence.")
		w.say(t, w.ana, "@Bob voici le plan.")
		if m := w.mails(t); len(m) != 1 || m[0].Recipient != "bob@exemple.fr" {
			t.Fatalf("a mention is mailed at once: %+v", m)
		}
		w.say(t, w.ana, "Et la suite.")
		digest := func() {
			if err := w.s.digest(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		digest()
		if len(w.mails(t)) != 1 {
			t.Error("the mail of the day left at once")
		}
		w.now = w.now.Add(21 * time.Hour)
		digest()
		digest()
		if len(w.mails(t)) != 2 {
			t.Errorf("%d mails after a day, want 2", len(w.mails(t)))
		}
		if n, err := w.s.See(t.Context(), w.ana, w.notices(t, w.bob)[0].ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("somebody else's notice: %+v, %v", n, err)
		}
		if _, err := w.s.See(t.Context(), w.bob, ""); err != nil {
			t.Fatal(err)
		}
		_ = w.d.View(t.Context(), func(tx db.Tx) error {
			n, err := Unseen(tx, w.bob.ID)
			if n != 0 || err != nil {
				t.Errorf("%d unseen after all were seen (%v)", n, err)
			}
			return nil
		})
	})
}

func TestTopics(t *testing.T) {
	for _, r := range []Reason{ByMention, ByComment, ByOrder, ByInvitation, ByChange, ByCancel, ByRecord, ByTask, ByAccess} {
		if topic := r.Topic(); !slices.Contains(Topics(), topic) || !slices.Contains(topic.reasons(), r) {
			t.Errorf("%s belongs to %q, whose reasons are %v", r, topic, topic.reasons())
		}
	}
	for topic, c := range map[Topic]struct {
		usual Way
		off   bool
	}{Mentions: {AtOnce, false}, Accesses: {AtOnce, false}, Tasks: {Daily, false}, Meetings: {AtOnce, false}, Records: {AtOnce, true}, Comments: {Daily, true}} {
		if got := (Choices{}).Of(topic); got != c.usual {
			t.Errorf("%s comes %s when nothing was chosen, want %s", topic, got, c.usual)
		}
		if topic.Offers(Off) != c.off || !topic.Offers(InApp) || topic.Offers("hourly") {
			t.Errorf("%s: what it offers", topic)
		}
	}
	if got := (Choices{Mentions: Off}).Of(Mentions); got != AtOnce {
		t.Errorf("a mention that is off by a slip of the database comes %s", got)
	}
	for name, c := range map[string]Choices{"an unknown way": {Comments: "hourly"}, "an unknown topic": {"moon": Daily}, "a mention lost": {Mentions: Off}, "an access lost": {Accesses: Off}} {
		if err := c.check(); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEachTopicComesAsChosen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		sub := Subject{Ref: thing, Title: "Pièce", URL: "/things/1"}
		prefer := func(c Choices) {
			t.Helper()
			if err := w.s.Prefer(t.Context(), w.bob, c); err != nil {
				t.Fatal(err)
			}
		}
		// tell tells Bob and gives how many notices and mails that makes, at once and after a day.
		tell := func(r Reason, letter func(tx db.Tx) error) (notices, atOnce, later int) {
			t.Helper()
			n, m := len(w.notices(t, w.bob)), len(w.mails(t))
			err := w.d.Do(t.Context(), func(tx db.Tx) error {
				if letter != nil {
					return w.s.TellByIn(tx, w.ana, w.bob.ID, r, sub, "", func() error { return letter(tx) })
				}
				return w.s.TellIn(tx, w.ana, w.bob.ID, r, sub, "")
			})
			if err != nil {
				t.Fatal(err)
			}
			notices, atOnce = len(w.notices(t, w.bob))-n, len(w.mails(t))-m
			w.now = w.now.Add(21 * time.Hour)
			if err := w.s.digest(t.Context()); err != nil {
				t.Fatal(err)
			}
			return notices, atOnce, len(w.mails(t)) - m - atOnce
		}
		for _, c := range []struct {
			way                    Way
			notices, atOnce, later int
		}{{AtOnce, 1, 1, 0}, {Daily, 1, 0, 1}, {InApp, 1, 0, 0}, {Off, 0, 0, 0}} {
			for _, topic := range Topics() {
				if !topic.Offers(c.way) {
					if err := w.s.Prefer(t.Context(), w.bob, Choices{topic: c.way}); !fault.Is(err, fault.Invalid) {
						t.Errorf("%s %s: %v", topic, c.way, err)
					}
					continue
				}
				prefer(Choices{topic: c.way})
				if n, now, later := tell(topic.reasons()[0], nil); n != c.notices || now != c.atOnce || later != c.later {
					t.Errorf("%s %s: %d notices, %d mails at once, %d after a day; want %+v", topic, c.way, n, now, later, c)
				}
			}
		}

		letters := 0
		letter := func(tx db.Tx) error {
			letters++
			return w.accounts.WriteIn(tx, account.Letter{PersonID: w.bob.ID, Kind: "notice", Values: noticeMail(Notice{Reason: ByInvitation, URL: "/things/1"})})
		}
		prefer(Choices{Meetings: AtOnce})
		if n, now, _ := tell(ByInvitation, letter); letters != 1 || n != 1 || now != 1 {
			t.Errorf("an invitation at once is its letter alone: %d letters, %d notices, %d mails", letters, n, now)
		}
		prefer(Choices{Meetings: InApp})
		if n, now, _ := tell(ByInvitation, letter); letters != 1 || n != 1 || now != 0 {
			t.Errorf("in the application only: %d letters, %d notices, %d mails", letters, n, now)
		}

		prefer(Choices{Comments: Daily})
		if err := w.d.Do(t.Context(), func(tx db.Tx) error { return w.s.TellIn(tx, w.ana, w.bob.ID, ByComment, sub, "") }); err != nil {
			t.Fatal(err)
		}
		m := len(w.mails(t))
		prefer(Choices{Comments: InApp})
		w.now = w.now.Add(21 * time.Hour)
		if err := w.s.digest(t.Context()); err != nil || len(w.mails(t)) != m {
			t.Errorf("what waited still came by mail after the choice (%v)", err)
		}
	})
}

// TestTheOldChoiceIsCarriedOver runs the statements of the migration over what people had chosen before.
func TestTheOldChoiceIsCarriedOver(t *testing.T) {
	text, err := os.ReadFile("../db/migrations/0112_talk_choice.sql")
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		got := map[account.PersonID]Choices{}
		err := d.Do(t.Context(), func(tx db.Tx) error {
			for person, mail := range map[string]string{"never": "never", "often": "at_once", "daily": "daily"} {
				if _, err := tx.Exec(`insert into talk_preference (person_id, mail) values ($1, $2)`, person, mail); err != nil {
					return err
				}
			}
			for _, q := range strings.Split(string(text), ";") {
				if strings.Contains(q, "insert into") {
					if _, err := tx.Exec(q[strings.Index(q, "insert into"):]); err != nil {
						return err
					}
				}
			}
			for _, person := range []account.PersonID{"never", "often", "daily"} {
				c, err := choicesOf(tx, person)
				if err != nil {
					return err
				}
				got[person] = c
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for person, want := range map[account.PersonID][7]Way{ // mention, access, task, meeting, record, order, comment
			"never": {InApp, InApp, InApp, AtOnce, AtOnce, AtOnce, InApp},
			"often": {AtOnce, AtOnce, AtOnce, AtOnce, AtOnce, AtOnce, AtOnce},
			"daily": {AtOnce, AtOnce, Daily, AtOnce, AtOnce, AtOnce, Daily},
		} {
			for i, topic := range Topics() {
				if w := got[person].Of(topic); w != want[i] {
					t.Errorf("%s: %s comes %s, want %s", person, topic, w, want[i])
				}
			}
		}
	})
}

func TestNamesOfferedInAComment(t *testing.T) {
	got := Naming(web.NewView("fr"), []Person{{"1", "Ana"}, {"2", ""}, {"3", "Cheffe d’atelier"}})
	if got["data-people"] != "Ana\nCheffe d’atelier" || got["data-label"] != "Personnes à prévenir" {
		t.Errorf("offered: %q", got)
	}
}
