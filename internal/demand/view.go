package demand

import (
	"math"
	"strconv"
	"strings"
	"time"

	"bassin/internal/park"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

// said writes a count; one that is hidden by its word.
func (c Count) said(v *web.View) string {
	if c.Hidden {
		return v.T("demand.hidden")
	}
	return v.Number(c.N)
}

func (c Count) cell(v *web.View) string {
	if c.Hidden {
		return v.T("demand.hidden")
	}
	return v.CellNumber(float64(c.N), 0)
}

func processName(v *web.View, p park.Process) string {
	if p == "" {
		return v.T("park.filter.all_processes")
	}
	return v.T(p.Key())
}

func monthName(v *web.View, m string) string {
	n, err := strconv.Atoi(m[5:])
	if err != nil || n < 1 || n > 12 {
		return m
	}
	return v.Month(time.Month(n)) + "\u00a0" + m[:4]
}

func (x demandView) head(v *web.View) web.Head {
	return web.Head{Title: v.T("demand.title"), Crumbs: []web.Crumb{{Label: v.T("park.machines"), URL: "/machines"}, {Label: v.T("demand.title")}},
		Facts:   []templ.Component{web.Text(v.T("demand.intro"))},
		Actions: []templ.Component{web.Button(web.Act{Label: v.T("demand.export"), Icon: "download", URL: demandURL + "/export.csv" + x.query(v), Download: true})}}
}

// query keeps what was chosen.
func (x demandView) query(v *web.View) string {
	var list []string
	for _, name := range demandParams {
		if s := v.Query.Get(name); s != "" {
			list = append(list, name+"="+s)
		}
	}
	if len(list) == 0 {
		return ""
	}
	return "?" + strings.Join(list, "&")
}

func (x demandView) period(v *web.View) string {
	if len(x.Months) == 0 {
		return ""
	}
	return v.T("demand.period", "place", x.Place, "from", monthName(v, x.Months[0].Month), "to", monthName(v, x.To))
}

func (x demandView) figures(v *web.View) []web.Figure {
	icons, tones := []string{"circle-check", "alert-triangle", "ban"}, []web.Tone{web.Done, web.Late, web.Stop}
	asked := x.Asked().said(v)
	if n := x.Asked(); n.Hidden && n.N > 0 {
		asked = v.T("demand.at_least", "count", v.Number(n.N))
	}
	list := []web.Figure{{Number: asked, Label: v.T("demand.asked"), Detail: v.T("demand.asked_note"), Icon: "cube"}}
	for i, verdict := range Verdicts() {
		f := web.Figure{Number: x.Total[i].said(v), Label: v.T(verdict.Key()), Icon: icons[i]}
		if n := x.Asked(); !n.Hidden && n.N > 0 {
			f.Detail = v.T("demand.share", "share", v.Percent(float64(x.Total[i].N)/float64(n.N)))
		}
		if x.Total[i].N > 0 {
			f.Tone = tones[i]
		}
		list = append(list, f)
	}
	return list
}

// chart is what was asked by month; a hidden count leaves a hole.
func (x demandView) chart(v *web.View) web.Lines {
	c := web.Lines{ID: "months", Title: v.T("demand.section.months"), What: v.T("demand.field.month")}
	for i, verdict := range Verdicts() {
		s := web.Series{Name: v.T(verdict.Key())}
		for _, m := range x.Months {
			n := float64(m.By[i].N)
			if m.By[i].Hidden {
				n = math.NaN()
			}
			s.Values = append(s.Values, n)
		}
		c.Series = append(c.Series, s)
	}
	for _, m := range x.Months {
		c.Labels = append(c.Labels, monthName(v, m.Month))
	}
	c.Format = func(n float64) string { return v.Number(int64(math.Round(n))) }
	return c
}

// share is the width of a gap's bar among those of a list.
func share(list []Gap, g Gap) float64 {
	most := int64(1)
	for _, x := range list {
		most = max(most, x.Parts.N)
	}
	return float64(g.Parts.N) / float64(most)
}

// name says what a gap is.
func (g Gap) name(v *web.View) string {
	if g.Process == "" {
		return v.T(g.Reason.Key())
	}
	return v.T("demand.named", "process", v.T(g.Process.Key()), "reason", v.T(g.Reason.Key()))
}

// detail says more of a gap: by how much, of which materials.
func (x demandView) detail(v *web.View, g Gap) string {
	var list []string
	if g.LackMM > 0 {
		list = append(list, v.T("demand.lack_up_to", "mm", v.Number(g.LackMM)))
	}
	if m := x.Materials[g.Process]; len(m) > 0 {
		list = append(list, strings.Join(m[:min(len(m), 4)], ", "))
	}
	return strings.Join(list, " · ")
}

func (c Chamber) size(v *web.View) string {
	return v.Number(c.MM[0]) + " × " + v.Number(c.MM[1]) + " × " + v.Number(c.MM[2]) + "\u00a0mm"
}

// held says how many parts a chamber would have held.
func (c Chamber) held(v *web.View) string {
	if c.Held.Hidden {
		return v.T("demand.hidden")
	}
	return v.T("demand.held", "count", int(c.Held.N), "of", v.Number(c.Of.N))
}
