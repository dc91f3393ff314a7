package cost

import (
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/when"
)

// HoursID names hours.
type HoursID string

// MaxDay is how many minutes somebody can work in a day.
const MaxDay = 24 * 60

// maxBack is how many days hours can be written or changed afterwards: two years, the length of the
// longest claim for a grant's last payment.
const maxBack = 730

// Hours is what one person worked on one task, or on none, on one day.
type Hours struct {
	ID         HoursID
	ProjectID  project.ID
	PersonID   account.PersonID
	PersonName string
	TaskID     plan.TaskID
	OnDay      when.Date
	Minutes    int64
	Role       string // in which it was worked, kept: a person may change role
	Note       string
	CreatedAt  when.Time
	UpdatedAt  when.Time
	Version    int64
}

func (h Hours) check(today when.Date) error {
	var wrong fault.Fields
	switch {
	case !h.OnDay.Valid():
		wrong.Add("on", "fault.date", "min_year", when.MinYear, "max_year", when.MaxYear)
	case h.OnDay > today:
		wrong.Add("on", "cost.wrong.future")
	case today.Sub(h.OnDay) > maxBack:
		wrong.Add("on", "cost.wrong.old", "oldest_on", today.AddDays(-maxBack))
	}
	if h.Minutes < 0 || h.Minutes > MaxDay {
		wrong.Add("minutes", "cost.wrong.minutes")
	}
	wrong.Text("note", h.Note, 0, 500)
	return wrong.Err()
}

// ParseHours reads a duration as people write it: "1h30", "1:30", "1,5", "1.5 h", "90 min", "7".
// An empty text or a dash is none. False when it cannot be read.
func ParseHours(text string) (minutes int64, ok bool) {
	s := strings.Join(strings.Fields(strings.ToLower(text)), "")
	if s == "-" || s == "–" {
		return 0, true
	}
	for _, unit := range []string{"min", "mn"} {
		if rest, found := strings.CutSuffix(s, unit); found {
			if !strings.ContainsAny(rest, "h:") {
				minutes, err := strconv.ParseInt(rest, 10, 64)
				return minutes, err == nil && minutes >= 0 && minutes <= MaxDay
			}
			s = rest
		}
	}
	m, ok := plan.ParseHours(s)
	return int64(m), ok
}

// Written gives minutes as "1h30", "7h", "" for none.
func Written(minutes int64) string {
	switch h, m := minutes/60, minutes%60; {
	case minutes == 0:
		return ""
	case m == 0:
		return strconv.FormatInt(h, 10) + "h"
	case m < 10:
		return strconv.FormatInt(h, 10) + "h0" + strconv.FormatInt(m, 10)
	default:
		return strconv.FormatInt(h, 10) + "h" + strconv.FormatInt(m, 10)
	}
}

// Monday is the first day of a day's week.
func Monday(d when.Date) when.Date {
	return d.AddDays(-((int(d.Time().Weekday()) + 6) % 7))
}
