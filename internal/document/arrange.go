package document

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/project"
	"bassin/internal/search"
)

// CreateFolder makes a folder in a folder.
func (s *Service) CreateFolder(ctx context.Context, by account.Actor, id project.ID, in EntryID, name string) (Entry, error) {
	var e Entry
	err := s.db.Do(ctx, func(tx db.Tx) error {
		p, err := allow(tx, by, id, in, project.Contribute)
		if err != nil {
			return err
		}
		e, err = createFolderIn(tx, s.hand(by), p, name)
		return err
	})
	if err != nil {
		return Entry{}, fmt.Errorf("create folder in %s: %w", id, err)
	}
	return e, nil
}

func createFolderIn(tx db.Tx, h Hand, p Place, name string) (Entry, error) {
	if !p.Entry.Is(Folder) {
		return Entry{}, fault.New(fault.Conflict, noFolderKey)
	}
	e, err := addIn(tx, h, p, Folder, name)
	if err != nil {
		return e, err
	}
	return e, record(tx, h.Actor, e, "document.folder", nil)
}

// Rename gives an entry another name in its folder.
func (s *Service) Rename(ctx context.Context, by account.Actor, id project.ID, entry EntryID, name string) (Entry, error) {
	return s.arrange(ctx, by, id, entry, func(p Place) (EntryID, string) { return p.Entry.FolderID, name })
}

// Move puts an entry into another folder of the project.
func (s *Service) Move(ctx context.Context, by account.Actor, id project.ID, entry, folder EntryID) (Entry, error) {
	return s.arrange(ctx, by, id, entry, func(p Place) (EntryID, string) { return folder, p.Entry.Name })
}

func (s *Service) arrange(ctx context.Context, by account.Actor, id project.ID, entry EntryID, to func(Place) (EntryID, string)) (Entry, error) {
	var e Entry
	err := s.db.View(ctx, func(tx db.Tx) error {
		p, err := enter(tx, by, id, entry)
		e = p.Entry
		return err
	})
	if err != nil {
		return Entry{}, err
	}
	_, name := to(Place{Entry: e})
	typ := s.typeAs(ctx, e, name)
	err = s.db.Do(ctx, func(tx db.Tx) error {
		p, err := allow(tx, by, id, entry, project.Contribute)
		if err != nil {
			return err
		}
		if !p.owned() {
			return fault.New(fault.Forbidden, "project.forbidden.contribute")
		}
		folder, name := to(p)
		in, err := allow(tx, by, id, folder, project.Contribute)
		if err != nil {
			return err
		}
		e, _, err = moveIn(tx, s.hand(by), p, in, name, false, typ)
		return err
	})
	if err != nil {
		return Entry{}, fmt.Errorf("move entry %s: %w", entry, err)
	}
	return e, nil
}

// typeAs is the type of a document's content under another name; where they disagree, it is only
// kept, never shown.
func (s *Service) typeAs(ctx context.Context, e Entry, name string) string {
	if !e.Is(Document) || e.Size == 0 || path.Ext(strings.ToLower(name)) == path.Ext(e.NameKey) || s.opts.Files == nil {
		return e.Type
	}
	c, err := s.opts.Files.Open(ctx, file.Hash(e.Hash))
	if err != nil {
		return e.Type
	}
	defer func() { _ = c.Close() }()
	typ, err := file.Look(c, c.Size, file.Limits{Name: name})
	if err != nil {
		return "application/octet-stream"
	}
	return typ
}

// moveIn moves an entry. A document that comes to lie on another becomes its newest version; so does
// one that a program wrote to replace what it has just moved aside or removed.
func moveIn(tx db.Tx, h Hand, src, folder Place, name string, overwrite bool, typ string) (Entry, bool, error) {
	e := src.Entry
	if err := mayArrange(tx, h, src, folder); err != nil {
		return e, false, err
	}
	b := file.Blob{Hash: file.Hash(e.Hash), Size: e.Size, Type: typ}
	at, err := named(tx, folder, name)
	replaced := err == nil && at.Entry.ID != e.ID
	switch {
	case err != nil && !fault.Is(err, fault.NotFound):
		return e, false, err
	case replaced && !overwrite:
		return e, false, takenFault(name)
	case replaced && at.Entry.Is(Document) && e.Is(Document):
		to, err := saveIn(tx, h, at, b, "")
		if err == nil {
			err = handOver(tx, e, to)
		}
		return to, true, err
	case replaced:
		if err := removeIn(tx, h, at); err != nil {
			return e, false, err
		}
	case err != nil && h.Program && e.Is(Document):
		if to, done, err := resume(tx, h, e, folder, name, b); done || err != nil {
			return to, false, err
		}
	}
	if h.Program && e.FolderID == folder.Entry.ID {
		e.LeftNameKey, e.LeftAt = e.NameKey, tx.Now()
	}
	from := e.Name
	if err := e.rename(name); err != nil {
		return e, false, err
	}
	moved := e.FolderID != folder.Entry.ID
	e.FolderID, e.Type = folder.Entry.ID, typ
	setMaker(&e, h.Actor, tx.Now())
	if err := saveVersioned(tx, &e); err != nil {
		return e, false, err
	}
	if h.Program { // a lock stays where it was taken (RFC 4918, 7.7)
		if err := deleteLocksOf(tx, e.ID); err != nil {
			return e, false, err
		}
	}
	verb, data := "document.rename", map[string]any{"from": from}
	if moved {
		verb, data = "document.move", map[string]any{"folder": folder.Entry.Name}
	}
	return e, replaced, record(tx, h.Actor, e, verb, data)
}

// mayArrange refuses what walls, the shape of the tree and locks forbid of a move.
func mayArrange(tx db.Tx, h Hand, src, folder Place) error {
	switch {
	case !src.owned():
		return fault.New(fault.Forbidden, "project.forbidden.contribute")
	case src.Entry.ProjectID != folder.Entry.ProjectID:
		return fault.New(fault.Forbidden, "document.wrong.other_project")
	case !folder.Entry.Is(Folder):
		return fault.New(fault.Conflict, noFolderKey)
	case slices.Contains(folder.ids(), src.Entry.ID):
		return fault.New(fault.Conflict, "document.wrong.into_itself")
	case len(folder.ids())+1 > maxDepth:
		return fault.New(fault.Conflict, "document.wrong.deep", "max", maxDepth)
	}
	locks, err := listLocks(tx, src.Entry.ProjectID)
	if err != nil {
		return err
	}
	return errors.Join(freeTree(tx, h, locks, src), free(h, covering(locks, folder.ids())))
}

// freeTree looks for locks over an entry, the folder that lists it, and everything below it.
func freeTree(tx db.Tx, h Hand, locks []Lock, p Place) error {
	ids := p.ids()
	all := append(covering(locks, ids), covering(locks, ids[:len(ids)-1])...)
	below, err := locksBelow(tx, locks, p.Entry)
	if err != nil {
		return err
	}
	return free(h, append(all, below...))
}

// locksBelow are the locks of what lies below an entry.
func locksBelow(tx db.Tx, locks []Lock, e Entry) ([]Lock, error) {
	var out []Lock
	if !e.Is(Folder) {
		return nil, nil
	}
	for _, l := range locks {
		if l.EntryID == "" || l.EntryID == e.ID {
			continue
		}
		chain, err := chainOf(tx, e.ProjectID, l.EntryID)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if e.ID == "" || slices.ContainsFunc(chain, func(x Entry) bool { return x.ID == e.ID }) {
			out = append(out, l)
		}
	}
	return out, nil
}

// handOver takes from an entry what its successor needs, and the entry itself off the folder. One
// that was written for this save leaves nothing behind.
func handOver(tx db.Tx, from, to Entry) error {
	if err := deletePropertiesOf(tx, to.ProjectID, to.ID); err != nil {
		return err
	}
	if err := copyProperties(tx, from, to); err != nil {
		return err
	}
	if from.young(to.UpdatedBy, tx.Now()) {
		return forget(tx, from)
	}
	return dropEntry(tx, from, to.UpdatedBy)
}

// forget leaves nothing of an entry.
func forget(tx db.Tx, e Entry) error {
	return errors.Join(deleteEntry(tx, e.ID), search.Remove(tx, SearchEntry, string(e.ID)))
}

func dropEntry(tx db.Tx, e Entry, by account.PersonID) error {
	if err := errors.Join(deletePropertiesOf(tx, e.ProjectID, e.ID), deleteLocksOf(tx, e.ID)); err != nil {
		return err
	}
	e.RemovedAt, e.RemovedBy = tx.Now(), by
	if err := saveEntry(tx, e); err != nil {
		return err
	}
	return index(tx, e)
}

func copyProperties(tx db.Tx, from, to Entry) error {
	list, err := listProperties(tx, from.ProjectID, from.ID)
	if err != nil {
		return err
	}
	for _, x := range list {
		x.EntryID = to.ID
		if err := saveProperty(tx, to.ProjectID, x); err != nil {
			return err
		}
	}
	return nil
}

// resume recognises the last step of saving by a temporary file: the person's program moved the
// document aside, or removed it, and puts a young one in its place. The document gets its name back
// with a new version; what was moved aside keeps its old content, for the program to remove.
func resume(tx db.Tx, h Hand, young Entry, folder Place, name string, b file.Blob) (Entry, bool, error) {
	left, err := getLeft(tx, folder.Entry.ProjectID, folder.Entry.ID, keyOf(name), tx.Now().Add(-saving))
	if fault.Is(err, fault.NotFound) {
		return young, false, nil
	}
	if err != nil || left.ID == young.ID || !young.young(h.ID, tx.Now()) {
		return young, false, err
	}
	switch {
	case left.dropped(h.ID, tx.Now()):
		to, err := revive(tx, h, folder, left, name, b)
		if err == nil {
			err = handOver(tx, young, to)
		}
		return to, true, err
	case left.vacated(keyOf(name), h.ID, tx.Now()):
		old, aside := left.Blob(), left.Name
		left.LeftNameKey, left.LeftAt = "", 0
		if err := left.rename(name); err != nil {
			return left, false, err
		}
		to, err := writeVersion(tx, h, left, b, "")
		if err != nil {
			return to, false, err
		}
		if err := handOver(tx, young, to); err != nil {
			return to, false, err
		}
		_, _, err = putIn(tx, Hand{Actor: h.Actor, svc: h.svc}, folder, aside, old, "")
		return to, true, err
	}
	return young, false, nil
}

// copyIn copies an entry; of a folder only itself when it is not deep.
func copyIn(tx db.Tx, h Hand, src, folder Place, name string, overwrite, deep bool) (Entry, bool, error) {
	e := src.Entry
	if slices.Contains(folder.ids(), e.ID) && deep {
		return e, false, fault.New(fault.Conflict, "document.wrong.into_itself")
	}
	at, err := named(tx, folder, name)
	replaced := err == nil
	switch {
	case err != nil && !fault.Is(err, fault.NotFound):
		return e, false, err
	case replaced && (!overwrite || at.Entry.ID == e.ID):
		return e, false, takenFault(name)
	case replaced && !(at.Entry.Is(Document) && e.Is(Document)):
		if err := removeIn(tx, h, at); err != nil {
			return e, false, err
		}
	}
	if e.Is(Document) {
		to, _, err := putIn(tx, h, folder, name, e.Blob(), "")
		if err == nil {
			err = errors.Join(deletePropertiesOf(tx, to.ProjectID, to.ID), copyProperties(tx, e, to))
		}
		return to, replaced, err
	}
	to, err := createFolderIn(tx, h, folder, name)
	if err == nil {
		err = copyProperties(tx, e, to)
	}
	if err != nil || !deep {
		return to, replaced, err
	}
	list, err := listEntries(tx, e.ProjectID, e.ID, false)
	if err != nil {
		return to, replaced, err
	}
	for _, x := range list {
		if _, _, err := copyIn(tx, h, src.child(x), folder.child(to), x.Name, false, true); err != nil {
			return to, replaced, err
		}
	}
	return to, replaced, nil
}

// Remove takes an entry off the lists, with everything below it.
func (s *Service) Remove(ctx context.Context, by account.Actor, id project.ID, entry EntryID) (Entry, error) {
	var e Entry
	err := s.db.Do(ctx, func(tx db.Tx) error {
		p, err := allow(tx, by, id, entry, project.Contribute)
		if err != nil {
			return err
		}
		e = p.Entry
		return removeIn(tx, s.hand(by), p)
	})
	if err != nil {
		return Entry{}, fmt.Errorf("remove entry %s: %w", entry, err)
	}
	return e, nil
}

func removeIn(tx db.Tx, h Hand, p Place) error {
	if !p.owned() {
		return fault.New(fault.Forbidden, "project.forbidden.contribute")
	}
	locks, err := listLocks(tx, p.Entry.ProjectID)
	if err != nil {
		return err
	}
	if err := freeTree(tx, h, locks, p); err != nil {
		return err
	}
	if p.Entry.Hidden && p.Entry.Is(Document) {
		return forget(tx, p.Entry)
	}
	if err := errors.Join(dropEntry(tx, p.Entry, h.ID), reindexLater(tx, h, p.Entry)); err != nil {
		return err
	}
	return record(tx, h.Actor, p.Entry, "document.remove", nil)
}

// Restore brings a removed entry back: into its folder, or the project's own where that is gone;
// under another name where its own is taken.
func (s *Service) Restore(ctx context.Context, by account.Actor, id project.ID, entry EntryID) (Entry, error) {
	var e Entry
	err := s.db.Do(ctx, func(tx db.Tx) (err error) {
		if e, err = getEntry(tx, id, entry); err != nil {
			_, allowed := allow(tx, by, id, "", project.Contribute)
			return errors.Join(allowed, err)
		}
		if e.RemovedAt == 0 {
			_, err := enter(tx, by, id, entry)
			return err
		}
		in, err := allow(tx, by, id, e.FolderID, project.Contribute)
		if fault.Is(err, fault.NotFound) {
			in, err = allow(tx, by, id, "", project.Contribute)
		}
		if err != nil {
			return err
		}
		e.RemovedAt, e.RemovedBy, e.FolderID = 0, "", in.Entry.ID
		name := e.Name
		for n := 2; ; n++ {
			_, err := named(tx, in, e.Name)
			if fault.Is(err, fault.NotFound) {
				break
			}
			if err != nil {
				return err
			}
			if err := e.rename(numbered(name, n)); err != nil {
				return err
			}
		}
		setMaker(&e, by, tx.Now())
		if err := errors.Join(saveVersioned(tx, &e), reindexLater(tx, s.hand(by), e)); err != nil {
			return err
		}
		return record(tx, by, e, "document.restore", nil)
	})
	if err != nil {
		return Entry{}, fmt.Errorf("restore entry %s: %w", entry, err)
	}
	return e, nil
}

// numbered adds (2) to a name, before its extension.
func numbered(name string, n int) string {
	ext := path.Ext(name)
	stem, mark := strings.TrimSuffix(name, ext), fmt.Sprintf(" (%d)", n)
	for len(stem)+len(mark)+len(ext) > maxNameBytes {
		r := []rune(stem)
		stem = string(r[:len(r)-1])
	}
	return stem + mark + ext
}
