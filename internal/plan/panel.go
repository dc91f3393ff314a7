package plan

import (
	"context"

	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/a-h/templ"
)

// panelTasks is how many tasks the page of a project shows of its plan.
const panelTasks = 5

// progress counts the tasks of a plan, summaries left out.
type progress struct {
	Tasks, Done, Late int64
}

// HomePanel is the plan on the page of a project: how far it is, and what is due next.
func (s *Service) HomePanel(ctx context.Context, v *web.View, a project.Access) (templ.Component, error) {
	if err := s.refresh(ctx, a); err != nil {
		return nil, err
	}
	var sum progress
	var next []Task
	people := map[TaskID][]Assignee{}
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		if sum, err = countProgress(tx, a.ID, tx.Today()); err != nil {
			return err
		}
		if next, err = listNext(tx, a.ID, panelTasks); err != nil {
			return err
		}
		ids := make([]TaskID, len(next))
		for i, t := range next {
			ids[i] = t.ID
		}
		given, err := listAssignees(tx, ids)
		for _, x := range given {
			people[x.TaskID] = append(people[x.TaskID], x)
		}
		return err
	})
	if err != nil || sum.Tasks == 0 {
		return nil, err
	}
	items := make([]web.TodoItem, len(next))
	for i, t := range next {
		items[i] = nextItem(v, a, t, people[t.ID])
	}
	return panelTemplate(v, a, sum, items), nil
}

func nextItem(v *web.View, a project.Access, t Task, people []Assignee) web.TodoItem {
	x := web.TodoItem{Title: t.Title, URL: t.URL(), Icon: "checkbox", Ref: Code(a, t)}
	if t.Milestone() {
		x.Icon = "flag"
	}
	for i, p := range people {
		if i > 0 {
			x.Detail += ", "
		}
		x.Detail += p.Name
	}
	if due := t.Due(); due != when.None {
		x.Due, x.Left, x.Late = v.DateNear(due), v.Days(due), due < v.Today()
	}
	return x
}
