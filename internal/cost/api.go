package cost

import (
	"context"
	"net/http"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

// API registers the feature's operations.
func (s *Service) API(m *web.Mux) {
	tags := []string{"Costs"}
	const base = "/api/v1/projects/{project}"
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: base + "/costs", Tags: tags, Summary: "Read the sums of a project",
		Description: "Budget, what is committed and spent, and what is still to come, by category and stage; for who sees costs."}, s.costsAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: base + "/hours", Tags: tags, Summary: "List hours",
		Description: "One's own; of everybody for who sees costs."}, s.hoursAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPut, Path: base + "/hours", Tags: tags, Summary: "Write one's hours on a task on a day",
		Description: "What stood there is replaced; no minutes take it away."}, s.writeHoursAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: base + "/purchases", Tags: tags, Summary: "List purchases",
		Description: "The newest first; for who sees costs."}, s.purchasesAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + "/purchases", Tags: tags, Summary: "Note a purchase", DefaultStatus: http.StatusCreated}, s.addPurchaseAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPut, Path: base + "/purchases/{purchase}", Tags: tags, Summary: "Change a purchase"}, s.savePurchaseAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: base + "/purchases/{purchase}", Tags: tags, Summary: "Take a purchase off the list",
		DefaultStatus: http.StatusNoContent}, s.removePurchaseAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: base + "/budget", Tags: tags, Summary: "List the lines of the budget"}, s.budgetAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + "/budget", Tags: tags, Summary: "Add a line to the budget", DefaultStatus: http.StatusCreated,
		Description: "A line of labour with a role and minutes is worth them at the role's rate."}, s.addLineAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPut, Path: base + "/budget/{line}", Tags: tags, Summary: "Change a line of the budget"}, s.saveLineAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: base + "/budget/{line}", Tags: tags, Summary: "Remove a line of the budget",
		DefaultStatus: http.StatusNoContent}, s.removeLineAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: base + "/rates", Tags: tags, Summary: "List what hours cost"}, s.ratesAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + "/rates", Tags: tags, Summary: "Set what an hour in a role costs", DefaultStatus: http.StatusCreated,
		Description: "From a day on. The same role and day is the same rate."}, s.setRateAPI)
}

// CostProjectIn is the project of an address; exported, or huma would not look into it.
type CostProjectIn struct {
	Project string `path:"project" maxLength:"40"`
}

// CostSumJSON is a sum; exported, or it would not be embedded.
type CostSumJSON struct {
	Budget    int64 `json:"budget_cents"`
	Committed int64 `json:"committed_cents"`
	Spent     int64 `json:"spent_cents"`
	ToCome    int64 `json:"to_come_cents" doc:"Planned purchases and the work left in the plan."`
	Forecast  int64 `json:"forecast_cents"`
}

func sumOut(s Sum) CostSumJSON {
	return CostSumJSON{s.Budget, s.Committed, s.Spent, s.ToCome, s.Forecast()}
}

type costStageJSON struct {
	StageID project.StageID `json:"stage_id"`
	CostSumJSON
}

type costCategoryJSON struct {
	Category Category `json:"category"`
	CostSumJSON
}

type costSummaryJSON struct {
	CostSumJSON
	ByCategory []costCategoryJSON `json:"by_category"`
	ByStage    []costStageJSON    `json:"by_stage"`
	Minutes    int64              `json:"worked_minutes"`
	Left       int64              `json:"left_minutes" doc:"Work that the plan still holds."`
	Unrated    int64              `json:"unrated_minutes" doc:"Worked or left, for which no rate holds."`
}

type costsOut struct{ Body costSummaryJSON }

// enterCosts lets in who sees costs; others who see the project are refused.
func enterCosts(tx db.Tx, by account.Actor, id string) (project.Access, error) {
	a, err := project.Enter(tx, by, project.ID(id))
	if err == nil && !a.May(project.SeeCosts) {
		err = fault.New(fault.Forbidden, "project.forbidden.see_costs")
	}
	return a, err
}

func (s *Service) costsAPI(ctx context.Context, in *CostProjectIn) (*costsOut, error) {
	out := &costsOut{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		a, err := enterCosts(tx, account.ActorIn(ctx), in.Project)
		if err != nil {
			return err
		}
		b, err := readBooks(tx, a.ID)
		if err != nil {
			return err
		}
		stages, err := project.StagesOfProject(tx, a)
		sum := b.Summary()
		out.Body = costSummaryJSON{CostSumJSON: sumOut(sum.Whole), ByCategory: []costCategoryJSON{}, ByStage: []costStageJSON{}, Minutes: sum.Minutes, Left: sum.LeftFor, Unrated: sum.Unrated}
		for _, c := range Categories() {
			out.Body.ByCategory = append(out.Body.ByCategory, costCategoryJSON{c, sumOut(sum.ByCategory[c])})
		}
		for _, st := range append(stages, project.Stage{}) {
			if x := sum.ByStage[st.ID]; st.ID != "" || x != (Sum{}) {
				out.Body.ByStage = append(out.Body.ByStage, costStageJSON{st.ID, sumOut(x)})
			}
		}
		return err
	})
	return out, err
}

type costHoursJSON struct {
	ID       HoursID          `json:"id"`
	PersonID account.PersonID `json:"person_id"`
	Person   string           `json:"person"`
	TaskID   plan.TaskID      `json:"task_id"`
	On       when.Date        `json:"on"`
	Minutes  int64            `json:"minutes"`
	Role     string           `json:"role"`
	Note     string           `json:"note"`
}

func hoursOut(h Hours) costHoursJSON {
	return costHoursJSON{h.ID, h.PersonID, h.PersonName, h.TaskID, h.OnDay, h.Minutes, h.Role, h.Note}
}

type costHoursIn struct {
	CostProjectIn
	web.Paging
}

type costHoursOut struct{ Body web.List[costHoursJSON] }

func (s *Service) hoursAPI(ctx context.Context, in *costHoursIn) (*costHoursOut, error) {
	out := []costHoursJSON{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		by := account.ActorIn(ctx)
		a, err := project.Enter(tx, by, project.ID(in.Project))
		if err != nil {
			return err
		}
		whose := by.ID
		if a.May(project.SeeCosts) {
			whose = ""
		}
		list, err := listHoursAfter(tx, a.ID, whose, HoursID(in.Cursor), in.Limit+1)
		out = out[:0]
		for _, h := range list {
			out = append(out, hoursOut(h))
		}
		return err
	})
	return &costHoursOut{web.PageOf(out, in.Limit, func(h costHoursJSON) string { return string(h.ID) })}, err
}

type costWriteIn struct {
	CostProjectIn
	Body struct {
		TaskID  string    `json:"task_id,omitempty" maxLength:"40" doc:"Absent for work on no task."`
		On      when.Date `json:"on"`
		Minutes int64     `json:"minutes" minimum:"0" maximum:"1440"`
		Note    string    `json:"note,omitempty" maxLength:"500"`
	}
}

type costWriteOut struct {
	Body struct {
		TaskID  plan.TaskID `json:"task_id"`
		On      when.Date   `json:"on"`
		Minutes int64       `json:"minutes"`
	}
}

func (s *Service) writeHoursAPI(ctx context.Context, in *costWriteIn) (*costWriteOut, error) {
	by, note := account.ActorIn(ctx), strings.TrimSpace(in.Body.Note)
	c := Cell{TaskID: plan.TaskID(in.Body.TaskID), OnDay: in.Body.On, Minutes: in.Body.Minutes, Note: &note}
	err := s.db.View(ctx, func(tx db.Tx) error {
		if _, err := project.Enter(tx, by, project.ID(in.Project)); err != nil {
			return err
		}
		h, err := getHours(tx, project.ID(in.Project), by.ID, c.TaskID, c.OnDay)
		c.Was = h.Minutes
		return fault.IgnoreMissing(err)
	})
	if err != nil {
		return nil, err
	}
	if err := s.Write(ctx, by, project.ID(in.Project), []Cell{c}); err != nil {
		return nil, err
	}
	out := &costWriteOut{}
	out.Body.TaskID, out.Body.On, out.Body.Minutes = c.TaskID, c.OnDay, c.Minutes
	return out, nil
}

type costPurchaseJSON struct {
	ID        PurchaseID      `json:"id"`
	Title     string          `json:"title"`
	Supplier  string          `json:"supplier"`
	Category  Category        `json:"category"`
	State     PurchaseState   `json:"state"`
	StageID   project.StageID `json:"stage_id"`
	Cents     int64           `json:"cents" doc:"Before tax."`
	On        when.Date       `json:"on"`
	Reference string          `json:"reference"`
	Version   int64           `json:"version"`
}

func purchaseOut(p Purchase) costPurchaseJSON {
	return costPurchaseJSON{p.ID, p.Title, p.Supplier, p.Category, p.State, p.StageID, p.Cents, p.OnDay, p.Reference, p.Version}
}

type costPurchasesOut struct {
	Body struct {
		Items []costPurchaseJSON `json:"items"`
	}
}

func (s *Service) purchasesAPI(ctx context.Context, in *CostProjectIn) (*costPurchasesOut, error) {
	out := &costPurchasesOut{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		a, err := enterCosts(tx, account.ActorIn(ctx), in.Project)
		if err != nil {
			return err
		}
		list, err := listPurchases(tx, a.ID)
		out.Body.Items = []costPurchaseJSON{}
		for _, p := range list {
			out.Body.Items = append(out.Body.Items, purchaseOut(p))
		}
		return err
	})
	return out, err
}

// costPurchaseFieldsJSON are the fields of a purchase that one gives.
type costPurchaseFieldsJSON struct {
	Title     string        `json:"title" minLength:"1" maxLength:"200"`
	Supplier  string        `json:"supplier,omitempty" maxLength:"200"`
	Category  Category      `json:"category" enum:"material,subcontract,equipment,travel,other"`
	State     PurchaseState `json:"state" enum:"planned,ordered,invoiced,paid,cancelled"`
	StageID   string        `json:"stage_id,omitempty" maxLength:"40"`
	Cents     int64         `json:"cents" minimum:"1" maximum:"1000000000" doc:"Before tax."`
	On        when.Date     `json:"on,omitempty" doc:"Of the state; today when absent."`
	Reference string        `json:"reference,omitempty" maxLength:"80"`
}

func (b costPurchaseFieldsJSON) purchase(id string) Purchase {
	return Purchase{ProjectID: project.ID(id), Title: strings.TrimSpace(b.Title), Supplier: strings.TrimSpace(b.Supplier), Category: b.Category, State: b.State,
		StageID: project.StageID(b.StageID), Cents: b.Cents, OnDay: b.On, Reference: strings.TrimSpace(b.Reference)}
}

type costAddPurchaseIn struct {
	CostProjectIn
	Body costPurchaseFieldsJSON
}

type costPurchaseOut struct {
	ETag string `header:"ETag"`
	Body costPurchaseJSON
}

func (s *Service) addPurchaseAPI(ctx context.Context, in *costAddPurchaseIn) (*costPurchaseOut, error) {
	p, err := s.AddPurchase(ctx, account.ActorIn(ctx), in.Body.purchase(in.Project))
	if err != nil {
		return nil, err
	}
	return &costPurchaseOut{web.ETag(p.Version), purchaseOut(p)}, nil
}

// CostPurchaseIn is the purchase of an address.
type CostPurchaseIn struct {
	CostProjectIn
	Purchase string `path:"purchase" maxLength:"40"`
}

type costSavePurchaseIn struct {
	CostPurchaseIn
	web.IfMatch
	Body costPurchaseFieldsJSON
}

func (s *Service) savePurchaseAPI(ctx context.Context, in *costSavePurchaseIn) (*costPurchaseOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	p := in.Body.purchase(in.Project)
	p.ID, p.Version = PurchaseID(in.Purchase), version
	err = s.db.View(ctx, func(tx db.Tx) error {
		if _, err := enterCosts(tx, account.ActorIn(ctx), in.Project); err != nil {
			return err
		}
		old, err := getPurchase(tx, p.ProjectID, p.ID)
		if version == 0 { // "*"
			p.Version = old.Version
		}
		if p.OnDay == when.None {
			p.OnDay = old.OnDay
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if p, err = s.SavePurchase(ctx, account.ActorIn(ctx), p); err != nil {
		return nil, err
	}
	return &costPurchaseOut{web.ETag(p.Version), purchaseOut(p)}, nil
}

func (s *Service) removePurchaseAPI(ctx context.Context, in *CostPurchaseIn) (*struct{}, error) {
	return nil, s.RemovePurchase(ctx, account.ActorIn(ctx), project.ID(in.Project), PurchaseID(in.Purchase), true)
}

type costLineJSON struct {
	ID       LineID          `json:"id"`
	Title    string          `json:"title"`
	Category Category        `json:"category"`
	StageID  project.StageID `json:"stage_id"`
	Role     string          `json:"role"`
	Minutes  int64           `json:"minutes"`
	Cents    int64           `json:"cents"`
	Version  int64           `json:"version"`
}

func lineOut(l Line) costLineJSON {
	return costLineJSON{l.ID, l.Title, l.Category, l.StageID, l.Role, l.Minutes, l.Cents, l.Version}
}

type costBudgetOut struct {
	Body struct {
		Items []costLineJSON `json:"items"`
	}
}

func (s *Service) budgetAPI(ctx context.Context, in *CostProjectIn) (*costBudgetOut, error) {
	out := &costBudgetOut{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		a, err := enterCosts(tx, account.ActorIn(ctx), in.Project)
		if err != nil {
			return err
		}
		list, err := listLines(tx, a.ID)
		out.Body.Items = []costLineJSON{}
		for _, l := range list {
			out.Body.Items = append(out.Body.Items, lineOut(l))
		}
		return err
	})
	return out, err
}

// costLineFieldsJSON are the fields of a budget line that one gives.
type costLineFieldsJSON struct {
	Title    string   `json:"title" minLength:"1" maxLength:"200"`
	Category Category `json:"category" enum:"labour,material,subcontract,equipment,travel,other"`
	StageID  string   `json:"stage_id,omitempty" maxLength:"40"`
	Role     string   `json:"role,omitempty" maxLength:"80" doc:"Of labour; it needs a rate."`
	Minutes  int64    `json:"minutes,omitempty" minimum:"0" maximum:"4800000"`
	Cents    int64    `json:"cents,omitempty" minimum:"0" maximum:"1000000000" doc:"Worked out for labour with a role and minutes."`
}

func (b costLineFieldsJSON) line(id string) Line {
	return Line{ProjectID: project.ID(id), Title: strings.TrimSpace(b.Title), Category: b.Category, StageID: project.StageID(b.StageID), Role: strings.TrimSpace(b.Role), Minutes: b.Minutes, Cents: b.Cents}
}

type costAddLineIn struct {
	CostProjectIn
	Body costLineFieldsJSON
}

type costLineOut struct {
	ETag string `header:"ETag"`
	Body costLineJSON
}

func (s *Service) addLineAPI(ctx context.Context, in *costAddLineIn) (*costLineOut, error) {
	l, err := s.AddLine(ctx, account.ActorIn(ctx), in.Body.line(in.Project))
	if err != nil {
		return nil, err
	}
	return &costLineOut{web.ETag(l.Version), lineOut(l)}, nil
}

// CostLineIn is the budget line of an address.
type CostLineIn struct {
	CostProjectIn
	Line string `path:"line" maxLength:"40"`
}

type costSaveLineIn struct {
	CostLineIn
	web.IfMatch
	Body costLineFieldsJSON
}

func (s *Service) saveLineAPI(ctx context.Context, in *costSaveLineIn) (*costLineOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	l := in.Body.line(in.Project)
	l.ID, l.Version = LineID(in.Line), version
	if version == 0 { // "*"
		err = s.db.View(ctx, func(tx db.Tx) error {
			if _, err := enterCosts(tx, account.ActorIn(ctx), in.Project); err != nil {
				return err
			}
			old, err := getLine(tx, l.ProjectID, l.ID)
			l.Version = old.Version
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if l, err = s.SaveLine(ctx, account.ActorIn(ctx), l); err != nil {
		return nil, err
	}
	return &costLineOut{web.ETag(l.Version), lineOut(l)}, nil
}

func (s *Service) removeLineAPI(ctx context.Context, in *CostLineIn) (*struct{}, error) {
	return nil, s.RemoveLine(ctx, account.ActorIn(ctx), project.ID(in.Project), LineID(in.Line))
}

type costRateJSON struct {
	ID     RateID    `json:"id"`
	Role   string    `json:"role"`
	FromOn when.Date `json:"from_on"`
	Cents  int64     `json:"cents" doc:"Of an hour."`
}

type costRatesOut struct {
	Body struct {
		Items []costRateJSON `json:"items"`
	}
}

func (s *Service) ratesAPI(ctx context.Context, in *CostProjectIn) (*costRatesOut, error) {
	out := &costRatesOut{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		a, err := enterCosts(tx, account.ActorIn(ctx), in.Project)
		if err != nil {
			return err
		}
		list, err := listRates(tx, a.ID)
		out.Body.Items = []costRateJSON{}
		for _, r := range list {
			out.Body.Items = append(out.Body.Items, costRateJSON{r.ID, r.Role, r.FromOn, r.Cents})
		}
		return err
	})
	return out, err
}

type costSetRateIn struct {
	CostProjectIn
	Body struct {
		Role   string    `json:"role" minLength:"1" maxLength:"80"`
		FromOn when.Date `json:"from_on"`
		Cents  int64     `json:"cents" minimum:"1" maximum:"1000000" doc:"Of an hour."`
	}
}

type costRateOut struct{ Body costRateJSON }

func (s *Service) setRateAPI(ctx context.Context, in *costSetRateIn) (*costRateOut, error) {
	r, err := s.SetRate(ctx, account.ActorIn(ctx), Rate{ProjectID: project.ID(in.Project), Role: strings.TrimSpace(in.Body.Role), FromOn: in.Body.FromOn, Cents: in.Body.Cents})
	if err != nil {
		return nil, err
	}
	return &costRateOut{costRateJSON{r.ID, r.Role, r.FromOn, r.Cents}}, nil
}
