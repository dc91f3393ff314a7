package making

import (
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/db"
	"bassin/internal/park"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

// Panel shows the orders of a part on its page.
func (s *Service) Panel(tx db.Tx, by account.Actor, v *web.View, p additive.Part) (templ.Component, error) {
	list, err := orderRowsOf(tx, by, Filter{Part: p.ID}, 0)
	return onPart(v, p, list), err
}

// startLabel is what the button says that begins a build: the first, of what waits, or again after one that did not succeed.
func (x orderView) startLabel(v *web.View) string {
	switch x.State {
	case Built:
		return v.T("making.start_again")
	case Partly:
		return v.T("making.start_rest", "count", x.Waiting())
	}
	return v.T("making.start")
}

// wanted is how many pieces are asked for; how many of them are made, the state beside the title says.
func (x orderView) wanted(v *web.View) string {
	if x.State == Partly {
		return v.T("making.pieces", "count", x.Quantity)
	}
	return x.pieces(v)
}

func (x orderView) quoteKey() string {
	if x.State == Quoted {
		return "making.quote_again"
	}
	return "making.quote"
}

// hasTurn tells whether the order waits for whoever looks. Taking it back, refusing it and quoting again are open too while it
// waits for the other side.
func (x orderView) hasTurn(v *web.View) bool {
	for to := range moves {
		switch {
		case !x.Can(to), to == Partly, to == Withdrawn, to == Refused, to == Quoted && x.State == Quoted, to == Accepted && x.Expired(v.Today()):
		default:
			return true
		}
	}
	return false
}

// placed are the forms that have a place on the page.
func (x orderView) placed() (names []string) {
	for name, to := range map[string]State{"quote": Quoted, "refuse": Refused, "finish": Built, "inspect": Inspected, "deliver": Delivered, "rate": Rated} {
		if x.Can(to) {
			names = append(names, name)
		}
	}
	if x.CanRedo() {
		names = append(names, "redo")
	}
	if x.Can(Inspected) {
		names = append(names, "measure", "photo")
	}
	return names
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

// pieces says how many were ordered, or how many of them are made.
func (o Order) pieces(v *web.View) string {
	if o.Partial() {
		return v.T("making.made_of", "made", o.Made, "count", o.Quantity)
	}
	return v.T("making.pieces", "count", o.Quantity)
}

// stand says where the pieces of an order stand that are not all at the same point.
func (o Order) stand(v *web.View) string {
	list := []string{v.T("making.are_made", "count", o.Made)}
	if o.InBuild > 0 {
		list = append(list, v.T("making.are_built", "count", o.InBuild))
	}
	if n := o.Waiting(); n > 0 {
		list = append(list, v.T("making.are_waiting", "count", n))
	}
	return strings.Join(list, ", ")
}

// parted tells whether the order's pieces are not all of one build.
func (x orderView) parted() bool {
	return len(x.Builds) > 1 || len(x.Builds) == 1 && x.Builds[0].Pieces != x.Quantity
}

// certified are the builds of which pieces were delivered.
func (x orderView) certified() (list []Build) {
	for _, b := range x.Builds {
		if b.Good() > 0 {
			list = append(list, b)
		}
	}
	return list
}

// count is how many pieces are to be built now, of how many.
func (x orderView) count(v *web.View) string {
	if n := x.ToBuild(); n != x.Quantity {
		return v.T("making.count_of", "count", n, "of", x.Quantity)
	}
	return strconv.Itoa(x.Quantity)
}

// madeWith is what a certificate says of the making; where there were several builds each has its own lot.
func (x orderView) madeWith(v *web.View) []web.Def {
	list := []web.Def{{Term: v.T("park.field.process"), Value: v.T(x.Process.Key()) + ", " + v.T("park.iso", "code", x.Process.Code())}, {Term: v.T("park.machine"), Value: x.Machine}, {Term: v.T("park.field.material"), Value: park.InWords(v, x.Material)}}
	if !x.parted() {
		list = append(list, web.Def{Term: v.T("making.field.lot"), Value: x.Lot}, web.Def{Term: v.T("making.field.settings"), Value: x.Settings}, web.Def{Term: v.T("making.field.operator"), Value: x.Operator})
	}
	return list
}

// count says of how many pieces a step is.
func (s Step) count(v *web.View) string {
	if s.Pieces == 0 {
		return ""
	}
	return v.T("making.pieces", "count", s.Pieces)
}

func (b Build) days(v *web.View) string {
	from := v.Date(b.BegunAt.Date(db.Paris))
	if b.EndedAt == 0 {
		return v.T("making.since", "on", from)
	}
	if to := v.Date(b.EndedAt.Date(db.Paris)); to != from {
		return from + " – " + to
	}
	return from
}

// redoFields ask of each build how many of its pieces did not succeed.
func (x orderView) redoFields(v *web.View) (fields []web.Field, builds []Build) {
	for _, b := range x.Builds {
		if b.Good() > 0 {
			fields = append(fields, web.Field{Name: "redo." + redoField(b.Seq), Label: v.T("making.field.again", "on", b.days(v), "lot", b.Lot), Unit: v.T("making.of", "count", b.Good()), Optional: true})
			builds = append(builds, b)
		}
	}
	return fields, builds
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
