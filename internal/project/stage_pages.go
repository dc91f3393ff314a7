package project

import (
	"net/http"
	"slices"
	"strconv"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/web"
)

func (s *Service) stagePages(m *web.Mux) {
	m.Page("GET /projects/{id}/stages", s.stagesPage)
	m.Page("POST /projects/{id}/stages", s.addStagePage)
	m.Page("POST /projects/{id}/stages/{stage}", s.saveStagePage)
	m.Page("POST /projects/{id}/stages/{stage}/remove", s.removeStagePage)
	m.Page("POST /projects/{id}/stages/{stage}/criteria", s.addCriterionPage)
	m.Page("POST /projects/{id}/stages/{stage}/decide", s.decideGatePage)
	m.Page("POST /projects/{id}/criteria/{criterion}/meet", s.meetCriterionPage)
	m.Page("POST /projects/{id}/criteria/{criterion}/reopen", s.reopenCriterionPage)
	m.Page("POST /projects/{id}/criteria/{criterion}/remove", s.removeCriterionPage)
	m.Page("GET /projects/{id}/decisions", s.decisionsPage)
	m.Page("POST /projects/{id}/decisions", s.decidePage)
}

// stagesView is the page of stages and gates.
type stagesView struct {
	Frame
	Stages    []Stage
	Criteria  map[StageID][]Criterion
	Decisions map[StageID][]Decision
	Left      []Phase // phases that are not among the stages
	Forms     web.Forms
}

// Now reports whether the stage is the one under way.
func (x stagesView) Now(id StageID) bool {
	st, ok := Current(x.Stages)
	return ok && st.ID == id
}

// Open reports whether a stage is shown whole at once: the one under way, those behind, and one whose
// form came back. Those to come are folded.
func (x stagesView) Open(st Stage) bool {
	if st.State != Coming || x.Now(st.ID) {
		return true
	}
	id := string(st.ID)
	names := []string{"criterion-" + id, "days-" + id}
	for _, c := range x.Criteria[st.ID] {
		names = append(names, "meet-"+string(c.ID))
	}
	return slices.ContainsFunc(names, x.Forms.Back)
}

// stageLine says in a line what a folded gate holds: when it is, its criteria, how many are proven.
func stageLine(v *web.View, x stagesView, st Stage) string {
	list := x.Criteria[st.ID]
	met := len(list) - len(unmet(list))
	line := v.T("project.stage.criteria", "count", len(list))
	if len(list) > 0 {
		line += ", " + v.T("project.stage.proven", "count", met)
	}
	if st.EndsOn != "" {
		line = v.T("project.stage.gate_on", "ends_on", st.EndsOn) + v.T("web.form.colon") + " " + line
	}
	return line
}

// unmet lists the criteria that nothing proves yet.
func unmet(list []Criterion) []Criterion {
	return slices.DeleteFunc(slices.Clone(list), Criterion.Met)
}

func (s *Service) stagesPage(w http.ResponseWriter, r *http.Request) error {
	return s.showStages(w, r, http.StatusOK, nil)
}

func (s *Service) showStages(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	f, err := s.Enter(r, "stages")
	if err != nil {
		return err
	}
	x := stagesView{Frame: f, Forms: forms, Criteria: map[StageID][]Criterion{}, Decisions: map[StageID][]Decision{}}
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.Stages, err = listStages(tx, f.ID); err != nil {
			return err
		}
		criteria, err := listCriteria(tx, f.ID)
		if err != nil {
			return err
		}
		for _, c := range criteria {
			x.Criteria[c.StageID] = append(x.Criteria[c.StageID], c)
		}
		decisions, err := listDecisions(tx, f.ID)
		for _, d := range decisions {
			if d.Gate() {
				x.Decisions[d.StageID] = append(x.Decisions[d.StageID], d)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	used := map[Phase]bool{}
	for _, st := range x.Stages {
		used[st.Phase] = true
	}
	for _, p := range Phases() {
		if !used[p] {
			x.Left = append(x.Left, p)
		}
	}
	return web.Render(w, r, status, stagesTemplate(web.ViewOf(r), x))
}

// stageForm reads a small form of the page of stages and answers it.
func (s *Service) stageForm(w http.ResponseWriter, r *http.Request, name, toast string, do func(f *web.Form, id ID, by account.Actor) error) error {
	f, err := web.ReadLongForm(w, r)
	if err != nil {
		return err
	}
	id := ID(r.PathValue("id"))
	return f.Submit(w, r, web.Small{Name: name, Page: s.showStages, To: id.URL() + "/stages", Toast: toast, Do: func() error {
		return do(f, id, account.ActorOf(r))
	}})
}

func (s *Service) addStagePage(w http.ResponseWriter, r *http.Request) error {
	return s.stageForm(w, r, "new", "project.stage.added", func(f *web.Form, id ID, by account.Actor) error {
		ends := f.Date("new.ends_on")
		if err := f.Err(); err != nil {
			return err
		}
		return s.AddStage(r.Context(), by, id, Phase(f.Text("new.phase")), ends)
	})
}

func (s *Service) saveStagePage(w http.ResponseWriter, r *http.Request) error {
	name := "days-" + r.PathValue("stage")
	return s.stageForm(w, r, name, "project.stage.saved", func(f *web.Form, id ID, by account.Actor) error {
		version, _ := strconv.ParseInt(f.Text(name+".version"), 10, 64)
		st := Stage{ID: StageID(r.PathValue("stage")), ProjectID: id, StartsOn: f.Date(name + ".starts_on"), EndsOn: f.Date(name + ".ends_on"), Version: version}
		if err := f.Err(); err != nil {
			return err
		}
		return s.SaveStage(r.Context(), by, st)
	})
}

func (s *Service) removeStagePage(w http.ResponseWriter, r *http.Request) error {
	id := ID(r.PathValue("id"))
	if err := s.RemoveStage(r.Context(), account.ActorOf(r), id, StageID(r.PathValue("stage"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, id.URL()+"/stages", "project.stage.removed")
}

func (s *Service) addCriterionPage(w http.ResponseWriter, r *http.Request) error {
	name := "criterion-" + r.PathValue("stage")
	return s.stageForm(w, r, name, "project.criterion.added", func(f *web.Form, id ID, by account.Actor) error {
		_, err := s.AddCriterion(r.Context(), by, Criterion{ProjectID: id, StageID: StageID(r.PathValue("stage")), Text: f.Text(name + ".text"), Required: f.Is(name+".required", "1")})
		return err
	})
}

func (s *Service) meetCriterionPage(w http.ResponseWriter, r *http.Request) error {
	name := "meet-" + r.PathValue("criterion")
	return s.stageForm(w, r, name, "project.criterion.met_toast", func(f *web.Form, id ID, by account.Actor) error {
		return s.MeetCriterion(r.Context(), by, id, CriterionID(r.PathValue("criterion")), f.Text(name+".proof"), f.Text(name+".proof_url"))
	})
}

func (s *Service) reopenCriterionPage(w http.ResponseWriter, r *http.Request) error {
	id := ID(r.PathValue("id"))
	if err := s.ReopenCriterion(r.Context(), account.ActorOf(r), id, CriterionID(r.PathValue("criterion"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, id.URL()+"/stages", "project.criterion.reopened")
}

func (s *Service) removeCriterionPage(w http.ResponseWriter, r *http.Request) error {
	id := ID(r.PathValue("id"))
	if err := s.RemoveCriterion(r.Context(), account.ActorOf(r), id, CriterionID(r.PathValue("criterion"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, id.URL()+"/stages", "project.criterion.removed")
}

func (s *Service) decideGatePage(w http.ResponseWriter, r *http.Request) error {
	return s.stageForm(w, r, "gate", "project.decision.recorded", func(f *web.Form, id ID, by account.Actor) error {
		d := readDecision(f, "gate", id)
		d.StageID = StageID(r.PathValue("stage"))
		if err := f.Err(); err != nil {
			return err
		}
		_, err := s.Decide(r.Context(), by, d)
		return err
	})
}

func readDecision(f *web.Form, name string, id ID) Decision {
	return Decision{ProjectID: id, Title: f.Text(name + ".title"), Reason: f.Text(name + ".reason"), Deciders: f.Text(name + ".deciders"),
		Conditions: f.Text(name + ".conditions"), Outcome: Outcome(f.Text(name + ".outcome")), DecidedOn: f.Date(name + ".decided_on"),
		ReplacesID: DecisionID(f.Text(name + ".replaces_id"))}
}

// decisionFields are the fields of a decision's small form.
func decisionFields(v *web.View, name string, outcomes []Outcome) []web.Field {
	f := func(field string, x web.Field) web.Field {
		x.Name, x.Label = name+"."+field, v.T("project.field."+field)
		return x
	}
	return []web.Field{
		f("title", web.Field{Hint: v.T("project.decision.title_hint")}),
		f("outcome", web.Field{Choices: web.Keyed(v, outcomes)}),
		f("reason", web.Field{Rows: 3}),
		f("conditions", web.Field{Rows: 2, Optional: true}),
		f("deciders", web.Field{Hint: v.T("project.decision.deciders_hint")}),
		f("decided_on", web.Field{Max: string(v.Today())}),
	}
}

// decisionsView is the register of decisions.
type decisionsView struct {
	Frame
	Decisions []Decision
	Phases    map[StageID]Phase
	Forms     web.Forms
}

func (s *Service) decisionsPage(w http.ResponseWriter, r *http.Request) error {
	return s.showDecisions(w, r, http.StatusOK, nil)
}

func (s *Service) showDecisions(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	f, err := s.Enter(r, "decisions")
	if err != nil {
		return err
	}
	x := decisionsView{Frame: f, Forms: forms, Phases: map[StageID]Phase{}}
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.Decisions, err = listDecisions(tx, f.ID); err != nil {
			return err
		}
		stages, err := listStages(tx, f.ID)
		for _, st := range stages {
			x.Phases[st.ID] = st.Phase
		}
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, decisionsTemplate(web.ViewOf(r), x))
}

func (s *Service) decidePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadLongForm(w, r)
	if err != nil {
		return err
	}
	id := ID(r.PathValue("id"))
	d := readDecision(f, "decision", id)
	return f.Submit(w, r, web.Small{Name: "decision", Page: s.showDecisions, To: id.URL() + "/decisions", Toast: "project.decision.recorded", Do: func() error {
		_, err := s.Decide(r.Context(), account.ActorOf(r), d)
		return err
	}})
}

// outcomeBadge shows what was decided.
func outcomeBadge(v *web.View, d Decision) web.Badge {
	b := web.Badge{Label: v.T(d.Outcome.Key())}
	switch d.Outcome {
	case Pass, Agreed:
		b.Tone = web.Done
	case Conditional, Hold, Deferred:
		b.Tone = web.Late
	case Stop, Rejected:
		b.Tone = web.Stop
	}
	return b
}
