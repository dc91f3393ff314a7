package document

import (
	"context"
	"errors"
	"fmt"
	"io"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/project"
)

// Upload is a content to be kept as a document.
type Upload struct {
	ProjectID project.ID
	FolderID  EntryID
	Name      string
	Note      string
	Size      int64 // announced; 0: unknown
	Hash      file.Hash
}

// Add stores a content under a name in a folder: a new document, or a new version of the one that
// bears the name.
func (s *Service) Add(ctx context.Context, by account.Actor, u Upload, r io.Reader) (Entry, error) {
	err := s.db.View(ctx, func(tx db.Tx) error { // who may not add does not get to send gigabytes first
		if _, err := allow(tx, by, u.ProjectID, u.FolderID, project.Contribute); err != nil {
			return err
		}
		return checkName(u.Name)
	})
	if err != nil {
		return Entry{}, err
	}
	b, err := s.keep(ctx, r, file.Limits{Name: u.Name, Size: u.Size, Hash: u.Hash})
	if err != nil {
		return Entry{}, err
	}
	return s.file(ctx, by.ID, u, b)
}

// file notes a stored content as what lies under a name.
func (s *Service) file(ctx context.Context, by account.PersonID, u Upload, b file.Blob) (e Entry, err error) {
	err = s.db.Do(ctx, func(tx db.Tx) error {
		e, err = s.fileIn(tx, by, u, b)
		return err
	})
	if err != nil {
		return Entry{}, fmt.Errorf("add document to %s: %w", u.ProjectID, err)
	}
	return e, nil
}

// fileIn is file in a transaction. The person is read anew: a long upload does not outlive their
// access.
func (s *Service) fileIn(tx db.Tx, by account.PersonID, u Upload, b file.Blob) (Entry, error) {
	actor, err := actorNow(tx, by)
	if err != nil {
		return Entry{}, err
	}
	p, err := allow(tx, actor, u.ProjectID, u.FolderID, project.Contribute)
	if err != nil {
		return Entry{}, err
	}
	e, _, err := putIn(tx, s.hand(actor), p, u.Name, b, u.Note)
	return e, err
}

// AddVersion stores a content as the newest version of a document, whatever name it came under.
func (s *Service) AddVersion(ctx context.Context, by account.Actor, id project.ID, document EntryID, u Upload, r io.Reader) (Entry, error) {
	var e Entry
	err := s.db.View(ctx, func(tx db.Tx) error {
		p, err := allow(tx, by, id, document, project.Contribute)
		e = p.Entry
		return err
	})
	if err == nil && !e.Is(Document) {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	if err != nil {
		return Entry{}, err
	}
	b, err := s.keep(ctx, r, file.Limits{Name: e.Name, Size: u.Size})
	if err != nil {
		return Entry{}, err
	}
	err = s.db.Do(ctx, func(tx db.Tx) error {
		actor, err := actorNow(tx, by.ID)
		if err != nil {
			return err
		}
		p, err := allow(tx, actor, id, document, project.Contribute)
		if err != nil {
			return err
		}
		e, err = saveIn(tx, s.hand(actor), p, b, u.Note)
		return err
	})
	if err != nil {
		return Entry{}, fmt.Errorf("add version to %s: %w", document, err)
	}
	return e, nil
}

// actorNow is Load; the program itself stays itself.
func actorNow(tx db.Tx, id account.PersonID) (account.Actor, error) {
	if demo := account.Demonstration(); id == demo.ID {
		return demo, nil
	}
	return account.Load(tx, id)
}

// keep stores a content; none at all is the empty one, which no store keeps.
func (s *Service) keep(ctx context.Context, r io.Reader, l file.Limits) (file.Blob, error) {
	if s.opts.Files == nil {
		return file.Blob{}, fault.New(fault.Unavailable, "document.wrong.no_store")
	}
	l.MaxBytes = maxFileBytes
	return s.opts.Files.Put(ctx, r, l)
}

// putIn keeps a content under a name in a folder.
func putIn(tx db.Tx, h Hand, folder Place, name string, b file.Blob, note string) (e Entry, created bool, err error) {
	if !folder.Entry.Is(Folder) {
		return Entry{}, false, fault.New(fault.Conflict, noFolderKey)
	}
	if err := lockFolder(tx, folder.Entry.ProjectID, folder.Entry.ID); err != nil {
		return Entry{}, false, err
	}
	at, err := named(tx, folder, name)
	if err == nil {
		e, err = saveIn(tx, h, at, b, note)
		return e, false, err
	}
	if !fault.Is(err, fault.NotFound) {
		return Entry{}, false, err
	}
	if h.Program {
		left, err := getLeft(tx, folder.Entry.ProjectID, folder.Entry.ID, keyOf(name), tx.Now().Add(-saving))
		if err == nil && left.dropped(h.ID, tx.Now()) {
			e, err := revive(tx, h, folder, left, name, b)
			return e, true, err
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return Entry{}, false, err
		}
	}
	e, err = addIn(tx, h, folder, Document, name)
	if err != nil {
		return e, false, err
	}
	if e.Type = b.Type; b.Size == 0 {
		return e, true, nil
	}
	e, err = writeVersion(tx, h, e, b, note)
	return e, true, err
}

// addIn makes a new entry without content.
func addIn(tx db.Tx, h Hand, folder Place, kind Kind, name string) (Entry, error) {
	e := Entry{ID: EntryID(db.NewID()), ProjectID: folder.Entry.ProjectID, FolderID: folder.Entry.ID, Kind: kind, CreatedBy: h.ID, CreatedAt: tx.Now(), Version: 1}
	if err := e.rename(name); err != nil {
		return e, err
	}
	if len(folder.ids())+1 > maxDepth {
		return e, fault.New(fault.Conflict, "document.wrong.deep", "max", maxDepth)
	}
	n, err := countEntries(tx, e.ProjectID, e.FolderID)
	if err != nil {
		return e, err
	}
	if n >= maxEntries {
		return e, fault.New(fault.Conflict, "document.wrong.full", "max", maxEntries)
	}
	locks, err := listLocks(tx, e.ProjectID)
	if err != nil {
		return e, err
	}
	if err := free(h, covering(locks, folder.ids())); err != nil {
		return e, err
	}
	setMaker(&e, h.Actor, tx.Now())
	if kind == Document {
		e.Hash, e.Type = emptyHash, "application/octet-stream"
	}
	if err := taken(insertEntry(tx, e), e.Name); err != nil {
		return e, err
	}
	return e, index(tx, e)
}

// saveIn makes a content the newest version of the document at a place.
func saveIn(tx db.Tx, h Hand, at Place, b file.Blob, note string) (Entry, error) {
	if !at.Entry.Is(Document) {
		return at.Entry, fault.New(fault.Conflict, isFolderKey, "name", at.Entry.Name)
	}
	locks, err := listLocks(tx, at.Entry.ProjectID)
	if err != nil {
		return at.Entry, err
	}
	if err := free(h, covering(locks, at.ids())); err != nil {
		return at.Entry, err
	}
	return writeVersion(tx, h, at.Entry, b, note)
}

// writeVersion adds a version. The same content again is the same version; a version of no bytes,
// which programs write before they write the rest, is filled by what comes next.
func writeVersion(tx db.Tx, h Hand, e Entry, b file.Blob, note string) (Entry, error) {
	var wrong fault.Fields
	wrong.Text("note", note, 0, 500)
	if err := wrong.Err(); err != nil {
		return e, err
	}
	setMaker(&e, h.Actor, tx.Now())
	if e.Hash == string(b.Hash) && e.Type == b.Type && (e.Number > 0 || b.Size == 0) {
		return e, saveVersioned(tx, &e)
	}
	if b.Size > 0 {
		used, err := sumBytes(tx, e.ProjectID)
		if err != nil {
			return e, err
		}
		if used+b.Size > maxProjectBytes {
			return e, fault.New(fault.TooLarge, quotaKey, "max_bytes", int64(maxProjectBytes))
		}
	}
	fill := e.Number > 0 && e.Size == 0
	if !fill {
		e.Number++
	}
	e.Hash, e.Size, e.Type = string(b.Hash), b.Size, b.Type
	v := Version{DocumentID: e.ID, Number: e.Number, ProjectID: e.ProjectID, Hash: e.Hash, Size: e.Size, Type: e.Type, Note: note, AuthorID: h.ID, Author: h.Name, CreatedAt: tx.Now()}
	write := insertVersion
	if fill {
		write = fillVersion
	}
	if err := write(tx, v); err != nil {
		return e, err
	}
	if err := errors.Join(saveVersioned(tx, &e), readLater(tx, h, e), printLater(tx, h, e, settle)); err != nil {
		return e, err
	}
	return e, record(tx, h.Actor, e, "document.save", map[string]any{"number": e.Number, "hash": e.Hash})
}

func saveVersioned(tx db.Tx, e *Entry) error {
	if err := taken(saveEntry(tx, *e), e.Name); err != nil {
		return err
	}
	e.Version++
	return index(tx, *e)
}

// revive goes on with the history of a document that the same person's program removed just now.
func revive(tx db.Tx, h Hand, folder Place, e Entry, name string, b file.Blob) (Entry, error) {
	locks, err := listLocks(tx, e.ProjectID)
	if err != nil {
		return e, err
	}
	if err := free(h, covering(locks, folder.ids())); err != nil {
		return e, err
	}
	e.RemovedAt, e.RemovedBy = 0, ""
	if err := e.rename(name); err != nil {
		return e, err
	}
	return writeVersion(tx, h, e, b, "")
}

// Keys that WebDAV answers with a status of their own.
const (
	noFolderKey = "document.wrong.no_folder"
	isFolderKey = "document.wrong.is_folder"
	takenKey    = "document.wrong.taken"
	quotaKey    = "document.wrong.quota"
)

// taken says that the folder has an entry of this name.
func taken(err error, name string) error {
	if f := fault.As(err); f != nil && f.Key == "db.unique" {
		return takenFault(name)
	}
	return err
}

func takenFault(name string) error {
	var wrong fault.Fields
	wrong.Add("name", takenKey, "name", name)
	f := fault.As(wrong.Err())
	f.Kind, f.Key, f.Args = fault.Conflict, takenKey, fault.Args{"name": name}
	return f
}

// covering are the locks that cover the last of a chain.
func covering(locks []Lock, chain []EntryID) []Lock {
	var out []Lock
	for _, l := range locks {
		if l.covers(chain) {
			out = append(out, l)
		}
	}
	return out
}
