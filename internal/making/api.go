package making

import (
	"context"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/db"
	"bassin/internal/park"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

// API registers the feature's operations.
func (s *Service) API(m *web.Mux) {
	tags := []string{"Orders"}
	const one = "/api/v1/orders/{order}"
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/parts/{part}/offers", Tags: tags, Summary: "List the offers on a part",
		Description: "Of all machines that hold it and that one may ask for, the cheapest first; computed, with intervals. Times of filament machines are computed by layers in the background: ask again while by_layers is false."}, s.offersAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/orders", Tags: tags, Summary: "List orders",
		Description: "Of one's parts, and of the machines of one's organisations."}, s.ordersAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/orders", Tags: tags, Summary: "Ask for a part to be made",
		Description: "Within the owner's limits it is quoted at once.", DefaultStatus: http.StatusCreated}, s.requestAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: one, Tags: tags, Summary: "Read an order", Description: "With its steps and measures."}, s.orderAPI)
	for _, x := range []struct {
		path, summary, description string
		do                         func(context.Context, account.Actor, OrderID) (Order, error)
	}{
		{"/withdraw", "Withdraw a request", "The maker sees nothing of the part any more.", s.Withdraw},
		{"/start", "Begin a build", "Of all pieces that wait; of all of them again when all were made.", s.Start},
	} {
		web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + x.path, Tags: tags, Summary: x.summary, Description: x.description},
			func(ctx context.Context, in *OrderIn) (*orderOutput, error) {
				if _, err := x.do(ctx, account.ActorIn(ctx), OrderID(in.Order)); err != nil {
					return nil, err
				}
				return s.output(ctx, OrderID(in.Order))
			})
	}
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/accept", Tags: tags, Summary: "Accept a quote",
		Description: "The build is put into the queue of the machine. With If-Match only the quote that you saw is accepted."}, s.acceptAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/quote", Tags: tags, Summary: "Quote a request", Description: "Again, as long as it is not accepted."}, s.quoteAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/refuse", Tags: tags, Summary: "Refuse a request"}, s.refuseAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/finish", Tags: tags, Summary: "End a build"}, s.finishAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/redo", Tags: tags, Summary: "Build pieces again", Description: "Those of some builds that did not succeed wait for another one."}, s.redoAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/measures", Tags: tags, Summary: "Note a measure", DefaultStatus: http.StatusCreated}, s.measureAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/inspect", Tags: tags, Summary: "Declare an order conform"}, s.inspectAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/deliver", Tags: tags, Summary: "Deliver an order"}, s.deliverAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/rate", Tags: tags, Summary: "Rate an order"}, s.rateAPI)
}

type offerIntervalJSON struct {
	Least  float64 `json:"least"`
	Likely float64 `json:"likely"`
	Most   float64 `json:"most"`
}

type offerCentsJSON struct {
	Least  int64 `json:"least"`
	Likely int64 `json:"likely"`
	Most   int64 `json:"most"`
}

type offerJSON struct {
	MachineID  park.MachineID         `json:"machine_id"`
	Machine    string                 `json:"machine"`
	OwnerID    account.OrganisationID `json:"owner_id"`
	Owner      string                 `json:"owner"`
	Process    park.Process           `json:"process"`
	MaterialID park.MaterialID        `json:"material_id"`
	Material   string                 `json:"material"`
	Verdict    additive.Verdict       `json:"verdict" enum:"makeable,with_care"`
	PriceCents *offerCentsJSON        `json:"price_cents,omitempty" doc:"Of the whole order, before tax; absent when something is missing."`
	Hours      *offerIntervalJSON     `json:"hours,omitempty"`
	Grams      *offerIntervalJSON     `json:"grams,omitempty"`
	ReadyOn    when.Date              `json:"ready_on,omitempty"`
	DistanceKM *float64               `json:"distance_km,omitempty"`
	Automatic  bool                   `json:"automatic" doc:"A request is quoted at once."`
	Calibrated int64                  `json:"calibrated_by,omitempty" doc:"Jobs of the machine by whose real times the hours are computed."`
	ByLayers   bool                   `json:"by_layers" doc:"Time and material are computed from the layers of the part, not from its volume and surface."`
	SupportG   float64                `json:"support_g,omitempty" doc:"Likely, of the grams: what is built to hold the part as it is best laid. For filament, when computed by layers."`
	SupportH   float64                `json:"support_hours,omitempty"`
	Missing    []park.Name            `json:"missing,omitempty" doc:"Figures that are not known."`
}

type offersIn struct {
	Part     string `path:"part" maxLength:"40"`
	Quantity int    `query:"quantity" minimum:"1" maximum:"10000" default:"1"`
}

type offersOut struct{ Body web.List[offerJSON] }

func (s *Service) offersAPI(ctx context.Context, in *offersIn) (*offersOut, error) {
	out := web.List[offerJSON]{Items: []offerJSON{}}
	v, by := web.ViewIn(ctx), account.ActorIn(ctx)
	var asked asked
	var list []Offer
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		asked, list, err = offersFor(tx, by, additive.PartID(in.Part), in.Quantity)
		SortOffers(list, "price", false)
		for _, o := range list {
			x := offerJSON{MachineID: o.ID, Machine: o.Name, OwnerID: o.OrganisationID, Owner: o.Owner.Label(), Process: o.Process, MaterialID: o.Material.MaterialID, Material: park.InWords(v, o.Material.Material),
				Verdict: o.Verdict, ReadyOn: o.ReadyOn, Automatic: o.Automatic(), ByLayers: o.Effort.ByLayers, SupportG: o.Effort.SupportGrams, SupportH: o.Effort.SupportHours, Missing: o.Effort.Missing}
			if s, _, ok := o.Factor.Time(); ok {
				x.Calibrated = s.Runs
			}
			if o.Effort.Known() {
				x.PriceCents, x.Hours, x.Grams = &offerCentsJSON{o.Price.Least, o.Price.Likely, o.Price.Most}, (*offerIntervalJSON)(&o.Effort.Hours), (*offerIntervalJSON)(&o.Effort.Grams)
			}
			if o.KM >= 0 {
				x.DistanceKM = &o.KM
			}
			out.Items = append(out.Items, x)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	_, err = s.askLines(ctx, by, asked, list)
	return &offersOut{out}, err
}

type orderStepJSON struct {
	State State     `json:"state"`
	At    when.Time `json:"at"`
	Side  Side      `json:"side" enum:"requester,maker"`
	Note  string    `json:"note,omitempty"`
	Count int       `json:"pieces,omitempty" doc:"That the step is about; absent: all."`
}

type orderBuildJSON struct {
	Build    int        `json:"build" doc:"From 1."`
	Pieces   int        `json:"pieces"`
	Again    int        `json:"again,omitempty" doc:"Of them, that did not succeed and are built again."`
	Lot      string     `json:"lot,omitempty"`
	Settings string     `json:"settings,omitempty"`
	Operator string     `json:"operator,omitempty"`
	BegunAt  when.Time  `json:"begun_at"`
	EndedAt  *when.Time `json:"ended_at,omitempty"`
}

type orderMeasureJSON struct {
	Name       string  `json:"name"`
	NominalMM  float64 `json:"nominal_mm"`
	LowerMM    float64 `json:"lower_mm"`
	UpperMM    float64 `json:"upper_mm"`
	MeasuredMM float64 `json:"measured_mm"`
	Holds      bool    `json:"holds"`
}

type orderJSON struct {
	ID          OrderID            `json:"id"`
	Code        string             `json:"code" example:"CF-0042"`
	State       State              `json:"state" enum:"requested,quoted,accepted,building,partly,built,inspected,delivered,rated,refused,withdrawn"`
	PartID      additive.PartID    `json:"part_id"`
	PartCode    string             `json:"part_code"`
	Title       string             `json:"title"`
	Revision    string             `json:"revision"`
	SHA256      string             `json:"sha256"`
	Requester   string             `json:"requester"`
	Maker       string             `json:"maker"`
	MachineID   park.MachineID     `json:"machine_id"`
	Machine     string             `json:"machine"`
	Process     park.Process       `json:"process"`
	MaterialID  park.MaterialID    `json:"material_id"`
	Material    string             `json:"material"`
	Quantity    int                `json:"quantity"`
	Made        int                `json:"made" doc:"Pieces that are made."`
	InBuild     int                `json:"in_build,omitempty" doc:"Pieces of the build that is under way."`
	Shows       Shows              `json:"shows" enum:"figures,picture,file"`
	Tolerance   string             `json:"tolerance,omitempty"`
	Note        string             `json:"note,omitempty"`
	NeededOn    when.Date          `json:"needed_on,omitempty"`
	PriceCents  int64              `json:"price_cents,omitempty"`
	ReadyOn     when.Date          `json:"ready_on,omitempty"`
	ValidOn     when.Date          `json:"valid_on,omitempty"`
	Automatic   bool               `json:"automatic"`
	Answer      string             `json:"answer,omitempty"`
	Lot         string             `json:"lot,omitempty"`
	Settings    string             `json:"settings,omitempty"`
	Operator    string             `json:"operator,omitempty"`
	InspectedOn when.Date          `json:"inspected_on,omitempty"`
	Rating      int                `json:"rating,omitempty"`
	Builds      []orderBuildJSON   `json:"builds,omitempty" doc:"Of one order: its pieces come of one build or of several, each of its own lot."`
	Steps       []orderStepJSON    `json:"steps,omitempty"`
	Measures    []orderMeasureJSON `json:"measures,omitempty"`
	UpdatedAt   when.Time          `json:"updated_at"`
	Version     int64              `json:"version"`
}

func orderOut(v *web.View, o Order) orderJSON {
	return orderJSON{ID: o.ID, Code: o.Code(), State: o.State, PartID: o.PartID, PartCode: o.PartCode, Title: o.Title, Revision: o.RevisionLabel, SHA256: o.FileHash, Requester: o.Requester, Maker: o.Maker,
		MachineID: o.MachineID, Machine: o.Machine, Process: o.Process, MaterialID: o.MaterialID, Material: park.InWords(v, o.Material), Quantity: o.Quantity, Made: o.Made, InBuild: o.InBuild, Shows: o.Shows, Tolerance: o.Tolerance, Note: o.Note,
		NeededOn: o.NeededOn, PriceCents: o.PriceCents, ReadyOn: o.ReadyOn, ValidOn: o.ValidOn, Automatic: o.Automatic, Answer: o.Answer, Lot: o.Lot, Settings: o.Settings, Operator: o.Operator,
		InspectedOn: o.InspectedOn, Rating: o.Rating, UpdatedAt: o.UpdatedAt, Version: o.Version}
}

// OrderIn is the order of an address; exported, or huma would not look into it.
type OrderIn struct {
	Order string `path:"order" maxLength:"40"`
}

type orderOutput struct {
	ETag string `header:"ETag"`
	Body orderJSON
}

func (s *Service) output(ctx context.Context, id OrderID) (*orderOutput, error) {
	var out orderJSON
	err := s.db.View(ctx, func(tx db.Tx) error {
		o, err := seen(tx, account.ActorIn(ctx), id)
		if err != nil {
			return err
		}
		out = orderOut(web.ViewIn(ctx), o)
		steps, err := listSteps(tx, id)
		if err != nil {
			return err
		}
		for _, x := range steps {
			out.Steps = append(out.Steps, orderStepJSON{x.State, x.At, x.Side, x.Note, x.Pieces})
		}
		builds, err := listBuilds(tx, id)
		if err != nil {
			return err
		}
		for _, b := range builds {
			one := orderBuildJSON{Build: b.Seq, Pieces: b.Pieces, Again: b.Again, Lot: b.Lot, Settings: b.Settings, Operator: b.Operator, BegunAt: b.BegunAt}
			if b.EndedAt != 0 {
				one.EndedAt = &b.EndedAt
			}
			out.Builds = append(out.Builds, one)
		}
		list, err := listMeasures(tx, id)
		for _, m := range list {
			out.Measures = append(out.Measures, orderMeasureJSON{m.Name, m.NominalMM, m.LowerMM, m.UpperMM, m.MeasuredMM, m.Holds()})
		}
		return err
	})
	return &orderOutput{web.ETag(out.Version), out}, err
}

type ordersIn struct {
	web.Paging
	Side  string `query:"side" enum:",requester,maker"`
	State string `query:"state" maxLength:"20"`
}

type ordersOut struct{ Body web.List[orderJSON] }

func (s *Service) ordersAPI(ctx context.Context, in *ordersIn) (*ordersOut, error) {
	var out []orderJSON
	err := s.db.View(ctx, func(tx db.Tx) error {
		list, err := listOrdersAfter(tx, Filter{Side: Side(in.Side), State: State(in.State)}.where(account.ActorIn(ctx)), OrderID(in.Cursor), in.Limit+1)
		for _, o := range list {
			out = append(out, orderOut(web.ViewIn(ctx), o))
		}
		return err
	})
	return &ordersOut{web.PageOf(out, in.Limit, func(o orderJSON) string { return string(o.ID) })}, err
}

func (s *Service) orderAPI(ctx context.Context, in *OrderIn) (*orderOutput, error) {
	return s.output(ctx, OrderID(in.Order))
}

type orderRequestIn struct {
	Body struct {
		PartID     string    `json:"part_id" maxLength:"40"`
		MachineID  string    `json:"machine_id" maxLength:"40"`
		MaterialID string    `json:"material_id" maxLength:"40"`
		Quantity   int       `json:"quantity" minimum:"1" maximum:"10000"`
		Shows      Shows     `json:"shows" enum:"figures,picture,file" doc:"What the maker sees of the part."`
		Tolerance  string    `json:"tolerance,omitempty" maxLength:"500"`
		Note       string    `json:"note,omitempty" maxLength:"4000"`
		NeededOn   when.Date `json:"needed_on,omitempty"`
		Saw        *struct {
			Revision    int   `json:"revision" minimum:"1" doc:"Number of the part's revision."`
			LikelyCents int64 `json:"likely_cents" minimum:"0" doc:"The likely price of the offer for the quantity; 0: none was known."`
		} `json:"saw,omitempty" doc:"The offer that you saw: another one now is refused (409). Without it you ask at whatever price there is."`
	}
}

func (s *Service) requestAPI(ctx context.Context, in *orderRequestIn) (*orderOutput, error) {
	b := in.Body
	o, err := s.Request(ctx, account.ActorIn(ctx), Order{PartID: additive.PartID(b.PartID), MachineID: park.MachineID(b.MachineID), MaterialID: park.MaterialID(b.MaterialID), Quantity: b.Quantity,
		Shows: b.Shows, Tolerance: b.Tolerance, Note: b.Note, NeededOn: b.NeededOn}, (*Sight)(b.Saw))
	if err != nil {
		return nil, err
	}
	return s.output(ctx, o.ID)
}

type orderAcceptIn struct {
	OrderIn
	IfMatch string `header:"If-Match" doc:"The ETag of the order whose quote you saw; without it whatever is quoted is accepted."`
}

func (s *Service) acceptAPI(ctx context.Context, in *orderAcceptIn) (*orderOutput, error) {
	var version int64
	if in.IfMatch != "" {
		var err error
		if version, err = (web.IfMatch{IfMatch: in.IfMatch}).Version(); err != nil {
			return nil, err
		}
	}
	if _, err := s.Accept(ctx, account.ActorIn(ctx), OrderID(in.Order), version); err != nil {
		return nil, err
	}
	return s.output(ctx, OrderID(in.Order))
}

type orderQuoteIn struct {
	OrderIn
	Body struct {
		PriceCents int64     `json:"price_cents" doc:"Of the whole order, before tax."`
		ReadyOn    when.Date `json:"ready_on"`
		ValidOn    when.Date `json:"valid_on" doc:"Its last day."`
		Answer     string    `json:"answer,omitempty" maxLength:"4000"`
	}
}

func (s *Service) quoteAPI(ctx context.Context, in *orderQuoteIn) (*orderOutput, error) {
	b := in.Body
	if _, err := s.Quote(ctx, account.ActorIn(ctx), Order{ID: OrderID(in.Order), PriceCents: b.PriceCents, ReadyOn: b.ReadyOn, ValidOn: b.ValidOn, Answer: b.Answer}); err != nil {
		return nil, err
	}
	return s.output(ctx, OrderID(in.Order))
}

type orderRefuseIn struct {
	OrderIn
	Body struct {
		Answer string `json:"answer" minLength:"1" maxLength:"4000"`
	}
}

func (s *Service) refuseAPI(ctx context.Context, in *orderRefuseIn) (*orderOutput, error) {
	if _, err := s.Refuse(ctx, account.ActorIn(ctx), OrderID(in.Order), in.Body.Answer); err != nil {
		return nil, err
	}
	return s.output(ctx, OrderID(in.Order))
}

type orderFinishIn struct {
	OrderIn
	Body struct {
		Lot      string `json:"lot" minLength:"1" maxLength:"120"`
		Operator string `json:"operator" minLength:"1" maxLength:"120" doc:"Their function, not their name."`
		Settings string `json:"settings,omitempty" maxLength:"2000"`
	}
}

func (s *Service) finishAPI(ctx context.Context, in *orderFinishIn) (*orderOutput, error) {
	if _, err := s.Finish(ctx, account.ActorIn(ctx), OrderID(in.Order), Build{Lot: in.Body.Lot, Settings: in.Body.Settings, Operator: in.Body.Operator}); err != nil {
		return nil, err
	}
	return s.output(ctx, OrderID(in.Order))
}

type orderMeasureIn struct {
	OrderIn
	Body struct {
		Name       string  `json:"name" minLength:"1" maxLength:"120"`
		NominalMM  float64 `json:"nominal_mm"`
		LowerMM    float64 `json:"lower_mm" doc:"Deviation that is allowed below: -0.2."`
		UpperMM    float64 `json:"upper_mm"`
		MeasuredMM float64 `json:"measured_mm"`
	}
}

func (s *Service) measureAPI(ctx context.Context, in *orderMeasureIn) (*orderOutput, error) {
	b := in.Body
	if err := s.AddMeasure(ctx, account.ActorIn(ctx), Measure{OrderID: OrderID(in.Order), Name: b.Name, NominalMM: b.NominalMM, LowerMM: b.LowerMM, UpperMM: b.UpperMM, MeasuredMM: b.MeasuredMM}); err != nil {
		return nil, err
	}
	return s.output(ctx, OrderID(in.Order))
}

type orderRedoIn struct {
	OrderIn
	Body struct {
		Builds []struct {
			Build  int `json:"build" minimum:"1"`
			Pieces int `json:"pieces" minimum:"1"`
		} `json:"builds" minItems:"1" maxItems:"100"`
	}
}

func (s *Service) redoAPI(ctx context.Context, in *orderRedoIn) (*orderOutput, error) {
	of := map[int]int{}
	for _, b := range in.Body.Builds {
		of[b.Build] += b.Pieces
	}
	if _, err := s.Redo(ctx, account.ActorIn(ctx), OrderID(in.Order), of); err != nil {
		return nil, err
	}
	return s.output(ctx, OrderID(in.Order))
}

type orderInspectIn struct {
	OrderIn
	Body struct {
		Looked bool `json:"looked,omitempty" doc:"Without measures: somebody looked at it, and it conforms."`
	}
}

func (s *Service) inspectAPI(ctx context.Context, in *orderInspectIn) (*orderOutput, error) {
	if _, err := s.Inspect(ctx, account.ActorIn(ctx), OrderID(in.Order), in.Body.Looked); err != nil {
		return nil, err
	}
	return s.output(ctx, OrderID(in.Order))
}

type orderDeliverIn struct {
	OrderIn
	Body struct {
		Note string `json:"note,omitempty" maxLength:"4000"`
	}
}

func (s *Service) deliverAPI(ctx context.Context, in *orderDeliverIn) (*orderOutput, error) {
	if _, err := s.Deliver(ctx, account.ActorIn(ctx), OrderID(in.Order), in.Body.Note); err != nil {
		return nil, err
	}
	return s.output(ctx, OrderID(in.Order))
}

type orderRateIn struct {
	OrderIn
	Body struct {
		Rating int    `json:"rating" minimum:"1" maximum:"5"`
		Text   string `json:"text,omitempty" maxLength:"4000"`
	}
}

func (s *Service) rateAPI(ctx context.Context, in *orderRateIn) (*orderOutput, error) {
	if _, err := s.Rate(ctx, account.ActorIn(ctx), OrderID(in.Order), in.Body.Rating, in.Body.Text); err != nil {
		return nil, err
	}
	return s.output(ctx, OrderID(in.Order))
}
