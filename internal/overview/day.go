package overview

import (
	"cmp"
	"slices"
	"strconv"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/meeting"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/talk"
	"bassin/internal/when"
)

// The reach of a day, in days: what comes, and for how long past a meeting waits for its minutes.
const (
	dayAhead    = 7
	minutesWait = 30
)

// maxMentions is how many mentions a day shows; all are among the notices.
const maxMentions = 10

// WaitKind is what sort of thing waits for a person.
type WaitKind string

// The kinds.
const (
	WaitTask    WaitKind = "task"
	WaitMeeting WaitKind = "meeting"
	WaitMinutes WaitKind = "minutes" // of a meeting that is over, to be closed
	WaitGate    WaitKind = "gate"    // to be decided
	WaitRisk    WaitKind = "risk"    // to be looked at again
	WaitMention WaitKind = "mention" // somebody asks, and it has not been seen
)

// Wait is one thing of a project that waits for a person.
type Wait struct {
	Kind      WaitKind
	Ref       string // "PREH-17"
	Title     string // of a gate: its phase
	URL       string
	ProjectID project.ID
	Project   string    // its title; of a mention: who asks
	On        when.Date // due, or takes place
	At        when.Time // a meeting's hour
	State     plan.State
	Phase     project.Phase
}

// Day is what waits for a person over all projects, each part the most pressing first.
type Day struct {
	Late  []Wait
	Today []Wait
	Asked []Wait // an answer is asked for
	Soon  []Wait // within dayAhead
	Going []Wait // under way, due later or without a day
}

// Count is how much should be done by tonight.
func (d Day) Count() int { return len(d.Late) + len(d.Today) + len(d.Asked) }

// Empty reports whether nothing waits.
func (d Day) Empty() bool { return d.Count()+len(d.Soon)+len(d.Going) == 0 }

// arrange puts what waits into the parts of a day. A meeting that has begun is never late.
func arrange(list []Wait, today when.Date) Day {
	slices.SortStableFunc(list, func(a, b Wait) int {
		return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.At, b.At), cmp.Compare(a.Title, b.Title))
	})
	var d Day
	for _, w := range list {
		switch {
		case w.Kind == WaitMention || w.Kind == WaitMinutes:
			d.Asked = append(d.Asked, w)
		case w.On == today || w.Kind == WaitMeeting && w.On < today:
			d.Today = append(d.Today, w)
		case !w.On.Valid() || w.On > today.AddDays(dayAhead):
			d.Going = append(d.Going, w)
		case w.On < today:
			d.Late = append(d.Late, w)
		default:
			d.Soon = append(d.Soon, w)
		}
	}
	return d
}

// readDay gathers what waits for the actor in their projects; nothing waits in one that has ended.
func readDay(tx db.Tx, by account.Actor, books []project.Access) (Day, error) {
	books = slices.DeleteFunc(slices.Clone(books), project.Access.Frozen)
	var ids []project.ID
	projects := map[project.ID]project.Project{}
	for _, a := range books {
		ids, projects[a.ID] = append(ids, a.ID), a.Project
	}
	var list []Wait
	if len(ids) > 0 {
		for _, read := range []func(db.Tx, account.Actor, []project.ID) ([]Wait, error){tasksOf, meetingsOf, risksOf} {
			some, err := read(tx, by, ids)
			if err != nil {
				return Day{}, err
			}
			list = append(list, some...)
		}
	}
	gates, err := gatesOf(tx, books)
	if err != nil {
		return Day{}, err
	}
	list = append(list, gates...)
	for i, w := range list {
		p := projects[w.ProjectID]
		list[i].Project = p.Title
		if w.Kind == WaitTask {
			list[i].Ref = p.Code + "-" + w.Ref
		}
	}
	mentions, err := mentionsOf(tx, by)
	return arrange(append(list, mentions...), tx.Today()), err
}

func tasksOf(tx db.Tx, by account.Actor, ids []project.ID) ([]Wait, error) {
	tasks, err := plan.Waiting(tx, ids, by.ID, tx.Today().AddDays(dayAhead))
	list := make([]Wait, len(tasks))
	for i, t := range tasks {
		list[i] = Wait{Kind: WaitTask, Ref: strconv.FormatInt(t.Number, 10), Title: t.Title, URL: t.URL(), ProjectID: t.ProjectID, On: t.Due(), State: t.State}
	}
	return list, err
}

// meetingsOf gives the meetings to which the actor goes, and those of theirs whose minutes are open.
func meetingsOf(tx db.Tx, by account.Actor, ids []project.ID) ([]Wait, error) {
	today := tx.Today()
	from, to := meeting.Moment(today.AddDays(-minutesWait), 0, db.Paris), meeting.Moment(today.AddDays(dayAhead+1), 0, db.Paris)
	all, people, err := meeting.Between(tx, ids, from, to)
	if err != nil {
		return nil, err
	}
	var list []Wait
	for _, m := range all {
		w := Wait{Kind: WaitMeeting, Title: m.Title, URL: m.URL(), ProjectID: m.ProjectID, On: m.StartsAt.Date(db.Paris), At: m.StartsAt}
		comes := slices.ContainsFunc(people[m.ID], func(p meeting.Participant) bool { return p.PersonID == by.ID })
		over := m.EndsAt() < tx.Now()
		switch {
		case m.State == meeting.Closed || m.State == meeting.Cancelled:
		case over && m.CreatedBy == by.ID:
			w.Kind = WaitMinutes
			list = append(list, w)
		case !over && (comes || m.CreatedBy == by.ID):
			list = append(list, w)
		}
	}
	return list, nil
}

func gatesOf(tx db.Tx, books []project.Access) ([]Wait, error) {
	stages, err := project.GatesDue(tx, books, tx.Today().AddDays(dayAhead))
	list := make([]Wait, len(stages))
	for i, st := range stages {
		list[i] = Wait{Kind: WaitGate, URL: st.ProjectID.URL() + "/stages#" + string(st.Phase), ProjectID: st.ProjectID, On: st.EndsOn, Phase: st.Phase}
	}
	return list, err
}

func risksOf(tx db.Tx, by account.Actor, ids []project.ID) ([]Wait, error) {
	risks, err := project.RisksDue(tx, ids, by.ID, tx.Today().AddDays(dayAhead))
	list := make([]Wait, len(risks))
	for i, r := range risks {
		list[i] = Wait{Kind: WaitRisk, Title: r.Title, URL: r.ProjectID.URL() + "/risks#" + string(r.ID), ProjectID: r.ProjectID, On: r.ReviewOn}
	}
	return list, err
}

// mentionsOf gives where somebody named the actor, and they have not looked yet.
func mentionsOf(tx db.Tx, by account.Actor) ([]Wait, error) {
	notices, err := talk.Notices(tx, by, "", 50)
	if err != nil {
		return nil, err
	}
	var list []Wait
	for _, n := range notices {
		if n.SeenAt == 0 && n.Reason == talk.ByMention && len(list) < maxMentions {
			list = append(list, Wait{Kind: WaitMention, Title: n.Title, URL: "/notices/" + string(n.ID), Project: n.ActorName, On: n.CreatedAt.Date(db.Paris)})
		}
	}
	return list, nil
}
