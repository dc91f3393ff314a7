package batch

import (
	"context"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/making"
	"bassin/internal/park"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

// API registers the feature's operations.
func (s *Service) API(m *web.Mux) {
	tags := []string{"Orders"}
	const all, one = "/api/v1/batches", "/api/v1/batches/{batch}"
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: all, Tags: tags, Summary: "List batches", Description: "Orders that are built together on the machines of one's organisations."}, s.batchesAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: all, Tags: tags, Summary: "Build orders together",
		Description: "Accepted ones of one machine and material. Their times of the machine become one; prices stay.", DefaultStatus: http.StatusCreated}, s.planAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: one, Tags: tags, Summary: "Read a batch", Description: "With its orders, the share of each, and how their pieces lie."}, s.batchAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/orders", Tags: tags, Summary: "Add orders to a batch", Description: "Until it begins."}, s.addAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: one + "/orders/{order}", Tags: tags, Summary: "Take an order out of a batch", Description: "Until it begins; it waits by itself again.", DefaultStatus: http.StatusNoContent}, s.takeOutAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/space", Tags: tags, Summary: "Say how a batch is laid", Description: "Until it begins; its pieces are laid anew."}, s.spaceAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/start", Tags: tags, Summary: "Begin a batch",
		Description: "The builds of all its orders begin. Pieces that could not be laid are left for a later one when leave says how many: their orders go on waiting for them."}, s.startAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/finish", Tags: tags, Summary: "End a batch"}, s.finishAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/dissolve", Tags: tags, Summary: "Dissolve a batch", Description: "Until it begins; its orders wait by themselves again."},
		func(ctx context.Context, in *BatchIn) (*batchOut, error) {
			if err := s.Dissolve(ctx, account.ActorIn(ctx), ID(in.Batch)); err != nil {
				return nil, err
			}
			return s.output(ctx, ID(in.Batch))
		})
}

type batchOrderJSON struct {
	OrderID  making.OrderID `json:"order_id"`
	Code     string         `json:"code" example:"CF-0042"`
	Quantity int            `json:"quantity"`
	Share    float64        `json:"share" doc:"The part of the batch's time that the order answers for, of 1."`
	Pieces   int            `json:"pieces" doc:"Of the order, that are built with the batch."`
	Placed   int            `json:"placed" doc:"Pieces that are laid."`
	Left     int            `json:"left,omitempty" doc:"Pieces that could not be laid; once the batch has begun they wait for another one."`
}

type batchJSON struct {
	ID         ID               `json:"id"`
	Code       string           `json:"code" example:"FG-0007"`
	State      State            `json:"state" enum:"planned,building,built,dissolved"`
	MachineID  park.MachineID   `json:"machine_id"`
	Machine    string           `json:"machine"`
	Process    park.Process     `json:"process"`
	MaterialID park.MaterialID  `json:"material_id"`
	Material   string           `json:"material"`
	Hours      float64          `json:"hours" doc:"For which the machine is taken."`
	Laid       bool             `json:"laid"`
	SpacingMM  float64          `json:"spacing_mm"`
	MostRounds int              `json:"most_rounds,omitempty" doc:"Plates or chambers at most; absent: as many as it takes."`
	Rounds     int              `json:"rounds,omitempty" doc:"Plates or chambers."`
	Left       int              `json:"left,omitempty" doc:"Pieces that could not be laid."`
	HeightMM   float64          `json:"height_mm,omitempty"`
	Orders     []batchOrderJSON `json:"orders,omitempty"`
	UpdatedAt  when.Time        `json:"updated_at"`
}

func outOf(v *web.View, b Batch) batchJSON {
	l, ok := b.LayoutOf()
	return batchJSON{ID: b.ID, Code: b.Code(), State: b.State, MachineID: b.MachineID, Machine: b.Machine, Process: b.Process, MaterialID: b.MaterialID, Material: park.InWords(v, b.Material), Hours: b.Hours,
		SpacingMM: b.SpacingMM, MostRounds: b.MostRounds, Laid: ok, Rounds: l.Rounds, Left: l.Out(), HeightMM: l.HeightMM, UpdatedAt: b.UpdatedAt}
}

// BatchIn is the batch of an address; exported, or huma would not look into it.
type BatchIn struct {
	Batch string `path:"batch" maxLength:"40"`
}

type batchOut struct{ Body batchJSON }

func (s *Service) output(ctx context.Context, id ID) (*batchOut, error) {
	var out batchJSON
	err := s.db.View(ctx, func(tx db.Tx) error {
		b, err := seen(tx, account.ActorIn(ctx), id)
		if err != nil {
			return err
		}
		out = outOf(web.ViewIn(ctx), b)
		l, _ := b.LayoutOf()
		orders, err := ordersOf(tx, id)
		for _, o := range orders {
			x := batchOrderJSON{OrderID: o.ID, Code: o.Code(), Quantity: o.Quantity, Share: o.Share, Pieces: o.Pieces, Placed: l.Placed(o.ID), Left: l.Of(o.ID)}
			out.Orders = append(out.Orders, x)
		}
		return err
	})
	return &batchOut{out}, err
}

type batchesOut struct{ Body web.List[batchJSON] }

func (s *Service) batchesAPI(ctx context.Context, in *web.Paging) (*batchesOut, error) {
	var out []batchJSON
	err := s.db.View(ctx, func(tx db.Tx) error {
		list, err := listBatchesAfter(tx, where(account.ActorIn(ctx)), ID(in.Cursor), in.Limit+1)
		for _, b := range list {
			out = append(out, outOf(web.ViewIn(ctx), b))
		}
		return err
	})
	return &batchesOut{web.PageOf(out, in.Limit, func(b batchJSON) string { return string(b.ID) })}, err
}

type batchOrdersBody struct {
	OrderIDs []making.OrderID `json:"order_ids" minItems:"1" maxItems:"100"`
}

type batchPlanIn struct{ Body batchOrdersBody }

func (s *Service) planAPI(ctx context.Context, in *batchPlanIn) (*batchOut, error) {
	b, err := s.Plan(ctx, account.ActorIn(ctx), in.Body.OrderIDs)
	if err != nil {
		return nil, err
	}
	return s.output(ctx, b.ID)
}

func (s *Service) batchAPI(ctx context.Context, in *BatchIn) (*batchOut, error) {
	return s.output(ctx, ID(in.Batch))
}

type batchAddIn struct {
	BatchIn
	Body batchOrdersBody
}

func (s *Service) addAPI(ctx context.Context, in *batchAddIn) (*batchOut, error) {
	if err := s.Add(ctx, account.ActorIn(ctx), ID(in.Batch), in.Body.OrderIDs); err != nil {
		return nil, err
	}
	return s.output(ctx, ID(in.Batch))
}

type batchTakeOutIn struct {
	BatchIn
	Order string `path:"order" maxLength:"40"`
}

func (s *Service) takeOutAPI(ctx context.Context, in *batchTakeOutIn) (*struct{}, error) {
	return nil, s.TakeOut(ctx, account.ActorIn(ctx), ID(in.Batch), making.OrderID(in.Order))
}

type batchStartIn struct {
	BatchIn
	Body struct {
		Leave int `json:"leave,omitempty" minimum:"0" maximum:"2000" doc:"Pieces that are left for a later batch: as many as could not be laid."`
	} `required:"false"`
}

func (s *Service) startAPI(ctx context.Context, in *batchStartIn) (*batchOut, error) {
	if err := s.Start(ctx, account.ActorIn(ctx), ID(in.Batch), in.Body.Leave); err != nil {
		return nil, err
	}
	return s.output(ctx, ID(in.Batch))
}

type batchSpaceIn struct {
	BatchIn
	Body struct {
		SpacingMM  *float64 `json:"spacing_mm,omitempty" minimum:"0" maximum:"100" doc:"Absent: what is usual for the process."`
		MostRounds int      `json:"most_rounds,omitempty" minimum:"0" maximum:"1000" doc:"Plates or chambers; 0: as many as it takes."`
	}
}

func (s *Service) spaceAPI(ctx context.Context, in *batchSpaceIn) (*batchOut, error) {
	x := Space{Usual: in.Body.SpacingMM == nil, Most: in.Body.MostRounds}
	if !x.Usual {
		x.MM = *in.Body.SpacingMM
	}
	if err := s.Space(ctx, account.ActorIn(ctx), ID(in.Batch), x); err != nil {
		return nil, err
	}
	return s.output(ctx, ID(in.Batch))
}

type batchFinishIn struct {
	BatchIn
	Body struct {
		Lot      string `json:"lot" minLength:"1" maxLength:"120"`
		Operator string `json:"operator" minLength:"1" maxLength:"120" doc:"Their function, not their name."`
		Settings string `json:"settings,omitempty" maxLength:"2000"`
	}
}

func (s *Service) finishAPI(ctx context.Context, in *batchFinishIn) (*batchOut, error) {
	if err := s.Finish(ctx, account.ActorIn(ctx), ID(in.Batch), making.Build{Lot: in.Body.Lot, Settings: in.Body.Settings, Operator: in.Body.Operator}); err != nil {
		return nil, err
	}
	return s.output(ctx, ID(in.Batch))
}
