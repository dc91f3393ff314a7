package programme

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"
)

// contractPartPages are the pages of what a contract is made of: signatories, axes, objectives.
func (s *Service) contractPartPages(m *web.Mux) {
	m.Page("GET /contracts/{id}/signatories/new", s.newSignatoryPage)
	m.Page("POST /contracts/{id}/signatories", s.addSignatoryPage)
	m.Page("GET /contracts/{id}/signatories/{signatory}", s.signatoryPage)
	m.Page("POST /contracts/{id}/signatories/{signatory}", s.saveSignatoryPage)
	m.Page("POST /contracts/{id}/signatories/{signatory}/remove", s.removeSignatoryPage)
	m.Page("GET /contracts/{id}/axes", s.axesPage)
	m.Page("POST /contracts/{id}/axes", s.addAxisPage)
	m.Page("POST /contracts/{id}/axes/{axis}", s.saveAxisPage)
	m.Page("POST /contracts/{id}/axes/{axis}/remove", s.removeAxisPage)
	m.Page("GET /contracts/{id}/objectives", s.objectivesPage)
	m.Page("POST /contracts/{id}/objectives", s.addObjectivePage)
	m.Page("POST /contracts/{id}/objectives/{objective}", s.saveObjectivePage)
	m.Page("POST /contracts/{id}/objectives/{objective}/remove", s.removeObjectivePage)
}

// signatoryForm is the form of a signatory, new or not.
type signatoryForm struct {
	Head      contractHead
	Signatory Signatory // zero: new
	Form      *web.Form
	Found     []web.Choice // organisations that the typed name may mean
	Clash     *clash       // somebody else saved first
	MayAdd    bool         // an organisation that is not known yet
}

// New reports whether the signatory is not in the contract yet.
func (x signatoryForm) New() bool { return x.Signatory.ID == "" }

func (x signatoryForm) title(v *web.View) string {
	if x.New() {
		return v.T("programme.signatory.new")
	}
	return x.Signatory.OrganisationName
}

func (x signatoryForm) list(v *web.View) []web.Field {
	var list []web.Field
	if x.New() {
		list = append(list, web.Field{Name: "organisation", Label: v.T("programme.field.organisation_id"), Hint: v.T("programme.signatory.organisation_hint")})
		if len(x.Found) > 0 {
			list = append(list, web.Field{Name: "organisation_id", Label: v.T("programme.signatory.which"), Choices: x.Found})
		}
	}
	f := func(name string, fx web.Field) {
		fx.Name, fx.Label = name, v.T("programme.field."+name)
		list = append(list, fx)
	}
	f("college", web.Field{Choices: web.Keyed(v, Colleges())})
	f("signer_title", web.Field{Hint: v.T("programme.signatory.title_hint"), Optional: true})
	f("assembly", web.Field{Hint: v.T("programme.signatory.assembly_hint"), Optional: true})
	f("deliberation_number", web.Field{Optional: true, Narrow: true})
	f("deliberated_on", web.Field{Optional: true})
	f("signed_on", web.Field{Optional: true})
	return list
}

func (x signatoryForm) fields(v *web.View) map[string]web.Field {
	m := map[string]web.Field{}
	for _, f := range x.list(v) {
		m[f.Name] = f
	}
	return m
}

func (x signatoryForm) sheet(v *web.View) web.Sheet {
	s := web.Sheet{URL: x.Head.URL() + "/signatories", Submit: v.T("programme.signatory.add"), Cancel: x.Head.URL() + "#signatories", Fields: x.list(v)}
	if !x.New() {
		s.URL, s.Submit = s.URL+"/"+string(x.Signatory.ID), v.T("programme.signatory.save")
	}
	return s
}

func readSignatory(f *web.Form, s Signatory) Signatory {
	s.College, s.SignerTitle, s.Assembly, s.DeliberationNumber = College(f.Text("college")), f.Text("signer_title"), f.Text("assembly"), f.Text("deliberation_number")
	s.DeliberatedOn, s.SignedOn = f.Date("deliberated_on"), f.Date("signed_on")
	return s
}

func (s *Service) newSignatoryPage(w http.ResponseWriter, r *http.Request) error {
	h, err := s.viewHead(r, true)
	if err != nil {
		return err
	}
	x := signatoryForm{Head: h, Form: web.NewForm(web.NewOnce(), "college", string(Groupings)), MayAdd: account.ActorOf(r).MayAddOrganisation()}
	return web.Render(w, r, http.StatusOK, signatoryFormTemplate(web.ViewOf(r), x))
}

// maxFound is how many organisations a typed name may mean before one is asked to type more of it.
const maxFound = 12

// meant finds the organisation that somebody typed: the one chosen from a list, else the one of that
// name or SIREN, else the only one that contains it; several are given to choose from.
func meant(tx db.Tx, v *web.View, typed, chosen string) (account.OrganisationID, []web.Choice, error) {
	if chosen != "" {
		o, err := account.GetOrganisation(tx, account.OrganisationID(chosen))
		return o.ID, nil, missing(err, "organisation")
	}
	wrong := func(key string) error {
		return (&fault.Fields{{Name: "organisation", Key: key}}).Err()
	}
	if strings.TrimSpace(typed) == "" {
		return "", nil, wrong("programme.wrong.required")
	}
	list, err := account.FindOrganisations(tx, typed, maxFound)
	if err != nil {
		return "", nil, err
	}
	exact := 0
	for i, o := range list {
		if o.NameKey == account.Fold(typed) || string(o.SIREN) == strings.Join(strings.Fields(typed), "") {
			exact++
			list[0], list[i] = list[i], list[0]
		}
	}
	switch {
	case len(list) == 0:
		return "", nil, wrong("programme.signatory.unknown")
	case exact == 1 || len(list) == 1:
		return list[0].ID, nil, nil
	}
	var choices []web.Choice
	for _, o := range list {
		label := o.Name + ", " + v.T(o.Kind.Key())
		if o.SIREN != "" {
			label += ", SIREN " + string(o.SIREN)
		}
		choices = append(choices, web.Choice{Value: string(o.ID), Label: label})
	}
	return "", choices, wrong("programme.signatory.several")
}

func (s *Service) addSignatoryPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	h, err := s.viewHead(r, true)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	x := signatoryForm{Head: h, Form: form, MayAdd: account.ActorOf(r).MayAddOrganisation()}
	sign := readSignatory(form, Signatory{ContractID: h.ID})
	err = s.db.View(r.Context(), func(tx db.Tx) error {
		id, found, err := meant(tx, v, form.Text("organisation"), form.Text("organisation_id"))
		sign.OrganisationID, x.Found = string(id), found
		return err
	})
	if err == nil {
		err = everything(form, func() error { return sign.validate(v.Today()) }, func() (err error) {
			sign, err = s.AddSignatory(r.Context(), account.ActorOf(r), sign)
			return err
		})
	}
	if err == nil {
		return web.SeeOther(w, r, h.URL()+"#signatories", "programme.signatory.added", "organisation", sign.OrganisationName)
	}
	if !form.Fail(v, err) {
		return err
	}
	if said := form.Errors["organisation_id"]; said != "" && len(x.Found) == 0 {
		form.Errors["organisation"] = said
		delete(form.Errors, "organisation_id")
	}
	return web.Render(w, r, web.Status(err), signatoryFormTemplate(v, x))
}

func (s *Service) viewSignatory(r *http.Request) (signatoryForm, error) {
	var x signatoryForm
	var err error
	if x.Head, err = s.viewHead(r, true); err != nil {
		return x, err
	}
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		x.Signatory, err = getSignatory(tx, x.Head.ID, SignatoryID(r.PathValue("signatory")))
		return err
	})
	return x, err
}

func (s *Service) signatoryPage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.viewSignatory(r)
	if err != nil {
		return err
	}
	x.Form = fillSignatory(x.Signatory)
	return web.Render(w, r, http.StatusOK, signatoryFormTemplate(web.ViewOf(r), x))
}

func fillSignatory(g Signatory) *web.Form {
	return web.NewForm("", "college", string(g.College), "signer_title", g.SignerTitle, "assembly", g.Assembly, "deliberation_number", g.DeliberationNumber,
		"deliberated_on", string(g.DeliberatedOn), "signed_on", string(g.SignedOn), "version", number(g.Version))
}

func (s *Service) saveSignatoryPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	x, err := s.viewSignatory(r)
	if err != nil {
		return err
	}
	if x.Form, err = web.ReadForm(w, r); err != nil {
		return err
	}
	g := readSignatory(x.Form, x.Signatory)
	g.Version = x.Form.Seen()
	err = everything(x.Form, func() error { return g.validate(v.Today()) }, func() error { return s.SaveSignatory(r.Context(), account.ActorOf(r), g) })
	if err == nil {
		return web.SeeOther(w, r, x.Head.URL()+"#signatories", "programme.signatory.saved", "organisation", g.OrganisationName)
	}
	if !x.Form.Fail(v, err) {
		return err
	}
	if fault.Stale(err) {
		if x.Clash, err = s.partClash(r, v, "organisation", x.Signatory.OrganisationName, x.list(v), fillSignatory(x.Signatory), x.Form); err != nil {
			return err
		}
		return web.Render(w, r, http.StatusConflict, signatoryFormTemplate(v, x))
	}
	return web.Render(w, r, web.Status(err), signatoryFormTemplate(v, x))
}

// partClash sets what is stored of a part of a contract beside what was typed. The history of the contract
// tells who saved it: its latest entry about a part of that name.
func (s *Service) partClash(r *http.Request, v *web.View, named, name string, fields []web.Field, stored, typed *web.Form) (*clash, error) {
	var last account.Entry
	err := s.db.View(r.Context(), func(tx db.Tx) error {
		list, err := account.History(tx, "contract", r.PathValue("id"), 0, 50)
		i := slices.IndexFunc(list, func(e account.Entry) bool { return e.Fields()[named] == name })
		if i >= 0 {
			last = list[i]
		}
		return err
	})
	return web.ClashOf(v, last.ActorName, last.At, fields, stored, typed), err
}

func (s *Service) removeSignatoryPage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.viewSignatory(r)
	if err != nil {
		return err
	}
	if err := s.RemoveSignatory(r.Context(), account.ActorOf(r), x.Head.ID, x.Signatory.ID); err != nil {
		return err
	}
	return web.SeeOther(w, r, x.Head.URL()+"#signatories", "programme.signatory.removed", "organisation", x.Signatory.OrganisationName)
}

// partsView is the page of a contract's axes, or of its objectives.
type partsView struct {
	contractView
	Form *web.Form // of the one being added
	Bad  *web.Form // of the one whose change was refused
	At   string    // which one that is

	Clash *clash // somebody else saved that one first
}

func (s *Service) viewParts(r *http.Request) (partsView, error) {
	x := partsView{Form: web.NewForm(web.NewOnce())}
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		x.contractView, err = readContract(tx, account.ActorOf(r), ContractID(r.PathValue("id")), "")
		if err == nil && !x.May {
			err = fault.New(fault.Forbidden, "programme.forbidden.edit_contract")
		}
		return err
	})
	return x, err
}

func (s *Service) axesPage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.viewParts(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, axesTemplate(web.ViewOf(r), x))
}

// axisForm is the form of one axis as it is stored, or as it came back.
func (x partsView) axisForm(a Axis) *web.Form {
	if x.At == string(a.ID) && x.Bad != nil {
		return x.Bad
	}
	return fillAxis(a)
}

func fillAxis(a Axis) *web.Form {
	return web.NewForm("", "label_fr", a.LabelFR, "label_en", a.LabelEN, "position", strconv.Itoa(a.Position), "version", number(a.Version))
}

// axisCodeOf makes the code of a new axis from its label: "Transition écologique" is
// transition_ecologique.
func axisCodeOf(label string) string {
	var b strings.Builder
	for _, r := range account.Fold(label) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' && b.Len() > 0:
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	s := b.String()
	return strings.Trim(s[:min(len(s), 30)], "_")
}

func (s *Service) addAxisPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	x, err := s.viewParts(r)
	if err != nil {
		return err
	}
	if x.Form, err = web.ReadForm(w, r); err != nil {
		return err
	}
	a := Axis{ContractID: x.ID, LabelFR: x.Form.Text("label_fr"), LabelEN: x.Form.Text("label_en"), Position: 1}
	a.Code = axisCodeOf(a.LabelFR)
	for _, other := range x.Axes {
		a.Position = max(a.Position, other.Position+1)
	}
	if _, err = s.AddAxis(r.Context(), account.ActorOf(r), a); err == nil {
		return web.SeeOther(w, r, x.URL()+"/axes", "programme.axis.added", "label", a.LabelFR)
	}
	if !x.Form.Fail(v, err) {
		return err
	}
	if said := x.Form.Errors["code"]; said != "" { // people see no code: it comes from the label
		x.Form.Errors = map[string]string{"label_fr": v.T("programme.axis.taken")}
	}
	return web.Render(w, r, web.Status(err), axesTemplate(v, x))
}

func (s *Service) saveAxisPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	x, err := s.viewParts(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := AxisID(r.PathValue("axis"))
	for _, a := range x.Axes {
		if a.ID != id {
			continue
		}
		next := a.Axis
		next.LabelFR, next.LabelEN, next.Position = form.Text("label_fr"), form.Text("label_en"), int(form.Int("position", 0, maxPosition))
		next.Version = form.Seen()
		err = everything(form, next.validate, func() error { return s.SaveAxis(r.Context(), account.ActorOf(r), next) })
		if err == nil {
			return web.SeeOther(w, r, x.URL()+"/axes", "programme.axis.saved", "label", next.LabelFR)
		}
		if !form.Fail(v, err) {
			return err
		}
		x.Bad, x.At = form, string(id)
		if fault.Stale(err) {
			if x.Clash, err = s.partClash(r, v, "label", a.LabelFR, axisFields(v), fillAxis(a.Axis), form); err != nil {
				return err
			}
			return web.Render(w, r, http.StatusConflict, axesTemplate(v, x))
		}
		return web.Render(w, r, web.Status(err), axesTemplate(v, x))
	}
	return fault.New(fault.NotFound, "fault.not_found")
}

func (s *Service) removeAxisPage(w http.ResponseWriter, r *http.Request) error {
	id := ContractID(r.PathValue("id"))
	if err := s.RemoveAxis(r.Context(), account.ActorOf(r), id, AxisID(r.PathValue("axis"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, ContractURL(id)+"/axes", "programme.axis.removed")
}

func (s *Service) objectivesPage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.viewParts(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, objectivesTemplate(web.ViewOf(r), x))
}

func (x partsView) objectiveForm(o Objective) *web.Form {
	if x.At == string(o.ID) && x.Bad != nil {
		return x.Bad
	}
	return fillObjective(o)
}

func fillObjective(o Objective) *web.Form {
	return web.NewForm("", "label", o.Label, "parent_id", string(o.ParentID), "version", number(o.Version))
}

// faulty is the form whose faults are summed up above the page's list; the form below the list has
// its own summary.
func (x partsView) faulty() *web.Form {
	if x.Bad != nil {
		return x.Bad
	}
	return web.NewForm("")
}

func axisFields(v *web.View) []web.Field {
	return []web.Field{{Name: "label_fr", Label: v.T("programme.axis.label_fr")}, {Name: "label_en", Label: v.T("programme.axis.label_en"), Optional: true}}
}

func (x partsView) objectiveFields(v *web.View) []web.Field {
	return []web.Field{{Name: "label", Label: v.T("programme.objective.label")},
		{Name: "parent_id", Label: v.T("programme.objective.parent"), Optional: true, Empty: v.T("programme.objective.top"), Choices: x.parents("")}}
}

// parents are the objectives below which one may stand: not itself nor what stands below it.
func (x partsView) parents(of ObjectiveID) []web.Choice {
	var all []Objective
	for _, o := range x.Objectives {
		all = append(all, o.Objective)
	}
	var out []web.Choice
	for _, o := range x.Objectives {
		if of == "" || (Objective{ID: of, ParentID: o.ID}).fits(all) {
			out = append(out, web.Choice{Value: string(o.ID), Label: strings.Repeat("– ", o.Depth) + o.Label})
		}
	}
	return out
}

func (s *Service) addObjectivePage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	x, err := s.viewParts(r)
	if err != nil {
		return err
	}
	if x.Form, err = web.ReadForm(w, r); err != nil {
		return err
	}
	o := Objective{ContractID: x.ID, Label: x.Form.Text("label"), ParentID: ObjectiveID(x.Form.Text("parent_id")), Position: len(x.Objectives) + 1}
	if _, err = s.AddObjective(r.Context(), account.ActorOf(r), o); err == nil {
		return web.SeeOther(w, r, x.URL()+"/objectives", "programme.objective.added", "label", o.Label)
	}
	if !x.Form.Fail(v, err) {
		return err
	}
	return web.Render(w, r, web.Status(err), objectivesTemplate(v, x))
}

func (s *Service) saveObjectivePage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	x, err := s.viewParts(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := ObjectiveID(r.PathValue("objective"))
	for _, o := range x.Objectives {
		if o.ID != id {
			continue
		}
		next := o.Objective
		next.Label, next.ParentID, next.Version = form.Text("label"), ObjectiveID(form.Text("parent_id")), form.Seen()
		if err = s.SaveObjective(r.Context(), account.ActorOf(r), next); err == nil {
			return web.SeeOther(w, r, x.URL()+"/objectives", "programme.objective.saved", "label", next.Label)
		}
		if !form.Fail(v, err) {
			return err
		}
		x.Bad, x.At = form, string(id)
		if fault.Stale(err) {
			if x.Clash, err = s.partClash(r, v, "label", o.Label, x.objectiveFields(v), fillObjective(o.Objective), form); err != nil {
				return err
			}
			return web.Render(w, r, http.StatusConflict, objectivesTemplate(v, x))
		}
		return web.Render(w, r, web.Status(err), objectivesTemplate(v, x))
	}
	return fault.New(fault.NotFound, "fault.not_found")
}

func (s *Service) removeObjectivePage(w http.ResponseWriter, r *http.Request) error {
	id := ContractID(r.PathValue("id"))
	if err := s.RemoveObjective(r.Context(), account.ActorOf(r), id, ObjectiveID(r.PathValue("objective"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, ContractURL(id)+"/objectives", "programme.objective.removed")
}
