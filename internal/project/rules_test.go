package project

import (
	"testing"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/when"
)

const today when.Date = "2026-05-21"

func TestCodeOf(t *testing.T) {
	for title, want := range map[string]string{
		"Think & Mate, smart Factory": "TMSF", "Robot": "ROBO", "Écran étanche": "EE", "42": "PROJ", "": "PROJ", "a b c d e f g h": "ABCDEF",
	} {
		if got := CodeOf(title); got != want || !validCode(got) {
			t.Errorf("code of %q is %q, want %q", title, got, want)
		}
	}
}

func TestTidy(t *testing.T) {
	good := Project{Title: "  Robot   de soudage ", Code: "rs", Kind: DigitalTransition, State: Running, Confidentiality: ForPartners, OwnerID: "o", StartsOn: "2026-01-01", EndsOn: "2026-12-31"}
	if err := good.tidy(); err != nil || good.Title != "Robot de soudage" || good.Code != "RS" {
		t.Fatalf("a good project: %v, %q, %q", err, good.Title, good.Code)
	}
	for name, c := range map[string]struct {
		change func(*Project)
		field  string
	}{
		"no title":          {func(p *Project) { p.Title = " " }, "title"},
		"code of one sign":  {func(p *Project) { p.Code = "A" }, "code"},
		"code with a slash": {func(p *Project) { p.Code = "A/B" }, "code"},
		"unknown kind":      {func(p *Project) { p.Kind = "war" }, "kind"},
		"no owner":          {func(p *Project) { p.OwnerID = "" }, "owner_id"},
		"the year 0":        {func(p *Project) { p.StartsOn = "0000-01-01" }, "starts_on"},
		"ends before":       {func(p *Project) { p.EndsOn = "2025-12-31" }, "ends_on"},
	} {
		p := good
		c.change(&p)
		f := fault.As(p.tidy())
		if f == nil || len(f.Fields) != 1 || f.Fields[0].Name != c.field {
			t.Errorf("%s: got %v, want a fault of %s", name, f, c.field)
		}
	}
}

func TestWhoMay(t *testing.T) {
	w := Walls{ID: "p", OwnerID: "own", PartnerIDs: []account.OrganisationID{"part"}, TerritoryID: "ti-1", Confidentiality: ForPartners}
	grant := func(r account.Role, kind account.ScopeKind, id string) account.Actor {
		return account.Actor{ID: "x", Grants: []account.Grant{{Role: r, ScopeKind: kind, ScopeID: id}}}
	}
	member := func(org account.OrganisationID, r account.MembershipRole) account.Actor {
		return account.Actor{ID: "x", Memberships: []account.Membership{{OrganisationID: org, Role: r}}}
	}
	territory, closed, gone := w, w, w
	territory.Confidentiality, closed.Confidentiality, gone.Removed = ForTerritory, ForMembers, true
	ended := grant(account.ProjectGuest, account.OverProject, "p")
	ended.Grants[0].UntilOn = "2026-05-20"
	for name, c := range map[string]struct {
		w    Walls
		by   account.Actor
		p    Permission
		want bool
	}{
		"the public sees nothing":                {territory, account.Actor{}, See, false},
		"the administrator sees nothing":         {territory, grant(account.Admin, account.OverServer, ""), See, false},
		"a manager manages":                      {closed, grant(account.ProjectManager, account.OverProject, "p"), Manage, true},
		"a manager of another project":           {w, grant(account.ProjectManager, account.OverProject, "q"), See, false},
		"a member works":                         {closed, grant(account.ProjectMember, account.OverProject, "p"), Contribute, true},
		"a member sees no costs":                 {w, grant(account.ProjectMember, account.OverProject, "p"), SeeCosts, false},
		"a member does not pass gates":           {w, grant(account.ProjectMember, account.OverProject, "p"), Decide, false},
		"a reader comments":                      {w, grant(account.ProjectReader, account.OverProject, "p"), Comment, true},
		"a reader changes nothing":               {w, grant(account.ProjectReader, account.OverProject, "p"), Contribute, false},
		"a guest works":                          {closed, grant(account.ProjectGuest, account.OverProject, "p"), Contribute, true},
		"a guest after the last day":             {w, ended, See, false},
		"a folder's guest does not see it":       {w, grant(account.FolderGuest, account.OverFolder, "p"), See, false},
		"a project grant over a territory":       {w, grant(account.ProjectManager, account.OverTerritory, "ti-1"), See, false},
		"of the owner, open to partners":         {w, member("own", account.Member), See, true},
		"of the owner, closed":                   {closed, member("own", account.Member), See, false},
		"of a partner reads only":                {w, member("part", account.Member), Contribute, false},
		"of a stranger":                          {w, member("other", account.Manager), See, false},
		"who manages the owner's people":         {closed, member("own", account.Manager), Manage, true},
		"who manages a partner's people":         {closed, member("part", account.Manager), See, false},
		"the territory's lead, not open to them": {w, grant(account.ProjectLead, account.OverTerritory, "ti-1"), See, false},
		"the territory's lead":                   {territory, grant(account.ProjectLead, account.OverTerritory, "ti-1"), Comment, true},
		"another territory's lead":               {territory, grant(account.ProjectLead, account.OverTerritory, "ti-2"), See, false},
		"a member, of a removed project":         {gone, grant(account.ProjectMember, account.OverProject, "p"), See, false},
		"a manager, of a removed project":        {gone, grant(account.ProjectManager, account.OverProject, "p"), See, true},
	} {
		if got := c.w.May(c.by, c.p, today); got != c.want {
			t.Errorf("%s: %s is %v, want %v", name, c.p, got, c.want)
		}
	}
}

func TestGate(t *testing.T) {
	stages := []Stage{{ID: "a", Phase: Need, State: Passed, PassedOn: "2026-01-01"}, {ID: "b", Phase: Design, State: Open}, {ID: "c", Phase: Production, State: Coming}}
	unmet := []Criterion{{StageID: "b", Text: "essai", Required: true}, {StageID: "b", Text: "joli"}}
	met := []Criterion{{StageID: "b", Text: "essai", Required: true, MetOn: "2026-05-01"}, {StageID: "b", Text: "joli"}}
	for name, c := range map[string]struct {
		stage    StageID
		outcome  Outcome
		criteria []Criterion
		kind     fault.Kind // "" for none
		want     [3]StageState
	}{
		"passed":                       {"b", Pass, met, "", [3]StageState{Passed, Passed, Open}},
		"a required one is not met":    {"b", Pass, unmet, fault.Conflict, [3]StageState{}},
		"with conditions all the same": {"b", Conditional, unmet, "", [3]StageState{Passed, Passed, Open}},
		"held":                         {"b", Hold, unmet, "", [3]StageState{Passed, Open, Coming}},
		"stopped":                      {"b", Stop, unmet, "", [3]StageState{Passed, Stopped, Coming}},
		"not the one under way":        {"c", Pass, nil, fault.Conflict, [3]StageState{}},
		"passed before":                {"a", Pass, nil, fault.Conflict, [3]StageState{}},
	} {
		got, err := Decision{StageID: c.stage, Outcome: c.outcome, DecidedOn: today}.gate(stages, c.criteria)
		if c.kind != "" {
			if !fault.Is(err, c.kind) {
				t.Errorf("%s: got %v, want %s", name, err, c.kind)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i := range got {
			if got[i].State != c.want[i] {
				t.Errorf("%s: stage %d is %s, want %s", name, i, got[i].State, c.want[i])
			}
		}
	}
	if stages[1].State != Open {
		t.Error("the stages that were given have changed")
	}
	if _, err := (Decision{StageID: "a", Outcome: Pass}).gate([]Stage{{ID: "a", State: Passed}}, nil); !fault.Is(err, fault.Conflict) {
		t.Errorf("when all is passed: got %v", err)
	}
}

func TestDecisionCheck(t *testing.T) {
	good := Decision{Title: "Acheter le robot", Reason: "Le moins cher", Deciders: "Comité de pilotage", Outcome: Agreed, DecidedOn: today}
	if err := good.check(today); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*Decision)
		field  string
	}{
		"without a reason":              {func(d *Decision) { d.Reason = "" }, "reason"},
		"by nobody":                     {func(d *Decision) { d.Deciders = " " }, "deciders"},
		"tomorrow":                      {func(d *Decision) { d.DecidedOn = "2026-05-22" }, "decided_on"},
		"a gate's word elsewhere":       {func(d *Decision) { d.Outcome = Pass }, "outcome"},
		"conditions that are not named": {func(d *Decision) { d.StageID, d.Outcome = "s", Conditional }, "conditions"},
	} {
		d := good
		c.change(&d)
		f := fault.As(d.check(today))
		if f == nil || len(f.Fields) != 1 || f.Fields[0].Name != c.field {
			t.Errorf("%s: got %v, want a fault of %s", name, f, c.field)
		}
	}
}

func TestCriterionMeet(t *testing.T) {
	by := account.Actor{ID: "x", Name: "École"}
	for name, c := range map[string]struct {
		required   bool
		proof, url string
		ok         bool
	}{
		"with words":                 {true, "rapport d’essai", "", true},
		"with a page":                {true, "", "/projects/1/documents/2", true},
		"required and without proof": {true, " ", "", false},
		"wished for, without proof":  {false, "", "", true},
		"a script for a link":        {true, "", "javascript:alert(1)", false},
		"another host, in disguise":  {true, "", "//evil.example", false},
		"a backslash":                {true, "", `/\evil.example`, false},
		"not encrypted":              {true, "", "http://example.org", false},
	} {
		x := Criterion{Text: "essai", Required: c.required}
		err := x.meet(c.proof, c.url, by, today)
		if (err == nil) != c.ok || x.Met() != c.ok {
			t.Errorf("%s: got %v, met %v", name, err, x.Met())
		}
	}
}

func TestRiskAndBlocker(t *testing.T) {
	for _, c := range []struct {
		p, i int
		want string
	}{{1, 1, "low"}, {1, 5, "low"}, {2, 3, "medium"}, {3, 4, "medium"}, {3, 5, "high"}, {5, 5, "high"}} {
		if got := (Risk{Probability: c.p, Impact: c.i}).Severity(); got != c.want {
			t.Errorf("%d × %d is %s, want %s", c.p, c.i, got, c.want)
		}
	}
	if err := (Risk{Title: "x", Probability: 6, Impact: 0, State: RiskOpen}).check(); len(fault.As(err).Fields) != 2 {
		t.Errorf("scales out of range: %v", err)
	}
	b := Blocker{Text: "permis", SinceOn: "2026-05-01"}
	if err := b.resolve("2026-04-30", "", today); err == nil || !b.Open() {
		t.Errorf("resolved before it began: %v", err)
	}
	if err := b.resolve(when.None, "", today); err == nil || !b.Open() {
		t.Errorf("resolved on no day: %v", err)
	}
	if err := b.resolve("2026-05-11", "accordé", today); err != nil || b.Days(today) != 10 {
		t.Errorf("resolved: %v, %d days", err, b.Days(today))
	}
	if err := b.resolve("2026-05-12", "", today); !fault.Is(err, fault.Conflict) {
		t.Errorf("resolved twice: %v", err)
	}
}
