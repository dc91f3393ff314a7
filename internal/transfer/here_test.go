package transfer

import (
	"fmt"
	"slices"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
)

// Organisations of an archive are recognised by their number, or by a name that one alone bears; they are
// asked for together.
func TestOrganisationsHere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		by := account.System("test")
		ids := map[string]account.OrganisationID{}
		err := d.Do(t.Context(), func(tx db.Tx) error {
			for _, o := range []account.Organisation{
				{Name: "Fonderie des Gaves", SIREN: "732829320"}, {Name: "École d’Été"}, {Name: "Mairie"}, {Name: "mairie"},
			} {
				o.Kind = account.Company
				made, err := account.AddOrganisationIn(tx, by, o)
				if err != nil {
					return err
				}
				ids[o.Name] = made.ID
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		list := []Organisation{{Name: "Autre nom", SIREN: "732829320"}, {Name: "ecole d’ete"}, {Name: "Mairie"}, {Name: "Fonderie des Gaves", SIREN: "552100554"}, {Name: "Inconnue"}, {}}
		want := []account.OrganisationID{ids["Fonderie des Gaves"], ids["École d’Été"], "", "", "", ""}
		few := 0
		err = d.View(t.Context(), func(tx db.Tx) error {
			tx, count := db.Counted(tx)
			here, err := OrganisationsHere(tx, list)
			if !slices.Equal(here, want) {
				t.Errorf("got %q, want %q", here, want)
			}
			few = *count
			for i := range 300 {
				list = append(list, Organisation{Name: fmt.Sprint("Partenaire ", i)})
			}
			if err == nil {
				_, err = OrganisationsHere(tx, list)
			}
			if many := *count - few; many != few {
				t.Errorf("%d statements for %d organisations, %d for six", many, len(list), few)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
