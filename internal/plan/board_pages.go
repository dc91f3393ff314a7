package plan

import (
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/web"
)

// laneSize bounds the cards of a column; the rest is a list away.
const laneSize = 40

func (s *Service) boardPages(m *web.Mux) {
	m.Page("GET /projects/{project}/plan/board", s.boardPage)
	m.Page("POST /projects/{project}/plan/tasks/{task}/state", s.moveTaskPage)
}

type lane struct {
	State State
	Count int64
	Cards []Task
}

type boardView struct {
	common
	shown
	Lanes  []lane
	Fields []web.FilterField
}

func (s *Service) boardPage(w http.ResponseWriter, r *http.Request) error {
	return s.showBoard(w, r, http.StatusOK, nil)
}

func (s *Service) showBoard(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	v := web.ViewOf(r)
	f, err := s.enter(r)
	if err != nil {
		return err
	}
	v.Path = planURL(f.ID) + "/board"
	var x boardView
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.common, err = s.readCommon(tx, f, "board"); err != nil {
			return err
		}
		filter := filterOf(v.Query, f.By)
		filter.Leaves = true
		counts, err := countStates(tx, filter.where(f.ID))
		if err != nil {
			return err
		}
		var all []Task
		x.Lanes = nil
		for _, st := range States() {
			if filter.State != "" && filter.State != st || filter.Open && st == Done {
				continue
			}
			l, of := lane{State: st}, filter
			of.State = st
			for _, c := range counts {
				if c.State == st {
					l.Count = c.Count
				}
			}
			if l.Cards, err = listTasks(tx, of.where(f.ID), "rank", false, laneSize, 0); err != nil {
				return err
			}
			all = append(all, l.Cards...)
			x.Lanes = append(x.Lanes, l)
		}
		if x.shown, err = readShown(tx, all); err != nil {
			return err
		}
		x.Fields, err = s.filterFields(tx, v, x.common)
		return err
	})
	if err != nil {
		return err
	}
	x.Forms = forms
	return web.Render(w, r, status, boardTemplate(v, x))
}

// moveTaskPage puts a task into another state, from a row or a card.
func (s *Service) moveTaskPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := project.ID(r.PathValue("project"))
	t, err := s.MoveTask(r.Context(), account.ActorOf(r), id, TaskID(r.PathValue("task")), State(f.Text("to")))
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, web.LocalPath(f.Text("next"), t.URL()), "plan.task.moved", "title", t.Title, "state_key", t.State.Key())
}
