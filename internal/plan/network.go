package plan

import (
	"errors"
	"strconv"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/schedule"
	"bassin/internal/when"
)

// network is a plan with all that its dates follow from, as schedule computes it.
type network struct {
	code     string // of the project, in front of the numbers
	tasks    []Task
	links    []Link
	calendar *schedule.Calendar
	plan     schedule.Plan
	index    map[TaskID]int
}

// newNetwork translates tasks and links. Links of which an end is not there are left out.
func newNetwork(code string, p Plan, cal *schedule.Calendar, tasks []Task, links []Link, today when.Date) *network {
	n := &network{code: code, tasks: tasks, calendar: cal, index: make(map[TaskID]int, len(tasks))}
	n.plan = schedule.Plan{Start: p.StartsOn, Status: today, Calendars: []*schedule.Calendar{cal}, Tasks: make([]schedule.Task, len(tasks))}
	for i, t := range tasks {
		n.index[t.ID] = i
	}
	for i, t := range tasks {
		x := schedule.Task{ID: string(t.ID), Work: schedule.Minutes(t.Work), NotBefore: t.NotBefore, Deadline: t.Deadline, Priority: int(t.Priority),
			Begun: t.BegunOn, Finished: t.FinishedOn, Percent: int(t.Percent)}
		if parent, there := n.index[t.ParentID]; there {
			x.Parent = parent + 1
		}
		switch t.Mode {
		case Fixed:
			x.Mode, x.Begin = schedule.Fixed, t.BeginOn
		case Manual:
			x.Mode, x.Begin, x.End = schedule.Manual, t.BeginOn, t.EndOn
		case Auto:
		}
		n.plan.Tasks[i] = x
	}
	for _, l := range links {
		from, ok := n.index[l.FromID]
		to, okTo := n.index[l.ToID]
		if ok && okTo {
			n.links = append(n.links, l)
			n.plan.Links = append(n.plan.Links, schedule.Link{From: from, To: to, Type: l.Kind.typ(), Lag: schedule.Minutes(l.Lag)})
		}
	}
	return n
}

// The ways in which what is computed of a task may differ from what is stored.
const (
	floatsOnly = iota // late dates and floats: the task stays on its days
	flagsToo          // whether it is critical or late, too
	all
	ways
)

// changed computes the schedule and gives the tasks whose computed columns are no longer what is
// stored, as they are now, by what differs, and the day on which the plan ends.
func (n *network) changed() (out [ways][]*Task, ends when.Date, err error) {
	s, err := schedule.Compute(n.plan)
	if err != nil {
		return out, when.None, n.wrong(err)
	}
	parts := n.parts()
	for i := range n.tasks {
		t := &n.tasks[i]
		was, same := t.Dates, true
		if t.Dates = datesOf(s.Tasks[i]); t.Summary {
			state, percent := parts[i].state(), parts[i].percent()
			same = state == t.State && percent == t.Percent
			t.State, t.Percent = state, percent
		}
		if way := t.Dates.differ(was); !same {
			out[all] = append(out[all], t)
		} else if way < ways {
			out[way] = append(out[way], t)
		}
	}
	if len(n.tasks) > 0 {
		ends = s.Finish.Date()
	}
	return out, ends, nil
}

// differ says in which way dates are others than before; ways when they are not.
func (d Dates) differ(was Dates) int {
	if d == was {
		return ways
	}
	was.LateEarlyOn, was.LateFinishOn, was.TotalFloat, was.FreeFloat = d.LateEarlyOn, d.LateFinishOn, d.TotalFloat, d.FreeFloat
	if d == was {
		return floatsOnly
	}
	if was.Critical, was.Late = d.Critical, d.Late; d == was {
		return flagsToo
	}
	return all
}

func datesOf(d schedule.Dates) Dates {
	return Dates{EarlyOn: d.Start.Date(), FinishOn: d.Finish.Date(), LateEarlyOn: d.LateStart.Date(), LateFinishOn: d.LateFinish.Date(),
		TotalFloat: int64(d.TotalFloat), FreeFloat: int64(d.FreeFloat), Critical: d.Critical, Late: d.Late, Summary: d.Summary}
}

// sum is what the parts of a summary add up to.
type sum struct{ tasks, begun, done, work, worked int64 }

func (x sum) state() State {
	switch {
	case x.tasks > 0 && x.done == x.tasks:
		return Done
	case x.begun > 0:
		return Doing
	}
	return Todo
}

func (x sum) percent() int64 {
	if x.work == 0 {
		if x.tasks > 0 && x.done == x.tasks {
			return 100
		}
		return 0
	}
	return x.worked / x.work
}

// parts sums up what lies under each task; parents stand before their parts.
func (n *network) parts() []sum {
	sums := make([]sum, len(n.tasks))
	summary := make([]bool, len(n.tasks))
	for _, t := range n.plan.Tasks {
		if t.Parent > 0 {
			summary[t.Parent-1] = true
		}
	}
	for i := len(n.tasks) - 1; i >= 0; i-- {
		x := sums[i]
		if t := n.tasks[i]; !summary[i] {
			x = sum{tasks: 1, work: t.Work, worked: t.Work * t.Percent}
			if t.State.Begun() {
				x.begun = 1
			}
			if t.State == Done {
				x.done = 1
			}
		}
		if p := n.plan.Tasks[i].Parent; p > 0 {
			s := &sums[p-1]
			s.tasks, s.begun, s.done, s.work, s.worked = s.tasks+x.tasks, s.begun+x.begun, s.done+x.done, s.work+x.work, s.worked+x.worked
		}
	}
	return sums
}

// fields are the fields of forms at which the faults of a plan are told.
var fields = map[schedule.Kind]string{
	schedule.Cycle: "from", schedule.ParentCycle: "parent", schedule.UnknownTask: "from", schedule.UnknownLink: "kind", schedule.NoWork: "week",
	schedule.BadCalendar: "week", schedule.BadDate: "begin_on", schedule.BadProgress: "percent", schedule.BadWork: "work",
	schedule.TooLong: "work", schedule.OutOfRange: "work", schedule.BadUnits: "units",
}

// wrong tells what schedule refuses as faults of fields, tasks by their number and title.
func (n *network) wrong(err error) error { return wrongOf(err, n.name) }

func (n *network) name(id string) string {
	i, ok := n.index[TaskID(id)]
	if !ok {
		return id
	}
	return n.code + "-" + strconv.FormatInt(n.tasks[i].Number, 10) + " " + n.tasks[i].Title
}

// wrongOf translates the faults of schedule; any other error stays as it is.
func wrongOf(err error, name func(string) string) error {
	var list *schedule.Faults
	if !errors.As(err, &list) {
		return err
	}
	var wrong fault.Fields
	for _, f := range *list {
		names := make([]string, 0, len(f.Tasks))
		for i, id := range f.Tasks {
			if i == 10 {
				names = append(names, "…")
				break
			}
			names = append(names, name(id))
		}
		separator := ", "
		if f.Kind == schedule.Cycle || f.Kind == schedule.ParentCycle {
			separator = " → "
			if len(names) > 0 {
				names = append(names, names[0])
			}
		}
		field := fields[f.Kind]
		if field == "" {
			field = "title"
		}
		if !wrong.Has(field) {
			wrong.Add(field, "plan.wrong."+string(f.Kind), "tasks", strings.Join(names, separator))
		}
	}
	return wrong.Err()
}

// whatIf computes the plan with one task changed and tells the difference.
func (n *network) whatIf(t Task) (Outcome, error) {
	o, err := schedule.WhatIf(n.plan, schedule.ChangeTask(string(t.ID), func(x *schedule.Task) {
		x.Work, x.NotBefore, x.Begin, x.End, x.Deadline = schedule.Minutes(t.Work), t.NotBefore, t.BeginOn, t.EndOn, t.Deadline
	}))
	if err != nil {
		return Outcome{}, n.wrong(err)
	}
	return n.outcome(o), nil
}

// outcome names the tasks of what schedule tells.
func (n *network) outcome(o schedule.Outcome) Outcome {
	out := Outcome{Was: o.Drift.Was, Now: o.Drift.Now, Days: o.Drift.End, NewlyCritical: len(o.NewlyCritical), NewlyLate: len(o.NewlyLate)}
	for _, x := range o.Drift.Tasks {
		if i, ok := n.index[TaskID(x.ID)]; ok {
			out.Moved = append(out.Moved, Moved{Task: n.tasks[i], Was: x.Was, Now: x.Now, Days: x.Finish})
		}
	}
	return out
}
