package programme

import (
	"context"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

func (s *Service) contractAPI(m *web.Mux) {
	tags := []string{"Contracts"}
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/contracts", Tags: tags, Summary: "List contracts",
		Description: "The contracts that the caller may see, in the order of their creation, with the sums over the actions that the caller may see."}, s.contractsAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/contracts", Tags: tags, Summary: "Begin a contract",
		Description: "For project leads of the territory. It begins in preparation, with the axes of its phase.", DefaultStatus: http.StatusCreated}, s.createContractAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/contracts/{id}", Tags: tags, Summary: "Read a contract"}, s.contractOneAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPatch, Path: "/api/v1/contracts/{id}", Tags: tags, Summary: "Change a contract",
		Description: "Fields left out stay. Territory and phase never change; the state has an operation of its own."}, s.saveContractAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/contracts/{id}/state", Tags: tags, Summary: "Change the state of a contract",
		Description: "Signing asks for a signing date, a signatory of the groupings' college, and the deliberation of every public body: all that is missing is told at once."}, s.moveContractAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/contracts/{id}/actions", Tags: tags, Summary: "List the actions of a contract",
		Description: "Those that the caller may see, in the order of their creation."}, s.contractActionsAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/contracts/{id}/history", Tags: tags, Summary: "Read the history of a contract",
		Description: "For parties, newest first."}, s.contractHistoryAPI)
	s.signatoryAPI(m)
	s.axisAPI(m)
	s.objectiveAPI(m)
}

// ContractJSON is a contract.
type ContractJSON struct {
	ID             ContractID      `json:"id"`
	TerritoryID    string          `json:"territory_id" example:"ti-7602"`
	Code           string          `json:"code" doc:"Beginning of the references of its actions." example:"ALES"`
	Number         string          `json:"number" doc:"As on the paper."`
	Title          string          `json:"title"`
	Phase          int             `json:"phase" doc:"1 from 2018, 2 from 2023." enum:"1,2"`
	State          ContractState   `json:"state" enum:"preparation,memorandum,signed,closed"`
	NextStates     []ContractState `json:"next_states" doc:"The states that may follow."`
	MemorandumOn   when.Date       `json:"memorandum_on"`
	SignedOn       when.Date       `json:"signed_on"`
	StartsOn       when.Date       `json:"starts_on"`
	EndsOn         when.Date       `json:"ends_on"`
	AnnouncedCents int64           `json:"announced_cents" doc:"Promised when it was signed; the steps of the financing lines are the money."`
	Summary        string          `json:"summary"`
	Demo           bool            `json:"demo" doc:"The figures are a demonstration."`
	CreatedAt      when.Time       `json:"created_at"`
	UpdatedAt      when.Time       `json:"updated_at"`
}

func contractOut(c Contract) ContractJSON {
	next := c.Next()
	if next == nil {
		next = []ContractState{}
	}
	return ContractJSON{c.ID, c.TerritoryID, c.Code, c.Number, c.Title, c.Phase, c.State, next, c.MemorandumOn, c.SignedOn, c.StartsOn, c.EndsOn,
		c.AnnouncedCents, c.Summary, c.Demo, c.CreatedAt, c.UpdatedAt}
}

// contractRowJSON is a contract as lists show it.
type contractRowJSON struct {
	ContractJSON
	Territory   string `json:"territory" doc:"Name of the territory."`
	Actions     int64  `json:"actions" doc:"How many actions the caller may see; the figures below are theirs."`
	Late        int64  `json:"late"`
	Blocked     int64  `json:"blocked"`
	Unfunded    int64  `json:"unfunded" doc:"Actions whose plan does not cover the cost."`
	Silent      int64  `json:"silent" doc:"Actions without news for two months."`
	CostCents   int64  `json:"cost_cents"`
	PlanCents   int64  `json:"plan_cents"`
	PaidCents   int64  `json:"paid_cents"`
	ToFindCents int64  `json:"to_find_cents"`
}

// contractsIn are the filters of the list, the same as those of the page.
type contractsIn struct {
	web.Paging
	Region      string `query:"region" maxLength:"2" doc:"INSEE code of a region in which the territory lies, wholly or in part." example:"76"`
	TerritoryID string `query:"territory_id" maxLength:"20" doc:"Of one territory." example:"ti-7602"`
	State       string `query:"state" enum:"preparation,memorandum,signed,closed" doc:"In one state."`
	Text        string `query:"q" maxLength:"200" doc:"Words of the title, the code or the name of the territory."`
}

type contractsOut struct{ Body web.List[contractRowJSON] }

func (s *Service) contractsAPI(ctx context.Context, in *contractsIn) (*contractsOut, error) {
	var items []contractRowJSON
	err := s.db.View(ctx, func(tx db.Tx) error {
		rows, _, err := readContracts(tx, account.ActorIn(ctx), contractFilter{RegionID: in.Region, TerritoryID: in.TerritoryID, State: ContractState(in.State),
			Text: in.Text, After: ContractID(in.Cursor), Limit: in.Limit + 1, byID: true})
		items = make([]contractRowJSON, 0, len(rows))
		for _, r := range rows {
			items = append(items, contractRowJSON{contractOut(r.Contract), r.Place, r.All, r.Late, r.Blocked, r.Unfunded, r.Silent, r.CostCents, r.PlanCents, r.PaidCents, r.ToFindCents})
		}
		return err
	})
	return &contractsOut{web.PageOf(items, in.Limit, func(c contractRowJSON) string { return string(c.ID) })}, err
}

type contractOneOut struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     ContractJSON
}

func contractAnswer(c Contract) *contractOneOut {
	return &contractOneOut{web.ETag(c.Version), "/api/v1/contracts/" + string(c.ID), contractOut(c)}
}

// ContractPath names a contract in an address.
type ContractPath struct {
	ID ContractID `path:"id" maxLength:"40"`
}

// viewContract reads a contract that the caller may see.
func (s *Service) viewContract(ctx context.Context, id ContractID) (Contract, error) {
	var c Contract
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		c, err = contractFor(tx, account.ActorIn(ctx), id)
		return err
	})
	return c, err
}

func (s *Service) contractOneAPI(ctx context.Context, in *ContractPath) (*contractOneOut, error) {
	c, err := s.viewContract(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return contractAnswer(c), nil
}

type createContractIn struct {
	Body struct {
		TerritoryID    string    `json:"territory_id" maxLength:"20" example:"ti-7602"`
		Phase          int       `json:"phase" minimum:"1" maximum:"2" doc:"1 from 2018, 2 from 2023."`
		Code           string    `json:"code" maxLength:"40" doc:"Beginning of the references of its actions: a capital, then capitals and digits." example:"ALES"`
		Title          string    `json:"title" maxLength:"400"`
		Number         string    `json:"number,omitempty" maxLength:"100"`
		MemorandumOn   when.Date `json:"memorandum_on,omitempty"`
		SignedOn       when.Date `json:"signed_on,omitempty"`
		StartsOn       when.Date `json:"starts_on,omitempty"`
		EndsOn         when.Date `json:"ends_on,omitempty"`
		AnnouncedCents int64     `json:"announced_cents,omitempty"`
		Summary        string    `json:"summary,omitempty" maxLength:"8000"`
	}
}

func (s *Service) createContractAPI(ctx context.Context, in *createContractIn) (*contractOneOut, error) {
	b := in.Body
	c, err := s.CreateContract(ctx, account.ActorIn(ctx), Contract{TerritoryID: b.TerritoryID, Phase: b.Phase, Code: b.Code, Title: b.Title, Number: b.Number,
		MemorandumOn: b.MemorandumOn, SignedOn: b.SignedOn, StartsOn: b.StartsOn, EndsOn: b.EndsOn, AnnouncedCents: b.AnnouncedCents, Summary: b.Summary})
	if err != nil {
		return nil, err
	}
	return contractAnswer(c), nil
}

type saveContractIn struct {
	ContractPath
	web.IfMatch
	Body struct {
		Code           *string    `json:"code,omitempty" maxLength:"40"`
		Title          *string    `json:"title,omitempty" maxLength:"400"`
		Number         *string    `json:"number,omitempty" maxLength:"100"`
		MemorandumOn   *when.Date `json:"memorandum_on,omitempty"`
		SignedOn       *when.Date `json:"signed_on,omitempty"`
		StartsOn       *when.Date `json:"starts_on,omitempty"`
		EndsOn         *when.Date `json:"ends_on,omitempty"`
		AnnouncedCents *int64     `json:"announced_cents,omitempty"`
		Summary        *string    `json:"summary,omitempty" maxLength:"8000"`
	}
}

func (s *Service) saveContractAPI(ctx context.Context, in *saveContractIn) (*contractOneOut, error) {
	seen, err := in.Version()
	if err != nil {
		return nil, err
	}
	c, err := s.viewContract(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	b := in.Body
	set(&c.Code, b.Code)
	set(&c.Title, b.Title)
	set(&c.Number, b.Number)
	set(&c.MemorandumOn, b.MemorandumOn)
	set(&c.SignedOn, b.SignedOn)
	set(&c.StartsOn, b.StartsOn)
	set(&c.EndsOn, b.EndsOn)
	set(&c.AnnouncedCents, b.AnnouncedCents)
	set(&c.Summary, b.Summary)
	c.Version = seen
	if _, err = s.SaveContract(ctx, account.ActorIn(ctx), c); err != nil {
		return nil, overtaken(ctx, err, in.Body, func() (web.Stand, error) {
			now, err := s.viewContract(ctx, in.ID)
			return web.Stand{Version: now.Version, SavedAt: now.UpdatedAt, Value: contractOut(now)}, err
		})
	}
	return s.contractOneAPI(ctx, &in.ContractPath)
}

// overtaken makes of a stale fault the problem that shows what stands now beside what was sent;
// other errors stay.
func overtaken(ctx context.Context, err error, sent any, now func() (web.Stand, error)) error {
	if !fault.Stale(err) {
		return err
	}
	stands, err := now()
	if err != nil {
		return err
	}
	return web.Overtaken(ctx, stands, sent)
}

type moveContractIn struct {
	ContractPath
	web.IfMatch
	Body struct {
		To ContractState `json:"to" enum:"preparation,memorandum,signed,closed"`
	}
}

func (s *Service) moveContractAPI(ctx context.Context, in *moveContractIn) (*contractOneOut, error) {
	seen, err := in.Version()
	if err != nil {
		return nil, err
	}
	c, err := s.MoveContract(ctx, account.ActorIn(ctx), in.ID, in.Body.To, seen)
	if err != nil {
		return nil, err
	}
	return s.contractOneAPI(ctx, &ContractPath{c.ID})
}

type contractActionsIn struct {
	ContractPath
	web.Paging
	Status string `query:"status" enum:"to_discuss,planned,under_way,paused,blocked,done,abandoned" doc:"In one status."`
}

func (s *Service) contractActionsAPI(ctx context.Context, in *contractActionsIn) (*actionsOut, error) {
	if _, err := s.viewContract(ctx, in.ID); err != nil {
		return nil, err
	}
	return s.actionsAPI(ctx, &actionsIn{Paging: in.Paging, ContractID: string(in.ID), Status: in.Status})
}

type contractHistoryIn struct {
	ContractPath
	HistoryPaging
}

func (s *Service) contractHistoryAPI(ctx context.Context, in *contractHistoryIn) (*historyOut, error) {
	return s.historyOf(ctx, "contract", string(in.ID), in.HistoryPaging, func(tx db.Tx) error {
		c, err := contractFor(tx, account.ActorIn(ctx), in.ID)
		if err != nil {
			return err
		}
		a := ActionAccess{TerritoryID: c.TerritoryID, Confidentiality: ForContract}
		if a.RegionIDs, err = regionsOf(tx, c.TerritoryID); err != nil {
			return err
		}
		signatories, err := listSignatories(tx, c.ID)
		if err != nil {
			return err
		}
		for _, x := range signatories {
			a.SignatoryIDs = append(a.SignatoryIDs, x.OrganisationID)
		}
		if !May(viewerOf(account.ActorIn(ctx)), SeeContract, a, tx.Today()) {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		return nil
	})
}
