package account

import (
	"net/http"
	"strconv"
	"strings"

	"bassin/internal/db"
	"bassin/internal/web"
)

func (s *Service) accountPage(w http.ResponseWriter, r *http.Request) error {
	p, err := s.getPerson(r.Context(), ActorOf(r).ID)
	if err != nil {
		return err
	}
	return s.showAccount(w, r, http.StatusOK, p, profileForm(p), nil)
}

// profileForm fills the form with what is stored.
func profileForm(p Person) *web.Form {
	theme := p.Theme
	if theme == "" {
		theme = "system"
	}
	return web.NewForm("", "name", p.Name, "title", p.Title, "language", p.Language, "theme", theme, "version", version(p.Version))
}

func version(n int64) string { return strconv.FormatInt(n, 10) }

// readVersion reads the version that the person saw; an unreadable one is old.
func readVersion(f *web.Form) int64 {
	n, err := strconv.ParseInt(f.Text("version"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func profileFields(v *web.View) []web.Field {
	return []web.Field{
		{Name: "name", Label: v.T("account.person.name"), Complete: "name"},
		{Name: "title", Label: v.T("account.person.title"), Hint: v.T("account.person.title_hint"), Complete: "organization-title", Optional: true},
		{Name: "language", Label: v.T("web.shell.language"), Choices: []web.Choice{{Value: "fr", Label: "Français"}, {Value: "en", Label: "English"}}},
		{Name: "theme", Label: v.T("web.shell.theme"), Choices: []web.Choice{{Value: "system", Label: v.T("web.theme.system")},
			{Value: "light", Label: v.T("web.theme.light")}, {Value: "dark", Label: v.T("web.theme.dark")}}},
	}
}

func (s *Service) showAccount(w http.ResponseWriter, r *http.Request, status int, p Person, f *web.Form, changed *change) error {
	v := web.ViewOf(r)
	view := accountView{Person: p, Actor: ActorOf(r), Form: f, Fields: profileFields(v), Changed: changed}
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		view.Actor.Grants = s.nameScopes(tx, view.Actor.Grants)
		view.History, err = personHistory(tx, p.ID, 20)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, accountTemplate(v, view))
}

type accountView struct {
	Person  Person
	Actor   Actor
	Form    *web.Form
	Fields  []web.Field
	Changed *change
	History []Entry
}

func (s *Service) saveAccount(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	v, actor := web.ViewOf(r), ActorOf(r)
	in := profile{Name: f.Text("name"), Title: f.Text("title"), Language: f.Choose("language", web.Languages...),
		Theme: f.Choose("theme", "system", "light", "dark"), Version: readVersion(f)}
	if in.Theme == "system" {
		in.Theme = ""
	}
	if err = f.Err(); err == nil {
		err = s.saveProfile(r.Context(), actor, in)
	}
	if err == nil {
		return web.SeeOther(w, r, "/account", "account.person.saved")
	}
	if !f.Fail(v, err) {
		return err
	}
	p, gerr := s.getPerson(r.Context(), actor.ID)
	if gerr != nil {
		return gerr
	}
	changed, cerr := s.changeOf(r.Context(), v, err, f, profileFields(v), profileForm(p), "person", string(p.ID))
	if cerr != nil {
		return cerr
	}
	return s.showAccount(w, r, web.Status(err), p, f, changed)
}

type securityView struct {
	Person   Person
	Form     *web.Form
	Fields   []web.Field
	Sessions []session
	Current  string
}

func passwordFields(v *web.View) []web.Field {
	return []web.Field{
		{Name: "current", Label: v.T("account.password.current"), Type: "password", Complete: "current-password"},
		{Name: "password", Label: v.T("account.password.new"), Hint: v.T("account.password.hint", "min", minPassword), Type: "password", Complete: "new-password"},
	}
}

func (s *Service) securityPage(w http.ResponseWriter, r *http.Request) error {
	return s.showSecurity(w, r, http.StatusOK, web.NewForm(""))
}

func (s *Service) showSecurity(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	actor, v := ActorOf(r), web.ViewOf(r)
	view := securityView{Form: f, Fields: passwordFields(v), Current: actor.SessionID}
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if view.Person, err = getPerson(tx, actor.ID); err != nil {
			return err
		}
		view.Sessions, err = listSessions(tx, actor.ID)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, securityTemplate(v, view))
}

func (s *Service) savePassword(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	err = s.changePassword(r.Context(), ActorOf(r), f.Values.Get("current"), f.Values.Get("password"))
	if err == nil {
		return web.SeeOther(w, r, "/account/security", "account.password.changed")
	}
	f.Values.Del("current")
	f.Values.Del("password")
	if !f.Fail(web.ViewOf(r), err) {
		return err
	}
	return s.showSecurity(w, r, web.Status(err), f)
}

func (s *Service) endSessionPage(w http.ResponseWriter, r *http.Request) error {
	if err := s.endSession(r.Context(), ActorOf(r), r.PathValue("id")); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/security", "account.session.ended")
}

func (s *Service) endOtherSessionsPage(w http.ResponseWriter, r *http.Request) error {
	if err := s.endOtherSessions(r.Context(), ActorOf(r)); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/security", "account.session.others_ended")
}

type tokensView struct {
	Form   *web.Form
	Fields []web.Field
	Tokens []Token
	Secret string // shown once, right after it was made
	Made   Token
	URL    string
}

func tokenFields(v *web.View) []web.Field {
	return []web.Field{
		{Name: "name", Label: v.T("account.token.name"), Hint: v.T("account.token.name_hint"), Complete: "off"},
		{Name: "scopes", Label: v.T("account.token.scopes"), Choices: []web.Choice{{Value: "read", Label: v.T("account.token.read")},
			{Value: "read write", Label: v.T("account.token.read_write")}}},
		{Name: "expires_on", Label: v.T("account.token.expires_on"), Min: string(v.Today()), Hint: v.T("account.token.expires_hint")},
	}
}

func tokenForm(v *web.View) *web.Form {
	return web.NewForm("", "scopes", "read", "expires_on", string(v.Today().AddDays(90)))
}

func (s *Service) tokensPage(w http.ResponseWriter, r *http.Request) error {
	return s.showTokens(w, r, http.StatusOK, tokensView{Form: tokenForm(web.ViewOf(r))})
}

func (s *Service) showTokens(w http.ResponseWriter, r *http.Request, status int, view tokensView) error {
	v := web.ViewOf(r)
	view.Fields, view.URL = tokenFields(v), s.opts.URL
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		view.Tokens, err = listTokens(tx, ActorOf(r).ID)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, tokensTemplate(v, view))
}

// createTokenPage answers with the page itself, not with a redirect: the secret is shown now and
// never again, and stands in no address.
func (s *Service) createTokenPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	v := web.ViewOf(r)
	t := Token{Name: f.Text("name"), Scopes: f.Text("scopes"), ExpiresOn: f.Date("expires_on")}
	if f.Text("expires_on") == "" {
		f.Wrong("expires_on", "fault.required")
	}
	secret := ""
	if err = f.Err(); err == nil {
		t, secret, err = s.AddToken(r.Context(), ActorOf(r), t)
	}
	if err != nil {
		if !f.Fail(v, err) {
			return err
		}
		return s.showTokens(w, r, web.Status(err), tokensView{Form: f})
	}
	return s.showTokens(w, r, http.StatusCreated, tokensView{Form: tokenForm(v), Secret: secret, Made: t})
}

func (s *Service) revokeTokenPage(w http.ResponseWriter, r *http.Request) error {
	if err := s.RevokeToken(r.Context(), ActorOf(r), TokenID(r.PathValue("id"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/tokens", "account.token.revoked")
}

// agentName says which browser a session is in, as far as it tells.
func agentName(agent string) string {
	find := func(pairs ...string) string {
		for i := 0; i+1 < len(pairs); i += 2 {
			if strings.Contains(agent, pairs[i]) {
				return pairs[i+1]
			}
		}
		return ""
	}
	name := find("Edg/", "Edge", "OPR/", "Opera", "Firefox/", "Firefox", "Chrome/", "Chrome", "Safari/", "Safari", "curl/", "curl")
	system := find("Android", "Android", "iPhone", "iPhone", "iPad", "iPad", "Windows", "Windows", "Mac OS X", "macOS", "Linux", "Linux")
	switch {
	case name != "" && system != "":
		return name + ", " + system
	case name+system != "":
		return name + system
	}
	return agent
}
