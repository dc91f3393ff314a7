package web

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"bassin/internal/web/assets"

	"github.com/a-h/templ"
)

// Progress draws how much is done, with its figure.
func Progress(v *View, share float64) templ.Component {
	share = min(1, max(0, share))
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := fmt.Fprintf(w, `<span class="b-prog"><svg viewBox="0 0 64 6" preserveAspectRatio="none" aria-hidden="true" class="b-bar"><rect class="track" width="64" height="6" rx="3"></rect><rect class="fill" width="%s" height="6" rx="3"></rect></svg><span class="num">%s</span></span>`,
			px(64*share), templ.EscapeString(v.Percent(share)))
		return err
	})
}

// Readiness draws how many of the conditions are met, with its figure: full pieces, then empty ones.
func Readiness(met, of int) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		fmt.Fprintf(&b, `<span class="b-ready"><svg viewBox="0 0 %s 10" aria-hidden="true">`, px(float64(of)*10.5-.5))
		for i := range of {
			x := float64(i) * 10.5
			if i < met {
				fmt.Fprintf(&b, `<rect class="rd-y" x="%s" y="0" width="8.5" height="10" rx="1.5"></rect>`, px(x))
			} else {
				fmt.Fprintf(&b, `<rect class="rd-n" x="%s" y=".75" width="7" height="8.5" rx="1.5"></rect>`, px(x+.75))
			}
		}
		fmt.Fprintf(&b, `</svg><span class="num">%d/%d</span></span>`, met, of)
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// Bar is a row of a BarTable.
type Bar struct {
	Label, URL string
	Value      string  // as written
	Amount     float64 // as drawn
	Detail     string  // last column
	Tone       Tone    // Late draws it in ochre
}

// Bars are amounts side by side, as a table with a bar column: the figure is the chart.
type Bars struct {
	Caption             string
	What, Value, Detail string // heads; no last column without Detail
	Rows                []Bar
	Whole               float64 // the width of a bar; the largest row when 0
}

func (b Bars) share(r Bar) float64 {
	whole := b.Whole
	if whole <= 0 {
		for _, x := range b.Rows {
			whole = max(whole, x.Amount)
		}
	}
	if whole <= 0 {
		return 0
	}
	return min(1, max(0, r.Amount/whole))
}

// BarOf draws a share of the largest of a list, for tables of their own columns; the figure stands beside it.
func BarOf(t Tone, share float64) templ.Component { return plainBar(t, min(1, max(0, share))) }

func plainBar(t Tone, share float64) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := fmt.Fprintf(w, `<svg class="b-bar" viewBox="0 0 400 18" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="400" height="18" rx="1"></rect><rect class="fill %s" width="%s" height="18" rx="1"></rect></svg>`, t, px(400*share))
		return err
	})
}

// Series is one line of a chart; Values has one for each of the chart's labels, NaN where there is none.
type Series struct {
	Name   string
	Values []float64
}

// Lines is a chart over time: at most three series, told apart by their stroke and their name. Its table stands
// below it.
type Lines struct {
	ID, Title string
	What      string   // head of the first column: "Mois"
	Labels    []string // of the points: "mai 2026"
	Series    []Series
	Format    func(float64) string // of the figures; whole numbers when nil
}

func (c Lines) format(v *View, f float64) string {
	switch {
	case math.IsNaN(f):
		return "–"
	case c.Format != nil:
		return c.Format(f)
	}
	return v.Number(int64(math.Round(f)))
}

// top is a round number above every value, so that half of it is round too.
func (c Lines) top() float64 {
	highest := 0.0
	for _, s := range c.Series {
		for _, y := range s.Values {
			if !math.IsNaN(y) {
				highest = max(highest, y)
			}
		}
	}
	if highest == 0 {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(highest)))
	for _, m := range []float64{1, 2, 4, 6, 8, 10} {
		if m*unit >= highest {
			return m * unit
		}
	}
	return 10 * unit
}

// edge gives the labels that fit below the chart: the first, the middle, the last.
func (c Lines) edge() []string {
	n := len(c.Labels)
	if n <= 3 {
		return c.Labels
	}
	return []string{c.Labels[0], c.Labels[(n-1)/2], c.Labels[n-1]}
}

// drawing is the SVG of the lines alone: words stand around it in HTML, so that they keep their size.
func (c Lines) drawing() templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		const width, height = 600, 160
		var b strings.Builder
		fmt.Fprintf(&b, `<svg viewBox="0 0 %d %d" preserveAspectRatio="none" aria-hidden="true"><path class="l-grid" d="M0 .5H%dM0 %dH%dM0 %sH%d"></path>`, width, height, width, height/2, width, px(height-.5), width)
		top := c.top()
		step := float64(width) / float64(max(1, len(c.Labels)-1))
		for i, s := range c.Series {
			if i == 3 {
				break
			}
			var d strings.Builder
			pen := "M"
			for x, y := range s.Values {
				if math.IsNaN(y) {
					pen = "M"
					continue
				}
				fmt.Fprintf(&d, "%s%s %s", pen, px(float64(x)*step), px(height*(1-y/top)))
				pen = "L"
			}
			fmt.Fprintf(&b, `<path class="l-%d" d="%s"></path>`, i+1, d.String())
		}
		b.WriteString(`</svg>`)
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// Dot is one pair of a chart of dots.
type Dot struct {
	X, Y float64
	Kind int // of Dots.Kinds
}

// Dots is a chart of pairs on one scale of powers of two, with the line on which both are equal and, when Ratio is
// not 0, that of Ratio. Its table stands below it.
type Dots struct {
	ID, Title string
	X, Y      string   // what the axes are
	Kinds     []string // at most three, told apart by their shape
	Same      string   // of the line on which both are equal
	Fit       string   // of the line of Ratio
	Ratio     float64
	List      []Dot
	Format    func(float64) string
}

// span is the powers of two that hold all dots, in steps of four.
func (c Dots) span() (from, to int) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, d := range c.List {
		low, high = min(low, d.X, d.Y), max(high, d.X, d.Y)
	}
	if !(low > 0) || math.IsInf(high, 0) {
		return 0, 2
	}
	from, to = int(math.Floor(math.Log2(low))), int(math.Ceil(math.Log2(high)))
	if to-from < 2 {
		to = from + 2
	}
	return from, to + (to-from)%2
}

// marks are the values beside the axes, the largest first.
func (c Dots) marks() (list []string) {
	from, to := c.span()
	for i := to; i >= from; i -= 2 {
		list = append(list, c.Format(math.Exp2(float64(i))))
	}
	return list
}

func backwards(list []string) []string {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}

func (c Dots) drawing() templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		const size = 300
		from, to := c.span()
		at := func(x float64) float64 { return size * (math.Log2(x) - float64(from)) / float64(to-from) }
		var b strings.Builder
		fmt.Fprintf(&b, `<svg viewBox="0 0 %d %d" aria-hidden="true">`, size, size)
		for i := from; i <= to; i += 2 {
			x := px(at(math.Exp2(float64(i))))
			fmt.Fprintf(&b, `<path class="l-grid" d="M%s 0V%dM0 %sH%d"></path>`, x, size, px(size-at(math.Exp2(float64(i)))), size)
		}
		fmt.Fprintf(&b, `<path class="l-3" d="M0 %dL%d 0"></path>`, size, size)
		if c.Ratio > 0 {
			y := at(math.Exp2(float64(from)) * c.Ratio)
			fmt.Fprintf(&b, `<path class="l-2" d="M%s %sL%s %s"></path>`, px(max(0, -y)), px(min(size, size-y)), px(min(size, size-y)), px(max(0, -y)))
		}
		for _, d := range c.List {
			x, y := at(d.X), size-at(d.Y)
			switch d.Kind {
			case 0:
				fmt.Fprintf(&b, `<circle class="dot" cx="%s" cy="%s" r="4"></circle>`, px(x), px(y))
			default:
				fmt.Fprintf(&b, `<rect class="dot dot-2" x="%s" y="%s" width="7" height="7"></rect>`, px(x-3.5), px(y-3.5))
			}
		}
		b.WriteString(`</svg>`)
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// MapPoint is a place on a map of a region.
type MapPoint struct {
	Number   int // its row in the table beside the map; none when 0
	Label    string
	URL      string
	Lat, Lon float64 // degrees, WGS 84
	Amount   float64 // the circle's area
	Current  bool
}

// RegionMap is a region with its departments, and places on it. The table with the same numbers stands on the
// same page: a map alone tells nothing to who cannot see it.
type RegionMap struct {
	Region      string   // INSEE code
	Label       string   // what the map shows
	Departments []string // drawn stronger: where the territory lies
	Points      []MapPoint
}

// Known reports whether there is an outline of the region: not overseas, not without built assets.
func (m RegionMap) Known() bool { _, ok := assets.RegionOf(m.Region); return ok }

func (m RegionMap) drawing() templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		r, ok := assets.RegionOf(m.Region)
		if !ok {
			return nil
		}
		const width, edge = 600, 14
		k := (width - 2*edge) / max(r.Width, r.Height)
		at := func(x, y float64) (float64, float64) { return edge + (x-r.X)*k, edge + (y-r.Y)*k }
		var b strings.Builder
		fmt.Fprintf(&b, `<svg class="b-map" viewBox="0 0 %s %s" role="img" aria-label="%s"><g transform="translate(%d %d) scale(%s) translate(%s %s)">`,
			px(r.Width*k+2*edge), px(r.Height*k+2*edge), templ.EscapeString(m.Label), edge, edge, px(k), px2(-r.X), px2(-r.Y))
		for _, d := range r.Departments {
			class := "map-land"
			if slices.Contains(m.Departments, d.Code) {
				class = "map-land here"
			}
			fmt.Fprintf(&b, `<path class="%s" d="%s"><title>%s</title></path>`, class, templ.EscapeString(d.Path), templ.EscapeString(d.Name))
		}
		b.WriteString(`</g>`)
		points := slices.Clone(m.Points)
		slices.SortStableFunc(points, func(a, b MapPoint) int { // small ones on top
			switch {
			case a.Amount > b.Amount:
				return -1
			case a.Amount < b.Amount:
				return 1
			}
			return 0
		})
		for _, p := range points {
			x, y := at(assets.Place(p.Lat, p.Lon))
			p.draw(&b, x, y, points[0].Amount)
		}
		b.WriteString(`</svg>`)
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// draw puts the circle and its number. The least circle still holds two figures.
func (p MapPoint) draw(b *strings.Builder, x, y, largest float64) {
	radius := 11.0
	if largest > 0 && p.Amount > 0 {
		radius += 25 * math.Sqrt(p.Amount/largest)
	}
	sel := ""
	if p.Current {
		sel = " sel"
	}
	fmt.Fprintf(b, `<circle class="map-c%s" cx="%s" cy="%s" r="%s"><title>%s</title></circle>`, sel, px(x), px(y), px(radius), templ.EscapeString(p.Label))
	if p.Number > 0 {
		fmt.Fprintf(b, `<text class="map-t%s" x="%s" y="%s">%d</text>`, sel, px(x), px(y+5.5), p.Number)
	} else if p.Label != "" {
		fmt.Fprintf(b, `<text class="map-l" x="%s" y="%s">%s</text>`, px(x+radius+6), px(y+5), templ.EscapeString(p.Label))
	}
}

// px2 writes a coordinate that may be below zero.
func px2(f float64) string {
	if f < 0 {
		return "-" + px(-f)
	}
	return px(f)
}
