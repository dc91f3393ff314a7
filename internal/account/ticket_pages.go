package account

import (
	"net/http"

	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"
)

// ticketView is the page on which who holds a secret link chooses a password.
type ticketView struct {
	Kind   string // invitation or reset
	Person Person
	URL    string
	Form   *web.Form
	Field  web.Field
	Over   string // why there is nothing to choose
	// Providers by which an invited person may sign in instead.
	Provider string
}

func newPasswordField(v *web.View) web.Field {
	return web.Field{Name: "password", Label: v.T("account.password.choose"), Hint: v.T("account.password.hint", "min", minPassword), Type: "password", Complete: "new-password"}
}

func (s *Service) invitationPage(w http.ResponseWriter, r *http.Request) error {
	return s.showTicket(w, r, invitation)
}

func (s *Service) resetTicketPage(w http.ResponseWriter, r *http.Request) error {
	return s.showTicket(w, r, passwordReset)
}

func (s *Service) showTicket(w http.ResponseWriter, r *http.Request, kind string) error {
	if !s.attempts.allow("t:"+s.address(r), slowly, 10*addressBurst) {
		return fault.New(fault.TooMany, "account.sign_in.too_many")
	}
	p, err := s.ticketOf(r.Context(), kind, r.PathValue("token"))
	if err != nil {
		return s.ticketOver(w, r, kind, err)
	}
	v := web.ViewOf(r)
	return web.Render(w, r, http.StatusOK, ticketTemplate(v, ticketView{Kind: kind, Person: p, URL: r.URL.RequestURI(), Form: web.NewForm(""), Field: newPasswordField(v)}))
}

// ticketOver says that a link is over and how to get another: not an error page, since whoever
// clicks on an old mail did nothing wrong.
func (s *Service) ticketOver(w http.ResponseWriter, r *http.Request, kind string, err error) error {
	f := fault.As(err)
	if f == nil || f.Kind != fault.NotFound {
		return err
	}
	v := web.ViewOf(r)
	return web.Render(w, r, http.StatusGone, ticketTemplate(v, ticketView{Kind: kind, Over: v.Fault(f)}))
}

func (s *Service) acceptInvitationPage(w http.ResponseWriter, r *http.Request) error {
	return s.useTicketPage(w, r, invitation)
}

func (s *Service) resetPasswordPage(w http.ResponseWriter, r *http.Request) error {
	return s.useTicketPage(w, r, passwordReset)
}

func (s *Service) useTicketPage(w http.ResponseWriter, r *http.Request, kind string) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	v := web.ViewOf(r)
	secret := r.PathValue("token")
	p, err := s.choosePassword(r.Context(), kind, secret, f.Values.Get("password"), s.address(r))
	if err == nil {
		return s.enter(w, r, p, kind, "")
	}
	f.Values.Del("password")
	if !f.Fail(v, err) {
		return s.ticketOver(w, r, kind, err)
	}
	p, terr := s.ticketOf(r.Context(), kind, secret)
	if terr != nil {
		return s.ticketOver(w, r, kind, terr)
	}
	return web.Render(w, r, web.Status(err), ticketTemplate(v, ticketView{Kind: kind, Person: p, URL: r.URL.RequestURI(), Form: f, Field: newPasswordField(v)}))
}

type askResetView struct {
	Form  *web.Form
	Field web.Field
	Sent  bool
	Mails bool // they are shown on a page
}

func emailField(v *web.View) web.Field {
	return web.Field{Name: "email", Label: v.T("account.sign_in.email"), Type: "email", Complete: "username"}
}

func (s *Service) askResetPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	return web.Render(w, r, http.StatusOK, askResetTemplate(v, askResetView{Form: web.NewForm("", "email", v.Query.Get("email")), Field: emailField(v)}))
}

func (s *Service) sendResetPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	v := web.ViewOf(r)
	if f.Text("email") == "" {
		f.Wrong("email", "account.person.email")
	}
	if err = f.Err(); err == nil {
		err = s.AskReset(r.Context(), f.Text("email"), s.address(r))
	}
	if err != nil {
		if !f.Fail(v, err) {
			return err
		}
		return web.Render(w, r, web.Status(err), askResetTemplate(v, askResetView{Form: f, Field: emailField(v)}))
	}
	return web.Render(w, r, http.StatusOK, askResetTemplate(v, askResetView{Form: f, Sent: true, Mails: s.opts.Demo}))
}

type mailsView struct {
	List  []Mail
	Pager web.Pager
	Kept  bool // no mail server: they wait here
	Retry bool // one may try again
}

func (s *Service) mailsPage(w http.ResponseWriter, r *http.Request) error {
	if !s.mayReadMails(ActorOf(r)) {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	v := web.ViewOf(r)
	view := mailsView{Kept: s.opts.SMTP.Host == "", Retry: s.opts.SMTP.Host != "" && s.opts.Enqueue != nil && ActorOf(r).Admin()}
	err := s.db.View(r.Context(), func(tx db.Tx) error {
		total, err := countMails(tx)
		if err != nil {
			return err
		}
		view.Pager = web.PagerOf(v, 20, total)
		view.List, err = listMails(tx, view.Pager.Size, view.Pager.Offset())
		return err
	})
	if err != nil {
		return err
	}
	if !view.Kept { // a mail that will leave is nobody's to read
		for i := range view.List {
			view.List[i].Body = ""
		}
	}
	return web.Render(w, r, http.StatusOK, mailsTemplate(v, view))
}

func (s *Service) retryMailPage(w http.ResponseWriter, r *http.Request) error {
	if err := s.RetryMail(r.Context(), ActorOf(r), r.PathValue("id")); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/mails", "account.mail.retried")
}

// badge says how a mail stands.
func (m Mail) badge(v *web.View, kept bool) web.Badge {
	switch {
	case m.SentAt != 0:
		return web.Badge{Label: v.T("account.mail.sent"), Tone: web.Done}
	case m.Error != "":
		return web.Badge{Label: v.T("account.mail.failed"), Tone: web.Stop}
	case kept:
		return web.Badge{Label: v.T("account.mail.kept"), Tone: web.Line, Icon: "inbox"}
	}
	return web.Badge{Label: v.T("account.mail.waiting"), Tone: web.Late}
}
