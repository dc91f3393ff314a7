package cost

import (
	"math"
	"strconv"

	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/web"
	"bassin/internal/when"
)

// duration writes minutes as hours of work: "12 h 30".
func duration(v *web.View, minutes int64) string {
	return v.T("cost.duration", "hours", v.Number(minutes/60), "rest", pad(minutes%60))
}

func pad(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(100+n, 10)[1:]
}

// figures are the heads of the summary.
func (x summaryView) figures(v *web.View) []web.Figure {
	s := x.Sum.Whole
	over := web.Figure{Number: v.MoneyShort(-s.Over()), Label: v.T("cost.figure.left")}
	if s.Budget == 0 {
		over = web.Figure{Number: "–", Label: v.T("cost.figure.left"), Detail: v.T("cost.figure.no_budget")}
	} else if s.Over() > 0 {
		over = web.Figure{Number: v.MoneyShort(s.Over()), Label: v.T("cost.figure.over"), Tone: web.Stop, Icon: "alert-triangle"}
	}
	return []web.Figure{
		{Number: v.MoneyShort(s.Budget), Label: v.T("cost.figure.budget")},
		{Number: v.MoneyShort(s.Committed), Label: v.T("cost.figure.committed"), Detail: v.T("cost.figure.spent", "amount", v.Money(s.Spent))},
		{Number: v.MoneyShort(s.Forecast()), Label: v.T("cost.figure.forecast"), Detail: v.T("cost.figure.to_come", "amount", v.Money(s.ToCome))},
		over,
	}
}

// sumRow is a line of a table of sums.
type sumRow struct {
	Label string
	Sum
}

func (x summaryView) byCategory(v *web.View) []sumRow {
	var list []sumRow
	for _, c := range Categories() {
		if s := x.Sum.ByCategory[c]; s != (Sum{}) {
			list = append(list, sumRow{v.T(c.Key()), s})
		}
	}
	return list
}

func (x summaryView) byStage(v *web.View) []sumRow {
	var list []sumRow
	names := stageNames(v, x.Stages)
	for _, st := range append(x.Stages[:len(x.Stages):len(x.Stages)], project.Stage{}) {
		if s := x.Sum.ByStage[st.ID]; s != (Sum{}) {
			list = append(list, sumRow{names[st.ID], s})
		}
	}
	return list
}

// share is how much of the larger of budget and forecast an amount makes.
func (s Sum) share(cents int64) float64 {
	whole := max(s.Budget, s.Forecast())
	if whole <= 0 {
		return 0
	}
	return min(1, max(0, float64(cents)/float64(whole)))
}

// curve is what was spent month after month, beside the budget.
func (x summaryView) curve(v *web.View) web.Lines {
	c := web.Lines{ID: "spent", Title: v.T("cost.curve"), What: v.T("cost.month"), Format: func(f float64) string { return v.MoneyShort(int64(math.Round(f))) }}
	spent, budget := web.Series{Name: v.T("cost.field.spent")}, web.Series{Name: v.T("cost.field.budget")}
	for _, m := range x.Books.ByMonth() {
		c.Labels = append(c.Labels, v.Month(m.EndsOn.Time().Month())+" "+strconv.Itoa(m.EndsOn.Year()))
		spent.Values = append(spent.Values, float64(m.Spent))
		budget.Values = append(budget.Values, float64(x.Sum.Whole.Budget))
	}
	c.Series = []web.Series{spent, budget}
	return c
}

// taskName is what a task is called: its number and title.
func taskName(v *web.View, f project.Frame, id plan.TaskID, named map[plan.TaskID]plan.Brief) string {
	b, ok := named[id]
	switch {
	case id == "":
		return v.T("cost.no_task")
	case !ok:
		return v.T("cost.gone_task")
	}
	return f.Code + "-" + strconv.FormatInt(b.Number, 10) + " " + b.Title
}

// estimate is the work that the plan holds for a task, none when it is gone.
func estimate(v *web.View, id plan.TaskID, named map[plan.TaskID]plan.Brief) string {
	if b, ok := named[id]; ok {
		return duration(v, b.Work)
	}
	return "–"
}

// weekday names a day of the timesheet: "lun. 23".
func weekday(v *web.View, d when.Date) string {
	return v.T("cost.weekday."+strconv.Itoa(int(d.Time().Weekday())), "day", strconv.Itoa(d.Time().Day()))
}

func toneOf(s Sum) web.Tone {
	if s.Budget > 0 && s.Over() > 0 {
		return web.Late
	}
	return ""
}

func purchaseBadge(v *web.View, s PurchaseState) web.Badge {
	b := web.Badge{Label: v.T(s.Key())}
	switch s {
	case Planned:
		b.Icon = "pencil"
	case Ordered:
		b.Tone = web.Run
	case Invoiced:
		b.Tone, b.Icon = web.Late, "file-invoice"
	case Paid:
		b.Tone = web.Done
	case Cancelled:
		b.Tone = web.Stop
	}
	return b
}

func sumOf(r weekRow) int64 {
	sum := int64(0)
	for _, m := range r.Minutes {
		sum += m
	}
	return sum
}

// firstDay is when a rate begins to hold unless one says otherwise: with the project, so that hours
// written before rates cost something.
func (x budgetView) firstDay() when.Date {
	if x.StartsOn.Valid() {
		return x.StartsOn
	}
	return x.Today
}
