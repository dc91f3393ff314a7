package plan

import (
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/web"
)

func (s *Service) baselinePages(m *web.Mux) {
	m.Page("GET /projects/{project}/plan/baselines", s.baselinesPage)
	m.Page("POST /projects/{project}/plan/baselines", s.takeBaselinePage)
	m.Page("GET /projects/{project}/plan/baselines/{baseline}", s.driftPage)
}

type baselinesView struct {
	common
	Baselines []Baseline
}

func (s *Service) baselinesPage(w http.ResponseWriter, r *http.Request) error {
	return s.showBaselines(w, r, http.StatusOK, nil)
}

func (s *Service) showBaselines(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	f, err := s.enter(r)
	if err != nil {
		return err
	}
	var x baselinesView
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.common, err = s.readCommon(tx, f, ""); err != nil {
			return err
		}
		x.Baselines, err = listBaselines(tx, f.ID)
		return err
	})
	if err != nil {
		return err
	}
	x.Forms = forms
	return web.Render(w, r, status, baselinesTemplate(web.ViewOf(r), x))
}

func (s *Service) takeBaselinePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := project.ID(r.PathValue("project"))
	return f.Submit(w, r, web.Small{Name: "baseline", Page: s.showBaselines, To: planURL(id) + "/baselines", Toast: "plan.baseline.taken", Do: func() error {
		_, err := s.TakeBaseline(r.Context(), account.ActorOf(r), id, f.Text("baseline.name"))
		return err
	}})
}

type driftView struct {
	common
	Drifted
}

func (s *Service) driftPage(w http.ResponseWriter, r *http.Request) error {
	f, err := s.enter(r)
	if err != nil {
		return err
	}
	var x driftView
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.common, err = s.readCommon(tx, f, ""); err != nil {
			return err
		}
		x.Drifted, err = s.driftFrom(tx, f.Access, BaselineID(r.PathValue("baseline")))
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, driftTemplate(web.ViewOf(r), x))
}
