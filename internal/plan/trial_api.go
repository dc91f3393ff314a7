package plan

import (
	"context"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/project"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

func (s *Service) trialAPI(m *web.Mux, tags []string, base string) {
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + "/try", Tags: tags, Summary: "Tell what several changes would do to a plan",
		Description: "Nothing is changed. Steps are made in their order; what cannot be made is refused by name."}, s.tryStepsAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: base + "/apply", Tags: tags, Summary: "Make several changes of a plan at once", DefaultStatus: http.StatusNoContent,
		Description: "All or none of those that were tried."}, s.applyAPI)
}

type planStepJSON struct {
	TaskNumber int64     `json:"task_number" minimum:"1" doc:"The number of the task." example:"12"`
	To         when.Date `json:"to,omitempty" doc:"The day on which it would begin."`
	Work       int64     `json:"work_minutes,omitempty" minimum:"0" doc:"How long it would take."`
	FromNumber int64     `json:"from_number,omitempty" minimum:"0" doc:"With kind: the task that it would wait for."`
	Kind       LinkKind  `json:"kind,omitempty" enum:"fs,ss,ff,sf"`
	Lag        int64     `json:"lag_minutes,omitempty" doc:"Minutes of work; negative for a lead."`
	Cut        bool      `json:"cut,omitempty" doc:"The link is taken away."`
}

type planTrialIn struct {
	PlanProjectIn
	Body struct {
		Steps  []planStepJSON `json:"steps" minItems:"1" maxItems:"40"`
		EndsOn when.Date      `json:"ends_on,omitempty" doc:"Of the trial; when the plan would end on another day, nothing is applied."`
	}
}

func (in *planTrialIn) steps() (out []Tweak) {
	for _, s := range in.Body.Steps {
		out = append(out, Tweak{s.TaskNumber, s.To, s.Work, s.FromNumber, s.Kind, s.Lag, s.Cut})
	}
	return out
}

type planOverloadJSON struct {
	Name string `json:"name"`
	Was  int    `json:"was_minutes"`
	Now  int    `json:"now_minutes"`
}

type planTrialOut struct {
	Body struct {
		WasEnd    when.Date          `json:"was_ends_on"`
		EndsOn    when.Date          `json:"ends_on"`
		Days      int                `json:"days" doc:"Working days by which the plan ends later."`
		Critical  []TaskID           `json:"newly_critical_ids"`
		Relieved  []TaskID           `json:"relieved_ids" doc:"No longer critical."`
		Late      []TaskID           `json:"newly_late_ids"`
		Moved     []planMovedJSON    `json:"moved"`
		Overloads []planOverloadJSON `json:"overloads" doc:"Of whom more or less is asked beyond what there is."`
	}
}

func (s *Service) tryStepsAPI(ctx context.Context, in *planTrialIn) (*planTrialOut, error) {
	c, err := s.Try(ctx, account.ActorIn(ctx), project.ID(in.Project), in.steps())
	if err != nil {
		return nil, err
	}
	out := &planTrialOut{}
	b := &out.Body
	b.WasEnd, b.EndsOn, b.Days, b.Moved, b.Overloads = c.Was, c.Now, c.Days, []planMovedJSON{}, []planOverloadJSON{}
	b.Critical, b.Relieved, b.Late = idsOf(c.Critical), idsOf(c.Relieved), idsOf(c.Late)
	for _, m := range c.Moved {
		b.Moved = append(b.Moved, planMovedJSON{m.Task.ID, m.Task.Title, m.Now.Start, m.Now.Finish, m.Days})
	}
	for _, o := range c.Overloads {
		b.Overloads = append(b.Overloads, planOverloadJSON{o.Name, int(o.Was), int(o.Now)})
	}
	return out, nil
}

func (s *Service) applyAPI(ctx context.Context, in *planTrialIn) (*struct{}, error) {
	return nil, s.Apply(ctx, account.ActorIn(ctx), project.ID(in.Project), in.steps(), in.Body.EndsOn)
}
