package account

import (
	"context"
	"slices"

	"bassin/internal/when"
)

// Actor is who does something: a person with grants and memberships that hold today. The zero
// value is the public.
type Actor struct {
	ID          PersonID
	Name        string
	Title       string
	Lang, Theme string
	Demo        bool
	Grants      []Grant
	Memberships []Membership
	SessionID   string   // of a browser
	Scopes      []string // of a personal token; nil in a session
	Token       bool
}

// system is the ID of who acts when no person does.
const system PersonID = "system"

// System is the actor of what the program does by itself or on the operator's command line.
func System(name string) Actor { return Actor{ID: system, Name: name} }

// demonstration is the name of who fills a demonstration, in the audit trail.
const demonstration = "Démonstration"

// Demonstration is the actor that fills a demonstration.
func Demonstration() Actor { return System(demonstration) }

// System reports whether the program itself acts: imports, the demonstration, the operator.
func (a Actor) System() bool { return a.ID == system }

// Known reports whether somebody is signed in.
func (a Actor) Known() bool { return a.ID != "" }

// Has reports a grant of the role over the scope; an empty scope ID asks for any. One over a scope of
// another kind than the role's gives nothing.
func (a Actor) Has(role Role, scopeID string) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool {
		return g.Role == role && g.fits() && (scopeID == "" || g.ScopeID == scopeID)
	})
}

// Admin reports whether the actor administers accounts and imports of the server.
func (a Actor) Admin() bool { return a.ID == system || a.Has(Admin, "") }

// Scoped lists the scope IDs of the actor's grants of a role that fit it, as for Has.
func (a Actor) Scoped(role Role) []string {
	var ids []string
	for _, g := range a.Grants {
		if g.Role == role && g.fits() {
			ids = append(ids, g.ScopeID)
		}
	}
	return ids
}

// Organisations lists the organisations that the actor belongs to.
func (a Actor) Organisations() []OrganisationID {
	ids := make([]OrganisationID, len(a.Memberships))
	for i, m := range a.Memberships {
		ids[i] = m.OrganisationID
	}
	return ids
}

// Manages reports whether the actor manages the organisation's people.
func (a Actor) Manages(id OrganisationID) bool {
	return slices.ContainsFunc(a.Memberships, func(m Membership) bool {
		return m.OrganisationID == id && m.Role == Manager
	})
}

// in keeps what holds on a day.
func (a Actor) on(today when.Date) Actor {
	a.Grants = slices.DeleteFunc(slices.Clone(a.Grants), func(g Grant) bool { return !g.Holds(today) })
	a.Memberships = slices.DeleteFunc(slices.Clone(a.Memberships), func(m Membership) bool { return !m.holds(today) })
	return a
}

type actorKey struct{}

// ActorIn gives the actor kept in the context by Authenticate.
func ActorIn(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a
}

// WithActor keeps the actor in the context; Authenticate and tests call it.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}
