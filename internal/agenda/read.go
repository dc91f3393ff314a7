package agenda

import (
	"slices"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/meeting"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/when"
)

// wish is what somebody wants to see.
type wish struct {
	ids      []project.ID
	titles   map[project.ID]project.Project
	person   account.PersonID // whose meetings and tasks; "": everybody's
	from, to when.Date
}

// over widens the wish to projects.
func (w *wish) over(books ...project.Access) {
	w.titles = map[project.ID]project.Project{}
	for _, a := range books {
		w.ids, w.titles[a.ID] = append(w.ids, a.ID), a.Project
	}
}

// entries gives what has a day: meetings, milestones, tasks that are due, what programs brought.
func entries(tx db.Tx, w wish) ([]Entry, error) {
	from, to := meeting.Moment(w.from, 0, paris), meeting.Moment(w.to.AddDays(1), 0, paris)
	var out []Entry
	meetings, people, err := meeting.Between(tx, w.ids, from, to)
	if err != nil {
		return nil, err
	}
	for _, m := range meetings {
		if w.person != "" && m.CreatedBy != w.person && !slices.ContainsFunc(people[m.ID], func(p meeting.Participant) bool { return p.PersonID == w.person }) {
			continue
		}
		out = append(out, Entry{Kind: OfMeeting, ID: string(m.ID), ProjectID: m.ProjectID, Title: m.Title, URL: m.URL(), Place: m.Location(), Day: m.StartsAt.Date(paris), Start: m.StartsAt,
			End: m.EndsAt(), Done: m.State == meeting.Closed, Updated: m.UpdatedAt})
	}
	tasks, err := plan.Dated(tx, w.ids, w.person, w.from, w.to)
	if err != nil {
		return nil, err
	}
	for _, t := range tasks {
		kind := OfTask
		if t.Milestone() {
			kind = OfMilestone
		}
		out = append(out, Entry{Kind: kind, ID: string(t.ID), ProjectID: t.ProjectID, Title: t.Title, URL: t.URL(), Day: t.Due(), Late: t.State != plan.Done && t.Due() < tx.Today(),
			Done: t.State == plan.Done, Updated: t.UpdatedAt})
	}
	own, err := ownEntries(tx, w.ids, from, to)
	out = append(out, own...)
	for i := range out {
		out[i].Project = w.titles[out[i].ProjectID].Title
	}
	return out, err
}

// maxRepeats is how often one series is shown in what is looked at.
const maxRepeats = 100

// ownEntries gives what programs brought, each time it occurs.
func ownEntries(tx db.Tx, ids []project.ID, from, to when.Time) ([]Entry, error) {
	var out []Entry
	w := &work{}
	for _, id := range ids {
		list, err := listWithin(tx, id, vevent, from, to)
		if err != nil {
			return nil, err
		}
		for _, o := range list {
			if o.Kind != Own {
				continue
			}
			b, err := readBody(o.Data)
			if err != nil {
				continue // it was readable when it came
			}
			out = append(out, occurrences(o, b, from, to, w)...)
		}
	}
	return out, nil
}

// occurrences gives each time that an object happens; of a series that cannot be followed, its start.
func occurrences(o Object, b body, from, to when.Time, w *work) []Entry {
	c := b.master()
	start, end, dated := extent(c)
	if !dated {
		return nil
	}
	times, followed := w.starts(c, from.Time(), to.Time(), maxRepeats)
	if !followed {
		times = []time.Time{start}
	}
	line, _ := c.Get("DTSTART")
	out := make([]Entry, 0, len(times))
	for _, at := range times {
		e := Entry{Kind: Own, ID: tag(o.UID + at.String()), ProjectID: o.ProjectID, Title: oneLine(c.Text("SUMMARY")), Place: oneLine(c.Text("LOCATION")), Day: when.At(at).Date(paris), Updated: o.UpdatedAt}
		if !line.Day() {
			e.Start, e.End = when.At(at), when.At(at.Add(end.Sub(start)))
		}
		out = append(out, e)
	}
	return out
}
