package plan

import (
	"net/http"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/schedule"
	"bassin/internal/web"
)

func (s *Service) settingsPages(m *web.Mux) {
	m.Page("GET /projects/{project}/plan/settings", s.settingsPage)
	m.Page("POST /projects/{project}/plan/settings", s.saveSettingsPage)
	m.Page("POST /projects/{project}/plan/closures", s.addClosurePage)
	m.Page("POST /projects/{project}/plan/closures/{closure}/remove", s.removeClosurePage)
}

type settingsView struct {
	common
	Closures []Closure
	Fields   []Field
}

func (s *Service) settingsPage(w http.ResponseWriter, r *http.Request) error {
	return s.showSettings(w, r, http.StatusOK, nil)
}

func (s *Service) showSettings(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	f, err := s.project.Enter(r, "plan")
	if err != nil {
		return err
	}
	var x settingsView
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.common, err = s.readCommon(tx, f, ""); err != nil {
			return err
		}
		if x.Fields, err = listFields(tx, f.ID); err != nil {
			return err
		}
		x.Closures, err = listClosures(tx, f.ID)
		return err
	})
	if err != nil {
		return err
	}
	x.Forms = forms
	return web.Render(w, r, status, settingsTemplate(web.ViewOf(r), x))
}

// weekdays are the days of the form, Monday first; each is the index of its minutes.
var weekdays = []int{1, 2, 3, 4, 5, 6, 0}

func dayField(day int) string { return "calendar.day" + strconv.Itoa(day) }

// calendarPairs fills the form of the calendar.
func (x settingsView) calendarPairs(v *web.View) []string {
	out := []string{"calendar.starts_on", string(x.Plan.StartsOn), "calendar.holidays", string(x.Plan.Holidays), "calendar.version", strconv.FormatInt(x.Plan.Version, 10)}
	week := x.Plan.Hours()
	for _, d := range weekdays {
		out = append(out, dayField(d), hoursText(v, week[d]))
	}
	return out
}

func hoursText(v *web.View, m schedule.Minutes) string {
	if m == 0 {
		return ""
	}
	text := v.Decimal(float64(m)/60, 2)
	if strings.ContainsAny(text, ",.") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ",.")
	}
	return text
}

func (s *Service) saveSettingsPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := project.ID(r.PathValue("project"))
	p := Plan{ProjectID: id, StartsOn: f.Date("calendar.starts_on"), Holidays: schedule.Holidays(f.Text("calendar.holidays")), Version: f.SeenIn("calendar.version")}
	var week [7]schedule.Minutes
	for _, d := range weekdays {
		m, ok := ParseHours(f.Text(dayField(d)))
		if !ok {
			f.Wrong(dayField(d), "plan.wrong.bad_calendar")
		}
		week[d] = m
	}
	p.Week = WeekText(week)
	return f.Submit(w, r, web.Small{Name: "calendar", Page: s.showSettings, To: planURL(id) + "/settings", Toast: "plan.settings.saved", Do: func() error {
		return s.SavePlan(r.Context(), account.ActorOf(r), p)
	}})
}

func (s *Service) addClosurePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := project.ID(r.PathValue("project"))
	c := Closure{ProjectID: id, FromOn: f.Date("closure.from_on"), ToOn: f.Date("closure.to_on"), Name: f.Text("closure.name")}
	return f.Submit(w, r, web.Small{Name: "closure", Page: s.showSettings, To: planURL(id) + "/settings#closures", Toast: "plan.closure.added", Do: func() error {
		_, err := s.AddClosure(r.Context(), account.ActorOf(r), c)
		return err
	}})
}

func (s *Service) removeClosurePage(w http.ResponseWriter, r *http.Request) error {
	id := project.ID(r.PathValue("project"))
	if _, err := s.RemoveClosure(r.Context(), account.ActorOf(r), id, r.PathValue("closure")); err != nil {
		return err
	}
	return web.SeeOther(w, r, planURL(id)+"/settings#closures", "plan.closure.removed")
}
