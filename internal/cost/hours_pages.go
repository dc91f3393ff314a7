package cost

import (
	"net/http"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/web"
	"bassin/internal/when"
)

func (s *Service) hoursPages(m *web.Mux) {
	m.Page("GET /projects/{project}/costs/hours", s.hoursPage)
	m.Page("POST /projects/{project}/costs/hours", s.writeHoursPage)
	m.Page("GET /projects/{project}/costs/hours.csv", s.hoursFile)
	if s.plan != nil {
		m.Page("POST /projects/{project}/plan/tasks/{task}/hours", s.addHoursPage)
	}
}

// hoursView is somebody's week: tasks by days.
type hoursView struct {
	frame
	Week   when.Date // its Monday
	Day    when.Date // the one that a phone shows
	Rows   []weekRow
	Others []plan.Brief // tasks that can be added as a row
	Form   *web.Form
}

// weekRow is a task of the week.
type weekRow struct {
	TaskID  plan.TaskID
	Label   string
	Minutes [7]int64
}

// maxRows bounds the tasks that a week shows by itself; maxOthers those that can be added.
const (
	maxRows   = 30
	maxOthers = 300
)

// days are those of the week that can be written: none that is to come.
func (x hoursView) days() []when.Date {
	var list []when.Date
	for i := range 7 {
		list = append(list, x.Week.AddDays(i))
	}
	return list
}

func (x hoursView) open(d when.Date) bool { return d <= x.Today && x.Today.Sub(d) <= maxBack }

func (x hoursView) url(d when.Date) string { return costURL(x.ID) + "/hours?day=" + string(d) }

// total adds up a day, or the week when it is none of its days.
func (x hoursView) total(day int) int64 {
	sum := int64(0)
	for _, r := range x.Rows {
		for i, m := range r.Minutes {
			if i == day || day < 0 {
				sum += m
			}
		}
	}
	return sum
}

// field names a cell of the form: no task is "-".
func field(prefix string, task plan.TaskID, d when.Date) string {
	if task == "" {
		task = "-"
	}
	return prefix + "." + string(task) + "." + string(d)
}

func (s *Service) hoursPage(w http.ResponseWriter, r *http.Request) error {
	return s.showHours(w, r, http.StatusOK, nil)
}

func (s *Service) showHours(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	v, by := web.ViewOf(r), account.ActorOf(r)
	f, err := s.enter(r, "hours")
	if err != nil {
		return err
	}
	if !f.May(project.Contribute) {
		return fault.New(fault.Forbidden, "project.forbidden.contribute")
	}
	x := hoursView{frame: f, Day: f.Today, Form: form}
	if d, err := when.ParseDate(v.Query.Get("day")); err == nil {
		x.Day = d
	}
	x.Week = Monday(x.Day)
	err = s.db.View(r.Context(), func(tx db.Tx) error {
		own, others, err := plan.Workable(tx, f.ID, by.ID, maxOthers)
		if err != nil {
			return err
		}
		list, err := listHours(tx, f.ID, by.ID, x.Week, x.Week.AddDays(6))
		if err != nil {
			return err
		}
		// Beside the week itself the one before: what one worked on last is what one works on.
		last, err := listHours(tx, f.ID, by.ID, x.Week.AddDays(-7), x.Week.AddDays(-1))
		if err != nil {
			return err
		}
		var ids []plan.TaskID
		for _, h := range append(list[:len(list):len(list)], last...) {
			ids = append(ids, h.TaskID)
		}
		added := plan.TaskID(v.Query.Get("task"))
		named, err := plan.Briefs(tx, f.ID, append(ids, added))
		if err != nil {
			return err
		}
		x.Rows = weekRows(v, f.Frame, x.Week, list, append(own, briefsOf(named, append(ids, added))...), named)
		x.Others = append(own[min(len(own), maxRows):], others...)
		return nil
	})
	if err != nil {
		return err
	}
	if x.Form == nil {
		x.Form = web.NewForm(web.NewOnce(), x.pairs()...)
	}
	return web.Render(w, r, status, hoursTemplate(v, x))
}

// briefsOf lists the tasks that were found, in the order of their ids.
func briefsOf(named map[plan.TaskID]plan.Brief, ids []plan.TaskID) []plan.Brief {
	var list []plan.Brief
	for _, id := range ids {
		if b, ok := named[id]; ok {
			list = append(list, b)
		}
	}
	return list
}

// weekRows makes the rows of a week: the tasks that are somebody's, those worked on, and none.
func weekRows(v *web.View, f project.Frame, week when.Date, list []Hours, tasks []plan.Brief, named map[plan.TaskID]plan.Brief) []weekRow {
	var rows []weekRow
	at := map[plan.TaskID]int{}
	put := func(id plan.TaskID, label string) int {
		i, ok := at[id]
		if !ok {
			i, at[id] = len(rows), len(rows)
			rows = append(rows, weekRow{TaskID: id, Label: label})
		}
		return i
	}
	for _, t := range tasks[:min(len(tasks), maxRows)] {
		put(t.ID, f.Code+"-"+strconv.FormatInt(t.Number, 10)+" "+t.Title)
	}
	for _, h := range list {
		i := put(h.TaskID, taskName(v, f, h.TaskID, named))
		rows[i].Minutes[h.OnDay.Sub(week)] += h.Minutes
	}
	put("", v.T("cost.no_task"))
	return rows
}

// pairs fills the form: each cell twice, as it can be changed and as it stood.
func (x hoursView) pairs() []string {
	var list []string
	for _, r := range x.Rows {
		for i, m := range r.Minutes {
			d := x.Week.AddDays(i)
			list = append(list, field("h", r.TaskID, d), Written(m), field("was", r.TaskID, d), strconv.FormatInt(m, 10))
		}
	}
	return list
}

func (s *Service) writeHoursPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := project.ID(r.PathValue("project"))
	cells := readCells(f)
	if err = f.Err(); err == nil {
		err = s.Write(r.Context(), account.ActorOf(r), id, cells)
	}
	if err == nil {
		return web.SeeOther(w, r, web.LocalPath(f.Text("next"), costURL(id)+"/hours"), "cost.hours.saved")
	}
	if !f.Fail(web.ViewOf(r), err) {
		return err
	}
	return s.showHours(w, r, web.Status(err), f)
}

// readCells reads the cells that differ from what stood.
func readCells(f *web.Form) []Cell {
	var list []Cell
	for name := range f.Values {
		task, day, ok := strings.Cut(strings.TrimPrefix(name, "h."), ".")
		if !ok || !strings.HasPrefix(name, "h.") {
			continue
		}
		if task == "-" {
			task = ""
		}
		c := Cell{TaskID: plan.TaskID(task), OnDay: when.Date(day)}
		if c.Minutes, ok = ParseHours(f.Text(name)); !ok {
			f.Wrong(name, "cost.wrong.hours")
			continue
		}
		c.Was, _ = strconv.ParseInt(f.Text("was."+strings.TrimPrefix(name, "h.")), 10, 64)
		if c.Minutes != c.Was {
			list = append(list, c)
		}
	}
	return list
}

// hoursFile is the hours of the project as a table: one's own, or all for who sees costs.
func (s *Service) hoursFile(w http.ResponseWriter, r *http.Request) error {
	v, by := web.ViewOf(r), account.ActorOf(r)
	f, err := s.enter(r, "hours")
	if err != nil {
		return err
	}
	costs := f.May(project.SeeCosts)
	whose := by.ID
	if costs {
		whose = ""
	}
	var list []Hours
	var rates Rates
	var named map[plan.TaskID]plan.Brief
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if list, err = listHours(tx, f.ID, whose, when.None, f.Today); err != nil {
			return err
		}
		var ids []plan.TaskID
		seen := map[plan.TaskID]bool{}
		for _, h := range list {
			if !seen[h.TaskID] {
				seen[h.TaskID] = true
				ids = append(ids, h.TaskID)
			}
		}
		if named, err = plan.Briefs(tx, f.ID, ids); err != nil {
			return err
		}
		rates, err = listRates(tx, f.ID)
		return err
	})
	if err != nil {
		return err
	}
	head := []string{v.T("cost.field.on"), v.T("cost.field.person"), v.T("cost.field.task"), v.T("cost.field.hours"), v.T("cost.field.role"), v.T("cost.field.note")}
	if costs {
		head = append(head, v.InUnit(v.T("cost.field.cents"), "€"))
	}
	return web.CSV(w, r, strings.ToLower(f.Code)+"-"+v.T("cost.file.hours")+".csv", head, func(row func(...string) error) error {
		for _, h := range list {
			cells := []string{string(h.OnDay), h.PersonName, taskName(v, f.Frame, h.TaskID, named), v.CellNumber(float64(h.Minutes)/60, 2), h.Role, h.Note}
			if costs {
				amount := ""
				if rate, ok := rates.On(h.Role, h.OnDay); ok {
					amount = v.CellEuros(Of(h.Minutes, rate))
				}
				cells = append(cells, amount)
			}
			if err := row(cells...); err != nil {
				return err
			}
		}
		return nil
	})
}
