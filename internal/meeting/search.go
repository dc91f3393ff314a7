package meeting

import (
	"strings"

	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/search"
)

// SearchEntry is the kind of entries that the search knows from here.
const SearchEntry = "meeting"

// index puts the meeting as it stands in this transaction.
func index(tx db.Tx, p project.Project, m Meeting) error {
	e, err := entry(tx, p, m)
	if err != nil {
		return err
	}
	return search.Put(tx, e)
}

func entry(tx db.Tx, p project.Project, m Meeting) (search.Entry, error) {
	items, err := listItems(tx, m.ID)
	if err != nil {
		return search.Entry{}, err
	}
	people, err := listParticipants(tx, m.ID)
	texts := []string{m.Purpose, m.Place, m.NoteText}
	for _, i := range items {
		texts = append(texts, i.Title, i.Text, i.Speaker)
	}
	var names []string
	for _, x := range people {
		names = append(names, x.Name)
	}
	texts = append(texts, strings.Join(names, ", "))
	return project.InsideEntry(p, SearchEntry, string(m.ID), m.Title, "/meetings/"+string(m.ID), m.UpdatedAt, texts...), err
}

// Renamed puts the meetings of a project into the index anew, under its new title.
func Renamed(tx db.Tx, p project.Project) error {
	list, err := listMeetingsAfter(tx, p.ID, "", maxMeetings)
	if err != nil {
		return err
	}
	for _, m := range list {
		if err := index(tx, p, m); err != nil {
			return err
		}
	}
	return nil
}

// SearchSources gives all that is to be found.
func (s *Service) SearchSources() []search.Source {
	return []search.Source{{Count: countMeetings, Page: func(tx db.Tx, after string, limit int) ([]search.Entry, string, error) {
		list, err := listAllAfter(tx, ID(after), limit)
		if err != nil || len(list) == 0 {
			return nil, "", err
		}
		projects := map[project.ID]project.Project{}
		var out []search.Entry
		for _, m := range list {
			p, known := projects[m.ProjectID]
			if !known {
				if p, err = project.Find(tx, m.ProjectID); err != nil {
					return nil, "", err
				}
				projects[m.ProjectID] = p
			}
			e, err := entry(tx, p, m)
			if err != nil {
				return nil, "", err
			}
			out = append(out, e)
		}
		return out, string(list[len(list)-1].ID), nil
	}}}
}
