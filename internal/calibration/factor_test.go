package calibration

import (
	"math"
	"testing"

	"bassin/internal/fault"
	"bassin/internal/printlog"
)

func TestSpread(t *testing.T) {
	for name, c := range map[string]struct {
		in   []float64
		want Spread
	}{
		"none": {nil, Spread{}}, "one": {[]float64{1.2}, Spread{1, 1.2, 1.2, 1.2}},
		"eleven": {[]float64{2, 1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9}, Spread{11, 1.1, 1.5, 1.9}},
		"two":    {[]float64{1, 2}, Spread{2, 1.1, 1.5, 1.9}},
	} {
		got := spreadOf(c.in)
		if got.Runs != c.want.Runs || math.Abs(got.Low-c.want.Low)+math.Abs(got.Median-c.want.Median)+math.Abs(got.High-c.want.High) > 1e-9 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// A factor takes the newest of each kind, and neither what is older than the change of the machine nor what cannot be.
func TestFactor(t *testing.T) {
	f := Factor{Heeded: true, SinceAt: 100}
	var runs []Run
	for i := range 300 {
		ratio := 1.5
		if i >= newestRuns { // the oldest are no more counted
			ratio = 3
		}
		runs = append(runs, Run{Source: Moonraker, EndedAt: 1000, EstimatedS: 1000, RealS: 1000 * ratio, EstimatedMM: 100, UsedMM: 110})
	}
	runs = append(runs, Run{Source: Bassin, EndedAt: 99, EstimatedS: 100, RealS: 100}, Run{Source: Bassin, EndedAt: 1000, EstimatedS: 100, RealS: 2000}, Run{Source: Bassin, EndedAt: 1000, EstimatedS: 100, RealS: 130})
	f.compute(runs)
	if f.Told() != (Spread{newestRuns, 1.5, 1.5, 1.5}) || f.Own() != (Spread{1, 1.3, 1.3, 1.3}) || math.Abs(f.FedMedian-1.1) > 1e-9 {
		t.Errorf("%+v", f)
	}
	if s, own, ok := f.Time(); !ok || own || s.Median != 1.5 {
		t.Errorf("told of: %+v %v %v", s, own, ok)
	}
	f.OwnJobs = leastRuns
	if s, own, ok := f.Time(); !ok || !own || s.Median != 1.3 {
		t.Errorf("of orders: %+v %v %v", s, own, ok)
	}
	f.Heeded = false
	if _, _, ok := f.Time(); ok {
		t.Error("heeded though it is not")
	}
	if _, _, ok := (Factor{Heeded: true, ToldJobs: leastRuns - 1}).Time(); ok {
		t.Error("calibrated by seven jobs")
	}
}

func TestLink(t *testing.T) {
	for address, c := range map[string]struct{ public, plain bool }{
		"https://printer.example":      {true, true},
		"https://printer.example/a/b/": {true, true},
		"http://192.168.1.20:7125":     {false, true},
		"ftp://192.168.1.20":           {false, false}, "192.168.1.20": {false, false}, "https://u:p@x": {false, false}, "https://x/?a=1": {false, false}, "https://x/#a": {false, false}, "": {false, false}, "http://": {false, false}, "https://a b": {false, false},
	} {
		for plain, want := range map[bool]bool{false: c.public, true: c.plain} {
			l := Link{Kind: printlog.OctoPrint, Address: address}
			if err := l.check(plain); (err == nil) != want || err != nil && !fault.Is(err, fault.Invalid) {
				t.Errorf("%q, plain %v: %v", address, plain, err)
			}
		}
	}
	if l := (Link{Kind: printlog.Moonraker, Address: "https://x", Secret: "a\r\nHost: y"}); l.check(false) == nil {
		t.Error("a key of two lines")
	}
}
