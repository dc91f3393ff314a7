package plan

import (
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/schedule"
	"bassin/internal/when"
)

// TaskID names a task.
type TaskID string

// Kind says what sort of task it is.
type Kind string

// The kinds.
const (
	Work        Kind = "task"
	Milestone   Kind = "milestone" // no work: something is reached
	Deliverable Kind = "deliverable"
	Problem     Kind = "problem" // something to put right
)

// Kinds lists them in the order of forms.
func Kinds() []Kind { return []Kind{Work, Milestone, Deliverable, Problem} }

// Key gives the text key of the kind's name.
func (k Kind) Key() string { return "plan.kind." + string(k) }

// State is where a task stands.
type State string

// The states, which are the columns of the board.
const (
	Todo   State = "todo"
	Doing  State = "doing"
	Review State = "review" // done as far as who did it knows; somebody looks at it
	Done   State = "done"
)

// States lists them in order.
func States() []State { return []State{Todo, Doing, Review, Done} }

// Key gives the text key of the state's name.
func (s State) Key() string { return "plan.state." + string(s) }

// Begun reports whether somebody has worked on a task of the state.
func (s State) Begun() bool { return s != Todo }

// Mode says what decides the dates of a task.
type Mode string

// The modes.
const (
	Auto   Mode = "auto"   // links and the calendar
	Fixed  Mode = "fixed"  // begins on a day whatever links say
	Manual Mode = "manual" // both dates as typed
)

// Modes lists them in the order of forms.
func Modes() []Mode { return []Mode{Auto, Fixed, Manual} }

// Key gives the text key of the mode's name.
func (m Mode) Key() string { return "plan.mode." + string(m) }

// Task is a piece of work, a milestone or, with parts, a summary of them.
type Task struct {
	ID         TaskID
	ProjectID  project.ID
	Number     int64
	ParentID   TaskID
	Rank       string
	Title      string
	Body       string
	Kind       Kind
	State      State
	StageID    project.StageID
	Labels     string // ",one,two,": so that one of them is found
	Work       int64  // minutes
	Mode       Mode
	NotBefore  when.Date
	Deadline   when.Date
	BeginOn    when.Date // of Fixed and Manual
	EndOn      when.Date // of Manual
	BegunOn    when.Date
	FinishedOn when.Date
	Percent    int64
	Priority   int64
	Dates
	CreatedBy account.PersonID
	CreatedAt when.Time
	UpdatedAt when.Time
	RemovedAt when.Time
	Version   int64
}

// Dates are what is computed of a task.
type Dates struct {
	EarlyOn      when.Date // the first day worked
	FinishOn     when.Date // the last day worked
	LateEarlyOn  when.Date
	LateFinishOn when.Date
	TotalFloat   int64 // minutes
	FreeFloat    int64
	Critical     bool
	Late         bool // finishes after its deadline, or its summary's
	Summary      bool
}

// The limits of what is typed.
const (
	maxTitle  = 300
	maxBody   = 20_000
	maxLabels = 12
	maxDepth  = 6
	maxWork   = 10 * 366 * 24 * 60 // ten years by the clock; schedule refuses ten years of working days
)

// Depth counts the summaries above the task.
func (t Task) Depth() int { return depthOf(t.Rank) }

// Milestone reports whether the task is without work.
func (t Task) Milestone() bool { return t.Kind == Milestone }

// Overdue reports whether the task should be done by now.
func (t Task) Overdue(today when.Date) bool {
	return t.State != Done && t.Deadline.Valid() && t.Deadline < today
}

// LabelList gives the labels one by one.
func (t Task) LabelList() []string {
	return strings.FieldsFunc(t.Labels, func(r rune) bool { return r == ',' })
}

// JoinLabels writes labels as they are stored: trimmed, each once, without order lost.
func JoinLabels(list []string) string {
	var out []string
	for _, x := range list {
		if x = strings.Join(strings.Fields(strings.ReplaceAll(x, ",", " ")), " "); x != "" && !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "," + strings.Join(out, ",") + ","
}

// tidy cleans the fields and gathers what is wrong.
func (t *Task) tidy(today when.Date) error {
	var wrong fault.Fields
	t.Title, t.Body = strings.Join(strings.Fields(t.Title), " "), strings.TrimSpace(t.Body)
	wrong.Text("title", t.Title, 1, maxTitle)
	wrong.Text("body", t.Body, 0, maxBody)
	for _, c := range []struct {
		field string
		good  bool
	}{
		{"kind", slices.Contains(Kinds(), t.Kind)}, {"state", slices.Contains(States(), t.State)}, {"mode", slices.Contains(Modes(), t.Mode)},
	} {
		if !c.good {
			wrong.Add(c.field, "fault.choice")
		}
	}
	t.Labels = JoinLabels(t.LabelList())
	wrong.Unseen("labels", t.Labels)
	if list := t.LabelList(); len(list) > maxLabels || slices.ContainsFunc(list, func(s string) bool { return len([]rune(s)) > 40 }) {
		wrong.Add("labels", "plan.wrong.labels", "most", maxLabels)
	}
	if t.Kind == Milestone {
		t.Work = 0
	} else if t.Work < 1 {
		wrong.Add("work", "plan.wrong.bad_work")
	} else if t.Work > maxWork {
		wrong.Add("work", "plan.wrong.too_long")
	}
	if t.Percent < 0 || t.Percent > 100 {
		wrong.Add("percent", "fault.number", "min", 0, "max", 100)
	}
	if t.Priority < 0 || t.Priority > 9 {
		wrong.Add("priority", "fault.number", "min", 0, "max", 9)
	}
	t.checkDays(&wrong, today)
	t.progress(today)
	return wrong.Err()
}

func (t *Task) checkDays(wrong *fault.Fields, today when.Date) {
	for _, d := range []struct {
		field string
		on    when.Date
		past  bool
	}{
		{"not_before", t.NotBefore, false}, {"deadline", t.Deadline, false}, {"begin_on", t.BeginOn, false}, {"end_on", t.EndOn, false},
		{"begun_on", t.BegunOn, true}, {"finished_on", t.FinishedOn, true},
	} {
		switch {
		case d.on == when.None:
		case !d.on.Valid():
			wrong.Add(d.field, "fault.date", "min_year", when.MinYear, "max_year", when.MaxYear)
		case d.past && d.on > today:
			wrong.Add(d.field, "plan.wrong.future")
		}
	}
	if t.Mode == Auto {
		t.BeginOn, t.EndOn = when.None, when.None
	} else if t.BeginOn == when.None {
		wrong.Add("begin_on", "fault.required")
	}
	if t.Mode == Fixed {
		t.EndOn = when.None
	} else if t.Mode == Manual {
		switch {
		case t.Kind == Milestone:
			t.EndOn = t.BeginOn
		case t.EndOn == when.None:
			wrong.Add("end_on", "fault.required")
		case t.EndOn < t.BeginOn:
			wrong.Add("end_on", "plan.wrong.order")
		}
	}
	if t.BegunOn.Valid() && t.FinishedOn.Valid() && t.FinishedOn < t.BegunOn {
		wrong.Add("finished_on", "plan.wrong.order")
	}
}

// progress makes the dates of what is done agree with the state: what is under way has begun, what
// is done is finished, what is to do is neither.
func (t *Task) progress(today when.Date) {
	if t.State == Todo {
		t.BegunOn, t.FinishedOn, t.Percent = when.None, when.None, 0
		return
	}
	if t.BegunOn == when.None {
		t.BegunOn = today
		if t.FinishedOn.Valid() {
			t.BegunOn = t.FinishedOn
		}
	}
	if t.State != Done {
		t.FinishedOn = when.None
		return
	}
	if t.FinishedOn == when.None {
		t.FinishedOn = today
	}
	t.Percent = 100
}

// fill gives a new task what one does not have to say.
func (t *Task) fill(day schedule.Minutes) {
	if t.Kind == "" {
		t.Kind = Work
	}
	if t.State == "" {
		t.State = Todo
	}
	if t.Mode == "" {
		t.Mode = Auto
	}
	if t.Work == 0 && t.Kind != Milestone {
		t.Work = int64(day)
	}
}

// move changes the state, keeping what was noted before where it still holds.
func (t *Task) move(to State, today when.Date) error {
	if t.Summary {
		return fault.New(fault.Conflict, "plan.wrong.summary_state")
	}
	t.State = to
	if to != Done && t.Percent == 100 {
		t.Percent = 0
	}
	return t.tidy(today)
}

// Assignee is somebody to whom a task is given.
type Assignee struct {
	TaskID   TaskID
	PersonID account.PersonID
	Name     string
	Units    int64 // per cent of their time
}

// Item is a line of a task's checklist.
type Item struct {
	ID       string
	TaskID   TaskID
	Position int64
	Text     string `db:"body"`
	DoneOn   when.Date
	DoneBy   string
}

// Done reports whether the line is ticked.
func (i Item) Done() bool { return i.DoneOn != when.None }

// Change is what is done to several tasks at once; empty fields change nothing.
type Change struct {
	State    State
	PersonID account.PersonID // added
	Label    string           // added
	Deadline when.Date
	Remove   bool
}

// shift makes the task begin on a day, with another length when work is not 0.
func (t *Task) shift(to when.Date, work int64) {
	if to != when.None {
		switch t.Mode {
		case Auto:
			t.NotBefore = to
		case Fixed:
			t.BeginOn = to
		case Manual:
			if t.EndOn.Valid() && t.BeginOn.Valid() {
				t.EndOn = to.AddDays(t.EndOn.Sub(t.BeginOn))
			}
			t.BeginOn = to
		}
	}
	if work > 0 && t.Kind != Milestone {
		t.Work = work
	}
}

// Span are the days of a bar.
type Span struct{ Start, Finish when.Date }

// span are the days on which the task stands.
func (t Task) span() Span { return Span{t.EarlyOn, t.FinishOn} }

// drag puts the task on other days; it was seen on the days seen. A day that stays where it was
// decides nothing: with another start alone the task moves as it is, another end gives it the work
// that lies between.
func (t *Task) drag(seen, to Span, cal *schedule.Calendar) error {
	var wrong fault.Fields
	switch {
	case t.Summary:
		return fault.New(fault.Conflict, "plan.wrong.summary_moves")
	case t.State == Done:
		return fault.New(fault.Conflict, "plan.wrong.done_moves", "finished_on", t.FinishedOn)
	case seen != t.span():
		return fault.New(fault.Conflict, "fault.stale")
	case t.Milestone():
		if to.Finish != seen.Finish {
			t.shift(to.Finish, 0)
		} else if to.Start != seen.Start {
			t.shift(to.Start, 0)
		}
		return nil
	case to.Start != seen.Start && t.BegunOn.Valid():
		wrong.Add("start", "plan.wrong.begun_moves", "begun_on", t.BegunOn)
	case to.Finish != seen.Finish && to.Finish < to.Start:
		wrong.Add("finish", "plan.wrong.order")
	case to.Finish != seen.Finish && cal.Between(to.Start, to.Finish) == 0:
		wrong.Add("finish", "plan.wrong.no_day")
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	if to.Start != seen.Start {
		t.shift(to.Start, 0)
	}
	if to.Finish == seen.Finish {
		return nil
	}
	if t.Mode == Manual {
		t.EndOn = to.Finish
		return nil
	}
	if to.Start != seen.Start {
		t.Work = int64(cal.Between(to.Start, to.Finish))
		return nil
	}
	more := int64(cal.Between(seen.Finish.AddDays(1), to.Finish)) - int64(cal.Between(to.Finish.AddDays(1), seen.Finish))
	if t.BegunOn.Valid() {
		more = more * 100 / max(100-t.Percent, 1) // what is done stays done: only the rest grows or shrinks
	}
	t.Work = max(t.Work+more, 1)
	return nil
}

// Due is the day by which the task is to be done: as people agreed, else as it is computed.
func (t Task) Due() when.Date {
	if t.Deadline != when.None {
		return t.Deadline
	}
	return t.FinishOn
}

// URL is the task's address.
func (t Task) URL() string { return planURL(t.ProjectID) + "/tasks/" + string(t.ID) }

// planURL is the address of the plan of a project.
func planURL(id project.ID) string { return id.URL() + "/plan" }
