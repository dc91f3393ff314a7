package additive

import (
	"context"
	"fmt"
	"io"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/mesh/format"
)

// Dropped is a file that is in the store and becomes a part.
type Dropped struct {
	Name string
	Blob file.Blob
}

// Keep puts the content of a file into the store. What it is is not asked here: the check says so, with more to say
// than yes or no.
func (s *Service) Keep(ctx context.Context, r io.Reader, name string) (Dropped, error) {
	if s.files == nil {
		return Dropped{}, fault.New(fault.Unavailable, "additive.wrong.no_store")
	}
	name = file.CleanName(name)
	b, err := s.files.Put(ctx, r, file.Limits{Name: name, MaxBytes: maxFileBytes, Unchecked: true})
	return Dropped{name, b}, err
}

// Drop makes a part of each file, for an organisation of the actor's or, when they are in none, for themselves. Each is
// checked as soon as a worker is free.
func (s *Service) Drop(ctx context.Context, by account.Actor, organisation account.OrganisationID, files []Dropped) ([]Part, error) {
	var list []Part
	err := s.db.Do(ctx, func(tx db.Tx) error {
		list = nil
		holder, err := holderFor(by, organisation)
		if err != nil {
			return err
		}
		last, err := takeNumbers(tx, holder, len(files))
		if err != nil {
			return err
		}
		for i, f := range files {
			p := Part{ID: PartID(db.NewID()), HolderID: holder, OrganisationID: organisation, PersonID: by.ID, Number: last - int64(len(files)-1-i), Title: cut(titleOf(f.Name)), Revision: 1,
				CreatedAt: tx.Now(), UpdatedAt: tx.Now()}
			if err := insertPart(tx, p); err != nil {
				return err
			}
			if err := s.revise(tx, by, p, f); err != nil {
				return err
			}
			list = append(list, p)
			if err := record(tx, by, p, "part.drop", map[string]any{"code": p.Code(), "title": p.Title, "file": f.Name}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("drop parts: %w", err)
	}
	return list, nil
}

// Revise gives a part a new file.
func (s *Service) Revise(ctx context.Context, by account.Actor, id PartID, f Dropped) (p Part, err error) {
	err = s.db.Do(ctx, func(tx db.Tx) error {
		if p, err = change(tx, by, id); err != nil {
			return err
		}
		if p.Revision >= maxRevisions {
			return fault.New(fault.Conflict, "additive.wrong.revisions", "max", maxRevisions)
		}
		p.Revision, p.UpdatedAt = p.Revision+1, tx.Now()
		if err := savePart(tx, p); err != nil {
			return err
		}
		if err := s.revise(tx, by, p, f); err != nil {
			return err
		}
		return record(tx, by, p, "part.revise", map[string]any{"code": p.Code(), "revision": label(p.Revision), "file": f.Name})
	})
	if err != nil {
		return p, fmt.Errorf("revise part %s: %w", id, err)
	}
	return p, nil
}

// revise writes the newest revision of a part and asks for its check.
func (s *Service) revise(tx db.Tx, by account.Actor, p Part, f Dropped) error {
	r := Revision{PartID: p.ID, Number: p.Revision, PersonID: by.ID, FileName: f.Name, Hash: string(f.Blob.Hash), Size: f.Blob.Size, State: Waiting, CreatedAt: tx.Now()}
	r, err := s.askCheck(tx, by.ID, p.Title, r)
	if err != nil {
		return err
	}
	if err := insertRevision(tx, r); err != nil {
		return err
	}
	return index(tx, p)
}

// askCheck enqueues the check of a revision.
func (s *Service) askCheck(tx db.Tx, owner account.PersonID, title string, r Revision) (Revision, error) {
	kind := checkKind
	if named := format.Named(r.FileName); r.weight() > largeBytes || named == format.STEP || named == format.IGES {
		kind = checkLargeKind
	}
	run, err := s.queue.Enqueue(tx, job.Request{Kind: kind, Args: checkArgs{r.PartID, r.Number}, OwnerID: string(owner), TitleKey: "additive.check_of", TitleArgs: fault.Args{"title": title}})
	r.JobID = string(run)
	return r, err
}

func cut(title string) string {
	if r := []rune(title); len(r) > maxTitle {
		return string(r[:maxTitle])
	}
	return title
}

// change opens a part to be changed by who may.
func change(tx db.Tx, by account.Actor, id PartID) (Part, error) {
	if _, err := seen(tx, by, id); err != nil {
		return Part{}, err
	}
	return lockPart(tx, id)
}

// seen reads a part for who sees it; of others it is not found, and so is one that was removed.
func seen(tx db.Tx, by account.Actor, id PartID) (Part, error) {
	p, err := getPart(tx, id)
	if err == nil && (!p.seenBy(by) || p.RemovedAt != 0) {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return p, err
}
