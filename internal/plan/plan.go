// Package plan is the plan of a project: tasks in an outline, links between them, working days, the
// dates that follow from all that, and what is compared with them. It computes by the library
// schedule (decision 0014) and keeps the result on the tasks, so that lists and pictures read it.
//
// Words: a task is a task, a milestone (no work) or a deliverable; with parts it is a summary. Rank
// is its place in the outline. A link makes a successor wait for its predecessor. The calendar says
// which days are worked. A baseline is dates once agreed; drift is the shift since then. A resource
// is a machine that tasks book. A series is a task that comes again by a rule; each is an occurrence.
// A field is what a project notes of its tasks beside what all have, a value what one holds. An
// import is a file of another tool that becomes tasks (decision 0028); its origins are the names by
// which that tool knows them.
// Tables: plan_plan, plan_closure, plan_task, plan_assignee, plan_item, plan_link, plan_baseline,
// plan_baseline_task, plan_resource, plan_booking, plan_capacity, plan_series, plan_occurrence,
// plan_field, plan_value, plan_import, plan_origin.
package plan

import (
	"context"
	"log/slog"
	"sync"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/job"
	"bassin/internal/project"
	"bassin/internal/schedule"
	"bassin/internal/talk"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

// Options are what the service needs.
type Options struct {
	DB      *db.DB
	Log     *slog.Logger
	Project *project.Service
	Talk    *talk.Service // discussions of tasks; nil: none
}

// Service is the feature.
type Service struct {
	db      *db.DB
	log     *slog.Logger
	project *project.Service
	talk    *talk.Service
	queue   *job.Queue // set by Jobs; nil: long files are taken over at once

	// Panels are sections that higher features show on a task's page, in order.
	Panels []Panel
	// Copied lets higher features take along what is theirs when the next task of a series is made.
	Copied []func(tx db.Tx, from, to Task) error

	mu        sync.Mutex
	calendars map[string]*schedule.Calendar // by their rules; each takes half a megabyte
}

// Panel makes a section of a task's page; nil when there is nothing to show.
type Panel func(ctx context.Context, v *web.View, f project.Frame, t Task, forms web.Forms) (templ.Component, error)

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{db: o.DB, log: o.Log, project: o.Project, talk: o.Talk, calendars: map[string]*schedule.Calendar{}}
}

// maxCalendars bounds the calendars that are kept compiled.
const maxCalendars = 64

// compiled gives the calendar of the rules, compiled once.
func (s *Service) compiled(r schedule.Rules) (*schedule.Calendar, error) {
	key := rulesKey(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.calendars[key]; c != nil {
		return c, nil
	}
	c, err := schedule.Compile(r)
	if err != nil {
		return nil, err
	}
	if len(s.calendars) >= maxCalendars {
		clear(s.calendars)
	}
	s.calendars[key] = c
	return c, nil
}

// record appends to the audit trail what happened to a task.
func record(tx db.Tx, by account.Actor, t Task, verb string, data map[string]any) error {
	if data == nil {
		data = map[string]any{}
	}
	data["number"], data["title"] = t.Number, t.Title
	return account.Record(tx, by, account.Event{Verb: verb, Kind: "task", ID: string(t.ID), Scope: t.ProjectID.Scope(), Data: data})
}

// recordPlan appends what happened to the plan as a whole.
func recordPlan(tx db.Tx, by account.Actor, id project.ID, verb string, data map[string]any) error {
	return account.Record(tx, by, account.Event{Verb: verb, Kind: "plan", ID: string(id), Scope: id.Scope(), Data: data})
}
