package making

import (
	"fmt"
	"math"
	"strings"

	"bassin/internal/additive"
	"bassin/internal/park"
	"bassin/internal/web"
	"bassin/internal/when"
)

// hours writes how long something takes: minutes below an hour, to five of them below ten hours, days from four on.
func hours(v *web.View, h float64) string {
	switch {
	case h < 1:
		return v.T("making.minutes", "count", int(math.Ceil(h*60)))
	case h < 10-1.0/24:
		five := int(math.Round(h * 12))
		if five%12 == 0 {
			break
		}
		return v.T("making.hours_minutes", "hours", five/12, "minutes", fmt.Sprintf("%02d", five%12*5))
	}
	if h < 96 {
		return v.T("making.hours", "count", int(math.Round(h)))
	}
	return v.Span(int(math.Round(h / 24)))
}

// between writes an interval; one value when its ends read alike.
func between(v *web.View, i Interval, write func(float64) string) string {
	a, b := write(i.Least), write(i.Most)
	if a == b {
		return a
	}
	return v.T("making.between", "least", a, "most", b)
}

func (o Offer) time(v *web.View) string {
	return between(v, o.Effort.Hours, func(h float64) string { return hours(v, h) })
}

// basis tells what time and material are computed from, a line for each.
func (o Offer) basis(v *web.View) []string {
	var list []string
	switch e := o.Effort; {
	case e.SupportHours > 0:
		list = append(list, v.T("making.with_supports", "grams", grams(v, e.SupportGrams), "time", hours(v, e.SupportHours)))
	case e.SupportGrams > 0:
		list = append(list, v.T("making.with_supports_grams", "grams", grams(v, e.SupportGrams)))
	}
	switch {
	case o.Effort.ByLayers:
		list = append(list, v.T("making.by_layers"))
	case o.Process == park.FDM:
		list = append(list, v.T("making.by_volume"))
	}
	if said := o.Factor.Said(v); said != "" {
		list = append(list, said)
	}
	return list
}

func (o Offer) mass(v *web.View) string {
	return between(v, o.Effort.Grams, func(g float64) string { return grams(v, g) })
}

func grams(v *web.View, g float64) string {
	if g < 1000 {
		return v.Decimal(g, 0) + "\u00a0g"
	}
	return v.Decimal(g/1000, 1) + "\u00a0kg"
}

func (o Offer) prices(v *web.View) string {
	return between(v, Interval{float64(o.Price.Least), 0, float64(o.Price.Most)}, func(c float64) string { return v.Money(roundEuro(int64(c))) })
}

// roundEuro takes the cents off what is not known to the cent anyway, from ten euros on.
func roundEuro(cents int64) int64 {
	if cents < 1000 {
		return cents
	}
	return (cents + 50) / 100 * 100
}

// missing says what is not known of an offer.
func (o Offer) missing(v *web.View) string {
	var names []string
	for _, n := range o.Effort.Missing {
		names = append(names, v.T(n.Key()))
	}
	if o.Effort.NoMass {
		names = append(names, v.T("making.density_of", "material", park.InWords(v, o.Material.Material)))
	}
	return v.T("making.missing", "names", strings.Join(names, ", "))
}

// each is the likely price of one piece.
func (o Offer) each(quantity int) int64 {
	return (o.Price.Likely + int64(quantity)/2) / int64(quantity)
}

func (o Offer) distance(v *web.View) string {
	switch {
	case o.Ours:
		return v.T("making.here")
	case o.KM < 0:
		return "–"
	case o.KM < 1:
		return v.T("making.near")
	}
	return v.Decimal(o.KM, 0) + "\u00a0km"
}

func (o Offer) ready(v *web.View) string {
	if o.ReadyOn == when.None {
		return "–"
	}
	return v.Date(o.ReadyOn)
}

func verdictBadge(v *web.View, x additive.Verdict) web.Badge {
	b := web.Badge{Label: v.T(x.Key()), Tone: web.Done}
	switch x {
	case additive.NotSo:
		b.Tone = web.Stop
	case additive.WithCare:
		b.Tone, b.Icon = web.Late, "alert-triangle"
	}
	return b
}

// badge is the state of an order.
func (o Order) badge(v *web.View) web.Badge {
	b := web.Badge{Label: v.T(o.State.Key())}
	switch o.State {
	case Requested, Quoted:
		b.Tone = web.Late
	case Accepted, Building, Built, Inspected:
		b.Tone = web.Run
	case Partly:
		b = web.Badge{Label: o.pieces(v), Tone: web.Run}
	case Delivered, Rated:
		b.Tone = web.Done
	case Refused, Withdrawn:
		b.Tone = web.Stop
	}
	if o.Expired(v.Today()) {
		b = web.Badge{Label: v.T("making.expired"), Tone: web.Stop}
	}
	return b
}

func (x offersView) head(v *web.View) web.Head {
	return web.Head{Title: v.T("making.offers_on", "title", x.Title), Crumbs: []web.Crumb{{Label: v.T("additive.parts"), URL: "/parts"}, {Label: x.Code(), URL: x.Part.URL()}, {Label: v.T("making.offers")}},
		Facts: partFacts(v, x.Part, x.Revision)}
}

func processName(v *web.View, p park.Process) string { return v.T(p.Key()) }
