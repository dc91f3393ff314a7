package document

import (
	"slices"

	"bassin/internal/account"
	"bassin/internal/project"
	"bassin/internal/when"
)

// guestMay is what a guest of a folder may do in it; the folder itself is not theirs to change.
func guestMay(p project.Permission) bool {
	return p == project.See || p == project.Comment || p == project.Contribute
}

// guestRoot gives the outermost folder of a chain that the actor is a guest of today, and where it
// stands in the chain.
func guestRoot(by account.Actor, chain []EntryID, today when.Date) (int, bool) {
	i := slices.IndexFunc(chain, func(id EntryID) bool {
		return slices.ContainsFunc(by.Grants, func(g account.Grant) bool {
			return g.Role == account.FolderGuest && g.ScopeKind == account.OverFolder && g.ScopeID == string(id) && g.Holds(today)
		})
	})
	return max(i, 0), i >= 0
}

// sharedWith lists the folders that the actor is a guest of today.
func sharedWith(by account.Actor, today when.Date) []EntryID {
	var ids []EntryID
	for _, g := range by.Grants {
		if g.Role == account.FolderGuest && g.ScopeKind == account.OverFolder && g.Holds(today) {
			ids = append(ids, EntryID(g.ScopeID))
		}
	}
	return ids
}
