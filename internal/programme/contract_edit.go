package programme

import (
	"context"
	"fmt"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/territory"
)

// CreateContract begins the contract of a territory, with the axes of its phase.
func (s *Service) CreateContract(ctx context.Context, by account.Actor, c Contract) (Contract, error) {
	err := s.db.Do(ctx, func(tx db.Tx) (err error) {
		c, err = CreateContractIn(tx, by, c)
		return err
	})
	if err != nil {
		return Contract{}, fmt.Errorf("create contract of %s: %w", c.TerritoryID, err)
	}
	return c, nil
}

// CreateContractIn is CreateContract in the caller's transaction.
func CreateContractIn(tx db.Tx, by account.Actor, c Contract) (Contract, error) {
	if !MayEditContract(viewerOf(by), c.TerritoryID, tx.Today()) {
		return c, fault.New(fault.Forbidden, "programme.forbidden.edit_contract")
	}
	c.Code = CleanReference(c.Code)
	if c.State == "" {
		c.State = Preparation
	}
	if err := c.validate(tx.Today()); err != nil {
		return c, err
	}
	c.ID, c.CreatedAt, c.UpdatedAt, c.Version = ContractID(db.NewID()), tx.Now(), tx.Now(), 1
	if err := insertContract(tx, c); err != nil {
		return c, taken(err, "code", "programme.contract.taken")
	}
	for _, a := range PhaseAxes(c.Phase) {
		a.ID, a.ContractID = AxisID(db.NewID()), c.ID
		if err := insertAxis(tx, a); err != nil {
			return c, err
		}
	}
	if err := indexContract(tx, c); err != nil {
		return c, err
	}
	return c, recordContract(tx, by, "programme.contract.create", c, nil)
}

// taken makes a wrong field of a broken uniqueness.
func taken(err error, field, key string) error {
	if f := fault.As(err); f != nil && f.Key == "db.unique" {
		return &fault.Fault{Kind: fault.Invalid, Key: "fault.fields", Args: fault.Args{"count": 1}, Fields: []fault.Field{{Name: field, Key: key}}}
	}
	return err
}

func recordContract(tx db.Tx, by account.Actor, verb string, c Contract, data map[string]any) error {
	if data == nil {
		data = map[string]any{}
	}
	data["title"] = c.Title
	return account.Record(tx, by, account.Event{Verb: verb, Kind: "contract", ID: string(c.ID), Scope: scopeOf(c.TerritoryID), Data: data})
}

// SaveContract changes the plain fields of a contract that was read at c.Version; state, territory
// and phase stay.
func (s *Service) SaveContract(ctx context.Context, by account.Actor, c Contract) (Contract, error) {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		c.Code = CleanReference(c.Code)
		old, err := editContract(tx, by, c.ID)
		if err != nil {
			return err
		}
		c.TerritoryID, c.Phase, c.State, c.Demo, c.CreatedAt = old.TerritoryID, old.Phase, old.State, old.Demo, old.CreatedAt
		if c.Version == 0 {
			c.Version = old.Version
		}
		if err := c.validate(tx.Today()); err != nil {
			return err
		}
		if err := saveContract(tx, c); err != nil {
			return taken(err, "code", "programme.contract.taken")
		}
		if err := indexContract(tx, c); err != nil {
			return err
		}
		return recordContract(tx, by, "programme.contract.save", c, map[string]any{"changes": changes(old, c)})
	})
	if err != nil {
		return Contract{}, fmt.Errorf("save contract %s: %w", c.ID, err)
	}
	c.Version++
	return c, nil
}

// MoveContract changes the state of a contract that was read at a version.
func (s *Service) MoveContract(ctx context.Context, by account.Actor, id ContractID, to ContractState, version int64) (Contract, error) {
	var c Contract
	err := s.db.Do(ctx, func(tx db.Tx) (err error) {
		if c, err = editContract(tx, by, id); err != nil {
			return err
		}
		if version != 0 && version != c.Version {
			return fault.New(fault.Conflict, "fault.stale")
		}
		signatories, err := listSignatories(tx, id)
		if err != nil {
			return err
		}
		from := c.State
		if err := c.move(to, signatories, tx.Today()); err != nil {
			return err
		}
		if err := saveContract(tx, c); err != nil {
			return err
		}
		if err := indexContract(tx, c); err != nil {
			return err
		}
		return recordContract(tx, by, "programme.contract.move", c, map[string]any{"from_key": from.Key(), "to_key": to.Key()})
	})
	if err != nil {
		return Contract{}, fmt.Errorf("move contract %s: %w", id, err)
	}
	c.Version++
	return c, nil
}

// AddSignatory adds a signature to a contract.
func (s *Service) AddSignatory(ctx context.Context, by account.Actor, x Signatory) (Signatory, error) {
	err := s.db.Do(ctx, func(tx db.Tx) (err error) {
		x, err = AddSignatoryIn(tx, by, x)
		return err
	})
	if err != nil {
		return Signatory{}, fmt.Errorf("add signatory to %s: %w", x.ContractID, err)
	}
	return x, nil
}

// AddSignatoryIn is AddSignatory in the caller's transaction.
func AddSignatoryIn(tx db.Tx, by account.Actor, x Signatory) (Signatory, error) {
	c, err := editContract(tx, by, x.ContractID)
	if err != nil {
		return x, err
	}
	if err := x.validate(tx.Today()); err != nil {
		return x, err
	}
	o, err := account.GetOrganisation(tx, account.OrganisationID(x.OrganisationID))
	if err != nil {
		return x, missing(err, "organisation_id")
	}
	x.ID, x.OrganisationName = SignatoryID(db.NewID()), o.Name
	if err := insertSignatory(tx, x); err != nil {
		return x, taken(err, "organisation_id", "programme.wrong.twice")
	}
	return x, recordContract(tx, by, "programme.contract.signatory_add", c, map[string]any{"organisation": o.Name})
}

// SaveSignatory changes a signature that was read at x.Version (0: whatever stands).
func (s *Service) SaveSignatory(ctx context.Context, by account.Actor, x Signatory) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		c, err := editContract(tx, by, x.ContractID)
		if err != nil {
			return err
		}
		old, err := getSignatory(tx, x.ContractID, x.ID)
		if err != nil {
			return err
		}
		if x.OrganisationID, x.OrganisationName = old.OrganisationID, old.OrganisationName; x.Version == 0 {
			x.Version = old.Version
		}
		if err := x.validate(tx.Today()); err != nil {
			return err
		}
		if err := saveSignatory(tx, x); err != nil {
			return err
		}
		return recordContract(tx, by, "programme.contract.signatory_save", c, map[string]any{"organisation": x.OrganisationName})
	})
}

// RemoveSignatory takes a signature off a contract that is not signed yet.
func (s *Service) RemoveSignatory(ctx context.Context, by account.Actor, contract ContractID, id SignatoryID) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		c, err := editContract(tx, by, contract)
		if err != nil {
			return err
		}
		if c.State == Signed || c.State == Closed {
			return fault.New(fault.Conflict, "programme.contract.signed_stays")
		}
		if _, err := getSignatory(tx, contract, id); err != nil {
			return err
		}
		if err := deleteSignatory(tx, id, contract); err != nil {
			return err
		}
		return recordContract(tx, by, "programme.contract.signatory_remove", c, nil)
	})
}

// AddAxis adds an axis to a contract; SaveAxis renames or moves one.
func (s *Service) AddAxis(ctx context.Context, by account.Actor, a Axis) (Axis, error) {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		c, err := editContract(tx, by, a.ContractID)
		if err != nil {
			return err
		}
		if err := a.validate(); err != nil {
			return err
		}
		a.ID = AxisID(db.NewID())
		if err := insertAxis(tx, a); err != nil {
			return taken(err, "code", "programme.wrong.twice")
		}
		return recordContract(tx, by, "programme.contract.axis_save", c, map[string]any{"label": a.LabelFR})
	})
	return a, err
}

// SaveAxis changes the labels or the place of an axis that was read at a.Version (0: whatever stands).
func (s *Service) SaveAxis(ctx context.Context, by account.Actor, a Axis) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		c, err := editContract(tx, by, a.ContractID)
		if err != nil {
			return err
		}
		old, err := getAxis(tx, a.ContractID, a.ID)
		if err != nil {
			return err
		}
		if a.Code = old.Code; a.Version == 0 {
			a.Version = old.Version
		}
		if err := a.validate(); err != nil {
			return err
		}
		if err := saveAxis(tx, a); err != nil {
			return err
		}
		return recordContract(tx, by, "programme.contract.axis_save", c, map[string]any{"label": a.LabelFR})
	})
}

// RemoveAxis takes away an axis on which no action stands.
func (s *Service) RemoveAxis(ctx context.Context, by account.Actor, contract ContractID, id AxisID) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		c, err := editContract(tx, by, contract)
		if err != nil {
			return err
		}
		if _, err := getAxis(tx, contract, id); err != nil {
			return err
		}
		if err := deleteAxis(tx, contract, id); err != nil {
			if fault.As(err) != nil && fault.As(err).Key == "db.reference" {
				return fault.New(fault.Conflict, "programme.contract.axis_used")
			}
			return err
		}
		return recordContract(tx, by, "programme.contract.axis_remove", c, nil)
	})
}

// AddObjective adds a strategic objective to a contract.
func (s *Service) AddObjective(ctx context.Context, by account.Actor, o Objective) (Objective, error) {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		c, err := editContract(tx, by, o.ContractID)
		if err != nil {
			return err
		}
		var wrong fault.Fields
		text(&wrong, "label", o.Label, 3, 300)
		position(&wrong, o.Position)
		all, err := listObjectives(tx, o.ContractID)
		if err != nil {
			return err
		}
		if !o.fits(all) {
			wrong.Add("parent_id", "programme.wrong.choice")
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		o.ID = ObjectiveID(db.NewID())
		if err := insertObjective(tx, o); err != nil {
			return err
		}
		return recordContract(tx, by, "programme.contract.objective_add", c, map[string]any{"label": o.Label})
	})
	return o, err
}

// SaveObjective renames an objective that was read at o.Version (0: whatever stands), or moves it
// below another one.
func (s *Service) SaveObjective(ctx context.Context, by account.Actor, o Objective) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		c, err := editContract(tx, by, o.ContractID)
		if err != nil {
			return err
		}
		old, err := getObjective(tx, o.ContractID, o.ID)
		if err != nil {
			return err
		}
		if o.Version == 0 {
			o.Version = old.Version
		}
		var wrong fault.Fields
		text(&wrong, "label", o.Label, 3, 300)
		position(&wrong, o.Position)
		all, err := listObjectives(tx, o.ContractID)
		if err != nil {
			return err
		}
		if !o.fits(all) {
			wrong.Add("parent_id", "programme.wrong.choice")
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		if err := saveObjective(tx, o); err != nil {
			return err
		}
		return recordContract(tx, by, "programme.contract.objective_save", c, map[string]any{"label": o.Label})
	})
}

// RemoveObjective takes an objective away. What stood below it takes its place; actions that stood
// on it stand on none.
func (s *Service) RemoveObjective(ctx context.Context, by account.Actor, contract ContractID, id ObjectiveID) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		c, err := editContract(tx, by, contract)
		if err != nil {
			return err
		}
		all, err := listObjectives(tx, contract)
		if err != nil {
			return err
		}
		for _, o := range all {
			if o.ID != id {
				continue
			}
			if err := deleteObjective(tx, o); err != nil {
				return err
			}
			return recordContract(tx, by, "programme.contract.objective_remove", c, map[string]any{"label": o.Label})
		}
		return fault.New(fault.NotFound, "fault.not_found")
	})
}

// missing makes a wrong field of something named that does not exist.
func missing(err error, field string) error {
	if fault.Is(err, fault.NotFound) {
		return &fault.Fault{Kind: fault.Invalid, Key: "fault.fields", Args: fault.Args{"count": 1}, Fields: []fault.Field{{Name: field, Key: "programme.wrong.choice"}}}
	}
	return err
}

// TerritoryContract gives the contract that a territory's home shows: the latest phase that the
// actor may see. NotFound when there is none.
func TerritoryContract(tx db.Tx, by account.Actor, id territory.ID) (Contract, error) {
	list, err := listContracts(tx, string(id))
	if err != nil {
		return Contract{}, err
	}
	for _, c := range list {
		if c, err = contractFor(tx, by, c.ID); err == nil {
			return c, nil
		}
	}
	return Contract{}, fault.New(fault.NotFound, "fault.not_found")
}

// AxesByCode gives the axes of a contract that the actor may see, by their code.
func (s *Service) AxesByCode(ctx context.Context, by account.Actor, id ContractID) (map[string]AxisID, error) {
	m := map[string]AxisID{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		if _, err := contractFor(tx, by, id); err != nil {
			return err
		}
		axes, err := listAxes(tx, id)
		for _, a := range axes {
			m[a.Code] = a.ID
		}
		return err
	})
	return m, err
}
