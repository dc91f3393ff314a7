package account

import (
	"context"
	"fmt"

	"bassin/internal/db"
	"bassin/internal/fault"
)

// AddOrganisation creates an organisation.
func (s *Service) AddOrganisation(ctx context.Context, by Actor, o Organisation) (Organisation, error) {
	if !by.MayAddOrganisation() {
		return Organisation{}, fault.New(fault.Forbidden, "account.organisation.not_yours")
	}
	err := s.db.Do(ctx, func(tx db.Tx) (err error) {
		o, err = AddOrganisationIn(tx, by, o)
		return err
	})
	if err != nil {
		return Organisation{}, fmt.Errorf("add organisation: %w", err)
	}
	return o, nil
}

// AddOrganisationIn is AddOrganisation for a caller that decided who may, in its transaction.
func AddOrganisationIn(tx db.Tx, by Actor, o Organisation) (Organisation, error) {
	if err := o.tidy(); err != nil {
		return Organisation{}, err
	}
	if o.SIREN != "" {
		if err := freeSIREN(tx, o.SIREN); err != nil {
			return Organisation{}, err
		}
	}
	o.ID, o.CreatedAt, o.UpdatedAt, o.Version = OrganisationID(db.NewID()), tx.Now(), tx.Now(), 1
	if err := insertOrganisation(tx, o); err != nil {
		return Organisation{}, err
	}
	if err := indexOrganisation(tx, o); err != nil {
		return Organisation{}, err
	}
	return o, Record(tx, by, Event{Verb: "account.organisation.add", Kind: "organisation", ID: string(o.ID), Data: map[string]string{"name": o.Name}})
}

// freeSIREN refuses a SIREN that another organisation has, and says which one.
func freeSIREN(tx db.Tx, n SIREN) error {
	other, err := getOrganisationBySIREN(tx, n)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil
	case err != nil:
		return err
	}
	var wrong fault.Fields
	wrong.Add("siren", "account.organisation.siren_taken", "name", other.Name)
	return wrong.Err()
}

// SaveOrganisation changes an organisation that was read at o.Version.
func (s *Service) SaveOrganisation(ctx context.Context, by Actor, o Organisation) (Organisation, error) {
	if !by.MayEditOrganisation(o.ID) {
		return Organisation{}, fault.New(fault.Forbidden, "account.organisation.not_yours")
	}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		before, err := getOrganisation(tx, o.ID)
		if err != nil {
			return err
		}
		if o.Name != before.Name { // a name given by hand: no list changes it any more
			o.Source = SourceTyped
		}
		return SaveOrganisationIn(tx, by, o)
	})
	if err != nil {
		return Organisation{}, fmt.Errorf("save organisation %s: %w", o.ID, err)
	}
	o.Version++
	return o, nil
}

// SaveOrganisationIn is SaveOrganisation in the caller's transaction.
func SaveOrganisationIn(tx db.Tx, by Actor, o Organisation) error {
	if err := o.tidy(); err != nil {
		return err
	}
	old, err := getOrganisation(tx, o.ID)
	if err != nil {
		return err
	}
	if o.SIREN != "" && o.SIREN != old.SIREN {
		if err := freeSIREN(tx, o.SIREN); err != nil {
			return err
		}
	}
	if err := saveOrganisation(tx, o); err != nil {
		return err
	}
	if err := indexOrganisation(tx, o); err != nil {
		return err
	}
	return Record(tx, by, Event{Verb: "account.organisation.save", Kind: "organisation", ID: string(o.ID),
		Data: map[string]any{"name": o.Name, "fields_keys": old.differs(o)}})
}

// GetOrganisation reads one organisation.
func GetOrganisation(tx db.Tx, id OrganisationID) (Organisation, error) {
	return getOrganisation(tx, id)
}

// OrganisationBySIREN finds an organisation by its national number.
func OrganisationBySIREN(tx db.Tx, n SIREN) (Organisation, error) {
	return getOrganisationBySIREN(tx, n)
}
