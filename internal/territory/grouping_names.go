package territory

import (
	"regexp"
	"strings"
)

// How the names of a row were told apart.
type namesHow int

const (
	namesPlain   namesHow = iota // as many names as SIRENs
	namesJoined                  // a comma belonged to a name: "CC Entre Arroux, Loire et Somme"
	namesUnclear                 // no way to tell: the names are left empty
)

// groupingKind begins the name of nearly every grouping in the official lists.
var groupingKind = regexp.MustCompile(`^(?i:CC|CA|CU|EPT|SAN|CM|ME?T|PETR|Métropole|Metropole|Communauté|Communaute)(?:[ '’]|$)`)

// groupingNames tells the names of n groupings apart in one cell. The official file writes
// "200071884|247100290" beside "CC Le Grand Charolais, CU Le Creusot", and some names hold a comma
// of their own: a piece that does not begin like a grouping is then joined to the one before it, but
// only when that gives exactly n names. Otherwise none is guessed.
func groupingNames(cell string, n int) ([]string, namesHow) {
	if cell == "" {
		return make([]string, n), namesUnclear
	}
	if n == 1 {
		return []string{cell}, namesPlain
	}
	for _, sep := range []string{"|", ";", ","} {
		if names := pieces(cell, sep); len(names) == n {
			return names, namesPlain
		}
	}
	var names []string
	for i, p := range pieces(cell, ",") {
		if i > 0 && !groupingKind.MatchString(p) {
			names[len(names)-1] += ", " + p
			continue
		}
		names = append(names, p)
	}
	if len(names) == n {
		return names, namesJoined
	}
	return make([]string, n), namesUnclear
}

func pieces(s, sep string) []string {
	all := strings.Split(s, sep)
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return all
}
