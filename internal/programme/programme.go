package programme

import (
	"log/slog"

	"bassin/internal/db"
)

// Options are what the service needs.
type Options struct {
	DB  *db.DB
	Log *slog.Logger
}

// Service is the feature.
type Service struct {
	db  *db.DB
	log *slog.Logger
}

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{db: o.DB, log: o.Log}
}

// scopeOf is the scope under which the audit trail keeps what happens in a territory.
func scopeOf(territoryID string) string { return "territory:" + territoryID }
