package plan

import (
	"cmp"
	"slices"

	"bassin/internal/schedule"
	"bassin/internal/when"
)

// maxLanes bounds the tasks above each other in a week; the rest is a list away.
const maxLanes = 12

// week is a row of the month: seven days from Monday, and the tasks that lie in them.
type week struct {
	Days   [7]day
	Strips []strip
	More   int // tasks for which there is no lane
}

// day is a square of the month.
type day struct {
	On      when.Date
	Other   bool // of the month before or after
	Off     bool // nobody works
	Closure string
	Holiday schedule.Holiday
}

// strip is a task in one week: from a column on, over some days, in a lane.
type strip struct {
	Task             Task
	Column, Days     int // the column from 1
	Lane             int // from 1
	Begins, Finishes bool
}

// monthOf reads a month from an address ("2026-11"): its first day, or that of today's.
func monthOf(text string, today when.Date) when.Date {
	if d, err := when.ParseDate(text + "-01"); err == nil {
		return d
	}
	return today[:8] + "01"
}

// monthAfter gives the first day of a month some months later; none outside the years that there
// are.
func monthAfter(first when.Date, n int) when.Date {
	t := first.Time().AddDate(0, n, 0)
	d := when.Day(t.Year(), t.Month(), 1)
	if !d.Valid() {
		return when.None
	}
	return d
}

// weeksOf lays tasks out in the weeks of a month. Those that begin first come first, the longer of
// two above; a lane is free again when its task has finished.
func weeksOf(first when.Date, tasks []Task, cal *schedule.Calendar) []week {
	tasks = slices.DeleteFunc(slices.Clone(tasks), func(t Task) bool { return !t.EarlyOn.Valid() || !t.FinishOn.Valid() })
	slices.SortStableFunc(tasks, func(a, b Task) int {
		if a.EarlyOn != b.EarlyOn {
			return a.EarlyOn.Sub(b.EarlyOn)
		}
		return b.FinishOn.Sub(a.FinishOn)
	})
	var weeks []week
	for from := monday(first); from[:7] <= first[:7]; from = from.AddDays(7) {
		weeks = append(weeks, weekOf(from, first, tasks, cal))
	}
	return weeks
}

func weekOf(from, first when.Date, tasks []Task, cal *schedule.Calendar) week {
	var w week
	for i := range w.Days {
		d := day{On: from.AddDays(i)}
		d.Other, d.Off = d.On[:7] != first[:7], cal.On(d.On) == 0
		d.Closure, d.Holiday = cal.Off(d.On)
		w.Days[i] = d
	}
	last := w.Days[6].On
	var free [maxLanes]when.Date // the last day taken in each lane
	for _, t := range tasks {
		if t.EarlyOn > last || t.FinishOn < from {
			continue
		}
		s := strip{Task: t, Begins: t.EarlyOn >= from, Finishes: t.FinishOn <= last}
		begin, end := max(t.EarlyOn, from), min(t.FinishOn, last)
		lane := slices.IndexFunc(free[:], func(d when.Date) bool { return d < begin })
		if lane < 0 {
			w.More++
			continue
		}
		free[lane] = end
		s.Column, s.Days, s.Lane = begin.Sub(from)+1, end.Sub(begin)+1, lane+1
		w.Strips = append(w.Strips, s)
	}
	return w
}

// entry is a day of the agenda: what begins, what is due, what is reached.
type entry struct {
	On    when.Date
	Tasks []Task
}

// agendaOf lists the days of a month on which something begins or finishes; a task stands at both.
func agendaOf(first when.Date, tasks []Task) []entry {
	var list []entry
	next := monthAfter(first, 1)
	add := func(on when.Date, t Task) {
		if on < first || next.Valid() && on >= next {
			return
		}
		i, found := slices.BinarySearchFunc(list, on, func(e entry, d when.Date) int { return cmp.Compare(e.On, d) })
		if !found {
			list = slices.Insert(list, i, entry{On: on})
		}
		list[i].Tasks = append(list[i].Tasks, t)
	}
	for _, t := range tasks {
		add(t.EarlyOn, t)
		if t.FinishOn != t.EarlyOn {
			add(t.FinishOn, t)
		}
	}
	return list
}
