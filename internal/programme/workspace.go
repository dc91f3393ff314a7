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
