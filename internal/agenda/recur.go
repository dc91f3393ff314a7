package agenda

import (
	"slices"
	"strings"
	"time"

	"bassin/internal/ical"

	"github.com/teambition/rrule-go"
)

// Rules of recurrence are kept as they are sent. They are followed only to tell whether something
// happens between two instants, and only as far as that is cheap: a rule that takes hours to follow
// is written in a line. What is not followed counts as happening, so that programs get it and see for
// themselves.
const (
	maxDays  = 40_000  // from the start of a series to the end of the range that is asked for
	maxTimes = 24      // hours, minutes and seconds of a day that a rule names
	maxWork  = 200_000 // occurrences that are passed over for one report
)

// readRule reads a rule.
func readRule(value string) (rrule.ROption, error) {
	if len(value) > 2000 || strings.ContainsAny(value, "\r\n") {
		return rrule.ROption{}, ical.ErrSyntax
	}
	o, err := rrule.StrToROption(value)
	if err != nil {
		return rrule.ROption{}, ical.ErrSyntax
	}
	return *o, nil
}

// followable reports whether a rule is one of those that people make and that always find their next
// day soon: one that never does, such as each 30 February, is looked for until the year 9999.
func followable(o rrule.ROption) bool {
	nth := slices.ContainsFunc(o.Byweekday, func(d rrule.Weekday) bool { return d.N() != 0 })
	late := slices.ContainsFunc(o.Bymonthday, func(d int) bool { return d > 28 || d < -28 || d == 0 })
	switch {
	case o.Freq > rrule.DAILY, o.Interval < 0, o.Interval > 100, o.Count < 0,
		len(o.Byyearday)+len(o.Byweekno)+len(o.Byeaster) > 0,
		len(o.Bymonth)+len(o.Bymonthday)+len(o.Byweekday)+len(o.Bysetpos) > 60,
		max(1, len(o.Byhour))*max(1, len(o.Byminute))*max(1, len(o.Bysecond)) > maxTimes:
		return false
	case late && (len(o.Bymonth) > 0 || len(o.Byweekday) > 0 || o.Interval > 1):
		return false
	case nth && (o.Freq > rrule.MONTHLY || len(o.Bymonthday) > 0):
		return false
	case nth && slices.ContainsFunc(o.Byweekday, func(d rrule.Weekday) bool { return d.N() > 5 || d.N() < -5 }):
		return false
	case o.Interval > 1 && (o.Freq == rrule.DAILY && len(o.Byweekday)+len(o.Bymonthday)+len(o.Bymonth) > 0 || o.Freq != rrule.YEARLY && len(o.Bymonth) > 0 || o.Freq == rrule.WEEKLY && len(o.Bymonthday) > 0):
		return false
	case len(o.Bysetpos) > 0:
		far := slices.ContainsFunc(o.Bysetpos, func(n int) bool { return n > 4 || n < -4 || n == 0 })
		return !far && !nth && o.Freq <= rrule.MONTHLY && len(o.Byweekday) > 0 && len(o.Bymonthday) == 0
	}
	return true
}

// work is how many occurrences were passed over for one report.
type work struct{ spent int }

// happens reports whether a recurring component occurs between two instants.
func (w *work) happens(p *ical.Component, from, to time.Time) bool {
	list, followed := w.starts(p, from, to, 1)
	return !followed || len(list) > 0
}

// starts gives when a component occurs between two instants, the first few times; followed is false
// when that would take too long to find out.
func (w *work) starts(p *ical.Component, from, to time.Time, most int) (list []time.Time, followed bool) {
	start, end, dated := extent(p)
	rules := p.All("RRULE")
	switch {
	case !dated:
		return nil, false
	case !start.Before(to):
		return nil, true
	case len(p.All("RDATE")) > 0, len(rules) > 1: // rare
		return nil, false
	case len(rules) == 0:
		if end.After(from) {
			list = append(list, start)
		}
		return list, true
	}
	o, err := readRule(rules[0].Value)
	if err != nil || !followable(o) || to.Sub(start) > maxDays*24*time.Hour {
		return nil, false
	}
	o.Dtstart = start
	if o.Until.IsZero() || o.Until.After(to) {
		o.Until = to
	}
	r, err := rrule.NewRRule(o)
	if err != nil {
		return nil, false
	}
	out := excluded(p)
	for next := r.Iterator(); len(list) < most; {
		if w.spent++; w.spent > maxWork {
			return nil, false
		}
		at, more := next()
		if !more || !at.Before(to) {
			break
		}
		if at.Add(end.Sub(start)).After(from) && !out[at.Unix()] {
			list = append(list, at)
		}
	}
	return list, true
}

// excluded are the starts that the series leaves out.
func excluded(p *ical.Component) map[int64]bool {
	out := map[int64]bool{}
	for _, l := range p.All("EXDATE") {
		for v := range strings.SplitSeq(l.Value, ",") {
			x := l
			x.Value = v
			if t, err := x.Time(paris); err == nil {
				out[t.Unix()] = true
			}
		}
	}
	return out
}
