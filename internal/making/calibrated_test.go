package making

import (
	"math"
	"strings"
	"testing"
	"time"

	"bassin/internal/calibration"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/park"
)

// What a machine's history says changes time and material: on top of the deviation of the estimate where it is of a
// slicer's, in its place where it is of our own.
func TestHoursByHistory(t *testing.T) {
	e := Effort{Hours: Interval{9, 10, 11}, Grams: Interval{90, 100, 110}}
	told := calibration.Factor{Heeded: true, ToldJobs: 20, ToldLow: 1.1, ToldMedian: 1.2, ToldHigh: 1.4, FedJobs: 20, FedLow: 1, FedMedian: 1.05, FedHigh: 1.1}
	own := told
	own.OwnJobs, own.OwnLow, own.OwnMedian, own.OwnHigh = 8, 0.95, 1.3, 1.5
	ignored := told
	ignored.Heeded = false
	near := func(a, b Interval) bool {
		return math.Abs(a.Least-b.Least)+math.Abs(a.Likely-b.Likely)+math.Abs(a.Most-b.Most) < 1e-9
	}
	for name, c := range map[string]struct {
		f            calibration.Factor
		hours, grams Interval
	}{
		"none":            {calibration.Factor{}, e.Hours, e.Grams},
		"of a slicer's":   {told, Interval{9.9, 12, 15.4}, Interval{90, 105, 121}},
		"of our own":      {own, Interval{9.5, 13, 15}, Interval{90, 105, 121}},
		"that is ignored": {ignored, e.Hours, e.Grams},
	} {
		if got := e.calibrated(c.f); !near(got.Hours, c.hours) || !near(got.Grams, c.grams) || got.Estimated != 10 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// From an order's build to the offers: what builds take counts, and once there are enough of them offers are computed
// with it.
func TestBuildsCalibrate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, 1_000_000)
		now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
		w.s.db = w.d.Clocked(func() time.Time { return now })
		w.settle()
		offer := func() (o Offer) {
			must(t, w.d.View(t.Context(), func(tx db.Tx) error {
				_, list, err := offersFor(tx, w.draws, w.part.ID, 1)
				if err == nil {
					o = list[0]
				}
				return err
			}))
			return o
		}
		before := offer()
		for i := range 8 {
			o, err := w.s.Request(t.Context(), w.draws, Order{PartID: w.part.ID, MachineID: w.machine.ID, MaterialID: "pla", Quantity: 1, Shows: File}, nil)
			must(t, err)
			if i == 0 && math.Abs(o.LikelyHours-before.Effort.Hours.Likely) > 1e-9 {
				t.Errorf("estimated %g h, kept %g", before.Effort.Hours.Likely, o.LikelyHours)
			}
			_, err = w.s.Accept(t.Context(), w.draws, o.ID, 0)
			must(t, err)
			_, err = w.s.Start(t.Context(), w.makes, o.ID)
			must(t, err)
			now = now.Add(time.Duration(1.5 * before.Effort.Hours.Likely * float64(time.Hour)))
			_, err = w.s.Finish(t.Context(), w.makes, o.ID, Build{Lot: "B7", Operator: "Technicien"})
			must(t, err)
		}
		after := offer()
		if s, own, ok := after.Factor.Time(); !ok || !own || s.Runs != 8 || math.Abs(s.Median-1.5) > 0.01 {
			t.Fatalf("%+v", after.Factor)
		}
		if math.Abs(after.Effort.Hours.Likely/before.Effort.Hours.Likely-1.5) > 0.01 || after.Price.Likely <= before.Price.Likely || after.Effort.Estimated != before.Effort.Hours.Likely {
			t.Errorf("before %+v, after %+v", before.Effort, after.Effort)
		}
		if _, body := w.get(w.draws, w.part.URL()+"/offers"); !strings.Contains(body, "étalonnée par 8 travaux") {
			t.Error("the offer does not say by how many jobs it is calibrated")
		}
		if _, body := w.get(w.draws, "/api/v1"+w.part.URL()+"/offers"); !strings.Contains(body, `"calibrated_by":8`) {
			t.Error("nor does the API")
		}
		must(t, w.d.Do(t.Context(), func(tx db.Tx) error { // a share of a chamber is no build
			o := Order{ID: "x", MachineID: w.machine.ID, Process: park.SLS, LikelyHours: 1}
			return learn(tx, o)
		}))
	})
}
