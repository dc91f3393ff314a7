package printfile

import (
	"context"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/making"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

// API registers the feature's operations.
func (s *Service) API(m *web.Mux) {
	tags := []string{"Orders"}
	const one = "/api/v1/orders/{order}/print-file"
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: one, Tags: tags, Summary: "Read what the print file of an order takes",
		Description: "For who works at the machine and may have the file of the part. The file itself is at \"url\"."}, s.readAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one, Tags: tags, Summary: "Have the print file of an order made",
		Description: "By a slicer beside the server, with the settings of the machine; read it again until its state is no longer \"making\".", DefaultStatus: http.StatusAccepted}, s.makeAPI)
}

// PrintFileIn is the order of an address; exported, or huma would not look into it.
type PrintFileIn struct {
	Order string `path:"order" maxLength:"40"`
}

type printFileJSON struct {
	State      string    `json:"state" enum:"making,made,failed"`
	Fault      string    `json:"fault,omitempty" doc:"Why there is none."`
	Said       string    `json:"said,omitempty" doc:"What the slicer said."`
	URL        string    `json:"url,omitempty"`
	SHA256     string    `json:"sha256,omitempty"`
	Size       int64     `json:"size" doc:"In bytes."`
	Pieces     int       `json:"pieces"`
	Seconds    float64   `json:"time_s" doc:"By the moves of the file and the limits of the machine."`
	FilamentMM float64   `json:"filament_mm"`
	Grams      float64   `json:"filament_g"`
	MadeAt     when.Time `json:"made_at"`
}

type printFileOut struct{ Body printFileJSON }

func (s *Service) output(ctx context.Context, id making.OrderID) (*printFileOut, error) {
	var o making.Order
	var p Printed
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		if o, err = making.OrderFor(tx, account.ActorIn(ctx), id); err != nil {
			return err
		}
		if !mayHave(o, account.ActorIn(ctx)) {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		p, err = getPrinted(tx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := printFileJSON{State: "making", Fault: p.Fault, Said: p.Said, SHA256: p.Hash, Size: p.Size, Pieces: p.Pieces, Seconds: p.Seconds, FilamentMM: p.FilamentMM, Grams: p.Grams, MadeAt: p.MadeAt}
	switch {
	case p.Fault != "":
		out.State = "failed"
	case p.Hash != "":
		out.State, out.URL = "made", fileURL(o)
	}
	return &printFileOut{out}, nil
}

func (s *Service) readAPI(ctx context.Context, in *PrintFileIn) (*printFileOut, error) {
	return s.output(ctx, making.OrderID(in.Order))
}

func (s *Service) makeAPI(ctx context.Context, in *PrintFileIn) (*printFileOut, error) {
	if err := s.Make(ctx, account.ActorIn(ctx), making.OrderID(in.Order)); err != nil {
		return nil, err
	}
	return s.output(ctx, making.OrderID(in.Order))
}
