package account

import (
	"net/http"
	"slices"
	"strings"

	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"
)

// PeopleFilter chooses and orders people of a list.
type PeopleFilter struct {
	Text       string // of name, position or address
	Role       Role
	State      string // "active", "invited", "disabled"; empty: all
	Sort       string // "name" (also when empty), "created"
	Descending bool
}

// The states of an account.
const (
	stateActive   = "active"
	stateInvited  = "invited"
	stateDisabled = "disabled"
)

// state says in a word how an account stands.
func (p Person) state() string {
	switch {
	case p.DisabledAt != 0:
		return stateDisabled
	case p.Invited() && p.SeenAt == 0:
		return stateInvited
	}
	return stateActive
}

// badge of the account's state.
func (p Person) badge(v *web.View) web.Badge {
	b := web.Badge{Label: v.T("account.state." + p.state())}
	switch p.state() {
	case stateDisabled:
		b.Tone, b.Icon = web.Stop, "lock"
	case stateInvited:
		b.Tone, b.Icon = web.Late, "mail"
	default:
		b.Tone, b.Icon = web.Done, "check"
	}
	return b
}

// seen says when the person was last here; nothing of one who is still invited, whose badge says it.
func (p Person) seen(v *web.View) string {
	switch {
	case p.SeenAt != 0:
		return v.T("account.person.seen", "seen_on", dayIn(p.SeenAt))
	case p.state() == stateInvited:
		return ""
	}
	return v.T("account.person.never")
}

// admin is the gate of people's pages: for anybody but the administrator there are no people.
func admin(r *http.Request) error {
	if !ActorOf(r).Admin() {
		return errNoPerson()
	}
	return nil
}

type peopleView struct {
	Filter PeopleFilter
	List   []personRow
	Pager  web.Pager
}

// personRow is a line of the list.
type personRow struct {
	Person
	Grants      []Grant
	Memberships []Membership
}

func (s *Service) peoplePage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	view := peopleView{Filter: PeopleFilter{Text: v.Query.Get("q"), Role: Role(v.Query.Get("role")), State: v.Query.Get("state")}}
	view.Filter.Sort, view.Filter.Descending = web.SortOf(v, "name", "created")
	err := s.db.View(r.Context(), func(tx db.Tx) error {
		total, err := countPeople(tx, view.Filter)
		if err != nil {
			return err
		}
		view.Pager = web.PagerOf(v, pageSize, total)
		people, err := listPeople(tx, view.Filter, view.Pager.Size, view.Pager.Offset())
		if err != nil {
			return err
		}
		view.List, err = s.personRows(tx, people)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, peopleTemplate(v, view))
}

// personRows adds what each person is, in two queries for all.
func (s *Service) personRows(tx db.Tx, people []Person) ([]personRow, error) {
	ids := make([]PersonID, len(people))
	rows := make([]personRow, len(people))
	place := map[PersonID]int{}
	for i, p := range people {
		ids[i], rows[i], place[p.ID] = p.ID, personRow{Person: p}, i
	}
	grants, err := listGrantsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	for _, g := range s.nameScopes(tx, grants) {
		i := place[g.PersonID]
		rows[i].Grants = append(rows[i].Grants, g)
	}
	memberships, err := listMembershipsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	for _, m := range memberships {
		i := place[m.PersonID]
		rows[i].Memberships = append(rows[i].Memberships, m)
	}
	return rows, nil
}

func personFields(v *web.View) []web.Field {
	return []web.Field{
		{Name: "email", Label: v.T("account.person.email_label"), Type: "email", Complete: "off"},
		{Name: "name", Label: v.T("account.person.name"), Complete: "off"},
		{Name: "title", Label: v.T("account.person.title"), Hint: v.T("account.person.title_hint"), Complete: "off", Optional: true},
		{Name: "language", Label: v.T("account.person.language"), Choices: []web.Choice{{Value: "fr", Label: "Français"}, {Value: "en", Label: "English"}}},
	}
}

type personFormView struct {
	Person  Person // without an ID: a new one
	Form    *web.Form
	Fields  []web.Field
	Changed *change
}

func (s *Service) newPersonPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	return web.Render(w, r, http.StatusOK, personFormTemplate(v, personFormView{Form: web.NewForm(web.NewOnce(), "language", "fr"), Fields: personFields(v)}))
}

func (s *Service) createPersonPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	v := web.ViewOf(r)
	p, err := s.Invite(r.Context(), ActorOf(r), Person{Email: f.Text("email"), Name: f.Text("name"), Title: f.Text("title"), Language: f.Text("language")})
	if err == nil {
		return web.SeeOther(w, r, "/people/"+string(p.ID), "account.invitation.sent", "name", p.Name)
	}
	if !f.Fail(v, err) {
		return err
	}
	return web.Render(w, r, web.Status(err), personFormTemplate(v, personFormView{Form: f, Fields: personFields(v)}))
}

type personView struct {
	Person      Person
	Self        bool
	Grants      []Grant
	Memberships []Membership
	Sessions    int
	Invitation  ticket // the newest
	History     []Entry
	GrantForm   *web.Form
	GrantFields []web.Field
	OrgForm     *web.Form
	OrgFields   []web.Field
}

func (s *Service) personPage(w http.ResponseWriter, r *http.Request) error {
	return s.showPerson(w, r, http.StatusOK, nil, nil)
}

func (s *Service) showPerson(w http.ResponseWriter, r *http.Request, status int, grant, org *web.Form) error {
	v := web.ViewOf(r)
	id := PersonID(r.PathValue("id"))
	if grant == nil {
		grant = web.NewForm(web.NewOnce())
	}
	if org == nil {
		org = web.NewForm("", "role", string(Member))
	}
	view := personView{Self: ActorOf(r).ID == id, GrantForm: grant, OrgForm: org}
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if view.Person, err = getPerson(tx, id); err != nil {
			return err
		}
		if view.Grants, err = listGrants(tx, id); err != nil {
			return err
		}
		view.Grants = s.nameScopes(tx, view.Grants)
		if view.Memberships, err = listMemberships(tx, id); err != nil {
			return err
		}
		sessions, err := listSessions(tx, id)
		if err != nil {
			return err
		}
		view.Sessions = len(sessions)
		if view.Person.Invited() {
			if view.Invitation, err = lastTicket(tx, invitation, id); err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
		}
		if view.GrantFields, err = s.grantFields(tx, v); err != nil {
			return err
		}
		if view.OrgFields, err = membershipFields(tx, v, org.Text("q")); err != nil {
			return err
		}
		view.History, err = personHistory(tx, id, 30)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, personTemplate(v, view))
}

// personHistory is what was done to a person, and to their memberships, newest first.
func personHistory(tx db.Tx, id PersonID, limit int) ([]Entry, error) {
	list, err := History(tx, "person", string(id), 0, limit)
	if err != nil {
		return nil, err
	}
	more, err := ScopeHistory(tx, "person:"+string(id), 0, limit)
	if err != nil {
		return nil, err
	}
	list = append(list, more...)
	slices.SortFunc(list, func(a, b Entry) int { return int(b.Seq - a.Seq) })
	return list[:min(len(list), limit)], nil
}

// grantFields asks for a role and what it reaches in one choice each: a role over the server or
// the nation has one scope, guests are invited on their action's page.
func (s *Service) grantFields(tx db.Tx, v *web.View) ([]web.Field, error) {
	role := web.Field{Name: "role", Label: v.T("account.grant.role"), Empty: v.T("account.choose")}
	for _, r := range Roles() {
		if r.Scope != OverAction {
			role.Choices = append(role.Choices, web.Choice{Value: string(r.Role), Label: v.T(r.Role.Key())})
		}
	}
	scope := web.Field{Name: "scope", Label: v.T("account.grant.scope"), Hint: v.T("account.grant.scope_hint"), Optional: true, Empty: v.T("account.grant.whole")}
	if s.opts.Scopes != nil {
		for _, kind := range []ScopeKind{OverRegion, OverTerritory} {
			list, err := s.opts.Scopes(tx, kind)
			if err != nil {
				return nil, err
			}
			for _, x := range list {
				scope.Choices = append(scope.Choices, web.Choice{Value: x.ID, Label: v.T("account.scope."+string(kind), "name", x.Name)})
			}
		}
	}
	return []web.Field{role, scope, {Name: "until_on", Label: v.T("account.grant.until_on"), Hint: v.T("account.grant.until_hint"), Optional: true, Min: string(tx.Today())}}, nil
}

// membershipFields lets one choose an organisation: by a word of its name, then among those found.
func membershipFields(tx db.Tx, v *web.View, q string) ([]web.Field, error) {
	org := web.Field{Name: "organisation", Label: v.T("account.membership.organisation"), Empty: v.T("account.choose")}
	list, err := listOrganisations(tx, OrganisationFilter{Text: q}, 200, 0)
	if err != nil {
		return nil, err
	}
	for _, o := range list {
		org.Choices = append(org.Choices, web.Choice{Value: string(o.ID), Label: o.Label()})
	}
	return []web.Field{org,
		{Name: "role", Label: v.T("account.member.role"), Choices: []web.Choice{{Value: string(Member), Label: v.T(Member.Key())}, {Value: string(Manager), Label: v.T(Manager.Key())}}},
		{Name: "ends_on", Label: v.T("account.grant.until_on"), Optional: true, Min: string(tx.Today())},
	}, nil
}

func (s *Service) editPersonPage(w http.ResponseWriter, r *http.Request) error {
	p, err := s.getPerson(r.Context(), PersonID(r.PathValue("id")))
	if err != nil {
		return err
	}
	v := web.ViewOf(r)
	return web.Render(w, r, http.StatusOK, personFormTemplate(v, personFormView{Person: p, Form: personForm(p), Fields: personFields(v)}))
}

func personForm(p Person) *web.Form {
	return web.NewForm("", "email", p.Email, "name", p.Name, "title", p.Title, "language", p.Language, "version", version(p.Version))
}

func (s *Service) savePersonPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	v := web.ViewOf(r)
	p := Person{ID: PersonID(r.PathValue("id")), Email: f.Text("email"), Name: f.Text("name"), Title: f.Text("title"), Language: f.Text("language"), Version: readVersion(f)}
	_, err = s.SavePerson(r.Context(), ActorOf(r), p)
	if err == nil {
		return web.SeeOther(w, r, "/people/"+string(p.ID), "account.person.kept", "name", p.Name)
	}
	if !f.Fail(v, err) {
		return err
	}
	stored, serr := s.getPerson(r.Context(), p.ID)
	if serr != nil {
		return serr
	}
	changed, cerr := s.changeOf(r.Context(), v, err, f, personFields(v), personForm(stored), "person", string(p.ID))
	if cerr != nil {
		return cerr
	}
	return web.Render(w, r, web.Status(err), personFormTemplate(v, personFormView{Person: stored, Form: f, Fields: personFields(v), Changed: changed}))
}

func (s *Service) givePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	v := web.ViewOf(r)
	id := PersonID(r.PathValue("id"))
	g := Grant{PersonID: id, Role: Role(f.Text("role")), ScopeID: f.Text("scope"), UntilOn: f.Date("until_on")}
	for _, x := range Roles() {
		if x.Role == g.Role {
			g.ScopeKind = x.Scope
		}
	}
	if g.ScopeKind == OverServer || g.ScopeKind == OverNation {
		g.ScopeID = ""
	}
	if err = f.Err(); err == nil {
		g, err = s.Give(r.Context(), ActorOf(r), g, "")
	}
	if err == nil {
		return web.SeeOther(w, r, "/people/"+string(id), "account.grant.given", "role_key", g.Role.Key())
	}
	if !f.Fail(v, err) {
		return err
	}
	if said, ok := f.Errors["scope_id"]; ok { // the form calls it scope
		f.Errors["scope"] = said
		delete(f.Errors, "scope_id")
	}
	return s.showPerson(w, r, web.Status(err), f, nil)
}

func (s *Service) revokePage(w http.ResponseWriter, r *http.Request) error {
	if err := s.Revoke(r.Context(), ActorOf(r), GrantID(r.PathValue("grant")), ""); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/people/"+r.PathValue("id"), "account.grant.revoked")
}

func (s *Service) joinPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := PersonID(r.PathValue("id"))
	if f.Values.Has("find") { // a narrower choice of organisations
		return s.showPerson(w, r, http.StatusOK, nil, f)
	}
	m := Membership{PersonID: id, OrganisationID: OrganisationID(f.Text("organisation")), Role: MembershipRole(f.Text("role")), EndsOn: f.Date("ends_on")}
	if m.OrganisationID == "" {
		f.Wrong("organisation", "fault.required")
	}
	if err = f.Err(); err == nil {
		err = s.Join(r.Context(), ActorOf(r), m)
	}
	if err == nil {
		return web.SeeOther(w, r, "/people/"+string(id), "account.membership.saved")
	}
	if !f.Fail(web.ViewOf(r), err) {
		return err
	}
	return s.showPerson(w, r, web.Status(err), nil, f)
}

func (s *Service) leavePage(w http.ResponseWriter, r *http.Request) error {
	if err := s.Leave(r.Context(), ActorOf(r), PersonID(r.PathValue("id")), OrganisationID(r.PathValue("organisation"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/people/"+r.PathValue("id"), "account.membership.ended")
}

func (s *Service) disablePage(w http.ResponseWriter, r *http.Request) error {
	if err := s.Disable(r.Context(), ActorOf(r), PersonID(r.PathValue("id"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/people/"+r.PathValue("id"), "account.person.disabled")
}

func (s *Service) enablePage(w http.ResponseWriter, r *http.Request) error {
	if err := s.Enable(r.Context(), ActorOf(r), PersonID(r.PathValue("id"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/people/"+r.PathValue("id"), "account.person.enabled")
}

func (s *Service) inviteAgainPage(w http.ResponseWriter, r *http.Request) error {
	if err := s.InviteAgain(r.Context(), ActorOf(r), PersonID(r.PathValue("id"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/people/"+r.PathValue("id"), "account.invitation.sent_again")
}

// roleNames is a person's roles in a line: "Chef de projet (Bassin d’Alès)".
func roleNames(v *web.View, grants []Grant) string {
	var out []string
	for _, g := range grants {
		s := v.T(g.Role.Key())
		if g.Scope != "" {
			s += " (" + g.Scope + ")"
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}
