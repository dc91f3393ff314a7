package account

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"bassin/internal/fault"
	"bassin/internal/web"
)

// voyageLife is how long one may take to sign in at the provider.
const voyageLife = 15 * time.Minute

func (s *Service) voyageCookie() string {
	if s.opts.Secure {
		return "__Host-bassin-oidc"
	}
	return "bassin-oidc"
}

// departPage sends the browser to the provider. It is a link, not a form: the content policy
// lets forms lead nowhere but here.
func (s *Service) departPage(w http.ResponseWriter, r *http.Request) error {
	if s.provider == nil {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	if !s.attempts.allow("o:"+s.address(r), slowly, addressBurst) {
		return fault.New(fault.TooMany, "account.sign_in.too_many")
	}
	to, v, err := s.provider.depart(r.Context(), next(r))
	if err != nil {
		return s.showSignInFault(w, r, err)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	s.setVoyage(w, base64.RawURLEncoding.EncodeToString(b), int(voyageLife.Seconds()))
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

func (s *Service) setVoyage(w http.ResponseWriter, value string, age int) {
	http.SetCookie(w, &http.Cookie{Name: s.voyageCookie(), Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: s.opts.Secure, SameSite: http.SameSiteLaxMode})
}

// arrivePage takes the browser back from the provider.
func (s *Service) arrivePage(w http.ResponseWriter, r *http.Request) error {
	if s.provider == nil {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	v := s.voyageOf(r)
	s.setVoyage(w, "", -1) // one voyage, one arrival
	who, err := s.provider.arrive(r.Context(), v, r.URL.Query())
	if err != nil {
		return s.showSignInFault(w, r, err)
	}
	p, err := s.welcome(r.Context(), who)
	if err != nil {
		return s.showSignInFault(w, r, err)
	}
	if err := s.startSession(w, r, p, "oidc", who.IDToken); err != nil {
		return err
	}
	return web.SeeOther(w, r, web.LocalPath(v.Next, "/"), "account.sign_in.hello", "name", p.Name)
}

func (s *Service) voyageOf(r *http.Request) voyage {
	var v voyage
	c, err := r.Cookie(s.voyageCookie())
	if err != nil {
		return v
	}
	b, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || json.Unmarshal(b, &v) != nil {
		return voyage{}
	}
	return v
}

// showSignInFault says on the sign-in page why the provider's way did not work: the password's
// still may.
func (s *Service) showSignInFault(w http.ResponseWriter, r *http.Request, err error) error {
	f := web.NewForm("")
	if !f.Fail(web.ViewOf(r), err) {
		return err
	}
	// The cause is for the operator: what a provider answers names no secret of ours.
	s.log.Warn("sign-in by provider", "error", strings.ToValidUTF8(err.Error(), ""))
	return s.showSignIn(w, r, web.Status(err), f)
}
