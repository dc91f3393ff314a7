package transfer

import (
	"context"
	"errors"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/job"
	"bassin/internal/project"
)

// Kinds of work.
const (
	departKind = "transfer.depart"
	arriveKind = "transfer.arrive"
	sweepKind  = "transfer.sweep"
)

type departArgs struct {
	Departure DepartureID      `json:"departure"`
	Project   project.ID       `json:"project"`
	By        account.PersonID `json:"by"`
}

type arriveArgs struct {
	Arrival ArrivalID        `json:"arrival"`
	By      account.PersonID `json:"by"`
}

// Jobs registers the feature's work.
func (s *Service) Jobs(q *job.Queue) {
	s.queue = q
	job.Handle(q, departKind, s.runDepart, job.Opts{Safe: true, Long: true, Timeout: 4 * time.Hour})
	job.Handle(q, arriveKind, s.runArrive, job.Opts{Safe: true, Long: true, Timeout: 4 * time.Hour})
	job.Every(q, sweepKind, time.Hour, func(ctx context.Context, _ *job.Run) error { return s.Sweep(ctx) })
}

// hundredths tells how far a run is; bytes would be long numbers.
func hundredths(run *job.Run) Progress {
	return func(done, total int64) { run.Progress(done*100/max(total, 1), 100) }
}

// dropDeparture forgets an archive whose time is over. Its bytes go first: a row without them is dropped
// by the next sweep, bytes without a row never would be.
func (s *Service) dropDeparture(ctx context.Context, id DepartureID) error {
	if err := s.opts.Files.DropParts(ctx, string(id)); err != nil {
		return err
	}
	return s.db.Do(ctx, func(tx db.Tx) error { return deleteDeparture(tx, id) })
}

// dropArrival is dropDeparture of an archive that was brought.
func (s *Service) dropArrival(ctx context.Context, id ArrivalID) error {
	if err := s.opts.Files.DropParts(ctx, string(id)); err != nil {
		return err
	}
	return s.db.Do(ctx, func(tx db.Tx) error { return deleteArrival(tx, id) })
}

// Sweep forgets archives whose time is over, and those that never came whole.
func (s *Service) Sweep(ctx context.Context) error {
	if s.opts.Files == nil {
		return nil
	}
	var departures []Departure
	var arrivals []Arrival
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		if departures, err = listExpiredDepartures(tx, 500); err != nil {
			return err
		}
		arrivals, err = listExpiredArrivals(tx, 500)
		return err
	})
	for _, d := range departures {
		err = errors.Join(err, s.dropDeparture(ctx, d.ID))
	}
	for _, a := range arrivals {
		err = errors.Join(err, s.dropArrival(ctx, a.ID))
	}
	return err
}
