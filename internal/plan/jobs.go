package plan

import (
	"context"
	"encoding/json"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/job"
	"bassin/internal/project"
)

// takeKind takes a long plan file over.
const takeKind = "plan.take"

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

// Jobs registers the feature's work.
func (s *Service) Jobs(q *job.Queue) {
	s.queue = q
	job.Handle(q, takeKind, s.runTake, job.Opts{Safe: true, Long: true})
}

// runTake makes all tasks and links of a file in one transaction, and puts them in the search's index in
// short ones. Attempted again, it goes on where the tasks are made.
func (s *Service) runTake(ctx context.Context, run *job.Run, a takeArgs) error {
	var by account.Actor
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		by, err = account.Load(tx, a.By)
		return err
	})
	if err != nil {
		return err
	}
	var r Report
	run.Say("plan.import.writing")
	err = run.Do(func(tx db.Tx) error {
		x, err := getImport(tx, a.Project, a.Import)
		if err != nil {
			return err
		}
		if x.DoneAt != 0 { // by an attempt before this one
			return json.Unmarshal([]byte(x.Report), &r)
		}
		r, err = s.takeIn(tx, by, x, nil)
		return err
	})
	if err != nil {
		return err
	}
	run.Say("plan.import.indexing")
	n := int64(r.Tasks)
	for done := int64(0); done < n; done += indexedAtOnce {
		run.Progress(done, n)
		if err := run.Do(func(tx db.Tx) error {
			return indexNumbered(tx, a.Project, r.FirstNumber+done, r.FirstNumber+min(done+indexedAtOnce, n)-1)
		}); err != nil {
			return err
		}
	}
	run.Result(importURL(a.Project, a.Import), "plan.import.taken", "count", n)
	return nil
}
