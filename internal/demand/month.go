package demand

import "fmt"

// validMonth tells whether a text is a month: "2026-03".
func validMonth(s string) bool {
	var y, m int
	n, err := fmt.Sscanf(s, "%4d-%2d", &y, &m)
	return err == nil && n == 2 && len(s) == 7 && y >= 2000 && m >= 1 && m <= 12
}

func nextMonth(s string) string {
	var y, m int
	if _, err := fmt.Sscanf(s, "%4d-%2d", &y, &m); err != nil {
		return "9999-12" // ends every walk; callers have checked before
	}
	if m++; m > 12 {
		y, m = y+1, 1
	}
	return fmt.Sprintf("%04d-%02d", y, m)
}

// back is so many months before one.
func back(s string, n int) string {
	var y, m int
	if _, err := fmt.Sscanf(s, "%4d-%2d", &y, &m); err != nil {
		return s
	}
	k := y*12 + m - 1 - n
	return fmt.Sprintf("%04d-%02d", k/12, k%12+1)
}
