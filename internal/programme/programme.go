package programme

import (
	"log/slog"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/file"
)

// Options are what the service needs.
type Options struct {
	DB    *db.DB
	Files file.Store
	Log   *slog.Logger
}

// Service is the feature.
type Service struct {
	db    *db.DB
	files file.Store
	log   *slog.Logger
}

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{db: o.DB, files: o.Files, log: o.Log}
}

// viewerOf tells the rules of access who asks.
func viewerOf(a account.Actor) Viewer {
	v := Viewer{System: a.ID == "system", PersonID: string(a.ID)}
	for _, g := range a.Grants {
		v.Grants = append(v.Grants, ViewerGrant{Role: string(g.Role), ScopeKind: string(g.ScopeKind), ScopeID: g.ScopeID, Until: g.UntilOn})
	}
	for _, m := range a.Memberships {
		v.Organisations = append(v.Organisations, string(m.OrganisationID))
	}
	return v
}

// scopeOf is the scope under which the audit trail keeps what happens in a territory.
func scopeOf(territoryID string) string { return "territory:" + territoryID }
