package territory

import (
	"reflect"
	"testing"
)

func TestCompare(t *testing.T) {
	ales := Territory{ID: "ti-7602", Name: "Bassin d’Alès", Region: "76"}
	port := Territory{ID: "ti-0401", Name: "Le Port", Region: "04"}
	pau := Territory{ID: "ti-7501", Name: "Pau – Tarbes", Region: "75"}
	renamed := Territory{ID: "ti-7602", Name: "Alès", Region: "76"}
	agglo := Grouping{Territory: "ti-7602", SIREN: "200066918", Name: "CA Alès Agglomération"}
	unnamed := Grouping{Territory: "ti-7602", SIREN: "200066918", Name: ""}
	moved := Grouping{Territory: "ti-0401", SIREN: "249740101", Name: "CA TCO"}
	movedFrom := Grouping{Territory: "ti-7501", SIREN: "249740101", Name: "CA TCO"}
	commune := Commune{"ti-7602", "30007", "Alès"}

	for _, c := range []struct {
		name  string
		list  Listing
		known Known
		want  Diff
		none  bool
	}{
		{
			"empty base",
			Listing{Form: ByGrouping, Territories: []Territory{ales, port}, Groupings: []Grouping{agglo}},
			Known{},
			Diff{Territories: Changes[Territory]{Added: []Territory{ales, port}}, Groupings: Changes[Grouping]{Added: []Grouping{agglo}}},
			false,
		},
		{
			"renamed, unchanged, gone",
			Listing{Form: ByGrouping, Territories: []Territory{port, ales}, Groupings: []Grouping{agglo}},
			Known{Territories: []Territory{renamed, pau, port}, Groupings: []Grouping{agglo}},
			Diff{
				Territories: Changes[Territory]{Changed: []Change[Territory]{{renamed, ales}}, Unchanged: 1, Gone: []Territory{pau}},
				Groupings:   Changes[Grouping]{Unchanged: 1},
			},
			false,
		},
		{
			"a grouping that changes territory is added there and gone here",
			Listing{Form: ByGrouping, Groupings: []Grouping{moved}},
			Known{Groupings: []Grouping{movedFrom}},
			Diff{Groupings: Changes[Grouping]{Added: []Grouping{moved}, Gone: []Grouping{movedFrom}}},
			false,
		},
		{
			"an unclear name keeps the known one",
			Listing{Form: ByGrouping, Groupings: []Grouping{unnamed}},
			Known{Groupings: []Grouping{agglo}},
			Diff{Groupings: Changes[Grouping]{Unchanged: 1}},
			true,
		},
		{
			"a listing by commune says nothing of groupings",
			Listing{Form: ByCommune, Territories: []Territory{ales}, Communes: []Commune{commune}},
			Known{Territories: []Territory{ales}, Groupings: []Grouping{agglo}},
			Diff{Territories: Changes[Territory]{Unchanged: 1}, Communes: Changes[Commune]{Added: []Commune{commune}}},
			false,
		},
		{
			"gone alone is no change",
			Listing{Form: ByGrouping},
			Known{Territories: []Territory{ales}, Communes: []Commune{commune}},
			Diff{Territories: Changes[Territory]{Gone: []Territory{ales}}},
			true,
		},
	} {
		got := Compare(c.list, c.known)
		if !reflect.DeepEqual(got, c.want) || got.None() != c.none {
			t.Errorf("%s:\n got  %+v (none %v)\n want %+v (none %v)", c.name, got, got.None(), c.want, c.none)
		}
	}
}

func TestParseID(t *testing.T) {
	for _, c := range []struct {
		in   string
		want ID
		ok   bool
	}{
		{"ti-7602", "ti-7602", true},
		{" TI-0401 ", "ti-0401", true},
		{"ti-9901", "", false},
		{"ti-760", "", false},
		{"ti-76021", "", false},
		{"7602", "", false},
		{"ti-76０2", "", false},
		{"", "", false},
	} {
		if got, ok := ParseID(c.in); got != c.want || ok != c.ok {
			t.Errorf("%q: got %q %v, want %q %v", c.in, got, ok, c.want, c.ok)
		}
	}
	if got := ID("ti-7602").Region(); got != "76" {
		t.Errorf("region: got %q", got)
	}
	if got := ID("").Region(); got != "" {
		t.Errorf("region of nothing: got %q", got)
	}
}

func TestRegions(t *testing.T) {
	all := Regions()
	if len(all) != 18 {
		t.Errorf("got %d regions, want 18", len(all))
	}
	for i, r := range all {
		if i > 0 && r.ID <= all[i-1].ID {
			t.Errorf("%s is not after %s", r.ID, all[i-1].ID)
		}
	}
	if r, ok := RegionByID("76"); !ok || r.Name != "Occitanie" {
		t.Errorf("76: got %+v %v", r, ok)
	}
	if _, ok := RegionByID("99"); ok {
		t.Error("99 is no region")
	}
}
