package schedule

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// ParseWork reads a duration or a lag as people type it in French or English, in days of the
// given length (Calendar.UsualDay): "3 j", "3d", "1,5 j", "4 h", "1 j 4 h", "2 sem" (five days),
// "30 min", "-2 d". A bare number is days. Parts below a minute are rounded. The error is *Faults
// with BadWork for what is no duration and TooLong above ten years of such days.
func ParseWork(s string, day Minutes) (Minutes, error) {
	bad := func(kind Kind) (Minutes, error) { return 0, &Faults{{Kind: kind}} }
	if len(s) > 100 || !utf8.ValidString(s) {
		return bad(BadWork)
	}
	rest := strings.ToLower(strings.Join(strings.Fields(s), "")) // narrow spaces too
	sign := 1.0
	for _, minus := range []string{"-", "−"} {
		if after, ok := strings.CutPrefix(rest, minus); ok {
			sign, rest = -1, after
			break
		}
	}
	if rest == "" {
		return bad(BadWork)
	}
	sum := 0.0
	for first := true; rest != ""; first = false {
		digits := strings.IndexFunc(rest, func(r rune) bool { return (r < '0' || r > '9') && r != ',' && r != '.' })
		if digits < 0 {
			digits = len(rest)
		}
		n, err := strconv.ParseFloat(strings.Replace(rest[:digits], ",", ".", 1), 64)
		if err != nil {
			return bad(BadWork)
		}
		rest = rest[digits:]
		letters := strings.IndexFunc(rest, func(r rune) bool { return r >= '0' && r <= '9' })
		if letters < 0 {
			letters = len(rest)
		}
		unit, ok := unitOf(rest[:letters], day)
		if !ok || rest == "" && !first {
			return bad(BadWork)
		}
		rest = rest[letters:]
		sum += n * unit
	}
	if sum > tenYears*5*float64(day) {
		return bad(TooLong)
	}
	return Minutes(sign * (sum + 0.5)), nil
}

// unitOf is the length of a unit in minutes.
func unitOf(word string, day Minutes) (float64, bool) {
	switch word {
	case "", "j", "jour", "jours", "d", "day", "days":
		return float64(day), true
	case "h", "heure", "heures", "hour", "hours":
		return float64(Hour), true
	case "min", "mn", "minute", "minutes":
		return 1, true
	case "s", "sem", "semaine", "semaines", "w", "week", "weeks":
		return 5 * float64(day), true
	}
	return 0, false
}
