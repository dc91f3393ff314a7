package making

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/park"
)

// What the page showed is what is asked: another price, quantity or revision is said, and asked again.
func TestNobodyAsksAtAnotherPriceThanTheySaw(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, 100_000)
		w.settle()
		count := func() (n int) {
			must(t, d.View(t.Context(), func(tx db.Tx) (err error) { n, err = countOrders(tx, Filter{}.where(w.draws)); return err }))
			return n
		}
		ask := func(name, want string, pairs ...string) {
			t.Helper()
			code, body, _ := w.post(w.draws, w.offer(), append([]string{"shows", "file"}, pairs...)...)
			if code != 409 || !strings.Contains(body, want) || count() != 0 {
				t.Errorf("%s: %d, %d orders, %q is said: %t", name, code, count(), want, strings.Contains(body, want))
			}
		}
		four := w.saw(4)
		ask("another quantity", "pour 400 pièces", append(four, "quantity", "400")...)
		ask("without what was seen", "Rien n’a été demandé", "quantity", "4")
		ask("a price that nobody showed", "Rien n’a été demandé", "quantity", "4", "seen.revision", "1", "seen.cents", "-5")

		m := w.machine
		m.HourCents, m.SetupCents = 5*m.HourCents, 5*m.SetupCents
		_, err := w.park.SaveMachine(t.Context(), w.makes, m, park.Open{})
		must(t, err)
		ask("a price that was raised meanwhile", "vous aviez vu", append(four, "quantity", "4")...)
		if code, body, _ := w.post(w.draws, w.offer(), append([]string{"shows", "file", "quantity", "4"}, w.saw(4)...)...); code != 303 {
			t.Errorf("asked again: %d %s", code, body)
		}
	})
}

// The same by a program, which may also ask at whatever price there is.
func TestProgramsAskForWhatTheySaw(t *testing.T) {
	w := newWorld(t, dbtest.Open(t), 0)
	w.settle()
	var price int64
	must(t, w.d.View(t.Context(), func(tx db.Tx) error {
		_, list, err := offersFor(tx, w.draws, w.part.ID, 4)
		price = list[0].Price.Likely
		return err
	}))
	for _, c := range []struct {
		name, saw string
		code      int
	}{
		{"the price of now", fmt.Sprintf(`,"saw":{"revision":1,"likely_cents":%d}`, price), 201},
		{"another", fmt.Sprintf(`,"saw":{"revision":1,"likely_cents":%d}`, price-1), 409},
		{"another revision", fmt.Sprintf(`,"saw":{"revision":2,"likely_cents":%d}`, price), 409},
		{"whatever", "", 201},
	} {
		code, body, _ := w.send(w.draws, "POST", "/api/v1/orders", "application/json", fmt.Appendf(nil, `{"part_id":%q,"machine_id":%q,"material_id":"pla","quantity":4,"shows":"file"%s}`, w.part.ID, w.machine.ID, c.saw))
		if code != c.code {
			t.Errorf("%s: %d %s", c.name, code, body)
		}
	}
}

// A quote that the maker changes while somebody reads it is not accepted by the button that shows the one before.
func TestNobodyAcceptsAnotherQuoteThanTheySaw(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, 0)
		at := w.request(File)
		quote := func(price int64) Order {
			o, err := w.s.Quote(t.Context(), w.makes, Order{ID: w.order(at).ID, PriceCents: price, ReadyOn: "2026-03-10", ValidOn: "2026-03-20"})
			must(t, err)
			return w.order("/orders/" + string(o.ID))
		}
		seen := quote(12_000)
		now := quote(99_000)
		for name, version := range map[string]string{"the one before": fmt.Sprint(seen.Version), "none": ""} {
			code, body, _ := w.post(w.draws, at+"/accept", "version", version)
			if code != 409 || !strings.Contains(body, "Rien n’a été accepté") || w.order(at).State != Quoted {
				t.Errorf("%s: %d, %s", name, code, w.order(at).State)
			}
		}
		if _, err := w.s.Accept(t.Context(), w.draws, seen.ID, seen.Version); !fault.Is(err, fault.Conflict) {
			t.Errorf("by the operation: %v", err)
		}
		var read struct{ Version int64 }
		_, body := w.get(w.draws, "/api/v1"+at)
		must(t, json.Unmarshal([]byte(body), &read))
		if read.Version != now.Version {
			t.Errorf("a program reads version %d of %d", read.Version, now.Version)
		}
		if code, body, _ := w.post(w.draws, at+"/accept", "version", fmt.Sprint(now.Version)); code != 303 || w.order(at).PriceCents != 99_000 {
			t.Errorf("the one that stands: %d %s", code, body)
		}
	})
}

// What the maker is told of a part ends with the request.
func TestWithdrawnPartsHaveNoFigures(t *testing.T) {
	w := newWorld(t, dbtest.Open(t), 0)
	at := w.request(File)
	const size = "20 × 20 × 20"
	if _, body := w.get(w.makes, at); !strings.Contains(body, size) {
		t.Fatalf("before: no size")
	}
	_, err := w.s.Withdraw(t.Context(), w.draws, w.order(at).ID)
	must(t, err)
	if _, body := w.get(w.makes, at); strings.Contains(body, size) {
		t.Error("the maker reads the size of a part whose request was withdrawn")
	}
	if _, body := w.get(w.draws, at); !strings.Contains(body, size) {
		t.Error("who asked does not read it")
	}
}

// What takes longer than a machine can be taken is accepted all the same: the maker plans it by hand.
func TestAnOrderOfYearsIsAccepted(t *testing.T) {
	w := newWorld(t, dbtest.Open(t), 0)
	large := block20()
	for i := range large.Points {
		large.Points[i] = large.Points[i].Times(5)
	}
	o, err := w.s.Request(t.Context(), w.draws, Order{PartID: w.dropMesh(w.draws, w.office, large).ID, MachineID: w.machine.ID, MaterialID: "pla", Quantity: maxQuantity, Shows: File}, nil)
	must(t, err)
	if o.Hours < 366*24 {
		t.Fatalf("it takes %g hours", o.Hours)
	}
	_, err = w.s.Quote(t.Context(), w.makes, Order{ID: o.ID, PriceCents: 1_000_000, ReadyOn: "2028-03-10", ValidOn: "2026-03-20"})
	must(t, err)
	if o, err = w.s.Accept(t.Context(), w.draws, o.ID, 0); err != nil || o.State != Accepted {
		t.Errorf("%s: %v", o.State, err)
	}
	if code, body, _ := w.post(w.draws, "/orders/"+string(o.ID)+"/accept", "version", "0"); code != 409 || strings.Contains(body, "no value") || !strings.Contains(body, "«\u00a0En file\u00a0»") {
		t.Errorf("accepted twice: %d %s", code, body)
	}
}
