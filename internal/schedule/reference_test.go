package schedule

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// reference schedules slowly and obviously: every task stands on the first moment at which all
// that is asked holds, found by trying one after the other, again and again until nothing moves.
// Floats are what they mean to people: a task is pushed until the plan's end, or another task,
// moves. Only the calendars' count of work is shared with what it tests.
type reference struct {
	Plan
	first, end int       // days looked at
	at         []int     // of each task: index in its places
	places     [][]place // where a task could stand, in order
	push       []int32   // work that a task must not begin before
}

type place struct{ start, finish Moment }

func newReference(p Plan, days int) *reference {
	r := &reference{Plan: p, at: make([]int, len(p.Tasks)), push: make([]int32, len(p.Tasks))}
	r.first, _ = dayOf(p.Start)
	r.end = r.first + days
	r.places = make([][]place, len(p.Tasks))
	for i, t := range p.Tasks {
		if !r.summary(i) {
			r.places[i] = r.placesOf(p.Calendars[t.Calendar], t.Work)
		}
	}
	return r
}

func (r *reference) summary(i int) bool {
	return slices.ContainsFunc(r.Tasks, func(t Task) bool { return t.Parent == i+1 })
}

func (r *reference) placesOf(c *Calendar, work Minutes) (list []place) {
	for d := r.first; d < r.end; d++ {
		open := c.on(d)
		if work == 0 && open > 0 {
			for x := int32(0); x <= open; x++ {
				m := morning(d) + Moment(x)
				list = append(list, place{m, m})
			}
			continue
		}
		for x := range open {
			finish, left := morning(d)+Moment(x), work
			for at, y := d, x; left > 0 && at < r.end; at, y = at+1, 0 {
				for ; left > 0 && y < c.on(at); y++ {
					left--
					finish = morning(at) + Moment(y+1)
				}
			}
			if left > 0 {
				return list
			}
			list = append(list, place{morning(d) + Moment(x), finish})
		}
	}
	return list
}

// solve stands all tasks, false when one finds no place.
func (r *reference) solve() bool {
	for moved := true; moved; {
		moved = false
		for i := range r.Tasks {
			for r.places[i] != nil && !r.holds(i) {
				moved = true
				if r.at[i]++; r.at[i] == len(r.places[i]) {
					return false
				}
			}
		}
	}
	return true
}

// span is where a task or the hull of a summary stands.
func (r *reference) span(i int) place {
	if r.places[i] != nil {
		return r.places[i][r.at[i]]
	}
	hull := place{start: last}
	for k, t := range r.Tasks {
		if t.Parent == i+1 {
			s := r.span(k)
			hull = place{min(hull.start, s.start), max(hull.finish, s.finish)}
		}
	}
	return hull
}

// holds tells whether a task may stand where it does.
func (r *reference) holds(i int) bool {
	s, c := r.span(i), r.Calendars[r.Tasks[i].Calendar]
	if c.work(s.start) < r.push[i] {
		return false
	}
	for up := i; up >= 0; up = r.Tasks[up].Parent - 1 {
		if day, ok := dayOf(r.Tasks[up].NotBefore); ok && s.start < morning(day) {
			return false
		}
		for _, l := range r.Links {
			if l.To == up && !r.linkHolds(l, s, c, r.Tasks[i].Work == 0) {
				return false
			}
		}
	}
	return true
}

func (r *reference) linkHolds(l Link, to place, c *Calendar, milestone bool) bool {
	from := r.span(l.From)
	m, end := from.finish, to.start
	if l.Type == SS || l.Type == SF {
		m = from.start
	}
	if l.Type == FF || l.Type == SF {
		end = to.finish
	}
	if l.Lag == 0 && l.Type != SF {
		return end >= m
	}
	waited := c.work(end) - c.work(m) - int32(l.Lag)
	if waited == 0 && milestone && (l.Type == FS || l.Type == SS) {
		return c.closes(m) || c.opens(end) // from an evening to an evening, from a morning to a morning
	}
	return waited >= 0
}

func (r *reference) finish() (m Moment) {
	for i := range r.Tasks {
		m = max(m, r.span(i).finish)
	}
	return m
}

// slip is the work by which a task can be pushed while ok holds.
func (r *reference) slip(i int, ok func(*reference) bool) Minutes {
	c := r.Calendars[r.Tasks[i].Calendar]
	for by := int32(1); ; by++ {
		pushed := *r
		pushed.at, pushed.push = slices.Clone(r.at), slices.Clone(r.push)
		pushed.push[i] = c.work(r.span(i).start) + by
		if !pushed.solve() || !ok(&pushed) {
			return Minutes(by - 1)
		}
	}
}

// anyPlan draws a plan without cycles: groups of tasks one after the other, some with a summary,
// linked only forwards. Shuffled, so that nothing rests on the order of input.
func anyPlan(t *rapid.T) Plan {
	p := Plan{Start: "2026-06-01"}
	june, _ := dayOf(p.Start)
	for range rapid.IntRange(1, 2).Draw(t, "calendars") {
		c, err := Compile(anyCalendar(t, 3))
		if err != nil {
			t.Fatal(err)
		}
		p.Calendars = append(p.Calendars, c)
	}
	var group []int // of each task; a link goes to a later task of its group, or between groups
	calendar := rapid.IntRange(0, len(p.Calendars)-1)
	for g := range rapid.IntRange(1, 3).Draw(t, "groups") {
		parent := 0
		if rapid.Bool().Draw(t, "summary") {
			p.Tasks, group = append(p.Tasks, Task{Calendar: calendar.Draw(t, "calendar")}), append(group, g)
			parent = len(p.Tasks)
		}
		for range rapid.IntRange(1, 3).Draw(t, "tasks") {
			x := Task{Parent: parent, Calendar: calendar.Draw(t, "calendar"), Work: Minutes(rapid.IntRange(0, 6).Draw(t, "work"))}
			if rapid.IntRange(0, 5).Draw(t, "bound") == 0 {
				x.NotBefore = dateOf(june + rapid.IntRange(-2, 9).Draw(t, "not before"))
			}
			p.Tasks, group = append(p.Tasks, x), append(group, g)
		}
	}
	for range rapid.IntRange(0, 2*len(p.Tasks)).Draw(t, "links") {
		l := Link{rapid.IntRange(0, len(p.Tasks)-1).Draw(t, "from"), rapid.IntRange(0, len(p.Tasks)-1).Draw(t, "to"), Type(rapid.IntRange(0, 3).Draw(t, "type")), 0}
		if l.From >= l.To || group[l.From] == group[l.To] && p.Tasks[l.From].Parent != p.Tasks[l.To].Parent {
			continue
		}
		isSummary := slices.ContainsFunc(p.Tasks, func(t Task) bool { return t.Parent == l.To+1 })
		switch { // what waits for a summary is counted on the summary's calendar, then on the task's
		case !isSummary || len(p.Calendars) == 1:
			if rapid.Bool().Draw(t, "lagged") {
				l.Lag = Minutes(rapid.IntRange(-6, 6).Draw(t, "lag"))
			}
		case l.Type == SF:
			l.Type = FF
		}
		p.Links = append(p.Links, l)
	}
	for i := range p.Tasks {
		p.Tasks[i].ID = fmt.Sprint(i)
	}
	return p
}

func shuffled(p Plan, order []int) Plan { // order[new] = old
	to := make([]int, len(order))
	for i, old := range order {
		to[old] = i
	}
	q := p
	q.Tasks, q.Links = make([]Task, len(order)), slices.Clone(p.Links)
	for i, old := range order {
		q.Tasks[i] = p.Tasks[old]
		if up := q.Tasks[i].Parent; up > 0 {
			q.Tasks[i].Parent = to[up-1] + 1
		}
	}
	for i, l := range q.Links {
		q.Links[i].From, q.Links[i].To = to[l.From], to[l.To]
	}
	slices.Reverse(q.Links)
	return q
}

func TestAgainstReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPlan(t)
		s, err := Compute(p)
		if err != nil {
			t.Fatal(err)
		}
		r := newReference(p, 150)
		if !r.solve() {
			t.Skip("further away than the reference looks")
		}
		// What waits for a summary's start is held by the task that starts first alone: floats may
		// then be told too small, never too large.
		exact := !slices.ContainsFunc(p.Links, func(l Link) bool { return s.Tasks[l.From].Summary && (l.Type == SS || l.Type == SF) })
		end := r.finish()
		for i, d := range s.Tasks {
			if got := (place{d.Start, d.Finish}); got != r.span(i) {
				t.Fatalf("task %d stands at %v, want %v", i, moments(d), r.span(i))
			}
			if d.Summary {
				continue
			}
			total := r.slip(i, func(x *reference) bool { return x.finish() <= end })
			free := r.slip(i, func(x *reference) bool {
				for k := range p.Tasks {
					if k != i && x.places[k] != nil && x.span(k) != r.span(k) {
						return false
					}
				}
				return x.finish() <= end
			})
			if d.TotalFloat > total || d.FreeFloat > free || exact && (d.TotalFloat != total || d.FreeFloat != free) {
				t.Fatalf("task %d has floats of %d and %d, want %d and %d", i, d.TotalFloat, d.FreeFloat, total, free)
			}
		}
	})
}

func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPlan(t)
		s, err := Compute(p)
		if err != nil {
			t.Fatal(err)
		}
		for i, d := range s.Tasks {
			if d.LateStart < d.Start || d.LateFinish < d.Finish || d.Start > d.Finish || d.LateFinish > s.Finish && d.LateFinish != d.Finish && d.LateStart != d.LateFinish {
				t.Fatalf("task %d: %+v", i, d)
			}
			if d.FreeFloat < 0 || d.FreeFloat > d.TotalFloat || d.Critical != (d.TotalFloat == 0) && !d.Summary {
				t.Fatalf("task %d: %+v", i, d)
			}
			// Begun so late it still arrives in time, and no minute later.
			if c := p.Calendars[p.Tasks[i].Calendar]; !d.Summary && c.work(d.LateStart)-c.work(d.Start) != int32(d.TotalFloat) {
				t.Fatalf("task %d: %+v", i, d)
			}
		}

		order := rapid.Permutation(seq(len(p.Tasks))).Draw(t, "order")
		q, err := Compute(shuffled(p, order))
		if err != nil {
			t.Fatal(err)
		}
		for i, old := range order {
			a, b := s.Tasks[old], q.Tasks[i]
			a.Driver, b.Driver = 0, 0
			if a != b && !slices.ContainsFunc(p.Links, func(l Link) bool { return s.Tasks[l.From].Summary }) {
				t.Fatalf("task %d is %+v, shuffled %+v", old, a, b)
			}
			if a.Start != b.Start || a.Finish != b.Finish {
				t.Fatalf("task %d is %+v, shuffled %+v", old, a, b)
			}
		}
	})
}

func seq(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// On one calendar that is the same every week: a plan that starts a week later ends a week later,
// and what decides its end is a chain of critical tasks back to one that waits for nothing.
func TestWeekLaterAndCriticalChain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPlan(t)
		rules := anyCalendar(t, 3)
		c, err := Compile(Rules{Name: "C", Week: rules.Week})
		if err != nil {
			t.Fatal(err)
		}
		p.Calendars = []*Calendar{c}
		for i := range p.Tasks {
			p.Tasks[i].Calendar, p.Tasks[i].Parent, p.Tasks[i].NotBefore = 0, 0, ""
		}
		s, err := Compute(p)
		if err != nil {
			t.Fatal(err)
		}
		p.Start = "2026-06-08"
		later, err := Compute(p)
		if err != nil {
			t.Fatal(err)
		}
		at := 0
		for i, d := range s.Tasks {
			const week = 7 << dayBits
			if x := later.Tasks[i]; x.Start != d.Start+week || x.Finish != d.Finish+week || x.TotalFloat != d.TotalFloat || x.FreeFloat != d.FreeFloat {
				t.Fatalf("task %d from %s, a week later from %s", i, moments(d), moments(x))
			}
			if d.Finish > s.Tasks[at].Finish {
				at = i
			}
		}
		for steps := 0; ; steps++ {
			d := s.Tasks[at]
			if !d.Critical || steps > len(p.Tasks) {
				t.Fatalf("task %d of the chain is not critical: %+v", at, d)
			}
			if d.Driver == 0 {
				break
			}
			at = p.Links[d.Driver-1].From
		}
	})
}
