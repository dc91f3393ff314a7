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

func (s *Service) fundingAPI(m *web.Mux) {
	tags := []string{"Funding"}
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/actions/{id}/lines", Tags: tags, Summary: "List the financing lines of an action",
		Description: "All lines of the plan with what they amount to today."}, s.linesAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/actions/{id}/lines", Tags: tags, Summary: "Add a financing line",
		Description: "A line of one funder, scheme, nature and year, without any step.", DefaultStatus: http.StatusCreated}, s.createLineAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/lines/{id}", Tags: tags, Summary: "Read a financing line"}, s.lineAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPatch, Path: "/api/v1/lines/{id}", Tags: tags, Summary: "Change a financing line",
		Description: "Fields left out stay. Once money moved on the line, funder, nature and year stay too."}, s.saveLineAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/lines/{id}/steps", Tags: tags, Summary: "List the entries of a line's journal",
		Description: "In the order of recording; those that were corrected or cancelled since name the entry that replaced them."}, s.stepsAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/lines/{id}/steps", Tags: tags, Summary: "Record a step",
		Description: "Adds an entry to the journal: a new step, a correction (corrects_id) or a cancellation (corrects_id and cancelled). Entries are never changed or removed. " +
			"With If-Match the line must still be as it was seen.", DefaultStatus: http.StatusCreated}, s.recordStepAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/actions/{id}/money", Tags: tags, Summary: "Read the money of an action as of a day"}, s.actionMoneyAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/contracts/{id}/money", Tags: tags, Summary: "Read the money of a contract as of a day",
		Description: "Summed over the actions that the caller may see, by funder, scheme, axis, year or nature."}, s.contractMoneyAPI)
}

// moneyJSON is amounts in cents. An amount counts in all stages before its own; held amounts count
// each euro of the plan once.
type moneyJSON struct {
	ForeseenCents       int64 `json:"foreseen_cents"`
	AskedCents          int64 `json:"asked_cents"`
	DecidedCents        int64 `json:"decided_cents"`
	ContractedCents     int64 `json:"contracted_cents"`
	PaidCents           int64 `json:"paid_cents"`
	ClosedCents         int64 `json:"closed_cents"`
	RefusedCents        int64 `json:"refused_cents"`
	WithdrawnCents      int64 `json:"withdrawn_cents"`
	PlanCents           int64 `json:"plan_cents" doc:"What counts in the plan: paid_cents and the four held amounts."`
	HeldForeseenCents   int64 `json:"held_foreseen_cents"`
	HeldAskedCents      int64 `json:"held_asked_cents"`
	HeldDecidedCents    int64 `json:"held_decided_cents"`
	HeldContractedCents int64 `json:"held_contracted_cents"`
}

func moneyOut(a Amounts) moneyJSON {
	return moneyJSON{a.ForeseenCents, a.AskedCents, a.DecidedCents, a.ContractedCents, a.PaidCents, a.ClosedCents, a.RefusedCents, a.WithdrawnCents,
		a.PlanCents(), a.HeldForeseenCents, a.HeldAskedCents, a.HeldDecidedCents, a.HeldContractedCents}
}

type lineJSON struct {
	ID         LineID    `json:"id"`
	ActionID   ActionID  `json:"action_id"`
	FunderID   string    `json:"funder_id"`
	FunderName string    `json:"funder_name"`
	Scheme     string    `json:"scheme"`
	Nature     Nature    `json:"nature"`
	Year       int       `json:"year"`
	RateBP     int       `json:"rate_bp" doc:"The funder's rate of the eligible cost, in hundredths of a percent; 0 when not stated."`
	Note       string    `json:"note"`
	Stage      Kind      `json:"stage" doc:"The furthest stage reached; empty before the first step."`
	StageOn    when.Date `json:"stage_on"`
	Money      moneyJSON `json:"money"`
	CreatedAt  when.Time `json:"created_at"`
	UpdatedAt  when.Time `json:"updated_at"`
	ETag       string    `json:"etag" doc:"Of this version, for If-Match."`
}

// lineOut leaves the note out of a public sheet: it is the parties' own.
func lineOut(l storedLine, inside bool) lineJSON {
	if !inside {
		l.Note = ""
	}
	return lineJSON{l.ID, l.ActionID, l.FunderID, l.FunderName, l.Scheme, l.Nature, l.Year, l.RateBP, l.Note, l.Stage, l.StageOn,
		moneyOut(l.Amounts), l.CreatedAt, l.UpdatedAt, web.ETag(l.Version)}
}

type stepJSON struct {
	ID           StepID    `json:"id"`
	Kind         Kind      `json:"kind"`
	EffectiveOn  when.Date `json:"effective_on" doc:"The day of the act."`
	AmountCents  int64     `json:"amount_cents" doc:"Of a payment: this payment."`
	Reference    string    `json:"reference"`
	DocumentID   string    `json:"document_id"`
	Note         string    `json:"note"`
	CorrectsID   StepID    `json:"corrects_id"`
	Cancelled    bool      `json:"cancelled" doc:"This entry takes the one that it names away."`
	ReplacedByID StepID    `json:"replaced_by_id" doc:"The entry that replaced this one; empty while it holds."`
	RecordedAt   when.Time `json:"recorded_at"`
	RecordedBy   string    `json:"recorded_by"`
}

// stepOut leaves out of a public sheet what is the parties' own: note, document, who recorded.
func stepOut(s Step, replaced map[StepID]StepID, inside bool) stepJSON {
	out := stepJSON{ID: s.ID, Kind: s.Kind, EffectiveOn: s.EffectiveOn, AmountCents: s.AmountCents, Reference: s.Reference, CorrectsID: s.CorrectsID,
		Cancelled: s.Cancelled, ReplacedByID: replaced[s.ID], RecordedAt: s.RecordedAt}
	if inside {
		out.DocumentID, out.Note, out.RecordedBy = s.DocumentID, s.Note, s.RecordedName
	}
	return out
}

type linesOut struct{ Body web.List[lineJSON] }

func (s *Service) linesAPI(ctx context.Context, in *struct {
	ID ActionID `path:"id"`
}) (*linesOut, error) {
	out := &linesOut{Body: web.List[lineJSON]{Items: []lineJSON{}}}
	err := s.db.View(ctx, func(tx db.Tx) error {
		by := account.ActorIn(ctx)
		access, err := accessTo(tx, by, in.ID)
		if err != nil {
			return err
		}
		inside := May(viewerOf(by), SeeContract, access, tx.Today())
		lines, err := listLines(tx, in.ID)
		for _, l := range lines {
			out.Body.Items = append(out.Body.Items, lineOut(l, inside))
		}
		return err
	})
	return out, err
}

// viewableLine reads a line of an action that the actor may see, and whether as a party.
func viewableLine(tx db.Tx, by account.Actor, id LineID) (storedLine, bool, error) {
	l, err := getLine(tx, id)
	if err != nil {
		return l, false, err
	}
	access, err := accessTo(tx, by, l.ActionID)
	return l, err == nil && May(viewerOf(by), SeeContract, access, tx.Today()), err
}

type lineAPIOut struct {
	ETag string `header:"ETag"`
	Body lineJSON
}

func (s *Service) lineOutOf(ctx context.Context, id LineID) (*lineAPIOut, error) {
	out := &lineAPIOut{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		l, inside, err := viewableLine(tx, account.ActorIn(ctx), id)
		out.Body = lineOut(l, inside)
		out.ETag = out.Body.ETag
		return err
	})
	return out, err
}

func (s *Service) lineAPI(ctx context.Context, in *struct {
	ID LineID `path:"id"`
}) (*lineAPIOut, error) {
	return s.lineOutOf(ctx, in.ID)
}

type createLineIn struct {
	ID   ActionID `path:"id"`
	Body struct {
		FunderID string `json:"funder_id"`
		Scheme   string `json:"scheme,omitempty"`
		Nature   Nature `json:"nature"`
		Year     int    `json:"year"`
		RateBP   int    `json:"rate_bp,omitempty"`
		Note     string `json:"note,omitempty"`
	}
}

func (s *Service) createLineAPI(ctx context.Context, in *createLineIn) (*lineAPIOut, error) {
	b := in.Body
	l, err := s.AddLine(ctx, account.ActorIn(ctx), Line{ActionID: in.ID, FunderID: b.FunderID, Scheme: b.Scheme, Nature: b.Nature, Year: b.Year, RateBP: b.RateBP, Note: b.Note})
	if err != nil {
		return nil, err
	}
	return s.lineOutOf(ctx, l.ID)
}

type saveLineIn struct {
	web.IfMatch
	ID   LineID `path:"id"`
	Body struct {
		FunderID *string `json:"funder_id,omitempty"`
		Scheme   *string `json:"scheme,omitempty"`
		Nature   *Nature `json:"nature,omitempty"`
		Year     *int    `json:"year,omitempty"`
		RateBP   *int    `json:"rate_bp,omitempty"`
		Note     *string `json:"note,omitempty"`
	}
}

func (s *Service) saveLineAPI(ctx context.Context, in *saveLineIn) (*lineAPIOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	var l storedLine
	err = s.db.View(ctx, func(tx db.Tx) (err error) {
		l, _, err = viewableLine(tx, account.ActorIn(ctx), in.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	if version != 0 { // what was left out is taken from what stood here: it must still stand
		if l.Version != version {
			return nil, fault.New(fault.Conflict, "fault.stale")
		}
	}
	set(&l.FunderID, in.Body.FunderID)
	set(&l.Scheme, in.Body.Scheme)
	set(&l.Nature, in.Body.Nature)
	set(&l.Year, in.Body.Year)
	set(&l.RateBP, in.Body.RateBP)
	set(&l.Note, in.Body.Note)
	if _, err := s.SaveLine(ctx, account.ActorIn(ctx), l.Line); err != nil {
		return nil, err
	}
	return s.lineOutOf(ctx, in.ID)
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

type stepsOut struct{ Body web.List[stepJSON] }

func (s *Service) stepsAPI(ctx context.Context, in *struct {
	ID LineID `path:"id"`
}) (*stepsOut, error) {
	out := &stepsOut{Body: web.List[stepJSON]{Items: []stepJSON{}}}
	err := s.db.View(ctx, func(tx db.Tx) error {
		_, inside, err := viewableLine(tx, account.ActorIn(ctx), in.ID)
		if err != nil {
			return err
		}
		steps, err := listSteps(tx, in.ID)
		replaced := Superseded(steps)
		for _, x := range steps {
			out.Body.Items = append(out.Body.Items, stepOut(x, replaced, inside))
		}
		return err
	})
	return out, err
}

type recordStepIn struct {
	ID      LineID `path:"id"`
	IfMatch string `header:"If-Match" doc:"Optional: the ETag of the line that you saw."`
	Body    struct {
		Kind        Kind      `json:"kind"`
		EffectiveOn when.Date `json:"effective_on"`
		AmountCents int64     `json:"amount_cents,omitempty"`
		Reference   string    `json:"reference,omitempty"`
		DocumentID  string    `json:"document_id,omitempty"`
		Note        string    `json:"note,omitempty" doc:"Why, on a correction or cancellation."`
		CorrectsID  StepID    `json:"corrects_id,omitempty"`
		Cancelled   bool      `json:"cancelled,omitempty"`
	}
}

type recordStepOut struct {
	ETag string `header:"ETag" doc:"Of the line."`
	Body struct {
		Step stepJSON `json:"step"`
		Line lineJSON `json:"line"`
	}
}

func (s *Service) recordStepAPI(ctx context.Context, in *recordStepIn) (*recordStepOut, error) {
	b := in.Body
	e := Entry{Step: Step{LineID: in.ID, Kind: b.Kind, EffectiveOn: b.EffectiveOn, AmountCents: b.AmountCents, Reference: b.Reference, DocumentID: b.DocumentID,
		Note: b.Note, CorrectsID: b.CorrectsID, Cancelled: b.Cancelled}}
	if in.IfMatch != "" {
		var err error
		if e.Seen, err = (web.IfMatch{IfMatch: in.IfMatch}).Version(); err != nil {
			return nil, err
		}
	}
	step, err := s.Record(ctx, account.ActorIn(ctx), e)
	if err != nil {
		return nil, err
	}
	line, err := s.lineOutOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &recordStepOut{ETag: line.ETag}
	out.Body.Step, out.Body.Line = stepOut(step, nil, true), line.Body
	return out, nil
}

// AsOfQuery holds the parameters of money as of a day.
type AsOfQuery struct {
	On    string `query:"on" maxLength:"10" doc:"The day, YYYY-MM-DD; today when left out." example:"2026-03-12"`
	Known bool   `query:"known" doc:"Leave out what was recorded after the day."`
}

func (in AsOfQuery) asOf(today when.Date) (AsOf, error) {
	if in.On == "" {
		return AsOf{}, nil
	}
	day, err := when.ParseDate(in.On)
	var wrong fault.Fields
	switch {
	case err != nil:
		wrong.Add("on", "fault.date", "min_year", when.MinYear, "max_year", when.MaxYear)
	case day > today:
		wrong.Add("on", "programme.wrong.future", "today_on", today)
	}
	return moment{On: day, Known: in.Known}.asOf(), wrong.Err()
}

type actionMoneyJSON struct {
	On           when.Date  `json:"on" doc:"Empty: as it stands."`
	Known        bool       `json:"known"`
	CostCents    int64      `json:"cost_cents" doc:"Planned cost, as it stands today."`
	ToFindCents  int64      `json:"to_find_cents"`
	OwnCents     int64      `json:"own_cents"`
	AidedCents   int64      `json:"aided_cents"`
	Money        moneyJSON  `json:"money"`
	Years        []yearJSON `json:"years"`
	AnswerDays   *int       `json:"answer_days" doc:"Median days from request to decision; null when unknown."`
	PaymentDays  *int       `json:"payment_days" doc:"Median days from decision to first payment."`
	RefusedLines int        `json:"refused_lines"`
}

type yearJSON struct {
	Year         int   `json:"year"`
	CostCents    int64 `json:"cost_cents"`
	PlanCents    int64 `json:"plan_cents"`
	MissingCents int64 `json:"missing_cents"`
	ExcessCents  int64 `json:"excess_cents"`
}

func daysOut(d Delay) *int {
	if d.Count == 0 {
		return nil
	}
	return &d.Days
}

type actionMoneyOut struct{ Body actionMoneyJSON }

func (s *Service) actionMoneyAPI(ctx context.Context, in *struct {
	ID ActionID `path:"id"`
	AsOfQuery
}) (*actionMoneyOut, error) {
	out := &actionMoneyOut{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		at, err := in.asOf(tx.Today())
		if err != nil {
			return err
		}
		x, err := readFunding(tx, account.ActorIn(ctx), in.ID, moment{On: at.On, Known: at.KnownBy != 0})
		if err != nil {
			return err
		}
		p := x.AsOf
		out.Body = actionMoneyJSON{On: at.On, Known: at.KnownBy != 0, CostCents: p.CostCents, ToFindCents: p.ToFindCents, OwnCents: p.OwnCents, AidedCents: p.AidedCents,
			Money: moneyOut(p.Totals), Years: []yearJSON{}, AnswerDays: daysOut(x.Answer), PaymentDays: daysOut(x.Payment), RefusedLines: p.RefusedLines}
		for _, y := range p.Years {
			out.Body.Years = append(out.Body.Years, yearJSON{y.Year, y.CostCents, y.InPlanCents, y.MissingCents, y.ExcessCents})
		}
		return nil
	})
	return out, err
}

type groupJSON struct {
	ID             string    `json:"id" doc:"Of funder or axis; the scheme, year or nature itself."`
	Label          string    `json:"label"`
	Lines          int64     `json:"lines"`
	Money          moneyJSON `json:"money"`
	RequestedCents int64     `json:"requested_cents" doc:"Asked on lines on which a request was made, refused ones included."`
	GrantedCents   int64     `json:"granted_cents" doc:"Decided on the same lines."`
	AnswerDays     *int      `json:"answer_days"`
	PaymentDays    *int      `json:"payment_days"`
}

type contractMoneyJSON struct {
	On             when.Date   `json:"on"`
	Known          bool        `json:"known"`
	By             By          `json:"by"`
	Actions        int         `json:"actions" doc:"How many actions the caller may see; the sums are theirs."`
	AnnouncedCents int64       `json:"announced_cents"`
	CostCents      int64       `json:"cost_cents"`
	Groups         []groupJSON `json:"groups"`
	Total          groupJSON   `json:"total"`
}

type contractMoneyOut struct{ Body contractMoneyJSON }

func (s *Service) contractMoneyAPI(ctx context.Context, in *struct {
	ID ContractID `path:"id"`
	AsOfQuery
	By By `query:"by" enum:"funder,scheme,axis,year,nature" default:"funder" doc:"What to group by."`
}) (*contractMoneyOut, error) {
	out := &contractMoneyOut{}
	v := web.ViewIn(ctx)
	err := s.db.View(ctx, func(tx db.Tx) error {
		at, err := in.asOf(tx.Today())
		if err != nil {
			return err
		}
		m, err := ContractMoney(tx, account.ActorIn(ctx), in.ID, at, in.By)
		if err != nil {
			return err
		}
		x := moneyView{MoneySummary: m}
		group := func(g MoneyGroup) groupJSON {
			return groupJSON{g.ID, x.label(v, g), g.Lines, moneyOut(g.Amounts), g.RequestedCents, g.GrantedCents, daysOut(g.Answer), daysOut(g.Payment)}
		}
		out.Body = contractMoneyJSON{On: at.On, Known: at.KnownBy != 0, By: in.By, Actions: m.Actions, AnnouncedCents: m.Contract.AnnouncedCents,
			CostCents: m.CostCents, Groups: []groupJSON{}, Total: group(x.total(v))}
		for _, g := range m.Groups {
			out.Body.Groups = append(out.Body.Groups, group(g))
		}
		return nil
	})
	return out, err
}
