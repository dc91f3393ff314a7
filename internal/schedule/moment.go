package schedule

import (
	"time"

	"bassin/internal/when"
)

// Minutes are minutes of work: what a calendar counts and people type as "3 d" or "4 h".
type Minutes int32

// Hour is an hour of work.
const Hour Minutes = 60

// Moment is a point of the plan: a day and the minutes since that day's work began. The day is
// counted from 1 January 1900 and stands in the upper bits; the minute goes from 0, the opening,
// to 1440. So the evening of a day that is worked round the clock is not the morning of the next
// one, the date of any moment is plain, and moments compare with <.
type Moment int32

const (
	dayBits    = 11 // 2048 places a day, of which 0 to 1440 are used
	minuteMask = 1<<dayBits - 1
	dayLength  = 1440
)

// days is the number of days from 1900 to 2200; epoch is 1 January 1900 in days from 1970.
const (
	days  = 109938
	epoch = -25567
)

// last is the end of the last day. As a bound it means that nothing binds.
const last Moment = (days-1)<<dayBits | dayLength

func morning(day int) Moment   { return Moment(day << dayBits) }
func evening(day int) Moment   { return Moment(day<<dayBits | dayLength) }
func (m Moment) day() int      { return int(m >> dayBits) }
func (m Moment) minute() int32 { return int32(m & minuteMask) }

// Date is the day of the moment: the first day of a task for its start, the last day worked for
// its finish, both inclusive as people count them.
func (m Moment) Date() when.Date { return dateOf(m.day()) }

func dateOf(day int) when.Date {
	return when.Date(time.Unix(int64(day+epoch)*86400, 0).UTC().Format(time.DateOnly))
}

// dayOf gives the day's number, and false for what is no day from 1900 to 2200. Reading the
// digits is ten times faster than time.Parse, and a plan holds thousands of dates.
func dayOf(d when.Date) (int, bool) {
	if len(d) != 10 || d[4] != '-' || d[7] != '-' {
		return 0, false
	}
	var n [10]int
	for i := range 10 {
		if i == 4 || i == 7 {
			continue
		}
		if d[i] < '0' || d[i] > '9' {
			return 0, false
		}
		n[i] = int(d[i] - '0')
	}
	y, m, day := n[0]*1000+n[1]*100+n[2]*10+n[3], n[5]*10+n[6], n[8]*10+n[9]
	if y < when.MinYear || y > when.MaxYear || m < 1 || m > 12 || day < 1 || day > monthLength(y, m) {
		return 0, false
	}
	return civil(y, m, day), true
}

func monthLength(y, m int) int {
	switch {
	case m == 2 && (y%4 == 0 && y%100 != 0 || y%400 == 0):
		return 29
	case m == 2:
		return 28
	case m == 4 || m == 6 || m == 9 || m == 11:
		return 30
	}
	return 31
}

// civil counts the days from 1 January 1900 in the Gregorian calendar. Years begin in March, so
// that the leap day comes last (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
func civil(y, m, d int) int {
	if m <= 2 {
		y--
		m += 12
	}
	return 365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + d - 1 - 693901
}

// weekday of a day's number: 1 January 1900 was a Monday.
func weekday(day int) time.Weekday { return time.Weekday((day + 1) % 7) }
