package printfile

import (
	"context"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/batch"
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
	s.platesAPI(m)
}

// platesAPI registers those of batches.
func (s *Service) platesAPI(m *web.Mux) {
	tags := []string{"Batches"}
	const one = "/api/v1/batches/{batch}/plates/{plate}/print-file"
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: one, Tags: tags, Summary: "Read what the print file of a plate takes",
		Description: "For the maker's people, when all orders of the batch show their files. The file itself is at \"url\", as long as the layout is the one it was made of."}, s.readPlateAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one, Tags: tags, Summary: "Have the print file of a plate made",
		Description: "Pieces lie where the batch has laid them; with the settings of the machine.", DefaultStatus: http.StatusAccepted}, s.makePlateAPI)
}

// PlateIn is the plate of an address; exported, or huma would not look into it.
type PlateIn struct {
	Batch string `path:"batch" maxLength:"40"`
	Plate int    `path:"plate" minimum:"1" maximum:"10000"`
}

func (s *Service) readPlateAPI(ctx context.Context, in *PlateIn) (*printFileOut, error) {
	var b batch.Batch
	var l batch.Layout
	var p Plate
	err := s.db.View(ctx, func(tx db.Tx) error {
		may := false
		var err error
		if b, l, may, err = batch.MayFile(tx, account.ActorIn(ctx), batch.ID(in.Batch)); err != nil {
			return err
		}
		if !may {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		p, err = getPlate(tx, b.ID, in.Plate)
		return err
	})
	if err != nil {
		return nil, err
	}
	url := ""
	if p.LayoutAt == l.At {
		url = plateURL(b, in.Plate)
	}
	return &printFileOut{p.json(url)}, nil
}

func (s *Service) makePlateAPI(ctx context.Context, in *PlateIn) (*printFileOut, error) {
	if err := s.MakePlate(ctx, account.ActorIn(ctx), batch.ID(in.Batch), in.Plate); err != nil {
		return nil, err
	}
	return s.readPlateAPI(ctx, in)
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

// json is a print file for programs; the address is given once it is there.
func (p Made) json(url string) printFileJSON {
	out := printFileJSON{State: "making", Fault: p.Fault, Said: p.Said, SHA256: p.Hash, Size: p.Size, Pieces: p.Pieces, Seconds: p.Seconds, FilamentMM: p.FilamentMM, Grams: p.Grams, MadeAt: p.MadeAt}
	switch {
	case p.Fault != "":
		out.State = "failed"
	case p.Hash != "":
		out.State, out.URL = "made", url
	}
	return out
}

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
	return &printFileOut{p.json(fileURL(o))}, nil
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
