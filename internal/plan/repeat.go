package plan

import (
	"slices"
	"strings"
	"time"

	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/schedule"
	"bassin/internal/when"

	"github.com/teambition/rrule-go"
)

// SeriesID names a series.
type SeriesID string

// Every is the unit in which a task comes again.
type Every string

// The units.
const (
	EveryDay   Every = "day"
	EveryWeek  Every = "week"
	EveryMonth Every = "month"
)

// Everies lists them in the order of forms.
func Everies() []Every { return []Every{EveryDay, EveryWeek, EveryMonth} }

// Key gives the text key of the unit's name.
func (e Every) Key() string { return "plan.every." + string(e) }

// Rhythm gives the text key of how often that is.
func (e Every) Rhythm() string { return "plan.rhythm." + string(e) }

// Rule says on which days a task begins again. The zero UntilOn and Times are without an end.
type Rule struct {
	Every    Every
	Interval int64     `db:"pace"` // every so many
	Weekdays string    // of weeks: "14" are Monday and Thursday
	MonthDay int64     // of months: where one is shorter, its last day
	UntilOn  when.Date // the last day that may be one
	Times    int64     // in all
}

// The limits of a rule.
const (
	maxInterval = 99
	maxTimes    = 999
)

// Series is a task that comes again: when one is finished the next one is made.
type Series struct {
	ID        SeriesID
	ProjectID project.ID
	Rule
	FirstOn   when.Date // the rule counts from here
	StoppedAt when.Time
	Version   int64
}

// Running reports whether another task is still to come.
func (s Series) Running() bool { return s.ID != "" && s.StoppedAt == 0 }

// Occurrence is one task of a series, with the day that the rule gave it: a day off moves the task,
// not the rule.
type Occurrence struct {
	TaskID    TaskID
	SeriesID  SeriesID
	ProjectID project.ID
	Position  int64
	DueOn     when.Date
}

// tidy cleans the rule and gathers what is wrong; what it does not say follows from its first day.
func (r *Rule) tidy(first when.Date) error {
	var wrong fault.Fields
	if !slices.Contains(Everies(), r.Every) {
		wrong.Add("every", "fault.choice")
	}
	if r.Interval < 1 || r.Interval > maxInterval {
		wrong.Add("interval", "fault.number", "min", 1, "max", maxInterval)
	}
	if r.Every != EveryWeek {
		r.Weekdays = ""
	} else if r.Weekdays == "" {
		r.Weekdays = isoDay(first)
	}
	days := slices.Compact(slices.Sorted(slices.Values([]byte(r.Weekdays))))
	if strings.Trim(r.Weekdays, "1234567") != "" {
		wrong.Add("weekdays", "fault.choice")
	}
	r.Weekdays = string(days)
	if r.Every != EveryMonth {
		r.MonthDay = 0
	} else if r.MonthDay == 0 {
		r.MonthDay = int64(first.Time().Day())
	}
	if r.MonthDay < 0 || r.MonthDay > 31 {
		wrong.Add("month_day", "fault.number", "min", 1, "max", 31)
	}
	switch {
	case r.UntilOn == when.None:
	case !r.UntilOn.Valid():
		wrong.Add("until_on", "fault.date", "min_year", when.MinYear, "max_year", when.MaxYear)
	case r.UntilOn < first:
		wrong.Add("until_on", "plan.wrong.repeats_no_more")
	}
	if r.Times < 0 || r.Times == 1 || r.Times > maxTimes {
		wrong.Add("times", "fault.number", "min", 2, "max", maxTimes)
	}
	return wrong.Err()
}

// isoDay is the digit of a weekday, Monday first.
func isoDay(d when.Date) string { return string(rune('1' + (int(d.Time().Weekday())+6)%7)) }

// days are those of the rule from a first one on, whether they are worked or not.
func (r Rule) days(first when.Date) (func() (time.Time, bool), error) {
	o := rrule.ROption{Interval: int(r.Interval), Dtstart: first.Time(), Until: time.Date(when.MaxYear, time.January, 1, 0, 0, 0, 0, time.UTC)}
	switch r.Every {
	case EveryDay:
		o.Freq = rrule.DAILY
	case EveryWeek:
		o.Freq = rrule.WEEKLY
		for _, d := range []byte(r.Weekdays) {
			o.Byweekday = append(o.Byweekday, []rrule.Weekday{rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU}[d-'1'])
		}
	case EveryMonth:
		o.Freq, o.Bysetpos = rrule.MONTHLY, []int{-1}
		for d := min(28, int(r.MonthDay)); d <= int(r.MonthDay); d++ {
			o.Bymonthday = append(o.Bymonthday, d)
		}
	}
	rule, err := rrule.NewRRule(o)
	if err != nil {
		return nil, err
	}
	return rule.Iterator(), nil
}

// after gives the occurrence that follows one: the next day of the rule that is worked after it, and
// is not before from. What was missed in between counts, but is not made. Days of the rule that fall
// on one worked day are one.
func (s Series) after(o Occurrence, from when.Date, cal *schedule.Calendar) (Occurrence, bool, error) {
	next, err := s.days(s.FirstOn)
	if err != nil {
		return o, false, err
	}
	last := worked(o.DueOn, cal)
	for {
		t, more := next()
		day := when.Day(t.Year(), t.Month(), t.Day())
		if !more || s.UntilOn.Valid() && day > s.UntilOn {
			return o, false, nil
		}
		on := worked(day, cal)
		if day <= o.DueOn || on <= last {
			continue
		}
		last, o.Position = on, o.Position+1
		if s.Times > 0 && o.Position > s.Times {
			return o, false, nil
		}
		if on >= from {
			o.DueOn = day
			return o, true, nil
		}
	}
}

// worked gives the day, or the next one that is worked; the day itself when none is for a year.
func worked(d when.Date, cal *schedule.Calendar) when.Date {
	for i := range 366 {
		if on := d.AddDays(i); on.Valid() && cal.On(on) > 0 {
			return on
		}
	}
	return d
}

// begins is the day from which the task is to be worked on.
func (t Task) begins() when.Date {
	switch {
	case t.Mode != Auto:
		return t.BeginOn
	case t.NotBefore.Valid():
		return t.NotBefore
	}
	return t.EarlyOn
}

// again is the task as it comes next in a series: nothing of it is done, it begins on the day of the
// rule, and its deadline is as far from it as before.
func (t Task) again(was, to Occurrence, cal *schedule.Calendar) Task {
	next := Task{ProjectID: t.ProjectID, ParentID: t.ParentID, Title: t.Title, Body: t.Body, Kind: t.Kind, State: Todo, StageID: t.StageID, Labels: t.Labels, Work: t.Work,
		Mode: t.Mode, BeginOn: t.BeginOn, EndOn: t.EndOn, Priority: t.Priority}
	next.shift(worked(to.DueOn, cal), 0)
	if t.Deadline.Valid() {
		if d := t.Deadline.AddDays(to.DueOn.Sub(was.DueOn)); d.Valid() {
			next.Deadline = worked(d, cal)
		}
	}
	return next
}
