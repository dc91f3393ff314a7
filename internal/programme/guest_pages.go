package programme

import (
	"net/http"
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/when"
)

func (s *Service) guestPages(m *web.Mux) {
	m.Page("GET /actions/{id}/access", s.accessPage)
	m.Page("POST /actions/{id}/access", s.inviteGuestPage)
	m.Page("POST /actions/{id}/access/{grant}/prolong", s.prolongGuestPage)
	m.Page("POST /actions/{id}/access/{grant}/exclude", s.excludeGuestPage)
	m.Page("GET /territories/{id}/access", s.territoryAccessPage)
}

// mayGiveAccess reports whether the reader decides who else sees the sheet, also when it is off the
// lists: what was given can still be taken back.
func (x sheetView) mayGiveAccess() bool { return May(x.viewer, GiveAccess, x.Access, x.Today) }

// accessView is who may open a sheet, and by what.
type accessView struct {
	sheetView
	Guests []Guest
	Ways   []Way
	Gone   string // what is said of an access that somebody ended meanwhile
}

func (s *Service) readAccess(r *http.Request) (accessView, error) {
	var x accessView
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.sheetView, err = readSheet(tx, account.ActorOf(r), ActionID(r.PathValue("id"))); err != nil {
			return err
		}
		if !x.mayGiveAccess() {
			return fault.New(fault.Forbidden, "programme.forbidden.give_access")
		}
		if x.Guests, err = guestsOf(tx, x.Action.ID); err != nil {
			return err
		}
		x.Ways, err = waysInto(tx, x.sheetView)
		return err
	})
	return x, err
}

func (s *Service) accessPage(w http.ResponseWriter, r *http.Request) error {
	return s.showAccess(w, r, http.StatusOK, nil)
}

func (s *Service) showAccess(w http.ResponseWriter, r *http.Request, status int, f web.Forms) error {
	x, err := s.readAccess(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, accessTemplate(web.ViewOf(r), x, f))
}

func (s *Service) inviteGuestPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := ActionID(r.PathValue("id"))
	in := Invitation{Email: f.Text("guest.email"), Name: f.Text("guest.name"), UntilOn: f.Date("guest.until_on")}
	return s.submit(w, r, f, small{name: "guest", may: GiveAccess, page: s.showAccess, to: actionURL(id, tabAccess),
		toast: "programme.guest.invited", args: []any{"email", in.Email, "until_on", in.UntilOn},
		do: func() error {
			_, err := s.Invite(r.Context(), account.ActorOf(r), id, in)
			return err
		}})
}

func prolongForm(id account.GrantID) string { return "prolong." + string(id) }

// prolongGuestPage answers who was overtaken with the day that stands now, and keeps the one typed.
func (s *Service) prolongGuestPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id, grant := ActionID(r.PathValue("id")), account.GrantID(r.PathValue("grant"))
	name := prolongForm(grant)
	until := f.Date(name + ".until_on")
	return s.submit(w, r, f, small{name: name, may: GiveAccess, to: actionURL(id, tabAccess), toast: "programme.guest.prolonged", args: []any{"until_on", until},
		do: func() error { return s.Prolong(r.Context(), account.ActorOf(r), id, grant, until, f.Seen()) },
		page: func(w http.ResponseWriter, r *http.Request, status int, back web.Forms) error {
			x, err := s.readAccess(r)
			if err != nil {
				return err
			}
			if i := slices.IndexFunc(x.Guests, func(g Guest) bool { return g.ID == grant }); i < 0 {
				x.Gone = f.Top // its form is no longer there to say it
			} else if now := number(endVersion(x.Guests[i].UntilOn)); f.Text("version") != now {
				f.Top = web.ViewOf(r).T("programme.guest.overtaken", "name", x.Guests[i].Name, "until_on", x.Guests[i].UntilOn)
				f.Values.Set("version", now)
			}
			return web.Render(w, r, status, accessTemplate(web.ViewOf(r), x, back))
		}})
}

func (s *Service) excludeGuestPage(w http.ResponseWriter, r *http.Request) error {
	id := ActionID(r.PathValue("id"))
	if err := s.Exclude(r.Context(), account.ActorOf(r), id, account.GrantID(r.PathValue("grant"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, actionURL(id, tabAccess), "programme.guest.excluded")
}

// guestFields are the fields of the small form that lets somebody in.
func guestFields(v *web.View) []web.Field {
	return []web.Field{
		{Name: "guest.email", Label: v.T("programme.field.email"), Type: "email", Complete: "email", Hint: v.T("programme.guest.email_hint")},
		{Name: "guest.name", Label: v.T("programme.field.name"), Optional: true, Hint: v.T("programme.guest.name_hint")},
		{Name: "guest.until_on", Label: v.T("programme.field.until_on"), Hint: v.T("programme.guest.until_hint"), Min: string(v.Today())},
	}
}

func prolongField(v *web.View, g Guest) web.Field {
	return web.Field{Name: prolongForm(g.ID) + ".until_on", Label: v.T("programme.field.until_on"), Min: string(v.Today()), Narrow: true}
}

// where tells from where a guest comes, and how to reach them.
func (g Guest) where() string {
	parts := append([]string{}, g.Organisations...)
	if g.Title != "" {
		parts = append(parts, g.Title)
	}
	return strings.Join(append(parts, g.Email), " · ")
}

// byText says by what somebody sees the sheet.
func (w Way) byText(v *web.View) string {
	parts := make([]string, len(w.Standings))
	for i, s := range w.Standings {
		parts[i] = v.T(s.Key())
	}
	return strings.Join(parts, " · ")
}

// visitText says when somebody came last.
func visitText(v *web.View, at when.Time, waiting bool) string {
	switch {
	case at != 0:
		return v.DateTime(at)
	case waiting:
		return v.T("programme.guest.waiting")
	}
	return v.T("programme.guest.never")
}

// territoryAccessView is who was let into single actions of a territory.
type territoryAccessView struct {
	Territory territory.Territory
	Guests    []Guest
	Actions   map[string]Row // by ID
}

func (s *Service) territoryAccessPage(w http.ResponseWriter, r *http.Request) error {
	id, ok := territory.ParseID(r.PathValue("id"))
	if !ok {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	x := territoryAccessView{Actions: map[string]Row{}}
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		by := account.ActorOf(r)
		if x.Territory, err = territory.Get(tx, id); err != nil {
			return err
		}
		if !MayEdit(tx, by, string(id)) {
			return fault.New(fault.Forbidden, "programme.forbidden.give_access")
		}
		rows, _, err := ListActions(tx, by, Filter{TerritoryID: string(id)}, 0, 0)
		if err != nil {
			return err
		}
		ids := make([]ActionID, len(rows))
		for i, row := range rows {
			ids[i], x.Actions[string(row.ID)] = row.ID, row
		}
		x.Guests, err = guestsOf(tx, ids...)
		return err
	})
	if err != nil {
		return err
	}
	v := web.ViewOf(r)
	return web.Render(w, r, http.StatusOK, territoryAccessTemplate(v, x))
}

func (x territoryAccessView) head(v *web.View) web.Head {
	return web.Head{Title: v.T("programme.access.territory"), Crumbs: []web.Crumb{{Label: x.Territory.Name, URL: "/territories/" + string(x.Territory.ID) + "/home"}, {Label: v.T("programme.tab.access")}}}
}
