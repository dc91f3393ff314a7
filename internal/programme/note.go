package programme

import (
	"bassin/internal/fault"
	"bassin/internal/when"
)

// NoteID names a note.
type NoteID string

// Note is a dated remark on an action. Notes are added, never edited.
type Note struct {
	ID          NoteID
	ActionID    ActionID
	On          when.Date `db:"noted_on"` // the day it speaks of
	Text        string    `db:"body"`
	CreatedAt   when.Time
	CreatedBy   string
	CreatedName string
}

func (n Note) validate(today when.Date) error {
	var wrong fault.Fields
	happened(&wrong, "on", n.On, today)
	text(&wrong, "text", n.Text, 1, 4000)
	return wrong.Err()
}
