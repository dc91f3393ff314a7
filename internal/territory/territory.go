// Package territory knows the regions, the Territoires d'industrie, the groupings of communes
// that make them up, and reads the official lists that name them.
//
// Words: a territory is a Territoire d'industrie with its official id (ti-7602); a grouping
// (EPCI) is a grouping of communes, named by its SIREN, that belongs to a territory; a listing is
// one official file as it was read. A territory can span two regions and has one lead region.
//
// The company search service of the State (Lookup) lives here too: companies are found through
// it when it is reachable, and everything works without it.
//
// Tables: territory_region, territory_territory, territory_span, territory_grouping,
// territory_commune, territory_lookup, territory_import. Groupings are organisations of account.
// Everybody above calls the reading functions (Get, List, Groupings…); app and the pages import.
package territory

import (
	"math"
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/when"
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

// Territory is a Territoire d'industrie. The official lists give ID, Name and Region; the rest is
// told by its project lead.
type Territory struct {
	ID        ID
	Name      string
	Region    RegionID `db:"region_id"` // lead region
	Summary   string
	Jobs      int     // in industry; 0: unknown
	Latitude  float64 // degrees, WGS 84; 0, 0: unknown
	Longitude float64
	Source    Source
	UpdatedAt when.Time
	Version   int64
}

// Source says where a name comes from, and so whether a new list may change it.
type Source string

// The sources of a name.
const (
	FromList Source = "list"
	FromHand Source = "typed"
)

// Limits of what is typed.
const (
	maxSummary = 2000 // characters
	maxJobs    = 10_000_000
)

// Located reports whether the place is known.
func (t Territory) Located() bool { return t.Latitude != 0 || t.Longitude != 0 }

// mayEdit: its project lead and the server's admin change what is told of a territory.
func (id ID) mayEdit(by account.Actor) bool {
	return by.Admin() || by.Has(account.ProjectLead, string(id))
}

// mayImport: the official lists make territories for everybody, which is the admin's.
func mayImport(by account.Actor) bool { return by.Admin() }

// mayComplete: who changes a territory completes it from the register; all of them, the admin.
func mayComplete(by account.Actor, id ID) bool {
	if id == "" {
		return mayImport(by)
	}
	return id.mayEdit(by)
}

// tidy cleans what was typed and gathers what is wrong.
func (t *Territory) tidy() error {
	var wrong fault.Fields
	t.Name = strings.Join(strings.Fields(t.Name), " ")
	t.Summary = strings.TrimSpace(t.Summary)
	wrong.Text("name", t.Name, 1, maxName)
	wrong.Text("summary", t.Summary, 0, maxSummary)
	if t.Jobs < 0 || t.Jobs > maxJobs {
		wrong.Add("jobs", "fault.number", "min", 0, "max", maxJobs)
	}
	if math.IsNaN(t.Latitude) || math.Abs(t.Latitude) > 90 {
		wrong.Add("latitude", "territory.edit.latitude")
	}
	if math.IsNaN(t.Longitude) || math.Abs(t.Longitude) > 180 {
		wrong.Add("longitude", "territory.edit.longitude")
	}
	return wrong.Err()
}

// tidySpan gives the regions of a territory, the lead one first, each once, by code.
func tidySpan(lead RegionID, also []RegionID) ([]RegionID, error) {
	out := []RegionID{}
	for _, r := range also {
		if _, ok := RegionByID(r); !ok {
			var wrong fault.Fields
			wrong.Add("regions", "fault.choice")
			return nil, wrong.Err()
		}
		if r != lead {
			out = append(out, r)
		}
	}
	slices.Sort(out)
	return append([]RegionID{lead}, slices.Compact(out)...), nil
}

// Grouping is a grouping of communes (EPCI) as a member of a territory. Its name may be empty
// when the list that gave its SIREN did not say it clearly.
type Grouping struct {
	Territory    ID `db:"territory_id"`
	SIREN        account.SIREN
	Name         string
	Organisation account.OrganisationID `db:"organisation_id"` // "" as long as only a list names it
}

// Commune is a commune as a member of a territory.
type Commune struct {
	Territory ID     `db:"territory_id"`
	Code      string // INSEE code, five characters: "30007", "2A004"
	Name      string
}
