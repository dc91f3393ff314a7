package note

import (
	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/search"
)

// SearchEntry is the kind under which notes are found.
const SearchEntry = "note"

// guestWall is the key of a note's guests.
func guestWall(id string) string { return "note:" + id }

// SearchWalls gives the keys of the notes that somebody is a guest of today; who sees the project
// has its key.
func SearchWalls(tx db.Tx, by account.Actor) []string {
	var walls []string
	for _, g := range by.Grants {
		if g.Role == account.NoteGuest && g.ScopeKind == account.OverNote && g.Holds(tx.Today()) {
			walls = append(walls, guestWall(g.ScopeID))
		}
	}
	return walls
}

// index makes a note findable by its title and the words of its newest version. A guest of a note
// does not learn the project's title by it.
func index(tx db.Tx, n Note) error {
	if n.RemovedAt != 0 {
		return search.Remove(tx, SearchEntry, string(n.ID))
	}
	e, err := searchEntry(tx, n)
	if err != nil {
		return err
	}
	return search.Put(tx, e)
}

func searchEntry(tx db.Tx, n Note) (search.Entry, error) {
	code, err := project.CodeOfProject(tx, n.ProjectID)
	if err != nil {
		return search.Entry{}, err
	}
	r, err := Read(tx, Entry{Note: n})
	if err != nil {
		return search.Entry{}, err
	}
	return search.Entry{Kind: SearchEntry, ID: string(n.ID), Walls: []string{n.ProjectID.Wall(), guestWall(string(n.ID))},
		Title: n.Title, Sub: code, URL: n.URL(), Text: r.Root.Plain(), At: n.UpdatedAt}, nil
}

// SearchSources gives all that is to be found.
func (s *Service) SearchSources() []search.Source {
	return []search.Source{{Count: countNotes, Page: func(tx db.Tx, after string, limit int) ([]search.Entry, string, error) {
		list, err := listAfter(tx, ID(after), limit)
		if err != nil || len(list) == 0 {
			return nil, "", err
		}
		all := make([]search.Entry, len(list))
		for i, n := range list {
			if all[i], err = searchEntry(tx, n); err != nil {
				return nil, "", err
			}
		}
		return all, string(list[len(list)-1].ID), nil
	}}}
}
