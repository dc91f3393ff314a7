package calibration

import (
	"context"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/park"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

// API registers the feature's operations.
func (s *Service) API(m *web.Mux) {
	const one = "/api/v1/machines/{machine}/calibration"
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: one, Tags: []string{"Machines"}, Summary: "Read what a machine's jobs say of it",
		Description: "Real time over the estimated one: the median, and between which values eight of ten lie. For the owner's people."}, s.calibrationAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/jobs", Tags: []string{"Machines"}, Summary: "Tell the jobs of a machine",
		Description: "Those that were done to their end, with what was estimated. What is told again counts once, by its key, of which only a sum is kept."}, s.addAPI)
}

type spreadJSON struct {
	Jobs   int64   `json:"jobs"`
	Low    float64 `json:"low,omitempty" doc:"One of ten lies below."`
	Median float64 `json:"median,omitempty"`
	High   float64 `json:"high,omitempty" doc:"One of ten lies above."`
}

type calibrationJSON struct {
	Heeded   bool       `json:"heeded" doc:"Offers are computed with it, from eight jobs on."`
	Since    when.Time  `json:"since,omitempty" doc:"Jobs before count no more."`
	Own      spreadJSON `json:"own" doc:"Orders that were built, against what was estimated here."`
	Told     spreadJSON `json:"told" doc:"Of the printer's history, against its slicer."`
	Filament spreadJSON `json:"filament"`
}

// CalibrationIn is the machine of an address; exported, or huma would not look into it.
type CalibrationIn struct {
	Machine string `path:"machine" maxLength:"40"`
}

type calibrationOut struct{ Body calibrationJSON }

func (s *Service) output(ctx context.Context, id park.MachineID) (*calibrationOut, error) {
	f := Factor{Heeded: true}
	err := s.db.View(ctx, func(tx db.Tx) error {
		if _, err := ours(tx, account.ActorIn(ctx), id); err != nil {
			return err
		}
		got, err := getFactor(tx, id)
		if err == nil {
			f = got
		}
		return fault.IgnoreMissing(err)
	})
	out := func(x Spread) spreadJSON { return spreadJSON{x.Runs, x.Low, x.Median, x.High} }
	return &calibrationOut{calibrationJSON{f.Heeded, f.SinceAt, out(f.Own()), out(f.Told()), out(f.Fed())}}, err
}

func (s *Service) calibrationAPI(ctx context.Context, in *CalibrationIn) (*calibrationOut, error) {
	return s.output(ctx, park.MachineID(in.Machine))
}

type machineJobJSON struct {
	Key              string    `json:"key" minLength:"1" maxLength:"500"`
	EndedAt          when.Time `json:"ended_at"`
	EstimatedSeconds float64   `json:"estimated_seconds" minimum:"60" maximum:"7776000"`
	RealSeconds      float64   `json:"real_seconds" minimum:"60" maximum:"7776000" doc:"Without pauses."`
	EstimatedMM      float64   `json:"estimated_mm,omitempty" minimum:"0" maximum:"1000000000" doc:"Of filament."`
	UsedMM           float64   `json:"used_mm,omitempty" minimum:"0" maximum:"1000000000"`
}

type machineJobsIn struct {
	CalibrationIn
	Body struct {
		Jobs []machineJobJSON `json:"jobs" minItems:"1" maxItems:"1000"`
	}
}

func (s *Service) addAPI(ctx context.Context, in *machineJobsIn) (*calibrationOut, error) {
	list := make([]Run, len(in.Body.Jobs))
	for i, j := range in.Body.Jobs {
		list[i] = Run{Trace: j.Key, EndedAt: j.EndedAt, EstimatedS: j.EstimatedSeconds, RealS: j.RealSeconds, EstimatedMM: j.EstimatedMM, UsedMM: j.UsedMM}
	}
	if _, err := s.Add(ctx, account.ActorIn(ctx), park.MachineID(in.Machine), list); err != nil {
		return nil, err
	}
	return s.output(ctx, park.MachineID(in.Machine))
}
