package batch

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/making"
	"bassin/internal/park"
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
		Facts: []templ.Component{web.Text(x.Machine), web.Text(park.InWords(v, x.Material)), web.Text(v.T("making.pieces", "count", x.pieces()))}}
	if x.State.Open() {
		h.Actions = append(h.Actions, web.Button(web.Act{Label: v.T("making.label"), Icon: "printer", URL: x.Batch.URL() + "/label"}))
	}
	return h
}

func (x batchView) pieces() (n int) {
	for _, o := range x.Orders {
		n += o.Pieces
	}
	return n
}

func (x batchView) facts(v *web.View) []web.Def {
	list := []web.Def{{Term: v.T("batch.hours"), Value: hours(v, x.Hours)}}
	if x.HasLaid {
		list = append(list, web.Def{Term: v.T(x.roundsKey()), Value: strconv.Itoa(x.Laid.Rounds)}, web.Def{Term: v.T("batch.height"), Value: v.Decimal(x.Laid.HeightMM, 1) + "\u00a0mm"})
	}
	list = append(list, web.Def{Term: v.T("batch.field.spacing"), Value: v.Decimal(x.SpacingMM, 1) + "\u00a0mm"})
	if x.MostRounds > 0 {
		list = append(list, web.Def{Term: v.T(x.roundsKey() + "_most"), Value: strconv.Itoa(x.MostRounds)})
	}
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

// lies says how an order lies: how many of its pieces, and how many could not be laid, and why. Once the batch has begun those are
// for a later one.
func (x batchView) lies(v *web.View, o member) (list []web.Badge) {
	if !x.HasLaid {
		return []web.Badge{{Label: v.T("batch.not_laid")}}
	}
	if n := x.Laid.Placed(o.ID); n > 0 {
		list = append(list, web.Badge{Label: v.T("batch.laid", "count", n), Tone: web.Done})
	}
	if n := x.Laid.Of(o.ID); n > 0 && x.State != Planned {
		return append(list, web.Badge{Label: v.T("batch.later", "count", n)})
	}
	for _, l := range x.Laid.Left {
		if l.Order == o.ID {
			list = append(list, web.Badge{Label: v.T(l.key(), "count", l.Count), Tone: web.Stop})
		}
	}
	return list
}

func (l Left) key() string { return "batch.left." + strings.ReplaceAll(l.Why, "-", "_") }

// left is what a batch leaves out that begins as it lies, by order.
func (x batchView) left(v *web.View) (list []string) {
	for _, o := range x.Orders {
		if n := x.Laid.Of(o.ID); n > 0 {
			list = append(list, v.T("batch.leaves", "code", o.Code(), "title", o.Title, "count", n, "of", o.Pieces))
		}
	}
	return list
}

// pieces says how many pieces of an order a batch has.
func (o member) pieces(v *web.View) string {
	if o.Pieces != o.Quantity {
		return v.T("making.count_of", "count", o.Pieces, "of", o.Quantity)
	}
	return v.T("making.pieces", "count", o.Pieces)
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
		size := max(width, height) / 24
		var words strings.Builder
		for _, p := range x.Laid.Places {
			if p.Round != round {
				continue
			}
			n := x.number(p.Order)
			at := [2]float64{(p.FromMM[0] + p.ToMM[0]) / 2, (p.FromMM[up] + p.ToMM[up]) / 2}
			if len(p.Outline) > 0 && !front {
				at = inside(p.Outline, at, size/2)
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
			fmt.Fprintf(&words, `<text x="%s" y="%s" font-size="%s" text-anchor="middle" dominant-baseline="central">%d</text>`, num(at[0]), num(height-at[1]), num(size), n)
		}
		b.WriteString(words.String() + `</svg>`)
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// insideSteps is how finely a place for a number is looked for, along each side of a piece.
const insideSteps = 24

// inside is where a number is written in a piece: in the middle of its box when that is so far from its outline, else in the widest
// place that is found. The middle of an angle iron lies beside it.
func inside(outline [][][2]float64, middle [2]float64, far float64) [2]float64 {
	room := func(p [2]float64) float64 { // distance from the outline; negative outside
		in, least := false, math.Inf(1)
		for _, ring := range outline {
			for i, a := range ring {
				b := ring[(i+1)%len(ring)]
				if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0]+(p[1]-a[1])/(b[1]-a[1])*(b[0]-a[0]) {
					in = !in
				}
				dx, dy := b[0]-a[0], b[1]-a[1]
				t := 0.0
				if l := dx*dx + dy*dy; l > 0 {
					t = max(0, min(1, ((p[0]-a[0])*dx+(p[1]-a[1])*dy)/l))
				}
				least = min(least, math.Hypot(p[0]-a[0]-t*dx, p[1]-a[1]-t*dy))
			}
		}
		if !in {
			return -least
		}
		return least
	}
	best, most := middle, room(middle)
	if most >= far {
		return best
	}
	from, to := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for _, ring := range outline {
		for _, q := range ring {
			from, to = [2]float64{min(from[0], q[0]), min(from[1], q[1])}, [2]float64{max(to[0], q[0]), max(to[1], q[1])}
		}
	}
	for i := range insideSteps {
		for j := range insideSteps {
			p := [2]float64{from[0] + (to[0]-from[0])*(float64(i)+0.5)/insideSteps, from[1] + (to[1]-from[1])*(float64(j)+0.5)/insideSteps}
			if d := room(p); d > most {
				best, most = p, d
			}
		}
	}
	return best
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

// waits says of how many of its pieces an order waits for a build.
func waits(v *web.View, o making.Order) string {
	if n := o.Waiting(); n != o.Quantity {
		return v.T("making.count_of", "count", n, "of", o.Quantity)
	}
	return v.T("making.pieces", "count", o.Quantity)
}

// most writes how many plates or chambers are allowed; nothing when they are not bounded.
func (x batchView) most() string {
	if x.MostRounds == 0 {
		return ""
	}
	return strconv.Itoa(x.MostRounds)
}

func spaceFields(v *web.View, x batchView) []web.Field {
	return []web.Field{
		{Name: "space.spacing_mm", Label: v.T("batch.field.spacing"), Unit: "mm"},
		{Name: "space.most", Label: v.T(x.roundsKey() + "_most"), Hint: v.T("batch.most_hint"), Optional: true},
	}
}

func finishFields(v *web.View) []web.Field {
	return []web.Field{
		{Name: "finish.lot", Label: v.T("making.field.lot")},
		{Name: "finish.operator", Label: v.T("making.field.operator"), Hint: v.T("making.field.operator_hint")},
		{Name: "finish.settings", Label: v.T("making.field.settings"), Hint: v.T("making.field.settings_hint"), Optional: true, Rows: 3},
	}
}

// placed are the forms that have a place on the page.
func (x batchView) placed() (names []string) {
	if x.State == Planned {
		names = append(names, "space")
	}
	if x.State == Building {
		names = append(names, "finish")
	}
	if len(x.More) > 0 {
		names = append(names, "add")
	}
	return names
}
