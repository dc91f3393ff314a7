// Package when holds the two kinds of time that the program stores: a calendar day and an
// instant. Both are plain comparable values with the same form in Go, in SQL on both databases
// and in JSON, so that rules, stores and tests share them without conversion (decision 0003).
package when

import (
	"fmt"
	"time"
)

// Date is a calendar day in ISO 8601, "2026-05-21". The empty string is "no date".
// Dates compare with < and ==. Stored as text.
type Date string

// None is the absent date.
const None Date = ""

// The range of days accepted from outside: nothing of the programme is older or further away,
// and a year typed with two digits or with five is a mistake that is worth saying.
const (
	MinYear = 1900
	MaxYear = 2200
)

// ParseDate reads YYYY-MM-DD, a real day between MinYear and MaxYear.
func ParseDate(s string) (Date, error) {
	t, ok := Date(s).parse()
	if !ok {
		return None, fmt.Errorf("date %q is not YYYY-MM-DD", s)
	}
	if t.Year() < MinYear || t.Year() > MaxYear {
		return None, fmt.Errorf("date %q is not between %d and %d", s, MinYear, MaxYear)
	}
	return Date(s), nil
}

// parse reads the date by hand: pages show thousands, and time.Parse is four times as slow.
func (d Date) parse() (time.Time, bool) {
	if len(d) != len(time.DateOnly) || d[4] != '-' || d[7] != '-' {
		return time.Time{}, false
	}
	var n [3]int
	for k, part := range [3]Date{d[:4], d[5:7], d[8:]} {
		for i := range len(part) {
			if part[i] < '0' || part[i] > '9' {
				return time.Time{}, false
			}
			n[k] = n[k]*10 + int(part[i]-'0')
		}
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], 0, 0, 0, 0, time.UTC)
	return t, n[1] >= 1 && n[1] <= 12 && n[2] >= 1 && t.Day() == n[2]
}

// Day makes a date from its parts; days and months overflow as in time.Date.
func Day(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
}

// Valid reports whether the date is a real day within the accepted range.
func (d Date) Valid() bool {
	if d == None {
		return false
	}
	t, ok := d.parse()
	return ok && t.Year() >= MinYear && t.Year() <= MaxYear
}

// Time gives midnight UTC of the day; the zero time for None or an unreadable day.
func (d Date) Time() time.Time {
	if t, ok := d.parse(); ok {
		return t
	}
	return time.Time{}
}

// Year gives the year, 0 for None.
func (d Date) Year() int {
	if d == None {
		return 0
	}
	return d.Time().Year()
}

// AddDays moves by n days.
func (d Date) AddDays(n int) Date {
	if d == None {
		return None
	}
	return Date(d.Time().AddDate(0, 0, n).Format(time.DateOnly))
}

// Sub gives the days from e to d, negative when d is earlier.
func (d Date) Sub(e Date) int {
	return int(d.Time().Sub(e.Time()) / (24 * time.Hour))
}

// Time is an instant: microseconds since 1970-01-01 UTC, 0 is "never". Stored as bigint.
// Microseconds because PostgreSQL keeps no finer and two databases must agree.
type Time int64

// At converts a time.Time.
func At(t time.Time) Time {
	if t.IsZero() {
		return 0
	}
	return Time(t.UnixMicro())
}

// Time converts back, in UTC; the zero time for 0.
func (t Time) Time() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(t)).UTC()
}

// Date gives the calendar day in the place.
func (t Time) Date(in *time.Location) Date {
	if t == 0 {
		return None
	}
	return Date(t.Time().In(in).Format(time.DateOnly))
}

// Add moves by a duration.
func (t Time) Add(d time.Duration) Time { return t + Time(d.Microseconds()) }

// Sub gives the duration from u to t.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t-u) * time.Microsecond }

// MarshalJSON writes RFC 3339 with microseconds, null for 0.
func (t Time) MarshalJSON() ([]byte, error) {
	if t == 0 {
		return []byte("null"), nil
	}
	return []byte(t.Time().Format(`"2006-01-02T15:04:05.000000Z"`)), nil
}

// UnmarshalJSON reads RFC 3339 or null.
func (t *Time) UnmarshalJSON(b []byte) error {
	if string(b) == "null" || string(b) == `""` {
		*t = 0
		return nil
	}
	x, err := time.Parse(`"`+time.RFC3339Nano+`"`, string(b))
	if err != nil {
		return fmt.Errorf("time %s is not RFC 3339", b)
	}
	*t = At(x)
	return nil
}
