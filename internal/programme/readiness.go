package programme

import (
	"strings"
	"unicode/utf8"

	"bassin/internal/fault"
	"bassin/internal/when"
)

// ConditionCode names one of the five conditions.
type ConditionCode string

// The five conditions under which a project sheet becomes an action sheet.
const (
	Carried   ConditionCode = "carried"   // portée
	Described ConditionCode = "described" // décrite
	Financed  ConditionCode = "funded"    // financée
	Evaluated ConditionCode = "evaluated" // évaluée
	Ready     ConditionCode = "ready"     // prête à démarrer
)

// ConditionCodes lists them in order.
func ConditionCodes() [5]ConditionCode {
	return [5]ConditionCode{Carried, Described, Financed, Evaluated, Ready}
}

// Key gives the text key of the condition's name.
func (c ConditionCode) Key() string { return "programme.condition." + string(c) }

// Missing is one thing that a condition lacks, with the field where it is put right.
type Missing struct {
	Key     string
	Args    fault.Args
	Section Section
	Field   string
}

// Condition is one of the five, met when nothing is missing.
type Condition struct {
	Code    ConditionCode
	Met     bool
	Missing []Missing
}

// Facts are what readiness is computed from.
type Facts struct {
	Action     Action
	Plan       Plan
	Indicators []Indicator
	Milestones []Milestone
}

// The lengths under which a text says too little to decide on. Chosen for one true sentence (40)
// and for a short paragraph (80); they keep out "à compléter".
const (
	leastSentence  = 40
	leastParagraph = 80
)

// Readiness computes the five conditions; nothing is ever ticked by hand.
func Readiness(f Facts) [5]Condition {
	return [5]Condition{
		condition(Carried, carried(f.Action)),
		condition(Described, described(f.Action)),
		condition(Financed, financed(f.Plan)),
		condition(Evaluated, evaluated(f.Indicators)),
		condition(Ready, ready(f.Action, f.Milestones)),
	}
}

// Met counts the conditions that are met.
func Met(conditions [5]Condition) int {
	n := 0
	for _, c := range conditions {
		if c.Met {
			n++
		}
	}
	return n
}

func condition(code ConditionCode, missing []Missing) Condition {
	return Condition{code, len(missing) == 0, missing}
}

func lacks(section Section, field, key string, pairs ...any) Missing {
	return Missing{key, fault.New(fault.Invalid, key, pairs...).Args, section, field}
}

func carried(a Action) []Missing {
	var m []Missing
	if _, leads := a.Lead(); !leads {
		m = append(m, lacks(SectionPeople, "owners", "programme.missing.owner"))
	}
	if len(a.Pilots) == 0 {
		m = append(m, lacks(SectionPeople, "pilots", "programme.missing.pilot"))
	}
	return m
}

func described(a Action) []Missing {
	var m []Missing
	for _, t := range []struct {
		field, text string
		least       int
	}{
		{"context", a.Context, leastSentence},
		{"description", a.Content.Description, leastParagraph},
		{"stakes", a.Stakes, leastSentence},
	} {
		n := utf8.RuneCountInString(strings.TrimSpace(t.text))
		switch {
		case n == 0:
			m = append(m, lacks(SectionDescription, t.field, "programme.missing.text", "field_key", "programme.field."+t.field))
		case n < t.least:
			m = append(m, lacks(SectionDescription, t.field, "programme.missing.longer",
				"field_key", "programme.field."+t.field, "length", n, "min", t.least))
		}
	}
	if len(a.GroupingIDs) == 0 && strings.TrimSpace(a.Communes) == "" {
		m = append(m, lacks(SectionDescription, "grouping_ids", "programme.missing.perimeter"))
	}
	return m
}

func financed(p Plan) []Missing {
	if p.CostCents <= 0 {
		return []Missing{lacks(SectionCosts, "costs", "programme.missing.cost")}
	}
	var m []Missing
	for _, y := range p.Years {
		switch {
		case y.Balanced():
		case y.MissingCents > 0:
			m = append(m, lacks(SectionFunding, "lines", "programme.missing.money",
				"missing_cents", y.MissingCents, "cost_cents", y.CostCents, "year", y.Year))
		default:
			m = append(m, lacks(SectionFunding, "lines", "programme.missing.excess",
				"excess_cents", y.ExcessCents, "cost_cents", y.CostCents, "year", y.Year))
		}
	}
	return m
}

func evaluated(list []Indicator) []Missing {
	if len(list) == 0 {
		return []Missing{lacks(SectionIndicators, "indicators", "programme.missing.indicator")}
	}
	var m []Missing
	for _, i := range list {
		field := "indicators." + string(i.ID)
		if strings.TrimSpace(i.Unit) == "" {
			m = append(m, lacks(SectionIndicators, field, "programme.missing.unit", "name", i.Name))
		}
		if i.BaselineOn == when.None {
			m = append(m, lacks(SectionIndicators, field, "programme.missing.baseline", "name", i.Name))
		}
		if i.TargetOn == when.None {
			m = append(m, lacks(SectionIndicators, field, "programme.missing.target", "name", i.Name))
		}
	}
	return m
}

func ready(a Action, milestones []Milestone) []Missing {
	var m []Missing
	if a.StartsOn == when.None {
		m = append(m, lacks(SectionCalendar, "starts_on", "programme.missing.start"))
	}
	dated := false
	for _, x := range milestones {
		dated = dated || x.DueOn != when.None
	}
	if !dated && a.EndsOn == when.None {
		m = append(m, lacks(SectionCalendar, "ends_on", "programme.missing.end"))
	}
	return m
}
