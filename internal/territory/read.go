package territory

import (
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
)

// Filter chooses territories. The zero value is all of them, by ID.
type Filter struct {
	Region RegionID // that lie in it, wholly or in part
	Text   string   // in the name, the ID, or the name of a grouping
	IDs    []ID     // nil: all; empty: none
	After  ID       // beyond this ID, for cursors
	Order  Order
	Limit  int // 0: no limit
	Offset int

	groupings []account.OrganisationID // that Text names
}

// Order is the order of a list.
type Order string

// The orders.
const (
	ByID         Order = ""
	ByName       Order = "name"
	ByNameDown   Order = "-name"
	ByRegion     Order = "region"
	ByRegionDown Order = "-region"
	ByJobs       Order = "jobs"
	ByJobsDown   Order = "-jobs"
)

// Span says that a territory lies in a region.
type Span struct {
	Territory ID       `db:"territory_id"`
	Region    RegionID `db:"region_id"`
}

// RegionCount is how many territories lie in a region, wholly or in part.
type RegionCount struct {
	Region      RegionID `db:"region_id"`
	Territories int
}

// Get reads one territory; NotFound when there is none.
func Get(tx db.Tx, id ID) (Territory, error) { return getTerritory(tx, id) }

// ByIDs reads several, by ID; those that are not there are left out.
func ByIDs(tx db.Tx, ids []ID) (map[ID]Territory, error) {
	if ids == nil {
		ids = []ID{}
	}
	list, err := listTerritories(tx, Filter{IDs: ids})
	m := make(map[ID]Territory, len(list))
	for _, t := range list {
		m[t.ID] = t
	}
	return m, err
}

// List gives the territories that a filter chooses.
func List(tx db.Tx, f Filter) ([]Territory, error) {
	f, err := f.prepared(tx)
	if err != nil {
		return nil, err
	}
	return listTerritories(tx, f)
}

// Count gives how many a filter chooses, whatever its limit.
func Count(tx db.Tx, f Filter) (int, error) {
	f, err := f.prepared(tx)
	if err != nil {
		return 0, err
	}
	return countTerritories(tx, f)
}

func (f Filter) prepared(tx db.Tx) (_ Filter, err error) {
	if account.Fold(f.Text) == "" {
		f.Text = ""
		return f, nil
	}
	f.groupings, err = account.OrganisationsNamed(tx, account.Grouping, f.Text, 200)
	return f, err
}

// InRegions gives the territories that lie in one of the regions, wholly or in part.
func InRegions(tx db.Tx, regions []RegionID) ([]ID, error) { return listIDsInRegions(tx, regions) }

// RegionsOf gives the regions in which a territory lies, the lead one first.
func RegionsOf(tx db.Tx, id ID) ([]RegionID, error) {
	m, err := RegionsOfAll(tx, []ID{id})
	return m[id], err
}

// RegionsOfAll is RegionsOf for many at once; nil is for all territories.
func RegionsOfAll(tx db.Tx, ids []ID) (map[ID][]RegionID, error) {
	list, err := listSpans(tx, ids)
	m := map[ID][]RegionID{}
	for _, s := range list {
		if s.Region == s.Territory.Region() {
			m[s.Territory] = slices.Insert(m[s.Territory], 0, s.Region)
		} else {
			m[s.Territory] = append(m[s.Territory], s.Region)
		}
	}
	return m, err
}

// RegionCounts gives the regions that have territories, by code.
func RegionCounts(tx db.Tx) ([]RegionCount, error) { return listRegionCounts(tx) }

// Groupings gives the groupings of a territory by name.
func Groupings(tx db.Tx, id ID) ([]Grouping, error) {
	m, err := GroupingsOf(tx, []ID{id})
	return m[id], err
}

// GroupingsOf is Groupings for many at once; nil is for all territories.
func GroupingsOf(tx db.Tx, ids []ID) (map[ID][]Grouping, error) {
	list, err := listGroupings(tx, ids)
	if err != nil {
		return nil, err
	}
	orgs, err := account.OrganisationsByID(tx, organisationsOf(list))
	if err != nil {
		return nil, err
	}
	m := map[ID][]Grouping{}
	for _, g := range named(list, orgs) {
		m[g.Territory] = append(m[g.Territory], g)
	}
	return m, nil
}

// OfGrouping gives the territories to which an organisation belongs as a grouping.
func OfGrouping(tx db.Tx, id account.OrganisationID) ([]ID, error) {
	return listTerritoriesOfGrouping(tx, id)
}

// Communes gives the communes of a territory by name; none when only a list by grouping was imported.
func Communes(tx db.Tx, id ID) ([]Commune, error) {
	if id == "" {
		return nil, nil
	}
	return listCommunes(tx, id)
}

func organisationsOf(list []Grouping) []account.OrganisationID {
	ids := make([]account.OrganisationID, len(list))
	for i, g := range list {
		ids[i] = g.Organisation
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
