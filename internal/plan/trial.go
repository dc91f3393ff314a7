package plan

import (
	"slices"
	"strconv"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/schedule"
	"bassin/internal/when"
)

// Tweak is one step of a trial: a task that begins on another day or takes another time, or, with a
// Kind, a link by which it waits for another. Tasks are named by their numbers, so that a trial can
// stand in an address.
type Tweak struct {
	Task int64
	To   when.Date
	Work int64
	From int64
	Kind LinkKind
	Lag  int64
	Cut  bool // the link is taken away
}

// maxSteps bounds a trial.
const maxSteps = 40

// String writes the step as it stands in an address: "t.12.2026-03-09.840", "l.3.fs.12.420", "c.3.fs.12".
func (s Tweak) String() string {
	n := func(x int64) string { return strconv.FormatInt(x, 10) }
	switch {
	case s.Cut:
		return strings.Join([]string{"c", n(s.From), string(s.Kind), n(s.Task)}, ".")
	case s.Kind != "":
		return strings.Join([]string{"l", n(s.From), string(s.Kind), n(s.Task), n(s.Lag)}, ".")
	}
	return strings.Join([]string{"t", n(s.Task), string(s.To), n(s.Work)}, ".")
}

// ReadTweak reads what String wrote.
func ReadTweak(text string) (Tweak, bool) {
	var s Tweak
	p := strings.Split(text, ".")
	ok := true
	number := func(i int) int64 {
		x, err := strconv.ParseInt(p[i], 10, 64)
		ok = ok && err == nil && x >= -maxWork && x <= maxWork
		return x
	}
	switch {
	case p[0] == "t" && len(p) == 4:
		s = Tweak{Task: number(1), To: when.Date(p[2]), Work: number(3)}
		ok = ok && (s.To == when.None || s.To.Valid()) && s.Work >= 0 && (s.To != when.None || s.Work > 0)
	case p[0] == "l" && len(p) == 5:
		s = Tweak{From: number(1), Kind: LinkKind(p[2]), Task: number(3), Lag: number(4)}
	case p[0] == "c" && len(p) == 4:
		s = Tweak{From: number(1), Kind: LinkKind(p[2]), Task: number(3), Cut: true}
	default:
		return s, false
	}
	return s, ok && (p[0] == "t" || slices.Contains(LinkKinds(), s.Kind))
}

// altered is a plan after the steps of a trial, and what differs.
type altered struct {
	tasks      []Task
	links      []Link
	changed    []Task // as they would be saved
	added, cut []Link
}

// with makes the steps on a copy and says which of them cannot be made.
func (n *network) with(steps []Tweak, today when.Date) (altered, error) {
	var wrong fault.Fields
	x := altered{tasks: slices.Clone(n.tasks), links: slices.Clone(n.links)}
	byNumber := make(map[int64]int, len(x.tasks))
	for i, t := range x.tasks {
		byNumber[t.Number] = i
	}
	refuse := func(key string, number int64) {
		wrong.Add("steps", "plan.wrong.try_"+key, "code", n.code+"-"+strconv.FormatInt(number, 10))
	}
	if len(steps) > maxSteps {
		wrong.Add("steps", "plan.wrong.try_many", "most", maxSteps)
		return x, wrong.Err()
	}
	for _, s := range steps {
		i, there := byNumber[s.Task]
		if !there {
			refuse("unknown", s.Task)
			continue
		}
		if s.Kind == "" {
			if key := x.shift(i, s, today); key != "" {
				refuse(key, s.Task)
			}
			continue
		}
		from, there := byNumber[s.From]
		if !there {
			refuse("unknown", s.From)
			continue
		}
		if key := x.tie(Link{FromID: x.tasks[from].ID, ToID: x.tasks[i].ID, Kind: s.Kind, Lag: s.Lag, ProjectID: x.tasks[i].ProjectID}, s.Cut); key != "" {
			refuse(key, s.Task)
		}
	}
	return x, wrong.Err()
}

// shift moves one task, or says why not.
func (x *altered) shift(i int, s Tweak, today when.Date) (wrong string) {
	t := &x.tasks[i]
	switch {
	case t.Summary:
		return "summary"
	case t.State == Done:
		return "done"
	case t.BegunOn.Valid() && s.To != when.None:
		return "begun"
	}
	next := *t
	next.shift(s.To, s.Work)
	if next.tidy(today) != nil {
		return "value"
	}
	*t = next
	if k := slices.IndexFunc(x.changed, func(c Task) bool { return c.ID == t.ID }); k >= 0 {
		x.changed[k] = next
	} else {
		x.changed = append(x.changed, next)
	}
	return ""
}

// tie adds a link, or takes one away, or says why not.
func (x *altered) tie(l Link, cut bool) (wrong string) {
	k := slices.IndexFunc(x.links, func(y Link) bool { return y.FromID == l.FromID && y.ToID == l.ToID && y.Kind == l.Kind })
	switch {
	case cut && k < 0:
		return "no_link"
	case cut:
		x.cut = append(x.cut, x.links[k])
		x.links = slices.Delete(x.links, k, k+1)
		return ""
	case k >= 0:
		return "linked"
	case l.check() != nil:
		return "value"
	}
	x.links, x.added = append(x.links, l), append(x.added, l)
	return ""
}

// Comparison is what a trial would do to a plan.
type Comparison struct {
	Outcome
	Critical, Relieved, Late []Task // critical only after, only before; late only after
	Overloads                []Overload
}

// Overload is how much is asked of somebody beyond what there is, before and after.
type Overload struct {
	Name     string
	Was, Now schedule.Minutes
}

// compare computes the plan before and after and tells the difference.
func (n *network) compare(after *network) (Comparison, error) {
	o, err := schedule.WhatIf(n.plan, func(p *schedule.Plan) error {
		p.Tasks, p.Links = after.plan.Tasks, after.plan.Links
		return nil
	})
	if err != nil {
		return Comparison{}, after.wrong(err)
	}
	c := Comparison{Outcome: n.outcome(o)}
	for to, ids := range map[*[]Task][]string{&c.Critical: o.NewlyCritical, &c.Relieved: o.Relieved, &c.Late: o.NewlyLate} {
		for _, id := range ids {
			if i, ok := n.index[TaskID(id)]; ok {
				*to = append(*to, n.tasks[i])
			}
		}
	}
	return c, nil
}

// overloads tells of whom more is asked beyond what they have than before, or less.
func overloads(was, now []Loaded) (list []Overload) {
	sum := func(l Loaded) (m schedule.Minutes) {
		for _, c := range l.Conflicts {
			m += c.Over
		}
		return m
	}
	for i := range now {
		if o := (Overload{now[i].Name, sum(was[i]), sum(now[i])}); o.Was != o.Now {
			list = append(list, o)
		}
	}
	return list
}
