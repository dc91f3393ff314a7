package plan

import (
	"fmt"
	"strconv"
	"time"

	"bassin/internal/schedule"
	"bassin/internal/web"
	"bassin/internal/when"
)

// Measures of the diagram, in pixels. The rows of the list beside it are as high (style sheet).
const (
	headHeight = 44
	rowHeight  = 34
	barHeight  = 14
	maxWidth   = 20_000
	sheetWidth = 640 // of a printed sheet, beside the titles
	sheetRows  = 17
)

// zoom is a scale of the diagram.
type zoom struct {
	name string
	day  float64 // width of a day
}

// zooms are the scales; what all of a plan needs depends on the plan.
var zooms = []zoom{{"day", 36}, {"week", 20}, {"month", 7}, {"quarter", 2.4}, {"all", 0}}

// zoomOf finds a scale by its name; without one, the months.
func zoomOf(name string) zoom {
	for _, z := range zooms {
		if z.name == name {
			return z
		}
	}
	return zooms[2]
}

// chart is the diagram as its parts are drawn.
type chart struct {
	Zoom          zoom
	Width, Height float64
	From          when.Date // at the left edge
	Heads         []mark    // months or years
	Ticks         []mark    // days or months
	Bands         []float64 // top of the rows of summaries
	Bars          []bar
	Arrows        []arrow
	Off           []off   // days on which nobody works
	Worked        string  // for each day from From on: 1 when it is worked
	Today         float64 // 0: not in the picture
	TodayText     string
}

type off struct{ X, W float64 }

type mark struct {
	X    float64
	Text string
}

// bar is a task in the picture.
type bar struct {
	Task                Task
	X, Y, W             float64
	Done                float64 // width of what is done
	Float               float64 // right end of the dotted line; 0: none
	BaseX, BaseY, BaseW float64 // the baseline below; no width: none
	Label               string
}

type arrow struct {
	Path, Head string
	Critical   bool
	ID         LinkID
}

// x is where a day begins.
func (c chart) x(d when.Date) float64 { return float64(d.Sub(c.From)) * c.Zoom.day }

// drawing is what a picture is made from; several sheets of one plan share it.
type drawing struct {
	v          *web.View
	links      []Link
	held       map[TaskID]heldTask
	cal        *schedule.Calendar
	today      when.Date
	zoom       zoom
	from, last when.Date
}

// reach finds the days between which the rows lie.
func (d drawing) reach(rows []Task) (from, last when.Date) {
	for _, t := range rows {
		if t.EarlyOn.Valid() && (from == when.None || t.EarlyOn < from) {
			from = t.EarlyOn
		}
		h := d.held[t.ID]
		if h.EarlyOn.Valid() && h.EarlyOn < from {
			from = h.EarlyOn
		}
		for _, on := range []when.Date{t.FinishOn, t.LateFinishOn, h.FinishOn} {
			if on.Valid() && on > last {
				last = on
			}
		}
	}
	if from == when.None {
		from, last = d.today, d.today.AddDays(30)
	}
	return monday(from.AddDays(-3)), last
}

// fitting is the scale by which all of a plan has room on a sheet.
func fitting(from, last when.Date) zoom {
	return zoom{"all", max(min(sheetWidth/float64(last.AddDays(7).Sub(from)), 20), 0.05)}
}

// draw lays rows of the outline out as a diagram.
func (d drawing) draw(rows []Task) chart {
	c := chart{Zoom: d.zoom, From: d.from, Height: headHeight + float64(len(rows))*rowHeight}
	last := d.last.AddDays(int(min(90/d.zoom.day, 7*12)) + 2)
	if most := int(maxWidth / d.zoom.day); last.Sub(c.From) > most {
		last = c.From.AddDays(most)
	}
	c.Width = max(c.x(last), 600)
	last = c.From.AddDays(int(c.Width / d.zoom.day))
	c.scale(d.v, last)
	c.daysOff(d.cal, last)
	at := make(map[TaskID]int, len(rows))
	for i, t := range rows {
		at[t.ID] = i
		c.addBar(d.v, t, i)
		if h := d.held[t.ID]; h.EarlyOn.Valid() && h.FinishOn.Valid() && !t.Summary {
			b := &c.Bars[i]
			b.BaseX, b.BaseY = c.x(h.EarlyOn), b.Y+barHeight+3
			b.BaseW = max(c.x(h.FinishOn.AddDays(1))-b.BaseX, 2)
		}
	}
	for _, l := range d.links {
		from, ok := at[l.FromID]
		to, okTo := at[l.ToID]
		if ok && okTo {
			c.Arrows = append(c.Arrows, c.arrow(l, c.Bars[from], c.Bars[to]))
		}
	}
	if d.today >= c.From && c.x(d.today) < c.Width {
		c.Today, c.TodayText = c.x(d.today)+d.zoom.day/2, d.v.DateShort(d.today)
	}
	return c
}

// daysOff notes which days are worked, and where those that are not lie in the picture when days
// are wide enough to be seen.
func (c *chart) daysOff(cal *schedule.Calendar, last when.Date) {
	n := last.Sub(c.From) + 1
	worked := make([]byte, n)
	for i := range worked {
		worked[i] = '0'
		if cal.On(c.From.AddDays(i)) > 0 {
			worked[i] = '1'
		}
	}
	c.Worked = string(worked)
	if c.Zoom.day < 10 {
		return
	}
	for i := 0; i < n; {
		j := i
		for j < n && worked[j] == '0' {
			j++
		}
		if j > i {
			c.Off = append(c.Off, off{c.x(c.From.AddDays(i)), float64(j-i) * c.Zoom.day})
		}
		i = j + 1
	}
}

func monday(d when.Date) when.Date { return d.AddDays(-(int(d.Time().Weekday()) + 6) % 7) }

// scale marks months and Mondays, or years and months where days are too narrow.
func (c *chart) scale(v *web.View, last when.Date) {
	first := c.From.Time()
	for t := time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, time.UTC); ; t = t.AddDate(0, 1, 0) {
		d := when.Day(t.Year(), t.Month(), 1)
		if d > last {
			break
		}
		x := max(0, c.x(d))
		name := v.Month(t.Month())
		if c.Zoom.day < 5 {
			if c.Zoom.day > 0.4 {
				c.Ticks = append(c.Ticks, mark{x, string([]rune(name)[:1])})
			}
			if t.Month() == time.January || x == 0 {
				c.Heads = append(c.Heads, mark{x, strconv.Itoa(t.Year())})
			}
			continue
		}
		if x > 0 || c.x(d.AddDays(20)) > 0 {
			c.Heads = append(c.Heads, mark{x, name + " " + strconv.Itoa(t.Year())})
		}
	}
	if c.Zoom.day < 5 {
		return
	}
	for d := c.From; d <= last; d = d.AddDays(7) {
		c.Ticks = append(c.Ticks, mark{c.x(d), strconv.Itoa(d.Time().Day())})
	}
}

func (c *chart) addBar(v *web.View, t Task, row int) {
	y := headHeight + float64(row)*rowHeight
	b := bar{Task: t, Y: y + 9}
	if t.EarlyOn.Valid() && t.FinishOn.Valid() {
		b.X = c.x(t.EarlyOn)
		b.W = max(c.x(t.FinishOn.AddDays(1))-b.X, 2)
	}
	switch {
	case t.Summary:
		c.Bands = append(c.Bands, y)
	case t.Milestone():
		b.X, b.W = b.X+b.W, 0
		b.Label = v.DateShort(t.FinishOn)
	default:
		b.Done = b.W * float64(t.Percent) / 100
	}
	if !t.Critical && t.State != Done && !t.Summary && t.LateFinishOn > t.FinishOn {
		b.Float = min(c.x(t.LateFinishOn.AddDays(1)), c.Width)
	}
	c.Bars = append(c.Bars, b)
}

// arrow leads from one end of a task to one end of another, round corners of right angles.
func (c *chart) arrow(l Link, from, to bar) arrow {
	const out = 6 // how far it leaves a bar before it turns
	middle := func(b bar) float64 { return b.Y + barHeight/2 }
	x1, y1, d1 := from.X+from.W, middle(from), 1.0
	if l.Kind == StartStart || l.Kind == StartFinish {
		x1, d1 = from.X, -1
	}
	x2, y2, d2 := to.X, middle(to), -1.0
	if l.Kind == FinishFinish || l.Kind == StartFinish {
		x2, d2 = to.X+to.W, 1
	}
	if to.Task.Milestone() {
		x2 += d2 * 8
	}
	if from.Task.Milestone() {
		x1 += d1 * 8
	}
	a := arrow{ID: l.ID, Critical: from.Task.Critical && to.Task.Critical && to.Task.State != Done && from.Task.State != Done}
	tip := x2 + d2*4
	if d1 > 0 && d2 < 0 && x2-x1 > 2*out { // straight on, then down
		a.Path = fmt.Sprintf("M%.1f %.1fH%.1fV%.1fH%.1f", x1, y1, x1+out, y2, tip)
	} else {
		half := y1 + rowHeight/2
		if y2 < y1 {
			half = y1 - rowHeight/2
		}
		a.Path = fmt.Sprintf("M%.1f %.1fH%.1fV%.1fH%.1fV%.1fH%.1f", x1, y1, x1+d1*out, half, x2+d2*(out+4), y2, tip)
	}
	a.Head = fmt.Sprintf("M%.1f %.1fl%.1f -3.5v7Z", x2, y2, d2*6)
	return a
}

// num writes a length for an attribute.
func num(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

// diamond is the sign of a milestone around a point.
func diamond(x, y float64) string { return "M" + num(x) + " " + num(y-8) + "l8 8l-8 8l-8-8Z" }

// bracket is the sign of a summary.
func bracket(x, y, w float64) string {
	w = max(w, 10)
	return fmt.Sprintf("M%.1f %.1fh%.1fv9l-5 -5h%.1fl-5 5Z", x, y+5, w, -(w - 10))
}

// held says which ends of a bar the pointer cannot move: what is done, and where the work has begun.
func held(t Task) string {
	switch {
	case t.State == Done:
		return "both"
	case t.BegunOn.Valid():
		return "start"
	}
	return ""
}
