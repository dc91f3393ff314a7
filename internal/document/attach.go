package document

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/when"
)

// Attachment is a document that belongs to a task of the plan.
type Attachment struct {
	TaskID     plan.TaskID
	DocumentID EntryID
	ProjectID  project.ID
	AddedAt    when.Time
}

// The limits: of the documents of one task, and of those offered at once to one.
const (
	maxAttachments = 100
	choicesShown   = 10
)

// separator stands between the folders of a way.
const separator = " / "

// Attach lets a document belong to a task; one that does already stays.
func (s *Service) Attach(ctx context.Context, by account.Actor, id project.ID, task plan.TaskID, document EntryID) error {
	return s.attachments(ctx, by, id, task, func(tx db.Tx, by account.Actor, t plan.Task) error {
		p, err := enter(tx, by, id, document)
		if fault.Is(err, fault.NotFound) || err == nil && !p.Entry.Is(Document) {
			var wrong fault.Fields
			wrong.Add("document", "fault.choice")
			err = wrong.Err()
		}
		if err != nil {
			return err
		}
		list, err := listAttachments(tx, t.ID)
		if err != nil {
			return err
		}
		for _, a := range list {
			if a.DocumentID == document {
				return nil
			}
		}
		if len(list) >= maxAttachments {
			return fault.New(fault.Conflict, "document.wrong.attachments", "most", maxAttachments)
		}
		if err := insertAttachment(tx, Attachment{TaskID: t.ID, DocumentID: document, ProjectID: id, AddedAt: tx.Now()}); err != nil {
			return err
		}
		return recordAttached(tx, by, t, "document.attach", p.Entry.Name)
	})
}

// AttachNew adds a document to a folder, and lets it belong to a task.
func (s *Service) AttachNew(ctx context.Context, by account.Actor, task plan.TaskID, u Upload, r io.Reader) (Entry, error) {
	err := s.attachments(ctx, by, u.ProjectID, task, func(db.Tx, account.Actor, plan.Task) error { return nil })
	if err != nil {
		return Entry{}, err
	}
	e, err := s.Add(ctx, by, u, r)
	if err != nil {
		return e, err
	}
	return e, s.Attach(ctx, by, u.ProjectID, task, e.ID)
}

// Detach takes a document from a task; the document stays where it is.
func (s *Service) Detach(ctx context.Context, by account.Actor, id project.ID, task plan.TaskID, document EntryID) error {
	return s.attachments(ctx, by, id, task, func(tx db.Tx, by account.Actor, t plan.Task) error {
		p, err := enter(tx, by, id, document)
		if err != nil {
			return err
		}
		if err := deleteAttachment(tx, t.ID, document); err != nil {
			return err
		}
		return recordAttached(tx, by, t, "document.detach", p.Entry.Name)
	})
}

// attachments is an act on the documents of a task, by somebody who works on the project now.
func (s *Service) attachments(ctx context.Context, by account.Actor, id project.ID, task plan.TaskID, do func(tx db.Tx, by account.Actor, t plan.Task) error) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		by, err := actorNow(tx, by.ID)
		if err != nil {
			return err
		}
		if _, err := project.Allow(tx, by, id, project.Contribute); err != nil {
			return err
		}
		t, err := plan.Get(tx, by, id, task)
		if err != nil {
			return err
		}
		return do(tx, by, t)
	})
	if err != nil {
		return fmt.Errorf("documents of task %s: %w", task, err)
	}
	return nil
}

func recordAttached(tx db.Tx, by account.Actor, t plan.Task, verb, name string) error {
	return account.Record(tx, by, account.Event{Verb: verb, Kind: "task", ID: string(t.ID), Scope: t.ProjectID.Scope(),
		Data: map[string]any{"number": t.Number, "title": t.Title, "name": name}})
}

// located is a document with the way to it: "Essais / Traction".
type located struct {
	Entry
	Way string
}

// attached gives the documents of a task, for somebody who sees the project; those in a folder that was
// removed are left out.
func attached(tx db.Tx, t plan.Task) ([]located, error) {
	list, err := listAttached(tx, t.ID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	folders, err := listFolders(tx, t.ProjectID)
	return locate(list, waysOf(folders)), err
}

// locate finds the way to documents; what cannot be reached is left out.
func locate(list []Entry, ways map[EntryID]string) []located {
	var out []located
	for _, e := range list {
		if way, there := ways[e.FolderID]; there {
			out = append(out, located{e, strings.TrimSuffix(way, separator)})
		}
	}
	return out
}

// label names a document with the way to it.
func (x located) label() string {
	if x.Way == "" {
		return x.Name
	}
	return x.Way + separator + x.Name
}

// like reports whether all the words stand in the document's name or in the way to it, whatever their
// accents and capitals.
func (x located) like(words string) bool {
	label := account.Fold(x.label())
	return !slices.ContainsFunc(strings.Fields(account.Fold(words)), func(w string) bool { return !strings.Contains(label, w) })
}

// offer chooses the documents that are offered to a task, in the order given: those like the words and
// not attached yet; one that is called exactly so stands alone. More says that there are others.
func offer(all, have []located, words string) (out []located, more bool) {
	for _, x := range all {
		if slices.ContainsFunc(have, func(h located) bool { return h.ID == x.ID }) || !x.like(words) {
			continue
		}
		if words != "" && account.Fold(x.Name) == account.Fold(words) {
			exact := func(y located) bool { return y.ID != x.ID && account.Fold(y.Name) == account.Fold(words) }
			if !slices.ContainsFunc(all, exact) {
				return []located{x}, false
			}
		}
		out = append(out, x)
	}
	return out[:min(len(out), choicesShown)], len(out) > choicesShown
}

// Copied lets the next task of a series have the documents of the one before.
func Copied(tx db.Tx, from, to plan.Task) error {
	list, err := listAttachments(tx, from.ID)
	if err != nil {
		return err
	}
	for _, a := range list {
		a.TaskID, a.AddedAt = to.ID, tx.Now()
		err = errors.Join(err, insertAttachment(tx, a))
	}
	return err
}

// waysOf writes the way to the inside of each folder that can be reached: "Essais / Traction / ". What
// lies in one that was removed has none.
func waysOf(folders []Entry) map[EntryID]string {
	byID := map[EntryID]Entry{}
	for _, e := range folders {
		byID[e.ID] = e
	}
	ways := map[EntryID]string{"": ""}
	for _, e := range folders {
		var names []string
		at, there := e, true
		for there && len(names) <= maxDepth {
			names = append([]string{at.Name}, names...)
			if at.FolderID == "" {
				ways[e.ID] = strings.Join(names, separator) + separator
				break
			}
			at, there = byID[at.FolderID]
		}
	}
	return ways
}
