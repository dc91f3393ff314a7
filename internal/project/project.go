package project

import (
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/when"
)

// ID names a project.
type ID string

// Kind says what sort of project it is; it chooses the stages that a new one begins with.
type Kind string

// The kinds.
const (
	ProductDevelopment Kind = "product_development"
	DigitalTransition  Kind = "digital_transition"
	AdditiveTrial      Kind = "additive_trial"
	SiteExtension      Kind = "site_extension"
	Other              Kind = "other"
)

// Kinds lists them in the order of forms.
func Kinds() []Kind {
	return []Kind{ProductDevelopment, DigitalTransition, AdditiveTrial, SiteExtension, Other}
}

// Key gives the text key of the kind's name.
func (k Kind) Key() string { return "project.kind." + string(k) }

// State is where the project is in its life.
type State string

// The states. Finished and abandoned projects are read, not changed; a manager may reopen them.
const (
	Preparing State = "preparing"
	Running   State = "running"
	Paused    State = "paused"
	Finished  State = "finished"
	Abandoned State = "abandoned"
)

// States lists them in order.
func States() []State { return []State{Preparing, Running, Paused, Finished, Abandoned} }

// Key gives the text key of the state's name.
func (s State) Key() string { return "project.state." + string(s) }

// Ended reports whether nobody works on the project any more.
func (s State) Ended() bool { return s == Finished || s == Abandoned }

// Confidentiality says who besides its members may see a project.
type Confidentiality string

// The levels, from the narrowest.
const (
	ForMembers   Confidentiality = "members"   // those invited by name
	ForPartners  Confidentiality = "partners"  // and everybody of the owner and of partner organisations
	ForTerritory Confidentiality = "territory" // and who runs the territory's contract
)

// Confidentialities lists them.
func Confidentialities() []Confidentiality {
	return []Confidentiality{ForMembers, ForPartners, ForTerritory}
}

// Key gives the text key of the level's name.
func (c Confidentiality) Key() string { return "project.confidentiality." + string(c) }

// Origin is what a project was begun from: an action of the programme; later also a need or an
// order. The zero value is nothing.
type Origin struct{ Kind, ID string }

// FromAction is the kind of origin of an action of the programme.
const FromAction = "action"

// Project is a piece of work that organisations carry together, from a need to a result.
type Project struct {
	ID              ID
	Code            string // short, in capitals, in front of the numbers of tasks: "TMSF-12"
	Title           string
	Summary         string
	Kind            Kind
	State           State
	Confidentiality Confidentiality
	OwnerID         account.OrganisationID
	OwnerName       string
	TerritoryID     string
	OriginKind      string
	OriginID        string
	StartsOn        when.Date
	EndsOn          when.Date
	Demo            bool
	CreatedBy       account.PersonID
	CreatedAt       when.Time
	UpdatedAt       when.Time
	RemovedAt       when.Time // off the lists; 0: on them
	Version         int64
}

// Scope is where the audit trail keeps what happens in the project.
func (id ID) Scope() string { return "project:" + string(id) }

// Wall is the one wall of the search before everything in the project. Who may see the project
// carries the key (SearchWalls), so that nothing is put anew when a partner joins, a grant ends or
// the project leaves the lists (decision 15). Features of the workspace put their entries behind it.
func (id ID) Wall() string { return "project:" + string(id) }

// URL is the project's address.
func (id ID) URL() string { return "/projects/" + string(id) }

// tidy cleans the fields and gathers what is wrong.
func (p *Project) tidy() error {
	var wrong fault.Fields
	p.Title, p.Summary = strings.Join(strings.Fields(p.Title), " "), strings.TrimSpace(p.Summary)
	p.Code = strings.ToUpper(strings.TrimSpace(p.Code))
	wrong.Text("title", p.Title, 1, 200)
	wrong.Text("summary", p.Summary, 0, 4000)
	if !validCode(p.Code) {
		wrong.Add("code", "project.wrong.code")
	}
	for _, c := range []struct {
		field string
		good  bool
	}{
		{"kind", slices.Contains(Kinds(), p.Kind)}, {"state", slices.Contains(States(), p.State)},
		{"confidentiality", slices.Contains(Confidentialities(), p.Confidentiality)}, {"owner_id", p.OwnerID != ""},
	} {
		if !c.good {
			wrong.Add(c.field, "fault.choice")
		}
	}
	for _, d := range []struct {
		field string
		on    when.Date
	}{{"starts_on", p.StartsOn}, {"ends_on", p.EndsOn}} {
		if d.on != when.None && !d.on.Valid() {
			wrong.Add(d.field, "fault.date", "min_year", when.MinYear, "max_year", when.MaxYear)
		}
	}
	if p.StartsOn.Valid() && p.EndsOn.Valid() && p.EndsOn < p.StartsOn {
		wrong.Add("ends_on", "project.wrong.order")
	}
	return wrong.Err()
}

// validCode allows 2 to 10 capitals and digits, a letter first.
func validCode(s string) bool {
	if len(s) < 2 || len(s) > 10 || s[0] < 'A' || s[0] > 'Z' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// CodeOf proposes a code for a title: the first letters of its words, "Think & Mate, smart
// Factory" gives TMSF; a single word gives its first four letters.
func CodeOf(title string) string {
	var initials, letters []rune
	for _, word := range strings.Fields(strings.ToUpper(account.Fold(title))) {
		first := true
		for _, r := range word {
			if r < 'A' || r > 'Z' {
				continue
			}
			letters = append(letters, r)
			if first {
				initials, first = append(initials, r), false
			}
		}
	}
	switch {
	case len(initials) >= 2:
		return string(initials[:min(len(initials), 6)])
	case len(letters) >= 2:
		return string(letters[:min(len(letters), 4)])
	}
	return "PROJ"
}

// PartnerRole is what an organisation is to a project.
type PartnerRole string

// The roles.
const (
	CoOwner       PartnerRole = "co_owner"
	Contractor    PartnerRole = "contractor" // delivers a part of the work
	Subcontractor PartnerRole = "subcontractor"
	Research      PartnerRole = "research"
	Adviser       PartnerRole = "adviser"
	Client        PartnerRole = "client"
	Backer        PartnerRole = "backer" // pays for it
)

// PartnerRoles lists them in the order of forms.
func PartnerRoles() []PartnerRole {
	return []PartnerRole{CoOwner, Contractor, Subcontractor, Research, Adviser, Client, Backer}
}

// Key gives the text key of the role's name.
func (r PartnerRole) Key() string { return "project.partner_role." + string(r) }

// Partner is an organisation that takes part in a project.
type Partner struct {
	ProjectID        ID
	OrganisationID   account.OrganisationID
	OrganisationName string
	Role             PartnerRole
	JoinedAt         when.Time
}

func (p Partner) check(owner account.OrganisationID) error {
	var wrong fault.Fields
	if !slices.Contains(PartnerRoles(), p.Role) {
		wrong.Add("role", "fault.choice")
	}
	if p.OrganisationID == owner {
		wrong.Add("organisation_id", "project.wrong.owner_is_no_partner")
	}
	return wrong.Err()
}
