package meeting

import (
	"fmt"
	"strings"

	"bassin/internal/db"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/a-h/templ"
)

var paris = db.Paris

// whoHas names those to whom an action is given.
func whoHas(v *web.View, list []plan.Assignee) string {
	if len(list) == 0 {
		return v.T("meeting.action.nobody")
	}
	names := make([]string, len(list))
	for i, a := range list {
		names[i] = a.Name
	}
	return strings.Join(names, ", ")
}

// dueText says until when an action is to be done: as agreed, else as the plan computes.
func dueText(v *web.View, t plan.Task) string {
	switch {
	case t.Deadline != when.None:
		return v.T("meeting.action.until", "due_on", t.Deadline)
	case t.FinishOn != when.None:
		return v.T("meeting.action.planned", "due_on", t.FinishOn)
	}
	return v.T("meeting.action.undated")
}

// badge shows the state of a meeting.
func badge(v *web.View, m Meeting) web.Badge {
	b := web.Badge{Label: v.T(m.State.Key())}
	switch m.State {
	case Planned:
		b.Icon = "calendar-event"
	case Held:
		b.Tone = web.Run
	case Closed:
		b.Tone, b.Icon = web.Done, "lock"
	case Cancelled:
		b.Tone = web.Stop
	}
	return b
}

// times says from when to when.
func times(v *web.View, m Meeting) string {
	return v.T("meeting.times", "from", v.Clock(m.StartsAt), "to", v.Clock(m.EndsAt()))
}

// clock writes a minute of the day.
func clock(minute int64) string { return fmt.Sprintf("%02d:%02d", minute/60%24, minute%60) }

// startMinute is the minute of the day at which the meeting begins.
func startMinute(m Meeting) int64 {
	t := m.StartsAt.Time().In(paris)
	return int64(t.Hour()*60 + t.Minute())
}

func (x meetingView) may() bool { return x.Frame.MayNow(project.Contribute) }

func (x meetingView) mayChange() bool { return x.may() && x.Open() }

func (x meetingView) head(v *web.View) web.Head {
	h := x.Frame.Below(v, x.Title)
	h.State = web.State(badge(v, x.Meeting))
	h.Facts = []templ.Component{web.Text(v.Date(x.StartsAt.Date(paris))), web.Text(times(v, x.Meeting))}
	if where := x.Place; where != "" {
		h.Facts = append(h.Facts, web.Text(where))
	}
	switch {
	case x.State == Closed && x.PDFHash != "":
		h.Actions = append(h.Actions, web.Button(web.Act{Label: v.T("meeting.pdf"), URL: x.URL() + "/record.pdf", Icon: "download", Kind: web.Full, Download: true}))
	case x.mayChange():
		h.Actions = append(h.Actions, web.Button(web.Act{Label: v.T("meeting.edit"), URL: x.URL() + "/edit", Icon: "pencil"}))
		if x.State == Planned {
			h.Actions = append(h.Actions, web.PostButton(web.Act{Label: v.T("meeting.begin"), URL: x.URL() + "/begin", Icon: "player-play", Kind: web.Full}))
		} else {
			h.Actions = append(h.Actions, web.PostButton(web.Act{Label: v.T("meeting.close"), URL: x.URL() + "/close", Icon: "lock", Kind: web.Full,
				Confirm: v.T("meeting.close_ask"), ConfirmText: v.T("meeting.close_text", "count", len(x.Participants))}))
		}
	}
	return h
}

func (x meetingView) defs(v *web.View) []web.Def {
	list := []web.Def{{Term: v.T("meeting.field.number"), Value: fmt.Sprint(x.Number)}, {Term: v.T("meeting.organiser"), Value: x.CreatedByName}}
	if x.Place != "" {
		list = append(list, web.Def{Term: v.T("meeting.field.place"), Value: x.Place})
	}
	if x.Link != "" {
		list = append(list, web.Def{Term: v.T("meeting.field.link"), Body: callLink(v, x.Link)})
	}
	invited := v.T("meeting.invited_none")
	if x.InvitedAt != 0 {
		invited = v.DateTime(x.InvitedAt)
	}
	if x.State == Planned || x.InvitedAt != 0 {
		list = append(list, web.Def{Term: v.T("meeting.invited_at"), Value: invited})
	}
	if x.ClosedAt != 0 {
		list = append(list, web.Def{Term: v.T("meeting.closed_at"), Value: v.DateTime(x.ClosedAt) + ", " + x.ClosedByName})
	}
	return list
}

// itemFields are the fields of an item of the agenda.
func itemFields(v *web.View, name string) []web.Field {
	return []web.Field{
		{Name: name + ".title", Label: v.T("meeting.field.item")},
		{Name: name + ".speaker", Label: v.T("meeting.field.speaker"), Optional: true},
		{Name: name + ".minutes", Label: v.T("meeting.field.item_minutes"), Optional: true, Unit: v.T("meeting.minutes_unit"), Narrow: true},
	}
}

func itemPairs(name string, i Item) []string {
	pairs := []string{name + ".title", i.Title, name + ".speaker", i.Speaker, name + ".version", fmt.Sprint(i.Version)}
	if i.Minutes > 0 {
		pairs = append(pairs, name+".minutes", fmt.Sprint(i.Minutes))
	}
	return pairs
}

func decisionFields(v *web.View) []web.Field {
	return []web.Field{
		{Name: "decision.title", Label: v.T("project.field.title"), Hint: v.T("project.decision.title_hint")},
		{Name: "decision.outcome", Label: v.T("project.field.outcome"), Choices: web.Keyed(v, project.Outcomes())},
		{Name: "decision.reason", Label: v.T("project.field.reason"), Rows: 2},
		{Name: "decision.deciders", Label: v.T("project.field.deciders"), Hint: v.T("project.decision.deciders_hint")},
		{Name: "decision.conditions", Label: v.T("project.field.conditions"), Rows: 2, Optional: true},
	}
}

func (x meetingView) taskFields(v *web.View) []web.Field {
	return []web.Field{
		{Name: "task.title", Label: v.T("meeting.field.task")},
		{Name: "task.person_id", Label: v.T("meeting.field.person"), Choices: x.Members, Optional: true},
		{Name: "task.deadline", Label: v.T("meeting.field.deadline"), Optional: true},
	}
}

func (x meetingView) personFields(v *web.View) []web.Field {
	return []web.Field{{Name: "person.person_id", Label: v.T("meeting.field.person"), Choices: x.Free}}
}

func guestFields(v *web.View) []web.Field {
	return []web.Field{
		{Name: "guest.email", Label: v.T("meeting.field.email"), Type: "email"},
		{Name: "guest.name", Label: v.T("meeting.field.name"), Optional: true},
	}
}

func cancelFields(v *web.View) []web.Field {
	return []web.Field{{Name: "cancel.reason", Label: v.T("meeting.field.reason"), Rows: 2, Optional: true}}
}

func presenceBadge(v *web.View, p Participant) web.Badge {
	b := web.Badge{Label: v.T(p.Presence.Key())}
	switch p.Presence {
	case Expected:
		b.Icon = "hourglass"
	case Present:
		b.Tone = web.Done
	case Excused:
		b.Icon = "mail"
	case Absent:
		b.Tone, b.Icon = web.Late, "x"
	}
	return b
}

// formFields are the fields of a meeting.
func formFields(v *web.View) []web.Field {
	return []web.Field{
		{Name: "title", Label: v.T("meeting.field.title")},
		{Name: "starts_on", Label: v.T("meeting.field.starts_on")},
		{Name: "starts_time", Label: v.T("meeting.field.starts_time"), Hint: v.T("meeting.field.starts_time_hint"), Narrow: true},
		{Name: "minutes", Label: v.T("meeting.field.minutes"), Unit: v.T("meeting.minutes_unit"), Narrow: true},
		{Name: "place", Label: v.T("meeting.field.place"), Optional: true},
		{Name: "link", Label: v.T("meeting.field.link"), Hint: v.T("meeting.field.link_hint"), Type: "url", Optional: true},
		{Name: "purpose", Label: v.T("meeting.field.purpose"), Rows: 3, Optional: true},
	}
}

func fillMeeting(m Meeting) *web.Form {
	return web.NewForm(web.NewOnce(), "title", m.Title, "starts_on", string(m.StartsAt.Date(paris)), "starts_time", clock(startMinute(m)), "minutes", fmt.Sprint(m.Minutes),
		"place", m.Place, "link", m.Link, "purpose", m.Purpose, "version", fmt.Sprint(m.Version))
}

func listActs(v *web.View, x listView) []templ.Component {
	if !x.MayNow(project.Contribute) {
		return nil
	}
	return []templ.Component{web.Button(web.Act{Label: v.T("meeting.new"), URL: x.ID.URL() + "/meetings/new", Icon: "plus", Kind: web.Full})}
}

func (x meetingView) itemURL(i Item) string { return x.URL() + "/items/" + string(i.ID) }

func inviteLabel(v *web.View, m Meeting) string {
	if m.InvitedAt != 0 {
		return v.T("meeting.invite_again")
	}
	return v.T("meeting.invite")
}

// rowsFor gives a field the height of its text.
func rowsFor(text string) string {
	return fmt.Sprint(min(24, max(4, strings.Count(text, "\n")+2+len(text)/110)))
}

func outcomeBadge(v *web.View, d project.Decision) web.Badge {
	b := web.Badge{Label: v.T(d.Outcome.Key())}
	switch d.Outcome {
	case project.Agreed:
		b.Tone = web.Done
	case project.Deferred:
		b.Tone = web.Late
	case project.Rejected:
		b.Tone = web.Stop
	}
	return b
}

func (x formView) head(v *web.View) web.Head {
	if x.Meeting.ID == "" {
		return x.Below(v, v.T("meeting.new"))
	}
	return x.Below(v, v.T("meeting.edit"), web.Crumb{Label: x.Meeting.Title, URL: x.Meeting.URL()})
}

func (x formView) url() string {
	if x.Meeting.ID == "" {
		return x.ID.URL() + "/meetings/new"
	}
	return x.Meeting.URL() + "/edit"
}

func (x formView) back() string {
	if x.Meeting.ID == "" {
		return x.ID.URL() + "/meetings"
	}
	return x.Meeting.URL()
}

func (x formView) submit(v *web.View) string {
	if x.Meeting.ID == "" {
		return v.T("meeting.create")
	}
	return v.T("project.save")
}
