package cost

import (
	"slices"

	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/when"
)

// LineID names a budget line.
type LineID string

// Line foresees what something of the project costs. A line of labour with a role and minutes is
// worth them at the role's rate; its cents are kept as they were worked out.
type Line struct {
	ID        LineID
	ProjectID project.ID
	Title     string
	Category  Category
	StageID   project.StageID
	Role      string
	Minutes   int64
	Cents     int64
	Version   int64
}

// maxLineMinutes bounds the hours of a line: fifty years of one person.
const maxLineMinutes = 50 * 1600 * 60

// value works out the cents of a line of labour.
func (l *Line) value(rates Rates, on when.Date) error {
	if l.Category != Labour {
		l.Role, l.Minutes = "", 0
		return nil
	}
	if l.Role == "" || l.Minutes == 0 {
		return nil
	}
	cents, ok := rates.On(l.Role, on)
	if !ok {
		var wrong fault.Fields
		wrong.Add("role", "cost.wrong.no_rate", "role", l.Role)
		return wrong.Err()
	}
	if l.Minutes < 0 || l.Minutes > maxLineMinutes {
		var wrong fault.Fields
		wrong.Add("hours", "fault.number", "min", 0, "max", maxLineMinutes/60)
		return wrong.Err()
	}
	l.Cents = Of(l.Minutes, cents)
	return nil
}

func (l Line) check() error {
	var wrong fault.Fields
	wrong.Text("title", l.Title, 1, 200)
	if !slices.Contains(Categories(), l.Category) {
		wrong.Add("category", "fault.choice")
	}
	wrong.Text("role", l.Role, 0, 80)
	amount(&wrong, l.Cents)
	return wrong.Err()
}
