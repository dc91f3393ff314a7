package demand

import (
	"fmt"
	"os"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/park"
)

// TestAYearOfTheNation reads the figures of 200,000 parts: what it takes is told, with DEMAND_SCALE=1.
func TestAYearOfTheNation(t *testing.T) {
	if os.Getenv("DEMAND_SCALE") == "" {
		t.Skip("fills a database: DEMAND_SCALE=1")
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d = d.Clocked(func() time.Time { return time.Date(2026, 12, 20, 8, 0, 0, 0, time.UTC) })
		processes := []string{"", "fdm", "msla", "sls", "mjf", "lpbf"}
		for month := 1; month <= 12; month++ {
			must(t, d.Do(t.Context(), func(tx db.Tx) error {
				for chunk := range 17 {
					var list []Outcome
					for i := range 1000 {
						n := (month*17+chunk)*1000 + i
						for k, p := range processes {
							o := Outcome{ID: db.NewID(), Month: fmt.Sprintf("2026-%02d", month), Kind: OfPart, Trace: fmt.Sprintf("%032x", n), Asker: fmt.Sprintf("%032x", n%5000), TerritoryID: fmt.Sprintf("ti-84%02d", n%99), Verdict: Could}
							o.Process = park.Process(p)
							if (n+k)%3 == 0 {
								o.Verdict, o.Reason, o.LongMM, o.MiddleMM, o.ShortMM, o.LackMM = Not, TooLarge, int64(300+10*(n%60)), int64(100+10*(n%40)), int64(50+10*(n%30)), 50
							}
							list = append(list, o)
						}
					}
					if err := insertOutcomes(tx, list); err != nil {
						return err
					}
				}
				return nil
			}))
		}
		for _, w := range []Wanted{{Where: nation}, {Where: nation, Process: "sls"}, {Where: "region-11"}} {
			start := time.Now()
			must(t, d.View(t.Context(), func(tx db.Tx) error { w := w; _, err := read(tx, account.System("test"), &w); return err }))
			t.Logf("%+v: %v", w, time.Since(start))
		}
	})
}
