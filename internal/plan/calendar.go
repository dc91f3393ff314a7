package plan

import (
	"fmt"
	"strconv"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/schedule"
	"bassin/internal/when"
)

// Plan is what holds for all tasks of a project: when it starts and which days are worked.
type Plan struct {
	ProjectID  project.ID
	StartsOn   when.Date
	Numbers    int64  // of the last task
	Week       string // minutes of each day, Sunday first: "0,420,420,420,420,420,0"
	Holidays   schedule.Holidays
	ComputedOn when.Date // as of which day the dates are right
	EndsOn     when.Date // of the last task
	Version    int64
}

// Closure is a run of days on which nobody works, both inclusive.
type Closure struct {
	ID        string
	ProjectID project.ID
	FromOn    when.Date
	ToOn      when.Date
	Name      string
}

// HolidayChoices lists the public holidays that a calendar may keep.
func HolidayChoices() []schedule.Holidays {
	return []schedule.Holidays{schedule.France, schedule.AlsaceMoselle, schedule.NoHolidays}
}

// defaultPlan is that of a project which has none: the week of the French law, French holidays.
func defaultPlan(p project.Project, today when.Date) Plan {
	x := Plan{ProjectID: p.ID, StartsOn: p.StartsOn, Week: WeekText(schedule.Weekdays()), Holidays: schedule.France, Version: 1}
	if !x.StartsOn.Valid() {
		x.StartsOn = today
	}
	return x
}

// WeekText writes the minutes of each day as they are stored.
func WeekText(week [7]schedule.Minutes) string {
	parts := make([]string, 7)
	for i, m := range week {
		parts[i] = strconv.Itoa(int(m))
	}
	return strings.Join(parts, ",")
}

// Hours gives the minutes of each day, Sunday first. What cannot be read is a day off.
func (p Plan) Hours() (week [7]schedule.Minutes) {
	for i, part := range strings.Split(p.Week, ",") {
		if n, err := strconv.Atoi(part); err == nil && i < 7 {
			week[i] = schedule.Minutes(n)
		}
	}
	return week
}

// Rules are the calendar's, with its closures.
func (p Plan) Rules(closures []Closure) schedule.Rules {
	r := schedule.Rules{Name: "plan", Week: p.Hours(), Holidays: p.Holidays}
	for _, c := range closures {
		r.Closed = append(r.Closed, schedule.Span{From: c.FromOn, To: c.ToOn, Name: c.Name})
	}
	return r
}

// Day is the length of a usual day: what a duration in days counts.
func (p Plan) Day() schedule.Minutes {
	most, day := 0, schedule.Minutes(0)
	count := map[schedule.Minutes]int{}
	for _, m := range p.Hours() {
		if m == 0 {
			continue
		}
		if count[m]++; count[m] > most || count[m] == most && m > day {
			most, day = count[m], m
		}
	}
	if day == 0 {
		return 7 * schedule.Hour
	}
	return day
}

func rulesKey(r schedule.Rules) string { return fmt.Sprintf("%v|%s|%v", r.Week, r.Holidays, r.Closed) }

func (p Plan) check() error {
	var wrong fault.Fields
	if !p.StartsOn.Valid() {
		wrong.Add("starts_on", "fault.required")
	}
	good := false
	for _, m := range p.Hours() {
		if m < 0 || m > 24*schedule.Hour {
			wrong.Add("week", "plan.wrong.bad_calendar")
		}
		good = good || m > 0
	}
	if !good && !wrong.Has("week") {
		wrong.Add("week", "plan.wrong.no_work")
	}
	known := false
	for _, h := range HolidayChoices() {
		known = known || h == p.Holidays
	}
	if !known {
		wrong.Add("holidays", "fault.choice")
	}
	return wrong.Err()
}

func (c *Closure) tidy() error {
	var wrong fault.Fields
	c.Name = strings.Join(strings.Fields(c.Name), " ")
	wrong.Text("name", c.Name, 1, 100)
	if c.ToOn == when.None {
		c.ToOn = c.FromOn
	}
	for _, d := range []struct {
		field string
		on    when.Date
	}{{"from_on", c.FromOn}, {"to_on", c.ToOn}} {
		switch {
		case d.on == when.None:
			wrong.Add(d.field, "fault.required")
		case !d.on.Valid():
			wrong.Add(d.field, "fault.date", "min_year", when.MinYear, "max_year", when.MaxYear)
		}
	}
	if c.FromOn.Valid() && c.ToOn.Valid() && c.ToOn < c.FromOn {
		wrong.Add("to_on", "plan.wrong.order")
	}
	return wrong.Err()
}

// maxClosure is a year with its leap day: a longer one is a slip of the year's digits, and would push
// all that follows out of sight.
const maxClosure = 366

// bounded refuses a new closure that is too long; one of an older server stays.
func (c Closure) bounded() error {
	var wrong fault.Fields
	if days := c.ToOn.Sub(c.FromOn) + 1; days > maxClosure {
		wrong.Add("to_on", "plan.wrong.closure_long", "days", days, "max", maxClosure)
	}
	return wrong.Err()
}

// ParseHours reads the length of a day in hours as people type it: "7", "7,5", "7:30", "7 h 30";
// nothing is a day off.
func ParseHours(s string) (schedule.Minutes, bool) {
	s = strings.ReplaceAll(strings.ToLower(strings.Join(strings.Fields(s), "")), ",", ".")
	if s == "" {
		return 0, true
	}
	hours, minutes, split := strings.Cut(strings.Replace(s, "h", ":", 1), ":")
	h, err := strconv.ParseFloat(hours, 64)
	if err != nil || !(h >= 0 && h <= 24) {
		return 0, false
	}
	m := 0
	if split && minutes != "" {
		if m, err = strconv.Atoi(minutes); err != nil || m < 0 || m > 59 {
			return 0, false
		}
	}
	total := schedule.Minutes(h*60+0.5) + schedule.Minutes(m)
	return total, total <= 24*schedule.Hour
}
