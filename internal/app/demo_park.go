package app

import (
	"fmt"
	"strings"
	"time"

	"bassin/internal/account"
	"bassin/internal/calibration"
	"bassin/internal/park"
	"bassin/internal/printfile"
	"bassin/internal/when"
)

// fillPark gives the school and the company machines, with what they have in stock and when they are taken.
func (p *demoPilot) fillPark(by func(string, func(account.Actor) error) func() error, day func(int) when.Date) {
	svc := park.New(park.Options{DB: p.d})
	add := func(m park.Machine, stock ...park.Stock) func(account.Actor) error {
		return func(by account.Actor) error {
			m.OrganisationID = by.Memberships[0].OrganisationID
			var open park.Open
			if m.AskedBy == park.Partners {
				open.Partners = []string{school}
			}
			m, err := svc.AddMachine(p.ctx, by, m, open)
			if err != nil {
				return err
			}
			for _, s := range stock {
				s.MachineID = m.ID
				if err := svc.SetStock(p.ctx, by, s); err != nil {
					return err
				}
			}
			p.makers[m.Name] = m.ID
			return nil
		}
	}
	p.makers = map[string]park.MachineID{}
	hours := park.Opening{OpenDays: "12345", OpenFrom: 8 * 60, OpenTo: 18 * 60, Unattended: true}
	p.on(day(-61), by("chef-de-projet", func(by account.Actor) error {
		_, err := svc.SaveMaterial(p.ctx, by, park.Material{ID: "resin", Name: "Résine standard", Density: 1.15, Source: "Exemple de la démonstration"})
		return err
	}))
	p.on(day(-60), by("ecole", add(park.Machine{Name: "Fil, plateau technique", Model: "Exemple, portique de 250 mm", Process: park.FDM, AskedBy: park.Everyone,
		XMM: 250, YMM: 210, ZMM: 210, LeastLayerMM: 0.05, MostLayerMM: 0.35, Opening: hours,
		Rates: park.Rates{HourCents: 350, SetupCents: 1500, PartCents: 300, MarginPercent: 10, AutoCents: 20_000, LeadDays: 3}, Note: "Ouverte aux entreprises du bassin ; l’opérateur prépare la fabrication."},
		park.Stock{MaterialID: "pla", PriceCents: 3200, Grams: 4200, Lot: "PLA-2231"}, park.Stock{MaterialID: "petg", PriceCents: 3600, Grams: 1800, Lot: "PETG-0417"})))
	p.on(day(-60), by("ecole", add(park.Machine{Name: "Résine, plateau technique", Model: "Exemple, écran de 10 pouces", Process: park.MSLA, AskedBy: park.Territory,
		XMM: 218, YMM: 123, ZMM: 250, LeastLayerMM: 0.03, MostLayerMM: 0.1, Opening: hours,
		Rates: park.Rates{HourCents: 400, SetupCents: 2000, PartCents: 600, MarginPercent: 10, AutoCents: 20_000, LeadDays: 4}},
		park.Stock{MaterialID: "resin", PriceCents: 4500, Grams: 3000, Lot: "R-118"})))
	p.on(day(-55), by("entreprise", add(park.Machine{Name: "Fil, atelier", Model: "Exemple, enceinte fermée", Process: park.FDM, AskedBy: park.Everyone,
		XMM: 300, YMM: 300, ZMM: 300, LeastLayerMM: 0.1, MostLayerMM: 0.4, Opening: hours,
		Rates: park.Rates{HourCents: 450, SetupCents: 1200, PartCents: 400, MarginPercent: 20, LeadDays: 2}},
		park.Stock{MaterialID: "pla", PriceCents: 3000, Grams: 2500, Lot: "A-77"}, park.Stock{MaterialID: "abs", PriceCents: 3300, Grams: 2000, Lot: "A-81"})))
	p.on(day(-55), by("entreprise", add(park.Machine{Name: "Fusion laser, atelier", Model: "Exemple, plateau de 250 mm", Process: park.LPBF, AskedBy: park.Partners,
		XMM: 250, YMM: 250, ZMM: 300, LeastLayerMM: 0.03, MostLayerMM: 0.06, Opening: hours,
		Rates: park.Rates{HourCents: 9000, SetupCents: 35_000, PartCents: 4000, MarginPercent: 25, LeadDays: 10}},
		park.Stock{MaterialID: "316l", PriceCents: 10_000, Grams: 40_000, Lot: "316L-09"})))
	p.on(day(-40), by("ecole", func(by account.Actor) error {
		_, err := calibration.New(calibration.Options{DB: p.d}).Add(p.ctx, by, p.makers["Fil, plateau technique"], exampleRuns(when.At(day(-41).Time())))
		return err
	}))
	p.on(day(-39), by("ecole", func(by account.Actor) error {
		return printfile.New(printfile.Options{DB: p.d}).SetSettings(p.ctx, by, p.makers["Fil, plateau technique"], "plateau-technique-020.ini", strings.NewReader(exampleSettings))
	}))
	p.on(day(-4), by("ecole", func(by account.Actor) error {
		at := when.At(day(4).Time().Add(7 * 60 * 60 * 1e9))
		_, err := svc.AddSlot(p.ctx, by, park.Slot{MachineID: p.makers["Fil, plateau technique"], Kind: park.Maintenance, Title: "Remplacement de la buse", FromAt: at, ToAt: at.Add(4 * 60 * 60 * 1e9)})
		return err
	}))
	p.on(day(-3), by("ecole", func(by account.Actor) error { // what waits behind it is still to come when one looks
		_, err := svc.AddSlot(p.ctx, by, park.Slot{MachineID: p.makers["Fil, plateau technique"], Kind: park.Booking, Title: "Travaux pratiques",
			FromAt: when.At(day(-3).Time().Add(13 * time.Hour)), ToAt: when.At(day(0).Time().Add(15 * time.Hour))})
		return err
	}))
}

// exampleSettings are those of the school's machine: what a slicer does not read there it takes as usual.
const exampleSettings = `printer_technology = FFF
bed_shape = 0x0,250x0,250x210,0x210
max_print_height = 210
gcode_flavor = marlin
nozzle_diameter = 0.4
filament_type = PLA
filament_diameter = 1.75
filament_density = 1.24
filament_cost = 32
layer_height = 0.2
first_layer_height = 0.2
perimeters = 2
top_solid_layers = 5
bottom_solid_layers = 4
fill_density = 20%
fill_pattern = gyroid
temperature = 215
first_layer_temperature = 215
bed_temperature = 60
skirts = 1
brim_width = 0
raft_layers = 0
support_material = 1
support_material_auto = 1
support_material_buildplate_only = 1
support_material_threshold = 50
perimeter_speed = 45
external_perimeter_speed = 60%
infill_speed = 80
first_layer_speed = 20
travel_speed = 180
perimeter_acceleration = 800
infill_acceleration = 1000
machine_max_acceleration_extruding = 1250
`

// exampleRuns are jobs that the school's machine did before: between a twentieth faster and a third slower than its slicer
// said.
func exampleRuns(last when.Time) (list []calibration.Run) {
	for i := range 37 {
		estimated := 1500 * float64(1+i%5) * (1 + float64(i%7)/3)
		ratio := 1.06 + 0.035*float64((i*11)%9) - 0.02*float64(i%6)
		list = append(list, calibration.Run{Trace: fmt.Sprint("exemple ", i), EndedAt: last.Add(-time.Duration(i) * 31 * time.Hour), EstimatedS: estimated, RealS: estimated * ratio, EstimatedMM: estimated * 1.5, UsedMM: estimated * (1.5 + 0.01*float64(i%7))})
	}
	return list
}
