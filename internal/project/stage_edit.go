package project

import (
	"context"
	"fmt"
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/when"
)

// AddStage puts a phase among the stages, in the order of a product's life.
func (s *Service) AddStage(ctx context.Context, by account.Actor, id ID, phase Phase, ends when.Date) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		if _, err := Allow(tx, by, id, Manage); err != nil {
			return err
		}
		if err := lockProject(tx, id); err != nil {
			return err
		}
		stages, err := listStages(tx, id)
		if err != nil {
			return err
		}
		st := Stage{ID: StageID(db.NewID()), ProjectID: id, Phase: phase, State: Coming, EndsOn: ends}
		if err := st.check(); err != nil {
			return err
		}
		at := len(stages)
		for i, other := range stages {
			if other.Phase == phase {
				return fault.New(fault.Conflict, "project.wrong.phase_twice", "phase_key", phase.Key())
			}
			if slices.Index(Phases(), other.Phase) > slices.Index(Phases(), phase) {
				at = min(at, i)
			}
		}
		if at < len(stages) && stages[at].State == Passed {
			return fault.New(fault.Conflict, "project.wrong.phase_passed", "phase_key", stages[at].Phase.Key())
		}
		if at < len(stages) && stages[at].State == Open {
			stages[at].State, st.State = Coming, Open
		}
		if now, ok := Current(stages); !ok || now.ID == "" {
			st.State = Open
		}
		st.Position = at + 1
		for i := at; i < len(stages); i++ {
			stages[i].Position = i + 2
			if err := saveStage(tx, stages[i]); err != nil {
				return err
			}
		}
		if err := insertStage(tx, st); err != nil {
			return err
		}
		return record(tx, by, id, "project.stage.add", map[string]any{"phase_key": phase.Key()})
	})
}

// SaveStage changes the days of a stage that was read at a version.
func (s *Service) SaveStage(ctx context.Context, by account.Actor, x Stage) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		_, old, err := stageFor(tx, by, x.ProjectID, x.ID)
		if err != nil {
			return err
		}
		next := old
		next.StartsOn, next.EndsOn, next.Version = x.StartsOn, x.EndsOn, x.Version
		if err := next.check(); err != nil {
			return err
		}
		if err := saveStage(tx, next); err != nil {
			return err
		}
		return record(tx, by, x.ProjectID, "project.stage.save", map[string]any{"phase_key": next.Phase.Key(), "changes": account.Changes(old, next)})
	})
	if err != nil {
		return fmt.Errorf("save stage %s: %w", x.ID, err)
	}
	return nil
}

// stageFor reads a stage that the actor may change.
func stageFor(tx db.Tx, by account.Actor, id ID, stage StageID) ([]Stage, Stage, error) {
	if _, err := Allow(tx, by, id, Manage); err != nil {
		return nil, Stage{}, err
	}
	stages, err := listStages(tx, id)
	if err != nil {
		return nil, Stage{}, err
	}
	st, err := stageIn(stages, stage)
	return stages, st, err
}

func stageIn(stages []Stage, id StageID) (Stage, error) {
	for _, s := range stages {
		if s.ID == id {
			return s, nil
		}
	}
	return Stage{}, fault.New(fault.NotFound, "fault.not_found")
}

// RemoveStage takes a stage away that has not begun.
func (s *Service) RemoveStage(ctx context.Context, by account.Actor, id ID, stage StageID) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		_, st, err := stageFor(tx, by, id, stage)
		if err != nil {
			return err
		}
		if st.State != Coming {
			return fault.New(fault.Conflict, "project.wrong.stage_begun", "phase_key", st.Phase.Key())
		}
		if err := deleteStage(tx, st); err != nil {
			return err
		}
		return record(tx, by, id, "project.stage.remove", map[string]any{"phase_key": st.Phase.Key()})
	})
}

// AddCriterion adds one to the gate of a stage that is not passed.
func (s *Service) AddCriterion(ctx context.Context, by account.Actor, c Criterion) (Criterion, error) {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		_, st, err := stageFor(tx, by, c.ProjectID, c.StageID)
		if err != nil {
			return err
		}
		if st.State == Passed {
			return fault.New(fault.Conflict, "project.wrong.phase_passed", "phase_key", st.Phase.Key())
		}
		if err := c.check(); err != nil {
			return err
		}
		all, err := listCriteria(tx, c.ProjectID)
		if err != nil {
			return err
		}
		if len(all) >= 200 {
			return fault.New(fault.Conflict, "project.wrong.too_many_criteria")
		}
		c.ID, c.Position = CriterionID(db.NewID()), len(all)+1
		if err := insertCriterion(tx, c); err != nil {
			return err
		}
		return record(tx, by, c.ProjectID, "project.criterion.add", map[string]any{"text": c.Text})
	})
	return c, err
}

// MeetCriterion notes, with a proof, that a criterion holds.
func (s *Service) MeetCriterion(ctx context.Context, by account.Actor, id ID, criterion CriterionID, proof, url string) error {
	return s.changeCriterion(ctx, by, id, criterion, Contribute, "project.criterion.meet", func(c *Criterion, today when.Date) error {
		return c.meet(proof, url, by, today)
	})
}

// ReopenCriterion notes that it does not hold after all.
func (s *Service) ReopenCriterion(ctx context.Context, by account.Actor, id ID, criterion CriterionID) error {
	return s.changeCriterion(ctx, by, id, criterion, Contribute, "project.criterion.reopen", func(c *Criterion, _ when.Date) error {
		c.MetOn, c.MetBy, c.MetByName = when.None, "", ""
		return nil
	})
}

// RemoveCriterion takes a criterion off a gate that is not passed.
func (s *Service) RemoveCriterion(ctx context.Context, by account.Actor, id ID, criterion CriterionID) error {
	return s.changeCriterion(ctx, by, id, criterion, Manage, "project.criterion.remove", nil)
}

// changeCriterion changes a criterion of a gate that is not passed; change nil removes it.
func (s *Service) changeCriterion(ctx context.Context, by account.Actor, id ID, criterion CriterionID, p Permission, verb string, change func(*Criterion, when.Date) error) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		if _, err := Allow(tx, by, id, p); err != nil {
			return err
		}
		c, err := getCriterion(tx, id, criterion)
		if err != nil {
			return err
		}
		stages, err := listStages(tx, id)
		if err != nil {
			return err
		}
		if st, err := stageIn(stages, c.StageID); err != nil || st.State == Passed {
			return fault.New(fault.Conflict, "project.wrong.phase_passed", "phase_key", st.Phase.Key())
		}
		if change == nil {
			err = deleteCriterion(tx, c)
		} else if err = change(&c, tx.Today()); err == nil {
			err = saveCriterion(tx, c)
		}
		if err != nil {
			return err
		}
		return record(tx, by, id, verb, map[string]any{"text": c.Text})
	})
}
