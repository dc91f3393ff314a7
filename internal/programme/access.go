package programme

import (
	"slices"

	"bassin/internal/when"
)

// Viewer is the person who asks, as far as these rules care. The zero value is the public.
type Viewer struct {
	System        bool // the program itself: imports, the demonstration
	PersonID      string
	Grants        []ViewerGrant
	Organisations []string // of which the person is a member or manager
}

// ViewerGrant is a role over a scope until a day.
type ViewerGrant struct {
	Role      string // "project_lead"…
	ScopeKind string // "nation", "region", "territory", "action"
	ScopeID   string
	Until     when.Date // the last day; none: no end
}

// Standing is what somebody is to an action: a granted role, or what the sheet makes of them.
type Standing string

// The standings.
const (
	AsPublic      Standing = "public"
	AsObserver    Standing = "national_observer"
	AsSteering    Standing = "region_steering"
	AsState       Standing = "state_services"
	AsProjectLead Standing = "project_lead"
	AsLeadPair    Standing = "lead_pair"
	AsOwner       Standing = "owner"     // member of an owner organisation
	AsPilot       Standing = "pilot"     // named on the sheet
	AsPartner     Standing = "partner"   // member of a partner organisation
	AsFunder      Standing = "funder"    // member of an organisation that funds a line
	AsSignatory   Standing = "signatory" // member of an organisation that signed the contract
	AsGuest       Standing = "guest"     // invited to this action
)

// Standings lists them.
func Standings() []Standing {
	return []Standing{AsPublic, AsObserver, AsSteering, AsState, AsProjectLead, AsLeadPair,
		AsOwner, AsPilot, AsPartner, AsFunder, AsSignatory, AsGuest}
}

// Key gives the text key of the label.
func (s Standing) Key() string { return "programme.standing." + string(s) }

// Permission is an act on an action, a financing line or a contract.
type Permission string

// The permissions.
const (
	SeePublic          Permission = "see_public"
	SeeContract        Permission = "see_contract"
	SeeRestricted      Permission = "see_restricted"
	EditAction         Permission = "edit_action"
	SetReference       Permission = "set_reference"
	SetConfidentiality Permission = "set_confidentiality"
	RemoveAction       Permission = "remove_action"
	AddNote            Permission = "add_note"
	RecordStep         Permission = "record_step"     // on any line of the action
	RecordOwnStep      Permission = "record_own_step" // on the lines of one's own organisation
	EditContract       Permission = "edit_contract"   // and create its actions
	GiveAccess         Permission = "give_access"     // to guests of the action, and take it back
)

// Permissions lists them.
func Permissions() []Permission {
	return []Permission{SeePublic, SeeContract, SeeRestricted, EditAction, SetReference,
		SetConfidentiality, RemoveAction, AddNote, RecordStep, RecordOwnStep, EditContract, GiveAccess}
}

// Key gives the text key of the label.
func (p Permission) Key() string { return "programme.permission." + string(p) }

// permissions says what each standing allows: the whole of the rules in one table, never written
// to. The server's admin is absent on purpose: running the machine opens no sheet.
var permissions = map[Standing][]Permission{
	AsPublic:    {SeePublic},
	AsObserver:  {SeePublic, SeeContract},
	AsSteering:  {SeePublic, SeeContract},
	AsState:     {SeePublic, SeeContract},
	AsPartner:   {SeePublic, SeeContract},
	AsSignatory: {SeePublic, SeeContract},
	AsFunder:    {SeePublic, SeeContract, RecordOwnStep},
	AsGuest:     {SeePublic, SeeContract, SeeRestricted},
	AsPilot:     {SeePublic, SeeContract, SeeRestricted},
	AsLeadPair:  {SeePublic, SeeContract, SeeRestricted, AddNote},
	AsOwner:     {SeePublic, SeeContract, SeeRestricted, EditAction, AddNote, RecordStep},
	AsProjectLead: {SeePublic, SeeContract, SeeRestricted, EditAction, SetReference,
		SetConfidentiality, RemoveAction, AddNote, RecordStep, EditContract, GiveAccess},
}

// Allows tells what a standing may do; docs/permissions.txt is written from it.
func (s Standing) Allows(p Permission) bool { return slices.Contains(permissions[s], p) }

// ActionAccess is what the rules need to know of an action.
type ActionAccess struct {
	ActionID        ActionID
	TerritoryID     string
	RegionIDs       []string // every region in which the territory lies
	Confidentiality Confidentiality
	OwnerIDs        []string // organisations
	PartnerIDs      []string // organisations
	FunderIDs       []string // organisations
	SignatoryIDs    []string // organisations that signed the contract
	PilotIDs        []string // people
	Removed         bool     // off the lists: exists only for who may bring it back (accessTo)
}

// standings calls f for everything that the viewer is to the action, until it says stop.
func (v Viewer) standings(a ActionAccess, today when.Date, stop func(Standing) bool) bool {
	if stop(AsPublic) || v.System && stop(AsProjectLead) {
		return true
	}
	for _, g := range v.Grants {
		if s, ok := g.standing(a, today); ok && stop(s) {
			return true
		}
	}
	for _, side := range []struct {
		as  Standing
		ids []string
	}{{AsOwner, a.OwnerIDs}, {AsPartner, a.PartnerIDs}, {AsFunder, a.FunderIDs}, {AsSignatory, a.SignatoryIDs}} {
		if v.memberOfAny(side.ids) && stop(side.as) {
			return true
		}
	}
	return v.PersonID != "" && slices.Contains(a.PilotIDs, v.PersonID) && stop(AsPilot)
}

// standing tells what the grant makes of its holder. A grant holds through its last day; one over a
// scope of another kind than its role's gives nothing.
func (g ViewerGrant) standing(a ActionAccess, today when.Date) (Standing, bool) {
	if g.Until != when.None && g.Until < today {
		return "", false
	}
	s, holds := Standing(g.Role), false
	switch s {
	case AsObserver:
		holds = g.ScopeKind == "nation"
	case AsSteering, AsState:
		holds = g.ScopeKind == "region" && slices.Contains(a.RegionIDs, g.ScopeID)
	case AsProjectLead, AsLeadPair:
		holds = g.ScopeKind == "territory" && g.ScopeID != "" && g.ScopeID == a.TerritoryID
	case AsGuest:
		holds = g.ScopeKind == "action" && g.ScopeID != "" && g.ScopeID == string(a.ActionID)
	}
	return s, holds
}

func (v Viewer) memberOfAny(ids []string) bool {
	for _, id := range v.Organisations {
		if id != "" && slices.Contains(ids, id) {
			return true
		}
	}
	return false
}

// See tells whether the action exists for the viewer. What one may not see is answered NotFound.
func See(v Viewer, a ActionAccess, today when.Date) bool {
	need := SeeRestricted
	switch a.Confidentiality {
	case ForPublic:
		need = SeePublic
	case ForContract:
		need = SeeContract
	}
	return v.standings(a, today, func(s Standing) bool { return s.Allows(need) })
}

// May tells whether the viewer has the permission on the action. Nothing is allowed on what one may
// not see. RecordOwnStep says that some line is theirs; MayRecord asks of one line.
func May(v Viewer, p Permission, a ActionAccess, today when.Date) bool {
	return See(v, a, today) &&
		v.standings(a, today, func(s Standing) bool { return s.Allows(p) })
}

// MayRecord tells whether the viewer may record money steps on a line of this funder: on any line,
// or as a member of the funder on its own.
func MayRecord(v Viewer, a ActionAccess, funderID string, today when.Date) bool {
	if May(v, RecordStep, a, today) {
		return true
	}
	return v.memberOfAny([]string{funderID}) && slices.Contains(a.FunderIDs, funderID) &&
		May(v, RecordOwnStep, a, today)
}

// SeeContractOf tells whether the contract itself exists for the viewer: a contract that is being
// prepared is seen by those who see its contract-level sheets; from the memorandum on it is public.
// Of a, only TerritoryID, RegionIDs and SignatoryIDs are read.
func SeeContractOf(v Viewer, state ContractState, a ActionAccess, today when.Date) bool {
	if state != Preparation {
		return true
	}
	a = ActionAccess{TerritoryID: a.TerritoryID, RegionIDs: a.RegionIDs, SignatoryIDs: a.SignatoryIDs,
		Confidentiality: ForContract}
	return See(v, a, today)
}

// MayEditContract tells whether the viewer may edit the contract of the territory, move it and add
// actions to it.
func MayEditContract(v Viewer, territoryID string, today when.Date) bool {
	a := ActionAccess{TerritoryID: territoryID, Confidentiality: ForContract}
	return v.standings(a, today, func(s Standing) bool { return s.Allows(EditContract) })
}
