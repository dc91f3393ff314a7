package plan

import (
	"net/http"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/web"
	"bassin/internal/when"
)

func (s *Service) repeatPages(m *web.Mux) {
	m.Page("POST /projects/{project}/plan/tasks/{task}/series", s.repeatPage)
	m.Page("POST /projects/{project}/plan/tasks/{task}/series/stop", s.stopSeriesPage)
}

// seriesView is the series in which a task is.
type seriesView struct {
	Series
	Latest bool      // the task is the one after which another comes
	Next   when.Date // when that one would begin, if this one was finished today
	Tasks  []Task    // the latest of them
}

const seriesShown = 8

func (s *Service) readSeries(tx db.Tx, p Plan, t Task) (seriesView, error) {
	var x seriesView
	o, err := getOccurrence(tx, t.ID)
	if fault.Is(err, fault.NotFound) {
		return x, nil
	}
	if err != nil {
		return x, err
	}
	if x.Series, err = getSeries(tx, o.SeriesID); err != nil {
		return x, err
	}
	list, err := listOccurrences(tx, o.SeriesID, seriesShown)
	if err != nil {
		return x, err
	}
	var ids []TaskID
	for _, y := range list {
		ids = append(ids, y.TaskID)
	}
	if x.Tasks, err = listTasksByID(tx, t.ProjectID, ids); err != nil {
		return x, err
	}
	if x.Latest = len(ids) > 0 && ids[0] == t.ID; !x.Latest || !x.Running() {
		return x, nil
	}
	cal, err := s.calendarOf(tx, p)
	if err != nil {
		return x, err
	}
	next, more, err := x.after(o, tx.Today(), cal)
	if more {
		x.Next = worked(next.DueOn, cal)
	}
	return x, err
}

// readRule reads the form of a rule.
func readRule(f *web.Form) Rule {
	r := Rule{Every: Every(f.Text("repeat.every")), Interval: f.Int("repeat.interval", 1, maxInterval), Weekdays: strings.Join(f.All("repeat.weekdays"), ""), UntilOn: f.Date("repeat.until_on")}
	if f.Text("repeat.month_day") != "" && r.Every == EveryMonth {
		r.MonthDay = f.Int("repeat.month_day", 1, 31)
	}
	if f.Text("repeat.times") != "" {
		r.Times = f.Int("repeat.times", 2, maxTimes)
	}
	return r
}

func (s *Service) repeatPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	t, x := Task{ID: TaskID(r.PathValue("task")), ProjectID: project.ID(r.PathValue("project"))}, readRule(f)
	return f.Submit(w, r, web.Small{Name: "repeat", Page: s.ShowTask, To: t.URL() + "#repeat", Toast: "plan.repeat.saved", Do: func() error {
		_, err := s.Repeat(r.Context(), account.ActorOf(r), t.ProjectID, t.ID, x)
		return err
	}})
}

func (s *Service) stopSeriesPage(w http.ResponseWriter, r *http.Request) error {
	t := Task{ID: TaskID(r.PathValue("task")), ProjectID: project.ID(r.PathValue("project"))}
	if err := s.StopSeries(r.Context(), account.ActorOf(r), t.ProjectID, t.ID); err != nil {
		return err
	}
	return web.SeeOther(w, r, t.URL()+"#repeat", "plan.repeat.stopped")
}
