package programme

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/a-h/templ"
)

// The drawing of a sheet's time, in units of its view box.
const (
	lineWidth = 840.0
	lineEdge  = 8.0
	lineRoom  = 90.0 // at the right, for the name of a last milestone
	laneTall  = 20.0
	barTall   = 14.0
)

// span gives the days that the drawing begins and ends with; ok is false when fewer than two are
// known.
func (x sheetView) span() (from, to when.Date, ok bool) {
	days := []when.Date{x.Action.StartsOn, x.Action.EndsOn, x.Action.EndedOn}
	for _, m := range x.Milestones {
		days = append(days, m.DueOn, m.ReachedOn)
	}
	n := 0
	for _, d := range days {
		if !d.Valid() {
			continue
		}
		n++
		if from == when.None || d < from {
			from = d
		}
		to = max(to, d)
	}
	return from, to, n > 1 && to.Sub(from) > 1
}

// timeline draws start, end, milestones and today. The tables of the page tell the same in words.
func timeline(v *web.View, x sheetView) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		from, to, ok := x.span()
		if !ok {
			return nil
		}
		at := func(d when.Date) float64 {
			return lineEdge + (lineWidth-lineEdge-lineRoom)*float64(d.Sub(from))/float64(to.Sub(from))
		}
		labels, lanes := x.labels(at)
		top := float64(lanes)*laneTall + 4
		tall := top + barTall + 26
		var b strings.Builder
		fmt.Fprintf(&b, `<svg class="b-timeline no-phone" viewBox="0 0 %.0f %.0f" role="img" aria-label="%s">`, lineWidth, tall,
			templ.EscapeString(v.T("programme.calendar.drawing", "from_on", from, "to_on", to, "count", len(x.Milestones))))
		x.ticks(&b, at, from, to, top)
		start, end := from, to
		if x.Action.StartsOn.Valid() {
			start = x.Action.StartsOn
		}
		if x.Action.EndsOn.Valid() {
			end = x.Action.EndsOn
		}
		if end > start {
			fmt.Fprintf(&b, `<rect class="g-bar" x="%.1f" y="%.1f" width="%.1f" height="%.0f" rx="2"></rect>`, at(start), top, at(end)-at(start), barTall)
		}
		done := min(x.Today, end)
		if x.Action.EndedOn.Valid() {
			done = x.Action.EndedOn
		}
		if x.Action.StartsOn.Valid() && done > start && done <= to {
			fmt.Fprintf(&b, `<rect class="g-done" x="%.1f" y="%.1f" width="%.1f" height="%.0f" rx="1"></rect>`, at(start), top+4, at(done)-at(start), barTall-8)
		}
		if x.Today > from && x.Today < to {
			fmt.Fprintf(&b, `<path class="g-today" d="M%.1f %.1fV%.1f"></path>`, at(x.Today), top-3, top+barTall+4)
		}
		for _, l := range labels {
			l.draw(&b, top)
		}
		b.WriteString(`</svg>`)
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// ticks draws the years, or nothing where the span has none.
func (x sheetView) ticks(b *strings.Builder, at func(when.Date) float64, from, to when.Date, top float64) {
	last := -100.0
	for y := from.Year(); y <= to.Year(); y++ {
		px := lineEdge
		if d := when.Day(y, 1, 1); d > from {
			px = at(d)
			fmt.Fprintf(b, `<path class="g-grid" d="M%.1f 0V%.1f"></path>`, px, top+barTall+8)
		}
		if px-last > 36 && px < lineWidth-30 {
			fmt.Fprintf(b, `<text class="g-txt" x="%.1f" y="%.1f">%s</text>`, px+2, top+barTall+20, strconv.Itoa(y))
			last = px
		}
	}
}

// label is a milestone of the drawing.
type label struct {
	x     float64 // of the mark
	at    float64 // where the text begins
	lane  int
	text  string
	class string
}

// labels places the milestones' names above the bar in as many lanes as keep them apart: from the
// last to the first, so that the line from a name down to its mark crosses no other name.
func (x sheetView) labels(at func(when.Date) float64) ([]label, int) {
	var list []label
	var begins []float64                              // where the names of each lane begin
	for _, m := range slices.Backward(x.Milestones) { // the store's order is by day
		on := m.DueOn
		if m.Reached() {
			on = m.ReachedOn
		}
		if !on.Valid() {
			continue
		}
		l := label{x: at(on), text: shortened(m.Title, 30), class: "g-ms free"}
		if x.overdue(m) > 0 {
			l.class = "g-ms"
		}
		if m.Reached() {
			l.class = "g-ms kept"
		}
		wide := 5.8 * float64(utf8.RuneCountInString(l.text))
		l.at = min(l.x+7, lineWidth-wide)
		l.lane = len(begins)
		for i, begin := range begins {
			if l.at+wide+10 < begin {
				l.lane = i
				break
			}
		}
		if l.lane == len(begins) {
			begins = append(begins, 0)
		}
		begins[l.lane] = min(l.at, l.x)
		list = append(list, l)
	}
	return list, max(1, len(begins))
}

func (l label) draw(b *strings.Builder, top float64) {
	y := top - float64(l.lane)*laneTall - 8
	fmt.Fprintf(b, `<path class="g-link" d="M%.1f %.1fV%.1f"></path>`, l.x, y, top+barTall/2)
	fmt.Fprintf(b, `<path class="%s" d="M%.1f %.1fl5 5l-5 5l-5 -5z"></path>`, l.class, l.x, top+barTall/2-5)
	fmt.Fprintf(b, `<text class="g-lab" x="%.1f" y="%.1f">%s</text>`, l.at, y+3, templ.EscapeString(l.text))
}

func shortened(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:most-1])) + "…"
}

// reachedText says when a milestone was reached, and by how much before or after its day.
func reachedText(v *web.View, m Milestone) string {
	s := v.Date(m.ReachedOn)
	if !m.DueOn.Valid() || !m.ReachedOn.Valid() {
		return s
	}
	switch n := m.ReachedOn.Sub(m.DueOn); {
	case n > 0:
		return s + ", " + v.T("programme.milestone.days_after", "off_days", n)
	case n < 0:
		return s + ", " + v.T("programme.milestone.days_before", "off_days", -n)
	}
	return s + ", " + v.T("programme.milestone.on_day")
}
