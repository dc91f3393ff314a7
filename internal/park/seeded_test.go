package park

import (
	"slices"
	"strings"
	"testing"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/web"
)

// What an empty library says it says in French and in English; names of grades are the same in both.
func TestTheLibrarySpeaksBothLanguages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		grades := []string{"PLA", "PETG", "ABS", "PA12", "316L", "AlSi10Mg", "Ti-6Al-4V", "IN718"}
		var said []string
		must(t, d.View(t.Context(), func(tx db.Tx) error {
			materials, err := listMaterials(tx, "")
			if err != nil {
				return err
			}
			for _, m := range materials {
				if !slices.Contains(grades, m.Name) {
					said = append(said, m.Name)
				}
				said = append(said, m.Source)
			}
			figures, err := Library(tx)
			for _, f := range figures {
				said = append(said, f.Source)
			}
			return err
		}))
		fr, en := web.NewView("fr"), web.NewView("en")
		for _, text := range said {
			key := seeded[text]
			if text == "" {
				continue
			}
			if key == "" {
				t.Errorf("%q has no text in both languages", text)
			} else if a, b := fr.T(key), en.T(key); a == b || a == "" || b == "" || strings.Contains(a+b, key) {
				t.Errorf("%q reads %q and %q", text, a, b)
			}
		}
		for text := range seeded {
			if !slices.Contains(said, text) {
				t.Errorf("nothing says %q", text)
			}
			for _, v := range []*web.View{fr, en} {
				if back := kept(InWords(v, text)); back != text {
					t.Errorf("%q comes back from a form as %q", text, back)
				}
			}
		}
		if own := "Essais de l’atelier"; InWords(fr, own) != own || kept(own) != own {
			t.Error("what somebody typed does not stay")
		}
	})
}
