package cost

import (
	"context"
	"fmt"
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/when"
)

// manages lets in who runs the project's money: they see costs and manage.
func manages(tx db.Tx, by account.Actor, id project.ID) (project.Access, error) {
	a, err := project.Allow(tx, by, id, project.Manage)
	if err == nil && !a.May(project.SeeCosts) {
		err = fault.New(fault.Forbidden, "project.forbidden.see_costs")
	}
	return a, err
}

// SetRate says what an hour in a role costs from a day on.
func (s *Service) SetRate(ctx context.Context, by account.Actor, r Rate) (Rate, error) {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if _, err := manages(tx, by, r.ProjectID); err != nil {
			return err
		}
		if err := r.check(); err != nil {
			return err
		}
		r.ID, r.Version = RateID(db.NewID()), 1
		if err := saveRate(tx, r); err != nil {
			return err
		}
		return record(tx, by, r.ProjectID, "cost.rate.set", "rate", string(r.ID), map[string]any{"role": r.Role, "from_on": r.FromOn})
	})
	if err != nil {
		return Rate{}, fmt.Errorf("set rate of %s: %w", r.ProjectID, err)
	}
	return r, nil
}

// RemoveRate takes a rate away that was read at a version: hours then cost by the one before it.
func (s *Service) RemoveRate(ctx context.Context, by account.Actor, id project.ID, rate RateID) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		if _, err := manages(tx, by, id); err != nil {
			return err
		}
		r, err := getRate(tx, id, rate)
		if err != nil {
			return err
		}
		if err := deleteRate(tx, r); err != nil {
			return err
		}
		return record(tx, by, id, "cost.rate.remove", "rate", string(rate), map[string]any{"role": r.Role, "from_on": r.FromOn})
	})
}

// Assign says in which role somebody works; none takes it away. Hours they worked before they had a
// role get it, others keep theirs.
func (s *Service) Assign(ctx context.Context, by account.Actor, x Staff) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		if _, err := manages(tx, by, x.ProjectID); err != nil {
			return err
		}
		name, err := memberName(tx, x.ProjectID, x.PersonID)
		if err != nil {
			return err
		}
		if x.Role != "" {
			rates, err := listRates(tx, x.ProjectID)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(rates, func(r Rate) bool { return account.Fold(r.Role) == account.Fold(x.Role) }) {
				var wrong fault.Fields
				wrong.Add("role", "cost.wrong.no_rate", "role", x.Role)
				return wrong.Err()
			}
			if err := giveRole(tx, x); err != nil {
				return err
			}
		}
		if err := saveStaff(tx, x); err != nil {
			return err
		}
		return record(tx, by, x.ProjectID, "cost.staff.assign", "person", string(x.PersonID), map[string]any{"name": name, "role": x.Role})
	})
}

func memberName(tx db.Tx, id project.ID, person account.PersonID) (string, error) {
	members, err := project.MembersOf(tx, id)
	if err != nil {
		return "", err
	}
	for _, m := range members {
		if m.PersonID == person {
			return m.Name, nil
		}
	}
	var wrong fault.Fields
	wrong.Add("person_id", "fault.choice")
	return "", wrong.Err()
}

// stageOf checks that a stage is one of the project's.
func stageOf(tx db.Tx, a project.Access, id project.StageID) error {
	if id == "" {
		return nil
	}
	stages, err := project.StagesOfProject(tx, a)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(stages, func(s project.Stage) bool { return s.ID == id }) {
		var wrong fault.Fields
		wrong.Add("stage_id", "fault.choice")
		return wrong.Err()
	}
	return nil
}

// AddPurchase writes down something bought or to buy.
func (s *Service) AddPurchase(ctx context.Context, by account.Actor, p Purchase) (Purchase, error) {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		a, err := manages(tx, by, p.ProjectID)
		if err != nil {
			return err
		}
		if p.OnDay == when.None {
			p.OnDay = tx.Today()
		}
		if err := p.check(tx.Today()); err != nil {
			return err
		}
		if err := stageOf(tx, a, p.StageID); err != nil {
			return err
		}
		p.ID, p.CreatedAt, p.UpdatedAt, p.Version = PurchaseID(db.NewID()), tx.Now(), tx.Now(), 1
		if err := insertPurchase(tx, p); err != nil {
			return err
		}
		return record(tx, by, p.ProjectID, "cost.purchase.add", "purchase", string(p.ID), map[string]any{"title": p.Title, "state_key": p.State.Key()})
	})
	if err != nil {
		return Purchase{}, fmt.Errorf("add purchase to %s: %w", p.ProjectID, err)
	}
	return p, nil
}

// SavePurchase changes a purchase that was read at p.Version.
func (s *Service) SavePurchase(ctx context.Context, by account.Actor, p Purchase) (Purchase, error) {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		a, err := manages(tx, by, p.ProjectID)
		if err != nil {
			return err
		}
		old, err := getPurchase(tx, p.ProjectID, p.ID)
		if err != nil {
			return err
		}
		if old.RemovedAt != 0 {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		p.CreatedAt = old.CreatedAt
		if err := p.check(tx.Today()); err != nil {
			return err
		}
		if err := stageOf(tx, a, p.StageID); err != nil {
			return err
		}
		if err := savePurchase(tx, p); err != nil {
			return err
		}
		p.Version, p.UpdatedAt = p.Version+1, tx.Now()
		return record(tx, by, p.ProjectID, "cost.purchase.save", "purchase", string(p.ID), map[string]any{"title": p.Title, "state_key": p.State.Key()})
	})
	if err != nil {
		return Purchase{}, fmt.Errorf("save purchase %s: %w", p.ID, err)
	}
	return p, nil
}

// RemovePurchase takes a purchase off the list, or brings it back.
func (s *Service) RemovePurchase(ctx context.Context, by account.Actor, id project.ID, what PurchaseID, removed bool) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		if _, err := manages(tx, by, id); err != nil {
			return err
		}
		p, err := getPurchase(tx, id, what)
		if err != nil {
			return err
		}
		if removed == (p.RemovedAt != 0) {
			return nil
		}
		verb := "cost.purchase.restore"
		p.RemovedAt = 0
		if removed {
			verb, p.RemovedAt = "cost.purchase.remove", tx.Now()
		}
		if err := savePurchase(tx, p); err != nil {
			return err
		}
		return record(tx, by, id, verb, "purchase", string(what), map[string]any{"title": p.Title})
	})
}

// AddLine puts a line into the budget.
func (s *Service) AddLine(ctx context.Context, by account.Actor, l Line) (Line, error) {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if err := s.valued(tx, by, &l); err != nil {
			return err
		}
		l.ID, l.Version = LineID(db.NewID()), 1
		if err := insertLine(tx, l); err != nil {
			return err
		}
		return record(tx, by, l.ProjectID, "cost.budget.add", "budget", string(l.ID), map[string]any{"title": l.Title})
	})
	if err != nil {
		return Line{}, fmt.Errorf("add budget line to %s: %w", l.ProjectID, err)
	}
	return l, nil
}

// SaveLine changes a budget line that was read at l.Version.
func (s *Service) SaveLine(ctx context.Context, by account.Actor, l Line) (Line, error) {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if err := s.valued(tx, by, &l); err != nil {
			return err
		}
		if _, err := getLine(tx, l.ProjectID, l.ID); err != nil {
			return err
		}
		if err := saveLine(tx, l); err != nil {
			return err
		}
		l.Version++
		return record(tx, by, l.ProjectID, "cost.budget.save", "budget", string(l.ID), map[string]any{"title": l.Title})
	})
	if err != nil {
		return Line{}, fmt.Errorf("save budget line %s: %w", l.ID, err)
	}
	return l, nil
}

// RemoveLine takes a line out of the budget.
func (s *Service) RemoveLine(ctx context.Context, by account.Actor, id project.ID, line LineID) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		if _, err := manages(tx, by, id); err != nil {
			return err
		}
		l, err := getLine(tx, id, line)
		if err != nil {
			return err
		}
		if err := deleteLine(tx, l); err != nil {
			return err
		}
		return record(tx, by, id, "cost.budget.remove", "budget", string(line), map[string]any{"title": l.Title})
	})
}

// valued lets in, works the line's amount out and checks it.
func (s *Service) valued(tx db.Tx, by account.Actor, l *Line) error {
	a, err := manages(tx, by, l.ProjectID)
	if err != nil {
		return err
	}
	rates, err := listRates(tx, l.ProjectID)
	if err != nil {
		return err
	}
	if err := l.value(rates, tx.Today()); err != nil {
		return err
	}
	if err := l.check(); err != nil {
		return err
	}
	return stageOf(tx, a, l.StageID)
}
