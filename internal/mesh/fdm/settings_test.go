package fdm

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"testing"
)

// What the estimate is off by with supports, a brim, a raft, other infill: against PrusaSlicer 2.5, on its sample profile with
// these settings changed.
func TestSettings(t *testing.T) {
	readProfile(t) // or nothing is tested
	time, filament := map[string][]float64{}, map[string][]float64{}
	for _, l := range linesOf(t, "testdata/settings.csv") {
		m, size := readPart(t, l[0])
		if size > 1_000_000 && !*all {
			continue
		}
		p := changed(t, strings.ReplaceAll(l[1], " ", "\n"))
		e := Of(m, p)
		kind, _, _ := strings.Cut(l[1], "=")
		dt, df := e.Seconds/number(l[2])-1, e.FilamentMM/number(l[3])-1
		t.Logf("%-36s %-48s %6.0f s %+5.1f %%  %6.0f mm %+5.1f %%, support %6.0f of %6.0f mm, %5.0f s %v", l[0], l[1], e.Seconds, 100*dt, e.FilamentMM, 100*df, e.Support.VolumeMM3/2.405, number(l[4]), e.Support.Seconds, p.Unheeded)
		if kind == "support_material" && number(l[4]) == 0 && e.Support.VolumeMM3 == 0 {
			continue // nothing to support
		}
		time[kind], filament[kind] = append(time[kind], math.Abs(dt)), append(filament[kind], math.Abs(df))
	}
	for kind := range time {
		for _, c := range []struct {
			name string
			off  []float64
			most float64
		}{{"time", time[kind], 0.08}, {"filament", filament[kind], 0.08}} {
			slices.SortFunc(c.off, cmp.Compare)
			sum := 0.0
			for _, v := range c.off {
				sum += v
			}
			mean := sum / float64(len(c.off))
			t.Logf("%s, %s off by %.1f %% in the mean, %.1f %% at the ninth decile, over %d", kind, c.name, 100*mean, 100*c.off[len(c.off)*9/10], len(c.off))
			if mean > c.most {
				t.Errorf("%s, %s is off by %v in the mean", kind, c.name, mean)
			}
		}
	}
}
