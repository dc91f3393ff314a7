package account

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/job"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// postOffice is a real mail server in this process.
type postOffice struct {
	mu     sync.Mutex
	got    []letter
	refuse error // the answer to RCPT
	user   string
	pass   string
	srv    *smtp.Server
	port   int
	roots  *tls.Config
}

type letter struct {
	from, to string
	tls      bool
	msg      *mail.Message
	body     string
}

type officeSession struct {
	o    *postOffice
	conn *smtp.Conn
	auth bool
	l    letter
}

func (s *officeSession) Reset()        {}
func (s *officeSession) Logout() error { return nil }
func (s *officeSession) Mail(from string, _ *smtp.MailOptions) error {
	if s.o.user != "" && !s.auth {
		return smtp.ErrAuthRequired
	}
	s.l = letter{from: from}
	_, s.l.tls = s.conn.TLSConnectionState()
	return nil
}
func (s *officeSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.l.to = to
	return s.o.refuse
}
func (s *officeSession) Data(r io.Reader) error {
	msg, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	body := io.Reader(msg.Body)
	if msg.Header.Get("Content-Transfer-Encoding") == "quoted-printable" {
		body = quotedprintable.NewReader(body)
	}
	b, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	s.l.msg, s.l.body = msg, strings.ReplaceAll(string(b), "\r\n", "\n")
	s.o.mu.Lock()
	s.o.got = append(s.o.got, s.l)
	s.o.mu.Unlock()
	return nil
}
func (s *officeSession) AuthMechanisms() []string { return []string{sasl.Plain} }
func (s *officeSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, pass string) error {
		if user != s.o.user || pass != s.o.pass {
			return smtp.ErrAuthFailed
		}
		s.auth = true
		return nil
	}), nil
}

func (o *postOffice) letters() []letter {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]letter(nil), o.got...)
}

// newPostOffice starts one: how is starttls, implicit or none.
func newPostOffice(t *testing.T, how string) *postOffice {
	t.Helper()
	o := &postOffice{user: "bassin", pass: "s3cret-of-the-post"}
	o.srv = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &officeSession{o: o, conn: c}, nil }))
	o.srv.Domain, o.srv.ErrorLog = "post.test", slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
	certs := httptest.NewTLSServer(nil)
	t.Cleanup(certs.Close)
	pool := x509.NewCertPool()
	pool.AddCert(certs.Certificate())
	o.roots = &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.port = l.Addr().(*net.TCPAddr).Port
	switch how {
	case "starttls":
		o.srv.TLSConfig = &tls.Config{Certificates: certs.TLS.Certificates, MinVersion: tls.VersionTLS12}
	case "implicit":
		l = tls.NewListener(l, &tls.Config{Certificates: certs.TLS.Certificates, MinVersion: tls.VersionTLS12})
	case "none":
		o.user, o.pass = "", "unused" // a password never leaves in the clear
	}
	go func() { _ = o.srv.Serve(l) }()
	t.Cleanup(func() { _ = o.srv.Close() })
	return o
}

func (o *postOffice) settings(how string) SMTP {
	return SMTP{Host: "127.0.0.1", Port: o.port, User: o.user, Password: o.pass, TLS: how, From: "Bassin <bassin@exemple.fr>", Timeout: 5 * time.Second, Roots: o.roots}
}

// enqueued gathers what a transaction asked to send.
func enqueued(ids *[]string) func(*Options) {
	return func(o *Options) {
		o.Enqueue = func(_ db.Tx, id string) error {
			*ids = append(*ids, id)
			return nil
		}
	}
}

func TestMailsLeave(t *testing.T) {
	for _, how := range []string{"starttls", "implicit", "none"} {
		t.Run(how, func(t *testing.T) {
			office := newPostOffice(t, how)
			var ids []string
			d := dbtest.Open(t)
			s := newSite(t, d, enqueued(&ids), func(o *Options) { o.SMTP = office.settings(how) })
			p, err := s.Invite(context.Background(), root, Person{Email: "eva@example.fr", Name: "Éva", Language: "fr"})
			if err != nil || len(ids) != 1 {
				t.Fatal(err, ids)
			}
			for range 2 { // a run that is repeated after a crash sends nothing twice
				if err := s.SendMail(context.Background(), ids[0]); err != nil {
					t.Fatal(err)
				}
			}
			got := office.letters()
			if len(got) != 1 {
				t.Fatalf("%d letters", len(got))
			}
			l := got[0]
			subject, err := new(mime.WordDecoder).DecodeHeader(l.msg.Header.Get("Subject"))
			if err != nil || l.from != "bassin@exemple.fr" || l.to != p.Email || subject != "Votre invitation à Bassin" || l.tls != (how != "none") {
				t.Errorf("letter: %v %+v %q", err, l, subject)
			}
			if kind := l.msg.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/plain; charset=UTF-8") {
				t.Errorf("type %q", kind)
			}
			if l.msg.Header.Get("Auto-Submitted") != "auto-generated" || l.msg.Header.Get("Date") == "" || l.msg.Header.Get("Message-Id") == "" {
				t.Errorf("headers: %v", l.msg.Header)
			}
			if !strings.HasPrefix(l.body, "Bonjour Éva,\n\ntest vous invite") || !strings.Contains(l.body, "\nhttp://bassin.test/invitation/") {
				t.Errorf("body: %q", l.body)
			}
			m, err := read(d, func(tx db.Tx) (Mail, error) { return getMail(tx, ids[0]) })
			if err != nil || m.SentAt == 0 || m.Body != "" || m.Error != "" {
				t.Errorf("kept: %v %+v", err, m)
			}
		})
	}
}

func TestAMailThatDoesNotLeave(t *testing.T) {
	temporary := &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "try later"}
	for name, c := range map[string]struct {
		how    string
		change func(*postOffice, *SMTP)
		want   fault.Kind
	}{
		"refused":         {"starttls", func(o *postOffice, _ *SMTP) { o.refuse = &smtp.SMTPError{Code: 550, Message: "no such person"} }, fault.Conflict},
		"later":           {"starttls", func(o *postOffice, _ *SMTP) { o.refuse = temporary }, fault.Unavailable},
		"nobody listens":  {"starttls", func(_ *postOffice, c *SMTP) { c.Port = closedPort(t) }, fault.Unavailable},
		"wrong password":  {"starttls", func(_ *postOffice, c *SMTP) { c.Password = "not-the-s3cret" }, fault.Unavailable},
		"no TLS offered":  {"none", func(_ *postOffice, c *SMTP) { c.TLS = "starttls" }, fault.Unavailable},
		"unknown root":    {"starttls", func(_ *postOffice, c *SMTP) { c.Roots = nil }, fault.Unavailable},
		"silent":          {"starttls", func(_ *postOffice, c *SMTP) { c.Port, c.Timeout = silentPort(t), 300*time.Millisecond }, fault.Unavailable},
		"nonsense sender": {"starttls", func(_ *postOffice, c *SMTP) { c.From = "nobody" }, fault.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			office := newPostOffice(t, c.how)
			set := office.settings(c.how)
			c.change(office, &set)
			var ids []string
			d := dbtest.Open(t)
			s := newSite(t, d, enqueued(&ids), func(o *Options) { o.SMTP = set })
			if _, err := s.Invite(context.Background(), root, Person{Email: "eva@example.fr", Name: "Éva"}); err != nil {
				t.Fatal(err)
			}
			err := s.SendMail(context.Background(), ids[0])
			if fault.Of(err) != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if len(office.letters()) != 0 {
				t.Error("it left all the same")
			}
			m, rerr := read(d, func(tx db.Tx) (Mail, error) { return getMail(tx, ids[0]) })
			if rerr != nil || m.SentAt != 0 || m.Body == "" || m.Error == "" {
				t.Errorf("kept: %v %+v", rerr, m)
			}
			if strings.Contains(fmt.Sprint(err, m.Error, s.log), set.Password) {
				t.Errorf("the password is told: %v, %s", err, m.Error)
			}
		})
	}
}

// Who invited somebody sees that the mail came back, until it arrives or the person comes.
func TestWhoInvitesSeesThatTheMailCameBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		office := newPostOffice(t, "starttls")
		office.refuse = &smtp.SMTPError{Code: 550, Message: "no such person"}
		var ids []string
		s := newSite(t, d, enqueued(&ids), func(o *Options) { o.SMTP = office.settings("starttls") })
		eva, err := s.Invite(context.Background(), root, Person{Email: "eva@example.fr", Name: "Éva"})
		if err != nil {
			t.Fatal(err)
		}
		unreached := func() bool {
			t.Helper()
			held, err := read(d, func(tx db.Tx) ([]Held, error) { return GrantsOver(tx, OverNote, "n") })
			if err != nil || len(held) != 1 {
				t.Fatalf("%v %+v", err, held)
			}
			return held[0].Unreached
		}
		if err := d.Do(context.Background(), func(tx db.Tx) error {
			return insertGrant(tx, Grant{ID: "g", PersonID: eva.ID, Role: NoteGuest, ScopeKind: OverNote, ScopeID: "n", CreatedAt: tx.Now()})
		}); err != nil {
			t.Fatal(err)
		}
		if unreached() {
			t.Error("a mail that waits is no mail that came back")
		}
		if err := s.SendMail(context.Background(), ids[0]); err == nil {
			t.Fatal("the mail was not refused")
		}
		if !unreached() {
			t.Error("nobody is told that the mail came back")
		}
		office.refuse = nil
		if err := s.SendMail(context.Background(), ids[0]); err != nil {
			t.Fatal(err)
		}
		if unreached() {
			t.Error("it arrived")
		}
	})
}

func closedPort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// silentPort accepts and never says a word.
func silentPort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().(*net.TCPAddr).Port
}

func TestSMTPSettings(t *testing.T) {
	good := SMTP{Host: "post.test", From: "Bassin <bassin@exemple.fr>", User: "u", Password: "s3cret"}
	for name, c := range map[string]struct {
		change func(*SMTP)
		ok     bool
	}{
		"good": {func(*SMTP) {}, true}, "no host": {func(s *SMTP) { *s = SMTP{} }, true}, "sender": {func(s *SMTP) { s.From = "Bassin" }, false},
		"policy": {func(s *SMTP) { s.TLS = "maybe" }, false},
	} {
		x := good
		c.change(&x)
		if err := x.Check(); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s := fmt.Sprintf("%v %+v %#v", good, good, good); strings.Contains(s, "s3cret") {
		t.Errorf("printed: %s", s)
	}
}

func TestAnUndoneOperationSendsNothing(t *testing.T) {
	var ids []string
	d := dbtest.Open(t)
	s := newSite(t, d, func(o *Options) {
		o.SMTP = SMTP{Host: "post.test", From: "a@b.fr"}
		o.Enqueue = func(db.Tx, string) error { return errors.New("the queue is full") }
	})
	if _, err := s.Invite(context.Background(), root, Person{Email: "eva@example.fr", Name: "Éva"}); err == nil {
		t.Fatal("no error")
	}
	if n, err := read(d, countMails); err != nil || n != 0 || len(ids) != 0 {
		t.Errorf("%v: %d mails", err, n)
	}
	if _, err := read(d, func(tx db.Tx) (Person, error) { return getPersonByEmail(tx, "eva@example.fr") }); !fault.Is(err, fault.NotFound) {
		t.Errorf("the person: %v", err)
	}
}

func TestMailsLeaveThroughTheQueue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		office := newPostOffice(t, "starttls")
		q, err := job.New(context.Background(), d, job.Options{Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		s := newSite(t, d, func(o *Options) { o.SMTP = office.settings("starttls") })
		s.Jobs(q)
		if err := q.Start(context.Background()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = q.Stop(context.Background()) })
		if _, err := s.Invite(context.Background(), root, Person{Email: "eva@example.fr", Name: "Éva"}); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(20 * time.Second); len(office.letters()) == 0; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("no letter came")
			}
		}
	})
}

func TestSweep(t *testing.T) {
	now := time.Now()
	d := dbtest.Open(t).Clocked(func() time.Time { return now })
	s := newSite(t, d)
	ana := s.person("ana@example.fr")
	s.as(ana)
	if err := s.AskReset(context.Background(), ana.Email, "x"); err != nil {
		t.Fatal(err)
	}
	count := func() string {
		n, err := read(d, func(tx db.Tx) (string, error) {
			return db.Get[string](tx, `select (select count(*) from account_session) || ' ' || (select count(*) from account_ticket) || ' ' || (select count(*) from account_mail)`)
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, c := range []struct {
		days int
		want string
	}{{1, "1 1 1"}, {20, "0 1 1"}, {20, "0 0 1"}, {60, "0 0 0"}} {
		now = now.Add(time.Duration(c.days) * 24 * time.Hour)
		if err := s.sweep(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got := count(); got != c.want {
			t.Errorf("after %d more days: sessions, tickets, mails %s, want %s", c.days, got, c.want)
		}
	}
}
