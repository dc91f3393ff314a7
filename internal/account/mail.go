package account

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"time"

	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/wneessen/go-mail"
)

// SMTP says how mails leave. Without a host they are kept, and shown at /mails.
type SMTP struct {
	Host     string
	Port     int           // 0: 587, or 465 with TLS "implicit"
	User     string        // empty: no authentication
	Password string        // sent over TLS only
	TLS      string        // "" or "starttls": required; "implicit"; "none": for a server on the same machine
	From     string        // "Bassin <bassin@exemple.fr>"
	Timeout  time.Duration // 0 = 15 s
	Roots    *tls.Config   // nil: the system's; for a server with a certificate of one's own
}

// Check finds what is wrong with the settings before the server starts.
func (c SMTP) Check() error {
	if c.Host == "" {
		return nil
	}
	switch c.TLS {
	case "", "starttls", "implicit", "none":
	default:
		return fmt.Errorf("mail: TLS policy %q is not starttls, implicit or none", c.TLS)
	}
	m := mail.NewMsg()
	if err := m.From(c.From); err != nil {
		return fmt.Errorf("mail: the sender %q is not an address such as \"Bassin <bassin@example.com>\"", c.From)
	}
	return nil
}

// String leaves the password out: settings are logged.
func (c SMTP) String() string {
	return fmt.Sprintf("%s@%s:%d %s", c.User, c.Host, c.Port, c.TLS)
}

// GoString is String: %#v must not tell the password either.
func (c SMTP) GoString() string { return c.String() }

// Mail is one mail of the outbox.
type Mail struct {
	ID        string
	Recipient string
	Subject   string
	Body      string // empty once it has left: it may hold a secret link
	CreatedAt when.Time
	SentAt    when.Time
	Error     string // of the last try

	// What goes with it; forgotten with the body.
	Calendar       string // an invitation, for calendars
	CalendarMethod string
	FileHash       string
	FileName       string
}

// mailIn puts a mail into the outbox in the operation's transaction, in the person's language.
// The texts are account.mail.KIND.subject and .body.
func (s *Service) mailIn(tx db.Tx, to Person, kind string, pairs ...any) error {
	return s.post(tx, to, Mail{}, kind, pairs...)
}

// post is mailIn with what goes with the mail.
func (s *Service) post(tx db.Tx, to Person, m Mail, kind string, pairs ...any) error {
	v := web.NewView(to.Language)
	m.ID, m.Recipient, m.CreatedAt = db.NewID(), to.Email, tx.Now()
	m.Subject, m.Body = v.T("account.mail."+kind+".subject", pairs...), v.T("account.mail."+kind+".body", pairs...)
	if err := insertMail(tx, m); err != nil {
		return err
	}
	if s.opts.SMTP.Host == "" || s.opts.Enqueue == nil {
		return nil
	}
	return s.opts.Enqueue(tx, m.ID)
}

// SendMail sends one mail of the outbox; a mail that has left is not sent again. Unavailable
// says that trying again later makes sense; any other fault is the server's last word.
func (s *Service) SendMail(ctx context.Context, id string) error {
	var m Mail
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		m, err = getMail(tx, id)
		return err
	})
	if err != nil || m.SentAt != 0 {
		return err
	}
	sent := s.deliver(ctx, m)
	err = s.db.Do(context.WithoutCancel(ctx), func(tx db.Tx) error {
		if sent != nil {
			return failMail(tx, m.ID, s.opts.SMTP.tell(sent))
		}
		return sentMail(tx, m.ID)
	})
	if sent != nil {
		return fmt.Errorf("send mail %s: %w", id, sent)
	}
	return err
}

func (s *Service) deliver(ctx context.Context, m Mail) error {
	c := s.opts.SMTP
	msg := mail.NewMsg()
	if err := errors.Join(msg.From(c.From), msg.To(m.Recipient)); err != nil {
		return fault.Wrap(err, fault.Invalid, "account.person.email")
	}
	msg.Subject(m.Subject)
	msg.SetDate()
	msg.SetMessageID()
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(mail.TypeTextPlain, m.Body)
	if m.Calendar != "" {
		msg.AddAlternativeString(mail.ContentType("text/calendar; method="+m.CalendarMethod), m.Calendar)
	}
	if m.FileHash != "" {
		if err := s.enclose(ctx, msg, m); err != nil {
			return err
		}
	}
	client, err := mail.NewClient(c.Host, c.options()...)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "account.mail.settings")
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		var refused *mail.SendError
		if errors.As(err, &refused) && !refused.IsTemp() && refused.ErrorCode() >= 500 {
			return fault.Wrap(err, fault.Conflict, "account.mail.refused")
		}
		return fault.Wrap(err, fault.Unavailable, "account.mail.down")
	}
	return nil
}

// enclose puts the mail's file to it.
func (s *Service) enclose(ctx context.Context, msg *mail.Msg, m Mail) error {
	if s.opts.Files == nil {
		return fault.New(fault.Unavailable, "account.mail.down")
	}
	c, err := s.opts.Files.Open(ctx, file.Hash(m.FileHash))
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	return msg.AttachReader(m.FileName, c) // reads it to its end
}

func (c SMTP) options() []mail.Option {
	port, timeout := c.Port, c.Timeout
	if timeout == 0 {
		timeout = 15 * time.Second
	}
	opts := []mail.Option{mail.WithTimeout(timeout)}
	switch c.TLS {
	case "implicit":
		if port == 0 {
			port = 465
		}
		opts = append(opts, mail.WithSSL())
	case "none":
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS))
	default:
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if port == 0 {
		port = 587
	}
	opts = append(opts, mail.WithPort(port))
	if c.User != "" {
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(c.User), mail.WithPassword(c.Password))
	}
	if c.Roots != nil {
		opts = append(opts, mail.WithTLSConfig(c.Roots))
	}
	return opts
}

// tell is a delivery's error as it is kept and shown to the operator: one line, no password.
func (c SMTP) tell(err error) string {
	s := strings.Join(strings.Fields(err.Error()), " ")
	if c.Password != "" {
		s = strings.ReplaceAll(s, c.Password, "***")
	}
	return s[:min(len(s), 500)]
}

// RetryMail asks for another try of a mail that did not leave.
func (s *Service) RetryMail(ctx context.Context, by Actor, id string) error {
	if !by.Admin() || s.opts.SMTP.Host == "" || s.opts.Enqueue == nil {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		m, err := getMail(tx, id)
		if err != nil || m.SentAt != 0 {
			return err
		}
		return s.opts.Enqueue(tx, m.ID)
	})
	if err != nil {
		return fmt.Errorf("try mail %s again: %w", id, err)
	}
	return nil
}

// mayReadMails decides who sees the outbox: in a demonstration everybody who is signed in, since
// nothing leaves; else the admin.
func (s *Service) mayReadMails(a Actor) bool { return a.Admin() || s.opts.Demo && a.Known() }
