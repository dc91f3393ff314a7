package plan

import (
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/web"
)

func (s *Service) fieldPages(m *web.Mux) {
	m.Page("POST /projects/{project}/plan/fields", s.addFieldPage)
	m.Page("GET /projects/{project}/plan/fields/{field}", s.fieldPage)
	m.Page("POST /projects/{project}/plan/fields/{field}", s.saveFieldPage)
	m.Page("POST /projects/{project}/plan/fields/{field}/move", s.moveFieldPage)
	m.Page("POST /projects/{project}/plan/fields/{field}/remove", s.removeFieldPage)
	m.Page("POST /projects/{project}/plan/fields/{field}/restore", s.restoreFieldPage)
}

// readValues gives the fields of a project and what one of its tasks has in them.
func readValues(tx db.Tx, t Task) ([]Field, map[FieldID]string, error) {
	fields, err := listFields(tx, t.ProjectID)
	if err != nil || len(fields) == 0 || t.ID == "" {
		return fields, nil, err
	}
	all, err := listValues(tx, []TaskID{t.ID})
	return fields, all[t.ID], err
}

type fieldView struct {
	common
	Field Field
	Form  *web.Form
	Clash *web.Clash
}

func readField(f *web.Form, x Field) Field {
	x.Name, x.Unit, x.Choices, x.Listed = f.Text("custom.name"), f.Text("custom.unit"), f.Text("custom.choices"), f.Is("custom.listed", "1")
	if x.ID == "" {
		x.Kind = FieldKind(f.Text("custom.kind"))
	}
	return x
}

func (s *Service) addFieldPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	x := readField(f, Field{ProjectID: project.ID(r.PathValue("project"))})
	return f.Submit(w, r, web.Small{Name: "custom", Page: s.showSettings, To: planURL(x.ProjectID) + "/settings#fields", Toast: "plan.custom.added", Do: func() error {
		_, err := s.AddField(r.Context(), account.ActorOf(r), x)
		return err
	}})
}

func (s *Service) fieldPage(w http.ResponseWriter, r *http.Request) error {
	return s.showField(w, r, http.StatusOK, nil)
}

// showField renders the form of a field, as it came back or from what there is.
func (s *Service) showField(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	v := web.ViewOf(r)
	f, err := s.project.Enter(r, "plan")
	if err != nil {
		return err
	}
	if !f.May(project.Manage) {
		return fault.New(fault.Forbidden, "project.forbidden.manage")
	}
	x := fieldView{Form: form}
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.common, err = s.readCommon(tx, f, ""); err != nil {
			return err
		}
		if x.Field, err = getField(tx, f.ID, FieldID(r.PathValue("field"))); err == nil && x.Field.RemovedAt != 0 {
			err = fault.New(fault.NotFound, "fault.not_found")
		}
		return err
	})
	if err != nil {
		return err
	}
	now := web.NewForm(web.NewOnce(), fieldPairs(x.Field)...)
	if form == nil {
		x.Form = now
	} else if status == http.StatusConflict {
		x.Clash = web.ClashOf(v, "", 0, customFields(v), now, form)
	}
	return web.Render(w, r, status, fieldTemplate(v, x))
}

func (s *Service) saveFieldPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	x := readField(f, Field{ID: FieldID(r.PathValue("field")), ProjectID: project.ID(r.PathValue("project")), Version: f.SeenIn("custom.version")})
	err = web.Prefixed(s.SaveField(r.Context(), account.ActorOf(r), x), "custom")
	if err == nil {
		return web.SeeOther(w, r, planURL(x.ProjectID)+"/settings#fields", "plan.custom.saved")
	}
	if !fault.Stale(err) && !f.Fail(web.ViewOf(r), err) {
		return err
	}
	return s.showField(w, r, web.Status(err), f)
}

func (s *Service) moveFieldPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := project.ID(r.PathValue("project"))
	if err := s.MoveField(r.Context(), account.ActorOf(r), id, FieldID(r.PathValue("field")), f.Text("to") == "up"); err != nil {
		return err
	}
	return web.SeeOther(w, r, planURL(id)+"/settings#fields", "")
}

func (s *Service) removeFieldPage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.RemoveField(r.Context(), account.ActorOf(r), project.ID(r.PathValue("project")), FieldID(r.PathValue("field")))
	if err != nil {
		return err
	}
	return web.SeeOtherUndo(w, r, planURL(x.ProjectID)+"/settings#fields", x.url()+"/restore", "plan.custom.removed", "name", x.Name)
}

func (s *Service) restoreFieldPage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.RestoreField(r.Context(), account.ActorOf(r), project.ID(r.PathValue("project")), FieldID(r.PathValue("field")))
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, planURL(x.ProjectID)+"/settings#fields", "plan.custom.restored", "name", x.Name)
}
