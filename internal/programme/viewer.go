package programme

import "bassin/internal/account"

// viewerOf gives what the rules of access read of an actor. Grants that were revoked are left out;
// those that have ended are left to the rules, which know the day.
func viewerOf(actor account.Actor) Viewer {
	v := Viewer{System: actor.ID == "system", PersonID: string(actor.ID)}
	for _, g := range actor.Grants {
		if g.RevokedAt == 0 {
			v.Grants = append(v.Grants, ViewerGrant{string(g.Role), string(g.ScopeKind), g.ScopeID, g.UntilOn})
		}
	}
	for _, id := range actor.Organisations() {
		v.Organisations = append(v.Organisations, string(id))
	}
	return v
}
