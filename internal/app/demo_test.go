package app

import (
	"context"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/programme"
	"bassin/internal/when"
)

func TestTheDemonstrationPlaysOnAnyDay(t *testing.T) {
	for _, today := range []when.Date{"2026-05-21", "2026-11-23", "2028-02-29"} {
		t.Run(string(today), func(t *testing.T) {
			d := dbtest.Open(t)
			ctx := context.Background()
			err := d.Do(ctx, func(tx db.Tx) error {
				for _, q := range []string{
					`insert into territory_territory (id, name, name_key, region_id, created_at, updated_at) values ('ti-7602', 'Bassin d''Alès', 'bassin d''ales', '76', 0, 0)`,
					`insert into territory_span (territory_id, region_id) values ('ti-7602', '76')`,
				} {
					if _, err := tx.Exec(q); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			lead := account.System("Chef de projet")
			if err := seedContract(ctx, d, lead, today); err != nil {
				t.Fatal(err)
			}
			if err := d.View(ctx, func(tx db.Tx) error {
				rows, n, err := programme.ListActions(tx, lead, programme.Filter{TerritoryID: "ti-7602"}, 0, 0)
				if err != nil {
					return err
				}
				for _, r := range rows {
					t.Log(r.Reference, r.Title, r.Status, r.Met(), r.CostCents/100, r.PlanCents/100, r.ToFindCents/100, r.LateOn, r.ProgressPercent)
				}
				if n != 10 {
					t.Errorf("%d actions, want 10", n)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if n, err := account.Verify(ctx, d, nil); err != nil {
				t.Errorf("audit trail of %d rows: %v", n, err)
			}
		})
	}
}
