package calibration

import (
	"math"
	"slices"

	"bassin/internal/park"
	"bassin/internal/printlog"
	"bassin/internal/when"
)

// Source is where a run was told.
type Source string

// The sources.
const (
	Moonraker        = Source(printlog.Moonraker)
	OctoPrint        = Source(printlog.OctoPrint)
	Program   Source = "program" // by the API
	Bassin    Source = "bassin"  // an order that was built
)

// Key is the text key of the source.
func (s Source) Key() string { return "calibration.source." + string(s) }

// Run is a job that a machine did to its end.
type Run struct {
	ID          string
	MachineID   park.MachineID
	Source      Source
	Trace       string
	EndedAt     when.Time
	EstimatedS  float64 `db:"estimated_s"`
	RealS       float64 `db:"real_s"`
	EstimatedMM float64 `db:"estimated_mm"`
	UsedMM      float64 `db:"used_mm"`
	CreatedAt   when.Time
}

// Ratio is the real time over the estimated one.
func (r Run) Ratio() float64 { return r.RealS / r.EstimatedS }

// strange bounds a ratio: a job that took five times its estimate was paused or forgotten, and tells nothing.
const strange = 5

// Counts tells whether a ratio is believed.
func counts(ratio float64) bool { return ratio >= 1.0/strange && ratio <= strange }

// Counts tells whether the run is counted.
func (r Run) Counts() bool { return r.EstimatedS > 0 && counts(r.Ratio()) }

const (
	leastRuns  = 8   // from which on a machine is calibrated: below, a tenth is not known
	newestRuns = 200 // that are counted: a machine wears and is mended
)

// Spread is what runs say: the median of a ratio, and between which values eight of ten lie.
type Spread struct {
	Runs   int64
	Low    float64
	Median float64
	High   float64
}

// Known tells whether there are enough runs.
func (s Spread) Known() bool { return s.Runs >= leastRuns }

// spreadOf gives the median and the tenths of ratios, between neighbours in proportion.
func spreadOf(ratios []float64) Spread {
	if len(ratios) == 0 {
		return Spread{}
	}
	slices.Sort(ratios)
	at := func(share float64) float64 {
		x := share * float64(len(ratios)-1)
		i := int(math.Floor(x))
		if i+1 >= len(ratios) {
			return ratios[len(ratios)-1]
		}
		return ratios[i] + (x-float64(i))*(ratios[i+1]-ratios[i])
	}
	return Spread{int64(len(ratios)), at(0.1), at(0.5), at(0.9)}
}

// Factor is what the runs of a machine say of it.
type Factor struct {
	MachineID  park.MachineID
	SinceAt    when.Time
	Heeded     bool
	OwnJobs    int64
	OwnLow     float64
	OwnMedian  float64
	OwnHigh    float64
	ToldJobs   int64
	ToldLow    float64
	ToldMedian float64
	ToldHigh   float64
	FedJobs    int64
	FedLow     float64
	FedMedian  float64
	FedHigh    float64
	UpdatedAt  when.Time
}

// Own is what orders that were built say of our estimate.
func (f Factor) Own() Spread { return Spread{f.OwnJobs, f.OwnLow, f.OwnMedian, f.OwnHigh} }

// Told is what a printer's history says of its slicer's estimate.
func (f Factor) Told() Spread { return Spread{f.ToldJobs, f.ToldLow, f.ToldMedian, f.ToldHigh} }

// Fed is what a printer's history says of filament.
func (f Factor) Fed() Spread { return Spread{f.FedJobs, f.FedLow, f.FedMedian, f.FedHigh} }

// Time gives the spread by which times are computed; own tells that it is of our own estimate, whose deviation it then
// holds already.
func (f Factor) Time() (s Spread, own, ok bool) {
	switch {
	case !f.Heeded:
		return s, false, false
	case f.Own().Known():
		return f.Own(), true, true
	case f.Told().Known():
		return f.Told(), false, true
	}
	return s, false, false
}

// Filament gives the spread by which material is computed.
func (f Factor) Filament() (Spread, bool) {
	return f.Fed(), f.Heeded && f.Fed().Known()
}

// compute takes the newest runs, the newest first, into the factor.
func (f *Factor) compute(list []Run) {
	var own, told, fed []float64
	for _, r := range list {
		if r.EndedAt < f.SinceAt || !r.Counts() {
			continue
		}
		switch {
		case r.Source == Bassin && len(own) < newestRuns:
			own = append(own, r.Ratio())
		case r.Source != Bassin && len(told) < newestRuns:
			told = append(told, r.Ratio())
		}
		if r.EstimatedMM > 0 && counts(r.UsedMM/r.EstimatedMM) && len(fed) < newestRuns {
			fed = append(fed, r.UsedMM/r.EstimatedMM)
		}
	}
	a, b, c := spreadOf(own), spreadOf(told), spreadOf(fed)
	f.OwnJobs, f.OwnLow, f.OwnMedian, f.OwnHigh = a.Runs, a.Low, a.Median, a.High
	f.ToldJobs, f.ToldLow, f.ToldMedian, f.ToldHigh = b.Runs, b.Low, b.Median, b.High
	f.FedJobs, f.FedLow, f.FedMedian, f.FedHigh = c.Runs, c.Low, c.Median, c.High
}
