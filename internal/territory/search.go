package territory

import (
	"bassin/internal/db"
	"bassin/internal/search"
)

// Entry is the kind of entries that the search knows from here.
const Entry = "territory"

func index(tx db.Tx, t Territory) error { return search.Put(tx, searchEntry(t)) }

// searchEntry is what is to be found of a territory, by everybody.
func searchEntry(t Territory) search.Entry {
	e := search.Entry{Kind: Entry, ID: string(t.ID), Walls: []string{search.Public}, Title: t.Name, URL: "/territories/" + string(t.ID), Text: t.Summary, At: t.UpdatedAt}
	if r, ok := RegionByID(t.Region); ok {
		e.Sub = r.Name
	}
	return e
}

// SearchSources gives all that is to be found.
func (s *Service) SearchSources() []search.Source {
	return []search.Source{{
		Count: func(tx db.Tx) (int, error) { return countTerritories(tx, Filter{}) },
		Page: func(tx db.Tx, after string, limit int) ([]search.Entry, string, error) {
			list, err := listTerritories(tx, Filter{After: ID(after), Limit: limit})
			if err != nil || len(list) == 0 {
				return nil, "", err
			}
			entries := make([]search.Entry, len(list))
			for i, t := range list {
				entries[i] = searchEntry(t)
			}
			return entries, string(list[len(list)-1].ID), nil
		},
	}}
}
