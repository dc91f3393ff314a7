package territory

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
)

func TestSaveTerritory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := New(Options{DB: d})
		mustImport(t, s, small)
		ales := read(t, d, func(tx db.Tx) (Territory, error) { return Get(tx, "ti-7602") })
		change := func(fn func(*Territory)) Territory { x := ales; fn(&x); return x }
		for _, c := range []struct {
			name  string
			by    account.Actor
			t     Territory
			also  []RegionID
			key   string
			wrong string
		}{
			{"the public", account.Actor{}, ales, nil, "territory.edit.not_yours", ""},
			{"the lead of another territory", lead, change(func(x *Territory) { x.ID = "ti-7501" }), nil, "territory.edit.not_yours", ""},
			{"nowhere", admin, change(func(x *Territory) { x.ID = "ti-7699" }), nil, "fault.not_found", ""},
			{"a name, by its lead", lead, change(func(x *Territory) { x.Name = "Alès" }), nil, "territory.edit.name_not_yours", ""},
			{"no name", admin, change(func(x *Territory) { x.Name = " " }), nil, "fault.fields", "name"},
			{"a long summary", lead, change(func(x *Territory) { x.Summary = strings.Repeat("é", 2001) }), nil, "fault.fields", "summary"},
			{"fewer jobs than none", lead, change(func(x *Territory) { x.Jobs = -1 }), nil, "fault.fields", "jobs"},
			{"beyond the pole", lead, change(func(x *Territory) { x.Latitude = 91 }), nil, "fault.fields", "latitude"},
			{"beyond the date line", lead, change(func(x *Territory) { x.Longitude = -181 }), nil, "fault.fields", "longitude"},
			{"an unknown region", lead, ales, []RegionID{"99"}, "fault.fields", "regions"},
			{"read before another saved", lead, change(func(x *Territory) { x.Version = 7 }), nil, "fault.stale", ""},
		} {
			_, err := s.Save(context.Background(), c.by, c.t, c.also)
			f := fault.As(err)
			if f == nil || f.Key != c.key || c.wrong != "" && f.Fields[0].Name != c.wrong {
				t.Errorf("%s: got %v, want %s %s", c.name, err, c.key, c.wrong)
			}
		}
		ales.Summary, ales.Jobs, ales.Latitude, ales.Longitude = "Mécanique", 4000, 44.125, 4.081
		if _, err := s.Save(context.Background(), lead, ales, []RegionID{"84", "76"}); err != nil {
			t.Fatal(err)
		}
		got := read(t, d, func(tx db.Tx) (Territory, error) { return Get(tx, "ti-7602") })
		of := read(t, d, func(tx db.Tx) ([]RegionID, error) { return RegionsOf(tx, "ti-7602") })
		if got.Summary != "Mécanique" || got.Jobs != 4000 || got.Latitude != 44.125 || got.Version != 2 || got.Source != FromList || fmt.Sprint(of) != "[76 84]" {
			t.Errorf("got %+v %v", got, of)
		}
		if r := mustImport(t, s, small); !r.None() {
			t.Errorf("what is told of a territory is none of a list's: %+v", r.Items)
		}
	})
}

func TestLists(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := New(Options{DB: d})
		mustImport(t, s, small+"ti-7603,Écusson 100 %,,\n")
		ids := func(f Filter) string {
			list := read(t, d, func(tx db.Tx) ([]Territory, error) { return List(tx, f) })
			n := read(t, d, func(tx db.Tx) (int, error) { return Count(tx, f) })
			var out []string
			for _, x := range list {
				out = append(out, string(x.ID))
			}
			if f.Limit == 0 && n != len(out) {
				t.Errorf("%+v: %d listed, %d counted", f, len(out), n)
			}
			return strings.Join(out, " ")
		}
		for _, c := range []struct {
			name string
			f    Filter
			want string
		}{
			{"all", Filter{}, "ti-7501 ti-7602 ti-7603"},
			{"by name", Filter{Order: ByName}, "ti-7602 ti-7603 ti-7501"},
			{"by name, backwards", Filter{Order: ByNameDown}, "ti-7501 ti-7603 ti-7602"},
			{"an order that is none", Filter{Order: "id; drop table"}, "ti-7501 ti-7602 ti-7603"},
			{"region", Filter{Region: "76"}, "ti-7602 ti-7603"},
			{"text, other accents", Filter{Text: "ecuss"}, "ti-7603"},
			{"text of the ID", Filter{Text: "TI-75"}, "ti-7501"},
			{"name of a grouping", Filter{Text: "béarn"}, "ti-7501"},
			{"signs of patterns are text", Filter{Text: "100 %"}, "ti-7603"},
			{"one sign of patterns", Filter{Text: "_"}, ""},
			{"after", Filter{After: "ti-7501", Limit: 1}, "ti-7602"},
			{"offset", Filter{Offset: 2, Limit: 5}, "ti-7603"},
			{"these", Filter{IDs: []ID{"ti-7602", "ti-0000"}}, "ti-7602"},
			{"none of them", Filter{IDs: []ID{}}, ""},
		} {
			if got := ids(c.f); got != c.want {
				t.Errorf("%s: got %q, want %q", c.name, got, c.want)
			}
		}
		regions := read(t, d, func(tx db.Tx) ([]RegionCount, error) { return RegionCounts(tx) })
		if fmt.Sprint(regions) != "[{75 1} {76 2}]" {
			t.Errorf("regions: got %v", regions)
		}
	})
}
