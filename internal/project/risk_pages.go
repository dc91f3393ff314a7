package project

import (
	"net/http"
	"strconv"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/web"
)

func (s *Service) riskPages(m *web.Mux) {
	m.Page("GET /projects/{id}/risks", s.risksPage)
	m.Page("POST /projects/{id}/risks", s.addRiskPage)
	m.Page("POST /projects/{id}/risks/{risk}", s.saveRiskPage)
	m.Page("POST /projects/{id}/blockers", s.addBlockerPage)
	m.Page("POST /projects/{id}/blockers/{blocker}/resolve", s.resolveBlockerPage)
}

// risksView is the register of risks with what is in the way.
type risksView struct {
	Frame
	Risks    []Risk
	Blockers []Blocker
	Members  []web.Choice
	Forms    web.Forms
}

// At counts the open risks of a probability and an impact: a cell of the matrix.
func (x risksView) At(probability, impact int) int {
	n := 0
	for _, r := range x.Risks {
		if r.State != RiskClosed && r.Probability == probability && r.Impact == impact {
			n++
		}
	}
	return n
}

func (s *Service) risksPage(w http.ResponseWriter, r *http.Request) error {
	return s.showRisks(w, r, http.StatusOK, nil)
}

func (s *Service) showRisks(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	v := web.ViewOf(r)
	f, err := s.Enter(r, "risks")
	if err != nil {
		return err
	}
	x := risksView{Frame: f, Forms: forms, Members: []web.Choice{{Label: v.T("project.risk.nobody")}}}
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.Risks, err = listRisks(tx, f.ID); err != nil {
			return err
		}
		if x.Blockers, err = listBlockers(tx, f.ID); err != nil {
			return err
		}
		members, err := MembersOf(tx, f.ID)
		for _, m := range members {
			x.Members = append(x.Members, web.Choice{Value: string(m.PersonID), Label: m.Name})
		}
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, risksTemplate(v, x))
}

func readRisk(f *web.Form, name string, id ID) Risk {
	return Risk{ProjectID: id, Title: f.Text(name + ".title"), Cause: f.Text(name + ".cause"), Effect: f.Text(name + ".effect"),
		Response: f.Text(name + ".response"), Probability: int(f.Int(name+".probability", 1, 5)), Impact: int(f.Int(name+".impact", 1, 5)),
		OwnerID: account.PersonID(f.Text(name + ".owner_id")), State: RiskState(f.Text(name + ".state")), ReviewOn: f.Date(name + ".review_on")}
}

func (s *Service) addRiskPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadLongForm(w, r)
	if err != nil {
		return err
	}
	id := ID(r.PathValue("id"))
	x := readRisk(f, "risk", id)
	return f.Submit(w, r, web.Small{Name: "risk", Page: s.showRisks, To: id.URL() + "/risks", Toast: "project.risk.added", Do: func() error {
		_, err := s.AddRisk(r.Context(), account.ActorOf(r), x)
		return err
	}})
}

func (s *Service) saveRiskPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadLongForm(w, r)
	if err != nil {
		return err
	}
	id, name := ID(r.PathValue("id")), "risk-"+r.PathValue("risk")
	x := readRisk(f, name, id)
	x.ID = RiskID(r.PathValue("risk"))
	if x.Version, err = strconv.ParseInt(f.Text(name+".version"), 10, 64); err != nil || x.Version < 1 {
		x.Version = -1
	}
	return f.Submit(w, r, web.Small{Name: name, Page: s.showRisks, To: id.URL() + "/risks#" + string(x.ID), Toast: "project.risk.saved", Do: func() error {
		return s.SaveRisk(r.Context(), account.ActorOf(r), x)
	}})
}

func (s *Service) addBlockerPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadLongForm(w, r)
	if err != nil {
		return err
	}
	id := ID(r.PathValue("id"))
	b := Blocker{ProjectID: id, Text: f.Text("blocker.text"), Unblock: f.Text("blocker.unblock"), SinceOn: f.Date("blocker.since_on")}
	return f.Submit(w, r, web.Small{Name: "blocker", Page: s.showRisks, To: id.URL() + "/risks#blockers", Toast: "project.blocker.added", Do: func() error {
		_, err := s.AddBlocker(r.Context(), account.ActorOf(r), b)
		return err
	}})
}

func (s *Service) resolveBlockerPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadLongForm(w, r)
	if err != nil {
		return err
	}
	id, name := ID(r.PathValue("id")), "resolve-"+r.PathValue("blocker")
	on, how := f.Date(name+".resolved_on"), f.Text(name+".resolution")
	return f.Submit(w, r, web.Small{Name: name, Page: s.showRisks, To: id.URL() + "/risks#blockers", Toast: "project.blocker.resolved_toast", Do: func() error {
		return s.ResolveBlocker(r.Context(), account.ActorOf(r), id, BlockerID(r.PathValue("blocker")), on, how)
	}})
}

// riskFields are the fields of a risk's small form.
func riskFields(v *web.View, name string, x risksView) []web.Field {
	f := func(field string, x web.Field) web.Field {
		x.Name, x.Label = name+"."+field, v.T("project.field."+field)
		return x
	}
	var scale []web.Choice
	for n := 1; n <= 5; n++ {
		scale = append(scale, web.Choice{Value: strconv.Itoa(n), Label: v.T("project.scale." + strconv.Itoa(n))})
	}
	return []web.Field{
		f("title", web.Field{}),
		f("cause", web.Field{Rows: 2, Optional: true}),
		f("effect", web.Field{Rows: 2, Optional: true}),
		f("probability", web.Field{Choices: scale}),
		f("impact", web.Field{Choices: scale}),
		f("response", web.Field{Rows: 2, Optional: true, Hint: v.T("project.risk.response_hint")}),
		f("owner_id", web.Field{Choices: x.Members, Optional: true}),
		f("review_on", web.Field{Optional: true}),
		f("state", web.Field{Choices: web.Keyed(v, RiskStates())}),
	}
}

// severityBadge shows how grave a risk is: a word and a sign.
func severityBadge(v *web.View, r Risk) web.Badge {
	b := web.Badge{Label: v.T("project.severity." + r.Severity())}
	switch r.Severity() {
	case "high":
		b.Tone, b.Icon = web.Stop, "alert-octagon"
	case "medium":
		b.Tone, b.Icon = web.Late, "alert-triangle"
	}
	return b
}
