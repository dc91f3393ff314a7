package plan

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/schedule"
	"bassin/internal/web"
	"bassin/internal/when"
)

const listSize = 50

func (s *Service) listPages(m *web.Mux) {
	m.Page("GET /projects/{project}/plan", s.listPage)
	m.Page("GET /projects/{project}/plan.csv", s.exportCSV)
	m.Page("POST /projects/{project}/plan/tasks", s.addTaskPage)
	m.Page("POST /projects/{project}/plan/tasks/{task}/row", s.saveRowPage)
	m.Page("POST /projects/{project}/plan/chosen", s.chosenPage)
	m.Page("POST /projects/{project}/plan/removed/{at}/restore", s.restoreChosenPage)
}

// listParams are the parameters of the address that filter a list.
var listParams = []string{"q", "state", "person", "kind", "label", "stage", "watch", "from", "to"}

// filterOf reads a filter from an address. Values that are not known choose nothing, as if absent.
func filterOf(q url.Values, by account.Actor) Filter {
	f := Filter{Text: q.Get("q"), PersonID: account.PersonID(q.Get("person")), Label: q.Get("label"), StageID: project.StageID(q.Get("stage")), Watch: q.Get("watch")}
	if f.PersonID == "me" {
		f.PersonID = by.ID
	}
	if x := State(q.Get("state")); slices.Contains(States(), x) {
		f.State = x
	}
	f.Open = q.Get("state") == "open"
	f.From, f.To = dateIn(q, "from"), dateIn(q, "to")
	if x := Kind(q.Get("kind")); slices.Contains(Kinds(), x) {
		f.Kind = x
	}
	return f
}

func dateIn(q url.Values, name string) when.Date {
	if d := when.Date(q.Get(name)); d.Valid() {
		return d
	}
	return when.None
}

// common is what every view of the plan shows around its tasks.
type common struct {
	project.Frame
	Plan    Plan
	Members []account.Held
	Forms   web.Forms
	view    string
	day     schedule.Minutes // the length of a usual day
}

// shown is what a view knows of the tasks that it shows, beside themselves.
type shown struct {
	People  map[TaskID][]Assignee
	Items   map[TaskID]itemCount
	Repeats []TaskID // after which another one comes
	Values  values
}

type listView struct {
	common
	shown
	Rows    []Task
	Pager   web.Pager
	Filters []web.FilterField
	Fields  []Field // of the project
	Columns []Field // those that are shown
	Edit    TaskID  // the row that is a form
	Once    string
}

func (s *Service) readCommon(tx db.Tx, f project.Frame, view string) (common, error) {
	x := common{Frame: f, view: view}
	var err error
	if x.Plan, err = getPlan(tx, f.Project); err != nil {
		return x, err
	}
	x.day = x.Plan.Day()
	x.Members, err = project.MembersOf(tx, f.ID)
	return x, err
}

func readShown(tx db.Tx, tasks []Task) (shown, error) {
	x := shown{People: map[TaskID][]Assignee{}, Items: map[TaskID]itemCount{}}
	ids := idsOf(tasks)
	people, err := listAssignees(tx, ids)
	if err != nil {
		return x, err
	}
	for _, a := range people {
		x.People[a.TaskID] = append(x.People[a.TaskID], a)
	}
	items, err := countItems(tx, ids)
	for _, c := range items {
		x.Items[c.TaskID] = c
	}
	if err != nil || len(tasks) == 0 {
		return x, err
	}
	if x.Repeats, err = listRepeating(tx, tasks[0].ProjectID); err != nil {
		return x, err
	}
	x.Values, err = listValues(tx, ids)
	return x, err
}

func idsOf(tasks []Task) []TaskID {
	ids := make([]TaskID, len(tasks))
	for i, t := range tasks {
		ids[i] = t.ID
	}
	return ids
}

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	return s.showList(w, r, http.StatusOK, nil)
}

func (s *Service) showList(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	v := web.ViewOf(r)
	f, err := s.enter(r)
	if err != nil {
		return err
	}
	v.Path = planURL(f.ID) // a form of the page that came back stands at another address
	x := listView{Edit: TaskID(v.Query.Get("edit")), Once: web.NewOnce()}
	if forms.Back("row") {
		x.Edit = TaskID(r.PathValue("task"))
	}
	order, down := web.SortOf(v, "rank", "title", "state", "start", "finish", "float")
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.common, err = s.readCommon(tx, f, "list"); err != nil {
			return err
		}
		if x.Fields, err = listFields(tx, f.ID); err != nil {
			return err
		}
		x.Columns = columns(x.Fields, v.Query.Get("cols"))
		filter := filterOf(v.Query, f.By)
		filter.Holds = holdsOf(v.Query, x.Fields)
		n, err := countTasks(tx, filter.where(f.ID))
		if err != nil {
			return err
		}
		x.Pager = web.PagerOf(v, listSize, int(n))
		if x.Rows, err = listTasks(tx, filter.where(f.ID), order, down, listSize, x.Pager.Offset()); err != nil {
			return err
		}
		if x.shown, err = readShown(tx, x.Rows); err != nil {
			return err
		}
		x.Filters, err = s.filterFields(tx, v, x.common)
		x.Filters = append(x.Filters, x.fieldFilters(v)...)
		return err
	})
	if err != nil {
		return err
	}
	x.Forms = forms
	return web.Render(w, r, status, listTemplate(v, x))
}

// filterFields builds the bar of filters.
func (s *Service) filterFields(tx db.Tx, v *web.View, x common) ([]web.FilterField, error) {
	labels, err := listLabels(tx, x.ID)
	if err != nil {
		return nil, err
	}
	people := []web.Choice{{Value: "me", Label: v.T("plan.filter.mine")}}
	for _, m := range x.Members {
		if m.PersonID != x.By.ID {
			people = append(people, web.Choice{Value: string(m.PersonID), Label: m.Name})
		}
	}
	people = append(people, web.Choice{Value: string(Nobody), Label: v.T("plan.filter.nobody")})
	field := func(name string, choices []web.Choice) web.FilterField {
		return web.FilterField{Name: name, Label: v.T("plan.field." + name), All: v.T("plan.filter_all." + name), Choices: choices}
	}
	list := []web.FilterField{{Name: "q", Label: v.T("plan.filter.q")},
		field("state", append([]web.Choice{{Value: "open", Label: v.T("plan.filter.open")}}, web.Keyed(v, States())...)),
		field("person", people), field("kind", web.Keyed(v, Kinds()))}
	if known := distinctLabels(labels); len(known) > 0 {
		var choices []web.Choice
		for _, l := range known {
			choices = append(choices, web.Choice{Value: l, Label: l})
		}
		list = append(list, field("label", choices))
	}
	var watch []web.Choice
	for _, k := range []string{"critical", "late", "undated"} {
		watch = append(watch, web.Choice{Value: k, Label: v.T("plan.watch." + k)})
	}
	return append(list, field("watch", watch)), nil
}

// distinctLabels takes what is stored of many tasks apart.
func distinctLabels(stored []string) []string {
	var out []string
	for _, s := range stored {
		for _, l := range (Task{Labels: s}).LabelList() {
			if !slices.Contains(out, l) {
				out = append(out, l)
			}
		}
	}
	slices.Sort(out)
	return out
}

// addTaskPage adds a task from the line below the list: a title, and if one likes who and how long.
func (s *Service) addTaskPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := project.ID(r.PathValue("project"))
	day, err := s.day(r, id)
	if err != nil {
		return err
	}
	d := Draft{Task: Task{ProjectID: id, Title: f.Text("add.title"), ParentID: TaskID(f.Text("add.parent")), State: State(f.Text("add.state")),
		Work: readWork(f, "add.work", day)}, People: peopleIn(f, "add.people")}
	if d.Work == 0 && f.Text("add.work") != "" {
		d.Kind = Milestone // "0 j"
	}
	page := s.showList
	if f.Text("view") == "board" {
		page = s.showBoard
	}
	return f.Submit(w, r, web.Small{Name: "add", Page: page, To: web.LocalPath(f.Text("next"), planURL(id)), Toast: "plan.task.added", Do: func() error {
		_, err := s.CreateTask(r.Context(), account.ActorOf(r), d)
		return err
	}})
}

// day gives the length of a day of the plan, in which durations are typed.
func (s *Service) day(r *http.Request, id project.ID) (day schedule.Minutes, err error) {
	err = s.db.View(r.Context(), func(tx db.Tx) error {
		a, err := project.Enter(tx, account.ActorOf(r), id)
		if err != nil {
			return err
		}
		p, err := getPlan(tx, a.Project)
		day = p.Day()
		return err
	})
	return day, err
}

// readWork reads a duration as people type it; nothing is 0.
func readWork(f *web.Form, name string, day schedule.Minutes) int64 {
	text := f.Text(name)
	if text == "" {
		return 0
	}
	m, err := schedule.ParseWork(text, day)
	if err != nil {
		if x := fault.As(wrongOf(err, func(string) string { return "" })); x != nil && len(x.Fields) > 0 {
			f.Wrong(name, x.Fields[0].Key)
		}
		return 0
	}
	return int64(m)
}

func peopleIn(f *web.Form, name string) []account.PersonID {
	out := []account.PersonID{}
	for _, id := range f.All(name) {
		out = append(out, account.PersonID(id))
	}
	return out
}

// saveRowPage saves the row of the list that was a form.
func (s *Service) saveRowPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id, task, by := project.ID(r.PathValue("project")), TaskID(r.PathValue("task")), account.ActorOf(r)
	var d Draft
	err = s.db.View(r.Context(), func(tx db.Tx) error {
		t, err := Get(tx, by, id, task)
		if err != nil {
			return err
		}
		d.Task = t
		return nil
	})
	if err != nil {
		return err
	}
	day, err := s.day(r, id)
	if err != nil {
		return err
	}
	d.Title, d.Version = f.Text("row.title"), f.SeenIn("row.version")
	if f.Text("row.state") != "" {
		d.State = State(f.Text("row.state"))
	}
	d.Task.shift(f.Date("row.start"), 0)
	if d.Mode == Auto && f.Text("row.start") == "" {
		d.NotBefore = ""
	}
	d.Deadline = f.Date("row.deadline")
	if work := readWork(f, "row.work", day); work > 0 {
		d.Work = work
	}
	d.People = peopleIn(f, "row.people")
	return f.Submit(w, r, web.Small{Name: "row", Page: s.showList, To: web.LocalPath(f.Text("next"), planURL(id)) + "#t-" + string(task), Toast: "plan.task.saved", Do: func() error {
		_, err := s.SaveTask(r.Context(), by, d)
		return err
	}})
}

// chosenPage does one thing to the tasks that were ticked.
func (s *Service) chosenPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := project.ID(r.PathValue("project"))
	back := web.LocalPath(f.Text("next"), planURL(id))
	var ids []TaskID
	for _, x := range f.All("id") {
		if len(ids) < maxChosen {
			ids = append(ids, TaskID(x))
		}
	}
	var c Change
	switch f.Text("do") {
	case "state":
		c.State = State(f.Text("state"))
	case "person":
		c.PersonID = account.PersonID(f.Text("person"))
	case "label":
		c.Label = f.Text("label")
	case "deadline":
		c.Deadline = f.Date("deadline")
	case "remove":
		c.Remove = true
	default:
		f.Wrong("do", "fault.choice")
	}
	if err := f.Err(); err != nil {
		return err
	}
	n, at, err := s.ChangeTasks(r.Context(), account.ActorOf(r), id, ids, c)
	if err != nil {
		return err
	}
	if c.Remove && n > 0 {
		return web.SeeOtherUndo(w, r, back, planURL(id)+"/removed/"+strconv.FormatInt(int64(at), 10)+"/restore", "plan.chosen.removed", "count", n)
	}
	return web.SeeOther(w, r, back, "plan.chosen.changed", "count", n)
}

// restoreChosenPage brings back what was removed at once.
func (s *Service) restoreChosenPage(w http.ResponseWriter, r *http.Request) error {
	id := project.ID(r.PathValue("project"))
	at, err := strconv.ParseInt(r.PathValue("at"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	n, err := s.RestoreTasks(r.Context(), account.ActorOf(r), id, when.Time(at))
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, planURL(id), "plan.chosen.restored", "count", n)
}

// exportCSV writes the list with the filters of the address as a table.
func (s *Service) exportCSV(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	f, err := s.enter(r)
	if err != nil {
		return err
	}
	head := []string{}
	for _, name := range []string{"number", "title", "kind", "state", "people", "work", "early_on", "finish_on", "deadline", "total_float", "critical", "percent", "labels", "links", "mode", "not_before", "begun_on", "finished_on"} {
		label := v.T("plan.field." + name)
		if name == "percent" {
			label = v.InUnit(label, "%")
		}
		head = append(head, label)
	}
	var fields []Field
	if err := s.db.View(r.Context(), func(tx db.Tx) error { fields, err = listFields(tx, f.ID); return err }); err != nil {
		return err
	}
	for _, x := range fields {
		head = append(head, x.Name)
	}
	return web.CSV(w, r, strings.ToLower(f.Code)+"-plan.csv", head, func(row func(...string) error) error {
		return s.db.View(r.Context(), func(tx db.Tx) error { return s.csvRows(tx, v, f, fields, row) })
	})
}

func (s *Service) csvRows(tx db.Tx, v *web.View, f project.Frame, fields []Field, row func(...string) error) error {
	p, err := getPlan(tx, f.Project)
	if err != nil {
		return err
	}
	filter, numbers := filterOf(v.Query, f.By), map[TaskID]string{}
	filter.Holds = holdsOf(v.Query, fields)
	all, err := listNodes(tx, f.ID, p.Numbers)
	if err != nil {
		return err
	}
	for _, t := range all {
		numbers[t.ID] = code(f, t)
	}
	links, err := listLinks(tx, f.ID)
	if err != nil {
		return err
	}
	after := map[TaskID][]string{}
	for _, l := range links {
		if numbers[l.FromID] != "" {
			after[l.ToID] = append(after[l.ToID], linkText(v, numbers[l.FromID], l, p.Day()))
		}
	}
	for offset := 0; ; offset += 500 {
		list, err := listTasks(tx, filter.where(f.ID), "rank", false, 500, offset)
		if err != nil || len(list) == 0 {
			return err
		}
		x, err := readShown(tx, list)
		if err != nil {
			return err
		}
		for _, t := range list {
			critical := ""
			if t.Critical {
				critical = v.T("plan.critical")
			}
			cells := []string{code(f, t), strings.Repeat("  ", t.Depth()) + t.Title, v.T(t.Kind.Key()), v.T(t.State.Key()), names(x.People[t.ID]), workText(v, t.Work, p.Day()),
				string(t.EarlyOn), string(t.FinishOn), string(t.Deadline), workText(v, t.TotalFloat, p.Day()), critical, strconv.FormatInt(t.Percent, 10),
				strings.Join(t.LabelList(), ", "), strings.Join(after[t.ID], ", "), v.T(t.Mode.Key()), string(t.NotBefore), string(t.BegunOn), string(t.FinishedOn)}
			for _, y := range fields {
				cells = append(cells, typedValue(v, y, x.Values[t.ID][y.ID]))
			}
			if err := row(cells...); err != nil {
				return err
			}
		}
	}
}
