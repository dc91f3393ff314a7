package territory

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
)

var (
	admin = account.Actor{ID: "admin", Name: "Administratrice", Grants: []account.Grant{{Role: account.Admin, ScopeKind: account.OverServer}}}
	lead  = account.Actor{ID: "lead", Name: "Cheffe de projet", Grants: []account.Grant{{Role: account.ProjectLead, ScopeKind: account.OverTerritory, ScopeID: "ti-7602"}}}
)

const small = "id_ti,lib_ti,siren_epci,nom_epci\n" +
	"ti-7602,Bassin d'Alès,200066918,CA Alès Agglomération\n" +
	"ti-7501,Pau - Tarbes,200067254,CA Pau Béarn Pyrénées\n" +
	"ti-7501,Pau - Tarbes,200069300,\n"

func mustImport(t *testing.T, s *Service, text string) Report {
	t.Helper()
	r, err := s.Import(context.Background(), admin, "liste.csv", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func read[T any](t *testing.T, d *db.DB, fn func(db.Tx) (T, error)) T {
	t.Helper()
	var out T
	if err := d.View(context.Background(), func(tx db.Tx) (err error) {
		out, err = fn(tx)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// counts are the rows that an import may touch.
func counts(t *testing.T, d *db.DB) map[string]int {
	t.Helper()
	m := map[string]int{}
	for _, table := range []string{"territory_region", "territory_territory", "territory_span", "territory_grouping", "territory_commune", "territory_import", "account_organisation", "account_audit"} {
		m[table] = read(t, d, func(tx db.Tx) (int, error) { return db.Get[int](tx, "select count(*) from "+table) })
	}
	return m
}

func phase1(t *testing.T) string {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", "territories_phase1.csv")
	if _, err := os.Stat(path); err != nil {
		t.Skip("the official list is not beside the repository")
	}
	return path
}

func TestImportOfficialListTwice(t *testing.T) {
	path := phase1(t)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := New(Options{DB: d})
		start := time.Now()
		r, err := s.ImportFile(context.Background(), admin, path)
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > 2*time.Second && !d.Postgres() { // 0.1 s on a machine that does nothing else
			t.Errorf("the import took %s, want under 2 s", took)
		}
		if r.Territories.Added != 149 || r.RejectedCount != 0 || r.Territories.Changed+r.Groupings.Changed != 0 {
			t.Errorf("first: %+v %+v, %d rejected", r.Territories, r.Groupings, r.RejectedCount)
		}
		memberships := r.Groupings.Added
		before := counts(t, d)
		if before["territory_territory"] != 149 || before["territory_grouping"] != memberships || before["account_organisation"] != 588 || before["territory_span"] != 149 || before["account_audit"] != 2 {
			t.Errorf("after the first: %v", before)
		}
		r, err = s.ImportFile(context.Background(), admin, path)
		if err != nil {
			t.Fatal(err)
		}
		if !r.None() || r.Territories.Unchanged != 149 || r.Groupings.Unchanged != memberships || len(r.Items) != 0 {
			t.Errorf("second: %+v %+v, items %v", r.Territories, r.Groupings, r.Items)
		}
		before["territory_import"]++
		before["account_audit"]++
		if after := counts(t, d); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("after the second: %v, want %v", after, before)
		}
		n, err := account.Verify(context.Background(), d, nil)
		if err != nil || n != 3 {
			t.Errorf("audit trail: %d links, %v", n, err)
		}
	})
}

func TestImportTellsWhatItDid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := New(Options{DB: d})
		r := mustImport(t, s, small+"ti-99,Mauvais,1,x\nti-7602,Bassin d'Alès,123456789,CC Faux\n")
		if r.Territories.Added != 2 || r.Groupings.Added != 3 || r.RejectedCount != 2 || !r.Findings() {
			t.Errorf("got %+v %+v, rejected %+v", r.Territories, r.Groupings, r.Rejected)
		}
		if x := r.Of(Added)[1]; x.Line != 3 || x.Territory != "ti-7501" {
			t.Errorf("second item: got %+v", x)
		}
		// Nobody changed a name: the list may. What is not in it any more stays.
		if r = mustImport(t, s, strings.ReplaceAll(small, "d'Alès", "d’Alès")); !r.None() || r.Territories.Unchanged != 2 {
			t.Errorf("another apostrophe is no other name: %+v", r.Items)
		}
		r = mustImport(t, s, "id_ti,lib_ti,siren_epci,nom_epci\nti-7602,Bassin alésien,200066918,Alès Agglomération\n")
		if got := fmt.Sprint(r.Territories, r.Groupings); got != "{0 1 0 0 1} {0 1 0 0 2}" {
			t.Errorf("renamed: got %s", got)
		}
		if c := r.Of(Changed); len(c) != 2 || c[0].Other != "Bassin d’Alès" || c[0].Name != "Bassin alésien" || c[1].Line != 2 || c[1].Member != "200066918" {
			t.Errorf("changed: got %+v", c)
		}
		g := read(t, d, func(tx db.Tx) ([]Grouping, error) { return Groupings(tx, "ti-7501") })
		if len(g) != 2 || g[0].Name != "200 069 300" || g[1].Name != "CA Pau Béarn Pyrénées" {
			t.Errorf("groupings of Pau – Tarbes: got %+v", g)
		}
		// A report reads the same when it is opened again.
		again := read(t, d, func(tx db.Tx) (Report, error) { return getImport(tx, r.ID) })
		if fmt.Sprint(again) != fmt.Sprint(r) {
			t.Errorf("kept report\n got %+v\nwant %+v", again, r)
		}
	})
}

func TestImportKeepsNamesGivenByHand(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := New(Options{DB: d})
		mustImport(t, s, small)
		org := read(t, d, func(tx db.Tx) (account.Organisation, error) { return account.OrganisationBySIREN(tx, "200066918") })
		org.Name = "Alès Agglomération"
		if _, err := account.New(account.Options{DB: d}).SaveOrganisation(context.Background(), admin, org); err != nil {
			t.Fatal(err)
		}
		terr := read(t, d, func(tx db.Tx) (Territory, error) { return Get(tx, "ti-7602") })
		terr.Name = "Alès"
		if _, err := s.Save(context.Background(), admin, terr, nil); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			r := mustImport(t, s, small)
			if !r.None() || r.Territories.Kept != 1 || r.Groupings.Kept != 1 {
				t.Fatalf("got %+v %+v", r.Territories, r.Groupings)
			}
			if k := r.Of(Kept); k[0].Name != "Alès" || k[0].Other != "Bassin d’Alès" || k[1].Name != "Alès Agglomération" || k[1].Line != 2 {
				t.Errorf("kept: got %+v", k)
			}
		}
		// A grouping that a person had added before any list named it keeps its name too.
		if err := d.Do(context.Background(), func(tx db.Tx) error {
			_, err := account.AddOrganisationIn(tx, admin, account.Organisation{Kind: account.Grouping, Name: "Nîmes Métropole", SIREN: "243000643"})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		r := mustImport(t, s, small+"ti-7603,Nîmes,243000643,CA de Nîmes Métropole\n")
		if r.Groupings.Added != 1 || r.Groupings.Kept != 2 {
			t.Errorf("added by hand: got %+v", r.Groupings)
		}
		if g := read(t, d, func(tx db.Tx) ([]Grouping, error) { return Groupings(tx, "ti-7603") }); len(g) != 1 || g[0].Name != "Nîmes Métropole" {
			t.Errorf("got %+v", g)
		}
	})
}

func TestOneGroupingInTwoTerritoriesUnderTwoNames(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := New(Options{DB: d})
		text := "id_ti,lib_ti,siren_epci,nom_epci\nti-7602,Alès,200066918,CA Alès\nti-7603,Autre,200066918,CA d'Alès\n"
		if r := mustImport(t, s, text); r.Groupings.Added != 2 {
			t.Errorf("got %+v", r.Groupings)
		}
		if r := mustImport(t, s, text); !r.None() || r.Groupings.Unchanged != 2 {
			t.Errorf("again: got %+v, %v", r.Groupings, r.Items)
		}
	})
}

func TestImportCommunesTellsTheRegions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := New(Options{DB: d})
		text := "insee_com,lib_com,id_ti,lib_ti\n64445,Pau,ti-7501,Pau - Tarbes\n65440,Tarbes,ti-7501,Pau - Tarbes\n30007,Alès,ti-7602,Bassin d'Alès\n"
		r := mustImport(t, s, text)
		if r.Communes.Added != 3 || r.Spans != 1 || r.Groupings != (Tally{}) {
			t.Errorf("got %+v, %d spans", r.Communes, r.Spans)
		}
		in := read(t, d, func(tx db.Tx) ([]ID, error) { return InRegions(tx, []RegionID{"76"}) })
		of := read(t, d, func(tx db.Tx) ([]RegionID, error) { return RegionsOf(tx, "ti-7501") })
		if fmt.Sprint(in, of) != "[ti-7501 ti-7602] [75 76]" {
			t.Errorf("got %v %v", in, of)
		}
		if r := mustImport(t, s, text); !r.None() {
			t.Errorf("again: got %+v", r.Items)
		}
		if r := mustImport(t, s, strings.Replace(text, "Alès,ti", "Alès-en-Cévennes,ti", 1)); r.Communes.Changed != 1 {
			t.Errorf("renamed: got %+v", r.Communes)
		}
	})
}

func TestImportsAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := New(Options{DB: d})
		added := make([]int, 6)
		var wg sync.WaitGroup
		for i := range added {
			wg.Go(func() {
				r, err := s.Import(context.Background(), admin, "liste.csv", []byte(small))
				if err != nil {
					t.Error(err)
				}
				added[i] = r.Total().Added
			})
		}
		wg.Wait()
		if sum := added[0] + added[1] + added[2] + added[3] + added[4] + added[5]; sum != 5 {
			t.Errorf("added %v, want 5 things once", added)
		}
	})
}

func TestImportRefuses(t *testing.T) {
	d := dbtest.Open(t)
	s := New(Options{DB: d})
	before := counts(t, d)
	for _, c := range []struct {
		name string
		by   account.Actor
		data []byte
		kind fault.Kind
		key  string
	}{
		{"a project lead", lead, []byte(small), fault.Forbidden, "territory.import.not_yours"},
		{"the public", account.Actor{}, []byte(small), fault.Forbidden, "territory.import.not_yours"},
		{"a workbook", admin, []byte("PK\x03\x04rest"), fault.Invalid, "territory.listing.workbook"},
		{"unknown columns", admin, []byte("a,b,c\n1,2,3\n"), fault.Invalid, "territory.listing.columns"},
		{"100 MB", admin, bytes.Repeat([]byte("x"), 100<<20), fault.TooLarge, "territory.listing.too_large"},
	} {
		_, err := s.Import(context.Background(), c.by, "x.csv", c.data)
		if f := fault.As(err); f == nil || f.Kind != c.kind || f.Key != c.key {
			t.Errorf("%s: got %v, want %s", c.name, err, c.key)
		}
	}
	if _, err := s.ImportFile(context.Background(), admin, filepath.Join(t.TempDir(), "none.csv")); !fault.Is(err, fault.NotFound) {
		t.Errorf("no file: got %v", err)
	}
	if after := counts(t, d); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("something was written: %v", after)
	}
}

// TestImportKilled kills a process that has written everything and committed nothing.
func TestImportKilled(t *testing.T) {
	if dir := os.Getenv("BASSIN_TEST_IMPORT_DIR"); dir != "" {
		importAndHang(t, dir)
		return
	}
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestImportKilled$")
	cmd.Env = append(os.Environ(), "BASSIN_TEST_IMPORT_DIR="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines, written := bufio.NewScanner(out), false
	for lines.Scan() {
		if written = lines.Text() == "written"; written {
			break
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if !written {
		t.Fatal("the child did not come to the middle of its import")
	}
	d, err := db.Open(context.Background(), db.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	for table, n := range counts(t, d) {
		if n != 0 {
			t.Errorf("%s holds %d rows of an import that was killed", table, n)
		}
	}
	if n, err := account.Verify(context.Background(), d, nil); n != 0 || err != nil {
		t.Errorf("audit trail: %d links, %v", n, err)
	}
	if r := mustImport(t, New(Options{DB: d}), small); r.Territories.Added != 2 {
		t.Errorf("the next import: got %+v", r.Territories)
	}
}

func importAndHang(t *testing.T, dir string) {
	d, err := db.Open(context.Background(), db.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder // more than SQLite keeps in memory: pages reach the log file before the kill
	text.WriteString("insee_com,lib_com,id_ti,lib_ti\n")
	for i := range 30_000 {
		fmt.Fprintf(&text, "%05d,Commune numéro %d,ti-76%02d,Territoire\n", 1000+i, i, i%90)
	}
	l, err := ReadListing(strings.NewReader(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	err = d.Do(context.Background(), func(tx db.Tx) error {
		if _, err := importIn(tx, admin, "x", "x.csv", "", l); err != nil {
			return err
		}
		fmt.Println("written")
		time.Sleep(time.Minute)
		return errors.New("nobody killed the process")
	})
	t.Fatal(err)
}
