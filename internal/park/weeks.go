package park

import (
	"strconv"
	"time"

	"bassin/internal/db"
	"bassin/internal/web"
	"bassin/internal/when"
)

// shownDays is how far the calendar of a machine is drawn: two weeks.
const shownDays = 14

// dayView is a day of a machine's calendar. Spans are minutes of the day.
type dayView struct {
	On     when.Date
	Open   span // when people are there; empty: not on that day
	Taken  []takenSpan
	Passed span // what of it has gone by
}

// span is a part of a day, from 0 to dayMinutes.
type span struct{ From, To int64 }

func (s span) length() int64 { return max(0, s.To-s.From) }

// takenSpan is what a slot takes of a day.
type takenSpan struct {
	span
	Slot
}

// daysOf are the days from now on of a machine, as many as are shown. Days are those of the place of now.
func daysOf(o Opening, slots []Slot, now time.Time) []dayView {
	days := make([]dayView, shownDays)
	y, m, d := now.Date()
	for i := range days {
		begin, end := time.Date(y, m, d+i, 0, 0, 0, 0, now.Location()), time.Date(y, m, d+i+1, 0, 0, 0, 0, now.Location())
		// Of a day on which clocks are changed an hour takes a little more or less room.
		minute := func(t time.Time) int64 {
			return max(0, min(dayMinutes, int64(t.Sub(begin))*dayMinutes/int64(end.Sub(begin))))
		}
		x := dayView{On: when.At(begin).Date(now.Location()), Passed: span{0, minute(now)}}
		if o.on(begin.Weekday()) {
			x.Open = span{o.OpenFrom, o.OpenTo}
		}
		for _, s := range slots {
			if t := (span{minute(s.FromAt.Time()), minute(s.ToAt.Time())}); t.length() > 0 {
				x.Taken = append(x.Taken, takenSpan{t, s})
			}
		}
		days[i] = x
	}
	return days
}

// weeks are the days in rows of seven, today's the first.
func (x machineView) weeks(v *web.View) [][]dayView {
	days := daysOf(x.Opening, x.Slots, v.Now.Time().In(db.Paris))
	return [][]dayView{days[:7], days[7:]}
}

// dayName is short: "lun 27".
func dayName(v *web.View, d when.Date) string {
	t := d.Time()
	name := []rune(v.T("agenda.day." + strconv.Itoa(int(t.Weekday()))))
	return string(name[:3]) + " " + strconv.Itoa(t.Day())
}

func num(n int64) string { return strconv.FormatInt(n, 10) }

// told is what a slot says when it is pointed at. Others than the owner's people are not told what for.
func (x machineView) told(v *web.View, s Slot) string {
	text := v.T(s.Kind.Key()) + v.T("web.form.colon") + " " + v.DateTime(s.FromAt) + " – " + v.DateTime(s.ToAt)
	if x.Ours {
		text = s.Title + ", " + text
	}
	return text
}
