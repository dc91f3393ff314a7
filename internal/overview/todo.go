package overview

import (
	"cmp"
	"slices"

	"bassin/internal/fault"
	"bassin/internal/programme"
	"bassin/internal/when"
)

// How long a step may stay without the next before somebody should ask, in days. The demonstration
// and the audit reports give the same order: five months from request to decision, two to the
// convention, a year to the last payment.
const (
	answerWaits   = 90
	contractWaits = 60
	paymentWaits  = 365
)

// Todo is one thing that waits for somebody.
type Todo struct {
	Key     string // text of the title
	Args    fault.Args
	Why     string // text of the detail
	WhyArgs fault.Args
	URL     string
	Icon    string
	Ref     string
	On      when.Date // since when, or until when
	Late    bool
	weight  int // the most pressing first
}

// waiting is a financing line on which a step is awaited.
type waiting struct {
	LineID          string
	ActionID        programme.ActionID
	Reference       string
	FunderName      string
	Year            int
	Stage           programme.Kind
	StageOn         when.Date
	AskedCents      int64
	DecidedCents    int64
	ContractedCents int64
	PaidCents       int64
}

// todos says what waits in the actions and lines of a territory, the most pressing first.
func todos(rows []programme.Row, lines []waiting, today when.Date) []Todo {
	var list []Todo
	for _, r := range rows {
		if !r.Status.Over() {
			list = append(list, ofAction(r, today)...)
		}
	}
	for _, l := range lines {
		if t, ok := ofLine(l, today); ok {
			list = append(list, t)
		}
	}
	slices.SortStableFunc(list, func(a, b Todo) int {
		return cmp.Or(cmp.Compare(a.weight, b.weight), cmp.Compare(a.On, b.On), cmp.Compare(a.Ref, b.Ref))
	})
	return list
}

func ofAction(r programme.Row, today when.Date) []Todo {
	var list []Todo
	url := programme.ActionURL(r.ID)
	if n := r.LateDays(today); n > 0 {
		t := Todo{Key: "overview.todo.late_end", Why: "overview.todo.late_by", WhyArgs: fault.Args{"title": r.Title, "late_days": n}, URL: url + "/calendar",
			Icon: "calendar-exclamation", Ref: r.Reference, On: r.LateOn, Late: true, weight: 1}
		if r.NextDueOn == r.LateOn {
			t.Key, t.Args = "overview.todo.late_milestone", fault.Args{"milestone": r.NextTitle}
		}
		list = append(list, t)
	}
	if r.OpenBlockers > 0 {
		list = append(list, Todo{Key: "overview.todo.blocked", Why: "overview.todo.reason", WhyArgs: fault.Args{"reason": r.Blocker}, URL: url,
			Icon: "ban", Ref: r.Reference, Late: true, weight: 2})
	}
	started := r.Status == programme.UnderWay || r.Status == programme.Blocked || r.Status == programme.Paused
	switch {
	case r.ToFindCents > 0 && started:
		list = append(list, Todo{Key: "overview.todo.unfunded", Why: "overview.todo.to_find", WhyArgs: fault.Args{"title": r.Title, "missing_cents": r.ToFindCents, "cost_cents": r.CostCents},
			URL: url + "/funding", Icon: "file-euro", Ref: r.Reference, weight: 3})
	case r.Met() < 5 && !started:
		list = append(list, Todo{Key: "overview.todo.unready", Why: "overview.todo.conditions", WhyArgs: fault.Args{"title": r.Title, "met": r.Met()},
			URL: url, Icon: "file-check", Ref: r.Reference, weight: 5})
	}
	if n := r.SilentFor(today); n > 0 {
		list = append(list, Todo{Key: "overview.todo.silent", Why: "overview.todo.silent_for", WhyArgs: fault.Args{"title": r.Title, "silent_days": n},
			URL: url, Icon: "volume-off", Ref: r.Reference, On: r.NewsOn, weight: 6})
	}
	return list
}

// ofLine says which step of a line should be asked for.
func ofLine(l waiting, today when.Date) (Todo, bool) {
	days := today.Sub(l.StageOn)
	t := Todo{URL: programme.ActionURL(l.ActionID) + "/funding/lines/" + l.LineID, Ref: l.Reference, On: l.StageOn, weight: 4}
	args := fault.Args{"funder": l.FunderName, "year": l.Year, "ago_days": days}
	switch {
	case l.Stage == programme.Asked && days > answerWaits:
		t.Key, t.Why, t.Icon = "overview.todo.answer", "overview.todo.asked_ago", "message-2-question"
		args["amount_cents"] = l.AskedCents
	case l.Stage == programme.Decided && days > contractWaits:
		t.Key, t.Why, t.Icon = "overview.todo.contract", "overview.todo.decided_ago", "file-certificate"
		args["amount_cents"] = l.DecidedCents
	case (l.Stage == programme.Contracted || l.Stage == programme.Paid) && days > paymentWaits && l.ContractedCents > l.PaidCents:
		t.Key, t.Why, t.Icon = "overview.todo.payment", "overview.todo.contracted_ago", "receipt-euro"
		args["amount_cents"] = l.ContractedCents - l.PaidCents
	default:
		return Todo{}, false
	}
	t.WhyArgs = args
	return t, true
}

// summary is the state of a territory in counts.
type summary struct {
	Late, Blocked, Unfunded, Silent []programme.Row
	Counts                          programme.Counts
	Money                           programme.Amounts
	JobsPlanned, JobsActual         int
	KeptPlanned, KeptActual         int
}

// summarise counts over the rows that the reader may see.
func summarise(rows []programme.Row, today when.Date) summary {
	s := summary{Counts: programme.Count(rows, today)}
	for _, r := range rows {
		s.Money = s.Money.Plus(r.Money)
		s.JobsPlanned += r.JobsCreatedPlanned
		s.JobsActual += r.JobsCreatedActual
		s.KeptPlanned += r.JobsKeptPlanned
		s.KeptActual += r.JobsKeptActual
		if r.Late(today) {
			s.Late = append(s.Late, r)
		}
		if r.Blocked() {
			s.Blocked = append(s.Blocked, r)
		}
		if r.Unfunded() {
			s.Unfunded = append(s.Unfunded, r)
		}
		if r.Silent(today) {
			s.Silent = append(s.Silent, r)
		}
	}
	return s
}
