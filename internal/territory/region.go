package territory

// RegionID is the INSEE code of a region: "76".
type RegionID string

// Region is one of the eighteen regions of France.
type Region struct {
	ID   RegionID
	Name string
}

// Regions gives the eighteen regions since 2016 by INSEE code (the five overseas first), with
// the names of the official geographical code.
func Regions() []Region {
	return []Region{
		{"01", "Guadeloupe"},
		{"02", "Martinique"},
		{"03", "Guyane"},
		{"04", "La Réunion"},
		{"06", "Mayotte"},
		{"11", "Île-de-France"},
		{"24", "Centre-Val de Loire"},
		{"27", "Bourgogne-Franche-Comté"},
		{"28", "Normandie"},
		{"32", "Hauts-de-France"},
		{"44", "Grand Est"},
		{"52", "Pays de la Loire"},
		{"53", "Bretagne"},
		{"75", "Nouvelle-Aquitaine"},
		{"76", "Occitanie"},
		{"84", "Auvergne-Rhône-Alpes"},
		{"93", "Provence-Alpes-Côte d’Azur"},
		{"94", "Corse"},
	}
}

// RegionByID finds a region by its INSEE code.
func RegionByID(id RegionID) (Region, bool) {
	for _, r := range Regions() {
		if r.ID == id {
			return r, true
		}
	}
	return Region{}, false
}
