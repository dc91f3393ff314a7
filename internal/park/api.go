package park

import (
	"context"
	"net/http"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

// API registers the feature's operations.
func (s *Service) API(m *web.Mux) {
	tags, library := []string{"Machines"}, []string{"Materials"}
	const one = "/api/v1/machines/{machine}"
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/machines", Tags: tags, Summary: "List machines",
		Description: "Those that one may ask for, and those of one's organisations."}, s.machinesAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/machines", Tags: tags, Summary: "Add a machine",
		Description: "To the park of an organisation that one manages.", DefaultStatus: http.StatusCreated}, s.addMachineAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: one, Tags: tags, Summary: "Read a machine",
		Description: "With its stock and when it is taken; rates and prices only for the people of its organisation."}, s.machineAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPut, Path: one, Tags: tags, Summary: "Change a machine",
		Description: "Its process and its organisation stay."}, s.saveMachineAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: one, Tags: tags, Summary: "Remove a machine", Description: "It leaves the lists and can be restored.",
		DefaultStatus: http.StatusNoContent}, s.removeMachineAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/restore", Tags: tags, Summary: "Bring a machine back", DefaultStatus: http.StatusNoContent}, s.restoreMachineAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPut, Path: one + "/stock/{material}", Tags: tags, Summary: "Say what a machine has of a material",
		DefaultStatus: http.StatusNoContent}, s.stockAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: one + "/stock/{material}", Tags: tags, Summary: "Take a material out of a machine's stock",
		DefaultStatus: http.StatusNoContent}, s.removeStockAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: one + "/slots", Tags: tags, Summary: "Take a machine for a time",
		Description: "A booking or a maintenance; a time that is taken is refused.", DefaultStatus: http.StatusCreated}, s.slotAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: one + "/slots/{slot}", Tags: tags, Summary: "Free a machine", DefaultStatus: http.StatusNoContent}, s.removeSlotAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/processes", Tags: library, Summary: "List processes",
		Description: "With their materials and figures."}, s.processesAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPut, Path: "/api/v1/processes/{process}/figures/{figure}", Tags: library, Summary: "Set a figure",
		Description: "Of a process, or of one of its materials. For who administers the server or leads a territory's project.", DefaultStatus: http.StatusNoContent}, s.figureAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: "/api/v1/processes/{process}/figures/{figure}", Tags: library, Summary: "Take a figure away",
		DefaultStatus: http.StatusNoContent}, s.removeFigureAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/materials", Tags: library, Summary: "Add a material", DefaultStatus: http.StatusCreated}, s.addMaterialAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPut, Path: "/api/v1/materials/{material}", Tags: library, Summary: "Change a material"}, s.saveMaterialAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: "/api/v1/materials/{material}", Tags: library, Summary: "Remove a material", DefaultStatus: http.StatusNoContent}, s.removeMaterialAPI)
}

// MachineIn is the machine of an address; exported, or huma would not look into it.
type MachineIn struct {
	Machine string `path:"machine" maxLength:"40"`
}

type stockJSON struct {
	MaterialID MaterialID `json:"material_id"`
	Material   string     `json:"material"`
	Density    float64    `json:"density,omitempty" doc:"In g/cm³."`
	PriceCents int64      `json:"price_cents,omitempty" doc:"Of a kilogram; for the owner's people."`
	Grams      int64      `json:"grams,omitempty"`
	Lot        string     `json:"lot,omitempty"`
}

type slotJSON struct {
	ID     SlotID    `json:"id,omitempty"`
	Kind   SlotKind  `json:"kind" enum:"booking,maintenance"`
	Title  string    `json:"title,omitempty" doc:"For the owner's people."`
	FromAt when.Time `json:"from_at"`
	ToAt   when.Time `json:"to_at"`
}

// machineBody is what a machine is changed to.
type machineBody struct {
	Name         string             `json:"name" minLength:"1" maxLength:"120"`
	Model        string             `json:"model,omitempty" maxLength:"120"`
	AskedBy      AskedBy            `json:"asked_by" enum:"everyone,territory,partners,ours"`
	Partners     []string           `json:"partners,omitempty" maxItems:"100" doc:"Names of organisations, when asked_by is partners."`
	XMM          float64            `json:"x_mm"`
	YMM          float64            `json:"y_mm"`
	ZMM          float64            `json:"z_mm"`
	LeastLayerMM float64            `json:"least_layer_mm"`
	MostLayerMM  float64            `json:"most_layer_mm"`
	Rates        *ratesJSON         `json:"rates,omitempty" doc:"Of the owner's people alone."`
	OpenDays     string             `json:"open_days" doc:"1 is Monday." example:"12345"`
	OpenFrom     int64              `json:"open_from" doc:"In minutes of the day." example:"480"`
	OpenTo       int64              `json:"open_to" example:"1080"`
	Unattended   bool               `json:"unattended"`
	Figures      map[string]float64 `json:"figures,omitempty" doc:"Settings of its own, before those of the process."`
	Note         string             `json:"note,omitempty" maxLength:"4000"`
}

type ratesJSON struct {
	HourCents     int64 `json:"hour_cents"`
	SetupCents    int64 `json:"setup_cents"`
	PartCents     int64 `json:"part_cents"`
	MarginPercent int64 `json:"margin_percent"`
	AutoCents     int64 `json:"auto_cents" doc:"Up to which price quotes are made without the owner; 0: none."`
	LeadDays      int64 `json:"lead_days"`
}

type machineJSON struct {
	ID             MachineID              `json:"id"`
	OrganisationID account.OrganisationID `json:"organisation_id"`
	Owner          string                 `json:"owner"`
	Process        Process                `json:"process" enum:"fdm,msla,sls,mjf,lpbf"`
	ProcessCode    string                 `json:"process_code" doc:"As ISO/ASTM 52900 names it." example:"MEX-TRB/P"`
	machineBody
	Stock   []stockJSON `json:"stock"`
	Slots   []slotJSON  `json:"slots,omitempty"`
	Version int64       `json:"version"`
}

func machineOut(v *web.View, row machineRow, slots []Slot, ours bool) machineJSON {
	m := row.Machine
	out := machineJSON{ID: m.ID, OrganisationID: m.OrganisationID, Owner: row.Owner, Process: m.Process, ProcessCode: m.Process.Code(), Version: m.Version, Stock: []stockJSON{},
		machineBody: machineBody{Name: m.Name, Model: m.Model, AskedBy: m.AskedBy, XMM: m.XMM, YMM: m.YMM, ZMM: m.ZMM, LeastLayerMM: m.LeastLayerMM, MostLayerMM: m.MostLayerMM,
			OpenDays: m.OpenDays, OpenFrom: m.OpenFrom, OpenTo: m.OpenTo, Unattended: m.Unattended, Note: m.Note}}
	if ours {
		out.Rates = &ratesJSON{m.HourCents, m.SetupCents, m.PartCents, m.MarginPercent, m.AutoCents, m.LeadDays}
		out.Figures = map[string]float64{}
		for n, value := range m.Own() {
			out.Figures[string(n)] = value
		}
	}
	for _, s := range row.Stock {
		x := stockJSON{MaterialID: s.MaterialID, Material: InWords(v, s.Material), Density: s.Density}
		if ours {
			x.PriceCents, x.Grams, x.Lot = s.PriceCents, s.Grams, s.Lot
		}
		out.Stock = append(out.Stock, x)
	}
	for _, s := range slots {
		x := slotJSON{Kind: s.Kind, FromAt: s.FromAt, ToAt: s.ToAt}
		if ours {
			x.ID, x.Title = s.ID, s.Title
		}
		out.Slots = append(out.Slots, x)
	}
	return out
}

// of makes the body a machine.
func (b machineBody) of(id MachineID) (Machine, Open, error) {
	m := Machine{ID: id, Name: b.Name, Model: b.Model, AskedBy: b.AskedBy, XMM: b.XMM, YMM: b.YMM, ZMM: b.ZMM, LeastLayerMM: b.LeastLayerMM, MostLayerMM: b.MostLayerMM,
		Opening: Opening{b.OpenDays, b.OpenFrom, b.OpenTo, b.Unattended}, Note: b.Note}
	if b.Rates != nil {
		m.Rates = Rates(*b.Rates)
	}
	own := map[Name]float64{}
	for n, value := range b.Figures {
		own[Name(n)] = value
	}
	return m, Open{Partners: b.Partners}, m.SetOwn(own)
}

type machineOutput struct {
	ETag string `header:"ETag"`
	Body machineJSON
}

type machinesIn struct {
	web.Paging
	Text     string `query:"q" maxLength:"200" doc:"Words of the name or the model."`
	Process  string `query:"process" maxLength:"20"`
	Material string `query:"material_id" maxLength:"40"`
}

type machinesOut struct{ Body web.List[machineJSON] }

func (s *Service) machinesAPI(ctx context.Context, in *machinesIn) (*machinesOut, error) {
	by := account.ActorIn(ctx)
	var out []machineJSON
	err := s.db.View(ctx, func(tx db.Tx) error {
		reach, err := ReachOf(tx, by)
		if err != nil {
			return err
		}
		list, err := listMachinesAfter(tx, Filter{Text: in.Text, Process: Process(in.Process), Material: MaterialID(in.Material)}.where(reach), MachineID(in.Cursor), in.Limit+1)
		if err != nil {
			return err
		}
		rows, err := rowsOf(tx, list)
		for _, r := range rows {
			out = append(out, machineOut(web.ViewIn(ctx), r, nil, r.ours(by)))
		}
		return err
	})
	return &machinesOut{web.PageOf(out, in.Limit, func(m machineJSON) string { return string(m.ID) })}, err
}

func (s *Service) machineOutput(ctx context.Context, id MachineID) (*machineOutput, error) {
	by := account.ActorIn(ctx)
	var out machineJSON
	err := s.db.View(ctx, func(tx db.Tx) error {
		m, err := seen(tx, by, id)
		if err != nil {
			return err
		}
		rows, err := rowsOf(tx, []Machine{m})
		if err != nil {
			return err
		}
		slots, err := listSlots(tx, id)
		out = machineOut(web.ViewIn(ctx), rows[0], slots, m.ours(by))
		return err
	})
	return &machineOutput{web.ETag(out.Version), out}, err
}

func (s *Service) machineAPI(ctx context.Context, in *MachineIn) (*machineOutput, error) {
	return s.machineOutput(ctx, MachineID(in.Machine))
}

type addMachineIn struct {
	Body struct {
		OrganisationID string  `json:"organisation_id" maxLength:"40"`
		Process        Process `json:"process" enum:"fdm,msla,sls,mjf,lpbf"`
		machineBody
	}
}

func (s *Service) addMachineAPI(ctx context.Context, in *addMachineIn) (*machineOutput, error) {
	m, open, err := in.Body.of("")
	if err != nil {
		return nil, err
	}
	m.OrganisationID, m.Process = account.OrganisationID(in.Body.OrganisationID), in.Body.Process
	if m, err = s.AddMachine(ctx, account.ActorIn(ctx), m, open); err != nil {
		return nil, err
	}
	return s.machineOutput(ctx, m.ID)
}

type saveMachineIn struct {
	MachineIn
	web.IfMatch
	Body machineBody
}

func (s *Service) saveMachineAPI(ctx context.Context, in *saveMachineIn) (*machineOutput, error) {
	m, open, err := in.Body.of(MachineID(in.Machine))
	if err != nil {
		return nil, err
	}
	if m.Version, err = in.Version(); err != nil {
		return nil, err
	}
	if _, err := s.SaveMachine(ctx, account.ActorIn(ctx), m, open); err != nil {
		return nil, err
	}
	return s.machineOutput(ctx, m.ID)
}

func (s *Service) removeMachineAPI(ctx context.Context, in *MachineIn) (*struct{}, error) {
	return nil, s.RemoveMachine(ctx, account.ActorIn(ctx), MachineID(in.Machine))
}

func (s *Service) restoreMachineAPI(ctx context.Context, in *MachineIn) (*struct{}, error) {
	return nil, s.RestoreMachine(ctx, account.ActorIn(ctx), MachineID(in.Machine))
}

// StockIn is a material of a machine's stock.
type StockIn struct {
	MachineIn
	Material string `path:"material" maxLength:"40"`
}

type saveStockIn struct {
	StockIn
	Body struct {
		PriceCents int64  `json:"price_cents" doc:"Of a kilogram."`
		Grams      int64  `json:"grams,omitempty" doc:"Left; 0: not counted."`
		Lot        string `json:"lot,omitempty" maxLength:"120"`
	}
}

func (s *Service) stockAPI(ctx context.Context, in *saveStockIn) (*struct{}, error) {
	return nil, s.SetStock(ctx, account.ActorIn(ctx), Stock{MachineID: MachineID(in.Machine), MaterialID: MaterialID(in.Material), PriceCents: in.Body.PriceCents, Grams: in.Body.Grams, Lot: in.Body.Lot})
}

func (s *Service) removeStockAPI(ctx context.Context, in *StockIn) (*struct{}, error) {
	return nil, s.RemoveStock(ctx, account.ActorIn(ctx), MachineID(in.Machine), MaterialID(in.Material))
}

type addSlotIn struct {
	MachineIn
	Body struct {
		Kind   SlotKind  `json:"kind" enum:"booking,maintenance"`
		Title  string    `json:"title" minLength:"1" maxLength:"120"`
		FromAt when.Time `json:"from_at"`
		ToAt   when.Time `json:"to_at"`
	}
}

type slotOutput struct{ Body slotJSON }

func (s *Service) slotAPI(ctx context.Context, in *addSlotIn) (*slotOutput, error) {
	x, err := s.AddSlot(ctx, account.ActorIn(ctx), Slot{MachineID: MachineID(in.Machine), Kind: in.Body.Kind, Title: in.Body.Title, FromAt: in.Body.FromAt, ToAt: in.Body.ToAt})
	if err != nil {
		return nil, whenTaken(web.ViewIn(ctx), err)
	}
	return &slotOutput{slotJSON{x.ID, x.Kind, x.Title, x.FromAt, x.ToAt}}, nil
}

type slotIn struct {
	MachineIn
	Slot string `path:"slot" maxLength:"40"`
}

func (s *Service) removeSlotAPI(ctx context.Context, in *slotIn) (*struct{}, error) {
	return nil, s.RemoveSlot(ctx, account.ActorIn(ctx), MachineID(in.Machine), SlotID(in.Slot))
}

type figureJSON struct {
	Name       Name       `json:"name" example:"wall_free"`
	MaterialID MaterialID `json:"material_id,omitempty" doc:"Absent: whatever the material."`
	Value      float64    `json:"value"`
	Unit       string     `json:"unit,omitempty" example:"mm"`
	Source     string     `json:"source"`
	Rule       bool       `json:"rule" doc:"A part is judged by it."`
}

type materialJSON struct {
	ID         MaterialID `json:"id"`
	Name       string     `json:"name"`
	Density    float64    `json:"density,omitempty" doc:"In g/cm³."`
	PriceCents int64      `json:"price_cents,omitempty" doc:"Of a kilogram."`
	Source     string     `json:"source,omitempty"`
	Version    int64      `json:"version"`
}

type processJSON struct {
	ID        Process        `json:"id"`
	Name      string         `json:"name"`
	Code      string         `json:"code" doc:"As ISO/ASTM 52900 names it."`
	Materials []materialJSON `json:"materials"`
	Figures   []figureJSON   `json:"figures"`
}

type processesOut struct{ Body web.List[processJSON] }

func (s *Service) processesAPI(ctx context.Context, _ *struct{}) (*processesOut, error) {
	var materials []Material
	var figures Figures
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		if materials, err = listMaterials(tx, ""); err != nil {
			return err
		}
		figures, err = listFigures(tx, "")
		return err
	})
	if err != nil {
		return nil, err
	}
	v, out := web.ViewIn(ctx), web.List[processJSON]{}
	for _, p := range Processes() {
		x := processJSON{ID: p, Name: v.T(p.Key()), Code: p.Code(), Materials: []materialJSON{}, Figures: []figureJSON{}}
		for _, m := range materials {
			if m.Process == p {
				x.Materials = append(x.Materials, materialOut(v, m))
			}
		}
		for _, f := range figures {
			if k, ok := KindOf(p, f.Name); ok && f.Process == p {
				x.Figures = append(x.Figures, figureJSON{f.Name, f.MaterialID, f.Value, k.Unit, InWords(v, f.Source), k.Rule})
			}
		}
		out.Items = append(out.Items, x)
	}
	return &processesOut{out}, nil
}

func materialOut(v *web.View, m Material) materialJSON {
	return materialJSON{m.ID, InWords(v, m.Name), m.Density, m.PriceCents, InWords(v, m.Source), m.Version}
}

// FigureIn is a figure of an address.
type FigureIn struct {
	Process  string `path:"process" maxLength:"20"`
	Figure   string `path:"figure" maxLength:"40"`
	Material string `query:"material_id" maxLength:"40" doc:"Of one material alone."`
}

func (in FigureIn) of() Figure {
	return Figure{Process: Process(in.Process), Name: Name(in.Figure), MaterialID: MaterialID(in.Material)}
}

type setFigureIn struct {
	FigureIn
	Body struct {
		Value  float64 `json:"value"`
		Source string  `json:"source" minLength:"1" maxLength:"300"`
	}
}

func (s *Service) figureAPI(ctx context.Context, in *setFigureIn) (*struct{}, error) {
	f := in.of()
	f.Value, f.Source = in.Body.Value, kept(in.Body.Source)
	return nil, s.SetFigure(ctx, account.ActorIn(ctx), f)
}

func (s *Service) removeFigureAPI(ctx context.Context, in *FigureIn) (*struct{}, error) {
	return nil, s.RemoveFigure(ctx, account.ActorIn(ctx), in.of())
}

type materialBody struct {
	Name       string  `json:"name" minLength:"1" maxLength:"120"`
	Density    float64 `json:"density,omitempty" doc:"In g/cm³."`
	PriceCents int64   `json:"price_cents,omitempty" doc:"Of a kilogram."`
	Source     string  `json:"source,omitempty" maxLength:"300"`
}

func (b materialBody) of() Material {
	return Material{Name: kept(b.Name), Density: b.Density, PriceCents: b.PriceCents, Source: kept(b.Source)}
}

type materialOutput struct {
	ETag string `header:"ETag"`
	Body materialJSON
}

type addMaterialIn struct {
	Body struct {
		Process Process `json:"process" enum:"fdm,msla,sls,mjf,lpbf"`
		materialBody
	}
}

func (s *Service) addMaterialAPI(ctx context.Context, in *addMaterialIn) (*materialOutput, error) {
	m := in.Body.of()
	m.Process = Process(strings.TrimSpace(string(in.Body.Process)))
	m, err := s.AddMaterial(ctx, account.ActorIn(ctx), m)
	return &materialOutput{web.ETag(m.Version), materialOut(web.ViewIn(ctx), m)}, err
}

// MaterialIn is the material of an address.
type MaterialIn struct {
	Material string `path:"material" maxLength:"40"`
}

type saveMaterialIn struct {
	MaterialIn
	web.IfMatch
	Body materialBody
}

func (s *Service) saveMaterialAPI(ctx context.Context, in *saveMaterialIn) (*materialOutput, error) {
	m := in.Body.of()
	var err error
	if m.Version, err = in.Version(); err != nil {
		return nil, err
	}
	m.ID = MaterialID(in.Material)
	m, err = s.SaveMaterial(ctx, account.ActorIn(ctx), m)
	return &materialOutput{web.ETag(m.Version), materialOut(web.ViewIn(ctx), m)}, err
}

func (s *Service) removeMaterialAPI(ctx context.Context, in *MaterialIn) (*struct{}, error) {
	_, err := s.RemoveMaterial(ctx, account.ActorIn(ctx), MaterialID(in.Material), true)
	return nil, err
}
