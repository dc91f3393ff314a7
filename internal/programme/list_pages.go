package programme

import (
	"net/http"
	"net/url"
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/territory"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

func (s *Service) listPages(m *web.Mux) {
	m.Open("GET /actions", s.actionsPage)
	m.Open("GET /contracts/{id}/actions", s.actionsPage)
	m.Open("GET /actions/print", s.printActionsPage)
	m.Open("GET /actions.csv", s.exportCSV)
	m.Open("GET /actions.xlsx", s.exportXLSX)
	m.Page("POST /actions/chosen", s.chosenPage)
	m.Page("POST /actions/chosen/restore", s.restoreChosenPage)
	m.Page("POST /actions/move", s.moveCardPage)
}

// The views of a list, with how many actions each shows at once.
const (
	viewTable = ""
	viewBoard = "board"
	viewSheet = "sheet"

	tableSize = 50
	boardSize = 200
	sheetSize = 10
)

// listParams are the parameters of the address that filter a list. A link from elsewhere may also
// say late=1, blocked=1, unfunded=1 or silent=1.
var listParams = []string{"q", "region", "territory", "axis", "status", "watch", "ready", "owner", "funder", "late", "blocked", "unfunded", "silent", "id"}

// watches are the values of the parameter watch.
var watches = []string{"late", "blocked", "unfunded", "silent"}

// watched writes late=1 as watch=late, so that the bar of filters shows what is chosen.
func watched(q url.Values) {
	for _, name := range watches {
		if q.Get(name) == "1" && q.Get("watch") == "" {
			q.Set("watch", name)
			q.Del(name)
		}
	}
}

// filterOf reads a filter from an address. Values that are not known choose nothing, as if absent.
func filterOf(q url.Values) Filter {
	f := Filter{
		TerritoryID: q.Get("territory"), RegionID: q.Get("region"), AxisCode: q.Get("axis"), Ready: q.Get("ready"),
		FunderID: q.Get("funder"), OwnerID: q.Get("owner"), Text: q.Get("q"), Sort: q.Get("sort"),
	}
	for _, s := range q["status"] {
		if in(Status(s), Statuses()) {
			f.Status = append(f.Status, Status(s))
		}
	}
	for _, id := range q["id"] {
		if id != "" && len(f.IDs) < maxChosen {
			f.IDs = append(f.IDs, ActionID(id))
		}
	}
	on := func(name string) bool { return q.Get("watch") == name || q.Get(name) == "1" }
	f.Late, f.Blocked, f.Unfunded, f.Silent = on("late"), on("blocked"), on("unfunded"), on("silent")
	return f
}

// listView is a list of actions as its page shows it.
type listView struct {
	Contract *contractHead // nil: of all contracts
	View     string
	Filter   Filter
	Rows     []Row
	Sheets   []Sheet // view "sheet" only
	Counts   Counts
	Pager    web.Pager
	Fields   []web.FilterField
	Places   map[string]string // territories by ID; nil within one contract
	Edits    map[ActionID]bool // those that the reader may change
	Once     string
	Leads    bool // runs a territory: sheets begin on its home
	briefs
}

// contractHead is what pages below a contract say of it.
type contractHead struct {
	Contract
	Place string // its territory
	May   bool   // edit it
}

func (c contractHead) URL() string { return ContractURL(c.ID) }

// ContractURL is the address of a contract.
func ContractURL(id ContractID) string { return "/contracts/" + string(id) }

// headOf reads a contract that the actor may see, with what pages say above its content.
func headOf(tx db.Tx, by account.Actor, id ContractID) (contractHead, error) {
	c, err := contractFor(tx, by, id)
	if err != nil {
		return contractHead{}, err
	}
	h := contractHead{Contract: c, May: MayEditContract(viewerOf(by), c.TerritoryID, tx.Today())}
	t, err := territory.Get(tx, territory.ID(c.TerritoryID))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return h, err
	}
	h.Place = t.Name
	return h, nil
}

func (s *Service) actionsPage(w http.ResponseWriter, r *http.Request) error {
	v, by := web.ViewOf(r), account.ActorOf(r)
	watched(v.Query)
	x := listView{View: v.Query.Get("view"), Filter: filterOf(v.Query), Once: web.NewOnce(), Leads: account.ActorOf(r).Has(account.ProjectLead, "")}
	size := map[string]int{viewTable: tableSize, viewBoard: boardSize, viewSheet: sheetSize}[x.View]
	if size == 0 {
		x.View, size = viewTable, tableSize
	}
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if id := ContractID(r.PathValue("id")); id != "" {
			h, err := headOf(tx, by, id)
			if err != nil {
				return err
			}
			x.Contract, x.Filter.ContractID = &h, id
		}
		return x.read(tx, v, by, size)
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, actionsTemplate(v, x))
}

func (x *listView) read(tx db.Tx, v *web.View, by account.Actor, size int) (err error) {
	x.Rows, x.Counts, err = listPage(tx, by, x.Filter, func(total int64) (int, int) {
		x.Pager = web.PagerOf(v, size, int(total))
		return x.Pager.Offset(), size
	})
	if err != nil {
		return err
	}
	if err := moneyAmong(tx, x.Rows); err != nil {
		return err
	}
	ids := idsOf(x.Rows)
	if x.View == viewSheet {
		if x.Sheets, x.briefs, err = readBriefs(tx, by, ids); err != nil {
			return err
		}
	}
	if x.Edits, err = editable(tx, by, ids); err != nil {
		return err
	}
	return x.fields(tx, v, by)
}

func idsOf(rows []Row) []ActionID {
	ids := make([]ActionID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return ids
}

// editable tells which of the actions the actor may change. Only a project lead and members of
// owners may: regions decide nothing here.
func editable(tx db.Tx, by account.Actor, ids []ActionID) (map[ActionID]bool, error) {
	v := viewerOf(by)
	if v.PersonID == "" && !v.System {
		return nil, nil
	}
	access, err := listAccess(tx, ids)
	m := map[ActionID]bool{}
	for id, a := range access {
		if May(v, EditAction, a, tx.Today()) {
			m[id] = true
		}
	}
	return m, err
}

// fields builds the bar of filters. Owners and funders are offered within a territory or contract:
// over the whole nation the list would be no help.
func (x *listView) fields(tx db.Tx, v *web.View, by account.Actor) error {
	add := func(name string, choices []web.Choice) {
		x.Fields = append(x.Fields, web.FilterField{Name: name, Label: v.T("programme.filter." + name), All: v.T("programme.filter_all." + name), Choices: choices})
	}
	x.Fields = append(x.Fields, web.FilterField{Name: "q", Label: v.T("programme.filter.q")})
	if x.Contract == nil {
		if err := x.places(tx, add); err != nil {
			return err
		}
	}
	if err := x.axisField(tx, v, add); err != nil {
		return err
	}
	add("status", web.Keyed(v, Statuses()))
	add("watch", labelled(v, "programme.watch.", watches))
	ready := []web.Choice{{Value: "yes", Label: v.T("programme.filter.ready_yes")}, {Value: "no", Label: v.T("programme.filter.ready_no")}}
	for _, c := range ConditionCodes() {
		ready = append(ready, web.Choice{Value: string(c), Label: v.T("programme.filter.not_met", "condition_key", c.Key())})
	}
	add("ready", ready)
	if x.Contract == nil && x.Filter.TerritoryID == "" {
		return nil
	}
	around := Filter{ContractID: x.Filter.ContractID, TerritoryID: x.Filter.TerritoryID}
	leads, err := listLeadChoices(tx, by, around)
	if err != nil {
		return err
	}
	funders, err := listFunderChoices(tx, by, around)
	if err != nil {
		return err
	}
	if len(leads) > 0 {
		add("owner", partyChoices(leads))
	}
	if len(funders) > 0 {
		add("funder", partyChoices(funders))
	}
	return nil
}

func (x *listView) places(tx db.Tx, add func(string, []web.Choice)) error {
	counts, err := territory.RegionCounts(tx)
	if err != nil {
		return err
	}
	var regions []web.Choice
	for _, c := range counts {
		if g, ok := territory.RegionByID(c.Region); ok {
			regions = append(regions, web.Choice{Value: string(g.ID), Label: g.Name})
		}
	}
	if len(regions) > 1 {
		add("region", regions)
	}
	list, err := territory.List(tx, territory.Filter{Region: territory.RegionID(x.Filter.RegionID), Order: territory.ByName})
	if err != nil {
		return err
	}
	x.Places = make(map[string]string, len(list))
	places := make([]web.Choice, len(list))
	for i, t := range list {
		x.Places[string(t.ID)], places[i] = t.Name, web.Choice{Value: string(t.ID), Label: t.Name}
	}
	if len(places) > 1 {
		add("territory", places)
	}
	return nil
}

func (x *listView) axisField(tx db.Tx, v *web.View, add func(string, []web.Choice)) error {
	axes := slices.Concat(PhaseAxes(2), PhaseAxes(1))
	if x.Contract != nil {
		var err error
		if axes, err = listAxes(tx, x.Contract.ID); err != nil {
			return err
		}
	}
	var choices []web.Choice
	for _, a := range axes {
		choices = append(choices, web.Choice{Value: a.Code, Label: a.Label(v.Lang)})
	}
	if len(choices) > 0 {
		add("axis", choices)
	}
	return nil
}

func labelled(v *web.View, prefix string, list []string) []web.Choice {
	out := make([]web.Choice, len(list))
	for i, x := range list {
		out[i] = web.Choice{Value: x, Label: v.T(prefix + x)}
	}
	return out
}

func partyChoices(list []party) []web.Choice {
	out := make([]web.Choice, len(list))
	for i, p := range list {
		out[i] = web.Choice{Value: p.OrganisationID, Label: p.OrganisationName}
	}
	return out
}

// URL is the address of the list without its query.
func (x listView) URL() string {
	if x.Contract != nil {
		return x.Contract.URL() + "/actions"
	}
	return "/actions"
}

// export is the address of the list as a file, with the same filters.
func (x listView) export(v *web.View, file string) string {
	q := url.Values{}
	for _, name := range append(slices.Clone(listParams), "sort") {
		if list := v.Query[name]; len(list) > 0 {
			q[name] = list
		}
	}
	if x.Contract != nil {
		q.Set("contract", string(x.Contract.ID))
	}
	if len(q) == 0 {
		return file
	}
	return file + "?" + q.Encode()
}

func (x listView) views(v *web.View) []web.Tab {
	return []web.Tab{
		{Label: v.T("programme.view.table"), URL: v.With("view", "", "page", ""), Icon: "table", Current: x.View == viewTable},
		{Label: v.T("programme.view.board"), URL: v.With("view", viewBoard, "page", ""), Icon: "layout-kanban", Current: x.View == viewBoard},
		{Label: v.T("programme.view.sheet"), URL: v.With("view", viewSheet, "page", ""), Icon: "layout-list", Current: x.View == viewSheet},
	}
}

func (x listView) head(v *web.View) web.Head {
	h := web.Head{Title: v.T("programme.list.title"), Crumbs: []web.Crumb{{Label: v.T("programme.list.title")}}}
	if c := x.Contract; c != nil {
		h.Browser = v.T("programme.list.title") + ", " + c.Title
		h.Crumbs = []web.Crumb{{Label: c.Title, URL: c.URL()}, {Label: v.T("programme.list.title")}}
		h.Facts = []templ.Component{web.Text(c.Title)}
		if c.May && c.State != Closed {
			h.Actions = []templ.Component{web.Button(web.Act{Label: v.T("programme.list.new"), URL: c.URL() + "/actions/new", Icon: "plus", Kind: web.Full})}
		}
	}
	return h
}

// found says in a sentence what the list holds.
func (x listView) found(v *web.View) string {
	return foundText(v, x.Counts)
}

func foundText(v *web.View, c Counts) string {
	s := v.T("programme.list.found", "count", c.All, "cost", v.MoneyShort(c.CostCents))
	for _, part := range []struct {
		key string
		n   int64
	}{{"programme.list.found_late", c.Late}, {"programme.list.found_blocked", c.Blocked}, {"programme.list.found_unfunded", c.Unfunded}, {"programme.list.found_silent", c.Silent}} {
		if part.n > 0 {
			s += ", " + v.T(part.key, "count", part.n, "to_find", v.MoneyShort(c.ToFindCents))
		}
	}
	return s
}

// lanes are the columns of the board.
func (x listView) lanes(v *web.View) []web.Lane {
	var lanes []web.Lane
	for _, s := range Statuses() {
		lane := web.Lane{Title: v.T(s.Key()), Badge: StatusBadge(v, s)}
		for _, r := range x.Rows {
			if r.Status == s {
				lane.Cards = append(lane.Cards, x.card(v, r))
			}
		}
		lanes = append(lanes, lane)
	}
	return lanes
}

func (x listView) card(v *web.View, r Row) web.Card {
	late := r.LateDays(v.Today()) > 0
	c := web.Card{Ref: r.Reference, Title: r.Title, URL: ActionURL(r.ID), Late: late, Facts: []templ.Component{cardFacts(v, r, x.Places[r.TerritoryID])}}
	if late {
		c.Badge = web.Badge{Label: v.T("programme.status.late"), Tone: web.Late}
	}
	if x.Edits[r.ID] {
		c.Facts = append(c.Facts, moveMenu(v, r, x.Once))
	}
	return c
}
