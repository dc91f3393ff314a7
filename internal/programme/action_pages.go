package programme

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/a-h/templ"
)

func (s *Service) actionPages(m *web.Mux) {
	m.Open("GET /actions/{id}", s.actionPage)
	m.Open("GET /actions/{id}/print", s.printPage)
	m.Open("GET /actions/{id}/history", s.historyPage)
	m.Page("POST /actions/{id}/move", s.moveActionPage)
	m.Page("POST /actions/{id}/remove", s.removeActionPage)
	m.Page("POST /actions/{id}/restore", s.restoreActionPage)
}

// sheetView is what every page of an action shows around its content, and what decides on it.
type sheetView struct {
	Sheet
	Contract  Contract
	Axes      []Axis // of the action
	Territory string // name
	Late      Lateness
	Documents int
	Access    ActionAccess
	Today     when.Date
	Paper     bool // printed: no links, no acts
	viewer    Viewer
}

// readSheet reads an action that the actor may see, with all that its pages show of it.
func readSheet(tx db.Tx, by account.Actor, id ActionID) (sheetView, error) {
	x := sheetView{viewer: viewerOf(by), Today: tx.Today()}
	var err error
	if x.Access, err = accessTo(tx, by, id); err != nil {
		return x, err
	}
	if x.Sheet, err = loadSheet(tx, id); err != nil {
		return x, err
	}
	if x.Contract, err = getContract(tx, x.Action.ContractID); err != nil {
		return x, err
	}
	if x.contractURL() == "" { // a public sheet of a contract that is not public yet tells nothing of it
		x.Contract = Contract{ID: x.Contract.ID, TerritoryID: x.Contract.TerritoryID, State: x.Contract.State}
	}
	axes, err := listAxes(tx, x.Action.ContractID)
	if err != nil {
		return x, err
	}
	for _, a := range axes {
		if in(a.ID, x.Action.AxisIDs) {
			x.Axes = append(x.Axes, a)
		}
	}
	t, err := territory.Get(tx, territory.ID(x.Action.TerritoryID))
	if err != nil {
		return x, err
	}
	x.Territory = t.Name
	if x.Documents, err = countDocuments(tx, id); err != nil {
		return x, err
	}
	x.Late = Late(x.Action, x.Milestones, x.Today)
	return x, nil
}

// viewSheet is readSheet in a transaction of its own, for the person of the request.
func (s *Service) viewSheet(r *http.Request) (sheetView, error) {
	var x sheetView
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		x, err = readSheet(tx, account.ActorOf(r), ActionID(r.PathValue("id")))
		return err
	})
	return x, err
}

// May reports whether the reader may do this; nobody changes a sheet that is off the lists.
func (x sheetView) May(p Permission) bool {
	return x.Action.RemovedAt == 0 && May(x.viewer, p, x.Access, x.Today)
}

// Removed reports whether the sheet is off the lists; only who may bring it back gets here.
func (x sheetView) Removed() bool { return x.Action.RemovedAt != 0 }

// Inside reports whether the reader is a party, and not only the public: notes, what blocks,
// documents and history are the parties' own even on a public sheet.
func (x sheetView) Inside() bool { return May(x.viewer, SeeContract, x.Access, x.Today) }

// URL gives the address of a page of the sheet: URL("edit", "people").
func (x sheetView) URL(parts ...string) string { return actionURL(x.Action.ID, parts...) }

func actionURL(id ActionID, parts ...string) string {
	return "/actions/" + strings.Join(append([]string{url.PathEscape(string(id))}, parts...), "/")
}

// contractURL is the contract's page, empty where the reader may not see it.
func (x sheetView) contractURL() string {
	if !SeeContractOf(x.viewer, x.Contract.State, x.Access, x.Today) {
		return ""
	}
	return "/contracts/" + string(x.Contract.ID)
}

// anchor is the id of a field in a form, as web's fields have it.
func anchor(field string) string { return "f-" + strings.ReplaceAll(field, ".", "-") }

// where gives the address of the field that something missing is put right in.
func (x sheetView) where(m Missing) string {
	indicator, one := strings.CutPrefix(m.Field, "indicators.")
	switch {
	case m.Section == SectionFunding:
		return x.URL("funding")
	case one:
		field := map[string]string{"programme.missing.unit": "unit", "programme.missing.baseline": "baseline_on", "programme.missing.target": "target_on"}[m.Key]
		return x.URL("indicators", indicator) + "#" + anchor(field)
	case m.Field == "indicators":
		return x.addIndicatorURL()
	}
	return x.URL("edit", string(m.Section)) + "#" + anchor(m.Field)
}

// addIndicatorURL leads into the form of a new indicator, opened; its first field takes the focus.
func (x sheetView) addIndicatorURL() string {
	return x.URL(tabIndicators) + "?open=indicator#" + anchor("indicator.name")
}

// firstMissing is where the sheet is completed next.
func (x sheetView) firstMissing() (string, bool) {
	for _, c := range x.Conditions {
		for _, m := range c.Missing {
			return x.where(m), true
		}
	}
	return "", false
}

// reserve reports whether a condition is met by what is not certain yet: a plan that balances with money that is only
// foreseen or asked.
func (x sheetView) reserve(c Condition) bool {
	return c.Code == Financed && c.Met && x.Plan.OpenCents() > 0
}

// held says why a condition is met.
func (x sheetView) held(v *web.View, c Condition) string {
	a := x.Action
	switch c.Code {
	case Carried:
		lead, _ := a.Lead()
		return v.T("programme.held.carried", "organisation", lead.OrganisationName, "count", len(a.Pilots))
	case Described:
		return v.T("programme.held.described")
	case Financed:
		key := "programme.held.funded"
		switch {
		case x.Plan.SecuredCents() == 0:
			key = "programme.held.funded_open"
		case x.Plan.OpenCents() > 0:
			key = "programme.held.funded_partly"
		}
		return v.T(key, "in_plan_cents", x.Plan.InPlanCents, "cost_cents", x.Plan.CostCents, "secured_cents", x.Plan.SecuredCents(), "open_cents", x.Plan.OpenCents())
	case Evaluated:
		return v.T("programme.held.evaluated", "count", len(x.Indicators))
	}
	if a.StartsOn > x.Today {
		return v.T("programme.held.starts", "starts_on", a.StartsOn)
	}
	return v.T("programme.held.started", "starts_on", a.StartsOn)
}

func confidentialityIcon(c Confidentiality) string {
	switch c {
	case ForPublic:
		return "world"
	case ForContract:
		return "users"
	}
	return "lock"
}

// axisNames lists the axes in the reader's language.
func axisNames(v *web.View, axes []Axis) string {
	names := make([]string, len(axes))
	for i, a := range axes {
		names[i] = a.Label(v.Lang)
	}
	return strings.Join(names, ", ")
}

// head is the header of the sheet's pages.
func (x sheetView) head(v *web.View) web.Head {
	a := x.Action
	h := web.Head{
		Title:   a.Title,
		Browser: a.Reference + " " + a.Title,
		Crumbs:  x.crumbs(),
		State:   web.States(sheetBadges(v, x.Sheet)...),
		Facts:   []templ.Component{factReference(a.Reference)},
	}
	if o, ok := a.Lead(); ok {
		h.Facts = append(h.Facts, web.Text(v.T("programme.action.lead", "organisation", o.OrganisationName)))
	}
	if len(x.Axes) > 0 {
		h.Facts = append(h.Facts, web.Text(v.T("programme.action.axes", "count", len(x.Axes), "axes", axisNames(v, x.Axes))))
	}
	h.Facts = append(h.Facts,
		factSign(OutlookIcon(a.Outlook), outlookText(v, a.Outlook)),
		factSign(confidentialityIcon(a.Confidentiality), v.T(a.Confidentiality.Key())))
	if a.Demo {
		h.Facts = append(h.Facts, factSign("flask", v.T("programme.field.demo")))
	}
	switch url, missing := x.firstMissing(); {
	case !x.May(EditAction):
		h.Actions = append(h.Actions, web.Button(web.Act{Label: v.T("programme.action.print"), URL: x.URL("print"), Icon: "printer"}))
	case missing:
		h.Actions = append(h.Actions,
			web.Button(web.Act{Label: v.T("programme.action.print"), URL: x.URL("print"), Icon: "printer", NoPhone: true}),
			web.Button(web.Act{Label: v.T("programme.action.complete"), URL: url, Icon: "pencil", Kind: web.Full}))
	default:
		h.Actions = append(h.Actions,
			web.Button(web.Act{Label: v.T("programme.action.print"), URL: x.URL("print"), Icon: "printer", NoPhone: true}),
			web.Button(web.Act{Label: v.T("programme.action.edit"), URL: x.URL("edit", string(SectionIdentity)), Icon: "pencil", Kind: web.Full}))
	}
	return h
}

// crumbs lead to the page from the territory's home.
func (x sheetView) crumbs(more ...web.Crumb) []web.Crumb {
	list := append([]web.Crumb{{Label: x.Territory, URL: "/territories/" + x.Action.TerritoryID + "/home"}}, x.contractCrumb()...)
	own := web.Crumb{Label: x.Action.Reference, URL: x.URL()}
	if len(more) == 0 {
		own.URL = ""
	}
	return append(append(list, own), more...)
}

// contractCrumb leads to the contract; nothing where the reader may not see it.
func (x sheetView) contractCrumb() []web.Crumb {
	if x.contractURL() == "" {
		return nil
	}
	return []web.Crumb{{Label: x.Contract.Title, URL: x.contractURL()}}
}

// The pages of a sheet, as the tabs name them.
const (
	tabSheet      = ""
	tabFunding    = "funding"
	tabCalendar   = "calendar"
	tabIndicators = "indicators"
	tabDocuments  = "documents"
	tabHistory    = "history"
	tabAccess     = "access"
)

func (x sheetView) tabs(v *web.View, current string) []web.Tab {
	list := []web.Tab{
		{Label: v.T("programme.tab.sheet"), URL: x.URL()},
		{Label: v.T("programme.tab.funding"), URL: x.URL(tabFunding)},
		{Label: v.T("programme.tab.calendar"), URL: x.URL(tabCalendar), Count: len(x.Milestones)},
		{Label: v.T("programme.tab.indicators"), URL: x.URL(tabIndicators), Count: len(x.Indicators)},
	}
	names := []string{tabSheet, tabFunding, tabCalendar, tabIndicators}
	if x.Inside() {
		list = append(list,
			web.Tab{Label: v.T("programme.tab.documents"), URL: x.URL(tabDocuments), Count: x.Documents},
			web.Tab{Label: v.T("programme.tab.history"), URL: x.URL(tabHistory)})
		names = append(names, tabDocuments, tabHistory)
	}
	if x.mayGiveAccess() {
		list, names = append(list, web.Tab{Label: v.T("programme.tab.access"), URL: x.URL(tabAccess)}), append(names, tabAccess)
	}
	for i := range list {
		list[i].Current = names[i] == current
	}
	return list
}

// sheetDetail is what the sheet itself shows beyond its frame.
type sheetDetail struct {
	Perimeter []string // names of groupings
	Objective []string // from the top of the tree down
	Notes     []Note
	Links     []link
	Leads     []account.Holder // the territory's project leads and pair
	Linkable  []web.Choice     // sheets of the contract that one may link to
	Documents []Document
	Projects  []project.Project
	InTheWay  []project.OriginBlocker // of its projects
}

// readDetail reads it; what only parties see is empty for others, and linked sheets that the
// reader may not see are not there.
func readDetail(tx db.Tx, by account.Actor, x sheetView) (sheetDetail, error) {
	var d sheetDetail
	groupings, err := groupingsFor(tx, x.Action)
	if err != nil {
		return d, err
	}
	for _, g := range groupings {
		if in(g.Value, x.Action.GroupingIDs) {
			d.Perimeter = append(d.Perimeter, g.Label)
		}
	}
	objectives, err := listObjectives(tx, x.Action.ContractID)
	if err != nil {
		return d, err
	}
	d.Objective = objectivePath(objectives, x.Action.ObjectiveID)
	links, err := listLinks(tx, x.Action.ID)
	if err != nil {
		return d, err
	}
	for _, l := range links {
		if _, err := accessTo(tx, by, l.ActionID); err == nil {
			d.Links = append(d.Links, l)
		} else if !fault.Is(err, fault.NotFound) {
			return d, err
		}
	}
	if d.Projects, d.InTheWay, err = workspaceOf(tx, by, x.Action.ID); err != nil {
		return d, err
	}
	if !x.Inside() {
		return d, nil
	}
	if d.Notes, err = listNotes(tx, x.Action.ID); err != nil {
		return d, err
	}
	if d.Documents, err = listDocuments(tx, x.Action.ID); err != nil {
		return d, err
	}
	if d.Leads, err = account.Holders(tx, account.OverTerritory, []string{x.Action.TerritoryID}, account.ProjectLead, account.LeadPair); err != nil {
		return d, err
	}
	if x.May(EditAction) {
		d.Linkable, err = linkable(tx, by, x, d.Links)
	}
	return d, err
}

func linkable(tx db.Tx, by account.Actor, x sheetView, linked []link) ([]web.Choice, error) {
	rows, _, err := ListActions(tx, by, Filter{ContractID: x.Action.ContractID}, 0, 500)
	var out []web.Choice
	for _, r := range rows {
		already := r.ID == x.Action.ID
		for _, l := range linked {
			already = already || l.ActionID == r.ID
		}
		if !already {
			out = append(out, web.Choice{Value: string(r.ID), Label: r.Reference + " " + r.Title})
		}
	}
	return out, err
}

// objectivePath names an objective and those above it. A loop in the tree ends it.
func objectivePath(list []Objective, id ObjectiveID) []string {
	var path []string
	for range list {
		for _, o := range list {
			if o.ID == id && id != "" {
				path = append([]string{o.Label}, path...)
				id = o.ParentID
				break
			}
		}
	}
	return path
}

// groupingsFor gives the groupings that the perimeter may hold: the territory's, and those that it
// holds already.
func groupingsFor(tx db.Tx, a Action) ([]web.Choice, error) {
	list, err := territory.Groupings(tx, territory.ID(a.TerritoryID))
	if err != nil {
		return nil, err
	}
	var out []web.Choice
	var known []string
	for _, g := range list {
		if g.Organisation == "" {
			continue
		}
		label := g.Name
		if label == "" {
			label = string(g.SIREN)
		}
		out = append(out, web.Choice{Value: string(g.Organisation), Label: label})
		known = append(known, string(g.Organisation))
	}
	var others []account.OrganisationID
	for _, id := range a.GroupingIDs {
		if !in(id, known) {
			others = append(others, account.OrganisationID(id))
		}
	}
	orgs, err := account.OrganisationsByID(tx, others)
	for _, o := range orgs {
		out = append(out, web.Choice{Value: string(o.ID), Label: o.Label()})
	}
	return out, err
}

func (s *Service) actionPage(w http.ResponseWriter, r *http.Request) error {
	return s.showSheet(w, r, http.StatusOK, nil)
}

// showSheet shows the sheet with its small forms, those that came back as they were typed.
func (s *Service) showSheet(w http.ResponseWriter, r *http.Request, status int, f web.Forms) error {
	var x sheetView
	var d sheetDetail
	by := account.ActorOf(r)
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x, err = readSheet(tx, by, ActionID(r.PathValue("id"))); err != nil {
			return err
		}
		d, err = readDetail(tx, by, x)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, actionTemplate(web.ViewOf(r), x, d, f))
}

func (s *Service) printPage(w http.ResponseWriter, r *http.Request) error {
	var x sheetView
	var d sheetDetail
	by := account.ActorOf(r)
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x, err = readSheet(tx, by, ActionID(r.PathValue("id"))); err != nil {
			return err
		}
		d, err = readDetail(tx, by, x)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, printTemplate(web.ViewOf(r), x, d))
}

// move is a status that the action may take next, with what it still asks for.
type nextStatus struct {
	To    Status
	Needs []need
}

type need struct {
	Text, URL string
}

// next tries each status and says what is in the way, where it is put right.
func (x sheetView) next(v *web.View) []nextStatus {
	var list []nextStatus
	for _, to := range x.Action.Next() {
		n := nextStatus{To: to}
		a := x.Action
		if f := fault.As(a.move(to, x.Blockers, x.Today)); f != nil {
			for _, field := range f.Fields {
				n.Needs = append(n.Needs, x.need(v, field))
			}
		}
		list = append(list, n)
	}
	return list
}

func (x sheetView) need(v *web.View, f fault.Field) need {
	switch {
	case f.Name == "blockers":
		return need{v.TArgs(f.Key, f.Args), "#blockers"}
	case f.Key == "programme.wrong.required":
		return need{v.T("programme.need." + f.Name), x.URL("edit", string(SectionCalendar)) + "#" + anchor(f.Name)}
	}
	return need{v.T("programme.field."+f.Name) + v.T("web.form.colon") + " " + v.TArgs(f.Key, f.Args), x.URL("edit", string(SectionCalendar)) + "#" + anchor(f.Name)}
}

func (s *Service) moveActionPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := ActionID(r.PathValue("id"))
	to := Status(f.Text("to"))
	_, err = s.MoveAction(r.Context(), account.ActorOf(r), id, Status(f.Text("from")), to)
	if err != nil {
		if f.Fail(web.ViewOf(r), err) {
			return s.showSheet(w, r, web.Status(err), web.Forms{"move": f})
		}
		return err
	}
	return web.SeeOther(w, r, actionURL(id), "programme.done.moved", "status_key", to.Key())
}

func (s *Service) removeActionPage(w http.ResponseWriter, r *http.Request) error {
	id := ActionID(r.PathValue("id"))
	if err := s.RemoveAction(r.Context(), account.ActorOf(r), id); err != nil {
		return err
	}
	return web.SeeOtherUndo(w, r, actionURL(id), actionURL(id, "restore"), "programme.done.action_removed")
}

func (s *Service) restoreActionPage(w http.ResponseWriter, r *http.Request) error {
	id := ActionID(r.PathValue("id"))
	if err := s.RestoreAction(r.Context(), account.ActorOf(r), id); err != nil {
		return err
	}
	return web.SeeOther(w, r, actionURL(id), "programme.done.action_restored")
}

// historySize is how many entries a page of the history shows.
const historySize = 50

func (s *Service) historyPage(w http.ResponseWriter, r *http.Request) error {
	var x sheetView
	var entries []account.Entry
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64) // unreadable: from the newest
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x, err = readSheet(tx, account.ActorOf(r), ActionID(r.PathValue("id"))); err != nil {
			return err
		}
		if !x.Inside() {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		entries, err = account.History(tx, "action", string(x.Action.ID), max(0, before), historySize+1)
		return err
	})
	if err != nil {
		return err
	}
	older := int64(0)
	if len(entries) > historySize {
		entries = entries[:historySize]
		older = entries[historySize-1].Seq
	}
	return web.Render(w, r, http.StatusOK, historyTemplate(web.ViewOf(r), x, entries, before > 0, older))
}

// costYear is one year of the cost table.
type costYear struct {
	Year int
	CostTotals
}

func costYears(costs []Cost) []costYear {
	var list []costYear
	for _, c := range costs {
		if n := len(list); n == 0 || list[n-1].Year != c.Year {
			list = append(list, costYear{Year: c.Year})
		}
		t := &list[len(list)-1]
		sum := SumCosts([]Cost{c})
		t.InvestmentPlannedCents += sum.InvestmentPlannedCents
		t.InvestmentActualCents += sum.InvestmentActualCents
		t.OperationPlannedCents += sum.OperationPlannedCents
		t.OperationActualCents += sum.OperationActualCents
	}
	return list
}

// progressOf is an indicator's progress by its last value.
func (x sheetView) progressOf(i Indicator) (Value, bool, Progress) {
	own := x.valuesOf(i.ID)
	last, found := Latest(own, x.Today)
	return last, found, i.ProgressOn(own, x.Today)
}

func (x sheetView) valuesOf(id IndicatorID) []Value {
	var own []Value
	for _, v := range x.Values {
		if v.IndicatorID == id {
			own = append(own, v)
		}
	}
	return own
}

// measureText writes a measure with its unit.
func measureText(v *web.View, x float64, unit string) string {
	s := v.Decimal(x, 4)
	if unit != "" {
		s += "\u00a0" + unit
	}
	return s
}

// openBlockers are those in the way, for parties only.
func (x sheetView) openBlockers() []Blocker {
	var list []Blocker
	if x.Inside() {
		for _, b := range x.Blockers {
			if b.Open() {
				list = append(list, b)
			}
		}
	}
	return list
}

// paragraphs cuts a text where lines are left empty.
func paragraphs(s string) [][]string {
	var out [][]string
	for p := range strings.SplitSeq(strings.TrimSpace(s), "\n\n") {
		if p = strings.Trim(p, "\n"); strings.TrimSpace(p) != "" {
			out = append(out, strings.Split(p, "\n"))
		}
	}
	return out
}

// readyText says how many conditions are met.
func (x sheetView) readyText(v *web.View) string {
	if n := Met(x.Conditions); n < len(x.Conditions) {
		return v.T("programme.ready.some", "count", n, "of", len(x.Conditions))
	}
	return v.T("programme.ready.all")
}

// wordless reports whether nothing of the description is written.
func (x sheetView) wordless() bool {
	c := x.Action.Content
	return c.Context+c.Description+c.Stakes+c.Beneficiaries+c.TechnicalNeeds+c.Simplification == ""
}

// reading is the sheet without any act, as it is printed.
func (x sheetView) reading() sheetView {
	x.Action.RemovedAt = max(x.Action.RemovedAt, 1)
	x.Paper = true
	return x
}

// printHead is the header of the document.
func (x sheetView) printHead(v *web.View) web.Head {
	h := x.head(v)
	h.Print, h.Actions, h.State = true, nil, nil
	h.Crumbs = []web.Crumb{{Label: v.T("programme.action.back"), URL: x.URL()}, {Label: x.Action.Reference}}
	h.Facts = append(h.Facts, web.Text(labels(sheetBadges(v, x.Sheet))))
	if x.contractURL() != "" {
		h.Facts = append(h.Facts, web.Text(x.Contract.Title))
	}
	return h
}

// people are those of the sheet and of its territory, by role. The public reads organisations, not
// persons.
func (x sheetView) people(v *web.View, d sheetDetail) []web.PersonLine {
	if !x.Inside() {
		return nil
	}
	var list []web.PersonLine
	for _, p := range x.Action.Pilots {
		list = append(list, web.PersonLine{Role: v.T("programme.people.pilot"), Initials: web.Initials(p.Name), Name: named(p.Name, p.Title)})
	}
	if n := x.Action.SponsorName; n != "" {
		list = append(list, web.PersonLine{Role: v.T("programme.field.sponsor_name"), Initials: web.Initials(n), Name: named(n, x.Action.SponsorTitle)})
	}
	for _, h := range d.Leads {
		list = append(list, web.PersonLine{Role: v.T("programme.standing." + string(h.Role)), Initials: web.Initials(h.Name), Name: named(h.Name, h.Title)})
	}
	return list
}

// personDefs tells people on paper, by role.
func personDefs(people []web.PersonLine) []web.Def {
	defs := make([]web.Def, len(people))
	for i, p := range people {
		defs[i] = web.Def{Term: p.Role, Value: p.Name}
	}
	return defs
}

// dates are those of the side panel.
func (x sheetView) dates(v *web.View) []web.Def {
	a := x.Action
	list := []web.Def{
		{Term: v.T("programme.field.starts_on"), Value: v.Date(a.StartsOn)},
		{Term: v.T("programme.field.ends_on"), Value: v.Date(a.EndsOn)},
	}
	if a.EndedOn != when.None {
		list = append(list, web.Def{Term: v.T("programme.field.ended_on"), Value: v.Date(a.EndedOn)})
	}
	if n := x.nextMilestone(v); n.Title != "" {
		list = append(list, web.Def{Term: v.T("programme.milestone.next"), Body: nextBody(n)})
	}
	return append(list, web.Def{Term: v.T("programme.action.updated"), Value: v.Days(a.UpdatedAt.Date(db.Paris))})
}

// results are figures of the side panel: the first indicators, then the jobs.
func (x sheetView) results(v *web.View) []web.Def {
	var list []web.Def
	for n, i := range x.Indicators {
		if n == 3 {
			break
		}
		last, found, _ := x.progressOf(i)
		value := "–"
		if found {
			value = v.Decimal(last.Value, 2)
		}
		if i.TargetOn != when.None {
			value += " / " + measureText(v, i.Target, i.Unit)
		}
		list = append(list, web.Def{Term: i.Name, Value: value})
	}
	a := x.Action
	list = append(list, web.Def{Term: v.T("programme.jobs.created"), Value: v.Number(int64(a.JobsCreatedActual)) + " / " + v.Number(int64(a.JobsCreatedPlanned))})
	if p := x.Progress(x.Today); p.Known {
		list = append(list, web.Def{Term: v.T("programme.indicator.progress"), Body: web.Progress(v, float64(p.Percent)/100)})
	}
	return list
}
