package territory

import (
	"context"
	"fmt"
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
)

// Save changes what is told of a territory that was read at t.Version, and the regions in which it
// lies besides its lead region. The name is the admin's to change; it then is no list's any more.
func (s *Service) Save(ctx context.Context, by account.Actor, t Territory, also []RegionID) (Territory, error) {
	err := s.db.Do(ctx, func(tx db.Tx) error { return SaveIn(tx, by, t, also) })
	if err != nil {
		return Territory{}, fmt.Errorf("save territory %s: %w", t.ID, err)
	}
	t.Version++
	return t, nil
}

// SaveIn is Save in the caller's transaction.
func SaveIn(tx db.Tx, by account.Actor, t Territory, also []RegionID) error {
	before, err := getTerritory(tx, t.ID)
	if err != nil {
		return err
	}
	if !t.ID.mayEdit(by) {
		return fault.New(fault.Forbidden, "territory.edit.not_yours")
	}
	if err := t.tidy(); err != nil {
		return err
	}
	regions, err := tidySpan(before.Region, also)
	if err != nil {
		return err
	}
	t.Region, t.Source = before.Region, before.Source
	if t.Name != before.Name {
		if !by.Admin() {
			return fault.New(fault.Forbidden, "territory.edit.name_not_yours")
		}
		t.Source = FromHand
	}
	spans, err := RegionsOf(tx, t.ID)
	if err != nil {
		return err
	}
	if err := saveTerritory(tx, t); err != nil {
		return err
	}
	if err := index(tx, t); err != nil {
		return err
	}
	if !slices.Equal(spans, regions) {
		if err := deleteSpans(tx, t.ID); err != nil {
			return err
		}
		list := make([]Span, len(regions))
		for i, r := range regions {
			list[i] = Span{t.ID, r}
		}
		if err := insertSpans(tx, list); err != nil {
			return err
		}
	}
	return account.Record(tx, by, account.Event{Verb: "territory.save", Kind: "territory", ID: string(t.ID), Scope: "territory:" + string(t.ID),
		Data: map[string]any{"name": t.Name, "summary": t.Summary, "jobs": t.Jobs, "latitude": t.Latitude, "longitude": t.Longitude, "regions": regions}})
}
