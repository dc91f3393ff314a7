package plan

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/project"
	"bassin/internal/schedule"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/a-h/templ"
)

// code is the number of a task as people say it: "TMSF-12".
func code(f project.Frame, t Task) string { return f.Code + "-" + strconv.FormatInt(t.Number, 10) }

// Code is a task's number with its project's code, for pages of features above.
func Code(a project.Access, t Task) string { return code(project.Frame{Access: a}, t) }

// StateBadge shows the state of a task, for pages of features above.
func StateBadge(v *web.View, t Task) web.Badge { return stateBadge(v, t) }

// names joins the names of those to whom a task is given.
func names(list []Assignee) string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = a.Name
	}
	return strings.Join(out, ", ")
}

// workText writes minutes of work as people type them: days of the plan where they come out even or
// by halves, else hours, else minutes.
func workText(v *web.View, minutes int64, day schedule.Minutes) string {
	sign := ""
	if minutes < 0 {
		sign, minutes = "−", -minutes
	}
	d := int64(day)
	switch {
	case minutes == 0:
		return v.T("plan.days", "number", "0")
	case minutes%d == 0:
		return sign + v.T("plan.days", "number", v.Number(minutes/d))
	case minutes*2%d == 0:
		return sign + v.T("plan.days", "number", v.Decimal(float64(minutes)/float64(d), 1))
	case minutes%60 == 0 && minutes < 10*d:
		return sign + v.T("plan.hours", "number", v.Number(minutes/60))
	case minutes < d:
		return sign + v.T("plan.minutes", "number", v.Number(minutes))
	}
	return sign + v.T("plan.days", "number", v.Decimal(float64(minutes)/float64(d), 1))
}

// typedWork writes minutes for a field, so that they read back as they are.
func typedWork(v *web.View, minutes int64, day schedule.Minutes) string {
	if minutes == 0 {
		return ""
	}
	text := workText(v, minutes, day)
	if m, err := schedule.ParseWork(text, day); err == nil && int64(m) == minutes {
		return text
	}
	return v.T("plan.minutes", "number", strconv.FormatInt(minutes, 10))
}

// linkText writes a link to a predecessor: "TMSF-3 FD + 2 j".
func linkText(v *web.View, number string, l Link, day schedule.Minutes) string {
	s := number + " " + v.T(l.Kind.Short())
	switch {
	case l.Lag > 0:
		s += " + " + workText(v, l.Lag, day)
	case l.Lag < 0:
		s += " − " + workText(v, -l.Lag, day)
	}
	return s
}

// stateBadge shows the state of a task.
func stateBadge(v *web.View, t Task) web.Badge {
	b := web.Badge{Label: v.T(t.State.Key())}
	switch t.State {
	case Todo:
		b.Icon = "circle-dashed"
	case Doing:
		b.Tone = web.Run
	case Review:
		b.Tone, b.Icon = web.Line, "eye"
	case Done:
		b.Tone = web.Done
	}
	return b
}

// floatText says how far a task may slip.
func floatText(v *web.View, t Task, day schedule.Minutes) string {
	switch {
	case t.State == Done:
		return ""
	case t.TotalFloat < 0:
		return workText(v, t.TotalFloat, day)
	case t.Critical:
		return v.T("plan.critical")
	}
	return workText(v, t.TotalFloat, day)
}

// views are the ways to look at the same tasks.
func (x common) views(v *web.View) []web.Tab {
	base := planURL(x.ID)
	var out []web.Tab
	for _, t := range []struct{ key, path, icon string }{
		{"list", "", "list"}, {"board", "/board", "layout-kanban"}, {"calendar", "/calendar", "calendar"}, {"gantt", "/gantt", "chart-bar"}, {"load", "/load", "users"},
	} {
		out = append(out, web.Tab{Label: v.T("plan.view." + t.key), URL: base + t.path, Icon: t.icon, Current: x.view == t.key})
	}
	return out
}

// monthName writes a month: "novembre 2026".
func monthName(v *web.View, d when.Date) string {
	return v.Month(d.Time().Month()) + " " + strconv.Itoa(d.Year())
}

// loadText writes what is asked: of people in days, of machines in hours.
func loadText(v *web.View, l Loaded, m, day schedule.Minutes) string {
	key, n := "plan.days", float64(m)/float64(day)
	if l.Resource != "" {
		key, n = "plan.hours", float64(m)/60
	}
	if n == float64(int64(n)) {
		return v.T(key, "number", v.Number(int64(n)))
	}
	return v.T(key, "number", v.Decimal(n, 1))
}

// machineText says how many a machine is, and how long it runs.
func machineText(v *web.View, r Resource) string {
	text := v.T("plan.resource.count", "count", r.Units/100)
	if r.Hours > 0 {
		text += ", " + v.T("plan.resource.runs", "hours", hoursText(v, schedule.Minutes(r.Hours)))
	}
	return text
}

// dayName writes a day with its weekday: "Lundi 2 mars".
func dayName(v *web.View, d when.Date) string {
	return v.T("plan.weekday."+strconv.Itoa(int(d.Time().Weekday()))) + " " + v.DateNear(d)
}

// people are the choices of whom a task can be given to.
func (x common) people() []web.Choice {
	out := make([]web.Choice, len(x.Members))
	for i, m := range x.Members {
		out[i] = web.Choice{Value: string(m.PersonID), Label: m.Name}
	}
	return out
}

// rowPairs fills the form of a row.
func (x listView) rowPairs(v *web.View, t Task) []string {
	start := t.NotBefore
	if t.Mode != Auto {
		start = t.BeginOn
	}
	return []string{"row.title", t.Title, "row.state", string(t.State), "row.start", string(start), "row.deadline", string(t.Deadline),
		"row.work", typedWork(v, t.Work, x.day), "row.version", strconv.FormatInt(t.Version, 10)}
}

// rowFields and addFields name the fields of the small forms, for the summary of what is wrong.
func rowFields(v *web.View) []web.Field {
	return smallFields(v, "row", "title", "state", "start", "work", "deadline", "people")
}
func addFields(v *web.View) []web.Field {
	return smallFields(v, "add", "title", "work", "people", "parent")
}

func smallFields(v *web.View, form string, list ...string) []web.Field {
	out := make([]web.Field, len(list))
	for i, name := range list {
		out[i] = web.Field{Name: form + "." + name, Label: v.T("plan.field." + name)}
	}
	return out
}

// has reports whether a task is given to a person.
func has(list []Assignee, person string) bool {
	for _, a := range list {
		if string(a.PersonID) == person {
			return true
		}
	}
	return false
}

// export is the address of the list as a file, with the same filters.
func (x listView) export(v *web.View) string {
	q := url.Values{}
	for _, name := range x.params() {
		if s := v.Query.Get(name); s != "" {
			q.Set(name, s)
		}
	}
	if len(q) == 0 {
		return planURL(x.ID) + ".csv"
	}
	return planURL(x.ID) + ".csv?" + q.Encode()
}

// holidayChoices are the public holidays that a calendar may keep.
func holidayChoices(v *web.View) []web.Choice {
	var out []web.Choice
	for _, h := range HolidayChoices() {
		key := string(h)
		if key == "" {
			key = "none"
		}
		out = append(out, web.Choice{Value: string(h), Label: v.T("plan.holidays." + key)})
	}
	return out
}

// calendarFields are the hours of each weekday, Monday first.
func calendarFields(v *web.View) []web.Field {
	var out []web.Field
	for _, d := range weekdays {
		out = append(out, web.Field{Name: dayField(d), Label: v.T("plan.weekday." + strconv.Itoa(d)), Optional: true, Unit: "h"})
	}
	return out
}

// calendarDefs say the calendar to who may not change it.
func (x settingsView) calendarDefs(v *web.View) []web.Def {
	out := []web.Def{{Term: v.T("plan.field.starts_on"), Value: v.Date(x.Plan.StartsOn)}}
	week := x.Plan.Hours()
	for _, d := range weekdays {
		text := v.T("plan.day_off")
		if week[d] > 0 {
			text = hoursText(v, week[d]) + "\u00a0h"
		}
		out = append(out, web.Def{Term: v.T("plan.weekday." + strconv.Itoa(d)), Value: text})
	}
	for _, c := range holidayChoices(v) {
		if c.Value == string(x.Plan.Holidays) {
			out = append(out, web.Def{Term: v.T("plan.field.holidays"), Value: c.Label})
		}
	}
	return out
}

// head is the header of a task's page.
func (x taskView) head(v *web.View) web.Head {
	var crumbs []web.Crumb
	if x.Parent.ID != "" {
		crumbs = []web.Crumb{{Label: x.Parent.Title, URL: x.Parent.URL()}}
	}
	h := x.Below(v, x.Task.Title, crumbs...)
	h.State = web.State(stateBadge(v, x.Task))
	h.Facts = []templ.Component{web.Text(code(x.Frame, x.Task)), web.Text(v.T(x.Task.Kind.Key())), web.Text(span(v, x.Task))}
	if len(x.People) > 0 {
		h.Facts = append(h.Facts, web.Text(names(x.People)))
	}
	if x.may() {
		h.Actions = []templ.Component{
			web.PostButton(web.Act{Label: v.T("plan.task.remove"), URL: x.Task.URL() + "/remove", Icon: "trash", Kind: web.Quiet}),
			web.Button(web.Act{Label: v.T("plan.task.new_part"), URL: planURL(x.ID) + "/tasks/new?parent=" + string(x.Task.ID), Icon: "plus", NoPhone: true}),
			web.Button(web.Act{Label: v.T("plan.edit"), URL: x.Task.URL() + "/edit", Icon: "pencil", Kind: web.Full}),
		}
		if x.Task.Milestone() {
			h.Actions = slices.Delete(h.Actions, 1, 2)
		}
		if !x.Task.Summary {
			h.Actions = slices.Insert(h.Actions, len(h.Actions)-1, stateButton(v, x.Task))
		}
	}
	return h
}

// may reports whether the reader changes the task.
func (x taskView) may() bool { return x.MayNow(project.Contribute) && x.Task.RemovedAt == 0 }

// span writes the days of a task: "2 mars – 4 mars".
func span(v *web.View, t Task) string {
	if t.EarlyOn == t.FinishOn {
		return v.DateNear(t.FinishOn)
	}
	return v.DateNear(t.EarlyOn) + " – " + v.DateNear(t.FinishOn)
}

func (x taskView) dateDefs(v *web.View) []web.Def {
	t, day := x.Task, x.day
	out := []web.Def{{Term: v.T("plan.field.early_on"), Value: v.Date(t.EarlyOn)}, {Term: v.T("plan.field.finish_on"), Value: v.Date(t.FinishOn)}}
	add := func(name, value string) { out = append(out, web.Def{Term: v.T("plan.field." + name), Value: value}) }
	if !t.Summary && !t.Milestone() {
		add("work", workText(v, t.Work, day))
	}
	if t.State != Done {
		add("late_finish_on", v.Date(t.LateFinishOn))
		add("total_float", floatText(v, t, day))
		add("free_float", workText(v, t.FreeFloat, day))
	}
	for _, d := range []struct {
		name string
		on   when.Date
	}{{"deadline", t.Deadline}, {"not_before", t.NotBefore}, {"begun_on", t.BegunOn}, {"finished_on", t.FinishedOn}} {
		if d.on.Valid() {
			add(d.name, v.Date(d.on))
		}
	}
	if t.Mode != Auto {
		add("mode", v.T(t.Mode.Key()))
	}
	return out
}

func (x taskView) defs(v *web.View) []web.Def {
	t := x.Task
	people := make([]web.Def, 0, 6+len(x.Fields))
	add := func(name, value string) {
		people = append(people, web.Def{Term: v.T("plan.field." + name), Value: value})
	}
	add("people", names(x.People))
	add("percent", v.Percent(float64(t.Percent)/100))
	if len(t.LabelList()) > 0 {
		add("labels", strings.Join(t.LabelList(), ", "))
	}
	for _, f := range x.Fields {
		if text := valueText(v, f, x.Values[f.ID]); text != "" {
			people = append(people, web.Def{Term: f.Name, Value: text})
		}
	}
	for _, st := range x.Stages {
		if st.ID == t.StageID {
			add("stage", v.T(st.Phase.Key()))
		}
	}
	if x.Parent.ID != "" {
		add("parent", x.Parent.Title)
	}
	return people
}

func (x taskView) itemNote(v *web.View) string {
	done := 0
	for _, i := range x.Items {
		if i.Done() {
			done++
		}
	}
	if len(x.Items) == 0 {
		return ""
	}
	return v.T("plan.item.note", "done", done, "count", len(x.Items))
}

// linkEnd is a link with the task at its other end.
type linkEnd struct {
	Link Link
	Task Task
}

func (x taskView) linksTo() (out []linkEnd) {
	for _, l := range x.Links {
		if t, ok := x.Others[l.FromID]; ok && l.ToID == x.Task.ID {
			out = append(out, linkEnd{l, t})
		}
	}
	return out
}

func (x taskView) linksFrom() (out []linkEnd) {
	for _, l := range x.Links {
		if t, ok := x.Others[l.ToID]; ok && l.FromID == x.Task.ID {
			out = append(out, linkEnd{l, t})
		}
	}
	return out
}

func linkFields(v *web.View, x taskView) []web.Field {
	return []web.Field{{Name: "link.from", Label: v.T("plan.field.from"), Hint: v.T("plan.links.from_hint", "code", x.Code), Complete: "off"},
		{Name: "link.kind", Label: v.T("plan.field.link"), Choices: web.Keyed(v, LinkKinds())},
		{Name: "link.lag", Label: v.T("plan.field.lag"), Optional: true, Hint: v.T("plan.links.lag_hint"), Complete: "off"}}
}

func lagText(v *web.View, lag int64, day schedule.Minutes) string {
	if lag > 0 {
		return "+\u00a0" + workText(v, lag, day)
	}
	return "−\u00a0" + workText(v, -lag, day)
}

// driftText writes a shift in working days: "+ 2 j".
func driftText(v *web.View, days int) string {
	switch {
	case days > 0:
		return "+\u00a0" + v.T("plan.days", "number", v.Number(int64(days)))
	case days < 0:
		return "−\u00a0" + v.T("plan.days", "number", v.Number(int64(-days)))
	}
	return "0"
}

func (x taskView) previewTone() web.Tone {
	if x.Previews.Outcome.Days > 0 || x.Previews.Outcome.NewlyLate > 0 {
		return web.Late
	}
	return web.Plain
}

func (x taskView) previewTitle(v *web.View) string { return endText(v, x.Previews.Outcome) }

func (x taskView) previewDetail(v *web.View) string {
	o, s := x.Previews.Outcome, ""
	if o.NewlyCritical > 0 {
		s += v.T("plan.try.critical", "count", o.NewlyCritical) + " "
	}
	if o.NewlyLate > 0 {
		s += v.T("plan.try.late", "count", o.NewlyLate)
	}
	return s
}

// fields are the fields of the whole form.
func (x formView) fields(v *web.View) []web.Field {
	f := func(name string, field web.Field) web.Field {
		field.Name, field.Label = name, v.T("plan.field."+name)
		return field
	}
	stages := []web.Choice{{Label: v.T("plan.task.no_stage")}}
	for _, st := range x.Stages {
		stages = append(stages, web.Choice{Value: string(st.ID), Label: v.T(st.Phase.Key())})
	}
	list := []web.Field{
		f("title", web.Field{}),
		f("kind", web.Field{Choices: web.Keyed(v, Kinds())}),
		f("state", web.Field{Choices: web.Keyed(v, States())}),
		f("work", web.Field{Optional: true, Narrow: true, Hint: v.T("plan.task.work_hint")}),
		f("people", web.Field{Choices: x.people(), Optional: true}),
		f("not_before", web.Field{Optional: true, Hint: v.T("plan.task.not_before_hint")}),
		f("deadline", web.Field{Optional: true, Hint: v.T("plan.task.deadline_hint")}),
		f("parent", web.Field{Choices: x.Parents, Optional: true}),
		f("stage", web.Field{Choices: stages, Optional: true}),
		f("labels", web.Field{Optional: true, Hint: v.T("plan.task.labels_hint")}),
		f("body", web.Field{Optional: true, Rows: 4}),
		f("mode", web.Field{Choices: web.Keyed(v, Modes())}),
		f("begin_on", web.Field{Optional: true}),
		f("end_on", web.Field{Optional: true}),
		f("begun_on", web.Field{Optional: true, Max: string(v.Today())}),
		f("finished_on", web.Field{Optional: true, Max: string(v.Today())}),
		f("percent", web.Field{Optional: true, Unit: "%", Narrow: true}),
	}
	for _, own := range x.Fields {
		list = append(list, own.input(v, x.Values[own.ID]))
	}
	return list
}

func byName(list []web.Field) map[string]web.Field {
	m := make(map[string]web.Field, len(list))
	for _, f := range list {
		m[f.Name] = f
	}
	return m
}

func (x formView) head(v *web.View) web.Head {
	if x.Task.ID == "" {
		return x.Below(v, v.T("plan.task.new"))
	}
	return x.Below(v, v.T("plan.edit"), web.Crumb{Label: x.Task.Title, URL: x.Task.URL()})
}

func (x formView) url() string {
	if x.Task.ID == "" {
		return planURL(x.ID) + "/tasks/new"
	}
	return x.Task.URL() + "/edit"
}

func (x formView) back() string {
	if x.Task.ID == "" {
		return planURL(x.ID)
	}
	return x.Task.URL()
}

// after tells for each row what it waits for: "3 FD, 4 DD + 2 j".
func (x ganttView) after(v *web.View) map[TaskID]string {
	out := map[TaskID]string{}
	for _, l := range x.Links {
		if out[l.ToID] != "" {
			out[l.ToID] += ", "
		}
		out[l.ToID] += linkText(v, strconv.FormatInt(l.FromNumber, 10), l, x.day)
	}
	return out
}

// waits are the links of the row that is a form.
func (x ganttView) waits(t Task) (list []Link) {
	for _, l := range x.Links {
		if l.ToID == t.ID {
			list = append(list, l)
		}
	}
	return list
}

// query keeps the window of the diagram in the address of a form.
func (x ganttView) query(v *web.View) string {
	_, q, found := strings.Cut(v.With("edit", "", "print", ""), "?")
	if !found {
		return ""
	}
	return "?" + q
}

// barPairs fills the form of a row: what it shows, and what was shown.
func barPairs(t Task) []string {
	return []string{"bar.start", string(t.EarlyOn), "bar.finish", string(t.FinishOn), "bar.was_start", string(t.EarlyOn), "bar.was_finish", string(t.FinishOn),
		"bar.version", strconv.FormatInt(t.Version, 10)}
}

// tableClass keeps the table off the sheets of the diagram.
func (x ganttView) tableClass() string {
	if len(x.Sheets) > 0 {
		return "b-gap-t b-noprint"
	}
	return "b-gap-t"
}
