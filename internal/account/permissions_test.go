package account

import (
	"slices"
	"testing"
)

// TestPermissions holds the printed table against the rules that decide.
func TestPermissions(t *testing.T) {
	const org OrganisationID = "o1"
	actors := map[Standing]Actor{
		Anybody:    {},
		SignedIn:   {ID: "p"},
		OfMembers:  {ID: "p", Memberships: []Membership{{PersonID: "p", OrganisationID: org, Role: Member}}},
		OfManagers: {ID: "p", Memberships: []Membership{{PersonID: "p", OrganisationID: org, Role: Manager}}},
		OfLeads:    {ID: "p", Grants: []Grant{{Role: ProjectLead, ScopeKind: OverTerritory, ScopeID: "ti-7602"}}},
		OfAdmins:   {ID: "p", Grants: []Grant{{Role: Admin, ScopeKind: OverServer}}},
	}
	s := New(Options{})
	rules := map[string]func(Actor) bool{
		"see_organisation":  Actor.Known,
		"add_organisation":  Actor.MayAddOrganisation,
		"edit_organisation": func(a Actor) bool { return a.MayEditOrganisation(org) },
		"see_members":       func(a Actor) bool { return a.MaySeeMembers(org) },
		"invite_member":     func(a Actor) bool { return a.MayEditOrganisation(org) },
		"see_people":        Actor.Admin,
		"manage_people":     Actor.Admin,
		"give_any_role":     func(a Actor) bool { return Grant{Role: Admin}.mayGive(a, "ti-7602") },
		"give_guest_or_lead_pair": func(a Actor) bool {
			return Grant{Role: Guest}.mayGive(a, "ti-7602") && Grant{Role: LeadPair}.mayGive(a, "ti-7602")
		},
		"see_mails": s.mayReadMails,
	}
	checked := 0
	for _, p := range Permissions() {
		rule, ok := rules[p.Act]
		if !ok {
			continue // of oneself, or tried through the pages
		}
		checked++
		for standing, actor := range actors {
			want := slices.Contains(p.Who, standing) || slices.Contains(p.Who, SignedIn) && actor.Known()
			if got := rule(actor); got != want {
				t.Errorf("%s by %s: the rule says %v, the table %v", p.Act, standing, got, want)
			}
		}
	}
	if checked != len(rules) {
		t.Errorf("%d rules are in the table, want %d", checked, len(rules))
	}
	if (Grant{Role: Guest}).mayGive(actors[OfLeads], "ti-9999") || (Grant{Role: Guest}).mayGive(actors[OfLeads], "") {
		t.Error("a project lead gives access in somebody else's territory")
	}
}
