package batch

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/making"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

func (b Batch) badge(v *web.View) web.Badge {
	x := web.Badge{Label: v.T(b.State.Key())}
	switch b.State {
	case Planned:
		x.Tone = web.Late
	case Building:
		x.Tone = web.Run
	case Built:
		x.Tone = web.Done
	}
	return x
}

// hours writes a time of the machine: to five minutes below ten hours.
func hours(v *web.View, h float64) string {
	if h < 1 {
		return v.T("making.minutes", "count", int(h*60+0.5))
	}
	if h < 10 {
		return v.Decimal(h, 1) + "\u00a0h"
	}
	return v.T("making.hours", "count", int(h+0.5))
}

func (x batchView) head(v *web.View) web.Head {
	h := web.Head{Title: x.Code(), Crumbs: []web.Crumb{{Label: v.T("making.orders"), URL: "/orders"}, {Label: v.T("batch.batches"), URL: batchesURL}, {Label: x.Code()}}, State: web.State(x.badge(v)),
		Facts: []templ.Component{web.Text(x.Machine), web.Text(x.Material), web.Text(v.T("making.pieces", "count", x.pieces()))}}
	if x.State.Open() {
		h.Actions = append(h.Actions, web.Button(web.Act{Label: v.T("making.label"), Icon: "printer", URL: x.Batch.URL() + "/label"}))
	}
	return h
}

func (x batchView) pieces() (n int) {
	for _, o := range x.Orders {
		n += o.Quantity
	}
	return n
}

func (x batchView) facts(v *web.View) []web.Def {
	list := []web.Def{{Term: v.T("batch.hours"), Value: hours(v, x.Hours)}}
	if x.HasLaid {
		list = append(list, web.Def{Term: v.T(x.roundsKey()), Value: strconv.Itoa(x.Laid.Rounds)}, web.Def{Term: v.T("batch.height"), Value: v.Decimal(x.Laid.HeightMM, 1) + "\u00a0mm"})
	}
	list = append(list, web.Def{Term: v.T("batch.field.spacing"), Value: v.Decimal(x.SpacingMM, 1) + "\u00a0mm"})
	for _, d := range []web.Def{{Term: v.T("making.field.lot"), Value: x.Lot}, {Term: v.T("making.field.operator"), Value: x.Operator}, {Term: v.T("making.field.settings"), Value: x.Settings}} {
		if d.Value != "" {
			list = append(list, d)
		}
	}
	return list
}

func (x batchView) roundsKey() string {
	if powder(x.Process) {
		return "batch.chambers"
	}
	return "batch.plates"
}

// number is that under which an order stands in the drawing.
func (x batchView) number(id making.OrderID) int {
	return slices.IndexFunc(x.Orders, func(m member) bool { return m.ID == id }) + 1
}

// placed counts the pieces of an order that are laid.
func (x batchView) placed(id making.OrderID) (n int) {
	for _, p := range x.Laid.Places {
		if p.Order == id {
			n++
		}
	}
	return n
}

// lies says how an order lies: all its pieces, or how many could not be laid, and why.
func (x batchView) lies(v *web.View, o member) web.Badge {
	for _, l := range x.Laid.Left {
		if l.Order == o.ID {
			return web.Badge{Label: v.T("batch.left."+strings.ReplaceAll(l.Why, "-", "_"), "count", l.Count), Tone: web.Stop}
		}
	}
	if !x.HasLaid {
		return web.Badge{Label: v.T("batch.not_laid")}
	}
	return web.Badge{Label: v.T("batch.laid", "count", x.placed(o.ID)), Tone: web.Done}
}

// rounds are the plates or chambers, from 0.
func (x batchView) rounds() []int {
	list := make([]int, min(x.Laid.Rounds, maxDrawn))
	for i := range list {
		list[i] = i
	}
	return list
}

// maxDrawn bounds how many plates are drawn.
const maxDrawn = 12

// drawing is a plate or a chamber from above, or a chamber from the front; numbers are those of the table of orders.
func (x batchView) drawing(round int, front bool) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		width, height := x.Room.XMM, x.Room.YMM
		up := 1
		if front {
			height, up = x.Room.ZMM, 2
		}
		var b strings.Builder
		num := func(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }
		fmt.Fprintf(&b, `<svg class="b-plate" viewBox="0 0 %s %s" aria-hidden="true"><rect class="bed" width="%s" height="%s"></rect>`, num(width), num(height), num(width), num(height))
		size := num(max(width, height) / 24)
		var words strings.Builder
		for _, p := range x.Laid.Places {
			if p.Round != round {
				continue
			}
			n := x.number(p.Order)
			if len(p.Outline) > 0 && !front {
				b.WriteString(`<path class="piece" fill-rule="evenodd" d="`)
				for _, ring := range p.Outline {
					for i, q := range ring {
						fmt.Fprintf(&b, "%c%s %s", "ML"[min(i, 1)], num(q[0]), num(height-q[1]))
					}
					b.WriteString("Z")
				}
				b.WriteString(`"></path>`)
			} else {
				fmt.Fprintf(&b, `<rect class="piece" x="%s" y="%s" width="%s" height="%s"></rect>`, num(p.FromMM[0]), num(height-p.ToMM[up]), num(p.ToMM[0]-p.FromMM[0]), num(p.ToMM[up]-p.FromMM[up]))
			}
			fmt.Fprintf(&words, `<text x="%s" y="%s" font-size="%s" text-anchor="middle" dominant-baseline="central">%d</text>`, num((p.FromMM[0]+p.ToMM[0])/2), num(height-(p.FromMM[up]+p.ToMM[up])/2), size, n)
		}
		b.WriteString(words.String() + `</svg>`)
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// count is how many pieces lie on a plate.
func (x batchView) count(round int) (n int) {
	for _, p := range x.Laid.Places {
		if p.Round == round {
			n++
		}
	}
	return n
}

func (x batchView) filling(round int) float64 {
	if round < len(x.Laid.Filling) {
		return x.Laid.Filling[round]
	}
	return 0
}

func finishFields(v *web.View) []web.Field {
	return []web.Field{
		{Name: "finish.lot", Label: v.T("making.field.lot")},
		{Name: "finish.operator", Label: v.T("making.field.operator"), Hint: v.T("making.field.operator_hint")},
		{Name: "finish.settings", Label: v.T("making.field.settings"), Hint: v.T("making.field.settings_hint"), Optional: true, Rows: 3},
	}
}
