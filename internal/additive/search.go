package additive

import (
	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/search"
)

// SearchEntry is the kind under which parts are found.
const SearchEntry = "part"

func wallOf(holder string) string { return "part:" + holder }

// SearchWalls gives the keys of the parts that somebody sees.
func SearchWalls(by account.Actor) []string {
	var walls []string
	for _, h := range Holders(by) {
		walls = append(walls, wallOf(h))
	}
	return walls
}

// index makes a part findable by its title, its number and the name of its newest file.
func index(tx db.Tx, p Part) error {
	if p.RemovedAt != 0 {
		return search.Remove(tx, SearchEntry, string(p.ID))
	}
	r, err := getRevision(tx, p.ID, p.Revision)
	if err != nil {
		return err
	}
	return search.Put(tx, searchEntry(p, r))
}

func searchEntry(p Part, r Revision) search.Entry {
	return search.Entry{Kind: SearchEntry, ID: string(p.ID), Walls: []string{wallOf(p.HolderID)}, Title: p.Title, Sub: p.Code(), URL: p.URL(), Text: r.FileName, At: p.UpdatedAt}
}

// SearchSources gives all that is to be found.
func (s *Service) SearchSources() []search.Source {
	return []search.Source{{Count: countIndexed, Page: func(tx db.Tx, after string, limit int) ([]search.Entry, string, error) {
		list, err := listIndexed(tx, PartID(after), limit)
		if err != nil || len(list) == 0 {
			return nil, "", err
		}
		all := make([]search.Entry, len(list))
		for i, l := range list {
			all[i] = searchEntry(l.Part, l.Newest)
		}
		return all, string(list[len(list)-1].Part.ID), nil
	}}}
}
