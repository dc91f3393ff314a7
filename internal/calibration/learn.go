package calibration

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/park"
	"bassin/internal/printlog"
	"bassin/internal/when"
)

// ours opens a machine to the people of its organisation; to others its history is not there.
func ours(tx db.Tx, by account.Actor, id park.MachineID) (park.Machine, error) {
	m, err := park.MachineFor(tx, by, id)
	if err == nil && !m.Ours(by) {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return m, err
}

// managed opens it to who manages the organisation.
func managed(tx db.Tx, by account.Actor, id park.MachineID) (park.Machine, error) {
	m, err := ours(tx, by, id)
	if err == nil && !m.MayEdit(by) {
		err = fault.New(fault.Forbidden, "park.forbidden.machine")
	}
	return m, err
}

// trace hides what a source calls a job: names of files tell what is made.
func trace(key string) string {
	h := sha256.Sum256([]byte(key))
	return hex.EncodeToString(h[:16])
}

// learnIn adds runs to a machine, those that are new, and computes its factor.
func learnIn(tx db.Tx, id park.MachineID, list []Run) (added int64, err error) {
	if err := lockFactor(tx, id); err != nil {
		return 0, err
	}
	if added, err = insertRuns(tx, id, list); err != nil || added == 0 {
		return added, err
	}
	return added, computeIn(tx, id)
}

// computeIn computes the factor of a machine anew; its row is locked.
func computeIn(tx db.Tx, id park.MachineID) error {
	f, err := getFactor(tx, id)
	if err != nil {
		return err
	}
	runs, err := listRuns(tx, id, f.SinceAt, 2*newestRuns)
	if err != nil {
		return err
	}
	f.compute(runs)
	return saveFactor(tx, f)
}

// runsOf makes runs of what a printer told.
func runsOf(log printlog.Log) []Run {
	list := make([]Run, len(log.Jobs))
	for i, j := range log.Jobs {
		list[i] = Run{Source: Source(log.Kind), Trace: trace(j.Key), EndedAt: when.Time(j.EndedAt * 1e6), EstimatedS: j.EstimatedSeconds, RealS: j.RealSeconds, EstimatedMM: j.EstimatedMM, UsedMM: j.UsedMM}
	}
	return list
}

// Upload adds the jobs of a history that was saved as a file; it gives how many were new.
func (s *Service) Upload(ctx context.Context, by account.Actor, id park.MachineID, content io.Reader) (added int64, err error) {
	if err := s.db.View(ctx, func(tx db.Tx) error { _, err := managed(tx, by, id); return err }); err != nil {
		return 0, err
	}
	log, err := printlog.Read(content)
	if err != nil {
		return 0, unread(err)
	}
	return s.add(ctx, by, id, "calibration.upload", runsOf(log))
}

// unread says why a file cannot be read, at its field.
func unread(err error) error {
	var wrong fault.Fields
	switch {
	case errors.Is(err, printlog.ErrLarge):
		wrong.Add("file", "calibration.wrong.large", "mb", printlog.MaxBytes>>20)
	case errors.Is(err, printlog.ErrUnknown):
		wrong.Add("file", "calibration.wrong.unknown")
	default:
		return err
	}
	return wrong.Err()
}

// Add adds runs that a program tells.
func (s *Service) Add(ctx context.Context, by account.Actor, id park.MachineID, list []Run) (int64, error) {
	for i := range list {
		list[i].Source, list[i].Trace = Program, trace(list[i].Trace)
	}
	return s.add(ctx, by, id, "calibration.add", list)
}

func (s *Service) add(ctx context.Context, by account.Actor, id park.MachineID, verb string, list []Run) (added int64, err error) {
	err = s.db.Do(ctx, func(tx db.Tx) error {
		m, err := managed(tx, by, id)
		if err != nil {
			return err
		}
		if added, err = learnIn(tx, id, list); err != nil {
			return err
		}
		return record(tx, by, m, verb, map[string]any{"count": added})
	})
	if err != nil {
		return 0, fmt.Errorf("add jobs to machine %s: %w", id, err)
	}
	return added, nil
}

// BuiltIn notes what an order's build took against what was estimated here, in the caller's transaction.
func BuiltIn(tx db.Tx, id park.MachineID, order string, estimatedHours, realHours float64, ended when.Time) error {
	r := Run{Source: Bassin, Trace: trace(order), EndedAt: ended, EstimatedS: estimatedHours * 3600, RealS: realHours * 3600}
	if !r.Counts() {
		return nil
	}
	_, err := learnIn(tx, id, []Run{r})
	return err
}

// Heed has offers computed with the factor of a machine, or without.
func (s *Service) Heed(ctx context.Context, by account.Actor, id park.MachineID, heeded bool) error {
	return s.change(ctx, by, id, map[bool]string{true: "calibration.heed", false: "calibration.ignore"}[heeded], func(_ db.Tx, f *Factor) { f.Heeded = heeded })
}

// Anew lets only jobs from now on count: the machine was changed.
func (s *Service) Anew(ctx context.Context, by account.Actor, id park.MachineID) error {
	return s.change(ctx, by, id, "calibration.anew", func(tx db.Tx, f *Factor) { f.SinceAt = tx.Now() })
}

func (s *Service) change(ctx context.Context, by account.Actor, id park.MachineID, verb string, do func(tx db.Tx, f *Factor)) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		m, err := managed(tx, by, id)
		if err != nil {
			return err
		}
		if err := lockFactor(tx, id); err != nil {
			return err
		}
		f, err := getFactor(tx, id)
		if err != nil {
			return err
		}
		do(tx, &f)
		if err := saveFactor(tx, f); err != nil {
			return err
		}
		if err := computeIn(tx, id); err != nil {
			return err
		}
		return record(tx, by, m, verb, map[string]any{})
	})
	if err != nil {
		return fmt.Errorf("calibration of machine %s: %w", id, err)
	}
	return nil
}

// FactorsOf gives what is known of machines, for a caller who has decided who may see them.
func FactorsOf(tx db.Tx, ids []park.MachineID) (map[park.MachineID]Factor, error) {
	list, err := listFactors(tx, ids)
	out := make(map[park.MachineID]Factor, len(list))
	for _, f := range list {
		out[f.MachineID] = f
	}
	return out, err
}
