package schedule

import (
	"slices"

	"bassin/internal/when"
)

// Resource is a person, a machine, or several that can stand in for each other.
type Resource struct {
	ID       string
	Calendar *Calendar
	Units    int    // per cent of the calendar's day: 100 one person or machine, 50 half a day, 300 three machines
	Absences []Span // leave, maintenance: no capacity on these days
}

// Assignment books a resource for a task. On each day the resource gives Units per cent of the
// time that the task is worked on.
type Assignment struct {
	Task, Resource int // indexes; no summary, whose parts have assignments of their own
	Units          int // per cent: 100 one person or machine all the time
}

// maxUnits is a hundred people or machines: more is a slip of the finger.
const maxUnits = 10_000

// checkResources finds all faults of resources and assignments.
func (n *network) checkResources(rs []Resource, as []Assignment) error {
	var faults Faults
	for _, r := range rs {
		if r.Calendar == nil {
			faults = append(faults, Fault{Kind: UnknownCalendar, Resource: r.ID})
		}
		if r.Units < 1 || r.Units > maxUnits {
			faults = append(faults, Fault{Kind: BadUnits, Resource: r.ID})
		}
		for _, s := range r.Absences {
			if _, _, ok := s.days(); !ok {
				faults = append(faults, Fault{Kind: BadDate, Resource: r.ID, Date: s.From})
			}
		}
	}
	for _, a := range as {
		switch {
		case a.Resource < 0 || a.Resource >= len(rs):
			faults = append(faults, Fault{Kind: UnknownResource})
		case a.Task < 0 || a.Task >= len(n.Tasks):
			faults = append(faults, Fault{Kind: UnknownTask, Resource: rs[a.Resource].ID})
		case a.Units < 1 || a.Units > maxUnits || n.dates[a.Task].Summary:
			faults = append(faults, Fault{Kind: BadUnits, Tasks: n.names(a.Task), Resource: rs[a.Resource].ID})
		}
	}
	return faults.err()
}

// share is work in hundredths of a minute: minutes times per cent.
type share int64

func (s share) minutes() Minutes { return Minutes((s + 99) / 100) }

// have is what a resource can give on a day.
func (r *Resource) have(day int) share {
	open := r.Calendar.on(day)
	if open == 0 {
		return 0
	}
	for _, s := range r.Absences {
		if from, to, _ := s.days(); from <= day && day <= to {
			return 0
		}
	}
	return share(open) * share(r.Units)
}

// worked is the work on a day of a task that stands from start to finish.
func (c *Calendar) worked(day int, start, finish Moment) int32 {
	from, to := max(start, morning(day)), min(finish, evening(day))
	if from >= to {
		return 0
	}
	return c.work(to) - c.work(from)
}

// Load is what is asked of a resource, day by day.
type Load struct {
	Resource int
	Days     []DayLoad // from the first day that it is booked to the last; none when it is not booked
}

// DayLoad is one day, or one week from Monday, of a resource.
type DayLoad struct {
	Date       when.Date
	Need, Have Minutes
	Tasks      []int // indexes of what is worked on, in order
}

// Conflict is a run of days on each of which more is asked than there is; days on which nothing
// is asked do not break it.
type Conflict struct {
	Resource int
	From, To when.Date
	Over     Minutes // in all, above what there is
	Tasks    []int   // indexes of the tasks worked on in these days, in order
}

// Booked is a schedule with what it asks of the resources.
type Booked struct {
	Schedule  Schedule
	Loads     []Load     // as the resources
	Conflicts []Conflict // by resource, then date
}

// Book lays the assignments of a plan on the resources and finds who is booked twice.
//
// A day is the unit: two bookings of three hours are no conflict on a machine of seven hours.
// What is finished is not booked. The error is *Faults, of the plan too.
func Book(p Plan, rs []Resource, as []Assignment) (Booked, error) {
	n, err := computed(p)
	if err != nil {
		return Booked{}, err
	}
	if err := n.checkResources(rs, as); err != nil {
		return Booked{}, err
	}
	by := make([][]Assignment, len(rs))
	for _, a := range as {
		if !n.dates[a.Task].Done {
			by[a.Resource] = append(by[a.Resource], a)
		}
	}
	b := Booked{Schedule: n.schedule(), Loads: make([]Load, len(rs))}
	for i := range rs {
		list, over := n.load(&rs[i], by[i])
		b.Loads[i] = Load{i, list}
		b.Conflicts = append(b.Conflicts, conflictsOf(i, list, over)...)
	}
	return b, nil
}

// load gives the days of one resource, and what is too much on each.
func (n *network) load(r *Resource, as []Assignment) (list []DayLoad, over []share) {
	from, to := days, -1
	for _, a := range as {
		if d := n.dates[a.Task]; d.Start < d.Finish {
			from, to = min(from, d.Start.day()), max(to, d.Finish.day())
		}
	}
	if to < 0 {
		return nil, nil
	}
	list, over = make([]DayLoad, to-from+1), make([]share, to-from+1)
	slices.SortStableFunc(as, func(a, b Assignment) int { return a.Task - b.Task })
	for _, a := range as {
		d := n.dates[a.Task]
		for day := d.Start.day(); day <= d.Finish.day() && d.Start < d.Finish; day++ {
			work := n.cals[a.Task].worked(day, d.Start, d.Finish)
			if work == 0 {
				continue
			}
			over[day-from] += share(work) * share(a.Units)
			x := &list[day-from]
			if len(x.Tasks) == 0 || x.Tasks[len(x.Tasks)-1] != a.Task {
				x.Tasks = append(x.Tasks, a.Task)
			}
		}
	}
	for i := range list {
		have := r.have(from + i)
		list[i].Date, list[i].Need, list[i].Have = dateOf(from+i), over[i].minutes(), have.minutes()
		over[i] -= have
	}
	return list, over
}

func conflictsOf(resource int, list []DayLoad, over []share) (conflicts []Conflict) {
	var open *Conflict
	sum := share(0)
	for i, x := range list {
		switch {
		case over[i] > 0:
			if open == nil {
				conflicts = append(conflicts, Conflict{Resource: resource, From: x.Date})
				open, sum = &conflicts[len(conflicts)-1], 0
			}
			sum += over[i]
			open.To, open.Over = x.Date, sum.minutes()
			open.Tasks = append(open.Tasks, x.Tasks...)
		case x.Need > 0:
			open = nil
		}
	}
	for i := range conflicts {
		slices.Sort(conflicts[i].Tasks)
		conflicts[i].Tasks = slices.Compact(conflicts[i].Tasks)
	}
	return conflicts
}

// Weeks sums the days of a load up by weeks, from Monday. Only the days of Days count: the first
// and the last week may be part of one.
func (l Load) Weeks() (weeks []DayLoad) {
	for _, x := range l.Days {
		day, ok := dayOf(x.Date)
		if !ok {
			continue
		}
		monday := dateOf(day - day%7) // day 0 was a Monday
		if len(weeks) == 0 || weeks[len(weeks)-1].Date != monday {
			weeks = append(weeks, DayLoad{Date: monday})
		}
		w := &weeks[len(weeks)-1]
		w.Need, w.Have, w.Tasks = w.Need+x.Need, w.Have+x.Have, append(w.Tasks, x.Tasks...)
	}
	for i := range weeks {
		slices.Sort(weeks[i].Tasks)
		weeks[i].Tasks = slices.Compact(weeks[i].Tasks)
	}
	return weeks
}
