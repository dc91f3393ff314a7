// Package cost is the time, the cost and the budget of a project: what was foreseen, what is
// ordered, what was spent, and what it will come to.
//
// Words: an hour's rate belongs to a role and holds from a day on. Hours are what one person worked
// on one task (or on none) on one day. A purchase is planned, then ordered, invoiced, paid, or
// cancelled. A budget line foresees an amount, or hours in a role, for a category and a stage.
// Committed is what was ordered or worked; spent is what was invoiced or worked. All amounts are in
// cents before tax. Who lacks the permission see_costs sees and writes hours, no amounts.
// Tables: cost_rate, cost_staff, cost_hours, cost_purchase, cost_budget.
package cost

import (
	"log/slog"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/web"
)

// Financing is what an action of the programme, from which a project was begun, has been promised.
type Financing struct {
	Title, URL string
	CostCents  int64 // the action's planned cost
	Parts      []web.MoneyPart
}

// Options are what the service needs.
type Options struct {
	DB      *db.DB
	Log     *slog.Logger
	Project *project.Service
	Plan    *plan.Service // shows the page of a task again; nil: no hours are written there
	// Financing tells what the thing a project was begun from has been promised; nil when no higher
	// feature knows.
	Financing func(tx db.Tx, by account.Actor, from project.Origin) (Financing, error)
}

// Service is the feature.
type Service struct {
	db        *db.DB
	log       *slog.Logger
	project   *project.Service
	plan      *plan.Service
	financing func(tx db.Tx, by account.Actor, from project.Origin) (Financing, error)
}

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{db: o.DB, log: o.Log, project: o.Project, plan: o.Plan, financing: o.Financing}
}

// record appends to the audit trail. Amounts and rates stay out of it: a project's history is read
// by all its people.
func record(tx db.Tx, by account.Actor, id project.ID, verb, kind, what string, data map[string]any) error {
	return account.Record(tx, by, account.Event{Verb: verb, Kind: kind, ID: what, Scope: id.Scope(), Data: data})
}
