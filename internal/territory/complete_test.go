package territory

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/job"
)

// register is a stand-in for the service, with its answers kept in the database.
func register(t *testing.T, d *db.DB, s *service) *Lookup {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	l, err := NewLookup(LookupConfig{URL: server.URL, Now: time.Now, Cache: NewCache(d, nil)})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestCompleteFromRegister(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stand := &service{}
		s := newSite(t, d, Options{Lookup: register(t, d, stand)})
		mustImport(t, s.Service, small)
		s.want(s.as(lead).get("/territories/ti-7602"), 200, `form[action="/territories/ti-7602/complete"]`)
		s.want(s.as(reader).post("/territories/ti-7602/complete"), 403)
		s.want(s.as(lead).post("/territories/ti-7501/complete"), 403)
		if _, err := s.Complete(context.Background(), lead, "", nil); !fault.Is(err, fault.Forbidden) {
			t.Errorf("all, by a lead: got %v", err)
		}
		var steps []int
		c, err := s.Complete(context.Background(), admin, "", func(done, total int) { steps = append(steps, done, total) })
		if err != nil || c != (Completion{Asked: 3, Located: 1, Unknown: 2, Placed: 1}) || len(steps) != 6 || steps[4] != 3 || steps[5] != 3 {
			t.Fatalf("got %+v, %v, steps %v", c, err, steps)
		}
		terr := read(t, d, func(tx db.Tx) (Territory, error) { return Get(tx, "ti-7602") })
		org := read(t, d, func(tx db.Tx) (account.Organisation, error) { return account.OrganisationBySIREN(tx, "200066918") })
		if terr.Latitude != 44.128 || terr.Longitude != 4.0815 || org.SIRET != "20006691800018" || org.Commune != "30007" || org.Source != account.SourceList || org.Name != "CA Alès Agglomération" {
			t.Errorf("got %+v, %+v", terr, org)
		}
		s.says(s.get("/territories/ti-7602"), "BATIMENT ATOME 2 RUE MICHELET", "44,128 ; 4,0815", "Situation calculée")
		if r := mustImport(t, s.Service, small); !r.None() {
			t.Errorf("what the register tells is none of a list's: %+v", r.Items)
		}
		// What is known is not asked again; the rest comes from the answers that were kept.
		asked := stand.count()
		if c, err = s.Complete(context.Background(), admin, "", nil); err != nil || c != (Completion{Asked: 2, Unknown: 2}) {
			t.Errorf("again: got %+v, %v", c, err)
		}
		if n := stand.count(); n != asked {
			t.Errorf("the service was asked %d times more", n-asked)
		}
		if _, err := account.Verify(context.Background(), d, nil); err != nil {
			t.Error(err)
		}
	})
}

func TestCompleteWithoutService(t *testing.T) {
	d := dbtest.Open(t)
	down := &service{answer: func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.RawQuery, "200067254") { // CA Pau Béarn Pyrénées, the last by name
			return false
		}
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	}}
	s := newSite(t, d, Options{Lookup: register(t, d, down)})
	mustImport(t, s.Service, small)
	c, err := s.Complete(context.Background(), admin, "", nil)
	if !fault.Is(err, fault.Unavailable) || c != (Completion{Asked: 2, Located: 1, Unknown: 1, Placed: 1}) {
		t.Errorf("got %+v, %v", c, err)
	}
	if terr := read(t, d, func(tx db.Tx) (Territory, error) { return Get(tx, "ti-7602") }); !terr.Located() {
		t.Error("what was learnt before the service failed is lost")
	}
	a := s.as(admin).post("/territories/ti-7501/complete")
	s.want(a, 303) // said, and no failure
	if a.Header().Get("Location") != "/territories/ti-7501" {
		t.Errorf("went to %s", a.Header().Get("Location"))
	}
	s.want(s.post("/territories/complete"), 503) // no queue

	off := newSite(t, d, Options{})
	off.want(off.get("/territories/ti-7501"), 200, `!form[action="/territories/ti-7501/complete"]`)
	off.says(off.get("/territories/ti-7501"), "La recherche d’entreprises n’est pas activée")
	if _, err := off.Complete(context.Background(), admin, "", nil); !fault.Is(err, fault.Unavailable) {
		t.Errorf("got %v", err)
	}
}

func TestKeptAnswers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := time.Date(2026, 5, 21, 9, 0, 0, 0, time.UTC)
		ctx := context.Background()
		cache := NewCache(d.Clocked(func() time.Time { return now }), nil)
		cache.Put(ctx, "a", []byte("eins"), time.Hour)
		cache.Put(ctx, "a", []byte("un"), time.Hour)
		cache.Put(ctx, "b", []byte("\xff"), time.Hour)
		if v, ok := cache.Get(ctx, "a"); !ok || string(v) != "un" {
			t.Errorf("got %q, %t", v, ok)
		}
		if _, ok := cache.Get(ctx, "b"); ok {
			t.Error("what is no text was kept")
		}
		later := d.Clocked(func() time.Time { return now.Add(2 * time.Hour) })
		if _, ok := NewCache(later, nil).Get(ctx, "a"); ok {
			t.Error("an answer outlives its time")
		}
		if err := later.Do(ctx, SweepLookups); err != nil {
			t.Fatal(err)
		}
		if n := read(t, d, func(tx db.Tx) (int, error) { return db.Get[int](tx, `select count(*) from territory_lookup`) }); n != 0 {
			t.Errorf("%d answers are left after the sweep", n)
		}
	})
}

func TestJobs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		files, err := file.NewFolder(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		s := newSite(t, d, Options{Lookup: register(t, d, &service{}), Files: files})
		q, err := job.New(context.Background(), d, job.Options{Who: func(context.Context) (string, bool) { return "admin", true }})
		if err != nil {
			t.Fatal(err)
		}
		s.Jobs(q)
		if err := q.Start(context.Background()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = q.Stop(context.Background()) })

		s.want(s.upload("/territories/import", "x.csv", []byte("a,b\n1,2\n")), 422, `#f-file.is-invalid`) // said at once
		a := s.upload("/territories/import", "liste.csv", []byte(small+"ti-99,Mauvais,1,x\n"))
		s.want(a, 303)
		run, ok := strings.CutPrefix(a.Header().Get("Location"), "/jobs/")
		if !ok {
			t.Fatalf("went to %s", a.Header().Get("Location"))
		}
		await(t, "the import", func() bool { return s.get("/territory-imports/"+run).Code == 200 })
		s.says(s.get("/territory-imports/"+run), "Import de liste.csv", "Administratrice", "2 territoires, 3 groupements")

		s.want(s.as(lead).post("/territories/complete"), 403)
		s.want(s.post("/territories/ti-7501/complete"), 403)
		s.want(s.as(admin).get("/territories"), 200, `form[action="/territories/complete"]`)
		a = s.post("/territories/complete")
		s.want(a, 303)
		await(t, "the register", func() bool {
			return read(t, d, func(tx db.Tx) (Territory, error) { return Get(tx, "ti-7602") }).Located()
		})
	})
}

func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s did not happen", what)
		}
	}
}
