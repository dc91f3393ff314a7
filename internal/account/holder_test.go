package account

import (
	"context"
	"fmt"
	"testing"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
)

func TestHolders(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var got []Holder
		err := d.Do(context.Background(), func(tx db.Tx) error {
			for i, p := range []Person{{ID: "a", Name: "Élue"}, {ID: "b", Name: "Cheffe"}, {ID: "c", Name: "Partie", DisabledAt: 1}} {
				p.Email, p.CreatedAt = fmt.Sprintf("p%d@example.fr", i), tx.Now()
				if err := insertPerson(tx, p); err != nil {
					return err
				}
			}
			for i, g := range []Grant{
				{PersonID: "a", Role: LeadPair, ScopeID: "ti-7602"},
				{PersonID: "b", Role: ProjectLead, ScopeID: "ti-7602", UntilOn: tx.Today()},
				{PersonID: "b", Role: ProjectLead, ScopeID: "ti-7603", UntilOn: tx.Today().AddDays(-1)},
				{PersonID: "b", Role: ProjectLead, ScopeID: "ti-7604"},
				{PersonID: "c", Role: ProjectLead, ScopeID: "ti-7602"},
			} {
				g.ID, g.ScopeKind = GrantID(fmt.Sprint(i)), OverTerritory
				if err := insertGrant(tx, g); err != nil {
					return err
				}
			}
			var err error
			got, err = Holders(tx, OverTerritory, []string{"ti-7602", "ti-7603"}, ProjectLead, LeadPair)
			return err
		})
		if want := "[{ti-7602 project_lead b Cheffe } {ti-7602 lead_pair a Élue }]"; err != nil || fmt.Sprint(got) != want {
			t.Errorf("got %v (%v), want %v", got, err, want)
		}
	})
}
