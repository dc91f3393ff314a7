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

// API registers the feature's operations.
func (s *Service) API(m *web.Mux) {
	tags := []string{"Projects"}
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/projects", Tags: tags, Summary: "List projects",
		Description: "The projects that the caller may see, in the order of their creation."}, s.projectsAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/projects", Tags: tags, Summary: "Begin a project",
		Description: "It begins with the stages and gate criteria of its kind, in the caller's language.", DefaultStatus: http.StatusCreated}, s.createProjectAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/projects/{id}", Tags: tags, Summary: "Read a project",
		Description: "With its stages, gate criteria and partners."}, s.projectAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPut, Path: "/api/v1/projects/{id}", Tags: tags, Summary: "Change a project"}, s.saveProjectAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/projects/{id}/state", Tags: tags, Summary: "Change the state of a project"}, s.moveProjectAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/projects/{id}/decisions", Tags: tags, Summary: "List the decisions of a project"}, s.decisionsAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/projects/{id}/decisions", Tags: tags, Summary: "Record a decision",
		Description: "With stage_id it is the decision of that stage's gate. Decisions are never changed.", DefaultStatus: http.StatusCreated}, s.decideAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/projects/{id}/people", Tags: tags, Summary: "List who has access to a project"}, s.peopleAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/projects/{id}/people", Tags: tags, Summary: "Let somebody into a project",
		Description: "By the address of their account; who has none is invited to make one.", DefaultStatus: http.StatusCreated}, s.inviteAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: "/api/v1/projects/{id}/people/{grant}", Tags: tags, Summary: "End somebody's access to a project",
		DefaultStatus: http.StatusNoContent}, s.excludeAPI)
	s.riskAPI(m)
}

// ProjectJSON is a project as lists show it.
type ProjectJSON struct {
	ID              ID              `json:"id"`
	Code            string          `json:"code" doc:"Short, in front of the numbers of tasks."`
	Title           string          `json:"title"`
	Summary         string          `json:"summary"`
	Kind            Kind            `json:"kind"`
	State           State           `json:"state"`
	Confidentiality Confidentiality `json:"confidentiality"`
	OwnerID         string          `json:"owner_id" doc:"Organisation."`
	OwnerName       string          `json:"owner_name"`
	TerritoryID     string          `json:"territory_id"`
	OriginKind      string          `json:"origin_kind" doc:"action, or empty."`
	OriginID        string          `json:"origin_id"`
	StartsOn        when.Date       `json:"starts_on"`
	EndsOn          when.Date       `json:"ends_on"`
	UpdatedAt       when.Time       `json:"updated_at"`
}

func projectOut(p Project) ProjectJSON {
	return ProjectJSON{p.ID, p.Code, p.Title, p.Summary, p.Kind, p.State, p.Confidentiality, string(p.OwnerID), p.OwnerName, p.TerritoryID, p.OriginKind, p.OriginID, p.StartsOn, p.EndsOn, p.UpdatedAt}
}

type projectsIn struct {
	web.Paging
	Kind        string `query:"kind" enum:"product_development,digital_transition,additive_trial,site_extension,other" doc:"Of one kind."`
	State       string `query:"state" enum:"preparing,running,paused,finished,abandoned" doc:"In one state; without: those that have not ended."`
	TerritoryID string `query:"territory_id" maxLength:"20" doc:"Of one territory."`
	OwnerID     string `query:"owner_id" maxLength:"40" doc:"Of one organisation."`
	Text        string `query:"q" maxLength:"200" doc:"Words of the title, or the code."`
}

type projectsOut struct{ Body web.List[ProjectJSON] }

func (s *Service) projectsAPI(ctx context.Context, in *projectsIn) (*projectsOut, error) {
	f := Filter{Text: in.Text, Kind: Kind(in.Kind), State: State(in.State), TerritoryID: in.TerritoryID, OwnerID: in.OwnerID}
	var out []ProjectJSON
	err := s.db.View(ctx, func(tx db.Tx) error {
		list, err := ListAfter(tx, account.ActorIn(ctx), f, ID(in.Cursor), in.Limit+1)
		for _, p := range list {
			out = append(out, projectOut(p))
		}
		return err
	})
	return &projectsOut{web.PageOf(out, in.Limit, func(p ProjectJSON) string { return string(p.ID) })}, err
}

type gateCriterionJSON struct {
	ID       CriterionID `json:"id"`
	Text     string      `json:"text"`
	Required bool        `json:"required"`
	MetOn    when.Date   `json:"met_on"`
	Proof    string      `json:"proof"`
	ProofURL string      `json:"proof_url"`
}

type projectStageJSON struct {
	ID       StageID             `json:"id"`
	Phase    Phase               `json:"phase"`
	State    StageState          `json:"state"`
	StartsOn when.Date           `json:"starts_on"`
	EndsOn   when.Date           `json:"ends_on" doc:"When its gate is due."`
	PassedOn when.Date           `json:"passed_on"`
	Criteria []gateCriterionJSON `json:"criteria"`
}

type projectPartnerJSON struct {
	OrganisationID string      `json:"organisation_id"`
	Name           string      `json:"name"`
	Role           PartnerRole `json:"role"`
}

type projectWholeJSON struct {
	ProjectJSON
	Stages   []projectStageJSON   `json:"stages"`
	Partners []projectPartnerJSON `json:"partners"`
}

type wholeOut struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     projectWholeJSON
}

// ProjectParam names the project of an operation.
type ProjectParam struct {
	ID string `path:"id" maxLength:"40"`
}

func (s *Service) projectAPI(ctx context.Context, in *ProjectParam) (*wholeOut, error) {
	out := &wholeOut{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		a, err := Enter(tx, account.ActorIn(ctx), ID(in.ID))
		if err != nil {
			return err
		}
		stages, err := listStages(tx, a.ID)
		if err != nil {
			return err
		}
		criteria, err := listCriteria(tx, a.ID)
		if err != nil {
			return err
		}
		partners, err := listPartners(tx, a.ID)
		*out = wholeOut{ETag: web.ETag(a.Version), Location: "/api/v1" + a.ID.URL(), Body: projectWholeJSON{projectOut(a.Project), stagesOut(stages, criteria), []projectPartnerJSON{}}}
		for _, p := range partners {
			out.Body.Partners = append(out.Body.Partners, projectPartnerJSON{string(p.OrganisationID), p.OrganisationName, p.Role})
		}
		return err
	})
	return out, err
}

func stagesOut(stages []Stage, criteria []Criterion) []projectStageJSON {
	out := make([]projectStageJSON, len(stages))
	for i, st := range stages {
		out[i] = projectStageJSON{st.ID, st.Phase, st.State, st.StartsOn, st.EndsOn, st.PassedOn, []gateCriterionJSON{}}
		for _, c := range criteria {
			if c.StageID == st.ID {
				out[i].Criteria = append(out[i].Criteria, gateCriterionJSON{c.ID, c.Text, c.Required, c.MetOn, c.Proof, c.ProofURL})
			}
		}
	}
	return out
}

// ProjectFields are the fields of a project that one gives.
type ProjectFields struct {
	Title           string          `json:"title" minLength:"1" maxLength:"200"`
	Code            string          `json:"code,omitempty" maxLength:"10" doc:"Made from the title when empty."`
	Summary         string          `json:"summary,omitempty" maxLength:"4000"`
	Kind            Kind            `json:"kind" enum:"product_development,digital_transition,additive_trial,site_extension,other"`
	Confidentiality Confidentiality `json:"confidentiality" enum:"members,partners,territory"`
	StartsOn        when.Date       `json:"starts_on,omitempty"`
	EndsOn          when.Date       `json:"ends_on,omitempty"`
}

func (b ProjectFields) project(p Project) Project {
	p.Title, p.Code, p.Summary, p.Kind, p.Confidentiality, p.StartsOn, p.EndsOn = b.Title, b.Code, b.Summary, b.Kind, b.Confidentiality, b.StartsOn, b.EndsOn
	return p
}

type createIn struct {
	Body struct {
		ProjectFields
		OwnerID  string `json:"owner_id" maxLength:"40" doc:"Organisation that owns it: one of the caller's, or any for who runs the territory."`
		ActionID string `json:"action_id,omitempty" maxLength:"40" doc:"Action of the programme from which it begins."`
	}
}

func (s *Service) createProjectAPI(ctx context.Context, in *createIn) (*wholeOut, error) {
	d := Draft{Project: in.Body.project(Project{OwnerID: account.OrganisationID(in.Body.OwnerID)}), Stages: TemplateOf(web.ViewIn(ctx), in.Body.Kind)}
	if in.Body.ActionID != "" {
		d.OriginKind, d.OriginID = FromAction, in.Body.ActionID
	}
	p, err := s.Create(ctx, account.ActorIn(ctx), d)
	if err != nil {
		return nil, err
	}
	by := account.ActorIn(ctx)
	by.Grants = append(by.Grants, account.Grant{Role: account.ProjectManager, ScopeKind: account.OverProject, ScopeID: string(p.ID)}) // what Create has just given
	return s.projectAPI(account.WithActor(ctx, by), &ProjectParam{string(p.ID)})
}

type saveIn struct {
	ProjectParam
	web.IfMatch
	Body ProjectFields
}

func (s *Service) saveProjectAPI(ctx context.Context, in *saveIn) (*wholeOut, error) {
	version, err := s.versionFor(ctx, in.ID, in.IfMatch)
	if err != nil {
		return nil, err
	}
	if _, err := s.Save(ctx, account.ActorIn(ctx), in.Body.project(Project{ID: ID(in.ID), Version: version})); err != nil {
		return nil, err
	}
	return s.projectAPI(ctx, &in.ProjectParam)
}

// versionFor reads If-Match; "*" is whatever stands.
func (s *Service) versionFor(ctx context.Context, id string, h web.IfMatch) (int64, error) {
	version, err := h.Version()
	if err != nil || version != 0 {
		return version, err
	}
	err = s.db.View(ctx, func(tx db.Tx) error {
		a, err := Enter(tx, account.ActorIn(ctx), ID(id))
		version = a.Version
		return err
	})
	return version, err
}

type moveIn struct {
	ProjectParam
	web.IfMatch
	Body struct {
		State State `json:"state" enum:"preparing,running,paused,finished,abandoned"`
	}
}

func (s *Service) moveProjectAPI(ctx context.Context, in *moveIn) (*wholeOut, error) {
	version, err := s.versionFor(ctx, in.ID, in.IfMatch)
	if err != nil {
		return nil, err
	}
	if _, err := s.Move(ctx, account.ActorIn(ctx), ID(in.ID), in.Body.State, version); err != nil {
		return nil, err
	}
	return s.projectAPI(ctx, &in.ProjectParam)
}

type projectDecisionJSON struct {
	ID         DecisionID `json:"id"`
	Number     int        `json:"number"`
	StageID    StageID    `json:"stage_id" doc:"Of whose gate; empty for another decision."`
	Title      string     `json:"title"`
	Reason     string     `json:"reason"`
	Deciders   string     `json:"deciders"`
	Conditions string     `json:"conditions"`
	Outcome    Outcome    `json:"outcome"`
	DecidedOn  when.Date  `json:"decided_on"`
	ReplacesID DecisionID `json:"replaces_id"`
	ReplacedBy DecisionID `json:"replaced_by"`
	RecordedAt when.Time  `json:"recorded_at"`
}

func decisionOut(d Decision) projectDecisionJSON {
	return projectDecisionJSON{d.ID, d.Number, d.StageID, d.Title, d.Reason, d.Deciders, d.Conditions, d.Outcome, d.DecidedOn, d.ReplacesID, d.ReplacedBy, d.RecordedAt}
}

type decisionsOut struct{ Body web.List[projectDecisionJSON] }

func (s *Service) decisionsAPI(ctx context.Context, in *ProjectParam) (*decisionsOut, error) {
	out := []projectDecisionJSON{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		a, err := Enter(tx, account.ActorIn(ctx), ID(in.ID))
		if err != nil {
			return err
		}
		list, err := listDecisions(tx, a.ID)
		for _, d := range list {
			out = append(out, decisionOut(d))
		}
		return err
	})
	return &decisionsOut{web.List[projectDecisionJSON]{Items: out}}, err
}

type decideIn struct {
	ProjectParam
	Body struct {
		StageID    string    `json:"stage_id,omitempty" maxLength:"40"`
		Title      string    `json:"title" minLength:"1" maxLength:"300"`
		Reason     string    `json:"reason" minLength:"1" maxLength:"4000"`
		Deciders   string    `json:"deciders" minLength:"1" maxLength:"300" doc:"Who decided, by role."`
		Conditions string    `json:"conditions,omitempty" maxLength:"4000"`
		Outcome    Outcome   `json:"outcome" enum:"pass,conditional,hold,stop,agreed,rejected,deferred" doc:"The first four at gates, the others elsewhere."`
		DecidedOn  when.Date `json:"decided_on"`
		ReplacesID string    `json:"replaces_id,omitempty" maxLength:"40"`
	}
}

type decisionAnswer struct{ Body projectDecisionJSON }

func (s *Service) decideAPI(ctx context.Context, in *decideIn) (*decisionAnswer, error) {
	b := in.Body
	d, err := s.Decide(ctx, account.ActorIn(ctx), Decision{ProjectID: ID(in.ID), StageID: StageID(b.StageID), Title: b.Title, Reason: b.Reason, Deciders: b.Deciders,
		Conditions: b.Conditions, Outcome: b.Outcome, DecidedOn: b.DecidedOn, ReplacesID: DecisionID(b.ReplacesID)})
	if err != nil {
		return nil, err
	}
	return &decisionAnswer{decisionOut(d)}, nil
}

type projectPersonJSON struct {
	GrantID       account.GrantID  `json:"grant_id"`
	PersonID      account.PersonID `json:"person_id"`
	Name          string           `json:"name"`
	Role          account.Role     `json:"role"`
	UntilOn       when.Date        `json:"until_on"`
	Organisations []string         `json:"organisations"`
	Outside       bool             `json:"outside" doc:"Of no organisation that owns or partners."`
	SeenAt        when.Time        `json:"seen_at"`
}

type peopleOut struct{ Body web.List[projectPersonJSON] }

func (s *Service) peopleAPI(ctx context.Context, in *ProjectParam) (*peopleOut, error) {
	out := []projectPersonJSON{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		a, err := Enter(tx, account.ActorIn(ctx), ID(in.ID))
		if err != nil {
			return err
		}
		list, err := PeopleOf(tx, a)
		for _, p := range list {
			out = append(out, projectPersonJSON{p.ID, p.PersonID, p.Name, p.Role, p.UntilOn, append([]string{}, p.Organisations...), p.Outside, p.SeenAt})
		}
		return err
	})
	return &peopleOut{web.List[projectPersonJSON]{Items: out}}, err
}

type inviteIn struct {
	ProjectParam
	Body struct {
		Email   string       `json:"email" maxLength:"254"`
		Name    string       `json:"name,omitempty" maxLength:"200" doc:"Needed for who has no account."`
		Role    account.Role `json:"role" enum:"project_manager,project_member,project_reader,project_guest"`
		UntilOn when.Date    `json:"until_on,omitempty" doc:"Last day; required for a guest."`
	}
}

type inviteAnswer struct {
	Body struct {
		GrantID  account.GrantID  `json:"grant_id"`
		PersonID account.PersonID `json:"person_id"`
	}
}

func (s *Service) inviteAPI(ctx context.Context, in *inviteIn) (*inviteAnswer, error) {
	b := in.Body
	g, err := s.Invite(ctx, account.ActorIn(ctx), ID(in.ID), Invitation{Email: b.Email, Name: b.Name, Role: b.Role, UntilOn: b.UntilOn})
	if err != nil {
		return nil, err
	}
	out := &inviteAnswer{}
	out.Body.GrantID, out.Body.PersonID = g.ID, g.PersonID
	return out, nil
}

type excludeIn struct {
	ProjectParam
	Grant string `path:"grant" maxLength:"40"`
}

func (s *Service) excludeAPI(ctx context.Context, in *excludeIn) (*struct{}, error) {
	return nil, s.Exclude(ctx, account.ActorIn(ctx), ID(in.ID), account.GrantID(in.Grant))
}
