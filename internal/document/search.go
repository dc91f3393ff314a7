package document

import (
	"context"
	"errors"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/office"
	"bassin/internal/project"
	"bassin/internal/search"
)

// SearchEntry is the kind under which folders and documents are found: the same as that of the
// documents of actions, since people look for a document wherever it lies.
const SearchEntry = "document"

const (
	readKind    = "document.read"
	reindexKind = "document.reindex"
)

// index makes an entry findable as it is now, behind the wall of its project; what is removed or
// hidden is not. Guests of a folder find nothing by the search: keys of folders would have all that
// lies below written again with each move (decision 23).
func index(tx db.Tx, e Entry) error {
	if e.Hidden || e.RemovedAt != 0 {
		return search.Remove(tx, SearchEntry, string(e.ID))
	}
	a, err := project.Enter(tx, account.System("document"), e.ProjectID)
	if err != nil {
		return err
	}
	x, err := searchEntry(tx, a.Project, e)
	if err != nil {
		return err
	}
	return search.Put(tx, x)
}

func searchEntry(tx db.Tx, p project.Project, e Entry) (search.Entry, error) {
	text := ""
	if e.Size > 0 {
		var err error
		if text, _, err = search.TextOf(tx, e.Hash); err != nil {
			return search.Entry{}, err
		}
	}
	path := "/documents/"
	if e.Is(Folder) {
		path = "/folders/"
	}
	return project.InsideEntry(p, SearchEntry, string(e.ID), e.Name, path+string(e.ID), e.UpdatedAt, text), nil
}

// SearchSources gives all that is to be found.
func (s *Service) SearchSources() []search.Source {
	return []search.Source{{Count: countIndexed, Page: func(tx db.Tx, after string, limit int) ([]search.Entry, string, error) {
		list, err := listIndexed(tx, EntryID(after), limit)
		if err != nil || len(list) == 0 {
			return nil, "", err
		}
		var all []search.Entry
		projects := map[project.ID]project.Project{}
		for _, e := range list {
			if _, err := chainOf(tx, e.ProjectID, e.ID); fault.Is(err, fault.NotFound) {
				continue // in a removed folder
			} else if err != nil {
				return nil, "", err
			}
			p, known := projects[e.ProjectID]
			if !known {
				a, err := project.Enter(tx, account.System("document"), e.ProjectID)
				if err != nil {
					return nil, "", err
				}
				p, projects[e.ProjectID] = a.Project, a.Project
			}
			x, err := searchEntry(tx, p, e)
			if err == nil {
				err = readLater(tx, Hand{svc: s}, e)
			}
			if err != nil {
				return nil, "", err
			}
			all = append(all, x)
		}
		return all, string(list[len(list)-1].ID), nil
	}}}
}

type readArgs struct {
	Document EntryID `json:"document"`
	Hash     string  `json:"hash"`
}

type reindexArgs struct {
	Project project.ID `json:"project"`
	Folder  EntryID    `json:"folder"`
}

// readLater asks for the text of a document to be read, unless it was.
func readLater(tx db.Tx, h Hand, e Entry) error {
	s := h.svc
	if s == nil || s.queue == nil || !s.opts.Texts.Readable() || !e.Is(Document) || e.Size == 0 || e.Hidden {
		return nil
	}
	if _, known, err := search.TextOf(tx, e.Hash); err != nil || known {
		return err
	}
	_, err := s.queue.Enqueue(tx, job.Request{Kind: readKind, Args: readArgs{e.ID, e.Hash}, UniqueKey: string(e.ID) + e.Hash})
	return err
}

// reindexLater asks for what lies below a folder to be looked at again: it was removed, brought
// back, or came under another.
func reindexLater(tx db.Tx, h Hand, e Entry) error {
	if h.svc == nil || h.svc.queue == nil || !e.Is(Folder) {
		return nil
	}
	_, err := h.svc.queue.Enqueue(tx, job.Request{Kind: reindexKind, Args: reindexArgs{e.ProjectID, e.ID}})
	return err
}

// ReadText reads the text of a document's content and makes it findable.
func (s *Service) ReadText(ctx context.Context, id EntryID, hash string) error {
	e, err := s.current(ctx, id)
	if err != nil || e.Hash != hash {
		return fault.IgnoreMissing(err) // a later content has a job of its own
	}
	if err := s.opts.Texts.Read(ctx, file.Hash(hash), e.Type); err != nil {
		return err
	}
	return s.db.Do(ctx, func(tx db.Tx) error { return indexAgain(tx, e) })
}

// Reindex looks again at everything that lies below a folder.
func (s *Service) Reindex(ctx context.Context, p project.ID, folder EntryID) error {
	var list []Entry
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		list, err = listAll(tx, p, folder)
		return err
	})
	if err != nil {
		return err
	}
	for _, e := range list {
		if err := s.db.Do(ctx, func(tx db.Tx) error { return indexAgain(tx, e) }); err != nil {
			return err
		}
		if e.Is(Folder) {
			if err := s.Reindex(ctx, p, e.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// indexAgain indexes an entry as it is now; what lies in a removed folder is not found.
func indexAgain(tx db.Tx, e Entry) error {
	now, err := getEntry(tx, e.ProjectID, e.ID)
	if err != nil {
		return fault.IgnoreMissing(err)
	}
	_, err = chainOf(tx, e.ProjectID, e.ID)
	if fault.Is(err, fault.NotFound) {
		return search.Remove(tx, SearchEntry, string(e.ID))
	}
	if err != nil {
		return err
	}
	return index(tx, now)
}

func (s *Service) current(ctx context.Context, id EntryID) (e Entry, err error) {
	err = s.db.View(ctx, func(tx db.Tx) error {
		p, err := projectOf(tx, id)
		if err == nil {
			e, err = getEntry(tx, p, id)
		}
		return err
	})
	return e, err
}

// Jobs registers the feature's work.
func (s *Service) Jobs(q *job.Queue) {
	s.queue = q
	job.Handle(q, readKind, func(ctx context.Context, _ *job.Run, args readArgs) error {
		return s.ReadText(ctx, args.Document, args.Hash)
	},
		job.Opts{Safe: true, Long: true, Timeout: 5 * time.Minute, MaxAttempts: 2})
	job.Handle(q, reindexKind, func(ctx context.Context, _ *job.Run, args reindexArgs) error {
		return s.Reindex(ctx, args.Project, args.Folder)
	}, job.Opts{Safe: true, Long: true, Timeout: time.Hour, MaxAttempts: 3})
	job.Handle(q, printKind, func(ctx context.Context, _ *job.Run, args printArgs) error {
		return s.Print(ctx, args.Document, args.Hash)
	}, job.Opts{Safe: true, Long: true, Timeout: 5 * time.Minute, MaxAttempts: 2})
	job.Every(q, "document.sweep", time.Hour, func(ctx context.Context, _ *job.Run) error {
		return errors.Join(s.Sweep(ctx), s.SweepUploads(ctx), office.Sweep())
	})
}
