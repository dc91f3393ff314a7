package plan

import (
	"net/http"
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/schedule"
	"bassin/internal/web"
)

// endsShown is how many of the tasks that decide the end are named.
const endsShown = 4

// ganttSize is how many rows a window of the diagram has.
const ganttSize = 200

func (s *Service) ganttPages(m *web.Mux) {
	m.Page("GET /projects/{project}/plan/gantt", s.ganttPage)
	m.Page("POST /projects/{project}/plan/tasks/{task}/bar", s.dragPage)
}

// ganttView is a window of the outline with the picture of its dates.
type ganttView struct {
	common
	People map[TaskID][]Assignee
	Rows   []Task
	Pager  web.Pager
	Links  []Link
	Chart  chart
	Sheets []chart // for print: the rows of a sheet each
	Edit   TaskID  // the row of the table that is a form
	Ends   ends
	// Baseline is what the picture is held against, and Held its dates; none when there is none.
	Baseline  Baseline
	Baselines []Baseline
	Held      map[TaskID]heldTask
	Calendar  *schedule.Calendar
}

// ends are what decides the end of the plan.
type ends struct {
	Critical []Task // that are not done, the first few
	More     bool
}

func (s *Service) ganttPage(w http.ResponseWriter, r *http.Request) error {
	return s.showGantt(w, r, http.StatusOK, nil)
}

func (s *Service) showGantt(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	v := web.ViewOf(r)
	f, err := s.enter(r)
	if err != nil {
		return err
	}
	v.Path = planURL(f.ID) + "/gantt" // a form of the page that came back stands at another address
	x := ganttView{Edit: TaskID(v.Query.Get("edit"))}
	if forms.Back("bar") || forms.Back("link") {
		x.Edit = TaskID(r.PathValue("task"))
	}
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.common, err = s.readCommon(tx, f, "gantt"); err != nil {
			return err
		}
		n, err := countTasks(tx, Filter{}.where(f.ID))
		if err != nil {
			return err
		}
		x.Pager = web.PagerOf(v, ganttSize, int(n))
		if x.Rows, err = listBars(tx, f.ID, ganttSize, x.Pager.Offset()); err != nil {
			return err
		}
		seen := windowOf(x.Rows)
		people, err := listAssigneesIn(tx, f.ID, seen)
		if err != nil {
			return err
		}
		x.People = make(map[TaskID][]Assignee, len(people))
		for _, a := range people {
			x.People[a.TaskID] = append(x.People[a.TaskID], a)
		}
		if x.Links, err = listLinksTo(tx, f.ID, x.Rows); err != nil {
			return err
		}
		if err := x.readBaseline(tx, v.Query.Get("baseline"), seen); err != nil {
			return err
		}
		if x.Calendar, err = s.calendarOf(tx, x.Plan); err != nil {
			return err
		}
		list, err := listDecisive(tx, f.ID, endsShown+1)
		x.Ends = ends{list[:min(len(list), endsShown)], len(list) > endsShown}
		return err
	})
	if err != nil {
		return err
	}
	x.Forms = forms
	x.draw(v)
	return web.Render(w, r, status, ganttTemplate(v, x))
}

// draw lays the window out: as one picture to look at, or as sheets to print.
func (x *ganttView) draw(v *web.View) {
	d := drawing{v: v, links: x.Links, held: x.Held, cal: x.Calendar, today: x.Today}
	if v.Query.Get("print") != "" {
		from, last := d.reach(x.Rows)
		d.from, d.last, d.zoom = from, last, fitting(from, last)
		for rows := range slices.Chunk(x.Rows, sheetRows) {
			x.Sheets = append(x.Sheets, d.draw(rows))
		}
		return
	}
	d.from, d.last = d.reach(x.Rows)
	d.zoom = zoomOf(v.Query.Get("zoom"))
	if d.zoom.day == 0 {
		d.zoom.day = fitting(d.from, d.last).day
	}
	x.Chart = d.draw(x.Rows)
}

// may reports whether bars can be moved.
func (x ganttView) may() bool { return x.MayNow(project.Contribute) }

// dragPage puts a bar on other days: from its row in the table, or dragged in the diagram.
func (s *Service) dragPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id, task := project.ID(r.PathValue("project")), TaskID(r.PathValue("task"))
	to := Span{f.Date("bar.start"), f.Date("bar.finish")}
	if f.Text("bar.start") == "" {
		f.Wrong("bar.start", "fault.required")
	}
	if f.Text("bar.finish") == "" {
		f.Wrong("bar.finish", "fault.required")
	}
	var t Task
	if err = f.Err(); err == nil {
		t, err = s.Drag(r.Context(), account.ActorOf(r), id, task, f.SeenIn("bar.version"), Span{f.Date("bar.was_start"), f.Date("bar.was_finish")}, to)
		err = web.Prefixed(err, "bar")
	}
	if err == nil {
		toast, next := "plan.task.shifted", web.LocalPath(f.Text("next"), planURL(id)+"/gantt")
		if t.EarlyOn > to.Start && !t.Milestone() {
			toast = "plan.task.held"
		}
		return web.SeeOther(w, r, next, toast, "title", t.Title, "early_on", t.EarlyOn)
	}
	if !f.Fail(v, err) {
		return err
	}
	return s.showGantt(w, r, web.Status(err), web.Forms{"bar": f})
}

// readBaseline chooses what the picture is held against: the baseline of the address, "none", or the
// newest.
func (x *ganttView) readBaseline(tx db.Tx, name string, seen window) (err error) {
	if x.Baselines, err = listBaselines(tx, x.ID); err != nil || name == "none" {
		return err
	}
	for i, b := range x.Baselines {
		if name == string(b.ID) || name == "" && i == 0 {
			x.Baseline = b
		}
	}
	if x.Baseline.ID == "" {
		return nil
	}
	held, err := listHeldIn(tx, x.Baseline.ID, x.ID, seen)
	x.Held = make(map[TaskID]heldTask, len(held))
	for _, h := range held {
		x.Held[h.TaskID] = h
	}
	return err
}
