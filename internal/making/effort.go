package making

import (
	"math"
	"slices"

	"bassin/internal/calibration"
	"bassin/internal/park"
)

// Interval is a figure that is not known better than between two: what is likely stands between them.
type Interval struct{ Least, Likely, Most float64 }

func (i Interval) times(f float64) Interval { return Interval{i.Least * f, i.Likely * f, i.Most * f} }

func (i Interval) plus(j Interval) Interval {
	return Interval{i.Least + j.Least, i.Likely + j.Likely, i.Most + j.Most}
}

// about is a value with so many per cent on both sides.
func about(x, percent float64) Interval {
	return Interval{x * (1 - percent/100), x, x * (1 + percent/100)}
}

// sure is a value that is known.
func sure(x float64) Interval { return Interval{x, x, x} }

// Piece is what of a part its making depends on. Lengths in millimetres, Z up as it lies in its file.
type Piece struct {
	VolumeMM3 float64
	AreaMM2   float64
	SideMM2   float64 // of the surface seen from aside; 0: not measured
	SizeMM    [3]float64
	Lines     map[string]Lines // by layers, for settings of machines that lay lines (settingsOf)
	Laid      map[park.Process]Laid
}

// Laid is how a piece is best laid on the plate of a process.
type Laid struct {
	SizeMM   [3]float64 // of its box, height last
	SpaceMM3 float64    // under overhangs, where supports are built
	FaceMM2  float64    // that looks down: on the plate, and of overhangs
}

// Best is the piece as it is best laid for a process.
func (x Piece) Best(p park.Process) Piece {
	if l, ok := x.Laid[p]; ok {
		x.SizeMM = l.SizeMM
	}
	return x
}

// Effort is what an order of so many pieces takes.
type Effort struct {
	Hours    Interval
	Grams    Interval // of material, with what is lost
	Missing  []park.Name
	ByLayers bool // by the layers of the part, not by its volume and surface
	NoMass   bool // the density of the material is not known

	SupportHours float64 // likely, of them, and so is the mass
	SupportGrams float64

	Estimated float64 // likely hours before what the machine's history says
}

// spread multiplies an interval by what runs say: of our own estimate they hold its deviation already, of another's it
// comes on top.
func (i Interval) spread(s calibration.Spread, own bool) Interval {
	if own {
		return Interval{i.Likely * s.Low, i.Likely * s.Median, i.Likely * s.High}
	}
	return Interval{i.Least * s.Low, i.Likely * s.Median, i.Most * s.High}
}

// calibrated changes time and material to what the machine's history says.
func (e Effort) calibrated(f calibration.Factor) Effort {
	e.Estimated = e.Hours.Likely
	if s, own, ok := f.Time(); ok {
		e.Hours = e.Hours.spread(s, own)
	}
	if s, ok := f.Filament(); ok {
		e.Grams = e.Grams.spread(s, false)
	}
	return e
}

// Known tells whether all that it is computed from was known.
func (e Effort) Known() bool { return len(e.Missing) == 0 && !e.NoMass }

// effort is one computation: figures that are missing are noted.
type effort struct {
	process park.Process
	figures park.Figures
	missing []park.Name

	byLayers bool
	held     Lines    // of a piece: its supports
	recoat   Interval // of a laser's seconds, those that all pieces of a plate share
}

func (e *effort) of(n park.Name) float64 {
	f, ok := e.figures.Of(e.process, n)
	if !ok && !slices.Contains(e.missing, n) {
		e.missing = append(e.missing, n)
	}
	return f.Value
}

// maybe is a figure without which one can do.
func (e *effort) maybe(n park.Name) float64 {
	f, _ := e.figures.Of(e.process, n)
	return f.Value
}

// EffortOf computes the time and the material of so many pieces on a machine, by the formula of its process.
func EffortOf(m park.Machine, library park.Figures, material park.Stock, x Piece, quantity int) Effort {
	e := &effort{process: m.Process, figures: m.FiguresOn(library, material.MaterialID)}
	n := float64(quantity)
	var seconds, mm3 Interval
	switch m.Process {
	case park.FDM:
		seconds, mm3 = e.filament(x, n)
	case park.MSLA:
		seconds, mm3 = e.masked(m, x.Best(m.Process), n)
	case park.SLS, park.MJF:
		seconds, mm3 = e.powder(m, material.Density, x, n)
	case park.LPBF, park.SLA:
		seconds, mm3 = e.laser(m, x.Best(m.Process), n)
	}
	waste := 1 + e.maybe(park.Waste)/100
	return Effort{SupportHours: n * e.held.SupportSeconds / 3600, SupportGrams: n * e.held.SupportMM3 * material.Density / 1000 * waste, ByLayers: e.byLayers, Hours: seconds.times(1.0 / 3600), Grams: mm3.times(material.Density / 1000 * waste), Missing: e.missing, NoMass: material.Density <= 0}
}

// filament: time and material by layers where they are computed, else from volume and surface, each with the deviation
// that was measured of it.
func (e *effort) filament(x Piece, n float64) (seconds, mm3 Interval) {
	if name, _ := settingsOf(e.figures, e.process); x.Lines[name].Seconds > 0 {
		e.byLayers, e.held = true, x.Lines[name]
		return about(n*x.Lines[name].Seconds, e.of(park.LayersTimeSpread)), about(n*x.Lines[name].MM3, e.of(park.LayersUsedSpread))
	}
	t := e.of(park.TimeVolume)*x.VolumeMM3 + e.of(park.TimeArea)*x.AreaMM2
	used := e.of(park.UsedVolume)*x.VolumeMM3 + e.of(park.UsedArea)*x.AreaMM2
	return about(n*t, e.of(park.TimeSpread)), about(n*used, e.of(park.UsedSpread))
}

// plates is how many builds so many pieces take: as many as lie beside each other on the plate, to one after the other.
// How far they stand apart is not known, so the many builds are what is possible and the few what is likely.
func plates(m park.Machine, x Piece, n float64) Interval {
	lie := func(w, d float64) float64 {
		if w <= 0 || d <= 0 {
			return 1
		}
		return math.Floor(m.XMM/w) * math.Floor(m.YMM/d)
	}
	side := math.Max(1, math.Max(lie(x.SizeMM[0], x.SizeMM[1]), lie(x.SizeMM[1], x.SizeMM[0])))
	few := math.Ceil(n / side)
	return Interval{few, few, math.Ceil(n / math.Max(1, math.Floor(side/2)))}
}

// supports is how much is built below overhangs: a share of the space under them as the piece is best laid, and in resin, where it
// stands on supports, so much for each square millimetre that looks down; give or take half. Until that is known: of what the part
// leaves free of its box, or none, and for half of its footprint.
func (e *effort) supports(x Piece) Interval {
	share, face := e.maybe(park.SupportShare)/100, e.maybe(park.SupportFace)
	if l, ok := x.Laid[e.process]; ok {
		return about(share*l.SpaceMM3+face*l.FaceMM2, 50)
	}
	most := share * math.Max(0, x.SizeMM[0]*x.SizeMM[1]*x.SizeMM[2]-x.VolumeMM3)
	return Interval{0, most / 4, most}.plus(about(face*x.SizeMM[0]*x.SizeMM[1]/2, 100))
}

// stood is the height up to which layers are built of a piece that is so high: in resin it stands on supports.
func (e *effort) stood(height float64) float64 {
	if height <= 0 {
		return 0
	}
	return height + e.maybe(park.Stand)
}

func (e *effort) layers(height float64) float64 {
	layer := e.of(park.Layer)
	if layer <= 0 {
		return 0
	}
	return math.Ceil(height/layer - 1e-9)
}

// masked: each layer takes the same time, however many pieces are on the plate.
func (e *effort) masked(m park.Machine, x Piece, n float64) (seconds, mm3 Interval) {
	layers, bottom, speed := e.layers(e.stood(x.SizeMM[2])), e.of(park.BottomLayers), e.of(park.LiftSpeed)
	if speed <= 0 {
		speed = math.Inf(1)
	}
	bottom = math.Min(bottom, layers)
	t := layers*(2*e.of(park.Lift)/speed+e.of(park.Rest)) + (layers-bottom)*e.of(park.Exposure) + bottom*e.of(park.BottomExposure)
	supports := e.supports(x)
	e.held = Lines{SupportMM3: supports.Likely}
	return plates(m, x, n).times(t), sure(x.VolumeMM3).plus(supports).times(n)
}

// powder: a piece takes its share of a chamber that is as full as it is on other days. Of the powder around it a part is
// replaced.
func (e *effort) powder(m park.Machine, density float64, x Piece, n float64) (seconds, mm3 Interval) {
	least, most := e.of(park.PackingLeast)/100, e.of(park.PackingMost)/100
	whole := e.layers(m.ZMM)*e.of(park.LayerTime) + 3600*e.of(park.HeatTime)
	bulk, refresh := e.of(park.Bulk), e.of(park.Refresh)/100
	if least <= 0 || most <= 0 || density <= 0 {
		return sure(0), sure(0)
	}
	packed := func(share float64) (t, mm3 float64) {
		cake := n * x.VolumeMM3 / share
		return cake / (m.XMM * m.YMM * m.ZMM) * whole, math.Max(n*x.VolumeMM3, refresh*cake*bulk/density)
	}
	t1, v1 := packed(math.Max(least, most))
	t2, v2 := packed((least + most) / 2)
	t3, v3 := packed(math.Min(least, most))
	return Interval{t1, t2, t3}, Interval{v1, v2, v3}
}

// laser, in metal powder or in resin: the area of all layers over the rate of the laser, their outlines, and the recoating that all pieces of a plate
// share.
func (e *effort) laser(m park.Machine, x Piece, n float64) (seconds, mm3 Interval) {
	layer, hatch, speed, contour := e.of(park.Layer), e.of(park.Hatch), e.of(park.ScanSpeed), e.of(park.ContourSpeed)
	least, most := e.of(park.RecoatLeast), e.of(park.RecoatMost)
	if layer <= 0 || hatch <= 0 || speed <= 0 || contour <= 0 {
		return sure(0), sure(0)
	}
	side := x.SideMM2
	if side == 0 {
		side = math.Pi / 4 * x.AreaMM2 // of a surface that looks everywhere alike
	}
	supports := e.supports(x)
	e.held = Lines{SupportMM3: supports.Likely, SupportSeconds: supports.Likely / (layer * hatch * speed)}
	volume := sure(x.VolumeMM3).plus(supports)
	scan := volume.times(n / (layer * hatch * speed)).plus(sure(n * side / layer / contour))
	layers, builds := e.layers(e.stood(x.SizeMM[2])), plates(m, x, n)
	recoat := Interval{builds.Least * layers * least, builds.Likely * layers * (least + most) / 2, builds.Most * layers * most}
	e.recoat = recoat
	return scan.plus(recoat), volume.times(n)
}

// Price is what an order costs, in cents.
type Price struct{ Least, Likely, Most int64 }

// PriceOf is the price of an order: machine, set-up, finishing and material, over what the margin leaves of it.
func PriceOf(m park.Machine, material park.Stock, e Effort, quantity int) Price {
	cents := e.Hours.times(float64(m.HourCents)).plus(e.Grams.times(float64(material.PriceCents) / 1000)).plus(sure(float64(m.SetupCents + int64(quantity)*m.PartCents)))
	cents = cents.times(100 / float64(100-m.MarginPercent))
	return Price{int64(math.Round(cents.Least)), int64(math.Round(cents.Likely)), int64(math.Round(cents.Most))}
}
