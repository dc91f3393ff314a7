// Package overview is what one sees first: the home of a territory, of a region, of a member of an
// organisation, what waits for somebody today, and the search. It reads everything and writes nothing.
//
// Words: a figure is a count that opens its list; a thing to do is what waits for somebody, with
// its reason and the page where it is done.
// Tables: none of its own; its store joins those of the features below.
package overview

import (
	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/plan"
	"bassin/internal/web"
)

// Walls gives the keys that somebody holds for the search, of all features; app fills it.
type Walls func(tx db.Tx, by account.Actor) ([]string, error)

// Service is the feature.
type Service struct {
	db    *db.DB
	plan  *plan.Service
	walls Walls
}

// New makes the service.
func New(d *db.DB, p *plan.Service, w Walls) *Service { return &Service{db: d, plan: p, walls: w} }

// Pages registers the pages.
func (s *Service) Pages(m *web.Mux) {
	m.Open("GET /{$}", s.homePage)
	m.Open("GET /territories/{id}/home", s.territoryHomePage)
	m.Open("GET /territories/{id}/todo", s.todoPage)
	m.Page("GET /day", s.dayPage)
	m.Page("GET /activity", s.activityPage)
	m.Open("GET /search", s.searchPage)
	m.Open("GET /search/hits", s.hitsPage)
}
