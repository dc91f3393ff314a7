package cost

import (
	"net/http"
	"strconv"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/web"
)

func (s *Service) budgetPages(m *web.Mux) {
	m.Page("GET /projects/{project}/costs/budget", s.budgetPage)
	m.Page("POST /projects/{project}/costs/budget", s.addLinePage)
	m.Page("POST /projects/{project}/costs/budget/{line}", s.saveLinePage)
	m.Page("POST /projects/{project}/costs/budget/{line}/remove", s.removeLinePage)
	m.Page("POST /projects/{project}/costs/rates", s.setRatePage)
	m.Page("POST /projects/{project}/costs/rates/{rate}/remove", s.removeRatePage)
	m.Page("POST /projects/{project}/costs/staff/{person}", s.assignPage)
}

// budgetView is the budget, the rates, and who works in which role.
type budgetView struct {
	frame
	Stages  []project.Stage
	Lines   []Line
	Rates   Rates
	Staff   map[account.PersonID]string
	Members []account.Held
}

func (s *Service) budgetPage(w http.ResponseWriter, r *http.Request) error {
	return s.showBudget(w, r, http.StatusOK, nil)
}

func (s *Service) showBudget(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	f, err := s.enter(r, "budget")
	if err != nil {
		return err
	}
	if !f.May(project.SeeCosts) {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	x := budgetView{frame: f, Staff: map[account.PersonID]string{}}
	x.Forms = forms
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.Stages, err = project.StagesOfProject(tx, f.Access); err != nil {
			return err
		}
		if x.Lines, err = listLines(tx, f.ID); err != nil {
			return err
		}
		if x.Rates, err = listRates(tx, f.ID); err != nil {
			return err
		}
		if x.Members, err = project.MembersOf(tx, f.ID); err != nil {
			return err
		}
		staff, err := listStaff(tx, f.ID)
		for _, st := range staff {
			x.Staff[st.PersonID] = st.Role
		}
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, budgetTemplate(web.ViewOf(r), x))
}

func (x budgetView) total() int64 {
	sum := int64(0)
	for _, l := range x.Lines {
		sum += l.Cents
	}
	return sum
}

func (x budgetView) roles(none string) []web.Choice {
	list := []web.Choice{{Label: none}}
	for _, r := range x.Rates.Roles() {
		list = append(list, web.Choice{Value: r, Label: r})
	}
	return list
}

// fields are those of a budget line's small form.
func (x budgetView) fields(v *web.View, name string) []web.Field {
	f := func(field string, x web.Field) web.Field {
		x.Name, x.Label = name+"."+field, v.T("cost.field."+field)
		return x
	}
	return []web.Field{
		f("title", web.Field{}),
		f("category", web.Field{Choices: web.Keyed(v, Categories())}),
		f("stage_id", web.Field{Choices: stageChoices(v, x.Stages), Optional: true}),
		f("cents", web.Field{Optional: true, Hint: v.T("cost.budget.cents_hint")}),
		f("role", web.Field{Choices: x.roles(v.T("cost.no_role")), Optional: true}),
		f("hours", web.Field{Optional: true, Hint: v.T("cost.budget.hours_hint")}),
	}
}

func linePairs(v *web.View, name string, l Line) []string {
	hours := ""
	if l.Minutes > 0 {
		hours = v.Decimal(float64(l.Minutes)/60, 2)
	}
	list := []string{"title", l.Title, "category", string(l.Category), "stage_id", string(l.StageID), "cents", v.Amount(l.Cents), "role", l.Role, "hours", hours,
		"version", strconv.FormatInt(l.Version, 10)}
	for i := 0; i < len(list); i += 2 {
		list[i] = name + "." + list[i]
	}
	return list
}

func readLine(r *http.Request, f *web.Form, name string) Line {
	return Line{ProjectID: project.ID(r.PathValue("project")), ID: LineID(r.PathValue("line")), Title: f.Text(name + ".title"), Category: Category(f.Text(name + ".category")),
		StageID: project.StageID(f.Text(name + ".stage_id")), Role: f.Text(name + ".role"), Minutes: 60 * f.Int(name+".hours", 0, maxLineMinutes/60),
		Cents: f.Cents(name + ".cents"), Version: f.SeenIn(name + ".version")}
}

func (s *Service) addLinePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	l := readLine(r, f, "line")
	return f.Submit(w, r, web.Small{Name: "line", Page: s.showBudget, To: costURL(l.ProjectID) + "/budget", Toast: "cost.budget.added", Do: func() error {
		_, err := s.AddLine(r.Context(), account.ActorOf(r), l)
		return err
	}})
}

func (s *Service) saveLinePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	name := "line-" + r.PathValue("line")
	l := readLine(r, f, name)
	return f.Submit(w, r, web.Small{Name: name, Page: s.showBudget, To: costURL(l.ProjectID) + "/budget#" + string(l.ID), Toast: "cost.budget.saved", Do: func() error {
		_, err := s.SaveLine(r.Context(), account.ActorOf(r), l)
		return err
	}})
}

func (s *Service) removeLinePage(w http.ResponseWriter, r *http.Request) error {
	id := project.ID(r.PathValue("project"))
	if err := s.RemoveLine(r.Context(), account.ActorOf(r), id, LineID(r.PathValue("line"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, costURL(id)+"/budget", "cost.budget.removed")
}

func (s *Service) setRatePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	x := Rate{ProjectID: project.ID(r.PathValue("project")), Role: f.Text("rate.role"), FromOn: f.Date("rate.from_on"), Cents: f.Cents("rate.cents")}
	return f.Submit(w, r, web.Small{Name: "rate", Page: s.showBudget, To: costURL(x.ProjectID) + "/budget#rates", Toast: "cost.rate.saved", Do: func() error {
		_, err := s.SetRate(r.Context(), account.ActorOf(r), x)
		return err
	}})
}

func (s *Service) removeRatePage(w http.ResponseWriter, r *http.Request) error {
	id := project.ID(r.PathValue("project"))
	if err := s.RemoveRate(r.Context(), account.ActorOf(r), id, RateID(r.PathValue("rate"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, costURL(id)+"/budget#rates", "cost.rate.removed")
}

func (s *Service) assignPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	x := Staff{ProjectID: project.ID(r.PathValue("project")), PersonID: account.PersonID(r.PathValue("person"))}
	name := "staff-" + string(x.PersonID)
	x.Role = f.Text(name + ".role")
	return f.Submit(w, r, web.Small{Name: name, Page: s.showBudget, To: costURL(x.ProjectID) + "/budget#staff", Toast: "cost.staff.saved", Do: func() error {
		return s.Assign(r.Context(), account.ActorOf(r), x)
	}})
}
