package programme

import (
	"strconv"

	"bassin/internal/fault"
	"bassin/internal/when"
)

// NewLines are the lines of one funder, scheme and nature, one a year, each with its first step.
type NewLines struct {
	Line                  // but for the year
	Kind        Kind      // of the first step
	EffectiveOn when.Date // of the first step
	Years       []YearAmount
}

// YearAmount is the amount of the first step of one year's line.
type YearAmount struct {
	Year  int
	Cents int64
}

// validate tells everything that is wrong with the lines and their first steps at once.
func (n NewLines) validate(today when.Date) error {
	var wrong fault.Fields
	add := func(err error, name func(string) string) {
		if f := fault.As(err); f != nil {
			for _, x := range f.Fields {
				if x.Name = name(x.Name); !wrong.Has(x.Name) {
					wrong = append(wrong, x)
				}
			}
		}
	}
	l := n.Line
	l.Year = MinYear // each year is checked below
	add(l.validate(), func(name string) string { return name })
	if !in(n.Kind, l.NextKinds(nil)) {
		wrong.Add("kind", "programme.wrong.choice")
	}
	if len(n.Years) == 0 {
		wrong.Add("years", "programme.line.no_amount")
	}
	for _, y := range n.Years {
		amount := "amount." + strconv.Itoa(y.Year)
		if year(&wrong, amount, y.Year); wrong.Has(amount) {
			continue
		}
		step := Step{Kind: n.Kind, EffectiveOn: n.EffectiveOn, AmountCents: y.Cents}
		add(step.validate(today), func(name string) string {
			if name == "amount_cents" {
				return amount
			}
			return name
		})
	}
	if len(n.Years) == 0 {
		add(Step{Kind: n.Kind, EffectiveOn: n.EffectiveOn, AmountCents: 1}.validate(today), func(name string) string { return name })
	}
	return wrong.Err()
}
