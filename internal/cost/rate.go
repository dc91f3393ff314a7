package cost

import (
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/when"
)

// MaxCents bounds one amount: ten million euros.
const MaxCents = 1_000_000_000

// maxRate bounds the cost of an hour, in cents.
const maxRate = 1_000_000

// RateID names a rate.
type RateID string

// Rate is what an hour in a role costs from a day on, until the next rate of the same role.
type Rate struct {
	ID        RateID
	ProjectID project.ID
	Role      string
	FromOn    when.Date
	Cents     int64 // an hour, charges included
	Version   int64
}

// Staff says in which role somebody works for the project.
type Staff struct {
	ProjectID project.ID
	PersonID  account.PersonID
	Role      string
}

func (r Rate) check() error {
	var wrong fault.Fields
	wrong.Text("role", r.Role, 1, 80)
	if !r.FromOn.Valid() {
		wrong.Add("from_on", "fault.date", "min_year", when.MinYear, "max_year", when.MaxYear)
	}
	if r.Cents <= 0 || r.Cents > maxRate {
		wrong.Add("cents", "cost.wrong.rate", "max_cents", int64(maxRate))
	}
	return wrong.Err()
}

// Rates are those of one project.
type Rates []Rate

// On gives what an hour in a role cost on a day: by the newest rate not later than it. False when
// none held yet.
func (list Rates) On(role string, on when.Date) (cents int64, ok bool) {
	key, from := account.Fold(role), when.Date("")
	for _, r := range list {
		if account.Fold(r.Role) == key && r.FromOn <= on && r.FromOn >= from {
			cents, ok, from = r.Cents, true, r.FromOn
		}
	}
	return cents, ok
}

// Roles lists the roles that have a rate, in the order of their names.
func (list Rates) Roles() []string {
	var roles []string
	for _, r := range list {
		if !slices.ContainsFunc(roles, func(s string) bool { return account.Fold(s) == account.Fold(r.Role) }) {
			roles = append(roles, r.Role)
		}
	}
	slices.SortFunc(roles, func(a, b string) int { return strings.Compare(account.Fold(a), account.Fold(b)) })
	return roles
}

// Of is what some minutes at a rate per hour cost, to the nearest cent, halves upward.
func Of(minutes, cents int64) int64 { return (minutes*cents + 30) / 60 }
