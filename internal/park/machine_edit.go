package park

import (
	"context"
	"fmt"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
)

// ReachOf tells how far somebody sees into the park of others: by their organisations and the territories in which these
// or they themselves work.
func ReachOf(tx db.Tx, by account.Actor) (Reach, error) {
	r := Reach{Known: by.Known() && !by.System(), Organisations: by.Organisations()}
	r.Territories = append(by.Scoped(account.ProjectLead), by.Scoped(account.LeadPair)...)
	if len(r.Organisations) == 0 {
		return r, nil
	}
	list, err := account.OrganisationsByID(tx, r.Organisations)
	for _, o := range list {
		if o.TerritoryID != "" {
			r.Territories = append(r.Territories, o.TerritoryID)
		}
	}
	return r, err
}

// seen reads a machine for who may see it; of others it is not found, and so is one that was removed.
func seen(tx db.Tx, by account.Actor, id MachineID) (Machine, error) {
	m, err := getMachine(tx, id)
	if err != nil {
		return m, err
	}
	r, err := ReachOf(tx, by)
	if err != nil {
		return m, err
	}
	partners, err := listPartners(tx, id)
	if err == nil && (m.RemovedAt != 0 || !r.Reaches(m, partners)) {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return m, err
}

// edited opens a machine to be changed by who manages its organisation.
func edited(tx db.Tx, by account.Actor, id MachineID) (Machine, error) {
	m, err := seen(tx, by, id)
	if err != nil {
		return m, err
	}
	if !m.mayEdit(by) {
		return m, fault.New(fault.Forbidden, "park.forbidden.machine")
	}
	return lockMachine(tx, id)
}

// Open is who a machine is open to, as a form says it.
type Open struct {
	Partners []string // names of organisations
}

// AddMachine puts a machine into the park of an organisation that the actor manages.
func (s *Service) AddMachine(ctx context.Context, by account.Actor, m Machine, open Open) (Machine, error) {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		switch {
		case !by.Known():
			return fault.New(fault.Forbidden, "fault.unauthorized")
		case !m.mayEdit(by):
			var wrong fault.Fields
			wrong.Add("organisation_id", "park.wrong.organisation")
			return wrong.Err()
		}
		m.ID, m.Version, m.CreatedAt, m.UpdatedAt, m.RemovedAt = MachineID(db.NewID()), 1, tx.Now(), tx.Now(), 0
		if m.Figures == "" {
			m.Figures = "{}"
		}
		partners, err := placed(tx, &m, open)
		if err != nil {
			return err
		}
		if err := insertMachine(tx, m); err != nil {
			return err
		}
		if err := savePartners(tx, m.ID, partners); err != nil {
			return err
		}
		return record(tx, by, "park.machine.add", "machine", string(m.ID), map[string]any{"name": m.Name})
	})
	if err != nil {
		return m, fmt.Errorf("add machine: %w", err)
	}
	return m, nil
}

// placed fills in where the machine stands and finds the partners it is open to, and checks it.
func placed(tx db.Tx, m *Machine, open Open) ([]account.OrganisationID, error) {
	o, err := account.GetOrganisation(tx, m.OrganisationID)
	if err != nil {
		return nil, err
	}
	m.TerritoryID = o.TerritoryID
	if m.AskedBy != Partners {
		return nil, m.check(0)
	}
	partners, unknown, err := partnersOf(tx, open.Partners)
	if err != nil {
		return nil, err
	}
	if len(unknown) > 0 {
		var wrong fault.Fields
		wrong.Add("partners", "park.wrong.unknown_partner", "names", strings.Join(unknown, ", "))
		return nil, wrong.Err()
	}
	return partners, m.check(len(partners))
}

const maxPartners = 100

// partnersOf finds organisations by their names.
func partnersOf(tx db.Tx, names []string) (ids []account.OrganisationID, unknown []string, err error) {
	if len(names) > maxPartners {
		names = names[:maxPartners]
	}
	list, err := account.OrganisationsCalled(tx, names...)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		n := len(ids)
		for _, o := range list {
			if account.Fold(o.Name) == account.Fold(name) {
				ids = append(ids, o.ID)
			}
		}
		if len(ids) == n && account.Fold(name) != "" {
			unknown = append(unknown, name)
		}
	}
	return ids, unknown, nil
}

// SaveMachine changes a machine that was read at m.Version. Its organisation and its process stay.
func (s *Service) SaveMachine(ctx context.Context, by account.Actor, m Machine, open Open) (Machine, error) {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		before, err := edited(tx, by, m.ID)
		if err != nil {
			return err
		}
		m.OrganisationID, m.Process, m.CreatedAt, m.RemovedAt = before.OrganisationID, before.Process, before.CreatedAt, 0
		if m.Figures == "" {
			m.Figures = "{}"
		}
		partners, err := placed(tx, &m, open)
		if err != nil {
			return err
		}
		if err := saveMachine(tx, m); err != nil {
			return err
		}
		if err := savePartners(tx, m.ID, partners); err != nil {
			return err
		}
		return record(tx, by, "park.machine.save", "machine", string(m.ID), map[string]any{"name": m.Name, "changes": account.Changes(before, m)})
	})
	if err != nil {
		return m, fmt.Errorf("save machine %s: %w", m.ID, err)
	}
	m.Version++
	return m, nil
}

// RemoveMachine takes a machine off the lists.
func (s *Service) RemoveMachine(ctx context.Context, by account.Actor, id MachineID) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		m, err := edited(tx, by, id)
		if err != nil {
			return err
		}
		m.RemovedAt = tx.Now()
		if err := saveMachine(tx, m); err != nil {
			return err
		}
		return record(tx, by, "park.machine.remove", "machine", string(id), map[string]any{"name": m.Name})
	})
	if err != nil {
		return fmt.Errorf("remove machine %s: %w", id, err)
	}
	return nil
}

// RestoreMachine brings a machine back.
func (s *Service) RestoreMachine(ctx context.Context, by account.Actor, id MachineID) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		m, err := getMachine(tx, id)
		if err != nil {
			return err
		}
		if !m.mayEdit(by) {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		if m, err = lockMachine(tx, id); err != nil || m.RemovedAt == 0 {
			return err
		}
		m.RemovedAt = 0
		if err := saveMachine(tx, m); err != nil {
			return err
		}
		return record(tx, by, "park.machine.restore", "machine", string(id), map[string]any{"name": m.Name})
	})
	if err != nil {
		return fmt.Errorf("restore machine %s: %w", id, err)
	}
	return nil
}

// SetStock says what a machine has of a material of its process.
func (s *Service) SetStock(ctx context.Context, by account.Actor, x Stock) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		m, err := worked(tx, by, x.MachineID)
		if err != nil {
			return err
		}
		if err := x.check(); err != nil {
			return err
		}
		if x.MaterialID == "" {
			x.MaterialID = "?" // no material has this ID: the choice is missing
		}
		name, err := materialOf(tx, m.Process, x.MaterialID)
		if err != nil {
			return err
		}
		if err := saveStock(tx, x); err != nil {
			return err
		}
		return record(tx, by, "park.stock.set", "machine", string(m.ID), map[string]any{"name": m.Name, "material": name})
	})
	if err != nil {
		return fmt.Errorf("set stock of machine %s: %w", x.MachineID, err)
	}
	return nil
}

// RemoveStock says that a machine has a material no more.
func (s *Service) RemoveStock(ctx context.Context, by account.Actor, id MachineID, material MaterialID) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		m, err := worked(tx, by, id)
		if err != nil {
			return err
		}
		t, err := getMaterial(tx, material)
		if err != nil {
			return err
		}
		if err := deleteStock(tx, id, material); err != nil {
			return err
		}
		return record(tx, by, "park.stock.remove", "machine", string(id), map[string]any{"name": m.Name, "material": t.Name})
	})
	if err != nil {
		return fmt.Errorf("remove stock of machine %s: %w", id, err)
	}
	return nil
}

// worked opens a machine to whom its organisation's people are: they fill it, book it and mend it.
func worked(tx db.Tx, by account.Actor, id MachineID) (Machine, error) {
	m, err := seen(tx, by, id)
	if err != nil {
		return m, err
	}
	if !m.ours(by) {
		return m, fault.New(fault.Forbidden, "park.forbidden.work")
	}
	return lockMachine(tx, id)
}

// AddSlot takes a machine for a time that is free.
func (s *Service) AddSlot(ctx context.Context, by account.Actor, x Slot) (Slot, error) {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		m, err := worked(tx, by, x.MachineID)
		if err != nil {
			return err
		}
		if x, err = addSlot(tx, by, x); err != nil {
			return err
		}
		return record(tx, by, "park.slot.add", "machine", string(m.ID), map[string]any{"name": m.Name, "title": x.Title})
	})
	if err != nil {
		return x, fmt.Errorf("add slot to machine %s: %w", x.MachineID, err)
	}
	return x, nil
}

func addSlot(tx db.Tx, by account.Actor, x Slot) (Slot, error) {
	taken, err := listSlotsBetween(tx, x)
	if err != nil {
		return x, err
	}
	if err := x.check(taken); err != nil {
		return x, err
	}
	x.ID, x.PersonID, x.CreatedAt = SlotID(db.NewID()), by.ID, tx.Now()
	return x, insertSlot(tx, x)
}

// RemoveSlot frees a machine. The slot of an order goes with the order alone.
func (s *Service) RemoveSlot(ctx context.Context, by account.Actor, id MachineID, slot SlotID) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		m, err := worked(tx, by, id)
		if err != nil {
			return err
		}
		x, err := getSlot(tx, id, slot)
		if err != nil {
			return err
		}
		if x.OrderID != "" {
			return fault.New(fault.Conflict, "park.wrong.order_slot")
		}
		if err := deleteSlot(tx, slot); err != nil {
			return err
		}
		return record(tx, by, "park.slot.remove", "machine", string(id), map[string]any{"name": m.Name, "title": x.Title})
	})
	if err != nil {
		return fmt.Errorf("remove slot of machine %s: %w", id, err)
	}
	return nil
}
