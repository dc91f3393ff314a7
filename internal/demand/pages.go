package demand

import (
	"net/http"
	"strconv"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/park"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/when"
)

const demandURL = "/demand"

// Pages registers the feature's pages.
func (s *Service) Pages(m *web.Mux) {
	m.Page("GET "+demandURL, s.demandPage)
	m.Page("GET "+demandURL+"/export.csv", s.exportPage)
}

// Door is the link above the list of machines.
func Door(v *web.View) web.Link { return web.Link{Label: v.T("demand.door"), URL: demandURL} }

// URLOf is the address of the figures of a territory.
func URLOf(id territory.ID) string { return demandURL + "?where=" + string(id) }

var demandParams = []string{"where", "process", "from", "to"}

// demandView is the page of what was asked and could not be made.
type demandView struct {
	CountedAt when.Time
	Figures
	Wanted
	Place     string
	Fields    []web.FilterField
	Materials map[park.Process][]string
	Tried     *Chamber
	Typed     [3]string // of the chamber that is tried
	TryOn     park.Process
	First     string // month from which on something is known; "": nothing is
}

func wantedOf(v *web.View) Wanted {
	return Wanted{Where: v.Query.Get("where"), Process: park.Process(v.Query.Get("process")), From: v.Query.Get("from"), To: v.Query.Get("to")}
}

func (s *Service) demandPage(w http.ResponseWriter, r *http.Request) error {
	v, by := web.ViewOf(r), account.ActorOf(r)
	x := demandView{Wanted: wantedOf(v)}
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.Figures, x.CountedAt, err = s.figures(tx, by, &x.Wanted); err != nil {
			return err
		}
		if x.First, err = firstMonth(tx); err != nil {
			return err
		}
		if x.Materials, err = materialsOf(tx); err != nil {
			return err
		}
		x.Fields, x.Place, err = fieldsFor(tx, by, v, x)
		return err
	})
	if err != nil {
		return err
	}
	x.try(v)
	return web.Render(w, r, http.StatusOK, demandTemplate(v, x))
}

// try reads the chamber that somebody tries, in millimetres.
func (x *demandView) try(v *web.View) {
	x.TryOn = park.Process(v.Query.Get("try"))
	if x.Process != "" {
		x.TryOn = x.Process
	}
	if len(x.Boxes[x.TryOn]) == 0 {
		x.TryOn = ""
		for _, p := range park.Processes() {
			if len(x.Boxes[p]) > 0 {
				x.TryOn = p
				break
			}
		}
	}
	var mm [3]int64
	for i, name := range []string{"x", "y", "z"} {
		x.Typed[i] = v.Query.Get(name)
		n, err := strconv.ParseInt(x.Typed[i], 10, 64)
		if err != nil || n < 1 || n > 20_000 || x.TryOn == "" {
			return
		}
		mm[i] = n
	}
	c := x.Figures.try(x.TryOn, mm)
	x.Tried = &c
}

// fieldsFor are the choices of the page, and the name of the place that is shown.
func fieldsFor(tx db.Tx, by account.Actor, v *web.View, x demandView) ([]web.FilterField, string, error) {
	own, err := placeOf(tx, by)
	if err != nil {
		return nil, "", err
	}
	list, err := territory.List(tx, territory.Filter{})
	if err != nil {
		return nil, "", err
	}
	places := []web.Choice{{Value: nation, Label: v.T("demand.nation")}}
	if len(by.Organisations()) > 0 {
		places = append(places, web.Choice{Value: ours, Label: v.T("demand.ours")})
	}
	for _, t := range list {
		places = append(places, web.Choice{Value: string(t.ID), Label: t.Name})
	}
	for _, r := range territory.Regions() {
		places = append(places, web.Choice{Value: regionPrefix + string(r.ID), Label: v.T("demand.region", "name", r.Name)})
	}
	name := func(value string) string {
		for _, p := range places {
			if p.Value == value {
				return p.Label
			}
		}
		return value
	}
	var months []web.Choice
	first := x.First
	if first == "" {
		first = x.To
	}
	for m := monthOf(tx.Today()); m >= first && len(months) < 240; m = back(m, 1) {
		months = append(months, web.Choice{Value: m, Label: monthName(v, m)})
	}
	return []web.FilterField{
		{Name: "where", Label: v.T("demand.field.where"), All: name(own), Choices: places},
		{Name: "process", Label: v.T("park.field.process"), All: v.T("park.filter.all_processes"), Choices: web.Keyed(v, park.Processes())},
		{Name: "from", Label: v.T("demand.field.from"), All: v.T("demand.all_from"), Choices: months},
		{Name: "to", Label: v.T("demand.field.to"), All: v.T("demand.all_to"), Choices: months},
	}, name(x.Where), nil
}

func (s *Service) exportPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	want := wantedOf(v)
	var x Figures
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		x, _, err = s.figures(tx, account.ActorOf(r), &want)
		return err
	})
	if err != nil {
		return err
	}
	head := []string{v.T("demand.column.what"), v.T("demand.field.month"), v.T("park.field.process"), v.T("demand.column.outcome"), v.T("demand.column.parts"), v.T("demand.column.alone"), v.InUnit(v.T("demand.column.lack"), "mm")}
	return web.CSV(w, r, v.T("demand.file")+".csv", head, func(row func(cells ...string) error) error {
		for _, m := range x.Months {
			for i, c := range m.By {
				if err := row(v.T("demand.section.months"), m.Month, processName(v, want.Process), v.T(Verdicts()[i].Key()), c.cell(v), "", ""); err != nil {
					return err
				}
			}
		}
		for _, part := range []struct {
			title string
			list  []Gap
		}{{"demand.section.gaps", x.Gaps}, {"demand.section.faults", x.Faults}, {"demand.section.orders", x.Orders}} {
			for _, g := range part.list {
				alone, lack := "", ""
				if part.title == "demand.section.gaps" {
					alone = g.Alone.cell(v)
				}
				if g.LackMM > 0 {
					lack = v.CellNumber(float64(g.LackMM), 0)
				}
				if err := row(v.T(part.title), want.From+" – "+want.To, processName(v, g.Process), v.T(g.Reason.Key()), g.Parts.cell(v), alone, lack); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
