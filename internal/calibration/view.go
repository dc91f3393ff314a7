package calibration

import (
	"bassin/internal/db"
	"bassin/internal/park"
	"bassin/internal/web"
)

func (x calibrationView) head(v *web.View) web.Head {
	return web.Head{Title: v.T("calibration.title"), Browser: v.T("calibration.title") + ", " + x.Name,
		Crumbs: []web.Crumb{{Label: v.T("park.machines"), URL: "/machines"}, {Label: x.Name, URL: x.Machine.URL()}, {Label: v.T("calibration.title")}}}
}

// times writes a ratio: × 1.12.
func times(v *web.View, x float64) string { return "×\u00a0" + v.Decimal(x, 2) }

// said writes a spread: × 1.12 (× 1.02 to × 1.31).
func (s Spread) said(v *web.View) string {
	if s.Runs == 0 {
		return "–"
	}
	return v.T("calibration.spread", "median", times(v, s.Median), "low", times(v, s.Low), "high", times(v, s.High))
}

// Said says by how many jobs times are calibrated; "" when they are not.
func (f Factor) Said(v *web.View) string {
	s, _, ok := f.Time()
	if !ok {
		return ""
	}
	return v.T("calibration.by", "count", int(s.Runs))
}

// state says whether offers are computed with the factor.
func (f Factor) state(v *web.View) string {
	s, own, ok := f.Time()
	switch {
	case ok && own:
		return v.T("calibration.state.own", "count", int(s.Runs))
	case ok:
		return v.T("calibration.state.told", "count", int(s.Runs))
	case !f.Heeded:
		return v.T("calibration.state.ignored")
	}
	return v.T("calibration.state.few", "least", leastRuns, "count", int(max(f.OwnJobs, f.ToldJobs)))
}

func (f Factor) rows(v *web.View) []web.Def {
	return []web.Def{
		{Term: v.T("calibration.row.own", "count", int(f.OwnJobs)), Value: f.Own().said(v)},
		{Term: v.T("calibration.row.told", "count", int(f.ToldJobs)), Value: f.Told().said(v)},
		{Term: v.T("calibration.row.fed", "count", int(f.FedJobs)), Value: f.Fed().said(v)},
	}
}

// span writes how long a job took.
func span(v *web.View, seconds float64) string {
	if seconds < 3600 {
		return v.T("making.minutes", "count", int(seconds/60+0.5))
	}
	return v.Decimal(seconds/3600, 1) + "\u00a0h"
}

// quarterHour is the unit of the chart, in seconds: its marks are 15 minutes, an hour, four.
const quarterHour = 900

// chart draws estimate against real, a dot for a job.
func (x calibrationView) chart(v *web.View) web.Dots {
	c := web.Dots{ID: "runs", Title: v.T("calibration.chart"), X: v.T("calibration.estimated"), Y: v.T("calibration.real"), Kinds: []string{v.T("calibration.kind_told"), v.T("calibration.kind_own")},
		Same: v.T("calibration.same"), Format: func(quarters float64) string { return span(v, quarters*quarterHour) }}
	if s, _, ok := x.Factor.Time(); ok {
		c.Ratio, c.Fit = s.Median, v.T("calibration.fit", "ratio", times(v, s.Median))
	}
	for _, r := range x.Runs {
		d := web.Dot{X: r.EstimatedS / quarterHour, Y: r.RealS / quarterHour}
		if r.Source == Bassin {
			d.Kind = 1
		}
		c.List = append(c.List, d)
	}
	return c
}

// day writes the day of a run.
func (r Run) day(v *web.View) string { return v.Date(r.EndedAt.Date(db.Paris)) }

// state says how the program of a machine was read.
func (l Link) state(v *web.View) web.Badge {
	switch {
	case l.Problem != "":
		return web.Badge{Label: v.T(l.Problem), Tone: web.Late, Icon: "alert-triangle"}
	case l.FetchedAt == 0:
		return web.Badge{Label: v.T("calibration.waits")}
	}
	return web.Badge{Label: v.T("calibration.read_at", "at", v.DateTime(l.FetchedAt)), Tone: web.Done}
}

func heedAct(v *web.View, m park.Machine, f Factor) web.Act {
	if f.Heeded {
		return web.Act{Label: v.T("calibration.ignore"), URL: urlOf(m) + "/heed", Kind: web.Quiet, Small: true, Values: []string{"heeded", "0"}}
	}
	return web.Act{Label: v.T("calibration.heed"), URL: urlOf(m) + "/heed", Small: true, Values: []string{"heeded", "1"}}
}
