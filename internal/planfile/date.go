package planfile

import (
	"strconv"
	"strings"
	"unicode"

	"bassin/internal/when"
)

// DayOrder says in which order a date names day and month.
type DayOrder string

// The orders. Dates that begin with the year need none.
const (
	DayFirst   DayOrder = "dmy"
	MonthFirst DayOrder = "mdy"
)

// months are the beginnings of the names of months, French and English, without accents.
var months = []struct {
	begin string
	month int
}{
	{"janv", 1}, {"jan", 1}, {"fev", 2}, {"feb", 2}, {"mars", 3}, {"mar", 3}, {"avr", 4}, {"apr", 4}, {"mai", 5}, {"may", 5}, {"juin", 6}, {"jun", 6},
	{"juil", 7}, {"jul", 7}, {"aou", 8}, {"aug", 8}, {"sep", 9}, {"oct", 10}, {"nov", 11}, {"dec", 12},
}

// parts takes a date apart: numbers and the names of months, until something is neither. The time
// of day is left aside.
func dateParts(s string) (list [3]int, named int, ok bool) {
	s = strings.TrimSpace(fold(s))
	if i := strings.IndexByte(s, 't'); i >= 8 && i+1 < len(s) && s[i-1] >= '0' && s[i-1] <= '9' && s[i+1] >= '0' && s[i+1] <= '9' {
		s = s[:i] // 2026-11-26T08:00:00
	}
	words := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("/-. ,", r) })
	named = -1
	n := 0
	for _, w := range words {
		if n == 3 {
			break
		}
		if unicode.IsLetter(rune(w[0])) {
			m := monthOf(w)
			if m == 0 && n == 0 {
				continue // the day of the week
			}
			if m == 0 || named >= 0 {
				return list, named, false
			}
			named, list[n] = n, m
		} else {
			x, err := strconv.Atoi(strings.TrimSuffix(w, "er"))
			if err != nil || x < 0 || x > 9999 {
				return list, named, false
			}
			list[n] = x
		}
		n++
	}
	return list, named, n == 3
}

func monthOf(w string) int {
	for _, m := range months {
		if strings.HasPrefix(w, m.begin) {
			return m.month
		}
	}
	return 0
}

// readDate reads a date as tools write them: 2026-11-26, 26/11/2026, 11/26/2026, 26/nov./26 4:00 PM,
// "Thu 26/11/26", 26.11.2026, "26 novembre 2026 08:00", with the time of day left out.
func readDate(s string, order DayOrder) (when.Date, bool) {
	p, named, ok := dateParts(s)
	if !ok {
		return when.None, false
	}
	y, m, d := p[2], p[1], p[0]
	switch {
	case p[0] > 31:
		y, m, d = p[0], p[1], p[2]
	case named == 0, named < 0 && order == MonthFirst:
		m, d = p[0], p[1]
	}
	if y < 100 && p[0] <= 31 {
		y += 2000
	}
	date, err := when.ParseDate(strconv.Itoa(y) + "-" + two(m) + "-" + two(d))
	return date, err == nil && date.Valid()
}

func two(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// dayOrder finds out the order of day and month in a column of dates: a number above twelve is a
// day. It reports whether a date said so.
func dayOrder(dates []string) (order DayOrder, sure bool) {
	for _, s := range dates {
		p, named, ok := dateParts(s)
		switch {
		case !ok || named >= 0 || p[0] > 31:
		case p[0] > 12:
			return DayFirst, true
		case p[1] > 12:
			return MonthFirst, true
		}
	}
	return DayFirst, false
}
