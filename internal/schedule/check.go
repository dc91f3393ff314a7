package schedule

import (
	"fmt"

	"bassin/internal/when"
)

// tenYears is the longest duration and lag, in usual weeks: more is a slip of the finger.
const tenYears = 522

// check finds all faults of a plan that can be seen without following links.
func (p Plan) check() (faults Faults) {
	if len(p.Tasks) > MaxTasks || len(p.Links) > MaxLinks {
		return Faults{{Kind: TooLarge}}
	}
	if _, ok := dayOf(p.Start); !ok {
		faults = append(faults, Fault{Kind: BadDate, Date: p.Start})
	}
	if _, ok := dayOf(p.Status); !ok && p.Status != when.None {
		faults = append(faults, Fault{Kind: BadDate, Date: p.Status})
	}
	for i := range p.Tasks {
		p.checkTask(i, &faults)
	}
	for i, l := range p.Links {
		switch {
		case l.From < 0 || l.From >= len(p.Tasks) || l.To < 0 || l.To >= len(p.Tasks):
			faults = append(faults, Fault{Kind: UnknownTask, Link: i + 1})
		case l.Type > SF:
			faults = append(faults, Fault{Kind: UnknownLink, Link: i + 1})
		case p.tooLong(p.Tasks[l.To].Calendar, l.Lag) || p.tooLong(p.Tasks[l.To].Calendar, -l.Lag):
			faults = append(faults, Fault{Kind: TooLong, Link: i + 1, Tasks: p.names(l.From, l.To)})
		}
	}
	return faults
}

func (p Plan) checkTask(i int, faults *Faults) {
	t := &p.Tasks[i]
	note := func(kind Kind, date when.Date) {
		*faults = append(*faults, Fault{Kind: kind, Tasks: p.names(i), Date: date})
	}
	if t.Calendar < 0 || t.Calendar >= len(p.Calendars) || p.Calendars[t.Calendar] == nil {
		note(UnknownCalendar, when.None)
	}
	if t.Parent < 0 || t.Parent > len(p.Tasks) {
		note(UnknownTask, when.None)
	}
	if t.Work < 0 {
		note(BadWork, when.None)
	}
	if p.tooLong(t.Calendar, t.Work) {
		note(TooLong, when.None)
	}
	for _, d := range [...]when.Date{t.NotBefore, t.Deadline, t.Begin, t.End, t.Begun, t.Finished} {
		if _, ok := dayOf(d); !ok && d != when.None {
			note(BadDate, d)
		}
	}
	switch {
	case t.Mode > Manual || t.Mode != Auto && t.Begin == when.None:
		note(BadDate, t.Begin)
	case t.Mode == Manual && (t.End == when.None || t.End < t.Begin):
		note(BadDate, t.End)
	case t.Finished != when.None && t.Begun != when.None && t.Finished < t.Begun:
		note(BadDate, t.Finished)
	}
	if t.Percent < 0 || t.Percent > 100 || t.Finished != when.None && t.Begun == when.None {
		note(BadProgress, when.None)
	}
}

func (p Plan) tooLong(calendar int, work Minutes) bool {
	if calendar < 0 || calendar >= len(p.Calendars) || p.Calendars[calendar] == nil {
		return false // told already
	}
	return work > tenYears*p.Calendars[calendar].week
}

// names are the IDs of tasks, as faults tell them.
func (p Plan) names(tasks ...int) []string {
	list := make([]string, len(tasks))
	for i, t := range tasks {
		if list[i] = p.Tasks[t].ID; list[i] == "" {
			list[i] = fmt.Sprintf("#%d", t)
		}
	}
	return list
}
