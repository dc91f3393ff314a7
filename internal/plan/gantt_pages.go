package plan

import (
	"net/http"

	"bassin/internal/db"
	"bassin/internal/schedule"
	"bassin/internal/web"
)

// ganttSize is how many rows a window of the diagram has.
const ganttSize = 200

func (s *Service) ganttPages(m *web.Mux) {
	m.Page("GET /projects/{project}/plan/gantt", s.ganttPage)
}

// ganttView is a window of the outline with the picture of its dates.
type ganttView struct {
	common
	shown
	Rows  []Task
	Pager web.Pager
	Links []Link
	Chart chart
	Ends  ends
	// Baseline is what the picture is held against, and Held its dates; none when there is none.
	Baseline  Baseline
	Baselines []Baseline
	Held      map[TaskID]heldTask
	Calendar  *schedule.Calendar
}

// ends are what decides the end of the plan.
type ends struct {
	Critical []Task // that are not done, the first few
	More     int64
}

func (s *Service) ganttPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	f, err := s.enter(r)
	if err != nil {
		return err
	}
	var x ganttView
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.common, err = s.readCommon(tx, f, "gantt"); err != nil {
			return err
		}
		w := Filter{}.where(f.ID)
		n, err := countTasks(tx, w)
		if err != nil {
			return err
		}
		x.Pager = web.PagerOf(v, ganttSize, int(n))
		if x.Rows, err = listTasks(tx, w, "rank", false, ganttSize, x.Pager.Offset()); err != nil {
			return err
		}
		if x.shown, err = readShown(tx, x.Rows); err != nil {
			return err
		}
		ids := make([]TaskID, len(x.Rows))
		for i, t := range x.Rows {
			ids[i] = t.ID
		}
		if x.Links, err = listLinksTo(tx, f.ID, ids); err != nil {
			return err
		}
		if err := x.readBaseline(tx, v.Query.Get("baseline"), ids); err != nil {
			return err
		}
		closures, err := listClosures(tx, f.ID)
		if err != nil {
			return err
		}
		if x.Calendar, err = s.compiled(x.Plan.Rules(closures)); err != nil {
			return wrongOf(err, func(id string) string { return id })
		}
		critical := Filter{Watch: "critical", Open: true}.where(f.ID)
		all, err := countTasks(tx, critical)
		if err != nil {
			return err
		}
		x.Ends.Critical, err = listTasks(tx, critical, "finish", true, 4, 0)
		x.Ends.More = all - int64(len(x.Ends.Critical))
		return err
	})
	if err != nil {
		return err
	}
	x.Chart = draw(v, x.Rows, x.Links, x.Held, zoomOf(v.Query.Get("zoom")), f.Today)
	return web.Render(w, r, http.StatusOK, ganttTemplate(v, x))
}

// readBaseline chooses what the picture is held against: the baseline of the address, "none", or the
// newest.
func (x *ganttView) readBaseline(tx db.Tx, name string, ids []TaskID) (err error) {
	if x.Baselines, err = listBaselines(tx, x.ID); err != nil || name == "none" {
		return err
	}
	for i, b := range x.Baselines {
		if name == string(b.ID) || name == "" && i == 0 {
			x.Baseline = b
		}
	}
	if x.Baseline.ID == "" {
		return nil
	}
	held, err := listHeldOf(tx, x.Baseline.ID, ids)
	x.Held = make(map[TaskID]heldTask, len(held))
	for _, h := range held {
		x.Held[h.TaskID] = h
	}
	return err
}
