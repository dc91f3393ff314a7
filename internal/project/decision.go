package project

import (
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/when"
)

// Outcome is what a decision says.
type Outcome string

// The outcomes. The first four are of gates.
const (
	Pass        Outcome = "pass"
	Conditional Outcome = "conditional" // passed, with conditions to be met by a day
	Hold        Outcome = "hold"        // not yet: come back
	Stop        Outcome = "stop"        // the project ends here
	Agreed      Outcome = "agreed"
	Rejected    Outcome = "rejected"
	Deferred    Outcome = "deferred"
)

// GateOutcomes lists what may be decided at a gate.
func GateOutcomes() []Outcome { return []Outcome{Pass, Conditional, Hold, Stop} }

// Outcomes lists what may be decided elsewhere.
func Outcomes() []Outcome { return []Outcome{Agreed, Rejected, Deferred} }

// Key gives the text key of the outcome's name.
func (o Outcome) Key() string { return "project.outcome." + string(o) }

// DecisionID names a decision.
type DecisionID string

// Decision is what was decided, by whom and why. It is never changed: a later one replaces it.
type Decision struct {
	ID         DecisionID
	ProjectID  ID
	Number     int     // in the project: D-7
	StageID    StageID // of whose gate; "" for another decision
	MeetingID  string  // in which it was taken; "" outside of one
	Title      string  // what
	Reason     string  // why
	Deciders   string  // who, as they were: "Comité de pilotage"
	Conditions string
	Outcome    Outcome
	DecidedOn  when.Date
	ReplacesID DecisionID
	ReplacedBy DecisionID
	RecordedBy account.PersonID
	Recorder   string
	RecordedAt when.Time
}

// Gate reports whether the decision is one of a gate.
func (d Decision) Gate() bool { return d.StageID != "" }

// check gathers what is wrong with a new decision.
func (d Decision) check(today when.Date) error {
	var wrong fault.Fields
	wrong.Text("title", d.Title, 1, 300)
	wrong.Text("reason", d.Reason, 1, 4000)
	wrong.Text("deciders", d.Deciders, 1, 300)
	wrong.Text("conditions", d.Conditions, 0, 4000)
	outcomes := Outcomes()
	if d.Gate() {
		outcomes = GateOutcomes()
	}
	if !slices.Contains(outcomes, d.Outcome) {
		wrong.Add("outcome", "fault.choice")
	}
	if d.Outcome == Conditional && strings.TrimSpace(d.Conditions) == "" {
		wrong.Add("conditions", "project.wrong.conditions")
	}
	switch {
	case !d.DecidedOn.Valid():
		wrong.Add("decided_on", "fault.date", "min_year", when.MinYear, "max_year", when.MaxYear)
	case d.DecidedOn > today:
		wrong.Add("decided_on", "project.wrong.future")
	}
	return wrong.Err()
}

// gate applies the decision to the stages: a passed gate opens the next stage. A gate is passed
// without conditions only when every required criterion is met.
func (d Decision) gate(stages []Stage, criteria []Criterion) ([]Stage, error) {
	current, ok := Current(stages)
	switch {
	case !ok:
		return nil, fault.New(fault.Conflict, "project.wrong.no_gate")
	case current.ID != d.StageID:
		return nil, fault.New(fault.Conflict, "project.wrong.other_gate", "phase_key", current.Phase.Key())
	}
	if left := missing(criteria); d.Outcome == Pass && len(left) > 0 {
		return nil, fault.New(fault.Conflict, "project.wrong.unmet", "count", len(left), "criterion", left[0].Text)
	}
	out := slices.Clone(stages)
	for i := range out {
		if out[i].ID != d.StageID {
			continue
		}
		switch d.Outcome {
		case Pass, Conditional:
			out[i].State, out[i].PassedOn = Passed, d.DecidedOn
			if i+1 < len(out) {
				out[i+1].State = Open
				if out[i+1].StartsOn == when.None {
					out[i+1].StartsOn = d.DecidedOn
				}
			}
		case Hold:
			out[i].State = Open
		case Stop:
			out[i].State = Stopped
		}
	}
	return out, nil
}
