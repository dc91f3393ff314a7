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
	m.Open("GET /sign-in/oidc", s.departPage)
	m.Open("GET /sign-in/oidc/callback", s.arrivePage)
	m.Open("GET /reset", s.askResetPage)
	m.Open("POST /reset", s.sendResetPage)
	m.Open("GET /reset/{token}", s.resetTicketPage)
	m.Open("POST /reset/{token}", s.resetPasswordPage)
	m.Open("GET /invitation/{token}", s.invitationPage)
	m.Open("POST /invitation/{token}", s.acceptInvitationPage)

	m.Page("GET /account", s.accountPage)
	m.Page("POST /account", s.saveAccount)
	m.Page("GET /account/security", s.securityPage)
	m.Page("POST /account/password", s.savePassword)
	m.Page("POST /account/sessions/{id}/end", s.endSessionPage)
	m.Page("POST /account/sessions/end-others", s.endOtherSessionsPage)
	m.Page("GET /account/tokens", s.tokensPage)
	m.Page("POST /account/tokens", s.createTokenPage)
	m.Page("POST /account/tokens/{id}/revoke", s.revokeTokenPage)

	m.Page("GET /organisations", s.organisationsPage)
	m.Page("GET /organisations.csv", s.organisationsCSV)
	m.Page("GET /organisations/new", s.newOrganisationPage)
	m.Page("POST /organisations", s.createOrganisationPage)
	m.Page("GET /organisations/{id}", s.organisationPage)
	m.Page("GET /organisations/{id}/edit", s.editOrganisationPage)
	m.Page("POST /organisations/{id}", s.saveOrganisationPage)
	m.Page("POST /organisations/{id}/members", s.inviteMemberPage)
	m.Page("POST /organisations/{id}/members/{person}/remove", s.removeMemberPage)

	m.PageIf(admin, "GET /people", s.peoplePage)
	m.PageIf(admin, "GET /people/new", s.newPersonPage)
	m.PageIf(admin, "POST /people", s.createPersonPage)
	m.PageIf(admin, "GET /people/{id}", s.personPage)
	m.PageIf(admin, "GET /people/{id}/edit", s.editPersonPage)
	m.PageIf(admin, "POST /people/{id}", s.savePersonPage)
	m.PageIf(admin, "POST /people/{id}/grants", s.givePage)
	m.PageIf(admin, "POST /people/{id}/grants/{grant}/revoke", s.revokePage)
	m.PageIf(admin, "POST /people/{id}/memberships", s.joinPage)
	m.PageIf(admin, "POST /people/{id}/memberships/{organisation}/end", s.leavePage)
	m.PageIf(admin, "POST /people/{id}/disable", s.disablePage)
	m.PageIf(admin, "POST /people/{id}/enable", s.enablePage)
	m.PageIf(admin, "POST /people/{id}/invite", s.inviteAgainPage)

	m.Page("GET /mails", s.mailsPage)
	m.Page("POST /mails/{id}/retry", s.retryMailPage)
}

// next is where a person goes after signing in: a path of this server, never the way out again.
func next(r *http.Request) string {
	to := web.LocalPath(r.FormValue("next"), "/")
	if u := r.URL; to == u.Path || to == "/sign-in" || to == "/sign-out" {
		return "/"
	}
	return to
}
