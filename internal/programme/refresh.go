package programme

import (
	"bassin/internal/db"
	"bassin/internal/when"
)

// never is the date of what cannot become late: it sorts after every day.
const never when.Date = "9999-12-31"

// refresh computes again what lists show of an action and stores it with the action. Every
// operation on an action ends with it, in its transaction.
func refresh(tx db.Tx, id ActionID) error {
	s, err := loadSheet(tx, id)
	if err != nil {
		return err
	}
	if err := saveDerived(tx, id, s.derive()); err != nil {
		return err
	}
	return indexAction(tx, s.Action)
}

// Sheet is an action with all that belongs to it.
type Sheet struct {
	Action     Action
	Costs      []Cost
	Lines      []Funded
	Milestones []Milestone
	Blockers   []Blocker
	Indicators []Indicator
	Values     []Value
	Plan       Plan
	Conditions [5]Condition
}

// loadSheet reads an action whole, with the money as it stands today.
func loadSheet(tx db.Tx, id ActionID) (Sheet, error) {
	var s Sheet
	var err error
	if s.Action, err = getAction(tx, id); err != nil {
		return s, err
	}
	if s.Costs, err = listCosts(tx, id); err != nil {
		return s, err
	}
	lines, err := listLines(tx, id)
	if err != nil {
		return s, err
	}
	for _, l := range lines {
		s.Lines = append(s.Lines, Funded{Line: l.Line, State: l.state()})
	}
	if s.Milestones, err = listMilestones(tx, id); err != nil {
		return s, err
	}
	if s.Blockers, err = listBlockers(tx, id); err != nil {
		return s, err
	}
	if s.Indicators, err = listIndicators(tx, id); err != nil {
		return s, err
	}
	if len(s.Indicators) > 0 {
		if s.Values, err = listValues(tx, id); err != nil {
			return s, err
		}
	}
	s.compute()
	return s, nil
}

// compute sets plan and conditions from the rest.
func (s *Sheet) compute() {
	s.Plan = Balance(s.Costs, s.Lines)
	s.Conditions = Readiness(Facts{Action: s.Action, Plan: s.Plan, Indicators: s.Indicators, Milestones: s.Milestones})
}

// Progress is the weighted mean of the indicators as of a day.
func (s *Sheet) Progress(on when.Date) Progress {
	var children []Weighted
	for _, i := range s.Indicators {
		var own []Value
		for _, v := range s.Values {
			if v.IndicatorID == i.ID {
				own = append(own, v)
			}
		}
		children = append(children, Weighted{i.ProgressOn(own, on), i.Weight})
	}
	return MeanProgress(children)
}

// derive gives what lists show.
func (s *Sheet) derive() derived {
	m := s.Plan.Totals
	d := derived{CostCents: s.Plan.CostCents, PlanCents: s.Plan.InPlanCents, ToFindCents: s.Plan.ToFindCents, Progress: -1, LateOn: never,
		AskedCents: m.AskedCents, DecidedCents: m.DecidedCents, ContractedCents: m.ContractedCents, PaidCents: m.PaidCents}
	for i, c := range s.Conditions {
		if c.Met {
			d.ReadyMask |= 1 << i
		}
	}
	if o, ok := s.Action.Lead(); ok {
		d.LeadID, d.LeadName = o.OrganisationID, o.OrganisationName
	}
	if m, ok := NextMilestone(s.Milestones); ok {
		d.NextDueOn, d.NextTitle = m.DueOn, m.Title
	}
	if !s.Action.Status.Over() {
		for _, m := range s.Milestones {
			if !m.Reached() && m.DueOn.Valid() {
				d.LateOn = min(d.LateOn, m.DueOn)
			}
		}
		if s.Action.EndedOn == when.None && s.Action.EndsOn.Valid() {
			d.LateOn = min(d.LateOn, s.Action.EndsOn)
		}
	}
	for _, b := range s.Blockers {
		if b.Open() {
			if d.OpenBlockers == 0 {
				d.Blocker = b.Text
			}
			d.OpenBlockers++
		}
	}
	if p := s.Progress(never); p.Known {
		d.Progress = p.Percent
	}
	return d
}
