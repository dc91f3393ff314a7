package making

import (
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/db"
	"bassin/internal/park"
	"bassin/internal/when"
)

func library(p park.Process, pairs ...any) (list park.Figures) {
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, park.Figure{Process: p, Name: pairs[i].(park.Name), Value: pairs[i+1].(float64), Source: "test"})
	}
	return list
}

var (
	resin = library(park.MSLA, park.Layer, 0.05, park.Exposure, 2.5, park.BottomLayers, 5.0, park.BottomExposure, 30.0, park.Lift, 5.0, park.LiftSpeed, 2.0, park.Rest, 1.0)
	laser = library(park.LPBF, park.Layer, 0.03, park.Hatch, 0.16, park.ScanSpeed, 1000.0, park.ContourSpeed, 250.0, park.RecoatLeast, 10.0, park.RecoatMost, 30.0)
	fil   = library(park.FDM, park.TimeVolume, 0.1, park.TimeArea, 0.3, park.UsedVolume, 0.25, park.UsedArea, 0.5, park.TimeSpread, 40.0, park.UsedSpread, 30.0)
	four  = library(park.SLS, park.Layer, 0.1, park.LayerTime, 30.0, park.HeatTime, 10.0, park.PackingLeast, 5.0, park.PackingMost, 10.0, park.Bulk, 0.45, park.Refresh, 30.0)
)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-6*math.Max(1, math.Abs(b)) }

func (i Interval) near(least, likely, most float64) bool {
	return near(i.Least, least) && near(i.Likely, likely) && near(i.Most, most)
}

func TestEffort(t *testing.T) {
	m := func(p park.Process) park.Machine { return park.Machine{Process: p, XMM: 100, YMM: 100, ZMM: 200} }
	cube := Piece{VolumeMM3: 8000, AreaMM2: 2400, SideMM2: 1600, SizeMM: [3]float64{20, 20, 20}}
	tall := Piece{VolumeMM3: 1000, AreaMM2: 1000, SizeMM: [3]float64{40, 40, 50}}
	lying := tall
	lying.Laid = map[park.Process]Laid{park.MSLA: {[3]float64{50, 40, 40}, 2000, 400}}
	held := append(library(park.MSLA, park.SupportShare, 20.0), resin...)
	stands := append(library(park.MSLA, park.SupportShare, 10.0, park.SupportFace, 1.5, park.Stand, 5.0), resin...)
	for _, c := range []struct {
		name                string
		m                   park.Machine
		library             park.Figures
		density             float64
		x                   Piece
		n                   int
		least, likely, most float64 // seconds
		grams               Interval
	}{
		// 0.1·8000 + 0.3·2400 = 1520 s; 0.25·8000 + 0.5·2400 = 3200 mm³
		{"filament", m(park.FDM), fil, 1.25, cube, 1, 912, 1520, 2128, Interval{2.8, 4, 5.2}},
		{"filament, ten", m(park.FDM), fil, 1.25, cube, 10, 9120, 15200, 21280, Interval{28, 40, 52}},
		// 50 mm: 1000 layers of 6 s, 995 of 2.5 s, 5 of 30 s
		{"resin", m(park.MSLA), resin, 1.1, tall, 1, 8637.5, 8637.5, 8637.5, Interval{1.1, 1.1, 1.1}},
		{"resin, a plate of four", m(park.MSLA), resin, 1.1, tall, 4, 8637.5, 8637.5, 2 * 8637.5, Interval{4.4, 4.4, 4.4}},
		{"resin, a second plate", m(park.MSLA), resin, 1.1, tall, 5, 2 * 8637.5, 2 * 8637.5, 3 * 8637.5, Interval{5.5, 5.5, 5.5}},
		// 8000/4.8 + 1600/0.03/250 s of laser, 667 layers of 10 to 30 s
		{"metal", m(park.LPBF), laser, 8, cube, 1, 1880 + 6670, 1880 + 13340, 1880 + 20010, Interval{64, 64, 64}},
		// 8000/20 + 1600/0.1/1000 s of laser, 200 layers of 8 to 15 s
		{"resin by laser", m(park.SLA), library(park.SLA, park.Layer, 0.1, park.Hatch, 0.1, park.ScanSpeed, 2000.0, park.ContourSpeed, 1000.0, park.RecoatLeast, 8.0, park.RecoatMost, 15.0), 1.1, cube, 1,
			416 + 1600, 416 + 2300, 416 + 3000, Interval{8.8, 8.8, 8.8}},
		// a chamber of 2·10⁶ mm³ takes 2000·30 + 36000 = 96000 s; the piece takes 8000/share of it
		{"powder", m(park.SLS), four, 0.9, cube, 1, 3840, 5120, 7680, Interval{0.3 * 80000 * 0.45 / 1000, 0.3 * 8000 / 0.075 * 0.45 / 1000, 0.3 * 160000 * 0.45 / 1000}},
		// laid on its side it is 40 mm high: 800 layers; of 2000 mm³ below overhangs a fifth is supports, give or take half
		{"resin, as it is best laid", m(park.MSLA), held, 1.1, lying, 1, 800*6 + 795*2.5 + 150, 800*6 + 795*2.5 + 150, 800*6 + 795*2.5 + 150, Interval{1.1 * 1.2, 1.1 * 1.4, 1.1 * 1.6}},
		// 5 mm higher: 900 layers; a tenth of 2000 mm³ and 1.5 mm for each of 400 mm² are supports, give or take half
		{"resin on supports", m(park.MSLA), stands, 1.1, lying, 1, 900*6 + 895*2.5 + 150, 900*6 + 895*2.5 + 150, 900*6 + 895*2.5 + 150, Interval{1.1 * 1.4, 1.1 * 1.8, 1.1 * 2.2}},
		// not known how it lies: none to a tenth of 79,000 mm³ of its box, and none to 1.5 mm for each of 1600 mm²
		{"resin on supports, somehow", m(park.MSLA), stands, 1.1, tall, 1, 1100*6 + 1095*2.5 + 150, 1100*6 + 1095*2.5 + 150, 1100*6 + 1095*2.5 + 150, Interval{1.1, 1.1 * (1 + 1.975 + 1.2), 1.1 * (1 + 7.9 + 2.4)}},
	} {
		e := EffortOf(c.m, c.library, park.Stock{Density: c.density}, c.x, c.n)
		if !e.Known() || !e.Hours.times(3600).near(c.least, c.likely, c.most) || !e.Grams.near(c.grams.Least, c.grams.Likely, c.grams.Most) {
			t.Errorf("%s: %v s, %v g (missing %v), want %v %v %v, %v", c.name, e.Hours.times(3600), e.Grams, e.Missing, c.least, c.likely, c.most, c.grams)
		}
	}
}

// What nobody said is missing, whatever the process; nothing is made of it.
func TestWhatIsMissing(t *testing.T) {
	for _, p := range park.Processes() {
		e := EffortOf(park.Machine{Process: p, XMM: 100, YMM: 100, ZMM: 100}, nil, park.Stock{Density: 1}, Piece{VolumeMM3: 1, AreaMM2: 1, SizeMM: [3]float64{1, 1, 1}}, 1)
		if len(e.Missing) == 0 || e.Known() || math.IsNaN(e.Hours.Most) || math.IsInf(e.Hours.Most, 0) || math.IsNaN(e.Grams.Most) {
			t.Errorf("%s: %+v", p, e)
		}
	}
	if e := EffortOf(park.Machine{Process: park.FDM}, fil, park.Stock{}, Piece{VolumeMM3: 1}, 1); e.Known() {
		t.Error("a material without a density has a mass")
	}
	own := park.Machine{Process: park.FDM, Figures: `{"time_volume":0.2}`}
	if e := EffortOf(own, fil, park.Stock{Density: 1}, Piece{VolumeMM3: 3600}, 1); !near(e.Hours.Likely, 0.2) {
		t.Errorf("the machine's own figure is not taken: %v", e.Hours)
	}
}

func TestPrice(t *testing.T) {
	m := park.Machine{Rates: park.Rates{HourCents: 1000, SetupCents: 2000, PartCents: 300, MarginPercent: 20}}
	e := Effort{Hours: Interval{1, 2, 3}, Grams: Interval{100, 200, 300}}
	// (1000·h + 30·kg… + 2000 + 4·300) / 0.8
	if p := PriceOf(m, park.Stock{PriceCents: 3000}, e, 4); p != (Price{(1000 + 300 + 3200) * 5 / 4, (2000 + 600 + 3200) * 5 / 4, (3000 + 900 + 3200) * 5 / 4}) {
		t.Errorf("%+v", p)
	}
}

func TestOffers(t *testing.T) {
	monday := time.Date(2026, 3, 2, 9, 0, 0, 0, db.Paris)
	a := func(id string, p park.Process, z, hour float64, stock ...park.Stock) park.Available {
		return park.Available{Machine: park.Machine{ID: park.MachineID(id), Process: p, XMM: 100, YMM: 100, ZMM: z,
			Rates: park.Rates{HourCents: int64(hour), AutoCents: 1000, LeadDays: 2}, Opening: park.Opening{OpenDays: "12345", OpenFrom: 480, OpenTo: 1080, Unattended: true}}, Stock: stock}
	}
	pla, none := park.Stock{MaterialID: "pla", Density: 1.25, PriceCents: 3000}, park.Stock{MaterialID: "x", PriceCents: 3000}
	x := Wanted{Piece: Piece{VolumeMM3: 8000, AreaMM2: 2400, SizeMM: [3]float64{20, 20, 20}}, Quantity: 1, Now: monday,
		Judged: []additive.Judged{{Process: park.FDM, Verdict: additive.Makeable}, {Process: park.LPBF, Verdict: additive.NotSo}}}
	list := Offers(x, append(fil, laser...), []park.Available{
		a("dear", park.FDM, 100, 5000, pla, none), a("cheap", park.FDM, 100, 500, pla), a("small", park.FDM, 10, 1, pla), a("metal", park.LPBF, 100, 1, pla), a("empty", park.FDM, 100, 1)})
	order := func() (ids []string) {
		for _, o := range list {
			ids = append(ids, string(o.ID)+"/"+string(o.Material.MaterialID))
		}
		return ids
	}
	SortOffers(list, "price", false)
	if got := order(); !slices.Equal(got, []string{"cheap/pla", "dear/pla", "dear/x"}) {
		t.Errorf("by price: %v", got)
	}
	SortOffers(list, "price", true)
	if got := order(); !slices.Equal(got, []string{"dear/pla", "cheap/pla", "dear/x"}) {
		t.Errorf("by price, the dearest first: %v", got)
	}
	for _, o := range list {
		if o.Material.MaterialID == "pla" && (o.ReadyOn != "2026-03-04" || o.KM != -1) {
			t.Errorf("%s: %s, %v km", o.ID, o.ReadyOn, o.KM)
		}
		if want := o.ID == "cheap"; o.Automatic() != want {
			t.Errorf("%s %s at %v: automatic %v", o.ID, o.Material.MaterialID, o.Price, o.Automatic())
		}
	}
	if b := BreaksOf(list[1], fil, x.Piece); len(b) != len(breaks) || b[0].UnitCents < b[4].UnitCents {
		t.Errorf("breaks: %v", b)
	}
}

func TestDistance(t *testing.T) {
	ales, nimes := account.Organisation{ID: "a", Latitude: 44.125, Longitude: 4.0811}, account.Organisation{ID: "b", Latitude: 43.8367, Longitude: 4.3601}
	if d := distance(ales, nimes); math.Abs(d-39) > 1 {
		t.Errorf("Alès to Nîmes: %v km", d)
	}
	if d := distance(ales, account.Organisation{ID: "c"}); d != -1 {
		t.Errorf("to nowhere: %v", d)
	}
	if d := distance(ales, ales); d != 0 {
		t.Errorf("to itself: %v", d)
	}
	_ = when.None
}

// A typing error in the figures of a machine costs no more than its times by layers.
func TestSettings(t *testing.T) {
	whole := library(park.FDM, park.Layer, 0.2, park.LineWidth, 0.45, park.Walls, 2.0, park.Infill, 15.0, park.SkinsAbove, 6.0, park.SkinsBelow, 4.0, park.WallSpeed, 45.0, park.FillSpeed, 80.0,
		park.TravelSpeed, 180.0, park.Acceleration, 1000.0)
	name, values := settingsOf(whole, park.FDM)
	if name == "" {
		t.Fatal("the library's settings are refused")
	}
	if p := profileOf(values); !reflect.DeepEqual(p, reference) {
		t.Errorf("the library's figures make %+v, not the reference", p)
	}
	for i, f := range whole {
		less := slices.Delete(slices.Clone(whole), i, i+1)
		if name, _ := settingsOf(less, park.FDM); name != "" {
			t.Errorf("without %s: %q", f.Name, name)
		}
	}
	for n, value := range map[park.Name]float64{park.Layer: 0.0002, park.LineWidth: 0.01, park.Walls: 50, park.Infill: 0.1, park.WallSpeed: 0.01, park.Acceleration: 1} {
		odd := slices.Clone(whole)
		odd[slices.IndexFunc(odd, func(f park.Figure) bool { return f.Name == n })].Value = value
		if name, _ := settingsOf(odd, park.FDM); name != "" {
			t.Errorf("%s of %g is taken: %q", n, value, name)
		}
	}
}
