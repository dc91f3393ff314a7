// Package document keeps the documents of projects: folders, documents with versions, approvals,
// comments and locks; pages, API, and a WebDAV share that programs open and save to.
//
// Words: an entry is a folder or a document; a version is one content of a document, never changed
// once it has any; a document is approved at a version, on the hash of its content; a lock keeps
// others from changing an entry; a hidden entry is a program's own file (~$plan.docx, .DS_Store),
// which the program sees and people do not; a resumable upload comes in parts and becomes a version
// when it is whole (decision 0027); an attachment is a document that belongs to a task of the plan;
// a guest of a folder sees it and what lies below; a preview is what the page shows of a content, of an
// office document the PDF that LibreOffice makes (decision 0029).
//
// Contents lie in internal/file and are named by their hash. Who may do what is decided in walls.go;
// every operation begins with enter or allow (enter.go). WebDAV (dav_*.go) speaks to the same
// operations as the pages (decision 0017).
// Tables: document_entry, document_version, document_approval, document_comment, document_lock,
// document_property, document_attachment, document_upload, document_upload_part, document_preview.
package document

import (
	"log/slog"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/office"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/search"
	"bassin/internal/talk"
)

// Limits of a project's documents.
const (
	maxFileBytes    = 4 << 30
	maxProjectBytes = 50 << 30
	maxEntries      = 20_000 // in one folder
	maxDepth        = 32     // folders in one another
	maxLocks        = 2_000  // in one project
	maxUploadFiles  = 100    // in one form
)

// Options are what the service needs.
type Options struct {
	DB      *db.DB
	Log     *slog.Logger
	Files   file.Store // nil: documents are listed and cannot be opened or added
	Project *project.Service
	Plan    *plan.Service     // shows the documents of tasks; nil: tasks have none
	Account *account.Service  // knows who a WebDAV client is by its token, and invites guests
	Talk    *talk.Service     // tells who is mentioned in a comment; nil: nobody
	Texts   *search.Service   // reads the text of files; nil: documents are found by their names
	Office  *office.Converter // makes PDF of office documents; nil: they are saved to be read
	URL     string            // public address of the server, for that of the share
}

// Service is the feature.
type Service struct {
	db    *db.DB
	log   *slog.Logger
	opts  Options
	queue *job.Queue
}

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{db: o.DB, log: o.Log, opts: o}
}

// Hashes lists every stored content that a row names, those of removed entries too: they come back
// with undo.
func Hashes(tx db.Tx) ([]string, error) { return listHashes(tx) }

// CodeOfFolder gives the code of the project in which a folder lies, for the list of grants: it tells
// nothing of what is in it.
func CodeOfFolder(tx db.Tx, id EntryID) (string, error) {
	p, err := projectOf(tx, id)
	if err != nil {
		return "", err
	}
	return project.CodeOfProject(tx, p)
}

// record appends to the audit trail what happened to an entry. A program's own files are not told.
func record(tx db.Tx, by account.Actor, e Entry, verb string, data map[string]any) error {
	if e.Hidden {
		return nil
	}
	if data == nil {
		data = map[string]any{}
	}
	data["name"] = e.Name
	return account.Record(tx, by, account.Event{Verb: verb, Kind: string(e.Kind), ID: string(e.ID), Scope: e.ProjectID.Scope(), Data: data})
}
