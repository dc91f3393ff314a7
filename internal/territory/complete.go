package territory

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
)

// Completion tells what asking the register for the groupings brought.
type Completion struct {
	Asked   int // groupings whose place was not known
	Located int // of them, now known
	Unknown int // of them, not in the register or without a place there
	Placed  int // territories that got a place
}

// Complete asks the register for the seats of the groupings whose place is unknown, of one
// territory or of all ("", the admin's), and places territories in the middle of their groupings.
// It fills only what is empty. When the service stops answering, what was learnt is kept and the
// error is Unavailable; asked again, it goes on from there.
func (s *Service) Complete(ctx context.Context, by account.Actor, id ID, progress func(done, total int)) (Completion, error) {
	if !mayComplete(by, id) {
		return Completion{}, fault.New(fault.Forbidden, "territory.edit.not_yours")
	}
	c, err := s.complete(ctx, by, id, progress)
	if err != nil {
		return c, fmt.Errorf("complete groupings from the register: %w", err)
	}
	return c, nil
}

// completeBatch is how many answers are written together: a killed process loses no more, and the
// audit trail gets one event for them.
const completeBatch = 20

func (s *Service) complete(ctx context.Context, by account.Actor, id ID, progress func(done, total int)) (Completion, error) {
	var c Completion
	var todo []account.Organisation
	err := s.db.View(ctx, func(tx db.Tx) error {
		orgs, err := groupingOrganisations(tx, id)
		todo = unlocated(orgs)
		return err
	})
	if err != nil {
		return c, err
	}
	if s.lookup == nil && len(todo) > 0 {
		return c, fault.New(fault.Unavailable, "territory.lookup_off")
	}
	var down error
	for batch := range slices.Chunk(todo, completeBatch) {
		var seats []account.Seat
		for _, o := range batch {
			company, err := s.lookup.Company(ctx, o.SIREN)
			if err != nil && !fault.Is(err, fault.NotFound) {
				down = err
				break
			}
			c.Asked++
			h := company.Head
			if err != nil || !h.Located {
				c.Unknown++
			} else {
				c.Located++
			}
			if err == nil {
				seats = append(seats, account.Seat{Organisation: o.ID, SIRET: h.SIRET, NAF: h.NAF, Headcount: string(company.Headcount),
					Address: h.Address, Commune: h.Commune, Latitude: round6(h.Latitude), Longitude: round6(h.Longitude)})
			}
			if progress != nil {
				progress(c.Asked, len(todo))
			}
		}
		if err := s.db.Do(ctx, func(tx db.Tx) error { return account.CompleteOrganisationsIn(tx, by, seats) }); err != nil {
			return c, err
		}
		if down != nil {
			break
		}
	}
	err = s.db.Do(ctx, func(tx db.Tx) (err error) {
		c.Placed, err = placeTerritories(tx, by, id)
		return err
	})
	if down != nil {
		return c, down
	}
	return c, err
}

// placeTerritories gives territories without a place the middle of their groupings' seats, and
// notes the regions in which these lie.
func placeTerritories(tx db.Tx, by account.Actor, id ID) (int, error) {
	f := Filter{}
	if id != "" {
		f.IDs = []ID{id}
	}
	list, err := listTerritories(tx, f)
	if err != nil {
		return 0, err
	}
	members, orgs, err := groupingsWithOrganisations(tx, f.IDs)
	if err != nil {
		return 0, err
	}
	var spans []Span
	var placed []Territory
	for _, t := range list {
		var lat, lon, n float64
		for _, o := range members[t.ID] {
			seat := orgs[o]
			if r := RegionOfCommune(seat.Commune); r != "" {
				spans = append(spans, Span{t.ID, r})
			}
			if located(seat) {
				lat, lon, n = lat+seat.Latitude, lon+seat.Longitude, n+1
			}
		}
		if n == 0 || t.Located() {
			continue
		}
		t.Latitude, t.Longitude = round6(lat/n), round6(lon/n)
		placed = append(placed, t)
		if err := locateTerritory(tx, t); err != nil {
			return 0, err
		}
	}
	if err := insertSpans(tx, spans); err != nil {
		return 0, err
	}
	for _, t := range placed {
		err := account.Record(tx, by, account.Event{Verb: "territory.place", Kind: "territory", ID: string(t.ID), Scope: scope(t.ID),
			Data: map[string]float64{"latitude": t.Latitude, "longitude": t.Longitude}})
		if err != nil {
			return 0, err
		}
	}
	return len(placed), nil
}

// scope is where an event about a territory belongs; one about all belongs nowhere.
func scope(id ID) string {
	if id == "" {
		return ""
	}
	return "territory:" + string(id)
}

// groupingOrganisations gives the organisations that are groupings of a territory, or of all (""),
// by name.
func groupingOrganisations(tx db.Tx, id ID) ([]account.Organisation, error) {
	var ids []ID
	if id != "" {
		ids = []ID{id}
	}
	list, err := listGroupings(tx, ids)
	if err != nil {
		return nil, err
	}
	orgs, err := account.OrganisationsByID(tx, organisationsOf(list))
	slices.SortFunc(orgs, func(a, b account.Organisation) int { return strings.Compare(a.NameKey, b.NameKey) })
	return orgs, err
}

func groupingsWithOrganisations(tx db.Tx, ids []ID) (map[ID][]account.OrganisationID, map[account.OrganisationID]account.Organisation, error) {
	list, err := listGroupings(tx, ids)
	if err != nil {
		return nil, nil, err
	}
	orgs, err := account.OrganisationsByID(tx, organisationsOf(list))
	if err != nil {
		return nil, nil, err
	}
	members, byID := map[ID][]account.OrganisationID{}, map[account.OrganisationID]account.Organisation{}
	for _, g := range list {
		members[g.Territory] = append(members[g.Territory], g.Organisation)
	}
	for _, o := range orgs {
		byID[o.ID] = o
	}
	return members, byID, nil
}

func located(o account.Organisation) bool { return o.Latitude != 0 || o.Longitude != 0 }

// unlocated gives those that the register could tell the place of.
func unlocated(list []account.Organisation) []account.Organisation {
	return slices.DeleteFunc(slices.Clone(list), func(o account.Organisation) bool { return located(o) || o.SIREN == "" })
}

// round6 keeps six decimals, ten centimetres.
func round6(f float64) float64 { return math.Round(f*1e6) / 1e6 }
