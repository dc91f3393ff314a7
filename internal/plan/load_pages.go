package plan

import (
	"net/http"
	"strconv"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/schedule"
	"bassin/internal/web"
	"bassin/internal/when"
)

func (s *Service) loadPages(m *web.Mux) {
	m.Page("GET /projects/{project}/plan/load", s.loadPage)
	m.Page("POST /projects/{project}/plan/capacity", s.capacityPage)
	m.Page("POST /projects/{project}/plan/resources", s.addResourcePage)
	m.Page("POST /projects/{project}/plan/resources/{resource}", s.saveResourcePage)
	m.Page("POST /projects/{project}/plan/resources/{resource}/remove", s.removeResourcePage)
	m.Page("POST /projects/{project}/plan/resources/{resource}/restore", s.restoreResourcePage)
	m.Page("POST /projects/{project}/plan/tasks/{task}/bookings", s.bookPage)
	m.Page("POST /projects/{project}/plan/tasks/{task}/bookings/{resource}/remove", s.unbookPage)
}

// loadView is what is asked of people and machines, week by week.
type loadView struct {
	common
	From     when.Date
	Loads    []Loaded
	Machines []Resource
}

// conflicts counts the runs of days on which somebody is asked for too much.
func (x loadView) conflicts() (n int) {
	for _, l := range x.Loads {
		n += len(l.Conflicts)
	}
	return n
}

func (s *Service) loadPage(w http.ResponseWriter, r *http.Request) error {
	return s.showLoad(w, r, http.StatusOK, nil)
}

func (s *Service) showLoad(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	v := web.ViewOf(r)
	f, err := s.enter(r)
	if err != nil {
		return err
	}
	v.Path = planURL(f.ID) + "/load"
	x := loadView{From: monday(f.Today)}
	if from := dateIn(v.Query, "from"); from.Valid() && from.AddDays(7*loadWeeks).Valid() && monday(from).Valid() {
		x.From = monday(from)
	}
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.common, err = s.readCommon(tx, f, "load"); err != nil {
			return err
		}
		x.Loads, x.Machines, err = s.loadOf(tx, f.Access, x.Plan, x.From)
		return err
	})
	if err != nil {
		return err
	}
	x.Forms = forms
	return web.Render(w, r, status, loadTemplate(v, x))
}

// units reads a rate in per cent.
func units(f *web.Form, name string, most int64) int64 { return f.Int(name, 1, most) }

func (s *Service) capacityPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := project.ID(r.PathValue("project"))
	c := Capacity{PersonID: account.PersonID(f.Text("capacity.person")), Units: units(f, "capacity.units", usualUnits)}
	return f.Submit(w, r, web.Small{Name: "capacity", Page: s.showLoad, To: planURL(id) + "/load", Toast: "plan.capacity.saved", Do: func() error {
		return s.SetCapacity(r.Context(), account.ActorOf(r), id, c)
	}})
}

// readResource reads the form of a machine.
func readResource(f *web.Form, r Resource) Resource {
	r.Name, r.Units = f.Text("resource.name"), 100*f.Int("resource.count", 1, maxUnits/100)
	m, ok := ParseHours(f.Text("resource.hours"))
	if !ok {
		f.Wrong("resource.hours", "plan.wrong.bad_calendar")
	}
	r.Hours = int64(m)
	return r
}

func (s *Service) addResourcePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	x := readResource(f, Resource{ProjectID: project.ID(r.PathValue("project"))})
	return f.Submit(w, r, web.Small{Name: "resource", Page: s.showLoad, To: planURL(x.ProjectID) + "/load#machines", Toast: "plan.resource.added", Do: func() error {
		_, err := s.AddResource(r.Context(), account.ActorOf(r), x)
		return err
	}})
}

func (s *Service) saveResourcePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	x := readResource(f, Resource{ID: ResourceID(r.PathValue("resource")), ProjectID: project.ID(r.PathValue("project")), Version: f.SeenIn("resource.version")})
	return f.Submit(w, r, web.Small{Name: "resource", Page: s.showLoad, To: planURL(x.ProjectID) + "/load#machines", Toast: "plan.resource.saved", Do: func() error {
		return s.SaveResource(r.Context(), account.ActorOf(r), x)
	}})
}

func (s *Service) removeResourcePage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.RemoveResource(r.Context(), account.ActorOf(r), project.ID(r.PathValue("project")), ResourceID(r.PathValue("resource")))
	if err != nil {
		return err
	}
	return web.SeeOtherUndo(w, r, planURL(x.ProjectID)+"/load#machines", planURL(x.ProjectID)+"/resources/"+string(x.ID)+"/restore", "plan.resource.removed", "name", x.Name)
}

func (s *Service) restoreResourcePage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.RestoreResource(r.Context(), account.ActorOf(r), project.ID(r.PathValue("project")), ResourceID(r.PathValue("resource")))
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, planURL(x.ProjectID)+"/load#machines", "plan.resource.restored", "name", x.Name)
}

func (s *Service) bookPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	t := Task{ID: TaskID(r.PathValue("task")), ProjectID: project.ID(r.PathValue("project"))}
	b := Booking{TaskID: t.ID, ProjectID: t.ProjectID, ResourceID: ResourceID(f.Text("booking.resource")), Units: units(f, "booking.units", maxUnits)}
	return f.Submit(w, r, web.Small{Name: "booking", Page: s.ShowTask, To: t.URL() + "#machines", Toast: "plan.booking.saved", Do: func() error {
		return s.Book(r.Context(), account.ActorOf(r), b)
	}})
}

func (s *Service) unbookPage(w http.ResponseWriter, r *http.Request) error {
	t := Task{ID: TaskID(r.PathValue("task")), ProjectID: project.ID(r.PathValue("project"))}
	if err := s.Unbook(r.Context(), account.ActorOf(r), Booking{TaskID: t.ID, ProjectID: t.ProjectID, ResourceID: ResourceID(r.PathValue("resource"))}); err != nil {
		return err
	}
	return web.SeeOther(w, r, t.URL()+"#machines", "plan.booking.removed")
}

// resourcePairs fills the form of a machine; a new one when it is zero.
func resourcePairs(v *web.View, r Resource) []string {
	return []string{"resource.name", r.Name, "resource.count", strconv.FormatInt(max(r.Units/100, 1), 10), "resource.hours", hoursText(v, schedule.Minutes(r.Hours)),
		"resource.version", strconv.FormatInt(r.Version, 10)}
}
