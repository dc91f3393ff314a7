package demand

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/making"
	"bassin/internal/mesh"
	"bassin/internal/mesh/stl"
	"bassin/internal/park"
	"bassin/internal/web"
)

// world is an office that draws, a shop with a machine, and somebody from elsewhere.
type world struct {
	t                   *testing.T
	d                   *db.DB
	now                 time.Time
	accounts            *account.Service
	s                   *Service
	parts               *additive.Service
	park                *park.Service
	orders              *making.Service
	srv                 *httptest.Server
	office              account.OrganisationID
	draws, makes, other account.Actor
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)}
	d = d.Clocked(func() time.Time { return w.now })
	files, err := file.NewFolder(t.TempDir())
	must(t, err)
	w.d, w.accounts, w.s = d, account.New(account.Options{DB: d}), New(Options{DB: d})
	w.parts, w.park = additive.New(additive.Options{DB: d, Files: files}), park.New(park.Options{DB: d})
	w.orders = making.New(making.Options{DB: d, Files: files})
	w.parts.Checked, w.orders.Moved = append(w.parts.Checked, w.s.Checked), append(w.orders.Moved, w.s.Moved)
	q, err := job.New(t.Context(), d, job.Options{Workers: 2, Grace: time.Second})
	must(t, err)
	w.parts.Jobs(q)
	w.orders.Jobs(q)
	w.s.Jobs(q)
	must(t, q.Start(t.Context()))
	t.Cleanup(func() { _ = q.Stop(context.Background()) })
	w.office = w.organisation("Bureau")
	w.draws, w.makes, w.other = w.person("dessin", w.office), w.person("atelier", w.organisation("Atelier")), w.person("ailleurs", w.organisation("Ailleurs"))
	m := web.NewMux(web.Options{DB: d, Log: slog.New(slog.DiscardHandler), Viewer: account.Viewer, Authenticate: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			by := account.Actor{}
			if id := account.PersonID(r.Header.Get("X-Who")); id != "" {
				by = w.load(id)
			}
			next.ServeHTTP(rw, r.WithContext(account.WithActor(r.Context(), by)))
		})
	}})
	w.s.Pages(m)
	w.s.API(m)
	m.NotFound()
	w.srv = httptest.NewServer(m.Handler())
	t.Cleanup(w.srv.Close)
	return w
}

func (w *world) organisation(name string) account.OrganisationID {
	o, err := w.accounts.AddOrganisation(w.t.Context(), account.System("test"), account.Organisation{Kind: account.Company, Name: name})
	must(w.t, err)
	return o.ID
}

func (w *world) person(name string, of account.OrganisationID) account.Actor {
	p, err := w.accounts.AddPerson(w.t.Context(), account.System("test"), account.Person{Email: name + "@exemple.fr", Name: name}, "")
	must(w.t, err)
	must(w.t, w.accounts.Join(w.t.Context(), account.System("test"), account.Membership{PersonID: p.ID, OrganisationID: of, Role: account.Manager}))
	return w.load(p.ID)
}

func (w *world) load(id account.PersonID) (a account.Actor) {
	must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) (err error) { a, err = account.Load(tx, id); return err }))
	return a
}

// drop has a block dropped, and waits until it is noted.
func (w *world) drop(side float64) additive.Part {
	w.t.Helper()
	m := &mesh.Mesh{}
	for i := range 8 {
		m.Points = append(m.Points, mesh.Vec{X: float64(i & 1), Y: float64(i >> 1 & 1), Z: float64(i >> 2)}.Times(side))
	}
	m.Triangles = [][3]uint32{{0, 2, 1}, {1, 2, 3}, {4, 5, 6}, {5, 7, 6}, {0, 1, 4}, {1, 5, 4}, {2, 6, 3}, {3, 6, 7}, {0, 4, 2}, {2, 4, 6}, {1, 3, 5}, {3, 7, 5}}
	var b bytes.Buffer
	must(w.t, stl.Write(&b, m))
	f, err := w.parts.Keep(w.t.Context(), &b, "secret.stl")
	must(w.t, err)
	before := w.rows()
	list, err := w.parts.Drop(w.t.Context(), w.draws, w.office, []additive.Dropped{f})
	must(w.t, err)
	for range 600 {
		if w.rows() > before {
			return list[0]
		}
		time.Sleep(50 * time.Millisecond)
	}
	w.t.Fatal("the part was not noted in 30 s")
	return additive.Part{}
}

func (w *world) rows() (n int) {
	must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) (err error) {
		n, err = db.Get[int](tx, `select count(*) from demand_outcome`)
		return err
	}))
	return n
}

func (w *world) read(by account.Actor, want Wanted) (x Figures) {
	w.t.Helper()
	must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) (err error) { x, err = read(tx, by, &want); return err }))
	return x
}

func (w *world) get(by account.Actor, path string) (int, string) {
	w.t.Helper()
	q, err := http.NewRequestWithContext(w.t.Context(), "GET", w.srv.URL+path, nil)
	must(w.t, err)
	q.Header.Set("X-Who", string(by.ID))
	res, err := http.DefaultClient.Do(q)
	must(w.t, err)
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	must(w.t, err)
	return res.StatusCode, string(b)
}

func (w *world) machine(p park.Process, side float64, stock ...park.MaterialID) park.Machine {
	w.t.Helper()
	m, err := w.park.AddMachine(w.t.Context(), w.makes, park.Machine{OrganisationID: w.makes.Memberships[0].OrganisationID, Name: "Machine " + string(p), Process: p, AskedBy: park.Everyone, XMM: side, YMM: side, ZMM: side,
		LeastLayerMM: 0.1, MostLayerMM: 0.3, Rates: park.Rates{HourCents: 500}, Opening: park.Opening{OpenDays: "12345", OpenFrom: 480, OpenTo: 1080, Unattended: true}}, park.Open{})
	must(w.t, err)
	for _, id := range stock {
		must(w.t, w.park.SetStock(w.t.Context(), w.makes, park.Stock{MachineID: m.ID, MaterialID: id, PriceCents: 3000}))
	}
	return m
}

func gapOf(x Figures, p park.Process, r Reason) Gap {
	for _, g := range x.Gaps {
		if g.Process == p && g.Reason == r {
			return g
		}
	}
	return Gap{}
}

// From a dropped part to the figures, as its people see them and as others do, and what stays of a past month.
func TestWhatCouldNotBeMade(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		mine := Wanted{Where: ours}
		large := w.drop(260)
		x := w.read(w.draws, mine)
		if x.Total[2].N != 1 || gapOf(x, park.FDM, NoMachine).Parts.N != 1 || gapOf(x, park.FDM, NoMachine).Alone.N != 1 || len(x.Months) != 1 || x.Months[0].Month != "2026-03" {
			t.Fatalf("without machines: %+v", x)
		}
		w.now = w.now.AddDate(0, 1, 0)
		fdm := w.machine(park.FDM, 200, "pla")
		small := w.drop(20)
		w.drop(270)
		x = w.read(w.draws, mine)
		if x.Total[2].N != 2 || x.Total[0].N+x.Total[1].N != 1 || gapOf(x, park.FDM, TooLarge).Parts.N != 1 || gapOf(x, park.FDM, TooLarge).LackMM != 70 || gapOf(x, park.SLS, NoMachine).Parts.N != 3 || gapOf(x, park.SLS, NoMachine).Alone.N != 2 {
			t.Fatalf("with a machine of 200 mm: %+v", x)
		}
		if past := w.read(w.draws, Wanted{Where: ours, To: "2026-03"}); past.Total != [3]Count{{}, {}, {N: 1}} || gapOf(past, park.FDM, NoMachine).Parts.N != 1 {
			t.Errorf("March changed: %+v", past)
		}
		for _, by := range []account.Actor{w.other, w.makes} { // three parts of one office: nobody else reads a number
			x := w.read(by, Wanted{Where: nation})
			if !x.Asked().Hidden || len(x.Chambers) != 0 {
				t.Errorf("%s reads %+v", by.Name, x)
			}
			for _, g := range x.Gaps {
				if !g.Parts.Hidden || !g.Alone.Hidden || g.LackMM != 0 {
					t.Errorf("%s reads %+v", by.Name, g)
				}
			}
			if mine := w.read(by, mine); mine.Asked() != (Count{}) {
				t.Errorf("what %s asked: %+v", by.Name, mine.Asked())
			}
		}
		for _, part := range []additive.Part{large, small} {
			for _, path := range []string{"/demand?where=france", "/demand/export.csv?where=france", "/api/v1/demand?where=france", "/demand?where=france&try=sls&x=300&y=300&z=300"} {
				code, body := w.get(w.other, path)
				if code != 200 {
					t.Fatalf("%s: %d", path, code)
				}
				for _, secret := range []string{part.Title, string(part.ID), "Bureau", string(w.office)} {
					if strings.Contains(body, secret) {
						t.Errorf("%s tells %q", path, secret)
					}
				}
			}
		}
		ask := func() making.Order {
			o, err := w.orders.Request(t.Context(), w.draws, making.Order{PartID: small.ID, MachineID: fdm.ID, MaterialID: "pla", Quantity: 1, Shows: making.Figures}, nil)
			must(t, err)
			return o
		}
		o := ask()
		_, err := w.orders.Refuse(t.Context(), w.makes, o.ID, "Panne.")
		must(t, err)
		x = w.read(w.draws, mine)
		if x.Total[2].N != 3 || gapOf(x, park.FDM, Refused).Parts.N != 1 || len(x.Orders) != 1 || x.Orders[0].Reason != Refused {
			t.Errorf("after a refusal: %+v", x)
		}
		o = ask()
		_, err = w.orders.Quote(t.Context(), w.makes, making.Order{ID: o.ID, PriceCents: 4000, ReadyOn: "2026-05-01", ValidOn: "2026-05-01"})
		must(t, err)
		_, err = w.orders.Accept(t.Context(), w.draws, o.ID, 0)
		must(t, err)
		if x = w.read(w.draws, mine); x.Total[2].N != 2 || gapOf(x, park.FDM, Refused).Parts.N != 0 {
			t.Errorf("after an acceptance: %+v", x)
		}
		_, err = w.orders.Withdraw(t.Context(), w.draws, o.ID)
		must(t, err)
		if x = w.read(w.draws, mine); len(x.Orders) != 2 {
			t.Errorf("orders: %+v", x.Orders)
		}
	})
}

// A territory, its region and the nation count what was asked there alone; what is asked for elsewhere is not found.
func TestWhereItWasAsked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		must(t, w.d.Do(t.Context(), func(tx db.Tx) error {
			for _, q := range []string{
				`insert into territory_territory (id, name, name_key, region_id, created_at, updated_at) values ('ti-8401', 'Ici', 'ici', '84', 0, 0), ('ti-9301', 'Là', 'la', '93', 0, 0)`,
				`insert into territory_span (territory_id, region_id) values ('ti-8401', '84'), ('ti-9301', '93')`} {
				if _, err := tx.Exec(q); err != nil {
					return err
				}
			}
			return nil
		}))
		must(t, w.d.Do(t.Context(), func(tx db.Tx) error {
			for i, place := range []string{"ti-8401", "ti-8401", "ti-8401", "ti-9301", ""} {
				o := Outcome{ID: db.NewID(), Month: "2026-02", Kind: OfPart, Trace: fmt.Sprint(i), Asker: fmt.Sprint(i), TerritoryID: place, Verdict: Could}
				if err := insertOutcomes(tx, []Outcome{o}); err != nil {
					return err
				}
			}
			return nil
		}))
		for where, want := range map[string]Count{"ti-8401": {N: 3}, "ti-9301": {Hidden: true}, "region-84": {N: 3}, "region-93": {Hidden: true}, nation: {N: 5}, "region-11": {}} {
			if x := w.read(w.other, Wanted{Where: where}); x.Total[0] != want {
				t.Errorf("%s: %+v, want %+v", where, x.Total[0], want)
			}
		}
		for _, where := range []string{"ti-1101", "region-00", "region-", "x"} {
			want := Wanted{Where: where}
			if err := w.d.View(t.Context(), func(tx db.Tx) error { _, err := read(tx, w.other, &want); return err }); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", where, err)
			}
		}
		if err := w.d.View(t.Context(), func(tx db.Tx) error { _, err := read(tx, account.Actor{}, &Wanted{}); return err }); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a stranger: %v", err)
		}
	})
}

// Figures of the nation are counted once in ten minutes; those of a territory each time.
func TestFiguresAreKept(t *testing.T) {
	w := newWorld(t, dbtest.Open(t))
	s := New(Options{DB: w.d})
	asked := func(where string) (n int64) {
		must(t, w.d.View(t.Context(), func(tx db.Tx) error {
			x, at, err := s.figures(tx, account.System("test"), &Wanted{Where: where})
			if err == nil && at == 0 {
				t.Errorf("%s: nobody knows when it was counted", where)
			}
			n = x.Asked().N
			return err
		}))
		return n
	}
	note := func(n int) {
		must(t, w.d.Do(t.Context(), func(tx db.Tx) error {
			var list []Outcome
			for i := range n {
				list = append(list, Outcome{ID: db.NewID(), Month: monthOf(tx.Today()), Kind: OfPart, Trace: db.NewID(), Asker: []string{"a", "b"}[i%2], TerritoryID: "ti-7602", Verdict: Could})
			}
			return insertOutcomes(tx, list)
		}))
	}
	note(6)
	if n := asked(nation); n != 6 {
		t.Fatalf("the nation asked for %d", n)
	}
	note(4)
	if n := asked(nation); n != 6 {
		t.Errorf("the nation is counted anew: %d", n)
	}
	s.memo.kept = nil
	if n := asked(nation); n != 10 {
		t.Errorf("the nation asked for %d after ten minutes", n)
	}
}
