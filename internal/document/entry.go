package document

import (
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/project"
	"bassin/internal/when"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// EntryID names a folder or a document; the empty one is the project's own folder.
type EntryID string

// Kind tells folders from documents.
type Kind string

// The kinds.
const (
	Folder   Kind = "folder"
	Document Kind = "document"
)

// emptyHash names the content of no bytes, which no store keeps.
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// Entry is a folder, or a document with its newest content.
type Entry struct {
	ID          EntryID
	ProjectID   project.ID
	FolderID    EntryID
	Kind        Kind
	Name        string
	NameKey     string
	Hidden      bool
	Hash        string
	Size        int64
	Type        string
	Number      int // of the newest version; 0: no content yet
	LeftNameKey string
	LeftAt      when.Time
	CreatedBy   account.PersonID
	CreatedAt   when.Time
	UpdatedBy   account.PersonID
	Updater     string
	UpdatedAt   when.Time
	RemovedAt   when.Time
	RemovedBy   account.PersonID
	Version     int64
}

// Is reports the kind.
func (e Entry) Is(k Kind) bool { return e.Kind == k }

// URL is the entry's page.
func (e Entry) URL() string {
	if e.Kind == Folder {
		return e.ProjectID.URL() + "/folders/" + string(e.ID)
	}
	return e.ProjectID.URL() + "/documents/" + string(e.ID)
}

// icon is the sign of its kind.
func (e Entry) icon() string {
	if e.Kind == Folder {
		return "folder"
	}
	return "file-text"
}

// Blob is the newest content as the store of files knows it.
func (e Entry) Blob() file.Blob {
	return file.Blob{Hash: file.Hash(e.Hash), Size: e.Size, Type: e.Type}
}

// keyOf is what two names of a folder may not share: letters in one case, accents composed in one
// way, as the file systems of Windows and macOS take names.
func keyOf(name string) string { return cases.Fold().String(norm.NFC.String(name)) }

// maxNameBytes is what the file systems in use take.
const maxNameBytes = 255

// checkName refuses what some system could not keep: a name with parts of a path, control
// characters, or of a device; one of over 255 bytes. It says what would do, not only that it is
// wrong. Programs' hidden files keep their leading dot.
func checkName(name string) error {
	var wrong fault.Fields
	switch {
	case strings.TrimSpace(name) == "":
		wrong.Add("name", "fault.required")
	case !utf8.ValidString(name):
		wrong.Add("name", "document.wrong.name_encoding")
	case len(name) > maxNameBytes:
		wrong.Add("name", "document.wrong.name_long", "max", maxNameBytes, "count", len(name))
	case name == "." || name == ".." || strings.ContainsAny(name, `/\`):
		wrong.Add("name", "document.wrong.name_path")
	case file.CleanName(strings.TrimLeft(name, ".")) != norm.NFC.String(strings.TrimLeft(name, ".")):
		wrong.Add("name", "document.wrong.name", "better", file.CleanName(name))
	}
	return wrong.Err()
}

// hiddenName reports whether programs make such a file for themselves: lock files of Office and
// LibreOffice, files beside the file of macOS, thumbnails of Windows, files half written.
func hiddenName(name string) bool {
	lower := strings.ToLower(name)
	switch lower {
	case ".ds_store", "thumbs.db", "desktop.ini", ".apdisk", ".trashes", ".fseventsd", ".spotlight-v100", ".temporaryitems", ".hidden", ".localized":
		return true
	}
	for _, begin := range []string{"._", "~$", ".~", "~wr", ".trash-", ".fuse_hidden", ".goutputstream-", ".nfs"} {
		if strings.HasPrefix(lower, begin) {
			return true
		}
	}
	switch path.Ext(lower) {
	case ".tmp", ".temp", ".swp", ".part", ".crdownload", ".laccdb", ".dwl", ".dwl2", ".slddrw~", ".sldprt~", ".sldasm~":
		return true
	}
	return strings.HasSuffix(lower, "~")
}

// rename gives the entry a checked name.
func (e *Entry) rename(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	e.Name = norm.NFC.String(name)
	e.NameKey, e.Hidden = keyOf(name), hiddenName(name)
	return nil
}

// saving is how long programs take for one save in several steps.
const saving = 10 * time.Minute

// vacated reports whether the same person's program moved the document aside from this name just
// now: the first step of saving by a temporary file.
func (e Entry) vacated(key string, by account.PersonID, now when.Time) bool {
	return e.Kind == Document && e.LeftNameKey == key && e.UpdatedBy == by && now.Sub(e.LeftAt) < saving
}

// young reports whether the document is one that a program has just written for a save.
func (e Entry) young(by account.PersonID, now when.Time) bool {
	return e.Kind == Document && e.Number <= 1 && e.CreatedBy == by && now.Sub(e.CreatedAt) < saving
}

// dropped reports whether the same person removed the document just now: what comes under its name
// again goes on with its history.
func (e Entry) dropped(by account.PersonID, now when.Time) bool {
	return e.Kind == Document && e.RemovedAt != 0 && e.RemovedBy == by && now.Sub(e.RemovedAt) < saving
}
