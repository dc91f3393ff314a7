package project

import (
	"context"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

func (s *Service) riskAPI(m *web.Mux) {
	tags, base := []string{"Risks"}, "/api/v1/projects/{id}"
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: base + "/risks", Tags: tags, Summary: "List the risks of a project",
		Description: "The gravest first, closed ones last."}, s.risksAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + "/risks", Tags: tags, Summary: "Add a risk",
		Description: "It begins open.", DefaultStatus: http.StatusCreated}, s.addRiskAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: base + "/risks/{risk}", Tags: tags, Summary: "Read a risk"}, s.oneRiskAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPut, Path: base + "/risks/{risk}", Tags: tags, Summary: "Change a risk",
		Description: "Its state too: occurred when it has come true, closed when it is over."}, s.saveRiskAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: base + "/blockers", Tags: tags, Summary: "List what is in the way of a project",
		Description: "What is still in the way first, the oldest first."}, s.blockersAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + "/blockers", Tags: tags, Summary: "Say what is in the way of a project",
		Description: "And what would take it away.", DefaultStatus: http.StatusCreated}, s.addBlockerAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: base + "/blockers/{blocker}", Tags: tags, Summary: "Read what is in the way"}, s.oneBlockerAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + "/blockers/{blocker}/resolve", Tags: tags, Summary: "Say that it is out of the way"}, s.resolveBlockerAPI)
}

type projectRiskJSON struct {
	ID          RiskID           `json:"id"`
	Title       string           `json:"title"`
	Cause       string           `json:"cause"`
	Effect      string           `json:"effect"`
	Response    string           `json:"response"`
	Probability int              `json:"probability"`
	Impact      int              `json:"impact"`
	Severity    string           `json:"severity" enum:"low,medium,high" doc:"Of probability times impact: high from 15, medium from 6."`
	OwnerID     account.PersonID `json:"owner_id" doc:"Who watches it; empty for nobody."`
	Owner       string           `json:"owner"`
	State       RiskState        `json:"state" enum:"open,occurred,closed"`
	ReviewOn    when.Date        `json:"review_on"`
	CreatedAt   when.Time        `json:"created_at"`
	UpdatedAt   when.Time        `json:"updated_at"`
}

func riskOut(r Risk) projectRiskJSON {
	return projectRiskJSON{r.ID, r.Title, r.Cause, r.Effect, r.Response, r.Probability, r.Impact, r.Severity(), r.OwnerID, r.OwnerName, r.State, r.ReviewOn, r.CreatedAt, r.UpdatedAt}
}

type projectPagedIn struct {
	ProjectParam
	web.Paging
}

type projectRisksOut struct{ Body web.List[projectRiskJSON] }

func (s *Service) risksAPI(ctx context.Context, in *projectPagedIn) (*projectRisksOut, error) {
	out := []projectRiskJSON{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		a, err := Enter(tx, account.ActorIn(ctx), ID(in.ID))
		if err != nil {
			return err
		}
		list, err := listRisks(tx, a.ID)
		for _, r := range list {
			out = append(out, riskOut(r))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	page, err := web.PageAfter(out, in.Paging, func(r projectRiskJSON) string { return string(r.ID) })
	return &projectRisksOut{page}, err
}

// ProjectRiskParam names a risk of a project.
type ProjectRiskParam struct {
	ProjectParam
	Risk string `path:"risk" maxLength:"40"`
}

type projectRiskOut struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     projectRiskJSON
}

func (s *Service) oneRiskAPI(ctx context.Context, in *ProjectRiskParam) (*projectRiskOut, error) {
	out := &projectRiskOut{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		a, err := Enter(tx, account.ActorIn(ctx), ID(in.ID))
		if err != nil {
			return err
		}
		r, err := getRisk(tx, a.ID, RiskID(in.Risk))
		*out = projectRiskOut{web.ETag(r.Version), "/api/v1" + a.ID.URL() + "/risks/" + string(r.ID), riskOut(r)}
		return err
	})
	return out, err
}

// ProjectRiskFields are what one says of a risk.
type ProjectRiskFields struct {
	Title       string           `json:"title" minLength:"1" maxLength:"200"`
	Cause       string           `json:"cause,omitempty" maxLength:"2000"`
	Effect      string           `json:"effect,omitempty" maxLength:"2000"`
	Response    string           `json:"response,omitempty" maxLength:"2000" doc:"What is done about it."`
	Probability int              `json:"probability" minimum:"1" maximum:"5"`
	Impact      int              `json:"impact" minimum:"1" maximum:"5"`
	OwnerID     account.PersonID `json:"owner_id,omitempty" maxLength:"40" doc:"Who watches it: one of the project's people."`
	ReviewOn    when.Date        `json:"review_on,omitempty" doc:"When to look at it again."`
}

func (b ProjectRiskFields) risk(r Risk) Risk {
	r.Title, r.Cause, r.Effect, r.Response, r.Probability, r.Impact, r.OwnerID, r.ReviewOn = b.Title, b.Cause, b.Effect, b.Response, b.Probability, b.Impact, b.OwnerID, b.ReviewOn
	return r
}

type addRiskIn struct {
	ProjectParam
	Body ProjectRiskFields
}

func (s *Service) addRiskAPI(ctx context.Context, in *addRiskIn) (*projectRiskOut, error) {
	r, err := s.AddRisk(ctx, account.ActorIn(ctx), in.Body.risk(Risk{ProjectID: ID(in.ID)}))
	if err != nil {
		return nil, err
	}
	return s.oneRiskAPI(ctx, &ProjectRiskParam{in.ProjectParam, string(r.ID)})
}

type saveRiskIn struct {
	ProjectRiskParam
	web.IfMatch
	Body struct {
		ProjectRiskFields
		State RiskState `json:"state" enum:"open,occurred,closed"`
	}
}

func (s *Service) saveRiskAPI(ctx context.Context, in *saveRiskIn) (*projectRiskOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	if version == 0 { // whatever stands
		err := s.db.View(ctx, func(tx db.Tx) error {
			a, err := Enter(tx, account.ActorIn(ctx), ID(in.ID))
			if err != nil {
				return err
			}
			r, err := getRisk(tx, a.ID, RiskID(in.Risk))
			version = r.Version
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	r := in.Body.risk(Risk{ID: RiskID(in.Risk), ProjectID: ID(in.ID), State: in.Body.State, Version: version})
	if err := s.SaveRisk(ctx, account.ActorIn(ctx), r); err != nil {
		return nil, err
	}
	return s.oneRiskAPI(ctx, &in.ProjectRiskParam)
}

type projectBlockerJSON struct {
	ID         BlockerID        `json:"id"`
	Text       string           `json:"text" doc:"What is in the way."`
	Unblock    string           `json:"unblock" doc:"What would take it away, and by whom."`
	SinceOn    when.Date        `json:"since_on"`
	ResolvedOn when.Date        `json:"resolved_on" doc:"Empty: still in the way."`
	Resolution string           `json:"resolution"`
	CreatedBy  account.PersonID `json:"created_by"`
	CreatedAt  when.Time        `json:"created_at"`
}

func blockerOut(b Blocker) projectBlockerJSON {
	return projectBlockerJSON{b.ID, b.Text, b.Unblock, b.SinceOn, b.ResolvedOn, b.Resolution, b.CreatedBy, b.CreatedAt}
}

type projectBlockersOut struct{ Body web.List[projectBlockerJSON] }

func (s *Service) blockersAPI(ctx context.Context, in *projectPagedIn) (*projectBlockersOut, error) {
	out := []projectBlockerJSON{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		a, err := Enter(tx, account.ActorIn(ctx), ID(in.ID))
		if err != nil {
			return err
		}
		list, err := listBlockers(tx, a.ID)
		for _, b := range list {
			out = append(out, blockerOut(b))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	page, err := web.PageAfter(out, in.Paging, func(b projectBlockerJSON) string { return string(b.ID) })
	return &projectBlockersOut{page}, err
}

// ProjectBlockerParam names what is in the way of a project.
type ProjectBlockerParam struct {
	ProjectParam
	Blocker string `path:"blocker" maxLength:"40"`
}

type projectBlockerOut struct {
	Location string `header:"Location"`
	Body     projectBlockerJSON
}

func (s *Service) oneBlockerAPI(ctx context.Context, in *ProjectBlockerParam) (*projectBlockerOut, error) {
	out := &projectBlockerOut{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		a, err := Enter(tx, account.ActorIn(ctx), ID(in.ID))
		if err != nil {
			return err
		}
		b, err := getBlocker(tx, a.ID, BlockerID(in.Blocker))
		*out = projectBlockerOut{"/api/v1" + a.ID.URL() + "/blockers/" + string(b.ID), blockerOut(b)}
		return err
	})
	return out, err
}

type addBlockerIn struct {
	ProjectParam
	Body struct {
		Text    string    `json:"text" minLength:"1" maxLength:"2000" doc:"What is in the way."`
		Unblock string    `json:"unblock,omitempty" maxLength:"2000" doc:"What would take it away, and by whom."`
		SinceOn when.Date `json:"since_on,omitempty" doc:"Today when left out."`
	}
}

func (s *Service) addBlockerAPI(ctx context.Context, in *addBlockerIn) (*projectBlockerOut, error) {
	b, err := s.AddBlocker(ctx, account.ActorIn(ctx), Blocker{ProjectID: ID(in.ID), Text: in.Body.Text, Unblock: in.Body.Unblock, SinceOn: in.Body.SinceOn})
	if err != nil {
		return nil, err
	}
	return s.oneBlockerAPI(ctx, &ProjectBlockerParam{in.ProjectParam, string(b.ID)})
}

type resolveProjectBlockerIn struct {
	ProjectBlockerParam
	Body struct {
		ResolvedOn when.Date `json:"resolved_on" example:"2026-03-12"`
		Resolution string    `json:"resolution,omitempty" maxLength:"2000"`
	}
}

func (s *Service) resolveBlockerAPI(ctx context.Context, in *resolveProjectBlockerIn) (*projectBlockerOut, error) {
	if err := s.ResolveBlocker(ctx, account.ActorIn(ctx), ID(in.ID), BlockerID(in.Blocker), in.Body.ResolvedOn, in.Body.Resolution); err != nil {
		return nil, err
	}
	return s.oneBlockerAPI(ctx, &in.ProjectBlockerParam)
}
