package plan

import (
	"slices"
	"strconv"
	"strings"

	"bassin/internal/web"
	"bassin/internal/when"
)

// nameOf writes a task of a step: "PREH-12 Essais".
func (x trialView) nameOf(number int64) string {
	return strings.TrimSpace(x.Code + "-" + strconv.FormatInt(number, 10) + " " + x.Tasks[number].Title)
}

// stepText says a step in words.
func (x trialView) stepText(v *web.View, s Tweak) string {
	task := x.nameOf(s.Task)
	switch {
	case s.Cut:
		return v.T("plan.trial.says_cut", "task", task, "from", x.nameOf(s.From), "kind_key", s.Kind.Key())
	case s.Kind != "":
		text := v.T("plan.trial.says_tie", "task", task, "from", x.nameOf(s.From), "kind_key", s.Kind.Key())
		if s.Lag != 0 {
			text += " " + lagText(v, s.Lag, x.day)
		}
		return text
	case s.To == when.None:
		return v.T("plan.trial.says_work", "task", task, "work", workText(v, s.Work, x.day))
	case s.Work == 0:
		return v.T("plan.trial.says_move", "task", task, "to", v.Date(s.To))
	}
	return v.T("plan.trial.says_both", "task", task, "to", v.Date(s.To), "work", workText(v, s.Work, x.day))
}

// without gives the steps but one.
func (x trialView) without(i int) []Tweak { return slices.Delete(slices.Clone(x.Steps), i, i+1) }

// trialFields are the fields of one of the forms.
func trialFields(v *web.View, x trialView, name string) []web.Field {
	f := func(field, label string, y web.Field) web.Field {
		y.Name, y.Label = name+"."+field, v.T("plan.field."+label)
		return y
	}
	task := web.Field{Narrow: true, Complete: "off", Hint: v.T("plan.links.from_hint", "code", x.Code)}
	if name == "move" {
		return []web.Field{f("task", "task_number", task), f("to", "to", web.Field{Optional: true}), f("work", "work", web.Field{Optional: true, Narrow: true})}
	}
	list := []web.Field{f("from", "from", task), f("kind", "link", web.Field{Choices: web.Keyed(v, LinkKinds())}), f("task", "successor", task)}
	if name == "tie" {
		list = append(list, f("lag", "lag", web.Field{Optional: true, Narrow: true, Hint: v.T("plan.links.lag_hint")}))
	}
	return list
}

func (c Comparison) tone() web.Tone {
	if c.Days > 0 || len(c.Late) > 0 {
		return web.Late
	}
	return web.Plain
}

// endText says how far the end of a plan would move.
func endText(v *web.View, o Outcome) string {
	switch {
	case o.Days > 0:
		return v.T("plan.try.later", "count", o.Days, "now", v.Date(o.Now))
	case o.Days < 0:
		return v.T("plan.try.earlier", "count", -o.Days, "now", v.Date(o.Now))
	}
	return v.T("plan.try.same", "now", v.Date(o.Now))
}

// resultDefs are the plan before and after, in a few lines.
func (x trialView) resultDefs(v *web.View) []web.Def {
	c := x.Result
	out := []web.Def{{Term: v.T("plan.trial.end"), Value: v.Date(c.Was) + " → " + v.Date(c.Now)}}
	for _, d := range []struct {
		key  string
		list []Task
	}{{"critical", c.Critical}, {"relieved", c.Relieved}, {"late", c.Late}} {
		if len(d.list) > 0 {
			out = append(out, web.Def{Term: v.T("plan.trial." + d.key), Value: x.titles(v, d.list)})
		}
	}
	return out
}

// titles names some tasks.
func (x trialView) titles(v *web.View, list []Task) string {
	const most = 12
	names := make([]string, 0, most)
	for i, t := range list {
		if i == most {
			return strings.Join(names, ", ") + " " + v.T("plan.load.more", "count", len(list)-most)
		}
		names = append(names, code(x.Frame, t)+" "+t.Title)
	}
	return strings.Join(names, ", ")
}
