package project

import (
	"net/http"
	"strconv"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

// formView is the form of a project, new or not.
type formView struct {
	Frame  Frame // zero: new
	Form   *web.Form
	Owners []web.Choice // new: organisations that may own it
	Origin OriginInfo
	Clash  *web.Clash
	Doors  []web.Way         // new: other ways to begin
	Panels []templ.Component // not new
}

// New reports whether the project does not exist yet.
func (x formView) New() bool { return x.Frame.ID == "" }

func (x formView) fields(v *web.View) []web.Field {
	f := func(name string, x web.Field) web.Field {
		x.Name, x.Label = name, v.T("project.field."+name)
		return x
	}
	list := []web.Field{
		f("title", web.Field{}),
		f("code", web.Field{Hint: v.T("project.code_hint"), Narrow: true, Optional: x.New()}),
		f("kind", web.Field{Choices: web.Keyed(v, Kinds()), Hint: v.T("project.kind_hint")}),
		f("confidentiality", web.Field{Choices: web.Keyed(v, Confidentialities())}),
		f("starts_on", web.Field{Optional: true}),
		f("ends_on", web.Field{Optional: true}),
		f("summary", web.Field{Optional: true, Rows: 5}),
	}
	if x.New() {
		list = append(list, web.Field{Name: "owner_id", Label: v.T("project.field.owner"), Choices: x.Owners, Hint: v.T("project.owner_hint")})
	}
	return list
}

func (x formView) field(v *web.View, name string) web.Field {
	for _, f := range x.fields(v) {
		if f.Name == name {
			return f
		}
	}
	return web.Field{}
}

func (x formView) head(v *web.View) web.Head {
	if x.New() {
		title := v.T("project.new")
		return web.Head{Title: title, Crumbs: []web.Crumb{{Label: v.T("project.list"), URL: "/projects"}, {Label: title}}}
	}
	return x.Frame.Below(v, v.T("project.edit"))
}

func (x formView) sheet(v *web.View) web.Sheet {
	if x.New() {
		return web.Sheet{URL: "/projects", Submit: v.T("project.begin"), Cancel: "/projects", Fields: x.fields(v)}
	}
	return web.Sheet{URL: x.Frame.ID.URL() + "/edit", Submit: v.T("project.save"), Cancel: x.Frame.ID.URL(), Fields: x.fields(v)}
}

func fillProject(p Project) *web.Form {
	return web.NewForm(web.NewOnce(), "title", p.Title, "code", p.Code, "kind", string(p.Kind), "confidentiality", string(p.Confidentiality),
		"starts_on", string(p.StartsOn), "ends_on", string(p.EndsOn), "summary", p.Summary, "version", strconv.FormatInt(p.Version, 10))
}

func readProject(f *web.Form, p Project) Project {
	p.Title, p.Code, p.Summary = f.Text("title"), f.Text("code"), f.Text("summary")
	p.Kind, p.Confidentiality = Kind(f.Text("kind")), Confidentiality(f.Text("confidentiality"))
	p.StartsOn, p.EndsOn = f.Date("starts_on"), f.Date("ends_on")
	return p
}

func (s *Service) newProjectPage(w http.ResponseWriter, r *http.Request) error {
	f := web.NewForm(web.NewOnce(), "kind", string(ProductDevelopment), "confidentiality", string(ForPartners), "action", r.URL.Query().Get("action"))
	return s.showNew(w, r, http.StatusOK, f)
}

func (s *Service) showNew(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	v, by := web.ViewOf(r), account.ActorOf(r)
	x := formView{Form: f}
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if action := f.Text("action"); action != "" {
			if x.Origin, err = s.origin(tx, by, Origin{FromAction, action}); err != nil {
				return err
			}
		}
		x.Owners = nil
		for _, m := range by.Memberships {
			x.Owners = append(x.Owners, web.Choice{Value: string(m.OrganisationID), Label: m.Organisation})
		}
		if x.Origin.OwnerID != "" && MayCreate(by, x.Origin.OwnerID, x.Origin.TerritoryID, tx.Today()) && !has(x.Owners, string(x.Origin.OwnerID)) {
			o, err := account.GetOrganisation(tx, x.Origin.OwnerID)
			if err != nil {
				return err
			}
			x.Owners = append([]web.Choice{{Value: string(o.ID), Label: o.Label()}}, x.Owners...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(x.Owners) == 0 {
		return fault.New(fault.Forbidden, "project.forbidden.create")
	}
	if len(by.Memberships) > 0 {
		x.Doors = s.doors(v)
	}
	if x.Origin.Title != "" && status == http.StatusOK {
		f.Values.Set("title", x.Origin.Title)
		f.Values.Set("summary", x.Origin.Summary)
	}
	return web.Render(w, r, status, formTemplate(v, x))
}

func has(list []web.Choice, value string) bool {
	for _, c := range list {
		if c.Value == value {
			return true
		}
	}
	return false
}

func (s *Service) createProjectPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	f, err := web.ReadLongForm(w, r)
	if err != nil {
		return err
	}
	d := Draft{Project: readProject(f, Project{OwnerID: account.OrganisationID(f.Text("owner_id"))})}
	if action := f.Text("action"); action != "" {
		d.OriginKind, d.OriginID = FromAction, action
	}
	d.Stages = TemplateOf(v, d.Kind)
	var p Project
	if err = f.Err(); err == nil {
		p, err = s.Create(r.Context(), account.ActorOf(r), d)
	}
	if err == nil {
		return web.SeeOther(w, r, p.ID.URL(), "project.begun", "title", p.Title)
	}
	if !f.Fail(v, err) {
		return err
	}
	return s.showNew(w, r, web.Status(err), f)
}

// TemplateOf is what a new project of the kind begins with, its criteria in the reader's language.
func TemplateOf(v *web.View, k Kind) []DraftStage {
	var list []DraftStage
	for _, p := range StagesOf(k) {
		st := DraftStage{Phase: p}
		for _, key := range CriteriaOf(k, p) {
			st.Criteria = append(st.Criteria, v.T(key))
		}
		list = append(list, st)
	}
	return list
}

// doors are the other ways to begin a project.
func (s *Service) doors(v *web.View) []web.Way {
	var list []web.Way
	for _, d := range s.Doors {
		list = append(list, d(v))
	}
	return list
}

func (s *Service) editProjectPage(w http.ResponseWriter, r *http.Request) error {
	f, err := s.Enter(r, "home")
	if err == nil && !f.May(Manage) {
		err = fault.New(fault.Forbidden, "project.forbidden.manage")
	}
	if err != nil {
		return err
	}
	x := formView{Frame: f, Form: fillProject(f.Project)}
	for _, panel := range s.EditPanels {
		c, err := panel(r.Context(), web.ViewOf(r), f.Access)
		if err != nil {
			return err
		}
		if c != nil {
			x.Panels = append(x.Panels, c)
		}
	}
	return web.Render(w, r, http.StatusOK, formTemplate(web.ViewOf(r), x))
}

func (s *Service) saveProjectPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	form, err := web.ReadLongForm(w, r)
	if err != nil {
		return err
	}
	p := readProject(form, Project{ID: ID(r.PathValue("id")), Version: form.Seen()})
	if err = form.Err(); err == nil {
		_, err = s.Save(r.Context(), account.ActorOf(r), p)
	}
	if err == nil {
		return web.SeeOther(w, r, p.ID.URL(), "project.saved")
	}
	f, e := s.Enter(r, "home")
	if e != nil {
		return e
	}
	x := formView{Frame: f, Form: form}
	if fault.Stale(err) {
		who, e := s.lastBy(r, f.ID)
		if e != nil {
			return e
		}
		x.Clash = web.ClashOf(v, who, f.UpdatedAt, x.fields(v), fillProject(f.Project), form)
		return web.Render(w, r, http.StatusConflict, formTemplate(v, x))
	}
	if !form.Fail(v, err) {
		return err
	}
	return web.Render(w, r, web.Status(err), formTemplate(v, x))
}

// lastBy tells who changed the project last.
func (s *Service) lastBy(r *http.Request, id ID) (who string, err error) {
	err = s.db.View(r.Context(), func(tx db.Tx) error {
		list, err := account.History(tx, "project", string(id), 0, 1)
		if err == nil && len(list) > 0 {
			who = list[0].ActorName
		}
		return err
	})
	return who, err
}
