package account

import (
	"context"
	"fmt"

	"bassin/internal/db"
	"bassin/internal/fault"
)

// AddOrganisation creates an organisation. Whoever prepares sheets needs partners and funders, so
// a project lead may add one; changing another's is for the admin and its managers.
func (s *Service) AddOrganisation(ctx context.Context, by Actor, o Organisation) (Organisation, error) {
	if !by.Admin() && !by.Has(ProjectLead, "") {
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
		other, err := getOrganisationBySIREN(tx, o.SIREN)
		if err == nil {
			return Organisation{}, &fault.Fault{Kind: fault.Invalid, Key: "fault.fields", Args: fault.Args{"count": 1},
				Fields: []fault.Field{{Name: "siren", Key: "account.organisation.siren_taken", Args: fault.Args{"name": other.Name}}}}
		}
		if !fault.Is(err, fault.NotFound) {
			return Organisation{}, err
		}
	}
	o.ID, o.CreatedAt, o.UpdatedAt, o.Version = OrganisationID(db.NewID()), tx.Now(), tx.Now(), 1
	if err := insertOrganisation(tx, o); err != nil {
		return Organisation{}, err
	}
	return o, Record(tx, by, Event{Verb: "account.organisation.add", Kind: "organisation", ID: string(o.ID), Data: map[string]string{"name": o.Name}})
}

// SaveOrganisation changes an organisation that was read at o.Version.
func (s *Service) SaveOrganisation(ctx context.Context, by Actor, o Organisation) (Organisation, error) {
	if !by.Admin() && !by.Manages(o.ID) {
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
	if err := saveOrganisation(tx, o); err != nil {
		if f := fault.As(err); f != nil && f.Key == "db.unique" {
			return &fault.Fault{Kind: fault.Invalid, Key: "fault.fields", Args: fault.Args{"count": 1}, Fields: []fault.Field{{Name: "siren", Key: "db.unique"}}}
		}
		return err
	}
	return Record(tx, by, Event{Verb: "account.organisation.save", Kind: "organisation", ID: string(o.ID), Data: map[string]string{"name": o.Name}})
}

// GetOrganisation reads one organisation.
func GetOrganisation(tx db.Tx, id OrganisationID) (Organisation, error) {
	return getOrganisation(tx, id)
}

// OrganisationBySIREN finds an organisation by its national number.
func OrganisationBySIREN(tx db.Tx, n SIREN) (Organisation, error) {
	return getOrganisationBySIREN(tx, n)
}
