package plan

import (
	"net/http"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/schedule"
	"bassin/internal/talk"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

func (s *Service) taskPages(m *web.Mux) {
	m.Page("GET /projects/{project}/plan/tasks/new", s.newTaskPage)
	m.Page("POST /projects/{project}/plan/tasks/new", s.createTaskPage)
	m.Page("GET /projects/{project}/plan/tasks/{task}", s.taskPage)
	m.Page("GET /projects/{project}/plan/tasks/{task}/edit", s.editTaskPage)
	m.Page("POST /projects/{project}/plan/tasks/{task}/edit", s.saveTaskPage)
	m.Page("POST /projects/{project}/plan/tasks/{task}/place", s.placeTaskPage)
	m.Page("POST /projects/{project}/plan/tasks/{task}/remove", s.removeTaskPage)
	m.Page("POST /projects/{project}/plan/tasks/{task}/restore", s.restoreTaskPage)
	m.Page("POST /projects/{project}/plan/tasks/{task}/items", s.addItemPage)
	m.Page("POST /projects/{project}/plan/tasks/{task}/items/{item}", s.changeItemPage)
}

// taskView is a task with all that belongs to it.
type taskView struct {
	common
	Task     Task
	Parent   Task
	Parts    []Task
	People   []Assignee
	Items    []Item
	Links    []Link
	Others   map[TaskID]Task // at the other ends of the links
	Stages   []project.Stage
	Bookings []Booking
	Machines []Resource
	Series   seriesView
	Fields   []Field
	Values   map[FieldID]string
	History  []account.Entry
	Previews *outcomeView
	Panels   []templ.Component
	Thread   talk.Thread
}

const taskHistory = 30

func (s *Service) taskPage(w http.ResponseWriter, r *http.Request) error {
	return s.ShowTask(w, r, http.StatusOK, nil)
}

// ShowTask renders the page of the task in the address; forms of its panels that came back stand in it.
func (s *Service) ShowTask(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	f, err := s.enter(r)
	if err != nil {
		return err
	}
	x, err := s.readTask(r, f)
	if err != nil {
		return err
	}
	x.Forms = forms
	if err := s.around(r, &x); err != nil {
		return err
	}
	return web.Render(w, r, status, taskTemplate(web.ViewOf(r), x))
}

// around reads what others add to the page of a task: panels of higher features, and the discussion.
func (s *Service) around(r *http.Request, x *taskView) (err error) {
	for _, panel := range s.Panels {
		c, err := panel(r.Context(), web.ViewOf(r), x.Frame, x.Task, x.Forms)
		if err != nil {
			return err
		}
		if c != nil {
			x.Panels = append(x.Panels, c)
		}
	}
	x.Thread, err = s.discussion(r.Context(), x.Frame.By, x.Task)
	return err
}

func (s *Service) readTask(r *http.Request, f project.Frame) (taskView, error) {
	x := taskView{Others: map[TaskID]Task{}}
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.common, err = s.readCommon(tx, f, ""); err != nil {
			return err
		}
		if x.Task, err = getTask(tx, f.ID, TaskID(r.PathValue("task"))); err != nil {
			return err
		}
		if x.Task.RemovedAt != 0 && !f.May(project.Contribute) {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		if x.Task.ParentID != "" {
			if x.Parent, err = getTask(tx, f.ID, x.Task.ParentID); err != nil {
				return err
			}
		}
		if x.Parts, err = listParts(tx, f.ID, x.Task.ID); err != nil {
			return err
		}
		if x.People, err = listAssignees(tx, []TaskID{x.Task.ID}); err != nil {
			return err
		}
		if x.Items, err = listItems(tx, x.Task.ID); err != nil {
			return err
		}
		if x.Links, err = listLinksOf(tx, f.ID, []TaskID{x.Task.ID}); err != nil {
			return err
		}
		var ends []TaskID
		for _, l := range x.Links {
			ends = append(ends, l.FromID, l.ToID)
		}
		others, err := listTasksByID(tx, f.ID, ends)
		if err != nil {
			return err
		}
		for _, t := range others {
			if t.RemovedAt == 0 {
				x.Others[t.ID] = t
			}
		}
		if x.Stages, err = project.StagesOfProject(tx, f.Access); err != nil {
			return err
		}
		if x.Bookings, err = listBookingsOf(tx, x.Task.ID); err != nil {
			return err
		}
		if x.Machines, err = listResources(tx, f.ID); err != nil {
			return err
		}
		if x.Fields, x.Values, err = readValues(tx, x.Task); err != nil {
			return err
		}
		if x.Series, err = s.readSeries(tx, x.Plan, x.Task); err != nil {
			return err
		}
		x.History, err = account.History(tx, "task", string(x.Task.ID), 0, taskHistory)
		return err
	})
	return x, err
}

// formView is the whole form of a task, new or not.
type formView struct {
	common
	Task    Task // zero: a new one
	Form    *web.Form
	Clash   *web.Clash
	Parents []web.Choice
	Stages  []project.Stage
	Fields  []Field
	Values  map[FieldID]string
}

func (s *Service) newTaskPage(w http.ResponseWriter, r *http.Request) error {
	q := web.ViewOf(r).Query
	f := web.NewForm(web.NewOnce(), "kind", string(Work), "state", string(Todo), "mode", string(Auto), "parent", q.Get("parent"), "work", "", "title", q.Get("title"))
	return s.showForm(w, r, http.StatusOK, f, nil)
}

// showForm renders the form; r names the task when there is one.
func (s *Service) showForm(w http.ResponseWriter, r *http.Request, status int, form *web.Form, clash func(x formView) *web.Clash) error {
	v := web.ViewOf(r)
	f, err := s.project.Enter(r, "plan")
	if err != nil {
		return err
	}
	if !f.May(project.Contribute) {
		return fault.New(fault.Forbidden, "project.forbidden.contribute")
	}
	x := formView{Form: form}
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.common, err = s.readCommon(tx, f, ""); err != nil {
			return err
		}
		x.Task.ProjectID = f.ID
		if task := TaskID(r.PathValue("task")); task != "" {
			if x.Task, err = liveTask(tx, f.ID, task); err != nil {
				return err
			}
		}
		if x.Fields, x.Values, err = readValues(tx, x.Task); err != nil {
			return err
		}
		if x.Task.ID != "" {
			task := x.Task.ID
			if x.Form == nil {
				people, err := peopleOf(tx, task)
				if err != nil {
					return err
				}
				x.Form = x.fill(v, people)
			}
		}
		list, err := listSummaries(tx, f.ID, 200)
		if err != nil {
			return err
		}
		x.Parents = []web.Choice{{Label: v.T("plan.task.top")}}
		for _, t := range list {
			x.Parents = append(x.Parents, web.Choice{Value: string(t.ID), Label: strings.Repeat("\u2003", t.Depth()) + code(f, t) + " " + t.Title})
		}
		if parent := TaskID(x.Form.Text("parent")); parent != "" && !chosen(x.Parents, string(parent)) { // a task becomes a summary
			t, err := liveTask(tx, f.ID, parent)
			if err == nil {
				x.Parents = append(x.Parents, web.Choice{Value: string(parent), Label: code(f, t) + " " + t.Title})
			} else if !fault.Is(err, fault.NotFound) {
				return err
			}
		}
		x.Stages, err = project.StagesOfProject(tx, f.Access)
		return err
	})
	if err != nil {
		return err
	}
	if clash != nil {
		x.Clash = clash(x)
	}
	return web.Render(w, r, status, formTemplate(v, x))
}

func chosen(list []web.Choice, value string) bool {
	for _, c := range list {
		if c.Value == value {
			return true
		}
	}
	return false
}

// fill fills the form of the task with its people and what its fields hold.
func (x formView) fill(v *web.View, people []account.PersonID) *web.Form {
	f := fillTask(v, x.Task, people, x.day)
	for _, own := range x.Fields {
		f.Values.Set(own.form(), typedValue(v, own, x.Values[own.ID]))
	}
	return f
}

// fillTask fills the form of a task.
func fillTask(v *web.View, t Task, people []account.PersonID, day schedule.Minutes) *web.Form {
	f := web.NewForm(web.NewOnce(), "title", t.Title, "kind", string(t.Kind), "state", string(t.State), "parent", string(t.ParentID), "stage", string(t.StageID),
		"labels", strings.Join(t.LabelList(), ", "), "work", typedWork(v, t.Work, day), "mode", string(t.Mode), "not_before", string(t.NotBefore), "deadline", string(t.Deadline),
		"begin_on", string(t.BeginOn), "end_on", string(t.EndOn), "begun_on", string(t.BegunOn), "finished_on", string(t.FinishedOn),
		"percent", strconv.FormatInt(t.Percent, 10), "body", t.Body, "version", strconv.FormatInt(t.Version, 10))
	for _, p := range people {
		f.Values.Add("people", string(p))
	}
	return f
}

// readTaskForm reads the form of a task.
func readTaskForm(f *web.Form, t Task, day schedule.Minutes) Draft {
	t.Title, t.Body, t.Kind, t.Mode = f.Text("title"), f.Text("body"), Kind(f.Text("kind")), Mode(f.Text("mode"))
	if f.Text("state") != "" {
		t.State = State(f.Text("state"))
	}
	t.StageID = project.StageID(f.Text("stage"))
	t.Labels = JoinLabels(strings.Split(f.Text("labels"), ","))
	t.Work = readWork(f, "work", day)
	t.NotBefore, t.Deadline, t.BeginOn, t.EndOn = f.Date("not_before"), f.Date("deadline"), f.Date("begin_on"), f.Date("end_on")
	t.BegunOn, t.FinishedOn, t.Percent = f.Date("begun_on"), f.Date("finished_on"), f.Int("percent", 0, 100)
	return Draft{Task: t, People: peopleIn(f, "people"), Values: valuesIn(f)}
}

func (s *Service) createTaskPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	f, err := web.ReadLongForm(w, r)
	if err != nil {
		return err
	}
	id := project.ID(r.PathValue("project"))
	day, err := s.day(r, id)
	if err != nil {
		return err
	}
	d := readTaskForm(f, Task{ProjectID: id, ParentID: TaskID(f.Text("parent"))}, day)
	var t Task
	if err = f.Err(); err == nil {
		t, err = s.CreateTask(r.Context(), account.ActorOf(r), d)
	}
	if err == nil {
		return web.SeeOther(w, r, t.URL(), "plan.task.added")
	}
	if !f.Fail(v, err) {
		return err
	}
	return s.showForm(w, r, web.Status(err), f, nil)
}

func (s *Service) editTaskPage(w http.ResponseWriter, r *http.Request) error {
	return s.showForm(w, r, http.StatusOK, nil, nil)
}

func (s *Service) saveTaskPage(w http.ResponseWriter, r *http.Request) error {
	v, by := web.ViewOf(r), account.ActorOf(r)
	f, err := web.ReadLongForm(w, r)
	if err != nil {
		return err
	}
	id, task := project.ID(r.PathValue("project")), TaskID(r.PathValue("task"))
	day, err := s.day(r, id)
	if err != nil {
		return err
	}
	var old Task
	if err := s.db.View(r.Context(), func(tx db.Tx) (err error) { old, err = Get(tx, by, id, task); return err }); err != nil {
		return err
	}
	d := readTaskForm(f, old, day)
	d.Version = f.Seen()
	if err = f.Err(); err == nil {
		_, err = s.SaveTask(r.Context(), by, d)
	}
	if parent := TaskID(f.Text("parent")); err == nil && parent != old.ParentID {
		err = s.PlaceUnder(r.Context(), by, id, task, parent)
	}
	if err == nil {
		return web.SeeOther(w, r, old.URL(), "plan.task.saved")
	}
	stale := fault.Stale(err)
	if !stale && !f.Fail(v, err) {
		return err
	}
	var clash func(x formView) *web.Clash
	if stale {
		clash = func(x formView) *web.Clash {
			who, people := s.lastBy(r, task)
			return web.ClashOf(v, who, x.Task.UpdatedAt, x.fields(v), x.fill(v, people), f)
		}
	}
	return s.showForm(w, r, web.Status(err), f, clash)
}

// lastBy tells who changed a task last, and to whom it is given now.
func (s *Service) lastBy(r *http.Request, id TaskID) (who string, people []account.PersonID) {
	err := s.db.View(r.Context(), func(tx db.Tx) error {
		list, err := account.History(tx, "task", string(id), 0, 1)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			who = list[0].ActorName
		}
		people, err = peopleOf(tx, id)
		return err
	})
	if err != nil {
		s.log.Warn("who changed a task", "task", string(id), "error", err.Error())
	}
	return who, people
}

func (s *Service) placeTaskPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id, task := project.ID(r.PathValue("project")), TaskID(r.PathValue("task"))
	if err := s.Place(r.Context(), account.ActorOf(r), id, task, Step(f.Text("step"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, web.LocalPath(f.Text("next"), (Task{ID: task, ProjectID: id}).URL()), "plan.task.placed")
}

func (s *Service) removeTaskPage(w http.ResponseWriter, r *http.Request) error {
	t, err := s.RemoveTask(r.Context(), account.ActorOf(r), project.ID(r.PathValue("project")), TaskID(r.PathValue("task")))
	if err != nil {
		return err
	}
	return web.SeeOtherUndo(w, r, planURL(t.ProjectID), t.URL()+"/restore", "plan.task.removed", "title", t.Title)
}

func (s *Service) restoreTaskPage(w http.ResponseWriter, r *http.Request) error {
	t, err := s.RestoreTask(r.Context(), account.ActorOf(r), project.ID(r.PathValue("project")), TaskID(r.PathValue("task")))
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, t.URL(), "plan.task.restored", "title", t.Title)
}

func (s *Service) addItemPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	t := Task{ID: TaskID(r.PathValue("task")), ProjectID: project.ID(r.PathValue("project"))}
	return f.Submit(w, r, web.Small{Name: "item", Page: s.ShowTask, To: t.URL() + "#items", Toast: "plan.item.added", Do: func() error {
		_, err := s.AddItem(r.Context(), account.ActorOf(r), t.ProjectID, t.ID, f.Text("item.text"))
		return err
	}})
}

func (s *Service) changeItemPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	t, item, by := Task{ID: TaskID(r.PathValue("task")), ProjectID: project.ID(r.PathValue("project"))}, r.PathValue("item"), account.ActorOf(r)
	toast := "plan.item.changed"
	switch f.Text("do") {
	case "tick", "reopen":
		err = s.TickItem(r.Context(), by, t.ProjectID, t.ID, item, f.Is("do", "tick"))
	case "remove":
		toast = "plan.item.removed"
		err = s.RemoveItem(r.Context(), by, t.ProjectID, t.ID, item)
	default:
		err = fault.New(fault.Invalid, "fault.choice")
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, t.URL()+"#items", toast)
}
