package document

import (
	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/project"
	"bassin/internal/when"
)

// Version is one content of a document.
type Version struct {
	DocumentID EntryID
	Number     int
	ProjectID  project.ID
	Hash       string
	Size       int64
	Type       string
	Note       string
	AuthorID   account.PersonID
	Author     string
	CreatedAt  when.Time
}

// Blob is the content as the store of files knows it.
func (v Version) Blob() file.Blob {
	return file.Blob{Hash: file.Hash(v.Hash), Size: v.Size, Type: v.Type}
}

// Approval says that somebody found a version good: who, when, on which content.
type Approval struct {
	DocumentID EntryID
	Number     int
	Hash       string
	PersonID   account.PersonID
	Person     string
	Note       string
	ApprovedAt when.Time
}

// approve makes an approval of a version. Whoever approves names the content they saw: between
// looking and pressing the button the version of no bytes of a save may have been filled.
func (v Version) approve(seen, note string, by account.Actor, now when.Time) (Approval, error) {
	var wrong fault.Fields
	wrong.Text("note", note, 0, 2000)
	switch {
	case wrong.Err() != nil:
		return Approval{}, wrong.Err()
	case v.Size == 0:
		return Approval{}, fault.New(fault.Conflict, "document.wrong.approve_empty")
	case seen != v.Hash:
		return Approval{}, fault.New(fault.Conflict, "document.wrong.approve_other", "number", v.Number)
	}
	return Approval{v.DocumentID, v.Number, v.Hash, by.ID, by.Name, note, now}, nil
}

// ApprovedNow reports whether the newest version is approved: an approval holds for the content it
// was given on, and no later one.
func ApprovedNow(e Entry, list []Approval) bool {
	for _, a := range list {
		if a.DocumentID == e.ID && a.Number == e.Number && a.Hash == e.Hash {
			return true
		}
	}
	return false
}

// CommentID names a comment.
type CommentID string

// Comment is a remark on a version.
type Comment struct {
	ID         CommentID
	DocumentID EntryID
	Number     int
	Text       string `db:"body"`
	AuthorID   account.PersonID
	Author     string
	CreatedAt  when.Time
}

func (c Comment) check() error {
	var wrong fault.Fields
	wrong.Text("text", c.Text, 1, 4000)
	return wrong.Err()
}
