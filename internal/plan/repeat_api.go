package plan

import (
	"context"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

func (s *Service) seriesAPI(m *web.Mux, tags []string, path string) {
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: path, Tags: tags, Summary: "Read the series of a task",
		Description: "The rule by which the task comes again, and its latest tasks; not found when it does not."}, s.readSeriesAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: path, Tags: tags, Summary: "Repeat a task",
		Description: "Begins a series, or changes the rule of the one whose latest task it is. When a task of a running series is done, the next one is made."}, s.repeatAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: path, Tags: tags, Summary: "Stop the series of a task", DefaultStatus: http.StatusNoContent,
		Description: "Its tasks stay; no other is made."}, s.stopSeriesAPI)
}

type planRuleJSON struct {
	Every    Every     `json:"every" enum:"day,week,month" example:"week"`
	Interval int64     `json:"interval,omitempty" minimum:"1" maximum:"99" default:"1" doc:"Every so many days, weeks or months." example:"2"`
	Weekdays string    `json:"weekdays,omitempty" maxLength:"7" pattern:"^[1-7]*$" doc:"Of weeks: digits, 1 is Monday; the day of the task when absent." example:"14"`
	MonthDay int64     `json:"month_day,omitempty" minimum:"0" maximum:"31" doc:"Of months; where one is shorter, its last day. The day of the task when absent."`
	UntilOn  when.Date `json:"until_on,omitempty" doc:"The last day that may be one."`
	Times    int64     `json:"times,omitempty" minimum:"0" maximum:"999" doc:"In all, this task included; 0 for no end."`
}

type planSeriesOut struct {
	Body struct {
		Rule    planRuleJSON `json:"rule"`
		FirstOn when.Date    `json:"first_on" doc:"The rule counts from here."`
		Running bool         `json:"running" doc:"Another task is made when the latest is done."`
		NextOn  when.Date    `json:"next_on" doc:"When the next one would begin; empty when none would, or when this is not the latest."`
		Tasks   []TaskID     `json:"task_ids" doc:"The latest of the series."`
	}
}

func (s *Service) readSeriesAPI(ctx context.Context, in *PlanTaskIn) (*planSeriesOut, error) {
	out := &planSeriesOut{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		a, err := project.Enter(tx, account.ActorIn(ctx), project.ID(in.Project))
		if err != nil {
			return err
		}
		p, err := getPlan(tx, a.Project)
		if err != nil {
			return err
		}
		t, err := liveTask(tx, a.ID, TaskID(in.Task))
		if err != nil {
			return err
		}
		x, err := s.readSeries(tx, p, t)
		if err == nil && x.ID == "" {
			err = fault.New(fault.NotFound, "fault.not_found")
		}
		b := &out.Body
		b.Rule = planRuleJSON{x.Every, x.Interval, x.Weekdays, x.MonthDay, x.UntilOn, x.Times}
		b.FirstOn, b.Running, b.NextOn, b.Tasks = x.FirstOn, x.Running(), x.Next, []TaskID{}
		for _, t := range x.Tasks {
			b.Tasks = append(b.Tasks, t.ID)
		}
		return err
	})
	return out, err
}

type planRepeatIn struct {
	PlanTaskIn
	Body planRuleJSON
}

func (s *Service) repeatAPI(ctx context.Context, in *planRepeatIn) (*planSeriesOut, error) {
	b := in.Body
	r := Rule(b)
	if _, err := s.Repeat(ctx, account.ActorIn(ctx), project.ID(in.Project), TaskID(in.Task), r); err != nil {
		return nil, err
	}
	return s.readSeriesAPI(ctx, &in.PlanTaskIn)
}

func (s *Service) stopSeriesAPI(ctx context.Context, in *PlanTaskIn) (*struct{}, error) {
	return nil, s.StopSeries(ctx, account.ActorIn(ctx), project.ID(in.Project), TaskID(in.Task))
}
