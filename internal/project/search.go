package project

import (
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/search"
	"bassin/internal/when"
)

// The kinds of entries that the search knows from here.
const (
	Entry         = "project"
	DecisionEntry = "decision"
	RiskEntry     = "risk"
	BlockerEntry  = "blocker"
)

// SearchWalls gives the keys that somebody holds today: of the projects that their lists show.
func SearchWalls(tx db.Tx, by account.Actor) ([]string, error) {
	if !by.Known() {
		return nil, nil
	}
	ids, err := VisibleIDs(tx, by)
	walls := make([]string, len(ids))
	for i, id := range ids {
		walls[i] = id.Wall()
	}
	return walls, err
}

// InsideEntry is an entry for something in a project, in whose title it is found too.
func InsideEntry(p Project, kind, id, title, path string, at when.Time, texts ...string) search.Entry {
	return search.Entry{Kind: kind, ID: id, Walls: []string{p.ID.Wall()}, Title: title, Sub: p.Code + " · " + p.Title, URL: p.ID.URL() + path,
		Text: joined(texts...), At: at}
}

func projectEntry(p Project) search.Entry {
	return search.Entry{Kind: Entry, ID: string(p.ID), Walls: []string{p.ID.Wall()}, Title: p.Title, Sub: p.Code + " · " + p.OwnerName, URL: p.ID.URL(),
		Text: p.Summary, At: p.UpdatedAt}
}

func decisionEntry(p Project, d Decision) search.Entry {
	name := "D-" + strconv.Itoa(d.Number)
	return InsideEntry(p, DecisionEntry, string(d.ID), name+" "+d.Title, "/decisions#d"+strconv.Itoa(d.Number), d.RecordedAt, d.Reason, d.Conditions, d.Deciders)
}

func riskEntry(p Project, r Risk) search.Entry {
	return InsideEntry(p, RiskEntry, string(r.ID), r.Title, "/risks#"+string(r.ID), r.UpdatedAt, r.Cause, r.Effect, r.Response, r.OwnerName)
}

func blockerEntry(p Project, b Blocker) search.Entry {
	return InsideEntry(p, BlockerEntry, string(b.ID), b.Text, "/risks", b.CreatedAt, b.Unblock, b.Resolution)
}

func joined(texts ...string) string {
	var list []string
	for _, s := range texts {
		if s = strings.TrimSpace(s); s != "" {
			list = append(list, s)
		}
	}
	return strings.Join(list, "\n")
}

// entries gives the project and all in it.
func entries(tx db.Tx, p Project) ([]search.Entry, error) {
	list := []search.Entry{projectEntry(p)}
	decisions, err := listDecisions(tx, p.ID)
	if err != nil {
		return nil, err
	}
	for _, d := range decisions {
		list = append(list, decisionEntry(p, d))
	}
	risks, err := listRisks(tx, p.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range risks {
		list = append(list, riskEntry(p, r))
	}
	blockers, err := listBlockers(tx, p.ID)
	for _, b := range blockers {
		list = append(list, blockerEntry(p, b))
	}
	return list, err
}

// reindex puts the project as it is saved now, and all that stands under its title if that changed.
func (s *Service) reindex(tx db.Tx, old, p Project) error {
	p.UpdatedAt = tx.Now()
	if p.Code == old.Code && p.Title == old.Title {
		return search.Put(tx, projectEntry(p))
	}
	list, err := entries(tx, p)
	if err != nil {
		return err
	}
	for _, e := range list {
		if err := search.Put(tx, e); err != nil {
			return err
		}
	}
	for _, again := range s.Renamed {
		if err := again(tx, p); err != nil {
			return err
		}
	}
	return nil
}

// SearchSources gives all that is to be found. Projects off the lists are put too: nobody holds
// their keys until they are brought back.
func (s *Service) SearchSources() []search.Source {
	return []search.Source{{Count: countIndexed, Page: func(tx db.Tx, after string, limit int) ([]search.Entry, string, error) {
		list, err := listAllAfter(tx, ID(after), limit)
		if err != nil || len(list) == 0 {
			return nil, "", err
		}
		var all []search.Entry
		for _, p := range list {
			more, err := entries(tx, p)
			if err != nil {
				return nil, "", err
			}
			all = append(all, more...)
		}
		return all, string(list[len(list)-1].ID), nil
	}}}
}
