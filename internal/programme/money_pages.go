package programme

import (
	"cmp"
	"net/http"
	"strconv"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

// moneyView is the money of a contract as of a moment, grouped.
type moneyView struct {
	MoneySummary
	Moment moment
}

// byOf reads the grouping of the address; by funder when it names none that is known.
func byOf(v *web.View) By {
	if by := By(v.Query.Get("by")); in(by, Bys()) {
		return by
	}
	return ByFunder
}

func (s *Service) viewMoney(r *http.Request) (moneyView, error) {
	v := web.ViewOf(r)
	x := moneyView{Moment: momentOf(v)}
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		x.MoneySummary, err = ContractMoney(tx, account.ActorOf(r), ContractID(r.PathValue("id")), x.Moment.asOf(), byOf(v))
		return err
	})
	return x, err
}

func (s *Service) contractMoneyPage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.viewMoney(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, moneyTemplate(web.ViewOf(r), x))
}

// contractMoneyCSV exports the table of the page, amounts in euros.
func (s *Service) contractMoneyCSV(w http.ResponseWriter, r *http.Request) error {
	x, err := s.viewMoney(r)
	if err != nil {
		return err
	}
	v := web.ViewOf(r)
	head := []string{v.T("programme.money.column." + string(x.By)), v.T("programme.money.lines")}
	for _, k := range Kinds() {
		head = append(head, v.InUnit(v.T(k.Key()), "€"))
	}
	for _, x := range []struct{ key, unit string }{{"programme.plan.total", "€"}, {"programme.money.requested", "€"}, {"programme.money.granted", "€"}, {"programme.money.share", "%"},
		{"programme.money.answer", v.T("programme.money.days")}, {"programme.money.payment", v.T("programme.money.days")}} {
		head = append(head, v.InUnit(v.T(x.key), x.unit))
	}
	name := x.Contract.Code + "-" + string(x.By) + "-" + string(cmp.Or(x.Moment.On, v.Today())) + ".csv"
	return web.CSV(w, r, name, head, func(row func(cells ...string) error) error {
		for _, g := range append(x.Groups, x.total(v)) {
			cells := []string{x.label(v, g), strconv.FormatInt(g.Lines, 10)}
			for _, k := range Kinds() {
				cells = append(cells, v.CellEuros(g.Funnel(k)))
			}
			cells = append(cells, v.CellEuros(g.PlanCents()), v.CellEuros(g.RequestedCents), v.CellEuros(g.GrantedCents), sheetShare(v, g), sheetDays(g.Answer), sheetDays(g.Payment))
			if err := row(cells...); err != nil {
				return err
			}
		}
		return nil
	})
}

// total is the last row, named.
func (x moneyView) total(v *web.View) MoneyGroup {
	g := x.Total
	g.ID, g.Label = totalID, v.T("programme.plan.total")
	return g
}

const totalID = "total"

func sheetShare(v *web.View, g MoneyGroup) string {
	if s, ok := g.GrantedShare(); ok {
		return v.CellNumber(100*s, 1)
	}
	return ""
}

func sheetDays(d Delay) string {
	if d.Count == 0 {
		return ""
	}
	return strconv.Itoa(d.Days)
}

// label names a group in the reader's language.
func (x moneyView) label(v *web.View, g MoneyGroup) string {
	switch {
	case g.ID == totalID:
		return g.Label
	case x.By == ByFunder:
		return g.Label
	case x.By == ByNature:
		return v.T(Nature(g.ID).Key())
	case x.By == ByScheme:
		return cmp.Or(g.ID, v.T("programme.money.no_scheme"))
	case x.By == ByAxis:
		for _, a := range x.Axes {
			if string(a.ID) == g.ID {
				return a.Label(v.Lang)
			}
		}
		return v.T("programme.money.no_axis")
	}
	return g.ID
}

// url leads from a group to the actions that it is made of, where the list can be filtered so.
func (x moneyView) url(g MoneyGroup) string {
	list := "/contracts/" + string(x.Contract.ID) + "/actions?"
	switch {
	case x.By == ByFunder:
		return list + "funder=" + g.ID
	case x.By == ByAxis:
		for _, a := range x.Axes {
			if string(a.ID) == g.ID {
				return list + "axis=" + a.Code
			}
		}
	}
	return ""
}

func (x moneyView) head(v *web.View) web.Head {
	title := v.T("programme.money.title")
	return web.Head{
		Title: title, Browser: title + v.T("programme.plan.comma") + x.Contract.Title,
		Crumbs: []web.Crumb{{Label: x.Contract.Title, URL: "/contracts/" + string(x.Contract.ID)}, {Label: title}},
		Facts:  []templ.Component{web.Text(x.Contract.Title), web.Text(v.T("programme.money.over", "count", x.Actions))},
		Actions: []templ.Component{web.Button(web.Act{Label: v.T("programme.money.export"), Icon: "download", Download: true,
			URL: x.csvURL()})},
	}
}

func (x moneyView) csvURL() string {
	u := "/contracts/" + string(x.Contract.ID) + "/funding.csv?by=" + string(x.By)
	if x.Moment.past() {
		u += "&on=" + string(x.Moment.On)
	}
	if x.Moment.Known {
		u += "&known=1"
	}
	return u
}

// views are the groupings, as a switch in the address.
func (x moneyView) views(v *web.View) []web.Tab {
	var list []web.Tab
	for _, by := range Bys() {
		list = append(list, web.Tab{Label: v.T(by.Key()), URL: v.With("by", string(by)), Current: by == x.By})
	}
	return list
}

// funnel is the money by stage, shared as on the contract's own page.
func (x moneyView) funnel(v *web.View) web.Funnel {
	return Shared(v, web.Funnel{Caption: v.T("programme.money.funnel"), Rows: FunnelParts(x.Total.Amounts)}, x.Contract.AnnouncedCents, x.CostCents)
}

// share says the share granted of what was asked.
func (g MoneyGroup) share(v *web.View) string {
	if s, ok := g.GrantedShare(); ok {
		return v.Percent(s)
	}
	return "–"
}

func (d Delay) days(v *web.View) string {
	if d.Count == 0 {
		return "–"
	}
	return v.T("programme.plan.days", "count", d.Days)
}

// bar is the money of a group by stage, each euro once.
func (x moneyView) bar(g MoneyGroup) []web.MoneyPart {
	return HeldParts(g.Amounts, 0)
}

// note says how to read the table.
func (x moneyView) note(v *web.View) string {
	note := v.T("programme.money.note")
	if x.By == ByAxis {
		note += " " + v.T("programme.money.note_axis")
	}
	if x.Moment.Known {
		note += " " + v.T("programme.money.note_known")
	}
	return note
}
