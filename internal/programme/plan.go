package programme

import (
	"cmp"
	"slices"
)

// Funded is a line with its state.
type Funded struct {
	Line
	State LineState
}

// toleranceCents is the gap under which a year of the plan balances: plans are drawn up in whole
// euros, and shares of a cost rarely fall on one.
const toleranceCents = 100

// PlanYear is one year of a plan. One of Missing and Excess is 0.
type PlanYear struct {
	Year         int
	CostCents    int64
	InPlanCents  int64
	MissingCents int64
	ExcessCents  int64
}

// Balanced reports whether the year's money is its cost, within a euro.
func (y PlanYear) Balanced() bool { return y.MissingCents+y.ExcessCents <= toleranceCents }

// Plan is the financing plan of an action: money set against the planned cost, year by year.
type Plan struct {
	Years        []PlanYear
	CostCents    int64
	InPlanCents  int64
	ToFindCents  int64 // what the whole cost lacks
	ExcessCents  int64 // what the whole plan has beyond the cost
	OwnCents     int64 // own funds in the plan
	AidedCents   int64 // all other money in the plan
	Totals       Amounts
	RefusedLines int // lines refused or withdrawn
}

// Balance sets the lines against the planned costs. Every year that has a cost or money is there,
// in order; a refused line brings its year only if something else stands in it.
func Balance(costs []Cost, lines []Funded) Plan {
	var p Plan
	years := map[int]*PlanYear{}
	at := func(year int) *PlanYear {
		if years[year] == nil {
			years[year] = &PlanYear{Year: year}
		}
		return years[year]
	}
	for _, c := range costs {
		p.CostCents += c.PlannedCents
		if c.PlannedCents > 0 {
			at(c.Year).CostCents += c.PlannedCents
		}
	}
	for _, l := range lines {
		p.add(l)
		if n := l.State.PlanCents(); n > 0 {
			at(l.Year).InPlanCents += n
		}
	}
	for _, y := range years {
		y.MissingCents = max(0, y.CostCents-y.InPlanCents)
		y.ExcessCents = max(0, y.InPlanCents-y.CostCents)
		p.Years = append(p.Years, *y)
	}
	slices.SortFunc(p.Years, func(a, b PlanYear) int { return cmp.Compare(a.Year, b.Year) })
	p.ToFindCents = max(0, p.CostCents-p.InPlanCents)
	p.ExcessCents = max(0, p.InPlanCents-p.CostCents)
	return p
}

func (p *Plan) add(l Funded) {
	n := l.State.PlanCents()
	p.Totals = p.Totals.Plus(l.State.Amounts)
	p.InPlanCents += n
	if l.Own() {
		p.OwnCents += n
	} else {
		p.AidedCents += n
	}
	if l.State.Stage == Refused || l.State.Stage == Withdrawn {
		p.RefusedLines++
	}
}

// Balanced reports whether every year balances.
func (p Plan) Balanced() bool {
	for _, y := range p.Years {
		if !y.Balanced() {
			return false
		}
	}
	return true
}

// SecuredCents is what of the plan is decided, contracted or paid. The rest is only foreseen or asked: a plan may
// balance with it, and nobody has yet said yes.
func (p Plan) SecuredCents() int64 {
	return p.Totals.PaidCents + p.Totals.HeldContractedCents + p.Totals.HeldDecidedCents
}

// OpenCents is what of the plan is only foreseen or asked.
func (p Plan) OpenCents() int64 { return p.Totals.HeldForeseenCents + p.Totals.HeldAskedCents }

// OwnRate and AidedRate share the plan between own and aided money, 0 to 1; 0 for an empty plan.
func (p Plan) OwnRate() float64 { return share(p.OwnCents, p.InPlanCents) }

// AidedRate is the share of the plan that is not own money.
func (p Plan) AidedRate() float64 { return share(p.AidedCents, p.InPlanCents) }

// CoveredRate is the share of the cost that the plan holds, 0 to 1 or above.
func (p Plan) CoveredRate() float64 { return share(p.InPlanCents, p.CostCents) }

// Rate is a line's share of the whole cost.
func (p Plan) Rate(l Funded) float64 { return share(l.State.PlanCents(), p.CostCents) }

func share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
