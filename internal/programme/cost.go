package programme

import (
	"bassin/internal/fault"
	"bassin/internal/when"
)

// CostID names a cost line.
type CostID string

// CostKind says what the money buys.
type CostKind string

// The kinds of cost.
const (
	Investment CostKind = "investment"
	Operation  CostKind = "operation"
)

// CostKinds lists them.
func CostKinds() []CostKind { return []CostKind{Investment, Operation} }

// Key gives the text key of the label.
func (k CostKind) Key() string { return "programme.cost_kind." + string(k) }

// Cost is what an action costs in one year, for one kind. A year has one line for each kind.
type Cost struct {
	ID           CostID
	ActionID     ActionID
	Year         int
	Kind         CostKind
	PlannedCents int64
	ActualCents  int64
	Note         string
	UpdatedAt    when.Time
	Version      int64
}

func (c Cost) validate() error {
	var wrong fault.Fields
	year(&wrong, "year", c.Year)
	oneOf(&wrong, "kind", c.Kind, CostKinds())
	cents(&wrong, "planned_cents", c.PlannedCents)
	cents(&wrong, "actual_cents", c.ActualCents)
	text(&wrong, "note", c.Note, 0, 500)
	return wrong.Err()
}

// validateCosts checks the whole section: each line, and that no year and kind comes twice. Field
// names carry the line's place from 0: "costs.2.year".
func validateCosts(costs []Cost) error {
	var wrong fault.Fields
	type slot struct {
		year int
		kind CostKind
	}
	seen := map[slot]bool{}
	for i, c := range costs {
		if f := fault.As(c.validate()); f != nil {
			for _, x := range f.Fields {
				x.Name = place("costs", i, x.Name)
				wrong = append(wrong, x)
			}
		}
		s := slot{c.Year, c.Kind}
		if seen[s] {
			wrong.Add(place("costs", i, "year"), "programme.cost.twice", "year", c.Year, "kind_key", c.Kind.Key())
		}
		seen[s] = true
	}
	return wrong.Err()
}

// CostTotals sums cost lines.
type CostTotals struct {
	InvestmentPlannedCents, InvestmentActualCents int64
	OperationPlannedCents, OperationActualCents   int64
}

// PlannedCents is the planned cost.
func (t CostTotals) PlannedCents() int64 { return t.InvestmentPlannedCents + t.OperationPlannedCents }

// ActualCents is the actual cost.
func (t CostTotals) ActualCents() int64 { return t.InvestmentActualCents + t.OperationActualCents }

// SumCosts adds the lines up.
func SumCosts(costs []Cost) CostTotals {
	var t CostTotals
	for _, c := range costs {
		if c.Kind == Investment {
			t.InvestmentPlannedCents += c.PlannedCents
			t.InvestmentActualCents += c.ActualCents
		} else {
			t.OperationPlannedCents += c.PlannedCents
			t.OperationActualCents += c.ActualCents
		}
	}
	return t
}
