package programme

import (
	"context"
	"fmt"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/cputest"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/when"
)

// seedContract makes a contract of the national size: actions, lines and steps, a correction on
// every tenth line. Rows are written as the operations write them, without the audit trail.
func seedContract(tb testing.TB, d *db.DB, actions, lines int) ContractID {
	tb.Helper()
	now := time.Date(2020, 1, 6, 9, 0, 0, 0, time.UTC)
	clocked := d.Clocked(func() time.Time { now = now.Add(time.Second); return now })
	by := account.System("bench")
	var id ContractID
	err := clocked.Do(context.Background(), func(tx db.Tx) error {
		if _, err := tx.Exec(`insert into territory_territory (id, name, name_key, region_id, created_at, updated_at) values ('ti-1', 'T', 't', '76', 0, 0)`); err != nil {
			return err
		}
		if _, err := tx.Exec(`insert into territory_span (territory_id, region_id) values ('ti-1', '76')`); err != nil {
			return err
		}
		var funders []account.Organisation
		for i := range 12 {
			o, err := account.AddOrganisationIn(tx, by, account.Organisation{Kind: account.StateService, Name: fmt.Sprintf("Financeur %02d", i)})
			if err != nil {
				return err
			}
			funders = append(funders, o)
		}
		c, err := CreateContractIn(tx, by, Contract{TerritoryID: "ti-1", Code: "BENCH", Title: "Contrat", Phase: 1, AnnouncedCents: 40_000_000_00})
		if err != nil {
			return err
		}
		id = c.ID
		axes, err := listAxes(tx, id)
		if err != nil {
			return err
		}
		for i := range actions {
			a, err := CreateActionIn(tx, by, Action{ContractID: id, Identity: Identity{Reference: fmt.Sprintf("BENCH-%03d", i+1), Title: fmt.Sprintf("Action %d", i+1),
				AxisIDs: []AxisID{axes[i%4].ID, axes[(i+1)%4].ID}, Confidentiality: Confidentialities()[i%2]}})
			if err != nil {
				return err
			}
			for j := range lines {
				o := funders[(i+j)%len(funders)]
				l := storedLine{Line: Line{ID: LineID(db.NewID()), ActionID: a.ID, FunderID: string(o.ID), FunderName: o.Name,
					Scheme: fmt.Sprintf("Dispositif %d", j%5), Nature: Natures()[j%6], Year: 2021 + j%7}, ContractID: id}
				if err := seedLine(tx, l, i*lines+j); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return id
}

// seedLine stores a line with five entries, spread over six years.
func seedLine(tx db.Tx, l storedLine, n int) error {
	if err := insertLine(tx, l); err != nil {
		return err
	}
	start := when.Date("2020-02-03").AddDays(n % 1500)
	recorded := when.At(start.Time())
	steps := []Step{
		{Kind: Asked, EffectiveOn: start, AmountCents: 100_000_00},
		{Kind: Decided, EffectiveOn: start.AddDays(90 + n%60), AmountCents: 80_000_00},
		{Kind: Contracted, EffectiveOn: start.AddDays(200), AmountCents: 80_000_00},
		{Kind: Paid, EffectiveOn: start.AddDays(300 + n%90), AmountCents: 30_000_00},
		{Kind: Paid, EffectiveOn: start.AddDays(500), AmountCents: 20_000_00},
	}
	if n%10 == 0 {
		steps[4].CorrectsID, steps[4].EffectiveOn, steps[4].Note = "3", steps[3].EffectiveOn, "montant rectifié"
	}
	for i := range steps {
		steps[i].ID, steps[i].LineID = StepID(db.NewID()), l.ID
		if steps[i].CorrectsID != "" {
			steps[i].CorrectsID = steps[3].ID
		}
		steps[i].RecordedAt = recorded.Add(time.Duration(i) * 120 * 24 * time.Hour)
		if err := insertStep(tx, steps[i], l.ActionID); err != nil {
			return err
		}
		for _, x := range DeltasOf(steps[:i], steps[i]) {
			if err := insertDelta(tx, x, l.ActionID, l.ContractID); err != nil {
				return err
			}
		}
	}
	return saveLineState(tx, l.ID, Fold(steps, AsOf{}))
}

// lead is the project lead of the seeded territory.
var lead = account.Actor{ID: "lead", Name: "Chef de projet", Grants: []account.Grant{{Role: account.ProjectLead, ScopeKind: account.OverTerritory, ScopeID: "ti-1"}}}

func benchMoney(b *testing.B, at AsOf, by By, actor account.Actor) {
	d := dbtest.Open(b)
	id := seedContract(b, d, 100, 10)
	b.ResetTimer()
	before := cputest.Used(b)
	for b.Loop() {
		err := d.View(context.Background(), func(tx db.Tx) error {
			m, err := ContractMoney(tx, actor, id, at, by)
			if err == nil && (m.Total.Lines != 1000 || len(m.Groups) == 0) {
				b.Fatalf("%d lines in %d groups", m.Total.Lines, len(m.Groups))
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	cputest.Report(b, before)
}

// The money of one contract of 100 actions, 1,000 lines, 5,000 steps: at most 20 ms each.
func BenchmarkMoneyNow(b *testing.B)          { benchMoney(b, AsOf{}, ByFunder, lead) }
func BenchmarkMoneyAsOfByFunder(b *testing.B) { benchMoney(b, AsOf{On: "2026-05-21"}, ByFunder, lead) }
func BenchmarkMoneyAsOfByAxis(b *testing.B)   { benchMoney(b, AsOf{On: "2026-05-21"}, ByAxis, lead) }
func BenchmarkMoneyAsOfByYear(b *testing.B)   { benchMoney(b, AsOf{On: "2026-05-21"}, ByYear, lead) }
func BenchmarkMoneyAsOfKnownThen(b *testing.B) {
	benchMoney(b, AsOf{On: "2026-05-21", KnownBy: EndOf("2026-05-21")}, ByFunder, lead)
}
