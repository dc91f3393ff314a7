package making

import (
	"math"
	"testing"

	"bassin/internal/park"
)

func TestShares(t *testing.T) {
	small := Joint{Piece: Piece{VolumeMM3: 100, SizeMM: [3]float64{10, 10, 10}}, Quantity: 2, Likely: 1}
	tall := Joint{Piece: Piece{VolumeMM3: 600, SizeMM: [3]float64{10, 10, 60}}, Quantity: 1, Likely: 1}
	for p, want := range map[park.Process]float64{park.SLS: 0.25, park.MJF: 0.25, park.FDM: 0.5, park.MSLA: 0.25, park.LPBF: 0.25} {
		if got := Shares(p, []Joint{small, tall}); math.Abs(got[0]-want) > 1e-9 || math.Abs(got[0]+got[1]-1) > 1e-9 {
			t.Errorf("%s: %v", p, got)
		}
	}
	if got := Shares(park.SLS, []Joint{{}, {}}); got[0] != 0.5 {
		t.Errorf("of nothing known: %v", got)
	}
}

// By hand: layers of 0.1 mm; resin at 10 s a layer; powder at 36 s a layer after 2 h; a laser that shares its recoating.
func TestHoursTogether(t *testing.T) {
	figure := func(p park.Process, pairs map[park.Name]float64) (list park.Figures) {
		for n, x := range pairs {
			list = append(list, park.Figure{Process: p, Name: n, Value: x})
		}
		return list
	}
	list := []Joint{{Piece: Piece{VolumeMM3: 1000, AreaMM2: 600, SideMM2: 400, SizeMM: [3]float64{10, 10, 10}}, Quantity: 2, Hours: 3, Likely: 2}, {Piece: Piece{VolumeMM3: 4000, AreaMM2: 1800, SideMM2: 1600, SizeMM: [3]float64{10, 10, 40}}, Quantity: 1, Hours: 5, Likely: 4}}
	resin := figure(park.MSLA, map[park.Name]float64{park.Layer: 0.1, park.Exposure: 9, park.BottomLayers: 0, park.BottomExposure: 9, park.Lift: 0, park.LiftSpeed: 1, park.Rest: 1})
	bed := figure(park.SLS, map[park.Name]float64{park.Layer: 0.1, park.LayerTime: 36, park.HeatTime: 2, park.PackingLeast: 10})
	laser := figure(park.LPBF, map[park.Name]float64{park.Layer: 0.1, park.Hatch: 0.1, park.ScanSpeed: 1000, park.ContourSpeed: 1000, park.RecoatLeast: 9, park.RecoatMost: 9})
	for name, c := range map[string]struct {
		p       park.Process
		figures park.Figures
		height  float64
		rounds  int
		want    float64
	}{
		"lines one after the other":    {park.FDM, nil, 40, 1, 8},
		"resin, the tallest":           {park.MSLA, resin, 0, 1, 4000.0 / 3600},
		"resin, two plates":            {park.MSLA, resin, 40, 2, 8000.0 / 3600},
		"powder, as high as it lies":   {park.SLS, bed, 50, 1, 2 + 500*36/3600.0},
		"powder, guessed":              {park.SLS, bed, 0, 1, 2 + 60*36/3600.0}, // 6,000 mm³ at a tenth over 100 × 100 mm
		"laser, recoating once":        {park.LPBF, laser, 0, 1, (600 + 24 + 400*9) / 3600.0},
		"figures that are not known":   {park.SLS, nil, 50, 1, 8},
		"resin whose layer is unknown": {park.MSLA, nil, 0, 1, 8},
	} {
		m := park.Machine{Process: c.p, XMM: 100, YMM: 100, ZMM: 100}
		if got := HoursTogether(m, c.figures, park.Stock{}, list, c.height, c.rounds); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("%s: %g h, want %g", name, got, c.want)
		}
	}
}
