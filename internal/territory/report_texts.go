package territory

import (
	"bassin/internal/web"

	"github.com/a-h/templ"
)

func (r Report) badge(v *web.View) web.Badge {
	switch {
	case r.Findings():
		return web.Badge{Label: v.T("territory.report.state.findings"), Icon: "alert-triangle", Tone: web.Late}
	case r.None():
		return web.Badge{Label: v.T("territory.report.state.none")}
	}
	return web.Badge{Label: v.T("territory.report.state.done"), Tone: web.Done}
}

func (r Report) facts(v *web.View) []templ.Component {
	return []templ.Component{
		web.Text(v.DateTime(r.At)), web.Text(r.By), web.Text(v.T("territory.form." + string(r.Form))),
		web.Text(v.T("territory.report.lines_read", "count", r.Lines)), web.Text(r.Encoding),
	}
}

// figures are the counts, each with what it is made of and a link to its part of the page.
func (r Report) figures(v *web.View) []web.Figure {
	detail := func(of func(Tally) int) string {
		text := ""
		for _, x := range []struct {
			key string
			t   Tally
		}{{"territory.report.of_territories", r.Territories}, {"territory.report.of_groupings", r.Groupings}, {"territory.report.of_communes", r.Communes}} {
			if n := of(x.t); n > 0 {
				if text != "" {
					text += ", "
				}
				text += v.T(x.key, "count", n)
			}
		}
		return text
	}
	t := r.Total()
	list := []web.Figure{
		{Number: number(v, t.Added), Label: v.T("territory.report.added"), Detail: detail(func(t Tally) int { return t.Added })},
		{Number: number(v, t.Changed), Label: v.T("territory.report.changed"), Detail: detail(func(t Tally) int { return t.Changed })},
		{Number: number(v, t.Unchanged), Label: v.T("territory.report.unchanged"), Detail: detail(func(t Tally) int { return t.Unchanged })},
		{Number: number(v, r.RejectedCount), Label: v.T("territory.report.rejected")},
	}
	for i, at := range []struct {
		n      int
		anchor string
	}{{t.Added, "#added"}, {t.Changed, "#changed"}, {0, ""}, {r.RejectedCount, "#rejected"}} {
		if at.n > 0 {
			list[i].URL = at.anchor
		}
	}
	if r.RejectedCount > 0 {
		list[3].Tone, list[3].Icon = web.Late, "alert-triangle"
	}
	return list
}
