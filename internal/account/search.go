package account

import (
	"strings"

	"bassin/internal/db"
	"bassin/internal/search"
)

// OrganisationEntry is the kind of entries that the search knows from here.
const OrganisationEntry = "organisation"

// indexOrganisation tells the search what is to be found of an organisation: those with an account
// see all of them.
func indexOrganisation(tx db.Tx, o Organisation) error { return search.Put(tx, organisationEntry(o)) }

func organisationEntry(o Organisation) search.Entry {
	return search.Entry{Kind: OrganisationEntry, ID: string(o.ID), Walls: []string{search.SignedIn}, Title: o.Name, Sub: o.ShortName, URL: "/organisations/" + string(o.ID),
		Text: strings.Join([]string{string(o.SIREN), string(o.SIRET), o.Commune, o.Address}, "\n"), At: o.UpdatedAt}
}

// SearchSources gives all that is to be found.
func (s *Service) SearchSources() []search.Source {
	return []search.Source{{Count: countAllOrganisations, Page: func(tx db.Tx, after string, limit int) ([]search.Entry, string, error) {
		list, err := listOrganisationsFrom(tx, OrganisationID(after), limit)
		if err != nil || len(list) == 0 {
			return nil, "", err
		}
		entries := make([]search.Entry, len(list))
		for i, o := range list {
			entries[i] = organisationEntry(o)
		}
		return entries, string(list[len(list)-1].ID), nil
	}}}
}
