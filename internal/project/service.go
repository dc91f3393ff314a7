// Package project is the ground of the workspace: projects that several organisations carry
// together, with their partners, people, stages and gates, decisions, risks and blockers. What is
// done inside a project (plan, documents, notes, meetings…) is in packages above, which ask this
// one who may do what (Enter, Allow) and show their pages under its tabs.
//
// Words: a project belongs to an owner organisation and has partner organisations; its people
// hold grants over it (manager, member, reader, guest); a stage is a phase of a product's life and
// ends at a gate, which lists criteria and is passed by a decision; walls are what the rules of
// access read.
// Tables: project_project, project_partner, project_stage, project_criterion, project_decision,
// project_risk, project_blocker, project_visit.
package project

import (
	"context"
	"log/slog"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/talk"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

// Options are what the service needs, and the slots that higher packages fill.
type Options struct {
	DB      *db.DB
	Log     *slog.Logger
	Account *account.Service // invites people without an account; nil: only those who have one
	Talk    *talk.Service    // discussions; nil: none

	// Origin tells what a project can be begun from: title and territory of an action that the
	// actor may see, and its address. Nil: projects begin from nothing.
	Origin func(tx db.Tx, by account.Actor, o Origin) (OriginInfo, error)
}

// OriginInfo is what a project takes over from what it was begun from.
type OriginInfo struct {
	Title, Summary, TerritoryID, URL string
	OwnerID                          account.OrganisationID // who leads it; proposed as owner
}

// Service is the feature.
type Service struct {
	db   *db.DB
	log  *slog.Logger
	opts Options

	// Tabs are the pages that higher features show in every project, in order.
	Tabs []Tab
	// Panels are sections that higher features show on a project's page, in order.
	Panels []Panel
	// Renamed puts into the index anew what higher features show under a project's title.
	Renamed []func(tx db.Tx, p Project) error
	// PeoplePanels are sections that higher features show on the page of people: who is let into a part.
	PeoplePanels []Panel
	// EditPanels are sections that higher features show below the form of a project.
	EditPanels []Panel
	// Doors are other ways to begin a project, which higher features bring.
	Doors []func(v *web.View) web.Way
}

// Tab is a page of every project: its key ("plan", the text project.tab.plan) and the end of its
// address ("/plan").
type Tab struct {
	Key, Path string
	// Permission is what one must be allowed for the tab to show; See when empty.
	Permission Permission
}

// Panel makes a section of a project's page; nil when there is nothing to show.
type Panel func(ctx context.Context, v *web.View, a Access) (templ.Component, error)

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{db: o.DB, log: o.Log, opts: o}
}
