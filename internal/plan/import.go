package plan

import (
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/planfile"
	"bassin/internal/project"
	"bassin/internal/schedule"
	"bassin/internal/when"
)

// ImportID names an import.
type ImportID string

// Import is a file of another tool on its way into the plan: a draft until it is taken in.
type Import struct {
	ID        ImportID
	ProjectID project.ID
	Name      string // of the file
	Form      planfile.Form
	Encoding  string
	Content   string    // its text; nothing once it is taken in
	Settings  string    // Reading as JSON
	Report    string    // Report as JSON, once it is taken in
	Made      int64     // tasks
	JobID     job.RunID // that takes it in, of a long one
	CreatedBy account.PersonID
	CreatedAt when.Time
	DoneAt    when.Time
}

// Reading is what people choose where a file leaves a doubt.
type Reading struct {
	Fields []planfile.Field  `json:"fields,omitempty"` // of the columns
	Order  planfile.DayOrder `json:"order,omitempty"`  // of day and month
}

// Match is somebody whom a file names, and who that is here.
type Match struct {
	planfile.Person
	PersonID account.PersonID `json:"person_id,omitempty"` // "" when nobody of the project is called so
	To       string           `json:"to,omitempty"`
	Tasks    int              `json:"tasks"`
}

// Report says what an import makes, or made.
type Report struct {
	Form        planfile.Form     `json:"form"`
	Encoding    string            `json:"encoding"`
	Comma       string            `json:"comma,omitempty"`
	Order       planfile.DayOrder `json:"order,omitempty"`
	Lines       int               `json:"lines"`
	Tasks       int               `json:"tasks"`
	Links       int               `json:"links"`
	There       int               `json:"there"` // were there already
	FirstNumber int64             `json:"first_number,omitempty"`
	EndedOn     when.Date         `json:"ended_on,omitempty"`
	EndsOn      when.Date         `json:"ends_on,omitempty"`
	People      []Match           `json:"people"`
	Columns     []planfile.Column `json:"columns,omitempty"`
	Refused     []planfile.Note   `json:"refused"`
	RefusedN    int               `json:"refused_count"`
	Remarks     []planfile.Note   `json:"remarks"`
	RemarksN    int               `json:"remarks_count"`
}

// survey is an import worked out: what would be written, and why it cannot be.
type survey struct {
	Report
	fresh   []Draft
	origins []origin
	links   []Link
	lines   []int // of the file, of each fresh task
	names   map[account.PersonID]string
	wrong   *fault.Fault // why none of it can be taken in
	run     job.Record   // that takes it in, of a long one
}

// origin is the name of a task in another tool.
type origin struct {
	Source string
	Name   string
	TaskID TaskID
}

// sourceOf tells the names of one origin from those of another: numbers of Microsoft Project begin
// at 1 in each file, keys of Jira and Redmine are those of a server.
func sourceOf(f planfile.File) string {
	if f.Form == planfile.Project {
		return "project:" + f.Name
	}
	return string(f.Form)
}

// originNames gives each task of a file the name by which it is known again: its key, else the way
// to it through the outline.
func originNames(f planfile.File) []string {
	names, count := make([]string, len(f.Tasks)), map[string]int{}
	paths := make([]string, len(f.Tasks))
	for i, t := range f.Tasks {
		if paths[i] = t.Title; t.Parent >= 0 {
			paths[i] = paths[t.Parent] + " / " + t.Title
		}
		name := t.Key
		if name == "" {
			name = "/" + paths[i]
		}
		if r := []rune(name); len(r) > 500 {
			name = string(r[:250]) + "…" + string(r[len(r)-249:])
		}
		if count[name]++; count[name] > 1 {
			name += " " + strings.Repeat("+", min(count[name]-1, 50))
		}
		names[i] = name
	}
	return names
}

// draftOf makes a task of what a file says. Notes are told of what it loses.
func draftOf(f planfile.File, i int, parts bool, cal *schedule.Calendar, p Plan, today when.Date) (Task, []planfile.Note) {
	x := f.Tasks[i]
	var notes []planfile.Note
	note := func(key string, args map[string]any) {
		notes = append(notes, planfile.Note{Line: x.Line, Key: key, Args: args})
	}
	t := Task{Title: fault.Seen(x.Title), Body: fault.Seen(x.Body), Kind: Kind(x.Kind), State: State(x.State), Deadline: x.Deadline, Mode: Auto}
	if r := []rune(t.Body); len(r) > maxBody {
		t.Body = string(r[:maxBody-1]) + "…"
		note("cut", map[string]any{"max": maxBody})
	}
	if t.Labels = JoinLabels(strings.Split(fault.Seen(strings.Join(x.Labels, ",")), ",")); len(t.LabelList()) > maxLabels {
		t.Labels = JoinLabels(t.LabelList()[:maxLabels])
		note("labels", map[string]any{"max": maxLabels})
	}
	if parts {
		t.State = Todo // what has parts follows from them
		t.fill(p.Day())
		return t, notes
	}
	t.Percent, t.BegunOn, t.FinishedOn, t.Work = x.Percent, x.Begun, x.Finished, x.Work
	if x.Start.Valid() && x.Finish.Valid() {
		switch {
		case x.Finish < x.Start:
			note("order", nil)
			x.Finish = when.None
		case t.Work == 0 && t.Kind != Milestone:
			t.Work = int64(cal.Between(x.Start, x.Finish))
		}
	}
	switch {
	case x.Manual && x.Start.Valid() && x.Finish.Valid():
		t.Mode, t.BeginOn, t.EndOn = Manual, x.Start, x.Finish
	case x.Fixed && x.Start.Valid():
		t.Mode, t.BeginOn = Fixed, x.Start
	case x.Earliest.Valid():
		if t.NotBefore = x.Earliest; x.Earliest < p.StartsOn {
			note("early", map[string]any{"starts_on": p.StartsOn})
		}
	case x.Bound && x.Start.Valid():
		if t.NotBefore = x.Start; x.Start < p.StartsOn {
			note("early", map[string]any{"starts_on": p.StartsOn})
		}
	}
	if t.BegunOn > today || t.FinishedOn > today {
		t.BegunOn, t.FinishedOn = when.None, when.None
		note("future", nil)
	}
	if t.BegunOn == when.None && t.State.Begun() && x.Start.Valid() && x.Start <= today && (t.FinishedOn == when.None || x.Start <= t.FinishedOn) {
		t.BegunOn = x.Start
	}
	if t.State != Done && t.Percent == 100 {
		t.Percent = 99
	}
	t.fill(p.Day())
	return t, notes
}

// matches finds the people of a file among the members of the project: by their address, else by
// their name when only one bears it.
func matches(f planfile.File, members []account.Held) ([]Match, map[planfile.Person]account.PersonID) {
	byMail, byName := map[string]account.Held{}, map[string][]account.Held{}
	for _, m := range members {
		byMail[account.Fold(m.Email)] = m
		byName[nameKey(m.Name)] = append(byName[nameKey(m.Name)], m)
	}
	known, at := map[planfile.Person]account.PersonID{}, map[planfile.Person]int{}
	list := []Match{}
	for _, t := range f.Tasks {
		for _, p := range t.People {
			if i, met := at[p]; met {
				list[i].Tasks++
				continue
			}
			m, ok := byMail[account.Fold(p.Email)]
			if same := byName[nameKey(p.Name)]; (!ok || p.Email == "") && len(same) == 1 {
				m, ok = same[0], true
			} else if p.Email == "" {
				ok = false
			}
			x := Match{Person: p, Tasks: 1}
			if ok {
				x.PersonID, x.To = m.PersonID, m.Name
				known[p] = m.PersonID
			}
			at[p] = len(list)
			list = append(list, x)
		}
	}
	return list, known
}

// nameKey makes "MARTIN, Anne" and "Anne Martin" the same name.
func nameKey(s string) string {
	words := strings.Fields(strings.ReplaceAll(account.Fold(s), ",", " "))
	slices.Sort(words)
	return strings.Join(words, " ")
}
