package programme

import (
	"slices"

	"bassin/internal/account"
	"bassin/internal/when"
)

// Guest is somebody who was let into one action and, by that, into nothing else of the territory.
type Guest struct {
	account.Held
	Organisations []string // labels
	Ended         bool     // by its day, or with the account
}

// Invitation is somebody to let into one action, until a day.
type Invitation struct {
	Email, Name string // the name is asked only of who has no account
	UntilOn     when.Date
}

// Way is how somebody else has access to a sheet: by a role over its territory, its region or the
// nation, or by a part in the sheet. Organisations stand for their members.
type Way struct {
	Standings   []Standing // one by a grant; of an organisation, every part it has
	Name, Title string
	Over        string // what the role is given over
	UntilOn     when.Date
	VisitedAt   when.Time
}

// granted reports whether somebody sees the sheet by a grant to their person.
func (w Way) granted() bool {
	return slices.ContainsFunc(w.Standings, func(s Standing) bool {
		return slices.Contains([]Standing{AsObserver, AsSteering, AsState, AsProjectLead, AsLeadPair}, s)
	})
}

// sees reports whether a grant alone opens the sheet.
func (a ActionAccess) sees(g account.Grant, today when.Date) (Standing, bool) {
	vg := ViewerGrant{string(g.Role), string(g.ScopeKind), g.ScopeID, g.UntilOn}
	s, holds := vg.standing(a, today)
	return s, holds && See(Viewer{Grants: []ViewerGrant{vg}}, a, today)
}

// endVersion is the last day of an access as the number of a version: it changes when the day does.
func endVersion(d when.Date) int64 {
	var n int64
	for _, r := range d {
		if r >= '0' && r <= '9' {
			n = 10*n + int64(r-'0')
		}
	}
	return n
}
