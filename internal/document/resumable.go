package document

import (
	"time"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/project"
	"bassin/internal/when"
)

// UploadID names an upload that comes in parts.
type UploadID string

// Resumable is a document on its way, in parts: a cut loses at most the part that was coming.
type Resumable struct {
	ID         UploadID
	ProjectID  project.ID
	FolderID   EntryID
	PersonID   account.PersonID
	Name       string
	Modified   int64 // of the file on the person's machine, in milliseconds
	Size       int64
	Received   int64
	DocumentID EntryID // what it became
	CreatedAt  when.Time
	ExpiresAt  when.Time
}

// Limits of uploads under way. What they will bring counts against the project's bytes from the
// beginning, so that they cannot fill the disk.
const (
	partBytes        = 16 << 20 // what a server that is killed may lose
	maxParts         = 4_000    // of one upload: who sends crumbs is stopped
	maxUploadsOfOne  = 100      // of one person, over all projects
	maxUploadsInside = 500      // of one project
	uploadLasts      = 4 * 24 * time.Hour
)

// Whole reports whether everything came.
func (u Resumable) Whole() bool { return u.Received == u.Size }

// Filed reports whether it became a document.
func (u Resumable) Filed() bool { return u.DocumentID != "" }

// URL is where its parts are sent.
func (u Resumable) URL() string { return u.ProjectID.URL() + "/uploads/" + string(u.ID) }

// check refuses what could never become a document, before a byte of it comes.
func (u Resumable) check() error {
	switch {
	case u.Size > maxFileBytes:
		return fault.New(fault.TooLarge, "file.too_large", "max_bytes", int64(maxFileBytes))
	case u.Size <= 0:
		return fault.New(fault.Invalid, "file.empty")
	}
	return checkName(u.Name)
}

// under counts uploads under way.
type under struct{ Mine, Inside, Bytes int64 }

// room refuses one upload too many, or one that the project has no room for beside what it holds.
func (u Resumable) room(n under, used int64) error {
	switch {
	case n.Mine >= maxUploadsOfOne:
		return fault.New(fault.TooMany, "document.wrong.many_uploads", "max", maxUploadsOfOne)
	case n.Inside >= maxUploadsInside:
		return fault.New(fault.TooMany, "document.wrong.many_uploads_inside", "max", maxUploadsInside)
	case used+n.Bytes+u.Size > maxProjectBytes:
		return fault.New(fault.TooLarge, quotaKey, "max_bytes", int64(maxProjectBytes))
	}
	return nil
}

// hopeless reports whether a whole upload that was refused will be refused again: a lock ends, a
// store comes back, a wrong content stays wrong.
func hopeless(err error) bool {
	switch fault.Of(err) {
	case fault.Invalid, fault.TooLarge, fault.NotFound, fault.Forbidden:
		return true
	}
	return false
}

// limits are those of its content.
func (u Resumable) limits() file.Limits { return file.Limits{Name: u.Name, Size: u.Size} }
