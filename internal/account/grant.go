package account

import (
	"slices"

	"bassin/internal/fault"
	"bassin/internal/when"
)

// Role is what a grant lets its person be, over its scope.
type Role string

// The roles. What each may do is decided by the features' own rules over grants, and listed in
// docs/permissions.txt.
const (
	Admin            Role = "admin"             // of the server: accounts and imports, no content
	NationalObserver Role = "national_observer" // follows all territories
	RegionSteering   Role = "region_steering"   // the region's team
	StateServices    Role = "state_services"    // the State in a region
	ProjectLead      Role = "project_lead"      // runs the contract of a territory
	LeadPair         Role = "lead_pair"         // elected member or manufacturer who leads it
	Guest            Role = "guest"             // sees one action

	// Of the workspace: given and revoked by its own features (GiveIn, RevokeIn), never by the
	// server's administrator, whom running the machine lets into no project.
	ProjectManager Role = "project_manager" // runs the project
	ProjectMember  Role = "project_member"  // works on it
	ProjectReader  Role = "project_reader"  // reads and comments
	ProjectGuest   Role = "project_guest"   // works on it from outside, until a day
	FolderGuest    Role = "folder_guest"    // sees one folder of documents, until a day
	NoteGuest      Role = "note_guest"      // writes in one note, until a day
)

// Key gives the text key of the role's name.
func (r Role) Key() string { return "account.role." + string(r) }

// ScopeKind says over what a grant is given.
type ScopeKind string

// The kinds of scope.
const (
	OverServer    ScopeKind = "server"
	OverNation    ScopeKind = "nation"
	OverRegion    ScopeKind = "region"
	OverTerritory ScopeKind = "territory"
	OverAction    ScopeKind = "action"
	OverProject   ScopeKind = "project"
	OverFolder    ScopeKind = "folder"
	OverNote      ScopeKind = "note"
)

// Key gives the text key of the kind of scope: "over the territory".
func (k ScopeKind) Key() string { return "account.over." + string(k) }

// RoleOver is a role with the kind of scope it is given over.
type RoleOver struct {
	Role  Role
	Scope ScopeKind
}

// WorkspaceRoles lists the roles that the features of the workspace give.
func WorkspaceRoles() []RoleOver {
	return []RoleOver{{ProjectManager, OverProject}, {ProjectMember, OverProject}, {ProjectReader, OverProject},
		{ProjectGuest, OverProject}, {FolderGuest, OverFolder}, {NoteGuest, OverNote}}
}

// MustEnd reports whether access by the role always has a last day.
func (r Role) MustEnd() bool {
	return r == Guest || r == ProjectGuest || r == FolderGuest || r == NoteGuest
}

// Roles lists the roles that are given on people's pages, with the kind of scope each is given over.
func Roles() []RoleOver {
	return []RoleOver{{Admin, OverServer}, {NationalObserver, OverNation}, {RegionSteering, OverRegion}, {StateServices, OverRegion},
		{ProjectLead, OverTerritory}, {LeadPair, OverTerritory}, {Guest, OverAction}}
}

// GrantID names a grant.
type GrantID string

// Grant gives a person a role over a scope, through its last day; no last day: until revoked.
type Grant struct {
	ID        GrantID
	PersonID  PersonID
	Role      Role
	ScopeKind ScopeKind
	ScopeID   string
	UntilOn   when.Date
	GivenBy   PersonID
	CreatedAt when.Time
	RevokedAt when.Time
	RevokedBy PersonID
	Scope     string `db:"-"` // name of what it is given over, when shown
}

// scope is where the grant belongs, as the audit trail names it.
func (g Grant) scope() string { return string(g.ScopeKind) + ":" + g.ScopeID }

// Holds reports whether the grant gives anything on the day.
func (g Grant) Holds(today when.Date) bool {
	return g.RevokedAt == 0 && (g.UntilOn == when.None || g.UntilOn >= today)
}

// fits reports whether the role is one that is given over this kind of scope.
func (g Grant) fits() bool {
	return slices.Contains(Roles(), RoleOver{g.Role, g.ScopeKind}) || slices.Contains(WorkspaceRoles(), RoleOver{g.Role, g.ScopeKind})
}

// check gathers what is wrong with a new grant. A guest's access always ends.
func (g Grant) check(today when.Date) error {
	var wrong fault.Fields
	if !g.fits() {
		wrong.Add("role", "fault.choice")
	}
	if needsID := g.ScopeKind != OverServer && g.ScopeKind != OverNation; needsID != (g.ScopeID != "") {
		wrong.Add("scope_id", "fault.required")
	}
	switch {
	case g.UntilOn != when.None && !g.UntilOn.Valid():
		wrong.Add("until_on", "fault.date", "min_year", when.MinYear, "max_year", when.MaxYear)
	case g.UntilOn != when.None && g.UntilOn < today:
		wrong.Add("until_on", "account.grant.past")
	case g.UntilOn == when.None && g.Role.MustEnd():
		wrong.Add("until_on", "account.grant.guest_ends")
	}
	return wrong.Err()
}

// mayGive decides who gives and revokes grants: the server's admin any; a project lead those of
// guests and lead pair of the own territory, when territoryID says that the scope lies there.
func (g Grant) mayGive(by Actor, territoryID string) bool {
	if slices.ContainsFunc(WorkspaceRoles(), func(r RoleOver) bool { return r.Role == g.Role }) {
		return false
	}
	if by.Admin() {
		return true
	}
	return (g.Role == Guest || g.Role == LeadPair) && territoryID != "" && by.Has(ProjectLead, territoryID)
}
