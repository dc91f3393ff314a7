package webhook

import (
	"slices"
	"strings"
)

// Kind is a subject that one chooses to hear of: the operations whose names begin alike.
type Kind string

// The subjects.
const (
	Tasks     Kind = "task"
	Planning  Kind = "plan"
	Documents Kind = "document"
	Notes     Kind = "note"
	Meetings  Kind = "meeting"
	Decisions Kind = "decision"
	Stages    Kind = "stage"
	Risks     Kind = "risk"
	Talk      Kind = "talk"
	Costs     Kind = "cost"
	People    Kind = "people"
	Project   Kind = "project"
)

// Key gives the text key of the subject's name.
func (k Kind) Key() string { return "webhook.kind." + string(k) }

// subject says which operations belong to a kind, and on which page of the project one sees them.
type subject struct {
	kind  Kind
	verbs []string
	page  string
}

// subjects is read from the top: the first that fits is it.
var subjects = []subject{
	{Tasks, []string{"plan.task.", "plan.item.", "plan.link.", "plan.series.", "plan.value.", "document.attach", "document.detach"}, "/plan"},
	{Planning, []string{"plan."}, "/plan"},
	{Documents, []string{"document."}, "/documents"},
	{Notes, []string{"note."}, "/notes"},
	{Meetings, []string{"meeting."}, "/meetings"},
	{Decisions, []string{"project.decision."}, "/decisions"},
	{Stages, []string{"project.stage.", "project.criterion."}, "/stages"},
	{Risks, []string{"project.risk.", "project.blocker."}, "/risks"},
	{Talk, []string{"talk."}, "/discussion"},
	{Costs, []string{"cost."}, "/costs"},
	{People, []string{"project.people.", "project.partner.", "account.grant."}, "/people"},
	{Project, []string{""}, ""},
}

// Kinds lists them in the order of the form.
func Kinds() []Kind {
	list := make([]Kind, len(subjects))
	for i, s := range subjects {
		list[i] = s.kind
	}
	return list
}

func subjectOf(verb string) subject {
	i := slices.IndexFunc(subjects, func(s subject) bool {
		return slices.ContainsFunc(s.verbs, func(p string) bool { return strings.HasPrefix(verb, p) })
	})
	return subjects[i] // the last fits all
}

// KindOf gives the subject of an operation; false for those on hooks, which no hook hears of.
func KindOf(verb string) (Kind, bool) {
	if strings.HasPrefix(verb, "webhook.") {
		return "", false
	}
	return subjectOf(verb).kind, true
}
