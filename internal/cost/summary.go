package cost

import (
	"slices"

	"bassin/internal/account"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/when"
)

// Sum is what something was foreseen to cost, and what became of it, in cents.
type Sum struct {
	Budget    int64
	Committed int64 // worked or ordered
	Spent     int64 // worked or invoiced; part of what is committed
	ToCome    int64 // planned purchases and the work left
}

// Forecast is what it will come to as things stand.
func (s Sum) Forecast() int64 { return s.Committed + s.ToCome }

// Over is by how much the forecast goes beyond the budget; negative when something is left.
func (s Sum) Over() int64 { return s.Forecast() - s.Budget }

func (s *Sum) add(t Sum) {
	s.Budget += t.Budget
	s.Committed += t.Committed
	s.Spent += t.Spent
	s.ToCome += t.ToCome
}

// Left is the work that a plan still holds for somebody, by stage; nobody's has no person.
type Left struct {
	PersonID account.PersonID
	StageID  project.StageID
	Minutes  int64
}

// Worked is hours on a task, which belongs to a stage or to none.
type Worked struct {
	TaskID  plan.TaskID
	StageID project.StageID
	OnDay   when.Date
	Role    string
	Minutes int64
}

// Books are all figures of one project.
type Books struct {
	Rates     Rates
	Staff     []Staff
	Lines     []Line
	Purchases []Purchase
	Worked    []Worked
	Left      []Left
	Today     when.Date
}

// Summary is the state of a project's money.
type Summary struct {
	Whole      Sum
	ByCategory map[Category]Sum
	ByStage    map[project.StageID]Sum // "" for what belongs to no stage
	Minutes    int64                   // worked
	LeftFor    int64                   // minutes of work that the plan still holds
	Unrated    int64                   // minutes worked or left for which no rate holds: they count for nothing
}

// Summary adds everything up. Pure: the same books give the same sums.
func (b Books) Summary() Summary {
	s := Summary{ByCategory: map[Category]Sum{}, ByStage: map[project.StageID]Sum{}}
	put := func(c Category, stage project.StageID, t Sum) {
		s.Whole.add(t)
		byCategory, byStage := s.ByCategory[c], s.ByStage[stage]
		byCategory.add(t)
		byStage.add(t)
		s.ByCategory[c], s.ByStage[stage] = byCategory, byStage
	}
	for _, l := range b.Lines {
		put(l.Category, l.StageID, Sum{Budget: l.Cents})
	}
	for _, p := range b.Purchases {
		var t Sum
		switch {
		case p.State.Spent():
			t.Committed, t.Spent = p.Cents, p.Cents
		case p.State.Committed():
			t.Committed = p.Cents
		case p.State == Planned:
			t.ToCome = p.Cents
		}
		put(p.Category, p.StageID, t)
	}
	for _, w := range b.Worked {
		s.Minutes += w.Minutes
		rate, ok := b.Rates.On(w.Role, w.OnDay)
		if !ok {
			s.Unrated += w.Minutes
			continue
		}
		cents := Of(w.Minutes, rate)
		put(Labour, w.StageID, Sum{Committed: cents, Spent: cents})
	}
	for _, l := range b.Left {
		s.LeftFor += l.Minutes
		rate, ok := b.rateOf(l.PersonID)
		if !ok {
			s.Unrated += l.Minutes
			continue
		}
		put(Labour, l.StageID, Sum{ToCome: Of(l.Minutes, rate)})
	}
	return s
}

// rateOf is what an hour of somebody costs today; of nobody in particular, the mean of the roles.
func (b Books) rateOf(id account.PersonID) (int64, bool) {
	if i := slices.IndexFunc(b.Staff, func(s Staff) bool { return s.PersonID == id }); i >= 0 {
		return b.Rates.On(b.Staff[i].Role, b.Today)
	}
	if id != "" {
		return 0, false
	}
	var sum, n int64
	for _, role := range b.Rates.Roles() {
		if cents, ok := b.Rates.On(role, b.Today); ok {
			sum, n = sum+cents, n+1
		}
	}
	if n == 0 {
		return 0, false
	}
	return sum / n, true
}

// Month is what was spent up to the end of a month.
type Month struct {
	EndsOn when.Date
	Spent  int64
}

// ByMonth adds up what was spent, month after month, from the first expense to today.
func (b Books) ByMonth() []Month {
	by := map[when.Date]int64{}
	first := b.Today
	put := func(on when.Date, cents int64) {
		on = min(on, b.Today)
		first = min(first, on)
		by[monthOf(on)] += cents
	}
	for _, p := range b.Purchases {
		if p.State.Spent() {
			put(p.OnDay, p.Cents)
		}
	}
	for _, w := range b.Worked {
		if rate, ok := b.Rates.On(w.Role, w.OnDay); ok {
			put(w.OnDay, Of(w.Minutes, rate))
		}
	}
	if len(by) == 0 {
		return nil
	}
	var list []Month
	sum := int64(0)
	for m := monthOf(first); m <= b.Today && len(list) < maxMonths; m = monthOf(m.AddDays(31)) {
		sum += by[m]
		list = append(list, Month{min(monthOf(m.AddDays(31)).AddDays(-1), b.Today), sum})
	}
	return list
}

// maxMonths bounds a chart: fifty years.
const maxMonths = 600

// monthOf is the first day of a day's month.
func monthOf(d when.Date) when.Date { return d[:8] + "01" }
