package territory

import (
	"context"
	"log/slog"

	"bassin/internal/db"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

// Options are what the service needs.
type Options struct {
	DB     *db.DB
	Log    *slog.Logger // nil: none
	Lookup *Lookup      // nil: no company search on this server
	Files  file.Store   // where lists wait for their import; nil: pages import at once
}

// Service is the feature.
type Service struct {
	db     *db.DB
	log    *slog.Logger
	lookup *Lookup
	files  file.Store
	queue  *job.Queue // nil until Jobs

	// Panels are sections that higher features show on a territory's page, in order: contract,
	// actions, money. app sets them before the server starts.
	Panels []Panel
}

// Panel makes a section of a territory's page; nil when there is nothing to show to this person,
// who is account.ActorIn(ctx).
type Panel func(ctx context.Context, v *web.View, id ID) (templ.Component, error)

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{db: o.DB, log: o.Log, lookup: o.Lookup, files: o.Files}
}
