package project

import (
	"net/http"
	"strconv"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/a-h/templ"
)

// Pages registers the feature's pages.
func (s *Service) Pages(m *web.Mux) {
	m.Page("GET /projects", s.projectsPage)
	m.Page("GET /projects/new", s.newProjectPage)
	m.Page("POST /projects", s.createProjectPage)
	m.Page("GET /projects/{id}", s.projectPage)
	m.Page("GET /projects/{id}/edit", s.editProjectPage)
	m.Page("POST /projects/{id}/edit", s.saveProjectPage)
	m.Page("POST /projects/{id}/state", s.moveProjectPage)
	m.Page("POST /projects/{id}/withdraw", s.withdrawProjectPage)
	m.Page("POST /projects/{id}/restore", s.restoreProjectPage)
	m.Page("GET /projects/{id}/history", s.historyPage)
	if s.opts.Talk != nil {
		m.Page("GET /projects/{id}/discussion", s.discussionPage)
	}
	s.stagePages(m)
	s.peoplePages(m)
	s.riskPages(m)
}

// listView is the list of projects.
type listView struct {
	Rows   []listRow
	Total  int
	Pager  web.Pager
	Fields []web.FilterField
	// Begins: the reader is of an organisation that can own a project.
	Begins bool
	Doors  []web.Way
}

func (x listView) actions(v *web.View) []templ.Component {
	if !x.Begins {
		return nil
	}
	var list []templ.Component
	for _, d := range x.Doors {
		list = append(list, web.Button(web.Act{Label: d.Title, URL: d.Link.URL}))
	}
	return append(list, web.Button(web.Act{Label: v.T("project.new"), URL: "/projects/new", Icon: "plus", Kind: web.Full}))
}

// ways lead on from an empty list.
func (x listView) ways(v *web.View) []web.Way {
	list := []web.Way{{Title: v.T("project.none_action"), Detail: v.T("project.none_action_text"), Link: web.Link{Label: v.T("project.none_action_link"), URL: "/actions"}}}
	if x.Begins {
		list = append(list, web.Way{Title: v.T("project.new"), Detail: v.T("project.none_new_text"), Link: web.Link{Label: v.T("project.new"), URL: "/projects/new"}})
		list = append(list, x.Doors...)
	}
	return list
}

// listRow is a project with the stage it is in.
type listRow struct {
	Project
	Stage Stage
	Of    int // stages
	Done  int
}

const listSize = 50

var listParams = []string{"q", "kind", "state"}

func (s *Service) projectsPage(w http.ResponseWriter, r *http.Request) error {
	v, by := web.ViewOf(r), account.ActorOf(r)
	f := Filter{Text: v.Query.Get("q"), Kind: Kind(v.Query.Get("kind")), State: State(v.Query.Get("state"))}
	x := listView{Begins: len(by.Memberships) > 0, Fields: []web.FilterField{
		{Name: "q", Label: v.T("project.filter.text")},
		{Name: "kind", Label: v.T("project.field.kind"), All: v.T("project.filter.all_kinds"), Choices: web.Keyed(v, Kinds())},
		{Name: "state", Label: v.T("project.field.state"), All: v.T("project.filter.all_states"), Choices: web.Keyed(v, States())},
	}}
	if x.Begins {
		x.Doors = s.doors(v)
	}
	err := s.db.View(r.Context(), func(tx db.Tx) error {
		n, err := countProjects(tx, f.where(by, tx.Today()))
		if err != nil {
			return err
		}
		x.Total, x.Pager = n, web.PagerOf(v, listSize, n)
		list, _, err := List(tx, by, f, listSize, x.Pager.Offset())
		if err != nil {
			return err
		}
		x.Rows, err = withStages(tx, list)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, listTemplate(v, x))
}

func withStages(tx db.Tx, list []Project) ([]listRow, error) {
	ids := make([]ID, len(list))
	for i, p := range list {
		ids[i] = p.ID
	}
	stages, err := listStagesAmong(tx, ids)
	if err != nil {
		return nil, err
	}
	of := map[ID][]Stage{}
	for _, st := range stages {
		of[st.ProjectID] = append(of[st.ProjectID], st)
	}
	rows := make([]listRow, len(list))
	for i, p := range list {
		rows[i] = listRow{Project: p, Of: len(of[p.ID])}
		rows[i].Stage, _ = Current(of[p.ID])
		for _, st := range of[p.ID] {
			if st.State == Passed {
				rows[i].Done++
			}
		}
	}
	return rows, nil
}

// homeView is the page of a project.
type homeView struct {
	Frame
	Stages    []Stage
	Partners  []Partner
	People    []Person
	Decisions []Decision
	Risks     []Risk
	Blockers  []Blocker
	History   []account.Entry
	Origin    OriginInfo
	Panels    []templ.Component
	Forms     web.Forms
}

func (s *Service) projectPage(w http.ResponseWriter, r *http.Request) error {
	return s.showProject(w, r, http.StatusOK, nil)
}

func (s *Service) showProject(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	v := web.ViewOf(r)
	f, err := s.Enter(r, "home")
	if err != nil {
		return err
	}
	x := homeView{Frame: f, Forms: forms}
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.Stages, err = listStages(tx, f.ID); err != nil {
			return err
		}
		if x.Partners, err = listPartners(tx, f.ID); err != nil {
			return err
		}
		if x.People, err = PeopleOf(tx, f.Access); err != nil {
			return err
		}
		if x.Decisions, err = listDecisions(tx, f.ID); err != nil {
			return err
		}
		if x.Risks, err = listRisks(tx, f.ID); err != nil {
			return err
		}
		if x.Blockers, err = listOpenBlockers(tx, []ID{f.ID}); err != nil {
			return err
		}
		if f.OriginKind != "" {
			if x.Origin, err = s.origin(tx, f.By, Origin{f.OriginKind, f.OriginID}); fault.Is(err, fault.NotFound) {
				err = nil // the person may see the project and not what it was begun from
			}
			if err != nil {
				return err
			}
		}
		x.History, err = account.ScopeHistory(tx, f.ID.Scope(), 0, 8)
		return err
	})
	if err != nil {
		return err
	}
	for _, panel := range s.Panels { // each reads for itself: outside of our transaction
		c, err := panel(r.Context(), v, f.Access)
		if err != nil {
			return err
		}
		if c != nil {
			x.Panels = append(x.Panels, c)
		}
	}
	return web.Render(w, r, status, homeTemplate(v, x))
}

func (s *Service) moveProjectPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := ID(r.PathValue("id"))
	return f.Submit(w, r, web.Small{Name: "state", Page: s.showProject, To: id.URL(), Toast: "project.moved", Do: func() error {
		_, err := s.Move(r.Context(), account.ActorOf(r), id, State(f.Text("state")), f.Seen())
		return err
	}})
}

func (s *Service) withdrawProjectPage(w http.ResponseWriter, r *http.Request) error {
	id := ID(r.PathValue("id"))
	if err := s.Withdraw(r.Context(), account.ActorOf(r), id); err != nil {
		return err
	}
	return web.SeeOtherUndo(w, r, "/projects", id.URL()+"/restore", "project.withdrawn")
}

func (s *Service) restoreProjectPage(w http.ResponseWriter, r *http.Request) error {
	id := ID(r.PathValue("id"))
	if err := s.Restore(r.Context(), account.ActorOf(r), id); err != nil {
		return err
	}
	return web.SeeOther(w, r, id.URL(), "project.restored")
}

const historySize = 60

func (s *Service) historyPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	f, err := s.Enter(r, "history")
	if err != nil {
		return err
	}
	before, _ := strconv.ParseInt(v.Query.Get("before"), 10, 64)
	past, _ := strconv.ParseInt(v.Query.Get("past"), 10, 64)
	var list []account.Entry
	var earlier []PastEntry
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if past <= 0 {
			list, err = account.ScopeHistory(tx, f.ID.Scope(), before, historySize)
		}
		if err == nil && len(list) < historySize {
			earlier, err = listPast(tx, f.ID, max(past, 0), historySize)
		}
		return err
	})
	if err != nil {
		return err
	}
	older := ""
	switch {
	case len(list) == historySize:
		older = v.With("before", strconv.FormatInt(list[len(list)-1].Seq, 10))
	case len(earlier) == historySize:
		older = v.With("before", "", "past", strconv.FormatInt(earlier[len(earlier)-1].Position, 10))
	}
	return web.Render(w, r, http.StatusOK, historyTemplate(v, f, list, pastEntries(earlier), older))
}

// overdue tells of a day that has passed.
func overdue(v *web.View, on when.Date) bool { return on.Valid() && on < v.Today() }
