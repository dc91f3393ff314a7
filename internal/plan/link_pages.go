package plan

import (
	"net/http"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/web"
	"bassin/internal/when"
)

func (s *Service) linkPages(m *web.Mux) {
	m.Page("POST /projects/{project}/plan/tasks/{task}/links", s.addLinkPage)
	m.Page("POST /projects/{project}/plan/links/{link}/remove", s.removeLinkPage)
	m.Page("GET /projects/{project}/plan/tasks/{task}/try", s.tryPage)
	m.Page("POST /projects/{project}/plan/tasks/{task}/shift", s.shiftPage)
}

// addLinkPage makes the task of the address wait for another, given by its number ("TMSF-12" or
// "12").
func (s *Service) addLinkPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id, by := project.ID(r.PathValue("project")), account.ActorOf(r)
	day, err := s.day(r, id)
	if err != nil {
		return err
	}
	to := Task{ID: TaskID(r.PathValue("task")), ProjectID: id}
	page := s.ShowTask
	if f.Text("view") == "gantt" {
		page = s.showGantt
	}
	l := Link{ProjectID: id, ToID: to.ID, Kind: LinkKind(f.Text("link.kind")), Lag: readWork(f, "link.lag", day)}
	return f.Submit(w, r, web.Small{Name: "link", Page: page, To: web.LocalPath(f.Text("next"), to.URL()+"#links"), Toast: "plan.link.added", Do: func() error {
		err := s.db.View(r.Context(), func(tx db.Tx) error {
			if _, err := project.Enter(tx, by, id); err != nil {
				return err
			}
			l.FromID, err = numbered(tx, id, f.Text("link.from"))
			return err
		})
		if err != nil {
			return err
		}
		_, err = s.AddLink(r.Context(), by, l)
		return err
	}})
}

// numbered finds the task of a number as people type it.
func numbered(tx db.Tx, id project.ID, text string) (TaskID, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(text[strings.LastIndex(text, "-")+1:]), 10, 64)
	if err != nil {
		var wrong fault.Fields
		wrong.Add("from", "plan.wrong.number")
		return "", wrong.Err()
	}
	t, err := getNumbered(tx, id, n)
	if fault.Is(err, fault.NotFound) {
		var wrong fault.Fields
		wrong.Add("from", "plan.wrong.number")
		return "", wrong.Err()
	}
	return t.ID, err
}

func (s *Service) removeLinkPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	l, err := s.RemoveLink(r.Context(), account.ActorOf(r), project.ID(r.PathValue("project")), LinkID(r.PathValue("link")))
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, web.LocalPath(f.Text("next"), (Task{ID: l.ToID, ProjectID: l.ProjectID}).URL()+"#links"), "plan.link.removed")
}

// outcomeView is what a change would do, before it is done.
type outcomeView struct {
	To       when.Date
	Work     int64
	Outcome  Outcome
	WorkText string
}

// tryPage shows what moving a task, or giving it another length, would do to the plan. Nothing is
// changed; the button below does it.
func (s *Service) tryPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	f, err := s.enter(r)
	if err != nil {
		return err
	}
	x, err := s.readTask(r, f)
	if err != nil {
		return err
	}
	form := web.NewForm(web.NewOnce(), "try.to", v.Query.Get("try.to"), "try.work", v.Query.Get("try.work"))
	o := outcomeView{To: form.Date("try.to"), Work: readWork(form, "try.work", x.day), WorkText: v.Query.Get("try.work")}
	if err = form.Err(); err == nil {
		o.Outcome, err = s.WhatIf(r.Context(), f.By, f.ID, x.Task.ID, o.To, o.Work)
		err = web.Prefixed(err, "try")
	}
	x.Forms = web.Forms{"try": form}
	if wrong := s.around(r, &x); wrong != nil {
		return wrong
	}
	if err != nil {
		if !form.Fail(v, err) {
			return err
		}
		return web.Render(w, r, web.Status(err), taskTemplate(v, x))
	}
	x.Previews = &o
	return web.Render(w, r, http.StatusOK, taskTemplate(v, x))
}

// shiftPage moves a task and gives it a length: what was tried, or a bar that was dragged.
func (s *Service) shiftPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := project.ID(r.PathValue("project"))
	day, err := s.day(r, id)
	if err != nil {
		return err
	}
	t := Task{ID: TaskID(r.PathValue("task")), ProjectID: id}
	to, work := f.Date("try.to"), readWork(f, "try.work", day)
	return f.Submit(w, r, web.Small{Name: "try", Page: s.ShowTask, To: web.LocalPath(f.Text("next"), t.URL()), Toast: "plan.task.shifted", Do: func() error {
		_, err := s.Shift(r.Context(), account.ActorOf(r), id, t.ID, to, work)
		return err
	}})
}
