package project

import (
	"context"
	"fmt"
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/search"
	"bassin/internal/when"
)

// Decide records a decision; one of a gate moves the stages.
func (s *Service) Decide(ctx context.Context, by account.Actor, d Decision) (Decision, error) {
	err := s.db.Do(ctx, func(tx db.Tx) (err error) {
		d, err = DecideIn(tx, by, d)
		return err
	})
	if err != nil {
		return Decision{}, fmt.Errorf("decide in project %s: %w", d.ProjectID, err)
	}
	return d, nil
}

// DecideIn is Decide in the caller's transaction: a meeting records what it decided.
func DecideIn(tx db.Tx, by account.Actor, d Decision) (Decision, error) {
	need := Decide
	if !d.Gate() {
		need = Contribute // minutes are taken by any member; a gate is passed by who may
	}
	a, err := Allow(tx, by, d.ProjectID, need)
	if err != nil {
		return d, err
	}
	if err := lockProject(tx, a.ID); err != nil {
		return d, err
	}
	if err := d.check(tx.Today()); err != nil {
		return d, err
	}
	if d.Gate() {
		if err := passGate(tx, a, d); err != nil {
			return d, err
		}
	}
	last, err := lastDecision(tx, d.ProjectID)
	if err != nil {
		return d, err
	}
	d.ID, d.Number, d.RecordedBy, d.Recorder, d.RecordedAt, d.ReplacedBy = DecisionID(db.NewID()), last+1, by.ID, by.Name, tx.Now(), ""
	if d.ReplacesID != "" {
		old, err := getDecision(tx, d.ProjectID, d.ReplacesID)
		if err != nil {
			return d, err
		}
		if old.Gate() || old.ReplacedBy != "" {
			return d, fault.New(fault.Conflict, "project.wrong.replaced", "number", old.Number)
		}
		if err := replaceDecision(tx, old.ID, d.ID); err != nil {
			return d, err
		}
	}
	if err := insertDecision(tx, d); err != nil {
		return d, err
	}
	if err := search.Put(tx, decisionEntry(a.Project, d)); err != nil {
		return d, err
	}
	return d, record(tx, by, d.ProjectID, "project.decision.record", map[string]any{"number": d.Number, "title": d.Title, "outcome_key": d.Outcome.Key()})
}

func passGate(tx db.Tx, a Access, d Decision) error {
	stages, err := listStages(tx, a.ID)
	if err != nil {
		return err
	}
	own, err := CriteriaOfStage(tx, a, d.StageID)
	if err != nil {
		return err
	}
	moved, err := d.gate(stages, own)
	if err != nil {
		return err
	}
	for i := range moved {
		if moved[i] != stages[i] {
			if err := saveStage(tx, moved[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// DecisionsOf lists the decisions of a project, the newest first.
func DecisionsOf(tx db.Tx, a Access) ([]Decision, error) { return listDecisions(tx, a.ID) }

// StagesOfProject lists the stages of a project in order.
func StagesOfProject(tx db.Tx, a Access) ([]Stage, error) { return listStages(tx, a.ID) }

// GatesDue lists the open stages of projects whose gate is due until a day and that the actor may
// decide.
func GatesDue(tx db.Tx, books []Access, until when.Date) ([]Stage, error) {
	var ids []ID
	for _, a := range books {
		if a.MayNow(Decide) {
			ids = append(ids, a.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	all, err := listStagesAmong(tx, ids)
	return slices.DeleteFunc(all, func(st Stage) bool { return st.State != Open || !st.EndsOn.Valid() || st.EndsOn > until }), err
}

// CriteriaOfStage lists the criteria of a stage's gate in order.
func CriteriaOfStage(tx db.Tx, a Access, id StageID) ([]Criterion, error) {
	all, err := listCriteria(tx, a.ID)
	var own []Criterion
	for _, c := range all {
		if c.StageID == id {
			own = append(own, c)
		}
	}
	return own, err
}
