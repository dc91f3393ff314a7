package account

import (
	"net/http"

	"bassin/internal/web"
)

// Pages registers the feature's pages.
func (s *Service) Pages(m *web.Mux) {
	m.Open("GET /sign-in", s.signInPage)
	m.Open("POST /sign-in", s.signIn)
	m.Open("POST /sign-in/demo", s.signInDemo)
	m.Open("POST /sign-out", s.signOut)

	m.Page("GET /account", s.accountPage)
	m.Page("POST /account", s.saveAccount)
	m.Page("GET /account/security", s.securityPage)
	m.Page("POST /account/password", s.savePassword)
	m.Page("POST /account/sessions/{id}/end", s.endSessionPage)
	m.Page("POST /account/sessions/end-others", s.endOtherSessionsPage)
	m.Page("GET /account/tokens", s.tokensPage)
	m.Page("POST /account/tokens", s.createTokenPage)
	m.Page("POST /account/tokens/{id}/revoke", s.revokeTokenPage)
}

// API registers the feature's operations.
func (s *Service) API(m *web.Mux) {
}

// next is where a person goes after signing in: a path of this server, never the way out again.
func next(r *http.Request) string {
	to := web.LocalPath(r.FormValue("next"), "/")
	if u := r.URL; to == u.Path || to == "/sign-in" || to == "/sign-out" {
		return "/"
	}
	return to
}
