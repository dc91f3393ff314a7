package programme

import (
	"net/http"
	"strconv"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/when"
)

func (s *Service) contractPages(m *web.Mux) {
	m.Open("GET /contracts", s.contractsPage)
	m.Page("GET /contracts/new", s.newContractPage)
	m.Page("GET /territories/{id}/contracts/new", s.newContractPage)
	m.Page("POST /contracts", s.createContractPage)
	m.Open("GET /contracts/{id}", s.contractPage)
	m.Open("GET /contracts/{id}/print", s.printContractPage)
	m.Page("GET /contracts/{id}/history", s.contractHistoryPage)
	m.Page("GET /contracts/{id}/edit", s.editContractPage)
	m.Page("POST /contracts/{id}/edit", s.saveContractPage)
	m.Page("GET /contracts/{id}/state", s.contractStatePage)
	m.Page("POST /contracts/{id}/state", s.moveContractPage)
	s.contractPartPages(m)
}

// contractsView is the list of contracts.
type contractsView struct {
	Rows   []contractRow
	Total  int
	Pager  web.Pager
	Fields []web.FilterField
	May    bool // begin a contract
}

var contractParams = []string{"q", "region", "state"}

const contractSize = 50

func (s *Service) contractsPage(w http.ResponseWriter, r *http.Request) error {
	v, by := web.ViewOf(r), account.ActorOf(r)
	var x contractsView
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		f := contractFilter{RegionID: v.Query.Get("region"), State: ContractState(v.Query.Get("state")), Text: v.Query.Get("q"), Limit: contractSize}
		if !in(f.State, ContractStates()) {
			f.State = ""
		}
		if n, err := strconv.Atoi(v.Query.Get("page")); err == nil && n > 1 && n < 1000 {
			f.Offset = (n - 1) * contractSize
		}
		if x.Rows, x.Total, err = readContracts(tx, by, f); err != nil {
			return err
		}
		x.Pager = web.PagerOf(v, contractSize, x.Total)
		x.May = len(leads(by)) > 0
		counts, err := territory.RegionCounts(tx)
		var regions []web.Choice
		for _, c := range counts {
			if g, ok := territory.RegionByID(c.Region); ok {
				regions = append(regions, web.Choice{Value: string(g.ID), Label: g.Name})
			}
		}
		x.Fields = []web.FilterField{{Name: "q", Label: v.T("programme.filter.contract")}}
		if len(regions) > 1 {
			x.Fields = append(x.Fields, web.FilterField{Name: "region", Label: v.T("programme.filter.region"), All: v.T("programme.filter_all.region"), Choices: regions})
		}
		x.Fields = append(x.Fields, web.FilterField{Name: "state", Label: v.T("programme.filter.state"), All: v.T("programme.filter_all.state"), Choices: web.Keyed(v, ContractStates())})
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, contractsTemplate(v, x))
}

// leads are the territories whose contract the actor may begin.
func leads(by account.Actor) []string {
	var ids []string
	for _, g := range by.Grants {
		if g.Role == account.ProjectLead && g.ScopeKind == account.OverTerritory && g.RevokedAt == 0 {
			ids = append(ids, g.ScopeID)
		}
	}
	return ids
}

// ContractBadge shows the state of a contract.
func ContractBadge(v *web.View, s ContractState) web.Badge {
	b := web.Badge{Label: v.T(s.Key()), Icon: "file-certificate"}
	switch s {
	case Preparation:
		b.Icon = "pencil"
	case Signed:
		b.Tone = web.Run
	case Closed:
		b.Tone, b.Icon = web.Done, "archive"
	}
	return b
}

func (s *Service) contractPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	on, wrong := pastDay(v)
	var x contractView
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		x, err = readContract(tx, account.ActorOf(r), ContractID(r.PathValue("id")), on)
		return err
	})
	if err != nil {
		return err
	}
	x.OnWrong = wrong
	return web.Render(w, r, http.StatusOK, contractTemplate(v, x))
}

// pastDay reads ?on=, the day to show money as of; wrong when it is no day or one to come.
func pastDay(v *web.View) (on when.Date, wrong bool) {
	asked := v.Query.Get("on")
	if asked == "" {
		return when.None, false
	}
	d, err := web.ParseDay(asked)
	if err != nil || d > v.Today() {
		return when.None, true
	}
	if d == v.Today() {
		return when.None, false
	}
	return d, false
}

func (x contractView) head(v *web.View) web.Head {
	h := web.Head{
		Title:  x.Title,
		Crumbs: x.crumbs(v, web.Crumb{Label: v.T("programme.contract.crumb", "phase", x.Phase)}),
		State:  web.State(ContractBadge(v, x.State)),
	}
	fact := func(text string) { h.Facts = append(h.Facts, web.Text(text)) }
	if x.Number != "" {
		fact(v.T("programme.contract.number", "number", x.Number))
	}
	if x.SignedOn != when.None {
		fact(v.T("programme.contract.signed", "signed_on", x.SignedOn))
	} else if x.MemorandumOn != when.None {
		fact(v.T("programme.contract.memorandum", "memorandum_on", x.MemorandumOn))
	}
	if x.StartsOn != when.None && x.EndsOn != when.None {
		fact(v.T("programme.contract.horizon", "first_year", x.StartsOn.Year(), "last_year", x.EndsOn.Year()))
	}
	fact(v.T("programme.contract.phase", "phase", x.Phase))
	if x.Demo {
		h.Facts = append(h.Facts, factSign("flask", v.T("programme.field.demo")))
	}
	h.Actions = append(h.Actions, web.Button(web.Act{Label: v.T("programme.contract.print"), URL: x.URL() + "/print", Icon: "printer", NoPhone: true}))
	if x.May && x.On == when.None {
		h.Actions = append(h.Actions, web.Button(web.Act{Label: v.T("programme.contract.edit"), URL: x.URL() + "/edit", Icon: "pencil"}))
		if x.State != Closed {
			h.Actions = append(h.Actions, web.Button(web.Act{Label: v.T("programme.list.new"), URL: x.URL() + "/actions/new", Icon: "plus", Kind: web.Full}))
		}
	}
	return h
}

// crumbs lead from the territory to a page of the contract; the last is where one is.
func (c contractHead) crumbs(v *web.View, rest ...web.Crumb) []web.Crumb {
	first := web.Crumb{Label: c.Place, URL: "/territories/" + c.TerritoryID}
	if c.Place == "" {
		first = web.Crumb{Label: v.T("programme.contract.list"), URL: "/contracts"}
	}
	return append([]web.Crumb{first}, rest...)
}

// below is the head of a page below the contract: an edit, a signatory.
func (c contractHead) below(v *web.View, title string) web.Head {
	return web.Head{Title: title, Browser: title + ", " + c.Title, Crumbs: c.crumbs(v, web.Crumb{Label: c.Title, URL: c.URL()}, web.Crumb{Label: title})}
}

// funnel is the money of the contract by step.
func (x contractView) funnel(v *web.View) web.Funnel {
	return ContractFunnel(v, x.Contract, x.Counts, x.Money, x.ToFindCents)
}

func (x contractView) asOf(v *web.View) web.AsOf {
	a := web.AsOf{Date: x.On, Label: v.T("programme.contract.as_of"), Param: "on"}
	if x.On == when.None {
		a.Date = v.Today()
	} else {
		a.Past = v.T("programme.contract.past", "past_on", x.On)
	}
	pick := func(label string, d when.Date) {
		a.Picks = append(a.Picks, web.Tab{Label: label, URL: v.With("on", string(d)), Current: d == x.On})
	}
	pick(v.T("web.asof.now"), when.None)
	if x.SignedOn != when.None && x.SignedOn < v.Today() {
		pick(v.T("programme.contract.pick_signed"), x.SignedOn)
	}
	pick(v.T("programme.contract.pick_year", "last_year", v.Today().Year()-1), when.Day(v.Today().Year()-1, 12, 31))
	return a
}

func (x contractsView) head(v *web.View) web.Head {
	h := web.Head{Title: v.T("programme.contract.list"), Crumbs: []web.Crumb{{Label: v.T("programme.contract.list")}}}
	if x.May {
		h.Actions = append(h.Actions, web.Button(web.Act{Label: v.T("programme.contract.new"), URL: "/contracts/new", Icon: "plus", Kind: web.Full}))
	}
	return h
}

// actionsTitle says how many actions there are.
func (x contractView) actionsTitle(v *web.View) string {
	if len(x.Rows) == 0 {
		return v.T("programme.contract.actions")
	}
	return v.T("programme.contract.all_actions", "count", len(x.Rows))
}

// more is the link of a section to where it is changed, for who may.
func (x contractView) more(v *web.View, key, path string) web.Link {
	if !x.May {
		return web.Link{}
	}
	return web.Link{Label: v.T(key), URL: x.URL() + path}
}

// dates are the dates and the amount of the contract.
func (x contractView) dates(v *web.View) []web.Def {
	defs := []web.Def{{Term: v.T("programme.field.state"), Value: v.T(x.State.Key())}}
	add := func(key, value string) {
		if value != "" {
			defs = append(defs, web.Def{Term: v.T(key), Value: value})
		}
	}
	add("programme.field.memorandum_on", v.Date(x.MemorandumOn))
	add("programme.field.signed_on", v.Date(x.SignedOn))
	add("programme.field.starts_on", v.Date(x.StartsOn))
	add("programme.field.ends_on", v.Date(x.EndsOn))
	if x.AnnouncedCents > 0 {
		add("programme.field.announced_cents", v.Money(x.AnnouncedCents))
	}
	add("programme.field.number", x.Number)
	add("programme.field.code", x.Code)
	return defs
}

// printHead is the head of the contract on paper.
func (x contractPrint) printHead(v *web.View) web.Head {
	h := x.head(v)
	h.Print, h.Actions, h.State = true, nil, nil
	h.Crumbs = x.crumbs(v, web.Crumb{Label: x.Title, URL: x.URL()}, web.Crumb{Label: v.T("programme.contract.print")})
	return h
}

// depthClass indents what stands below something else, four levels at most.
func depthClass(depth int) string { return "d" + strconv.Itoa(min(depth, 4)) }

// signed tells how a signatory signed: function, assembly, number, dates.
func signedText(v *web.View, s Signatory) string {
	text := ""
	add := func(part string) {
		if part == "" {
			return
		}
		if text != "" {
			text += ", "
		}
		text += part
	}
	add(s.Assembly)
	if s.DeliberationNumber != "" {
		add(v.T("programme.contract.deliberation", "number", s.DeliberationNumber))
	}
	if s.DeliberatedOn != when.None {
		add(v.T("programme.contract.deliberated", "deliberated_on", s.DeliberatedOn))
	}
	if s.SignedOn != when.None {
		add(v.T("programme.contract.signed", "signed_on", s.SignedOn))
	}
	return text
}

func (s *Service) printContractPage(w http.ResponseWriter, r *http.Request) error {
	v, by := web.ViewOf(r), account.ActorOf(r)
	var x contractPrint
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.contractView, err = readContract(tx, by, ContractID(r.PathValue("id")), when.None); err != nil {
			return err
		}
		x.Sheets, x.briefs, err = readBriefs(tx, by, idsOf(x.Rows[:min(len(x.Rows), maxPrinted)]))
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, contractPrintTemplate(v, x))
}

// contractPrint is a contract on paper. The names of axes are those of its sheets.
type contractPrint struct {
	contractView
	Sheets []Sheet
	briefs briefs
}

func (s *Service) contractHistoryPage(w http.ResponseWriter, r *http.Request) error {
	v, by := web.ViewOf(r), account.ActorOf(r)
	var x contractView
	before, _ := strconv.ParseInt(v.Query.Get("before"), 10, 64)
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x, err = readContract(tx, by, ContractID(r.PathValue("id")), when.None); err != nil {
			return err
		}
		if !x.Inside {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		x.History, err = account.History(tx, "contract", string(x.ID), before, historyLong)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, contractHistoryTemplate(v, x))
}

const historyLong = 50

// older is the address of the entries before those shown; empty when there are none.
func (x contractView) older(v *web.View) string {
	if len(x.History) < historyLong {
		return ""
	}
	return v.With("before", strconv.FormatInt(x.History[len(x.History)-1].Seq, 10))
}
