package cost

import (
	"slices"

	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/when"
)

// Category says what money goes to.
type Category string

// The categories.
const (
	Labour      Category = "labour"
	Material    Category = "material"
	Subcontract Category = "subcontract"
	Equipment   Category = "equipment"
	Travel      Category = "travel"
	Other       Category = "other"
)

// Categories lists them.
func Categories() []Category {
	return []Category{Labour, Material, Subcontract, Equipment, Travel, Other}
}

// bought are the categories of purchases: labour is worked, not bought.
func bought() []Category { return Categories()[1:] }

// Key gives the text key of the category's name.
func (c Category) Key() string { return "cost.category." + string(c) }

// PurchaseState is how far a purchase has come.
type PurchaseState string

// The states.
const (
	Planned   PurchaseState = "planned"
	Ordered   PurchaseState = "ordered"
	Invoiced  PurchaseState = "invoiced"
	Paid      PurchaseState = "paid"
	Cancelled PurchaseState = "cancelled"
)

// PurchaseStates lists them.
func PurchaseStates() []PurchaseState {
	return []PurchaseState{Planned, Ordered, Invoiced, Paid, Cancelled}
}

// Key gives the text key of the state's name.
func (s PurchaseState) Key() string { return "cost.purchase_state." + string(s) }

// Committed reports whether the money is bound.
func (s PurchaseState) Committed() bool { return s == Ordered || s == Invoiced || s == Paid }

// Spent reports whether the supplier has asked for it.
func (s PurchaseState) Spent() bool { return s == Invoiced || s == Paid }

// PurchaseID names a purchase.
type PurchaseID string

// Purchase is something bought for the project.
type Purchase struct {
	ID        PurchaseID
	ProjectID project.ID
	Title     string
	Supplier  string
	Category  Category
	State     PurchaseState
	StageID   project.StageID
	Cents     int64     // before tax
	OnDay     when.Date // of its state: when it is foreseen, was ordered, invoiced, paid
	Reference string    // of the order or the invoice
	CreatedAt when.Time
	UpdatedAt when.Time
	RemovedAt when.Time
	Version   int64
}

func (p Purchase) check(today when.Date) error {
	var wrong fault.Fields
	wrong.Text("title", p.Title, 1, 200)
	wrong.Text("supplier", p.Supplier, 0, 200)
	wrong.Text("reference", p.Reference, 0, 80)
	if !slices.Contains(bought(), p.Category) {
		wrong.Add("category", "fault.choice")
	}
	if !slices.Contains(PurchaseStates(), p.State) {
		wrong.Add("state", "fault.choice")
	}
	amount(&wrong, p.Cents)
	switch {
	case !p.OnDay.Valid():
		wrong.Add("on", "fault.date", "min_year", when.MinYear, "max_year", when.MaxYear)
	case p.State.Committed() && p.OnDay > today:
		wrong.Add("on", "cost.wrong.future")
	}
	return wrong.Err()
}

func amount(wrong *fault.Fields, cents int64) {
	if cents <= 0 || cents > MaxCents {
		wrong.Add("cents", "cost.wrong.amount", "max_cents", int64(MaxCents))
	}
}
