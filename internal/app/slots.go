package app

import (
	"context"
	"time"

	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/cost"
	"bassin/internal/db"
	"bassin/internal/document"
	"bassin/internal/fault"
	"bassin/internal/note"
	"bassin/internal/programme"
	"bassin/internal/project"
	"bassin/internal/search"
	"bassin/internal/territory"
)

// What account asks of the features above it.

// register asks the company search service, as the form of organisations wants it.
func register(l *territory.Lookup) func(context.Context, string) ([]account.RegisterHit, error) {
	if l == nil {
		return nil
	}
	return func(ctx context.Context, text string) ([]account.RegisterHit, error) {
		found, err := l.Find(ctx, territory.Search{Text: text, PerPage: 10})
		if err != nil {
			return nil, err
		}
		hits := make([]account.RegisterHit, len(found.Companies))
		for i, c := range found.Companies {
			hits[i] = account.RegisterHit{SIREN: c.SIREN, SIRET: c.Head.SIRET, Name: c.Name, NAF: c.Head.NAF, Headcount: string(c.Headcount),
				Address: c.Head.Address, Closed: !c.Open}
			if c.Head.Located {
				hits[i].Latitude, hits[i].Longitude = c.Head.Latitude, c.Head.Longitude
			}
		}
		return hits, nil
	}
}

// newLookup makes the client of the company search service; address "off" is none.
func newLookup(d *db.DB, o siteOptions) (*territory.Lookup, error) {
	if o.Lookup == "" || o.Lookup == "off" {
		return nil, nil
	}
	return territory.NewLookup(territory.LookupConfig{URL: o.Lookup, Cache: territory.NewCache(d, o.Log), Now: time.Now})
}

// searchWalls gives the keys that somebody holds, of all features.
func searchWalls(tx db.Tx, by account.Actor) ([]string, error) {
	walls, err := programme.SearchWalls(tx, by)
	if err != nil {
		return nil, err
	}
	projects, err := project.SearchWalls(tx, by)
	projects = append(projects, note.SearchWalls(tx, by)...)
	projects = append(projects, additive.SearchWalls(by)...)
	if by.Known() {
		projects = append(projects, search.SignedIn)
	}
	return append(walls, projects...), err
}

// scopes lists what roles can be given over.
func scopes(tx db.Tx, kind account.ScopeKind) ([]account.Scope, error) {
	var all []account.Scope
	switch kind {
	case account.OverRegion:
		for _, r := range territory.Regions() {
			all = append(all, account.Scope{ID: string(r.ID), Name: r.Name})
		}
	case account.OverTerritory:
		list, err := territory.List(tx, territory.Filter{})
		if err != nil {
			return nil, err
		}
		for _, t := range list {
			all = append(all, account.Scope{ID: string(t.ID), Name: t.Name})
		}
	}
	return all, nil
}

// scopeName names what a grant is given over. An action is named by its reference: who gives and
// who reads grants may not be allowed to read its sheet.
func scopeName(tx db.Tx, kind account.ScopeKind, id string) (string, error) {
	switch kind {
	case account.OverRegion:
		if r, ok := territory.RegionByID(territory.RegionID(id)); ok {
			return r.Name, nil
		}
	case account.OverTerritory:
		t, err := territory.Get(tx, territory.ID(id))
		return t.Name, err
	case account.OverAction:
		return programme.ReferenceOf(tx, programme.ActionID(id))
	case account.OverProject:
		return project.CodeOfProject(tx, project.ID(id))
	case account.OverFolder:
		return document.CodeOfFolder(tx, document.EntryID(id))
	case account.OverNote:
		return note.CodeOf(tx, note.ID(id))
	}
	return "", fault.New(fault.NotFound, "fault.not_found")
}

// originOf gives what a project takes over from the action it is begun from, for who may see the
// action.
func originOf(tx db.Tx, by account.Actor, o project.Origin) (project.OriginInfo, error) {
	if o.Kind != project.FromAction {
		return project.OriginInfo{}, fault.New(fault.NotFound, "fault.not_found")
	}
	a, err := programme.ActionFor(tx, by, programme.ActionID(o.ID))
	if err != nil {
		return project.OriginInfo{}, err
	}
	return project.OriginInfo{Title: a.Title, Summary: a.Summary, TerritoryID: a.TerritoryID, URL: a.URL, OwnerID: account.OrganisationID(a.LeadID)}, nil
}

// financingOf gives what the action that a project was begun from has been promised, for who may
// see the action.
func financingOf(tx db.Tx, by account.Actor, from project.Origin) (cost.Financing, error) {
	if from.Kind != project.FromAction {
		return cost.Financing{}, fault.New(fault.NotFound, "fault.not_found")
	}
	m, err := programme.MoneyFor(tx, by, programme.ActionID(from.ID))
	return cost.Financing{Title: m.Title, URL: m.URL, CostCents: m.CostCents, Parts: programme.HeldParts(m.Amounts, m.CostCents)}, err
}
