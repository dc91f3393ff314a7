// Package overview is what one sees first: the home of a territory, of a region, of a member of an
// organisation, and the search. It reads everything and writes nothing.
//
// Words: a figure is a count that opens its list; a thing to do is what waits for somebody, with
// its reason and the page where it is done.
// Tables: none of its own; its store joins those of the features below.
package overview

import (
	"bassin/internal/db"
	"bassin/internal/web"
)

// Service is the feature.
type Service struct{ db *db.DB }

// New makes the service.
func New(d *db.DB) *Service { return &Service{db: d} }

// Pages registers the pages.
func (s *Service) Pages(m *web.Mux) {
	m.Open("GET /{$}", s.homePage)
	m.Open("GET /territories/{id}/home", s.territoryHomePage)
	m.Open("GET /territories/{id}/todo", s.todoPage)
	m.Open("GET /search", s.searchPage)
}
