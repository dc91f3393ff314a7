// Package schedule computes plans: when each task can begin and end, what decides the end of the
// plan, how much each task may slip, what a change would do, and where a person or a machine is
// booked twice. It is a library of pure functions over plain structs: no clock, no database, no
// state; only package when is known to it (decision 0014).
//
// Words, with the French that users read:
//
//	task (tâche), summary (tâche récapitulative): a task with parts; its dates are their hull
//	milestone (jalon): a task without work
//	link (lien), of a predecessor and a successor (prédécesseur, successeur)
//	lag (décalage): working time between the two ends of a link; negative is a lead (avance)
//	early and late dates (dates au plus tôt, au plus tard)
//	total float (marge totale): what a task may slip before the plan's end or a deadline slips
//	free float (marge libre): what it may slip before any other task slips
//	critical path (chemin critique): the tasks without total float
//	driver (lien déterminant): the link that decides when a task begins
//	baseline (plan de référence), drift (dérive): dates once agreed, and the shift since then
//	calendar (calendrier), closure (fermeture), holiday (jour férié)
//	resource (ressource), load (charge), capacity (capacité), conflict (surcharge), levelling (lissage)
//
// The unit is the minute of work. A calendar says how many a day has, not at which hour they
// begin: a task starts some minutes after the opening of a day, and a machine that runs 24 h goes
// on in the evening when people's 7 h are over. To people the dates are days, both inclusive: a
// task of one day starts and finishes on the same day.
//
// Calendars are compiled once (Compile) and shared. Compute gives the Schedule of a Plan; WhatIf
// that of a changed copy with the difference; Drift compares with a baseline; Book lays
// assignments on resources; Level proposes a plan in which nobody is booked twice.
package schedule

import "bassin/internal/when"

// The limits of a plan. Above them nothing is computed.
const (
	MaxTasks = 100_000
	MaxLinks = 400_000
)

// Plan is what people decide: tasks and links, by their index.
type Plan struct {
	Start when.Date // no task without dates of its own begins before it
	// Status is the day as of whose morning progress is told; None for a plan that is not begun.
	// Work that is not done yet is planned from this day on.
	Status    when.Date
	Calendars []*Calendar
	Tasks     []Task
	Links     []Link
}

// Mode says what decides a task's dates.
type Mode uint8

// The modes. Once a task has begun only its progress is read.
const (
	Auto   Mode = iota // as soon as links and NotBefore allow
	Fixed              // begins on Begin whatever links say; its work decides the finish
	Manual             // keeps Begin and End as they were typed, on working days or not
)

// Task is one task, milestone (no Work) or summary (some task names it as Parent).
//
// A summary's dates are the hull of its parts. Its NotBefore, Deadline and links hold for each of
// them; its Work, Mode and progress are not read.
type Task struct {
	ID       string // as the caller knows it: names the task in faults, pairs it with a baseline
	Parent   int    // one more than the index of the summary, 0 for none
	Calendar int    // index in Plan.Calendars
	Work     Minutes
	Mode     Mode

	NotBefore when.Date // the task begins on this day or later
	Deadline  when.Date // the day by whose end it should be done: it makes float and Late, it moves nothing
	Begin     when.Date // of Fixed and Manual
	End       when.Date // of Manual

	// What is done. A task that has begun keeps its start, whatever its links say, and the rest
	// of its work follows from Plan.Status on; one that is finished keeps both dates.
	Begun    when.Date
	Finished when.Date
	Percent  int // of the work, read once begun

	Priority int // for Level: the higher is served first
}

// Type says which ends of two tasks a link ties.
type Type uint8

// The four types: the predecessor's end is named first.
const (
	FS Type = iota // the successor starts once the predecessor has finished
	SS             // it starts once the predecessor has started
	FF             // it finishes once the predecessor has finished
	SF             // it finishes once the predecessor has started
)

// Link makes a task wait for another.
//
// Lag is working time of the successor's calendar, since it is the successor that waits; time
// that passes by the clock, such as curing, is a task in a calendar of 24 h.
//
// A link to a summary holds for each of its tasks. A link from one starts at its hull: at the
// first start (SS, SF) or the last finish (FS, FF) of its tasks.
type Link struct {
	From, To int // indexes in Plan.Tasks
	Type     Type
	Lag      Minutes
}

// Schedule is a plan's dates.
type Schedule struct {
	Start, Finish Moment  // of the whole; both 0 when there is no task
	Tasks         []Dates // as Plan.Tasks
}

// Dates are what is computed of one task.
type Dates struct {
	Start, Finish         Moment // as early as can be
	LateStart, LateFinish Moment // as late as the plan's end and the deadlines allow
	// TotalFloat and FreeFloat are in working time of the task's calendar. TotalFloat is negative
	// when a deadline or a fixed successor cannot be met; FreeFloat never is. Both are 0 once
	// finished. A summary's say how far its last finish may slip.
	TotalFloat, FreeFloat Minutes
	// Driver is one more than the index of the link that decides the start (or the finish, once
	// begun); 0 when the plan's start or the task's own dates do.
	Driver   int
	Critical bool // not finished, without total float; of a summary: one of its tasks is
	Late     bool // finishes after its deadline, or its summary's
	// Forced says that dates of its own make the task begin or finish earlier than links allow.
	Forced  bool
	Summary bool
	Done    bool // finished; of a summary: all its tasks are
}

// Index finds tasks by their ID. Of two with one ID the later stays.
func (p Plan) Index() map[string]int {
	m := make(map[string]int, len(p.Tasks))
	for i, t := range p.Tasks {
		m[t.ID] = i
	}
	return m
}

// Compute schedules the plan: forwards for the early dates, backwards for the late ones (critical
// path method; Kelley and Walker, 1959). It takes time in proportion to tasks and links. Nothing
// but *Faults is returned as error, with all that is wrong.
func Compute(p Plan) (Schedule, error) {
	n, err := computed(p)
	if err != nil {
		return Schedule{}, err
	}
	return n.schedule(), nil
}

// computed is the network of a plan after both passes.
func computed(p Plan) (*network, error) {
	n, err := newNetwork(p)
	if err != nil {
		return nil, err
	}
	order, err := n.order()
	if err != nil {
		return nil, err
	}
	if err := n.forward(order, nil); err != nil {
		return nil, err
	}
	n.backward(order)
	return n, nil
}
