package demand

import (
	"reflect"
	"testing"

	"bassin/internal/additive"
	"bassin/internal/making"
	"bassin/internal/mesh"
	"bassin/internal/park"
	"bassin/internal/when"
)

func TestAFewAreHidden(t *testing.T) {
	for _, c := range []struct {
		name      string
		n, askers int64
		ours      bool
		want      Count
	}{
		{"none", 0, 0, false, Count{}}, {"one", 1, 1, false, Count{Hidden: true}}, {"two of two", 2, 2, false, Count{Hidden: true}}, {"three of two", 3, 2, false, Count{N: 3}},
		{"many of one", 40, 1, false, Count{Hidden: true}}, {"one of ours", 1, 1, true, Count{N: 1}},
	} {
		if got := shown(c.n, c.askers, c.ours); got != c.want {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// One hidden number alone is the total less the others: a second one is hidden.
func TestATotalGivesNothingAway(t *testing.T) {
	f := Filter{From: "2025-11", To: "2026-02"}
	rows := []counted{{Month: "2025-11", Verdict: Not, Parts: 9, First: "a", Last: "c"}, {Month: "2025-12", Verdict: Not, Parts: 1, First: "d", Last: "d"}, {Month: "2026-02", Verdict: Not, Parts: 5, First: "b", Last: "c"}}
	months, total := monthsOf(rows, f)
	want := []Count{{N: 9}, {Hidden: true}, {}, {Hidden: true}}
	for i, m := range months {
		if m.By[2] != want[i] {
			t.Errorf("%s: %+v, want %+v", m.Month, m.By[2], want[i])
		}
	}
	if total[2] != (Count{N: 15}) || len(months) != 4 {
		t.Errorf("total %+v of %d months", total[2], len(months))
	}
}

func TestGapsAreRanked(t *testing.T) {
	gaps, faults := gapsOf([]counted{
		{Process: "", Reason: Walls, Parts: 7, First: "a", Last: "z"}, {Process: "sls", Reason: Walls, Parts: 9, First: "a", Last: "z"},
		{Process: "fdm", Reason: TooLarge, Parts: 1, Alone: 1, First: "a", Last: "a"},
		{Process: "sls", Reason: NoMachine, Parts: 20, Alone: 3, First: "a", Last: "z"},
		{Process: "lpbf", Reason: NoMaterial, Parts: 11, Alone: 11, First: "a", Last: "z", LackMost: 0},
		{Process: "mjf", Reason: NoMachine, Parts: 12, Alone: 11, First: "a", Last: "z"},
	}, Filter{})
	var order []park.Process
	for _, g := range gaps {
		order = append(order, g.Process)
	}
	if !reflect.DeepEqual(order, []park.Process{park.LPBF, park.SLS, park.MJF, park.FDM}) {
		t.Errorf("order %v", order)
	}
	if !gaps[2].Alone.Hidden { // 12 less 11 is one part that something else makes
		t.Errorf("%+v tells of one part", gaps[2])
	}
	if len(faults) != 1 || faults[0].Reason != Walls || faults[0].Parts.N != 7 {
		t.Errorf("faults %+v", faults)
	}
}

func TestTheSmallestChamber(t *testing.T) {
	all := []box{{Long: 380, Middle: 280, Short: 100, Parts: 4}, {Long: 300, Middle: 290, Short: 290, Parts: 5}, {Long: 800, Middle: 100, Short: 50, Parts: 1}, {Long: 600, Middle: 600, Short: 600, Parts: 1}}
	if got := smallest(all, 80); got != [3]int64{380, 290, 290} {
		t.Errorf("80 %%: %v", got)
	}
	if got := smallest(all, 100); got != [3]int64{800, 600, 600} {
		t.Errorf("all: %v", got)
	}
	x := Figures{Boxes: map[park.Process][]box{park.SLS: all}}
	if c := x.try(park.SLS, [3]int64{284, 380, 380}); c.Held != (Count{N: 4}) || c.Of.N != 11 || c.MM != [3]int64{380, 380, 284} {
		t.Errorf("tried %+v", c)
	}
	if c := x.try(park.SLS, [3]int64{380, 290, 290}); !c.Held.Hidden { // two are left out: nearly one part is told
		t.Errorf("9 of 11 told: %+v", c)
	}
}

// outcomes by hand: a block of 320 mm, filament machines of 200 mm, a bed of powder without powder, resin that is booked.
func TestWhyNot(t *testing.T) {
	machine := func(p park.Process, mm float64) park.Available {
		return park.Available{Machine: park.Machine{ID: park.MachineID(p), Process: p, XMM: mm, YMM: mm, ZMM: mm}}
	}
	blocking := func(p park.Process, key string) additive.Judged {
		return additive.Judged{Process: p, Verdict: additive.NotSo, Judgements: []additive.Judgement{{Key: key, Severity: mesh.Blocking}}}
	}
	late := making.Offer{Available: machine(park.MSLA, 400), ReadyOn: when.None}
	x := making.Weighed{Piece: making.Piece{SizeMM: [3]float64{100, 320, 4.2}}, Available: []park.Available{machine(park.FDM, 200), machine(park.FDM, 290), machine(park.SLS, 400), machine(park.MSLA, 400)},
		Judged: []additive.Judged{blocking(park.FDM, "too-large"), {Process: park.MSLA, Verdict: additive.Makeable}, {Process: park.SLS, Verdict: additive.Makeable}, blocking(park.LPBF, "thin"), {Process: park.MJF}},
		Offers: []making.Offer{late}}
	got := outcomesOf(x)
	want := map[park.Process]Reason{"": NoTime, park.FDM: TooLarge, park.MSLA: NoTime, park.SLS: NoMaterial, park.LPBF: Walls, park.MJF: NoMachine}
	for _, o := range got {
		if o.Verdict != Not || o.Reason != want[o.Process] || o.LongMM != 320 || o.MiddleMM != 100 || o.ShortMM != 10 || o.Process != "" && !o.Alone {
			t.Errorf("%+v, want %s", o, want[o.Process])
		}
		if o.Process == park.FDM && o.LackMM != 30 {
			t.Errorf("too large by %d", o.LackMM)
		}
	}
	x.Offers = []making.Offer{{Available: machine(park.SLS, 400), ReadyOn: "2026-03-20"}}
	for _, o := range outcomesOf(x) {
		if o.Alone || (o.Process == "" || o.Process == park.SLS) != (o.Verdict == Could) {
			t.Errorf("with an offer: %+v", o)
		}
	}
}

func TestMonths(t *testing.T) {
	for in, want := range map[string]bool{"2026-03": true, "2026-3": false, "2026-13": false, "26-03": false, "2026-0x": false, "": false, "2026-00": false} {
		if validMonth(in) != want {
			t.Errorf("%q", in)
		}
	}
	if nextMonth("2025-12") != "2026-01" || back("2026-02", 11) != "2025-03" || back("2026-01", 1) != "2025-12" {
		t.Error("months do not count")
	}
}

func TestSizesOfAHiddenGapAreNotTried(t *testing.T) {
	boxes := boxesOf([]box{{Process: "fdm", Reason: TooLarge, Parts: 2}, {Process: "fdm", Reason: NoMachine, Parts: 5}, {Process: "sls", Reason: NoMachine, Parts: 1}},
		[]Gap{{Process: park.FDM, Reason: TooLarge, Parts: Count{Hidden: true}}, {Process: park.FDM, Reason: NoMachine, Parts: Count{N: 5}}, {Process: park.SLS, Reason: NoMachine, Parts: Count{Hidden: true}}})
	if len(boxes) != 1 || len(boxes[park.FDM]) != 1 || boxes[park.FDM][0].Parts != 5 {
		t.Errorf("%+v", boxes)
	}
}
