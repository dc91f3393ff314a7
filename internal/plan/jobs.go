package plan

import (
	"context"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/job"
	"bassin/internal/project"
)

// Kinds of work: takeKind takes a long plan file over, indexKind makes its tasks findable afterwards.
const (
	takeKind  = "plan.take"
	indexKind = "plan.index"
)

const (
	// takenAtOnce is how many tasks of a file are made while the person waits; more are the work of a run.
	takenAtOnce = 500
	// indexedAtOnce is how many tasks a run makes findable in one transaction: no other writer waits for more.
	indexedAtOnce = 250
)

type takeArgs struct {
	Project project.ID       `json:"project"`
	Import  ImportID         `json:"import"`
	By      account.PersonID `json:"by"`
}

// indexArgs name the tasks of a project by their numbers, both inclusive.
type indexArgs struct {
	Project  project.ID `json:"project"`
	From, To int64
}

// Jobs registers the feature's work.
func (s *Service) Jobs(q *job.Queue) {
	s.queue = q
	job.Handle(q, takeKind, s.runTake, job.Opts{Safe: true, Long: true})
	job.Handle(q, indexKind, s.runIndex, job.Opts{Safe: true, Long: true})
}

// runTake makes all tasks and links of a file in the transaction that ends the run: once, however often
// it is attempted. That they are found is the work of a run that nobody stops.
func (s *Service) runTake(ctx context.Context, run *job.Run, a takeArgs) error {
	var by account.Actor
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		by, err = account.Load(tx, a.By)
		return err
	})
	if err != nil {
		return err
	}
	run.Say("plan.import.writing")
	return run.Finish(func(tx db.Tx) error {
		x, err := getImport(tx, a.Project, a.Import)
		if err != nil {
			return err
		}
		r, err := s.takeIn(tx, by, x, nil)
		if err != nil {
			return err
		}
		run.Result(importURL(a.Project, a.Import), "plan.import.taken", "count", r.Tasks)
		_, err = s.queue.Enqueue(tx, job.Request{Kind: indexKind, Args: indexArgs{a.Project, r.FirstNumber, r.FirstNumber + int64(r.Tasks) - 1}, Scope: string(a.Project)})
		return err
	})
}

// runIndex puts tasks in the search's index, as they are by then, in short transactions.
func (s *Service) runIndex(_ context.Context, run *job.Run, a indexArgs) error {
	for from := a.From; from <= a.To; from += indexedAtOnce {
		run.Progress(from-a.From, a.To-a.From+1)
		if err := run.Do(func(tx db.Tx) error {
			return indexNumbered(tx, a.Project, from, min(from+indexedAtOnce-1, a.To))
		}); err != nil {
			return err
		}
	}
	return nil
}
