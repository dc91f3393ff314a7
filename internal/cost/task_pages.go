package cost

import (
	"context"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

// taskHoursView is what the reader worked on a task, with the form for more.
type taskHoursView struct {
	Frame project.Frame
	Task  plan.Task
	Sum   int64   // minutes, of the reader
	Last  []Hours // of the reader, the newest first
	Forms web.Forms
}

// note sums up beside the title.
func (x taskHoursView) note(v *web.View) string {
	if x.Sum == 0 {
		return v.T("cost.task.none")
	}
	return v.T("cost.task.sum", "hours", spaced(x.Sum))
}

// lastDays is how many days of one's own a task's page shows.
const lastDays = 5

// TaskPanel is the section of a task's page on the reader's hours. What has parts is worked on in
// them.
func (s *Service) TaskPanel(ctx context.Context, v *web.View, f project.Frame, t plan.Task, forms web.Forms) (templ.Component, error) {
	if s.plan == nil || !f.MayNow(project.Contribute) || t.RemovedAt != 0 || t.Summary || t.Milestone() {
		return nil, nil
	}
	x := taskHoursView{Frame: f, Task: t, Forms: forms}
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		x.Last, err = listHoursOf(tx, f.ID, f.By.ID, t.ID)
		return err
	})
	for _, h := range x.Last {
		x.Sum += h.Minutes
	}
	x.Last = x.Last[:min(lastDays, len(x.Last))]
	return taskHours(v, x), err
}

// addHoursPage adds time to what the person noted on the task for that day. It is Write, as the page
// of the week does it, over what stands.
func (s *Service) addHoursPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	by, id, task := account.ActorOf(r), project.ID(r.PathValue("project")), plan.TaskID(r.PathValue("task"))
	on := f.Date("hours.on")
	minutes, ok := ParseHours(f.Text("hours.minutes"))
	if !ok || minutes == 0 {
		f.Wrong("hours.minutes", "cost.wrong.hours")
	}
	back := id.URL() + "/plan/tasks/" + string(task) + "#hours"
	return f.Submit(w, r, web.Small{Name: "hours", Page: s.plan.ShowTask, To: back, Toast: "cost.hours.saved", Do: func() error {
		return s.Add(r.Context(), by, id, task, on, minutes)
	}})
}
