package web

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Step is a step of money, as far as its look goes: sign, pattern, word. The values are those that programme
// stores.
type Step string

// The steps, in their order.
const (
	Foreseen   Step = "foreseen"
	Asked      Step = "asked"
	Decided    Step = "decided"
	Contracted Step = "contracted"
	Paid       Step = "paid"
	Closed     Step = "closed"
	Refused    Step = "refused"
	Withdrawn  Step = "withdrawn"
	ToFind     Step = "gap" // cost less what the plan holds
)

// Steps are the five of the ramp, palest first.
var Steps = []Step{Foreseen, Asked, Decided, Contracted, Paid}

// sign is the step's sign in the sprite.
func (s Step) sign() string {
	switch s {
	case Foreseen:
		return "m1"
	case Asked:
		return "m2"
	case Decided:
		return "m3"
	case Contracted:
		return "m4"
	case Paid:
		return "m5"
	case Closed:
		return "m6"
	case Refused, Withdrawn:
		return "mx"
	}
	return "m0"
}

// pattern is the fill of the step's areas; empty for what is to find, which is an outline.
func (s Step) pattern() string {
	switch s {
	case Foreseen:
		return "url(#p1)"
	case Asked:
		return "url(#p2)"
	case Decided:
		return "url(#p3)"
	case Contracted:
		return "url(#p4)"
	case Paid, Closed:
		return "url(#p5)"
	}
	return ""
}

// order is fullest first, what is to find last: the order of a stacked bar.
func (s Step) order() int {
	return strings.Index("m6 m5 m4 m3 m2 m1 m0 mx", s.sign())
}

// StepName is the word for a step.
func (v *View) StepName(s Step) string {
	if s == ToFind || s == "" {
		return v.T("web.money.gap")
	}
	return v.T("web.money." + string(s))
}

// MoneyPart is an amount at a step.
type MoneyPart struct {
	Step  Step
	Cents int64
}

// BarSize is how much room a money bar has.
type BarSize struct{ width, height float64 }

// The sizes: in a row of a table, across a page.
var (
	RowBar  = BarSize{220, 14}
	PageBar = BarSize{840, 22}
)

// MoneySign draws the step's sign, read out as its word.
func MoneySign(v *View, s Step) templ.Component { return icon("m", s.sign(), v.StepName(s)) }

// MoneyMark is MoneySign beside its word: it is not read out.
func MoneyMark(s Step) templ.Component { return icon("m", s.sign(), "") }

// MoneyBar draws amounts one after the other: each euro once, fullest first. The words and amounts are read out;
// put MoneyLegend or a table beside it for the others.
func MoneyBar(v *View, size BarSize, parts ...MoneyPart) templ.Component {
	shown, total := stacked(parts)
	var said []string
	for _, p := range shown {
		said = append(said, v.StepName(p.Step)+" "+v.MoneyShort(p.Cents))
	}
	label := v.T("web.money.none")
	if len(said) > 0 {
		label = strings.Join(said, ", ")
	}
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		fmt.Fprintf(&b, `<svg class="b-bar b-bar-%d" viewBox="0 0 %s %s" preserveAspectRatio="none" role="img" aria-label="%s">`,
			int(size.height), px(size.width), px(size.height), templ.EscapeString(label))
		const gap, least = 2, 5 // between two parts; the least width at which a pattern is seen
		room := size.width - gap*float64(len(shown)-1)
		widths := shares(shown, total, room, least)
		x := 0.0
		for i, p := range shown {
			segment(&b, p.Step, x, widths[i], size.height)
			x += widths[i] + gap
		}
		b.WriteString(`</svg>`)
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// stacked keeps what has an amount and counts, in the order of the bar.
func stacked(parts []MoneyPart) (shown []MoneyPart, total int64) {
	for at := range 8 * 3 {
		for _, p := range parts {
			if p.Cents > 0 && p.Step.sign() != "mx" && p.Step.order() == at {
				shown = append(shown, p)
				total += p.Cents
			}
		}
	}
	return shown, total
}

// shares divides the room by amount, giving each part at least its least; what that costs the large ones pay.
func shares(parts []MoneyPart, total int64, room, least float64) []float64 {
	out := make([]float64, len(parts))
	small, rest := 0.0, total
	for i, p := range parts {
		if w := room * float64(p.Cents) / float64(total); w < least {
			out[i] = least
			small += least
			rest -= p.Cents
		}
	}
	for i, p := range parts {
		if out[i] == 0 {
			out[i] = max(least, (room-small)*float64(p.Cents)/float64(rest))
		}
	}
	return out
}

// segment draws one part of a bar.
func segment(b *strings.Builder, s Step, x, width, height float64) {
	class, fill := "seg", ` fill="`+s.pattern()+`"`
	if s.pattern() == "" {
		class, fill = "seg-gap", ""
	}
	fmt.Fprintf(b, `<rect class="%s" x="%s" y=".5" width="%s" height="%s" rx="1"%s></rect>`,
		class, px(x+.5), px(max(.5, width-1)), px(height-1), fill)
}

// Swatch is the pattern of a step in a legend.
func Swatch(s Step) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		b.WriteString(`<svg class="sw" viewBox="0 0 22 14" aria-hidden="true">`)
		segment(&b, s, 0, 22, 14)
		b.WriteString(`</svg>`)
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// Funnel is money by step: a euro paid counts in all steps before.
type Funnel struct {
	Caption string
	Of      int64  // what the shares are of; 0: nothing is known to share
	OfName  string // head of the column of shares: "Part de l’annoncé"
	Rows    []MoneyPart
	Gap     int64   // what is to find; no row when 0
	Since   string  // head of the last column: "Depuis le 12 mars"; no column when empty
	Changes []int64 // as many as Rows, then one for the gap
	URL     func(Step) string
}

// width is an amount's share of the whole width of the bars: what the shares are of, or the largest amount
// where that is more.
func (f Funnel) width(cents int64) float64 {
	whole := max(f.Of, f.Gap)
	for _, p := range f.Rows {
		whole = max(whole, p.Cents)
	}
	if whole <= 0 {
		return 0
	}
	return float64(cents) / float64(whole)
}

// share writes an amount's share, above 100 % where more is foreseen than was announced.
func (f Funnel) share(v *View, cents int64) string {
	if f.Of <= 0 {
		return "–"
	}
	return v.Percent(float64(cents) / float64(f.Of))
}

// shareName is the head of the column of shares.
func (f Funnel) shareName(v *View) string {
	if f.OfName == "" {
		return v.T("web.money.share")
	}
	return f.OfName
}

// change writes a difference with its sign, or that there is none.
func (v *View) change(cents int64) string {
	switch {
	case cents > 0:
		return "+" + narrow + v.Money(cents)
	case cents < 0:
		return "−" + narrow + v.Money(-cents)
	}
	return v.T("web.money.same")
}

// funnelBar draws one row of the funnel; the gap hangs at the end of the whole.
func funnelBar(s Step, share float64) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		share = min(1, max(0, share))
		var b strings.Builder
		b.WriteString(`<svg class="b-bar" viewBox="0 0 400 18" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="400" height="18" rx="1"></rect>`)
		if share > 0 {
			x := 0.0
			width := max(3, 400*share)
			if s == ToFind {
				x = 400 - width
			}
			segment(&b, s, x, width, 18)
		}
		b.WriteString(`</svg>`)
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// px writes a coordinate.
func px(f float64) string { return strconv.FormatFloat(float64(int64(f*100+.5))/100, 'f', -1, 64) }
