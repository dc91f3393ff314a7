package plan

import (
	"strconv"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/planfile"
	"bassin/internal/project"
	"bassin/internal/web"
)

// shownTasks is how many tasks a preview lists.
const shownTasks = 200

// lineText is the number of a line; nothing for the file as a whole.
func lineText(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// noteText says a note. What a form of the plan would refuse is said in its words.
func noteText(v *web.View, n planfile.Note) string {
	if n.Key != "wrong" {
		return v.TArgs("planfile."+n.Key, n.Args)
	}
	args, _ := n.Args["args"].(map[string]any)
	if a, ok := n.Args["args"].(fault.Args); ok {
		args = a
	}
	why, _ := n.Args["why"].(string)
	return v.T("planfile.wrong", "title", n.Args["title"], "why", v.TArgs(why, args))
}

func importField(v *web.View) web.Field {
	return web.Field{Name: "file", Label: v.T("plan.import.file"), Accept: ".csv,.txt,.tsv,.xml", Hint: v.T("plan.import.file_hint", "max", planfile.MaxBytes>>20, "tasks", v.Number(planfile.MaxTasks))}
}

func formName(v *web.View, f planfile.Form) string { return v.T("plan.import.form." + string(f)) }

// facts are what was found in the file.
func (x surveyView) facts(v *web.View) []web.Def {
	form := formName(v, x.Form)
	if x.Comma != "" {
		form += ", " + x.Encoding
	}
	list := []web.Def{{Term: v.T("plan.import.form"), Value: form}, {Term: v.T("plan.import.lines"), Value: v.Number(int64(x.Lines))},
		{Term: v.T("plan.import.tasks"), Value: v.Number(int64(x.Tasks))}, {Term: v.T("plan.import.links"), Value: v.Number(int64(x.survey.Report.Links))}}
	if x.There > 0 {
		list = append(list, web.Def{Term: v.T("plan.import.there"), Value: v.Number(int64(x.There))})
	}
	if x.EndsOn.Valid() && x.Tasks > 0 {
		list = append(list, web.Def{Term: v.T("plan.import.ends"), Value: v.Date(x.EndsOn)})
	}
	if x.Import.DoneAt != 0 && x.Tasks > 0 {
		list = append(list, web.Def{Term: v.T("plan.import.numbers"), Value: x.Code + "-" + strconv.FormatInt(x.FirstNumber, 10) + " – " + x.Code + "-" + strconv.FormatInt(x.FirstNumber+int64(x.Tasks)-1, 10)})
	}
	return list
}

// readingFields are the choices that a table leaves to people.
func (x surveyView) readingFields(v *web.View) []web.Field {
	choices := []web.Choice{{Value: "", Label: v.T("plan.import.ignored")}}
	for _, f := range planfile.Fields() {
		choices = append(choices, web.Choice{Value: string(f), Label: v.T("planfile.field." + string(f))})
	}
	list := []web.Field{{Name: "order", Label: v.T("plan.import.order"), Choices: []web.Choice{{Value: string(planfile.DayFirst), Label: v.T("plan.import.order.dmy")},
		{Value: string(planfile.MonthFirst), Label: v.T("plan.import.order.mdy")}}}}
	for i, c := range x.Columns {
		own := choices
		switch c.Field {
		case planfile.Alias, planfile.Seconds, planfile.Related, planfile.Earliest, planfile.Mode: // what only one tool has
			own = append([]web.Choice{{Value: string(c.Field), Label: v.T("planfile.field." + string(c.Field))}}, choices...)
		}
		name := c.Name
		if name == "" {
			name = v.T("plan.import.column", "number", i+1)
		}
		hint := ""
		if c.First != "" {
			hint = v.T("plan.import.first", "value", c.First)
		}
		list = append(list, web.Field{Name: columnField(i), Label: name, Hint: hint, Choices: own, Optional: true})
	}
	return list
}

func (x surveyView) readingForm() *web.Form {
	pairs := []string{"order", string(x.Order)}
	for i, c := range x.Columns {
		pairs = append(pairs, columnField(i), string(c.Field))
	}
	return web.NewForm(web.NewOnce(), pairs...)
}

// ignored counts the columns that fill nothing.
func (x surveyView) ignored() (n int) {
	for _, c := range x.Columns {
		if c.Field == planfile.None {
			n++
		}
	}
	return n
}

// names are those to whom a task would be given.
func (x surveyView) names(d Draft) string {
	out := ""
	for _, id := range d.People {
		if out != "" {
			out += ", "
		}
		out += memberName(x.Members, id)
	}
	return out
}

func memberName(list []account.Held, id account.PersonID) string {
	for _, m := range list {
		if m.PersonID == id {
			return m.Name
		}
	}
	return ""
}

// draftDates says when a task would stand before links and calendar decide.
func draftDates(v *web.View, t Task) string {
	switch {
	case t.Mode == Manual:
		return v.Date(t.BeginOn) + " – " + v.Date(t.EndOn)
	case t.Mode == Fixed:
		return v.Date(t.BeginOn)
	case t.NotBefore.Valid():
		return v.T("plan.import.from", "on", v.Date(t.NotBefore))
	}
	return v.T("plan.import.by_links")
}

// done reports whether the import is taken in.
func (x surveyView) done() bool { return x.Import.DoneAt != 0 }

// taking reports whether a run takes the import in.
func (x surveyView) taking() bool { return !x.done() && x.run.ID != "" && !x.run.State.Ended() }

// mayTake reports whether the draft can be taken in by who looks.
func (x surveyView) mayTake() bool {
	return !x.done() && !x.taking() && x.wrong == nil && x.Tasks > 0 && x.MayNow(project.Contribute)
}
