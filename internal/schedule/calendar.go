package schedule

import (
	"math/bits"
	"slices"

	"bassin/internal/when"
)

// Rules say which days are worked, as people write them. What comes first wins: an extra day, a
// closure, a public holiday, the week.
type Rules struct {
	Name     string
	Week     [7]Minutes // by time.Weekday, Sunday first; 0 is a day off, at most 24 h
	Holidays Holidays
	Closed   []Span
	Extra    []Extra
}

// Span is a run of days, both inclusive, with what people call it.
type Span struct {
	From, To when.Date
	Name     string
}

// Extra is a day that is worked though its weekday, a holiday or a closure says otherwise, or
// worked longer or shorter than its weekday.
type Extra struct {
	Date when.Date
	Work Minutes
	Name string
}

// Weekdays is the usual week: Monday to Friday, 7 h a day, the 35 hours of French law.
func Weekdays() [7]Minutes {
	return [7]Minutes{0, 7 * Hour, 7 * Hour, 7 * Hour, 7 * Hour, 7 * Hour, 0}
}

// Calendar answers at once how much work lies between two moments. It never changes: one may be
// shared by many plans and goroutines. It holds half a megabyte; compile once and keep it.
type Calendar struct {
	name  string
	usual Minutes
	week  Minutes // work of a week without holidays; of seven usual days when only extra days are worked
	rules []Rules
	// cum counts the minutes of work before each day, one more entry than there are days.
	cum []int32
	// from gives, for every 2^block minutes of work, the day in which they begin. A block holds
	// no more than half a usual week, so that few days are left to look at.
	from  []int32
	block uint
}

// Compile makes a calendar of one set of rules, or of several of which the shortest day counts:
// the hours of a project where its company is open. Nothing but *Faults is returned: NoWork, that
// names the calendar when no day is left, BadCalendar for wrong hours and BadDate for wrong days.
func Compile(rules ...Rules) (*Calendar, error) {
	c := &Calendar{rules: slices.Clone(rules), cum: make([]int32, days+1)}
	var faults Faults
	for i, r := range rules {
		if i > 0 {
			c.name += " ∩ "
		}
		c.name += r.Name
		faults = append(faults, r.check()...)
	}
	if len(faults) > 0 {
		return nil, &faults
	}
	work := c.cum[1:]
	for i, r := range rules {
		r.lay(work, i == 0)
	}
	c.usual, c.week = usual(rules)
	sum := int32(0)
	for d, w := range work {
		sum += w
		work[d] = sum
	}
	if sum == 0 {
		return nil, &Faults{{Kind: NoWork, Calendar: c.name}}
	}
	c.index()
	return c, nil
}

func (r Rules) check() (faults Faults) {
	for _, w := range r.Week {
		if w < 0 || w > dayLength {
			faults = append(faults, Fault{Kind: BadCalendar, Calendar: r.Name})
			break
		}
	}
	if !slices.Contains([]Holidays{NoHolidays, France, AlsaceMoselle}, r.Holidays) {
		faults = append(faults, Fault{Kind: BadCalendar, Calendar: r.Name})
	}
	for _, s := range r.Closed {
		if _, _, ok := s.days(); !ok {
			faults = append(faults, Fault{Kind: BadDate, Calendar: r.Name, Date: s.From})
		}
	}
	for _, x := range r.Extra {
		if _, ok := dayOf(x.Date); !ok {
			faults = append(faults, Fault{Kind: BadDate, Calendar: r.Name, Date: x.Date})
		} else if x.Work < 0 || x.Work > dayLength {
			faults = append(faults, Fault{Kind: BadCalendar, Calendar: r.Name, Date: x.Date})
		}
	}
	return faults
}

// days gives the first and the last day, and false when they are no days or in the wrong order.
func (s Span) days() (from, to int, ok bool) {
	from, ok1 := dayOf(s.From)
	to, ok2 := dayOf(s.To)
	return from, to, ok1 && ok2 && from <= to
}

// lay writes the minutes of each day; from the second rules on the shorter day stays.
func (r Rules) lay(work []int32, first bool) {
	own := work
	if !first {
		own = make([]int32, days)
	}
	for d := range own {
		own[d] = int32(r.Week[weekday(d)])
	}
	for year := when.MinYear; year <= when.MaxYear; year++ {
		r.Holidays.each(year, func(day int, _ Holiday) { own[day] = 0 })
	}
	for _, s := range r.Closed {
		from, to, _ := s.days()
		clear(own[from : to+1])
	}
	for _, x := range r.Extra {
		d, _ := dayOf(x.Date)
		own[d] = int32(x.Work)
	}
	if !first {
		for d := range work {
			work[d] = min(work[d], own[d])
		}
	}
}

// usual gives the length that most weekdays have, the longer one of two, and the work of a week.
func usual(rules []Rules) (day, week Minutes) {
	count := map[Minutes]int{}
	for d := range 7 {
		w := Minutes(dayLength)
		for _, r := range rules {
			w = min(w, r.Week[d])
		}
		if w == 0 {
			continue
		}
		week += w
		if count[w]++; count[w] > count[day] || count[w] == count[day] && w > day {
			day = w
		}
	}
	if week == 0 {
		return 7 * Hour, 49 * Hour
	}
	return day, week
}

func (c *Calendar) index() {
	c.block = uint(bits.Len32(uint32(max(3*c.usual, 1))) - 1)
	c.from = make([]int32, int(c.total()>>c.block)+1)
	d := int32(0)
	for b := range c.from {
		for d+1 < days && c.cum[d+1] <= int32(b<<c.block) {
			d++
		}
		c.from[b] = d
	}
}

// Name is the name in the rules; of several, joined by ∩.
func (c *Calendar) Name() string { return c.name }

// UsualDay is the length of a day where people type days: the one that most weekdays have.
func (c *Calendar) UsualDay() Minutes { return c.usual }

// On gives the work of a day; 0 for a day off and for what is no day from 1900 to 2200.
func (c *Calendar) On(d when.Date) Minutes {
	if day, ok := dayOf(d); ok {
		return Minutes(c.on(day))
	}
	return 0
}

// Off names what closes a day: the closure's name, or the holiday's. Both are empty when the day
// is worked or when it is simply not a weekday that is worked.
func (c *Calendar) Off(d when.Date) (closure string, holiday Holiday) {
	day, ok := dayOf(d)
	if !ok || c.on(day) > 0 {
		return "", ""
	}
	for _, r := range c.rules {
		for _, s := range r.Closed {
			if s.From <= d && d <= s.To {
				return s.Name, ""
			}
		}
		r.Holidays.each(d.Year(), func(at int, name Holiday) {
			if at == day {
				holiday = name
			}
		})
		if holiday != "" {
			return "", holiday
		}
	}
	return "", ""
}

// WorkingDays counts the days worked from a up to but without b, negative when b is earlier. It
// is the shift that people speak of: from Friday to Monday is one day. 0 for what is no day.
func (c *Calendar) WorkingDays(a, b when.Date) int {
	from, ok1 := dayOf(a)
	to, ok2 := dayOf(b)
	if !ok1 || !ok2 {
		return 0
	}
	sign := 1
	if to < from {
		from, to, sign = to, from, -1
	}
	n := 0
	for d := from; d < to; d++ {
		if c.cum[d+1] > c.cum[d] {
			n++
		}
	}
	return sign * n
}

// Between gives the work of the days from a to b, both inclusive; 0 when b is earlier, or for what
// is no day.
func (c *Calendar) Between(a, b when.Date) Minutes {
	from, ok1 := dayOf(a)
	to, ok2 := dayOf(b)
	if !ok1 || !ok2 || to < from {
		return 0
	}
	return Minutes(c.cum[to+1] - c.cum[from])
}

// Work below is a place on the axis of working time: minutes of work since 1900. A day off has no
// length there: Friday's evening and Monday's morning are one place.

func (c *Calendar) total() int32     { return c.cum[days] }
func (c *Calendar) on(day int) int32 { return c.cum[day+1] - c.cum[day] }

// work counts the minutes of work before the moment.
func (c *Calendar) work(m Moment) int32 {
	d := m.day()
	return c.cum[d] + min(m.minute(), c.on(d))
}

// dayAt gives the day in which minute k of work is done, for 0 ≤ k < total.
func (c *Calendar) dayAt(k int32) int {
	d := c.from[k>>c.block]
	for c.cum[d+1] <= k {
		d++
	}
	return int(d)
}

// begin is the latest moment before which k minutes are worked: where minute k begins.
func (c *Calendar) begin(k int32) Moment {
	if k >= c.total() {
		return last
	}
	k = max(k, 0)
	d := c.dayAt(k)
	return morning(d) + Moment(k-c.cum[d])
}

// end is the earliest moment before which k minutes are worked: where minute k-1 ends.
func (c *Calendar) end(k int32) Moment {
	if k <= 0 {
		return 0
	}
	if k > c.total() {
		return last
	}
	d := c.dayAt(k - 1)
	return morning(d) + Moment(k-c.cum[d])
}

// opens reports whether work goes on after the moment, closes whether it went on before it.
func (c *Calendar) opens(m Moment) bool  { return m.minute() < c.on(m.day()) }
func (c *Calendar) closes(m Moment) bool { return m.minute() > 0 && m.minute() <= c.on(m.day()) }

// up moves to the next moment in which somebody is there, openings and closings included; down
// to the one before. Milestones stand there.
func (c *Calendar) up(m Moment) Moment {
	if c.opens(m) || c.closes(m) {
		return m
	}
	return c.begin(c.work(m))
}

func (c *Calendar) down(m Moment) Moment {
	if c.opens(m) || c.closes(m) {
		return m
	}
	return c.end(c.work(m))
}

// finishFrom is the least work that ends at the moment or after it; startBy the most that begins
// at the moment or before it.
func (c *Calendar) finishFrom(m Moment) int32 {
	if c.closes(m) {
		return c.work(m)
	}
	return c.work(m) + 1
}

func (c *Calendar) startBy(m Moment) int32 {
	if c.opens(m) {
		return c.work(m)
	}
	return c.work(m) - 1
}
