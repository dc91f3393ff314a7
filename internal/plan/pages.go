package plan

import (
	"net/http"

	"bassin/internal/project"
	"bassin/internal/web"
)

// Pages registers the routes of the browser.
func (s *Service) Pages(m *web.Mux) {
	s.listPages(m)
	s.boardPages(m)
	s.taskPages(m)
	s.fieldPages(m)
	s.repeatPages(m)
	s.trialPages(m)
	s.linkPages(m)
	s.settingsPages(m)
	s.ganttPages(m)
	s.monthPages(m)
	s.loadPages(m)
	s.baselinePages(m)
	s.importPages(m)
}

// enter reads the project of the address for a page of the plan and brings its dates up to today.
func (s *Service) enter(r *http.Request) (project.Frame, error) {
	f, err := s.project.Enter(r, "plan")
	if err != nil {
		return f, err
	}
	return f, s.refresh(r.Context(), f.Access)
}
