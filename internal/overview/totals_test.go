package overview

import (
	"context"
	"fmt"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/programme"
	"bassin/internal/territory"
	"bassin/internal/when"

	"pgregory.net/rapid"
)

// countedAction is what counts of an action.
type countedAction struct {
	Territory  int
	Phase      int // of its contract, if there is one
	Level      programme.Confidentiality
	Status     programme.Status
	LateOn     when.Date
	Blockers   int
	Cost, Plan int64
	Removed    bool
}

// countedWorld is territories with a contract of one phase or two, and their actions.
type countedWorld struct {
	Phases  []int // how many contracts each territory has
	States  []programme.ContractState
	Actions []countedAction
}

func drawCounted(t *rapid.T, today when.Date) countedWorld {
	w := countedWorld{States: rapid.SliceOfN(rapid.SampledFrom(programme.ContractStates()), 1, 3).Draw(t, "states")}
	w.Phases = rapid.SliceOfN(rapid.IntRange(1, 2), len(w.States), len(w.States)).Draw(t, "phases")
	for range rapid.IntRange(0, 12).Draw(t, "actions") {
		w.Actions = append(w.Actions, countedAction{
			rapid.IntRange(0, len(w.States)-1).Draw(t, "territory"), rapid.IntRange(1, 2).Draw(t, "phase"), rapid.SampledFrom(programme.Confidentialities()).Draw(t, "level"),
			rapid.SampledFrom(programme.Statuses()).Draw(t, "status"), rapid.SampledFrom([]when.Date{"9999-12-31", today.AddDays(-1), today, today.AddDays(1)}).Draw(t, "late"),
			rapid.IntRange(0, 1).Draw(t, "blockers"), rapid.Int64Range(0, 3).Draw(t, "cost"), rapid.Int64Range(0, 3).Draw(t, "plan"),
			rapid.IntRange(0, 4).Draw(t, "removed") == 4})
	}
	return w
}

func countedTerritory(i int) string { return fmt.Sprintf("ti-76%02d", i+1) }

func countedContract(i, phase int) string { return fmt.Sprintf("%s-%d", countedTerritory(i), phase) }

// put stores the world in place of the one before.
func (w countedWorld) put(tx db.Tx) error {
	var err error
	exec := func(query string, args ...any) {
		if err == nil {
			_, err = tx.Exec(query, args...)
		}
	}
	for _, table := range []string{"programme_action", "programme_contract", "territory_span", "territory_territory"} {
		exec("delete from " + table)
	}
	for i, state := range w.States {
		id := countedTerritory(i)
		exec(`insert into territory_territory (id, name, name_key, region_id, created_at, updated_at) values ($1, $2, $3, '76', 0, 0)`, id, id, id)
		exec(`insert into territory_span (territory_id, region_id) values ($1, '76')`, id)
		for phase := 1; phase <= w.Phases[i]; phase++ {
			exec(`insert into programme_contract (id, territory_id, code, title, phase, state, created_at, updated_at) values ($1, $2, $3, 'C', $4, $5, 0, 0)`,
				countedContract(i, phase), id, countedContract(i, phase), phase, state)
		}
	}
	for i, a := range w.Actions {
		id, in, removed := fmt.Sprint("a", i), countedTerritory(a.Territory), 0
		if a.Removed {
			removed = 1
		}
		exec(`insert into programme_action (id, contract_id, territory_id, reference, title, title_key, commitment, priority, confidentiality, status, late_on, open_blockers,
			cost_cents, plan_cents, to_find_cents, created_at, updated_at, removed_at) values ($1, $2, $3, $4, 'A', 'a', 'firm', 'high', $5, $6, $7, $8, $9, $10, $11, 0, 0, $12)`,
			id, countedContract(a.Territory, min(a.Phase, w.Phases[a.Territory])), in, id, a.Level, a.Status, a.LateOn, a.Blockers, a.Cost, a.Plan, max(0, a.Cost-a.Plan), removed)
	}
	return err
}

// TestTheTableCountsAsTheRules sets what SQL counts of each territory beside what its page counts by
// the rules, for somebody who follows the region.
func TestTheTableCountsAsTheRules(t *testing.T) {
	by := account.Actor{ID: "p", Grants: []account.Grant{{Role: account.RegionSteering, ScopeKind: account.OverRegion, ScopeID: "76"}}}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := New(d, nil, nil)
		var today when.Date
		if err := d.View(context.Background(), func(tx db.Tx) error { today = tx.Today(); return nil }); err != nil {
			t.Fatal(err)
		}
		rapid.Check(t, func(rt *rapid.T) {
			w := drawCounted(rt, today) // a draw may panic, which must not leave a transaction open
			err := d.Do(context.Background(), func(tx db.Tx) error {
				if err := w.put(tx); err != nil {
					return err
				}
				list, err := listTotals(tx, nil)
				if err != nil {
					return err
				}
				if len(list) != len(w.States) {
					rt.Errorf("%d territories in the table, want %d", len(list), len(w.States))
				}
				for _, got := range list {
					h, err := s.readHome(tx, by, territory.ID(got.TerritoryID))
					if err != nil {
						return err
					}
					c := h.Sum.Counts
					want := territoryTotals{Actions: c.All, Late: c.Late, Blocked: c.Blocked, ToFindCents: c.ToFindCents}
					if has := (territoryTotals{Actions: got.Actions, Late: got.Late, Blocked: got.Blocked, ToFindCents: got.ToFindCents}); has != want {
						rt.Errorf("%s: the table counts %+v, the page %+v\n%+v", got.TerritoryID, has, want, w)
					}
				}
				return nil
			})
			if err != nil {
				rt.Fatal(err)
			}
		})
	})
}
