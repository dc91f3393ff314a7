package park

import (
	"math"
	"slices"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"
	"bassin/internal/when"
)

func wrongs(err error) (names []string) {
	if f := fault.As(err); f != nil {
		for _, x := range f.Fields {
			names = append(names, x.Name)
		}
	}
	return names
}

func TestFigures(t *testing.T) {
	for _, c := range []struct {
		name string
		f    Figure
		want string // the first wrong field
	}{
		{"fine", Figure{Process: FDM, Name: WallFree, Value: 0.8, Source: "trial"}, ""},
		{"no supports", Figure{Process: MSLA, Name: Stand, Value: 0, Source: "trial"}, ""},
		{"no wall", Figure{Process: MSLA, Name: WallFree, Value: 0, Source: "trial"}, "value"},
		{"fewer than no supports", Figure{Process: MSLA, Name: SupportFace, Value: -1, Source: "trial"}, "value"},
		{"without a source", Figure{Process: FDM, Name: WallFree, Value: 0.8, Source: "  "}, "source"},
		{"of another process", Figure{Process: FDM, Name: Hatch, Value: 0.1, Source: "x"}, "name"},
		{"of no process", Figure{Process: "x", Name: "y", Value: 1, Source: "x"}, "name"},
		{"nought", Figure{Process: FDM, Name: WallFree, Source: "x"}, "value"},
		{"no number", Figure{Process: FDM, Name: WallFree, Value: math.NaN(), Source: "x"}, "value"},
		{"an angle over the right one", Figure{Process: LPBF, Name: Overhang, Value: 91, Source: "x"}, "value"},
	} {
		got := ""
		if w := wrongs(c.f.check()); len(w) > 0 {
			got = w[0]
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	list := Figures{{Process: SLS, Name: WallFree, Value: 0.7}, {Process: SLS, MaterialID: "tpu", Name: WallFree, Value: 1.2}, {Process: SLS, Name: Hole, Value: 1.5}}
	for id, want := range map[MaterialID]float64{"": 0.7, "pa12": 0.7, "tpu": 1.2} {
		mine := list.For(id)
		if f, ok := mine.Of(SLS, WallFree); !ok || f.Value != want || len(mine) != 2 {
			t.Errorf("of %q: %v", id, mine)
		}
	}
	m := Machine{Process: SLS, Name: "Four", Figures: `{"layer_time":9}`}
	if f, ok := m.FiguresOn(list, "pa12").Of(SLS, LayerTime); !ok || f.Value != 9 || f.Source != "Four" {
		t.Errorf("its own figure: %v %v", f, ok)
	}
}

func TestAMachineIsChecked(t *testing.T) {
	good := func() Machine {
		return Machine{Name: "A", Process: FDM, AskedBy: Everyone, XMM: 200, YMM: 200, ZMM: 200, LeastLayerMM: 0.1, MostLayerMM: 0.3, Figures: "{}", Opening: Opening{"12345", 480, 1080, true}}
	}
	for _, c := range []struct {
		name   string
		change func(*Machine)
		want   string
	}{
		{"fine", func(*Machine) {}, ""},
		{"no name", func(m *Machine) { m.Name = " " }, "name"},
		{"no height", func(m *Machine) { m.ZMM = 0 }, "z_mm"},
		{"not a number", func(m *Machine) { m.XMM = math.NaN() }, "x_mm"},
		{"layers the wrong way round", func(m *Machine) { m.MostLayerMM = 0.05 }, "most_layer_mm"},
		{"of a territory without one", func(m *Machine) { m.AskedBy = Territory }, "asked_by"},
		{"for partners without one", func(m *Machine) { m.AskedBy = Partners }, "partners"},
		{"a negative rate", func(m *Machine) { m.HourCents = -1 }, "hour_cents"},
		{"all margin", func(m *Machine) { m.MarginPercent = 100 }, "margin_percent"},
		{"closing before opening", func(m *Machine) { m.OpenTo = 400 }, "open_to"},
		{"never open", func(m *Machine) { m.OpenDays = "" }, "open_days"},
		{"a figure of another process", func(m *Machine) { m.Figures = `{"hatch":1}` }, "figure_hatch"},
	} {
		m := good()
		c.change(&m)
		got := ""
		if w := wrongs(m.check(0)); len(w) > 0 {
			got = w[0]
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	m := Machine{XMM: 250, YMM: 210, ZMM: 200}
	for _, c := range []struct {
		size [3]float64
		want bool
	}{{[3]float64{250, 210, 200}, true}, {[3]float64{210, 250, 10}, true}, {[3]float64{230, 220, 10}, false}, {[3]float64{10, 10, 201}, false}} {
		if got := m.Holds(c.size); got != c.want {
			t.Errorf("holds %v: %v", c.size, got)
		}
	}
}

func TestSlotsDoNotOverlap(t *testing.T) {
	hour := func(h int) when.Time { return when.At(time.Date(2026, 3, 2, h, 0, 0, 0, time.UTC)) }
	taken := []Slot{{ID: "a", FromAt: hour(8), ToAt: hour(10)}}
	for _, c := range []struct {
		name     string
		from, to int
		want     string
	}{{"after", 10, 12, ""}, {"before", 6, 8, ""}, {"within", 9, 10, "from"}, {"around", 7, 11, "from"}, {"the end first", 12, 11, "to"}, {"no time", 12, 12, "to"}} {
		s := Slot{Kind: Booking, Title: "x", FromAt: hour(c.from), ToAt: hour(c.to)}
		got := ""
		if w := wrongs(s.check(taken)); len(w) > 0 {
			got = w[0]
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestWhenABuildIsReady(t *testing.T) {
	day := Opening{"12345", 8 * 60, 18 * 60, false}
	night := Opening{"12345", 8 * 60, 18 * 60, true}
	at := func(d, h int) time.Time { return time.Date(2026, 3, d, h, 0, 0, 0, db.Paris) } // the 2nd is a Monday
	for _, c := range []struct {
		name         string
		o            Opening
		now          time.Time
		hours        int
		taken        []Slot
		begins, ends time.Time
	}{
		{"at once", night, at(2, 9), 5, nil, at(2, 9), at(2, 14)},
		{"before opening", night, at(2, 6), 5, nil, at(2, 8), at(2, 13)},
		{"through the night", night, at(2, 17), 20, nil, at(2, 17), at(3, 13)},
		{"only by day", day, at(2, 17), 20, nil, at(2, 17), at(4, 17)},
		{"over the weekend", day, at(6, 17), 2, nil, at(6, 17), at(9, 9)},
		{"begun on a Saturday", night, at(7, 10), 1, nil, at(9, 8), at(9, 9)},
		{"after what is booked", night, at(2, 9), 5, []Slot{{FromAt: when.At(at(2, 12)), ToAt: when.At(at(3, 12))}}, at(3, 12), at(3, 17)},
		{"between two bookings", night, at(2, 9), 2, []Slot{{FromAt: when.At(at(2, 8)), ToAt: when.At(at(2, 10))}, {FromAt: when.At(at(2, 12)), ToAt: when.At(at(2, 14))}}, at(2, 10), at(2, 12)},
	} {
		begins, ends, ok := c.o.Ready(c.now, time.Duration(c.hours)*time.Hour, c.taken)
		if !ok || !begins.Equal(c.begins) || !ends.Equal(c.ends) {
			t.Errorf("%s: %v to %v (%v), want %v to %v", c.name, begins, ends, ok, c.begins, c.ends)
		}
	}
	for name, o := range map[string]Opening{"by day": day, "through the night": night} {
		for _, hours := range []float64{9000, 100_000, 1e7, 1e300, math.Inf(1)} {
			if _, ends, ok := o.Ready(at(2, 9), Length(hours), nil); ok {
				t.Errorf("%s: a build of %g hours is said to be ready on %v", name, hours, ends)
			}
		}
	}
	if Length(math.NaN()) != 0 || Length(-1) != 0 || Length(1.5) != 90*time.Minute {
		t.Errorf("%v, %v, %v", Length(math.NaN()), Length(-1), Length(1.5))
	}
}

func TestWhoEditsTheLibrary(t *testing.T) {
	for _, c := range []struct {
		role account.Role
		over account.ScopeKind
		want bool
	}{{account.Admin, account.OverServer, true}, {account.ProjectLead, account.OverTerritory, true}, {account.LeadPair, account.OverTerritory, false}, {account.RegionSteering, account.OverRegion, false}} {
		by := account.Actor{ID: "p", Grants: []account.Grant{{Role: c.role, ScopeKind: c.over, ScopeID: "x"}}}
		if got := MayEditLibrary(by); got != c.want {
			t.Errorf("%s: %v", c.role, got)
		}
	}
}

// A slot over night stands on both days; the day on which clocks go back is drawn whole.
func TestDays(t *testing.T) {
	at := func(d, h int) when.Time { return when.At(time.Date(2026, 10, d, h, 0, 0, 0, db.Paris)) }
	o := Opening{OpenDays: "12345", OpenFrom: 8 * 60, OpenTo: 18 * 60}
	slots := []Slot{{Kind: Booking, FromAt: at(23, 18), ToAt: at(24, 6)}, {Kind: Maintenance, FromAt: at(25, 0), ToAt: at(26, 0)}, {FromAt: at(1, 0), ToAt: at(2, 0)}}
	days := daysOf(o, slots, at(23, 12).Time().In(db.Paris)) // a Friday; the 25th has 25 hours
	if len(days) != shownDays || days[0].On != "2026-10-23" || days[3].On != "2026-10-26" {
		t.Fatal(days)
	}
	for i, c := range []struct {
		open, passed span
		taken        []span
	}{
		{span{480, 1080}, span{0, 720}, []span{{1080, 1440}}},
		{span{}, span{}, []span{{0, 360}}},
		{span{}, span{}, []span{{0, 1440}}},
		{span{480, 1080}, span{}, nil},
	} {
		var taken []span
		for _, x := range days[i].Taken {
			taken = append(taken, x.span)
		}
		if days[i].Open != c.open || days[i].Passed != c.passed || !slices.Equal(taken, c.taken) {
			t.Errorf("day %d: %+v, want %+v", i, days[i], c)
		}
	}
}

func TestOpeningDays(t *testing.T) {
	for days, want := range map[string]string{"12345": "du lundi au vendredi", "54321": "du lundi au vendredi", "1234567": "du lundi au dimanche", "12": "lundi, mardi", "135": "lundi, mercredi, vendredi"} {
		if got := (Opening{OpenDays: days}).days(web.NewView("fr")); got != want {
			t.Errorf("%s: %q, want %q", days, got, want)
		}
	}
}
