package meeting

import (
	"fmt"
	"strings"

	"bassin/internal/paper"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/web"
)

// sheet is a record while it is written.
type sheet struct {
	paper.Sheet
	v *web.View
}

// record writes what is to be remembered of a meeting as a PDF; the same meeting gives the same bytes.
func record(v *web.View, p project.Project, w Whole, closer string) ([]byte, error) {
	s := sheet{paper.New(v.Lang, w.Title, p.Code+" · "+w.Title, w.ClosedAt.Time()), v}
	s.head(p, w)
	s.people(w.Participants)
	s.minutes(w)
	s.decisions(w.Decisions)
	s.actions(p, w.Actions)
	s.Ln(4)
	s.Small(v.T("meeting.record.closed", "name", closer, "at", v.DateTime(w.ClosedAt)))
	return s.Bytes()
}

func (s sheet) head(p project.Project, w Whole) {
	s.Small(p.Code + " · " + p.Title)
	s.Name(w.Title)
	s.Ln(1)
	s.Text(s.v.T("meeting.record.when", "number", w.Number, "day", s.v.Date(w.StartsAt.Date(paris)), "from", s.v.Clock(w.StartsAt), "to", s.v.Clock(w.EndsAt())))
	if where := w.Location(); where != "" {
		s.Text(where)
	}
	if w.Purpose != "" {
		s.Ln(2)
		s.Text(w.Purpose)
	}
}

func (s sheet) people(list []Participant) {
	if len(list) == 0 {
		return
	}
	s.Title(s.v.T("meeting.participants"))
	for _, p := range Presences() {
		var names []string
		for _, x := range list {
			if x.Presence == p {
				names = append(names, x.Name)
			}
		}
		if len(names) > 0 {
			s.Text(s.v.T(p.Key()) + s.v.T("web.form.colon") + " " + strings.Join(names, ", "))
		}
	}
}

func (s sheet) minutes(w Whole) {
	if len(w.Items) > 0 {
		s.Title(s.v.T("meeting.minutes"))
	}
	for i, x := range w.Items {
		if i > 0 {
			s.Ln(3)
		}
		s.Strong(fmt.Sprintf("%d. %s", i+1, x.Title))
		if x.Speaker != "" {
			s.Small(x.Speaker)
		}
		if x.Text != "" {
			s.Ln(0.8)
			s.Text(x.Text)
		}
	}
	if strings.TrimSpace(w.Note) != "" {
		s.Title(s.v.T("meeting.note"))
		s.Text(strings.TrimSpace(w.Note))
	}
}

func (s sheet) decisions(list []project.Decision) {
	if len(list) == 0 {
		return
	}
	s.Title(s.v.T("meeting.decisions"))
	for i, d := range list {
		if i > 0 {
			s.Ln(3)
		}
		s.Strong(s.v.T("project.decision.number", "number", d.Number) + " " + d.Title)
		s.Small(s.v.T(d.Outcome.Key()) + " · " + s.v.T("project.decision.by_on", "deciders", d.Deciders, "decided_on", d.DecidedOn))
		s.Text(d.Reason)
		if d.Conditions != "" {
			s.Text(s.v.T("project.field.conditions") + s.v.T("web.form.colon") + " " + d.Conditions)
		}
	}
}

func (s sheet) actions(p project.Project, list []Action) {
	if len(list) == 0 {
		return
	}
	s.Title(s.v.T("meeting.actions"))
	for _, x := range list {
		s.Strong(plan.Code(project.Access{Project: p}, x.Task) + " " + x.Title)
		s.Small(s.v.T("meeting.action.who_when", "who", whoHas(s.v, x.People), "day", dueText(s.v, x.Task)))
	}
}
