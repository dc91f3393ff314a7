package batch

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/calibration"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/making"
	"bassin/internal/mesh"
	"bassin/internal/mesh/stl"
	"bassin/internal/mesh/threemf"
	"bassin/internal/park"
	"bassin/internal/web"
)

// world is two offices that draw, and a shop with machines.
type world struct {
	t                   *testing.T
	d                   *db.DB
	accounts            *account.Service
	s                   *Service
	parts               *additive.Service
	park                *park.Service
	orders              *making.Service
	srv                 *httptest.Server
	office, rival, shop account.OrganisationID
	draws, other, makes account.Actor
	fdm, sls            park.Machine
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	d = d.Clocked(func() time.Time { return time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC) })
	files, err := file.NewFolder(t.TempDir())
	must(t, err)
	w := &world{t: t, d: d, accounts: account.New(account.Options{DB: d}), parts: additive.New(additive.Options{DB: d, Files: files}), park: park.New(park.Options{DB: d})}
	w.orders = making.New(making.Options{DB: d, Files: files})
	w.s = New(Options{DB: d, Files: files, Making: w.orders, URL: "https://bassin.example", Within: 2 * time.Second})
	w.orders.Held, w.orders.Moved, w.orders.Panels = append(w.orders.Held, w.s.Held), append(w.orders.Moved, w.s.Moved), append(w.orders.Panels, w.s.Panel)
	q, err := job.New(t.Context(), d, job.Options{Workers: 2, Grace: time.Second})
	must(t, err)
	w.parts.Jobs(q)
	w.orders.Jobs(q)
	w.s.Jobs(q)
	must(t, q.Start(t.Context()))
	t.Cleanup(func() { _ = q.Stop(context.Background()) })
	w.office, w.rival, w.shop = w.organisation("Bureau"), w.organisation("Concurrent"), w.organisation("Atelier")
	w.draws, w.other, w.makes = w.person("dessin", w.office), w.person("rival", w.rival), w.person("atelier", w.shop)
	m := web.NewMux(web.Options{DB: d, Log: slog.New(slog.DiscardHandler), Viewer: account.Viewer, Authenticate: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(rw, r.WithContext(account.WithActor(r.Context(), w.load(account.PersonID(r.Header.Get("X-Who"))))))
		})
	}})
	for _, f := range []interface {
		Pages(*web.Mux)
		API(*web.Mux)
	}{w.orders, w.s} {
		f.Pages(m)
		f.API(m)
	}
	m.NotFound()
	w.srv = httptest.NewServer(m.Handler())
	t.Cleanup(w.srv.Close)
	machine := func(name string, p park.Process, stock ...park.MaterialID) park.Machine {
		m, err := w.park.AddMachine(t.Context(), w.makes, park.Machine{OrganisationID: w.shop, Name: name, Process: p, AskedBy: park.Everyone, XMM: 100, YMM: 100, ZMM: 100, LeastLayerMM: 0.1, MostLayerMM: 0.3,
			Rates: park.Rates{HourCents: 500, SetupCents: 1000, AutoCents: 10_000_000, LeadDays: 1}, Opening: park.Opening{OpenDays: "1234567", OpenFrom: 0, OpenTo: 1440, Unattended: true}}, park.Open{})
		must(t, err)
		for _, id := range stock {
			must(t, w.park.SetStock(t.Context(), w.makes, park.Stock{MachineID: m.ID, MaterialID: id, PriceCents: 3000, Lot: "B7"}))
		}
		return m
	}
	w.fdm, w.sls = machine("Fil", park.FDM, "pla", "petg"), machine("Poudre", park.SLS, "pa12-sls")
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

// drop has a block dropped, and waits for its check.
func (w *world) drop(by account.Actor, of account.OrganisationID, name string, side float64) additive.Part {
	return w.dropBox(by, of, name, [3]float64{side, side, side})
}

func (w *world) dropBox(by account.Actor, of account.OrganisationID, name string, size [3]float64) additive.Part {
	w.t.Helper()
	var b bytes.Buffer
	must(w.t, stl.Write(&b, boxMesh(size)))
	f, err := w.parts.Keep(w.t.Context(), &b, name+".stl")
	must(w.t, err)
	list, err := w.parts.Drop(w.t.Context(), by, of, []additive.Dropped{f})
	must(w.t, err)
	for range 600 {
		var r additive.Revision
		must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) (err error) { r, err = additive.RevisionOf(tx, list[0].ID, 1); return err }))
		if r.State == additive.Checked && r.HasDerived() {
			return list[0]
		}
		time.Sleep(50 * time.Millisecond)
	}
	w.t.Fatal("the part was not checked in 30 s")
	return additive.Part{}
}

// accepted has a part ordered up to acceptance.
func (w *world) accepted(by account.Actor, p additive.Part, m park.Machine, material park.MaterialID, quantity int, shows making.Shows) making.OrderID {
	w.t.Helper()
	o, err := w.orders.Request(w.t.Context(), by, making.Order{PartID: p.ID, MachineID: m.ID, MaterialID: material, Quantity: quantity, Shows: shows}, nil)
	must(w.t, err)
	if o.State == making.Requested { // without all figures of the process the owner quotes by hand
		_, err = w.orders.Quote(w.t.Context(), w.makes, making.Order{ID: o.ID, PriceCents: 5000, ReadyOn: "2026-04-01", ValidOn: "2026-04-01"})
		must(w.t, err)
	}
	_, err = w.orders.Accept(w.t.Context(), by, o.ID, 0)
	must(w.t, err)
	return o.ID
}

func (w *world) order(id making.OrderID) making.Order {
	w.t.Helper()
	var list []making.Order
	must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) (err error) { list, err = making.ByID(tx, []making.OrderID{id}); return err }))
	return list[0]
}

func (w *world) slots(m park.Machine) (list []park.Slot) {
	w.t.Helper()
	must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) (err error) { list, err = park.SlotsOf(tx, m.ID); return err }))
	return list
}

// laid waits for the layout of a batch.
func (w *world) laid(id ID) (Batch, Layout) {
	w.t.Helper()
	for range 1200 {
		var b Batch
		must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) (err error) { b, err = getBatch(tx, id); return err }))
		if l, ok := b.LayoutOf(); ok {
			return b, l
		}
		time.Sleep(25 * time.Millisecond)
	}
	w.t.Fatal("nothing was laid in 30 s")
	return Batch{}, Layout{}
}

func (w *world) send(by account.Actor, method, path string, pairs ...string) (int, []byte) {
	w.t.Helper()
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	q, err := http.NewRequestWithContext(w.t.Context(), method, w.srv.URL+path, strings.NewReader(v.Encode()))
	must(w.t, err)
	q.Header.Set("X-Who", string(by.ID))
	if method == "POST" {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(q)
	must(w.t, err)
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	must(w.t, err)
	return res.StatusCode, b
}

// Two orders of two requesters on one plate, from the plan to the end of the build: one slot, one file, states that go
// together, shares, and nothing of the other to be seen.
func TestOrdersAreBuiltTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.accepted(w.draws, w.drop(w.draws, w.office, "support", 20), w.fdm, "pla", 3, making.File)
		b := w.accepted(w.other, w.drop(w.other, w.rival, "carter", 30), w.fdm, "pla", 2, making.File)
		price := w.order(b).PriceCents
		if n := len(w.slots(w.fdm)); n != 2 {
			t.Fatalf("%d slots of two orders", n)
		}
		code, body := w.send(w.makes, "GET", "/batches")
		if code != 200 || !bytes.Contains(body, []byte(string(a))) || !bytes.Contains(body, []byte(string(b))) {
			t.Errorf("what waits: %d", code)
		}
		batch, err := w.s.Plan(t.Context(), w.makes, []making.OrderID{a, b})
		must(t, err)
		laid, l := w.laid(batch.ID)
		if slots := w.slots(w.fdm); len(slots) != 1 || slots[0].OrderID != string(batch.ID) || math.Abs(slots[0].ToAt.Sub(slots[0].FromAt).Hours()-laid.Hours) > 0.02 {
			t.Errorf("slots %+v of a batch of %g h", slots, laid.Hours)
		}
		if math.Abs(laid.Hours-w.order(a).Hours-w.order(b).Hours) > 1e-9 {
			t.Errorf("%g h, of %g and %g", laid.Hours, w.order(a).Hours, w.order(b).Hours)
		}
		if l.Rounds != 1 || len(l.Places) != 5 || len(l.Left) != 0 || math.Abs(l.HeightMM-30) > 0.1 {
			t.Fatalf("layout %+v", l)
		}
		for i, p := range l.Places {
			for k, room := range []float64{100, 100, 100} {
				if p.FromMM[k] < -0.05 || p.ToMM[k] > room+0.05 {
					t.Errorf("piece %d lies outside: %v to %v", i, p.FromMM, p.ToMM)
				}
			}
			if p.Boxed || len(p.Outline) == 0 {
				t.Errorf("piece %d is drawn as a box", i)
			}
		}
		code, body = w.send(w.makes, "GET", batch.URL()+"/file?plate=1")
		model, err := threemf.Read(bytes.NewReader(body), int64(len(body)), mesh.Limits{Triangles: 1000, Bytes: 1 << 20})
		if code != 200 || err != nil || len(model.Objects) != 5 {
			t.Fatalf("file: %d, %v", code, err)
		}
		for i, x := range model.Objects {
			for k, y := range model.Objects {
				if i < k && overlap(x, y) {
					t.Errorf("pieces %d and %d of the file overlap", i, k)
				}
			}
		}
		for _, path := range []string{"/file?plate=2", "/file?plate=0"} {
			if code, _ := w.send(w.makes, "GET", batch.URL()+path); code != 404 {
				t.Errorf("%s: %d", path, code)
			}
		}
		for _, path := range []string{"", "/label"} {
			if code, body := w.send(w.makes, "GET", batch.URL()+path); code != 200 || !bytes.Contains(body, []byte("FG-0001")) {
				t.Errorf("%q: %d", path, code)
			}
		}
		shares := map[making.OrderID]float64{}
		must(t, w.d.View(t.Context(), func(tx db.Tx) error {
			list, err := ordersOf(tx, batch.ID)
			for _, o := range list {
				shares[o.ID] = o.Share
			}
			return err
		}))
		if math.Abs(shares[a]+shares[b]-1) > 1e-9 || math.Abs(shares[a]/shares[b]-w.order(a).LikelyHours/w.order(b).LikelyHours) > 1e-6 {
			t.Errorf("shares %v", shares)
		}
		for _, c := range []struct {
			by     account.Actor
			mine   making.OrderID
			theirs []string
		}{{w.draws, a, []string{"carter", "Concurrent", string(b)}}, {w.other, b, []string{"support", "Bureau", string(a)}}} {
			for _, path := range []string{batch.URL(), batch.URL() + "/label", batch.URL() + "/file", "/api/v1" + batch.URL()} {
				if code, _ := w.send(c.by, "GET", path); code != 404 {
					t.Errorf("%s at %s: %d", c.by.Name, path, code)
				}
			}
			for _, path := range []string{"/orders", "/orders/" + string(a) + "/remove", "/spacing", "/start", "/finish", "/dissolve"} {
				if code, _ := w.send(c.by, "POST", batch.URL()+path, "order", string(a), "space.spacing_mm", "3", "finish.lot", "x", "finish.operator", "y"); code != 404 {
					t.Errorf("%s sends %s: %d", c.by.Name, path, code)
				}
			}
			code, body := w.send(c.by, "GET", "/orders/"+string(c.mine))
			if code != 200 || !bytes.Contains(body, []byte("d’autres pièces")) {
				t.Errorf("%s does not see the share: %d", c.by.Name, code)
			}
			_, list := w.send(c.by, "GET", "/batches")
			_, api := w.send(c.by, "GET", "/api/v1/batches")
			for _, secret := range append(c.theirs, "FG-0001", string(batch.ID)) {
				if bytes.Contains(body, []byte(secret)) || bytes.Contains(list, []byte(secret)) || bytes.Contains(api, []byte(secret)) {
					t.Errorf("%s sees %q", c.by.Name, secret)
				}
			}
		}
		if _, err := w.orders.Start(t.Context(), w.makes, a); !fault.Is(err, fault.Conflict) {
			t.Errorf("an order of a batch begins by itself: %v", err)
		}
		must(t, w.s.Start(t.Context(), w.makes, batch.ID, 0))
		if w.order(a).State != making.Building || w.order(b).State != making.Building {
			t.Errorf("%s, %s", w.order(a).State, w.order(b).State)
		}
		if err := w.s.TakeOut(t.Context(), w.makes, batch.ID, a); !fault.Is(err, fault.Conflict) {
			t.Errorf("taken out while it is built: %v", err)
		}
		if code, body := w.send(w.makes, "POST", batch.URL()+"/finish", "finish.lot", ""); code != 422 || !bytes.Contains(body, []byte("finish.lot")) {
			t.Errorf("ended without a lot: %d", code)
		}
		if code, _ := w.send(w.makes, "POST", batch.URL()+"/finish", "finish.lot", "B7", "finish.operator", "Technicien"); code != 303 {
			t.Errorf("end: %d", code)
		}
		for _, id := range []making.OrderID{a, b} {
			if o := w.order(id); o.State != making.Built || o.Lot != "B7" || o.Operator != "Technicien" {
				t.Errorf("%+v", o)
			}
		}
		if w.order(b).PriceCents != price || len(w.slots(w.fdm)) != 0 {
			t.Error("the price changed, or the machine is still taken")
		}
		must(t, w.d.View(t.Context(), func(tx db.Tx) error {
			if f, err := calibration.FactorsOf(tx, []park.MachineID{w.fdm.ID}); err != nil || len(f) != 0 {
				t.Errorf("a batch teaches the machine: %+v, %v", f, err)
			}
			return nil
		}))
		if _, err := w.orders.Start(t.Context(), w.makes, a); err != nil { // did not succeed: again, by itself
			t.Errorf("again after the batch: %v", err)
		}
	})
}

func overlap(x, y mesh.Object) bool {
	a, b := boundsPair(x), boundsPair(y)
	for k := range 3 {
		if a[1][k] <= b[0][k]+1e-6 || b[1][k] <= a[0][k]+1e-6 {
			return false
		}
	}
	return true
}

func boundsPair(o mesh.Object) (out [2][3]float64) {
	out[0], out[1] = boundsOf(o.Mesh, o.Place)
	return out
}

// Orders leave a batch until it begins: by the maker, by who asked; they wait by themselves again.
func TestOrdersLeave(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		p := w.drop(w.draws, w.office, "support", 20)
		var ids []making.OrderID
		for range 4 {
			ids = append(ids, w.accepted(w.draws, p, w.fdm, "pla", 1, making.File))
		}
		batch, err := w.s.Plan(t.Context(), w.makes, ids[:3])
		must(t, err)
		if _, err := w.s.Plan(t.Context(), w.makes, ids[2:]); !fault.Is(err, fault.Conflict) {
			t.Errorf("one order in two batches: %v", err)
		}
		must(t, w.s.Add(t.Context(), w.makes, batch.ID, ids[3:]))
		must(t, w.s.TakeOut(t.Context(), w.makes, batch.ID, ids[0]))
		if slots := w.slots(w.fdm); len(slots) != 2 {
			t.Errorf("%d slots: of the batch and of the order that left", len(slots))
		}
		_, err = w.orders.Withdraw(t.Context(), w.draws, ids[1])
		must(t, err)
		_, err = w.orders.Refuse(t.Context(), w.makes, ids[2], "Panne.")
		must(t, err)
		_, l := w.laid(batch.ID)
		if len(l.Places) != 1 || l.Places[0].Order != ids[3] {
			t.Errorf("layout %+v", l)
		}
		must(t, w.s.Space(t.Context(), w.makes, batch.ID, Space{MM: 4.5}))
		if b, _ := w.laid(batch.ID); b.SpacingMM != 4.5 {
			t.Errorf("%g mm", b.SpacingMM)
		}
		if err := w.s.Space(t.Context(), w.makes, batch.ID, Space{MM: -1}); !fault.Is(err, fault.Invalid) {
			t.Errorf("less than no space: %v", err)
		}
		if code, _ := w.send(w.makes, "POST", batch.URL()+"/spacing", "space.spacing_mm", ""); code != 303 {
			t.Errorf("no distance said: %d", code)
		}
		b, l := w.laid(batch.ID)
		if b.SpacingMM != spacingOf(park.FDM) || b.SpacingMM == 4.5 {
			t.Errorf("%g mm where none was said", b.SpacingMM)
		}
		// Pieces that found no room are not forgotten: the batch does not begin.
		l.Left = []Left{{Order: ids[3], Count: 2, Why: "no-room"}}
		text, err := json.Marshal(l)
		must(t, err)
		b.Layout = string(text)
		must(t, w.d.Do(t.Context(), func(tx db.Tx) error { return saveBatch(tx, b) }))
		if err := w.s.Start(t.Context(), w.makes, batch.ID, 0); !fault.Is(err, fault.Conflict) {
			t.Errorf("begins without two pieces: %v", err)
		}
		must(t, w.s.Dissolve(t.Context(), w.makes, batch.ID))
		if err := w.s.Start(t.Context(), w.makes, batch.ID, 0); !fault.Is(err, fault.Conflict) {
			t.Errorf("dissolved, and begins: %v", err)
		}
		if _, err := w.orders.Start(t.Context(), w.makes, ids[3]); err != nil {
			t.Errorf("by itself: %v", err)
		}
		if slots := w.slots(w.fdm); len(slots) != 2 {
			t.Errorf("%d slots of two orders", len(slots))
		}
	})
}

// A batch of one plate that cannot hold all leaves pieces for the next one: their orders stay open until all is made, count what
// is made, and certify the lot of each build.
func TestPiecesAreLeft(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		// On a plate of 100 mm lie four blocks of 45 mm.
		a := w.accepted(w.draws, w.drop(w.draws, w.office, "support", 45), w.fdm, "pla", 5, making.File)
		b := w.accepted(w.other, w.drop(w.other, w.rival, "carter", 10), w.fdm, "pla", 1, making.File)
		batch, err := w.s.Plan(t.Context(), w.makes, []making.OrderID{a, b})
		must(t, err)
		if whole, l := w.laid(batch.ID); l.Rounds != 2 || whole.Hours <= 0 {
			t.Fatalf("%d plates, %g h", l.Rounds, whole.Hours)
		}
		if code, _ := w.send(w.makes, "POST", batch.URL()+"/spacing", "space.spacing_mm", "2", "space.most", "1"); code != 303 {
			t.Fatalf("one plate: %d", code)
		}
		laid, l := w.laid(batch.ID)
		placed := l.Placed(a)
		if l.Rounds != 1 || l.Out() != 6-len(l.Places) || placed < 3 || placed > 4 || l.Of(a) != 5-placed {
			t.Fatalf("one plate: %d, %d pieces, %d left", l.Rounds, len(l.Places), l.Out())
		}
		out := l.Out()
		if want := w.order(a).Hours*float64(placed)/5 + w.order(b).Hours*float64(l.Placed(b)); math.Abs(laid.Hours-want) > 1e-9 {
			t.Errorf("%g h of what lies in it, want %g", laid.Hours, want)
		}
		code, body := w.send(w.makes, "GET", batch.URL())
		if code != 200 || !bytes.Contains(body, []byte(`name="leave" value="`+strconv.Itoa(out)+`"`)) || !bytes.Contains(body, []byte(w.order(a).Code()+" support\u00a0: "+strconv.Itoa(5-placed)+" sur 5")) {
			t.Errorf("what is left out is not said: %d", code)
		}
		if err := w.s.Start(t.Context(), w.makes, batch.ID, 0); !fault.Is(err, fault.Conflict) {
			t.Errorf("begins, and nobody has seen what is left: %v", err)
		}
		if err := w.s.Start(t.Context(), w.makes, batch.ID, out+1); !fault.Is(err, fault.Conflict) {
			t.Errorf("begins, and another number was seen: %v", err)
		}
		if code, body := w.send(w.makes, "POST", batch.URL()+"/start", "leave", strconv.Itoa(out+1)); code != 409 || !bytes.Contains(body, []byte(`role="alert"`)) {
			t.Errorf("a button that is refused does not say why: %d", code)
		}
		if code, _ := w.send(w.makes, "POST", batch.URL()+"/start", "leave", strconv.Itoa(out)); code != 303 {
			t.Fatalf("begins with the others: %d", code)
		}
		if o := w.order(a); o.State != making.Building || o.InBuild != placed || o.Made != 0 || o.Waiting() != 5-placed {
			t.Errorf("%s, %d in build, %d wait", o.State, o.InBuild, o.Waiting())
		}
		if n := len(w.slots(w.fdm)); n != 2+l.Of(b) {
			t.Errorf("%d slots: of the batch, and of what waits", n)
		}
		var shares float64
		must(t, w.d.View(t.Context(), func(tx db.Tx) error {
			list, err := ordersOf(tx, batch.ID)
			for _, o := range list {
				if shares += o.Share; o.Pieces != l.Placed(o.ID) {
					t.Errorf("%s: %d pieces in the batch, %d lie there", o.Title, o.Pieces, l.Placed(o.ID))
				}
			}
			return err
		}))
		if math.Abs(shares-1) > 1e-9 {
			t.Errorf("shares add up to %g", shares)
		}
		// The rest is planned with another order while the first batch is built; it begins after it.
		c := w.accepted(w.draws, w.drop(w.draws, w.office, "cale", 12), w.fdm, "pla", 2, making.File)
		next, err := w.s.Plan(t.Context(), w.makes, []making.OrderID{a, c})
		must(t, err)
		if _, l := w.laid(next.ID); l.Placed(a) != 5-placed || l.Placed(c) != 2 || l.Out() != 0 {
			t.Errorf("the next batch: %+v", l)
		}
		if err := w.s.Start(t.Context(), w.makes, next.ID, 0); !fault.Is(err, fault.Conflict) {
			t.Errorf("two builds of one order at once: %v", err)
		}
		must(t, w.s.Finish(t.Context(), w.makes, batch.ID, making.Build{Lot: "B7", Operator: "Technicien"}))
		if o := w.order(a); o.State != making.Partly || o.Made != placed || o.InBuild != 0 {
			t.Errorf("%s, %d made", o.State, o.Made)
		}
		said := strconv.Itoa(placed) + " pièces sur 5 faites"
		for _, path := range []string{"/orders/" + string(a), "/orders"} {
			if code, body := w.send(w.draws, "GET", path); code != 200 || !bytes.Contains(body, []byte(said)) {
				t.Errorf("%s does not say %q: %d", path, said, code)
			}
		}
		if code, _ := w.send(w.draws, "GET", "/orders/"+string(a)+"/certificate"); code != 404 {
			t.Errorf("a certificate of what is made in part: %d", code)
		}
		if _, err := w.orders.Inspect(t.Context(), w.makes, a, true); !fault.Is(err, fault.Conflict) {
			t.Errorf("inspected while pieces wait: %v", err)
		}
		if _, err := w.orders.Withdraw(t.Context(), w.draws, a); !fault.Is(err, fault.Conflict) {
			t.Errorf("withdrawn while pieces are made: %v", err)
		}
		must(t, w.s.Start(t.Context(), w.makes, next.ID, 0))
		must(t, w.s.Finish(t.Context(), w.makes, next.ID, making.Build{Lot: "C1", Operator: "Opérateur"}))
		if o := w.order(a); o.State != making.Built || o.Made != 5 {
			t.Errorf("%s, %d made", o.State, o.Made)
		}
		if n := len(w.slots(w.fdm)); n != l.Of(b) {
			t.Errorf("%d slots are left", n)
		}
		_, err = w.orders.Inspect(t.Context(), w.makes, a, true)
		must(t, err)
		code, body = w.send(w.draws, "GET", "/orders/"+string(a)+"/certificate")
		for _, want := range []string{"B7", "C1", "5 pièces", strconv.Itoa(placed) + " pièces", "Technicien", "Opérateur"} {
			if code != 200 || !bytes.Contains(body, []byte(want)) {
				t.Errorf("the certificate does not say %q: %d", want, code)
			}
		}
		code, body = w.send(w.draws, "GET", "/orders/"+string(a))
		if code != 200 || bytes.Count(body, []byte("fabriquées avec d’autres"))+bytes.Count(body, []byte("fabriquée avec d’autres")) != 2 {
			t.Errorf("the order does not say what it answers for in two batches: %d", code)
		}
		var trail []account.Entry
		must(t, w.d.View(t.Context(), func(tx db.Tx) (err error) {
			trail, err = account.History(tx, "batch", string(batch.ID), 0, 20)
			return err
		}))
		if !slices.ContainsFunc(trail, func(e account.Entry) bool { return e.Verb == "batch.start_part" }) {
			t.Errorf("the trail does not say that pieces were left: %+v", trail)
		}
	})
}

// Pieces of a batch that did not succeed wait again, and an order of which nothing lies in a batch leaves it.
func TestPiecesAreBuiltAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		large, small := w.drop(w.draws, w.office, "bloc", 95), w.drop(w.draws, w.office, "cale", 20)
		a, b := w.accepted(w.draws, large, w.fdm, "pla", 1, making.File), w.accepted(w.draws, small, w.fdm, "pla", 3, making.File)
		batch, err := w.s.Plan(t.Context(), w.makes, []making.OrderID{a, b})
		must(t, err)
		must(t, w.s.Space(t.Context(), w.makes, batch.ID, Space{Usual: true, Most: 1}))
		_, l := w.laid(batch.ID)
		in, out := a, b
		if l.Placed(a) == 0 {
			in, out = b, a
		}
		must(t, w.s.Start(t.Context(), w.makes, batch.ID, l.Out()))
		if o := w.order(out); o.State != making.Accepted || o.Waiting() != o.Quantity {
			t.Errorf("what found no room at all is %s", o.State)
		}
		if n := len(w.slots(w.fdm)); n != 2 {
			t.Errorf("%d slots", n)
		}
		if _, err := w.orders.Withdraw(t.Context(), w.draws, out); err != nil {
			t.Errorf("what found no room at all may be withdrawn: %v", err)
		}
		if _, err := w.orders.Redo(t.Context(), w.makes, in, map[int]int{1: 1}); !fault.Is(err, fault.Conflict) {
			t.Errorf("again while it is built: %v", err)
		}
		must(t, w.s.Finish(t.Context(), w.makes, batch.ID, making.Build{Lot: "B7", Operator: "Technicien"}))
		if _, err := w.orders.Redo(t.Context(), w.makes, in, map[int]int{1: 4}); !fault.Is(err, fault.Invalid) {
			t.Errorf("more than were built: %v", err)
		}
		if _, err := w.orders.Redo(t.Context(), w.draws, in, map[int]int{1: 1}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("by who asked: %v", err)
		}
		o, err := w.orders.Redo(t.Context(), w.makes, in, map[int]int{1: 1})
		must(t, err)
		if o.State != making.Partly || o.Waiting() != 1 || o.Made != o.Quantity-1 {
			t.Errorf("%s, %d wait, %d made", o.State, o.Waiting(), o.Made)
		}
		_, err = w.orders.Start(t.Context(), w.makes, in)
		must(t, err)
		o, err = w.orders.Finish(t.Context(), w.makes, in, making.Build{Lot: "C1", Operator: "Technicien"})
		must(t, err)
		if o.State != making.Built || o.Made != o.Quantity {
			t.Errorf("%s, %d made", o.State, o.Made)
		}
		if o, err = w.orders.Start(t.Context(), w.makes, in); err != nil || o.InBuild != o.Quantity || o.Made != 0 {
			t.Errorf("all again: %v, %d of %d", err, o.InBuild, o.Quantity)
		}
	})
}

// What does not fit together is refused; a part that shows figures alone is laid as its box.
func TestWhatComesTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		p := w.drop(w.draws, w.office, "support", 20)
		pla, petg := w.accepted(w.draws, p, w.fdm, "pla", 1, making.Figures), w.accepted(w.draws, p, w.fdm, "petg", 1, making.File)
		again := w.accepted(w.draws, p, w.fdm, "pla", 1, making.File)
		open, err := w.orders.Request(t.Context(), w.draws, making.Order{PartID: p.ID, MachineID: w.fdm.ID, MaterialID: "pla", Quantity: 1, Shows: making.File}, nil)
		must(t, err)
		for name, c := range map[string]struct {
			by   account.Actor
			list []making.OrderID
			want fault.Kind
		}{
			"one":             {w.makes, []making.OrderID{pla, pla}, fault.Invalid},
			"two materials":   {w.makes, []making.OrderID{pla, petg}, fault.Conflict},
			"not accepted":    {w.makes, []making.OrderID{pla, open.ID}, fault.Conflict},
			"by who asked":    {w.draws, []making.OrderID{pla, again}, fault.NotFound},
			"by a stranger":   {w.other, []making.OrderID{pla, again}, fault.NotFound},
			"one that is not": {w.makes, []making.OrderID{"x", pla}, fault.NotFound},
		} {
			if _, err := w.s.Plan(t.Context(), c.by, c.list); !fault.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := len(w.slots(w.fdm)); n != 3 {
			t.Errorf("%d slots after what was refused", n)
		}
		batch, err := w.s.Plan(t.Context(), w.makes, []making.OrderID{pla, again})
		must(t, err)
		_, l := w.laid(batch.ID)
		for _, place := range l.Places {
			if place.Boxed != (place.Order == pla) {
				t.Errorf("%+v", place)
			}
		}
		if code, _ := w.send(w.makes, "GET", batch.URL()+"/file"); code != 404 {
			t.Errorf("a file though one order shows none: %d", code)
		}
	})
}

// In a bed of powder pieces lie above each other, and the height that they take makes the time.
func TestAChamber(t *testing.T) {
	w := newWorld(t, dbtest.Open(t))
	must(t, w.d.Do(t.Context(), func(tx db.Tx) error {
		for name, value := range map[string]float64{"layer": 0.1, "layer_time": 36, "heat_time": 2, "packing_least": 5, "packing_most": 10, "bulk": 0.5} {
			if _, err := tx.Exec(`insert into park_figure (process, name, value, source) values ('sls', $1, $2, 'test') on conflict (process, material_id, name) do update set value = excluded.value`, name, value); err != nil {
				return err
			}
		}
		return nil
	}))
	p, q := w.drop(w.draws, w.office, "support", 40), w.drop(w.other, w.rival, "carter", 20)
	a, b := w.accepted(w.draws, p, w.sls, "pa12-sls", 3, making.File), w.accepted(w.other, q, w.sls, "pa12-sls", 6, making.File)
	batch, err := w.s.Plan(t.Context(), w.makes, []making.OrderID{a, b})
	must(t, err)
	laid, l := w.laid(batch.ID)
	if len(l.Places) != 9 || l.Rounds != 1 || l.HeightMM > 100 {
		t.Fatalf("layout %+v", l)
	}
	if want := 2 + math.Ceil(l.HeightMM/0.1-1e-9)*36/3600; math.Abs(laid.Hours-want) > 0.02 {
		t.Errorf("%g h at a height of %g mm, want %g", laid.Hours, l.HeightMM, want)
	}
	must(t, w.d.View(t.Context(), func(tx db.Tx) error {
		list, err := ordersOf(tx, batch.ID)
		for _, o := range list {
			if want := map[making.OrderID]float64{a: 0.8, b: 0.2}[o.ID]; math.Abs(o.Share-want) > 1e-6 { // 3 × 40³ against 6 × 20³
				t.Errorf("%s answers for %g", o.Title, o.Share)
			}
		}
		return err
	}))
	code, body := w.send(w.makes, "GET", batch.URL())
	if code != 200 || strings.Count(string(body), `class="b-plate"`) != 2 {
		t.Errorf("the chamber is not drawn from above and from the front: %d", code)
	}
}

// A plate that stands on its edge in its file is laid flat, and its place takes it there from the file.
func TestPiecesAreLaidAsTheyAreBest(t *testing.T) {
	w := newWorld(t, dbtest.Open(t))
	p := w.dropBox(w.draws, w.office, "plaque", [3]float64{3, 60, 50})
	batch, err := w.s.Plan(t.Context(), w.makes, []making.OrderID{w.accepted(w.draws, p, w.fdm, "pla", 1, making.File), w.accepted(w.draws, p, w.fdm, "pla", 1, making.File)})
	must(t, err)
	_, l := w.laid(batch.ID)
	if len(l.Places) != 2 || math.Abs(l.HeightMM-3) > 0.1 {
		t.Fatalf("%d pieces, %g mm high", len(l.Places), l.HeightMM)
	}
	for _, p := range l.Places {
		from, to := boundsOf(boxMesh([3]float64{3, 60, 50}), p.At)
		if from != p.FromMM || to != p.ToMM || math.Abs(from[2]) > 1e-9 {
			t.Errorf("it is said to lie from %v to %v, its file comes to %v, %v", p.FromMM, p.ToMM, from, to)
		}
	}
}

func TestSimplerOutlines(t *testing.T) {
	var ring [][2]float64
	for i := range 401 {
		ring = append(ring, [2]float64{float64(i) / 4, 0.05 * float64(i%2)})
	}
	ring = append(ring, [2]float64{100, 50}, [2]float64{0, 50}, [2]float64{0, 0})
	if got := simpler(ring); len(got) > 6 || got[0] != ring[0] || got[len(got)-1] != ring[len(ring)-1] {
		t.Errorf("%d points: %v", len(got), got)
	}
}
