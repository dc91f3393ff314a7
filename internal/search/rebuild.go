package search

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"bassin/internal/db"
	"bassin/internal/file"
	"bassin/internal/job"
)

const (
	rebuildKind = "search.rebuild"
	batch       = 200 // entries put in one transaction
)

// Source gives all entries of some kinds, a page after the other: features have them, app hands
// them over. A page is read and put in one transaction, so that nobody's change is overwritten by
// what was read before it.
type Source struct {
	Count func(tx db.Tx) (int, error)
	// Page gives entries after a place, and the place after them; "" when there are no more.
	Page func(tx db.Tx, after string, limit int) (list []Entry, next string, err error)
}

// Options are what the service needs.
type Options struct {
	DB      *db.DB
	Log     *slog.Logger
	Files   file.Store
	Extract Extract // nil: nothing is read of files
}

// Service builds the index anew and reads files.
type Service struct {
	opts    Options
	sources []Source
	queue   *job.Queue
}

// Sources adds what the index is built from.
func (s *Service) Sources(list ...Source) { s.sources = append(s.sources, list...) }

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{opts: o}
}

type rebuildArgs struct {
	Anew bool `json:"anew"` // put what says nothing new too
}

// Jobs registers the work.
func (s *Service) Jobs(q *job.Queue) {
	s.queue = q
	job.Handle(q, rebuildKind, s.runRebuild, job.Opts{Safe: true, Long: true, Timeout: 12 * time.Hour})
}

// Start asks for the index to be built when the database has none, or one of another format.
func (s *Service) Start(ctx context.Context) error {
	return s.opts.DB.Do(ctx, func(tx db.Tx) error {
		built, err := getFormat(tx)
		if err != nil || built == format {
			return err
		}
		_, err = s.queue.Enqueue(tx, job.Request{Kind: rebuildKind, Args: rebuildArgs{}, UniqueKey: "all"})
		return err
	})
}

func (s *Service) runRebuild(ctx context.Context, run *job.Run, args rebuildArgs) error {
	n, err := s.build(ctx, args.Anew, run.Do, run.Progress)
	if err != nil {
		return err
	}
	run.Result("/search", "search.rebuilt", "count", n)
	return nil
}

// Rebuild builds the index anew, for the command; people find what is there meanwhile.
func (s *Service) Rebuild(ctx context.Context, progress func(done, total int64)) (int64, error) {
	n, err := s.build(ctx, true, func(fn func(db.Tx) error) error { return s.opts.DB.Do(ctx, fn) }, progress)
	if err != nil {
		return n, fmt.Errorf("build the search index: %w", err)
	}
	return n, nil
}

// build puts the entries of all sources, then drops what no source gave.
func (s *Service) build(ctx context.Context, anew bool, do func(func(db.Tx) error) error, progress func(done, total int64)) (int64, error) {
	var gen, done, total int64
	err := do(func(tx db.Tx) (err error) {
		total = 0
		for _, src := range s.sources {
			n, err := src.Count(tx)
			if err != nil {
				return err
			}
			total += int64(n)
		}
		gen, err = advance(tx, anew)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, src := range s.sources {
		for after := ""; ; {
			if err := ctx.Err(); err != nil {
				return done, err
			}
			var n int
			var next string
			err := do(func(tx db.Tx) (err error) {
				n, next, err = putPage(tx, src, after)
				return err
			})
			if err != nil {
				return done, err
			}
			done += int64(n)
			progress(done, max(total, done))
			if after = next; after == "" {
				break
			}
		}
	}
	if err := s.dropBefore(ctx, gen, do); err != nil {
		return done, err
	}
	return done, do(func(tx db.Tx) error { return saveBuilt(tx, gen) })
}

// dropBefore drops the entries that a building did not meet; writers wait for the deletions alone.
func (s *Service) dropBefore(ctx context.Context, gen int64, do func(func(db.Tx) error) error) error {
	for after := int64(0); ; {
		var list []int64
		err := s.opts.DB.View(ctx, func(tx db.Tx) (err error) {
			list, err = listBefore(tx, gen, after, batch)
			return err
		})
		if err != nil || len(list) == 0 {
			return err
		}
		after = list[len(list)-1]
		err = do(func(tx db.Tx) error {
			left, err := stillBefore(tx, gen, list)
			if err != nil {
				return err
			}
			for _, n := range left {
				if err := deleteRow(tx, n); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

func putPage(tx db.Tx, src Source, after string) (int, string, error) {
	list, next, err := src.Page(tx, after, batch)
	if err != nil {
		return 0, "", err
	}
	// FTS5 keeps what is put in memory as long as it comes in order.
	slices.SortFunc(list, func(a, b Entry) int { return int(min(max(a.At-b.At, -1), 1)) })
	for _, e := range list {
		if err := Put(tx, e); err != nil {
			return 0, "", fmt.Errorf("%s %s: %w", e.Kind, e.ID, err)
		}
	}
	return len(list), next, nil
}
