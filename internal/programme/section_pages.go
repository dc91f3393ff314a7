package programme

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/territory"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

func (s *Service) sectionPages(m *web.Mux) {
	m.Page("GET /contracts/{id}/actions/new", s.newActionPage)
	m.Page("POST /contracts/{id}/actions/new", s.createActionPage)
	m.Page("GET /actions/{id}/edit/{section}", s.sectionPage)
	m.Page("POST /actions/{id}/edit/{section}", s.saveSectionPage)
	m.Page("GET /organisations/choices", s.organisationChoicesPage)
}

// sectionView is the form of one section.
type sectionView struct {
	sheetView
	Section    Section
	State      SectionState
	Form       *web.Form
	Clash      *clash
	AllAxes    []Axis
	Objectives []web.Choice
	Groupings  []web.Choice
	People     []web.Choice // accounts that may be named
	Names      map[string]string
	Found      map[string][]web.Choice // answers of the searches for an organisation, by list
}

// readSection reads what the form of a section needs, for somebody who may send it.
func readSection(tx db.Tx, by account.Actor, id ActionID, section Section) (sectionView, error) {
	x := sectionView{Section: section, Names: map[string]string{}, Found: map[string][]web.Choice{}}
	var err error
	if x.sheetView, err = readSheet(tx, by, id); err != nil {
		return x, err
	}
	if !in(section, Sections()) || section == SectionFunding {
		return x, fault.New(fault.NotFound, "fault.not_found")
	}
	if err := x.mayEdit(); err != nil {
		return x, err
	}
	states, err := listSections(tx, id)
	if err != nil {
		return x, err
	}
	x.State = SectionState{Section: section, Version: 1}
	for _, s := range states {
		if s.Section == section {
			x.State = s
		}
	}
	switch section {
	case SectionIdentity:
		if x.AllAxes, err = listAxes(tx, x.Action.ContractID); err != nil {
			return x, err
		}
		objectives, err := listObjectives(tx, x.Action.ContractID)
		if err != nil {
			return x, err
		}
		x.Objectives = objectiveChoices(objectives)
	case SectionDescription:
		x.Groupings, err = groupingsFor(tx, x.Action)
	case SectionPeople:
		err = x.readParties(tx)
	}
	return x, err
}

// readParties reads the names behind the IDs of the section and the accounts that may be named.
func (x *sectionView) readParties(tx db.Tx) error {
	var orgs []account.OrganisationID
	for _, o := range x.Action.Owners {
		x.Names[o.OrganisationID] = o.OrganisationName
		orgs = append(orgs, account.OrganisationID(o.OrganisationID))
	}
	for _, o := range x.Action.Partners {
		x.Names[o.OrganisationID] = o.OrganisationName
		orgs = append(orgs, account.OrganisationID(o.OrganisationID))
	}
	people, err := account.PeopleAround(tx, x.Action.TerritoryID, orgs)
	if err != nil {
		return err
	}
	var already []account.PersonID // who is on the sheet already stays a choice
	for _, p := range x.Action.Pilots {
		already = append(already, account.PersonID(p.PersonID))
	}
	more, err := account.PeopleByID(tx, append(already, account.PersonID(x.Action.SponsorPersonID)))
	if err != nil {
		return err
	}
	for _, p := range append(people, more...) {
		c := web.Choice{Value: string(p.ID), Label: named(p.Name, p.Title)}
		if !slices.Contains(x.People, c) {
			x.People = append(x.People, c)
		}
	}
	return nil
}

// objectiveChoices lists the tree, each objective after the one above it and set in.
func objectiveChoices(list []Objective) []web.Choice {
	var out []web.Choice
	var below func(parent ObjectiveID, depth int)
	below = func(parent ObjectiveID, depth int) {
		for _, o := range list {
			if o.ParentID == parent && depth < 10 {
				out = append(out, web.Choice{Value: string(o.ID), Label: strings.Repeat("\u2003", depth) + o.Label})
				below(o.ID, depth+1)
			}
		}
	}
	below("", 0)
	return out
}

func (s *Service) viewSection(r *http.Request) (sectionView, error) {
	var x sectionView
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		x, err = readSection(tx, account.ActorOf(r), ActionID(r.PathValue("id")), Section(r.PathValue("section")))
		return err
	})
	return x, err
}

func (s *Service) sectionPage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.viewSection(r)
	if err != nil {
		return err
	}
	v := web.ViewOf(r)
	x.Form = fillSection(v, x)
	return web.Render(w, r, http.StatusOK, sectionTemplate(v, x))
}

func (s *Service) saveSectionPage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.viewSection(r)
	if err != nil {
		return err
	}
	f, err := web.ReadLongForm(w, r)
	if err != nil {
		return err
	}
	v, by := web.ViewOf(r), account.ActorOf(r)
	x.Form = f
	if do := f.Text("do"); do != "" && do != "save" { // a row more, a search: nothing is saved
		if err := s.workOn(r, &x, do); err != nil && !f.Fail(v, err) {
			return err
		}
		f.Once, f.Typed = web.NewOnce(), true
		return web.Render(w, r, http.StatusOK, sectionTemplate(v, x))
	}
	if x.Section == SectionPeople {
		takeChosen(f)
	}
	mine, costs, rows := x.read(f)
	err = both(f, x.rule(mine, costs, rows, v))
	if err == nil {
		err = s.save(r, by, x, f, mine, costs, rows)
	}
	if err == nil {
		return web.SeeOther(w, r, x.savedURL(), "programme.done.section_saved", "section_key", x.Section.Key())
	}
	if !f.Fail(v, err) {
		return err
	}
	if fault.Stale(err) { // what the other saved may be newer than what was read above
		if x, err = s.viewSection(r); err != nil {
			return err
		}
		x.Form = f
		if err := s.nameRows(r, &x); err != nil {
			return err
		}
		x.Clash = newClash(x.State.SavedName, x.State.SavedAt, x.facts(v, x.Action, x.Costs), x.facts(v, mine, costs))
		f.Values.Set("version", number(x.State.Version))
		return web.Render(w, r, http.StatusConflict, sectionTemplate(v, x))
	}
	if err := s.nameRows(r, &x); err != nil {
		return err
	}
	return web.Render(w, r, web.Status(err), sectionTemplate(v, x))
}

// rule is what the section's rules say of what was read, with the places of the form.
func (x sectionView) rule(a Action, costs []Cost, rows []int, v *web.View) error {
	if x.Section == SectionCosts {
		return placed(validateCosts(costs), rows)
	}
	return a.validate(x.Section, v.Today())
}

func (s *Service) save(r *http.Request, by account.Actor, x sectionView, f *web.Form, a Action, costs []Cost, rows []int) error {
	if x.Section == SectionCosts {
		return placed(s.SaveCosts(r.Context(), by, x.Action.ID, f.Seen(), costs), rows)
	}
	_, err := s.SaveSection(r.Context(), by, x.Section, f.Seen(), a)
	return err
}

// savedURL is where one stands after saving: on the section as it is read.
func (x sectionView) savedURL() string {
	if x.Section == SectionCalendar {
		return x.URL(tabCalendar)
	}
	return x.URL() + "#" + string(x.Section)
}

// placed renames the cost lines' places to those of the form's rows, since empty rows are left out.
func placed(err error, rows []int) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	g := *f
	g.Fields = slices.Clone(f.Fields)
	for i, x := range g.Fields {
		parts := strings.Split(x.Name, ".")
		if n, err := strconv.Atoi(parts[min(1, len(parts)-1)]); err == nil && len(parts) == 3 && n < len(rows) {
			g.Fields[i].Name = place(parts[0], rows[n], parts[2])
		}
	}
	return &g
}

// fillSection makes the form from what is stored.
func fillSection(v *web.View, x sectionView) *web.Form {
	a := x.Action
	f := web.NewForm(web.NewOnce(), "version", number(x.State.Version))
	set := func(pairs ...string) {
		for i := 0; i+1 < len(pairs); i += 2 {
			f.Values.Add(pairs[i], pairs[i+1])
		}
	}
	switch x.Section {
	case SectionIdentity:
		set("reference", a.Reference, "title", a.Title, "objective_id", string(a.ObjectiveID), "commitment", string(a.Commitment),
			"priority", string(a.Priority), "confidentiality", string(a.Confidentiality))
		for _, id := range a.AxisIDs {
			set("axis_ids", string(id))
		}
	case SectionDescription:
		set("context", a.Context, "description", a.Content.Description, "stakes", a.Stakes, "beneficiaries", a.Beneficiaries,
			"communes", a.Communes, "technical_needs", a.TechnicalNeeds, "simplification", a.Simplification)
		for _, id := range a.GroupingIDs {
			set("grouping_ids", id)
		}
	case SectionPeople:
		for i, o := range a.Owners {
			set(row("owners", i, "organisation_id"), o.OrganisationID)
			if o.Leads {
				set("owners.leads", o.OrganisationID)
			}
		}
		for i, o := range a.Partners {
			set(row("partners", i, "organisation_id"), o.OrganisationID, row("partners", i, "role"), o.Role)
		}
		for i, p := range a.Pilots {
			set(row("pilots", i, "person_id"), p.PersonID, row("pilots", i, "name"), p.Name, row("pilots", i, "title"), p.Title)
		}
		addPilots(f, 1)
		set("sponsor_person_id", a.SponsorPersonID, "sponsor_name", a.SponsorName, "sponsor_title", a.SponsorTitle)
	case SectionCalendar:
		set("starts_on", string(a.StartsOn), "ends_on", string(a.EndsOn), "ended_on", string(a.EndedOn))
	case SectionCosts:
		for i, c := range x.Costs {
			set(row("costs", i, "year"), strconv.Itoa(c.Year), row("costs", i, "kind"), string(c.Kind),
				row("costs", i, "planned_cents"), amountText(v, c.PlannedCents), row("costs", i, "actual_cents"), amountText(v, c.ActualCents), row("costs", i, "note"), c.Note)
		}
		year := x.Today.Year()
		if a.StartsOn != "" {
			year = a.StartsOn.Year()
		}
		if n := len(x.Costs); n > 0 {
			year = x.Costs[n-1].Year + 1
		}
		addCosts(f, year)
	case SectionIndicators:
		set("jobs_created_planned", strconv.Itoa(a.JobsCreatedPlanned), "jobs_created_actual", strconv.Itoa(a.JobsCreatedActual),
			"jobs_kept_planned", strconv.Itoa(a.JobsKeptPlanned), "jobs_kept_actual", strconv.Itoa(a.JobsKeptActual))
	case SectionFollowUp:
		set("outlook", string(a.Outlook), "outlook_on", string(a.OutlookOn), "progress", a.Progress)
		if a.Outlook == "" {
			f.Values.Set("outlook_on", string(x.Today))
		}
	}
	return f
}

// amountText writes an amount as one types it; nothing for zero.
func amountText(v *web.View, cents int64) string {
	if cents == 0 {
		return ""
	}
	return v.Amount(cents)
}

// read makes the section of the action from what was typed; of costs, the lines and the rows of
// the form that they stand in.
func (x sectionView) read(f *web.Form) (Action, []Cost, []int) {
	a := x.Action
	switch x.Section {
	case SectionIdentity:
		a.Reference, a.Title = CleanReference(f.Text("reference")), f.Text("title")
		if !f.Values.Has("reference") { // shown, not asked, to who may not change it
			a.Reference = x.Action.Reference
		}
		a.ObjectiveID, a.Commitment, a.Priority = ObjectiveID(f.Text("objective_id")), Commitment(f.Text("commitment")), Priority(f.Text("priority"))
		if f.Values.Has("confidentiality") {
			a.Confidentiality = Confidentiality(f.Text("confidentiality"))
		}
		a.AxisIDs = nil
		for _, id := range f.All("axis_ids") {
			a.AxisIDs = append(a.AxisIDs, AxisID(id))
		}
	case SectionDescription:
		a.Context, a.Content.Description, a.Stakes, a.Beneficiaries = f.Text("context"), f.Text("description"), f.Text("stakes"), f.Text("beneficiaries")
		a.Communes, a.TechnicalNeeds, a.Simplification = f.Text("communes"), f.Text("technical_needs"), f.Text("simplification")
		a.GroupingIDs = f.All("grouping_ids")
	case SectionPeople:
		a.People = x.readPeople(f)
	case SectionCalendar:
		a.StartsOn, a.EndsOn, a.EndedOn = f.Date("starts_on"), f.Date("ends_on"), f.Date("ended_on")
	case SectionCosts:
		costs, rows := readCosts(f)
		return a, costs, rows
	case SectionIndicators:
		a.JobsCreatedPlanned, a.JobsCreatedActual = int(f.Int("jobs_created_planned", 0, maxJobs)), int(f.Int("jobs_created_actual", 0, maxJobs))
		a.JobsKeptPlanned, a.JobsKeptActual = int(f.Int("jobs_kept_planned", 0, maxJobs)), int(f.Int("jobs_kept_actual", 0, maxJobs))
	case SectionFollowUp:
		a.Outlook, a.OutlookOn, a.Progress = Outlook(f.Text("outlook")), f.Date("outlook_on"), f.Text("progress")
		switch {
		case a.Outlook == "":
			a.OutlookOn = ""
		case a.OutlookOn == "" && f.Text("outlook_on") == "":
			a.OutlookOn = x.Today
		}
	}
	return a, nil, nil
}

// row names a field of a row of the form.
func row(list string, i int, field string) string { return place(list, i, field) }

// rowsOf lists the rows of a list that the form holds, by a field that each has.
func rowsOf(f *web.Form, list, field string) []int {
	var out []int
	for i := range maxRows {
		if f.Values.Has(row(list, i, field)) {
			out = append(out, i)
		}
	}
	return out
}

// maxRows bounds the rows that a form may send.
const maxRows = 400

func (x sectionView) readPeople(f *web.Form) People {
	p := People{SponsorPersonID: f.Text("sponsor_person_id"), SponsorName: f.Text("sponsor_name"), SponsorTitle: f.Text("sponsor_title")}
	leads := f.Text("owners.leads")
	for _, i := range rowsOf(f, "owners", "organisation_id") {
		id := f.Text(row("owners", i, "organisation_id"))
		if f.Text(row("owners", i, "gone")) == "" {
			p.Owners = append(p.Owners, Owner{OrganisationID: id, OrganisationName: x.Names[id], Leads: id == leads})
		}
	}
	if len(p.Owners) == 1 {
		p.Owners[0].Leads = true
	}
	for _, i := range rowsOf(f, "partners", "organisation_id") {
		id := f.Text(row("partners", i, "organisation_id"))
		if f.Text(row("partners", i, "gone")) == "" {
			p.Partners = append(p.Partners, Partner{OrganisationID: id, OrganisationName: x.Names[id], Role: f.Text(row("partners", i, "role"))})
		}
	}
	for _, i := range rowsOf(f, "pilots", "name") {
		q := Pilot{PersonID: f.Text(row("pilots", i, "person_id")), Name: f.Text(row("pilots", i, "name")), Title: f.Text(row("pilots", i, "title"))}
		q.Name, q.Title = x.nameOf(q.PersonID, q.Name, q.Title)
		if q != (Pilot{}) && f.Text(row("pilots", i, "gone")) == "" {
			p.Pilots = append(p.Pilots, q)
		}
	}
	p.SponsorName, p.SponsorTitle = x.nameOf(p.SponsorPersonID, p.SponsorName, p.SponsorTitle)
	return p
}

// nameOf takes name and title from the account when none was typed.
func (x sectionView) nameOf(personID, name, title string) (string, string) {
	if personID == "" || name != "" {
		return name, title
	}
	for _, c := range x.People {
		if c.Value == personID {
			n, t, _ := strings.Cut(c.Label, ", ")
			if title == "" {
				title = t
			}
			return n, title
		}
	}
	return name, title
}

// takeChosen makes rows of the organisations that were chosen and not yet added.
func takeChosen(f *web.Form) {
	for _, list := range []string{"owners", "partners"} {
		addOrganisation(f, list, f.Text(list+".new"))
	}
}

// addOrganisation adds a row; one that stands there already, or none, adds nothing.
func addOrganisation(f *web.Form, list, id string) {
	if id == "" {
		return
	}
	rows := rowsOf(f, list, "organisation_id")
	next := 0
	for _, i := range rows {
		if f.Text(row(list, i, "organisation_id")) == id {
			f.Values.Del(row(list, i, "gone"))
			f.Values.Del(list + ".new")
			return
		}
		next = i + 1
	}
	f.Values.Set(row(list, next, "organisation_id"), id)
	if list == "owners" && f.Text("owners.leads") == "" {
		f.Values.Set("owners.leads", id)
	}
	f.Values.Del(list + ".new")
	f.Values.Del(list + ".q")
}

func addPilots(f *web.Form, n int) {
	next := 0
	for _, i := range rowsOf(f, "pilots", "name") {
		next = i + 1
	}
	for i := range n {
		f.Values.Set(row("pilots", next+i, "name"), "")
	}
}

// addCosts adds an empty row of each kind for a year, and one more year below.
func addCosts(f *web.Form, year int) {
	next := 0
	for _, i := range rowsOf(f, "costs", "year") {
		next = i + 1
	}
	for i, k := range CostKinds() {
		f.Values.Set(row("costs", next+i, "year"), strconv.Itoa(year))
		f.Values.Set(row("costs", next+i, "kind"), string(k))
	}
}

// readCosts reads the lines; a row without amounts and note is none.
func readCosts(f *web.Form) ([]Cost, []int) {
	var costs []Cost
	var rows []int
	for _, i := range rowsOf(f, "costs", "year") {
		planned, actual, note := row("costs", i, "planned_cents"), row("costs", i, "actual_cents"), row("costs", i, "note")
		if f.Text(planned)+f.Text(actual)+f.Text(note) == "" {
			continue
		}
		costs = append(costs, Cost{
			Year: int(f.Int(row("costs", i, "year"), MinYear, MaxYear)), Kind: CostKind(f.Text(row("costs", i, "kind"))),
			PlannedCents: f.Cents(planned), ActualCents: f.Cents(actual), Note: f.Text(note),
		})
		rows = append(rows, i)
	}
	return costs, rows
}

// workOn does what a button of the form other than "save" asks for.
func (s *Service) workOn(r *http.Request, x *sectionView, do string) error {
	f := x.Form
	verb, list, _ := strings.Cut(do, "-")
	known := list == "owners" || list == "partners"
	var err error
	switch {
	case verb == "add" && known:
		addOrganisation(f, list, f.Text(list+".new"))
	case verb == "find" && known:
		x.Found[list], err = s.findOrganisations(r, f.Text(list+".q"))
	case verb == "create" && known:
		err = s.createOrganisation(r, f, list)
	case do == "add-pilots":
		addPilots(f, 1)
	case do == "add-costs":
		year := x.Today.Year()
		for _, i := range rowsOf(f, "costs", "year") {
			if n, err := strconv.Atoi(f.Text(row("costs", i, "year"))); err == nil && n >= MinYear && n < MaxYear {
				year = n + 1
			}
		}
		addCosts(f, year)
	}
	if err != nil {
		return err
	}
	return s.nameRows(r, x)
}

// foundMost is how many organisations a search shows.
const foundMost = 20

func (s *Service) findOrganisations(r *http.Request, text string) ([]web.Choice, error) {
	out := []web.Choice{}
	err := s.db.View(r.Context(), func(tx db.Tx) error {
		orgs, err := account.FindOrganisations(tx, text, foundMost)
		for _, o := range orgs {
			out = append(out, organisationChoice(o))
		}
		return err
	})
	return out, err
}

func organisationChoice(o account.Organisation) web.Choice {
	label := o.Label()
	if o.Commune != "" {
		label += ", " + o.Commune
	}
	return web.Choice{Value: string(o.ID), Label: label}
}

// createOrganisation adds an organisation that is not in the base yet, by the name that was
// searched, and a row with it.
func (s *Service) createOrganisation(r *http.Request, f *web.Form, list string) error {
	o := account.Organisation{Name: f.Text(list + ".q"), Kind: account.OrganisationKind(f.Text(list + ".kind")), Source: "typed"}
	by := account.ActorOf(r)
	if len(by.Scoped(account.ProjectLead)) == 0 && !by.Admin() {
		return fault.New(fault.Forbidden, "account.organisation.not_yours")
	}
	err := s.db.Do(r.Context(), func(tx db.Tx) (err error) {
		o, err = account.AddOrganisationIn(tx, by, o)
		return err
	})
	if err != nil {
		x := fault.As(err)
		if x != nil && len(x.Fields) > 0 {
			return (fault.Fields{{Name: list + ".q", Key: x.Fields[0].Key, Args: x.Fields[0].Args}}).Err()
		}
		return err
	}
	addOrganisation(f, list, string(o.ID))
	return nil
}

// nameRows finds the names of the organisations that the form's rows hold.
func (s *Service) nameRows(r *http.Request, x *sectionView) error {
	if x.Section != SectionPeople {
		return nil
	}
	var ids []account.OrganisationID
	for _, list := range []string{"owners", "partners"} {
		for _, i := range rowsOf(x.Form, list, "organisation_id") {
			ids = append(ids, account.OrganisationID(x.Form.Text(row(list, i, "organisation_id"))))
		}
	}
	return s.db.View(r.Context(), func(tx db.Tx) error {
		orgs, err := account.OrganisationsByID(tx, ids)
		for _, o := range orgs {
			x.Names[string(o.ID)] = o.Label()
		}
		return err
	})
}

// organisationChoicesPage answers the search of a picker: the choices alone.
func (s *Service) organisationChoicesPage(w http.ResponseWriter, r *http.Request) error {
	list := r.URL.Query().Get("list")
	if list != "owners" && list != "partners" && list != "owner" {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	found, err := s.findOrganisations(r, r.URL.Query().Get(list+".q"))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, pickerFound(web.ViewOf(r), web.NewForm(""), list, found))
}

// facts are the section as people read it, to set two versions beside each other.
func (x sectionView) facts(v *web.View, a Action, costs []Cost) []fact {
	label := func(field string) string { return v.T("programme.field." + field) }
	switch x.Section {
	case SectionIdentity:
		objective := ""
		for _, c := range x.Objectives {
			if c.Value == string(a.ObjectiveID) && a.ObjectiveID != "" {
				objective = strings.TrimSpace(c.Label)
			}
		}
		var axes []Axis
		for _, y := range x.AllAxes {
			if in(y.ID, a.AxisIDs) {
				axes = append(axes, y)
			}
		}
		return []fact{{label("reference"), a.Reference}, {label("title"), a.Title}, {label("objective_id"), objective}, {label("axis_ids"), axisNames(v, axes)},
			{label("commitment"), v.T(a.Commitment.Key())}, {label("priority"), v.T(a.Priority.Key())}, {label("confidentiality"), v.T(a.Confidentiality.Key())}}
	case SectionDescription:
		var perimeter []string
		for _, c := range x.Groupings {
			if in(c.Value, a.GroupingIDs) {
				perimeter = append(perimeter, c.Label)
			}
		}
		return []fact{{label("context"), a.Context}, {label("description"), a.Content.Description}, {label("stakes"), a.Stakes},
			{label("beneficiaries"), a.Beneficiaries}, {label("grouping_ids"), strings.Join(perimeter, ", ")}, {label("communes"), a.Communes},
			{label("technical_needs"), a.TechnicalNeeds}, {label("simplification"), a.Simplification}}
	case SectionPeople:
		return x.peopleFacts(v, a.People)
	case SectionCalendar:
		return []fact{{label("starts_on"), v.Date(a.StartsOn)}, {label("ends_on"), v.Date(a.EndsOn)}, {label("ended_on"), v.Date(a.EndedOn)}}
	case SectionCosts:
		var list []fact
		for _, c := range costs {
			text := v.T("programme.costs.line", "planned_cents", c.PlannedCents, "actual_cents", c.ActualCents)
			if c.Note != "" {
				text += "\n" + c.Note
			}
			list = append(list, fact{strconv.Itoa(c.Year) + ", " + v.T(c.Kind.Key()), text})
		}
		return list
	case SectionIndicators:
		n := func(i int) string { return v.Number(int64(i)) }
		return []fact{{label("jobs_created_planned"), n(a.JobsCreatedPlanned)}, {label("jobs_created_actual"), n(a.JobsCreatedActual)},
			{label("jobs_kept_planned"), n(a.JobsKeptPlanned)}, {label("jobs_kept_actual"), n(a.JobsKeptActual)}}
	}
	return []fact{{label("outlook"), v.T(a.Outlook.Key())}, {label("outlook_on"), v.Date(a.OutlookOn)}, {label("progress"), a.Progress}}
}

func (x sectionView) peopleFacts(v *web.View, p People) []fact {
	var owners, partners, pilots []string
	for _, o := range p.Owners {
		name := x.Names[o.OrganisationID]
		if o.Leads {
			name = named(name, v.T("programme.people.leads"))
		}
		owners = append(owners, name)
	}
	for _, o := range p.Partners {
		partners = append(partners, named(x.Names[o.OrganisationID], o.Role))
	}
	for _, q := range p.Pilots {
		pilots = append(pilots, named(q.Name, q.Title))
	}
	return []fact{{v.T("programme.field.owners"), strings.Join(owners, "\n")}, {v.T("programme.field.pilots"), strings.Join(pilots, "\n")},
		{v.T("programme.field.sponsor_name"), named(p.SponsorName, p.SponsorTitle)}, {v.T("programme.field.partners"), strings.Join(partners, "\n")}}
}

// formFacts are the line of facts of a form about a sheet.
func (x sheetView) formFacts(what string) []templ.Component {
	list := []templ.Component{factReference(x.Action.Reference), web.Text(x.Action.Title)}
	if what != "" {
		list = append(list, web.Text(what))
	}
	return list
}

// sectionTabs lead to the other sections of the sheet.
func (x sectionView) sectionTabs(v *web.View) []web.Tab {
	var list []web.Tab
	for _, s := range Sections() {
		t := web.Tab{Label: v.T(s.Key()), URL: x.URL("edit", string(s)), Current: s == x.Section}
		if s == SectionFunding {
			t.URL = x.URL(tabFunding)
		}
		list = append(list, t)
	}
	return list
}

// newAction is the short form that begins a sheet.
type newAction struct {
	Contract  Contract
	Territory string
	Axes      []Axis
	Owners    []web.Choice // own organisations and the territory's groupings, then what was searched
	Asked     bool         // an organisation was searched
	Form      *web.Form
}

func (s *Service) readNewAction(r *http.Request) (newAction, []string, error) {
	var x newAction
	var taken []string
	by := account.ActorOf(r)
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.Contract, err = editContract(tx, by, ContractID(r.PathValue("id"))); err != nil {
			return err
		}
		if x.Contract.State == Closed {
			return fault.New(fault.Conflict, "programme.contract.closed")
		}
		if x.Axes, err = listAxes(tx, x.Contract.ID); err != nil {
			return err
		}
		t, err := territory.Get(tx, territory.ID(x.Contract.TerritoryID))
		if err != nil {
			return err
		}
		x.Territory = t.Name
		own, err := account.OrganisationsByID(tx, by.Organisations())
		if err != nil {
			return err
		}
		for _, o := range own {
			x.Owners = append(x.Owners, web.Choice{Value: string(o.ID), Label: o.Label()})
		}
		groupings, err := groupingsFor(tx, Action{TerritoryID: x.Contract.TerritoryID})
		if err != nil {
			return err
		}
		x.addOwners(groupings)
		taken, err = listReferences(tx, x.Contract.ID)
		return err
	})
	return x, taken, err
}

func (x *newAction) addOwners(list []web.Choice) {
	for _, c := range list {
		if !slices.ContainsFunc(x.Owners, func(o web.Choice) bool { return o.Value == c.Value }) {
			x.Owners = append(x.Owners, c)
		}
	}
}

func (s *Service) newActionPage(w http.ResponseWriter, r *http.Request) error {
	x, taken, err := s.readNewAction(r)
	if err != nil {
		return err
	}
	x.Form = web.NewForm(web.NewOnce(), "reference", NextReference(x.Contract.Code, taken), "confidentiality", string(ForContract))
	return web.Render(w, r, http.StatusOK, newActionTemplate(web.ViewOf(r), x))
}

func (s *Service) createActionPage(w http.ResponseWriter, r *http.Request) error {
	x, _, err := s.readNewAction(r)
	if err != nil {
		return err
	}
	f, err := web.ReadLongForm(w, r)
	if err != nil {
		return err
	}
	v := web.ViewOf(r)
	x.Form = f
	if f.Text("do") == "find-owner" {
		found, err := s.findOrganisations(r, f.Text("owner.q"))
		if err != nil {
			return err
		}
		x.Asked, x.Owners = true, found
		f.Once, f.Typed = web.NewOnce(), true
		return web.Render(w, r, http.StatusOK, newActionTemplate(v, x))
	}
	a := Action{ContractID: x.Contract.ID, Identity: Identity{Reference: CleanReference(f.Text("reference")), Title: f.Text("title"),
		Confidentiality: Confidentiality(f.Text("confidentiality"))}}
	for _, id := range f.All("axis_ids") {
		a.AxisIDs = append(a.AxisIDs, AxisID(id))
	}
	if id := f.Text("owner.new"); id != "" {
		a.Owners = []Owner{{OrganisationID: id, Leads: true}}
	}
	a, err = s.CreateAction(r.Context(), account.ActorOf(r), a)
	if err == nil {
		return web.SeeOther(w, r, actionURL(a.ID), "programme.done.action_created", "reference", a.Reference)
	}
	if !f.Fail(v, err) {
		return err
	}
	if err := s.keepOwner(r, &x, f.Text("owner.new")); err != nil {
		return err
	}
	return web.Render(w, r, web.Status(err), newActionTemplate(v, x))
}

// keepOwner keeps the chosen owner among the choices of a form that came back.
func (s *Service) keepOwner(r *http.Request, x *newAction, id string) error {
	return s.db.View(r.Context(), func(tx db.Tx) error {
		list, err := account.OrganisationsByID(tx, []account.OrganisationID{account.OrganisationID(id)})
		for _, o := range list {
			x.addOwners([]web.Choice{organisationChoice(o)})
		}
		return err
	})
}

// choicesOf lists the words of a type as choices.
func choicesOf[T interface {
	~string
	Key() string
}](v *web.View, list []T) []web.Choice {
	out := make([]web.Choice, len(list))
	for i, x := range list {
		out[i] = web.Choice{Value: string(x), Label: v.T(x.Key())}
	}
	return out
}

func axisChoices(v *web.View, axes []Axis) []web.Choice {
	out := make([]web.Choice, len(axes))
	for i, a := range axes {
		out[i] = web.Choice{Value: string(a.ID), Label: a.Label(v.Lang)}
	}
	return out
}

// confidentialityField says of each level who sees the sheet.
func confidentialityField(v *web.View) web.Field {
	f := web.Field{Name: "confidentiality", Label: v.T("programme.field.confidentiality")}
	for _, c := range Confidentialities() {
		f.Choices = append(f.Choices, web.Choice{Value: string(c), Label: v.T(c.Key()) + v.T("web.form.colon") + " " + v.T("programme.confidentiality_hint."+string(c))})
	}
	return f
}

// field is a question of the section's form.
func (x sectionView) field(v *web.View, name string) web.Field {
	f := web.Field{Name: name, Label: v.T("programme.field." + name)}
	if hint := "programme.hint." + name; web.Known(hint) {
		f.Hint = v.T(hint)
	}
	switch name {
	case "reference":
		f.Narrow = true
		f.Hint = v.T("programme.action.reference_hint", "code", x.Contract.Code)
	case "objective_id":
		f.Choices, f.Empty, f.Optional = x.Objectives, v.T("programme.none_chosen"), true
	case "axis_ids":
		f.Choices, f.Optional = axisChoices(v, x.AllAxes), true
	case "commitment":
		f.Choices = choicesOf(v, Commitments())
	case "priority":
		f.Choices = choicesOf(v, Priorities())
	case "confidentiality":
		return confidentialityField(v)
	case "context", "stakes":
		f.Rows, f.Hint = 6, f.Hint+" "+v.T("programme.hint.least", "min", leastSentence)
	case "description":
		f.Rows, f.Hint = 6, f.Hint+" "+v.T("programme.hint.least", "min", leastParagraph)
	case "beneficiaries", "technical_needs", "simplification":
		f.Optional, f.Rows = true, 3
	case "grouping_ids":
		f.Choices = x.Groupings
	case "communes", "sponsor_name", "sponsor_title":
		f.Optional = true
	case "sponsor_person_id":
		f.Label, f.Choices, f.Empty, f.Optional = v.T("programme.people.account"), x.People, v.T("programme.people.no_account"), true
	case "ended_on":
		f.Optional, f.Max = true, string(x.Today)
	case "outlook":
		f.Choices = append(f.Choices, web.Choice{Label: v.T(Outlook("").Key())})
		for _, o := range Outlooks() {
			f.Choices = append(f.Choices, web.Choice{Value: string(o), Label: v.T("programme.outlook_hint." + string(o))})
		}
	case "outlook_on":
		f.Max = string(x.Today)
	case "progress":
		f.Optional, f.Rows = true, 6
	}
	return f
}

// fields lists the questions in their order, for the summary of what is wrong.
func (x sectionView) fields(v *web.View) []web.Field {
	var names []string
	switch x.Section {
	case SectionIdentity:
		names = []string{"reference", "title", "objective_id", "axis_ids", "commitment", "priority", "confidentiality"}
	case SectionDescription:
		names = []string{"context", "description", "stakes", "beneficiaries", "grouping_ids", "communes", "technical_needs", "simplification"}
	case SectionPeople:
		names = []string{"owners", "pilots", "sponsor_person_id", "sponsor_name", "sponsor_title", "partners"}
	case SectionCalendar:
		names = []string{"starts_on", "ends_on", "ended_on"}
	case SectionIndicators:
		names = []string{"jobs_created_planned", "jobs_created_actual", "jobs_kept_planned", "jobs_kept_actual"}
	case SectionFollowUp:
		names = []string{"outlook", "outlook_on", "progress"}
	case SectionCosts:
		var list []web.Field
		for n, i := range rowsOf(x.Form, "costs", "year") {
			for _, name := range []string{"year", "kind", "planned_cents", "actual_cents", "note"} {
				list = append(list, web.Field{Name: row("costs", i, name), Label: v.T("programme.costs.row", "number", n+1) + ", " + v.T(costLabel(name))})
			}
		}
		return append(list, web.Field{Name: "costs", Label: v.T("programme.field.costs")})
	}
	list := make([]web.Field, len(names))
	for i, n := range names {
		list[i] = x.field(v, n)
	}
	if x.Section == SectionPeople {
		list = append(list, web.Field{Name: "owners.q", Label: v.T("programme.people.search")}, web.Field{Name: "partners.q", Label: v.T("programme.people.search")})
	}
	return list
}

func costLabel(name string) string {
	if name == "kind" {
		return "programme.field.cost_kind"
	}
	return "programme.field." + name
}
