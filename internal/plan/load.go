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

// ResourceID names a machine.
type ResourceID string

// Resource is a machine, or several alike, that tasks book.
type Resource struct {
	ID        ResourceID
	ProjectID project.ID
	Name      string
	Units     int64 // per cent: 300 are three machines
	Hours     int64 // minutes that it runs on a day worked; 0: as long as people work
	RemovedAt when.Time
	Version   int64
}

// Booking is a machine that a task needs.
type Booking struct {
	TaskID     TaskID
	ResourceID ResourceID
	ProjectID  project.ID
	Units      int64 // per cent of the time of the task
	Name       string
}

// maxUnits is the largest rate, a hundred machines, as in schedule.
const maxUnits = 10_000

func (r *Resource) tidy() error {
	var wrong fault.Fields
	r.Name = strings.Join(strings.Fields(r.Name), " ")
	wrong.Text("name", r.Name, 1, 100)
	if r.Units < 1 || r.Units > maxUnits {
		wrong.Add("units", "plan.wrong.bad_units")
	}
	if r.Hours < 0 || r.Hours > int64(24*schedule.Hour) {
		wrong.Add("hours", "plan.wrong.bad_calendar")
	}
	return wrong.Err()
}

// rules are those of the machine's days: the days of the plan, with its own hours.
func (r Resource) rules(plan schedule.Rules) schedule.Rules {
	if r.Hours > 0 {
		for d := range plan.Week {
			if plan.Week[d] > 0 {
				plan.Week[d] = schedule.Minutes(r.Hours)
			}
		}
	}
	return plan
}

// Capacity is how much of their time somebody has for a project.
type Capacity struct {
	PersonID account.PersonID
	Units    int64
}

// usualUnits is the capacity of a person of whom none is known.
const usualUnits = 100

func (c Capacity) check() error {
	var wrong fault.Fields
	if c.Units < 1 || c.Units > usualUnits {
		wrong.Add("units", "plan.wrong.bad_share")
	}
	return wrong.Err()
}

// Loaded is what is asked of a person or of a machine.
type Loaded struct {
	Name      string
	PersonID  account.PersonID
	Resource  ResourceID
	Units     int64
	Weeks     []LoadWeek
	Conflicts []Conflict
}

// LoadWeek is a week of somebody.
type LoadWeek struct {
	On         when.Date // its Monday
	Need, Have schedule.Minutes
	Over       bool // on one of its days more is asked than there is
}

// Percent says how much of the week is asked for; 100 at least when there is nothing to give.
func (w LoadWeek) Percent() int64 {
	if w.Have == 0 {
		if w.Need == 0 {
			return 0
		}
		return 100
	}
	return int64(w.Need) * 100 / int64(w.Have)
}

// Conflict is a run of days on which more is asked of somebody than there is.
type Conflict struct {
	From, To when.Date
	Over     schedule.Minutes
	Tasks    []Task
}

// giver is a person or a machine as schedule books it.
type giver struct {
	Loaded
	calendar *schedule.Calendar
}

// loads books the tasks of a plan on people and machines and sums what is asked up by weeks, from a
// Monday on.
func (n *network) loads(givers []giver, assigned []Assignee, booked []Booking, from when.Date, weeks int) ([]Loaded, error) {
	resources := make([]schedule.Resource, len(givers))
	people, machines := map[account.PersonID]int{}, map[ResourceID]int{}
	for i, g := range givers {
		resources[i] = schedule.Resource{ID: g.Name, Calendar: g.calendar, Units: int(g.Units)}
		if g.PersonID != "" {
			people[g.PersonID] = i
		} else {
			machines[g.Resource] = i
		}
	}
	books, err := schedule.Book(n.plan, resources, n.assignments(people, machines, assigned, booked))
	if err != nil {
		return nil, n.wrong(err)
	}
	out := make([]Loaded, len(givers))
	for i, g := range givers {
		out[i] = g.Loaded
		needs := map[when.Date]schedule.Minutes{}
		for _, w := range books.Loads[i].Weeks() {
			needs[w.Date] = w.Need
		}
		for k := range weeks {
			on := from.AddDays(7 * k)
			have := g.calendar.Between(on, on.AddDays(6)) * schedule.Minutes(g.Units) / 100
			out[i].Weeks = append(out[i].Weeks, LoadWeek{On: on, Need: needs[on], Have: have})
		}
	}
	for _, c := range books.Conflicts {
		x := Conflict{From: c.From, To: c.To, Over: c.Over}
		for _, t := range c.Tasks {
			x.Tasks = append(x.Tasks, n.tasks[t])
		}
		l := &out[c.Resource]
		l.Conflicts = append(l.Conflicts, x)
	}
	for i := range out {
		out[i].markOver(books.Loads[i])
	}
	return out, nil
}

// markOver marks the weeks in which a day asks for too much.
func (l *Loaded) markOver(load schedule.Load) {
	for _, d := range load.Days {
		if d.Need <= d.Have || len(l.Weeks) == 0 {
			continue
		}
		if i := d.Date.Sub(l.Weeks[0].On); i >= 0 && i/7 < len(l.Weeks) {
			l.Weeks[i/7].Over = true
		}
	}
}

// assignments translates who and what is asked for by each task; summaries ask through their parts.
func (n *network) assignments(people map[account.PersonID]int, machines map[ResourceID]int, assigned []Assignee, booked []Booking) (list []schedule.Assignment) {
	summary := make([]bool, len(n.tasks))
	for _, t := range n.plan.Tasks {
		if t.Parent > 0 {
			summary[t.Parent-1] = true
		}
	}
	add := func(task TaskID, resource int, known bool, units int64) {
		if i, there := n.index[task]; there && known && !summary[i] {
			list = append(list, schedule.Assignment{Task: i, Resource: resource, Units: int(units)})
		}
	}
	for _, a := range assigned {
		i, known := people[a.PersonID]
		add(a.TaskID, i, known, a.Units)
	}
	for _, b := range booked {
		i, known := machines[b.ResourceID]
		add(b.TaskID, i, known, b.Units)
	}
	return list
}

// giversOf lists who and what the load is told of: the people of the project and those who have a
// task, then the machines.
func giversOf(members []account.Held, assigned []Assignee, capacity []Capacity, cal *schedule.Calendar) []giver {
	var out []giver
	seen := map[account.PersonID]bool{}
	add := func(id account.PersonID, name string) {
		if seen[id] {
			return
		}
		seen[id] = true
		units := int64(usualUnits)
		if i := slices.IndexFunc(capacity, func(c Capacity) bool { return c.PersonID == id }); i >= 0 {
			units = capacity[i].Units
		}
		out = append(out, giver{Loaded{Name: name, PersonID: id, Units: units}, cal})
	}
	for _, m := range members {
		add(m.PersonID, m.Name)
	}
	for _, a := range assigned {
		add(a.PersonID, a.Name)
	}
	return out
}
