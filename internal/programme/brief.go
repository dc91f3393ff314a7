package programme

import (
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/web"
	"bassin/internal/when"
)

// briefs is what sheets in brief need besides the sheets: the names of axes, and on which sheets
// the reader is a party.
type briefs struct {
	Axes   map[AxisID]Axis
	Inside map[ActionID]bool
}

// readBriefs reads sheets whole, with what their briefs, prints and exports need.
func readBriefs(tx db.Tx, by account.Actor, ids []ActionID) ([]Sheet, briefs, error) {
	var b briefs
	sheets, err := listSheets(tx, ids)
	if err != nil {
		return nil, b, err
	}
	axes, err := listAxesOfActions(tx, ids)
	if err != nil {
		return nil, b, err
	}
	b.Axes = make(map[AxisID]Axis, len(axes))
	for _, a := range axes {
		b.Axes[a.ID] = a
	}
	b.Inside, err = inside(tx, by, ids)
	return sheets, b, err
}

// axes lists the axes of an action in the reader's language.
func (b briefs) axes(v *web.View, a Action) []string {
	var out []string
	for _, id := range a.AxisIDs {
		if x, ok := b.Axes[id]; ok {
			out = append(out, x.Label(v.Lang))
		}
	}
	return out
}

// sheetBadges are the badges of a sheet, as a list's row has them.
func sheetBadges(v *web.View, s Sheet) []web.Badge {
	blocked := !s.Action.Status.Over() && openBlockers(s.Blockers) > 0
	return badges(v, s.Action.Status, blocked, Late(s.Action, s.Milestones, v.Today()).Late())
}

// legendParts names every piece of a bar once.
func legendParts() []web.MoneyPart {
	parts := HeldParts(Amounts{}, 0)
	for i := range parts {
		parts[i].Cents = 1
	}
	return parts
}

func briefFacts(v *web.View, s Sheet, x briefs) []string {
	a := s.Action
	var facts []string
	add := func(text string) {
		if text != "" {
			facts = append(facts, text)
		}
	}
	if o, ok := a.Lead(); ok {
		add(o.OrganisationName)
	}
	add(strings.Join(x.axes(v, a), ", "))
	add(v.T(a.Commitment.Key()))
	add(v.T("programme.brief.priority", "priority_key", a.Priority.Key()))
	if a.Outlook != "" {
		add(v.T("programme.brief.outlook", "outlook_key", a.Outlook.Key()))
	}
	if p := s.Progress(v.Today()); p.Known {
		add(v.T("programme.brief.progress", "percent", v.Percent(float64(p.Percent)/100)))
	}
	return facts
}

// briefText is the first paragraph of the description, or of the context, and where things stand.
func briefText(s Sheet) string {
	for _, t := range []string{s.Action.Content.Description, s.Action.Context} {
		if t = strings.TrimSpace(t); t != "" {
			first, _, _ := strings.Cut(t, "\n\n")
			return first
		}
	}
	return ""
}

// briefDefs are who, when, what for and what is missing.
func briefDefs(v *web.View, s Sheet, x briefs) []web.Def {
	a := s.Action
	var defs []web.Def
	add := func(key, value string) {
		if value != "" {
			defs = append(defs, web.Def{Term: v.T(key), Value: value})
		}
	}
	add("programme.field.pilots", joined(a.Pilots, func(p Pilot) string { return withTitle(p.Title, p.Name) }))
	add("programme.field.sponsor_name", withTitle(a.SponsorTitle, a.SponsorName))
	add("programme.field.partners", joined(a.Partners, func(p Partner) string { return p.OrganisationName }))
	add("programme.brief.calendar", calendarText(v, a))
	add("programme.list.next", nextText(v, s))
	add("programme.field.indicators", joined(s.Indicators, func(i Indicator) string { return indicatorText(v, s, i) }))
	add("programme.brief.jobs", jobsText(v, a))
	add("programme.brief.lines", fundersText(v, s))
	if x.Inside[a.ID] {
		add("programme.field.progress", a.FollowUp.Progress)
		add("programme.field.blockers", blockersText(s))
	}
	add("programme.brief.missing", missingText(v, s))
	return defs
}

func joined[T any](list []T, text func(T) string) string {
	parts := make([]string, len(list))
	for i, x := range list {
		parts[i] = text(x)
	}
	return strings.Join(parts, " ; ")
}

// withTitle tells a person by role first, then name.
func withTitle(title, name string) string {
	if title == "" || name == "" {
		return title + name
	}
	return title + ", " + name
}

func calendarText(v *web.View, a Action) string {
	var parts []string
	if a.StartsOn != when.None {
		parts = append(parts, v.T("programme.brief.starts", "starts_on", a.StartsOn))
	}
	switch {
	case a.EndedOn != when.None:
		parts = append(parts, v.T("programme.brief.ended", "ended_on", a.EndedOn))
	case a.EndsOn != when.None:
		parts = append(parts, v.T("programme.brief.ends", "ends_on", a.EndsOn))
	}
	return strings.Join(parts, ", ")
}

func nextText(v *web.View, s Sheet) string {
	return s.nextMilestone(v).text()
}

// nextMilestone says the next milestone of a sheet, as a list's row does.
func (s Sheet) nextMilestone(v *web.View) nextStep {
	m, _ := NextMilestone(s.Milestones)
	n := nextStepOf(v, m.Title, m.DueOn, s.Action.Status.Over())
	if late := Late(s.Action, s.Milestones, v.Today()); late.Late() && late.MilestoneID == "" {
		n.End = endPassed(v, late.DueOn)
	}
	return n
}

// indicatorText tells an indicator with its last value and target: "Emplois formés : 31 sur 60 personnes".
func indicatorText(v *web.View, s Sheet, i Indicator) string {
	var own []Value
	for _, x := range s.Values {
		if x.IndicatorID == i.ID {
			own = append(own, x)
		}
	}
	last := i.Baseline
	if x, ok := Latest(own, never); ok {
		last = x.Value
	}
	return v.T("programme.brief.indicator", "name", i.Name, "last", v.Decimal(last, 2), "target", v.Decimal(i.Target, 2), "unit", i.Unit)
}

func jobsText(v *web.View, a Action) string {
	if a.JobsCreatedPlanned+a.JobsCreatedActual+a.JobsKeptPlanned+a.JobsKeptActual == 0 {
		return ""
	}
	return v.T("programme.brief.jobs_text", "created", a.JobsCreatedActual, "created_planned", a.JobsCreatedPlanned, "kept", a.JobsKeptActual, "kept_planned", a.JobsKeptPlanned)
}

// fundersText tells what each funder has in the plan and what of it is paid.
func fundersText(v *web.View, s Sheet) string {
	var order []string
	sums := map[string]Amounts{}
	for _, l := range s.Lines {
		if _, ok := sums[l.FunderName]; !ok {
			order = append(order, l.FunderName)
		}
		sums[l.FunderName] = sums[l.FunderName].Plus(l.State.Amounts)
	}
	return joined(order, func(name string) string {
		a := sums[name]
		if a.PaidCents > 0 {
			return v.T("programme.brief.funder_paid", "funder", name, "plan_cents", a.PlanCents(), "paid_cents", a.PaidCents)
		}
		return v.T("programme.brief.funder", "funder", name, "plan_cents", a.PlanCents())
	})
}

// lineText tells a line by funder, year, amount and step.
func lineText(v *web.View, l Funded) string {
	cents := l.State.Funnel(l.State.Stage)
	who := l.FunderName
	if l.Scheme != "" {
		who += " (" + l.Scheme + ")"
	}
	if l.State.Stage == "" {
		return who + ", " + strconv.Itoa(l.Year)
	}
	if detail := stageDetail(v, l.State); detail != "" {
		return v.T("programme.brief.line_partly", "funder", who, "year", l.Year, "detail", detail)
	}
	return v.T("programme.brief.line", "funder", who, "year", l.Year, "amount_cents", cents, "stage_key", l.State.Stage.Key())
}

func blockersText(s Sheet) string {
	var open []string
	for _, b := range s.Blockers {
		if b.Open() {
			open = append(open, b.Text+" → "+b.Unblock)
		}
	}
	return strings.Join(open, " ; ")
}

// missingText tells what readiness lacks, condition by condition.
func missingText(v *web.View, s Sheet) string {
	var out []string
	for _, c := range s.Conditions {
		for _, m := range c.Missing {
			out = append(out, v.TArgs(m.Key, m.Args))
		}
	}
	return strings.Join(out, " ; ")
}
