package overview

import (
	"testing"

	"bassin/internal/account"
	"bassin/internal/programme"
	"bassin/internal/territory"
	"bassin/internal/when"
)

const today when.Date = "2026-05-21"

func row(change func(*programme.Row)) programme.Row {
	r := programme.Row{ID: "a", Reference: "ALES-03", Title: "Think & Mate", Status: programme.UnderWay, ReadyMask: 31, LateOn: "9999-12-31", NewsOn: today}
	change(&r)
	return r
}

func TestTodosOfAnAction(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*programme.Row)
		want   []string
	}{
		{"all is well", func(*programme.Row) {}, nil},
		{"a milestone has passed", func(r *programme.Row) { r.LateOn, r.NextDueOn, r.NextTitle = "2026-04-30", "2026-04-30", "Permis" }, []string{"overview.todo.late_milestone"}},
		{"the end has passed", func(r *programme.Row) { r.LateOn, r.NextDueOn = "2026-04-30", "2026-07-01" }, []string{"overview.todo.late_end"}},
		{"due today is not late", func(r *programme.Row) { r.LateOn = today }, nil},
		{"a blocker", func(r *programme.Row) { r.OpenBlockers, r.Blocker = 1, "Avis" }, []string{"overview.todo.blocked"}},
		{"money missing under way", func(r *programme.Row) { r.ToFindCents, r.ReadyMask = 100, 27 }, []string{"overview.todo.unfunded"}},
		{"money missing before the start is part of the sheet", func(r *programme.Row) { r.Status, r.ToFindCents, r.ReadyMask = programme.Planned, 100, 27 }, []string{"overview.todo.unready"}},
		{"silent for two months", func(r *programme.Row) { r.NewsOn = "2026-03-22" }, []string{"overview.todo.silent"}},
		{"over", func(r *programme.Row) {
			r.Status, r.LateOn, r.OpenBlockers, r.ToFindCents, r.NewsOn = programme.Done, "2020-01-01", 1, 100, "2020-01-01"
		}, nil},
		{"all at once, the most pressing first", func(r *programme.Row) {
			r.LateOn, r.OpenBlockers, r.ToFindCents, r.NewsOn = "2026-04-30", 1, 100, "2026-01-01"
		}, []string{"overview.todo.late_end", "overview.todo.blocked", "overview.todo.unfunded", "overview.todo.silent"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := keys(todos([]programme.Row{row(c.change)}, nil, today))
			if len(got) != len(c.want) {
				t.Fatalf("got %v, want %v", got, c.want)
			}
			for i := range got {
				if got[i] != c.want[i] {
					t.Errorf("got %v, want %v", got, c.want)
				}
			}
		})
	}
}

func TestTodosOfALine(t *testing.T) {
	for _, c := range []struct {
		name string
		line waiting
		want string
	}{
		{"asked 91 days ago", waiting{Stage: programme.Asked, StageOn: today.AddDays(-91)}, "overview.todo.answer"},
		{"asked 90 days ago", waiting{Stage: programme.Asked, StageOn: today.AddDays(-90)}, ""},
		{"decided 61 days ago", waiting{Stage: programme.Decided, StageOn: today.AddDays(-61)}, "overview.todo.contract"},
		{"contracted a year ago, unpaid", waiting{Stage: programme.Contracted, StageOn: today.AddDays(-366), ContractedCents: 10}, "overview.todo.payment"},
		{"paid whole", waiting{Stage: programme.Paid, StageOn: today.AddDays(-400), ContractedCents: 10, PaidCents: 10}, ""},
		{"closed", waiting{Stage: programme.Settled, StageOn: today.AddDays(-400)}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := keys(todos(nil, []waiting{c.line}, today))
			if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || got[0] != c.want) {
				t.Errorf("got %v, want %q", got, c.want)
			}
		})
	}
}

func keys(list []Todo) []string {
	var out []string
	for _, t := range list {
		out = append(out, t.Key)
	}
	return out
}

func TestFollows(t *testing.T) {
	const id territory.ID = "ti-2601"
	two := []territory.RegionID{"27", "44"} // the lead region and the second
	for _, c := range []struct {
		name  string
		grant account.Grant
		want  bool
	}{
		{"the lead pair", account.Grant{Role: account.LeadPair, ScopeKind: account.OverTerritory, ScopeID: "ti-2601"}, true},
		{"the lead pair of another", account.Grant{Role: account.LeadPair, ScopeKind: account.OverTerritory, ScopeID: "ti-7602"}, false},
		{"the lead region's team", account.Grant{Role: account.RegionSteering, ScopeKind: account.OverRegion, ScopeID: "27"}, true},
		{"the second region's team", account.Grant{Role: account.RegionSteering, ScopeKind: account.OverRegion, ScopeID: "44"}, true},
		{"the State in the second region", account.Grant{Role: account.StateServices, ScopeKind: account.OverRegion, ScopeID: "44"}, true},
		{"another region's team", account.Grant{Role: account.RegionSteering, ScopeKind: account.OverRegion, ScopeID: "76"}, false},
		{"the nation", account.Grant{Role: account.NationalObserver, ScopeKind: account.OverNation}, true},
		{"the server's administrator", account.Grant{Role: account.Admin, ScopeKind: account.OverServer}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := follows(account.Actor{ID: "p", Grants: []account.Grant{c.grant}}, id, two); got != c.want {
				t.Errorf("got %t, want %t", got, c.want)
			}
		})
	}
}
