package schedule

import (
	"slices"

	"bassin/internal/when"
)

// Change is one change that a person thinks of. It is given a copy and answers *Faults for what
// it does not find.
type Change func(*Plan) error

// ChangeTask changes a task, found by its ID: its work, its dates, its calendar.
func ChangeTask(id string, change func(*Task)) Change {
	return func(p *Plan) error {
		i := slices.IndexFunc(p.Tasks, func(t Task) bool { return t.ID == id })
		if i < 0 {
			return &Faults{{Kind: UnknownTask, Tasks: []string{id}}}
		}
		change(&p.Tasks[i])
		return nil
	}
}

// Move lets a task begin on a day: what dragging a bar means. A manual or fixed task moves as it
// is, with as many working days; any other does not begin before the day.
func Move(id string, to when.Date) Change {
	return func(p *Plan) error {
		if _, ok := dayOf(to); !ok {
			return &Faults{{Kind: BadDate, Tasks: []string{id}, Date: to}}
		}
		return ChangeTask(id, func(t *Task) {
			switch t.Mode {
			case Manual:
				t.End = p.moveEnd(t, to)
				t.Begin = to
			case Fixed:
				t.Begin = to
			default:
				t.NotBefore = to
			}
		})(p)
	}
}

// moveEnd keeps a manual task as long as it was, in work. One on days off keeps its days.
func (p *Plan) moveEnd(t *Task, to when.Date) when.Date {
	begin, ok1 := dayOf(t.Begin)
	end, ok2 := dayOf(t.End)
	day, ok3 := dayOf(to)
	if !ok1 || !ok2 || !ok3 || t.Calendar < 0 || t.Calendar >= len(p.Calendars) || p.Calendars[t.Calendar] == nil {
		return t.End // Compute says what is wrong
	}
	c := p.Calendars[t.Calendar]
	work := c.work(evening(end)) - c.work(morning(begin))
	if work <= 0 {
		return dateOf(min(day+max(end-begin, 0), days-1))
	}
	return max(to, c.end(c.work(morning(day))+work).Date())
}

// AddLink ties two tasks, found by their IDs.
func AddLink(from, to string, typ Type, lag Minutes) Change {
	return func(p *Plan) error {
		var faults Faults
		find := func(id string) int {
			i := slices.IndexFunc(p.Tasks, func(t Task) bool { return t.ID == id })
			if i < 0 {
				faults = append(faults, Fault{Kind: UnknownTask, Tasks: []string{id}})
			}
			return i
		}
		l := Link{find(from), find(to), typ, lag}
		if len(faults) > 0 {
			return &faults
		}
		p.Links = append(p.Links, l)
		return nil
	}
}

// RemoveLink takes a link away, by its index in the plan as it is given to the change.
func RemoveLink(i int) Change {
	return func(p *Plan) error {
		if i < 0 || i >= len(p.Links) {
			return &Faults{{Kind: UnknownLink, Link: i + 1}}
		}
		p.Links = slices.Delete(p.Links, i, i+1)
		return nil
	}
}

// Outcome is what changes would do.
type Outcome struct {
	Plan     Plan     // the changed copy, to be kept when it pleases
	Schedule Schedule // of it
	Drift    Drifted  // from before to after; Tasks holds only what moves, what is new and what is gone
	// NewlyCritical, Relieved and NewlyLate are the IDs of tasks, not of summaries: critical only
	// after, critical only before, past a deadline only after.
	NewlyCritical, Relieved, NewlyLate []string
}

// WhatIf applies changes to a copy and tells the difference. The plan itself stays as it is. The
// error is *Faults: of the plan as it is, of the first change that finds nothing, or of the
// changed plan.
func WhatIf(p Plan, changes ...Change) (Outcome, error) {
	before, err := Compute(p)
	if err != nil {
		return Outcome{}, err
	}
	o := Outcome{Plan: p}
	o.Plan.Calendars, o.Plan.Tasks, o.Plan.Links = slices.Clone(p.Calendars), slices.Clone(p.Tasks), slices.Clone(p.Links)
	for _, change := range changes {
		if err := change(&o.Plan); err != nil {
			return Outcome{}, err
		}
	}
	if o.Schedule, err = Compute(o.Plan); err != nil {
		return Outcome{}, err
	}
	o.Drift = Drift(Baseline(p, before), o.Plan, o.Schedule)
	o.Drift.Tasks = slices.DeleteFunc(o.Drift.Tasks, func(s Shift) bool { return !s.Moved() })
	index := p.Index()
	for i, now := range o.Schedule.Tasks {
		id := o.Plan.Tasks[i].ID
		var was Dates
		if k, ok := index[id]; ok {
			was = before.Tasks[k]
		}
		if now.Summary {
			continue
		}
		if now.Critical && !was.Critical {
			o.NewlyCritical = append(o.NewlyCritical, id)
		}
		if !now.Critical && was.Critical && !was.Summary {
			o.Relieved = append(o.Relieved, id)
		}
		if now.Late && !was.Late {
			o.NewlyLate = append(o.NewlyLate, id)
		}
	}
	return o, nil
}
