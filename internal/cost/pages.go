package cost

import (
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/web"
)

// Pages registers the routes of the browser.
func (s *Service) Pages(m *web.Mux) {
	m.Page("GET /projects/{project}/costs", s.summaryPage)
	s.hoursPages(m)
	s.purchasePages(m)
	s.budgetPages(m)
}

func costURL(id project.ID) string { return id.URL() + "/costs" }

// frame is a project's page with the parts of its money.
type frame struct {
	project.Frame
	part  string
	Forms web.Forms
}

func (s *Service) enter(r *http.Request, part string) (frame, error) {
	f, err := s.project.Enter(r, "costs")
	return frame{Frame: f, part: part}, err
}

// Runs reports whether the reader may change rates, purchases and budget now.
func (x frame) Runs() bool { return x.MayNow(project.Manage) && x.May(project.SeeCosts) }

// parts are the pages of the tab.
func (x frame) parts(v *web.View) []web.Tab {
	var list []web.Tab
	for _, p := range []struct {
		key, path string
		costs     bool
	}{{"summary", "", false}, {"hours", "/hours", false}, {"purchases", "/purchases", true}, {"budget", "/budget", true}} {
		if p.costs && !x.May(project.SeeCosts) || p.key == "hours" && !x.May(project.Contribute) {
			continue
		}
		list = append(list, web.Tab{Label: v.T("cost.part." + p.key), URL: costURL(x.ID) + p.path, Current: p.key == x.part})
	}
	return list
}

// stageNames names the stages of the project, in their order.
func stageNames(v *web.View, stages []project.Stage) map[project.StageID]string {
	m := map[project.StageID]string{"": v.T("cost.no_stage")}
	for _, st := range stages {
		m[st.ID] = v.T(st.Phase.Key())
	}
	return m
}

func stageChoices(v *web.View, stages []project.Stage) []web.Choice {
	list := []web.Choice{{Label: v.T("cost.no_stage")}}
	for _, st := range stages {
		list = append(list, web.Choice{Value: string(st.ID), Label: v.T(st.Phase.Key())})
	}
	return list
}

// summaryView is the state of the project's money, or, for who sees no amounts, of its hours.
type summaryView struct {
	frame
	Stages    []project.Stage
	Books     Books
	Sum       Summary
	People    []personMinutes
	Tasks     []taskMinutes
	Named     map[plan.TaskID]plan.Brief
	Financing Financing
}

// maxTasks is how many tasks the summary lists.
const maxTasks = 20

func (s *Service) summaryPage(w http.ResponseWriter, r *http.Request) error {
	v, by := web.ViewOf(r), account.ActorOf(r)
	f, err := s.enter(r, "summary")
	if err != nil {
		return err
	}
	x := summaryView{frame: f}
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.Stages, err = project.StagesOfProject(tx, f.Access); err != nil {
			return err
		}
		if x.Books, err = readBooks(tx, f.ID); err != nil {
			return err
		}
		if x.People, err = listPersonMinutes(tx, f.ID); err != nil {
			return err
		}
		if x.Tasks, err = listTaskMinutes(tx, f.ID, maxTasks); err != nil {
			return err
		}
		ids := make([]plan.TaskID, len(x.Tasks))
		for i, t := range x.Tasks {
			ids[i] = t.TaskID
		}
		if x.Named, err = plan.Briefs(tx, f.ID, ids); err != nil {
			return err
		}
		if s.financing != nil && f.OriginKind != "" && f.May(project.SeeCosts) {
			x.Financing, err = s.financing(tx, by, project.Origin{Kind: f.OriginKind, ID: f.OriginID})
			return fault.IgnoreMissing(err) // who sees the project need not see the action
		}
		return nil
	})
	if err != nil {
		return err
	}
	x.Sum = x.Books.Summary()
	return web.Render(w, r, http.StatusOK, summaryTemplate(v, x))
}

// readBooks reads all figures of a project that was entered.
func readBooks(tx db.Tx, id project.ID) (b Books, err error) {
	b.Today = tx.Today()
	if b.Rates, err = listRates(tx, id); err != nil {
		return b, err
	}
	if b.Staff, err = listStaff(tx, id); err != nil {
		return b, err
	}
	if b.Lines, err = listLines(tx, id); err != nil {
		return b, err
	}
	if b.Purchases, err = listPurchases(tx, id); err != nil {
		return b, err
	}
	if b.Worked, err = listWorked(tx, id); err != nil {
		return b, err
	}
	tasks := make([]plan.TaskID, len(b.Worked))
	for i, w := range b.Worked {
		tasks[i] = w.TaskID
	}
	named, err := plan.Briefs(tx, id, tasks)
	if err != nil {
		return b, err
	}
	for i, w := range b.Worked {
		b.Worked[i].StageID = named[w.TaskID].StageID
	}
	left, err := plan.LeftOf(tx, id)
	for _, l := range left {
		b.Left = append(b.Left, Left(l))
	}
	return b, err
}
