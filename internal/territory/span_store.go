package territory

import "bassin/internal/db"

// RegionsOf lists every region in which the territory lies, the lead one among them.
func RegionsOf(tx db.Tx, id ID) ([]RegionID, error) {
	return db.List[RegionID](tx, `select region_id from territory_span where territory_id = $1 order by region_id`, id)
}

// InRegions lists the territories that lie in any of the regions.
func InRegions(tx db.Tx, regions []RegionID) ([]ID, error) {
	var w db.Where
	w.And("region_id in "+db.In(len(regions)), db.Anys(regions)...)
	return db.List[ID](tx, `select distinct territory_id from territory_span where `+w.String()+` order by territory_id`, w.Args()...)
}
