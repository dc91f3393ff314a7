package project

import (
	"slices"

	"bassin/internal/account"
	"bassin/internal/when"
)

// Walls is what the rules of access read of a project.
type Walls struct {
	ID              ID
	OwnerID         account.OrganisationID
	PartnerIDs      []account.OrganisationID
	TerritoryID     string
	Confidentiality Confidentiality
	Removed         bool
}

// Standing is what somebody is to a project: a granted role, or what their organisation makes of
// them. Standings add up.
type Standing string

// The standings.
const (
	AsManager   Standing = "project_manager"
	AsMember    Standing = "project_member"
	AsReader    Standing = "project_reader"
	AsGuest     Standing = "project_guest"
	AsOwner     Standing = "owner_manager" // manages the people of the owner organisation
	AsColleague Standing = "colleague"     // of the owner or of a partner, where the project is open to partners
	AsTerritory Standing = "territory"     // runs the territory's contract, where the project is open to the territory
)

// Standings lists them in the order of docs/permissions.txt.
func Standings() []Standing {
	return []Standing{AsManager, AsMember, AsReader, AsGuest, AsOwner, AsColleague, AsTerritory}
}

// Permission is an act in a project.
type Permission string

// The permissions. Features of the workspace ask for one of these for each of their operations.
const (
	See        Permission = "see"
	Comment    Permission = "comment"
	Contribute Permission = "contribute" // tasks, documents, notes, meetings
	Decide     Permission = "decide"     // gates, approvals
	SeeCosts   Permission = "see_costs"  // rates and what people cost
	Manage     Permission = "manage"     // settings, stages, people, baselines
	Remove     Permission = "remove"
)

// Permissions lists them.
func Permissions() []Permission {
	return []Permission{See, Comment, Contribute, Decide, SeeCosts, Manage, Remove}
}

// allowed is the whole of the rules in one table, never written to. The server's administrator is
// absent on purpose: running the machine opens no project.
var allowed = map[Standing][]Permission{
	AsManager:   {See, Comment, Contribute, Decide, SeeCosts, Manage, Remove},
	AsMember:    {See, Comment, Contribute},
	AsReader:    {See, Comment},
	AsGuest:     {See, Comment, Contribute},
	AsOwner:     {See, Comment, Decide, SeeCosts, Manage, Remove},
	AsColleague: {See},
	AsTerritory: {See, Comment},
}

// Allows tells what a standing may do; docs/permissions.txt is written from it.
func (s Standing) Allows(p Permission) bool { return slices.Contains(allowed[s], p) }

// Standing lists everything that the actor is to the project on a day.
func (w Walls) Standing(by account.Actor, today when.Date) []Standing {
	var list []Standing
	for _, g := range by.Grants {
		if g.ScopeKind == account.OverProject && g.ScopeID == string(w.ID) && w.ID != "" && g.Holds(today) && slices.Contains(Standings()[:4], Standing(g.Role)) {
			list = append(list, Standing(g.Role))
		}
		lead := g.Role == account.ProjectLead || g.Role == account.LeadPair
		if lead && g.ScopeKind == account.OverTerritory && w.TerritoryID != "" && g.ScopeID == w.TerritoryID && w.Confidentiality == ForTerritory && g.Holds(today) {
			list = append(list, AsTerritory)
		}
	}
	for _, m := range by.Memberships {
		own := m.OrganisationID == w.OwnerID
		if own && m.Role == account.Manager {
			list = append(list, AsOwner)
		}
		if w.Confidentiality != ForMembers && (own || slices.Contains(w.PartnerIDs, m.OrganisationID)) {
			list = append(list, AsColleague)
		}
	}
	return list
}

// May decides. Nothing is allowed on what one may not see, and a removed project exists only for
// who may bring it back.
func (w Walls) May(by account.Actor, p Permission, today when.Date) bool {
	if by.System() {
		return true
	}
	list := w.Standing(by, today)
	may := func(p Permission) bool {
		return slices.ContainsFunc(list, func(s Standing) bool { return s.Allows(p) })
	}
	return may(See) && may(p) && (!w.Removed || may(Remove))
}

// MayCreate decides who begins a project: a member of the organisation that will own it, or who
// runs the contract of the territory in which it lies.
func MayCreate(by account.Actor, owner account.OrganisationID, territoryID string, today when.Date) bool {
	if by.System() || slices.Contains(by.Organisations(), owner) {
		return true
	}
	return territoryID != "" && slices.ContainsFunc(by.Grants, func(g account.Grant) bool {
		return g.Role == account.ProjectLead && g.ScopeKind == account.OverTerritory && g.ScopeID == territoryID && g.Holds(today)
	})
}
