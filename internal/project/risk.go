package project

import (
	"slices"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/when"
)

// RiskID names a risk.
type RiskID string

// RiskState is where a risk stands.
type RiskState string

// The states.
const (
	RiskOpen     RiskState = "open"
	RiskOccurred RiskState = "occurred" // it has come true
	RiskClosed   RiskState = "closed"
)

// RiskStates lists them.
func RiskStates() []RiskState { return []RiskState{RiskOpen, RiskOccurred, RiskClosed} }

// Key gives the text key of the state's name.
func (s RiskState) Key() string { return "project.risk_state." + string(s) }

// Risk is something that may happen and would hurt. Probability and impact go from 1 to 5; their
// product orders the register (ISO 31000 leaves the scale to its user).
type Risk struct {
	ID          RiskID
	ProjectID   ID
	Title       string
	Cause       string
	Effect      string
	Response    string // what is done about it
	Probability int
	Impact      int
	OwnerID     account.PersonID // who watches it
	OwnerName   string
	State       RiskState
	ReviewOn    when.Date
	CreatedAt   when.Time
	UpdatedAt   when.Time
	Version     int64
}

// Score is probability times impact, 1 to 25.
func (r Risk) Score() int { return r.Probability * r.Impact }

// Severity is "high" from 15 on, "medium" from 6 on, else "low".
func (r Risk) Severity() string {
	switch n := r.Score(); {
	case n >= 15:
		return "high"
	case n >= 6:
		return "medium"
	}
	return "low"
}

func (r Risk) check() error {
	var wrong fault.Fields
	wrong.Text("title", r.Title, 1, 200)
	wrong.Text("cause", r.Cause, 0, 2000)
	wrong.Text("effect", r.Effect, 0, 2000)
	wrong.Text("response", r.Response, 0, 2000)
	for _, x := range []struct {
		field string
		n     int
	}{{"probability", r.Probability}, {"impact", r.Impact}} {
		if x.n < 1 || x.n > 5 {
			wrong.Add(x.field, "fault.number", "min", 1, "max", 5)
		}
	}
	if !slices.Contains(RiskStates(), r.State) {
		wrong.Add("state", "fault.choice")
	}
	if r.ReviewOn != when.None && !r.ReviewOn.Valid() {
		wrong.Add("review_on", "fault.date", "min_year", when.MinYear, "max_year", when.MaxYear)
	}
	return wrong.Err()
}

// BlockerID names a blocker.
type BlockerID string

// Blocker is what is in the way now, and what would take it away. A blocker of a project that was
// begun from an action is shown on the action too.
type Blocker struct {
	ID         BlockerID
	ProjectID  ID
	Text       string `db:"body"`
	Unblock    string
	SinceOn    when.Date
	ResolvedOn when.Date // none: still in the way
	Resolution string
	CreatedBy  account.PersonID
	CreatedAt  when.Time
	Version    int64
}

// Open reports whether it is still in the way.
func (b Blocker) Open() bool { return b.ResolvedOn == when.None }

// Days gives how long it has been, or was, in the way.
func (b Blocker) Days(today when.Date) int {
	if !b.Open() {
		return b.ResolvedOn.Sub(b.SinceOn)
	}
	return max(0, today.Sub(b.SinceOn))
}

func (b Blocker) check(today when.Date) error {
	var wrong fault.Fields
	wrong.Text("text", b.Text, 1, 2000)
	wrong.Text("unblock", b.Unblock, 0, 2000)
	wrong.Text("resolution", b.Resolution, 0, 2000)
	for _, d := range []struct {
		field string
		on    when.Date
		need  bool
	}{{"since_on", b.SinceOn, true}, {"resolved_on", b.ResolvedOn, false}} {
		switch {
		case d.on == when.None && !d.need:
		case !d.on.Valid():
			wrong.Add(d.field, "fault.date", "min_year", when.MinYear, "max_year", when.MaxYear)
		case d.on > today:
			wrong.Add(d.field, "project.wrong.future")
		}
	}
	if b.ResolvedOn.Valid() && b.ResolvedOn < b.SinceOn {
		wrong.Add("resolved_on", "project.wrong.order")
	}
	return wrong.Err()
}

// resolve notes that it is out of the way.
func (b *Blocker) resolve(on when.Date, resolution string, today when.Date) error {
	if !b.Open() {
		return fault.New(fault.Conflict, "project.wrong.resolved", "resolved_on", b.ResolvedOn)
	}
	next := *b
	next.ResolvedOn, next.Resolution = on, resolution
	if on == when.None {
		var wrong fault.Fields
		wrong.Add("resolved_on", "fault.required")
		return wrong.Err()
	}
	if err := next.check(today); err != nil {
		return err
	}
	*b = next
	return nil
}
