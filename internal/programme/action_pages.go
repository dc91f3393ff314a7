package programme

import (
	"net/http"
	"net/url"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/a-h/templ"
)

func (s *Service) actionPages(m *web.Mux) {
	m.Open("GET /actions/{id}", s.actionPage)
}

// sheetView is what every page of an action shows around its content, and what decides on it.
type sheetView struct {
	Sheet
	Contract  Contract
	Axes      []Axis // of the action
	Late      Lateness
	Documents int
	Access    ActionAccess
	Today     when.Date
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
	axes, err := listAxes(tx, x.Action.ContractID)
	if err != nil {
		return x, err
	}
	for _, a := range axes {
		if in(a.ID, x.Action.AxisIDs) {
			x.Axes = append(x.Axes, a)
		}
	}
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
		return x.URL("indicators") + "#add-indicator"
	}
	return x.URL("edit", string(m.Section)) + "#" + anchor(m.Field)
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
		return v.T("programme.held.funded", "in_plan_cents", x.Plan.InPlanCents, "cost_cents", x.Plan.CostCents)
	case Evaluated:
		return v.T("programme.held.evaluated", "count", len(x.Indicators))
	}
	if a.StartsOn > x.Today {
		return v.T("programme.held.starts", "starts_on", a.StartsOn)
	}
	return v.T("programme.held.started", "starts_on", a.StartsOn)
}

// statusBadge is the one state of an action: late when late.
func statusBadge(v *web.View, s Status, late bool) web.Badge {
	if late {
		return web.Badge{Label: v.T("programme.status.late"), Tone: web.Late}
	}
	b := web.Badge{Label: v.T(s.Key())}
	switch s {
	case ToDiscuss:
		b.Icon = "message-2"
	case Planned:
		b.Icon = "calendar-event"
	case UnderWay:
		b.Tone = web.Run
	case Paused:
		b.Icon = "hourglass"
	case Blocked:
		b.Tone, b.Icon = web.Stop, "hand-stop"
	case Done:
		b.Tone = web.Done
	case Abandoned:
		b.Icon = "x"
	}
	return b
}

// outlookIcon is the sign of an outlook.
func outlookIcon(o Outlook) string {
	switch o {
	case Sun:
		return "sun"
	case Overcast:
		return "cloud"
	case Cloud:
		return "cloud-question"
	case Storm:
		return "cloud-storm"
	}
	return "question-mark"
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
		Crumbs:  []web.Crumb{{Label: x.Contract.Title, URL: x.contractURL()}, {Label: a.Reference}},
		State:   web.State(statusBadge(v, a.Status, x.Late.Late())),
		Facts:   []templ.Component{factReference(a.Reference)},
	}
	if o, ok := a.Lead(); ok {
		h.Facts = append(h.Facts, web.Text(v.T("programme.action.lead", "organisation", o.OrganisationName)))
	}
	if len(x.Axes) > 0 {
		h.Facts = append(h.Facts, web.Text(v.T("programme.action.axes", "count", len(x.Axes), "axes", axisNames(v, x.Axes))))
	}
	h.Facts = append(h.Facts,
		factSign(outlookIcon(a.Outlook), v.T("programme.action.outlook", "outlook_key", a.Outlook.Key())),
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

// The pages of a sheet, as the tabs name them.
const (
	tabSheet      = ""
	tabFunding    = "funding"
	tabCalendar   = "calendar"
	tabIndicators = "indicators"
	tabDocuments  = "documents"
	tabHistory    = "history"
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
	for i := range list {
		list[i].Current = names[i] == current
	}
	return list
}

func (s *Service) actionPage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.viewSheet(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, actionTemplate(web.ViewOf(r), x))
}
