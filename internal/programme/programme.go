package programme

import (
	"log/slog"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/search"
)

// Options are what the service needs.
type Options struct {
	DB      *db.DB
	Log     *slog.Logger
	Files   file.Store       // of documents; nil: none can be added
	Texts   *search.Service  // reads documents for the search; nil: their names alone are found
	Account *account.Service // invites guests and writes to them; nil: nobody is let in
}

// Service is the feature.
type Service struct {
	db      *db.DB
	log     *slog.Logger
	files   file.Store
	texts   *search.Service
	account *account.Service
	queue   *job.Queue // nil: nothing is asked for

	exports chan struct{} // exports made at the same time: each takes memory and a reader of the database
}

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{db: o.DB, log: o.Log, files: o.Files, texts: o.Texts, account: o.Account, exports: make(chan struct{}, 2)}
}

// scopeOf is the scope under which the audit trail keeps what happens in a territory.
func scopeOf(territoryID string) string { return "territory:" + territoryID }
