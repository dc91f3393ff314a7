package making

import (
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/db"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

// Panel shows the orders of a part on its page.
func (s *Service) Panel(tx db.Tx, by account.Actor, v *web.View, p additive.Part) (templ.Component, error) {
	list, err := orderRowsOf(tx, by, Filter{Part: p.ID}, 0)
	return onPart(v, p, list), err
}

// startKey is what the button says that begins a build: the first, or again after one that did not succeed.
func (x orderView) startKey() string {
	if x.State == Built {
		return "making.start_again"
	}
	return "making.start"
}

func (x orderView) quoteKey() string {
	if x.State == Quoted {
		return "making.quote_again"
	}
	return "making.quote"
}

func (x orderView) canAnything(v *web.View) bool {
	for to := range moves {
		if x.Can(to) && !(to == Accepted && x.Expired(v.Today())) {
			return true
		}
	}
	return false
}

// floorValues tell a form of the phone's page where to go back to.
func floorValues(floor bool) []string {
	if floor {
		return []string{"floor", "1"}
	}
	return nil
}

func quoteFields(v *web.View) []web.Field {
	return []web.Field{
		{Name: "quote.price_cents", Label: v.T("making.field.price")}, {Name: "quote.ready_on", Label: v.T("making.ready")}, {Name: "quote.valid_on", Label: v.T("making.field.valid_on")},
		{Name: "quote.answer", Label: v.T("making.field.answer"), Optional: true},
	}
}

// quotePairs fill the form of a quote: with the one that stands, else with what was computed.
func (x orderView) quotePairs(v *web.View) []string {
	price, valid := x.PriceCents, x.ValidOn
	if price == 0 {
		price = x.LikelyCents
	}
	if valid == "" {
		valid = v.Today().AddDays(validDays)
	}
	list := []string{"quote.ready_on", string(x.ReadyOn), "quote.valid_on", string(valid), "quote.answer", x.Answer}
	if price > 0 {
		list = append(list, "quote.price_cents", v.Amount(price))
	}
	return list
}

func finishFields(v *web.View) []web.Field {
	return []web.Field{
		{Name: "finish.lot", Label: v.T("making.field.lot")},
		{Name: "finish.operator", Label: v.T("making.field.operator"), Hint: v.T("making.field.operator_hint")},
		{Name: "finish.settings", Label: v.T("making.field.settings"), Hint: v.T("making.field.settings_hint"), Optional: true, Rows: 3},
	}
}

func measureFields(v *web.View) []web.Field {
	return []web.Field{
		{Name: "measure.name", Label: v.T("making.field.measure"), Hint: v.T("making.field.measure_hint")},
		{Name: "measure.nominal_mm", Label: v.T("making.field.nominal_mm"), Unit: "mm"}, {Name: "measure.lower_mm", Label: v.T("making.field.lower_mm"), Unit: "mm"},
		{Name: "measure.upper_mm", Label: v.T("making.field.upper_mm"), Unit: "mm"}, {Name: "measure.measured_mm", Label: v.T("making.field.measured_mm"), Unit: "mm"},
	}
}

func rateFields(v *web.View) []web.Field {
	var list []web.Choice
	for n := 5; n >= 1; n-- {
		list = append(list, web.Choice{Value: strconv.Itoa(n), Label: v.T("making.rated", "count", n)})
	}
	return []web.Field{{Name: "rate.rating", Label: v.T("making.rating"), Choices: list}, {Name: "rate.text", Label: v.T("making.field.rating_text"), Optional: true}}
}

func (m Measure) badge(v *web.View) web.Badge {
	if m.Holds() {
		return web.Badge{Label: v.T("making.holds"), Tone: web.Done}
	}
	return web.Badge{Label: v.T("making.holds_not"), Tone: web.Stop}
}

// signed writes a deviation with its sign.
func signed(v *web.View, mm float64) string {
	s := v.Decimal(mm, 3)
	if mm > 0 {
		return "+" + s
	}
	return strings.Replace(s, "-", "−", 1)
}
