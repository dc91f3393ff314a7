package overview

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/db"
	"bassin/internal/meeting"
	"bassin/internal/note"
	"bassin/internal/plan"
	"bassin/internal/programme"
	"bassin/internal/project"
	"bassin/internal/search"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/when"
)

// kindsFound are the kinds of objects that one finds, in the order of the filter.
var kindsFound = []string{programme.ActionEntry, programme.ContractEntry, programme.DocumentEntry,
	project.Entry, project.DecisionEntry, project.RiskEntry, project.BlockerEntry, meeting.SearchEntry, note.SearchEntry, plan.SearchEntry, additive.SearchEntry, territory.Entry, account.OrganisationEntry}

// spans are the choices of the filter by date, with their days.
var spans = []struct {
	name string
	days int
}{{"month", 31}, {"quarter", 92}, {"year", 366}}

// countMost is where counting ends: beyond, the page says "more than".
const countMost = 100

// hitsOf are the hits of the list under the field.
const hitsOf = 12

// searching is what the page of the search shows.
type searching struct {
	Text   string
	Kind   string
	Span   string
	Hits   search.Hits
	Counts map[string]int // by kind; "" for all
	Built  bool
}

// query reads what is asked for.
func (x searching) query(walls []string, today when.Date) search.Query {
	q := search.Query{Text: x.Text, Typing: true, Walls: walls}
	if x.Kind != "" {
		q.Kinds = []string{x.Kind}
	}
	for _, s := range spans {
		if s.name == x.Span {
			q.Since = when.At(today.AddDays(-s.days).Time())
		}
	}
	return q
}

func readSearching(r *http.Request) searching {
	get := r.URL.Query().Get
	x := searching{Text: strings.TrimSpace(get("q")), Kind: get("kind"), Span: get("span")}
	if !slices.Contains(kindsFound, x.Kind) {
		x.Kind = ""
	}
	if !slices.ContainsFunc(spans, func(s struct {
		name string
		days int
	}) bool {
		return s.name == x.Span
	}) {
		x.Span = ""
	}
	return x
}

// searchPage finds what its reader may see by its words.
func (s *Service) searchPage(w http.ResponseWriter, r *http.Request) error {
	x := readSearching(r)
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.Built, err = search.Built(tx); err != nil || x.Text == "" {
			return err
		}
		walls, err := s.walls(tx, account.ActorOf(r))
		if err != nil {
			return err
		}
		q := x.query(walls, tx.Today())
		q.After = r.URL.Query().Get("after")
		if x.Hits, err = search.Find(tx, q); err != nil {
			return err
		}
		x.Counts, err = counts(tx, q)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, searchView(web.ViewOf(r), x))
}

func counts(tx db.Tx, q search.Query) (map[string]int, error) {
	m := map[string]int{}
	for _, k := range append([]string{""}, kindsFound...) {
		q.Kinds = nil
		if k != "" {
			q.Kinds = []string{k}
		}
		n, err := search.Count(tx, q, countMost+1)
		if err != nil {
			return nil, err
		}
		m[k] = n
	}
	return m, nil
}

// hitsPage gives the list that opens under the search field while somebody types.
func (s *Service) hitsPage(w http.ResponseWriter, r *http.Request) error {
	x := readSearching(r)
	err := s.db.View(r.Context(), func(tx db.Tx) error {
		walls, err := s.walls(tx, account.ActorOf(r))
		if err != nil {
			return err
		}
		q := x.query(walls, tx.Today())
		q.Limit = hitsOf
		x.Hits, err = search.Find(tx, q)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, hitsView(web.ViewOf(r), x))
}

// group is the hits of one kind.
type group struct {
	Kind string
	Hits []search.Hit
}

// groups gathers hits by kind, each kind where its best hit stands.
func (x searching) groups() []group {
	var list []group
	for _, h := range x.Hits.List {
		i := slices.IndexFunc(list, func(g group) bool { return g.Kind == h.Kind })
		if i < 0 {
			i = len(list)
			list = append(list, group{Kind: h.Kind})
		}
		list[i].Hits = append(list[i].Hits, h)
	}
	return list
}

func (x searching) count(v *web.View, kind string) string {
	n := x.Counts[kind]
	if n > countMost {
		return v.Number(countMost) + "+"
	}
	return v.Number(int64(n))
}

// url is the page of the search with the same words.
func (x searching) url() string { return "/search?" + url.Values{"q": {x.Text}}.Encode() }

func orAll(kind string) string {
	if kind == "" {
		return "all"
	}
	return kind
}

func hitIcon(kind string) string {
	switch kind {
	case programme.ActionEntry:
		return "target-arrow"
	case programme.ContractEntry:
		return "file-certificate"
	case note.SearchEntry:
		return "note"
	case additive.SearchEntry:
		return "cube"
	case programme.DocumentEntry:
		return "file-text"
	case territory.Entry:
		return "map-pin"
	case project.Entry:
		return "folders"
	case project.DecisionEntry:
		return "gavel"
	case project.RiskEntry:
		return "alert-triangle"
	case project.BlockerEntry:
		return "hand-stop"
	case meeting.SearchEntry:
		return "calendar-event"
	case plan.SearchEntry:
		return "checkbox"
	}
	return "building-factory-2"
}
