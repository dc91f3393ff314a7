package plan

import (
	"net/http"

	"bassin/internal/db"
	"bassin/internal/web"
	"bassin/internal/when"
)

// monthSize bounds the tasks of a month.
const monthSize = 300

func (s *Service) monthPages(m *web.Mux) {
	m.Page("GET /projects/{project}/plan/calendar", s.monthPage)
}

// monthView is a month of the plan: weeks at a desk, an agenda on a phone.
type monthView struct {
	common
	First  when.Date
	Weeks  []week
	Agenda []entry
	Many   bool // more tasks than are shown
	Fields []web.FilterField
}

func (s *Service) monthPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	f, err := s.enter(r)
	if err != nil {
		return err
	}
	x := monthView{First: monthOf(v.Query.Get("month"), f.Today)}
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.common, err = s.readCommon(tx, f, "calendar"); err != nil {
			return err
		}
		cal, err := s.calendarOf(tx, x.Plan)
		if err != nil {
			return err
		}
		filter := filterOf(v.Query, f.By)
		filter.Leaves, filter.From, filter.To = true, monday(x.First), x.First.AddDays(37)
		tasks, err := listTasks(tx, filter.where(f.ID), "finish", false, monthSize+1, 0)
		if err != nil {
			return err
		}
		x.Many, tasks = len(tasks) > monthSize, tasks[:min(len(tasks), monthSize)]
		x.Weeks, x.Agenda = weeksOf(x.First, tasks, cal), agendaOf(x.First, tasks)
		x.Fields, err = s.filterFields(tx, v, x.common)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, monthTemplate(v, x))
}
