package plan

import (
	"strconv"
	"strings"

	"bassin/internal/web"
)

// ruleText says a rule in words: "Toutes les 2 semaines, le lundi et le jeudi, jusqu’au 30 juin 2026".
func ruleText(v *web.View, r Rule) string {
	var s string
	switch r.Every {
	case EveryDay:
		s = v.T("plan.repeat.days", "count", r.Interval)
	case EveryWeek:
		var days []string
		for _, d := range r.Weekdays {
			days = append(days, v.T("plan.repeat.on."+string(d)))
		}
		text := strings.Join(days, ", ")
		if i := strings.LastIndex(text, ", "); i >= 0 {
			text = text[:i] + " " + v.T("plan.repeat.and") + " " + text[i+2:]
		}
		s = v.T("plan.repeat.weeks", "count", r.Interval, "days", text)
	case EveryMonth:
		s = v.T("plan.repeat.months", "count", r.Interval, "day", v.T("plan.repeat.month_day", "count", r.MonthDay))
		if r.MonthDay > 28 {
			s += v.T("plan.repeat.or_last")
		}
	}
	if r.UntilOn.Valid() {
		s += v.T("plan.repeat.until", "until_on", r.UntilOn)
	}
	if r.Times > 0 {
		s += v.T("plan.repeat.times", "count", r.Times)
	}
	return s
}

// seriesText says what comes of the series.
func (x taskView) seriesText(v *web.View) string {
	switch s := x.Series; {
	case !s.Running():
		return v.T("plan.repeat.is_stopped")
	case !s.Latest:
		return v.T("plan.repeat.earlier")
	case !s.Next.Valid():
		return v.T("plan.repeat.last")
	default:
		return v.T("plan.repeat.next", "next_on", s.Next)
	}
}

// repeatable reports whether the rule of the task can be made or changed.
func (x taskView) repeatable() bool {
	return x.may() && !x.Task.Summary && x.Task.State != Done && (x.Series.ID == "" || x.Series.Latest)
}

// repeatLabel says what the form of the rule is for.
func (x taskView) repeatLabel(v *web.View) string {
	if x.Series.ID == "" {
		return v.T("plan.repeat.begin")
	}
	return v.T("plan.repeat.change")
}

// repeatForm is the form of a rule: the one that came back, or filled from what there is.
func (x taskView) repeatForm() *web.Form {
	r := x.Series.Rule
	if x.Series.ID == "" {
		r = Rule{Every: EveryWeek, Interval: 1}
	}
	if x.Forms.Back("repeat") {
		return x.Forms["repeat"]
	}
	f := web.NewForm(web.NewOnce(), "repeat.every", string(r.Every), "repeat.interval", strconv.FormatInt(r.Interval, 10), "repeat.until_on", string(r.UntilOn))
	for _, d := range r.Weekdays {
		f.Values.Add("repeat.weekdays", string(d))
	}
	for name, n := range map[string]int64{"repeat.month_day": r.MonthDay, "repeat.times": r.Times} {
		if n > 0 {
			f.Values.Set(name, strconv.FormatInt(n, 10))
		}
	}
	return f
}

// repeatFields are the fields of the form of a rule.
func repeatFields(v *web.View) []web.Field {
	var days []web.Choice
	for d := 1; d <= 7; d++ {
		days = append(days, web.Choice{Value: strconv.Itoa(d), Label: v.T("plan.weekday." + strconv.Itoa(d%7))})
	}
	f := func(name string, x web.Field) web.Field {
		x.Name, x.Label = "repeat."+name, v.T("plan.field."+name)
		return x
	}
	return []web.Field{
		f("interval", web.Field{Narrow: true}),
		f("every", web.Field{Choices: web.Keyed(v, Everies())}),
		f("weekdays", web.Field{Choices: days, Optional: true, Hint: v.T("plan.repeat.weekdays_hint")}),
		f("month_day", web.Field{Optional: true, Narrow: true, Hint: v.T("plan.repeat.month_day_hint")}),
		f("until_on", web.Field{Optional: true}),
		f("times", web.Field{Optional: true, Narrow: true, Hint: v.T("plan.repeat.times_hint")}),
	}
}
