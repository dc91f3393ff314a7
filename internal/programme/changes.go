package programme

import (
	"strings"

	"bassin/internal/account"
)

// changes compares two states of something of a sheet or a contract for the history; people and
// organisations of a list are told by their names.
func changes(before, after any) []account.Changed { return account.Changes(before, after, namesIn) }

// namesIn lists the people or organisations of a list of the sheet, as the history tells them.
func namesIn(v any) (string, bool) {
	var out []string
	switch list := v.(type) {
	case []Owner:
		for _, x := range list {
			out = append(out, x.OrganisationName)
		}
	case []Partner:
		for _, x := range list {
			out = append(out, named(x.OrganisationName, x.Role))
		}
	case []Pilot:
		for _, x := range list {
			out = append(out, named(x.Name, x.Title))
		}
	default:
		return "", false
	}
	return strings.Join(out, " ; "), true
}

// named is a name with what one is.
func named(name, title string) string {
	if title == "" {
		return name
	}
	return name + ", " + title
}
