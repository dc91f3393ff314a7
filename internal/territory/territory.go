// Package territory knows the regions, the Territoires d'industrie, the groupings of communes
// that make them up, and reads the official lists that name them.
//
// Words: a territory is a Territoire d'industrie with its official id (ti-7602); a grouping
// (EPCI) is a grouping of communes, named by its SIREN, that belongs to a territory; a listing is
// one official file as it was read. A territory can span two regions and has one lead region.
//
// The company search service of the State (Lookup) lives here too: companies are found through
// it when it is reachable, and everything works without it.
package territory

import (
	"strings"

	"bassin/internal/account"
)

// ID is the official identifier of a territory, "ti-RRNN": RR is its lead region's INSEE code.
type ID string

// ParseID reads an identifier whatever its case and surrounding spaces; ok is false when it is
// not ti-RRNN with the code of a region.
func ParseID(s string) (id ID, ok bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	number, found := strings.CutPrefix(s, "ti-")
	if !found || len(number) != 4 || strings.Trim(number, "0123456789") != "" {
		return "", false
	}
	if _, known := RegionByID(RegionID(number[:2])); !known {
		return "", false
	}
	return ID(s), true
}

// Region gives the lead region, which the identifier contains; "" when it has not that form.
func (id ID) Region() RegionID {
	if len(id) != 7 {
		return ""
	}
	return RegionID(id[3:5])
}

// Territory is a Territoire d'industrie.
type Territory struct {
	ID     ID
	Name   string
	Region RegionID // lead region
}

// Grouping is a grouping of communes (EPCI) as a member of a territory. Its name may be empty
// when the list that gave its SIREN did not say it clearly.
type Grouping struct {
	Territory ID
	SIREN     account.SIREN
	Name      string
}

// Commune is a commune as a member of a territory.
type Commune struct {
	Territory ID
	Code      string // INSEE code, five characters: "30007", "2A004"
	Name      string
}
