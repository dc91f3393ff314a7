package note

import (
	"time"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/when"
)

// VersionID names a version.
type VersionID string

// Version is the text of a note at one moment.
type Version struct {
	ID        VersionID
	NoteID    ID
	Seq       int64  // the last update that is in it
	State     string // for the browsers' library, base64
	Doc       string // JSON: see Parse
	AuthorID  account.PersonID
	Author    string // who wrote last
	StartedAt when.Time
	At        when.Time
}

// together is how long somebody's work is one version: a history of every pause would be unreadable.
const together = 10 * time.Minute

// check refuses a version of a moment that was not yet, and sizes that no text has.
func (v Version) check(n Note) error {
	switch {
	case len(v.State) == 0 || len(v.State) > MaxState*4/3+4 || len(v.Doc) > MaxDoc:
		return fault.New(fault.TooLarge, "note.wrong.size")
	case v.Seq < 1 || v.Seq > n.Seq:
		return fault.New(fault.Conflict, "note.wrong.seq")
	}
	return nil
}

// continues reports whether the version goes on with the work of another and takes its place.
func (v Version) continues(last Version) bool {
	return last.ID != "" && v.AuthorID == last.AuthorID && v.At.Sub(last.StartedAt) < together && v.At >= last.StartedAt
}
