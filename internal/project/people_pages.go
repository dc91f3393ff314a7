package project

import (
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

func (s *Service) peoplePages(m *web.Mux) {
	m.Page("GET /projects/{id}/people", s.peoplePage)
	m.Page("POST /projects/{id}/people", s.invitePage)
	m.Page("POST /projects/{id}/people/{grant}/exclude", s.excludePage)
	m.Page("POST /projects/{id}/partners", s.savePartnerPage)
	m.Page("POST /projects/{id}/partners/{organisation}/remove", s.removePartnerPage)
}

// peopleView is the page of people, partners and every access.
type peopleView struct {
	Frame
	People   []Person
	Partners []Partner
	Found    []web.Choice // organisations that the search gave
	Panels   []templ.Component
	Forms    web.Forms
}

func (s *Service) peoplePage(w http.ResponseWriter, r *http.Request) error {
	return s.showPeople(w, r, http.StatusOK, nil)
}

func (s *Service) showPeople(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	f, err := s.Enter(r, "people")
	if err != nil {
		return err
	}
	x := peopleView{Frame: f, Forms: forms}
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.People, err = PeopleOf(tx, f.Access); err != nil {
			return err
		}
		if x.Partners, err = listPartners(tx, f.ID); err != nil {
			return err
		}
		if text := web.ViewOf(r).Query.Get("organisation"); text != "" && f.May(Manage) {
			list, err := account.FindOrganisations(tx, text, 20)
			for _, o := range list {
				x.Found = append(x.Found, web.Choice{Value: string(o.ID), Label: o.Name})
			}
			return err
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, panel := range s.PeoplePanels {
		c, err := panel(r.Context(), web.ViewOf(r), f.Access)
		if err != nil {
			return err
		}
		if c != nil {
			x.Panels = append(x.Panels, c)
		}
	}
	return web.Render(w, r, status, peopleTemplate(web.ViewOf(r), x))
}

func (s *Service) invitePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := ID(r.PathValue("id"))
	in := Invitation{Email: f.Text("invite.email"), Name: f.Text("invite.name"), Role: account.Role(f.Text("invite.role")), UntilOn: f.Date("invite.until_on")}
	return f.Submit(w, r, web.Small{Name: "invite", Page: s.showPeople, To: id.URL() + "/people", Toast: "project.people.invited", Args: []any{"email", in.Email}, Do: func() error {
		_, err := s.Invite(r.Context(), account.ActorOf(r), id, in)
		return err
	}})
}

func (s *Service) excludePage(w http.ResponseWriter, r *http.Request) error {
	id := ID(r.PathValue("id"))
	if err := s.Exclude(r.Context(), account.ActorOf(r), id, account.GrantID(r.PathValue("grant"))); err != nil {
		return err
	}
	to := id.URL() + "/people"
	err := s.db.View(r.Context(), func(tx db.Tx) error {
		by, err := account.Load(tx, account.ActorOf(r).ID)
		if err == nil {
			_, err = Enter(tx, by, id)
		}
		return err
	})
	if fault.Is(err, fault.NotFound) {
		to = "/projects" // one has left it oneself
	} else if err != nil {
		return err
	}
	return web.SeeOther(w, r, to, "project.people.excluded")
}

func (s *Service) savePartnerPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := ID(r.PathValue("id"))
	p := Partner{ProjectID: id, OrganisationID: account.OrganisationID(f.Text("partner.organisation_id")), Role: PartnerRole(f.Text("partner.role"))}
	return f.Submit(w, r, web.Small{Name: "partner", Page: s.showPeople, To: id.URL() + "/people", Toast: "project.partner.saved", Do: func() error {
		return s.SavePartner(r.Context(), account.ActorOf(r), p)
	}})
}

func (s *Service) removePartnerPage(w http.ResponseWriter, r *http.Request) error {
	id := ID(r.PathValue("id"))
	if err := s.RemovePartner(r.Context(), account.ActorOf(r), id, account.OrganisationID(r.PathValue("organisation"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, id.URL()+"/people", "project.partner.removed")
}

// inviteFields are the fields of the invitation's small form.
func inviteFields(v *web.View) []web.Field {
	f := func(field string, x web.Field) web.Field {
		x.Name, x.Label = "invite."+field, v.T("project.field."+field)
		return x
	}
	return []web.Field{
		f("email", web.Field{Type: "email", Complete: "email"}),
		f("name", web.Field{Hint: v.T("project.people.name_hint")}),
		f("role", web.Field{Choices: web.Keyed(v, MemberRoles())}),
		f("until_on", web.Field{Optional: true, Hint: v.T("project.people.until_hint"), Min: string(v.Today())}),
	}
}
