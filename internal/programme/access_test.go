package programme

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bassin/internal/when"
)

// ales is the action that the people below look at.
func ales(c Confidentiality) ActionAccess {
	return ActionAccess{ActionID: "a3", TerritoryID: "ti-7602", RegionIDs: []string{"76", "93"}, Confidentiality: c,
		OwnerIDs: []string{"school"}, PartnerIDs: []string{"cluster"}, FunderIDs: []string{"region", "state"},
		SignatoryIDs: []string{"chamber"}, PilotIDs: []string{"ana"}}
}

func granted(role, kind, id string) Viewer {
	return Viewer{PersonID: "p", Grants: []ViewerGrant{{Role: role, ScopeKind: kind, ScopeID: id}}}
}

func memberOf(organisation string) Viewer {
	return Viewer{PersonID: "p", Organisations: []string{organisation}}
}

// Written by hand, letter by letter in the order of Permissions(): P C R see the three levels,
// E edit, F reference, K confidentiality, X remove, N note, S step, O own step, T contract, G access of guests.
func TestPermissions(t *testing.T) {
	const letters = "PCREFKXNSOTG"
	for standing, want := range map[Standing]string{
		AsPublic: "P", AsObserver: "PC", AsSteering: "PC", AsState: "PC", AsPartner: "PC", AsSignatory: "PC",
		AsFunder: "PCO", AsGuest: "PCR", AsPilot: "PCR", AsLeadPair: "PCRN", AsOwner: "PCRENS",
		AsProjectLead: "PCREFKXNSTG",
	} {
		got := ""
		for i, p := range Permissions() {
			if standing.Allows(p) {
				got += letters[i : i+1]
			}
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", standing, got, want)
		}
	}
	if len(permissions) != len(Standings()) {
		t.Errorf("%d standings in the table, %d named", len(permissions), len(Standings()))
	}
	if Standing("admin").Allows(SeePublic) {
		t.Error("the admin stands in the table")
	}
}

func TestSee(t *testing.T) {
	for _, c := range []struct {
		name   string
		viewer Viewer
		sees   string // first letters of the levels seen
	}{
		{"the public", Viewer{}, "p"},
		{"somebody signed in", Viewer{PersonID: "p"}, "p"},
		{"admin", granted("admin", "server", ""), "p"},
		{"national observer", granted("national_observer", "nation", ""), "pc"},
		{"observer of one region only", granted("national_observer", "region", "76"), "p"},
		{"region", granted("region_steering", "region", "76"), "pc"},
		{"the territory's other region", granted("region_steering", "region", "93"), "pc"},
		{"another region", granted("region_steering", "region", "84"), "p"},
		{"State services", granted("state_services", "region", "76"), "pc"},
		{"region role over a territory", granted("region_steering", "territory", "76"), "p"},
		{"project lead", granted("project_lead", "territory", "ti-7602"), "pcr"},
		{"project lead elsewhere", granted("project_lead", "territory", "ti-7601"), "p"},
		{"project lead of a region", granted("project_lead", "region", "76"), "p"},
		{"lead pair", granted("lead_pair", "territory", "ti-7602"), "pcr"},
		{"guest of the action", granted("guest", "action", "a3"), "pcr"},
		{"guest of another action", granted("guest", "action", "a4"), "p"},
		{"owner", memberOf("school"), "pcr"},
		{"partner", memberOf("cluster"), "pc"},
		{"funder", memberOf("state"), "pc"},
		{"signatory", memberOf("chamber"), "pc"},
		{"another organisation", memberOf("other"), "p"},
		{"pilot", Viewer{PersonID: "ana"}, "pcr"},
		{"a role that standings know but nobody grants", granted("owner", "territory", "ti-7602"), "p"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, level := range Confidentialities() {
				if got, want := See(c.viewer, ales(level), today), strings.Contains(c.sees, string(level[:1])); got != want {
					t.Errorf("%s: sees %v, want %v", level, got, want)
				}
			}
		})
	}
	if See(Viewer{}, ActionAccess{Confidentiality: "?"}, today) {
		t.Error("an unknown level is open")
	}
	blank := Viewer{Organisations: []string{""}, Grants: []ViewerGrant{{Role: "project_lead", ScopeKind: "territory"}, {Role: "guest", ScopeKind: "action"}}}
	if See(blank, ActionAccess{Confidentiality: Restricted, OwnerIDs: []string{""}, PilotIDs: []string{""}}, today) {
		t.Error("empty names match")
	}
}

func TestGrantsEnd(t *testing.T) {
	for until, want := range map[when.Date]bool{"": true, today: true, today.AddDays(1): true, today.AddDays(-1): false} {
		v := granted("project_lead", "territory", "ti-7602")
		v.Grants[0].Until = until
		if got := See(v, ales(Restricted), today); got != want {
			t.Errorf("until %q: sees %v", until, got)
		}
		if got := MayEditContract(v, "ti-7602", today); got != want {
			t.Errorf("until %q: edits the contract %v", until, got)
		}
	}
}

func TestMayRecord(t *testing.T) {
	for _, c := range []struct {
		name   string
		viewer Viewer
		level  Confidentiality
		funder string
		want   bool
	}{
		{"project lead, any line", granted("project_lead", "territory", "ti-7602"), Restricted, "state", true},
		{"owner, any line", memberOf("school"), Restricted, "state", true},
		{"funder, its line", memberOf("state"), ForContract, "state", true},
		{"funder, another's line", memberOf("state"), ForContract, "region", false},
		{"funder, its line on a sheet it may not see", memberOf("state"), Restricted, "state", false},
		{"an organisation that funds nothing here", memberOf("bank"), ForPublic, "bank", false},
		{"lead pair", granted("lead_pair", "territory", "ti-7602"), ForPublic, "state", false},
		{"region", granted("region_steering", "region", "76"), ForPublic, "region", false},
		{"the public", Viewer{}, ForPublic, "", false},
	} {
		if got := MayRecord(c.viewer, ales(c.level), c.funder, today); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestSeeContractOf(t *testing.T) {
	a := ActionAccess{TerritoryID: "ti-7602", RegionIDs: []string{"76"}, SignatoryIDs: []string{"chamber"}}
	for _, c := range []struct {
		name   string
		viewer Viewer
		state  ContractState
		want   bool
	}{
		{"signed, the public", Viewer{}, Signed, true},
		{"in preparation, the public", Viewer{}, Preparation, false},
		{"in preparation, its region", granted("region_steering", "region", "76"), Preparation, true},
		{"in preparation, a signatory", memberOf("chamber"), Preparation, true},
		{"in preparation, another territory", granted("project_lead", "territory", "ti-7601"), Preparation, false},
	} {
		if got := SeeContractOf(c.viewer, c.state, a, today); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestMayEditContract(t *testing.T) {
	for _, c := range []struct {
		viewer Viewer
		want   bool
	}{
		{granted("project_lead", "territory", "ti-7602"), true},
		{granted("project_lead", "territory", "ti-7601"), false},
		{granted("lead_pair", "territory", "ti-7602"), false},
		{memberOf("school"), false},
		{Viewer{}, false},
	} {
		if got := MayEditContract(c.viewer, "ti-7602", today); got != c.want {
			t.Errorf("%+v: %v", c.viewer, got)
		}
	}
}

// In random worlds: nothing is allowed on what is not seen; more openness never hides; a viewer
// with more grants sees no less; and a viewer whose every grant has ended, in no organisation and
// naming no pilot, is the public.
func TestAccessInRandomWorlds(t *testing.T) {
	id := func(prefix string) *rapid.Generator[string] {
		return rapid.Custom(func(t *rapid.T) string { return fmt.Sprint(prefix, rapid.IntRange(0, 2).Draw(t, prefix)) })
	}
	ids := func(prefix string) *rapid.Generator[[]string] { return rapid.SliceOfN(id(prefix), 0, 2) }
	roles := []string{"admin", "national_observer", "region_steering", "state_services", "project_lead", "lead_pair", "guest", "owner"}
	grant := rapid.Custom(func(t *rapid.T) ViewerGrant {
		kind := rapid.SampledFrom([]string{"nation", "region", "territory", "action"}).Draw(t, "scope")
		return ViewerGrant{Role: rapid.SampledFrom(roles).Draw(t, "role"), ScopeKind: kind, ScopeID: id(kind).Draw(t, "id"),
			Until: rapid.SampledFrom([]when.Date{"", today, today.AddDays(-1)}).Draw(t, "until")}
	})
	rapid.Check(t, func(t *rapid.T) {
		a := ActionAccess{ActionID: ActionID(id("action").Draw(t, "a")), TerritoryID: id("territory").Draw(t, "t"), RegionIDs: ids("region").Draw(t, "r"),
			Confidentiality: rapid.SampledFrom(Confidentialities()).Draw(t, "level"), OwnerIDs: ids("org").Draw(t, "o"),
			PartnerIDs: ids("org").Draw(t, "p"), FunderIDs: ids("org").Draw(t, "f"), SignatoryIDs: ids("org").Draw(t, "s"), PilotIDs: ids("person").Draw(t, "pilots")}
		v := Viewer{PersonID: id("person").Draw(t, "me"), Grants: rapid.SliceOfN(grant, 0, 3).Draw(t, "grants"), Organisations: ids("org").Draw(t, "mine")}
		seen := See(v, a, today)
		for _, p := range Permissions() {
			if May(v, p, a, today) && !seen {
				t.Fatalf("%s on what is not seen", p)
			}
		}
		for _, f := range a.FunderIDs {
			if MayRecord(v, a, f, today) && !seen {
				t.Fatalf("records on what is not seen")
			}
		}
		if i := slices.Index(Confidentialities(), a.Confidentiality); seen && i > 0 {
			open := a
			open.Confidentiality = Confidentialities()[i-1]
			if !See(v, open, today) {
				t.Fatalf("seen as %s, not as %s", a.Confidentiality, open.Confidentiality)
			}
		}
		more := v
		more.Grants = append(slices.Clone(v.Grants), grant.Draw(t, "one more"))
		if seen && !See(more, a, today) {
			t.Fatal("one more grant hides")
		}
		for i := range v.Grants {
			v.Grants[i].Until = today.AddDays(-1)
		}
		v.PersonID, v.Organisations = "", nil
		if See(v, a, today) != See(Viewer{}, a, today) {
			t.Fatal("ended grants still count")
		}
	})
}
