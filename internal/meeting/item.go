package meeting

import (
	"strings"

	"bassin/internal/fault"
	"bassin/internal/when"
)

// ItemID names an item of an agenda.
type ItemID string

// Item is a point of the agenda, with what was said on it.
type Item struct {
	ID            ItemID
	MeetingID     ID
	Position      int64
	Title         string
	Minutes       int64 // how long it may take; 0 not said
	Speaker       string
	Text          string `db:"body"` // what was said
	UpdatedAt     when.Time
	UpdatedByName string
	Version       int64
}

func (i *Item) tidy() error {
	var wrong fault.Fields
	i.Title, i.Speaker = strings.Join(strings.Fields(i.Title), " "), strings.Join(strings.Fields(i.Speaker), " ")
	wrong.Text("title", i.Title, 1, 300)
	wrong.Text("speaker", i.Speaker, 0, 200)
	if i.Minutes < 0 || i.Minutes > maxDay {
		wrong.Add("minutes", "fault.number", "min", 0, "max", maxDay)
	}
	return wrong.Err()
}

// write changes what was said.
func (i *Item) write(text string) error {
	var wrong fault.Fields
	wrong.Text("text", text, 0, maxBody)
	if err := wrong.Err(); err != nil {
		return err
	}
	i.Text = strings.TrimRight(text, " \n\t")
	return nil
}

// hours gives the minute of the day at which each item begins, when all before it say how long they
// take; -1 otherwise.
func hours(items []Item, from int64) []int64 {
	out := make([]int64, len(items))
	for i, x := range items {
		out[i] = from
		switch {
		case from < 0:
		case x.Minutes == 0:
			from = -1
		default:
			from += x.Minutes
		}
	}
	return out
}
