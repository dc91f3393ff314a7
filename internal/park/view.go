package park

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"bassin/internal/db"
	"bassin/internal/web"
	"bassin/internal/when"
)

// Said writes the value of a figure with its unit.
func (f Figure) Said(v *web.View) string {
	k, _ := KindOf(f.Process, f.Name)
	return Measure(v, f.Value, k.Unit)
}

// Measure writes a number with its unit.
func Measure(v *web.View, x float64, unit string) string {
	s := v.Decimal(x, 4)
	switch {
	case unit == "":
		return s
	case unit == "°" || unit == "%" && v.Lang == "en":
		return s + unit
	}
	return s + "\u00a0" + unit
}

func orDash(known bool, text string) string {
	if !known {
		return "–"
	}
	return text
}

// Volume writes the space in which a machine builds.
func (m Machine) Volume(v *web.View) string {
	return v.Decimal(m.XMM, 1) + " × " + v.Decimal(m.YMM, 1) + " × " + v.Decimal(m.ZMM, 1)
}

func (m Machine) layers(v *web.View) string {
	if m.LeastLayerMM == m.MostLayerMM {
		return Measure(v, m.LeastLayerMM, "mm")
	}
	return v.T("park.layers", "least", v.Decimal(m.LeastLayerMM, 3), "most", Measure(v, m.MostLayerMM, "mm"))
}

// clock writes minutes of the day as a time field wants them.
func clock(minutes int64) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// readClock reads "08:30" or "8h30"; "24:00" is the end of the day.
func readClock(f *web.Form, name string) int64 {
	h, m, _ := strings.Cut(strings.Replace(f.Text(name), "h", ":", 1), ":")
	hours, err := strconv.Atoi(strings.TrimSpace(h))
	minutes, err2 := strconv.Atoi(strings.TrimSpace("0" + m))
	if err != nil || err2 != nil || hours < 0 || minutes > 59 || hours*60+minutes > dayMinutes {
		f.Wrong(name, "park.wrong.clock")
		return 0
	}
	return int64(hours*60 + minutes)
}

// readInstant reads a day and a time of day, in France.
func readInstant(f *web.Form, day, clock string) when.Time {
	d := f.Date(day)
	minutes := readClock(f, clock)
	if d == when.None {
		if f.Text(day) == "" {
			f.Wrong(day, "fault.required")
		}
		return 0
	}
	t := d.Time()
	return when.At(time.Date(t.Year(), t.Month(), t.Day(), int(minutes/60), int(minutes%60), 0, 0, db.Paris))
}

var weekdays = []string{"1", "2", "3", "4", "5", "6", "7"}

// days names those on which people are there: "du lundi au vendredi", "mardi, jeudi".
func (o Opening) days(v *web.View) string {
	var numbers string
	var names []string
	for _, d := range weekdays {
		if strings.Contains(o.OpenDays, d) {
			numbers, names = numbers+d, append(names, v.T("park.day."+d))
		}
	}
	if len(names) > 2 && strings.Contains(strings.Join(weekdays, ""), numbers) {
		return v.T("park.day_range", "from", names[0], "to", names[len(names)-1])
	}
	return strings.Join(names, ", ")
}

func (o Opening) said(v *web.View) string {
	s := v.T("park.open", "days", o.days(v), "from", clock(o.OpenFrom), "to", clock(o.OpenTo))
	if o.Unattended {
		s += " " + v.T("park.unattended")
	}
	return s
}

// instant writes the value of a fault that is an instant.
func instant(v *web.View, x any) string {
	t, _ := x.(when.Time)
	return v.DateTime(t)
}
