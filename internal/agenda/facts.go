package agenda

import (
	"strconv"
	"strings"
	"time"

	"bassin/internal/fault"
	"bassin/internal/ical"
	"bassin/internal/meeting"
	"bassin/internal/plan"
	"bassin/internal/when"
)

// eventFacts are what Bassin knows of an event: a meeting, or the day of a milestone.
type eventFacts struct {
	Summary, Description, Location string
	Start, End                     when.Time // of a meeting
	Day                            when.Date // of a milestone
}

// todoFacts are what Bassin knows of a task.
type todoFacts struct {
	Summary, Description string
	Status               string
	Percent              int64
	Due, Completed       when.Date
}

// The words of iCalendar for how a task stands.
const (
	needsAction = "NEEDS-ACTION"
	inProcess   = "IN-PROCESS"
	completed   = "COMPLETED"
)

// todoOf gives the facts of a task.
func todoOf(t plan.Task) todoFacts {
	f := todoFacts{Summary: t.Title, Description: t.Body, Status: needsAction, Percent: t.Percent, Due: t.Deadline}
	switch t.State {
	case plan.Doing, plan.Review:
		f.Status = inProcess
	case plan.Done:
		f.Status, f.Completed = completed, t.FinishedOn
	}
	return f
}

// readTodo gives the facts that a component says.
func readTodo(c *ical.Component) todoFacts {
	f := todoFacts{Summary: oneLine(c.Text("SUMMARY")), Description: someLines(c.Text("DESCRIPTION")), Status: strings.ToUpper(c.Text("STATUS")), Due: dayOf(c, "DUE"), Completed: dayOf(c, "COMPLETED")}
	f.Percent, _ = strconv.ParseInt(c.Text("PERCENT-COMPLETE"), 10, 64)
	f.Percent = min(100, max(0, f.Percent))
	switch {
	case f.Completed != when.None, f.Percent == 100:
		f.Status = completed
	case f.Status == "":
		f.Status = needsAction
	}
	return f
}

// oneLine is how titles are kept.
func oneLine(s string) string { return strings.Join(strings.Fields(fault.Seen(s)), " ") }

// someLines is how long texts are kept.
func someLines(s string) string { return strings.TrimSpace(fault.Seen(s)) }

// dayOf reads the day of a line.
func dayOf(c *ical.Component, name string) when.Date {
	l, ok := c.Get(name)
	if !ok {
		return when.None
	}
	t, err := l.Time(paris)
	if err != nil {
		return when.None
	}
	return when.Date(t.In(paris).Format(time.DateOnly))
}

// write makes a component say the facts; lines that say them already stay as they are.
func (f todoFacts) write(c *ical.Component) {
	now := readTodo(c)
	if now.Summary != f.Summary {
		c.SetText("SUMMARY", f.Summary)
	}
	if now.Description != f.Description {
		c.SetText("DESCRIPTION", f.Description)
	}
	if now.Status != f.Status {
		c.Set("STATUS", f.Status)
	}
	if now.Percent != f.Percent {
		c.Set("PERCENT-COMPLETE", strconv.FormatInt(f.Percent, 10))
	}
	if now.Due != f.Due {
		if c.Remove("DUE"); f.Due != when.None {
			c.Remove("DURATION") // not beside DUE
			c.Set("DUE", compact(f.Due), ical.Param{Name: "VALUE", Value: "DATE"})
			keepBefore(c, f.Due)
		}
	}
	if now.Completed != f.Completed {
		if c.Remove("COMPLETED"); f.Completed != when.None {
			c.Set("COMPLETED", compact(f.Completed)+"T120000Z")
		}
	}
}

// keepBefore drops a start that would not come before the day something is due, or is of another
// kind than it: programs refuse such a task.
func keepBefore(c *ical.Component, due when.Date) {
	if l, ok := c.Get("DTSTART"); ok && (!l.Day() || dayOf(c, "DTSTART") >= due) {
		c.Remove("DTSTART")
	}
}

func compact(d when.Date) string { return strings.ReplaceAll(string(d), "-", "") }

// apply changes a task by what a program changed: what it left as it was served stays, whatever it
// is.
func (f todoFacts) apply(was todoFacts, t *plan.Task) {
	if f.Summary != was.Summary {
		t.Title = f.Summary
	}
	if f.Description != was.Description {
		t.Body = f.Description
	}
	if f.Status != was.Status {
		switch f.Status {
		case needsAction:
			t.State = plan.Todo
		case inProcess:
			t.State = plan.Doing
		case completed:
			t.State = plan.Done
		}
	}
	if f.Percent != was.Percent && t.State != plan.Done && t.State != plan.Todo {
		t.Percent = f.Percent
	}
	if t.State != plan.Done && t.Percent == 100 {
		t.Percent = 0
	}
	if f.Due != was.Due {
		t.Deadline = f.Due
	}
	if f.Completed != was.Completed && t.State == plan.Done {
		t.FinishedOn = f.Completed
	}
}

// draft makes a new task of what a program says.
func (f todoFacts) draft() plan.Task {
	var t plan.Task
	t.State = plan.Todo
	f.apply(todoFacts{Status: needsAction}, &t)
	return t
}

// milestoneOf gives the facts of a milestone.
func milestoneOf(t plan.Task) eventFacts {
	return eventFacts{Summary: t.Title, Description: t.Body, Day: t.FinishOn}
}

// meetingOf gives the facts of a meeting.
func meetingOf(m meeting.Meeting) eventFacts {
	return eventFacts{Summary: m.Title, Description: m.Description(), Location: m.Location(), Start: m.StartsAt, End: m.EndsAt()}
}

// readEvent gives the facts that a component says.
func readEvent(c *ical.Component) eventFacts {
	f := eventFacts{Summary: oneLine(c.Text("SUMMARY")), Description: someLines(c.Text("DESCRIPTION")), Location: someLines(c.Text("LOCATION"))}
	start, end, dated := extent(c)
	l, _ := c.Get("DTSTART")
	switch {
	case !dated:
	case l.Day():
		f.Day = dayOf(c, "DTSTART")
	default:
		f.Start, f.End = when.At(start), when.At(end)
	}
	return f
}

// write makes a component say the facts; lines that say them already stay as they are.
func (f eventFacts) write(c *ical.Component) {
	now := readEvent(c)
	if now.Summary != f.Summary {
		c.SetText("SUMMARY", f.Summary)
	}
	if now.Description != f.Description {
		c.SetText("DESCRIPTION", f.Description)
	}
	if now.Location != f.Location {
		c.SetText("LOCATION", f.Location)
	}
	if now.Day != f.Day || now.Start != f.Start || now.End != f.End {
		c.Remove("DURATION")
		c.Remove("DTEND")
		if f.Day != when.None {
			c.Set("DTSTART", compact(f.Day), ical.Param{Name: "VALUE", Value: "DATE"})
		} else {
			c.Set("DTSTART", ical.UTC(f.Start.Time()))
			c.Set("DTEND", ical.UTC(f.End.Time()))
		}
	}
}

// apply changes a meeting by what a program changed.
func (f eventFacts) apply(was eventFacts, m *meeting.Meeting) {
	if f.Summary != was.Summary {
		m.Title = f.Summary
	}
	if f.Description != was.Description {
		m.Purpose = strings.TrimSpace(strings.TrimSuffix(f.Description, m.Link))
	}
	if f.Location != was.Location {
		m.Place = f.Location
	}
	if f.Start != was.Start || f.End != was.End || f.Day != was.Day {
		m.StartsAt, m.Minutes = f.Start, int64(f.End.Sub(f.Start)/time.Minute)
	}
}
