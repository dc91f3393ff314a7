package programme

import (
	"testing"

	"bassin/internal/account"
)

func TestViewerOf(t *testing.T) {
	actor := func(role account.Role, kind account.ScopeKind, id string) account.Actor {
		return account.Actor{ID: "p", Grants: []account.Grant{{Role: role, ScopeKind: kind, ScopeID: id}}}
	}
	revoked := actor(account.ProjectLead, account.OverTerritory, "ti-7602")
	revoked.Grants[0].RevokedAt = 1
	for _, c := range []struct {
		name             string
		actor            account.Actor
		contract, closed bool // sees contract-level, restricted sheets
	}{
		{"the public", account.Actor{}, false, false},
		{"admin", actor(account.Admin, account.OverServer, ""), false, false},
		{"observer", actor(account.NationalObserver, account.OverNation, ""), true, false},
		{"region", actor(account.RegionSteering, account.OverRegion, "76"), true, false},
		{"State", actor(account.StateServices, account.OverRegion, "76"), true, false},
		{"project lead", actor(account.ProjectLead, account.OverTerritory, "ti-7602"), true, true},
		{"lead pair", actor(account.LeadPair, account.OverTerritory, "ti-7602"), true, true},
		{"guest", actor(account.Guest, account.OverAction, "a3"), true, true},
		{"revoked", revoked, false, false},
		{"partner", account.Actor{ID: "p", Memberships: []account.Membership{{OrganisationID: "cluster"}}}, true, false},
		{"pilot", account.Actor{ID: "ana"}, true, true},
	} {
		v := viewerOf(c.actor)
		if got := See(v, ales(ForContract), today); got != c.contract {
			t.Errorf("%s: contract-level %v", c.name, got)
		}
		if got := See(v, ales(Restricted), today); got != c.closed {
			t.Errorf("%s: restricted %v", c.name, got)
		}
	}
}
