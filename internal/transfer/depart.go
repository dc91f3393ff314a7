package transfer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/project"
)

// Depart asks for an archive of a project. While one is being made, that one is given back; the
// oldest makes room for a new one.
func (s *Service) Depart(ctx context.Context, by account.Actor, id project.ID) (Departure, error) {
	if s.opts.Files == nil || s.queue == nil {
		return Departure{}, fault.New(fault.Unavailable, "transfer.no_store")
	}
	var d Departure
	var old []Departure
	err := s.db.Do(ctx, func(tx db.Tx) error {
		a, err := enter(tx, by, id)
		if err != nil {
			return err
		}
		list, err := listDepartures(tx, id)
		if err != nil {
			return err
		}
		for _, x := range list {
			run, err := runOf(tx, x.JobID)
			if err != nil {
				return err
			}
			if !x.Ready() && !run.State.Ended() {
				d = x
				return nil
			}
		}
		old = list[min(len(list), maxDepartures-1):]
		for _, x := range old {
			if err := expireDeparture(tx, x.ID); err != nil {
				return err
			}
		}
		d = Departure{ID: DepartureID(db.NewID()), ProjectID: id, PersonID: by.ID, CreatedAt: tx.Now(), ExpiresAt: tx.Now().Add(keepArchive)}
		d.JobID, err = s.queue.Enqueue(tx, job.Request{Kind: departKind, Args: departArgs{d.ID, id, by.ID}, TitleKey: "transfer.depart_job",
			TitleArgs: fault.Args{"title": a.Title}, OwnerID: string(by.ID), Scope: id.Scope(), UniqueKey: string(d.ID)})
		if err != nil {
			return err
		}
		return insertDeparture(tx, d)
	})
	if err != nil {
		return Departure{}, fmt.Errorf("export project %s: %w", id, err)
	}
	for _, x := range old {
		if err := s.dropDeparture(ctx, x.ID); err != nil {
			return d, err
		}
	}
	return d, nil
}

// enter reads a project for who may carry it away.
func enter(tx db.Tx, by account.Actor, id project.ID) (project.Access, error) {
	a, err := project.Enter(tx, by, id)
	if err == nil && !mayExport(a) {
		err = fault.New(fault.Forbidden, "transfer.forbidden")
	}
	return a, err
}

// runOf gives the run of an archive; the zero one when it is long forgotten.
func runOf(tx db.Tx, id job.RunID) (job.Record, error) {
	run, err := job.Get(tx, id)
	if fault.Is(err, fault.NotFound) {
		return job.Record{State: job.Failed}, nil
	}
	return run, err
}

// runDepart makes an archive. What an attempt before it left is dropped first; nobody sees the
// archive before it is whole.
func (s *Service) runDepart(ctx context.Context, run *job.Run, a departArgs) error {
	by, err := s.actor(ctx, a.By)
	if err != nil {
		return err
	}
	if err := s.opts.Files.DropParts(ctx, string(a.Departure)); err != nil {
		return err
	}
	part, sum := db.NewID(), sha256.New()
	pr, pw := io.Pipe()
	var x Exported
	packed := make(chan error, 1)
	go func() {
		var err error
		x, err = s.pack(ctx, by, a.Project, pw, hundredths(run))
		pw.CloseWithError(err)
		packed <- err
	}()
	size, err := s.opts.Files.PutPart(ctx, string(a.Departure), part, io.TeeReader(pr, sum))
	pr.CloseWithError(io.ErrClosedPipe)
	if e := <-packed; e != nil && (err == nil || fault.As(e) != nil) {
		err = e
	}
	if err != nil {
		return err
	}
	run.Result(departuresURL(a.Project), "transfer.departed", "title", x.Title)
	err = run.Finish(func(tx db.Tx) error {
		return s.made(tx, by, a, x, Departure{ID: a.Departure, Part: part, Size: size, Hash: digest(sum)})
	})
	if fault.Is(err, fault.NotFound) { // given up meanwhile, by somebody or with the right to it
		err = errors.Join(err, s.opts.Files.DropParts(context.WithoutCancel(ctx), string(a.Departure)))
	}
	return err
}

func digest(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// made notes that an archive is whole, for who still may have it.
func (s *Service) made(tx db.Tx, by account.Actor, a departArgs, x Exported, d Departure) error {
	if _, err := enter(tx, by, a.Project); err != nil {
		return err
	}
	if _, err := getDeparture(tx, a.Project, d.ID); err != nil {
		return err
	}
	d.Fingerprint, d.RowsCount, d.FilesCount, d.MadeAt, d.ExpiresAt = x.Fingerprint, int64(x.Rows), int64(x.Files), tx.Now(), tx.Now().Add(keepArchive)
	if err := saveMade(tx, d); err != nil {
		return err
	}
	return recordExport(tx, by, a.Project, x)
}

// actor is somebody as they are now: rights may have ended since they asked.
func (s *Service) actor(ctx context.Context, id account.PersonID) (by account.Actor, err error) {
	err = s.db.View(ctx, func(tx db.Tx) error {
		by, err = account.Load(tx, id)
		return err
	})
	return by, err
}

// Departures lists the archives of a project that were asked for, each with its run.
func (s *Service) Departures(ctx context.Context, by account.Actor, id project.ID) (list []Departure, runs map[job.RunID]job.Record, err error) {
	runs = map[job.RunID]job.Record{}
	err = s.db.View(ctx, func(tx db.Tx) error {
		if _, err := enter(tx, by, id); err != nil {
			return err
		}
		if list, err = listDepartures(tx, id); err != nil {
			return err
		}
		for _, d := range list {
			if runs[d.JobID], err = runOf(tx, d.JobID); err != nil {
				return err
			}
		}
		return nil
	})
	return list, runs, err
}

// Departure reads one of them, with the project's code.
func (s *Service) Departure(ctx context.Context, by account.Actor, id project.ID, x DepartureID) (d Departure, run job.Record, code string, err error) {
	err = s.db.View(ctx, func(tx db.Tx) error {
		a, err := enter(tx, by, id)
		if err != nil {
			return err
		}
		code = a.Code
		if d, err = getDeparture(tx, id, x); err != nil {
			return err
		}
		run, err = runOf(tx, d.JobID)
		return err
	})
	return d, run, code, err
}

// DropDeparture forgets an archive before its time.
func (s *Service) DropDeparture(ctx context.Context, by account.Actor, id project.ID, x DepartureID) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if _, err := enter(tx, by, id); err != nil {
			return err
		}
		if _, err := getDeparture(tx, id, x); err != nil {
			return err
		}
		return expireDeparture(tx, x)
	})
	if err != nil {
		return err
	}
	return s.dropDeparture(ctx, x)
}
