package programme

import (
	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
)

// InBrief is what others take over from an action: a project that is begun from it.
type InBrief struct {
	Title, Summary, TerritoryID, URL string
	LeadID                           string // organisation
}

// ActionFor reads an action in brief, for who may see it.
func ActionFor(tx db.Tx, by account.Actor, id ActionID) (InBrief, error) {
	x, err := accessTo(tx, by, id)
	if err != nil {
		return InBrief{}, err
	}
	a, err := getAction(tx, id)
	if err != nil {
		return InBrief{}, err
	}
	b := InBrief{Title: a.Title, Summary: account.Brief(a.Description), TerritoryID: x.TerritoryID, URL: ActionURL(id)}
	if len(a.Owners) > 0 {
		b.LeadID = a.Owners[0].OrganisationID
	}
	return b, nil
}

// workspaceOf reads the projects begun from an action that the actor may see, and what is in
// their way.
func workspaceOf(tx db.Tx, by account.Actor, id ActionID) ([]project.Project, []project.OriginBlocker, error) {
	from := project.Origin{Kind: project.FromAction, ID: string(id)}
	list, err := project.FromOrigin(tx, by, from)
	if err != nil || len(list) == 0 {
		return nil, nil, err
	}
	blockers, err := project.BlockersFrom(tx, by, from)
	return list, blockers, err
}

// MoneyInBrief is what an action costs and what was promised for it.
type MoneyInBrief struct {
	Title, URL string
	CostCents  int64
	Amounts    Amounts
}

// MoneyFor reads an action's money in brief, for who may see the action.
func MoneyFor(tx db.Tx, by account.Actor, id ActionID) (MoneyInBrief, error) {
	if _, err := accessTo(tx, by, id); err != nil {
		return MoneyInBrief{}, err
	}
	s, err := loadSheet(tx, id)
	return MoneyInBrief{s.Action.Reference + " " + s.Action.Title, ActionURL(id) + "/funding", s.Plan.CostCents, s.Plan.Totals}, err
}
