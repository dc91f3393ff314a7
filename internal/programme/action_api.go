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

func (s *Service) actionAPI(m *web.Mux) {
	tags := []string{"Actions"}
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/actions", Tags: tags, Summary: "List actions",
		Description: "The actions that the caller may see, in the order of their creation."}, s.actionsAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/actions/{id}", Tags: tags, Summary: "Read an action",
		Description: "With its readiness: each of the five conditions, met or with what is missing."}, s.actionOneAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/actions", Tags: tags, Summary: "Create an action sheet",
		Description: "Only contract, reference and title are needed; readiness says what is missing.", DefaultStatus: http.StatusCreated}, s.createActionAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/actions/{id}/status", Tags: tags, Summary: "Change the status of an action",
		Description: "Under way asks for a start that has come, done for a real end and no open blocker, blocked for a blocker that says what is in the way."}, s.moveActionAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: "/api/v1/actions/{id}", Tags: tags, Summary: "Take an action off the lists",
		Description: "For project leads; nothing is lost."}, s.removeActionAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/actions/{id}/restore", Tags: tags, Summary: "Bring an action back"}, s.restoreActionAPI)
	sheets := []string{"Action sheets"}
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/actions/{id}/readiness", Tags: sheets, Summary: "Read whether a sheet is ready",
		Description: "The five conditions under which a project becomes an action; nothing is ever ticked by hand. What is missing names the section and the field where it is put right."}, s.readinessAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/actions/{id}/history", Tags: sheets, Summary: "Read the history of an action",
		Description: "For parties, newest first."}, s.actionHistoryAPI)
}

// RowJSON is an action as lists show it.
type RowJSON struct {
	ID              ActionID        `json:"id"`
	ContractID      ContractID      `json:"contract_id"`
	TerritoryID     string          `json:"territory_id"`
	Reference       string          `json:"reference"`
	Title           string          `json:"title"`
	Status          Status          `json:"status"`
	LateDays        int             `json:"late_days" doc:"By how much the earliest overdue date has passed; 0 when nothing is late."`
	Outlook         Outlook         `json:"outlook"`
	Priority        Priority        `json:"priority"`
	Commitment      Commitment      `json:"commitment"`
	Confidentiality Confidentiality `json:"confidentiality"`
	StartsOn        when.Date       `json:"starts_on"`
	EndsOn          when.Date       `json:"ends_on"`
	EndedOn         when.Date       `json:"ended_on"`
	ConditionsMet   int             `json:"conditions_met" doc:"Of the five conditions of readiness."`
	LeadID          string          `json:"lead_id" doc:"Organisation that leads."`
	LeadName        string          `json:"lead_name"`
	CostCents       int64           `json:"cost_cents"`
	PlanCents       int64           `json:"plan_cents"`
	ToFindCents     int64           `json:"to_find_cents"`
	Demo            bool            `json:"demo" doc:"The figures are a demonstration."`
	UpdatedAt       when.Time       `json:"updated_at"`
}

func rowOut(r Row, today when.Date) RowJSON {
	return RowJSON{r.ID, r.ContractID, r.TerritoryID, r.Reference, r.Title, r.Status, r.LateDays(today), r.Outlook, r.Priority, r.Commitment, r.Confidentiality,
		r.StartsOn, r.EndsOn, r.EndedOn, r.Met(), r.LeadID, r.LeadName, r.CostCents, r.PlanCents, r.ToFindCents, r.Demo, r.UpdatedAt}
}

// actionsIn are the filters of the list, the same as those of the pages.
type actionsIn struct {
	web.Paging
	ContractID  string `query:"contract_id" maxLength:"40" doc:"Of one contract."`
	TerritoryID string `query:"territory_id" maxLength:"20" doc:"Of one territory: ti-7602."`
	Axis        string `query:"axis" maxLength:"40" doc:"Code of an axis."`
	Status      string `query:"status" enum:"to_discuss,planned,under_way,paused,blocked,done,abandoned" doc:"In one status."`
	Ready       string `query:"ready" enum:"yes,no" doc:"All five conditions met, or not."`
	FunderID    string `query:"funder_id" maxLength:"40" doc:"With money of an organisation."`
	LeadID      string `query:"lead_id" maxLength:"40" doc:"Led by an organisation."`
	Late        bool   `query:"late" doc:"Only what is late."`
	Text        string `query:"q" maxLength:"200" doc:"Words of the title or the reference."`
}

type actionsOut struct{ Body web.List[RowJSON] }

func (s *Service) actionsAPI(ctx context.Context, in *actionsIn) (*actionsOut, error) {
	f := Filter{ContractID: ContractID(in.ContractID), TerritoryID: in.TerritoryID, AxisCode: in.Axis, Ready: in.Ready, FunderID: in.FunderID,
		OwnerID: in.LeadID, Late: in.Late, Text: in.Text}
	if in.Status != "" {
		f.Status = []Status{Status(in.Status)}
	}
	var out []RowJSON
	err := s.db.View(ctx, func(tx db.Tx) error {
		rows, err := listActionsAfter(tx, account.ActorIn(ctx), f, ActionID(in.Cursor), in.Limit+1)
		for _, r := range rows {
			out = append(out, rowOut(r, tx.Today()))
		}
		return err
	})
	return &actionsOut{web.PageOf(out, in.Limit, func(r RowJSON) string { return string(r.ID) })}, err
}

type conditionJSON struct {
	Code    ConditionCode `json:"code" enum:"carried,described,funded,evaluated,ready"`
	Met     bool          `json:"met"`
	Missing []string      `json:"missing" doc:"What is missing, in the caller's language."`
}

type actionJSON struct {
	RowJSON
	Context        string          `json:"context"`
	Description    string          `json:"description"`
	Stakes         string          `json:"stakes"`
	Beneficiaries  string          `json:"beneficiaries"`
	TechnicalNeeds string          `json:"technical_needs"`
	Readiness      []conditionJSON `json:"readiness"`
}

type actionOut struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     actionJSON
}

// ActionPath names an action in an address.
type ActionPath struct {
	ID ActionID `path:"id" maxLength:"40"`
}

type actionListIn struct {
	ActionPath
	web.Paging
}

func (s *Service) actionOneAPI(ctx context.Context, in *ActionPath) (*actionOut, error) {
	return s.actionOut(ctx, in.ID)
}

func (s *Service) actionOut(ctx context.Context, id ActionID) (*actionOut, error) {
	by, v := account.ActorIn(ctx), web.ViewIn(ctx)
	out := &actionOut{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		if _, err := accessTo(tx, by, id); err != nil {
			return err
		}
		sheet, err := loadSheet(tx, id)
		if err != nil {
			return err
		}
		out = sheetOut(v, sheet, tx.Today())
		return nil
	})
	return out, err
}

func sheetOut(v *web.View, sheet Sheet, today when.Date) *actionOut {
	a, d := sheet.Action, sheet.derive()
	r := Row{ID: a.ID, ContractID: a.ContractID, TerritoryID: a.TerritoryID, Reference: a.Reference, Title: a.Title, Status: a.Status, Outlook: a.Outlook,
		Priority: a.Priority, Commitment: a.Commitment, Confidentiality: a.Confidentiality, StartsOn: a.StartsOn, EndsOn: a.EndsOn, EndedOn: a.EndedOn, Demo: a.Demo,
		ReadyMask: d.ReadyMask, LeadID: d.LeadID, LeadName: d.LeadName, CostCents: d.CostCents, PlanCents: d.PlanCents, ToFindCents: d.ToFindCents, LateOn: d.LateOn, UpdatedAt: a.UpdatedAt}
	body := actionJSON{RowJSON: rowOut(r, today), Context: a.Context, Description: a.Description, Stakes: a.Stakes, Beneficiaries: a.Beneficiaries, TechnicalNeeds: a.TechnicalNeeds}
	for _, c := range sheet.Conditions {
		j := conditionJSON{Code: c.Code, Met: c.Met, Missing: []string{}}
		for _, m := range c.Missing {
			j.Missing = append(j.Missing, v.TArgs(m.Key, m.Args))
		}
		body.Readiness = append(body.Readiness, j)
	}
	return &actionOut{Body: body, ETag: web.ETag(a.Version), Location: "/api/v1/actions/" + string(a.ID)}
}

type createActionIn struct {
	Body struct {
		ContractID      string `json:"contract_id" maxLength:"40"`
		Reference       string `json:"reference" maxLength:"40" doc:"Unique in its contract: ALES-03."`
		Title           string `json:"title" maxLength:"400"`
		Confidentiality string `json:"confidentiality,omitempty" enum:"public,contract,restricted" doc:"contract when left out."`
		Context         string `json:"context,omitempty" maxLength:"20000"`
		Description     string `json:"description,omitempty" maxLength:"20000"`
		Stakes          string `json:"stakes,omitempty" maxLength:"20000"`
	}
}

func (s *Service) createActionAPI(ctx context.Context, in *createActionIn) (*actionOut, error) {
	b := in.Body
	a, err := s.CreateAction(ctx, account.ActorIn(ctx), Action{ContractID: ContractID(b.ContractID),
		Identity: Identity{Reference: b.Reference, Title: b.Title, Confidentiality: Confidentiality(b.Confidentiality)},
		Content:  Content{Context: b.Context, Description: b.Description, Stakes: b.Stakes}})
	if err != nil {
		return nil, err
	}
	sheet := Sheet{Action: a} // a new sheet has nothing else: no need to read it back
	sheet.compute()
	return sheetOut(web.ViewIn(ctx), sheet, a.CreatedAt.Date(db.Paris)), nil
}

type moveActionIn struct {
	ActionPath
	Body struct {
		From string `json:"from,omitempty" doc:"The status that you saw; a conflict when it is another by now."`
		To   string `json:"to" enum:"to_discuss,planned,under_way,paused,blocked,done,abandoned"`
	}
}

func (s *Service) moveActionAPI(ctx context.Context, in *moveActionIn) (*actionOut, error) {
	if in.Body.To == "" {
		return nil, fault.New(fault.Invalid, "programme.wrong.choice")
	}
	a, err := s.MoveAction(ctx, account.ActorIn(ctx), in.ID, Status(in.Body.From), Status(in.Body.To))
	if err != nil {
		return nil, err
	}
	return s.actionOut(ctx, a.ID)
}

func (s *Service) removeActionAPI(ctx context.Context, in *ActionPath) (*struct{}, error) {
	return nil, s.RemoveAction(ctx, account.ActorIn(ctx), in.ID)
}

func (s *Service) restoreActionAPI(ctx context.Context, in *ActionPath) (*actionOut, error) {
	if err := s.RestoreAction(ctx, account.ActorIn(ctx), in.ID); err != nil {
		return nil, err
	}
	return s.actionOut(ctx, in.ID)
}

type missingJSON struct {
	Section Section `json:"section" enum:"identity,description,people,calendar,costs,funding,indicators,follow_up"`
	Field   string  `json:"field" doc:"Of the section; indicators.ID names an indicator."`
	Key     string  `json:"key" doc:"A stable name of what is missing." example:"programme.missing.pilot"`
	Text    string  `json:"text" doc:"What is missing, in the caller's language."`
}

type readyJSON struct {
	Code    ConditionCode `json:"code" enum:"carried,described,funded,evaluated,ready"`
	Met     bool          `json:"met"`
	Missing []missingJSON `json:"missing"`
}

type readinessJSON struct {
	Ready      bool        `json:"ready" doc:"All five are met."`
	Met        int         `json:"met" doc:"How many are."`
	Conditions []readyJSON `json:"conditions"`
}

type readinessOut struct{ Body readinessJSON }

func (s *Service) readinessAPI(ctx context.Context, in *ActionPath) (*readinessOut, error) {
	v, out := web.ViewIn(ctx), &readinessOut{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		x, err := readSheet(tx, account.ActorIn(ctx), in.ID)
		if err != nil {
			return err
		}
		n := Met(x.Conditions)
		out.Body = readinessJSON{Ready: n == len(x.Conditions), Met: n}
		for _, c := range x.Conditions {
			j := readyJSON{c.Code, c.Met, []missingJSON{}}
			for _, m := range c.Missing {
				j.Missing = append(j.Missing, missingJSON{m.Section, m.Field, m.Key, v.TArgs(m.Key, m.Args)})
			}
			out.Body.Conditions = append(out.Body.Conditions, j)
		}
		return nil
	})
	return out, err
}

type actionHistoryIn struct {
	ActionPath
	HistoryPaging
}

func (s *Service) actionHistoryAPI(ctx context.Context, in *actionHistoryIn) (*historyOut, error) {
	return s.historyOf(ctx, "action", string(in.ID), in.HistoryPaging, func(tx db.Tx) error {
		x, err := readSheet(tx, account.ActorIn(ctx), in.ID)
		if err != nil {
			return err
		}
		return onlyParty(x)
	})
}
