package territory

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/job"
)

// Kinds of work.
const (
	importKind   = "territory.import"
	completeKind = "territory.complete"
	sweepKind    = "territory.lookup_sweep"
)

// importArgs name the list, which waits in the file store, and who asked.
type importArgs struct {
	File   file.Hash        `json:"file"`
	Name   string           `json:"name"`
	By     account.PersonID `json:"by"`
	ByName string           `json:"by_name"`
}

type completeArgs struct {
	Territory ID               `json:"territory"` // "" for all
	By        account.PersonID `json:"by"`
	ByName    string           `json:"by_name"`
}

// Jobs registers the feature's work; from then on, pages ask for it instead of doing it.
func (s *Service) Jobs(q *job.Queue) {
	s.queue = q
	job.Handle(q, importKind, s.runImport, job.Opts{Safe: true, Timeout: 10 * time.Minute})
	job.Handle(q, completeKind, s.runComplete, job.Opts{Safe: true, Long: true, Timeout: time.Hour})
	job.Every(q, sweepKind, 24*time.Hour, func(_ context.Context, run *job.Run) error { return run.Do(SweepLookups) })
}

// importLater keeps a list that can be read and asks for its import. The right to import is looked
// at here; the run works for who had it.
func (s *Service) importLater(ctx context.Context, by account.Actor, name string, data []byte) (job.RunID, error) {
	if !mayImport(by) {
		return "", fault.New(fault.Forbidden, "territory.import.not_yours")
	}
	if _, err := ReadListing(bytes.NewReader(data)); err != nil {
		return "", fmt.Errorf("import %s: %w", name, err)
	}
	// Unchecked: the reader above is the check, and knows encodings that a file's type does not say.
	blob, err := s.files.Put(ctx, bytes.NewReader(data), file.Limits{MaxBytes: MaxListingBytes, Unchecked: true})
	if err != nil {
		return "", fmt.Errorf("import %s: %w", name, err)
	}
	var id job.RunID
	err = s.db.Do(ctx, func(tx db.Tx) (err error) {
		id, err = s.queue.Enqueue(tx, job.Request{
			Kind: importKind, Args: importArgs{blob.Hash, cleanName(name), by.ID, by.Name},
			TitleKey: "territory.import.job", TitleArgs: fault.Args{"file": cleanName(name)}, OwnerID: string(by.ID),
			UniqueKey: string(blob.Hash), // the same list asked for twice at once is one import
		})
		return err
	})
	if err != nil {
		return "", fmt.Errorf("import %s: %w", name, err)
	}
	return id, nil
}

// runImport imports within the transaction that ends the run: once, however often it is attempted.
// The report has the run's number.
func (s *Service) runImport(ctx context.Context, run *job.Run, a importArgs) error {
	content, err := s.files.Open(ctx, a.File)
	if err != nil {
		return err
	}
	data, err := io.ReadAll(content)
	if e := content.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	listing, err := ReadListing(bytes.NewReader(data))
	if err != nil {
		return err
	}
	sum := sha256.Sum256(data)
	by := account.Actor{ID: a.By, Name: a.ByName}
	return run.Finish(func(tx db.Tx) error {
		r, err := importIn(tx, by, ImportID(run.ID), a.Name, hex.EncodeToString(sum[:]), listing)
		if err != nil {
			return err
		}
		t := r.Total()
		run.Findings(int64(r.RejectedCount))
		run.Result(reportURL(r.ID), "territory.import.done", "added", t.Added, "changed", t.Changed)
		return nil
	})
}

// completeLater asks for the groupings of one territory, or of all, to be looked up.
func (s *Service) completeLater(ctx context.Context, by account.Actor, id ID) (run job.RunID, err error) {
	if !mayComplete(by, id) {
		return "", fault.New(fault.Forbidden, "territory.edit.not_yours")
	}
	if s.lookup == nil {
		return "", fault.New(fault.Unavailable, "territory.lookup_off")
	}
	err = s.db.Do(ctx, func(tx db.Tx) error {
		r := job.Request{Kind: completeKind, Args: completeArgs{id, by.ID, by.Name}, TitleKey: "territory.complete.job_all",
			OwnerID: string(by.ID), Scope: scope(id), UniqueKey: "all" + string(id)}
		if id != "" {
			t, err := Get(tx, id)
			if err != nil {
				return err
			}
			r.TitleKey, r.TitleArgs = "territory.complete.job", fault.Args{"name": t.Name}
		}
		run, err = s.queue.Enqueue(tx, r)
		return err
	})
	return run, err
}

// runComplete goes on where an attempt before it ended: what was learnt is kept.
func (s *Service) runComplete(ctx context.Context, run *job.Run, a completeArgs) error {
	c, err := s.complete(ctx, account.Actor{ID: a.By, Name: a.ByName}, a.Territory, func(done, total int) {
		run.Progress(int64(done), int64(total))
	})
	to := "/territories"
	if a.Territory != "" {
		to = territoryURL(a.Territory)
	}
	run.Findings(int64(c.Unknown))
	run.Result(to, "territory.complete.done", "count", c.Located, "unknown", c.Unknown)
	return err
}
