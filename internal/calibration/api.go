package calibration

import (
	"context"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/park"
	"bassin/internal/printlog"
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
	web.Operation(m, huma.Operation{Method: http.MethodPut, Path: one + "/link", Tags: []string{"Machines"}, Summary: "Say which program runs a machine",
		Description: "Its history is read at once, and every night. The key is kept and never given out; left out, that of the same address stays."}, s.linkAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: one + "/link", Tags: []string{"Machines"}, Summary: "Forget the program that runs a machine",
		Description: "And its key. What was learned stays.", DefaultStatus: http.StatusNoContent}, s.unlinkAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/fetch", Tags: []string{"Machines"}, Summary: "Read the history of a machine's program now",
		Description: "It is read in the background; \"link\" says since when it is, or why not.", DefaultStatus: http.StatusAccepted}, s.fetchAPI)
}

type spreadJSON struct {
	Jobs   int64   `json:"jobs"`
	Low    float64 `json:"low,omitempty" doc:"One of ten lies below."`
	Median float64 `json:"median,omitempty"`
	High   float64 `json:"high,omitempty" doc:"One of ten lies above."`
}

type printerLinkJSON struct {
	Kind      printlog.Kind `json:"kind"`
	Address   string        `json:"address"`
	FetchedAt when.Time     `json:"fetched_at,omitempty" doc:"When it was read last."`
	Problem   string        `json:"problem,omitempty" doc:"Why it could not be read: key of a text."`
}

type calibrationJSON struct {
	Heeded   bool       `json:"heeded" doc:"Offers are computed with it, from eight jobs on."`
	Since    when.Time  `json:"since,omitempty" doc:"Jobs before count no more."`
	Own      spreadJSON `json:"own" doc:"Orders that were built, against what was estimated here."`
	Told     spreadJSON `json:"told" doc:"Of the printer's history, against its slicer."`
	Filament spreadJSON `json:"filament"`

	Link *printerLinkJSON `json:"link,omitempty" doc:"The program that runs the machine, for who manages it."`
}

// CalibrationIn is the machine of an address; exported, or huma would not look into it.
type CalibrationIn struct {
	Machine string `path:"machine" maxLength:"40"`
}

type calibrationOut struct{ Body calibrationJSON }

func (s *Service) output(ctx context.Context, id park.MachineID) (*calibrationOut, error) {
	f, l, edits := Factor{Heeded: true}, Link{}, false
	err := s.db.View(ctx, func(tx db.Tx) error {
		m, err := ours(tx, account.ActorIn(ctx), id)
		if err != nil {
			return err
		}
		edits = m.MayEdit(account.ActorIn(ctx))
		if got, err := getFactor(tx, id); err == nil {
			f = got
		} else if !fault.Is(err, fault.NotFound) {
			return err
		}
		l, err = getLink(tx, id)
		return fault.IgnoreMissing(err)
	})
	out := func(x Spread) spreadJSON { return spreadJSON{x.Runs, x.Low, x.Median, x.High} }
	body := calibrationJSON{Heeded: f.Heeded, Since: f.SinceAt, Own: out(f.Own()), Told: out(f.Told()), Filament: out(f.Fed())}
	if l.Address != "" && edits {
		body.Link = &printerLinkJSON{l.Kind, l.Address, l.FetchedAt, l.Problem}
	}
	return &calibrationOut{body}, err
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

type printerLinkIn struct {
	CalibrationIn
	Body struct {
		Kind    printlog.Kind `json:"kind" enum:"moonraker,octoprint"`
		Address string        `json:"address" minLength:"1" maxLength:"500" doc:"https://…; http:// in a network of one's own, where the server allows that."`
		Key     string        `json:"key,omitempty" maxLength:"500"`
	}
}

func (s *Service) linkAPI(ctx context.Context, in *printerLinkIn) (*calibrationOut, error) {
	l := Link{MachineID: park.MachineID(in.Machine), Kind: in.Body.Kind, Address: in.Body.Address, Secret: in.Body.Key}
	if err := s.SetLink(ctx, account.ActorIn(ctx), l); err != nil {
		return nil, err
	}
	return s.output(ctx, l.MachineID)
}

func (s *Service) unlinkAPI(ctx context.Context, in *CalibrationIn) (*struct{}, error) {
	return nil, s.RemoveLink(ctx, account.ActorIn(ctx), park.MachineID(in.Machine))
}

func (s *Service) fetchAPI(ctx context.Context, in *CalibrationIn) (*calibrationOut, error) {
	if err := s.Fetch(ctx, account.ActorIn(ctx), park.MachineID(in.Machine)); err != nil {
		return nil, err
	}
	return s.output(ctx, park.MachineID(in.Machine))
}
