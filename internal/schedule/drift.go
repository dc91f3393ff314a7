package schedule

import (
	"cmp"
	"slices"

	"bassin/internal/when"
)

// Held are the dates of one task in a baseline.
type Held struct {
	ID            string
	Start, Finish when.Date
}

// Baseline takes the plan's dates of today, to be kept and compared with later.
func Baseline(p Plan, s Schedule) []Held {
	list := make([]Held, len(p.Tasks))
	for i, d := range s.Tasks {
		list[i] = Held{p.Tasks[i].ID, d.Start.Date(), d.Finish.Date()}
	}
	return list
}

// Shift is how far a task's dates moved, in working days of its calendar; positive is later.
type Shift struct {
	ID            string
	Was, Now      Held // Was is zero for what is new, Now for what is gone
	Start, Finish int  // 0 for what is new or gone
}

// Moved tells whether anything is different.
func (s Shift) Moved() bool { return s.Was != s.Now }

// Drifted is a plan held against its baseline.
type Drifted struct {
	Tasks []Shift // as in the plan, then what is gone in the order of the baseline
	// Was and Now are the days on which the plan ends; End the working days between them, on the
	// calendar of the task that ends last now.
	Was, Now when.Date
	End      int
}

// Drift compares a schedule with a baseline by the tasks' IDs. It fails on nothing: dates of the
// baseline that are none count as no shift.
func Drift(base []Held, p Plan, s Schedule) Drifted {
	was := make(map[string]Held, len(base))
	var d Drifted
	for _, h := range base {
		was[h.ID] = h
		d.Was = max(d.Was, h.Finish)
	}
	d.Tasks = make([]Shift, 0, len(p.Tasks))
	for i, now := range Baseline(p, s) {
		old, ok := was[now.ID]
		delete(was, now.ID)
		x := Shift{ID: now.ID, Was: old, Now: now}
		c := p.Calendars[p.Tasks[i].Calendar]
		if ok {
			x.Start, x.Finish = c.WorkingDays(old.Start, now.Start), c.WorkingDays(old.Finish, now.Finish)
		}
		if now.Finish > d.Now || d.Now == when.None {
			d.Now, d.End = now.Finish, c.WorkingDays(d.Was, now.Finish)
		}
		d.Tasks = append(d.Tasks, x)
	}
	for _, h := range base {
		if _, gone := was[h.ID]; gone {
			d.Tasks = append(d.Tasks, Shift{ID: h.ID, Was: h})
			delete(was, h.ID)
		}
	}
	return d
}

// Late lists the tasks that finish later than in the baseline, the worst first.
func (d Drifted) Late() []Shift {
	late := slices.Clone(d.Tasks)
	late = slices.DeleteFunc(late, func(s Shift) bool { return s.Finish <= 0 })
	slices.SortStableFunc(late, func(a, b Shift) int { return cmp.Compare(b.Finish, a.Finish) })
	return late
}
